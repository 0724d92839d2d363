//! What no start can do without, whoever writes it: randomness that nobody can guess, and a text that only the server can read.

use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use passkeep_protocol::api::AuthenticationStarted;
use passkeep_protocol::bytes::{decode_base64url, encode_base64url};

use crate::Result;

/// What a start draws, in bytes: a nonce, a challenge, and what makes its id one of its own.
const DRAWN: usize = 12 + 32 + 10;

/// What is in a sealed text beside what is encrypted, in bytes: version, id of the key, nonce and tag.
const AROUND: usize = 1 + 8 + 12 + 16;

/// The answer to a start, but for its challenge and its sealed text.
#[derive(Clone)]
pub(crate) struct Sealing {
    key: Arc<LessSafeKey>,
    /// What is before the sealed text, between it and the challenge, and after that.
    around: Arc<[String; 3]>,
    /// How much is encrypted, in bytes.
    encrypted: usize,
}

impl Sealing {
    /// As a server has answered.
    pub(crate) fn like(answer: &str) -> Result<Self> {
        let started: AuthenticationStarted = serde_json::from_str(answer)?;
        let sealed = decode_base64url(&started.ceremony)?.len();
        let challenge = encode_base64url(started.options.challenge.as_slice());
        let parts = answer.split_once(&started.ceremony);
        let (before, rest) = parts.ok_or("the ceremony is not in the answer")?;
        let parts = rest.split_once(&challenge);
        let (between, after) = parts.ok_or("the challenge does not follow the ceremony")?;
        let key = UnboundKey::new(&AES_256_GCM_SIV, &[7; 32]).map_err(|error| error.to_string())?;
        Ok(Self {
            key: Arc::new(LessSafeKey::new(key)),
            around: Arc::new([before, between, after].map(str::to_owned)),
            encrypted: sealed.saturating_sub(AROUND),
        })
    }

    /// One more such answer.
    pub(crate) fn answer(&self) -> std::result::Result<String, Unspecified> {
        let mut drawn = [0; DRAWN];
        SystemRandom::new().fill(&mut drawn)?;
        let (nonce, rest) = drawn.split_first_chunk::<12>().ok_or(Unspecified)?;
        let (challenge, id) = rest.split_first_chunk::<32>().ok_or(Unspecified)?;
        let mut text = [&challenge[..], id].concat();
        text.resize(self.encrypted, 0);
        let aad = Aad::from(*b"passkeep ceremony");
        let unique = Nonce::assume_unique_for_key(*nonce);
        self.key.seal_in_place_append_tag(unique, aad, &mut text)?;
        let sealed = encode_base64url(&[&[0; 9][..], nonce, &text].concat());
        let [before, between, after] = &*self.around;
        let challenge = encode_base64url(challenge);
        Ok([before.as_str(), &sealed, between, &challenge, after].concat())
    }
}
