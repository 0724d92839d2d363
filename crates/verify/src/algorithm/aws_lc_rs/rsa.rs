use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters,
};
use passkeep_protocol::cose::KeyParameters;

use crate::algorithm::{Algorithm, Hash, SignatureScheme, Unfit, key};

/// RSA with a padding and a hash function.
pub(super) struct Rsa {
    scheme: SignatureScheme,
    library: &'static RsaParameters,
}

/// Declares one of each combination.
macro_rules! rsa {
    ($($name:ident = $padding:ident, $hash:ident, $library:ident;)*) => {
        $(pub(super) const $name: Rsa = Rsa {
            scheme: SignatureScheme::$padding(Hash::$hash),
            library: &$library,
        };)*
    };
}

rsa! {
    PKCS1_SHA1 = RsaPkcs1, Sha1, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY;
    PKCS1_SHA256 = RsaPkcs1, Sha256, RSA_PKCS1_2048_8192_SHA256;
    PKCS1_SHA384 = RsaPkcs1, Sha384, RSA_PKCS1_2048_8192_SHA384;
    PKCS1_SHA512 = RsaPkcs1, Sha512, RSA_PKCS1_2048_8192_SHA512;
    PSS_SHA256 = RsaPss, Sha256, RSA_PSS_2048_8192_SHA256;
    PSS_SHA384 = RsaPss, Sha384, RSA_PSS_2048_8192_SHA384;
    PSS_SHA512 = RsaPss, Sha512, RSA_PSS_2048_8192_SHA512;
}

impl Algorithm for Rsa {
    fn scheme(&self) -> SignatureScheme {
        self.scheme
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
        let verified = PublicKeyComponents { n, e }.verify(self.library, message, signature);
        verified.map_err(|_| Unfit)
    }
}
