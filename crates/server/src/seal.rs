//! Sealing: what leaves the server encrypted and authenticated, so that only a server with the key can read or make it.
//!
//! `base64url(version, key id (8 bytes), nonce (12 bytes), ciphertext and tag)`, with AES-256-GCM-SIV, where a nonce that
//! came twice would show at most that the same ceremony was sealed twice. Purpose, version and key id are authenticated too.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use passkeep_protocol::bytes::{decode_base64url, encode_base64url};
use passkeep_store::SealingKey;
use passkeep_verify::Timestamp;
use serde::Serialize;

use crate::error::ApiError;

/// The version of the whole format: of this envelope and of what is in it. A server that is updated refuses what the old
/// one sealed in another version, and people start again.
const VERSION: u8 = 5;

/// How long a nonce is, in bytes.
pub(crate) const NONCE_BYTES: usize = 12;

/// What something is sealed for. With the same key, what is sealed for one purpose cannot be opened for another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Purpose {
    Ceremony,
    Confirmation,
}

/// A sealing key, ready for use.
pub(crate) struct SealKey {
    id: [u8; 8],
    created_at: Timestamp,
    aead: LessSafeKey,
    ceremony: Vec<u8>,
    confirmation: Vec<u8>,
}

/// What is in front of what is encrypted, in bytes: version, id of the key and nonce.
const HEAD: usize = 1 + 8 + NONCE_BYTES;

/// Room for a sealed ceremony that names no passkeys, in bytes. It is what is sealed most.
const ROOM: usize = 256;

impl SealKey {
    pub(crate) fn new(key: &SealingKey) -> Result<Self, Unspecified> {
        Ok(Self {
            id: key.id,
            created_at: key.created_at,
            aead: LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, &key.secret)?),
            ceremony: associated_data(b"passkeep ceremony", &key.id),
            confirmation: associated_data(b"passkeep confirmation", &key.id),
        })
    }

    pub(crate) fn id(&self) -> [u8; 8] {
        self.id
    }

    pub(crate) fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// What is authenticated besides.
    fn associated_data(&self, purpose: Purpose) -> &[u8] {
        match purpose {
            Purpose::Ceremony => &self.ceremony,
            Purpose::Confirmation => &self.confirmation,
        }
    }

    /// Seals a value in its encoding by postcard. The nonce is drawn for this value.
    pub(crate) fn seal(
        &self,
        purpose: Purpose,
        nonce: [u8; NONCE_BYTES],
        value: &impl Serialize,
    ) -> Result<String, ApiError> {
        let mut text = Vec::with_capacity(ROOM);
        text.push(VERSION);
        text.extend(self.id);
        text.extend(nonce);
        let mut text = postcard::to_extend(value, text).map_err(ApiError::internal)?;
        let encrypted = text.get_mut(HEAD..).unwrap_or_default();
        let aad = Aad::from(self.associated_data(purpose));
        let unique = Nonce::assume_unique_for_key(nonce);
        let tag = self.aead.seal_in_place_separate_tag(unique, aad, encrypted);
        text.extend(tag.map_err(ApiError::internal)?.as_ref());
        Ok(encode_base64url(&text))
    }
}

/// Something sealed, not yet opened.
pub(crate) struct Envelope {
    key_id: [u8; 8],
    nonce: [u8; NONCE_BYTES],
    ciphertext: Vec<u8>,
}

impl Envelope {
    /// Reads the outside; `None` if it is nothing of ours.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = decode_base64url(text).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (key_id, rest) = rest.split_first_chunk()?;
        let (nonce, ciphertext) = rest.split_first_chunk()?;
        (*version == VERSION).then(|| Self {
            key_id: *key_id,
            nonce: *nonce,
            ciphertext: ciphertext.to_vec(),
        })
    }

    /// The key it was sealed with.
    pub(crate) fn key_id(&self) -> [u8; 8] {
        self.key_id
    }

    /// What is inside; `None` if the key did not seal it, or not for this purpose.
    pub(crate) fn open(mut self, purpose: Purpose, key: &SealKey) -> Option<Vec<u8>> {
        if self.key_id != key.id {
            return None;
        }
        let aad = Aad::from(key.associated_data(purpose));
        let nonce = Nonce::assume_unique_for_key(self.nonce);
        let opened = key.aead.open_in_place(nonce, aad, &mut self.ciphertext);
        let length = opened.ok()?.len();
        self.ciphertext.truncate(length);
        Some(self.ciphertext)
    }
}

fn associated_data(purpose: &[u8], key_id: &[u8; 8]) -> Vec<u8> {
    [purpose, &[VERSION], key_id].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: u8, secret: u8) -> SealKey {
        SealKey::new(&SealingKey {
            id: [id; 8],
            secret: [secret; 32],
            created_at: Timestamp(0),
        })
        .unwrap()
    }

    /// A text sealed with a nonce of such bytes.
    fn sealed(key: &SealKey, nonce: u8) -> Vec<u8> {
        let sealed = key.seal(Purpose::Ceremony, [nonce; NONCE_BYTES], b"ceremony");
        decode_base64url(&sealed.unwrap()).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_with_its_key_and_for_its_purpose_only() {
        let sealed = encode_base64url(&sealed(&key(1, 1), 1));
        let open = |key: &SealKey| {
            Envelope::parse(&sealed)
                .unwrap()
                .open(Purpose::Ceremony, key)
        };
        assert_eq!(open(&key(1, 1)), Some(b"ceremony".to_vec()));
        assert_eq!(open(&key(1, 2)), None);
        let envelope = Envelope::parse(&sealed).unwrap();
        assert_eq!(envelope.open(Purpose::Confirmation, &key(1, 1)), None);
    }

    #[test]
    fn the_same_text_is_sealed_differently_with_each_nonce() {
        let tail = |nonce| sealed(&key(1, 1), nonce)[HEAD..].to_vec();
        assert_ne!(tail(1), tail(2));
    }

    #[test]
    fn any_flipped_bit_is_refused() {
        let key = key(1, 1);
        let sealed = sealed(&key, 1);
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let opened = Envelope::parse(&encode_base64url(&changed))
                .and_then(|it| it.open(Purpose::Ceremony, &key));
            assert_eq!(opened, None, "bit {bit}");
        }
    }

    #[test]
    fn any_shortened_text_is_refused() {
        let key = key(1, 1);
        let sealed = sealed(&key, 1);
        for length in 0..sealed.len() {
            let opened = Envelope::parse(&encode_base64url(&sealed[..length]))
                .and_then(|envelope| envelope.open(Purpose::Ceremony, &key));
            assert_eq!(opened, None, "{length} bytes");
        }
    }
}
