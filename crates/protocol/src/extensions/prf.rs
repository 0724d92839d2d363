//! The `prf` extension: secrets that an authenticator derives for a page. Source: L3 §10.1.4.

use core::fmt;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::bytes::Bytes;

/// What to evaluate the credential's pseudo-random function on.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationExtensionsPrfInputsJson {
    /// For whatever credential is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eval: Option<AuthenticationExtensionsPrfValuesJson>,
    /// By credential id, for those of the allow list. Only for `get()`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eval_by_credential: Option<BTreeMap<Bytes, AuthenticationExtensionsPrfValuesJson>>,
}

/// One or two values: inputs of any length, or outputs of 32 bytes.
///
/// `Debug` shows lengths only: outputs are secrets.
#[derive(Clone, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthenticationExtensionsPrfValuesJson {
    /// The first value.
    pub first: Bytes,
    /// The second value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<Bytes>,
}

impl fmt::Debug for AuthenticationExtensionsPrfValuesJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.second.as_ref().map(|value| value.as_slice().len());
        f.debug_struct("AuthenticationExtensionsPrfValuesJson")
            .field("first_bytes", &self.first.as_slice().len())
            .field("second_bytes", &second)
            .finish()
    }
}

/// What came of it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationExtensionsPrfOutputsJson {
    /// Whether the new credential has such a function. Always in the answer to `create()`, never in that to `get()`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// The outputs. A page uses them and takes them out before it sends the response to a server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub results: Option<AuthenticationExtensionsPrfValuesJson>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_lengths_only() {
        let values = AuthenticationExtensionsPrfValuesJson {
            first: [0xfb; 32].into(),
            second: Some([0xfb; 31].into()),
        };
        assert_eq!(
            format!("{values:?}"),
            "AuthenticationExtensionsPrfValuesJson { first_bytes: 32, second_bytes: Some(31) }"
        );
    }

    #[test]
    fn inputs_by_credential_are_keyed_by_base64url() {
        let json =
            r#"{"eval":{"first":"AQ"},"evalByCredential":{"-_8":{"first":"Ag","second":"Aw"}}}"#;
        let parsed: AuthenticationExtensionsPrfInputsJson = serde_json::from_str(json).unwrap();
        let of_one = AuthenticationExtensionsPrfValuesJson {
            first: [2].into(),
            second: Some([3].into()),
        };
        let by_credential = parsed.eval_by_credential.as_ref().unwrap();
        assert_eq!(by_credential.get(&Bytes::from([0xfb, 0xff])), Some(&of_one));
        assert_eq!(serde_json::to_string(&parsed).unwrap(), json);

        let not_base64url = r#"{"evalByCredential":{"+/8=":{"first":"Ag"}}}"#;
        let refused = serde_json::from_str::<AuthenticationExtensionsPrfInputsJson>(not_base64url);
        let message = refused.unwrap_err().to_string();
        assert!(message.contains("not unpadded base64url"), "{message}");
    }
}
