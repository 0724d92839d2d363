//! One test per check of a registration: each changes one thing and expects one refusal.

use passkeep_protocol::authenticator_data::Flags;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::names::{PublicKeyCredentialType, UserVerificationRequirement};
use passkeep_protocol::response::RegistrationResponseJson;
use passkeep_protocol::{Malformed, Problem, Structure};
use passkeep_testkit::authenticator::Config;
use passkeep_testkit::cbor::Value;
use passkeep_testkit::registration::RegistrationDraft;
use passkeep_testkit::signing::ALGORITHMS;
use passkeep_testkit::{Authenticator, Client};
use passkeep_verify::attestation::AttestationType;
use passkeep_verify::rejection::{AttestationRejection, Unsupported};
use passkeep_verify::start::RegistrationRequest;
use passkeep_verify::trace::Outcome as TraceOutcome;
use passkeep_verify::trust::TrustPolicy;
use passkeep_verify::{
    Check, Rejection, RelyingParty, Timestamp, VerifiedRegistration, VerifyError,
};

use crate::{
    NOW, ada, change, client, config, fresh, relying_party, user, with_algorithm,
    with_user_verification,
};

type Outcome = Result<VerifiedRegistration, VerifyError>;

/// Registers with a draft changed, everything after it made over the change.
fn register(
    relying_party: &RelyingParty,
    client: &Client,
    change: impl FnOnce(&mut RegistrationDraft),
) -> Outcome {
    let mut authenticator = Authenticator::new("registration");
    let (options, pending) =
        relying_party.start_registration(RegistrationRequest::new(user()), fresh(1));
    let draft = client
        .draft_registration(&options, &mut authenticator)
        .unwrap();
    let response = draft.with(change).into_response();
    relying_party.finish_registration(pending, &response, NOW)
}

/// Registers with the finished response changed.
fn register_changed(change: impl FnOnce(&mut RegistrationResponseJson)) -> Outcome {
    let relying_party = relying_party();
    let mut authenticator = Authenticator::new("registration");
    let (options, pending) =
        relying_party.start_registration(RegistrationRequest::new(user()), fresh(1));
    let mut response = client().create(&options, &mut authenticator).unwrap();
    change(&mut response);
    relying_party.finish_registration(pending, &response, NOW)
}

#[track_caller]
fn rejected(outcome: Outcome, rejection: impl Into<VerifyError>) {
    assert_eq!(outcome.unwrap_err(), rejection.into());
}

#[test]
fn each_algorithm_registers_and_the_record_says_what_was_signed() {
    for algorithm in ALGORITHMS {
        let algorithm = algorithm.alg();
        let relying_party = with_algorithm(algorithm);
        let mut authenticator = Authenticator::new("ada");
        let (options, pending) =
            relying_party.start_registration(RegistrationRequest::new(user()), fresh(1));
        let response = client().create(&options, &mut authenticator).unwrap();
        let verified = relying_party
            .finish_registration(pending, &response, NOW)
            .unwrap();

        assert_eq!(verified.user(), &ada());
        assert_eq!(verified.attestation(), AttestationType::None);
        assert_eq!(verified.ceremony().id.0, [1; 16]);
        assert_eq!(verified.ceremony().expires_at, Timestamp(NOW.0 + 600_000));
        let record = verified.record();
        assert_eq!(record.id, response.raw_id);
        assert_eq!(record.sign_count, 0);
        assert!(record.uv_initialized && record.backup_eligible && record.backup_state);
        assert_eq!(record.transports, response.response.transports);
        assert_eq!(&record.aaguid, b"passkeep-testkit");
        assert_eq!(
            record.attestation_object,
            response.response.attestation_object
        );
        assert_eq!(record.rp_id, "example.org");
        let key = passkeep_protocol::cose::CoseKey::parse(record.public_key.as_slice()).unwrap();
        assert_eq!(key.alg, algorithm);
    }
}

#[test]
fn a_security_key_may_attest_with_its_own_key() {
    let relying_party = relying_party();
    let mut authenticator = Authenticator::with_config("key", Config::security_key());
    let (options, pending) =
        relying_party.start_registration(RegistrationRequest::new(user()), fresh(1));
    let response = client().create(&options, &mut authenticator).unwrap();
    let verified = relying_party
        .finish_registration(pending, &response, NOW)
        .unwrap();
    assert_eq!(verified.attestation(), AttestationType::SelfAttestation);
    assert!(!verified.record().backup_eligible);
}

#[test]
fn a_self_attestation_must_be_its_keys_own() {
    let sign = || {
        let relying_party = relying_party();
        let mut authenticator = Authenticator::with_config("key", Config::security_key());
        let (options, pending) =
            relying_party.start_registration(RegistrationRequest::new(user()), fresh(1));
        let draft = client()
            .draft_registration(&options, &mut authenticator)
            .unwrap();
        (relying_party, pending, draft.encode().sign())
    };
    let (relying_party, pending, signed) = sign();
    let response = signed
        .with(|signed| signed.att_stmt.set("alg", -7))
        .into_response();
    let received = CoseAlgorithm::ES256;
    rejected(
        relying_party.finish_registration(pending, &response, NOW),
        AttestationRejection::SelfAttestationAlgorithmDiffers { received },
    );

    let (relying_party, pending, signed) = sign();
    let response = signed
        .with(|signed| signed.att_stmt.set("sig", &[0u8; 64][..]))
        .into_response();
    let outcome = relying_party.finish_registration(pending, &response, NOW);
    rejected(outcome, AttestationRejection::SignatureInvalid);
}

#[test]
fn the_ceremony_ends_with_its_last_millisecond() {
    let relying_party = relying_party();
    for (late, accepted) in [(600_000, true), (600_001, false)] {
        let mut authenticator = Authenticator::new("late");
        let (options, pending) =
            relying_party.start_registration(RegistrationRequest::new(user()), fresh(1));
        let response = client().create(&options, &mut authenticator).unwrap();
        let now = Timestamp(NOW.0 + late);
        let outcome = relying_party.finish_registration(pending, &response, now);
        let expired = VerifyError::Rejected(Rejection::CeremonyExpired);
        assert_eq!(outcome.map(drop).err(), (!accepted).then_some(expired));
    }
}

#[test]
fn the_envelope_names_one_public_key_credential() {
    let ty = PublicKeyCredentialType::Unknown("password".into());
    rejected(
        register_changed(|r| r.ty = ty),
        Rejection::CredentialTypeUnknown,
    );
    let text = |r: &mut RegistrationResponseJson| r.id.push('A');
    rejected(register_changed(text), Rejection::CredentialIdTextDiffers);
    rejected(
        register_changed(|r| {
            r.raw_id = b"another credential"[..].into();
            r.id = r.raw_id.to_base64url();
        }),
        Rejection::CredentialIdSignedDiffers,
    );
}

#[test]
fn the_client_data_is_this_ceremonys() {
    let relying_party = relying_party();
    let ty = |draft: &mut RegistrationDraft| draft.client_data.ty = "webauthn.get".into();
    let received = "webauthn.get".to_owned();
    let rejection = Rejection::ClientDataTypeDiffers { received };
    rejected(register(&relying_party, &client(), ty), rejection);

    // None, a part, the right one with padding, and two of its length that differ at either end.
    for challenge in [
        "",
        "AQEB",
        "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
        "QQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
        "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQA",
    ] {
        let set = |draft: &mut RegistrationDraft| draft.client_data.challenge = challenge.into();
        rejected(
            register(&relying_party, &client(), set),
            Rejection::ChallengeDiffers,
        );
    }
}

#[test]
fn the_origin_is_the_relying_partys() {
    let relying_party = relying_party();
    for (origin, difference) in [
        ("https://evil.example", None),
        (
            "https://example.org:8443",
            Some("it differs only by the port"),
        ),
        (
            "https://login.example.org",
            Some("its host is below an accepted one; subdomains have to be listed"),
        ),
        (
            "https://example.org/",
            Some("it differs only by a trailing slash"),
        ),
    ] {
        let set = |draft: &mut RegistrationDraft| draft.client_data.origin = origin.into();
        let received = origin.to_owned();
        let rejection = Rejection::OriginNotAccepted {
            received,
            difference,
        };
        rejected(register(&relying_party, &client(), set), rejection);
    }
}

#[test]
fn frames_are_not_accepted() {
    let mut framed = client();
    framed.cross_origin = true;
    let outcome = register(&relying_party(), &framed, |_| {});
    rejected(outcome, Rejection::CrossOriginNotAccepted);

    let top = |draft: &mut RegistrationDraft| {
        draft.client_data.top_origin = Some("https://example.org".into());
    };
    let received = "https://example.org".to_owned();
    let outcome = register(&relying_party(), &client(), top);
    rejected(outcome, Rejection::TopOriginNotAccepted { received });
}

#[test]
fn the_authenticator_worked_for_this_rp_id() {
    let hash = |draft: &mut RegistrationDraft| draft.authenticator_data.rp_id_hash[31] ^= 1;
    rejected(
        register(&relying_party(), &client(), hash),
        Rejection::RpIdHashDiffers,
    );

    // Begun under one configuration and finished under another.
    let relying_party = relying_party();
    let mut authenticator = Authenticator::new("moved");
    let (options, pending) =
        relying_party.start_registration(RegistrationRequest::new(user()), fresh(1));
    let response = client().create(&options, &mut authenticator).unwrap();
    let mut moved = config();
    moved.id = "org".into();
    let moved = RelyingParty::new(moved).unwrap();
    let outcome = moved.finish_registration(pending, &response, NOW);
    rejected(outcome, Rejection::RpIdHashDiffers);
}

#[test]
fn the_flags_are_judged() {
    let relying_party = relying_party();
    let flags = |flags: u8| {
        move |draft: &mut RegistrationDraft| draft.authenticator_data.flags = Flags(flags)
    };
    let at = Flags::AT;
    for (set, rejection) in [
        (at | Flags::UV, Rejection::UserNotPresent),
        (at | Flags::UP, Rejection::UserNotVerified),
        (
            at | Flags::UP | Flags::UV | Flags::BS,
            Rejection::BackupStateWithoutEligibility,
        ),
    ] {
        rejected(register(&relying_party, &client(), flags(set)), rejection);
    }

    let lenient = with_user_verification(UserVerificationRequirement::Preferred);
    let verified = register(&lenient, &client(), flags(at | Flags::UP)).unwrap();
    assert!(!verified.user_verified() && !verified.record().uv_initialized);
}

#[test]
fn a_registration_has_attested_credential_data() {
    let none = |draft: &mut RegistrationDraft| {
        draft.authenticator_data.flags.0 &= !Flags::AT;
        draft.authenticator_data.attested_credential_data = None;
    };
    let outcome = register(&relying_party(), &client(), none);
    rejected(outcome, Rejection::AttestedCredentialDataMissing);
}

#[test]
fn the_algorithm_offered_is_the_algorithm_accepted() {
    let relying_party = with_algorithm(CoseAlgorithm::ES256);
    let mut authenticator = Authenticator::new("other algorithm");
    let (mut options, pending) =
        relying_party.start_registration(RegistrationRequest::new(user()), fresh(1));
    for parameters in &mut options.pub_key_cred_params {
        parameters.alg = CoseAlgorithm::EDDSA;
    }
    let response = client().create(&options, &mut authenticator).unwrap();
    let received = CoseAlgorithm::EDDSA;
    rejected(
        relying_party.finish_registration(pending, &response, NOW),
        Rejection::AlgorithmNotOffered { received },
    );
}

#[test]
fn a_key_fits_its_algorithm() {
    let relying_party = with_algorithm(CoseAlgorithm::ES256);
    let algorithm = CoseAlgorithm::ES256;
    let set_key = |label: i64, value: Value| {
        move |draft: &mut RegistrationDraft| {
            let attested = draft
                .authenticator_data
                .attested_credential_data
                .as_mut()
                .unwrap();
            attested.credential_public_key.set(label, value);
        }
    };
    let unusable = || Rejection::PublicKeyUnusable { algorithm };
    // A point that is not on the curve, another curve's number, a coordinate too short.
    let off_curve = set_key(-2, (&[7u8; 32][..]).into());
    rejected(register(&relying_party, &client(), off_curve), unusable());
    rejected(
        register(&relying_party, &client(), set_key(-1, 2.into())),
        unusable(),
    );
    let short = set_key(-3, (&[7u8; 31][..]).into());
    rejected(register(&relying_party, &client(), short), unusable());
}

#[test]
fn an_rsa_key_has_a_safe_size() {
    let relying_party = with_algorithm(CoseAlgorithm::RS256);
    let algorithm = CoseAlgorithm::RS256;
    for (label, value) in [
        (-1, vec![0xff; 255]),
        (-1, [vec![0], vec![0xff; 256]].concat()),
        (-1, [vec![0xff; 255], vec![0xfe]].concat()),
        (-2, vec![1]),
        (-2, vec![2]),
    ] {
        let outcome = register(&relying_party, &client(), |draft| {
            let attested = draft
                .authenticator_data
                .attested_credential_data
                .as_mut()
                .unwrap();
            attested.credential_public_key.set(label, &value[..]);
        });
        rejected(outcome, Rejection::PublicKeyUnusable { algorithm });
    }
}

#[test]
fn a_statement_none_is_empty_and_unknown_formats_are_unsupported() {
    let signed = || {
        let relying_party = relying_party();
        let mut authenticator = Authenticator::new("statement");
        let (options, pending) =
            relying_party.start_registration(RegistrationRequest::new(user()), fresh(1));
        let draft = client()
            .draft_registration(&options, &mut authenticator)
            .unwrap();
        (relying_party, pending, draft.encode().sign())
    };
    let (relying_party, pending, draft) = signed();
    let response = draft
        .with(|signed| signed.att_stmt.set("x", 1))
        .into_response();
    let outcome = relying_party.finish_registration(pending, &response, NOW);
    rejected(outcome, AttestationRejection::NoneStatementNotEmpty);

    let (relying_party, pending, draft) = signed();
    let response = draft
        .with(|signed| signed.fmt = "None".into())
        .into_response();
    let outcome = relying_party.finish_registration(pending, &response, NOW);
    let unsupported = Unsupported::AttestationFormat("None".into());
    assert_eq!(outcome.unwrap_err(), VerifyError::Unsupported(unsupported));

    let (relying_party, pending, draft) = signed();
    let response = draft
        .with(|signed| {
            signed.fmt = "packed".into();
            signed.att_stmt.set("alg", -7);
            signed.att_stmt.set("sig", &[][..]);
            signed
                .att_stmt
                .set("x5c", Value::Array(vec![Value::from(&[1u8][..])]));
        })
        .into_response();
    let outcome = relying_party.finish_registration(pending, &response, NOW);
    let malformed = Malformed::new(
        Structure::Certificate,
        0,
        Problem::Unexpected("a certificate's outer sequence"),
    );
    assert_eq!(outcome.unwrap_err(), VerifyError::Malformed(malformed));
}

#[test]
fn a_policy_that_wants_trusted_attestation_refuses_none_and_self() {
    let mut config = config();
    config.trust = TrustPolicy::trusted_only();
    let strict = RelyingParty::new(config).unwrap();
    rejected(
        register(&strict, &client(), |_| {}),
        AttestationRejection::NoneNotAccepted,
    );

    let mut authenticator = Authenticator::with_config("key", Config::security_key());
    let (options, pending) = strict.start_registration(RegistrationRequest::new(user()), fresh(1));
    let draft = client().draft_registration(&options, &mut authenticator);
    let response = draft.unwrap().into_response();
    rejected(
        strict.finish_registration(pending, &response, NOW),
        AttestationRejection::SelfNotAccepted,
    );
}

#[test]
fn a_credential_id_is_not_empty() {
    let outcome = register(&relying_party(), &client(), |draft| {
        let attested = draft
            .authenticator_data
            .attested_credential_data
            .as_mut()
            .unwrap();
        attested.credential_id.clear();
    });
    rejected(outcome, Rejection::CredentialIdEmpty);
}

#[test]
fn a_credential_id_has_1023_bytes_at_most() {
    let with_id = |length| {
        let relying_party = relying_party();
        let config = Config {
            credential_id_length: length,
            ..Config::default()
        };
        let mut authenticator = Authenticator::with_config("long", config);
        let request = RegistrationRequest::new(user());
        let (options, pending) = relying_party.start_registration(request, fresh(1));
        let response = client().create(&options, &mut authenticator).unwrap();
        assert_eq!(response.raw_id.as_slice().len(), length);
        relying_party.trace_registration(pending, &response, NOW)
    };
    let id = with_id(1023).verdict.unwrap().record().id.clone();
    assert_eq!(id.as_slice().len(), 1023);

    let traced = with_id(1024);
    let failed = traced.trace.entries.iter();
    let mut failed = failed.filter(|entry| entry.outcome == TraceOutcome::Failed);
    assert_eq!(failed.next().unwrap().check, Check::CredentialIdLength);
    assert_eq!(failed.next(), None);
    rejected(traced.verdict, Rejection::CredentialIdTooLong);
}

#[test]
fn bytes_that_are_not_in_their_format_are_malformed() {
    let malformed = |structure, offset, problem| {
        VerifyError::Malformed(Malformed::new(structure, offset, problem))
    };
    let outcome = register_changed(|r| change(&mut r.response.client_data_json, |b| b.truncate(9)));
    let truncated = malformed(Structure::ClientData, 8, Problem::NotJson);
    assert_eq!(outcome.unwrap_err(), truncated);

    let mut length = 0;
    let outcome = register_changed(|r| {
        change(&mut r.response.attestation_object, |b| b.push(0));
        length = r.response.attestation_object.as_slice().len() - 1;
    });
    let trailing = malformed(Structure::AttestationObject, length, Problem::TrailingBytes);
    assert_eq!(outcome.unwrap_err(), trailing);
}
