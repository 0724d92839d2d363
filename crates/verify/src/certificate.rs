//! X.509 certificates, as typed values borrowed from their DER. [RFC 5280]
//!
//! A parsed certificate says what it says; whether it may be believed is for [`path`] and the attestation
//! formats.
//! Signatures are verified over the bytes as received, never over a re-encoding.
//!
//! [RFC 5280]: https://www.rfc-editor.org/rfc/rfc5280

use core::fmt;

use der::Tag;
use passkeep_protocol::cose::KeyParameters;
use passkeep_protocol::{Malformed, Problem, Structure};
use sha2::{Digest as _, Sha256};

use crate::asn1::{Der, explicit, implicit};
use crate::values::Timestamp;

pub(crate) mod extension;
mod key;
mod name;
pub mod oid;
pub mod path;
pub(crate) mod signature;
pub(crate) mod time;

pub use self::extension::{BasicConstraints, Extension, GeneralName, KeyUsage};
pub(crate) use self::key::parameters as key_of;
pub use self::key::same as same_key;
pub use self::name::{Attribute, Name};
pub use self::signature::{AlgorithmIdentifier, SignatureFault};
pub use der::asn1::ObjectIdentifier;

/// The largest certificate that is read, in bytes. Real ones have 500 to 2000; ML-DSA-87 keys and signatures make about 8 kB.
pub const MAX_CERTIFICATE_BYTES: usize = 16 * 1024;

/// The most extensions in one certificate. Real ones have up to twelve.
pub const MAX_EXTENSIONS: usize = 32;

/// The longest serial number, in bytes. RFC 5280 allows 20; some issuers exceed it.
pub const MAX_SERIAL_BYTES: usize = 64;

/// A certificate, borrowed from the bytes it was read from.
#[derive(Clone, Debug)]
pub struct Certificate<'a> {
    der: &'a [u8],
    tbs: &'a [u8],
    version: u8,
    serial: &'a [u8],
    issuer: Name<'a>,
    subject: Name<'a>,
    not_before: Timestamp,
    not_after: Timestamp,
    public_key_info: &'a [u8],
    extensions: Vec<Extension<'a>>,
    signature_algorithm: AlgorithmIdentifier<'a>,
    signature: &'a [u8],
}

impl<'a> Certificate<'a> {
    /// Reads one certificate: DER, every field in its place, and nothing left over. The content of extensions is read when
    /// it is asked for.
    ///
    /// # Errors
    ///
    /// [`Malformed`] in [`Structure::Certificate`], with the offset: among others [`Problem::TooLong`] for a certificate
    /// above [`MAX_CERTIFICATE_BYTES`] or with more than [`MAX_EXTENSIONS`] extensions, [`Problem::TrailingBytes`],
    /// [`Problem::NotDer`], and [`Problem::Unexpected`] with what was read.
    ///
    /// ```
    /// use passkeep_protocol::Problem;
    /// use passkeep_verify::certificate::Certificate;
    ///
    /// let error = Certificate::parse(&[0x30, 0x03, 0x02, 0x01, 0x00]).unwrap_err();
    /// assert_eq!((error.offset, error.problem), (2, Problem::Unexpected("the signed part")));
    /// ```
    pub fn parse(der: &'a [u8]) -> Result<Self, Malformed> {
        if der.len() > MAX_CERTIFICATE_BYTES {
            let cap = MAX_CERTIFICATE_BYTES;
            return Err(Malformed::new(
                Structure::Certificate,
                cap,
                Problem::TooLong { cap },
            ));
        }
        let mut input = Der::new(Structure::Certificate, der);
        let mut outer = input.sequence("a certificate's outer sequence")?;
        input.finish()?;

        let (tbs, signed) = outer.whole(Tag::Sequence, "the signed part")?;
        let mut fields = outer.inside(signed);
        let signature_algorithm = AlgorithmIdentifier::read(&mut outer)?;
        let signature = outer.byte_bit_string("the signature")?;
        outer.finish()?;

        let version = version(&mut fields)?;
        let serial = fields.element(Tag::Integer, "the serial number")?;
        if serial.value.is_empty() || serial.value.len() > MAX_SERIAL_BYTES {
            let cap = MAX_SERIAL_BYTES;
            return Err(fields.error_in(serial, Problem::TooLong { cap }));
        }
        let repeated = AlgorithmIdentifier::read(&mut fields)?;
        if repeated != signature_algorithm {
            // [RFC 5280 §4.1.1.2, "MUST contain the same algorithm identifier"]
            return Err(fields.error(Problem::Unexpected("the signature algorithm inside")));
        }
        let issuer = Name::read(&mut fields, "the issuer")?;
        let mut validity = fields.sequence("the validity")?;
        let not_before = time::read(&mut validity, "notBefore")?;
        let not_after = time::read(&mut validity, "notAfter")?;
        validity.finish()?;
        let subject = Name::read(&mut fields, "the subject")?;
        let (public_key_info, _) = fields.whole(Tag::Sequence, "the public key")?;
        // Unique identifiers are of no use to anyone and are passed over.
        fields.optional(implicit(1))?;
        fields.optional(implicit(2))?;
        let extensions = match fields.optional(explicit(3))? {
            Some(element) => extension::read_all(fields.inside(element))?,
            None => Vec::new(),
        };
        fields.finish()?;

        Ok(Self {
            der,
            tbs,
            version,
            serial: serial.value,
            issuer,
            subject,
            not_before,
            not_after,
            public_key_info,
            extensions,
            signature_algorithm,
            signature,
        })
    }

    /// The whole certificate, as received.
    #[must_use]
    pub fn der(&self) -> &'a [u8] {
        self.der
    }

    /// SHA-256 of the whole certificate.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(self.der).into()
    }

    /// The signed part, as received.
    #[must_use]
    pub fn tbs(&self) -> &'a [u8] {
        self.tbs
    }

    /// The version, as people count: 1, 2 or 3.
    #[must_use]
    pub fn version(&self) -> u8 {
        self.version
    }

    /// The content of the serial number's INTEGER: big-endian, with a leading zero byte where the next has its top bit set.
    #[must_use]
    pub fn serial(&self) -> &'a [u8] {
        self.serial
    }

    /// Who issued it.
    #[must_use]
    pub fn issuer(&self) -> Name<'a> {
        self.issuer
    }

    /// Whom it is about.
    #[must_use]
    pub fn subject(&self) -> Name<'a> {
        self.subject
    }

    /// The first moment of its validity; dates before 1970 count as 1970.
    #[must_use]
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// The last second of its validity.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// The `SubjectPublicKeyInfo`, as received.
    #[must_use]
    pub fn public_key_info(&self) -> &'a [u8] {
        self.public_key_info
    }

    /// The public key in the form that signature algorithms take, or `None` for a key of a kind that none of them is for:
    /// among others compressed points, and curves without a COSE number.
    #[must_use]
    pub fn public_key(&self) -> Option<KeyParameters<'a>> {
        key::parameters(self.public_key_info)
    }

    /// All extensions, in their order. No two have the same identifier.
    #[must_use]
    pub fn extensions(&self) -> &[Extension<'a>] {
        &self.extensions
    }

    /// The extension with that identifier.
    #[must_use]
    pub fn extension(&self, oid: ObjectIdentifier) -> Option<&Extension<'a>> {
        self.extensions
            .iter()
            .find(|extension| extension.oid == oid)
    }

    /// The algorithm of the signature on it.
    #[must_use]
    pub fn signature_algorithm(&self) -> AlgorithmIdentifier<'a> {
        self.signature_algorithm
    }

    /// The signature on it.
    #[must_use]
    pub fn signature(&self) -> &'a [u8] {
        self.signature
    }

    /// Whether issuer and subject are the same.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }
}

impl fmt::Display for Certificate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} issued by {}", self.subject, self.issuer)
    }
}

fn version(fields: &mut Der<'_>) -> Result<u8, Malformed> {
    let Some(element) = fields.optional(explicit(0))? else {
        return Ok(1);
    };
    let mut inner = fields.inside(element);
    let number = inner.unsigned(Tag::Integer, "the version")?;
    inner.finish()?;
    match number {
        0 => Ok(1),
        1 => Ok(2),
        2 => Ok(3),
        _ => Err(fields.error_in(element, Problem::Unexpected("the version"))),
    }
}

#[cfg(test)]
pub(crate) mod tests;
