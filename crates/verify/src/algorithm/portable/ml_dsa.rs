use ::ml_dsa::signature::Verifier as _;
use ::ml_dsa::{MlDsa44, MlDsa65, MlDsa87, Signature, VerifyingKey};
use passkeep_protocol::cose::KeyParameters;

use crate::algorithm::{Algorithm, SignatureScheme, Unfit, key};

/// ML-DSA in one of its sizes.
pub(super) struct MlDsa(pub(super) Size);

pub(super) enum Size {
    MlDsa44,
    MlDsa65,
    MlDsa87,
}

macro_rules! verify {
    ($size:ident, $key:expr, $message:expr, $signature:expr) => {{
        let key = VerifyingKey::<$size>::decode($key.try_into().map_err(|_| Unfit)?);
        let signature = Signature::<$size>::try_from($signature).map_err(|_| Unfit)?;
        key.verify($message, &signature).map_err(|_| Unfit)
    }};
}

impl Algorithm for MlDsa {
    fn scheme(&self) -> SignatureScheme {
        match self.0 {
            Size::MlDsa44 => SignatureScheme::MlDsa44,
            Size::MlDsa65 => SignatureScheme::MlDsa65,
            Size::MlDsa87 => SignatureScheme::MlDsa87,
        }
    }

    fn check_key(&self, key: &KeyParameters<'_>) -> Result<(), Unfit> {
        key::ml_dsa(self.scheme(), key).map(drop)
    }

    fn verify(
        &self,
        key: &KeyParameters<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Unfit> {
        let key = key::ml_dsa(self.scheme(), key)?;
        match self.0 {
            Size::MlDsa44 => verify!(MlDsa44, key, message, signature),
            Size::MlDsa65 => verify!(MlDsa65, key, message, signature),
            Size::MlDsa87 => verify!(MlDsa87, key, message, signature),
        }
    }
}
