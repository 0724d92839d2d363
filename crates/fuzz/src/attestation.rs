//! What vendors write into extensions of attestation certificates. The certificate is signed over the input, so that it is
//! read; the first byte chooses the extension.

use std::sync::{Arc, LazyLock};

use passkeep_protocol::Structure;
use passkeep_testkit::attestation::AttestationFormat;
use passkeep_testkit::attestation::android_key::AndroidKey;
use passkeep_testkit::attestation::apple::Apple;
use passkeep_testkit::attestation::packed::Packed;
use passkeep_testkit::attestation::tpm::Tpm;
use passkeep_testkit::certificate::{Extension, oid};
use passkeep_testkit::registration::RegistrationDraft;
use passkeep_verify::VerifyError;
use passkeep_verify::certificate::ObjectIdentifier;

use crate::ceremony::{AUTHORITY, register, registration_draft};

/// The extensions that formats read of their certificates.
pub(crate) const EXTENSIONS: [ObjectIdentifier; 6] = [
    oid::ANDROID_KEY_DESCRIPTION,
    oid::APPLE_NONCE,
    oid::FIDO_AAGUID,
    oid::BASIC_CONSTRAINTS,
    oid::SUBJECT_ALTERNATIVE_NAME,
    oid::EXTENDED_KEY_USAGE,
];

/// Everything but the attestation, which no other part depends on.
static DRAFT: LazyLock<RegistrationDraft> =
    LazyLock::new(|| registration_draft(Arc::new(Packed::new(AUTHORITY.clone()))));

/// Attestation with that extension in the certificate.
fn format(extension: Extension) -> Arc<dyn AttestationFormat> {
    let authority = AUTHORITY.clone();
    let oid = extension.oid;
    let set = move |certificate: &mut passkeep_testkit::certificate::CertificateDraft| {
        certificate.set_extension(extension.clone());
    };
    if oid == oid::ANDROID_KEY_DESCRIPTION {
        Arc::new(AndroidKey::new(authority).with(move |draft| {
            // It would be written over the other.
            draft.key_description = None;
            set(&mut draft.certificate);
        }))
    } else if oid == oid::APPLE_NONCE {
        Arc::new(Apple::new(authority).with(move |draft| set(&mut draft.certificate)))
    } else if oid == oid::SUBJECT_ALTERNATIVE_NAME || oid == oid::EXTENDED_KEY_USAGE {
        Arc::new(Tpm::new(authority).with(move |draft| set(&mut draft.certificate)))
    } else {
        Arc::new(Packed::new(authority).with(move |draft| set(&mut draft.certificate)))
    }
}

pub(crate) fn attestation_certificate(input: &[u8]) {
    let Some((index, value)) = input.split_first() else {
        return;
    };
    let oid = EXTENSIONS[usize::from(*index) % EXTENSIONS.len()];
    let draft = DRAFT.clone();
    let extension = Extension::new(oid, value.to_vec());
    let response = draft.with(|draft| draft.attestation = format(extension));
    match register(&response.into_response()) {
        Ok(_) => assert!(!value.is_empty()),
        Err(VerifyError::Malformed(malformed)) => {
            let expected = [Structure::Certificate, Structure::KeyDescription];
            assert!(expected.contains(&malformed.structure), "{malformed}");
            if malformed.structure == Structure::KeyDescription {
                assert!(malformed.offset <= value.len(), "{malformed}");
            }
        }
        Err(_) => {}
    }
}
