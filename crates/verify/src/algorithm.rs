//! Signature algorithms: the list that is offered is the list that is accepted.
//!
//! COSE's numbers and X.509's identifiers both stand for a [`SignatureScheme`]; one table says which, and one module
//! says what key a scheme demands. A [`CryptoProvider`] is a list of schemes as one crypto library does them. There are
//! two, `AWS_LC_RS` and `PORTABLE`, and everything that libraries do differently (which encodings of a key or a
//! signature they let pass) is settled here, before either is asked, so that both give the same verdicts. A third,
//! `delegated`, has somebody else verify: a page its browser.
//!
//! RSA keys have 2048 to 8192 bits everywhere, also in certificates and TPMs: a shorter one is refused.

use core::fmt;

use passkeep_protocol::cose::{CoseAlgorithm, KeyParameters};

mod scheme;

mod ecdsa_signature;
#[cfg(any(feature = "aws-lc-rs", feature = "portable", feature = "delegated"))]
mod edwards;
#[cfg(any(feature = "aws-lc-rs", feature = "portable", feature = "delegated"))]
mod key;

#[cfg(feature = "aws-lc-rs")]
mod aws_lc_rs;
#[cfg(feature = "delegated")]
pub mod delegated;
#[cfg(any(feature = "aws-lc-rs", feature = "portable"))]
mod ed448;
#[cfg(feature = "portable")]
mod portable;

#[cfg(feature = "aws-lc-rs")]
pub use self::aws_lc_rs::AWS_LC_RS;
pub use self::ecdsa_signature::ecdsa_signature_from_ber;
pub(crate) use self::ecdsa_signature::{SignatureForm, verify_in_either_form};
#[cfg(feature = "portable")]
pub use self::portable::PORTABLE;
pub use self::scheme::{Curve, Hash, SignatureScheme};

/// One signature scheme, as a crypto library does it.
pub trait Algorithm: Send + Sync {
    /// Which.
    fn scheme(&self) -> SignatureScheme;

    /// Whether a key is one of this scheme: type, curve, lengths, a point on the curve, a modulus of a safe size.
    ///
    /// # Errors
    ///
    /// [`Unfit`] when it is not.
    fn check_key(&self, key: &KeyParameters<'_>) -> Result<(), Unfit>;

    /// Whether `signature` is the key's over `message`.
    ///
    /// # Errors
    ///
    /// [`Unfit`] when it is not, or the key is none of this scheme.
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

/// The signature schemes of one crypto library.
#[derive(Clone, Copy)]
pub struct CryptoProvider {
    /// A name for logs.
    pub name: &'static str,
    /// The schemes, the frequent ones first.
    pub algorithms: &'static [&'static dyn Algorithm],
}

impl CryptoProvider {
    /// The algorithm with that number, if credentials may have it.
    ///
    /// ```
    /// # #[cfg(feature = "aws-lc-rs")] {
    /// use passkeep_protocol::cose::CoseAlgorithm;
    /// use passkeep_verify::algorithm::AWS_LC_RS;
    ///
    /// assert!(AWS_LC_RS.algorithm(CoseAlgorithm::ES256).is_some());
    /// // SHA-1 signs attestation statements of old TPMs, and nothing else.
    /// assert!(AWS_LC_RS.algorithm(CoseAlgorithm::RS1).is_none());
    /// assert!(AWS_LC_RS.statement_algorithm(CoseAlgorithm::RS1).is_some());
    /// # }
    /// ```
    #[must_use]
    pub fn algorithm(&self, id: CoseAlgorithm) -> Option<&'static dyn Algorithm> {
        if !SignatureScheme::is_for_credentials(id) {
            return None;
        }
        self.statement_algorithm(id)
    }

    /// The algorithm with that number, if attestation statements may have it: those of credentials, and RS1.
    #[must_use]
    pub fn statement_algorithm(&self, id: CoseAlgorithm) -> Option<&'static dyn Algorithm> {
        self.scheme(SignatureScheme::of(id)?)
    }

    /// A scheme by itself, as certificates name them: among them are combinations that COSE has no number for.
    #[must_use]
    pub fn scheme(&self, scheme: SignatureScheme) -> Option<&'static dyn Algorithm> {
        let mut algorithms = self.algorithms.iter().copied();
        algorithms.find(|algorithm| algorithm.scheme() == scheme)
    }
}

impl fmt::Debug for CryptoProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schemes = self.algorithms.iter().map(|algorithm| algorithm.scheme());
        write!(
            f,
            "CryptoProvider({} {:?})",
            self.name,
            schemes.collect::<Vec<_>>()
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

/// [`RECOMMENDED`], with the post-quantum algorithms before it, for deployers who ask for them.
///
/// An authenticator takes the first one it has. ML-DSA-65 is first: it is the size that authenticators with room for it
/// start at, and is thought as strong as AES-192. ML-DSA-44 is next, for security keys with little memory and short
/// messages. ML-DSA-87 comes last, because its signatures of 4627 bytes buy nothing that ML-DSA-65 does not have as
/// long as everything else in a ceremony rests on SHA-256.
pub const RECOMMENDED_POST_QUANTUM: [CoseAlgorithm; 6] = [
    CoseAlgorithm::ML_DSA_65,
    CoseAlgorithm::ML_DSA_44,
    CoseAlgorithm::ML_DSA_87,
    CoseAlgorithm::EDDSA,
    CoseAlgorithm::ES256,
    CoseAlgorithm::RS256,
];
