//! The browser's own `navigator.credentials`, with the software authenticator that the test runner adds to the page.

use passkeep_browser::{Abort, ClientErrorCode, Mediation, create, get, is_supported};
use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::bytes::Bytes;
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{creation_options, request_options};

#[wasm_bindgen_test]
async fn a_passkey_is_made_found_again_and_not_made_twice() {
    assert!(is_supported());
    let resident =
        json!({"timeout": 10_000, "authenticatorSelection": {"residentKey": "required"}});
    let made = create(&creation_options(resident), &Abort::new())
        .await
        .unwrap();
    assert_eq!(made.id, made.raw_id.to_base64url());
    let attestation =
        AttestationObject::parse(made.response.attestation_object.as_slice()).unwrap();
    assert_eq!(attestation.fmt, "none");
    let client_data = String::from_utf8(made.response.client_data_json.into_vec()).unwrap();
    assert!(
        client_data.contains(r#""type":"webauthn.create","challenge":"BAUG""#),
        "{client_data}"
    );

    let known =
        json!([{"type": "public-key", "id": made.id, "transports": made.response.transports}]);
    let again = json!({"timeout": 10_000, "excludeCredentials": known});
    let error = create(&creation_options(again), &Abort::new())
        .await
        .unwrap_err();
    assert_eq!(error.code(), ClientErrorCode::AlreadyRegistered);

    let options = request_options(json!({"timeout": 10_000}));
    let signed = get(&options, Mediation::Modal, &Abort::new())
        .await
        .unwrap();
    assert_eq!(signed.raw_id, made.raw_id);
    assert_eq!(
        signed.response.raw_user_handle,
        Some(Bytes::from([1, 2, 3]))
    );
}

#[wasm_bindgen_test]
async fn an_rp_id_of_somebody_else_is_refused() {
    let options = request_options(json!({"timeout": 10_000, "rpId": "example.org"}));
    let error = get(&options, Mediation::Modal, &Abort::new())
        .await
        .unwrap_err();
    assert_eq!(error.code(), ClientErrorCode::InvalidRpId);
    assert_eq!(error.exception_name().as_deref(), Some("SecurityError"));
}
