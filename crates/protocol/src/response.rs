//! What a client sends back: the two ceremonies' responses, in the JSON form of the specification.
//!
//! Reading is tolerant by the named rules of [`crate::compat`], and says in `quirks` which of them were needed. Nothing a
//! verdict depends on is read from a convenience copy: `authenticatorData`, `publicKey` and `publicKeyAlgorithm` of a
//! registration are accepted and ignored, because the signed copy is inside the attestation object.
//!
//! Source: L3 §5.1, "RegistrationResponseJSON" and "AuthenticationResponseJSON".

use serde::{Deserialize, Serialize};

use crate::bytes::Bytes;
use crate::compat::{Quirk, json};
use crate::error::{Malformed, Problem, Structure, json_offset};
use crate::extensions::AuthenticationExtensionsClientOutputsJson;
use crate::json_object;
use crate::names::{AuthenticatorAttachment, AuthenticatorTransport, PublicKeyCredentialType};

/// The largest response that is read, in bytes: an attestation object of its largest size in base64url, its convenience
/// copies, and the client data.
pub const MAX_RESPONSE_BYTES: usize = 256 * 1024;

/// The answer to `navigator.credentials.create()`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", from = "json::Registration")]
pub struct RegistrationResponseJson {
    /// The credential id as text, in base64url.
    pub id: String,
    /// The credential id.
    pub raw_id: Bytes,
    /// What the authenticator made.
    pub response: AuthenticatorAttestationResponseJson,
    /// How the authenticator is attached; absent when the client does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authenticator_attachment: Option<AuthenticatorAttachment>,
    /// Extension outputs.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub client_extension_results: AuthenticationExtensionsClientOutputsJson,
    /// Always `public-key`.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    #[serde(rename = "type")]
    pub ty: PublicKeyCredentialType,
    /// How the JSON departed from its format. Not part of it.
    #[serde(skip)]
    pub quirks: Vec<Quirk>,
}

impl RegistrationResponseJson {
    /// Reads a response.
    ///
    /// # Errors
    ///
    /// [`Problem::TooLong`], [`Problem::NotUtf8`], or [`Problem::NotJson`] for text that is no JSON object with the members
    /// above in their types.
    ///
    /// ```
    /// use passkeep_protocol::compat::Quirk;
    /// use passkeep_protocol::response::RegistrationResponseJson;
    ///
    /// let json = br#"{"id":"AQI=","rawId":"AQI=","type":"public-key","clientExtensionResults":{},"response":{
    ///     "clientDataJSON":"e30","attestationObject":"oA","authenticatorData":"","publicKeyAlgorithm":-7,
    ///     "transports":[]}}"#;
    /// let response = RegistrationResponseJson::parse(json).unwrap();
    /// assert_eq!(response.id, "AQI");
    /// assert_eq!(response.quirks, [Quirk::Base64Padded]);
    /// ```
    pub fn parse(json: &[u8]) -> Result<Self, Malformed> {
        parse(Structure::RegistrationResponse, json)
    }

    /// What is wrong with the JSON of a response, in words that name the member; `None` if nothing is. For developers:
    /// [`parse`](Self::parse) says where, and servers need no more.
    ///
    /// ```
    /// use passkeep_protocol::response::RegistrationResponseJson;
    ///
    /// let why = RegistrationResponseJson::explain(r#"{"id":"AQI"}"#).unwrap();
    /// assert_eq!(why, "missing field `rawId` at line 1 column 12");
    /// ```
    #[must_use]
    pub fn explain(json: &str) -> Option<String> {
        let read = json_object::from_str::<Self>(json);
        read.err().map(|error| error.to_string())
    }
}

/// What an authenticator made at registration. Source: L3 §5.2.1.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuthenticatorAttestationResponseJson {
    /// The JSON the client made, as bytes.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: Bytes,
    /// The CBOR the authenticator made.
    pub attestation_object: Bytes,
    /// How the authenticator can be reached.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub transports: Vec<AuthenticatorTransport>,
}

/// The answer to `navigator.credentials.get()`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", from = "json::Authentication")]
pub struct AuthenticationResponseJson {
    /// The credential id as text, in base64url.
    pub id: String,
    /// The credential id.
    pub raw_id: Bytes,
    /// What the authenticator signed.
    pub response: AuthenticatorAssertionResponseJson,
    /// How the authenticator is attached; absent when the client does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authenticator_attachment: Option<AuthenticatorAttachment>,
    /// Extension outputs.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub client_extension_results: AuthenticationExtensionsClientOutputsJson,
    /// Always `public-key`.
    #[cfg_attr(feature = "openapi", schema(required = false))]
    #[serde(rename = "type")]
    pub ty: PublicKeyCredentialType,
    /// How the JSON departed from its format. Not part of it.
    #[serde(skip)]
    pub quirks: Vec<Quirk>,
}

impl AuthenticationResponseJson {
    /// Reads a response.
    ///
    /// # Errors
    ///
    /// As [`RegistrationResponseJson::parse`].
    ///
    /// ```
    /// use passkeep_protocol::response::AuthenticationResponseJson;
    ///
    /// let json = br#"{"id":"AQI","rawId":"AQI","type":"public-key","clientExtensionResults":{},
    ///     "response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA","userHandle":"YWRh"}}"#;
    /// let response = AuthenticationResponseJson::parse(json).unwrap();
    /// assert_eq!(response.response.user_handle(), Some(&b"ada"[..]));
    /// ```
    pub fn parse(json: &[u8]) -> Result<Self, Malformed> {
        parse(Structure::AuthenticationResponse, json)
    }

    /// What is wrong with the JSON of a response, in words that name the member; `None` if nothing is. For developers:
    /// [`parse`](Self::parse) says where, and servers need no more.
    ///
    /// ```
    /// use passkeep_protocol::response::AuthenticationResponseJson;
    ///
    /// let why = AuthenticationResponseJson::explain(r#"{"id":"AQI"}"#).unwrap();
    /// assert_eq!(why, "missing field `rawId` at line 1 column 12");
    /// ```
    #[must_use]
    pub fn explain(json: &str) -> Option<String> {
        let read = json_object::from_str::<Self>(json);
        read.err().map(|error| error.to_string())
    }
}

/// What an authenticator signed. Source: L3 §5.2.2.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    #[serde(rename = "userHandle", skip_serializing_if = "Option::is_none")]
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

fn parse<T: serde::de::DeserializeOwned>(
    structure: Structure,
    json: &[u8],
) -> Result<T, Malformed> {
    let error = |offset, problem| Malformed::new(structure, offset, problem);
    if json.len() > MAX_RESPONSE_BYTES {
        let cap = MAX_RESPONSE_BYTES;
        return Err(error(cap, Problem::TooLong { cap }));
    }
    let text = core::str::from_utf8(json);
    let text = text.map_err(|e| error(e.valid_up_to(), Problem::NotUtf8))?;
    json_object::from_str(text).map_err(|e| error(json_offset(text, &e), Problem::NotJson))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A registration as the specification has it.
    fn registration() -> Value {
        json!({
            "id": "-_8", "rawId": "-_8", "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": "e30", "attestationObject": "oA", "transports": ["usb"],
                "authenticatorData": "AA", "publicKey": "AA", "publicKeyAlgorithm": -7,
            },
        })
    }

    /// An authentication as the specification has it.
    fn authentication() -> Value {
        json!({
            "id": "-_8", "rawId": "-_8", "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": "-_8",
            },
        })
    }

    /// Changes one member, or takes it out.
    fn with(mut json: Value, path: &str, value: Option<Value>) -> Value {
        let (parent, name) = path.rsplit_once('/').unwrap();
        let parent = json.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match value {
            Some(value) => parent.insert(name.to_owned(), value),
            None => parent.remove(name),
        };
        json
    }

    fn read_registration(json: &Value) -> Result<RegistrationResponseJson, Malformed> {
        RegistrationResponseJson::parse(json.to_string().as_bytes())
    }

    fn read_authentication(json: &Value) -> Result<AuthenticationResponseJson, Malformed> {
        AuthenticationResponseJson::parse(json.to_string().as_bytes())
    }

    /// Both ceremonies read it with that quirk, and as if it had been without.
    #[track_caller]
    fn both(path: &str, value: Option<Value>, quirks: &[Quirk]) {
        let registered = read_registration(&with(registration(), path, value.clone())).unwrap();
        assert_eq!(registered.quirks, quirks, "registration {path} {value:?}");
        let expected = read_registration(&registration()).unwrap();
        assert_eq!(registered.raw_id, expected.raw_id);
        assert_eq!(registered.id, expected.id);
        assert_eq!(registered.ty, expected.ty);

        let signed_in = read_authentication(&with(authentication(), path, value.clone())).unwrap();
        assert_eq!(signed_in.quirks, quirks, "authentication {path} {value:?}");
        let expected = read_authentication(&authentication()).unwrap();
        assert_eq!(signed_in.raw_id, expected.raw_id);
        assert_eq!(signed_in.id, expected.id);
        assert_eq!(signed_in.ty, expected.ty);
    }

    #[test]
    fn what_the_specification_says_has_no_quirk() {
        let registered = read_registration(&registration()).unwrap();
        assert_eq!(registered.quirks, []);
        assert_eq!(
            registered.response.transports,
            [AuthenticatorTransport::Usb]
        );
        let signed_in = read_authentication(&authentication()).unwrap();
        assert_eq!(signed_in.quirks, []);
        assert_eq!(signed_in.response.user_handle(), Some(&[0xfb, 0xff][..]));
    }

    #[test]
    fn client_extension_results_may_be_missing() {
        let quirk = Quirk::ClientExtensionResultsMissing;
        both("/clientExtensionResults", None, &[quirk]);
    }

    #[test]
    fn transports_may_be_missing() {
        let json = with(registration(), "/response/transports", None);
        let response = read_registration(&json).unwrap();
        assert_eq!(response.quirks, [Quirk::TransportsMissing]);
        assert_eq!(response.response.transports, []);
    }

    #[test]
    fn convenience_copies_may_be_missing() {
        for (name, quirks) in [
            ("authenticatorData", &[Quirk::ConvenienceCopiesMissing][..]),
            ("publicKeyAlgorithm", &[Quirk::ConvenienceCopiesMissing]),
            // Clients leave it out for algorithms that they do not know.
            ("publicKey", &[]),
        ] {
            let json = with(registration(), &format!("/response/{name}"), None);
            assert_eq!(read_registration(&json).unwrap().quirks, quirks, "{name}");
        }
    }

    #[test]
    fn a_finish_body_as_android_sends_it_is_read() {
        let json = br#"{"id":"AQI","rawId":"AQI","type":"public-key",
            "response":{"clientDataJSON":"e30","attestationObject":"oA"}}"#;
        let parsed = RegistrationResponseJson::parse(json).unwrap();
        assert_eq!(parsed.raw_id, Bytes::from([1, 2]));
        assert_eq!(
            parsed.quirks,
            [
                Quirk::TransportsMissing,
                Quirk::ConvenienceCopiesMissing,
                Quirk::ClientExtensionResultsMissing,
            ]
        );
    }

    #[test]
    fn the_type_may_be_missing_and_another_one_is_kept() {
        both("/type", None, &[Quirk::TypeMissing]);
        let json = with(registration(), "/type", Some(json!("password")));
        let response = read_registration(&json).unwrap();
        assert_eq!(
            response.ty,
            PublicKeyCredentialType::Unknown("password".into())
        );
    }

    #[test]
    fn optional_members_may_be_null() {
        both(
            "/authenticatorAttachment",
            Some(Value::Null),
            &[Quirk::NullMember],
        );
        let quirks = [Quirk::NullMember, Quirk::ClientExtensionResultsMissing];
        both("/clientExtensionResults", Some(Value::Null), &quirks);
        let json = with(registration(), "/response/publicKey", Some(Value::Null));
        assert_eq!(
            read_registration(&json).unwrap().quirks,
            [Quirk::NullMember]
        );
        let json = with(authentication(), "/response/userHandle", Some(Value::Null));
        let response = read_authentication(&json).unwrap();
        assert_eq!(response.quirks, [Quirk::NullMember]);
        assert_eq!(response.response.user_handle(), None);
    }

    #[test]
    fn padding_is_read_where_it_belongs() {
        for path in ["/id", "/rawId"] {
            both(path, Some(json!("-_8=")), &[Quirk::Base64Padded]);
        }
        for text in ["-_8==", "-_8===", "=", "AAAA=", "-_=8", "-_8 "] {
            let json = with(registration(), "/rawId", Some(json!(text)));
            assert_eq!(
                read_registration(&json).unwrap_err().problem,
                Problem::NotJson,
                "{text}"
            );
        }
    }

    #[test]
    fn the_alphabet_of_plain_base64_is_read() {
        let quirk = Quirk::Base64StandardAlphabet;
        both("/rawId", Some(json!("+/8")), &[quirk]);
        both("/id", Some(json!("+/8")), &[quirk]);
        both("/rawId", Some(json!("+/8=")), &[Quirk::Base64Padded, quirk]);
        let mixed = with(registration(), "/rawId", Some(json!("+_8")));
        let refused = read_registration(&mixed).unwrap_err();
        assert_eq!(refused.problem, Problem::NotJson);
    }

    #[test]
    fn an_empty_user_handle_counts_as_none() {
        let json = with(authentication(), "/response/userHandle", Some(json!("")));
        let response = read_authentication(&json).unwrap();
        assert_eq!(response.quirks, [Quirk::EmptyUserHandle]);
        assert_eq!(response.response.user_handle(), None);
    }

    #[test]
    fn unknown_enumeration_values_are_kept_and_unknown_members_ignored() {
        let json = with(
            registration(),
            "/authenticatorAttachment",
            Some(json!("implant")),
        );
        let json = with(
            json,
            "/response/transports",
            Some(json!(["usb", "carrier-pigeon"])),
        );
        let json = with(json, "/later", Some(json!({"x": 1})));
        let json = with(json, "/response/later", Some(json!([1])));
        let response = read_registration(&json).unwrap();
        assert_eq!(response.quirks, []);
        let implant = AuthenticatorAttachment::Unknown("implant".into());
        assert_eq!(response.authenticator_attachment, Some(implant));
        let expected = [
            AuthenticatorTransport::Usb,
            AuthenticatorTransport::Unknown("carrier-pigeon".into()),
        ];
        assert_eq!(response.response.transports, expected);
    }

    #[test]
    fn what_is_no_response_is_refused_with_its_place() {
        let refused = |json: &[u8]| RegistrationResponseJson::parse(json).unwrap_err();
        let structure = Structure::RegistrationResponse;
        let not_json = |offset| Malformed::new(structure, offset, Problem::NotJson);
        assert_eq!(refused(b"{\n\"id\": x}"), not_json(8));
        assert_eq!(refused(b"[]").problem, Problem::NotJson);
        // What serde's own reader would take for the members in their order.
        let in_order = br#"["AQI","AQI",{"clientDataJSON":"e30","attestationObject":"oA"}]"#;
        assert_eq!(refused(in_order), not_json(0));
        let response = with(registration(), "/response", Some(json!(["e30", "oA"])));
        let refused_response = read_registration(&response).unwrap_err();
        assert_eq!(refused_response.problem, Problem::NotJson);
        let response = with(
            authentication(),
            "/response",
            Some(json!(["e30", "AA", "AA"])),
        );
        let refused_response = read_authentication(&response).unwrap_err();
        assert_eq!(refused_response.problem, Problem::NotJson);
        assert_eq!(
            refused(b"\xff"),
            Malformed::new(structure, 0, Problem::NotUtf8)
        );
        let cap = MAX_RESPONSE_BYTES;
        let too_long = Malformed::new(structure, cap, Problem::TooLong { cap });
        assert_eq!(refused(&vec![b' '; cap + 1]), too_long);
        for name in [
            "/id",
            "/rawId",
            "/response/clientDataJSON",
            "/response/attestationObject",
        ] {
            let refused = read_registration(&with(registration(), name, None)).unwrap_err();
            assert_eq!(refused.problem, Problem::NotJson, "{name}");
        }
        for name in ["/response/authenticatorData", "/response/signature"] {
            let refused = read_authentication(&with(authentication(), name, None)).unwrap_err();
            assert_eq!(refused.problem, Problem::NotJson, "{name}");
        }
    }

    #[test]
    fn what_is_read_is_written_without_its_quirks() {
        let json = with(authentication(), "/rawId", Some(json!("+/8=")));
        let written = serde_json::to_value(read_authentication(&json).unwrap()).unwrap();
        assert_eq!(written, authentication());
    }
}
