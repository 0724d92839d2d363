//! base64url without padding, in few bytes of WebAssembly: the general codec that servers use weighs more than all of a ceremony.
//! Where there is a standard library, [`crate::bytes`] is the way to it.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Encodes bytes.
#[inline(never)]
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() / 3 * 4 + 3);
    // The bits that are in no symbol yet.
    let (mut held, mut bits) = (0_u32, 0);
    let mut rest = bytes.iter();
    loop {
        if bits < 6 {
            match rest.next() {
                Some(byte) => {
                    held = held << 8 | u32::from(*byte);
                    bits += 8;
                }
                None if bits == 0 => return text,
                None => {
                    held <<= 6 - bits;
                    bits = 6;
                }
            }
        }
        bits -= 6;
        let value = (held >> bits & 63) as u8;
        let symbol = match value {
            0..=25 => b'A' + value,
            26..=51 => b'a' + value - 26,
            52..=61 => b'0' + value - 52,
            62 => b'-',
            _ => b'_',
        };
        // Said once more, so that the compiler leaves out how other characters are written.
        text.push(char::from(symbol & 0x7f));
    }
}

/// Decodes text. What is not in the alphabet is refused, padding and whitespace too, and so are bits that belong to no byte: a
/// value has one form.
///
/// # Errors
///
/// The offset of the first character that does not belong; the length, if one is missing.
#[inline(never)]
pub fn decode(text: &str) -> Result<Vec<u8>, usize> {
    let mut bytes = vec![0; text.len() * 3 / 4];
    let mut rest = bytes.iter_mut();
    // The bits that have come and belong to no whole byte yet are the lowest of these.
    let (mut held, mut bits) = (0_u32, 0);
    for (offset, symbol) in text.bytes().enumerate() {
        let value = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'a'..=b'z' => symbol - b'a' + 26,
            b'0'..=b'9' => symbol - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return Err(offset),
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            if let Some(byte) = rest.next() {
                *byte = (held >> bits) as u8;
            }
        }
    }
    match bits {
        6 => Err(text.len()),
        _ if held & ((1 << bits) - 1) != 0 => Err(text.len() - 1),
        _ => Ok(bytes),
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use crate::bytes::{decode_base64url, encode_base64url};

    use super::*;

    /// Bytes that look like chance and are the same every time.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = length as u32 + 1;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn what_it_writes_is_what_servers_write_and_it_reads_it_again() {
        assert_eq!(encode(&[0xfb, 0xff]), "-_8");
        for length in 0..300 {
            let bytes = noise(length);
            let text = encode(&bytes);
            assert_eq!(text, encode_base64url(&bytes));
            assert_eq!(decode(&text), Ok(bytes));
        }
    }

    #[test]
    fn what_does_not_belong_is_refused_where_it_is() {
        for (text, offset) in [
            ("A", 1),
            ("AAAAA", 5),
            ("AB", 1),
            ("AAB", 2),
            ("AA==", 2),
            ("AA A", 2),
            ("+_8", 0),
            ("AA\n", 2),
            ("AAé", 2),
        ] {
            assert_eq!(decode(text), Err(offset), "{text:?}");
        }
    }

    #[test]
    fn it_refuses_what_servers_refuse() {
        // Every text of three characters out of these, and some that are longer.
        let characters = [
            'A', 'B', 'Q', 'w', '-', '_', '9', '=', '+', '/', ' ', '\0', 'é',
        ];
        for first in characters {
            for second in characters {
                for third in characters {
                    for tail in ["", "A", "AA", "AB", "AAAA"] {
                        let text: String = [first, second, third].iter().collect();
                        let text = text + tail;
                        assert_eq!(decode(&text).ok(), decode_base64url(&text).ok(), "{text:?}");
                    }
                }
            }
        }
    }
}
