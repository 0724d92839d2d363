//! Reading DER from the front, with nothing left over at the end: every error names the structure and the offset in it.
//!
//! Nearly all elements have a tag of one byte, which is asked for, and a length of one byte: those are seen at a look. The `der`
//! crate reads all other tags and lengths, and says what is wrong with them.

use der::{Decode as _, ErrorKind, Header, Reader as _, SliceReader, Tag, TagNumber};
use passkeep_protocol::{Malformed, Problem, Structure};

/// Object identifiers are kept as values, whose text is dotted.
pub(crate) use der::asn1::ObjectIdentifier;

/// A cursor over the elements of one constructed value, or of a whole structure.
#[derive(Clone, Debug)]
pub(crate) struct Der<'a> {
    structure: Structure,
    /// Where `input` begins in the structure.
    base: usize,
    input: &'a [u8],
    /// The end of `input` that is not yet read.
    rest: &'a [u8],
}

/// One element: its tag, its content, and where the content begins in the structure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Element<'a> {
    pub(crate) tag: Tag,
    pub(crate) value: &'a [u8],
    offset: usize,
}

impl<'a> Der<'a> {
    /// Starts at the first byte of `input`, which is a `structure`.
    pub(crate) fn new(structure: Structure, input: &'a [u8]) -> Self {
        Self::within(structure, 0, input)
    }

    /// Starts at the first byte of `input`, which begins at `base` in a `structure`.
    fn within(structure: Structure, base: usize, input: &'a [u8]) -> Self {
        Self {
            structure,
            base,
            input,
            rest: input,
        }
    }

    /// The present offset in the structure.
    pub(crate) fn offset(&self) -> usize {
        self.base + self.position()
    }

    /// An error at the present offset.
    #[cold]
    pub(crate) fn error(&self, problem: Problem) -> Malformed {
        self.error_at(self.offset(), problem)
    }

    /// An error at an offset.
    #[cold]
    pub(crate) fn error_at(&self, offset: usize, problem: Problem) -> Malformed {
        Malformed::new(self.structure, offset, problem)
    }

    /// An error at an element.
    #[cold]
    pub(crate) fn error_in(&self, element: Element<'_>, problem: Problem) -> Malformed {
        self.error_at(element.offset, problem)
    }

    /// Whether nothing is left.
    pub(crate) fn is_finished(&self) -> bool {
        self.rest.is_empty()
    }

    /// The end of the elements.
    pub(crate) fn finish(self) -> Result<(), Malformed> {
        if self.is_finished() {
            Ok(())
        } else {
            Err(self.error(Problem::TrailingBytes))
        }
    }

    /// Takes the next element, whatever it is.
    pub(crate) fn any(&mut self) -> Result<Element<'a>, Malformed> {
        let read = SliceReader::new(self.rest).and_then(|mut reader| {
            let header = Header::decode(&mut reader)?;
            let value = reader.read_slice(header.length())?;
            Ok((
                header.tag(),
                value,
                reader.read_slice(reader.remaining_len())?,
            ))
        });
        match read {
            Ok((tag, value, rest)) => Ok(self.take(tag, value, rest)),
            Err(error) => Err(self.error(match error.kind() {
                ErrorKind::Incomplete { .. } => Problem::Truncated,
                _ => Problem::NotDer,
            })),
        }
    }

    /// Takes the next element, which must have that tag.
    pub(crate) fn element(
        &mut self,
        tag: Tag,
        what: &'static str,
    ) -> Result<Element<'a>, Malformed> {
        self.optional(tag)?.ok_or_else(|| {
            self.error(if self.is_finished() {
                Problem::Missing(what)
            } else {
                Problem::Unexpected(what)
            })
        })
    }

    /// Takes the next element if it has that tag. What follows another tag is for whoever reads it.
    pub(crate) fn optional(&mut self, tag: Tag) -> Result<Option<Element<'a>>, Malformed> {
        match (one_byte(tag), self.rest) {
            (Some(byte), [first, ..]) if *first != byte => Ok(None),
            (Some(_), [_, length @ ..0x80, content @ ..]) => {
                let Some((value, rest)) = content.split_at_checked(usize::from(*length)) else {
                    return Err(self.error(Problem::Truncated));
                };
                Ok(Some(self.take(tag, value, rest)))
            }
            _ if self.peek() == Some(tag) => self.any().map(Some),
            _ => Ok(None),
        }
    }

    /// Takes an element that has been read, before whatever is left.
    fn take(&mut self, tag: Tag, value: &'a [u8], rest: &'a [u8]) -> Element<'a> {
        self.rest = rest;
        let offset = self.offset() - value.len();
        Element { tag, value, offset }
    }

    /// Takes the next element with its tag and length.
    pub(crate) fn whole(
        &mut self,
        tag: Tag,
        what: &'static str,
    ) -> Result<(&'a [u8], Element<'a>), Malformed> {
        let start = self.position();
        let element = self.element(tag, what)?;
        let bytes = self.input.get(start..self.position()).unwrap_or_default();
        Ok((bytes, element))
    }

    /// The elements inside an element.
    pub(crate) fn inside(&self, element: Element<'a>) -> Self {
        Self::within(self.structure, element.offset, element.value)
    }

    /// Takes the next element, which must be a `SEQUENCE`, and returns what is inside.
    pub(crate) fn sequence(&mut self, what: &'static str) -> Result<Self, Malformed> {
        let element = self.element(Tag::Sequence, what)?;
        Ok(self.inside(element))
    }

    /// Takes an object identifier.
    pub(crate) fn oid(&mut self, what: &'static str) -> Result<ObjectIdentifier, Malformed> {
        let element = self.element(Tag::ObjectIdentifier, what)?;
        ObjectIdentifier::from_bytes(element.value)
            .map_err(|_| self.error_in(element, Problem::Unexpected(what)))
    }

    /// Takes an integer of `tag` that is not negative and fits 64 bits.
    pub(crate) fn unsigned(&mut self, tag: Tag, what: &'static str) -> Result<u64, Malformed> {
        let element = self.element(tag, what)?;
        let value = magnitude(element.value)
            .filter(|value| value.len() <= 8)
            .ok_or_else(|| self.error_in(element, Problem::Unexpected(what)))?;
        let fold = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Ok(value.iter().fold(0, fold))
    }

    /// Takes a boolean if there is one; a value that says what is the default anyway is tolerated, as certificates in the
    /// field spell `critical` and `cA` out although DER forbids it.
    pub(crate) fn optional_boolean(&mut self, what: &'static str) -> Result<bool, Malformed> {
        match self.optional(Tag::Boolean)? {
            None => Ok(false),
            Some(element) => match element.value {
                [0x00] => Ok(false),
                [0xff] => Ok(true),
                _ => Err(self.error_in(element, Problem::Unexpected(what))),
            },
        }
    }

    /// Takes a bit string and returns its bytes and how many bits of the last one are unused.
    pub(crate) fn bit_string(&mut self, what: &'static str) -> Result<(&'a [u8], u8), Malformed> {
        let element = self.element(Tag::BitString, what)?;
        match element.value.split_first() {
            Some((0, [])) => Ok((&[], 0)),
            // DER: the unused bits are zero.
            Some((unused @ 0..=7, bytes @ [.., last])) if last & !(0xff << unused) == 0 => {
                Ok((bytes, *unused))
            }
            _ => Err(self.error_in(element, Problem::Unexpected(what))),
        }
    }

    /// Takes a bit string of whole bytes.
    pub(crate) fn byte_bit_string(&mut self, what: &'static str) -> Result<&'a [u8], Malformed> {
        let start = self.offset();
        match self.bit_string(what)? {
            (bytes, 0) => Ok(bytes),
            _ => Err(self.error_at(start, Problem::Unexpected(what))),
        }
    }

    /// The tag of the next element.
    pub(crate) fn peek(&self) -> Option<Tag> {
        Tag::peek(&SliceReader::new(self.rest).ok()?).ok()
    }

    fn position(&self) -> usize {
        self.input.len() - self.rest.len()
    }
}

/// All of a tag whose number fits its first byte, as most do. [X.690 §8.1.2]
///
/// [X.690 §8.1.2]: https://www.itu.int/rec/T-REC-X.690
const fn one_byte(tag: Tag) -> Option<u8> {
    let constructed = if tag.is_constructed() { 0x20 } else { 0 };
    match tag.number().0.to_be_bytes() {
        [0, 0, 0, number @ ..0x1f] => Some(tag.class().bits() | constructed | number),
        _ => None,
    }
}

/// The tag `[number]` around other elements, or of a constructed type.
pub(crate) const fn explicit(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(number),
    }
}

/// The tag `[number]` in place of a primitive type's own.
pub(crate) const fn implicit(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: false,
        number: TagNumber(number),
    }
}

/// The big-endian bytes of an INTEGER's content without a leading zero; `None` when it is negative or not minimal.
pub(crate) fn magnitude(content: &[u8]) -> Option<&[u8]> {
    match content {
        [] => None,
        [0] => Some(content),
        [0, second, ..] if *second < 0x80 => None,
        [0, rest @ ..] => Some(rest),
        [first, ..] if *first >= 0x80 => None,
        _ => Some(content),
    }
}

#[cfg(test)]
mod tests {
    use der::Encode as _;

    use super::*;

    fn der(input: &[u8]) -> Der<'_> {
        Der::new(Structure::Certificate, input)
    }

    #[track_caller]
    fn refused<T: core::fmt::Debug>(result: Result<T, Malformed>, offset: usize, problem: Problem) {
        let expected = Malformed::new(Structure::Certificate, offset, problem);
        assert_eq!(result.unwrap_err(), expected);
    }

    #[test]
    fn nested_errors_name_the_offset_in_the_structure() {
        let mut outer = der(&[0x30, 0x03, 0x02, 0x01, 0x85]);
        let mut inner = outer.sequence("a sequence").unwrap();
        refused(
            inner.unsigned(Tag::Integer, "a number"),
            4,
            Problem::Unexpected("a number"),
        );
        assert_eq!(outer.finish(), Ok(()));
        refused(
            inner.unsigned(Tag::Integer, "a number"),
            5,
            Problem::Missing("a number"),
        );
    }

    #[test]
    fn lengths_are_definite_and_minimal() {
        refused(der(&[0x30, 0x80, 0, 0]).any(), 0, Problem::NotDer);
        refused(der(&[0x04, 0x81, 0x01, 0xaa]).any(), 0, Problem::NotDer);
        refused(der(&[0x04, 0x02, 0xaa]).any(), 0, Problem::Truncated);
        refused(
            der(&[0x04, 0x84, 0xff, 0xff, 0xff, 0xff]).any(),
            0,
            Problem::NotDer,
        );
    }

    #[test]
    fn an_element_of_another_tag_stays_to_be_read() {
        let mut input = der(&[0x30, 0x82, 0x02, 0x01, 0x05]);
        // Its length is nobody's business before its tag is.
        assert_eq!(input.optional(Tag::Boolean).unwrap().map(|it| it.tag), None);
        let unexpected = Problem::Unexpected("a number");
        refused(input.element(Tag::Integer, "a number"), 0, unexpected);
        refused(
            input.optional(Tag::Sequence).map(|it| it.map(|it| it.tag)),
            0,
            Problem::Truncated,
        );

        let mut input = der(&[0x01, 0x01, 0xff, 0x05, 0x00]);
        assert_eq!(input.optional(Tag::Integer).unwrap().map(|it| it.tag), None);
        let boolean = input.element(Tag::Boolean, "a boolean").unwrap();
        assert_eq!(boolean.value, [0xff]);
        assert!(
            input
                .element(Tag::Null, "nothing")
                .unwrap()
                .value
                .is_empty()
        );
        assert_eq!(input.optional(Tag::Null).unwrap().map(|it| it.tag), None);
        refused(
            input.element(Tag::Null, "nothing"),
            5,
            Problem::Missing("nothing"),
        );
    }

    #[test]
    fn integers_have_one_form() {
        for (content, expected) in [
            (&[0x00][..], Some(&[0x00][..])),
            (&[0x00, 0x80], Some(&[0x80])),
            (&[0x7f], Some(&[0x7f])),
            (&[0x00, 0x7f], None),
            (&[0x80], None),
            (&[], None),
        ] {
            assert_eq!(magnitude(content), expected, "{content:?}");
        }
    }

    #[test]
    fn the_unused_bits_of_a_bit_string_are_zero() {
        assert_eq!(
            der(&[3, 2, 7, 0x80]).bit_string("bits"),
            Ok((&[0x80][..], 7))
        );
        assert_eq!(der(&[3, 1, 0]).bit_string("bits"), Ok((&[][..], 0)));
        for content in [&[3, 2, 7, 0xc0][..], &[3, 2, 8, 0], &[3, 0], &[3, 1, 1]] {
            refused(
                der(content).bit_string("bits"),
                2,
                Problem::Unexpected("bits"),
            );
        }
        refused(
            der(&[3, 2, 7, 0x80]).byte_bit_string("bits"),
            0,
            Problem::Unexpected("bits"),
        );
    }

    /// Tags of one byte, of more, and those that stand in certificates.
    fn tags() -> Vec<Tag> {
        let numbers = (0..40).chain([127, 128, 702]);
        let numbered = numbers.flat_map(|number| [explicit(number), implicit(number)]);
        let application = [false, true].map(|constructed| Tag::Application {
            constructed,
            number: TagNumber(1),
        });
        let first = 0..=u8::MAX;
        let universal = first.filter_map(|byte| Tag::from_der(&[byte]).ok());
        numbered.chain(application).chain(universal).collect()
    }

    proptest::proptest! {
        #[test]
        fn what_is_seen_at_a_look_is_what_the_library_reads(
            tag in proptest::sample::select(tags()),
            length in 0..0x84_u8,
            content in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..140),
            kept in 0..150_usize,
        ) {
            let mut bytes = tag.to_der().unwrap();
            bytes.push(length);
            bytes.extend(content);
            bytes.truncate(kept);
            let first = Tag::peek(&SliceReader::new(&bytes).unwrap());
            for asked in tags() {
                let mut input = der(&bytes);
                let read = match first {
                    Ok(first) if first == asked => input.any().map(Some),
                    _ => Ok(None),
                };
                let mut looked = der(&bytes);
                proptest::prop_assert_eq!(looked.optional(asked), read);
                proptest::prop_assert_eq!(looked.rest, input.rest);
            }
        }
    }

    #[test]
    fn high_tag_numbers_are_read() {
        // [702] EXPLICIT, as Android's key description has it.
        let mut outer = der(&[0xbf, 0x85, 0x3e, 0x03, 0x02, 0x01, 0x00]);
        let element = outer.element(explicit(702), "origin").unwrap();
        let origin = outer.inside(element).unsigned(Tag::Integer, "origin");
        assert_eq!(origin, Ok(0));
    }
}
