//! What JavaScript sees.

use js_sys::{Function, JSON, Promise};
use passkeep_browser::exports;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::options::object;
use crate::page::{Page, until, value};

/// A value of JavaScript, with the members of `page` in scope.
fn js(expression: &str) -> JsValue {
    let code = format!("with (globalThis.page) {{ return {expression} }}");
    Function::new_no_args(&code)
        .call0(&JsValue::UNDEFINED)
        .unwrap()
}

fn as_json(value: &JsValue) -> Value {
    serde_json::from_str(&String::from(JSON::stringify(value).unwrap())).unwrap()
}

#[wasm_bindgen_test]
async fn an_error_is_an_error_with_a_code() {
    let _page = Page::with("create(async () => { throw error('InvalidStateError') });");
    let options = js("({ challenge: 'AA' })");
    let error = exports::create(options, JsValue::UNDEFINED)
        .await
        .unwrap_err();
    js_sys::Reflect::set(&js_sys::global(), &"thrown".into(), &error).unwrap();
    let seen = value(
        "[thrown instanceof Error, thrown.name, thrown.code, thrown.exceptionName, thrown.detail, thrown.message]",
    );
    assert_eq!(
        seen,
        json!([
            true,
            "PasskeepError",
            "already_registered",
            "InvalidStateError",
            "said the stub",
            "this authenticator already has a passkey of this account: said the stub [InvalidStateError]"
        ])
    );
}

#[wasm_bindgen_test]
async fn an_abort_signal_ends_a_ceremony() {
    let _page = Page::with("get(untilAborted); define(page, 'controller', new AbortController());");
    let settings = js("({ signal: controller.signal, mediation: 'conditional' })");
    wasm_bindgen_futures::spawn_local(async {
        until("calls.length === 1").await;
        js("controller.abort()");
    });
    let ended = exports::get(object(&json!({"challenge": "AA"})), settings.clone()).await;
    assert_eq!(code(&ended.unwrap_err()), "aborted");
    assert_eq!(value("calls[0].mediation"), json!("conditional"));

    let late = exports::get(object(&json!({"challenge": "AA"})), settings).await;
    assert_eq!(code(&late.unwrap_err()), "aborted");
    assert_eq!(value("calls.length"), json!(1));
}

#[wasm_bindgen_test]
async fn signals_are_passed_on_and_never_reject() {
    let _page = Page::with(
        "define(PublicKeyCredential, 'signalUnknownCredential', (options) => { calls.push(options); throw 1 });
         define(PublicKeyCredential, 'signalAllAcceptedCredentials', async (options) => { calls.push(options) });",
    );
    let signals = object(
        &json!({"unknownCredential": {"rpId": "r"}, "allAcceptedCredentials": {"rpId": "s"}}),
    );
    exports::signal(signals).await;
    exports::signal(JsValue::NULL).await;
    assert_eq!(value("calls"), json!([{"rpId": "r"}, {"rpId": "s"}]));
}

#[wasm_bindgen_test]
async fn autofill_runs_pauses_and_stops() {
    let _page = Page::with(
        "hurry(); get((options, call) => (call === 1 ? wait(20).then(() => assertion()) : untilAborted(options)));
         define(page, 'outcomes', []);",
    );
    let source = js("() => ({ options: { challenge: 'AA' }, ceremony: 'sealed', expiresIn: 300 })");
    let on_outcome = js("async (response, ceremony) => { outcomes.push([response.id, ceremony]) }");
    let mut autofill = exports::JsAutofill::new(source.into(), on_outcome.into());
    until("calls.length === 2").await;
    assert_eq!(value("outcomes"), json!([["BwgJ", "sealed"]]));

    let paused = JsFuture::from(Promise::from(JsValue::from(autofill.pause())))
        .await
        .unwrap();
    assert_eq!(value("calls[1].signal.aborted"), json!(true));
    js_sys::Reflect::set(&js_sys::global(), &"paused".into(), &paused).unwrap();
    js("globalThis.paused.resume()");
    until("calls.length === 3").await;
    autofill.stop();
    until("calls[2].signal.aborted").await;
}

#[wasm_bindgen_test]
async fn get_with_prf_has_both_parts() {
    let _page = Page::with(
        "get(async () => assertion({ credential: { getClientExtensionResults: () => ({ prf: { results: { first: bytes(5) } } }) } }));",
    );
    let pair = exports::get_with_prf(object(&json!({"challenge": "AA"})), JsValue::UNDEFINED)
        .await
        .unwrap();
    let pair = as_json(&pair);
    assert_eq!(pair["prf"], json!({"first": "BQ"}));
    assert_eq!(pair["response"]["id"], json!("BwgJ"));
    assert_eq!(
        pair["response"]["clientExtensionResults"],
        json!({"prf": {}})
    );
}

fn code(error: &JsValue) -> String {
    let code = js_sys::Reflect::get(error, &"code".into()).unwrap();
    code.as_string().unwrap()
}
