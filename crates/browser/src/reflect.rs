//! Reading objects that may be anything. Nothing here throws: a getter or method that does counts as missing.
//!
//! What is missing is `undefined` and no `None`: it fits a register, and the module is mostly calls of these functions.
//!
//! Most of a ceremony's time would go into making JavaScript's texts of the members' names, and into exceptions for members of
//! what is not there. So a name is made once, and nothing is asked of `undefined`.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

/// The names that were made, found again by where in the program they are.
type Names = Vec<(&'static str, &'static JsValue)>;

#[cfg(any(feature = "typed", not(target_arch = "wasm32")))]
fn with_names<T>(look: impl FnOnce(&mut Names) -> T) -> T {
    std::thread_local! {
        static NAMES: core::cell::RefCell<Names> = const { core::cell::RefCell::new(Vec::new()) };
    }
    NAMES.with(|names| look(&mut names.borrow_mut()))
}

#[cfg(not(any(feature = "typed", not(target_arch = "wasm32"))))]
fn with_names<T>(look: impl FnOnce(&mut Names) -> T) -> T {
    static NAMES: spin::Mutex<Names> = spin::Mutex::new(Vec::new());
    look(&mut NAMES.lock())
}

/// A name as JavaScript's text. It is kept for ever, as the name itself is.
#[inline(never)]
pub(crate) fn name(text: &'static str) -> &'static JsValue {
    with_names(|names| {
        if let Some((_, made)) = names.iter().find(|(known, _)| core::ptr::eq(*known, text)) {
            return *made;
        }
        let made = Box::leak(Box::new(JsValue::from_str(text)));
        names.push((text, made));
        made
    })
}

/// A member, or `undefined` where there is none. Null counts as missing.
pub(crate) fn get(object: &JsValue, member: &'static str) -> JsValue {
    get_value(object, name(member))
}

/// The member of a member, and so on.
#[inline(never)]
pub(crate) fn get_in(object: &JsValue, path: &[&'static str]) -> JsValue {
    let mut at = object.clone();
    for name in path {
        at = get(&at, name);
    }
    at
}

/// As [`get`], by a name of JavaScript's.
#[inline(never)]
pub(crate) fn get_value(object: &JsValue, name: &JsValue) -> JsValue {
    if object.is_undefined() {
        return JsValue::UNDEFINED;
    }
    match Reflect::get(object, name) {
        Ok(value) if !value.is_null() => value,
        _ => JsValue::UNDEFINED,
    }
}

/// A member that is neither `undefined` nor `null`.
#[cfg(all(feature = "typed", target_arch = "wasm32"))]
pub(crate) fn member(object: &JsValue, name: &'static str) -> Option<JsValue> {
    Some(get(object, name)).filter(|value| !value.is_undefined())
}

/// The text of a member.
#[inline(never)]
pub(crate) fn text(object: &JsValue, name: &'static str) -> Option<String> {
    get(object, name).as_string()
}

/// Whether there is a method of that name.
#[inline(never)]
pub(crate) fn has_method(object: &JsValue, name: &'static str) -> bool {
    get(object, name).is_function()
}

/// What the method returns, with `object` as the receiver.
#[inline(never)]
pub(crate) fn call(object: &JsValue, name: &'static str, argument: &JsValue) -> JsValue {
    invoke(object, name, argument).unwrap_or(JsValue::UNDEFINED)
}

/// As [`call`], with what it throws.
#[inline(never)]
pub(crate) fn invoke(
    object: &JsValue,
    name: &'static str,
    argument: &JsValue,
) -> Result<JsValue, JsValue> {
    let method = get(object, name);
    if !method.is_function() {
        return Err(JsValue::UNDEFINED);
    }
    method.unchecked_ref::<Function>().call1(object, argument)
}

/// Sets a member of an object of our own.
#[inline(never)]
pub(crate) fn set(object: &JsValue, name: &'static str, value: &JsValue) {
    // Fails on frozen objects and throwing setters only, which ours are not.
    let _ = Reflect::set(object, self::name(name), value);
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
    let mut offset = JsValue::UNDEFINED;
    if buffer.is_undefined() {
        if !has_method(value, "slice") {
            return None;
        }
        buffer = value.clone();
    } else {
        offset = get(value, "byteOffset");
        if offset.is_undefined() {
            return None;
        }
    }
    let view = ByteView::new(&buffer, &offset, &length).ok()?;
    Some(view.unchecked_into::<Uint8Array>().to_vec())
}

/// The global object.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = globalThis, js_name = valueOf)]
    pub(crate) fn global() -> JsValue;

    // `js_sys` has both without `catch`, but proxies and detached buffers make them throw.
    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    fn object_keys(object: &JsValue) -> Result<Array, JsValue>;

    #[wasm_bindgen(js_name = Uint8Array)]
    type ByteView;

    #[wasm_bindgen(catch, constructor, js_class = "Uint8Array")]
    fn new(buffer: &JsValue, offset: &JsValue, length: &JsValue) -> Result<ByteView, JsValue>;
}
