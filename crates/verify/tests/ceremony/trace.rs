//! A verification that is watched says the same, and how it came to it.

use passkeep_protocol::Structure;
use passkeep_protocol::names::UserVerificationRequirement;
use passkeep_protocol::response::RegistrationResponseJson;
use passkeep_testkit::Authenticator;
use passkeep_testkit::registration::SignedRegistration;
use passkeep_verify::start::{AuthenticationRequest, RegistrationRequest};
use passkeep_verify::trace::{Outcome, Trace, Traced};
use passkeep_verify::{Candidate, Check, Rejection, VerifyError, steps};

use crate::{
    NOW, ada, change, client, fresh, registered, relying_party, user, with_user_verification,
};

fn checks(trace: &Trace) -> Vec<Check> {
    trace.entries.iter().map(|entry| entry.check).collect()
}

#[test]
fn a_registration_makes_the_checks_of_its_steps_in_their_order() {
    let relying_party = relying_party();
    let request = RegistrationRequest::new(user());
    let (options, pending) = relying_party.start_registration(request, fresh(1));
    let mut authenticator = Authenticator::new("watched");
    let response = client().create(&options, &mut authenticator).unwrap();
    let traced = relying_party.trace_registration(pending, &response, NOW);

    assert_eq!(traced.verdict.unwrap().record().id, response.raw_id);
    let expected: Vec<_> = steps::checks(steps::REGISTRATION).collect();
    assert_eq!(checks(&traced.trace), expected);
    let not_made = |outcome| !matches!(outcome, Outcome::Passed | Outcome::NotApplicable);
    let not_made = traced
        .trace
        .entries
        .iter()
        .filter(|it| not_made(it.outcome));
    assert_eq!(not_made.count(), 0);
}

#[test]
fn an_authentication_makes_the_checks_of_its_steps_in_their_order() {
    let relying_party = relying_party();
    let mut authenticator = Authenticator::new("watched");
    let record = registered(&relying_party, &mut authenticator);
    let request = AuthenticationRequest::anyone();
    let (options, pending) = relying_party.start_authentication(request, fresh(2));
    let response = client().get(&options, &mut authenticator).unwrap();
    let candidate = Candidate {
        id: &record.id,
        user: &ada(),
        public_key: record.public_key.as_slice(),
        sign_count: 0,
        uv_initialized: true,
        backup_eligible: true,
    };
    let traced = relying_party.trace_authentication(pending, &response, candidate, NOW);

    assert_eq!(traced.verdict.unwrap().credential_id(), &record.id);
    let expected: Vec<_> = steps::checks(steps::AUTHENTICATION).collect();
    assert_eq!(checks(&traced.trace), expected);
    let counter = traced.trace.entries.iter();
    let mut counter = counter.filter(|entry| entry.check == Check::SignCount);
    assert_eq!(counter.next().unwrap().outcome, Outcome::NotApplicable);
}

#[test]
fn a_refusal_shows_what_was_compared_and_leaves_the_rest_unmade() {
    let relying_party = with_user_verification(UserVerificationRequirement::Preferred);
    let request = RegistrationRequest::new(user());
    let (options, pending) = relying_party.start_registration(request, fresh(1));
    let mut authenticator = Authenticator::new("watched");
    let draft = client()
        .draft_registration(&options, &mut authenticator)
        .unwrap();
    let http = "http://example.org".to_owned();
    let response = draft.with(|draft| draft.client_data.origin = http.clone());
    let traced = relying_party.trace_registration(pending, &response.into_response(), NOW);

    let rejection = Rejection::OriginNotAccepted {
        received: http.clone(),
        difference: Some("it differs only by the scheme"),
    };
    let error = traced.verdict.unwrap_err();
    assert_eq!(error, VerifyError::Rejected(rejection));
    assert_eq!(error.check(), Check::ClientDataOrigin);
    assert_eq!(error.code(), "origin_not_accepted");

    let expected: Vec<_> = steps::checks(steps::REGISTRATION).collect();
    assert_eq!(checks(&traced.trace), expected);
    let at = expected
        .iter()
        .position(|it| *it == Check::ClientDataOrigin);
    let (before, after) = traced.trace.entries.split_at(at.unwrap());
    assert!(before.iter().all(|entry| entry.outcome == Outcome::Passed));
    let (failed, after) = after.split_first().unwrap();
    assert_eq!(failed.outcome, Outcome::Failed);
    assert_eq!(failed.expected, "https://example.org");
    assert_eq!(failed.received, http);
    assert!(
        after
            .iter()
            .all(|entry| entry.outcome == Outcome::NotReached)
    );
}

/// Makes one thing of a signed registration unreadable.
type Spoil = fn(SignedRegistration) -> RegistrationResponseJson;

#[test]
fn bytes_of_a_registration_that_cannot_be_read_fail_the_check_of_their_form() {
    let relying_party = relying_party();
    let spoils: [(Check, Structure, Spoil); 4] = [
        (Check::ClientDataJson, Structure::ClientData, |signed| {
            let spoilt = signed.with(|signed| signed.client_data_json = b"{".to_vec());
            spoilt.into_response()
        }),
        (
            Check::AttestationObjectCbor,
            Structure::AttestationObject,
            |signed| {
                let mut response = signed.into_response();
                response.response.attestation_object = b"\xa3"[..].into();
                response
            },
        ),
        (
            Check::AuthenticatorDataForm,
            Structure::AuthenticatorData,
            |signed| {
                let spoilt = signed.with(|signed| signed.authenticator_data.push(0));
                spoilt.into_response()
            },
        ),
        (Check::PublicKeyForm, Structure::CoseKey, |signed| {
            // The key's first member, `1: 1`, becomes `1: 4`, a key type that nobody has.
            let spoilt = signed.with(|signed| {
                let data = &mut signed.authenticator_data;
                let key = data.windows(3).position(|it| it == [0xa4, 1, 1]).unwrap();
                data[key + 2] = 4;
            });
            spoilt.into_response()
        }),
    ];
    for (check, structure, spoil) in spoils {
        let request = RegistrationRequest::new(user());
        let (options, pending) = relying_party.start_registration(request, fresh(1));
        let mut authenticator = Authenticator::new("watched");
        let draft = client().draft_registration(&options, &mut authenticator);
        let response = spoil(draft.unwrap().encode().sign());
        let traced = relying_party.trace_registration(pending, &response, NOW);
        failed_by(traced, check, structure);
    }
}

#[track_caller]
fn failed_by<T: std::fmt::Debug>(traced: Traced<T>, check: Check, structure: Structure) {
    let error = traced.verdict.unwrap_err();
    assert_eq!(error.check(), check);
    let VerifyError::Malformed(malformed) = error else {
        panic!("{error:?}");
    };
    assert_eq!(malformed.structure, structure);
    let failed = traced.trace.entries.iter();
    let failed = failed.filter(|entry| entry.outcome == Outcome::Failed);
    let failed: Vec<_> = failed.map(|entry| entry.check).collect();
    assert_eq!(failed, [check]);
}

#[test]
fn bytes_of_an_authentication_that_cannot_be_read_fail_the_check_of_their_form() {
    let relying_party = relying_party();
    for (check, structure) in [
        (Check::ClientDataJson, Structure::ClientData),
        (Check::AuthenticatorDataForm, Structure::AuthenticatorData),
        (Check::PublicKeyForm, Structure::CoseKey),
    ] {
        let mut authenticator = Authenticator::new("watched");
        let mut record = registered(&relying_party, &mut authenticator);
        let request = AuthenticationRequest::anyone();
        let (options, pending) = relying_party.start_authentication(request, fresh(2));
        let mut response = client().get(&options, &mut authenticator).unwrap();
        match check {
            Check::ClientDataJson => response.response.client_data_json = b"{"[..].into(),
            Check::AuthenticatorDataForm => {
                change(&mut response.response.authenticator_data, |data| {
                    data.push(0);
                });
            }
            _ => change(&mut record.public_key, |key| key.push(0)),
        }
        let candidate = Candidate {
            id: &record.id,
            user: &ada(),
            public_key: record.public_key.as_slice(),
            sign_count: 0,
            uv_initialized: true,
            backup_eligible: true,
        };
        let traced = relying_party.trace_authentication(pending, &response, candidate, NOW);
        failed_by(traced, check, structure);
    }
}
