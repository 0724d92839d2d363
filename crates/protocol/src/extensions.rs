//! Extensions: what is asked of clients and authenticators, and what they answer.
//!
//! | identifier | ceremony | asked with | answered by the client | answered by the authenticator |
//! |---|---|---|---|---|
//! | `credProps` | create | `true` | [`CredentialPropertiesOutput`] | |
//! | `prf` | both | [`AuthenticationExtensionsPrfInputsJson`] | [`AuthenticationExtensionsPrfOutputsJson`] | `hmac-secret` |
//! | `largeBlob` | both | [`AuthenticationExtensionsLargeBlobInputsJson`] | [`AuthenticationExtensionsLargeBlobOutputsJson`] | |
//! | `credProtect` | create | `credentialProtectionPolicy`, `enforceCredentialProtectionPolicy` | | the level, 1 to 3 |
//! | `minPinLength` | create | `true` | | the length |
//! | `credBlob` | create | bytes | `bool` | `bool` |
//! | `getCredBlob` | get | `true` | bytes | bytes |
//! | `hmacCreateSecret` | create | `true` | `bool` | `hmac-secret`: `bool` |
//! | `appid` | get | an AppID | `bool` | |
//! | `appidExclude` | create | an AppID | `bool` | |
//!
//! Bytes are base64url in JSON. Any other extension is kept as it came, in and out.
//!
//! The results of `prf` are secrets of the page. They never show in `Debug`, and
//! [`for_server`](AuthenticationExtensionsClientOutputsJson::for_server) takes them out.
//!
//! Source: L3 §9 and §10; CTAP 2.2 §12.

#[cfg(feature = "serde")]
mod inputs;
#[cfg(feature = "serde")]
mod outputs;
#[cfg(feature = "serde")]
mod prf;

mod authenticator;

#[cfg(feature = "serde")]
pub use inputs::{
    AuthenticationExtensionsClientInputsJson, AuthenticationExtensionsLargeBlobInputsJson,
};
#[cfg(feature = "serde")]
pub use outputs::{
    AuthenticationExtensionsClientOutputsJson, AuthenticationExtensionsLargeBlobOutputsJson,
    CredentialPropertiesOutput,
};
#[cfg(feature = "serde")]
pub use prf::{
    AuthenticationExtensionsPrfInputsJson, AuthenticationExtensionsPrfOutputsJson,
    AuthenticationExtensionsPrfValuesJson,
};

pub use authenticator::{
    AuthenticatorExtensionOutputs, CredBlobOutput, HmacSecretOutput, MAX_CRED_BLOB_BYTES,
    MAX_EXTENSION_OUTPUTS_BYTES, MAX_HMAC_SECRET_BYTES,
};
