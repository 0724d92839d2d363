//! Signature algorithms: the list that is offered is the list that is accepted.

use passkeep_protocol::cose::{CoseAlgorithm, KeyParameters};

#[cfg(feature = "aws-lc-rs")]
mod aws_lc_rs;

#[cfg(feature = "aws-lc-rs")]
pub use self::aws_lc_rs::AWS_LC_RS;

/// One signature algorithm, as a crypto library does it.
pub trait Algorithm: Send + Sync {
    /// Its identifier.
    fn id(&self) -> CoseAlgorithm;

    /// Whether a key is one of this algorithm: type, curve, lengths, a point on the curve, a modulus of a safe size.
    ///
    /// # Errors
    ///
    /// [`Unfit`] when it is not.
    fn check_key(&self, key: &KeyParameters<'_>) -> Result<(), Unfit>;

    /// Whether `signature` is the key's over `message`.
    ///
    /// # Errors
    ///
    /// [`Unfit`] when it is not, or the key is none of this algorithm.
    fn verify(
        &self,
        key: &KeyParameters<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Unfit>;
}

/// A key or a signature that does not fit. Says no more, because whoever sent it must not learn more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Unfit;

/// The algorithms of one crypto library.
#[derive(Clone, Copy)]
pub struct CryptoProvider {
    /// A name for logs.
    pub name: &'static str,
    /// The algorithms, in no order.
    pub algorithms: &'static [&'static dyn Algorithm],
}

impl CryptoProvider {
    /// The algorithm with that identifier.
    #[must_use]
    pub fn algorithm(&self, id: CoseAlgorithm) -> Option<&'static dyn Algorithm> {
        let mut algorithms = self.algorithms.iter().copied();
        algorithms.find(|algorithm| algorithm.id() == id)
    }
}

impl core::fmt::Debug for CryptoProvider {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let ids = self.algorithms.iter().map(|algorithm| algorithm.id());
        write!(
            f,
            "CryptoProvider({} {:?})",
            self.name,
            ids.collect::<Vec<_>>()
        )
    }
}

/// What is offered unless the deployer says otherwise, most preferred first. [L3 §5.4, "pubKeyCredParams"]
///
/// [L3 §5.4, "pubKeyCredParams"]: https://www.w3.org/TR/webauthn-3/#dom-publickeycredentialcreationoptions-pubkeycredparams
pub const RECOMMENDED: [CoseAlgorithm; 3] = [
    CoseAlgorithm::EDDSA,
    CoseAlgorithm::ES256,
    CoseAlgorithm::RS256,
];
