//! Verifying an authentication assertion, check by check. [L3 §7.2]
//!
//! [L3 §7.2]: https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion

use passkeep_protocol::authenticator_data::AuthenticatorData;
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::client_data::CollectedClientData;
use passkeep_protocol::cose::CoseKey;
use passkeep_protocol::response::AuthenticationResponseJson;
use sha2::{Digest as _, Sha256};

use crate::ceremony::{PendingAuthentication, SpentCeremony};
use crate::checks::{ExpectedClientData, ensure, envelope, lifetime};
use crate::finding::{Finding, FindingAction, FindingKind};
use crate::rejection::{Rejection, VerifyError};
use crate::relying_party::RelyingParty;
use crate::values::{Timestamp, UserHandle};

/// The credential that the response names, as the store has it.
///
/// It holds what verification needs of a [`CredentialRecord`](crate::CredentialRecord), borrowed, so that a sign-in reads
/// no more than that.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The credential id.
    pub id: &'a Bytes,
    /// The user handle of the account that has the credential.
    pub user: &'a UserHandle,
    /// The public key, in COSE.
    pub public_key: &'a [u8],
    /// The signature counter.
    pub sign_count: u32,
    /// Whether user verification has been seen before.
    pub uv_initialized: bool,
    /// BE at registration.
    pub backup_eligible: bool,
}

/// Proof that an assertion passed every check but the one that needs a store: that the ceremony has not been used.
#[derive(Debug)]
pub struct VerifiedAuthentication {
    ceremony: SpentCeremony,
    user: UserHandle,
    credential_id: Bytes,
    user_verified: bool,
    update: RecordUpdate,
    findings: Vec<Finding>,
}

/// What changes in the credential record. [L3 §7.2, "Update credentialRecord with new state values"]
///
/// [L3 §7.2, "Update credentialRecord with new state values"]: https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RecordUpdate {
    /// The signature counter.
    pub sign_count: u32,
    /// BE; other than the record's only where the policy accepts that it changes.
    pub backup_eligible: bool,
    /// BS.
    pub backup_state: bool,
}

impl VerifiedAuthentication {
    /// The ceremony, to be spent.
    #[must_use]
    pub fn ceremony(&self) -> SpentCeremony {
        self.ceremony
    }

    /// The account that is signed in.
    #[must_use]
    pub fn user(&self) -> &UserHandle {
        &self.user
    }

    /// The credential that was used.
    #[must_use]
    pub fn credential_id(&self) -> &Bytes {
        &self.credential_id
    }

    /// Whether user verification happened and may count as a factor. [L3 §4, "uvInitialized"]
    ///
    /// [L3 §4, "uvInitialized"]: https://www.w3.org/TR/webauthn-3/#abstract-opdef-credential-record-uvinitialized
    #[must_use]
    pub fn user_verified(&self) -> bool {
        self.user_verified
    }

    /// What changes in the credential record.
    #[must_use]
    pub fn update(&self) -> RecordUpdate {
        self.update
    }

    /// What was noticed.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl RelyingParty {
    /// Judges what `get()` signed, with the credential that the response names.
    ///
    /// A response that names a credential the store does not have cannot come this far. Answer it in the same way and time
    /// as a refusal, but for the signal that lets the client forget it. [L3 §14.6.2, "Username Enumeration"]
    ///
    /// # Errors
    ///
    /// [`VerifyError::Malformed`] for bytes that are not in their format, and a [`Rejection`] for everything that is
    /// refused.
    ///
    /// [L3 §14.6.2, "Username Enumeration"]: https://www.w3.org/TR/webauthn-3/#sctn-username-enumeration
    pub fn finish_authentication(
        &self,
        pending: PendingAuthentication,
        response: &AuthenticationResponseJson,
        candidate: Candidate<'_>,
        now: Timestamp,
    ) -> Result<VerifiedAuthentication, VerifyError> {
        let mut findings = Vec::new();
        lifetime(now, pending.expires_at)?;
        envelope(&response.ty, &response.id, response.raw_id.as_slice())?;

        // [L3 §7.2, "If pkOptions.allowCredentials is not empty"]: the list is all credentials of the known account, so
        // being one of them is being that account's. The candidate must be the credential that the response names.
        ensure(response.raw_id == *candidate.id, || {
            Rejection::CredentialNotAllowed
        })?;

        // [L3 §7.2, "Identify the user being authenticated"]
        let raw_user_handle = response.response.raw_user_handle.as_ref();
        let user_handle = response.response.user_handle();
        if raw_user_handle.is_some() && user_handle.is_none() {
            findings.push(Finding::EmptyUserHandle);
        }
        let known_user = pending.user.as_ref();
        ensure(known_user.is_some() || user_handle.is_some(), || {
            Rejection::UserHandleMissing
        })?;
        let same_user = known_user.is_none_or(|user| user == candidate.user)
            && user_handle.is_none_or(|handle| handle == candidate.user.as_slice());
        ensure(same_user, || Rejection::UserHandleDiffers)?;

        // [L3 §7.2, "Let JSONtext be the result of running UTF-8 decode"] to "If C.topOrigin is present"
        let client_data_json = response.response.client_data_json.as_slice();
        let client_data = CollectedClientData::parse(client_data_json)?;
        let expected = ExpectedClientData {
            ty: "webauthn.get",
            challenge: &pending.challenge,
        };
        self.check_client_data(&client_data, &expected)?;

        // [L3 §7.2, "Verify that the rpIdHash in authData"] to "If the BE bit of the flags"
        let authenticator_data = response.response.authenticator_data.as_slice();
        let data = AuthenticatorData::parse(authenticator_data)?;
        self.check_authenticator_data(&data, &pending.rp_id, pending.user_verification_required)?;

        // [L3 §6.1, "Assertion signatures ... MUST NOT have the AT flag set"]: §7.2 takes it for granted.
        ensure(data.attested_credential_data.is_none(), || {
            Rejection::AttestedCredentialDataUnexpected
        })?;

        // [L3 §7.2, "compare currentBe to credentialRecord.backupEligible"]
        let backup_eligible = data.flags.backup_eligible();
        if backup_eligible != candidate.backup_eligible {
            let finding = Finding::BackupEligibilityChanged {
                now: backup_eligible,
            };
            match self
                .config
                .findings
                .action(FindingKind::BackupEligibilityChanged)
            {
                FindingAction::Report => findings.push(finding),
                FindingAction::Reject => return Err(Rejection::BackupEligibilityChanged.into()),
            }
        }

        // [L3 §7.2, "Let hash be the result of computing a hash over the cData using SHA-256"] and "verify that sig is a
        // valid signature over the binary concatenation of authData and hash"
        let hash = Sha256::digest(client_data_json);
        let message = [authenticator_data, &hash].concat();
        let key = CoseKey::parse(candidate.public_key)?;
        let signature = response.response.signature.as_slice();
        let algorithm = self.config.crypto.algorithm(key.alg);
        let verified = algorithm.is_some_and(|algorithm| {
            algorithm
                .verify(&key.parameters, &message, signature)
                .is_ok()
        });
        ensure(verified, || Rejection::SignatureInvalid)?;

        // [L3 §7.2, "If authData.signCount is nonzero or credentialRecord.signCount is nonzero"]
        let (stored, received) = (candidate.sign_count, data.sign_count);
        if (stored != 0 || received != 0) && received <= stored {
            match self.config.findings.action(FindingKind::CounterRegressed) {
                FindingAction::Report => {
                    findings.push(Finding::CounterRegressed { stored, received });
                }
                FindingAction::Reject => {
                    return Err(Rejection::SignCountNotGreater { stored, received }.into());
                }
            }
        }

        Ok(VerifiedAuthentication {
            ceremony: SpentCeremony {
                id: pending.id,
                expires_at: pending.expires_at,
            },
            user: candidate.user.clone(),
            credential_id: response.raw_id.clone(),
            // While uvInitialized is false, UV must not count as a factor, not even in the ceremony that would change it.
            user_verified: data.flags.user_verified() && candidate.uv_initialized,
            update: RecordUpdate {
                sign_count: received,
                backup_eligible,
                backup_state: data.flags.backup_state(),
            },
            findings,
        })
    }
}
