//! `android-safetynet`, which is off unless the policy turns it on.

use passkeep_testkit::attestation::android_safetynet::AndroidSafetyNet;
use passkeep_testkit::certificate::{Extension, oid};
use passkeep_verify::attestation::{AttestationFormat, AttestationType};
use passkeep_verify::rejection::AttestationRejection;
use serde_json::json;

use crate::{NOW, Setup, refuses, vendor};

fn on() -> Setup {
    Setup::with_policy(|policy| {
        policy.formats.insert(AttestationFormat::AndroidSafetyNet);
    })
}

fn response() -> AndroidSafetyNet {
    AndroidSafetyNet::new(vendor(), NOW.0)
}

#[test]
fn the_format_is_accepted_only_where_the_policy_names_it() {
    let format = AttestationFormat::AndroidSafetyNet;
    refuses(
        response(),
        AttestationRejection::FormatNotAccepted { format },
    );
    let outcome = on().accepts(response(), AttestationType::Basic);
    assert!(outcome.proves_aaguid());
}

#[test]
fn the_response_has_a_version() {
    let other = response().with(|draft| draft.ver.clear());
    on().refuses(other, AttestationRejection::SafetyNetVersion);
}

#[test]
fn the_service_signed_it() {
    let foreign = AndroidSafetyNet::new(vendor(), NOW.0).key;
    let other = response().with(move |draft| {
        // A certificate for another key than the one that signs.
        draft.certificate.set_public_key(&vendor().key.public_key());
        draft.key = foreign.clone();
    });
    on().refuses(other, AttestationRejection::SignatureInvalid);
}

#[test]
fn the_certificate_is_the_services() {
    let other = response().with(|draft| {
        let extension = Extension::alternative_dns_name("attest.example.org");
        draft.certificate.set_extension(extension);
    });
    on().refuses(other, AttestationRejection::SafetyNetHostDiffers);
    // The common name is not looked at.
    let named = response().with(|draft| {
        draft
            .certificate
            .remove_extension(oid::SUBJECT_ALTERNATIVE_NAME);
    });
    on().refuses(named, AttestationRejection::SafetyNetHostDiffers);
}

#[test]
fn the_response_is_about_this_registration() {
    let other = response().with(|draft| {
        draft.payload.insert("nonce".into(), json!("AAAA"));
    });
    on().refuses(other, AttestationRejection::SafetyNetNonceDiffers);
}

#[test]
fn the_device_passed() {
    let failed = response().with(|draft| {
        draft.payload.insert("ctsProfileMatch".into(), json!(false));
    });
    on().refuses(failed, AttestationRejection::SafetyNetProfileMismatch);
}

#[test]
fn the_response_is_of_now() {
    let at = |milliseconds| AndroidSafetyNet::new(vendor(), milliseconds);
    on().accepts(at(NOW.0 - 60_000), AttestationType::Basic);
    let rejection = AttestationRejection::SafetyNetOutOfDate;
    on().refuses(at(NOW.0 - 60_001), rejection.clone());
    on().accepts(at(NOW.0 + 10_000), AttestationType::Basic);
    on().refuses(at(NOW.0 + 10_001), rejection);
    let patient = Setup {
        policy: {
            let mut policy = on().policy;
            policy.safety_net_lifetime = 600;
            policy
        },
        ..Setup::default()
    };
    patient.accepts(at(NOW.0 - 600_000), AttestationType::Basic);
}
