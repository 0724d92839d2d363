//! Ed25519, under WebAuthn's name for it.

use std::sync::Arc;

use ed25519_dalek::{Signer as _, SigningKey};
use passkeep_protocol::cose::CoseAlgorithm;

use super::{Algorithm, PrivateKey};
use crate::cbor::Value;
use crate::cose;
use crate::draws::Draws;

/// Ed25519 in the IANA registry "COSE Elliptic Curves".
const CRV_ED25519: i64 = 6;

/// Ed25519.
#[derive(Clone, Copy, Debug)]
pub struct EdDsa;

impl Algorithm for EdDsa {
    fn alg(&self) -> CoseAlgorithm {
        CoseAlgorithm::EDDSA
    }

    fn generate(&self, draws: &mut Draws) -> Arc<dyn PrivateKey> {
        Arc::new(Key::from_seed(&draws.array()))
    }
}

/// An Ed25519 key.
#[derive(Debug)]
pub struct Key(SigningKey);

impl Key {
    /// The key of a seed, as RFC 8032 calls its private keys.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }
}

impl PrivateKey for Key {
    fn alg(&self) -> CoseAlgorithm {
        CoseAlgorithm::EDDSA
    }

    fn public_key(&self) -> Value {
        cose::okp(self.alg(), CRV_ED25519, self.0.verifying_key().as_bytes())
    }

    /// 64 bytes.
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).to_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signature, VerifyingKey};
    use passkeep_protocol::cose::{CoseKey, KeyParameters};

    use super::*;

    #[test]
    fn a_signature_verifies_under_the_public_key_and_no_other_message() {
        let key = EdDsa.generate(&mut Draws::new(b"seed", "test"));
        let encoded = key.public_key().encode();
        let parsed = CoseKey::parse(&encoded).unwrap();
        assert_eq!(parsed.alg, CoseAlgorithm::EDDSA);
        let KeyParameters::Okp { crv: 6, x } = parsed.parameters else {
            panic!("{parsed:?}");
        };
        let verifier = VerifyingKey::from_bytes(x.try_into().unwrap()).unwrap();

        let signature = Signature::from_slice(&key.sign(b"message")).unwrap();
        assert!(verifier.verify_strict(b"message", &signature).is_ok());
        assert!(verifier.verify_strict(b"massage", &signature).is_err());
        assert_eq!(key.sign(b"message"), key.sign(b"message"));
    }
}
