//! The signature algorithms an authenticator can have, one file each.

use std::fmt::Debug;
use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;

use crate::cbor::Value;
use crate::draws::Draws;

pub mod eddsa;
pub mod es256;
pub mod rs256;

/// Every algorithm this kit has. [`crate::authenticator::Config::algorithms`] chooses among them.
pub const ALGORITHMS: &[&dyn Algorithm] = &[&es256::Es256, &eddsa::EdDsa, &rs256::Rs256];

/// The algorithm of that number, if this kit has it.
#[must_use]
pub fn algorithm(alg: CoseAlgorithm) -> Option<&'static dyn Algorithm> {
    let found = ALGORITHMS.iter().find(|algorithm| algorithm.alg() == alg);
    found.copied()
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
