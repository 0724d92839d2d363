use ed25519_dalek::{Signature, VerifyingKey};
use passkeep_protocol::cose::KeyParameters;

use crate::algorithm::{Algorithm, SignatureScheme, Unfit, edwards, key};

/// Ed25519.
pub(super) struct Ed25519;

impl Ed25519 {
    fn key(key: &KeyParameters<'_>) -> Result<VerifyingKey, Unfit> {
        VerifyingKey::from_bytes(key::ed25519(key)?).map_err(|_| Unfit)
    }
}

impl Algorithm for Ed25519 {
    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::Ed25519
    }

    fn check_key(&self, key: &KeyParameters<'_>) -> Result<(), Unfit> {
        Self::key(key).map(drop)
    }

    fn verify(
        &self,
        key: &KeyParameters<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Unfit> {
        let signature = Signature::from_bytes(edwards::ed25519_signature(signature)?);
        let verified = Self::key(key)?.verify_strict(message, &signature);
        verified.map_err(|_| Unfit)
    }
}
