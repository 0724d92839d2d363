//! The signature algorithms an authenticator can have, one file per family.
//!
//! Every key is made from values a test knows, and every signature is deterministic, so that a ceremony has the same
//! bytes in every run.

use std::fmt::Debug;
use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;

use crate::cbor::Value;
use crate::draws::Draws;

pub mod ecdsa;
pub mod eddsa;
pub mod ml_dsa;
pub mod rsa;

mod hash;

pub use hash::Hash;

/// Every algorithm of this kit that a credential may have. [`crate::authenticator::Config::algorithms`] chooses among
/// them.
pub const ALGORITHMS: &[&dyn Algorithm] = &[
    &ecdsa::ES256,
    &eddsa::EDDSA,
    &rsa::RS256,
    &ecdsa::ES384,
    &ecdsa::ES512,
    &ecdsa::ESP256,
    &ecdsa::ESP384,
    &ecdsa::ESP512,
    &ecdsa::ES256K,
    &eddsa::ED25519,
    &eddsa::ED448,
    &rsa::RS384,
    &rsa::RS512,
    &rsa::PS256,
    &rsa::PS384,
    &rsa::PS512,
    &ml_dsa::ML_DSA_44,
    &ml_dsa::ML_DSA_65,
    &ml_dsa::ML_DSA_87,
];

/// Algorithms that only attestation statements may have. An authenticator makes a credential of one when it is told to.
pub const STATEMENT_ALGORITHMS: &[&dyn Algorithm] = &[&rsa::RS1];

/// The algorithm of that number, if this kit has it.
#[must_use]
pub fn algorithm(alg: CoseAlgorithm) -> Option<&'static dyn Algorithm> {
    let mut all = ALGORITHMS.iter().chain(STATEMENT_ALGORITHMS);
    all.find(|algorithm| algorithm.alg() == alg).copied()
}

/// A signature algorithm that makes keys.
pub trait Algorithm: Debug + Send + Sync {
    /// Its number.
    fn alg(&self) -> CoseAlgorithm;

    /// Makes a key from the next values of `draws`.
    fn generate(&self, draws: &mut Draws) -> Arc<dyn PrivateKey>;
}

/// A private key. Its `Debug` form names the algorithm and not the key.
pub trait PrivateKey: Debug + Send + Sync {
    /// The number of its algorithm.
    fn alg(&self) -> CoseAlgorithm;

    /// The public key in COSE form.
    fn public_key(&self) -> Value;

    /// Signs a message, in the form WebAuthn sends it. The same message gets the same signature. Source: L3 §6.5.5.
    fn sign(&self, message: &[u8]) -> Vec<u8>;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_number_has_one_algorithm() {
        let all = || ALGORITHMS.iter().chain(STATEMENT_ALGORITHMS);
        let numbers: BTreeSet<_> = all().map(|algorithm| algorithm.alg()).collect();
        assert_eq!(numbers.len(), 20);
        for one in all() {
            assert_eq!(
                algorithm(one.alg()).map(|found| found.alg()),
                Some(one.alg())
            );
            assert!(one.alg().name().is_some(), "{one:?}");
        }
        assert!(algorithm(CoseAlgorithm(-6)).is_none());
    }

    #[test]
    fn keys_and_signatures_are_the_same_every_time() {
        for one in ALGORITHMS.iter().chain(STATEMENT_ALGORITHMS) {
            let [first, second] = [(); 2].map(|()| one.generate(&mut Draws::new(b"seed", "test")));
            assert_eq!(first.alg(), one.alg());
            assert_eq!(first.public_key(), second.public_key(), "{one:?}");
            assert_eq!(first.sign(b"message"), second.sign(b"message"), "{one:?}");
            assert_ne!(first.sign(b"message"), first.sign(b"massage"), "{one:?}");
        }
    }
}
