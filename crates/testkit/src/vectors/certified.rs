//! The certificates of the vectors.

use std::sync::Arc;

use super::recipe::Attestation;
use crate::attestation::AttestationFormat;
use crate::attestation::android_key::{AndroidKey, AuthorizationList, KeyDescription};
use crate::attestation::apple::Apple;
use crate::attestation::fido_u2f::FidoU2f;
use crate::attestation::packed::Packed;
use crate::attestation::tpm::{Tpm, device_name};
use crate::certificate::{CertificateAuthority, CertificateDraft, Extension, Name, Time, oid};
use crate::draws::Draws;
use crate::signing::ecdsa::ES256;
use crate::signing::{Algorithm as _, PrivateKey};

/// 2024-01-01T00:00:00Z.
const NOT_BEFORE: i64 = 1_704_067_200;
/// 3024-01-01T00:00:00Z.
const NOT_AFTER: i64 = 33_260_976_000;

pub(super) fn attestation_root() -> CertificateAuthority {
    let mut draws = Draws::new(b"WebAuthn test vectors", "Attestation CA");
    let key = ES256.generate(&mut draws);
    CertificateAuthority::with_key(key, |draft| {
        publish(draft, "Authenticator Attestation CA");
        draft.issuer = draft.subject.clone();
        draft.serial_number = draws.bytes(16);
        let usage = [Extension::KEY_CERT_SIGN, Extension::CRL_SIGN];
        draft.set_extension(Extension::key_usage(&usage));
    })
}

/// The format, with the values it draws: an attestation key where the credential's own is not the certified one, and the
/// serial number.
pub(super) fn format(
    attestation: Attestation,
    draws: &mut Draws,
) -> Option<Arc<dyn AttestationFormat>> {
    let authority = attestation_root();
    let has_key = matches!(
        attestation,
        Attestation::Packed | Attestation::Tpm | Attestation::FidoU2f
    );
    let key = has_key.then(|| ES256.generate(draws));
    let serial_number = draws.bytes(16);
    let leaf = move |draft: &mut CertificateDraft| {
        publish(draft, "Authenticator Attestation");
        draft.serial_number.clone_from(&serial_number);
    };
    match attestation {
        Attestation::None | Attestation::PackedSelf => None,
        Attestation::Packed => Some(Arc::new(packed(authority, key?, leaf))),
        Attestation::Tpm => Some(Arc::new(tpm(authority, key?, leaf))),
        Attestation::FidoU2f => Some(Arc::new(fido_u2f(authority, key?, leaf))),
        Attestation::Apple => {
            let apple = Apple::new(authority).with(move |draft| leaf(&mut draft.certificate));
            Some(Arc::new(apple))
        }
        Attestation::AndroidKey => Some(Arc::new(android_key(authority, false, leaf))),
        Attestation::AndroidKeyRepaired => Some(Arc::new(android_key(authority, true, leaf))),
    }
}

/// What all certificates of the vectors have in common.
fn publish(draft: &mut CertificateDraft, organizational_unit: &str) {
    let mut name = Name::default();
    name.set(oid::COMMON_NAME, "WebAuthn test vectors");
    name.set(oid::ORGANIZATION, "W3C");
    name.set(oid::ORGANIZATIONAL_UNIT, organizational_unit);
    name.set(oid::COUNTRY, "AA");
    draft.subject = name;
    draft.not_before = Time::from_unix(NOT_BEFORE);
    draft.not_after = Time::from_unix(NOT_AFTER);
}

fn packed(
    authority: CertificateAuthority,
    key: Arc<dyn PrivateKey>,
    leaf: impl Fn(&mut CertificateDraft) + Send + Sync + 'static,
) -> Packed {
    let packed = Packed::new(authority).with(move |draft| {
        leaf(&mut draft.certificate);
        draft.certificate.remove_extension(oid::FIDO_AAGUID);
    });
    Packed { key, ..packed }
}

fn tpm(
    authority: CertificateAuthority,
    key: Arc<dyn PrivateKey>,
    leaf: impl Fn(&mut CertificateDraft) + Send + Sync + 'static,
) -> Tpm {
    let tpm = Tpm::new(authority).with(move |draft| {
        leaf(&mut draft.certificate);
        draft.certificate.subject = Name::default();
        let device = device_name("id:00000000", "WebAuthn test vectors", "id:00000000");
        let device = Extension::alternative_directory_name(&device);
        draft.certificate.set_extension(device);
    });
    Tpm { key, ..tpm }
}

fn fido_u2f(
    authority: CertificateAuthority,
    key: Arc<dyn PrivateKey>,
    leaf: impl Fn(&mut CertificateDraft) + Send + Sync + 'static,
) -> FidoU2f {
    let fido_u2f = FidoU2f::new(authority).with(move |draft| leaf(&mut draft.certificate));
    FidoU2f { key, ..fido_u2f }
}

fn android_key(
    authority: CertificateAuthority,
    repaired: bool,
    leaf: impl Fn(&mut CertificateDraft) + Send + Sync + 'static,
) -> AndroidKey {
    let android_key = AndroidKey::new(authority).with(move |draft| leaf(&mut draft.certificate));
    android_key.with_description(move |description| {
        description.attestation_security_level = KeyDescription::SOFTWARE;
        description.keymint_version = 0;
        description.keymint_security_level = KeyDescription::SOFTWARE;
        description.hardware_enforced = AuthorizationList::default();
        if repaired {
            let enforced = &mut description.hardware_enforced;
            enforced.set_purposes(&[AuthorizationList::SIGN]);
            enforced.set_origin(AuthorizationList::GENERATED);
        }
    })
}
