//! Signatures that somebody else verifies, such as the WebCrypto of a browser.
//!
//! A verification is a straight line and waits for nobody. So it is run with the answers that there are; where one is missing it
//! ends with a [`Question`], and once that is answered it is run again. What libraries do differently is settled here as for the
//! others: a question is about a key and a signature in the one form that they may have.

use std::cell::RefCell;

use ed25519_dalek::VerifyingKey;
use passkeep_protocol::cose::KeyParameters;

use super::key::{self, Point};
use super::{
    Algorithm, CryptoProvider, Curve, Hash, SignatureScheme, Unfit, ecdsa_signature_from_ber,
    edwards,
};

/// What somebody else has to find out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Question {
    /// The scheme.
    pub scheme: SignatureScheme,
    /// The key: a point in SEC 1's uncompressed form for ECDSA, the modulus for RSA, and the key's bytes for all others.
    pub key: Vec<u8>,
    /// RSA's public exponent; empty for all others.
    pub exponent: Vec<u8>,
    /// What was signed, and the signature. Without it the question is whether the key is one of the scheme.
    pub signed: Option<Signed>,
}

/// A message with its signature.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Signed {
    /// The message.
    pub message: Vec<u8>,
    /// The signature: in strict DER for ECDSA.
    pub signature: Vec<u8>,
}

impl Question {
    /// The answer of a provider that has the scheme; no where it has not.
    #[must_use]
    pub fn answer(&self, provider: CryptoProvider) -> bool {
        let Some(algorithm) = provider.scheme(self.scheme) else {
            return false;
        };
        let key = match self.scheme {
            SignatureScheme::Ecdsa { curve, .. } => {
                let coordinates = self.key.split_first().map(|(_, coordinates)| coordinates);
                let coordinates = coordinates
                    .and_then(|both| both.split_at_checked(curve.coordinate_bytes()))
                    .unwrap_or_default();
                let ((x, y), crv) = (coordinates, curve.crv());
                KeyParameters::Ec2 { crv, x, y }
            }
            SignatureScheme::Ed25519 => KeyParameters::Okp {
                crv: key::ED25519,
                x: &self.key,
            },
            SignatureScheme::Ed448 => KeyParameters::Okp {
                crv: key::ED448,
                x: &self.key,
            },
            SignatureScheme::RsaPkcs1(_) | SignatureScheme::RsaPss(_) => KeyParameters::Rsa {
                n: &self.key,
                e: &self.exponent,
            },
            SignatureScheme::MlDsa44 | SignatureScheme::MlDsa65 | SignatureScheme::MlDsa87 => {
                KeyParameters::Akp {
                    public_key: &self.key,
                }
            }
        };
        let answer = match &self.signed {
            Some(Signed { message, signature }) => algorithm.verify(&key, message, signature),
            None => algorithm.check_key(&key),
        };
        answer.is_ok()
    }

    /// An ECDSA signature as r and s, each as long as a coordinate, which is how WebCrypto wants it; any other as it is.
    #[must_use]
    pub fn signature_in_fixed_length(&self) -> Option<Vec<u8>> {
        let signature = &self.signed.as_ref()?.signature;
        match self.scheme {
            SignatureScheme::Ecdsa { curve, .. } => fixed_length(curve, signature),
            _ => Some(signature.clone()),
        }
    }
}

/// r and s of a signature in strict DER; nothing if one is longer than a coordinate, and thus no number of the curve's.
fn fixed_length(curve: Curve, signature: &[u8]) -> Option<Vec<u8>> {
    // A form that is put right differs from what it was.
    let strict = ecdsa_signature_from_ber(signature).filter(|strict| strict == signature)?;
    let (_, integers) =
        strict.split_at_checked(if strict.get(1) == Some(&0x81) { 3 } else { 2 })?;
    let length = usize::from(*integers.get(1)?);
    let (r, s) = integers.split_at_checked(2 + length)?;
    let size = curve.coordinate_bytes();
    let mut both = Vec::with_capacity(2 * size);
    for integer in [r, s] {
        let (_, integer) = integer.split_at_checked(2)?;
        let zeros = integer.iter().take_while(|byte| **byte == 0).count();
        let significant = integer.get(zeros..)?;
        both.resize(both.len() + size.checked_sub(significant.len())?, 0);
        both.extend_from_slice(significant);
    }
    Some(both)
}

/// Runs a verification with the answers to questions that were asked before.
///
/// It has to do the same every time, but may ask in any order.
///
/// # Errors
///
/// The first question that has no answer yet. What the run gave then is not known to be right, and is dropped.
pub fn with_answers<T>(
    answers: &[(Question, bool)],
    run: impl FnOnce(CryptoProvider) -> T,
) -> Result<T, Question> {
    STATE.set(Some(State {
        answers: answers.to_vec(),
        open: None,
    }));
    let done = run(DELEGATED);
    match STATE.take().and_then(|state| state.open) {
        Some(question) => Err(question),
        None => Ok(done),
    }
}

struct State {
    answers: Vec<(Question, bool)>,
    open: Option<Question>,
}

std::thread_local! {
    // Algorithms are values that live for ever, so what one run knows has no other place.
    static STATE: RefCell<Option<State>> = const { RefCell::new(None) };
}

fn ask(question: Question) -> Result<(), Unfit> {
    STATE.with_borrow_mut(|state| {
        let state = state.as_mut().ok_or(Unfit)?;
        let known = state.answers.iter().find(|(asked, _)| *asked == question);
        match known {
            Some((_, true)) => Ok(()),
            Some((_, false)) => Err(Unfit),
            None => {
                state.open.get_or_insert(question);
                Err(Unfit)
            }
        }
    })
}

/// A scheme that is asked for.
struct Delegated(SignatureScheme);

impl Delegated {
    fn question(&self, key: &KeyParameters<'_>, signed: Option<Signed>) -> Result<Question, Unfit> {
        let (key, exponent) = match self.0 {
            SignatureScheme::Ecdsa { curve, .. } => {
                (Point::new(curve, key)?.as_ref().to_vec(), Vec::new())
            }
            SignatureScheme::Ed25519 => (key::ed25519(key)?.to_vec(), Vec::new()),
            SignatureScheme::Ed448 => (key::ed448(key)?.to_vec(), Vec::new()),
            SignatureScheme::RsaPkcs1(_) | SignatureScheme::RsaPss(_) => {
                let (n, e) = key::rsa(key)?;
                (n.to_vec(), e.to_vec())
            }
            scheme => (key::ml_dsa(scheme, key)?.to_vec(), Vec::new()),
        };
        Ok(Question {
            scheme: self.0,
            key,
            exponent,
            signed,
        })
    }
}

impl Algorithm for Delegated {
    fn scheme(&self) -> SignatureScheme {
        self.0
    }

    fn check_key(&self, key: &KeyParameters<'_>) -> Result<(), Unfit> {
        let question = self.question(key, None)?;
        match self.0 {
            SignatureScheme::Ecdsa { .. } | SignatureScheme::Ed448 => ask(question),
            // WebCrypto takes any 32 bytes for a key until it verifies with it.
            SignatureScheme::Ed25519 => VerifyingKey::from_bytes(key::ed25519(key)?)
                .map(drop)
                .map_err(|_| Unfit),
            // There is nothing else to find out.
            _ => Ok(()),
        }
    }

    fn verify(
        &self,
        key: &KeyParameters<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Unfit> {
        match self.0 {
            SignatureScheme::Ecdsa { curve, .. } => {
                fixed_length(curve, signature).ok_or(Unfit)?;
            }
            SignatureScheme::Ed25519 => {
                edwards::ed25519_signature(signature)?;
            }
            SignatureScheme::Ed448 => {
                edwards::ed448_signature(signature)?;
            }
            _ => {}
        }
        let signed = Signed {
            message: message.to_vec(),
            signature: signature.to_vec(),
        };
        ask(self.question(key, Some(signed))?)
    }
}

macro_rules! ecdsa {
    ($curve:ident, $hash:ident) => {
        &Delegated(SignatureScheme::Ecdsa {
            curve: Curve::$curve,
            hash: Hash::$hash,
        })
    };
}

/// All schemes. Outside of [`with_answers`] it refuses everything.
const DELEGATED: CryptoProvider = CryptoProvider {
    name: "delegated",
    algorithms: &[
        ecdsa!(P256, Sha256),
        &Delegated(SignatureScheme::Ed25519),
        &Delegated(SignatureScheme::RsaPkcs1(Hash::Sha256)),
        ecdsa!(P384, Sha384),
        ecdsa!(P521, Sha512),
        ecdsa!(Secp256k1, Sha256),
        &Delegated(SignatureScheme::RsaPkcs1(Hash::Sha384)),
        &Delegated(SignatureScheme::RsaPkcs1(Hash::Sha512)),
        &Delegated(SignatureScheme::RsaPss(Hash::Sha256)),
        &Delegated(SignatureScheme::RsaPss(Hash::Sha384)),
        &Delegated(SignatureScheme::RsaPss(Hash::Sha512)),
        &Delegated(SignatureScheme::MlDsa44),
        &Delegated(SignatureScheme::MlDsa65),
        &Delegated(SignatureScheme::MlDsa87),
        &Delegated(SignatureScheme::Ed448),
        ecdsa!(P384, Sha256),
        ecdsa!(P256, Sha384),
        ecdsa!(P256, Sha512),
        ecdsa!(P384, Sha512),
        ecdsa!(P521, Sha256),
        ecdsa!(P521, Sha384),
        &Delegated(SignatureScheme::RsaPkcs1(Hash::Sha1)),
    ],
};
