//! Reading objects that may be anything. Nothing here throws: a getter or method that does counts as missing.
//!
//! What is missing is `undefined` and no `None`: it fits a register, and the module is mostly calls of these functions.
//!
//! An import weighs as much as three names, because the module and its bindings each have one for it. So what is not asked for often
//! goes by its name, and what apps have anyway (`Reflect`, `call`) is what is imported.
//!
//! Most of a ceremony's time would go into making JavaScript's texts of the members' names, and into exceptions for members of
//! what is not there. So a name is made once, and nothing is asked of `undefined`.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Function, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

/// A name that was made, found again by where in the program it is. Like the name itself it is kept for ever.
struct Name {
    text: &'static str,
    made: JsValue,
    before: Names,
}

/// The name that was made last, of those whose place ends in the same bits: most would be looked for in vain in one long list.
type Names = Option<&'static Name>;

/// How many lists there are.
const LISTS: usize = 8;

#[cfg(any(feature = "typed", not(target_arch = "wasm32")))]
fn with_names<T>(list: usize, look: impl FnOnce(&mut Names) -> T) -> T {
    std::thread_local! {
        static NAMES: [core::cell::Cell<Names>; LISTS] = const { [const { core::cell::Cell::new(None) }; LISTS] };
    }
    NAMES.with(|lists| {
        let mut names = None;
        if let Some(list) = lists.get(list) {
            names = list.get();
        }
        let seen = look(&mut names);
        if let Some(list) = lists.get(list) {
            list.set(names);
        }
        seen
    })
}

#[cfg(not(any(feature = "typed", not(target_arch = "wasm32"))))]
fn with_names<T>(list: usize, look: impl FnOnce(&mut Names) -> T) -> T {
    static NAMES: spin::Mutex<[Names; LISTS]> = spin::Mutex::new([None; LISTS]);
    let mut none = None;
    look(NAMES.lock().get_mut(list).unwrap_or(&mut none))
}

/// A name as JavaScript's text.
#[inline(never)]
pub(crate) fn name(text: &'static str) -> &'static JsValue {
    with_names(text.as_ptr().addr() / 4 % LISTS, |names| {
        let mut known = *names;
        while let Some(name) = known {
            if core::ptr::eq(name.text, text) {
                return &name.made;
            }
            known = name.before;
        }
        let name: &'static Name = Box::leak(Box::new(Name {
            text,
            made: JsValue::from_str(text),
            before: *names,
        }));
        *names = Some(name);
        &name.made
    })
}

/// A member, or `undefined` where there is none. Null counts as missing.
pub(crate) fn get(object: &JsValue, member: &'static str) -> JsValue {
    get_value(object, name(member))
}

/// What is found by going from name to name, as in `document.hasFocus()`. A name with `()` is called.
pub(crate) fn at(object: &JsValue, path: &'static str) -> JsValue {
    follow(object.clone(), path)
}

/// As [`at`], from the global object.
pub(crate) fn on_page(path: &'static str) -> JsValue {
    follow(global(), path)
}

#[inline(never)]
fn follow(mut object: JsValue, mut path: &'static str) -> JsValue {
    while !path.is_empty() {
        let (step, rest) = first_step(path);
        object = match step.strip_suffix("()") {
            Some(method) => call(&object, method, &JsValue::UNDEFINED),
            None => get(&object, step),
        };
        path = rest;
    }
    object
}

/// A path's first name, and what comes after the dot. The standard library's way to it is several times as large.
#[inline(never)]
pub(crate) fn first_step(path: &'static str) -> (&'static str, &'static str) {
    let dot = path.bytes().position(|byte| byte == b'.');
    let rest = dot.and_then(|dot| path.get(dot + 1..));
    let step = path.get(..dot.unwrap_or(path.len()));
    (step.unwrap_or_default(), rest.unwrap_or_default())
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
#[cfg(all(feature = "page", target_arch = "wasm32"))]
pub(crate) fn member(object: &JsValue, name: &'static str) -> Option<JsValue> {
    Some(get(object, name)).filter(|value| !value.is_undefined())
}

/// The text of a member.
#[inline(never)]
pub(crate) fn text(object: &JsValue, name: &'static str) -> Option<String> {
    get(object, name).as_string()
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

/// The own enumerable members of an object, the items of an array: each with its key. Whatever else has none.
pub(crate) fn members(object: &JsValue) -> Members<'_> {
    Members {
        object,
        keys: call(&on_page("Object"), "keys", object),
    }
}

/// See [`members`].
pub(crate) struct Members<'a> {
    object: &'a JsValue,
    keys: JsValue,
}

impl Iterator for Members<'_> {
    type Item = (JsValue, JsValue);

    #[inline(never)]
    fn next(&mut self) -> Option<Self::Item> {
        let key = call(&self.keys, "shift", &JsValue::UNDEFINED);
        if key.is_undefined() {
            return None;
        }
        let value = Reflect::get(self.object, &key).unwrap_or(JsValue::UNDEFINED);
        Some((key, value))
    }
}

/// Whether it is an array, of whatever realm.
#[inline(never)]
pub(crate) fn is_array(value: &JsValue) -> bool {
    !call(&on_page("Array"), "isArray", value).is_falsy()
}

/// What the text says, by `JSON.parse()`.
#[inline(never)]
pub(crate) fn parse(json: &JsValue) -> Result<JsValue, JsValue> {
    invoke(&on_page("JSON"), "parse", json)
}

/// The text for a value, by `JSON.stringify()`; `undefined` if JSON has none for it.
#[inline(never)]
pub(crate) fn to_text(value: &JsValue) -> JsValue {
    call(&on_page("JSON"), "stringify", value)
}

/// The same for Rust.
#[inline(never)]
pub(crate) fn stringify(value: &JsValue) -> Option<String> {
    to_text(value).as_string()
}

/// A copy of the bytes of a buffer, or of exactly the range that a view shows.
///
/// Told by what it offers: an `ArrayBuffer` of another realm is no instance of ours.
#[inline(never)]
pub(crate) fn bytes(value: &JsValue) -> Option<Vec<u8>> {
    let length = get(value, "byteLength");
    if length.is_undefined() {
        return None;
    }
    let (buffer, offset) = (get(value, "buffer"), get(value, "byteOffset"));
    let (buffer, proof) = match buffer.is_undefined() {
        true => (value, &get(value, "slice")),
        false => (&buffer, &offset),
    };
    if proof.is_undefined() {
        return None;
    }
    let view = ByteView::new(buffer, &offset, &length).ok()?;
    Some(view.unchecked_into::<Uint8Array>().to_vec())
}

/// The global object.
pub(crate) fn global() -> JsValue {
    js_sys::global().into()
}

#[wasm_bindgen]
extern "C" {
    /// A value as a number; NaN for what is none. Only for what comes from JSON and from clocks: other things may throw.
    #[wasm_bindgen(js_name = Number)]
    pub(crate) fn number(value: &JsValue) -> f64;

    #[wasm_bindgen(js_name = Uint8Array)]
    type ByteView;

    // `js_sys` has it without `catch`, but detached buffers make it throw.
    #[wasm_bindgen(catch, constructor, js_class = "Uint8Array")]
    fn new(buffer: &JsValue, offset: &JsValue, length: &JsValue) -> Result<ByteView, JsValue>;
}
