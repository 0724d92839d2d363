//! X.509 certificates with every field open to change, and an authority that issues them. Source: RFC 5280 §4.
//!
//! A [`CertificateDraft`] is signed when its bytes are asked for, so a certificate is right in everything but what a
//! test changed:
//!
//! ```
//! use passkeep_testkit::certificate::{CertificateAuthority, Extension, Time};
//! use passkeep_testkit::{Draws, signing::{Algorithm as _, ecdsa::ES256}};
//!
//! let root = CertificateAuthority::root("a vendor");
//! let intermediate = root.intermediate("a factory", |draft| {
//!     draft.set_extension(Extension::basic_constraints(true, Some(0)));
//! });
//! let key = ES256.generate(&mut Draws::new(b"a device", "documentation"));
//! let expired = intermediate
//!     .draft(&key.public_key())
//!     .with(|draft| draft.not_after = Time::from_unix(0))
//!     .to_der();
//! let x5c = [vec![expired], intermediate.chain].concat();
//! # assert_eq!(x5c.len(), 2);
//! ```

use std::sync::Arc;

use const_oid::ObjectIdentifier;

use crate::cbor::Value;
use crate::der;
use crate::signing::PrivateKey;

mod algorithm;
mod authority;
mod extension;
mod name;
pub mod oid;
mod time;

pub use algorithm::{signature_algorithm, subject_public_key_info};
pub use authority::CertificateAuthority;
pub use extension::{Extension, key_identifier};
pub use name::Name;
pub use time::Time;

/// A certificate before it is signed. Nothing here is derived from anything else.
#[derive(Clone, Debug)]
#[must_use = "a draft becomes a certificate by `to_der`"]
pub struct CertificateDraft {
    /// The version's number, which is 2 in version 3; `None` leaves it out, as version 1 does.
    pub version: Option<i64>,
    /// The serial number, unsigned and big-endian.
    pub serial_number: Vec<u8>,
    /// The signature's AlgorithmIdentifier inside the signed part.
    pub signature: Vec<u8>,
    /// Who signed.
    pub issuer: Name,
    /// From when it is valid.
    pub not_before: Time,
    /// Until when it is valid.
    pub not_after: Time,
    /// Who holds the key.
    pub subject: Name,
    /// The key, as DER.
    pub subject_public_key_info: Vec<u8>,
    /// The extensions, in this order; none leaves the field out.
    pub extensions: Vec<Extension>,
    /// The signature's AlgorithmIdentifier outside the signed part.
    pub signature_algorithm: Vec<u8>,
    /// The key that signs.
    pub issuer_key: Arc<dyn PrivateKey>,
}

impl CertificateDraft {
    /// Changes the draft.
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Sets an extension, in the place of one with the same identifier or at the end.
    pub fn set_extension(&mut self, extension: Extension) {
        let mut extensions = self.extensions.iter_mut();
        match extensions.find(|old| old.oid == extension.oid) {
            Some(old) => *old = extension,
            None => self.extensions.push(extension),
        }
    }

    /// Takes an extension out.
    pub fn remove_extension(&mut self, oid: ObjectIdentifier) {
        self.extensions.retain(|extension| extension.oid != oid);
    }

    /// Puts another key in, and its identifier where the certificate has one.
    pub fn set_public_key(&mut self, cose_key: &Value) {
        self.subject_public_key_info = subject_public_key_info(cose_key);
        let identifier = Extension::subject_key_identifier(cose_key);
        if let Some(old) = self
            .extensions
            .iter_mut()
            .find(|it| it.oid == identifier.oid)
        {
            *old = identifier;
        }
    }

    /// The part that is signed.
    #[must_use]
    pub fn to_be_signed(&self) -> Vec<u8> {
        let mut parts = Vec::new();
        if let Some(version) = self.version {
            parts.push(der::explicit(0, &der::integer(version)));
        }
        parts.extend([
            der::unsigned(&self.serial_number),
            self.signature.clone(),
            self.issuer.to_der(),
            der::sequence([self.not_before.to_der(), self.not_after.to_der()]),
            self.subject.to_der(),
            self.subject_public_key_info.clone(),
        ]);
        if !self.extensions.is_empty() {
            let extensions = self.extensions.iter().map(Extension::to_der);
            parts.push(der::explicit(3, &der::sequence(extensions)));
        }
        der::sequence(parts)
    }

    /// The certificate.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let signed = self.to_be_signed();
        let signature = self.issuer_key.sign(&signed);
        der::sequence([
            signed,
            self.signature_algorithm.clone(),
            der::bit_string(&signature),
        ])
    }
}

#[cfg(test)]
mod tests {
    use x509_cert::Certificate;
    use x509_cert::der::{Decode as _, Encode as _};

    use super::*;
    use crate::draws::Draws;
    use crate::signing::{ALGORITHMS, Algorithm as _, ecdsa::ES256};

    fn leaf(root: &CertificateAuthority) -> CertificateDraft {
        let key = ES256.generate(&mut Draws::new(b"device", "test"));
        root.draft(&key.public_key())
    }

    #[test]
    fn another_reader_finds_what_was_written() {
        let root = CertificateAuthority::root("vendor");
        let der = leaf(&root).to_der();
        let read = Certificate::from_der(&der).unwrap();
        let tbs = read.tbs_certificate();
        assert_eq!(
            tbs.subject().to_string(),
            "C=CH,OU=Authenticator Attestation,O=Passkeep,CN=Passkeep testkit"
        );
        assert_eq!(tbs.issuer().to_der().unwrap(), root.subject.to_der());
        let validity = tbs.validity();
        assert_eq!(validity.not_before.to_string(), "2020-01-01T00:00:00Z");
        assert_eq!(validity.not_after.to_string(), "2049-12-31T23:59:59Z");
        let extensions = tbs.extensions().unwrap().iter();
        let found: Vec<_> = extensions.map(|it| (it.extn_id, it.critical)).collect();
        assert_eq!(
            found,
            [
                (oid::BASIC_CONSTRAINTS, true),
                (oid::KEY_USAGE, true),
                (oid::SUBJECT_KEY_IDENTIFIER, false),
                (oid::AUTHORITY_KEY_IDENTIFIER, false),
            ]
        );
    }

    #[test]
    fn every_algorithm_of_this_kit_can_sign_and_be_certified() {
        // That the signatures are the keys' own is seen where there is a verifier: in the tests of `verify`.
        for algorithm in ALGORITHMS {
            let key = algorithm.generate(&mut Draws::new(b"authority", "test"));
            let root = CertificateAuthority::with_key(key.clone(), |_| {});
            let der = root.certificate;
            let read = Certificate::from_der(&der).unwrap();
            let named = algorithm.alg();
            assert_eq!(read.to_der().unwrap(), der, "{named}");

            let tbs = read.tbs_certificate();
            let certified = tbs.subject_public_key_info().to_der().unwrap();
            let expected = subject_public_key_info(&key.public_key());
            assert_eq!(certified, expected, "{named}");
            let expected = signature_algorithm(named);
            let inside = tbs.signature().to_der().unwrap();
            let outside = read.signature_algorithm().to_der().unwrap();
            assert_eq!([inside, outside], [expected.clone(), expected], "{named}");
            let signature = read.signature().as_bytes().unwrap();
            assert_eq!(signature, key.sign(&tbs.to_der().unwrap()), "{named}");
        }
    }

    #[test]
    fn version_1_has_neither_version_nor_extensions() {
        let root = CertificateAuthority::root("vendor");
        let draft = leaf(&root).with(|draft| {
            draft.version = None;
            draft.extensions.clear();
        });
        let read = Certificate::from_der(&draft.to_der()).unwrap();
        assert_eq!(read.tbs_certificate().version(), x509_cert::Version::V1);
        assert!(read.tbs_certificate().extensions().is_none());
    }
}
