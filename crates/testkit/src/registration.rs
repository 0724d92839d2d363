//! A registration on its way to JSON, in four stages.
//!
//! | stage | what can be changed there | what is made over the change |
//! |---|---|---|
//! | [`RegistrationDraft`] | members and fields, the keys that sign | everything |
//! | [`EncodedRegistration`] | any byte of client data and authenticator data | statement, object, JSON |
//! | [`SignedRegistration`] | the statement, a signature | object, JSON |
//! | [`RegistrationResponseJson`] | any byte of the object, any member of the JSON | nothing |
//!
//! So a test changes exactly one thing, and signatures stay right unless they are the thing.
//!
//! ```
//! use passkeep_testkit::{Authenticator, Client, authenticator::Config, options};
//!
//! let client = Client::new("https://example.org");
//! let mut authenticator = Authenticator::with_config("seed", Config::security_key());
//! let options = options::creation("example.org", b"challenge");
//!
//! // Another challenge than the server's, but everything else in order.
//! let draft = client.draft_registration(&options, &mut authenticator)?;
//! let wrong_challenge = draft.with(|draft| draft.client_data.challenge = "AAAA".into());
//!
//! // A statement with a member too many.
//! let draft = client.draft_registration(&options, &mut authenticator)?;
//! let surplus = draft.encode().sign().with(|signed| signed.att_stmt.set("ver", "1"));
//!
//! let responses = [wrong_challenge.into_response(), surplus.into_response()];
//! # Ok::<(), passkeep_testkit::ClientError>(())
//! ```

use std::sync::Arc;

use passkeep_protocol::bytes::{Bytes, encode_base64url};
use passkeep_protocol::extensions::AuthenticationExtensionsClientOutputsJson;
use passkeep_protocol::names::{
    AuthenticatorAttachment, AuthenticatorTransport, PublicKeyCredentialType,
};
use passkeep_protocol::response::{AuthenticatorAttestationResponseJson, RegistrationResponseJson};

use crate::attestation::{AttestationFormat, NewCredential};
use crate::authenticator_data::AuthenticatorData;
use crate::cbor::Value;
use crate::client_data::ClientData;
use crate::signing::PrivateKey;

/// The first stage: nothing is encoded yet. Made by [`crate::Client::draft_registration`].
#[derive(Clone, Debug)]
#[must_use = "a draft becomes a response by `into_response`"]
pub struct RegistrationDraft {
    /// The client data.
    pub client_data: ClientData,
    /// The authenticator data.
    pub authenticator_data: AuthenticatorData,
    /// Makes the statement.
    pub attestation: Arc<dyn AttestationFormat>,
    /// The credential's private key, which signs self attestations. The public key is in the authenticator data, so
    /// another key here makes a wrong signature.
    pub key: Arc<dyn PrivateKey>,
    pub(crate) envelope: Envelope,
}

/// What the JSON says besides the authenticator's and the client's own bytes.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    pub(crate) credential_id: Vec<u8>,
    pub(crate) transports: Vec<AuthenticatorTransport>,
    pub(crate) authenticator_attachment: Option<AuthenticatorAttachment>,
    pub(crate) client_extension_results: AuthenticationExtensionsClientOutputsJson,
}

impl RegistrationDraft {
    /// Changes the draft.
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The next stage.
    pub fn encode(self) -> EncodedRegistration {
        EncodedRegistration {
            client_data_json: self.client_data.encode(),
            authenticator_data: self.authenticator_data.encode(),
            attestation: self.attestation,
            key: self.key,
            envelope: self.envelope,
        }
    }

    /// All stages at once.
    #[must_use]
    pub fn into_response(self) -> RegistrationResponseJson {
        self.encode().into_response()
    }
}

/// The second stage: client data and authenticator data are bytes.
#[derive(Clone, Debug)]
#[must_use = "a registration becomes a response by `into_response`"]
pub struct EncodedRegistration {
    /// The client data.
    pub client_data_json: Vec<u8>,
    /// The authenticator data.
    pub authenticator_data: Vec<u8>,
    /// Makes the statement.
    pub attestation: Arc<dyn AttestationFormat>,
    /// The credential's private key.
    pub key: Arc<dyn PrivateKey>,
    envelope: Envelope,
}

impl EncodedRegistration {
    /// Changes the bytes.
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The next stage.
    pub fn sign(self) -> SignedRegistration {
        let about = NewCredential {
            authenticator_data: &self.authenticator_data,
            client_data_json: &self.client_data_json,
            key: &self.key,
        };
        SignedRegistration {
            att_stmt: self.attestation.statement(&about),
            fmt: self.attestation.identifier().to_owned(),
            client_data_json: self.client_data_json,
            authenticator_data: self.authenticator_data,
            envelope: self.envelope,
        }
    }

    /// All further stages at once.
    #[must_use]
    pub fn into_response(self) -> RegistrationResponseJson {
        self.sign().into_response()
    }
}

/// The third stage: the statement is made. Changing the client data or the authenticator data here leaves a signature
/// that does not cover the change.
#[derive(Clone, Debug)]
#[must_use = "a registration becomes a response by `into_response`"]
pub struct SignedRegistration {
    /// The client data.
    pub client_data_json: Vec<u8>,
    /// The statement's format.
    pub fmt: String,
    /// The statement.
    pub att_stmt: Value,
    /// The authenticator data.
    pub authenticator_data: Vec<u8>,
    envelope: Envelope,
}

impl SignedRegistration {
    /// Changes the statement, or what it was made about.
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The attestation object. Source: L3 §6.5.4.
    #[must_use]
    pub fn attestation_object(&self) -> Value {
        Value::map([
            ("fmt", Value::from(&*self.fmt)),
            ("attStmt", self.att_stmt.clone()),
            ("authData", Value::from(&*self.authenticator_data)),
        ])
    }

    /// The response.
    #[must_use]
    pub fn into_response(self) -> RegistrationResponseJson {
        let attestation_object = self.attestation_object().encode();
        RegistrationResponseJson {
            id: encode_base64url(&self.envelope.credential_id),
            raw_id: Bytes::new(self.envelope.credential_id),
            response: AuthenticatorAttestationResponseJson {
                client_data_json: Bytes::new(self.client_data_json),
                attestation_object: Bytes::new(attestation_object),
                transports: self.envelope.transports,
            },
            authenticator_attachment: self.envelope.authenticator_attachment,
            client_extension_results: self.envelope.client_extension_results,
            ty: PublicKeyCredentialType::PublicKey,
            quirks: Vec::new(),
        }
    }
}
