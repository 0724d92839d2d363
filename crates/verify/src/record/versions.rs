//! Credential records as JSON, with a version.
//!
//! A record outlives the program that wrote it: it is exported, imported and read by later versions. So its JSON says which
//! version it is of, every version there has been stays readable and has a golden file in the tests, and one that is not
//! known, because a later program wrote it, is refused rather than half understood.
//!
//! | version | since | members |
//! |---|---|---|
//! | 1 | 0.1 | those of [L3 §4, "Credential Record"], and `aaguid` |
//!
//! [L3 §4, "Credential Record"]: https://www.w3.org/TR/webauthn-3/#credential-record

use core::fmt;

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::cose::CoseKey;
use passkeep_protocol::names::{AuthenticatorTransport, PublicKeyCredentialType};
use serde::{Deserialize, Serialize};

use super::CredentialRecord;
use crate::aaguid;

/// The version that is written.
pub const RECORD_VERSION: u64 = 1;

/// The largest record that is read, in bytes: an attestation object and client data of their largest sizes, in base64url.
pub const MAX_RECORD_BYTES: usize = 128 * 1024;

/// Why a record cannot be read.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum RecordError {
    /// It is longer than [`MAX_RECORD_BYTES`].
    TooLong,
    /// It is no JSON object with a number as its `version`.
    NoVersion,
    /// It is of a version that is not known here, and was probably written by a later program.
    UnknownVersion(u64),
    /// It is not as its version demands: a member is missing, surplus or of another type.
    NotOfItsVersion(u64),
    /// A member has a value that no credential can have.
    Member(&'static str),
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => {
                write!(f, "the record is longer than {MAX_RECORD_BYTES} bytes")
            }
            Self::NoVersion => f.write_str("the record has no version"),
            Self::UnknownVersion(version) => write!(
                f,
                "the record is of version {version}; the latest that is known here is {RECORD_VERSION}"
            ),
            Self::NotOfItsVersion(version) => {
                write!(f, "the record is not as version {version} demands")
            }
            Self::Member(name) => {
                write!(
                    f,
                    "{name} of the record has a value that no credential can have"
                )
            }
        }
    }
}

impl core::error::Error for RecordError {}

/// The member that every version has.
#[derive(Deserialize)]
struct Version {
    version: u64,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Version1 {
    version: u64,
    #[serde(rename = "type")]
    ty: PublicKeyCredentialType,
    id: Bytes,
    public_key: Bytes,
    sign_count: u32,
    uv_initialized: bool,
    transports: Vec<AuthenticatorTransport>,
    backup_eligible: bool,
    backup_state: bool,
    aaguid: String,
    attestation_object: Bytes,
    #[serde(rename = "attestationClientDataJSON")]
    attestation_client_data_json: Bytes,
    rp_id: String,
}

impl CredentialRecord {
    /// The record as JSON, in the version [`RECORD_VERSION`].
    #[must_use]
    pub fn to_json(&self) -> String {
        let version1 = Version1 {
            version: RECORD_VERSION,
            ty: PublicKeyCredentialType::PublicKey,
            id: self.id.clone(),
            public_key: self.public_key.clone(),
            sign_count: self.sign_count,
            uv_initialized: self.uv_initialized,
            transports: self.transports.clone(),
            backup_eligible: self.backup_eligible,
            backup_state: self.backup_state,
            aaguid: aaguid::to_text(&self.aaguid),
            attestation_object: self.attestation_object.clone(),
            attestation_client_data_json: self.attestation_client_data_json.clone(),
            rp_id: self.rp_id.clone(),
        };
        // Text, numbers and lists of text always have a JSON form.
        serde_json::to_string(&version1).unwrap_or_default()
    }

    /// Reads a record of any version there has been.
    ///
    /// # Errors
    ///
    /// A [`RecordError`].
    ///
    /// ```
    /// use passkeep_verify::CredentialRecord;
    /// use passkeep_verify::record::RecordError;
    ///
    /// let refused = CredentialRecord::from_json(br#"{"version":1000}"#);
    /// assert_eq!(refused, Err(RecordError::UnknownVersion(1000)));
    /// ```
    pub fn from_json(json: &[u8]) -> Result<Self, RecordError> {
        if json.len() > MAX_RECORD_BYTES {
            return Err(RecordError::TooLong);
        }
        let version: Version = serde_json::from_slice(json).map_err(|_| RecordError::NoVersion)?;
        match version.version {
            1 => serde_json::from_slice::<Version1>(json)
                .map_err(|_| RecordError::NotOfItsVersion(1))?
                .try_into(),
            unknown => Err(RecordError::UnknownVersion(unknown)),
        }
    }
}

impl TryFrom<Version1> for CredentialRecord {
    type Error = RecordError;

    fn try_from(record: Version1) -> Result<Self, RecordError> {
        let check = |holds: bool, name| {
            if holds {
                Ok(())
            } else {
                Err(RecordError::Member(name))
            }
        };
        check(record.ty == PublicKeyCredentialType::PublicKey, "type")?;
        check((1..=1023).contains(&record.id.as_slice().len()), "id")?;
        let key = CoseKey::parse(record.public_key.as_slice());
        check(key.is_ok(), "publicKey")?;
        check(
            record.backup_eligible || !record.backup_state,
            "backupState",
        )?;
        check(!record.rp_id.is_empty(), "rpId")?;
        let aaguid = aaguid::parse(&record.aaguid);
        Ok(Self {
            id: record.id,
            public_key: record.public_key,
            sign_count: record.sign_count,
            uv_initialized: record.uv_initialized,
            transports: record.transports,
            backup_eligible: record.backup_eligible,
            backup_state: record.backup_state,
            aaguid: aaguid.ok_or(RecordError::Member("aaguid"))?,
            attestation_object: record.attestation_object,
            attestation_client_data_json: record.attestation_client_data_json,
            rp_id: record.rp_id,
        })
    }
}
