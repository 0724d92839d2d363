use const_oid::ObjectIdentifier;
use sha1::{Digest as _, Sha1};

use super::algorithm::public_key_bits;
use super::{Name, oid};
use crate::cbor::Value;
use crate::der;

/// An extension of a certificate. Source: RFC 5280 §4.2.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Extension {
    /// Its identifier.
    pub oid: ObjectIdentifier,
    /// Whether whoever does not know it must refuse the certificate.
    pub critical: bool,
    /// Its value, before it is wrapped in an OCTET STRING.
    pub value: Vec<u8>,
}

/// The SHA-1 hash by which certificates name a key. Source: RFC 5280 §4.2.1.2, method (1).
#[must_use]
pub fn key_identifier(cose_key: &Value) -> [u8; 20] {
    Sha1::digest(public_key_bits(cose_key)).into()
}

impl Extension {
    /// Key usage: signing messages.
    pub const DIGITAL_SIGNATURE: u8 = 0;
    /// Key usage: signing certificates.
    pub const KEY_CERT_SIGN: u8 = 5;
    /// Key usage: signing revocation lists.
    pub const CRL_SIGN: u8 = 6;

    /// An extension that is not critical.
    #[must_use]
    pub fn new(oid: ObjectIdentifier, value: Vec<u8>) -> Self {
        Self {
            oid,
            critical: false,
            value,
        }
    }

    /// An extension that is critical.
    #[must_use]
    pub fn critical(oid: ObjectIdentifier, value: Vec<u8>) -> Self {
        Self {
            oid,
            critical: true,
            value,
        }
    }

    /// Basic constraints, critical.
    #[must_use]
    pub fn basic_constraints(ca: bool, path_length: Option<i64>) -> Self {
        let ca = ca.then(|| der::boolean(true));
        let path_length = path_length.map(der::integer);
        let value = der::sequence(ca.into_iter().chain(path_length));
        Self::critical(oid::BASIC_CONSTRAINTS, value)
    }

    /// Key usage, critical, by the numbers of its bits.
    #[must_use]
    pub fn key_usage(bits: &[u8]) -> Self {
        Self::critical(oid::KEY_USAGE, der::named_bits(bits))
    }

    /// The identifier of the certified key.
    #[must_use]
    pub fn subject_key_identifier(cose_key: &Value) -> Self {
        let value = der::octet_string(&key_identifier(cose_key));
        Self::new(oid::SUBJECT_KEY_IDENTIFIER, value)
    }

    /// The identifier of the key that signed.
    #[must_use]
    pub fn authority_key_identifier(cose_key: &Value) -> Self {
        let identifier = der::implicit(0, &key_identifier(cose_key));
        Self::new(oid::AUTHORITY_KEY_IDENTIFIER, der::sequence([identifier]))
    }

    /// Extended key usage.
    #[must_use]
    pub fn extended_key_usage(purposes: &[ObjectIdentifier]) -> Self {
        let value = der::sequence(purposes.iter().map(der::oid));
        Self::new(oid::EXTENDED_KEY_USAGE, value)
    }

    /// A subject alternative name that is a directory name, critical because the subject is empty in such a certificate.
    #[must_use]
    pub fn alternative_directory_name(name: &Name) -> Self {
        let name = der::explicit(4, &name.to_der());
        Self::critical(oid::SUBJECT_ALTERNATIVE_NAME, der::sequence([name]))
    }

    /// A subject alternative name that is a host name.
    #[must_use]
    pub fn alternative_dns_name(host: &str) -> Self {
        let name = der::implicit(2, host.as_bytes());
        Self::new(oid::SUBJECT_ALTERNATIVE_NAME, der::sequence([name]))
    }

    /// The model's AAGUID. Source: L3 §8.2.1, "id-fido-gen-ce-aaguid".
    #[must_use]
    pub fn aaguid(aaguid: &[u8; 16]) -> Self {
        Self::new(oid::FIDO_AAGUID, der::octet_string(aaguid))
    }

    /// The authenticator's own serial number. Source: L3 §8.2.2, "id-fido-gen-ce-sernum".
    #[must_use]
    pub fn serial_number(serial_number: &[u8]) -> Self {
        Self::new(oid::FIDO_SERIAL_NUMBER, der::octet_string(serial_number))
    }

    /// The version of the firmware. Source: L3 §8.2.1, "id-fido-gen-ce-fw-version".
    #[must_use]
    pub fn firmware_version(version: i64) -> Self {
        Self::new(oid::FIDO_FIRMWARE_VERSION, der::integer(version))
    }

    /// Apple's nonce. Source: L3 §8.8.
    #[must_use]
    pub fn apple_nonce(nonce: &[u8]) -> Self {
        let nonce = der::explicit(1, &der::octet_string(nonce));
        Self::new(oid::APPLE_NONCE, der::sequence([nonce]))
    }

    /// Writes the extension. A flag that is not critical is left out, as DER has it for a default.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let critical = self.critical.then(|| der::boolean(true));
        let parts = [der::oid(&self.oid)].into_iter().chain(critical);
        der::sequence(parts.chain([der::octet_string(&self.value)]))
    }
}
