//! Ways back in: recovery codes, and links for another device.

use axum::http::Method;
use passkeep_protocol::api::{
    Action, EnrolmentLink, ErrorCode, RecoveryCodes, RecoveryCodesLeft, RegistrationFinished,
};
use serde_json::json;

use crate::support::{Browser, MINUTE, REGISTRATION_FINISH, REGISTRATION_START, SESSION, Server};

const RECOVERY_CODES: &str = "/api/v1/recovery-codes";
const ENROLMENT_LINKS: &str = "/api/v1/enrolment-links";

pub(crate) async fn make_codes(browser: &mut Browser) -> Vec<String> {
    let confirmation = browser.confirm(&Action::MakeRecoveryCodes).await;
    let answer = browser
        .send_confirmed(Method::POST, RECOVERY_CODES, None, &confirmation)
        .await;
    answer.json::<RecoveryCodes>(200).codes
}

pub(crate) async fn make_link(browser: &mut Browser) -> EnrolmentLink {
    let confirmation = browser.confirm(&Action::MakeEnrolmentLink).await;
    let answer = browser
        .send_confirmed(Method::POST, ENROLMENT_LINKS, None, &confirmation)
        .await;
    answer.json(201)
}

pub(crate) fn with_code(name: &str, code: &str) -> serde_json::Value {
    json!({ "flow": "recover", "userName": name, "code": code })
}

pub(crate) fn with_link(link: &EnrolmentLink) -> serde_json::Value {
    let (site, token) = link.url.split_once("/#enrol=").unwrap();
    assert_eq!(site, "https://example.org");
    json!({ "flow": "enrol", "link": token })
}

#[tokio::test]
async fn a_code_is_good_for_one_new_passkey_and_signs_in() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let codes = make_codes(&mut ada).await;
    assert_eq!(codes.len(), 10);
    let mut distinct = codes.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), 10);

    let mut new = server.browser("new device");
    let typed = codes[3].to_lowercase().replace('-', " ");
    let start = new.post(REGISTRATION_START, with_code("Ada", &typed)).await;
    let finish = new.create(start.json(200));
    let finished: RegistrationFinished = new.post(REGISTRATION_FINISH, finish).await.json(201);
    assert_eq!(finished.account.user_name, "ada");
    assert_eq!(new.signed_in_as().await.as_deref(), Some("ada"));
    assert_eq!(new.passkeys().await.passkeys.len(), 2);
    let left: RecoveryCodesLeft = new.get(RECOVERY_CODES).await.json(200);
    assert_eq!(left.left, 9);

    let answer = new
        .post(REGISTRATION_START, with_code("ada", &codes[3]))
        .await;
    answer.problem(ErrorCode::RecoveryRefused, 403);
}

#[tokio::test]
async fn of_two_who_use_a_code_at_once_one_gets_in() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let codes = make_codes(&mut ada).await;
    let mut statuses = Vec::new();
    let (mut one, mut other) = (server.browser("one"), server.browser("other"));
    let mut finishes = Vec::new();
    for browser in [&mut one, &mut other] {
        let start = with_code("ada", &codes[0]);
        let start = browser.post(REGISTRATION_START, start).await;
        finishes.push(browser.create(start.json(200)));
    }
    for (browser, finish) in [&mut one, &mut other].into_iter().zip(finishes) {
        let answer = browser.post(REGISTRATION_FINISH, finish).await;
        statuses.push(answer.status.as_u16());
        if answer.status == 403 {
            let problem = answer.problem(ErrorCode::RecoveryRefused, 403);
            // Its passkey is of no use, and the credential manager may forget it.
            assert!(problem.signals.unwrap().unknown_credential.is_some());
        }
    }
    assert_eq!(statuses, [201, 403]);
    ada.sign_in().await;
    assert_eq!(ada.passkeys().await.passkeys.len(), 2);
}

#[tokio::test]
async fn whatever_does_not_go_together_is_refused_alike() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let mut bob = server.browser("bob");
    bob.sign_up("bob").await;
    let old = make_codes(&mut ada).await;
    let codes = make_codes(&mut ada).await;
    let mut eve = server.browser("eve");
    let mut answers = Vec::new();
    for (name, code) in [
        ("ada", &*old[0]),
        ("bob", &codes[0]),
        ("nobody", &codes[0]),
        ("ada", "0000-0000-0000-0000"),
        ("ada", "not a code"),
        ("\u{7}", &codes[0]),
    ] {
        let answer = eve.post(REGISTRATION_START, with_code(name, code)).await;
        let mut problem = answer.problem(ErrorCode::RecoveryRefused, 403);
        problem.request_id = None;
        answers.push(problem);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
}

#[tokio::test]
async fn codes_are_counted_and_never_shown_again() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let none = RecoveryCodesLeft {
        left: 0,
        created_at: None,
    };
    assert_eq!(
        ada.get(RECOVERY_CODES).await.json::<RecoveryCodesLeft>(200),
        none
    );
    let codes = make_codes(&mut ada).await;
    let answer = ada.get(RECOVERY_CODES).await;
    assert_eq!(answer.json::<RecoveryCodesLeft>(200).left, 10);
    for code in codes {
        assert!(!answer.text().contains(&code));
    }
}

#[tokio::test]
async fn a_link_gives_another_device_a_passkey_once() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let link = make_link(&mut ada).await;
    assert_eq!(link.expires_in, 600);
    assert!(link.qr_svg.contains("<svg"));

    let mut phone = server.browser("phone");
    let start = phone.post(REGISTRATION_START, with_link(&link)).await;
    let finish = phone.create(start.json(200));
    let finished: RegistrationFinished = phone.post(REGISTRATION_FINISH, finish).await.json(201);
    assert_eq!(finished.account.user_name, "ada");
    assert_eq!(phone.signed_in_as().await.as_deref(), Some("ada"));
    assert_eq!(ada.passkeys().await.passkeys.len(), 2);
    let answer = phone.post(REGISTRATION_START, with_link(&link)).await;
    answer.problem(ErrorCode::EnrolmentLinkUnknown, 404);
}

#[tokio::test]
async fn a_link_is_good_for_ten_minutes_and_for_the_finish_too() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let link = make_link(&mut ada).await;
    let mut phone = server.browser("phone");
    server.clock.advance(10 * MINUTE);
    let start = phone.post(REGISTRATION_START, with_link(&link)).await;
    let finish = phone.create(start.json(200));
    server.clock.advance(1);
    let answer = phone.post(REGISTRATION_START, with_link(&link)).await;
    answer.problem(ErrorCode::EnrolmentLinkUnknown, 404);
    let answer = phone.post(REGISTRATION_FINISH, finish).await;
    answer.problem(ErrorCode::EnrolmentLinkUnknown, 404);
}

#[tokio::test]
async fn a_link_leads_to_whatever_is_a_link_and_nowhere_else() {
    let server = Server::start().await;
    let mut phone = server.browser("phone");
    for link in ["", "AAAA", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"] {
        let start = json!({ "flow": "enrol", "link": link });
        let answer = phone.post(REGISTRATION_START, start).await;
        answer.problem(ErrorCode::EnrolmentLinkUnknown, 404);
    }
    assert_eq!(phone.get(SESSION).await.status, 200);
}
