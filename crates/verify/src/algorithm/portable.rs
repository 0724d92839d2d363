//! Signatures in pure Rust, for wasm32 and wherever no C compiler is.

use super::ed448::Ed448;
use super::{CryptoProvider, Curve, Hash};

mod ecdsa;
mod ed25519;
mod ml_dsa;
mod rsa;

use self::ecdsa::Ecdsa;
use self::ml_dsa::{MlDsa, Size};
use self::rsa::{Padding, Rsa};

/// All schemes, as the crates of RustCrypto and of dalek do them.
pub const PORTABLE: CryptoProvider = CryptoProvider {
    name: "portable",
    algorithms: &[
        &Ecdsa(Curve::P256, Hash::Sha256),
        &ed25519::Ed25519,
        &Rsa(Padding::Pkcs1, Hash::Sha256),
        &Ecdsa(Curve::P384, Hash::Sha384),
        &Ecdsa(Curve::P521, Hash::Sha512),
        &Ecdsa(Curve::Secp256k1, Hash::Sha256),
        &Rsa(Padding::Pkcs1, Hash::Sha384),
        &Rsa(Padding::Pkcs1, Hash::Sha512),
        &Rsa(Padding::Pss, Hash::Sha256),
        &Rsa(Padding::Pss, Hash::Sha384),
        &Rsa(Padding::Pss, Hash::Sha512),
        &MlDsa(Size::MlDsa44),
        &MlDsa(Size::MlDsa65),
        &MlDsa(Size::MlDsa87),
        &Ed448,
        &Ecdsa(Curve::P384, Hash::Sha256),
        &Ecdsa(Curve::P256, Hash::Sha384),
        &Ecdsa(Curve::P256, Hash::Sha512),
        &Ecdsa(Curve::P384, Hash::Sha512),
        &Ecdsa(Curve::P521, Hash::Sha256),
        &Ecdsa(Curve::P521, Hash::Sha384),
        &Rsa(Padding::Pkcs1, Hash::Sha1),
    ],
};

/// Evaluates an expression with a type name standing for the hash function.
macro_rules! with_hash {
    ($hash:expr, $D:ident => $body:expr) => {
        match $hash {
            $crate::algorithm::Hash::Sha1 => {
                type $D = sha1::Sha1;
                $body
            }
            $crate::algorithm::Hash::Sha256 => {
                type $D = sha2::Sha256;
                $body
            }
            $crate::algorithm::Hash::Sha384 => {
                type $D = sha2::Sha384;
                $body
            }
            $crate::algorithm::Hash::Sha512 => {
                type $D = sha2::Sha512;
                $body
            }
        }
    };
}

use with_hash;
