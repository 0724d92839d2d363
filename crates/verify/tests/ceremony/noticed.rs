//! What is noticed in signatures and statements that are correct: reported by default, refused where the policy says so.

use std::slice;
use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::names::AttestationConveyancePreference;
use passkeep_testkit::Authenticator;
use passkeep_testkit::attestation::apple::Apple;
use passkeep_testkit::attestation::packed::PackedSelf;
use passkeep_testkit::attestation::{AttestationFormat, NewCredential};
use passkeep_testkit::authenticator::Config;
use passkeep_testkit::cbor::Value;
use passkeep_testkit::certificate::CertificateAuthority;
use passkeep_verify::finding::{Finding, FindingAction, FindingPolicy};
use passkeep_verify::start::{AuthenticationRequest, RegistrationRequest};
use passkeep_verify::{
    Rejection, RelyingParty, VerifiedAuthentication, VerifiedRegistration, VerifyError,
};

use crate::{NOW, ada, client, config, fresh, registered, user};

fn relying_party(findings: FindingPolicy) -> RelyingParty {
    let mut config = config();
    config.algorithms = vec![CoseAlgorithm::ES256];
    config.findings = findings;
    RelyingParty::new(config).unwrap()
}

/// The same signature, with the length of the outer sequence in one byte more than it needs.
fn in_ber(signature: &[u8]) -> Vec<u8> {
    let (head, integers) = signature.split_at(2);
    [&[head[0], 0x81, head[1]], integers].concat()
}

fn sign_in(findings: FindingPolicy) -> Result<VerifiedAuthentication, VerifyError> {
    let relying_party = relying_party(findings);
    let mut authenticator = Authenticator::new("noticed");
    let record = registered(&relying_party, &mut authenticator);
    let request = AuthenticationRequest::anyone();
    let (options, pending) = relying_party.start_authentication(request, fresh(2));
    let mut response = client().get(&options, &mut authenticator).unwrap();
    response.response.signature = in_ber(response.response.signature.as_slice()).into();
    let user = ada();
    let candidate = record.candidate(&user);
    relying_party.finish_authentication(pending, &response, candidate, NOW)
}

/// A format whose statements are altered after they are made.
#[derive(Debug)]
struct Altered<F>(F, fn(&mut Value));

impl<F: AttestationFormat> AttestationFormat for Altered<F> {
    fn identifier(&self) -> &'static str {
        self.0.identifier()
    }

    fn statement(&self, about: &NewCredential<'_>) -> Value {
        let mut statement = self.0.statement(about);
        self.1(&mut statement);
        statement
    }
}

fn register(
    findings: FindingPolicy,
    attestation: impl AttestationFormat + 'static,
) -> Result<VerifiedRegistration, VerifyError> {
    let relying_party = relying_party(findings);
    let config = Config {
        algorithms: vec![CoseAlgorithm::ES256],
        attestation: Arc::new(attestation),
        ..Config::default()
    };
    let mut authenticator = Authenticator::with_config("noticed", config);
    let mut request = RegistrationRequest::new(user());
    request.attestation = AttestationConveyancePreference::Direct;
    let (options, pending) = relying_party.start_registration(request, fresh(1));
    let response = client().create(&options, &mut authenticator).unwrap();
    relying_party.finish_registration(pending, &response, NOW)
}

#[track_caller]
fn refused<T: std::fmt::Debug>(outcome: Result<T, VerifyError>, finding: &Finding) {
    let kind = finding.kind();
    let expected = VerifyError::Rejected(Rejection::FindingRefused { kind });
    assert_eq!(outcome.unwrap_err(), expected);
}

#[test]
fn an_assertions_signature_in_ber_is_reported_and_can_be_refused() {
    let finding = Finding::SignatureNotDer;
    let verified = sign_in(FindingPolicy::default()).unwrap();
    assert_eq!(verified.findings(), slice::from_ref(&finding));
    refused(sign_in(FindingPolicy::strict()), &finding);
}

#[test]
fn a_statements_signature_in_ber_is_reported_and_can_be_refused() {
    let padded = || {
        Altered(PackedSelf, |statement| {
            let Some(Value::Bytes(signature)) = statement.get("sig") else {
                panic!("a packed statement has a signature");
            };
            let signature = in_ber(signature);
            statement.set("sig", Value::Bytes(signature));
        })
    };
    let finding = Finding::SignatureNotDer;
    let verified = register(FindingPolicy::default(), padded()).unwrap();
    assert_eq!(verified.findings(), slice::from_ref(&finding));
    refused(register(FindingPolicy::strict(), padded()), &finding);
}

#[test]
fn apples_superfluous_algorithm_is_reported_and_can_be_refused() {
    let early = || {
        Altered(
            Apple::new(CertificateAuthority::root("a vendor")),
            |statement| {
                statement.set("alg", Value::Integer(-7));
            },
        )
    };
    let finding = Finding::AppleAlgorithm;
    let verified = register(FindingPolicy::default(), early()).unwrap();
    let untrusted = Finding::UntrustedAttestation {
        fmt: "apple".into(),
    };
    assert_eq!(verified.findings(), [finding.clone(), untrusted]);

    let mut policy = FindingPolicy::default();
    policy.set(finding.kind(), FindingAction::Reject);
    refused(register(policy, early()), &finding);
}
