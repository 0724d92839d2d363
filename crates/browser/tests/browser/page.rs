//! The stubbed page that a test runs in.

use js_sys::{Function, Promise};
use passkeep_protocol::options::{
    PublicKeyCredentialCreationOptionsJson, PublicKeyCredentialRequestOptionsJson,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Stubs in force until this is dropped.
pub(crate) struct Page;

impl Page {
    /// Sets up stubs by JavaScript, in which all members of `page` (see `page.js`) are in scope.
    pub(crate) fn with(code: &str) -> Self {
        let page = page();
        setup(&page);
        let code = format!("with (page) {{ {code} }}");
        Function::new_with_args("page", &code)
            .call1(&JsValue::UNDEFINED, &page)
            .unwrap();
        Self
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        restore(&page());
    }
}

/// The value of an expression of JavaScript, through JSON; `undefined` is null.
#[track_caller]
pub(crate) fn value(expression: &str) -> Value {
    let code = format!("with (page) {{ return JSON.stringify({expression}) ?? 'null' }}");
    let text = Function::new_with_args("page", &code)
        .call1(&JsValue::UNDEFINED, &page())
        .unwrap();
    serde_json::from_str(&text.as_string().unwrap()).unwrap()
}

/// Waits, whatever the stubs do to `setTimeout`.
pub(crate) async fn wait(milliseconds: u32) {
    JsFuture::from(real_wait(&page(), milliseconds))
        .await
        .unwrap();
}

/// Waits until an expression is true, but not for ever.
pub(crate) async fn until(expression: &str) {
    for _ in 0..400 {
        if value(expression) == json!(true) {
            return;
        }
        wait(5).await;
    }
    panic!("never true: {expression}");
}

pub(crate) fn creation_options(more: Value) -> PublicKeyCredentialCreationOptionsJson {
    let options = json!({
        "rp": {"name": "Example", "id": "localhost"},
        "user": {"id": "AQID", "name": "ada", "displayName": "Ada"},
        "challenge": "BAUG",
        "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
        "timeout": 60_000,
    });
    merged(options, more)
}

pub(crate) fn request_options(more: Value) -> PublicKeyCredentialRequestOptionsJson {
    merged(
        json!({"challenge": "BAUG", "rpId": "localhost", "timeout": 60_000}),
        more,
    )
}

fn merged<T: DeserializeOwned>(mut options: Value, more: Value) -> T {
    let Value::Object(more) = more else {
        panic!("members");
    };
    options.as_object_mut().unwrap().extend(more);
    serde_json::from_value(options).unwrap()
}

#[wasm_bindgen(module = "/tests/browser/page.js")]
extern "C" {
    fn page() -> JsValue;
    fn setup(page: &JsValue);
    fn restore(page: &JsValue);
    fn real_wait(page: &JsValue, milliseconds: u32) -> Promise;
}
