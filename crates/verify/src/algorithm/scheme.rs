use passkeep_protocol::cose::CoseAlgorithm;

/// A way of signing, whatever number or identifier stands for it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum SignatureScheme {
    /// ECDSA, its signature in ASN.1 DER.
    Ecdsa {
        /// The key's curve.
        curve: Curve,
        /// The hash of the message.
        hash: Hash,
    },
    /// Ed25519.
    Ed25519,
    /// Ed448, with an empty context.
    Ed448,
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1(Hash),
    /// RSASSA-PSS, with the same hash in the mask and a salt as long as a hash.
    RsaPss(Hash),
    /// ML-DSA-44, with an empty context.
    MlDsa44,
    /// ML-DSA-65, with an empty context.
    MlDsa65,
    /// ML-DSA-87, with an empty context.
    MlDsa87,
}

/// A curve that ECDSA is done on.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Curve {
    /// P-256, also called secp256r1 and prime256v1.
    P256,
    /// P-384, also called secp384r1.
    P384,
    /// P-521, also called secp521r1.
    P521,
    /// The curve of Bitcoin.
    Secp256k1,
}

impl Curve {
    /// The length of a coordinate, in bytes.
    #[must_use]
    pub const fn coordinate_bytes(self) -> usize {
        match self {
            Self::P256 | Self::Secp256k1 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// Its number in the IANA registry "COSE Elliptic Curves".
    #[must_use]
    pub const fn crv(self) -> i64 {
        match self {
            Self::P256 => 1,
            Self::P384 => 2,
            Self::P521 => 3,
            Self::Secp256k1 => 8,
        }
    }
}

/// A hash function that is signed over.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Hash {
    /// SHA-1, in attestation statements of old TPMs and in no credential.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// What a COSE number stands for in WebAuthn, and whether a credential may have it. [L3 §5.8.5] gives the curves that
/// go with the older numbers; [RFC 9864] the numbers that name them, which mean the same.
///
/// [L3 §5.8.5]: https://www.w3.org/TR/webauthn-3/#sctn-alg-identifier
/// [RFC 9864]: https://www.rfc-editor.org/rfc/rfc9864
const fn meaning(id: CoseAlgorithm) -> Option<(SignatureScheme, bool)> {
    use Curve::{P256, P384, P521, Secp256k1};
    use Hash::{Sha1, Sha256, Sha384, Sha512};
    use SignatureScheme::{Ecdsa, Ed448, Ed25519, MlDsa44, MlDsa65, MlDsa87, RsaPkcs1, RsaPss};

    Some(match id {
        CoseAlgorithm::ES256 | CoseAlgorithm::ESP256 => (
            Ecdsa {
                curve: P256,
                hash: Sha256,
            },
            true,
        ),
        CoseAlgorithm::ES384 | CoseAlgorithm::ESP384 => (
            Ecdsa {
                curve: P384,
                hash: Sha384,
            },
            true,
        ),
        CoseAlgorithm::ES512 | CoseAlgorithm::ESP512 => (
            Ecdsa {
                curve: P521,
                hash: Sha512,
            },
            true,
        ),
        CoseAlgorithm::ES256K => (
            Ecdsa {
                curve: Secp256k1,
                hash: Sha256,
            },
            true,
        ),
        CoseAlgorithm::EDDSA | CoseAlgorithm::ED25519 => (Ed25519, true),
        CoseAlgorithm::ED448 => (Ed448, true),
        CoseAlgorithm::RS256 => (RsaPkcs1(Sha256), true),
        CoseAlgorithm::RS384 => (RsaPkcs1(Sha384), true),
        CoseAlgorithm::RS512 => (RsaPkcs1(Sha512), true),
        CoseAlgorithm::RS1 => (RsaPkcs1(Sha1), false),
        CoseAlgorithm::PS256 => (RsaPss(Sha256), true),
        CoseAlgorithm::PS384 => (RsaPss(Sha384), true),
        CoseAlgorithm::PS512 => (RsaPss(Sha512), true),
        CoseAlgorithm::ML_DSA_44 => (MlDsa44, true),
        CoseAlgorithm::ML_DSA_65 => (MlDsa65, true),
        CoseAlgorithm::ML_DSA_87 => (MlDsa87, true),
        _ => return None,
    })
}

impl SignatureScheme {
    /// What a COSE number stands for in WebAuthn.
    ///
    /// ```
    /// use passkeep_protocol::cose::CoseAlgorithm;
    /// use passkeep_verify::algorithm::{Curve, Hash, SignatureScheme};
    ///
    /// let scheme = SignatureScheme::Ecdsa { curve: Curve::P521, hash: Hash::Sha512 };
    /// assert_eq!(SignatureScheme::of(CoseAlgorithm::ES512), Some(scheme));
    /// assert_eq!(SignatureScheme::of(CoseAlgorithm(-6)), None);
    /// ```
    #[must_use]
    pub const fn of(id: CoseAlgorithm) -> Option<Self> {
        match meaning(id) {
            Some((scheme, _)) => Some(scheme),
            None => None,
        }
    }

    /// Whether a number stands for an algorithm that credentials may have. RS1 is one that only attestation statements
    /// may: collisions of SHA-1 can be made.
    #[must_use]
    pub const fn is_for_credentials(id: CoseAlgorithm) -> bool {
        matches!(meaning(id), Some((_, true)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rs1_is_not_for_credentials() {
        let numbers = (-70_000..100).map(CoseAlgorithm);
        let known: Vec<_> = numbers
            .filter(|id| SignatureScheme::of(*id).is_some())
            .collect();
        assert_eq!(known.len(), 20);
        assert!(known.iter().all(|id| id.name().is_some()));
        let unfit: Vec<_> = known
            .into_iter()
            .filter(|id| !SignatureScheme::is_for_credentials(*id))
            .collect();
        assert_eq!(unfit, [CoseAlgorithm::RS1]);
    }
}
