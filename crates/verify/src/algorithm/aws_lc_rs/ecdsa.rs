use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1,
    ECDSA_P256K1_SHA256_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    ECDSA_P384_SHA512_ASN1, ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA384_ASN1, ECDSA_P521_SHA512_ASN1,
    EcdsaVerificationAlgorithm, ParsedPublicKey, VerificationAlgorithm as _,
};
use passkeep_protocol::cose::KeyParameters;

use crate::algorithm::key::Point;
use crate::algorithm::{Algorithm, Curve, Hash, SignatureScheme, Unfit};

/// ECDSA on a curve with a hash function.
pub(super) struct Ecdsa {
    curve: Curve,
    hash: Hash,
    library: &'static EcdsaVerificationAlgorithm,
}

/// Declares one of each combination.
macro_rules! ecdsa {
    ($($name:ident = $curve:ident, $hash:ident, $library:ident;)*) => {
        $(pub(super) const $name: Ecdsa = Ecdsa {
            curve: Curve::$curve,
            hash: Hash::$hash,
            library: &$library,
        };)*
    };
}

ecdsa! {
    P256_SHA256 = P256, Sha256, ECDSA_P256_SHA256_ASN1;
    P256_SHA384 = P256, Sha384, ECDSA_P256_SHA384_ASN1;
    P256_SHA512 = P256, Sha512, ECDSA_P256_SHA512_ASN1;
    P384_SHA256 = P384, Sha256, ECDSA_P384_SHA256_ASN1;
    P384_SHA384 = P384, Sha384, ECDSA_P384_SHA384_ASN1;
    P384_SHA512 = P384, Sha512, ECDSA_P384_SHA512_ASN1;
    P521_SHA256 = P521, Sha256, ECDSA_P521_SHA256_ASN1;
    P521_SHA384 = P521, Sha384, ECDSA_P521_SHA384_ASN1;
    P521_SHA512 = P521, Sha512, ECDSA_P521_SHA512_ASN1;
    SECP256K1_SHA256 = Secp256k1, Sha256, ECDSA_P256K1_SHA256_ASN1;
}

impl Algorithm for Ecdsa {
    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::Ecdsa {
            curve: self.curve,
            hash: self.hash,
        }
    }

    fn check_key(&self, key: &KeyParameters<'_>) -> Result<(), Unfit> {
        // Parsing refuses a point that is not on the curve, and the point at infinity has no such encoding.
        let point = Point::new(self.curve, key)?;
        if self.curve == Curve::P256 {
            // Nearly all registrations have such a key, and this crate looks at a point four times as fast.
            let parsed = p256::PublicKey::from_sec1_bytes(point.as_ref());
            return parsed.map(drop).map_err(|_| Unfit);
        }
        let parsed = ParsedPublicKey::new(self.library, point);
        parsed.map(drop).map_err(|_| Unfit)
    }

    fn verify(
        &self,
        key: &KeyParameters<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Unfit> {
        let point = Point::new(self.curve, key)?;
        let verified = self.library.verify_sig(point.as_ref(), message, signature);
        verified.map_err(|_| Unfit)
    }
}
