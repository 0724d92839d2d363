//! The form of the options for parsers that stumble over any member they do not know.

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::names::UserVerificationRequirement;
use passkeep_protocol::options::PublicKeyCredentialRequestOptionsJson;
use serde::Serialize;

/// The options that every client knows, and nothing else.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Minimal {
    challenge: Bytes,
    allow_credentials: Vec<MinimalDescriptor>,
    timeout: u32,
    user_verification: UserVerificationRequirement,
    rp_id: String,
}

#[derive(Serialize)]
struct MinimalDescriptor {
    id: Bytes,
    #[serde(rename = "type")]
    ty: &'static str,
}

impl From<PublicKeyCredentialRequestOptionsJson> for Minimal {
    fn from(options: PublicKeyCredentialRequestOptionsJson) -> Self {
        let descriptors = options.allow_credentials.into_iter();
        Self {
            challenge: options.challenge,
            allow_credentials: descriptors
                .map(|descriptor| MinimalDescriptor {
                    id: descriptor.id,
                    ty: "public-key",
                })
                .collect(),
            timeout: options.timeout.unwrap_or_default(),
            user_verification: options
                .user_verification
                .unwrap_or(UserVerificationRequirement::Preferred),
            rp_id: options.rp_id.unwrap_or_default(),
        }
    }
}
