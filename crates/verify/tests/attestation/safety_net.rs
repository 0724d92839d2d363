//! The format `android-safetynet`.

use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::{Problem, Structure};
use passkeep_testkit::attestation::android_safetynet::{AndroidSafetyNet, AndroidSafetyNetDraft};
use passkeep_testkit::certificate::{CertificateAuthority, Extension, oid};
use passkeep_verify::attestation::{AttestationFormat, AttestationType};
use passkeep_verify::rejection::AttestationRejection;
use serde_json::Value as Json;

use crate::{Ceremony, NOW, factory, key, trusted, vendor};

fn answered(authority: CertificateAuthority, milliseconds: u64) -> AndroidSafetyNet {
    AndroidSafetyNet::new(authority, milliseconds)
}

/// At a relying party whose policy has turned the format on.
fn accepting(safety_net: AndroidSafetyNet) -> Ceremony {
    Ceremony::of(safety_net).under(|policy| {
        policy.formats.insert(AttestationFormat::AndroidSafetyNet);
    })
}

fn with(change: impl Fn(&mut AndroidSafetyNetDraft) + Send + Sync + 'static) -> Ceremony {
    accepting(answered(vendor(), NOW.0).with(change))
}

fn saying(member: &'static str, value: impl Into<Json>) -> Ceremony {
    let value = value.into();
    with(move |draft| {
        draft.payload.insert(member.to_owned(), value.clone());
    })
}

#[test]
fn the_format_is_off_by_default_and_on_by_policy() {
    let safety_net = answered(factory(), NOW.0);
    let format = AttestationFormat::AndroidSafetyNet;
    Ceremony::of(safety_net.clone()).refused(AttestationRejection::FormatNotAccepted { format });
    let outcome = accepting(safety_net).accepted(AttestationType::Basic, trusted());
    assert_eq!(outcome.chain[1..], factory().chain);
}

#[test]
fn there_is_a_version() {
    with(|draft| draft.ver.clear()).refused(AttestationRejection::SafetyNetVersion);
}

#[test]
fn the_signature_is_the_certified_keys() {
    let other = key(CoseAlgorithm::RS256, "other");
    with(move |draft| draft.key = Arc::clone(&other))
        .refused(AttestationRejection::SignatureInvalid);
}

#[test]
fn the_certified_key_is_of_a_known_kind() {
    with(|draft| draft.certificate.subject_public_key_info = vec![0x30, 0])
        .refused(AttestationRejection::CertificateKeyUnsupported);
}

#[test]
fn the_answer_is_a_token_with_json_in_it() {
    let structure = Structure::SafetyNetResponse;
    let unsigned = with(|draft| {
        draft.header.insert("alg".into(), "none".into());
    });
    unsigned.malformed(structure, Problem::Unexpected("the token"));
    let without = with(|draft| {
        draft.payload.remove("ctsProfileMatch");
    });
    without.malformed(structure, Problem::NotJson);
    let text = |bytes: &'static [u8]| {
        let ceremony = accepting(answered(vendor(), NOW.0));
        ceremony.changed(|signed| signed.att_stmt.set("response", bytes))
    };
    crate::malformed(text(&[0xff]), structure, Problem::NotUtf8);
    let problem = Problem::Unexpected("the token");
    crate::malformed(text(b"a.b"), structure, problem);
}

#[test]
fn the_nonce_is_of_this_registration() {
    let differs = || AttestationRejection::SafetyNetNonceDiffers;
    saying("nonce", "").refused(differs());
    saying("nonce", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").refused(differs());
    // The same hash without its padding.
    with(|draft| {
        let Some(Json::String(nonce)) = draft.payload.get_mut("nonce") else {
            panic!("no nonce");
        };
        *nonce = nonce.trim_end_matches('=').to_owned();
    })
    .refused(differs());
}

#[test]
fn the_certificate_is_the_services() {
    let differs = || AttestationRejection::SafetyNetHostDiffers;
    // The last one is the parent, which a wildcard would stand for.
    for host in [
        "attest.android.com.example.org",
        "*.android.com",
        "android.com",
    ] {
        with(move |draft| {
            let extension = Extension::alternative_dns_name(host);
            draft.certificate.set_extension(extension);
        })
        .refused(differs());
    }
    // The common name says the host still.
    with(|draft| {
        let oid = oid::SUBJECT_ALTERNATIVE_NAME;
        draft.certificate.remove_extension(oid);
    })
    .refused(differs());
    with(|draft| {
        let extension = Extension::alternative_dns_name("Attest.Android.COM");
        draft.certificate.set_extension(extension);
    })
    .accepted(AttestationType::Basic, trusted());
}

#[test]
fn the_device_passed() {
    saying("ctsProfileMatch", false).refused(AttestationRejection::SafetyNetProfileMismatch);
    // The weaker verdict is not the one that is asked for.
    saying("basicIntegrity", false).accepted(AttestationType::Basic, trusted());
}

#[test]
fn the_answer_is_new() {
    let at = |milliseconds: i64| {
        let made = NOW.0.checked_add_signed(milliseconds).unwrap();
        accepting(answered(vendor(), made))
    };
    for milliseconds in [-60_000, 0, 10_000] {
        at(milliseconds).accepted(AttestationType::Basic, trusted());
    }
    for milliseconds in [-60_001, 10_001] {
        at(milliseconds).refused(AttestationRejection::SafetyNetOutOfDate);
    }
    let patient = at(-61_000).under(|policy| policy.safety_net_lifetime = 61);
    patient.accepted(AttestationType::Basic, trusted());
}
