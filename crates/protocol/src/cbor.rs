//! A strict reader of the CBOR that authenticators write.
//!
//! It reads the CTAP2 canonical form and refuses everything else: integers and lengths in their shortest form, no
//! indefinite lengths, no tags, map keys sorted and each once, nesting at most [`MAX_DEPTH`]. It borrows, and
//! allocates nothing.
//!
//! Source: L3 §2.4 ("All Conforming Implementations"), CTAP 2.1 §8 ("Message Encoding"), RFC 8949.

use crate::error::{Malformed, Problem, Structure};
use crate::reader::Reader;

/// The deepest nesting that is read. CTAP2 allows four levels in its own messages; attestation statements of the
/// `compound` format nest a statement inside a statement, and extension outputs are maps of maps.
pub const MAX_DEPTH: usize = 8;

/// The largest number of members in one map or array. The largest real one is an `x5c` array or a COSE key; the
/// cap keeps a hostile length from costing more than the bytes it came in.
pub const MAX_MEMBERS: usize = 64;

/// One CBOR item's head, with the content of a string.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Item<'a> {
    /// A non-negative integer.
    Unsigned(u64),
    /// A negative integer, `-1 - n`, as `n`.
    Negative(u64),
    /// A byte string.
    Bytes(&'a [u8]),
    /// A text string.
    Text(&'a str),
    /// An array of that many items, which follow.
    Array(usize),
    /// A map of that many pairs, which follow.
    Map(usize),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
}

impl Item<'_> {
    /// The item as an `i64`, if it is an integer in that range.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match *self {
            Self::Unsigned(n) => i64::try_from(n).ok(),
            Self::Negative(n) => i64::try_from(n).ok().map(|n| -1 - n),
            _ => None,
        }
    }
}

/// Reads canonical CBOR items from the front of a structure.
#[derive(Clone, Debug)]
pub struct Decoder<'a> {
    reader: Reader<'a>,
}

impl<'a> Decoder<'a> {
    /// Reads from the first byte of `input`, which belongs to a `structure` (for errors).
    #[must_use]
    pub fn new(structure: Structure, input: &'a [u8]) -> Self {
        Self {
            reader: Reader::new(structure, input),
        }
    }

    /// Reads on where a reader stands, in a structure of which only a part is CBOR. Offsets stay those of the structure.
    ///
    /// ```
    /// use passkeep_protocol::cbor::{Decoder, Item};
    /// use passkeep_protocol::{Structure, reader::Reader};
    ///
    /// let mut reader = Reader::new(Structure::AuthenticatorData, &[7, 0xf5, 8]);
    /// assert_eq!(reader.take_u8(), Ok(7));
    /// let mut decoder = Decoder::continuing(reader);
    /// assert_eq!(decoder.item(), Ok(Item::Bool(true)));
    /// assert_eq!(decoder.into_reader().offset(), 2);
    /// ```
    #[must_use]
    pub fn continuing(reader: Reader<'a>) -> Self {
        Self { reader }
    }

    /// The reader, behind what has been read.
    #[must_use]
    pub fn into_reader(self) -> Reader<'a> {
        self.reader
    }

    /// How many bytes have been read.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.reader.offset()
    }

    /// The end of the input.
    ///
    /// # Errors
    ///
    /// [`Problem::TrailingBytes`] when anything is left.
    pub fn finish(self) -> Result<(), Malformed> {
        self.reader.finish()
    }

    /// An error at the present offset.
    #[cold]
    #[must_use]
    pub fn error(&self, problem: Problem) -> Malformed {
        self.reader.error(problem)
    }

    /// Reads the next item's head. The members of an array or map follow it.
    ///
    /// # Errors
    ///
    /// [`Problem::Truncated`], [`Problem::NotCanonical`], [`Problem::NotUtf8`], [`Problem::TooLong`], or
    /// [`Problem::Unexpected`] for tags, floats and other simple values, which no WebAuthn structure uses.
    pub fn item(&mut self) -> Result<Item<'a>, Malformed> {
        let start = self.reader.offset();
        let initial = self.reader.take_u8()?;
        let (major, info) = (initial >> 5, initial & 0x1f);
        if major == 7 {
            return match info {
                20 => Ok(Item::Bool(false)),
                21 => Ok(Item::Bool(true)),
                22 => Ok(Item::Null),
                _ => Err(self
                    .reader
                    .error_at(start, Problem::Unexpected("a CBOR float or simple value"))),
            };
        }
        let argument = self.argument(start, info)?;
        match major {
            0 => Ok(Item::Unsigned(argument)),
            1 => Ok(Item::Negative(argument)),
            2 => self.string(argument).map(Item::Bytes),
            3 => {
                let text = core::str::from_utf8(self.string(argument)?);
                text.map(Item::Text)
                    .map_err(|_| self.reader.error_at(start, Problem::NotUtf8))
            }
            4 => self.members(start, argument).map(Item::Array),
            5 => self.members(start, argument).map(Item::Map),
            _ => Err(self
                .reader
                .error_at(start, Problem::Unexpected("a CBOR tag"))),
        }
    }

    /// Reads a map's head and returns a reader of its keys, which checks their order.
    ///
    /// # Errors
    ///
    /// As [`item`](Self::item), and [`Problem::Unexpected`] when the next item is not a map.
    pub fn map(&mut self, what: &'static str) -> Result<MapKeys<'a>, Malformed> {
        let start = self.reader.offset();
        match self.item()? {
            Item::Map(length) => Ok(MapKeys {
                left: length,
                previous: None,
            }),
            _ => Err(self.reader.error_at(start, Problem::Unexpected(what))),
        }
    }

    /// Reads a byte string.
    ///
    /// # Errors
    ///
    /// As [`item`](Self::item), and [`Problem::Unexpected`] when the next item is something else.
    pub fn bytes(&mut self, what: &'static str) -> Result<&'a [u8], Malformed> {
        let start = self.reader.offset();
        match self.item()? {
            Item::Bytes(bytes) => Ok(bytes),
            _ => Err(self.reader.error_at(start, Problem::Unexpected(what))),
        }
    }

    /// Reads a text string.
    ///
    /// # Errors
    ///
    /// As [`item`](Self::item), and [`Problem::Unexpected`] when the next item is something else.
    pub fn text(&mut self, what: &'static str) -> Result<&'a str, Malformed> {
        let start = self.reader.offset();
        match self.item()? {
            Item::Text(text) => Ok(text),
            _ => Err(self.reader.error_at(start, Problem::Unexpected(what))),
        }
    }

    /// Reads an integer in the range of `i64`.
    ///
    /// # Errors
    ///
    /// As [`item`](Self::item), and [`Problem::Unexpected`] when the next item is something else.
    pub fn integer(&mut self, what: &'static str) -> Result<i64, Malformed> {
        let start = self.reader.offset();
        let item = self.item()?;
        item.as_i64()
            .ok_or_else(|| self.reader.error_at(start, Problem::Unexpected(what)))
    }

    /// Reads one whole item, checks that it and all it holds are canonical, and returns its bytes.
    ///
    /// # Errors
    ///
    /// As [`item`](Self::item), and [`Problem::TooDeep`] or [`Problem::DuplicateKey`].
    pub fn any(&mut self) -> Result<&'a [u8], Malformed> {
        let start = self.reader.offset();
        self.skip(MAX_DEPTH)?;
        Ok(self.reader.since(start))
    }

    fn skip(&mut self, depth: usize) -> Result<(), Malformed> {
        let start = self.reader.offset();
        let item = self.item()?;
        if !matches!(item, Item::Array(_) | Item::Map(_)) {
            return Ok(());
        }
        let Some(depth) = depth.checked_sub(1) else {
            return Err(self.reader.error_at(start, Problem::TooDeep));
        };
        match item {
            Item::Array(length) => {
                for _ in 0..length {
                    self.skip(depth)?;
                }
            }
            Item::Map(length) => {
                let mut keys = MapKeys {
                    left: length,
                    previous: None,
                };
                while keys.next(self)?.is_some() {
                    self.skip(depth)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn argument(&mut self, start: usize, info: u8) -> Result<u64, Malformed> {
        let (argument, smallest) = match info {
            0..24 => return Ok(u64::from(info)),
            24 => (u64::from(self.reader.take_u8()?), 24),
            25 => {
                let bytes = self.reader.take_array()?;
                (u64::from(u16::from_be_bytes(*bytes)), 0x100)
            }
            26 => {
                let bytes = self.reader.take_array()?;
                (u64::from(u32::from_be_bytes(*bytes)), 0x1_0000)
            }
            27 => {
                let bytes = self.reader.take_array()?;
                (u64::from_be_bytes(*bytes), 0x1_0000_0000)
            }
            _ => return Err(self.reader.error_at(start, Problem::NotCanonical)),
        };
        if argument < smallest {
            return Err(self.reader.error_at(start, Problem::NotCanonical));
        }
        Ok(argument)
    }

    fn string(&mut self, length: u64) -> Result<&'a [u8], Malformed> {
        // A length beyond the input needs no cap of its own: `take` refuses it without allocating.
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        self.reader.take(length)
    }

    fn members(&self, start: usize, length: u64) -> Result<usize, Malformed> {
        match usize::try_from(length) {
            Ok(length) if length <= MAX_MEMBERS => Ok(length),
            _ => {
                let problem = Problem::TooLong { cap: MAX_MEMBERS };
                Err(self.reader.error_at(start, problem))
            }
        }
    }
}

/// The keys of one map, in order. Between two keys the caller reads the value.
#[derive(Clone, Debug)]
pub struct MapKeys<'a> {
    left: usize,
    previous: Option<&'a [u8]>,
}

impl<'a> MapKeys<'a> {
    /// Reads the next key, or `None` after the last pair.
    ///
    /// # Errors
    ///
    /// As [`Decoder::item`]; [`Problem::Unexpected`] for a key that is neither integer nor text,
    /// [`Problem::DuplicateKey`] and [`Problem::NotCanonical`] when the keys are not in ascending order.
    pub fn next(&mut self, decoder: &mut Decoder<'a>) -> Result<Option<Item<'a>>, Malformed> {
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(None);
        };
        self.left = left;
        let start = decoder.offset();
        let key = decoder.item()?;
        if !matches!(key, Item::Unsigned(_) | Item::Negative(_) | Item::Text(_)) {
            let problem = Problem::Unexpected("a CBOR map key");
            return Err(decoder.reader.error_at(start, problem));
        }
        let encoded = decoder.reader.since(start);
        if let Some(previous) = self.previous {
            match canonical_order(previous, encoded) {
                core::cmp::Ordering::Less => {}
                core::cmp::Ordering::Equal => {
                    return Err(decoder.reader.error_at(start, Problem::DuplicateKey));
                }
                core::cmp::Ordering::Greater => {
                    return Err(decoder.reader.error_at(start, Problem::NotCanonical));
                }
            }
        }
        self.previous = Some(encoded);
        Ok(Some(key))
    }
}

/// CTAP2's order of encoded keys: by major type, then by length, then byte by byte.
fn canonical_order(a: &[u8], b: &[u8]) -> core::cmp::Ordering {
    if let ([a], [b]) = (a, b) {
        // As nearly all keys are: small integers, whose one byte begins with the type.
        return a.cmp(b);
    }
    let major = |key: &[u8]| key.first().map(|initial| initial >> 5);
    major(a)
        .cmp(&major(b))
        .then(a.len().cmp(&b.len()))
        .then(a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(input: &[u8], offset: usize, problem: Problem) {
        let mut decoder = Decoder::new(Structure::AttestationObject, input);
        let expected = Malformed::new(Structure::AttestationObject, offset, problem);
        assert_eq!(decoder.any(), Err(expected), "{input:02x?}");
    }

    #[test]
    fn integers_and_lengths_have_one_form() {
        refused(&[0x18, 0x17], 0, Problem::NotCanonical);
        refused(&[0x19, 0x00, 0xff], 0, Problem::NotCanonical);
        refused(&[0x1a, 0x00, 0x00, 0xff, 0xff], 0, Problem::NotCanonical);
        refused(&[0x58, 0x01, 0xaa], 0, Problem::NotCanonical);
        refused(&[0x5f, 0x41, 0xaa, 0xff], 0, Problem::NotCanonical);
    }

    #[test]
    fn map_keys_are_sorted_and_unique() {
        // {1: 0, 3: 0, -1: 0, "a": 0} is the canonical order of types, lengths and bytes.
        let canonical = [0xa4, 0x01, 0x00, 0x03, 0x00, 0x20, 0x00, 0x61, 0x61, 0x00];
        let mut decoder = Decoder::new(Structure::CoseKey, &canonical);
        assert_eq!(decoder.any(), Ok(&canonical[..]));

        refused(&[0xa2, 0x01, 0x00, 0x01, 0x00], 3, Problem::DuplicateKey);
        refused(&[0xa2, 0x03, 0x00, 0x01, 0x00], 3, Problem::NotCanonical);
        refused(&[0xa2, 0x20, 0x00, 0x01, 0x00], 3, Problem::NotCanonical);
        refused(
            &[0xa1, 0x41, 0x00, 0x00],
            1,
            Problem::Unexpected("a CBOR map key"),
        );
    }

    #[test]
    fn hostile_lengths_and_depths_are_refused() {
        refused(
            &[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            9,
            Problem::Truncated,
        );
        refused(&[0x98, 0x41], 0, Problem::TooLong { cap: MAX_MEMBERS });
        refused(&[0x81; MAX_DEPTH + 2], MAX_DEPTH, Problem::TooDeep);
    }

    #[test]
    fn tags_floats_and_broken_text_are_refused() {
        refused(&[0xc0, 0x60], 0, Problem::Unexpected("a CBOR tag"));
        let float = Problem::Unexpected("a CBOR float or simple value");
        refused(&[0xf9, 0x00, 0x00], 0, float);
        refused(&[0x61, 0xff], 0, Problem::NotUtf8);
    }

    #[test]
    fn any_returns_exactly_one_item() {
        let mut decoder = Decoder::new(Structure::CoseKey, &[0x82, 0x01, 0xf5, 0xf6]);
        assert_eq!(decoder.any(), Ok(&[0x82, 0x01, 0xf5][..]));
        assert_eq!(
            decoder.finish().unwrap_err().problem,
            Problem::TrailingBytes
        );
    }
}
