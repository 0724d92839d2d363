//! ECDSA signatures as some devices encode them.

use passkeep_protocol::cose::KeyParameters;

use super::{Algorithm, SignatureScheme, Unfit};

/// How a signature that is the key's was written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum SignatureForm {
    /// As its algorithm wants it.
    Strict,
    /// In BER that is not DER, put right by [`ecdsa_signature_from_ber`].
    Ber,
}

/// Verifies a signature as it came, and, if that fails, as [`ecdsa_signature_from_ber`] reads it.
pub(crate) fn verify_in_either_form(
    algorithm: &dyn Algorithm,
    key: &KeyParameters<'_>,
    message: &[u8],
    signature: &[u8],
) -> Result<SignatureForm, Unfit> {
    let unfit = match algorithm.verify(key, message, signature) {
        Ok(()) => return Ok(SignatureForm::Strict),
        Err(unfit) => unfit,
    };
    let ecdsa = matches!(algorithm.scheme(), SignatureScheme::Ecdsa { .. });
    let strict = ecdsa.then(|| ecdsa_signature_from_ber(signature)).flatten();
    let strict = strict.filter(|strict| strict != signature).ok_or(unfit)?;
    algorithm.verify(key, message, &strict)?;
    Ok(SignatureForm::Ber)
}

/// The longest signature that is looked at, in bytes. The strict form of the longest one, on P-521, has 139.
const MAX_BYTES: usize = 512;

/// The longest r or s, in bytes: on P-521.
const MAX_INTEGER_BYTES: usize = 66;

/// Writes an ECDSA signature in strict DER, for a caller whose policy puts up with devices that do not.
///
/// Verification takes strict DER only. Some security keys in use pad r and s with more zeros than the sign needs, or leave
/// out the one it needs, or write lengths in more bytes than necessary, which is BER. Those four are put right here;
/// lengths that are not definite, trailing bytes, and integers that are zero or longer than any curve's are not.
///
/// `None` when the bytes are no signature even so. A signature in strict DER comes back as it was, so whether the two
/// differ tells whether the rule was needed.
///
/// ```
/// use passkeep_verify::algorithm::ecdsa_signature_from_ber;
///
/// let padded = [0x30, 0x81, 0x08, 0x02, 0x03, 0x00, 0x00, 0x05, 0x02, 0x01, 0xff];
/// let strict = vec![0x30, 0x07, 0x02, 0x01, 0x05, 0x02, 0x02, 0x00, 0xff];
/// assert_eq!(ecdsa_signature_from_ber(&padded), Some(strict));
/// ```
#[must_use]
pub fn ecdsa_signature_from_ber(signature: &[u8]) -> Option<Vec<u8>> {
    const SEQUENCE: u8 = 0x30;
    const INTEGER: u8 = 0x02;

    if signature.len() > MAX_BYTES {
        return None;
    }
    let (integers, rest) = element(SEQUENCE, signature)?;
    let (r, rest_of_integers) = element(INTEGER, integers)?;
    let (s, end) = element(INTEGER, rest_of_integers)?;
    if !rest.is_empty() || !end.is_empty() {
        return None;
    }
    let mut contents = Vec::with_capacity(2 * (MAX_INTEGER_BYTES + 3));
    for integer in [r, s] {
        let zeros = integer.iter().take_while(|byte| **byte == 0).count();
        let significant = integer.get(zeros..)?;
        let first = significant.first()?;
        if significant.len() > MAX_INTEGER_BYTES {
            return None;
        }
        let sign = usize::from(*first >= 0x80);
        contents.extend([INTEGER, u8::try_from(significant.len() + sign).ok()?]);
        contents.extend(core::iter::repeat_n(0, sign));
        contents.extend_from_slice(significant);
    }
    let length = u8::try_from(contents.len()).ok()?;
    let mut strict = vec![SEQUENCE];
    if length >= 0x80 {
        strict.push(0x81);
    }
    strict.push(length);
    strict.append(&mut contents);
    Some(strict)
}

/// The contents of an element with that tag and a definite length, and what follows it.
fn element(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, bytes) = bytes.split_first()?;
    let (first, bytes) = bytes.split_first()?;
    if *found != tag {
        return None;
    }
    if *first < 0x80 {
        return bytes.split_at_checked(usize::from(*first));
    }
    // The low bits say in how many bytes the length is written; none would mean that an end mark follows.
    let (length, bytes) = bytes.split_at_checked(usize::from(first & 0x7f))?;
    if length.is_empty() {
        return None;
    }
    let mut value = 0_usize;
    for byte in length {
        value = value.checked_mul(256)?.checked_add(usize::from(*byte))?;
    }
    bytes.split_at_checked(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// r = 0x81, s = 5.
    const STRICT: [u8; 9] = [0x30, 7, 2, 2, 0, 0x81, 2, 1, 5];

    #[test]
    fn four_departures_from_der_are_put_right() {
        for ber in [
            &STRICT[..],
            // A length in one more byte, and in two more; the integer's length too.
            &[0x30, 0x81, 7, 2, 2, 0, 0x81, 2, 1, 5],
            &[0x30, 0x82, 0, 7, 2, 2, 0, 0x81, 2, 1, 5],
            &[0x30, 8, 2, 0x81, 2, 0, 0x81, 2, 1, 5],
            // Zeros before an integer.
            &[0x30, 9, 2, 3, 0, 0, 0x81, 2, 2, 0, 5],
            // The sign's zero left out, which makes the number negative.
            &[0x30, 6, 2, 1, 0x81, 2, 1, 5],
        ] {
            assert_eq!(
                ecdsa_signature_from_ber(ber),
                Some(STRICT.to_vec()),
                "{ber:?}"
            );
        }
    }

    #[test]
    fn what_is_no_signature_even_so_is_refused() {
        for bytes in [
            &[][..],
            &[0x30],
            &[0x31, 7, 2, 2, 0, 0x81, 2, 1, 5],
            &[0x30, 7, 4, 2, 0, 0x81, 2, 1, 5],
            // Trailing bytes, outside and inside; a third integer; too little.
            &[0x30, 7, 2, 2, 0, 0x81, 2, 1, 5, 0],
            &[0x30, 8, 2, 2, 0, 0x81, 2, 1, 5, 0],
            &[0x30, 10, 2, 2, 0, 0x81, 2, 1, 5, 2, 1, 5],
            &[0x30, 8, 2, 2, 0, 0x81, 2, 1, 5],
            // An indefinite length, and one beyond any machine's numbers.
            &[0x30, 0x80, 2, 2, 0, 0x81, 2, 1, 5, 0, 0],
            &[
                0x30, 0x89, 1, 0, 0, 0, 0, 0, 0, 0, 7, 2, 2, 0, 0x81, 2, 1, 5,
            ],
            // Zero, and no number at all.
            &[0x30, 6, 2, 1, 0, 2, 1, 5],
            &[0x30, 5, 2, 0, 2, 1, 5],
        ] {
            assert_eq!(ecdsa_signature_from_ber(bytes), None, "{bytes:?}");
        }
        let long = [&[0x30, 72, 2, 67][..], &[1; 67], &[2, 1, 5]].concat();
        assert_eq!(ecdsa_signature_from_ber(&long), None);
        let padded = [
            &[0x30, 0x82, 2, 5, 2, 0x82, 1, 0xfc][..],
            &[0; 507],
            &[1, 2, 1, 5],
        ]
        .concat();
        assert_eq!(ecdsa_signature_from_ber(&padded), None);
    }

    #[test]
    fn the_longest_signature_has_a_long_length() {
        let strict = [&[0x30, 0x81, 136, 2, 66][..], &[1; 66], &[2, 66], &[1; 66]].concat();
        assert_eq!(ecdsa_signature_from_ber(&strict), Some(strict));
    }
}
