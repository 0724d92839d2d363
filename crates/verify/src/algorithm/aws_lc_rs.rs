//! Signatures by aws-lc-rs.

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    VerificationAlgorithm,
};
use passkeep_protocol::cose::{CoseAlgorithm, KeyParameters};

use super::{Algorithm, CryptoProvider, Unfit};

/// All algorithms that aws-lc-rs does here.
pub const AWS_LC_RS: CryptoProvider = CryptoProvider {
    name: "aws-lc-rs",
    algorithms: &[&Es256, &EdDsa, &Rs256],
};

/// Numbers of the IANA registry "COSE Elliptic Curves".
const P_256: i64 = 1;
const ED25519_CURVE: i64 = 6;

struct Es256;

impl Es256 {
    /// The uncompressed point, as SEC 1 writes it.
    fn point(key: &KeyParameters<'_>) -> Result<[u8; 65], Unfit> {
        let KeyParameters::Ec2 { crv: P_256, x, y } = key else {
            return Err(Unfit);
        };
        let mut point = [0x04; 65];
        let (x_target, y_target) = point.split_at_mut(1).1.split_at_mut(32);
        if x.len() != x_target.len() || y.len() != y_target.len() {
            return Err(Unfit);
        }
        x_target.copy_from_slice(x);
        y_target.copy_from_slice(y);
        Ok(point)
    }
}

impl Algorithm for Es256 {
    fn id(&self) -> CoseAlgorithm {
        CoseAlgorithm::ES256
    }

    fn check_key(&self, key: &KeyParameters<'_>) -> Result<(), Unfit> {
        // Parsing refuses a point that is not on the curve, and the point at infinity.
        let parsed = ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, Self::point(key)?);
        parsed.map(drop).map_err(|_| Unfit)
    }

    fn verify(
        &self,
        key: &KeyParameters<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Unfit> {
        let point = Self::point(key)?;
        let verified = ECDSA_P256_SHA256_ASN1.verify_sig(&point, message, signature);
        verified.map_err(|_| Unfit)
    }
}

/// `EdDSA`, which in WebAuthn is Ed25519.
struct EdDsa;

impl EdDsa {
    fn public_key<'a>(key: &KeyParameters<'a>) -> Result<&'a [u8; 32], Unfit> {
        match key {
            KeyParameters::Okp {
                crv: ED25519_CURVE,
                x,
            } => (*x).try_into().map_err(|_| Unfit),
            _ => Err(Unfit),
        }
    }
}

impl Algorithm for EdDsa {
    fn id(&self) -> CoseAlgorithm {
        CoseAlgorithm::EDDSA
    }

    fn check_key(&self, key: &KeyParameters<'_>) -> Result<(), Unfit> {
        let parsed = ParsedPublicKey::new(&ED25519, Self::public_key(key)?);
        parsed.map(drop).map_err(|_| Unfit)
    }

    fn verify(
        &self,
        key: &KeyParameters<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Unfit> {
        let verified = ED25519.verify_sig(Self::public_key(key)?, message, signature);
        verified.map_err(|_| Unfit)
    }
}

/// RSASSA-PKCS1-v1_5 with SHA-256 and a modulus of 2048 to 8192 bits.
struct Rs256;

impl Rs256 {
    fn components<'a>(key: &KeyParameters<'a>) -> Result<PublicKeyComponents<&'a [u8]>, Unfit> {
        let KeyParameters::Rsa { n, e } = *key else {
            return Err(Unfit);
        };
        // A leading zero would make a second encoding of the same key; an even modulus or exponent is no key at all.
        let odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
        let minimal = |number: &[u8]| number.first().is_some_and(|first| *first != 0);
        let bits = |number: &[u8]| {
            let leading = number
                .first()
                .map_or(0, |first| first.leading_zeros() as usize);
            number.len() * 8 - leading
        };
        let fit = [n, e]
            .into_iter()
            .all(|number| minimal(number) && odd(number))
            && (2048..=8192).contains(&bits(n))
            && (2..=33).contains(&bits(e));
        fit.then_some(PublicKeyComponents { n, e }).ok_or(Unfit)
    }
}

impl Algorithm for Rs256 {
    fn id(&self) -> CoseAlgorithm {
        CoseAlgorithm::RS256
    }

    fn check_key(&self, key: &KeyParameters<'_>) -> Result<(), Unfit> {
        Self::components(key).map(drop)
    }

    fn verify(
        &self,
        key: &KeyParameters<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Unfit> {
        let components = Self::components(key)?;
        let verified = components.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature);
        verified.map_err(|_| Unfit)
    }
}
