//! A quick reader of the JSON that clients write.
//!
//! What a browser or an authenticator's app serialises has no white space, and in its strings nothing that is escaped. Such a text
//! needs little of a reader, and reading is most of what a verdict costs beside the signature. Everything else is left to
//! serde_json: white space, escapes, fractions, long numbers, what is nested deeply, and whatever is wrong. So a text that is read
//! here is one that serde_json reads to the same value, and all words about errors are serde_json's.

use core::fmt;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use crate::json_object::object;

/// How deeply objects and arrays may lie in each other.
const DEEPEST: u8 = 16;

/// How many digits a number may have; each of that many fits an `i64`.
const MOST_DIGITS: usize = 18;

/// Reads an object that is the whole text; nothing if the text is not plain, or no `T`.
pub(crate) fn from_str<'de, T: Deserialize<'de>>(json: &'de str) -> Option<T> {
    let mut plain = Plain::new(json);
    let read = object(&mut plain).ok()?;
    plain.rest.is_empty().then_some(read)
}

/// Such a text, as far as it is not read yet.
pub(crate) struct Plain<'de> {
    rest: &'de str,
    levels: u8,
}

impl<'de> Plain<'de> {
    pub(crate) fn new(json: &'de str) -> Self {
        Self {
            rest: json,
            levels: DEEPEST,
        }
    }

    pub(crate) fn rest(&self) -> &'de str {
        self.rest
    }

    fn begins_with(&self, byte: u8) -> bool {
        self.rest.as_bytes().first() == Some(&byte)
    }

    /// Takes what must be next.
    pub(crate) fn take(&mut self, text: &str) -> Result<(), NotPlain> {
        self.rest = self.rest.strip_prefix(text).ok_or(NotPlain)?;
        Ok(())
    }

    /// Takes a string; without its quotation marks.
    pub(crate) fn text(&mut self) -> Result<&'de str, NotPlain> {
        let rest = self.rest.strip_prefix('"').ok_or(NotPlain)?;
        let end = first_special(rest.as_bytes()).ok_or(NotPlain)?;
        let (text, rest) = rest.split_at_checked(end).ok_or(NotPlain)?;
        self.rest = rest.strip_prefix('"').ok_or(NotPlain)?;
        Ok(text)
    }

    /// Takes a number without fraction and exponent.
    fn number(&mut self) -> Result<i64, NotPlain> {
        let unsigned = self.rest.strip_prefix('-').unwrap_or(self.rest);
        let is_digit = |byte: &u8| byte.is_ascii_digit();
        let digits = unsigned.bytes().take_while(is_digit).count();
        let first = unsigned.as_bytes().first();
        // Zero has no sign and begins no other number.
        let is_zero = first == Some(&b'0');
        let after = unsigned.as_bytes().get(digits);
        if digits > MOST_DIGITS
            || (is_zero && (digits > 1 || unsigned.len() < self.rest.len()))
            || matches!(after, Some(b'.' | b'e' | b'E'))
        {
            return Err(NotPlain);
        }
        let length = self.rest.len() - unsigned.len() + digits;
        let (number, rest) = self.rest.split_at_checked(length).ok_or(NotPlain)?;
        self.rest = rest;
        number.parse().map_err(|_| NotPlain)
    }

    /// Takes an object or an array, and reads what lies between its brackets.
    fn between<T>(
        &mut self,
        [open, close]: [&'static str; 2],
        read: impl FnOnce(Items<'_, 'de>) -> Result<T, NotPlain>,
    ) -> Result<T, NotPlain> {
        self.take(open)?;
        self.levels = self.levels.checked_sub(1).ok_or(NotPlain)?;
        let value = read(Items {
            plain: self,
            close,
            is_first: true,
        })?;
        self.levels += 1;
        self.take(close)?;
        Ok(value)
    }
}

/// Where the first byte is that ends a string or that JSON escapes.
fn first_special(bytes: &[u8]) -> Option<usize> {
    // Names and other short texts are not worth a search in the processor's wide registers.
    let (words, _) = bytes.as_chunks::<8>();
    for (word, at) in words.iter().take(3).zip((0..).step_by(8)) {
        let special = special_in(u64::from_le_bytes(*word));
        if special != 0 {
            return Some(at + special.trailing_zeros() as usize / 8);
        }
    }
    let end = memchr::memchr(b'"', bytes)?;
    // To the end whatever is found: so the compiler brings it into those registers too.
    let text = bytes.get(..end)?.iter();
    let is_plain = text.fold(true, |plain, byte| {
        plain & (*byte >= b' ') & (*byte != b'\\')
    });
    is_plain.then_some(end)
}

/// The highest bit of the first special byte, counted from the lowest; of those after it too, and perhaps of others after it.
const fn special_in(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xff;
    const fn less_than(word: u64, bound: u8) -> u64 {
        word.wrapping_sub(ONES * bound as u64) & !word
    }
    let quotation_mark = less_than(word ^ (ONES * b'"' as u64), 1);
    let backslash = less_than(word ^ (ONES * b'\\' as u64), 1);
    (quotation_mark | backslash | less_than(word, b' ')) & (ONES * 0x80)
}

impl<'de> Deserializer<'de> for &mut Plain<'de> {
    type Error = NotPlain;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotPlain> {
        match self.rest.as_bytes().first() {
            Some(b'"') => visitor.visit_borrowed_str(self.text()?),
            Some(b'{') => self.between(["{", "}"], |members| visitor.visit_map(members)),
            Some(b'[') => self.between(["[", "]"], |elements| visitor.visit_seq(elements)),
            Some(b't') => {
                self.take("true")?;
                visitor.visit_bool(true)
            }
            Some(b'f') => {
                self.take("false")?;
                visitor.visit_bool(false)
            }
            Some(b'n') => {
                self.take("null")?;
                visitor.visit_unit()
            }
            _ => {
                let number = self.number()?;
                match u64::try_from(number) {
                    Ok(number) => visitor.visit_u64(number),
                    Err(_) => visitor.visit_i64(number),
                }
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotPlain> {
        if self.begins_with(b'n') {
            self.take("null")?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, NotPlain> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, NotPlain> {
        Err(NotPlain)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        struct identifier ignored_any
    }
}

/// The members of an object, or the elements of an array.
struct Items<'a, 'de> {
    plain: &'a mut Plain<'de>,
    close: &'static str,
    is_first: bool,
}

impl Items<'_, '_> {
    /// Whether there is one more. The comma before it is taken.
    fn more(&mut self) -> Result<bool, NotPlain> {
        if self.plain.rest.starts_with(self.close) {
            return Ok(false);
        }
        if !core::mem::take(&mut self.is_first) {
            self.plain.take(",")?;
        }
        Ok(true)
    }
}

impl<'de> MapAccess<'de> for Items<'_, 'de> {
    type Error = NotPlain;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, NotPlain> {
        if !self.more()? {
            return Ok(None);
        }
        let name = BorrowedStrDeserializer::new(self.plain.text()?);
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, NotPlain> {
        self.plain.take(":")?;
        seed.deserialize(&mut *self.plain)
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = NotPlain;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, NotPlain> {
        if !self.more()? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.plain).map(Some)
    }
}

/// The text is for serde_json.
#[derive(Debug)]
pub(crate) struct NotPlain;

impl fmt::Display for NotPlain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not plain")
    }
}

impl core::error::Error for NotPlain {}

impl serde::de::Error for NotPlain {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    use super::*;

    fn read(json: &str) -> Option<Value> {
        from_str::<Map<String, Value>>(json).map(Value::Object)
    }

    #[test]
    fn what_clients_write_is_read() {
        let value = json!({
            "": "", "id": "-_8", "müller": "https://müller.example/?a=b", "no": false, "null": null, "of": {"yes": true, "n": {}},
            "list": [], "numbers": [0, -7, 1, 999_999_999_999_999_999_i64, -999_999_999_999_999_999_i64], "transports": ["usb", []],
        });
        assert_eq!(read(&value.to_string()), Some(value));
    }

    #[test]
    fn anything_else_is_left() {
        for json in [
            "",
            "[]",
            "{",
            "{} ",
            " {}",
            "{}{}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            r#"{,"a":1}"#,
            r#"{"a":1"b":2}"#,
            r#"{"a": 1}"#,
            r#"{a:1}"#,
            r#"{"a":[1,]}"#,
            r#"{"a":[1 ]}"#,
            r#"{"a":[,1]}"#,
            r#"{"a":[1}}"#,
            r#"{"a":"}"#,
            r#"{"a":"\u0062"}"#,
            r#"{"\u0061":1}"#,
            r#"{"a":"\""}"#,
            "{\"a\":\"\n\"}",
            "{\"a\":\"\u{1f}\"}",
            r#"{"a":tru}"#,
            r#"{"a":nul}"#,
            r#"{"a":-}"#,
            r#"{"a":-0}"#,
            r#"{"a":01}"#,
            r#"{"a":1.5}"#,
            r#"{"a":1e5}"#,
            r#"{"a":+1}"#,
            r#"{"a":1234567890123456789}"#,
        ] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn what_is_special_is_found_wherever_it_is() {
        for length in 0..80 {
            let text = "é-_".repeat(length);
            let text = text.chars().take(length).collect::<String>();
            let expected = json!({ &text: text });
            assert_eq!(read(&expected.to_string()), Some(expected));
            for (at, _) in text.char_indices() {
                for special in ['\\', '\n', '\u{1f}', '"'] {
                    let mut text = text.clone();
                    text.insert(at, special);
                    let json = format!(r#"{{"a":"{text}"}}"#);
                    assert_eq!(read(&json), None, "{json:?}");
                }
            }
        }
    }

    #[test]
    fn so_deep_and_no_deeper() {
        let deep = |levels: usize| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
        let deepest = usize::from(DEEPEST);
        assert!(read(&deep(deepest)).is_some());
        assert_eq!(read(&deep(deepest + 1)), None);
        // One beside the other is not deeper.
        let beside = format!(r#"{{"a":[{}1]}}"#, "{},".repeat(deepest));
        assert!(read(&beside).is_some());
    }

    proptest! {
        /// Made of the pieces that texts can go wrong with.
        #[test]
        fn what_is_read_is_what_serde_json_reads(
            pieces in proptest::collection::vec(
                prop_oneof![
                    r#"[\[\]{}:,"\\ \n0-9eE.+-]"#, r#""[a-z\\\x1fé]{0,2}""#, r#"(true|false|null|"a":|"b":|,"a":)"#,
                    r#"-?[0-9]{1,20}"#,
                ],
                0..12,
            ),
        ) {
            let json = format!(r#"{{"a":{}}}"#, pieces.concat());
            if let Some(read) = read(&json) {
                prop_assert_eq!(Some(read), serde_json::from_str(&json).ok());
            }
        }
    }
}
