//! Who may sign metadata BLOBs.

use passkeep_protocol::Malformed;
use passkeep_protocol::cose::KeyParameters;

use super::GRACE;
use super::error::MetadataError;
use crate::algorithm::CryptoProvider;
use crate::certificate::path::{self, PathRules};
use crate::certificate::{Certificate, GeneralName, ObjectIdentifier, oid};
use crate::revocation::{PathKind, Revocation};
use crate::trust::{ExpiredAnchors, TrustAnchor};
use crate::values::Timestamp;

/// The host that the FIDO Alliance's signer has a certificate for.
pub const MDS_HOST: &str = "mds.fidoalliance.org";

/// GlobalSign Root CA - R3 and GlobalSign Root R46, published at <https://secure.globalsign.com/cacert/>. The service's
/// path ended at the former until August 2026, and ends at the latter since.
const BUILT_IN: [&str; 2] = [
    include_str!("../trust/roots/globalsign-root-r3.pem"),
    include_str!("../trust/roots/globalsign-root-r46.pem"),
];

/// Critical extensions that cannot widen what a certificate is for.
const UNDERSTOOD: [ObjectIdentifier; 2] = [oid::CERTIFICATE_POLICIES, oid::CRL_DISTRIBUTION_POINTS];

/// Who may sign metadata BLOBs, and for how long they are used. The default is the FIDO Alliance.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MetadataSigner {
    roots: Vec<TrustAnchor>,
    host: String,
    /// Lists about the certificates on the signer's path.
    pub revocation: Revocation,
    /// How long a BLOB is used after the next one was due, in seconds; [`GRACE`] by default.
    pub grace: u32,
}

impl Default for MetadataSigner {
    fn default() -> Self {
        // The built-in roots can be read: a test reads them.
        let roots = BUILT_IN.iter().flat_map(|text| TrustAnchor::from_pem(text));
        Self::new(roots.flatten().collect(), MDS_HOST)
    }
}

impl MetadataSigner {
    /// Another signer: pinned roots, and the host its certificate is for.
    ///
    /// The host is asked for even of one's own roots: a public root certifies many, and only the host tells the metadata
    /// service from everybody else who has a certificate below it.
    #[must_use]
    pub fn new(roots: Vec<TrustAnchor>, host: &str) -> Self {
        Self {
            roots,
            host: host.to_owned(),
            revocation: Revocation::default(),
            grace: GRACE,
        }
    }

    /// Judges the signer's certificate, which is the first, and returns its key.
    pub(super) fn key<'a>(
        &self,
        certificates: &[Certificate<'a>],
        crypto: &CryptoProvider,
        now: Timestamp,
    ) -> Result<KeyParameters<'a>, MetadataError> {
        let rules = PathRules {
            anchors: &self.roots,
            expired_anchors: ExpiredAnchors::Refuse,
            understood: &UNDERSTOOD,
            now,
        };
        // What comes after the certificate that a root signed is not looked at: the service sends a cross certificate for
        // those who know only the older root.
        let path = path::validate(certificates, &rules, crypto);
        let path = path.map_err(|_| MetadataError::SignerUntrusted)?;
        let signer = certificates.first().ok_or(MetadataError::SignerUntrusted)?;
        if !self.is_host(signer).unwrap_or(false) {
            return Err(MetadataError::SignerNameDiffers);
        }
        let may_sign = signer
            .key_usage()
            .map(|usage| usage.is_none_or(|usage| usage.digital_signature()));
        let key = signer.public_key().filter(|_| may_sign == Ok(true));
        let key = key.ok_or(MetadataError::SignerUsage)?;
        let on_path = path.certificates(certificates);
        let on_path = on_path.map_err(|_| MetadataError::SignerUntrusted)?;
        let revoked = self.revocation.check(&on_path, PathKind::Other, now);
        revoked.map_err(|_| MetadataError::SignerRevoked)?;
        Ok(key)
    }

    /// Whether one of the certificate's host names is the service's. No wildcard is, and the common name is not looked at.
    fn is_host(&self, signer: &Certificate<'_>) -> Result<bool, Malformed> {
        let names = signer.subject_alternative_names()?.unwrap_or_default();
        let mut names = names.iter();
        Ok(names.any(
            |name| matches!(name, GeneralName::Dns(host) if host.eq_ignore_ascii_case(&self.host)),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_roots_are_these_two() {
        let signer = MetadataSigner::default();
        let roots = signer.roots.iter().map(|root| {
            let fingerprint = root.fingerprint().map(|byte| format!("{byte:02x}"));
            (root.subject().to_string(), fingerprint.concat())
        });
        let expected = [
            (
                "OU=GlobalSign Root CA - R3, O=GlobalSign, CN=GlobalSign",
                "cbb522d7b7f127ad6a0113865bdf1cd4102e7d0759af635a7cf4720dc963c53b",
            ),
            (
                "C=BE, O=GlobalSign nv-sa, CN=GlobalSign Root R46",
                "4fa3126d8d3a11d1c4855a4f807cbad6cf919d3a5a88b03bea2c6372d93c40c9",
            ),
        ];
        let expected = expected.map(|(subject, hash)| (subject.to_owned(), hash.to_owned()));
        assert_eq!(roots.collect::<Vec<_>>(), expected);
    }
}
