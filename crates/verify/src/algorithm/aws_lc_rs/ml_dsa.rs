use aws_lc_rs::signature::{self, PqdsaVerificationAlgorithm, VerificationAlgorithm as _};
use passkeep_protocol::cose::KeyParameters;

use crate::algorithm::{Algorithm, SignatureScheme, Unfit, key};

pub(super) const ML_DSA_44: MlDsa = MlDsa {
    scheme: SignatureScheme::MlDsa44,
    library: &signature::ML_DSA_44,
};
pub(super) const ML_DSA_65: MlDsa = MlDsa {
    scheme: SignatureScheme::MlDsa65,
    library: &signature::ML_DSA_65,
};
pub(super) const ML_DSA_87: MlDsa = MlDsa {
    scheme: SignatureScheme::MlDsa87,
    library: &signature::ML_DSA_87,
};

/// ML-DSA in one of its sizes.
pub(super) struct MlDsa {
    scheme: SignatureScheme,
    library: &'static PqdsaVerificationAlgorithm,
}

impl Algorithm for MlDsa {
    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    fn check_key(&self, key: &KeyParameters<'_>) -> Result<(), Unfit> {
        key::ml_dsa(self.scheme, key).map(drop)
    }

    fn verify(
        &self,
        key: &KeyParameters<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Unfit> {
        let key = key::ml_dsa(self.scheme, key)?;
        let verified = self.library.verify_sig(key, message, signature);
        verified.map_err(|_| Unfit)
    }
}
