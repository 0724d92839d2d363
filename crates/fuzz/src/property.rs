//! What the targets have in common.

use core::fmt::Debug;

use passkeep_protocol::{Malformed, Structure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What was read; `None` for a refusal, which must name the structure and a place in the input or at its end.
#[track_caller]
pub(crate) fn read<T>(
    result: Result<T, Malformed>,
    structure: Structure,
    length: usize,
) -> Option<T> {
    result
        .inspect_err(|error| {
            assert_eq!(error.structure, structure, "{error}");
            assert!(error.offset <= length, "{error}, of {length}");
        })
        .ok()
}

/// Of a structure that says itself where it ends, which `input` is: no byte more is read, and none less.
#[track_caller]
pub(crate) fn ends_where_it_says(input: &[u8], is_read: impl Fn(&[u8]) -> bool) {
    let longer = [input, &[0]].concat();
    assert!(!is_read(&longer), "a byte more is read");
    if let Some((_, shorter)) = input.split_last() {
        assert!(!is_read(shorter), "a byte less is read");
    }
}

/// Of a type with a JSON form: what was read, written and read again, is the same.
#[track_caller]
pub(crate) fn survives_json<T: Debug + PartialEq + Serialize + DeserializeOwned>(value: &T) {
    survives(value, |json| Some(serde_json::from_str(json).unwrap()));
}

/// The same, where another reader than serde's reads it again; `None` when the text is too long for that.
#[track_caller]
pub(crate) fn survives<T: Debug + PartialEq + Serialize>(
    value: &T,
    read: impl Fn(&str) -> Option<T>,
) {
    let json = serde_json::to_value(value).unwrap();
    if has_fraction(&json) {
        return;
    }
    let json = json.to_string();
    if let Some(again) = read(&json) {
        assert_eq!(again, *value, "{json}");
    }
}

/// Whether there is a number with a fraction or an exponent in it. Nothing of WebAuthn has one; in members of extensions
/// that are kept as they come, `serde_json` may read one a last digit off from how it writes it.
fn has_fraction(json: &Value) -> bool {
    match json {
        Value::Number(number) => number.is_f64(),
        Value::Array(members) => members.iter().any(has_fraction),
        Value::Object(members) => members.values().any(has_fraction),
        _ => false,
    }
}

/// Whether the JSON is an object; serde reads its structs from arrays as well.
pub(crate) fn is_object(json: &[u8]) -> bool {
    json.trim_ascii_start().starts_with(b"{")
}

/// The input as text, if it is text.
pub(crate) fn text(input: &[u8]) -> Option<&str> {
    core::str::from_utf8(input).ok()
}
