//! ECDSA on P-256 with SHA-256.

use std::sync::Arc;

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use passkeep_protocol::cose::CoseAlgorithm;

use super::{Algorithm, PrivateKey};
use crate::cbor::Value;
use crate::cose;
use crate::draws::Draws;

/// P-256 in the IANA registry "COSE Elliptic Curves".
const CRV_P256: i64 = 1;

/// ECDSA on P-256 with SHA-256.
#[derive(Clone, Copy, Debug)]
pub struct Es256;

impl Algorithm for Es256 {
    fn alg(&self) -> CoseAlgorithm {
        CoseAlgorithm::ES256
    }

    fn generate(&self, draws: &mut Draws) -> Arc<dyn PrivateKey> {
        // One draw in 2³² is no scalar of this curve.
        loop {
            if let Some(key) = Key::from_scalar(&draws.array()) {
                return Arc::new(key);
            }
        }
    }
}

/// A key on P-256.
#[derive(Debug)]
pub struct Key(SigningKey);

impl Key {
    /// The key of a scalar, big-endian; `None` for zero and for what is not below the curve's order.
    #[must_use]
    pub fn from_scalar(scalar: &[u8; 32]) -> Option<Self> {
        SigningKey::from_slice(scalar).ok().map(Self)
    }
}

impl PrivateKey for Key {
    fn alg(&self) -> CoseAlgorithm {
        CoseAlgorithm::ES256
    }

    fn public_key(&self) -> Value {
        let point = self.0.verifying_key().to_sec1_point(false);
        // An uncompressed point is the byte 4 and two coordinates.
        let coordinates = point.as_bytes().get(1..).unwrap_or_default();
        let (x, y) = coordinates.split_at(coordinates.len() / 2);
        cose::ec2(self.alg(), CRV_P256, x, y)
    }

    /// ASN.1 DER, with the nonce of RFC 6979.
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.0.sign(message);
        signature.to_der().as_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;
    use passkeep_protocol::cose::{CoseKey, KeyParameters};

    use super::*;

    #[test]
    fn a_signature_verifies_under_the_public_key_and_no_other_message() {
        let key = Es256.generate(&mut Draws::new(b"seed", "test"));
        let encoded = key.public_key().encode();
        let parsed = CoseKey::parse(&encoded).unwrap();
        assert_eq!(parsed.alg, CoseAlgorithm::ES256);
        let KeyParameters::Ec2 { crv: 1, x, y } = parsed.parameters else {
            panic!("{parsed:?}");
        };
        assert_eq!((x.len(), y.len()), (32, 32));
        let verifier = VerifyingKey::from_sec1_bytes(&[&[4], x, y].concat()).unwrap();

        let signature = Signature::from_der(&key.sign(b"message")).unwrap();
        assert!(verifier.verify(b"message", &signature).is_ok());
        assert!(verifier.verify(b"massage", &signature).is_err());
        assert_eq!(key.sign(b"message"), key.sign(b"message"));
    }

    #[test]
    fn a_scalar_is_above_zero_and_below_the_order() {
        assert!(Key::from_scalar(&[0; 32]).is_none());
        assert!(Key::from_scalar(&[0xff; 32]).is_none());
        let public_key = Key::from_scalar(&{
            let mut one = [0; 32];
            one[31] = 1;
            one
        })
        .map(|key| key.public_key());
        // The scalar one gives the curve's base point.
        let x = public_key.as_ref().and_then(|key| key.get(-2));
        assert!(
            matches!(x, Some(Value::Bytes(x)) if x.starts_with(&[0x6b, 0x17, 0xd1, 0xf2])),
            "{x:?}"
        );
    }
}
