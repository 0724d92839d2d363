//! The document that is judged.

use std::fmt;

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::names::UserVerificationRequirement;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// One recorded ceremony, and what the relying party expects of it. A member that is not known is refused, so that a
/// slip in a name cannot loosen or tighten a check unseen. Names are good in camel case too, as JavaScript's JSON has them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) kind: Kind,
    #[serde(alias = "rpId")]
    pub(super) rp_id: String,
    pub(super) origins: Vec<String>,
    pub(super) challenge: Bytes,
    #[serde(default, alias = "userVerification")]
    pub(super) user_verification: Option<UserVerificationRequirement>,
    #[serde(default)]
    pub(super) algorithms: Option<Vec<CoseAlgorithm>>,
    #[serde(default)]
    pub(super) mediation: Option<Mediation>,
    #[serde(default, alias = "crossOrigin")]
    pub(super) cross_origin: bool,
    #[serde(default, alias = "topOrigins")]
    pub(super) top_origins: Vec<String>,
    #[serde(default, alias = "acceptAttestation")]
    pub(super) accept_attestation: AcceptAttestation,
    #[serde(default)]
    pub(super) roots: Option<Roots>,
    #[serde(default, alias = "userHandle")]
    pub(super) user_handle: Option<Bytes>,
    #[serde(default)]
    pub(super) now: Option<String>,
    #[serde(default)]
    pub(super) credential: Option<Credential>,
    pub(super) response: Box<RawValue>,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Registration,
    Authentication,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mediation {
    Conditional,
    Optional,
    Required,
}

/// Which attestations are accepted.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum AcceptAttestation {
    /// Every correct one, whoever vouches for it, and none.
    #[default]
    Any,
    /// Those that a root vouches for.
    Trusted,
}

/// Who is believed, in PEM: all in one text, or a text for each, or for several.
#[derive(Debug)]
pub(super) struct Roots(Vec<String>);

impl Roots {
    pub(super) fn texts(&self) -> &[String] {
        &self.0
    }
}

// By hand: the derived reader of either form keeps whatever comes before it looks at it, and is several times as large.
impl<'de> Deserialize<'de> for Roots {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;

        impl<'de> Visitor<'de> for Texts {
            type Value = Roots;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("certificates in PEM, as a text or an array of texts")
            }

            fn visit_str<E>(self, text: &str) -> Result<Roots, E> {
                Ok(Roots(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<Roots, A::Error> {
                let mut found = Vec::new();
                while let Some(text) = texts.next_element()? {
                    found.push(text);
                }
                Ok(Roots(found))
            }
        }

        deserializer.deserialize_any(Texts)
    }
}

/// The credential as the relying party has it: what is looked at, or all of a `CredentialRecord` as it says it in JSON.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Credential {
    pub(super) id: Bytes,
    #[serde(alias = "publicKey")]
    pub(super) public_key: Bytes,
    #[serde(default, alias = "signCount")]
    pub(super) sign_count: u32,
    /// As the response has it, if the relying party did not keep it.
    #[serde(default, alias = "backupEligible")]
    pub(super) backup_eligible: Option<bool>,
    #[serde(default, alias = "userHandle")]
    pub(super) user_handle: Option<Bytes>,
    // The rest of a record, which no verdict depends on.
    #[serde(default, rename = "version")]
    _version: IgnoredAny,
    #[serde(default, rename = "type")]
    _ty: IgnoredAny,
    #[serde(default, rename = "uvInitialized")]
    _uv_initialized: IgnoredAny,
    #[serde(default, rename = "transports")]
    _transports: IgnoredAny,
    #[serde(default, rename = "backupState")]
    _backup_state: IgnoredAny,
    #[serde(default, rename = "aaguid")]
    _aaguid: IgnoredAny,
    #[serde(default, rename = "attestationObject")]
    _attestation_object: IgnoredAny,
    #[serde(default, rename = "attestationClientDataJSON")]
    _attestation_client_data_json: IgnoredAny,
    #[serde(default, rename = "rpId")]
    _rp_id: IgnoredAny,
}

impl Document {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        // serde would take an array of the members' values too.
        if !text.trim_start().starts_with('{') {
            return Err("the document must be a JSON object".to_owned());
        }
        serde_json::from_str(text).map_err(|error| format!("the document cannot be read: {error}"))
    }
}
