//! What a client sends back: the two ceremonies' responses, in the JSON form of the specification.
//!
//! Members that real clients leave out are optional here, and each says who leaves it out. Nothing a verdict
//! depends on is read from a convenience copy: `authenticatorData`, `publicKey` and `publicKeyAlgorithm` of a
//! registration are accepted and ignored, because the signed copy is inside the attestation object.
//!
//! Source: L3 §5.1.6 ("RegistrationResponseJSON") and §5.1.7 ("AuthenticationResponseJSON").

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::bytes::Bytes;
use crate::names::{AuthenticatorAttachment, AuthenticatorTransport, PublicKeyCredentialType};

/// The answer to `navigator.credentials.create()`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationResponseJson {
    /// The credential id as text: base64url of `raw_id`.
    pub id: String,
    /// The credential id.
    pub raw_id: Bytes,
    /// What the authenticator made.
    pub response: AuthenticatorAttestationResponseJson,
    /// How the authenticator is attached; absent when the client does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticator_attachment: Option<AuthenticatorAttachment>,
    /// Extension outputs, as JSON. Android's sample clients leave it out.
    #[serde(default)]
    pub client_extension_results: Map<String, Value>,
    /// Always `public-key`.
    #[serde(rename = "type")]
    pub ty: PublicKeyCredentialType,
}

/// What an authenticator made at registration. Source: L3 §5.2.1.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticatorAttestationResponseJson {
    /// The JSON the client made, as bytes.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: Bytes,
    /// The CBOR the authenticator made.
    pub attestation_object: Bytes,
    /// How the authenticator can be reached. Android's sample clients leave it out.
    #[serde(default)]
    pub transports: Vec<AuthenticatorTransport>,
}

/// The answer to `navigator.credentials.get()`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationResponseJson {
    /// The credential id as text: base64url of `raw_id`.
    pub id: String,
    /// The credential id.
    pub raw_id: Bytes,
    /// What the authenticator signed.
    pub response: AuthenticatorAssertionResponseJson,
    /// How the authenticator is attached; absent when the client does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticator_attachment: Option<AuthenticatorAttachment>,
    /// Extension outputs, as JSON. Android's sample clients leave it out.
    #[serde(default)]
    pub client_extension_results: Map<String, Value>,
    /// Always `public-key`.
    #[serde(rename = "type")]
    pub ty: PublicKeyCredentialType,
}

/// What an authenticator signed. Source: L3 §5.2.2.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticatorAssertionResponseJson {
    /// The JSON the client made, as bytes.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: Bytes,
    /// The authenticator data.
    pub authenticator_data: Bytes,
    /// The signature over the authenticator data and the hash of the client data.
    pub signature: Bytes,
    /// The user handle. Authenticators without discoverable credentials return none; Safari has returned an empty
    /// one, which [`AuthenticatorAssertionResponseJson::user_handle`] reads as none.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        rename = "userHandle"
    )]
    pub raw_user_handle: Option<Bytes>,
}

impl AuthenticatorAssertionResponseJson {
    /// The user handle, where an empty one counts as none: no account can have an empty handle (L3 §5.4.3).
    #[must_use]
    pub fn user_handle(&self) -> Option<&[u8]> {
        let handle = self.raw_user_handle.as_ref().map(Bytes::as_slice);
        handle.filter(|handle| !handle.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finish_body_as_android_sends_it_is_read() {
        let json = r#"{"id":"AQI","rawId":"AQI","type":"public-key",
            "response":{"clientDataJSON":"e30","attestationObject":"oA"}}"#;
        let parsed: RegistrationResponseJson = serde_json::from_str(json).unwrap();
        assert_eq!(parsed.raw_id, Bytes::from([1, 2]));
        assert_eq!(parsed.response.transports, []);
        assert_eq!(parsed.client_extension_results, Map::new());
    }

    #[test]
    fn convenience_copies_and_unknown_members_are_ignored() {
        let json = r#"{"id":"AQI","rawId":"AQI","type":"public-key","x":1,"clientExtensionResults":{},
            "authenticatorAttachment":"implant","response":{"clientDataJSON":"e30","attestationObject":"oA",
            "transports":["usb","carrier-pigeon"],"publicKey":null,"publicKeyAlgorithm":-7,"authenticatorData":"AA"}}"#;
        let parsed: RegistrationResponseJson = serde_json::from_str(json).unwrap();
        let expected = [
            AuthenticatorTransport::Usb,
            AuthenticatorTransport::Unknown("carrier-pigeon".into()),
        ];
        assert_eq!(parsed.response.transports, expected);
        let implant = AuthenticatorAttachment::Unknown("implant".into());
        assert_eq!(parsed.authenticator_attachment, Some(implant));
    }

    #[test]
    fn an_empty_or_null_user_handle_counts_as_none() {
        for handle in ["\"\"", "null"] {
            let json = format!(
                r#"{{"clientDataJSON":"e30","authenticatorData":"","signature":"","userHandle":{handle}}}"#
            );
            let parsed: AuthenticatorAssertionResponseJson = serde_json::from_str(&json).unwrap();
            assert_eq!(parsed.user_handle(), None, "{handle}");
        }
    }
}
