//! Bearer secrets: what a cookie holds.

use core::fmt;

use passkeep_protocol::bytes::{decode_base64url_array, encode_base64url};
use sha2::{Digest as _, Sha256};

use crate::ambient::{Random, RandomError, random_array};

/// 256 random bits that a browser keeps. The server keeps their SHA-256 only: it finds what the token stands for, and
/// whoever reads the server's data cannot make the token from it. With 256 bits there is nothing to guess, so a plain
/// hash is enough, and comparing hashes tells nothing about the token by its timing.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct Token([u8; 32]);

impl Token {
    pub(crate) fn random(random: &dyn Random) -> Result<Self, RandomError> {
        random_array(random).map(Self)
    }

    /// Reads a cookie's value; `None` if it cannot be one of ours.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        decode_base64url_array(text).map(Self)
    }

    /// The cookie's value.
    pub(crate) fn to_text(&self) -> String {
        encode_base64url(&self.0)
    }

    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// A hash that is another one for each purpose.
    pub(crate) fn hash_for(&self, purpose: &str) -> [u8; 32] {
        let digest = Sha256::new().chain_update(purpose).chain_update([0]);
        digest.chain_update(self.0).finalize().into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_of_32_bytes_is_a_token() {
        let token = Token([7; 32]);
        assert_eq!(Token::parse(&token.to_text()), Some(token));
        assert_eq!(Token::parse(&encode_base64url(&[7; 31])), None);
        assert_eq!(Token::parse(&encode_base64url(&[7; 33])), None);
        assert_eq!(Token::parse(""), None);
    }

    #[test]
    fn a_token_never_shows_itself() {
        assert_eq!(format!("{:?}", Token([7; 32])), "Token(…)");
    }
}
