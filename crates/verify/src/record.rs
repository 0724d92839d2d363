//! What a relying party keeps of a credential.

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::names::AuthenticatorTransport;
use passkeep_protocol::names::PublicKeyCredentialType;
use passkeep_protocol::options::PublicKeyCredentialDescriptorJson;

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
}
