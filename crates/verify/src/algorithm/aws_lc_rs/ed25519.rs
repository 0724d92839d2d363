use aws_lc_rs::signature::{ED25519, VerificationAlgorithm as _};
use ed25519_dalek::VerifyingKey;
use passkeep_protocol::cose::KeyParameters;

use crate::algorithm::{Algorithm, SignatureScheme, Unfit, edwards, key};

/// Ed25519.
pub(super) struct Ed25519;

impl Algorithm for Ed25519 {
    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::Ed25519
    }

    fn check_key(&self, key: &KeyParameters<'_>) -> Result<(), Unfit> {
        // aws-lc-rs takes any 32 bytes for a key until it verifies with it, and a key that never will is none.
        let key = VerifyingKey::from_bytes(key::ed25519(key)?);
        key.map(drop).map_err(|_| Unfit)
    }

    fn verify(
        &self,
        key: &KeyParameters<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Unfit> {
        let (key, signature) = (key::ed25519(key)?, edwards::ed25519_signature(signature)?);
        let verified = ED25519.verify_sig(key, message, signature);
        verified.map_err(|_| Unfit)
    }
}
