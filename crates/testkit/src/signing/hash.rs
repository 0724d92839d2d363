/// The hash functions that are signed over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Hash {
    /// SHA-1, for old attestation statements.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// The length of a hash.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// Evaluates an expression with a type name standing for the hash function.
macro_rules! with_hash {
    ($hash:expr, $D:ident => $body:expr) => {
        match $hash {
            $crate::signing::Hash::Sha1 => {
                type $D = sha1::Sha1;
                $body
            }
            $crate::signing::Hash::Sha256 => {
                type $D = sha2::Sha256;
                $body
            }
            $crate::signing::Hash::Sha384 => {
                type $D = sha2::Sha384;
                $body
            }
            $crate::signing::Hash::Sha512 => {
                type $D = sha2::Sha512;
                $body
            }
        }
    };
}

pub(super) use with_hash;
