//! An authentication on its way to JSON, in three stages.
//!
//! | stage | what can be changed there | what is made over the change |
//! |---|---|---|
//! | [`AuthenticationDraft`] | members and fields, the key that signs | everything |
//! | [`EncodedAuthentication`] | any byte of client data and authenticator data | signature, JSON |
//! | [`AuthenticationResponseJson`] | the signature, any member of the JSON | nothing |
//!
//! [`crate::registration`] has an example of the like.

use std::sync::Arc;

use passkeep_protocol::bytes::{Bytes, encode_base64url};
use passkeep_protocol::names::PublicKeyCredentialType;
use passkeep_protocol::response::{AuthenticationResponseJson, AuthenticatorAssertionResponseJson};

use crate::attestation::signed_bytes;
use crate::authenticator_data::AuthenticatorData;
use crate::client_data::ClientData;
use crate::registration::Envelope;
use crate::signing::PrivateKey;

/// The first stage: nothing is encoded yet. Made by [`crate::Client::draft_authentication`].
#[derive(Clone, Debug)]
#[must_use = "a draft becomes a response by `into_response`"]
pub struct AuthenticationDraft {
    /// The client data.
    pub client_data: ClientData,
    /// The authenticator data.
    pub authenticator_data: AuthenticatorData,
    /// The key that signs.
    pub key: Arc<dyn PrivateKey>,
    /// The user handle, which nothing signs.
    pub user_handle: Option<Vec<u8>>,
    pub(crate) envelope: Envelope,
}

impl AuthenticationDraft {
    /// Changes the draft.
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The next stage.
    pub fn encode(self) -> EncodedAuthentication {
        EncodedAuthentication {
            client_data_json: self.client_data.encode(),
            authenticator_data: self.authenticator_data.encode(),
            key: self.key,
            user_handle: self.user_handle,
            envelope: self.envelope,
        }
    }

    /// All stages at once.
    #[must_use]
    pub fn into_response(self) -> AuthenticationResponseJson {
        self.encode().into_response()
    }
}

/// The second stage: client data and authenticator data are bytes.
#[derive(Clone, Debug)]
#[must_use = "an authentication becomes a response by `into_response`"]
pub struct EncodedAuthentication {
    /// The client data.
    pub client_data_json: Vec<u8>,
    /// The authenticator data.
    pub authenticator_data: Vec<u8>,
    /// The key that signs.
    pub key: Arc<dyn PrivateKey>,
    /// The user handle, which nothing signs.
    pub user_handle: Option<Vec<u8>>,
    envelope: Envelope,
}

impl EncodedAuthentication {
    /// Changes the bytes.
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Signs, and makes the response.
    #[must_use]
    pub fn into_response(self) -> AuthenticationResponseJson {
        let message = signed_bytes(&self.authenticator_data, &self.client_data_json);
        AuthenticationResponseJson {
            id: encode_base64url(&self.envelope.credential_id),
            raw_id: Bytes::new(self.envelope.credential_id),
            response: AuthenticatorAssertionResponseJson {
                client_data_json: Bytes::new(self.client_data_json),
                authenticator_data: Bytes::new(self.authenticator_data),
                signature: Bytes::new(self.key.sign(&message)),
                raw_user_handle: self.user_handle.map(Bytes::new),
            },
            authenticator_attachment: self.envelope.authenticator_attachment,
            client_extension_results: self.envelope.client_extension_results,
            ty: PublicKeyCredentialType::PublicKey,
            quirks: Vec::new(),
        }
    }
}
