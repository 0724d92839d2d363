//! What is asked for. Source: L3 §5.7.1, "AuthenticationExtensionsClientInputsJSON".

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::prf::AuthenticationExtensionsPrfInputsJson;
use crate::bytes::Bytes;
use crate::names::{CredentialProtectionPolicy, LargeBlobSupport};

/// Extension inputs, of either ceremony. `passkeep-verify` says which belong to which.
///
/// ```
/// use passkeep_protocol::extensions::AuthenticationExtensionsClientInputsJson;
///
/// let json = r#"{"credProps":true,"future":{"first":"AQ"}}"#;
/// let inputs: AuthenticationExtensionsClientInputsJson = serde_json::from_str(json).unwrap();
/// assert_eq!(inputs.cred_props, Some(true));
/// assert_eq!(inputs.identifiers(), ["credProps", "future"]);
/// assert_eq!(serde_json::to_string(&inputs).unwrap(), json);
/// ```
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationExtensionsClientInputsJson {
    /// Create: whether the new credential is discoverable. Source: L3 §10.1.3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cred_props: Option<bool>,
    /// Both: secrets for the page. Source: L3 §10.1.4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prf: Option<AuthenticationExtensionsPrfInputsJson>,
    /// Both: a blob that the authenticator keeps. Source: L3 §10.1.5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub large_blob: Option<AuthenticationExtensionsLargeBlobInputsJson>,
    /// Create: what it takes to use or find the credential. Source: CTAP 2.2 §12.1, "credProtect".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_protection_policy: Option<CredentialProtectionPolicy>,
    /// Create: no credential at all rather than one that is protected less. Source: CTAP 2.2 §12.1, "credProtect".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforce_credential_protection_policy: Option<bool>,
    /// Create: the shortest PIN the authenticator allows. Source: CTAP 2.2 §12.5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_pin_length: Option<bool>,
    /// Create: a few bytes that the authenticator keeps with the credential. Source: CTAP 2.2 §12.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cred_blob: Option<Bytes>,
    /// Get: those bytes back. Source: CTAP 2.2 §12.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub get_cred_blob: Option<bool>,
    /// Create: a secret of the older kind, for native clients. Source: CTAP 2.2 §12.7, "hmac-secret".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hmac_create_secret: Option<bool>,
    /// Get: accept credentials of the U2F API under this AppID too. Source: L3 §10.1.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    /// Create: take the exclude list for credentials under this AppID too. Source: L3 §10.1.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appid_exclude: Option<String>,
    /// Extensions that are not known here, as they came.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What to do with the large blob of a credential.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthenticationExtensionsLargeBlobInputsJson {
    /// Create: whether the authenticator must be able to keep one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support: Option<LargeBlobSupport>,
    /// Get: read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<bool>,
    /// Get: replace it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<Bytes>,
}

impl AuthenticationExtensionsClientInputsJson {
    /// The names of what is asked for, as in JSON.
    #[must_use]
    pub fn identifiers(&self) -> Vec<&str> {
        let known = [
            ("credProps", self.cred_props.is_some()),
            ("prf", self.prf.is_some()),
            ("largeBlob", self.large_blob.is_some()),
            (
                "credentialProtectionPolicy",
                self.credential_protection_policy.is_some(),
            ),
            (
                "enforceCredentialProtectionPolicy",
                self.enforce_credential_protection_policy.is_some(),
            ),
            ("minPinLength", self.min_pin_length.is_some()),
            ("credBlob", self.cred_blob.is_some()),
            ("getCredBlob", self.get_cred_blob.is_some()),
            ("hmacCreateSecret", self.hmac_create_secret.is_some()),
            ("appid", self.appid.is_some()),
            ("appidExclude", self.appid_exclude.is_some()),
        ];
        let known = known.into_iter().filter(|(_, is_asked)| *is_asked);
        let known = known.map(|(name, _)| name);
        known.chain(self.other.keys().map(String::as_str)).collect()
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_extension_survives_a_round_trip() {
        let full = json!({
            "credProps": true,
            "prf": {"eval": {"first": "AQ", "second": "Ag"}},
            "largeBlob": {"support": "preferred"},
            "credentialProtectionPolicy": "userVerificationRequired",
            "enforceCredentialProtectionPolicy": true,
            "minPinLength": true,
            "credBlob": "-_8",
            "getCredBlob": true,
            "hmacCreateSecret": true,
            "appid": "https://example.org/appid.json",
            "appidExclude": "https://example.org/appid.json",
            "payment": {"isPayment": true},
        });
        let parsed: AuthenticationExtensionsClientInputsJson =
            serde_json::from_value(full.clone()).unwrap();
        assert_eq!(
            parsed.credential_protection_policy,
            Some(CredentialProtectionPolicy::UserVerificationRequired)
        );
        assert_eq!(parsed.cred_blob, Some(Bytes::from([0xfb, 0xff])));
        assert_eq!(parsed.identifiers().len(), 12);
        assert_eq!(serde_json::to_value(&parsed).unwrap(), full);
    }

    #[test]
    fn nothing_asked_for_is_an_empty_object() {
        let empty = AuthenticationExtensionsClientInputsJson::default();
        assert!(empty.is_empty());
        assert_eq!(serde_json::to_string(&empty).unwrap(), "{}");
    }
}
