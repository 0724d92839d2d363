//! ML-DSA, the post-quantum signatures of FIPS 204.

use std::fmt;
use std::sync::Arc;

use ::ml_dsa::signature::{Keypair as _, Signer as _};
use ::ml_dsa::{MlDsa44, MlDsa65, MlDsa87, SigningKey};
use passkeep_protocol::cose::CoseAlgorithm;

use super::{Algorithm, PrivateKey};
use crate::cbor::Value;
use crate::cose;
use crate::draws::Draws;

/// ML-DSA-44.
pub const ML_DSA_44: MlDsa = MlDsa(Size::MlDsa44);
/// ML-DSA-65.
pub const ML_DSA_65: MlDsa = MlDsa(Size::MlDsa65);
/// ML-DSA-87.
pub const ML_DSA_87: MlDsa = MlDsa(Size::MlDsa87);

/// ML-DSA in one of its three sizes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MlDsa(Size);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Size {
    MlDsa44,
    MlDsa65,
    MlDsa87,
}

impl Algorithm for MlDsa {
    fn alg(&self) -> CoseAlgorithm {
        match self.0 {
            Size::MlDsa44 => CoseAlgorithm::ML_DSA_44,
            Size::MlDsa65 => CoseAlgorithm::ML_DSA_65,
            Size::MlDsa87 => CoseAlgorithm::ML_DSA_87,
        }
    }

    fn generate(&self, draws: &mut Draws) -> Arc<dyn PrivateKey> {
        Arc::new(Key::from_seed(*self, &draws.array()))
    }
}

/// An ML-DSA key.
pub struct Key {
    algorithm: MlDsa,
    secret: Secret,
}

// In boxes, because the keys are kilobytes long and of different lengths.
enum Secret {
    MlDsa44(Box<SigningKey<MlDsa44>>),
    MlDsa65(Box<SigningKey<MlDsa65>>),
    MlDsa87(Box<SigningKey<MlDsa87>>),
}

/// Evaluates an expression with a name standing for the key, whatever its size.
macro_rules! with_key {
    ($secret:expr, $key:ident => $body:expr) => {
        match $secret {
            Secret::MlDsa44($key) => $body,
            Secret::MlDsa65($key) => $body,
            Secret::MlDsa87($key) => $body,
        }
    };
}

impl Key {
    /// The key of a seed, which COSE has as the private key. Source: RFC 9964 §3.
    #[must_use]
    pub fn from_seed(algorithm: MlDsa, seed: &[u8; 32]) -> Self {
        let seed = ::ml_dsa::Seed::from(*seed);
        let secret = match algorithm.0 {
            Size::MlDsa44 => Secret::MlDsa44(Box::new(SigningKey::from_seed(&seed))),
            Size::MlDsa65 => Secret::MlDsa65(Box::new(SigningKey::from_seed(&seed))),
            Size::MlDsa87 => Secret::MlDsa87(Box::new(SigningKey::from_seed(&seed))),
        };
        Self { algorithm, secret }
    }

    /// The public key, as certificates have it.
    #[must_use]
    pub fn public_bytes(&self) -> Vec<u8> {
        with_key!(&self.secret, key => key.verifying_key().encode().to_vec())
    }
}

impl PrivateKey for Key {
    fn alg(&self) -> CoseAlgorithm {
        self.algorithm.alg()
    }

    fn public_key(&self) -> Value {
        cose::akp(self.alg(), &self.public_bytes())
    }

    /// The deterministic variant of FIPS 204, with an empty context.
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        with_key!(&self.secret, key => key.sign(message).encode().to_vec())
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
    fn keys_and_signatures_have_the_lengths_of_the_standard() {
        // FIPS 204, table 2.
        for (algorithm, public, signature) in [
            (ML_DSA_44, 1312, 2420),
            (ML_DSA_65, 1952, 3309),
            (ML_DSA_87, 2592, 4627),
        ] {
            let key = Key::from_seed(algorithm, &[7; 32]);
            assert_eq!(key.public_bytes().len(), public);
            assert_eq!(key.sign(b"message").len(), signature);
        }
    }
}
