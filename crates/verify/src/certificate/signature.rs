//! Who signed a certificate.

use core::fmt;

use der::Tag;
use passkeep_protocol::cose::KeyParameters;
use passkeep_protocol::{Malformed, Structure};

use super::{Certificate, ObjectIdentifier, oid};
use crate::algorithm::{CryptoProvider, Curve, Hash, SignatureScheme};
use crate::asn1::{Der, explicit};

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
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SignatureFault {
    /// It is of an algorithm that nothing here verifies, or of one that does not fit the key.
    Unsupported(Box<ObjectIdentifier>),
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
    let scheme = scheme(algorithm, key).and_then(|scheme| crypto.scheme(scheme));
    let unsupported = || SignatureFault::Unsupported(Box::new(algorithm.oid));
    let algorithm = scheme.ok_or_else(unsupported)?;
    let verified = algorithm.verify(key, message, signature);
    verified.map_err(|_| SignatureFault::Invalid)
}

/// The scheme that an algorithm of X.509 is with a key of that kind. SHA-1 is none: no certificate is believed by it.
fn scheme(algorithm: AlgorithmIdentifier<'_>, key: &KeyParameters<'_>) -> Option<SignatureScheme> {
    const NULL: &[u8] = &[0x05, 0x00];
    let without = algorithm.parameters.is_none();
    // [RFC 4055 §5, "the parameters MUST be NULL"]; some certificates leave them out.
    let null = without || algorithm.parameters == Some(NULL);
    let oid = &algorithm.oid;
    match key {
        KeyParameters::Ec2 { .. } if without => {
            let with = &[
                oid::ECDSA_WITH_SHA256,
                oid::ECDSA_WITH_SHA384,
                oid::ECDSA_WITH_SHA512,
            ];
            ecdsa(key, hash(oid, with)?)
        }
        KeyParameters::Rsa { .. } if *oid == oid::RSASSA_PSS => {
            pss(algorithm.parameters?).map(SignatureScheme::RsaPss)
        }
        KeyParameters::Rsa { .. } if null => {
            let with = &[
                oid::SHA256_WITH_RSA,
                oid::SHA384_WITH_RSA,
                oid::SHA512_WITH_RSA,
            ];
            hash(oid, with).map(SignatureScheme::RsaPkcs1)
        }
        KeyParameters::Okp { .. } if without => oid::value(
            oid,
            &[
                (oid::ED25519, SignatureScheme::Ed25519),
                (oid::ED448, SignatureScheme::Ed448),
            ],
        ),
        KeyParameters::Akp { .. } if without => oid::value(
            oid,
            &[
                (oid::ML_DSA_44, SignatureScheme::MlDsa44),
                (oid::ML_DSA_65, SignatureScheme::MlDsa65),
                (oid::ML_DSA_87, SignatureScheme::MlDsa87),
            ],
        ),
        _ => None,
    }
}

/// The hash of an algorithm that is one of these, with SHA-256, SHA-384 and SHA-512.
fn hash(oid: &ObjectIdentifier, algorithms: &[ObjectIdentifier; 3]) -> Option<Hash> {
    let at = algorithms.iter().position(|algorithm| algorithm == oid)?;
    [Hash::Sha256, Hash::Sha384, Hash::Sha512].get(at).copied()
}

/// Any hash goes with any curve here: Apple signs P-256 keys with P-384 and SHA-384, and others with P-384 and SHA-256.
fn ecdsa(key: &KeyParameters<'_>, hash: Hash) -> Option<SignatureScheme> {
    let KeyParameters::Ec2 { crv, .. } = key else {
        return None;
    };
    let curves = [Curve::P256, Curve::P384, Curve::P521, Curve::Secp256k1];
    let curve = curves.into_iter().find(|curve| curve.crv() == *crv)?;
    Some(SignatureScheme::Ecdsa { curve, hash })
}

/// The hash of RSASSA-PSS parameters in the one form that is in use: the same hash in the mask, and a salt as long as it.
/// [RFC 4055 §3.1]
///
/// [RFC 4055 §3.1]: https://www.rfc-editor.org/rfc/rfc4055#section-3.1
fn pss(parameters: &[u8]) -> Option<Hash> {
    let read = || -> Result<_, Malformed> {
        let mut input = Der::new(Structure::Certificate, parameters);
        let mut fields = input.sequence("the parameters")?;
        input.finish()?;
        let mut field = |number| {
            let element = fields.element(explicit(number), "a parameter")?;
            Ok(fields.inside(element))
        };
        let (mut hash, mut mask, mut salt) = (field(0)?, field(1)?, field(2)?);
        let mut algorithm = mask.sequence("the mask")?;
        let mask_oid = algorithm.oid("the mask")?;
        let inner = AlgorithmIdentifier::read(&mut algorithm)?.oid;
        let hash = AlgorithmIdentifier::read(&mut hash)?.oid;
        let salt = salt.unsigned(Tag::Integer, "the salt's length")?;
        // What may follow is the trailer field, of which there is one kind only.
        Ok((mask_oid == oid::MGF1 && inner == hash, hash, salt))
    };
    let (alike, oid, salt) = read().ok()?;
    match hash(&oid, &[oid::SHA256, oid::SHA384, oid::SHA512])? {
        hash @ Hash::Sha256 if alike && salt == 32 => Some(hash),
        hash @ Hash::Sha384 if alike && salt == 48 => Some(hash),
        hash @ Hash::Sha512 if alike && salt == 64 => Some(hash),
        _ => None,
    }
}
