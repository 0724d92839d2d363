//! What the audit trail says of attempts that failed.

use std::time::Duration;

use passkeep_protocol::api::{Action, Activity, AuthenticationStarted, ErrorCode, SessionsEnded};
use passkeep_server::Settings;
use serde_json::json;

use crate::support::{
    AUTHENTICATION_FINISH, AUTHENTICATION_START, Browser, MINUTE, REGISTRATION_START, Server,
};

/// Where the activity is, up to what is asked of it.
const ACTIVITY: &str = "/api/v1/activity?";

async fn kinds(browser: &mut Browser) -> Vec<String> {
    let activity: Activity = browser.get("/api/v1/activity").await.json(200);
    let kinds = activity.events.into_iter().map(|event| event.kind);
    kinds.collect()
}

/// How many events of a kind there are once they have been written, behind the answers.
async fn count(browser: &mut Browser, kind: &str, expected: usize) -> usize {
    let mut found = 0;
    for _ in 0..100 {
        let kinds = kinds(browser).await;
        found = kinds.iter().filter(|found| *found == kind).count();
        if found >= expected {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    found
}

async fn fail(browser: &mut Browser, start: &serde_json::Value) {
    let started: AuthenticationStarted = browser.post(AUTHENTICATION_START, start).await.json(200);
    let mut finish = browser.assert(started);
    let mut signature = finish.credential.response.signature.into_vec();
    *signature.last_mut().unwrap() ^= 1;
    finish.credential.response.signature = signature.into();
    let answer = browser.post(AUTHENTICATION_FINISH, finish).await;
    answer.problem(ErrorCode::AuthenticationRejected, 401);
}

#[tokio::test]
async fn refused_sign_ins_confirmations_and_codes_are_in_the_audit_trail() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    fail(&mut ada, &json!({})).await;
    assert_eq!(count(&mut ada, "sign_in_refused", 1).await, 1);
    let confirm = json!({ "flow": "confirm", "action": Action::DeleteAccount });
    fail(&mut ada, &confirm).await;
    assert_eq!(count(&mut ada, "confirmation_refused", 1).await, 1);
    let code = "ABCD-EFGH-JKMN-PQRS";
    let recover = json!({ "flow": "recover", "userName": "ada", "code": code });
    let answer = ada.post(REGISTRATION_START, recover).await;
    answer.problem(ErrorCode::RecoveryRefused, 403);
    assert_eq!(count(&mut ada, "recovery_refused", 1).await, 1);
}

#[tokio::test]
async fn nothing_is_buried_under_what_comes_later() {
    let mut settings = Settings::default();
    settings.rate_limits.per_account = 0;
    let server = Server::with("https://example.org", settings).await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    ada.add_passkey("thief").await;
    for number in 0..250 {
        let name = json!({ "displayName": format!("Ada {number}") });
        assert_eq!(ada.patch("/api/v1/account", name).await.status, 200);
    }
    let (mut all, mut pages, mut path) = (Vec::new(), Vec::new(), ACTIVITY.to_owned());
    loop {
        let page: Activity = ada.get(&format!("{path}limit=200")).await.json(200);
        pages.push(page.events.len());
        all.extend(page.events.into_iter().map(|event| event.kind));
        let Some(next) = page.next else { break };
        path = format!("{ACTIVITY}before={}&", next.to_base64url());
    }
    assert_eq!(pages, [200, 52]);
    assert_eq!(all[250..], ["passkey_added", "account_created"]);
    assert!(all[..250].iter().all(|kind| kind == "display_name_changed"));
    // A page that ends with the last event is the last.
    let page: Activity = ada.get(&format!("{path}limit=52")).await.json(200);
    assert_eq!((page.events.len(), page.next), (52, None));
    let answer = ada.get(&format!("{ACTIVITY}before=AAAA")).await;
    let problem = answer.problem(ErrorCode::MalformedRequest, 400);
    let detail = "`before` is the `next` of an earlier answer".to_owned();
    assert_eq!(problem.detail, Some(detail));
}

#[tokio::test]
async fn what_changes_nothing_is_not_told() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let passkey = ada.sign_up("ada").await.passkey.unwrap();
    let name = json!({ "displayName": "Ada" });
    let path = format!("/api/v1/passkeys/{}", passkey.id.to_base64url());
    let label = json!({ "label": "Laptop" });
    for _ in 0..3 {
        assert_eq!(ada.patch("/api/v1/account", &name).await.status, 200);
        assert_eq!(ada.patch(&path, &label).await.status, 200);
        let ended = ada.delete("/api/v1/sessions?keepCurrent=true").await;
        assert_eq!(ended.json::<SessionsEnded>(200).ended, 0);
    }
    let expected = ["passkey_renamed", "display_name_changed", "account_created"];
    assert_eq!(kinds(&mut ada).await, expected);
}

#[tokio::test]
async fn whoever_fails_again_and_again_fills_no_disk() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    for _ in 0..10 {
        fail(&mut ada, &json!({})).await;
    }
    assert_eq!(count(&mut ada, "sign_in_refused", 3).await, 3);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(count(&mut ada, "sign_in_refused", 3).await, 3);
    server.clock.advance(MINUTE);
    fail(&mut ada, &json!({})).await;
    assert_eq!(count(&mut ada, "sign_in_refused", 4).await, 4);
}
