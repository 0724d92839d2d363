//! What a relying party keeps of a credential.

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::names::AuthenticatorTransport;
use passkeep_protocol::names::PublicKeyCredentialType;
use passkeep_protocol::options::PublicKeyCredentialDescriptorJson;

use crate::authentication::{Candidate, RecordUpdate};
use crate::values::UserHandle;

mod versions;

pub use versions::{MAX_RECORD_BYTES, RECORD_VERSION, RecordError};

/// A credential record. [L3 §4, "Credential Record"]
///
/// [L3 §4, "Credential Record"]: https://www.w3.org/TR/webauthn-3/#credential-record
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CredentialRecord {
    /// The credential id, 1 to 1023 bytes, unique over all accounts.
    pub id: Bytes,
    /// The public key, as the authenticator encoded it in COSE.
    pub public_key: Bytes,
    /// The signature counter.
    pub sign_count: u32,
    /// Whether user verification has been seen and may count as a factor.
    pub uv_initialized: bool,
    /// How the authenticator can be reached, as the client reported it.
    pub transports: Vec<AuthenticatorTransport>,
    /// BE: fixed for the credential's life.
    pub backup_eligible: bool,
    /// BS, at the last ceremony.
    pub backup_state: bool,
    /// The authenticator's model, unproven unless an attestation was verified.
    pub aaguid: [u8; 16],
    /// The attestation object, kept so that the attestation can be looked at again.
    pub attestation_object: Bytes,
    /// The client data of the registration, to go with it.
    pub attestation_client_data_json: Bytes,
    /// The RP ID of the registration.
    pub rp_id: String,
}

impl CredentialRecord {
    /// The credential, as exclude and allow lists name it.
    #[must_use]
    pub fn descriptor(&self) -> PublicKeyCredentialDescriptorJson {
        PublicKeyCredentialDescriptorJson {
            ty: PublicKeyCredentialType::PublicKey,
            id: self.id.clone(),
            transports: self.transports.clone(),
        }
    }

    /// What a sign-in with the credential is judged by. `user` is the account that has it.
    #[must_use]
    pub fn candidate<'a>(&'a self, user: &'a UserHandle) -> Candidate<'a> {
        Candidate {
            id: &self.id,
            user,
            public_key: self.public_key.as_slice(),
            sign_count: self.sign_count,
            uv_initialized: self.uv_initialized,
            backup_eligible: self.backup_eligible,
        }
    }

    /// Takes in what a sign-in changed. [L3 §7.2, "Update credentialRecord with new state values"]
    ///
    /// [L3 §7.2, "Update credentialRecord with new state values"]: https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion
    pub fn apply(&mut self, update: RecordUpdate) {
        let RecordUpdate {
            sign_count,
            judged_by: _,
            uv_initialized,
            backup_eligible,
            backup_state,
        } = update;
        self.sign_count = sign_count;
        self.uv_initialized = uv_initialized;
        self.backup_eligible = backup_eligible;
        self.backup_state = backup_state;
    }
}
