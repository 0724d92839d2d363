//! The format `tpm`: the statement. Its certificate's profile is in [`crate::tpm_certificate`].

use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_testkit::attestation::tpm::{
    CertInfo, HashAlgorithm, PublicArea, PublicId, PublicParameters, TPM_ALG_NULL, Tpm, TpmDraft,
};
use passkeep_testkit::cbor::Value;
use passkeep_verify::attestation::AttestationType;
use passkeep_verify::rejection::AttestationRejection;

use crate::{Ceremony, factory, key, trusted, vendor};

pub(crate) fn tpm() -> Tpm {
    Tpm::new(vendor())
}

#[track_caller]
fn refused(change: impl Fn(&mut TpmDraft) + Send + Sync + 'static, expected: AttestationRejection) {
    Ceremony::of(tpm().with(change)).refused(expected);
}

/// An RSA credential in a TPM.
#[track_caller]
fn rsa_refused(
    change: impl Fn(&mut PublicArea) + Send + Sync + 'static,
    expected: AttestationRejection,
) {
    let tpm = tpm().with(move |draft| change(&mut draft.pub_area));
    let ceremony = Ceremony::of(tpm).with_algorithm(CoseAlgorithm::RS256);
    ceremony.refused(expected);
}

const NAME_ALGORITHMS: [HashAlgorithm; 4] = [
    HashAlgorithm::Sha1,
    HashAlgorithm::Sha256,
    HashAlgorithm::Sha384,
    HashAlgorithm::Sha512,
];

#[test]
fn keys_on_every_curve_and_of_rsa_are_accepted_under_names_of_every_hash() {
    for algorithm in [
        CoseAlgorithm::ES256,
        CoseAlgorithm::ES384,
        CoseAlgorithm::ES512,
        CoseAlgorithm::RS256,
    ] {
        for name_algorithm in NAME_ALGORITHMS {
            let tpm = Tpm {
                name_algorithm,
                ..tpm()
            };
            let ceremony = Ceremony::of(tpm).with_algorithm(algorithm);
            ceremony.accepted(AttestationType::AttCa, trusted());
        }
    }
}

#[test]
fn attestation_keys_of_every_algorithm_of_tpms_are_accepted() {
    for alg in [
        CoseAlgorithm::ES256,
        CoseAlgorithm::ES384,
        CoseAlgorithm::ES512,
        CoseAlgorithm::RS1,
        CoseAlgorithm::RS256,
        CoseAlgorithm::RS384,
        CoseAlgorithm::RS512,
        CoseAlgorithm::PS256,
        CoseAlgorithm::PS384,
        CoseAlgorithm::PS512,
    ] {
        let tpm = Tpm {
            key: key(alg, "tpm"),
            ..tpm()
        };
        Ceremony::of(tpm).accepted(AttestationType::AttCa, trusted());
    }
}

#[test]
fn the_chain_is_kept_as_it_came() {
    let outcome = Ceremony::of(Tpm::new(factory())).accepted(AttestationType::AttCa, trusted());
    assert_eq!(outcome.chain[1..], factory().chain);
}

#[track_caller]
fn accepted_wrapped(alg: CoseAlgorithm, wrap: impl FnOnce(&[u8]) -> Vec<u8>) {
    let tpm = Tpm {
        key: key(alg, "tpm"),
        ..tpm()
    };
    let outcome = Ceremony::of(tpm).changed(|signed| {
        let Some(Value::Bytes(sig)) = signed.att_stmt.get("sig") else {
            panic!("no signature");
        };
        let wrapped = wrap(sig);
        signed.att_stmt.set("sig", &wrapped[..]);
    });
    assert_eq!(outcome.unwrap().attestation(), AttestationType::AttCa);
}

#[test]
fn a_signature_may_come_as_the_tpm_wrote_it() {
    let sized = |number: &[u8]| {
        let length = u16::try_from(number.len()).unwrap();
        [&length.to_be_bytes(), number].concat()
    };
    // TPM_ALG_RSASSA and TPM_ALG_SHA256.
    accepted_wrapped(CoseAlgorithm::RS256, |sig| {
        [&[0, 0x14, 0, 0x0b], &sized(sig)[..]].concat()
    });
    // TPM_ALG_ECDSA and TPM_ALG_SHA256. A DER signature has r after four bytes, and s two bytes after r.
    accepted_wrapped(CoseAlgorithm::ES256, |sig| {
        let (r, s) = sig[4..].split_at(usize::from(sig[3]));
        [&[0, 0x18, 0, 0x0b], &sized(r)[..], &sized(&s[2..])].concat()
    });
}

#[test]
fn the_version_is_2_0() {
    for ver in ["1.2", "2.0 ", ""] {
        refused(
            move |draft| draft.ver = ver.to_owned(),
            AttestationRejection::TpmVersion,
        );
    }
}

#[test]
fn the_tpms_key_is_the_credentials() {
    let differs = || AttestationRejection::TpmKeyDiffers;
    // A coordinate, and a curve.
    refused(
        |draft| {
            if let PublicId::Ecc { x, .. } = &mut draft.pub_area.unique {
                x[31] ^= 1;
            }
        },
        differs(),
    );
    refused(
        |draft| {
            if let PublicId::Ecc { y, .. } = &mut draft.pub_area.unique {
                y[0] ^= 1;
            }
        },
        differs(),
    );
    refused(
        |draft| {
            if let PublicParameters::Ecc { curve_id, .. } = &mut draft.pub_area.parameters {
                *curve_id = 4;
            }
        },
        differs(),
    );
    // A modulus, its length and the exponent.
    rsa_refused(
        |area| {
            if let PublicId::Rsa(modulus) = &mut area.unique {
                modulus[9] ^= 1;
            }
        },
        differs(),
    );
    rsa_refused(
        |area| {
            if let PublicParameters::Rsa { key_bits, .. } = &mut area.parameters {
                *key_bits = 2047;
            }
        },
        differs(),
    );
    rsa_refused(
        |area| {
            if let PublicParameters::Rsa { exponent, .. } = &mut area.parameters {
                *exponent = 3;
            }
        },
        differs(),
    );
    // A key of another type.
    let rsa = PublicArea::of_key(
        &key(CoseAlgorithm::RS256, "other").public_key(),
        HashAlgorithm::Sha256,
    );
    refused(move |draft| draft.pub_area = rsa.clone(), differs());
}

#[test]
fn an_algorithm_is_one_for_statements() {
    let received = CoseAlgorithm(-65_000);
    let expected = AttestationRejection::AlgorithmUnsupported { received };
    refused(move |draft| draft.alg = received, expected);
}

#[test]
fn the_signature_is_the_certified_keys_over_what_came() {
    let other = key(CoseAlgorithm::ES256, "other");
    refused(
        move |draft| draft.key = Arc::clone(&other),
        AttestationRejection::SignatureInvalid,
    );
    let outcome = Ceremony::of(tpm()).changed(|signed| {
        let Some(Value::Bytes(cert_info)) = signed.att_stmt.get("certInfo") else {
            panic!("no certInfo");
        };
        let mut changed = cert_info.clone();
        // The firmware version, which nothing else looks at.
        let at = changed.len() - 40;
        changed[at] ^= 1;
        signed.att_stmt.set("certInfo", &changed[..]);
    });
    crate::refused(outcome, AttestationRejection::SignatureInvalid);
}

#[test]
fn what_is_signed_is_a_tpms_own() {
    refused(
        |draft| draft.cert_info.magic = CertInfo::GENERATED ^ 1,
        AttestationRejection::TpmMagicDiffers,
    );
}

#[test]
fn what_is_signed_is_about_a_key() {
    // A quote and a time stamp.
    for other in [0x8018, 0x8019] {
        refused(
            move |draft| draft.cert_info.attestation_type = other,
            AttestationRejection::TpmTypeDiffers,
        );
    }
}

#[test]
fn what_is_signed_is_about_this_registration() {
    let differs = || AttestationRejection::TpmExtraDataDiffers;
    refused(|draft| draft.cert_info.extra_data[31] ^= 1, differs());
    refused(|draft| draft.cert_info.extra_data.push(0), differs());
    refused(|draft| draft.cert_info.extra_data.clear(), differs());
    // The hash is that of the signature's algorithm, whatever names objects.
    let sha_256 = Tpm {
        key: key(CoseAlgorithm::ES384, "tpm"),
        ..tpm()
    };
    let shorter = sha_256.with(|draft| draft.cert_info.extra_data.truncate(32));
    Ceremony::of(shorter).refused(differs());
}

#[test]
fn what_is_signed_names_the_key() {
    let differs = || AttestationRejection::TpmNameDiffers;
    // The number of the hash, and the hash.
    for byte in [1, 33] {
        refused(
            move |draft| {
                let mut name = draft.pub_area.name();
                name[byte] ^= 1;
                draft.cert_info.attested_name = Some(name);
            },
            differs(),
        );
    }
    // The name of the same area by another hash, and no name.
    refused(
        |draft| {
            let mut area = draft.pub_area.clone();
            area.name_alg = HashAlgorithm::Sha1.id();
            draft.cert_info.attested_name = Some(area.name());
        },
        differs(),
    );
    refused(
        |draft| draft.cert_info.attested_name = Some(Vec::new()),
        differs(),
    );
    // What may be done with the key is named with it.
    refused(
        |draft| {
            draft.cert_info.attested_name = Some(draft.pub_area.name());
            draft.pub_area.object_attributes ^= 1;
        },
        differs(),
    );
}

#[test]
fn hashes_are_those_of_tpm_attestation() {
    let unsupported = || AttestationRejection::TpmHashUnsupported;
    // None, and SM3-256.
    for name_alg in [TPM_ALG_NULL, 0x0012] {
        refused(
            move |draft| draft.pub_area.name_alg = name_alg,
            unsupported(),
        );
    }
    // An algorithm that hashes inside.
    let edwards = Tpm {
        key: key(CoseAlgorithm::ED25519, "tpm"),
        ..tpm()
    };
    Ceremony::of(edwards).refused(unsupported());
}
