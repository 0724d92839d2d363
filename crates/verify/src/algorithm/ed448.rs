//! Ed448. aws-lc-rs has none, so both providers do it with the same crate.

use ed448_goldilocks::{Signature, VerifyingKey};
use passkeep_protocol::cose::KeyParameters;

use super::{Algorithm, SignatureScheme, Unfit, edwards, key};

/// Ed448. The library refuses keys and commitments outside the group that the base point generates.
pub(super) struct Ed448;

impl Ed448 {
    fn key(key: &KeyParameters<'_>) -> Result<VerifyingKey, Unfit> {
        VerifyingKey::from_bytes(key::ed448(key)?).map_err(|_| Unfit)
    }
}

impl Algorithm for Ed448 {
    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::Ed448
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
        let signature = Signature::from_bytes(edwards::ed448_signature(signature)?);
        let verified = Self::key(key)?.verify_raw(&signature, message);
        verified.map_err(|_| Unfit)
    }
}
