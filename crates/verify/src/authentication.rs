//! Verifying an authentication assertion, check by check. [L3 §7.2]
//!
//! [L3 §7.2]: https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion

use passkeep_protocol::authenticator_data::AuthenticatorData;
use passkeep_protocol::bytes::{Bytes, encode_base64url};
use passkeep_protocol::compat::mend_authenticator_data;
use passkeep_protocol::cose::CoseKey;
use passkeep_protocol::response::AuthenticationResponseJson;
use sha2::{Digest as _, Sha256};

use crate::algorithm::{SignatureForm, verify_in_either_form};
use crate::ceremony::{PendingAuthentication, SpentCeremony};
use crate::check::Check;
use crate::checks::{ExpectedClientData, Notices, envelope, lifetime};
use crate::finding::Finding;
use crate::rejection::{Rejection, VerifyError};
use crate::relying_party::RelyingParty;
use crate::steps;
use crate::trace::{Observer, Trace, Traced, Unwatched, compared};
use crate::values::{Timestamp, UserHandle};

/// The credential that the response names, as the store has it.
///
/// It holds what verification needs of a [`CredentialRecord`](crate::CredentialRecord), borrowed, so that a sign-in reads
/// no more than that. Whoever has the whole record calls [`CredentialRecord::candidate`](crate::CredentialRecord::candidate).
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
    origin: String,
    credential_id: Bytes,
    user_verified: bool,
    uv: bool,
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
    /// The counter it was judged by: a store that finds another one there has seen a sign-in in between.
    pub judged_by: u32,
    /// Whether user verification has been seen and may count as a factor.
    pub uv_initialized: bool,
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

    /// Where the client was: a site's origin or an app's, one of those that are accepted.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
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

    /// What changes in the credential record when the person has proved in another way as well, equal to user
    /// verification, that it is they: from then on, user verification by this credential counts as a factor.
    /// [L3 §7.2, "If credentialRecord.uvInitialized is false"]
    ///
    /// [L3 §7.2, "If credentialRecord.uvInitialized is false"]: https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion
    #[must_use]
    pub fn update_after_another_factor(&self) -> RecordUpdate {
        RecordUpdate {
            uv_initialized: self.update.uv_initialized || self.uv,
            ..self.update
        }
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
    /// ```
    /// # use passkeep_protocol::response::AuthenticationResponseJson;
    /// # use passkeep_verify::{ceremony::PendingAuthentication, *};
    /// # fn example(
    /// #     relying_party: &RelyingParty, pending: PendingAuthentication, response: &AuthenticationResponseJson,
    /// #     record: &mut CredentialRecord, owner: &UserHandle, now: Timestamp,
    /// # ) -> Result<(), VerifyError> {
    /// // The store has the record that `response.raw_id` names, and whose it is.
    /// let candidate = record.candidate(owner);
    /// let verified = relying_party.finish_authentication(pending, response, candidate, now)?;
    /// record.apply(verified.update());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [L3 §14.6.2, "Username Enumeration"]: https://www.w3.org/TR/webauthn-3/#sctn-username-enumeration
    pub fn finish_authentication(
        &self,
        pending: PendingAuthentication,
        response: &AuthenticationResponseJson,
        candidate: Candidate<'_>,
        now: Timestamp,
    ) -> Result<VerifiedAuthentication, VerifyError> {
        self.authentication(pending, response, candidate, now, &mut Unwatched)
    }

    /// As [`finish_authentication`](Self::finish_authentication), and says how the verdict was reached.
    ///
    /// ```
    /// # use passkeep_protocol::response::AuthenticationResponseJson;
    /// # use passkeep_verify::{ceremony::PendingAuthentication, *};
    /// # fn example(
    /// #     relying_party: &RelyingParty, pending: PendingAuthentication, response: &AuthenticationResponseJson,
    /// #     candidate: Candidate<'_>, now: Timestamp,
    /// # ) {
    /// let traced = relying_party.trace_authentication(pending, response, candidate, now);
    /// if let Err(error) = &traced.verdict {
    ///     println!("{}: {error}; {}", error.check().code(), error.check().hint());
    /// }
    /// # }
    /// ```
    pub fn trace_authentication(
        &self,
        pending: PendingAuthentication,
        response: &AuthenticationResponseJson,
        candidate: Candidate<'_>,
        now: Timestamp,
    ) -> Traced<VerifiedAuthentication> {
        let mut trace = Trace::default();
        let verdict = self.authentication(pending, response, candidate, now, &mut trace);
        trace.complete(steps::checks(steps::AUTHENTICATION));
        Traced { verdict, trace }
    }

    fn authentication(
        &self,
        pending: PendingAuthentication,
        response: &AuthenticationResponseJson,
        candidate: Candidate<'_>,
        now: Timestamp,
        watch: &mut impl Observer,
    ) -> Result<VerifiedAuthentication, VerifyError> {
        let mut notices = Notices::new(&self.config.findings, &response.quirks);
        lifetime(watch, now, pending.expires_at)?;
        envelope(
            watch,
            &response.ty,
            &response.id,
            response.raw_id.as_slice(),
        )?;

        // [L3 §7.2, "If pkOptions.allowCredentials is not empty"]: where the list is all credentials of the known account,
        // being one of them is being that account's, below. The candidate must be the credential that the response names.
        let listed = pending.only.is_empty() || pending.only.contains(candidate.id);
        watch.ensure(
            Check::AllowedCredential,
            response.raw_id == *candidate.id && listed,
            || compared(candidate.id.to_base64url(), response.raw_id.to_base64url()),
            || Rejection::CredentialNotAllowed,
        )?;

        // [L3 §7.2, "Identify the user being authenticated"]
        let raw_user_handle = response.response.raw_user_handle.as_ref();
        let user_handle = response.response.user_handle();
        if raw_user_handle.is_some() && user_handle.is_none() {
            notices.add(Finding::EmptyUserHandle);
        }
        let known_user = pending.user.as_ref();
        let shown = || user_handle.map_or("none".to_owned(), encode_base64url);
        watch.ensure(
            Check::UserHandlePresent,
            known_user.is_some() || user_handle.is_some(),
            || compared("a user handle, unless the account was known", shown()),
            || Rejection::UserHandleMissing,
        )?;
        let same_user = known_user.is_none_or(|user| user == candidate.user)
            && user_handle.is_none_or(|handle| handle == candidate.user.as_slice());
        watch.ensure(
            Check::UserHandleOwner,
            same_user,
            || compared(encode_base64url(candidate.user.as_slice()), shown()),
            || Rejection::UserHandleDiffers,
        )?;

        // [L3 §7.2, "Let JSONtext be the result of running UTF-8 decode"] to "If C.topOrigin is present"
        let client_data_json = response.response.client_data_json.as_slice();
        let expected = ExpectedClientData {
            ty: "webauthn.get",
            challenge: &pending.challenge,
        };
        let origin = self.check_client_data(watch, client_data_json, &expected, &mut notices)?;

        // [L3 §7.2, "Verify that the rpIdHash in authData"]
        let authenticator_data = response.response.authenticator_data.as_slice();
        let mut mended = Vec::new();
        let data = notices.read(
            authenticator_data,
            &mut mended,
            AuthenticatorData::parse,
            mend_authenticator_data,
        );
        let data = watch.judged(Check::AuthenticatorDataForm, data, |_| {
            let length = authenticator_data.len();
            compared("all bytes used", format_args!("{length} bytes"))
        })?;
        // [L3 §6.1, "Assertion signatures ... MUST NOT have the AT flag set"]: §7.2 takes it for granted.
        watch.ensure(
            Check::AttestedCredentialData,
            data.attested_credential_data.is_none(),
            || compared("AT clear", format_args!("{:?}", data.flags)),
            || Rejection::AttestedCredentialDataUnexpected,
        )?;
        // [L3 §10.1.1, "the AppID was used"]: only if it was asked for, and the client says that it was.
        let said = response.client_extension_results.appid == Some(true);
        let app_id = pending.extensions.appid().filter(|_| said);
        let id_hash = app_id.map_or(self.id_hash, |app_id| Sha256::digest(app_id).into());
        self.check_rp_id_hash(watch, &pending.rp_id, &id_hash, &data)?;

        // [L3 §7.2, "Verify that the UP bit of the flags in authData is set"] to "If the BE bit of the flags"
        self.check_flags(watch, &data, pending.demands)?;

        // [L3 §7.2, "compare currentBe to credentialRecord.backupEligible"] and "apply Relying Party policy"
        let backup_eligible = data.flags.backup_eligible();
        let unchanged = backup_eligible == candidate.backup_eligible;
        let finding = Finding::BackupEligibilityChanged {
            now: backup_eligible,
        };
        watch.ensure(
            Check::BackupEligibilityUnchanged,
            unchanged || notices.accepts(finding),
            || {
                compared(
                    format_args!("BE {}", candidate.backup_eligible),
                    backup_eligible,
                )
            },
            || Rejection::BackupEligibilityChanged,
        )?;
        self.check_backup_state(watch, data.flags.backup_state())?;

        // [L3 §7.2, "Let hash be the result of computing a hash over the cData using SHA-256"] and "verify that sig is a
        // valid signature over the binary concatenation of authData and hash"
        let key = CoseKey::parse(candidate.public_key);
        let key = watch.judged(Check::PublicKeyForm, key, |key| {
            compared("a COSE key", format_args!("one for {}", key.alg))
        })?;
        let algorithm = self.config.crypto.algorithm(key.alg);
        let algorithm = algorithm.ok_or(Rejection::AlgorithmUnknown { algorithm: key.alg });
        let algorithm = watch.judged(Check::PublicKey, algorithm, |_| {
            compared("an algorithm that can be verified", key.alg)
        })?;
        let message = [authenticator_data, &Sha256::digest(client_data_json)].concat();
        let signature = response.response.signature.as_slice();
        let verified = verify_in_either_form(algorithm, &key.parameters, &message, signature);
        if verified == Ok(SignatureForm::Ber) {
            notices.add(Finding::SignatureNotDer);
        }
        watch.ensure(
            Check::Signature,
            verified.is_ok(),
            || compared(format_args!("a signature of {}", key.alg), ""),
            || Rejection::SignatureInvalid,
        )?;

        // [L3 §7.2, "If authData.signCount is nonzero or credentialRecord.signCount is nonzero"]
        let (stored, received) = (candidate.sign_count, data.sign_count);
        if stored == 0 && received == 0 {
            watch.not_applicable(Check::SignCount, "the authenticator does not count");
        } else {
            let finding = Finding::CounterRegressed { stored, received };
            watch.ensure(
                Check::SignCount,
                received > stored || notices.accepts(finding),
                || compared(format_args!("more than {stored}"), received),
                || Rejection::SignCountNotGreater { stored, received },
            )?;
        }

        // [L3 §7.2, "Process the client extension outputs"]
        let client = &response.client_extension_results;
        notices.extensions(watch, &pending.extensions, client, data.extensions)?;
        notices.attachment(response.authenticator_attachment.as_ref());
        let findings = notices.judge(watch)?;

        let uv = data.flags.user_verified();
        Ok(VerifiedAuthentication {
            ceremony: SpentCeremony {
                id: pending.id,
                expires_at: pending.expires_at,
            },
            user: candidate.user.clone(),
            origin,
            credential_id: response.raw_id.clone(),
            // While uvInitialized is false, UV must not count as a factor, not even in the ceremony that would change it.
            user_verified: uv && candidate.uv_initialized,
            uv,
            update: RecordUpdate {
                sign_count: received,
                judged_by: stored,
                uv_initialized: candidate.uv_initialized,
                backup_eligible,
                backup_state: data.flags.backup_state(),
            },
            findings,
        })
    }
}
