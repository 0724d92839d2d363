//! Every signature algorithm, on every crypto provider that is compiled in: what must verify, and the edge cases that
//! must not. `cargo test -p passkeep-verify --features portable` runs it on both, and compares them.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

#[cfg(all(feature = "aws-lc-rs", feature = "portable"))]
mod differential;
mod ecdsa;
mod edwards;
mod every;
mod ml_dsa;
mod numbers;
mod rsa;

use passkeep_protocol::cose::{CoseAlgorithm, CoseKey, KeyParameters};
use passkeep_testkit::Draws;
use passkeep_testkit::signing::{PrivateKey, algorithm};
use passkeep_verify::algorithm::{CryptoProvider, SignatureScheme, Unfit};

pub(crate) const MESSAGE: &[u8] = b"authenticator data, and the hash of client data";

/// The providers that are compiled in.
pub(crate) fn providers() -> Vec<CryptoProvider> {
    vec![
        #[cfg(feature = "aws-lc-rs")]
        passkeep_verify::algorithm::AWS_LC_RS,
        #[cfg(feature = "portable")]
        passkeep_verify::algorithm::PORTABLE,
    ]
}

/// A key with its signature over [`MESSAGE`].
pub(crate) struct Signed {
    pub(crate) scheme: SignatureScheme,
    pub(crate) cose: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

impl Signed {
    pub(crate) fn new(key: &dyn PrivateKey) -> Self {
        Self {
            scheme: SignatureScheme::of(key.alg()).unwrap(),
            cose: key.public_key().encode(),
            signature: key.sign(MESSAGE),
        }
    }

    /// With a key of its own for each algorithm.
    pub(crate) fn with(alg: CoseAlgorithm) -> Self {
        let mut draws = Draws::new(b"algorithms", alg.name().unwrap());
        Self::new(&*algorithm(alg).unwrap().generate(&mut draws))
    }

    pub(crate) fn key(&self) -> KeyParameters<'_> {
        CoseKey::parse(&self.cose).unwrap().parameters
    }

    #[track_caller]
    pub(crate) fn accepts(&self, signature: &[u8]) {
        judged(self.scheme, &self.key(), signature, Ok(()));
    }

    #[track_caller]
    pub(crate) fn refuses(&self, signature: &[u8]) {
        judged(self.scheme, &self.key(), signature, Err(Unfit));
    }

    /// That another key is none of this scheme, neither to register nor to verify the signature with.
    #[track_caller]
    pub(crate) fn refuses_key(&self, key: &KeyParameters<'_>) {
        checked(self.scheme, key, Err(Unfit));
        judged(self.scheme, key, &self.signature, Err(Unfit));
    }
}

/// What every provider says about a signature over [`MESSAGE`].
#[track_caller]
pub(crate) fn judged(
    scheme: SignatureScheme,
    key: &KeyParameters<'_>,
    signature: &[u8],
    expected: Result<(), Unfit>,
) {
    for crypto in providers() {
        let found = crypto.scheme(scheme).unwrap();
        let found = found.verify(key, MESSAGE, signature);
        assert_eq!(found, expected, "{} {scheme:?}", crypto.name);
    }
    #[cfg(feature = "portable")]
    {
        let found = asked(|crypto| {
            let algorithm = crypto.scheme(scheme).unwrap();
            algorithm.verify(key, MESSAGE, signature)
        });
        assert_eq!(found, expected, "delegated {scheme:?}");
    }
}

/// What every provider says about a key.
#[track_caller]
pub(crate) fn checked(
    scheme: SignatureScheme,
    key: &KeyParameters<'_>,
    expected: Result<(), Unfit>,
) {
    for crypto in providers() {
        let found = crypto.scheme(scheme).unwrap().check_key(key);
        assert_eq!(found, expected, "{} {scheme:?}", crypto.name);
    }
    #[cfg(feature = "portable")]
    {
        let found = asked(|crypto| crypto.scheme(scheme).unwrap().check_key(key));
        assert_eq!(found, expected, "delegated {scheme:?}");
    }
}

/// What comes of asking somebody who verifies in pure Rust.
#[cfg(feature = "portable")]
fn asked(run: impl Fn(CryptoProvider) -> Result<(), Unfit>) -> Result<(), Unfit> {
    use passkeep_verify::algorithm::{PORTABLE, delegated::with_answers};

    let mut answers = Vec::new();
    loop {
        match with_answers(&answers, &run) {
            Ok(found) => return found,
            Err(question) => {
                let answer = question.answer(PORTABLE);
                answers.push((question, answer));
            }
        }
    }
}
