//! Options such as a server sends, for tests that have none. Every member is public: change what the test is about.

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::names::{
    PublicKeyCredentialType, ResidentKeyRequirement, UserVerificationRequirement,
};
use passkeep_protocol::options::{
    AuthenticatorSelectionCriteria, PublicKeyCredentialCreationOptionsJson,
    PublicKeyCredentialDescriptorJson, PublicKeyCredentialParameters,
    PublicKeyCredentialRequestOptionsJson, PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntityJson,
};

use crate::signing::ALGORITHMS;

/// Options for a passkey of the user "ada" (whose handle is these three bytes too): discoverable, user verification
/// preferred, any algorithm of this kit, no attestation asked for.
#[must_use]
pub fn creation(rp_id: &str, challenge: &[u8]) -> PublicKeyCredentialCreationOptionsJson {
    let parameters = ALGORITHMS
        .iter()
        .map(|algorithm| PublicKeyCredentialParameters {
            ty: PublicKeyCredentialType::PublicKey,
            alg: algorithm.alg(),
        });
    PublicKeyCredentialCreationOptionsJson {
        rp: PublicKeyCredentialRpEntity {
            name: rp_id.to_owned(),
            id: Some(rp_id.to_owned()),
        },
        user: PublicKeyCredentialUserEntityJson {
            id: Bytes::from(&b"ada"[..]),
            name: "ada".to_owned(),
            display_name: "Ada".to_owned(),
        },
        challenge: Bytes::from(challenge),
        pub_key_cred_params: parameters.collect(),
        timeout: None,
        exclude_credentials: Vec::new(),
        authenticator_selection: Some(AuthenticatorSelectionCriteria {
            authenticator_attachment: None,
            resident_key: Some(ResidentKeyRequirement::Required),
            require_resident_key: true,
            user_verification: Some(UserVerificationRequirement::Preferred),
        }),
        hints: Vec::new(),
        attestation: None,
        attestation_formats: Vec::new(),
        extensions: Default::default(),
    }
}

/// Options for a sign-in with any discoverable credential, user verification preferred.
#[must_use]
pub fn request(rp_id: &str, challenge: &[u8]) -> PublicKeyCredentialRequestOptionsJson {
    PublicKeyCredentialRequestOptionsJson {
        challenge: Bytes::from(challenge),
        timeout: None,
        rp_id: Some(rp_id.to_owned()),
        allow_credentials: Vec::new(),
        user_verification: Some(UserVerificationRequirement::Preferred),
        hints: Vec::new(),
        extensions: Default::default(),
    }
}

/// A member of an allow or exclude list.
#[must_use]
pub fn descriptor(credential_id: &[u8]) -> PublicKeyCredentialDescriptorJson {
    PublicKeyCredentialDescriptorJson {
        ty: PublicKeyCredentialType::PublicKey,
        id: Bytes::from(credential_id),
        transports: Vec::new(),
    }
}
