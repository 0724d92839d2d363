//! RSASSA-PKCS1-v1_5 with SHA-256.
//!
//! Searching for primes takes seconds in a debug build, so the keys made here come from a fixed set of sixteen primes,
//! any two of which make a key of 2048 bits: 120 keys. They are public and share factors. Never use one outside a test.

use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;
use rsa::pkcs1v15::SigningKey;
use rsa::signature::{SignatureEncoding as _, Signer as _};
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, RsaPrivateKey};
use sha2::Sha256;

use super::{Algorithm, PrivateKey};
use crate::cbor::Value;
use crate::cose;
use crate::draws::Draws;

const PUBLIC_EXPONENT: u32 = 65537;

/// The last two bytes of each prime of the set. The 126 before them are drawn: see [`primes`].
const PRIME_ENDS: [u16; 16] = [
    51, 447, 495, 277, 5, 623, 209, 227, 517, 1111, 611, 9, 431, 1177, 3465, 179,
];

/// RSASSA-PKCS1-v1_5 with SHA-256.
#[derive(Clone, Copy, Debug)]
pub struct Rs256;

impl Algorithm for Rs256 {
    fn alg(&self) -> CoseAlgorithm {
        CoseAlgorithm::RS256
    }

    /// One of 120 keys. Two credentials can get the same one, on one authenticator or on two.
    #[expect(
        clippy::expect_used,
        reason = "the set is a constant, and a test makes a key of each of its primes"
    )]
    fn generate(&self, draws: &mut Draws) -> Arc<dyn PrivateKey> {
        let mut primes = primes();
        let mut pick = || {
            let draw = usize::from(u16::from_be_bytes(draws.array()));
            primes.swap_remove(draw % primes.len())
        };
        let key = Key::from_primes(&pick(), &pick());
        Arc::new(key.expect("two primes of the set make a key"))
    }
}

/// The set of primes: 1024 bits each with the two highest bits set, so that every product has 2048.
///
/// Each is the smallest prime that begins with the 126 bytes drawn for it and is not 1 modulo the public exponent.
fn primes() -> Vec<[u8; 128]> {
    let mut draws = Draws::new(b"Passkeep test RSA primes", "RS256");
    let prime = |end: &u16| {
        let mut prime: [u8; 128] = draws.array();
        let [first, .., high, low] = &mut prime;
        *first |= 0xc0;
        [*high, *low] = end.to_be_bytes();
        prime
    };
    PRIME_ENDS.iter().map(prime).collect()
}

/// An RSA key.
#[derive(Debug)]
pub struct Key(SigningKey<Sha256>);

impl Key {
    /// The key of two primes, big-endian, which may be of different sizes; the public exponent is 65537. `None` when no
    /// key can be made of them.
    #[must_use]
    pub fn from_primes(p: &[u8], q: &[u8]) -> Option<Self> {
        let key = if p.len() == q.len() {
            let [p, q] = [p, q].map(BoxedUint::from_be_slice_vartime);
            RsaPrivateKey::from_p_q(p, q, BoxedUint::from(PUBLIC_EXPONENT))
        } else {
            // The library derives modulus and private exponent for primes of one size only.
            let precision = 8 * u32::try_from(p.len() + q.len()).ok()?;
            let wide = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, precision).ok();
            let (p, q, e) = (wide(p)?, wide(q)?, wide(&PUBLIC_EXPONENT.to_be_bytes())?);
            let one = BoxedUint::one();
            let totient = p.wrapping_sub(&one).wrapping_mul(q.wrapping_sub(&one));
            let totient = totient.into_nz().into_option()?;
            let d = e.invert_mod(&totient).into_option()?;
            let n = p.wrapping_mul(&q);
            RsaPrivateKey::from_components_with_wide_primes(n, e, d, vec![p, q])
        };
        Some(Self(SigningKey::new(key.ok()?)))
    }
}

impl PrivateKey for Key {
    fn alg(&self) -> CoseAlgorithm {
        CoseAlgorithm::RS256
    }

    fn public_key(&self) -> Value {
        let key: &RsaPrivateKey = self.0.as_ref();
        cose::rsa(self.alg(), &key.n_bytes(), &key.e_bytes())
    }

    /// As long as the modulus.
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use passkeep_protocol::cose::{CoseKey, KeyParameters};
    use rsa::RsaPublicKey;
    use rsa::pkcs1v15::{Signature, VerifyingKey};
    use rsa::signature::Verifier as _;

    use super::*;

    #[track_caller]
    fn verifier(key: &dyn PrivateKey) -> VerifyingKey<Sha256> {
        let encoded = key.public_key().encode();
        let parsed = CoseKey::parse(&encoded).unwrap();
        assert_eq!(parsed.alg, CoseAlgorithm::RS256);
        let KeyParameters::Rsa { n, e } = parsed.parameters else {
            panic!("{parsed:?}");
        };
        assert_eq!((n.len(), e), (256, &[1, 0, 1][..]));
        let [n, e] = [n, e].map(BoxedUint::from_be_slice_vartime);
        VerifyingKey::new(RsaPublicKey::new(n, e).unwrap())
    }

    #[test]
    fn a_signature_verifies_under_the_public_key_and_no_other_message() {
        let key = Rs256.generate(&mut Draws::new(b"seed", "test"));
        let signature = Signature::try_from(&key.sign(b"message")[..]).unwrap();
        let verifier = verifier(&*key);
        assert!(verifier.verify(b"message", &signature).is_ok());
        assert!(verifier.verify(b"massage", &signature).is_err());
    }

    #[test]
    fn every_prime_of_the_set_makes_a_key() {
        // A number that is not prime makes a key whose signatures do not verify.
        for pair in primes().chunks(2) {
            let key = Key::from_primes(&pair[0], &pair[1]).unwrap();
            let signature = Signature::try_from(&key.sign(b"message")[..]).unwrap();
            assert!(verifier(&key).verify(b"message", &signature).is_ok());
        }
    }

    #[test]
    fn a_key_has_two_primes() {
        let prime = primes().remove(0);
        assert!(Key::from_primes(&prime, &prime).is_none());
    }
}
