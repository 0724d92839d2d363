//! Reads the server's JSON into the contract's types.
//!
//! Written by hand, because serde_json's reader was a ninth of what a person downloaded: it knows fractions, of which the contract
//! has none, and says what is wrong with a text, which nobody here asks.

use core::fmt;

use serde::Deserialize;
use serde::de::value::StringDeserializer;
use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

/// How deep a value may nest that nobody reads. The contract's own nest five deep.
const MAX_DEPTH: u32 = 64;

/// Reads all of a text.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    let mut reader = Reader { rest: text };
    let value = T::deserialize(&mut reader)?;
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(Unreadable),
    }
}

/// The text is not JSON, or not of the expected form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not JSON of the expected form")
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// A value that stays JSON.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Raw(String);

impl Raw {
    /// Its text.
    pub(crate) fn get(&self) -> &str {
        &self.0
    }
}

/// The name by which [`Raw`] asks a [`Reader`] for the text of a value.
const RAW: &str = "passkeep_web::json::Raw";

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Raw;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }

            fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
                Ok(Raw(text.to_owned()))
            }
        }

        deserializer.deserialize_newtype_struct(RAW, Text)
    }
}

/// What is left of a text.
struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// The next character that says something.
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']);
        self.rest.chars().next()
    }

    /// Takes a part off the front, if it is next.
    fn took(&mut self, part: &str) -> bool {
        let rest = self.rest.strip_prefix(part);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, part: &str) -> Result<(), Unreadable> {
        self.peek();
        if self.took(part) {
            Ok(())
        } else {
            Err(Unreadable)
        }
    }

    /// Takes what comes before the first character that is not `part`'s.
    fn take_while(&mut self, part: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|it| !part(it)).unwrap_or(self.rest.len());
        self.take(end)
    }

    /// Takes so many bytes, which end at a character.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn string(&mut self) -> Result<String, Unreadable> {
        self.expect("\"")?;
        let mut text = String::new();
        loop {
            text.push_str(self.take_while(|it| it >= ' ' && it != '"' && it != '\\'));
            if self.took("\"") {
                return Ok(text);
            }
            text.push(self.escaped()?);
        }
    }

    /// A character after a reverse solidus.
    fn escaped(&mut self) -> Result<char, Unreadable> {
        if !self.took("\\") {
            return Err(Unreadable);
        }
        let kind = self.rest.chars().next().ok_or(Unreadable)?;
        self.take(kind.len_utf8());
        Ok(match kind {
            '"' | '\\' | '/' => kind,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let first = self.code_unit()?;
                // Half of a pair says nothing without the other.
                let is_pair = (0xd800..0xdc00).contains(&first);
                let second = match is_pair && self.took("\\u") {
                    true => Some(self.code_unit()?),
                    false => None,
                };
                let mut decoded = char::decode_utf16([first].into_iter().chain(second));
                decoded.next().ok_or(Unreadable)?.map_err(|_| Unreadable)?
            }
            _ => return Err(Unreadable),
        })
    }

    fn code_unit(&mut self) -> Result<u16, Unreadable> {
        let digits = self.rest.get(..4).ok_or(Unreadable)?;
        if !digits.bytes().all(|it| it.is_ascii_hexdigit()) {
            return Err(Unreadable);
        }
        self.take(4);
        u16::from_str_radix(digits, 16).map_err(|_| Unreadable)
    }

    /// A whole number from zero on.
    fn number(&mut self) -> Result<u64, Unreadable> {
        self.peek();
        let digits = self.digits()?;
        if self.rest.starts_with(['.', 'e', 'E']) {
            return Err(Unreadable);
        }
        digits.parse().map_err(|_| Unreadable)
    }

    /// Digits without a needless zero.
    fn digits(&mut self) -> Result<&'a str, Unreadable> {
        let digits = self.take_while(|it| it.is_ascii_digit());
        if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
            return Err(Unreadable);
        }
        Ok(digits)
    }

    fn boolean(&mut self) -> Result<bool, Unreadable> {
        self.peek();
        if self.took("true") {
            return Ok(true);
        }
        self.expect("false")?;
        Ok(false)
    }

    /// Passes over a value of any kind.
    fn skip(&mut self, depth: u32) -> Result<(), Unreadable> {
        if depth > MAX_DEPTH {
            return Err(Unreadable);
        }
        match self.peek() {
            Some('"') => self.string().map(drop),
            Some('{') => {
                let mut members = Parts::of(self, "{", "}")?;
                while members.more()? {
                    members.reader.string()?;
                    members.reader.expect(":")?;
                    members.reader.skip(depth + 1)?;
                }
                Ok(())
            }
            Some('[') => {
                let mut items = Parts::of(self, "[", "]")?;
                while items.more()? {
                    items.reader.skip(depth + 1)?;
                }
                Ok(())
            }
            Some('t' | 'f') => self.boolean().map(drop),
            Some('n') => self.expect("null"),
            _ => self.skip_number(),
        }
    }

    /// Passes over a number, which may be a fraction here.
    fn skip_number(&mut self) -> Result<(), Unreadable> {
        self.took("-");
        self.digits()?;
        let some_digits = |digits: &str| (!digits.is_empty()).then_some(()).ok_or(Unreadable);
        if self.took(".") {
            some_digits(self.take_while(|it| it.is_ascii_digit()))?;
        }
        if self.took("e") || self.took("E") {
            let _ = self.took("+") || self.took("-");
            some_digits(self.take_while(|it| it.is_ascii_digit()))?;
        }
        Ok(())
    }

    fn raw(&mut self) -> Result<&'a str, Unreadable> {
        self.peek();
        let before = self.rest;
        self.skip(0)?;
        let length = before.len() - self.rest.len();
        before.get(..length).ok_or(Unreadable)
    }
}

/// The items of an array, or the members of an object.
struct Parts<'r, 'a> {
    reader: &'r mut Reader<'a>,
    close: &'static str,
    /// Whether one has been read.
    any: bool,
    done: bool,
}

impl<'r, 'a> Parts<'r, 'a> {
    fn of(reader: &'r mut Reader<'a>, open: &str, close: &'static str) -> Result<Self, Unreadable> {
        reader.expect(open)?;
        Ok(Self {
            reader,
            close,
            any: false,
            done: false,
        })
    }

    /// Whether another one follows.
    fn more(&mut self) -> Result<bool, Unreadable> {
        self.reader.peek();
        if self.done || self.reader.took(self.close) {
            self.done = true;
            return Ok(false);
        }
        if self.any {
            self.reader.expect(",")?;
        }
        self.any = true;
        Ok(true)
    }

    /// Whoever has read enough has read all.
    fn end(mut self) -> Result<(), Unreadable> {
        match self.more()? {
            true => Err(Unreadable),
            false => Ok(()),
        }
    }
}

impl<'de> de::SeqAccess<'de> for &mut Parts<'_, 'de> {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unreadable> {
        match self.more()? {
            true => seed.deserialize(&mut *self.reader).map(Some),
            false => Ok(None),
        }
    }
}

impl<'de> de::MapAccess<'de> for &mut Parts<'_, 'de> {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Unreadable> {
        if !self.more()? {
            return Ok(None);
        }
        let name: StringDeserializer<Unreadable> = self.reader.string()?.into_deserializer();
        self.reader.expect(":")?;
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, Unreadable> {
        seed.deserialize(&mut *self.reader)
    }
}

impl<'de> de::Deserializer<'de> for &mut Reader<'de> {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.peek() {
            Some('"') => self.deserialize_string(visitor),
            Some('{') => self.deserialize_map(visitor),
            Some('[') => self.deserialize_seq(visitor),
            Some('t' | 'f') => self.deserialize_bool(visitor),
            Some('n') => {
                self.expect("null")?;
                visitor.visit_unit()
            }
            _ => self.deserialize_u64(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_bool(self.boolean()?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_u64(self.number()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_string(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_string(self.string()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.peek();
        match self.took("null") {
            true => visitor.visit_none(),
            false => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        match name {
            RAW => visitor.visit_str(self.raw()?),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let mut items = Parts::of(self, "[", "]")?;
        let value = visitor.visit_seq(&mut items)?;
        items.end()?;
        Ok(value)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let mut members = Parts::of(self, "{", "}")?;
        let value = visitor.visit_map(&mut members)?;
        members.end()?;
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_map(visitor)
    }

    /// Of the variants that have nothing in them; the contract has no others in answers.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_enum(self.string()?.into_deserializer())
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.skip(0)?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

#[cfg(test)]
mod tests;
