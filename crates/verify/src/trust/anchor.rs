//! Trust anchors: certificates that are believed without asking anyone.

use core::fmt;
use std::sync::Arc;

use passkeep_protocol::Malformed;
use passkeep_protocol::cose::KeyParameters;

use super::pem;
use crate::attestation::AttestationFormat;
use crate::certificate::{Certificate, Name, key_of};
use crate::values::Timestamp;

/// A certificate that is believed without asking anyone: a root, an intermediate one, or an attestation certificate itself.
///
/// It is read once, when it is made; a clone is cheap.
#[derive(Clone)]
pub struct TrustAnchor(Arc<Anchor>);

#[derive(Clone)]
struct Anchor {
    der: Vec<u8>,
    fingerprint: [u8; 32],
    subject: Vec<u8>,
    public_key_info: Vec<u8>,
    not_before: Timestamp,
    not_after: Timestamp,
    may_issue: bool,
    path_length: Option<u64>,
    /// `None` stands for every format.
    formats: Option<Vec<AttestationFormat>>,
    aaguid: Option<[u8; 16]>,
}

impl TrustAnchor {
    /// Takes a certificate, as an anchor for every format.
    ///
    /// It vouches for other certificates if it says that it may, or if it is a root without `basicConstraints`, as some
    /// vendors' are; any other vouches for itself only.
    ///
    /// # Errors
    ///
    /// What [`Certificate::parse`] finds, in the certificate and in its `basicConstraints`.
    ///
    /// ```
    /// use passkeep_verify::trust::{BuiltInRoot, TrustAnchor, pem};
    ///
    /// let der = pem::decode(BuiltInRoot::ALL[0].pem).unwrap().remove(0);
    /// let anchor = TrustAnchor::from_der(der).unwrap();
    /// assert_eq!(anchor.fingerprint(), &BuiltInRoot::ALL[0].sha256);
    /// ```
    pub fn from_der(der: impl Into<Vec<u8>>) -> Result<Self, Malformed> {
        let der = der.into();
        let certificate = Certificate::parse(&der)?;
        let constraints = certificate.basic_constraints()?;
        let anchor = Anchor {
            fingerprint: certificate.fingerprint(),
            subject: certificate.subject().der().to_vec(),
            public_key_info: certificate.public_key_info().to_vec(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            may_issue: constraints.map_or(certificate.is_self_issued(), |found| found.ca),
            path_length: constraints.and_then(|found| found.path_length),
            formats: None,
            aaguid: None,
            der,
        };
        Ok(Self(Arc::new(anchor)))
    }

    /// Takes every certificate in a PEM text, as anchors for every format.
    ///
    /// # Errors
    ///
    /// What [`pem::decode`] and [`TrustAnchor::from_der`] find.
    ///
    /// ```
    /// use passkeep_verify::trust::{BuiltInRoot, TrustAnchor};
    ///
    /// // Two roots in one text, as in a bundle.
    /// let text = [BuiltInRoot::ALL[0].pem, BuiltInRoot::ALL[1].pem].concat();
    /// let anchors = TrustAnchor::from_pem(&text).unwrap();
    /// assert_eq!(anchors.len(), 2);
    /// assert!(anchors[0].may_issue());
    /// ```
    pub fn from_pem(text: &str) -> Result<Vec<Self>, Malformed> {
        pem::decode(text)?.into_iter().map(Self::from_der).collect()
    }

    /// The same anchor for these formats only: a root of the web's certificates may vouch for a SafetyNet response and for
    /// nothing else.
    #[must_use]
    pub fn for_formats(self, formats: impl Into<Vec<AttestationFormat>>) -> Self {
        self.changed(|anchor| anchor.formats = Some(formats.into()))
    }

    /// The same anchor for one model only, as metadata names it.
    #[must_use]
    pub fn for_aaguid(self, aaguid: [u8; 16]) -> Self {
        self.changed(|anchor| anchor.aaguid = Some(aaguid))
    }

    fn changed(self, change: impl FnOnce(&mut Anchor)) -> Self {
        let mut anchor = Arc::unwrap_or_clone(self.0);
        change(&mut anchor);
        Self(Arc::new(anchor))
    }

    /// The certificate.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// SHA-256 of the certificate.
    #[must_use]
    pub fn fingerprint(&self) -> &[u8; 32] {
        &self.0.fingerprint
    }

    /// Whom it is about.
    #[must_use]
    pub fn subject(&self) -> Name<'_> {
        Name::checked(&self.0.subject)
    }

    /// Its public key, or `None` when no signature algorithm here is for it.
    #[must_use]
    pub fn public_key(&self) -> Option<KeyParameters<'_>> {
        key_of(&self.0.public_key_info)
    }

    /// Whether it may vouch for other certificates.
    #[must_use]
    pub fn may_issue(&self) -> bool {
        self.0.may_issue
    }

    /// How many intermediate certificates may follow at most.
    #[must_use]
    pub fn path_length(&self) -> Option<u64> {
        self.0.path_length
    }

    /// Whether the time is within its validity.
    #[must_use]
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        // The last second counts to its end.
        (self.0.not_before..=self.0.not_after.plus_milliseconds(999)).contains(&now)
    }

    /// Whether it vouches for attestations of that format and that model.
    #[must_use]
    pub fn is_for(&self, format: AttestationFormat, aaguid: &[u8; 16]) -> bool {
        let formats = self.0.formats.as_ref();
        formats.is_none_or(|formats| formats.contains(&format))
            && self.0.aaguid.is_none_or(|only| only == *aaguid)
    }
}

impl PartialEq for TrustAnchor {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for TrustAnchor {}

impl fmt::Debug for TrustAnchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrustAnchor({})", self.subject())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::BuiltInRoot;

    fn anchor(name: &str) -> TrustAnchor {
        let root = BuiltInRoot::ALL
            .iter()
            .find(|root| root.subject.contains(name));
        TrustAnchor::from_pem(root.unwrap().pem).unwrap().remove(0)
    }

    #[test]
    fn constraints_say_what_an_anchor_may_do() {
        let yubico = anchor("Yubico U2F Root");
        assert_eq!((yubico.may_issue(), yubico.path_length()), (true, Some(0)));
        // A root of version 1 has no constraints at all.
        let nitrokey = anchor("Nitrokey GmbH");
        assert_eq!((nitrokey.may_issue(), nitrokey.path_length()), (true, None));
    }

    #[test]
    fn an_anchor_is_for_what_it_was_made_for() {
        let (a, b) = ([1; 16], [2; 16]);
        let any = anchor("Apple WebAuthn");
        assert!(any.is_for(AttestationFormat::Packed, &a));
        let apple = any.for_formats([AttestationFormat::Apple]);
        assert!(apple.is_for(AttestationFormat::Apple, &a));
        assert!(!apple.is_for(AttestationFormat::Packed, &a));
        let model = apple.for_aaguid(a);
        assert!(model.is_for(AttestationFormat::Apple, &a));
        assert!(!model.is_for(AttestationFormat::Apple, &b));
    }

    #[test]
    fn validity_ends_with_its_last_second() {
        let apple = anchor("Apple WebAuthn");
        let end = 2_373_148_800_000;
        assert!(apple.is_valid_at(Timestamp(end + 999)));
        assert!(!apple.is_valid_at(Timestamp(end + 1000)));
        assert!(apple.is_valid_at(Timestamp(1_584_555_692_000)));
        assert!(!apple.is_valid_at(Timestamp(1_584_555_691_999)));
    }
}
