//! The JSON of responses, as it is met: what the wire has, before it is the typed form with its quirks.

use core::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Quirk;
use crate::bytes::{Bytes, decode_base64url};
use crate::error::Malformed;
use crate::extensions::AuthenticationExtensionsClientOutputsJson;
use crate::json_object::object;
use crate::names::{AuthenticatorAttachment, AuthenticatorTransport, PublicKeyCredentialType};
use crate::response::{
    AuthenticationResponseJson, AuthenticatorAssertionResponseJson,
    AuthenticatorAttestationResponseJson, RegistrationResponseJson,
};

/// `RegistrationResponseJSON`, as it is met.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Registration {
    id: String,
    raw_id: WireBytes,
    #[serde(deserialize_with = "object")]
    response: Attestation,
    #[serde(default)]
    authenticator_attachment: Member<AuthenticatorAttachment>,
    #[serde(default)]
    client_extension_results: Member<AuthenticationExtensionsClientOutputsJson>,
    #[serde(rename = "type", default)]
    ty: Member<PublicKeyCredentialType>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attestation {
    #[serde(rename = "clientDataJSON")]
    client_data_json: WireBytes,
    attestation_object: WireBytes,
    #[serde(default)]
    transports: Member<Vec<AuthenticatorTransport>>,
    #[serde(default)]
    authenticator_data: Member<IgnoredAny>,
    #[serde(default)]
    public_key: Member<IgnoredAny>,
    #[serde(default)]
    public_key_algorithm: Member<IgnoredAny>,
}

/// `AuthenticationResponseJSON`, as it is met.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Authentication {
    id: String,
    raw_id: WireBytes,
    #[serde(deserialize_with = "object")]
    response: Assertion,
    #[serde(default)]
    authenticator_attachment: Member<AuthenticatorAttachment>,
    #[serde(default)]
    client_extension_results: Member<AuthenticationExtensionsClientOutputsJson>,
    #[serde(rename = "type", default)]
    ty: Member<PublicKeyCredentialType>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assertion {
    #[serde(rename = "clientDataJSON")]
    client_data_json: WireBytes,
    authenticator_data: WireBytes,
    signature: WireBytes,
    #[serde(default)]
    user_handle: Member<WireBytes>,
}

impl From<Registration> for RegistrationResponseJson {
    fn from(wire: Registration) -> Self {
        let mut quirks = Quirks::default();
        let response = wire.response;
        let transports = quirks.member(response.transports);
        if transports.is_none() {
            quirks.add(Quirk::TransportsMissing);
        }
        let copies = [response.authenticator_data, response.public_key_algorithm];
        let copies = copies.map(|copy| quirks.member(copy).is_some());
        if copies != [true, true] {
            quirks.add(Quirk::ConvenienceCopiesMissing);
        }
        quirks.member(response.public_key);
        Self {
            id: quirks.id(wire.id),
            raw_id: quirks.bytes(wire.raw_id),
            response: AuthenticatorAttestationResponseJson {
                client_data_json: quirks.bytes(response.client_data_json),
                attestation_object: quirks.bytes(response.attestation_object),
                transports: transports.unwrap_or_default(),
            },
            authenticator_attachment: quirks.member(wire.authenticator_attachment),
            client_extension_results: quirks.extension_results(wire.client_extension_results),
            ty: quirks.ty(wire.ty),
            quirks: quirks.0,
        }
    }
}

impl From<Authentication> for AuthenticationResponseJson {
    fn from(wire: Authentication) -> Self {
        let mut quirks = Quirks::default();
        let response = wire.response;
        let raw_user_handle = quirks.member(response.user_handle);
        let raw_user_handle = raw_user_handle.map(|handle| quirks.bytes(handle));
        let is_empty = |handle: &Bytes| handle.as_slice().is_empty();
        if raw_user_handle.as_ref().is_some_and(is_empty) {
            quirks.add(Quirk::EmptyUserHandle);
        }
        Self {
            id: quirks.id(wire.id),
            raw_id: quirks.bytes(wire.raw_id),
            response: AuthenticatorAssertionResponseJson {
                client_data_json: quirks.bytes(response.client_data_json),
                authenticator_data: quirks.bytes(response.authenticator_data),
                signature: quirks.bytes(response.signature),
                raw_user_handle,
            },
            authenticator_attachment: quirks.member(wire.authenticator_attachment),
            client_extension_results: quirks.extension_results(wire.client_extension_results),
            ty: quirks.ty(wire.ty),
            quirks: quirks.0,
        }
    }
}

/// The quirks met so far, each once.
#[derive(Default)]
struct Quirks(Vec<Quirk>);

impl Quirks {
    fn add(&mut self, quirk: Quirk) {
        if !self.0.contains(&quirk) {
            self.0.push(quirk);
        }
    }

    fn member<T>(&mut self, member: Member<T>) -> Option<T> {
        match member {
            Member::Absent => None,
            Member::Null => {
                self.add(Quirk::NullMember);
                None
            }
            Member::Present(value) => Some(value),
        }
    }

    fn bytes(&mut self, wire: WireBytes) -> Bytes {
        if wire.is_padded {
            self.add(Quirk::Base64Padded);
        }
        if wire.is_standard {
            self.add(Quirk::Base64StandardAlphabet);
        }
        wire.bytes.into()
    }

    /// The id as text is compared with the base64url of the raw id, so it is brought to that form too.
    fn id(&mut self, text: String) -> String {
        if !text.contains(['=', '+', '/']) {
            return text;
        }
        match WireBytes::decode(&text) {
            Ok(wire) => self.bytes(wire).to_base64url(),
            Err(_) => text,
        }
    }

    fn extension_results(
        &mut self,
        member: Member<AuthenticationExtensionsClientOutputsJson>,
    ) -> AuthenticationExtensionsClientOutputsJson {
        self.member(member).unwrap_or_else(|| {
            self.add(Quirk::ClientExtensionResultsMissing);
            AuthenticationExtensionsClientOutputsJson::default()
        })
    }

    fn ty(&mut self, member: Member<PublicKeyCredentialType>) -> PublicKeyCredentialType {
        self.member(member).unwrap_or_else(|| {
            self.add(Quirk::TypeMissing);
            PublicKeyCredentialType::PublicKey
        })
    }
}

/// A member that may be absent, where `null` is not the same.
#[derive(Default)]
enum Member<T> {
    #[default]
    Absent,
    Null,
    Present(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Member<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::<T>::deserialize(deserializer)?;
        Ok(value.map_or(Self::Null, Self::Present))
    }
}

/// Bytes as base64url, or as another base64.
struct WireBytes {
    bytes: Vec<u8>,
    is_padded: bool,
    is_standard: bool,
}

impl WireBytes {
    /// Strictly first; then without as much padding as belongs there, and in the alphabet of plain base64. A text in both
    /// alphabets is neither.
    fn decode(text: &str) -> Result<Self, Malformed> {
        let strict = match decode_base64url(text) {
            Ok(bytes) => {
                return Ok(Self {
                    bytes,
                    is_padded: false,
                    is_standard: false,
                });
            }
            Err(malformed) => malformed,
        };
        let unpadded = text.trim_end_matches('=');
        let is_padded = unpadded.len() < text.len();
        if is_padded && (!text.len().is_multiple_of(4) || text.len() - unpadded.len() > 2) {
            return Err(strict);
        }
        let is_standard = unpadded.contains(['+', '/']);
        let bytes = if is_standard && !unpadded.contains(['-', '_']) {
            decode_base64url(&unpadded.replace('+', "-").replace('/', "_"))
        } else {
            decode_base64url(unpadded)
        };
        Ok(Self {
            bytes: bytes.map_err(|_| strict)?,
            is_padded,
            is_standard,
        })
    }
}

impl<'de> Deserialize<'de> for WireBytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = WireBytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("base64url text")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<WireBytes, E> {
                WireBytes::decode(text).map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Visitor)
    }
}
