//! The format `android-key`.

use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_testkit::attestation::android_key::{
    AndroidKey, AndroidKeyDraft, AuthorizationList, KeyDescription,
};
use passkeep_testkit::certificate::{Extension, oid};
use passkeep_testkit::der;
use passkeep_verify::attestation::AttestationType;
use passkeep_verify::rejection::AttestationRejection;
use passkeep_verify::trust::AndroidKeySecurity;

use crate::{Ceremony, factory, key, trusted, vendor};

fn android() -> AndroidKey {
    AndroidKey::new(vendor())
}

fn describing(change: impl Fn(&mut KeyDescription) + Send + Sync + 'static) -> Ceremony {
    Ceremony::of(android().with_description(change))
}

#[track_caller]
fn refused(
    change: impl Fn(&mut AndroidKeyDraft) + Send + Sync + 'static,
    expected: AttestationRejection,
) {
    Ceremony::of(android().with(change)).refused(expected);
}

fn wanting(ceremony: &Ceremony, security: AndroidKeySecurity) -> Ceremony {
    ceremony
        .clone()
        .under(|policy| policy.android_key = security)
}

#[track_caller]
fn accepted(ceremony: &Ceremony) {
    ceremony.accepted(AttestationType::Basic, trusted());
}

#[test]
fn a_statement_is_accepted_with_and_without_its_root() {
    let root = vendor().certificate;
    for alg in [CoseAlgorithm::ES256, CoseAlgorithm::RS256] {
        for authority in [vendor(), factory()] {
            let without = AndroidKey::new(authority);
            let last = root.clone();
            let with = without
                .clone()
                .with(move |draft| draft.chain.push(last.clone()));
            let ceremonies = [without, with].map(|it| Ceremony::of(it).with_algorithm(alg));
            let [shorter, longer] = ceremonies.map(|ceremony| {
                let outcome = ceremony.accepted(AttestationType::Basic, trusted());
                outcome.chain
            });
            assert_eq!(longer.last(), Some(&root));
            assert_eq!(longer[..shorter.len()], shorter);
        }
    }
}

#[test]
fn an_algorithm_is_one_for_statements() {
    let received = CoseAlgorithm::RS1;
    let expected = AttestationRejection::AlgorithmUnsupported { received };
    refused(move |draft| draft.alg = received, expected);
}

#[test]
fn the_signature_is_the_certified_keys_over_this_registration() {
    let invalid = || AttestationRejection::SignatureInvalid;
    refused(|draft| draft.message.push(0), invalid());
    let other = key(CoseAlgorithm::ES256, "other");
    refused(move |draft| draft.key = Arc::clone(&other), invalid());
}

#[test]
fn the_certified_key_is_the_credentials() {
    // Whoever has an attested key cannot vouch for another credential with it.
    let other = key(CoseAlgorithm::ES256, "other");
    refused(
        move |draft| {
            draft.certificate.set_public_key(&other.public_key());
            draft.key = Arc::clone(&other);
        },
        AttestationRejection::CertificateKeyDiffers,
    );
}

#[test]
fn the_certified_key_is_of_a_known_kind() {
    refused(
        |draft| draft.certificate.subject_public_key_info = vec![0x30, 0],
        AttestationRejection::CertificateKeyUnsupported,
    );
}

#[test]
fn the_certificate_describes_the_key() {
    refused(
        |draft| draft.key_description = None,
        AttestationRejection::AndroidKeyDescriptionMissing,
    );
}

#[test]
fn only_the_description_nearest_the_root_counts() {
    // An attested key of the vendor's, which signs a certificate with a description of its holder's invention.
    let attested = vendor().intermediate("attested", |draft| {
        let value = KeyDescription::new(&[0; 32]).to_der();
        let description = Extension::new(oid::ANDROID_KEY_DESCRIPTION, value);
        draft.set_extension(description);
    });
    let position = 1;
    let expected = AttestationRejection::AndroidKeyDescriptionNotNearestRoot { position };
    Ceremony::of(AndroidKey::new(attested.clone())).refused(expected);
    // As far from the root as it may be.
    let lower = attested.intermediate("lower", |_| {});
    let position = 2;
    let expected = AttestationRejection::AndroidKeyDescriptionNotNearestRoot { position };
    Ceremony::of(AndroidKey::new(lower)).refused(expected);
}

#[test]
fn the_challenge_is_the_hash_of_the_client_data() {
    let differs = || AttestationRejection::AndroidChallengeDiffers;
    describing(|description| description.attestation_challenge[31] ^= 1).refused(differs());
    describing(|description| description.attestation_challenge.push(0)).refused(differs());
    describing(|description| description.attestation_challenge.clear()).refused(differs());
}

#[test]
fn a_key_for_all_applications_is_not_accepted_whichever_list_says_so() {
    let all = AuthorizationList::ALL_APPLICATIONS;
    for security in [
        AndroidKeySecurity::Any,
        AndroidKeySecurity::TrustedEnvironment,
    ] {
        let software = describing(move |it| it.software_enforced.set(all, der::null()));
        let hardware = describing(move |it| it.hardware_enforced.set(all, der::null()));
        for ceremony in [software, hardware] {
            let expected = AttestationRejection::AndroidAllApplications;
            wanting(&ceremony, security).refused(expected);
        }
    }
}

#[test]
fn a_key_was_made_in_the_key_store() {
    let differs = || AttestationRejection::AndroidOriginDiffers;
    let imported = AuthorizationList::IMPORTED;
    describing(move |it| it.hardware_enforced.set_origin(imported)).refused(differs());
    describing(|it| it.hardware_enforced.remove(AuthorizationList::ORIGIN)).refused(differs());
    // Both lists count where the key may be anywhere.
    describing(move |it| it.software_enforced.set_origin(imported)).refused(differs());
}

#[test]
fn a_key_is_for_signing() {
    let differs = || AttestationRejection::AndroidPurposeDiffers;
    // For verifying.
    describing(|it| it.hardware_enforced.set_purposes(&[3])).refused(differs());
    describing(|it| it.hardware_enforced.set_purposes(&[])).refused(differs());
    describing(|it| it.hardware_enforced.remove(AuthorizationList::PURPOSE)).refused(differs());
    let several = [3, AuthorizationList::SIGN];
    accepted(&describing(move |it| {
        it.hardware_enforced.set_purposes(&several);
    }));
}

#[test]
fn the_software_list_counts_where_any_key_will_do() {
    let software = describing(|it| {
        let nothing = AuthorizationList::default();
        it.software_enforced = std::mem::replace(&mut it.hardware_enforced, nothing);
    });
    accepted(&software);
    // The hardware enforces nothing of it.
    let strict = wanting(&software, AndroidKeySecurity::TrustedEnvironment);
    strict.refused(AttestationRejection::AndroidOriginDiffers);
    let purpose_only = describing(|it| {
        it.hardware_enforced.remove(AuthorizationList::PURPOSE);
        let sign = [AuthorizationList::SIGN];
        it.software_enforced.set_purposes(&sign);
    });
    accepted(&purpose_only);
    let strict = wanting(&purpose_only, AndroidKeySecurity::TrustedEnvironment);
    strict.refused(AttestationRejection::AndroidPurposeDiffers);
}

#[test]
fn a_policy_says_where_keys_must_be() {
    let levels = [
        (KeyDescription::SOFTWARE, AndroidKeySecurity::Any),
        (
            KeyDescription::TRUSTED_ENVIRONMENT,
            AndroidKeySecurity::TrustedEnvironment,
        ),
        (KeyDescription::STRONG_BOX, AndroidKeySecurity::StrongBox),
    ];
    for (attestation, attestation_is) in levels {
        for (key_store, key_store_is) in levels {
            let ceremony = describing(move |it| {
                it.attestation_security_level = attestation;
                it.keymint_security_level = key_store;
            });
            for (_, wanted) in levels {
                let ceremony = wanting(&ceremony, wanted);
                let received = attestation_is.min(key_store_is);
                if received >= wanted {
                    accepted(&ceremony);
                } else {
                    let received = received as u8;
                    ceremony.refused(AttestationRejection::AndroidSecurityLevel { received });
                }
            }
        }
    }
}
