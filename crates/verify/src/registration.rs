//! Registering a new credential, check by check. [L3 §7.1]
//!
//! [L3 §7.1]: https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential

use passkeep_protocol::Problem;
use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::authenticator_data::{AuthenticatorData, MAX_CREDENTIAL_ID_BYTES};
use passkeep_protocol::bytes::encode_base64url;
use passkeep_protocol::compat::{mend_attestation_object, mend_authenticator_data};
use passkeep_protocol::cose::CoseKey;
use passkeep_protocol::response::RegistrationResponseJson;
use sha2::{Digest as _, Sha256};

use crate::attestation::{self, AttestationOutcome, AttestationType, AttestedCredential, Trust};
use crate::ceremony::{PendingRegistration, SpentCeremony};
use crate::check::Check;
use crate::checks::{ExpectedClientData, Notices, envelope, lifetime};
use crate::finding::Finding;
use crate::record::CredentialRecord;
use crate::rejection::{Rejection, VerifyError};
use crate::relying_party::RelyingParty;
use crate::steps;
use crate::trace::{Observer, Outcome, Trace, Traced, Unwatched, compared};
use crate::values::{Timestamp, UserHandle};

/// Proof that a registration passed every check but the two that need a store: that the ceremony has not been used, and
/// that the credential id is new.
#[derive(Debug)]
pub struct VerifiedRegistration {
    ceremony: SpentCeremony,
    user: UserHandle,
    origin: String,
    user_verified: bool,
    attestation: AttestationOutcome,
    record: CredentialRecord,
    findings: Vec<Finding>,
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

    /// Where the client was: a site's origin or an app's, one of those that are accepted.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether the authenticator verified the user.
    #[must_use]
    pub fn user_verified(&self) -> bool {
        self.user_verified
    }

    /// What the attestation proves.
    #[must_use]
    pub fn attestation(&self) -> AttestationType {
        self.attestation.ty
    }

    /// All that the attestation says: its format, whether somebody who is believed vouches for it, and its certificates.
    #[must_use]
    pub fn attestation_outcome(&self) -> &AttestationOutcome {
        &self.attestation
    }

    /// The new credential's record.
    #[must_use]
    pub fn record(&self) -> &CredentialRecord {
        &self.record
    }

    /// What was noticed.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl RelyingParty {
    /// Judges what `create()` made.
    ///
    /// # Errors
    ///
    /// [`VerifyError::Malformed`] for bytes that are not in their format, [`VerifyError::Unsupported`] for an attestation
    /// statement that cannot be verified, and a [`Rejection`] for everything that is refused.
    ///
    /// ```
    /// # #[cfg(feature = "aws-lc-rs")] {
    /// # use passkeep_testkit::{Authenticator, Client};
    /// # use passkeep_verify::{algorithm::AWS_LC_RS, attestation::AttestationType, ceremony::Fresh, origin::Origin, start::*, *};
    /// # let origins = vec![Origin::parse("https://example.org").unwrap()];
    /// # let config = RelyingPartyConfig::new("example.org", "Example", origins, AWS_LC_RS);
    /// # let relying_party = RelyingParty::new(config).unwrap();
    /// # let handle = UserHandle::new(*b"ada").unwrap();
    /// # let user = NewCredentialUser { handle, name: "ada".into(), display_name: "Ada".into() };
    /// # let now = Timestamp(1_800_000_000_000);
    /// # let fresh = Fresh { id: CeremonyId([1; 16]), challenge: Challenge::from([2; 32]), now };
    /// let (options, pending) = relying_party.start_registration(RegistrationRequest::new(user), fresh);
    /// # let mut authenticator = Authenticator::new("documentation");
    /// # let response = Client::new("https://example.org").create(&options, &mut authenticator).unwrap();
    /// // `options` went to the page, `pending` was kept here, and `response` came back.
    /// let verified = relying_party.finish_registration(pending, &response, now).unwrap();
    /// assert_eq!(verified.attestation(), AttestationType::None);
    /// let record = verified.record(); // What is stored, under `verified.user()`.
    /// # assert_eq!(record.id, response.raw_id);
    /// # }
    /// ```
    pub fn finish_registration(
        &self,
        pending: PendingRegistration,
        response: &RegistrationResponseJson,
        now: Timestamp,
    ) -> Result<VerifiedRegistration, VerifyError> {
        self.registration(pending, response, now, &mut Unwatched)
    }

    /// As [`finish_registration`](Self::finish_registration), and says how the verdict was reached.
    ///
    /// ```
    /// # use passkeep_protocol::response::RegistrationResponseJson;
    /// # use passkeep_verify::{ceremony::PendingRegistration, *};
    /// # fn example(
    /// #     relying_party: &RelyingParty, pending: PendingRegistration, response: &RegistrationResponseJson, now: Timestamp,
    /// # ) {
    /// let traced = relying_party.trace_registration(pending, response, now);
    /// for entry in &traced.trace.entries {
    ///     println!("{} {:?}: {} {}", entry.check.code(), entry.outcome, entry.expected, entry.received);
    /// }
    /// # }
    /// ```
    pub fn trace_registration(
        &self,
        pending: PendingRegistration,
        response: &RegistrationResponseJson,
        now: Timestamp,
    ) -> Traced<VerifiedRegistration> {
        let mut trace = Trace::default();
        let verdict = self.registration(pending, response, now, &mut trace);
        trace.complete(steps::checks(steps::REGISTRATION));
        Traced { verdict, trace }
    }

    fn registration(
        &self,
        pending: PendingRegistration,
        response: &RegistrationResponseJson,
        now: Timestamp,
        watch: &mut impl Observer,
    ) -> Result<VerifiedRegistration, VerifyError> {
        let mut notices = Notices::new(&self.config.findings, &response.quirks);
        lifetime(watch, now, pending.expires_at)?;
        envelope(
            watch,
            &response.ty,
            &response.id,
            response.raw_id.as_slice(),
        )?;

        // [L3 §7.1, "Let JSONtext be the result of running UTF-8 decode"] to "If C.topOrigin is present"
        let client_data_json = response.response.client_data_json.as_slice();
        let expected = ExpectedClientData {
            ty: "webauthn.create",
            challenge: &pending.challenge,
        };
        let origin = self.check_client_data(watch, client_data_json, &expected, &mut notices)?;

        // [L3 §7.1, "Perform CBOR decoding on the attestationObject field"]
        let mut mended_object = Vec::new();
        let object = notices.read(
            response.response.attestation_object.as_slice(),
            &mut mended_object,
            AttestationObject::parse,
            mend_attestation_object,
        );
        let object = watch.judged(Check::AttestationObjectCbor, object, |object| {
            compared("fmt, attStmt and authData", object.fmt)
        })?;
        let mut mended_data = Vec::new();
        let data = notices.read(
            object.auth_data,
            &mut mended_data,
            AuthenticatorData::parse,
            mend_authenticator_data,
        );
        // [L3 §7.1, "Verify that the credentialId is ≤ 1023 bytes"]: no more of a longer one is read than its length.
        let cap = MAX_CREDENTIAL_ID_BYTES;
        let too_long = Problem::TooLong { cap };
        let too_long = matches!(&data, Err(malformed) if malformed.problem == too_long);
        if too_long {
            let refused = || compared("1 to 1023 bytes", "more");
            watch.record(Check::CredentialIdLength, Outcome::Failed, refused);
            return Err(Rejection::CredentialIdTooLong.into());
        }
        let data = watch.judged(Check::AuthenticatorDataForm, data, |_| {
            let length = object.auth_data.len();
            compared("all bytes used", format_args!("{length} bytes"))
        })?;
        // [L3 §6.1, "Attestation signatures MUST have the AT flag set"]: §7.1 takes it for granted.
        let attested = data.attested_credential_data.as_ref();
        let attested = attested.ok_or(Rejection::AttestedCredentialDataMissing);
        let attested = watch.judged(Check::AttestedCredentialData, attested, |_| {
            compared("AT set", format_args!("{:?}", data.flags))
        })?;

        // [L3 §7.1, "Verify that the rpIdHash in authData"]. A ceremony begun under another RP ID ends here too.
        self.check_rp_id_hash(watch, &pending.rp_id, &self.id_hash, &data)?;

        // [L3 §7.1, "If options.mediation is not set to conditional"] to "If the BE bit of the flags"
        self.check_flags(watch, &data, pending.demands)?;

        // [L3 §7.1, "If the Relying Party uses the credential's backup eligibility"] and "backup state"
        let backup_eligible = data.flags.backup_eligible();
        let expected = self.config.backup.eligibility();
        if let Some(expected) = expected {
            watch.ensure(
                Check::BackupEligibilityPolicy,
                backup_eligible == expected,
                || compared(format_args!("BE {expected}"), backup_eligible),
                || Rejection::BackupEligibilityNotAccepted,
            )?;
        } else {
            let why = "the policy does not use it";
            watch.not_applicable(Check::BackupEligibilityPolicy, why);
        }
        self.check_backup_state(watch, data.flags.backup_state())?;

        // [L3 §7.1, "Verify that the alg parameter in the credential public key"]
        let key = CoseKey::parse(attested.credential_public_key);
        let key = watch.judged(Check::PublicKeyForm, key, |key| {
            compared("a COSE key", format_args!("one for {}", key.alg))
        })?;
        let offered = pending.algorithms.contains(&key.alg);
        let algorithm = self.config.crypto.algorithm(key.alg).filter(|_| offered);
        let algorithm = algorithm.ok_or(Rejection::AlgorithmNotOffered { received: key.alg });
        let algorithm = watch.judged(Check::AlgorithmOffered, algorithm, |_| {
            let offered = pending.algorithms.iter().map(ToString::to_string);
            compared(offered.collect::<Vec<_>>().join(", "), key.alg)
        })?;
        watch.ensure(
            Check::PublicKey,
            algorithm.check_key(&key.parameters).is_ok(),
            || compared(format_args!("a key of {}", key.alg), ""),
            || Rejection::PublicKeyUnusable { algorithm: key.alg },
        )?;

        // [L3 §7.1, "Determine the attestation statement format"] to "Assess the attestation trustworthiness". Where none
        // was asked for, a self attestation proves no more and is accepted too, because clients let it pass (L3 §5.1.3,
        // "self attestation is being used").
        let attestation = attestation::verify(
            &AttestedCredential {
                object: &object,
                client_data_hash: &Sha256::digest(client_data_json).into(),
                rp_id_hash: data.rp_id_hash,
                credential: attested,
                key: &key,
            },
            &self.config.trust,
            &self.config.crypto,
            now,
        );
        let attestation = watch_attestation(watch, attestation)?;
        for finding in &attestation.findings {
            notices.add(finding.clone());
        }
        if matches!(attestation.trust, Trust::Untrusted { .. }) {
            let fmt = attestation.fmt.clone();
            notices.add(Finding::UntrustedAttestation { fmt });
        }

        // [L3 §7.1, "Verify that the credentialId is ≤ 1023 bytes"]: longer ones have been refused above. The client
        // names the credential outside the authenticator data as well, and both must be the same one.
        let credential_id = attested.credential_id;
        watch.ensure(
            Check::CredentialIdLength,
            !credential_id.is_empty(),
            || compared("1 to 1023 bytes", credential_id.len()),
            || Rejection::CredentialIdEmpty,
        )?;
        watch.ensure(
            Check::CredentialIdSigned,
            credential_id == response.raw_id.as_slice(),
            || {
                compared(
                    encode_base64url(credential_id),
                    response.raw_id.to_base64url(),
                )
            },
            || Rejection::CredentialIdSignedDiffers,
        )?;

        // [L3 §7.1, "Process the client extension outputs"]
        let client = &response.client_extension_results;
        notices.extensions(watch, &pending.extensions, client, data.extensions)?;
        notices.transports(&response.response.transports);
        notices.attachment(response.authenticator_attachment.as_ref());
        let findings = notices.judge(watch)?;

        // [L3 §7.1, "let credentialRecord be a new credential record"]
        let record = CredentialRecord {
            id: response.raw_id.clone(),
            public_key: attested.credential_public_key.into(),
            sign_count: data.sign_count,
            uv_initialized: data.flags.user_verified(),
            transports: response.response.transports.clone(),
            backup_eligible,
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
            origin,
            user_verified: data.flags.user_verified(),
            attestation,
            record,
            findings,
        })
    }
}

/// The three checks of an attestation, which its procedure makes in one go.
fn watch_attestation(
    watch: &mut impl Observer,
    attestation: Result<AttestationOutcome, VerifyError>,
) -> Result<AttestationOutcome, VerifyError> {
    let refused_by = attestation.as_ref().err().map(VerifyError::check);
    for check in [
        Check::AttestationFormat,
        Check::AttestationStatement,
        Check::AttestationTrust,
    ] {
        let refused = refused_by == Some(check);
        let outcome = if refused {
            Outcome::Failed
        } else {
            Outcome::Passed
        };
        watch.record(check, outcome, || match &attestation {
            Ok(outcome) => compared(format_args!("{} ({:?})", outcome.fmt, outcome.ty), ""),
            Err(error) if refused => compared(error, ""),
            Err(_) => compared("", ""),
        });
        if refused {
            break;
        }
    }
    attestation
}
