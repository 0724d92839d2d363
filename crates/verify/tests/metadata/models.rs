//! Metadata in a relying party's trust policy: whom it believes, and whom it refuses, at the registration and later.

use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::names::AttestationConveyancePreference;
use passkeep_testkit::attestation::fido_u2f::FidoU2f;
use passkeep_testkit::attestation::packed::Packed;
use passkeep_testkit::authenticator::Config;
use passkeep_testkit::certificate::{CertificateAuthority, key_identifier};
use passkeep_testkit::metadata::{MetadataService, entry, status};
use passkeep_testkit::{Authenticator, Client};
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::attestation::{Model, Trust};
use passkeep_verify::ceremony::Fresh;
use passkeep_verify::certificate::path::{PathError, PathFault};
use passkeep_verify::finding::FindingAction;
use passkeep_verify::metadata::{
    AuthenticatorStatus, CertificationLevel, MetadataBlob, MetadataRefusal, ReportScope,
    StatusPolicy,
};
use passkeep_verify::origin::Origin;
use passkeep_verify::rejection::AttestationRejection;
use passkeep_verify::start::{NewCredentialUser, RegistrationRequest};
use passkeep_verify::trust::{ModelMetadata, TrustAnchor, TrustPolicy};
use passkeep_verify::{
    CeremonyId, Challenge, Rejection, RelyingParty, RelyingPartyConfig, UserHandle,
    VerifiedRegistration, VerifyError,
};
use serde_json::{Value, json};

use crate::{AAGUID, NOW, signer};

/// A set-up that wants trusted attestations and believes nobody but the metadata.
fn config(entries: Vec<Value>) -> RelyingPartyConfig {
    let service = MetadataService::new("service");
    let text = service.draft(7, "2027-01-20", entries).to_text();
    let blob = MetadataBlob::verify(&text, &signer(&service), &AWS_LC_RS, NOW, None).unwrap();
    let origins = vec![Origin::parse("https://example.org").unwrap()];
    let mut config = RelyingPartyConfig::new("example.org", "Example", origins, AWS_LC_RS);
    config.trust = TrustPolicy::trusted_only();
    config.trust.anchors = Arc::new([]);
    config.trust.metadata = Some(ModelMetadata {
        blob: Arc::new(blob),
        status: StatusPolicy::default(),
    });
    config
}

fn relying_party(entries: Vec<Value>) -> RelyingParty {
    RelyingParty::new(config(entries)).unwrap()
}

fn status_policy(config: &mut RelyingPartyConfig) -> &mut StatusPolicy {
    &mut config.trust.metadata.as_mut().unwrap().status
}

fn vendor() -> CertificateAuthority {
    CertificateAuthority::root("vendor")
}

fn security_key() -> Authenticator {
    let config = Config {
        aaguid: AAGUID,
        attestation: Arc::new(Packed::new(vendor())),
        ..Config::security_key()
    };
    Authenticator::with_config("metadata", config)
}

fn register(
    relying_party: &RelyingParty,
    mut authenticator: Authenticator,
) -> Result<VerifiedRegistration, VerifyError> {
    let user = NewCredentialUser {
        handle: UserHandle::new(*b"ada's handle").unwrap(),
        name: "ada".into(),
        display_name: "Ada".into(),
    };
    let mut request = RegistrationRequest::new(user);
    request.attestation = AttestationConveyancePreference::Direct;
    let fresh = Fresh {
        id: CeremonyId([1; 16]),
        challenge: Challenge::from([1; 32]),
        now: NOW,
    };
    let (options, pending) = relying_party.start_registration(request, fresh);
    let client = Client::new("https://example.org");
    let response = client.create(&options, &mut authenticator).unwrap();
    relying_party.finish_registration(pending, &response, NOW)
}

#[track_caller]
fn refused(result: Result<VerifiedRegistration, VerifyError>) -> AttestationRejection {
    match result.unwrap_err() {
        VerifyError::Rejected(Rejection::Attestation(rejection)) => rejection,
        other => panic!("refused for another reason: {other}"),
    }
}

fn certified() -> Value {
    json!({ "status": "FIDO_CERTIFIED_L2", "effectiveDate": "2020-01-01" })
}

fn untrusted() -> AttestationRejection {
    AttestationRejection::Untrusted(PathError {
        position: Some(0),
        fault: PathFault::IssuerUnknown,
    })
}

#[test]
fn the_roots_of_a_models_entry_vouch_for_it() {
    let root = vendor().certificate;
    let relying_party = relying_party(vec![entry(&AAGUID, &[&root], &[certified()])]);
    let verified = register(&relying_party, security_key()).unwrap();
    let outcome = verified.attestation_outcome();
    match &outcome.trust {
        Trust::Trusted { anchor } => assert_eq!(anchor.der(), root),
        other => panic!("{other:?}"),
    }
    assert!(outcome.proves_model(&AAGUID));
    let expected = Model::Listed {
        description: Some("Passkeep testkit authenticator".into()),
        certification: Some(CertificationLevel::L2),
        outdated: false,
    };
    assert_eq!(outcome.model, Some(expected));
}

#[test]
fn the_roots_of_another_models_entry_do_not() {
    let root = vendor().certificate;
    let entries = vec![
        entry(&[8; 16], &[&root], &[certified()]),
        entry(&AAGUID, &[], &[certified()]),
    ];
    let relying_party = relying_party(entries);
    assert_eq!(
        refused(register(&relying_party, security_key())),
        untrusted()
    );
}

#[test]
fn a_root_that_cannot_be_read_vouches_for_nobody() {
    let entries = vec![entry(&AAGUID, &[b"no certificate"], &[certified()])];
    let relying_party = relying_party(entries);
    assert_eq!(
        refused(register(&relying_party, security_key())),
        untrusted()
    );
}

#[test]
fn a_model_of_u2f_is_found_and_proven_by_its_certificates_key() {
    let (root, u2f) = (vendor().certificate, FidoU2f::new(vendor()));
    let identifier = key_identifier(&u2f.key.public_key());
    let identifier: String = identifier
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut entry = entry(&[0; 16], &[&root], &[certified()]);
    let members = entry.as_object_mut().unwrap();
    members.remove("aaguid");
    members.insert(
        "attestationCertificateKeyIdentifiers".into(),
        json!([identifier]),
    );
    let mut config = config(vec![entry]);
    status_policy(&mut config).minimum_certification = Some(CertificationLevel::L2);
    let relying_party = RelyingParty::new(config).unwrap();
    let config = Config {
        algorithms: vec![CoseAlgorithm::ES256],
        attestation: Arc::new(u2f),
        ..Config::security_key()
    };
    let verified = register(&relying_party, Authenticator::with_config("u2f", config)).unwrap();
    let outcome = verified.attestation_outcome();
    assert!(outcome.proves_model(&[0; 16]));
    assert!(!outcome.proves_aaguid());
}

#[test]
fn a_reported_model_is_refused() {
    let root = vendor().certificate;
    let reports = [certified(), status("REVOKED")];
    let relying_party = relying_party(vec![entry(&AAGUID, &[&root], &reports)]);
    let expected = AttestationRejection::Model(MetadataRefusal::Undesired {
        status: AuthenticatorStatus::Revoked,
        since: None,
        scope: ReportScope::Model,
    });
    assert_eq!(refused(register(&relying_party, security_key())), expected);
}

#[test]
fn a_model_without_entry_is_refused_if_the_policy_says_so() {
    let unlisted = |action| {
        let mut config = config_with_own_anchor();
        status_policy(&mut config).unlisted = action;
        register(&RelyingParty::new(config).unwrap(), security_key())
    };
    let accepted = unlisted(FindingAction::Report).unwrap();
    assert_eq!(accepted.attestation_outcome().model, Some(Model::Unlisted));
    let refusal = refused(unlisted(FindingAction::Reject));
    assert_eq!(
        refusal,
        AttestationRejection::Model(MetadataRefusal::Unlisted)
    );
}

/// Metadata without entries, and the vendor's root as an anchor of the relying party's own.
fn config_with_own_anchor() -> RelyingPartyConfig {
    let mut config = config(Vec::new());
    let anchor = TrustAnchor::from_der(vendor().certificate).unwrap();
    config.trust.add_anchors([anchor]);
    config
}

#[test]
fn a_registered_credential_is_judged_again_by_newer_metadata() {
    let root = vendor().certificate;
    let then = relying_party(vec![entry(&AAGUID, &[&root], &[certified()])]);
    let verified = register(&then, security_key()).unwrap();
    let proven = verified.attestation_outcome().proves_model(&AAGUID);
    let judged = then.judge_model(verified.record(), proven, NOW).unwrap();
    assert_eq!(judged, verified.attestation_outcome().model);

    let reports = [certified(), status("ATTESTATION_KEY_COMPROMISE")];
    let later = relying_party(vec![entry(&AAGUID, &[&root], &reports)]);
    let refusal = later.judge_model(verified.record(), proven, NOW);
    let expected = AttestationRejection::Model(MetadataRefusal::Undesired {
        status: AuthenticatorStatus::AttestationKeyCompromise,
        since: None,
        scope: ReportScope::Model,
    });
    assert_eq!(refusal.unwrap_err(), VerifyError::from(expected));
}

#[test]
fn without_metadata_nothing_is_judged() {
    let mut config = config_with_own_anchor();
    config.trust.metadata = None;
    let relying_party = RelyingParty::new(config).unwrap();
    let verified = register(&relying_party, security_key()).unwrap();
    assert_eq!(verified.attestation_outcome().model, None);
    let judged = relying_party.judge_model(verified.record(), true, NOW);
    assert_eq!(judged.unwrap(), None);
}
