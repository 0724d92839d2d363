//! ECDSA on the curves of NIST and on secp256k1.

use std::fmt;
use std::sync::Arc;

use p256::ecdsa::signature::DigestSigner;
use passkeep_protocol::cose::CoseAlgorithm;
use sha2::Digest as _;

use super::hash::with_hash;
use super::{Algorithm, Hash, PrivateKey};
use crate::cbor::Value;
use crate::cose;
use crate::draws::Draws;

/// ECDSA on P-256 with SHA-256.
pub const ES256: Ecdsa = Ecdsa::new(CoseAlgorithm::ES256, Curve::P256, Hash::Sha256);
/// ECDSA on P-384 with SHA-384.
pub const ES384: Ecdsa = Ecdsa::new(CoseAlgorithm::ES384, Curve::P384, Hash::Sha384);
/// ECDSA on P-521 with SHA-512.
pub const ES512: Ecdsa = Ecdsa::new(CoseAlgorithm::ES512, Curve::P521, Hash::Sha512);
/// As [`ES256`], under the fully specified name.
pub const ESP256: Ecdsa = Ecdsa::new(CoseAlgorithm::ESP256, Curve::P256, Hash::Sha256);
/// As [`ES384`], under the fully specified name.
pub const ESP384: Ecdsa = Ecdsa::new(CoseAlgorithm::ESP384, Curve::P384, Hash::Sha384);
/// As [`ES512`], under the fully specified name.
pub const ESP512: Ecdsa = Ecdsa::new(CoseAlgorithm::ESP512, Curve::P521, Hash::Sha512);
/// ECDSA on secp256k1 with SHA-256. Its signatures have the lower of the two values of s.
pub const ES256K: Ecdsa = Ecdsa::new(CoseAlgorithm::ES256K, Curve::Secp256k1, Hash::Sha256);

/// ECDSA on a curve with a hash function, under a number. Any combination can be made, also ones that COSE has not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ecdsa {
    /// The number its keys have.
    pub alg: CoseAlgorithm,
    /// The curve.
    pub curve: Curve,
    /// The hash function.
    pub hash: Hash,
}

/// A curve.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
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
    /// Its number in the IANA registry "COSE Elliptic Curves".
    #[must_use]
    pub fn crv(self) -> i64 {
        match self {
            Self::P256 => 1,
            Self::P384 => 2,
            Self::P521 => 3,
            Self::Secp256k1 => 8,
        }
    }

    /// The length of a coordinate, in bytes.
    #[must_use]
    pub fn coordinate_bytes(self) -> usize {
        match self {
            Self::P256 | Self::Secp256k1 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// The length of the values that private keys are drawn from. For P-521 it is one byte short, as in the
    /// specification's vectors, because few of 528 random bits would be a scalar. Source: L3 §16.1.
    fn drawn_bytes(self) -> usize {
        match self {
            Self::P521 => 65,
            _ => self.coordinate_bytes(),
        }
    }
}

impl Ecdsa {
    /// An algorithm.
    #[must_use]
    pub const fn new(alg: CoseAlgorithm, curve: Curve, hash: Hash) -> Self {
        Self { alg, curve, hash }
    }
}

impl Algorithm for Ecdsa {
    fn alg(&self) -> CoseAlgorithm {
        self.alg
    }

    fn generate(&self, draws: &mut Draws) -> Arc<dyn PrivateKey> {
        // At worst one draw in 2³² is no scalar of its curve.
        loop {
            let scalar = draws.bytes(self.curve.drawn_bytes());
            if let Some(key) = Key::from_scalar(*self, &scalar) {
                return Arc::new(key);
            }
        }
    }
}

/// A key on a curve.
pub struct Key {
    algorithm: Ecdsa,
    scalar: Scalar,
}

enum Scalar {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Secp256k1(k256::ecdsa::SigningKey),
}

/// Evaluates an expression with a name standing for the scalar, whatever its curve.
macro_rules! with_scalar {
    ($scalar:expr, $key:ident => $body:expr) => {
        match $scalar {
            Scalar::P256($key) => $body,
            Scalar::P384($key) => $body,
            Scalar::P521($key) => $body,
            Scalar::Secp256k1($key) => $body,
        }
    };
}

impl Key {
    /// The key of a scalar, big-endian and with any number of zeros before it or missing; `None` for zero and for what
    /// is not below the curve's order.
    ///
    /// ```
    /// use passkeep_testkit::signing::ecdsa::{ES512, Key};
    ///
    /// let key = Key::from_scalar(ES512, &[7; 65]).unwrap();
    /// assert_eq!(key.point().len(), 133);
    /// assert!(Key::from_scalar(ES512, &[0xff; 66]).is_none());
    /// ```
    #[must_use]
    pub fn from_scalar(algorithm: Ecdsa, scalar: &[u8]) -> Option<Self> {
        let curve = algorithm.curve;
        let zeros = scalar.iter().take_while(|byte| **byte == 0).count();
        let significant = scalar.get(zeros..)?;
        let mut padded = vec![0; curve.coordinate_bytes().checked_sub(significant.len())?];
        padded.extend_from_slice(significant);
        let scalar = match curve {
            Curve::P256 => Scalar::P256(p256::ecdsa::SigningKey::from_slice(&padded).ok()?),
            Curve::P384 => Scalar::P384(p384::ecdsa::SigningKey::from_slice(&padded).ok()?),
            Curve::P521 => Scalar::P521(p521::ecdsa::SigningKey::from_slice(&padded).ok()?),
            Curve::Secp256k1 => {
                Scalar::Secp256k1(k256::ecdsa::SigningKey::from_slice(&padded).ok()?)
            }
        };
        Some(Self { algorithm, scalar })
    }

    /// What it was made for.
    #[must_use]
    pub fn algorithm(&self) -> Ecdsa {
        self.algorithm
    }

    /// The public point, uncompressed: the byte 4 and two coordinates, as SEC 1 writes it and certificates have it.
    #[must_use]
    pub fn point(&self) -> Vec<u8> {
        with_scalar!(&self.scalar, key => key.verifying_key().to_sec1_point(false).as_bytes().to_vec())
    }

    /// Signs over any hash function, as certificates may be. ASN.1 DER, with the nonce of RFC 6979, for which the curve's
    /// usual hash function is taken in any case.
    #[must_use]
    pub fn sign_with(&self, hash: Hash, message: &[u8]) -> Vec<u8> {
        with_scalar!(&self.scalar, key => with_hash!(hash, D => {
            let (signature, _) = key.sign_digest(|hash: &mut D| hash.update(message));
            signature.to_der().as_bytes().to_vec()
        }))
    }
}

impl PrivateKey for Key {
    fn alg(&self) -> CoseAlgorithm {
        self.algorithm.alg
    }

    fn public_key(&self) -> Value {
        let point = self.point();
        let coordinates = point.get(1..).unwrap_or_default();
        let (x, y) = coordinates.split_at(coordinates.len() / 2);
        cose::ec2(self.algorithm.alg, self.algorithm.curve.crv(), x, y)
    }

    /// ASN.1 DER, with the nonce of RFC 6979.
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.sign_with(self.algorithm.hash, message)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Key").field(&self.algorithm).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scalar_is_above_zero_and_below_the_order() {
        for algorithm in [ES256, ES384, ES512, ES256K] {
            let length = algorithm.curve.coordinate_bytes();
            assert!(Key::from_scalar(algorithm, &vec![0; length]).is_none());
            assert!(Key::from_scalar(algorithm, &vec![0xff; length]).is_none());
            assert!(Key::from_scalar(algorithm, &vec![1; length + 1]).is_none());
            let [short, long] = [vec![1], [vec![0; length], vec![1]].concat()]
                .map(|one| Key::from_scalar(algorithm, &one).unwrap().point());
            assert_eq!(short, long);
        }
        // The scalar one gives the curve's base point.
        let base = Key::from_scalar(ES256, &[1]).unwrap().point();
        assert_eq!(base[..5], [4, 0x6b, 0x17, 0xd1, 0xf2]);
    }

    /// RFC 6979, appendix A.2: the message "sample" under each curve's key with each hash function; the first eight
    /// bytes of r.
    #[test]
    fn nonces_are_those_of_the_rfc() {
        let key = |algorithm, hex: &str| {
            let digit = |digit: u8| char::from(digit).to_digit(16).unwrap() as u8;
            let scalar: Vec<u8> = hex
                .as_bytes()
                .chunks(2)
                .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
                .collect();
            Key::from_scalar(algorithm, &scalar).unwrap()
        };
        let p256 = key(
            ES256,
            "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
        );
        let p384 = key(
            ES384,
            "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5",
        );
        let p521 = key(
            ES512,
            "00FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75CAA896EB32F1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83538",
        );
        let r = |key: &Key, hash| {
            let signature = key.sign_with(hash, b"sample");
            let found = signature.windows(2).position(|two| two[0] == 2).unwrap();
            let length = usize::from(signature[found + 1]);
            let r = &signature[found + 2..found + 2 + length];
            let zeros = r.iter().take_while(|byte| **byte == 0).count();
            u64::from_be_bytes(r[zeros..zeros + 8].try_into().unwrap())
        };
        assert_eq!(r(&p256, Hash::Sha256), 0xEFD4_8B2A_ACB6_A8FD);
        assert_eq!(r(&p384, Hash::Sha384), 0x94ED_BB92_A5EC_B8AA);
        assert_eq!(r(&p521, Hash::Sha512), 0xC328_FAFC_BD79_DD77);
    }
}
