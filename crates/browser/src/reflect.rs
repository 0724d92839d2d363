//! Reading objects that may be anything. Nothing here throws: a getter or method that does counts as missing.

use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Array, Function, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

/// A member that is neither `undefined` nor `null`.
pub(crate) fn member(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &name.into()).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

/// The text of a member.
pub(crate) fn text(object: &JsValue, name: &str) -> Option<String> {
    member(object, name)?.as_string()
}

/// The method of that name, if it is one.
pub(crate) fn method(object: &JsValue, name: &str) -> Option<Function> {
    member(object, name)?.dyn_into().ok()
}

/// What the method returns, with `object` as the receiver.
pub(crate) fn call(object: &JsValue, name: &str, argument: &JsValue) -> Option<JsValue> {
    method(object, name)?.call1(object, argument).ok()
}

/// Sets a member of an object of our own.
pub(crate) fn set(object: &Object, name: &str, value: &JsValue) {
    // Fails on frozen objects and throwing setters only, which ours are not.
    let _ = Reflect::set(object, &name.into(), value);
}

/// The names of an object's own enumerable members.
pub(crate) fn names(object: &JsValue) -> Vec<String> {
    object_keys(object)
        .map(|keys| keys.iter().filter_map(|key| key.as_string()).collect())
        .unwrap_or_default()
}

/// A copy of the bytes of a buffer, or of exactly the range that a view shows.
///
/// Told by what it offers: an `ArrayBuffer` of another realm is no instance of ours.
pub(crate) fn bytes(value: &JsValue) -> Option<Vec<u8>> {
    member(value, "byteLength")?.as_f64()?;
    let (buffer, offset, length) = match member(value, "buffer") {
        Some(buffer) => (
            buffer,
            member(value, "byteOffset")?,
            member(value, "byteLength")?,
        ),
        None => {
            method(value, "slice")?;
            (value.clone(), JsValue::UNDEFINED, JsValue::UNDEFINED)
        }
    };
    let view = ByteView::new(&buffer, &offset, &length).ok()?;
    Some(view.unchecked_into::<Uint8Array>().to_vec())
}

#[wasm_bindgen]
extern "C" {
    // `js_sys` has both without `catch`, but proxies and detached buffers make them throw.
    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    fn object_keys(object: &JsValue) -> Result<Array, JsValue>;

    #[wasm_bindgen(js_name = Uint8Array)]
    type ByteView;

    #[wasm_bindgen(catch, constructor, js_class = "Uint8Array")]
    fn new(buffer: &JsValue, offset: &JsValue, length: &JsValue) -> Result<ByteView, JsValue>;
}
