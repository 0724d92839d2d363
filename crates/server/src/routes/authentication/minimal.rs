//! The form of the options for parsers that stumble over any member they do not know.

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::names::UserVerificationRequirement;
use passkeep_protocol::options::PublicKeyCredentialRequestOptionsJson;
use serde::Serialize;
use utoipa::ToSchema;

/// The options that every client knows, and nothing else: the answer to the profile `minimal`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = MinimalRequestOptions)]
pub(crate) struct Minimal {
    /// Random bytes, used once.
    challenge: Bytes,
    /// Acceptable credentials; any discoverable one when empty.
    allow_credentials: Vec<MinimalDescriptor>,
    /// A hint for how long the client should wait, in milliseconds.
    timeout: u32,
    /// Whether the authenticator must verify the user.
    user_verification: UserVerificationRequirement,
    /// The Relying Party's id.
    rp_id: String,
}

/// One credential, without its transports.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MinimalDescriptor {
    /// The credential id.
    id: Bytes,
    /// Always `public-key`.
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
