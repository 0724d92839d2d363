use ::rsa::{BoxedUint, Pkcs1v15Sign, Pss, RsaPublicKey};
use passkeep_protocol::cose::KeyParameters;
use sha2::Digest as _;

use super::with_hash;
use crate::algorithm::{Algorithm, Hash, SignatureScheme, Unfit, key};

/// RSA with a padding and a hash function.
pub(super) struct Rsa(pub(super) Padding, pub(super) Hash);

pub(super) enum Padding {
    Pkcs1,
    Pss,
}

impl Algorithm for Rsa {
    fn scheme(&self) -> SignatureScheme {
        match self.0 {
            Padding::Pkcs1 => SignatureScheme::RsaPkcs1(self.1),
            Padding::Pss => SignatureScheme::RsaPss(self.1),
        }
    }

    fn check_key(&self, key: &KeyParameters<'_>) -> Result<(), Unfit> {
        key::rsa(key).map(drop)
    }

    fn verify(
        &self,
        key: &KeyParameters<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Unfit> {
        let (n, e) = key::rsa(key)?;
        let [n, e] = [n, e].map(BoxedUint::from_be_slice_vartime);
        let key = RsaPublicKey::new(n, e).map_err(|_| Unfit)?;
        let verified = with_hash!(self.1, D => {
            let hash = D::digest(message);
            match self.0 {
                Padding::Pkcs1 => key.verify(Pkcs1v15Sign::new::<D>(), &hash, signature),
                Padding::Pss => key.verify(Pss::<D>::new(), &hash, signature),
            }
        });
        verified.map_err(|_| Unfit)
    }
}
