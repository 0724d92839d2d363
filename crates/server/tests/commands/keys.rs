//! `passkeep keys`

use std::time::Duration;

use axum::http::Method;
use passkeep_protocol::api::{Action, AuthenticationFinished, ErrorCode, RegistrationFinished};

use crate::deployment::{Deployment, ORIGIN};
use crate::process::over_tcp;
use crate::support::{AUTHENTICATION_FINISH, Browser, REGISTRATION_FINISH};

#[tokio::test]
async fn ceremonies_of_the_old_key_and_the_new_finish_on_every_server() {
    let deployment = Deployment::start();
    let mut ada = deployment.browser("ada");
    ada.sign_up("ada").await;
    let before = deployment.json(&["keys", "list"]);
    assert_eq!(before.as_array().unwrap().len(), 1);

    let begun_with_old = ada.start_sign_in().await;
    let rotated = deployment.json(&["keys", "rotate"]);
    assert_eq!(rotated.as_array().unwrap().len(), 2);
    assert_eq!(rotated[1]["id"], before[0]["id"]);
    assert_eq!(
        (&rotated[0]["current"], &rotated[1]["current"]),
        (&true.into(), &false.into())
    );

    // The one that starts now has the new key; the one that runs has not looked for it yet.
    let another = deployment.another();
    let mut bob = Browser::new(over_tcp(&another), ORIGIN, "bob");
    let begun_with_new = bob.start_sign_up("bob").await;
    let key = |ceremony: &str| {
        let sealed = passkeep_protocol::bytes::decode_base64url(ceremony).unwrap();
        sealed[1..9]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    assert_eq!(key(&begun_with_old.ceremony), before[0]["id"]);
    assert_eq!(key(&begun_with_new.ceremony), rotated[0]["id"]);

    let mut bob = bob.at(over_tcp(&deployment.server));
    let finish = bob.create(begun_with_new);
    let _: RegistrationFinished = bob.post(REGISTRATION_FINISH, finish).await.json(201);
    let mut ada = ada.at(over_tcp(&another));
    let finish = ada.assert(begun_with_old);
    let _: AuthenticationFinished = ada.post(AUTHENTICATION_FINISH, finish).await.json(200);

    // From the first ceremony of the new key on, it seals with it too.
    let mut cy = deployment.browser("cy");
    assert_eq!(key(&cy.start_sign_in().await.ceremony), rotated[0]["id"]);
}

#[tokio::test]
async fn a_key_that_was_revoked_opens_nothing_on_any_server() {
    let deployment = Deployment::start();
    let another = deployment.another();
    let mut ada = deployment.browser("ada");
    ada.sign_up("ada").await;
    let begun = ada.start_sign_in().await;
    let codes = ada.confirm(&Action::MakeRecoveryCodes).await;
    let before = deployment.json(&["keys", "rotate"]);
    assert_eq!(before.as_array().unwrap().len(), 2);
    let revoked = deployment.json(&["keys", "rotate", "--revoke"]);
    assert_eq!(revoked.as_array().unwrap().len(), 1);
    assert_eq!(revoked[0]["current"], true);
    assert_eq!(deployment.json(&["keys", "list"]), revoked);

    // Both servers look for keys every five seconds, and know the old ones until then.
    tokio::time::sleep(Duration::from_secs(6)).await;
    let finish = ada.assert(begun);
    for server in [&deployment.server, &another] {
        let mut ada = ada.clone().at(over_tcp(server));
        let answer = ada.post(AUTHENTICATION_FINISH, finish.clone()).await;
        answer.problem(ErrorCode::CeremonyUnknown, 400);
        let path = "/api/v1/recovery-codes";
        let answer = ada.send_confirmed(Method::POST, path, None, &codes).await;
        answer.problem(ErrorCode::ConfirmationRequired, 403);
        // Nobody is signed out, and whoever begins again gets on.
        assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
        ada.cookies.clear();
        ada.sign_in().await;
    }
}

#[test]
fn keys_are_shown_by_age_and_never_themselves() {
    let deployment = Deployment::start();
    let text = deployment.text(&["keys", "list"]);
    assert!(text.ends_with(", 0 hours old, in use\n"), "{text}");
    let keys = deployment.json(&["keys", "list"]);
    let members: Vec<_> = keys[0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["createdAt", "current", "id"]);
    assert_eq!(keys[0]["id"].as_str().unwrap().len(), 16);
}
