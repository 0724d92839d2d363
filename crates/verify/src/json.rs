//! Reading a struct from a JSON object and from nothing else.

use serde::Deserialize;

/// Reads an object; `None` for other text. The readers that serde derives for structs take an array of the members' values
/// too, which is JSON of another format.
pub(crate) fn from_object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Option<T> {
    let is_object = json.trim_ascii_start().starts_with(b"{");
    // As text, which other JSON is read from too: every kind of source brings a reader of its own.
    let text = core::str::from_utf8(json).ok()?;
    serde_json::from_str(text).ok().filter(|_| is_object)
}
