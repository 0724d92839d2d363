//! The account, its sessions, and signing in by name.

use passkeep_protocol::api::{
    AccountChanged, Activity, AuthenticationFinish, AuthenticationFinished, AuthenticationStarted,
    CreateMediation, ErrorCode, RegistrationFinish, RegistrationFinished, RegistrationStarted,
    Sessions,
};
use passkeep_protocol::authenticator_data::Flags;
use passkeep_protocol::names::UserVerificationRequirement;
use passkeep_testkit::Authenticator;
use serde_json::json;

use crate::support::{
    AUTHENTICATION_FINISH, AUTHENTICATION_START, MINUTE, REGISTRATION_FINISH, REGISTRATION_START,
    Server,
};

const ACCOUNT: &str = "/api/v1/account";
const SESSIONS: &str = "/api/v1/sessions";

#[tokio::test]
async fn a_display_name_is_changed_here_and_signalled() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let answer = ada.patch(ACCOUNT, json!({ "displayName": "Ada L." })).await;
    let changed: AccountChanged = answer.json(200);
    assert_eq!(changed.account.display_name, "Ada L.");
    assert_eq!(changed.account.user_name, "ada");
    let details = changed.signals.current_user_details.unwrap();
    assert_eq!(details.display_name, "Ada L.");
    let answer = ada.patch(ACCOUNT, json!({ "displayName": "" })).await;
    answer.problem(ErrorCode::InvalidDisplayName, 422);
    let activity: Activity = ada.get("/api/v1/activity").await.json(200);
    assert_eq!(activity.events[0].kind, "display_name_changed");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    server.clock.advance(MINUTE);
    let mut phone = server.browser("phone");
    phone.authenticator = ada.authenticator.clone();
    phone.sign_in().await;
    let mut eve = server.browser("eve");
    eve.sign_up("eve").await;

    let Sessions { sessions } = ada.get(SESSIONS).await.json(200);
    let current: Vec<_> = sessions.iter().map(|session| session.current).collect();
    assert_eq!(current.len(), 2);
    let other = sessions.iter().find(|session| !session.current).unwrap();
    let path = format!("{SESSIONS}/{}", other.id.to_base64url());
    let answer = eve.delete(&path).await;
    answer.problem(ErrorCode::SessionNotFound, 404);
    assert_eq!(phone.signed_in_as().await.as_deref(), Some("ada"));
    assert_eq!(ada.delete(&path).await.status, 204);
    assert_eq!(phone.signed_in_as().await, None);
    let answer = ada.delete(&path).await;
    answer.problem(ErrorCode::SessionNotFound, 404);

    // Its own too, which signs out.
    let own = sessions.iter().find(|session| session.current).unwrap();
    let answer = ada
        .delete(&format!("{SESSIONS}/{}", own.id.to_base64url()))
        .await;
    assert_eq!(answer.status, 204);
    assert_eq!(ada.cookies.get("__Host-passkeep-session"), None);
}

#[tokio::test]
async fn what_is_no_session_id_names_no_session() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    for id in ["AAAA", "x*y", "AAAAAAAAAAAAAAAAAAAAAA"] {
        let answer = ada.delete(&format!("{SESSIONS}/{id}")).await;
        answer.problem(ErrorCode::SessionNotFound, 404);
    }
}

#[tokio::test]
async fn somebody_signs_in_by_name_with_their_passkeys_listed() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let id = ada.sign_up("ada").await.passkey.unwrap().id;
    let mut browser = server.browser("browser");
    browser.authenticator = ada.authenticator.clone();
    let start = json!({ "userName": "ADA" });
    let started: AuthenticationStarted = browser.post(AUTHENTICATION_START, start).await.json(200);
    let ids: Vec<_> = started.options.allow_credentials.iter().collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(ids[0].id, id);
    let finish = browser.assert(started);
    let answer = browser.post(AUTHENTICATION_FINISH, finish).await;
    let finished: AuthenticationFinished = answer.json(200);
    assert_eq!(finished.account.user_name, "ada");
}

#[tokio::test]
async fn a_name_that_nobody_has_gets_a_list_that_stays_the_same() {
    let server = Server::start().await;
    let mut eve = server.browser("eve");
    let mut lists = Vec::new();
    let mut lengths = Vec::new();
    for name in ["nobody", "Nobody"] {
        let start = json!({ "userName": name });
        let started: AuthenticationStarted = eve.post(AUTHENTICATION_START, start).await.json(200);
        lengths.push(started.ceremony.len());
        lists.push(started.options.allow_credentials);
    }
    assert!(!lists[0].is_empty());
    assert_eq!(lists[0], lists[1]);
    // The sealed ceremony is as long as that of somebody.
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let start = json!({ "userName": "ada" });
    let started: AuthenticationStarted = eve.post(AUTHENTICATION_START, start).await.json(200);
    assert_eq!(started.ceremony.len(), lengths[0]);
    // The lists outlive the process: they come from a key in the store.
    let replica = server.replica().await;
    let mut elsewhere = server.browser("elsewhere").at(replica);
    let start = json!({ "userName": "nobody" });
    let started: AuthenticationStarted =
        elsewhere.post(AUTHENTICATION_START, start).await.json(200);
    assert_eq!(started.options.allow_credentials, lists[0]);
}

#[tokio::test]
async fn by_one_name_nobody_else_signs_in() {
    let server = Server::start().await;
    server.browser("ada").sign_up("ada").await;
    let mut eve = server.browser("eve");
    eve.sign_up("eve").await;
    for name in ["ada", "nobody"] {
        let start = json!({ "userName": name });
        let started: AuthenticationStarted = eve.post(AUTHENTICATION_START, start).await.json(200);
        let mut options = started.options;
        options.allow_credentials.clear();
        let finish = AuthenticationFinish {
            ceremony: started.ceremony,
            credential: eve.client.get(&options, &mut eve.authenticator).unwrap(),
        };
        let answer = eve.post(AUTHENTICATION_FINISH, finish).await;
        answer.problem(ErrorCode::AuthenticationRejected, 401);
    }
}

#[tokio::test]
async fn an_upgrade_waives_presence_because_the_server_said_so_when_it_started() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    for (flow, status) in [("upgrade", 201), ("add", 400)] {
        let answer = ada.post(REGISTRATION_START, json!({ "flow": flow })).await;
        let started: RegistrationStarted = answer.json(200);
        let conditional = (flow == "upgrade").then_some(CreateMediation::Conditional);
        assert_eq!(started.mediation, conditional);
        let mut other = Authenticator::new(flow);
        let draft = ada.client.draft_registration(&started.options, &mut other);
        let mut draft = draft.unwrap();
        let flags = &mut draft.authenticator_data.flags;
        *flags = Flags(flags.0 & !Flags::UP);
        let finish = RegistrationFinish {
            ceremony: started.ceremony,
            credential: draft.into_response(),
        };
        let answer = ada.post(REGISTRATION_FINISH, finish).await;
        assert_eq!(answer.status, status, "{flow}");
    }
    let activity: Activity = ada.get("/api/v1/activity?limit=1").await.json(200);
    assert_eq!(activity.events[0].kind, "passkey_upgraded");
}

#[tokio::test]
async fn an_upgrade_is_for_whoever_has_just_signed_in() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let start = json!({ "flow": "upgrade" });
    let answer = ada.post(REGISTRATION_START, &start).await;
    answer.problem(ErrorCode::NotSignedIn, 401);
    ada.sign_up("ada").await;
    let answer = ada.post(REGISTRATION_START, &start).await;
    let started: RegistrationStarted = answer.json(200);
    let selection = started.options.authenticator_selection.unwrap();
    assert_eq!(
        selection.user_verification,
        Some(UserVerificationRequirement::Preferred)
    );
    server.clock.advance(5 * MINUTE);
    let answer = ada.post(REGISTRATION_START, &start).await;
    answer.problem(ErrorCode::ConfirmationRequired, 403);
}

#[tokio::test]
async fn activity_takes_a_limit_from_1_to_200() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let _: RegistrationFinished = ada.sign_up("ada").await;
    for (limit, status) in [
        ("0", 400),
        ("1", 200),
        ("200", 200),
        ("201", 400),
        ("x", 400),
    ] {
        let answer = ada.get(&format!("/api/v1/activity?limit={limit}")).await;
        assert_eq!(answer.status, status, "{limit}");
    }
}
