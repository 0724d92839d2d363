//! Who signed a certificate.

use core::fmt;

use passkeep_protocol::Malformed;
use passkeep_protocol::cose::{CoseAlgorithm, KeyParameters};

use super::{Certificate, ObjectIdentifier, oid};
use crate::algorithm::CryptoProvider;
use crate::asn1::Der;

/// A signature algorithm with its parameters. [RFC 5280 §4.1.1.2]
///
/// [RFC 5280 §4.1.1.2]: https://www.rfc-editor.org/rfc/rfc5280#section-4.1.1.2
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AlgorithmIdentifier<'a> {
    /// Which algorithm.
    pub oid: ObjectIdentifier,
    /// Its parameters, one DER element, if there are any.
    pub parameters: Option<&'a [u8]>,
}

impl<'a> AlgorithmIdentifier<'a> {
    pub(crate) fn read(fields: &mut Der<'a>) -> Result<Self, Malformed> {
        let mut inner = fields.sequence("the signature algorithm")?;
        let oid = inner.oid("the signature algorithm")?;
        let parameters = match inner.peek() {
            None => None,
            Some(tag) => Some(inner.whole(tag, "the signature algorithm's parameters")?.0),
        };
        inner.finish()?;
        Ok(Self { oid, parameters })
    }
}

/// Why a signature was not accepted as a key's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SignatureFault {
    /// It is of an algorithm that nothing here verifies, or of one that does not fit the key.
    Unsupported(ObjectIdentifier),
    /// It is not the key's.
    Invalid,
}

impl fmt::Display for SignatureFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported(oid) => write!(
                f,
                "its signature algorithm {oid} is not supported with its issuer's key"
            ),
            Self::Invalid => f.write_str("its signature is not its issuer's"),
        }
    }
}

impl Certificate<'_> {
    /// Whether the certificate was signed with a key. Says nothing about names, dates or what the key may do: that is for
    /// the path validation.
    ///
    /// # Errors
    ///
    /// [`SignatureFault`] when it was not.
    pub fn verify_signed_by(
        &self,
        issuer_key: &KeyParameters<'_>,
        crypto: &CryptoProvider,
    ) -> Result<(), SignatureFault> {
        verify_signed_by(
            self.signature_algorithm,
            issuer_key,
            self.tbs,
            self.signature,
            crypto,
        )
    }
}

/// Whether `signature` by an algorithm of X.509 is the key's over `message`.
pub(crate) fn verify_signed_by(
    algorithm: AlgorithmIdentifier<'_>,
    key: &KeyParameters<'_>,
    message: &[u8],
    signature: &[u8],
    crypto: &CryptoProvider,
) -> Result<(), SignatureFault> {
    const NULL: &[u8] = &[0x05, 0x00];
    let unsupported = SignatureFault::Unsupported(algorithm.oid);
    let id = match (algorithm.oid, algorithm.parameters, key) {
        (oid::ECDSA_WITH_SHA256, None, KeyParameters::Ec2 { crv: 1, .. }) => CoseAlgorithm::ES256,
        (oid::SHA256_WITH_RSA, Some(NULL) | None, KeyParameters::Rsa { .. }) => {
            CoseAlgorithm::RS256
        }
        (oid::ED25519, None, KeyParameters::Okp { crv: 6, .. }) => CoseAlgorithm::EDDSA,
        _ => return Err(unsupported),
    };
    let algorithm = crypto.algorithm(id).ok_or(unsupported)?;
    let verified = algorithm.verify(key, message, signature);
    verified.map_err(|_| SignatureFault::Invalid)
}
