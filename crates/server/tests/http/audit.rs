//! What the audit trail says of attempts that failed.

use std::time::Duration;

use passkeep_protocol::api::{Action, Activity, AuthenticationStarted, ErrorCode};
use serde_json::json;

use crate::support::{
    AUTHENTICATION_FINISH, AUTHENTICATION_START, Browser, MINUTE, REGISTRATION_START, Server,
};

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
