//! Reading objects that may be anything. Nothing here throws: a getter or method that does counts as missing.
//!
//! What is missing is `undefined` and no `None`: it fits a register, and the module is mostly calls of these functions.

use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

/// A member, or `undefined` where there is none. Null counts as missing.
#[inline(never)]
pub(crate) fn get(object: &JsValue, name: &str) -> JsValue {
    known(reflect_get(object, name))
}

/// The member of a member, and so on.
#[inline(never)]
pub(crate) fn get_in(object: &JsValue, path: &[&str]) -> JsValue {
    let mut at = object.clone();
    for name in path {
        at = get(&at, name);
    }
    at
}

/// As [`get`], by a name of JavaScript's.
pub(crate) fn get_value(object: &JsValue, name: &JsValue) -> JsValue {
    known(Reflect::get(object, name))
}

fn known(value: Result<JsValue, JsValue>) -> JsValue {
    match value {
        Ok(value) if !value.is_null() => value,
        _ => JsValue::UNDEFINED,
    }
}

/// A member that is neither `undefined` nor `null`.
#[cfg(all(feature = "typed", target_arch = "wasm32"))]
pub(crate) fn member(object: &JsValue, name: &str) -> Option<JsValue> {
    Some(get(object, name)).filter(|value| !value.is_undefined())
}

/// The text of a member.
#[inline(never)]
pub(crate) fn text(object: &JsValue, name: &str) -> Option<String> {
    get(object, name).as_string()
}

/// Whether there is a method of that name.
#[inline(never)]
pub(crate) fn has_method(object: &JsValue, name: &str) -> bool {
    get(object, name).is_function()
}

/// What the method returns, with `object` as the receiver.
#[inline(never)]
pub(crate) fn call(object: &JsValue, name: &str, argument: &JsValue) -> JsValue {
    invoke(object, name, argument).unwrap_or(JsValue::UNDEFINED)
}

/// As [`call`], with what it throws.
#[inline(never)]
pub(crate) fn invoke(object: &JsValue, name: &str, argument: &JsValue) -> Result<JsValue, JsValue> {
    let method = get(object, name);
    if !method.is_function() {
        return Err(JsValue::UNDEFINED);
    }
    method.unchecked_ref::<Function>().call1(object, argument)
}

/// Sets a member of an object of our own.
#[inline(never)]
pub(crate) fn set(object: &JsValue, name: &str, value: &JsValue) {
    // Fails on frozen objects and throwing setters only, which ours are not.
    let _ = reflect_set(object, name, value);
}

/// The names of an object's own enumerable members.
#[inline(never)]
pub(crate) fn keys(object: &JsValue) -> Array {
    object_keys(object).unwrap_or_default()
}

/// A copy of the bytes of a buffer, or of exactly the range that a view shows.
///
/// Told by what it offers: an `ArrayBuffer` of another realm is no instance of ours.
#[inline(never)]
pub(crate) fn bytes(value: &JsValue) -> Option<Vec<u8>> {
    let length = get(value, "byteLength");
    length.as_f64()?;
    let mut buffer = get(value, "buffer");
    let offset = get(value, "byteOffset");
    if buffer.is_undefined() {
        if !has_method(value, "slice") {
            return None;
        }
        buffer = value.clone();
    } else if offset.is_undefined() {
        return None;
    }
    let view = ByteView::new(&buffer, &offset, &length).ok()?;
    Some(view.unchecked_into::<Uint8Array>().to_vec())
}

/// The global object.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = globalThis, js_name = valueOf)]
    pub(crate) fn global() -> JsValue;

    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = get)]
    fn reflect_get(object: &JsValue, name: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = set)]
    fn reflect_set(object: &JsValue, name: &str, value: &JsValue) -> Result<bool, JsValue>;

    // `js_sys` has both without `catch`, but proxies and detached buffers make them throw.
    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    fn object_keys(object: &JsValue) -> Result<Array, JsValue>;

    #[wasm_bindgen(js_name = Uint8Array)]
    type ByteView;

    #[wasm_bindgen(catch, constructor, js_class = "Uint8Array")]
    fn new(buffer: &JsValue, offset: &JsValue, length: &JsValue) -> Result<ByteView, JsValue>;
}
