//! Who may sign metadata BLOBs.

use passkeep_protocol::Malformed;
use passkeep_protocol::cose::KeyParameters;

use super::GRACE;
use super::error::MetadataError;
use crate::algorithm::CryptoProvider;
use crate::certificate::{Certificate, GeneralName, ObjectIdentifier, oid};
use crate::revocation::{PathKind, Revocation};
use crate::trust::pem;
use crate::values::Timestamp;

/// The host that the FIDO Alliance's signer has a certificate for.
pub const MDS_HOST: &str = "mds.fidoalliance.org";

/// GlobalSign Root CA - R3 and GlobalSign Root R46, published at <https://secure.globalsign.com/cacert/>. The service's
/// path ended at the former until August 2026, and ends at the latter since.
const BUILT_IN: [&str; 2] = [
    include_str!("../trust/roots/globalsign-root-r3.pem"),
    include_str!("../trust/roots/globalsign-root-r46.pem"),
];

/// Extensions that this path knows, or that cannot widen what a certificate is for.
const KNOWN_EXTENSIONS: [ObjectIdentifier; 8] = [
    oid::BASIC_CONSTRAINTS,
    oid::KEY_USAGE,
    oid::EXTENDED_KEY_USAGE,
    oid::SUBJECT_ALT_NAME,
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::SUBJECT_KEY_IDENTIFIER,
    oid::CERTIFICATE_POLICIES,
    oid::CRL_DISTRIBUTION_POINTS,
];

/// Who may sign metadata BLOBs, and for how long they are used. The default is the FIDO Alliance.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MetadataSigner {
    roots: Vec<Vec<u8>>,
    host: String,
    /// Lists about the certificates on the signer's path.
    pub revocation: Revocation,
    /// How long a BLOB is used after the next one was due, in seconds; [`GRACE`] by default.
    pub grace: u32,
}

impl Default for MetadataSigner {
    fn default() -> Self {
        let roots = BUILT_IN.iter().filter_map(|text| pem::decode(text).ok());
        Self::new(roots.flatten().collect(), MDS_HOST)
    }
}

impl MetadataSigner {
    /// Another signer: pinned roots in DER, and the host its certificate is for.
    ///
    /// The host is asked for even of one's own roots: a public root certifies many, and only the host tells the metadata
    /// service from everybody else who has a certificate below it.
    #[must_use]
    pub fn new(roots: Vec<Vec<u8>>, host: &str) -> Self {
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
        let roots = self.roots.iter();
        let roots: Vec<_> = roots
            .filter_map(|der| Certificate::parse(der).ok())
            .collect();
        let path = path(certificates, &roots, crypto, now).ok_or(MetadataError::SignerUntrusted)?;
        let signer = path.first().ok_or(MetadataError::SignerUntrusted)?;
        if !self.is_host(signer).unwrap_or(false) {
            return Err(MetadataError::SignerNameDiffers);
        }
        let may_sign = signer
            .key_usage()
            .map(|usage| usage.is_none_or(|usage| usage.digital_signature()));
        // The first of the path is the first that came, and only that one's key outlives the roots.
        let key = certificates.first().and_then(Certificate::public_key);
        let key = key.filter(|_| may_sign == Ok(true));
        let key = key.ok_or(MetadataError::SignerUsage)?;
        let revoked = self.revocation.check(&path, PathKind::Other, now);
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

/// The path from the first certificate to a root, both included. Each certificate is signed by the next that came, until
/// one is signed by a root; what came after it is not needed, and is not looked at: the service sends a cross certificate
/// for those who know only the older root.
fn path<'a>(
    certificates: &[Certificate<'a>],
    roots: &[Certificate<'a>],
    crypto: &CryptoProvider,
    now: Timestamp,
) -> Option<Vec<Certificate<'a>>> {
    let mut path: Vec<Certificate<'a>> = Vec::new();
    for (index, certificate) in certificates.iter().enumerate() {
        let may_stand_here = match path.last() {
            None => true,
            Some(below) => issued(certificate, below, path.len() - 1, crypto),
        };
        if !may_stand_here || !is_sound(certificate, now) {
            return None;
        }
        path.push(certificate.clone());
        let root = roots
            .iter()
            .find(|root| is_sound(root, now) && issued(root, certificate, index, crypto));
        if let Some(root) = root {
            path.push(root.clone());
            return Some(path);
        }
    }
    None
}

/// Whether the certificate is valid at that time, and has no critical extension that is unknown.
fn is_sound(certificate: &Certificate<'_>, now: Timestamp) -> bool {
    let known = certificate
        .extensions()
        .iter()
        .all(|extension| !extension.critical || KNOWN_EXTENSIONS.contains(&extension.oid));
    let begun = certificate.not_before() <= now;
    known && begun && now < certificate.not_after().plus_seconds(1)
}

/// Whether one certificate may issue another, with so many authorities between it and the leaf, and did.
fn issued(
    issuer: &Certificate<'_>,
    certificate: &Certificate<'_>,
    below: usize,
    crypto: &CryptoProvider,
) -> bool {
    let constraints = issuer
        .basic_constraints()
        .ok()
        .flatten()
        .unwrap_or_default();
    let length = constraints.path_length;
    let short = length.is_none_or(|length| u64::try_from(below).is_ok_and(|below| below <= length));
    let usage = issuer.key_usage();
    let usage = usage.is_ok_and(|usage| usage.is_none_or(|usage| usage.key_cert_sign()));
    let named = certificate.issuer() == issuer.subject();
    let signed = || {
        issuer
            .public_key()
            .is_some_and(|key| certificate.verify_signed_by(&key, crypto).is_ok())
    };
    constraints.ca && short && usage && named && signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_roots_are_these_two() {
        let signer = MetadataSigner::default();
        let roots = signer.roots.iter().map(|der| {
            let root = Certificate::parse(der).unwrap();
            let fingerprint = root
                .fingerprint()
                .map(|byte| format!("{byte:02x}"))
                .concat();
            (root.subject().to_string(), fingerprint)
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
