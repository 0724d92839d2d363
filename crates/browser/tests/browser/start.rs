//! The functions of the other library, one ceremony at a time.

use core::cell::RefCell;
use std::rc::Rc;

use passkeep_browser::{
    ClientErrorCode, WebAuthnErrorCode, cancel_ceremony, start_authentication, start_registration,
};
use serde_json::json;
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, creation_options, request_options, until, value};

#[wasm_bindgen_test]
async fn a_new_ceremony_ends_the_one_before_and_waits_until_the_browser_has_let_go() {
    let _page = Page::with("get(untilAborted); create(async () => registration());");
    let ended = Rc::new(RefCell::new(Vec::new()));
    // The second one takes the first one's place before it has opened anything.
    for _ in 0..2 {
        let ended = ended.clone();
        spawn_local(async move {
            let options = request_options(json!({}));
            let error = start_authentication(&options, false).await.unwrap_err();
            ended
                .borrow_mut()
                .push((error.code(), error.reason().code()));
        });
    }
    until("calls.length === 1").await;
    let made = start_registration(&creation_options(json!({})), false)
        .await
        .unwrap();
    assert_eq!(made.id, "BwgJ");
    let aborted = (WebAuthnErrorCode::CeremonyAborted, ClientErrorCode::Aborted);
    assert_eq!(*ended.borrow(), [aborted, aborted]);
    assert_eq!(value("calls.length"), json!(2));
}

#[wasm_bindgen_test]
async fn what_is_open_can_be_cancelled() {
    let _page = Page::with("get(untilAborted);");
    let ended = Rc::new(RefCell::new(None));
    let at_end = ended.clone();
    spawn_local(async move {
        let options =
            request_options(json!({"allowCredentials": [{"type": "public-key", "id": "AQ"}]}));
        let error = start_authentication(&options, true).await.unwrap_err();
        *at_end.borrow_mut() = Some(error.code());
    });
    until("calls.length === 1").await;
    // Suggestions are for whoever comes.
    assert_eq!(
        value("[calls[0].mediation, calls[0].publicKey.allowCredentials ?? []]"),
        json!(["conditional", []])
    );
    cancel_ceremony();
    for _ in 0..200 {
        if ended.borrow().is_some() {
            break;
        }
        crate::page::wait(5).await;
    }
    assert_eq!(*ended.borrow(), Some(WebAuthnErrorCode::CeremonyAborted));
}

#[wasm_bindgen_test]
async fn a_registration_without_asking_is_conditional() {
    let _page = Page::with(
        "define(PublicKeyCredential, 'getClientCapabilities', async () => ({ conditionalCreate: true }));
         create(async () => registration());",
    );
    start_registration(&creation_options(json!({})), true)
        .await
        .unwrap();
    assert_eq!(value("calls[0].mediation"), json!("conditional"));
}

#[wasm_bindgen_test]
async fn an_rp_id_is_called_wrong_only_where_it_is_not_the_host_of_the_page() {
    let _page = Page::with(
        "const refused = async () => { throw new DOMException('', 'SecurityError') };
         get(refused); create(refused);",
    );
    let host = value("location.hostname");
    let other = json!("other.example");
    let codes = [
        (&other, WebAuthnErrorCode::InvalidRpId),
        (&host, WebAuthnErrorCode::PassthroughSeeCauseProperty),
    ];
    for (rp_id, expected) in codes {
        let options = request_options(json!({"rpId": rp_id}));
        let signed = start_authentication(&options, false).await.unwrap_err();
        let options = creation_options(json!({"rp": {"id": rp_id, "name": "Here"}}));
        let made = start_registration(&options, false).await.unwrap_err();
        assert_eq!((signed.code(), made.code()), (expected, expected));
    }
}
