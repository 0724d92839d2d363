//! The format `tpm`. [L3 §8.3]
//!
//! [L3 §8.3]: https://www.w3.org/TR/webauthn-3/#sctn-tpm-attestation

use std::borrow::Cow;

use der::asn1::{AnyRef, UintRef};
use der::{Encode as _, Tag};
use passkeep_protocol::attestation_statement::TpmStatement;
use passkeep_protocol::cose::{CoseAlgorithm, KeyParameters};
use passkeep_protocol::tpm::{
    ATTEST_CERTIFY, Algorithm, Attest, GENERATED_VALUE, PublicArea, PublicKey, Signature,
};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::profile::{end_entity, leaf, read_chain};
use super::signature::{Legacy, key_of};
use super::{AttestationFormat, AttestationOutcome, AttestationType, Certified, Context, ensure};
use crate::certificate::{Certificate, GeneralName, ObjectIdentifier, oid, same_key};
use crate::rejection::{AttestationRejection, VerifyError};

/// The one critical extension of Windows' attestation key certificates that other certificates do not have: under which
/// policy the key was certified. It changes nothing that is verified here.
const UNDERSTOOD: [ObjectIdentifier; 1] = [oid::CERTIFICATE_POLICIES];

pub(super) fn verify(
    context: &Context<'_>,
    att_stmt: &[u8],
) -> Result<AttestationOutcome, VerifyError> {
    let statement = TpmStatement::parse(att_stmt)?;
    ensure(statement.ver == "2.0", || AttestationRejection::TpmVersion)?;

    // [L3 §8.3, "Verify that the public key specified by the parameters and unique fields of pubArea is identical"]
    let public_area = PublicArea::parse(statement.pub_area)?;
    let same = is_key(&public_area.key, &context.attested.key.parameters);
    ensure(same, || AttestationRejection::TpmKeyDiffers)?;

    // [L3 §8.3, "Verify that aikCert meets the requirements in § 8.3.1"]
    let chain = read_chain(&statement.x5c)?;
    let certificate = leaf(&chain)?;
    profile(certificate)?;
    context.fido_extensions(certificate)?;

    // [L3 §8.3, "Verify the sig is a valid signature over certInfo"]
    let key = key_of(certificate)?;
    let sig = unwrapped(statement.sig);
    let signed = (statement.cert_info, &sig[..]);
    let findings = context.signed(statement.alg, Legacy::Accept, &key, signed)?;

    // [L3 §8.3, "Validate that certInfo is valid"]
    let attest = Attest::parse(statement.cert_info)?;
    ensure(attest.magic == GENERATED_VALUE, || {
        AttestationRejection::TpmMagicDiffers
    })?;
    ensure(attest.ty == ATTEST_CERTIFY, || {
        AttestationRejection::TpmTypeDiffers
    })?;
    let expected = digest(hash_of(statement.alg), &context.attested.signed_bytes())?;
    ensure(attest.extra_data == expected, || {
        AttestationRejection::TpmExtraDataDiffers
    })?;
    let name_alg = public_area.name_alg;
    let hash = digest(Some(name_alg), statement.pub_area)?;
    let name = [&name_alg.0.to_be_bytes()[..], &hash].concat();
    let named = attest.name == Some(&name[..]);
    ensure(named, || AttestationRejection::TpmNameDiffers)?;

    context.certified(Certified {
        format: AttestationFormat::Tpm,
        ty: AttestationType::AttCa,
        chain: &chain,
        understood: &UNDERSTOOD,
        findings,
    })
}

/// Whether a key in a TPM is that key. TPMs write coordinates with or without leading zeros.
fn is_key(key: &PublicKey<'_>, credential: &KeyParameters<'_>) -> bool {
    match *key {
        PublicKey::Rsa {
            key_bits,
            exponent,
            modulus: n,
        } => {
            let exponent = if exponent == 0 { 0x1_0001 } else { exponent };
            let e = &exponent.to_be_bytes();
            let bits = n
                .first()
                .map_or(0, |first| n.len() * 8 - first.leading_zeros() as usize);
            usize::from(key_bits) == bits && same_key(&KeyParameters::Rsa { n, e }, credential)
        }
        PublicKey::Ecc { curve, x, y } => {
            // From the TCG's registry to the one of COSE.
            let crv = match curve {
                0x0003 => 1,
                0x0004 => 2,
                0x0005 => 3,
                _ => return false,
            };
            same_key(&KeyParameters::Ec2 { crv, x, y }, credential)
        }
        _ => false,
    }
}

/// [L3 §8.3.1]
///
/// [L3 §8.3.1]: https://www.w3.org/TR/webauthn-3/#sctn-tpm-cert-requirements
fn profile(certificate: &Certificate<'_>) -> Result<(), VerifyError> {
    end_entity(certificate)?;
    let empty = certificate.subject().is_empty();
    ensure(empty, || AttestationRejection::TpmSubjectNotEmpty)?;

    let names = certificate.subject_alternative_names()?.unwrap_or_default();
    let missing = [
        (oid::TCG_TPM_MANUFACTURER, "manufacturer"),
        (oid::TCG_TPM_MODEL, "model"),
        (oid::TCG_TPM_VERSION, "version"),
    ];
    let missing = missing.into_iter().find(|(oid, _)| {
        !names.iter().any(|name| {
            let GeneralName::Directory(name) = name else {
                return false;
            };
            let text = name.attribute(*oid).and_then(|found| found.text());
            text.is_some_and(|text| !text.is_empty())
        })
    });
    if let Some((_, attribute)) = missing {
        return Err(AttestationRejection::TpmNamesMissing { attribute }.into());
    }

    let purposes = certificate.extended_key_usage()?.unwrap_or_default();
    let attests = purposes.contains(&oid::TCG_AIK_CERTIFICATE);
    ensure(attests, || AttestationRejection::TpmPurposeMissing)?;
    Ok(())
}

/// The signature as other formats write it. The specification says `TPMT_SIGNATURE`; authenticators and the specification's
/// own vector send what is inside: the DER of ECDSA, or the bare number of RSA. Both are read.
fn unwrapped(sig: &[u8]) -> Cow<'_, [u8]> {
    let ecdsa = |r: &[u8], s: &[u8]| {
        let numbers = [UintRef::new(r)?.to_der()?, UintRef::new(s)?.to_der()?].concat();
        AnyRef::new(Tag::Sequence, &numbers)?.to_der()
    };
    match Signature::parse(sig) {
        Ok(Signature::Rsa { sig, .. }) => Cow::Borrowed(sig),
        Ok(Signature::Ecdsa { r, s, .. }) => ecdsa(r, s).map_or(Cow::Borrowed(sig), Cow::Owned),
        _ => Cow::Borrowed(sig),
    }
}

/// The hash that an algorithm signs.
fn hash_of(alg: CoseAlgorithm) -> Option<Algorithm> {
    match alg {
        CoseAlgorithm::RS1 => Some(Algorithm::SHA1),
        CoseAlgorithm::ES256
        | CoseAlgorithm::ESP256
        | CoseAlgorithm::ES256K
        | CoseAlgorithm::RS256
        | CoseAlgorithm::PS256 => Some(Algorithm::SHA256),
        CoseAlgorithm::ES384
        | CoseAlgorithm::ESP384
        | CoseAlgorithm::RS384
        | CoseAlgorithm::PS384 => Some(Algorithm::SHA384),
        CoseAlgorithm::ES512
        | CoseAlgorithm::ESP512
        | CoseAlgorithm::RS512
        | CoseAlgorithm::PS512 => Some(Algorithm::SHA512),
        _ => None,
    }
}

fn digest(hash: Option<Algorithm>, bytes: &[u8]) -> Result<Vec<u8>, AttestationRejection> {
    Ok(match hash {
        Some(Algorithm::SHA1) => Sha1::digest(bytes).to_vec(),
        Some(Algorithm::SHA256) => Sha256::digest(bytes).to_vec(),
        Some(Algorithm::SHA384) => Sha384::digest(bytes).to_vec(),
        Some(Algorithm::SHA512) => Sha512::digest(bytes).to_vec(),
        _ => return Err(AttestationRejection::TpmHashUnsupported),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_comes_wrapped_or_bare() {
        let bare = [0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02];
        assert_eq!(unwrapped(&bare), &bare[..]);
        let wrapped = [0, 0x18, 0, 0x0b, 0, 2, 0, 1, 0, 1, 2];
        assert_eq!(unwrapped(&wrapped), &bare[..]);
        let rsa = [0, 0x14, 0, 0x0b, 0, 2, 0xaa, 0xbb];
        assert_eq!(unwrapped(&rsa), &[0xaa, 0xbb][..]);
    }

    #[test]
    fn keys_are_compared_by_value() {
        let (x, y) = ([0, 0, 7], [8, 9, 10]);
        let credential = KeyParameters::Ec2 {
            crv: 1,
            x: &x,
            y: &y,
        };
        let in_tpm = |curve, x| PublicKey::Ecc { curve, x, y: &y };
        assert!(is_key(&in_tpm(3, &x), &credential));
        assert!(is_key(&in_tpm(3, &[7]), &credential));
        assert!(!is_key(&in_tpm(3, &[7, 0]), &credential));
        assert!(!is_key(&in_tpm(4, &x), &credential));

        let n = [0x81, 3];
        let credential = KeyParameters::Rsa {
            n: &n,
            e: &[1, 0, 1],
        };
        let in_tpm = |key_bits, exponent| PublicKey::Rsa {
            key_bits,
            exponent,
            modulus: &n,
        };
        assert!(is_key(&in_tpm(16, 0), &credential));
        assert!(is_key(&in_tpm(16, 65_537), &credential));
        assert!(!is_key(&in_tpm(16, 3), &credential));
        assert!(!is_key(&in_tpm(15, 0), &credential));
    }
}
