//! Ed25519, under both of its numbers, and Ed448.

use std::sync::Arc;

use ed25519_dalek::Signer as _;
use passkeep_protocol::cose::CoseAlgorithm;

use super::{Algorithm, PrivateKey};
use crate::cbor::Value;
use crate::cose;
use crate::draws::Draws;

/// Ed25519, under WebAuthn's name for it.
pub const EDDSA: Ed25519 = Ed25519 {
    alg: CoseAlgorithm::EDDSA,
};
/// Ed25519, under the fully specified name.
pub const ED25519: Ed25519 = Ed25519 {
    alg: CoseAlgorithm::ED25519,
};
/// Ed448.
pub const ED448: Ed448 = Ed448;

/// Numbers of the IANA registry "COSE Elliptic Curves".
const CRV_ED25519: i64 = 6;
const CRV_ED448: i64 = 7;

/// Ed25519, under a number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ed25519 {
    /// The number its keys have.
    pub alg: CoseAlgorithm,
}

impl Algorithm for Ed25519 {
    fn alg(&self) -> CoseAlgorithm {
        self.alg
    }

    fn generate(&self, draws: &mut Draws) -> Arc<dyn PrivateKey> {
        Arc::new(Ed25519Key::from_seed(*self, &draws.array()))
    }
}

/// Ed448.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ed448;

impl Algorithm for Ed448 {
    fn alg(&self) -> CoseAlgorithm {
        CoseAlgorithm::ED448
    }

    fn generate(&self, draws: &mut Draws) -> Arc<dyn PrivateKey> {
        Arc::new(Ed448Key::from_seed(&draws.array()))
    }
}

/// An Ed25519 key.
#[derive(Debug)]
pub struct Ed25519Key {
    algorithm: Ed25519,
    key: ed25519_dalek::SigningKey,
}

impl Ed25519Key {
    /// The key of a seed, as RFC 8032 calls its private keys.
    #[must_use]
    pub fn from_seed(algorithm: Ed25519, seed: &[u8; 32]) -> Self {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        Self { algorithm, key }
    }

    /// The public key, as certificates have it.
    #[must_use]
    pub fn public_bytes(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }
}

impl PrivateKey for Ed25519Key {
    fn alg(&self) -> CoseAlgorithm {
        self.algorithm.alg
    }

    fn public_key(&self) -> Value {
        cose::okp(self.alg(), CRV_ED25519, &self.public_bytes())
    }

    /// 64 bytes.
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign(message).to_bytes().to_vec()
    }
}

/// An Ed448 key.
#[derive(Debug)]
pub struct Ed448Key(ed448_goldilocks::SigningKey);

impl Ed448Key {
    /// The key of a seed, as RFC 8032 calls its private keys.
    ///
    /// ```
    /// let key = passkeep_testkit::signing::eddsa::Ed448Key::from_seed(&[7; 57]);
    /// assert_eq!(key.public_bytes().len(), 57);
    /// ```
    #[must_use]
    pub fn from_seed(seed: &[u8; 57]) -> Self {
        let seed = ed448_goldilocks::EdwardsScalarBytes::from(*seed);
        Self(ed448_goldilocks::SigningKey::from(&seed))
    }

    /// The public key, as certificates have it.
    #[must_use]
    pub fn public_bytes(&self) -> [u8; 57] {
        self.0.verifying_key().to_bytes()
    }
}

impl PrivateKey for Ed448Key {
    fn alg(&self) -> CoseAlgorithm {
        CoseAlgorithm::ED448
    }

    fn public_key(&self) -> Value {
        cose::okp(self.alg(), CRV_ED448, &self.public_bytes())
    }

    /// 114 bytes.
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign_raw(message).to_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_keys_are_those_of_the_rfc() {
        // RFC 8032 §7.1, test 1, and §7.4, "Blank": the private keys, and the first bytes of the public ones.
        let seed = [
            0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec,
            0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03,
            0x1c, 0xae, 0x7f, 0x60,
        ];
        let public = Ed25519Key::from_seed(EDDSA, &seed).public_bytes();
        assert_eq!(public[..4], [0xd7, 0x5a, 0x98, 0x01]);

        let seed = [
            0x6c, 0x82, 0xa5, 0x62, 0xcb, 0x80, 0x8d, 0x10, 0xd6, 0x32, 0xbe, 0x89, 0xc8, 0x51,
            0x3e, 0xbf, 0x6c, 0x92, 0x9f, 0x34, 0xdd, 0xfa, 0x8c, 0x9f, 0x63, 0xc9, 0x96, 0x0e,
            0xf6, 0xe3, 0x48, 0xa3, 0x52, 0x8c, 0x8a, 0x3f, 0xcc, 0x2f, 0x04, 0x4e, 0x39, 0xa3,
            0xfc, 0x5b, 0x94, 0x49, 0x2f, 0x8f, 0x03, 0x2e, 0x75, 0x49, 0xa2, 0x00, 0x98, 0xf9,
            0x5b,
        ];
        let key = Ed448Key::from_seed(&seed);
        assert_eq!(key.public_bytes()[..4], [0x5f, 0xd7, 0x44, 0x9b]);
        assert_eq!(key.sign(b"")[..4], [0x53, 0x3a, 0x37, 0xf6]);
    }
}
