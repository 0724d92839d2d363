//! Authenticator data and attestation objects that strict reading refuses, put right so that it accepts them.

use std::collections::BinaryHeap;

use super::Quirk;
use crate::attestation_object::{AttestationObject, MAX_ATTESTATION_OBJECT_BYTES};
use crate::authenticator_data::{AuthenticatorData, Flags};
use crate::cbor::{Decoder, Item};
use crate::error::Structure;

/// Where the attested credential data begins, or the extension outputs when there is none.
const AFTER_COUNTER: usize = 37;

/// An Ed25519 key in words, up to its last 32 bytes: `{1: "OKP", 3: -8, -1: "Ed25519", -2: x}`, where the head counts
/// three members.
const OKP_KEY_IN_WORDS: &[u8] = b"\xa3\x01\x63OKP\x03\x27\x20\x67Ed25519\x21\x58\x20";

/// The same in numbers.
const OKP_KEY: &[u8] = b"\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20";

/// Makes bytes for strict reading, where it is what the bytes need.
type Rule = fn(&[u8]) -> Option<Vec<u8>>;

/// Bytes that strict reading accepts, made from bytes that it refuses.
///
/// Read these, but take hashes and signatures over the bytes as they came.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mended {
    /// What to read.
    pub bytes: Vec<u8>,
    /// What was put right.
    pub quirks: Vec<Quirk>,
}

/// Puts authenticator data right that [`AuthenticatorData::parse`] refuses; `None` when no rule helps.
///
/// ```
/// use passkeep_protocol::authenticator_data::AuthenticatorData;
/// use passkeep_protocol::Problem;
/// use passkeep_protocol::compat::{Quirk, mend_authenticator_data};
///
/// let mut bytes = vec![0; 37];
/// bytes[32] = 0x81; // The flag ED, and no extension outputs.
/// let refused = AuthenticatorData::parse(&bytes).unwrap_err();
/// assert_eq!(refused.problem, Problem::Truncated);
/// let mended = mend_authenticator_data(&bytes).unwrap();
/// assert_eq!(mended.quirks, [Quirk::ExtensionFlagWithoutData]);
/// assert_eq!(AuthenticatorData::parse(&mended.bytes).unwrap().extensions, Some(&[0xa0][..]));
/// ```
#[must_use]
pub fn mend_authenticator_data(bytes: &[u8]) -> Option<Mended> {
    if bytes.len() > MAX_ATTESTATION_OBJECT_BYTES {
        return None;
    }
    let rules: [(Quirk, Rule); 4] = [
        (Quirk::OkpKeyInWords, okp_key_in_words),
        (Quirk::AaguidTruncated, aaguid_truncated),
        (Quirk::ExtensionsNotSorted, extensions_not_sorted),
        (Quirk::ExtensionFlagWithoutData, extension_flag_without_data),
    ];
    rules.into_iter().find_map(|(quirk, rule)| {
        let mended = rule(bytes)?;
        AuthenticatorData::parse(&mended).ok()?;
        Some(Mended {
            bytes: mended,
            quirks: vec![quirk],
        })
    })
}

/// Puts an attestation object right that [`AttestationObject::parse`] refuses; `None` when no rule helps.
///
/// ```
/// use passkeep_protocol::attestation_object::AttestationObject;
/// use passkeep_protocol::compat::{Quirk, mend_attestation_object};
///
/// // `authData` before `attStmt`, which is shorter and belongs before it.
/// let bytes = b"\xa3\x63fmt\x64none\x68authData\x41\x01\x67attStmt\xa0";
/// let mended = mend_attestation_object(bytes).unwrap();
/// assert_eq!(mended.quirks, [Quirk::AttestationObjectNotSorted]);
/// assert_eq!(AttestationObject::parse(&mended.bytes).unwrap().auth_data, [1]);
/// ```
#[must_use]
pub fn mend_attestation_object(bytes: &[u8]) -> Option<Mended> {
    if bytes.len() > MAX_ATTESTATION_OBJECT_BYTES {
        return None;
    }
    let mended = sorted_map(bytes)?;
    AttestationObject::parse(&mended).ok()?;
    Some(Mended {
        bytes: mended,
        quirks: vec![Quirk::AttestationObjectNotSorted],
    })
}

fn okp_key_in_words(bytes: &[u8]) -> Option<Vec<u8>> {
    let start = public_key_start(bytes)?;
    let rest = bytes.get(start..)?.strip_prefix(OKP_KEY_IN_WORDS)?;
    Some([bytes.get(..start)?, OKP_KEY, rest].concat())
}

/// The model is `00`, and the length of the credential id follows at once. That the rest can be read is what tells it from
/// a whole AAGUID that begins with zero; strict reading has refused that already.
fn aaguid_truncated(bytes: &[u8]) -> Option<Vec<u8>> {
    flags(bytes)?.attested_credential_data().then_some(())?;
    let (before, rest) = bytes.split_at_checked(AFTER_COUNTER)?;
    let rest = rest.strip_prefix(&[0])?;
    Some([before, &[0; 16], rest].concat())
}

fn extensions_not_sorted(bytes: &[u8]) -> Option<Vec<u8>> {
    let start = extensions_start(bytes)?;
    let (before, extensions) = bytes.split_at_checked(start)?;
    Some([before, &sorted_map(extensions)?].concat())
}

fn extension_flag_without_data(bytes: &[u8]) -> Option<Vec<u8>> {
    let start = extensions_start(bytes)?;
    (start == bytes.len()).then(|| [bytes, &[0xa0]].concat())
}

fn flags(bytes: &[u8]) -> Option<Flags> {
    bytes.get(32).copied().map(Flags)
}

fn public_key_start(bytes: &[u8]) -> Option<usize> {
    flags(bytes)?.attested_credential_data().then_some(())?;
    let length = bytes.get(AFTER_COUNTER + 16..)?.first_chunk::<2>()?;
    Some(AFTER_COUNTER + 18 + usize::from(u16::from_be_bytes(*length)))
}

/// Where the extension outputs begin, or should; `None` without the flag ED.
fn extensions_start(bytes: &[u8]) -> Option<usize> {
    let flags = flags(bytes)?;
    flags.extension_data().then_some(())?;
    if !flags.attested_credential_data() {
        return Some(AFTER_COUNTER);
    }
    let start = public_key_start(bytes)?;
    let key = bytes.get(start..)?;
    let key = Decoder::new(Structure::AuthenticatorData, key).any().ok()?;
    Some(start + key.len())
}

/// One map with text keys and nothing after it, its members in canonical order. Strict reading of the result finds
/// members that occur twice.
fn sorted_map(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut decoder = Decoder::new(Structure::AttestationObject, bytes);
    let Item::Map(length) = decoder.item().ok()? else {
        return None;
    };
    let head = bytes.get(..decoder.offset())?;
    // A heap puts them in order with less code than a sort, which is kilobytes of it in a page.
    let mut members = BinaryHeap::with_capacity(length);
    for _ in 0..length {
        let start = decoder.offset();
        let Item::Text(name) = decoder.item().ok()? else {
            return None;
        };
        decoder.any().ok()?;
        members.push((name.len(), name, bytes.get(start..decoder.offset())?));
    }
    decoder.finish().ok()?;
    let members = members.into_sorted_vec();
    let members = members.iter().map(|(_, _, member)| *member);
    Some(
        [head]
            .into_iter()
            .chain(members)
            .collect::<Vec<_>>()
            .concat(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cose::{CoseAlgorithm, CoseKey, KeyParameters};
    use crate::error::Problem;

    const KEY: &[u8] = b"\xa1\x01\x02";

    fn attested(flags: u8, aaguid: &[u8], key: &[u8], extensions: &[u8]) -> Vec<u8> {
        let head = [&[0x11; 32][..], &[flags], &[0, 0, 0, 7]].concat();
        [&head, aaguid, &[0, 2, 0xc1, 0xc2], key, extensions].concat()
    }

    /// Strict reading refuses the bytes for that problem, and one rule puts them right.
    #[track_caller]
    fn mended(bytes: &[u8], problem: Problem, quirk: Quirk) -> Vec<u8> {
        let malformed = AuthenticatorData::parse(bytes).unwrap_err();
        assert_eq!(malformed.problem, problem);
        let mended = mend_authenticator_data(bytes).unwrap();
        assert_eq!(mended.quirks, [quirk]);
        mended.bytes
    }

    #[test]
    fn an_okp_key_in_words_is_read_as_firefox_117_meant_it() {
        let key = [OKP_KEY_IN_WORDS, &[0x44; 32]].concat();
        // By its head the map has three members, so the last one counts as what comes after the key.
        let without = (Flags::AT, &[][..], Problem::TrailingBytes);
        let with = (
            Flags::AT | Flags::ED,
            &[0xa0][..],
            Problem::Unexpected("the extension outputs"),
        );
        for (flags, extensions, problem) in [without, with] {
            let bytes = attested(flags, &[0xaa; 16], &key, extensions);
            let bytes = mended(&bytes, problem, Quirk::OkpKeyInWords);
            let data = AuthenticatorData::parse(&bytes).unwrap();
            let attested = data.attested_credential_data.unwrap();
            let key = CoseKey::parse(attested.credential_public_key).unwrap();
            assert_eq!(key.alg, CoseAlgorithm::EDDSA);
            let x = &[0x44; 32];
            assert_eq!(key.parameters, KeyParameters::Okp { crv: 6, x });
        }
        // One byte of the curve's name is another.
        let mut other_curve = key;
        let last = OKP_KEY_IN_WORDS.len() - 4;
        assert_eq!(other_curve[last], b'9');
        other_curve[last] = b'8';
        let bytes = attested(Flags::AT, &[0xaa; 16], &other_curve, &[]);
        assert_eq!(mend_authenticator_data(&bytes), None);
    }

    #[test]
    fn an_aaguid_of_one_zero_byte_is_read_as_firefox_98_meant_it() {
        let bytes = attested(Flags::AT, &[0], KEY, &[]);
        let bytes = mended(&bytes, Problem::Truncated, Quirk::AaguidTruncated);
        let data = AuthenticatorData::parse(&bytes).unwrap();
        let attested_data = data.attested_credential_data.unwrap();
        assert_eq!(attested_data.aaguid, &[0; 16]);
        assert_eq!(attested_data.credential_id, [0xc1, 0xc2]);

        let one = attested(Flags::AT, &[1], KEY, &[]);
        assert_eq!(mend_authenticator_data(&one), None);
    }

    #[test]
    fn extension_outputs_are_read_in_the_order_of_solo_keys() {
        let outputs = b"\xa2\x6bhmac-secret\xf5\x6bcredProtect\x01";
        let sorted = b"\xa2\x6bcredProtect\x01\x6bhmac-secret\xf5";
        let bytes = attested(Flags::AT | Flags::ED, &[0xaa; 16], KEY, outputs);
        let bytes = mended(&bytes, Problem::NotCanonical, Quirk::ExtensionsNotSorted);
        let data = AuthenticatorData::parse(&bytes).unwrap();
        assert_eq!(data.extensions, Some(&sorted[..]));

        for broken in [&b"\xa2\x61b\xf5\x61b\xf5"[..], b"\xa2\x02\xf5\x01\xf5"] {
            let bytes = attested(Flags::AT | Flags::ED, &[0xaa; 16], KEY, broken);
            assert_eq!(mend_authenticator_data(&bytes), None);
        }
    }

    #[test]
    fn a_flag_without_extension_outputs_is_read_as_an_empty_map() {
        let bytes = attested(Flags::AT | Flags::ED, &[0xaa; 16], KEY, &[]);
        let bytes = mended(&bytes, Problem::Truncated, Quirk::ExtensionFlagWithoutData);
        let data = AuthenticatorData::parse(&bytes).unwrap();
        assert_eq!(data.extensions, Some(&[0xa0][..]));
        assert!(data.flags.extension_data());
    }

    #[test]
    fn an_attestation_object_is_read_in_any_order() {
        let bytes = b"\xa3\x63fmt\x64none\x68authData\x41\x01\x67attStmt\xa0";
        let malformed = AttestationObject::parse(bytes).unwrap_err();
        assert_eq!(malformed.problem, Problem::NotCanonical);
        let mended = mend_attestation_object(bytes).unwrap();
        assert_eq!(mended.quirks, [Quirk::AttestationObjectNotSorted]);
        let object = AttestationObject::parse(&mended.bytes).unwrap();
        assert_eq!((object.fmt, object.auth_data), ("none", &[1][..]));

        let twice = b"\xa3\x63fmt\x64none\x63fmt\x64none\x67attStmt\xa0";
        assert_eq!(mend_attestation_object(twice), None);
    }

    #[test]
    fn what_no_rule_is_for_stays_refused() {
        let trailing = attested(Flags::AT, &[0xaa; 16], KEY, &[0]);
        assert_eq!(mend_authenticator_data(&trailing), None);
        for length in 0..trailing.len() - 1 {
            assert_eq!(mend_authenticator_data(&trailing[..length]), None);
        }
    }

    #[test]
    fn nothing_longer_than_an_attestation_object_may_be_is_put_right() {
        let of_length = |length: usize| {
            // The members are in the wrong order, and the first one fills what room there is.
            let head = attested(Flags::AT | Flags::ED, &[0xaa; 16], KEY, b"\xa2\x61b\x59");
            let rest = b"\x61a\xf5";
            let filler = length - head.len() - 2 - rest.len();
            let size = u16::try_from(filler).unwrap().to_be_bytes();
            [&head[..], &size, &vec![0; filler], rest].concat()
        };
        let longest = of_length(MAX_ATTESTATION_OBJECT_BYTES);
        assert_eq!(longest.len(), MAX_ATTESTATION_OBJECT_BYTES);
        let quirk = Quirk::ExtensionsNotSorted;
        mended(&longest, Problem::NotCanonical, quirk);
        let longer = of_length(MAX_ATTESTATION_OBJECT_BYTES + 1);
        assert_eq!(mend_authenticator_data(&longer), None);
    }
}
