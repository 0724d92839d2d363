//! Telling the browser's credential manager what the server knows.

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

use crate::capability::{PUBLIC_KEY_CREDENTIAL, is_supported};
use crate::reflect::{call, on_page};
use crate::wait::Answer;

/// How long signals are waited for, in milliseconds: they are a favour to the person, not something to hold a page up for.
const PATIENCE: f64 = 1_000.0;

/// Calls the methods the browser has, with their arguments, fresh from `JSON.parse`; those that are undefined are left out.
///
/// A method that is missing or fails changes nothing: browsers answer the same whether or not they did anything.
pub(crate) async fn send(signals: [(&'static str, JsValue); 3]) {
    if !is_supported() {
        return;
    }
    let class = on_page(PUBLIC_KEY_CREDENTIAL);
    let answers = Array::new();
    for (method, options) in &signals {
        if !options.is_undefined() {
            answers.push(&call(&class, method, options));
        }
    }
    Answer::of(&Promise::all_settled(&answers), Some(PATIENCE)).await;
}
