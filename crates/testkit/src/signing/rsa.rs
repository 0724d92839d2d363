//! RSA signatures with both paddings.
//!
//! Searching for primes takes seconds in a debug build, so the keys made here come from a fixed set of sixteen primes,
//! any two of which make a key of 2048 bits: 120 keys. They are public and share factors. Never use one outside a test.

use std::fmt;
use std::sync::Arc;

use ::rsa::hazmat::rsa_decrypt_and_check;
use ::rsa::rand_core::{TryCryptoRng, TryRng};
use ::rsa::signature::{RandomizedSigner as _, SignatureEncoding as _, Signer as _};
use ::rsa::traits::PublicKeyParts as _;
use ::rsa::{BoxedUint, RsaPrivateKey, pkcs1v15, pss};
use passkeep_protocol::cose::CoseAlgorithm;

use super::hash::with_hash;
use super::{Algorithm, Hash, PrivateKey};
use crate::cbor::Value;
use crate::cose;
use crate::draws::Draws;

mod forgery;

pub use forgery::forged_cube_root;

/// RSASSA-PKCS1-v1_5 with SHA-256.
pub const RS256: Rsa = Rsa::new(CoseAlgorithm::RS256, Padding::Pkcs1, Hash::Sha256);
/// RSASSA-PKCS1-v1_5 with SHA-384.
pub const RS384: Rsa = Rsa::new(CoseAlgorithm::RS384, Padding::Pkcs1, Hash::Sha384);
/// RSASSA-PKCS1-v1_5 with SHA-512.
pub const RS512: Rsa = Rsa::new(CoseAlgorithm::RS512, Padding::Pkcs1, Hash::Sha512);
/// RSASSA-PKCS1-v1_5 with SHA-1, which no credential may have.
pub const RS1: Rsa = Rsa::new(CoseAlgorithm::RS1, Padding::Pkcs1, Hash::Sha1);
/// RSASSA-PSS with SHA-256.
pub const PS256: Rsa = Rsa::new(CoseAlgorithm::PS256, Padding::Pss, Hash::Sha256);
/// RSASSA-PSS with SHA-384.
pub const PS384: Rsa = Rsa::new(CoseAlgorithm::PS384, Padding::Pss, Hash::Sha384);
/// RSASSA-PSS with SHA-512.
pub const PS512: Rsa = Rsa::new(CoseAlgorithm::PS512, Padding::Pss, Hash::Sha512);

const PUBLIC_EXPONENT: u32 = 65537;

/// The last two bytes of each prime of the set. The 126 before them are drawn: see [`primes`].
const PRIME_ENDS: [u16; 16] = [
    51, 447, 495, 277, 5, 623, 209, 227, 517, 1111, 611, 9, 431, 1177, 3465, 179,
];

/// RSA with a padding and a hash function, under a number. Any combination can be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rsa {
    /// The number its keys have.
    pub alg: CoseAlgorithm,
    /// The padding.
    pub padding: Padding,
    /// The hash function.
    pub hash: Hash,
}

/// How a hash is made as long as a modulus.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Padding {
    /// RSASSA-PKCS1-v1_5.
    Pkcs1,
    /// RSASSA-PSS, with the same hash function in the mask and a salt as long as a hash.
    Pss,
}

impl Rsa {
    /// An algorithm.
    #[must_use]
    pub const fn new(alg: CoseAlgorithm, padding: Padding, hash: Hash) -> Self {
        Self { alg, padding, hash }
    }
}

impl Algorithm for Rsa {
    fn alg(&self) -> CoseAlgorithm {
        self.alg
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
        let key = Key::from_primes(*self, &pick(), &pick());
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
pub struct Key {
    algorithm: Rsa,
    key: RsaPrivateKey,
}

impl Key {
    /// The key of two primes, big-endian, which may be of different sizes; the public exponent is 65537. `None` when no
    /// key can be made of them.
    #[must_use]
    pub fn from_primes(algorithm: Rsa, p: &[u8], q: &[u8]) -> Option<Self> {
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
        let key = key.ok()?;
        Some(Self { algorithm, key })
    }

    /// What it was made for.
    #[must_use]
    pub fn algorithm(&self) -> Rsa {
        self.algorithm
    }

    /// The modulus, big-endian, without leading zeros.
    #[must_use]
    pub fn modulus(&self) -> Vec<u8> {
        self.key.n_bytes().to_vec()
    }

    /// The public exponent, big-endian, without leading zeros.
    #[must_use]
    pub fn exponent(&self) -> Vec<u8> {
        self.key.e_bytes().to_vec()
    }

    /// RSASSA-PKCS1-v1_5 with any hash function. As long as the modulus.
    #[must_use]
    pub fn sign_pkcs1(&self, hash: Hash, message: &[u8]) -> Vec<u8> {
        let key = self.key.clone();
        with_hash!(hash, D => pkcs1v15::SigningKey::<D>::new(key).sign(message).to_vec())
    }

    /// RSASSA-PSS with any hash function and salt length. As long as the modulus; empty when they do not fit into it.
    #[must_use]
    pub fn sign_pss(&self, hash: Hash, salt_bytes: usize, message: &[u8]) -> Vec<u8> {
        let key = self.key.clone();
        // The same message gets the same salt.
        let mut salt = Salt(Draws::new(message, "PSS salt"));
        let signature = with_hash!(hash, D => {
            let key = pss::SigningKey::<D>::new_with_salt_len(key, salt_bytes);
            key.try_sign_with_rng(&mut salt, message)
        });
        signature.map_or_else(|_| Vec::new(), |signature| signature.to_vec())
    }

    /// Signs a block as it is: no hash, no padding. `None` unless it is as long as the modulus and, as a number, below
    /// it.
    #[must_use]
    pub fn sign_block(&self, block: &[u8]) -> Option<Vec<u8>> {
        let length = self.key.size();
        if block.len() != length {
            return None;
        }
        let block = BoxedUint::from_be_slice(block, self.key.n_bits_precision()).ok()?;
        let signed = rsa_decrypt_and_check(&self.key, None::<&mut Salt>, &block).ok()?;
        let signed = signed.to_be_bytes();
        Some(signed.get(signed.len().checked_sub(length)?..)?.to_vec())
    }
}

impl PrivateKey for Key {
    fn alg(&self) -> CoseAlgorithm {
        self.algorithm.alg
    }

    fn public_key(&self) -> Value {
        cose::rsa(self.alg(), &self.modulus(), &self.exponent())
    }

    /// As long as the modulus.
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let hash = self.algorithm.hash;
        match self.algorithm.padding {
            Padding::Pkcs1 => self.sign_pkcs1(hash, message),
            Padding::Pss => self.sign_pss(hash, hash.bytes(), message),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Key").field(&self.algorithm).finish()
    }
}

/// A row of values where the library wants randomness.
struct Salt(Draws);

impl TryRng for Salt {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(u32::from_be_bytes(self.0.array()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(u64::from_be_bytes(self.0.array()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.copy_from_slice(&self.0.bytes(bytes.len()));
        Ok(())
    }
}

impl TryCryptoRng for Salt {}

#[cfg(test)]
mod tests {
    use ::rsa::RsaPublicKey;
    use ::rsa::signature::Verifier as _;
    use sha2::Sha256;

    use super::*;

    #[track_caller]
    fn verifies(key: &Key, signature: &[u8]) {
        assert_eq!(
            (key.modulus().len(), &key.exponent()[..]),
            (256, &[1, 0, 1][..])
        );
        let [n, e] = [key.modulus(), key.exponent()];
        let [n, e] = [&n, &e].map(|number| BoxedUint::from_be_slice_vartime(number));
        let verifier = RsaPublicKey::new(n, e).unwrap();
        let verifier = pkcs1v15::VerifyingKey::<Sha256>::new(verifier);
        let signature = pkcs1v15::Signature::try_from(signature).unwrap();
        verifier.verify(b"message", &signature).unwrap();
    }

    #[test]
    fn every_prime_of_the_set_makes_a_key() {
        // A number that is not prime makes a key whose signatures do not verify.
        for pair in primes().chunks(2) {
            let key = Key::from_primes(RS256, &pair[0], &pair[1]).unwrap();
            verifies(&key, &key.sign(b"message"));
        }
    }

    #[test]
    fn a_key_has_two_primes() {
        let prime = primes().remove(0);
        assert!(Key::from_primes(RS256, &prime, &prime).is_none());
    }

    #[test]
    fn a_block_is_signed_as_it_is() {
        use sha2::Digest as _;

        let primes = primes();
        let key = Key::from_primes(RS256, &primes[0], &primes[1]).unwrap();
        // RFC 8017 §9.2 by hand: what RSASSA-PKCS1-v1_5 signs.
        let mut block = [&[0, 1][..], &[0xff; 202], &[0]].concat();
        block.extend(forgery::SHA_256_DIGEST_INFO);
        block.extend(Sha256::digest(b"message"));
        assert_eq!(key.sign_block(&block), Some(key.sign(b"message")));
        assert_eq!(key.sign_block(&block[1..]), None);
        assert_eq!(key.sign_block(&[0xff; 256]), None);
    }
}
