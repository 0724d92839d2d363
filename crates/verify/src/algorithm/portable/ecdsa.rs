use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use passkeep_protocol::cose::KeyParameters;
use sha2::Digest as _;

use super::with_hash;
use crate::algorithm::key::Point;
use crate::algorithm::{Algorithm, Curve, Hash, SignatureScheme, Unfit};

/// ECDSA on a curve with a hash function.
pub(super) struct Ecdsa(pub(super) Curve, pub(super) Hash);

/// Parses a point with a curve's crate, which refuses one that is not on the curve.
macro_rules! parse_key {
    ($library:ident, $point:expr) => {
        $library::ecdsa::VerifyingKey::from_sec1_bytes($point.as_ref()).map_err(|_| Unfit)
    };
}

macro_rules! verify {
    ($library:ident, $point:expr, $hash:expr, $signature:expr) => {{
        let key = parse_key!($library, $point)?;
        let signature = $library::ecdsa::Signature::from_der($signature).map_err(|_| Unfit)?;
        // On secp256k1 the crate refuses the higher of the two values of s, which is a rule of Bitcoin's; on the other
        // curves either verifies.
        let verified = key.verify_prehash($hash, &signature.normalize_s());
        verified.map_err(|_| Unfit)
    }};
}

impl Algorithm for Ecdsa {
    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::Ecdsa {
            curve: self.0,
            hash: self.1,
        }
    }

    fn check_key(&self, key: &KeyParameters<'_>) -> Result<(), Unfit> {
        let point = Point::new(self.0, key)?;
        match self.0 {
            Curve::P256 => parse_key!(p256, point).map(drop),
            Curve::P384 => parse_key!(p384, point).map(drop),
            Curve::P521 => parse_key!(p521, point).map(drop),
            Curve::Secp256k1 => parse_key!(k256, point).map(drop),
        }
    }

    fn verify(
        &self,
        key: &KeyParameters<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Unfit> {
        let point = Point::new(self.0, key)?;
        with_hash!(self.1, D => {
            let hash = D::digest(message);
            match self.0 {
                Curve::P256 => verify!(p256, point, &hash, signature),
                Curve::P384 => verify!(p384, point, &hash, signature),
                Curve::P521 => verify!(p521, point, &hash, signature),
                Curve::Secp256k1 => verify!(k256, point, &hash, signature),
            }
        })
    }
}
