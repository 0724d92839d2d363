//! Telling the browser's credential manager what the server knows.

use alloc::vec::Vec;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::capability::{is_supported, public_key_credential};
use crate::reflect::call;
use crate::wait::{race, sleep};

/// How long signals are waited for, in milliseconds: they are a favour to the person, not something to hold a page up for.
const PATIENCE: f64 = 1_000.0;

/// Calls the methods the browser has, with their arguments, fresh from `JSON.parse`.
///
/// A method that is missing or fails changes nothing: browsers answer the same whether or not they did anything.
pub(crate) async fn send(signals: impl IntoIterator<Item = (&'static str, JsValue)>) {
    if !is_supported() {
        return;
    }
    let Some(class) = public_key_credential() else {
        return;
    };
    let answers: Vec<JsFuture> = signals
        .into_iter()
        .filter_map(|(method, options)| call(&class, method, &options))
        .map(|answer| JsFuture::from(Promise::resolve(&answer)))
        .collect();
    let all = async {
        for answer in answers {
            // Either way it is done.
            let _ = answer.await;
        }
    };
    race(all, sleep(PATIENCE)).await;
}
