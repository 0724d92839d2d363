//! From what the browser returned to the JSON for the server.

use passkeep_browser::exports::Call;
use passkeep_browser::{Abort, ClientErrorCode, Mediation, PrfResults, create, get};
use passkeep_browser::{create_with_prf, get_with_prf};
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::names::{AuthenticatorAttachment, AuthenticatorTransport};
use serde_json::{Value, json};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::exports::{self, call};
use crate::options::object;
use crate::page::{Page, creation_options, request_options};

/// The JSON that JavaScript would send to a server after `create()`.
async fn registered(stub: &str) -> Value {
    let _page = Page::with(&format!("create(async () => {stub});"));
    let options = serde_json::to_value(creation_options(json!({}))).unwrap();
    let response = exports::create(object(&options), JsValue::UNDEFINED)
        .await
        .unwrap();
    serde_json::from_str(&String::from(js_sys::JSON::stringify(&response).unwrap())).unwrap()
}

#[wasm_bindgen_test]
async fn a_plain_object_without_methods_is_enough() {
    let expected = json!({
        "id": "BwgJ", "rawId": "BwgJ", "type": "public-key", "clientExtensionResults": {},
        "response": {"clientDataJSON": "e30", "attestationObject": "oA", "transports": []},
    });
    assert_eq!(registered("registration()").await, expected);
}

#[wasm_bindgen_test]
async fn everything_a_complete_credential_has_is_taken_over() {
    let complete = "registration({
        response: {
            getTransports: () => ['internal', 'hybrid', 7],
            getAuthenticatorData: () => bytes(1, 2),
            getPublicKey: () => bytes(3),
            getPublicKeyAlgorithm: () => -7,
        },
        credential: { authenticatorAttachment: 'platform', getClientExtensionResults: () => ({ credProps: { rk: true } }) },
    })";
    let expected = json!({
        "id": "BwgJ", "rawId": "BwgJ", "type": "public-key", "authenticatorAttachment": "platform",
        "clientExtensionResults": {"credProps": {"rk": true}},
        "response": {
            "clientDataJSON": "e30", "attestationObject": "oA", "transports": ["internal", "hybrid"],
            "authenticatorData": "AQI", "publicKey": "Aw", "publicKeyAlgorithm": -7,
        },
    });
    assert_eq!(registered(complete).await, expected);
}

#[wasm_bindgen_test]
async fn getters_and_methods_that_throw_count_as_missing() {
    let hostile = "registration({
        response: {
            getTransports() { throw 1 },
            transports: ['usb'],
            getAuthenticatorData() { throw 1 },
            getPublicKey: () => null,
            getPublicKeyAlgorithm: 'no function',
        },
        credential: {
            get authenticatorAttachment() { throw 1 },
            getClientExtensionResults() { throw 1 },
            toJSON() { throw 1 },
        },
    })";
    let expected = json!({
        "id": "BwgJ", "rawId": "BwgJ", "type": "public-key", "clientExtensionResults": {},
        "response": {"clientDataJSON": "e30", "attestationObject": "oA", "transports": ["usb"]},
    });
    assert_eq!(registered(hostile).await, expected);
}

#[wasm_bindgen_test]
async fn methods_get_their_receiver() {
    let fussy = "(() => {
        const credential = registration();
        const own = (object, answer) => function () { return this === object ? answer : null };
        credential.response.getTransports = own(credential.response, ['ble']);
        credential.getClientExtensionResults = own(credential, { appid: true });
        return credential;
    })()";
    let json = registered(fussy).await;
    assert_eq!(json["response"]["transports"], json!(["ble"]));
    assert_eq!(json["clientExtensionResults"], json!({"appid": true}));
}

#[wasm_bindgen_test]
async fn the_id_is_made_of_the_raw_id_and_the_other_way_round() {
    let wrong_id = registered("registration({ credential: { id: 'BwgJ==' } })").await;
    assert_eq!(wrong_id["id"], json!("BwgJ"));
    let no_raw_id = registered("registration({ credential: { rawId: undefined } })").await;
    assert_eq!(no_raw_id["rawId"], json!("BwgJ"));
}

#[wasm_bindgen_test]
async fn bytes_in_extension_results_become_base64url_wherever_they_are() {
    let nested = "registration({ credential: { getClientExtensionResults: () => {
        const large = new Uint8Array([9, 9, 1, 2, 3, 9]);
        const own = { list: [bytes(1), 'text', null, undefined, () => 1, 2.5, false] };
        own.self = own;
        return {
            largeBlob: { blob: new Uint8Array(large.buffer, 2, 3) },
            view: new DataView(large.buffer, 4, 1),
            detached: (() => { const gone = bytes(1); structuredClone(gone, { transfer: [gone] }); return gone })(),
            list: own.list,
            get throws() { throw 1 },
            big: 1n,
        };
    } } })";
    let expected = json!({
        "largeBlob": {"blob": "AQID"}, "view": "Aw", "detached": {},
        "list": ["AQ", "text", null, 2.5, false],
    });
    assert_eq!(registered(nested).await["clientExtensionResults"], expected);
}

#[wasm_bindgen_test]
async fn bytes_of_another_realm_are_bytes() {
    let foreign = "(() => {
        const frame = document.body.appendChild(document.createElement('iframe'));
        const { Uint8Array: Foreign } = frame.contentWindow;
        const credential = registration({ credential: { id: undefined, rawId: new Foreign([7, 8, 9]) } });
        credential.response.attestationObject = new Foreign([160]).buffer;
        frame.remove();
        return credential;
    })()";
    let json = registered(foreign).await;
    assert_eq!(json["rawId"], json!("BwgJ"));
    assert_eq!(json["response"]["attestationObject"], json!("oA"));
}

#[wasm_bindgen_test]
async fn extension_results_that_contain_themselves_end() {
    let endless = "registration({ credential: { getClientExtensionResults: () => {
        const own = { x: 1 };
        own.own = own;
        return own;
    } } })";
    let mut results = &registered(endless).await["clientExtensionResults"];
    let mut depth = 0;
    while let Some(inner) = results.get("own") {
        results = inner;
        depth += 1;
    }
    assert_eq!(depth, 15);
}

#[wasm_bindgen_test]
async fn extension_results_come_from_to_json_where_there_is_no_getter() {
    let json_only = "registration({ credential: { toJSON: () => ({ clientExtensionResults: { credProps: { rk: false } } }) } })";
    let json = registered(json_only).await;
    assert_eq!(
        json["clientExtensionResults"],
        json!({"credProps": {"rk": false}})
    );
}

#[wasm_bindgen_test]
async fn a_proxy_that_refuses_everything_is_no_results() {
    let proxy = "registration({ credential: { getClientExtensionResults: () =>
        new Proxy({}, { get() { throw 1 }, ownKeys() { throw 1 } }) } })";
    assert_eq!(registered(proxy).await["clientExtensionResults"], json!({}));
}

#[wasm_bindgen_test]
async fn prf_outputs_are_beside_the_response_and_not_in_it() {
    let stub = "registration({ credential: { getClientExtensionResults: () => ({
        prf: { enabled: true, results: { first: bytes(1, 2), second: new Uint8Array([3]) } } }) } })";
    let _page = Page::with(&format!("create(async () => {stub});"));
    let (response, prf) = create_with_prf(&creation_options(json!({})), &Abort::new())
        .await
        .unwrap();
    let expected = PrfResults {
        first: vec![1, 2],
        second: Some(vec![3]),
    };
    assert_eq!(prf, Some(expected));
    let for_server = serde_json::to_value(&response.client_extension_results).unwrap();
    assert_eq!(for_server, json!({"prf": {"enabled": true}}));

    let options = serde_json::to_value(creation_options(json!({}))).unwrap();
    let pair = call(Call::Create, object(&options), JsValue::UNDEFINED)
        .await
        .unwrap();
    let pair = String::from(js_sys::JSON::stringify(&pair).unwrap());
    let pair: Value = serde_json::from_str(&pair).unwrap();
    assert_eq!(pair["prf"], json!({"first": "AQI", "second": "Aw"}));
    let results = &pair["response"]["clientExtensionResults"];
    assert_eq!(results, &json!({"prf": {"enabled": true}}));
}

#[wasm_bindgen_test]
async fn a_response_without_prf_outputs_has_none_beside_it() {
    let _page = Page::with("get(async () => assertion());");
    let (_, prf) = get_with_prf(&request_options(json!({})), Mediation::Modal, &Abort::new())
        .await
        .unwrap();
    assert_eq!(prf, None);
}

#[wasm_bindgen_test]
async fn the_typed_responses_are_complete() {
    let _page = Page::with(
        "create(async () => registration({ response: { transports: ['hybrid'] },
            credential: { authenticatorAttachment: 'cross-platform' } }));
         get(async () => assertion());",
    );
    let made = create(&creation_options(json!({})), &Abort::new())
        .await
        .unwrap();
    assert_eq!(made.raw_id, Bytes::from([7, 8, 9]));
    assert_eq!(made.response.transports, [AuthenticatorTransport::Hybrid]);
    let attachment = Some(AuthenticatorAttachment::CrossPlatform);
    assert_eq!(made.authenticator_attachment, attachment);

    let signed = get(&request_options(json!({})), Mediation::Modal, &Abort::new())
        .await
        .unwrap();
    assert_eq!(signed.response.client_data_json, Bytes::from(*b"{}"));
    assert_eq!(signed.response.authenticator_data, Bytes::from([1]));
    assert_eq!(signed.response.signature, Bytes::from([2]));
    assert_eq!(signed.response.raw_user_handle, Some(Bytes::from([3])));
}

#[wasm_bindgen_test]
async fn members_that_are_base64url_text_already_are_taken_as_they_are() {
    let _page = Page::with(
        "create(async () => registration({ response: { clientDataJSON: 'e30', attestationObject: 'oA', getPublicKey: () => 'BA',
            getAuthenticatorData: () => 'AQ' }, credential: { rawId: 'BwgJ', id: undefined } }));
         get(async () => assertion({ response: { clientDataJSON: 'e30', authenticatorData: 'AQ', signature: 'Ag', userHandle: 'Aw' },
            credential: { rawId: undefined } }));",
    );
    let options = || object(&json!({"challenge": "AA"}));
    let made = exports::create(options(), JsValue::UNDEFINED)
        .await
        .unwrap();
    let made: Value =
        serde_json::from_str(&String::from(js_sys::JSON::stringify(&made).unwrap())).unwrap();
    assert_eq!(
        made,
        json!({
            "type": "public-key", "id": "BwgJ", "rawId": "BwgJ", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": "e30", "attestationObject": "oA", "authenticatorData": "AQ", "publicKey": "BA", "transports": [],
            },
        })
    );
    let signed = exports::get(options(), JsValue::UNDEFINED).await.unwrap();
    let signed: Value =
        serde_json::from_str(&String::from(js_sys::JSON::stringify(&signed).unwrap())).unwrap();
    assert_eq!(
        signed,
        json!({
            "type": "public-key", "id": "BwgJ", "rawId": "BwgJ", "clientExtensionResults": {},
            "response": {"clientDataJSON": "e30", "authenticatorData": "AQ", "signature": "Ag", "userHandle": "Aw"},
        })
    );
}

#[wasm_bindgen_test]
async fn a_null_user_handle_is_left_out() {
    let _page = Page::with("get(async () => assertion({ response: { userHandle: null } }));");
    let options = object(&json!({"challenge": "AA"}));
    let response = exports::get(options, JsValue::UNDEFINED).await.unwrap();
    let text = String::from(js_sys::JSON::stringify(&response).unwrap());
    assert!(!text.contains("userHandle"), "{text}");
}

#[wasm_bindgen_test]
async fn a_thenable_or_a_bare_value_instead_of_a_promise_will_do() {
    for stub in [
        "() => ({ then(done) { done(assertion()) } })",
        "() => assertion()",
    ] {
        let _page = Page::with(&format!("get({stub});"));
        let signed = get(&request_options(json!({})), Mediation::Modal, &Abort::new()).await;
        assert_eq!(signed.unwrap().id, "BwgJ", "{stub}");
    }
}

#[wasm_bindgen_test]
async fn what_cannot_be_a_credential_is_an_error() {
    for (stub, code, detail) in [
        (
            "null",
            ClientErrorCode::Cancelled,
            "the browser returned no credential",
        ),
        (
            "undefined",
            ClientErrorCode::Cancelled,
            "the browser returned no credential",
        ),
        (
            "7",
            ClientErrorCode::Other,
            "the credential has no `response.clientDataJSON`",
        ),
        (
            "({})",
            ClientErrorCode::Other,
            "the credential has no `response.clientDataJSON`",
        ),
        (
            "assertion({ response: { signature: 'Ag==' } })",
            ClientErrorCode::Other,
            "the credential has no `response.signature`",
        ),
        (
            "assertion({ response: { get signature() { throw 1 } } })",
            ClientErrorCode::Other,
            "the credential has no `response.signature`",
        ),
        (
            "assertion({ credential: { rawId: '?', id: '?' } })",
            ClientErrorCode::Other,
            "the credential has no `rawId`",
        ),
    ] {
        let _page = Page::with(&format!("get(async () => {stub});"));
        let error = get(&request_options(json!({})), Mediation::Modal, &Abort::new())
            .await
            .unwrap_err();
        assert_eq!(
            (error.code(), error.detail().as_str()),
            (code, detail),
            "{stub}"
        );
    }
}
