//! A small writer of DER, and of whatever else a certificate can hold.
//!
//! Every function returns one element's bytes. Lengths are right and in their shortest form; everything else is as the
//! caller says, so what is wrong in a certificate was asked for.
//!
//! ```
//! use passkeep_testkit::der;
//!
//! let encoded = der::sequence([der::boolean(true), der::integer(300)]);
//! assert_eq!(encoded, [0x30, 7, 0x01, 1, 0xff, 0x02, 2, 0x01, 0x2c]);
//! ```

use const_oid::ObjectIdentifier;

/// An element of any tag, given as one byte.
#[must_use]
pub fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    with_identifier(&[tag], content)
}

/// BOOLEAN.
#[must_use]
pub fn boolean(value: bool) -> Vec<u8> {
    element(0x01, &[if value { 0xff } else { 0 }])
}

/// INTEGER.
#[must_use]
pub fn integer(value: i64) -> Vec<u8> {
    element(0x02, &twos_complement(value))
}

/// INTEGER, from an unsigned big-endian number of any length.
#[must_use]
pub fn unsigned(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let digits = number.get(zeros..).unwrap_or_default();
    let sign = digits.first().is_none_or(|first| *first >= 0x80);
    let mut content = if sign { vec![0] } else { Vec::new() };
    content.extend_from_slice(digits);
    element(0x02, &content)
}

/// BIT STRING of whole bytes.
#[must_use]
pub fn bit_string(bytes: &[u8]) -> Vec<u8> {
    element(0x03, &[&[0], bytes].concat())
}

/// BIT STRING with these bits set, as ASN.1 numbers them; trailing zero bits are left out.
#[must_use]
pub fn named_bits(bits: &[u8]) -> Vec<u8> {
    let Some(highest) = bits.iter().max() else {
        return element(0x03, &[0]);
    };
    let mut content = vec![0; usize::from(highest / 8) + 2];
    for bit in bits {
        if let Some(byte) = content.get_mut(usize::from(bit / 8) + 1) {
            *byte |= 0x80 >> (bit % 8);
        }
    }
    if let Some(unused) = content.first_mut() {
        *unused = 7 - highest % 8;
    }
    element(0x03, &content)
}

/// OCTET STRING.
#[must_use]
pub fn octet_string(bytes: &[u8]) -> Vec<u8> {
    element(0x04, bytes)
}

/// NULL.
#[must_use]
pub fn null() -> Vec<u8> {
    element(0x05, &[])
}

/// OBJECT IDENTIFIER.
#[must_use]
pub fn oid(oid: &ObjectIdentifier) -> Vec<u8> {
    element(0x06, oid.as_bytes())
}

/// ENUMERATED.
#[must_use]
pub fn enumerated(value: i64) -> Vec<u8> {
    element(0x0a, &twos_complement(value))
}

/// UTF8String.
#[must_use]
pub fn utf8_string(text: &str) -> Vec<u8> {
    element(0x0c, text.as_bytes())
}

/// PrintableString. Nothing holds the text to that alphabet.
#[must_use]
pub fn printable_string(text: &str) -> Vec<u8> {
    element(0x13, text.as_bytes())
}

/// SEQUENCE.
#[must_use]
pub fn sequence(parts: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let content: Vec<_> = parts.into_iter().collect();
    element(0x30, &content.concat())
}

/// SET OF, with its parts in DER's order.
#[must_use]
pub fn set_of(parts: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut content: Vec<_> = parts.into_iter().collect();
    content.sort();
    element(0x31, &content.concat())
}

/// `[number] EXPLICIT`: a constructed element of the context-specific class around others.
#[must_use]
pub fn explicit(number: u32, content: &[u8]) -> Vec<u8> {
    with_identifier(&context_identifier(0xa0, number), content)
}

/// `[number] IMPLICIT` of a primitive type: the type's content under another tag.
#[must_use]
pub fn implicit(number: u32, content: &[u8]) -> Vec<u8> {
    with_identifier(&context_identifier(0x80, number), content)
}

/// The identifier of a context-specific element; numbers above 30 follow in base 128.
fn context_identifier(class: u8, number: u32) -> Vec<u8> {
    if let Ok(low @ 0..31) = u8::try_from(number) {
        return vec![class | low];
    }
    let mut digits = vec![(number & 0x7f) as u8];
    let mut rest = number >> 7;
    while rest > 0 {
        digits.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    digits.push(class | 0x1f);
    digits.reverse();
    digits
}

fn with_identifier(identifier: &[u8], content: &[u8]) -> Vec<u8> {
    let mut out = identifier.to_vec();
    match u8::try_from(content.len()) {
        Ok(short @ 0..0x80) => out.push(short),
        _ => {
            let length = content.len().to_be_bytes();
            let zeros = length.iter().take_while(|byte| **byte == 0).count();
            let digits = length.get(zeros..).unwrap_or_default();
            out.push(0x80 | digits.len() as u8);
            out.extend_from_slice(digits);
        }
    }
    out.extend_from_slice(content);
    out
}

/// The fewest bytes whose first bit is still the sign.
fn twos_complement(value: i64) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let pad = if value < 0 { 0xff } else { 0 };
    let redundant = bytes.windows(2).take_while(
        |pair| matches!(pair, [first, second] if *first == pad && (second ^ pad) < 0x80),
    );
    bytes.get(redundant.count()..).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_take_their_shortest_form() {
        let cases: [(i64, &[u8]); 7] = [
            (0, &[0]),
            (127, &[127]),
            (128, &[0, 128]),
            (300, &[1, 44]),
            (-1, &[0xff]),
            (-128, &[0x80]),
            (-129, &[0xff, 0x7f]),
        ];
        for (value, content) in cases {
            assert_eq!(integer(value), element(2, content), "{value}");
        }
        assert_eq!(unsigned(&[0, 0, 0x80]), [2, 2, 0, 0x80]);
        assert_eq!(unsigned(&[0, 0x7f]), [2, 1, 0x7f]);
        assert_eq!(unsigned(&[]), [2, 1, 0]);
    }

    #[test]
    fn long_lengths_and_high_tags_are_written_out() {
        assert_eq!(octet_string(&[7; 127])[..2], [4, 127]);
        assert_eq!(octet_string(&[7; 128])[..3], [4, 0x81, 128]);
        assert_eq!(octet_string(&[7; 300])[..4], [4, 0x82, 1, 44]);
        assert_eq!(explicit(30, &[]), [0xbe, 0]);
        assert_eq!(explicit(702, &[]), [0xbf, 0x85, 0x3e, 0]);
        assert_eq!(implicit(31, &[]), [0x9f, 0x1f, 0]);
    }

    #[test]
    fn bits_are_numbered_from_the_left_and_sets_are_sorted() {
        assert_eq!(named_bits(&[0]), [3, 2, 7, 0x80]);
        assert_eq!(named_bits(&[6, 5]), [3, 2, 1, 0x06]);
        assert_eq!(named_bits(&[8]), [3, 3, 7, 0, 0x80]);
        assert_eq!(named_bits(&[]), [3, 1, 0]);
        assert_eq!(
            set_of([integer(2), integer(1)]),
            [0x31, 6, 2, 1, 1, 2, 1, 2]
        );
    }
}
