//! Serial numbers, in the one form in which they can be compared.

/// The longest serial number in a list, in bytes; as in certificates.
const MAX_BYTES: usize = 64;

/// A certificate's serial number: big-endian, without leading zeros. Zero is empty.
///
/// The sign is passed over: a list and a certificate that write the same bytes mean the same certificate.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SerialNumber(Box<[u8]>);

impl SerialNumber {
    /// Takes the content of a DER INTEGER, or any big-endian bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        Self(bytes.get(zeros..).unwrap_or_default().into())
    }

    /// Reads hexadecimal digits of either case, with or without leading zeros and of any number, even or odd.
    ///
    /// `None` for anything else, among it colons and `0x`. Digits are never decimal: a serial number that happens to have
    /// no letter is hexadecimal like the others.
    ///
    /// ```
    /// use passkeep_verify::revocation::SerialNumber;
    ///
    /// let serial = SerialNumber::from_hex("20").unwrap();
    /// assert_eq!(serial, SerialNumber::from_bytes(&[0x00, 0x20]));
    /// assert_ne!(serial, SerialNumber::from_bytes(&[20]));
    /// ```
    #[must_use]
    pub fn from_hex(digits: &str) -> Option<Self> {
        let significant = digits.trim_start_matches('0');
        if digits.is_empty() || significant.len() > 2 * MAX_BYTES {
            return None;
        }
        let mut bytes = vec![0; significant.len().div_ceil(2)];
        for (index, digit) in significant.chars().rev().enumerate() {
            let value = u8::try_from(digit.to_digit(16)?).ok()?;
            let from_end = bytes.iter_mut().rev().nth(index / 2)?;
            *from_end |= value << (4 * (index % 2));
        }
        Some(Self::from_bytes(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_one_form() {
        let expected = SerialNumber::from_bytes(&[0x0a, 0xbc]);
        for text in ["abc", "ABC", "0abc", "0000AbC"] {
            assert_eq!(
                SerialNumber::from_hex(text).as_ref(),
                Some(&expected),
                "{text}"
            );
        }
        assert_eq!(SerialNumber::from_bytes(&[0, 0, 0x0a, 0xbc]), expected);
        let zero = SerialNumber::from_bytes(&[]);
        assert_eq!(SerialNumber::from_bytes(&[0]), zero);
        assert_eq!(SerialNumber::from_hex("00"), Some(zero));
    }

    #[test]
    fn digits_without_letters_are_hexadecimal_too() {
        let serial = SerialNumber::from_hex("6681152659205225093").unwrap();
        let expected = [0x06, 0x68, 0x11, 0x52, 0x65, 0x92, 0x05, 0x22, 0x50, 0x93];
        assert_eq!(serial, SerialNumber::from_bytes(&expected));
        let decimal = 6_681_152_659_205_225_093_u64.to_be_bytes();
        assert_ne!(serial, SerialNumber::from_bytes(&decimal));
    }

    #[test]
    fn other_text_is_no_number() {
        for text in ["", "0x20", "20:30", "-20", " 20", "g", &"1".repeat(129)] {
            assert_eq!(SerialNumber::from_hex(text), None, "{text}");
        }
        assert!(SerialNumber::from_hex(&"1".repeat(128)).is_some());
    }
}
