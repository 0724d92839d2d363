//! What formats demand of their attestation certificates.

use der::Tag;
use passkeep_protocol::{Malformed, Problem, Structure};

use super::{Context, ensure};
use crate::asn1::Der;
use crate::certificate::{Certificate, ObjectIdentifier, oid};
use crate::rejection::{AttestationRejection, VerifyError};
use crate::trust::EnterpriseAttestation;

/// Reads every certificate of a statement: each must be one, whether it is needed or not.
pub(super) fn read_chain<'a>(x5c: &[&'a [u8]]) -> Result<Vec<Certificate<'a>>, Malformed> {
    x5c.iter().map(|der| Certificate::parse(der)).collect()
}

/// The attestation certificate: the first one.
pub(super) fn leaf<'c, 'a>(chain: &'c [Certificate<'a>]) -> Result<&'c Certificate<'a>, Malformed> {
    chain.first().ok_or_else(|| {
        let problem = Problem::Missing("a certificate");
        Malformed::new(Structure::AttestationStatement, 0, problem)
    })
}

/// Version 3, and not a certificate authority. [L3 §8.2.1] and [L3 §8.3.1]
///
/// [L3 §8.2.1]: https://www.w3.org/TR/webauthn-3/#sctn-packed-attestation-cert-requirements
/// [L3 §8.3.1]: https://www.w3.org/TR/webauthn-3/#sctn-tpm-cert-requirements
pub(super) fn end_entity(certificate: &Certificate<'_>) -> Result<(), VerifyError> {
    let received = certificate.version();
    ensure(received == 3, || AttestationRejection::CertificateVersion {
        received,
    })?;
    let constraints = certificate.basic_constraints()?;
    let end_entity = constraints.is_some_and(|constraints| !constraints.ca);
    ensure(end_entity, || AttestationRejection::CertificateNotEndEntity)?;
    Ok(())
}

impl Context<'_> {
    /// The extensions that FIDO defines. [L3 §8.2, "If attestnCert contains an extension with OID"], [L3 §8.2.1] and
    /// [L3 §8.2.2]
    ///
    /// [L3 §8.2, "If attestnCert contains an extension with OID"]: https://www.w3.org/TR/webauthn-3/#sctn-packed-attestation
    /// [L3 §8.2.1]: https://www.w3.org/TR/webauthn-3/#sctn-packed-attestation-cert-requirements
    /// [L3 §8.2.2]: https://www.w3.org/TR/webauthn-3/#sctn-enterprise-packed-attestation-cert-requirements
    pub(super) fn fido_extensions(&self, certificate: &Certificate<'_>) -> Result<(), VerifyError> {
        let own = [
            oid::FIDO_AAGUID,
            oid::FIDO_FIRMWARE_VERSION,
            oid::FIDO_SERIAL_NUMBER,
        ];
        let mut extensions = certificate.extensions().iter();
        let critical = extensions.any(|found| found.critical && own.contains(&found.oid));
        ensure(!critical, || AttestationRejection::ExtensionCritical)?;

        // The value is an OCTET STRING inside the extension's own.
        let aaguid = content(certificate, oid::FIDO_AAGUID, Tag::OctetString)?;
        let same = aaguid.is_none_or(|aaguid| aaguid == self.attested.credential.aaguid);
        ensure(same, || AttestationRejection::AaguidDiffers)?;

        let firmware = content(certificate, oid::FIDO_FIRMWARE_VERSION, Tag::Integer)?;
        if firmware.is_some_and(|version| crate::asn1::magnitude(version).is_none()) {
            return Err(VerifyError::Malformed(Malformed::new(
                Structure::Certificate,
                0,
                Problem::Unexpected("the firmware version"),
            )));
        }

        let serial = content(certificate, oid::FIDO_SERIAL_NUMBER, Tag::OctetString)?;
        let expected = self.policy.enterprise == EnterpriseAttestation::Expected;
        ensure(serial.is_none() || expected, || {
            AttestationRejection::SerialNumberUnexpected
        })?;
        Ok(())
    }
}

/// The content of the one element that an extension's value is.
pub(super) fn content<'a>(
    certificate: &Certificate<'a>,
    oid: ObjectIdentifier,
    tag: Tag,
) -> Result<Option<&'a [u8]>, Malformed> {
    let Some(extension) = certificate.extension(oid) else {
        return Ok(None);
    };
    let mut value = Der::new(Structure::Certificate, extension.value);
    let element = value.element(tag, "an extension's value")?;
    value.finish()?;
    Ok(Some(element.value))
}
