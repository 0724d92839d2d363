//! `/api/v1/passkeys`.

use passkeep_protocol::api::{ErrorCode, Passkey, PasskeyDeleted};
use serde_json::json;

use crate::support::{MINUTE, PASSKEYS, Server};

fn address(id: &passkeep_protocol::bytes::Bytes) -> String {
    format!("{PASSKEYS}/{}", id.to_base64url())
}

#[tokio::test]
async fn the_list_is_complete_and_newest_first() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let first = ada.sign_up("ada").await.passkey.unwrap();
    server.clock.advance(MINUTE);
    let second = ada.add_passkey("other").await.passkey.unwrap();
    let list = ada.passkeys().await;
    assert_eq!(list.passkeys, [second.clone(), first.clone()]);
    assert_eq!(
        list.passkeys
            .iter()
            .map(|it| it.current)
            .collect::<Vec<_>>(),
        [false, true]
    );
    let accepted = list.signals.all_accepted_credentials.unwrap();
    assert_eq!(accepted.all_accepted_credential_ids, [second.id, first.id]);
}

#[tokio::test]
async fn a_passkey_is_renamed() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let id = ada.sign_up("ada").await.passkey.unwrap().id;
    let renamed: Passkey = ada
        .patch(&address(&id), json!({ "label": " My  phone " }))
        .await
        .json(200);
    assert_eq!(renamed.label, "My phone");
    assert!(renamed.current);
    assert_eq!(ada.passkeys().await.passkeys, [renamed]);
}

#[tokio::test]
async fn labels_that_cannot_be_used_are_refused_and_change_nothing() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let id = ada.sign_up("ada").await.passkey.unwrap().id;
    for (label, detail) in [
        (String::new(), "it is empty"),
        ("a".repeat(65), "it is longer than 64 characters"),
        (
            "a\u{7}".to_owned(),
            "it has a character that is not allowed",
        ),
    ] {
        let answer = ada.patch(&address(&id), json!({ "label": label })).await;
        let problem = answer.problem(ErrorCode::InvalidLabel, 422);
        assert_eq!(problem.detail.as_deref(), Some(detail));
    }
    assert_eq!(ada.passkeys().await.passkeys[0].label, "Passkey");
}

#[tokio::test]
async fn somebody_elses_passkey_is_not_found_and_unchanged() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    let before = ada.passkeys().await;
    let id = &before.passkeys[0].id;

    let mut eve = server.browser("eve");
    eve.sign_up("eve").await;
    let answer = eve.patch(&address(id), json!({ "label": "mine" })).await;
    answer.problem(ErrorCode::PasskeyNotFound, 404);
    for query in ["", "?evenIfLast=true"] {
        let answer = eve.delete_passkey(id, query).await;
        answer.problem(ErrorCode::PasskeyNotFound, 404);
    }
    assert_eq!(ada.passkeys().await, before);
}

#[tokio::test]
async fn what_is_no_credential_id_names_no_passkey() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    ada.sign_up("ada").await;
    for id in ["not*base64url", "%ff", "AAAA%3D%3D"] {
        let answer = ada.delete(&format!("{PASSKEYS}/{id}")).await;
        answer.problem(ErrorCode::PasskeyNotFound, 404);
    }
    let answer = ada.delete_passkey(&[0, 0, 0].into(), "").await;
    answer.problem(ErrorCode::PasskeyNotFound, 404);
}

#[tokio::test]
async fn deleting_leaves_the_others_and_the_last_only_goes_when_that_is_meant() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let first = ada.sign_up("ada").await.passkey.unwrap().id;
    let second = ada.add_passkey("other").await.passkey.unwrap().id;

    let deleted: PasskeyDeleted = ada.delete_passkey(&second, "").await.json(200);
    assert_eq!(deleted.remaining, 1);
    let accepted = deleted.signals.all_accepted_credentials.unwrap();
    let remaining = accepted.all_accepted_credential_ids;
    assert_eq!(remaining, std::slice::from_ref(&first));

    for query in ["", "?evenIfLast=false"] {
        let answer = ada.delete_passkey(&first, query).await;
        answer.problem(ErrorCode::LastPasskey, 409);
    }
    assert_eq!(ada.passkeys().await.passkeys.len(), 1);

    let answer = ada.delete_passkey(&first, "?evenIfLast=true").await;
    let deleted: PasskeyDeleted = answer.json(200);
    assert_eq!(deleted.remaining, 0);
    let accepted = deleted.signals.all_accepted_credentials.unwrap();
    assert_eq!(accepted.all_accepted_credential_ids, []);
    assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
}

#[tokio::test]
async fn parameters_that_are_not_known_are_refused() {
    let server = Server::start().await;
    let mut ada = server.browser("ada");
    let id = ada.sign_up("ada").await.passkey.unwrap().id;
    for query in ["evenIfLast=yes", "even_if_last=true", "force=1"] {
        let answer = ada.delete(&format!("{}?{query}", address(&id))).await;
        answer.problem(ErrorCode::MalformedRequest, 400);
    }
    assert_eq!(ada.passkeys().await.passkeys.len(), 1);
}

#[tokio::test]
async fn passkeys_need_a_session() {
    let server = Server::start().await;
    let mut nobody = server.browser("nobody");
    nobody
        .get(PASSKEYS)
        .await
        .problem(ErrorCode::NotSignedIn, 401);
    let path = format!("{PASSKEYS}/AAAA");
    let answer = nobody.patch(&path, json!({ "label": "x" })).await;
    answer.problem(ErrorCode::NotSignedIn, 401);
    nobody
        .delete(&path)
        .await
        .problem(ErrorCode::NotSignedIn, 401);
}
