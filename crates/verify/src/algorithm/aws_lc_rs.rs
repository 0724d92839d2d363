//! Signatures by aws-lc-rs.
//!
//! Its ML-DSA is part of its stable interface, and in assembler where the `ml-dsa` crate is not, so it is taken here.

use super::CryptoProvider;
use super::ed448::Ed448;

mod ecdsa;
mod ed25519;
mod ml_dsa;
mod rsa;

/// All schemes, as aws-lc-rs does them; Ed448, which it has not, as in the portable provider.
pub const AWS_LC_RS: CryptoProvider = CryptoProvider {
    name: "aws-lc-rs",
    algorithms: &[
        &ecdsa::P256_SHA256,
        &ed25519::Ed25519,
        &rsa::PKCS1_SHA256,
        &ecdsa::P384_SHA384,
        &ecdsa::P521_SHA512,
        &ecdsa::SECP256K1_SHA256,
        &rsa::PKCS1_SHA384,
        &rsa::PKCS1_SHA512,
        &rsa::PSS_SHA256,
        &rsa::PSS_SHA384,
        &rsa::PSS_SHA512,
        &ml_dsa::ML_DSA_44,
        &ml_dsa::ML_DSA_65,
        &ml_dsa::ML_DSA_87,
        &Ed448,
        &ecdsa::P384_SHA256,
        &ecdsa::P256_SHA384,
        &ecdsa::P256_SHA512,
        &ecdsa::P384_SHA512,
        &ecdsa::P521_SHA256,
        &ecdsa::P521_SHA384,
        &rsa::PKCS1_SHA1,
    ],
};
