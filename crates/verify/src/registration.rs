//! Registering a new credential, check by check. [L3 §7.1]
//!
//! [L3 §7.1]: https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential

use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::authenticator_data::AuthenticatorData;
use passkeep_protocol::client_data::CollectedClientData;
use passkeep_protocol::cose::CoseKey;
use passkeep_protocol::response::RegistrationResponseJson;

use crate::attestation::{self, AttestationType, AttestedCredential};
use crate::ceremony::{PendingRegistration, SpentCeremony};
use crate::checks::{ExpectedClientData, ensure, envelope, lifetime};
use crate::record::CredentialRecord;
use crate::rejection::{Rejection, VerifyError};
use crate::relying_party::RelyingParty;
use crate::values::{Timestamp, UserHandle};

/// Proof that a registration passed every check but the two that need a store: that the ceremony has not been used, and
/// that the credential id is new.
#[derive(Debug)]
pub struct VerifiedRegistration {
    ceremony: SpentCeremony,
    user: UserHandle,
    user_verified: bool,
    attestation: AttestationType,
    record: CredentialRecord,
}

impl VerifiedRegistration {
    /// The ceremony, to be spent.
    #[must_use]
    pub fn ceremony(&self) -> SpentCeremony {
        self.ceremony
    }

    /// Whom the credential is for.
    #[must_use]
    pub fn user(&self) -> &UserHandle {
        &self.user
    }

    /// Whether the authenticator verified the user.
    #[must_use]
    pub fn user_verified(&self) -> bool {
        self.user_verified
    }

    /// What the attestation proves.
    #[must_use]
    pub fn attestation(&self) -> AttestationType {
        self.attestation
    }

    /// The new credential's record.
    #[must_use]
    pub fn record(&self) -> &CredentialRecord {
        &self.record
    }
}

impl RelyingParty {
    /// Judges what `create()` made.
    ///
    /// # Errors
    ///
    /// [`VerifyError::Malformed`] for bytes that are not in their format, [`VerifyError::Unsupported`] for an attestation
    /// statement that cannot be verified, and a [`Rejection`] for everything that is refused.
    pub fn finish_registration(
        &self,
        pending: PendingRegistration,
        response: &RegistrationResponseJson,
        now: Timestamp,
    ) -> Result<VerifiedRegistration, VerifyError> {
        lifetime(now, pending.expires_at)?;
        envelope(&response.ty, &response.id, response.raw_id.as_slice())?;

        // [L3 §7.1, "Let JSONtext be the result of running UTF-8 decode"] to "If C.topOrigin is present"
        let client_data_json = response.response.client_data_json.as_slice();
        let client_data = CollectedClientData::parse(client_data_json)?;
        let expected = ExpectedClientData {
            ty: "webauthn.create",
            challenge: &pending.challenge,
        };
        self.check_client_data(&client_data, &expected)?;

        // [L3 §7.1, "Perform CBOR decoding on the attestationObject field"]
        let object = AttestationObject::parse(response.response.attestation_object.as_slice())?;
        let data = AuthenticatorData::parse(object.auth_data)?;

        // [L3 §7.1, "Verify that the rpIdHash in authData"] to "If the BE bit of the flags"
        self.check_authenticator_data(&data, &pending.rp_id, pending.user_verification_required)?;

        // [L3 §6.1, "Attestation signatures MUST have the AT flag set"]: §7.1 takes it for granted.
        let attested = data.attested_credential_data.as_ref();
        let attested = attested.ok_or(Rejection::AttestedCredentialDataMissing)?;

        // [L3 §7.1, "Verify that the alg parameter in the credential public key"]
        let key = CoseKey::parse(attested.credential_public_key)?;
        let offered = pending.algorithms.contains(&key.alg);
        let algorithm = self.config.crypto.algorithm(key.alg).filter(|_| offered);
        let algorithm = algorithm.ok_or(Rejection::AlgorithmNotOffered { received: key.alg })?;
        let usable = algorithm.check_key(&key.parameters).is_ok();
        ensure(usable, || Rejection::PublicKeyUnusable {
            algorithm: key.alg,
        })?;

        // [L3 §7.1, "Determine the attestation statement format"] and "Verify that attStmt is a correct attestation
        // statement". None was asked for; a self attestation proves no more and is accepted too, because clients let it
        // pass (L3 §5.1.3, "self attestation is being used").
        let attestation = attestation::verify(&AttestedCredential {
            object: &object,
            client_data_json,
            key: &key,
            algorithm,
        })?;

        // [L3 §7.1, "Verify that the credentialId is ≤ 1023 bytes"]: parsing has refused longer ones. The client names
        // the credential outside the authenticator data as well, and both must be the same one.
        ensure(!attested.credential_id.is_empty(), || {
            Rejection::CredentialIdEmpty
        })?;
        ensure(attested.credential_id == response.raw_id.as_slice(), || {
            Rejection::CredentialIdSignedDiffers
        })?;

        // [L3 §7.1, "create and store a new credential record"]
        let record = CredentialRecord {
            id: response.raw_id.clone(),
            public_key: attested.credential_public_key.into(),
            sign_count: data.sign_count,
            uv_initialized: data.flags.user_verified(),
            transports: response.response.transports.clone(),
            backup_eligible: data.flags.backup_eligible(),
            backup_state: data.flags.backup_state(),
            aaguid: *attested.aaguid,
            attestation_object: response.response.attestation_object.clone(),
            attestation_client_data_json: response.response.client_data_json.clone(),
            rp_id: pending.rp_id,
        };
        Ok(VerifiedRegistration {
            ceremony: SpentCeremony {
                id: pending.id,
                expires_at: pending.expires_at,
            },
            user: pending.user,
            user_verified: data.flags.user_verified(),
            attestation,
            record,
        })
    }
}
