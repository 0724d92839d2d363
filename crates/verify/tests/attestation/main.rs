//! Attestation, format by format: what is accepted, and one test per refusal, each with one change.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod android_key;
mod android_safetynet;
mod apple;
mod bits;
mod compound;
mod fido_u2f;
mod packed;
mod tpm;
mod trust;

use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::names::AttestationConveyancePreference;
use passkeep_protocol::options::PublicKeyCredentialCreationOptionsJson;
use passkeep_protocol::response::RegistrationResponseJson;
use passkeep_testkit::attestation::AttestationFormat;
use passkeep_testkit::authenticator::Config;
use passkeep_testkit::certificate::CertificateAuthority;
use passkeep_testkit::{Authenticator, Client};
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::attestation::{AttestationOutcome, AttestationType, Trust};
use passkeep_verify::ceremony::Fresh;
use passkeep_verify::origin::Origin;
use passkeep_verify::rejection::AttestationRejection;
use passkeep_verify::start::{NewCredentialUser, RegistrationRequest};
use passkeep_verify::trust::{TrustAnchor, TrustPolicy};
use passkeep_verify::{
    CeremonyId, Challenge, PendingRegistration, Rejection, RelyingParty, RelyingPartyConfig,
    Timestamp, UserHandle, VerifiedRegistration, VerifyError,
};

/// 2027-01-15T08:00:00Z
pub(crate) const NOW: Timestamp = Timestamp(1_800_000_000_000);
pub(crate) const AAGUID: [u8; 16] = [7; 16];

/// The vendor whose root is an anchor.
pub(crate) fn vendor() -> CertificateAuthority {
    CertificateAuthority::root("vendor")
}

/// A policy that wants trusted attestations and believes the vendor alone.
pub(crate) fn policy() -> TrustPolicy {
    let mut policy = TrustPolicy::trusted_only();
    policy.anchors = Arc::new([TrustAnchor::from_der(vendor().certificate).unwrap()]);
    policy
}

/// One registration, and who judges it.
pub(crate) struct Setup {
    pub(crate) policy: TrustPolicy,
    pub(crate) algorithm: CoseAlgorithm,
    pub(crate) aaguid: [u8; 16],
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            policy: policy(),
            algorithm: CoseAlgorithm::ES256,
            aaguid: AAGUID,
        }
    }
}

impl Setup {
    pub(crate) fn with_policy(change: impl FnOnce(&mut TrustPolicy)) -> Self {
        let mut setup = Self::default();
        change(&mut setup.policy);
        setup
    }

    pub(crate) fn relying_party(&self) -> RelyingParty {
        let origins = vec![Origin::parse("https://example.org").unwrap()];
        let mut config = RelyingPartyConfig::new("example.org", "Example", origins, AWS_LC_RS);
        config.algorithms = vec![self.algorithm];
        config.trust = self.policy.clone();
        RelyingParty::new(config).unwrap()
    }

    /// The response of an authenticator that attests in that format.
    pub(crate) fn respond(
        &self,
        format: impl AttestationFormat + 'static,
    ) -> RegistrationResponseJson {
        let config = Config {
            aaguid: self.aaguid,
            algorithms: vec![self.algorithm],
            attestation: Arc::new(format),
            ..Config::security_key()
        };
        let mut authenticator = Authenticator::with_config("attestation", config);
        let (options, _) = start(&self.relying_party());
        let client = Client::new("https://example.org");
        client.create(&options, &mut authenticator).unwrap()
    }

    /// Registers, and judges.
    pub(crate) fn register(
        &self,
        format: impl AttestationFormat + 'static,
    ) -> Result<VerifiedRegistration, VerifyError> {
        finish(&self.relying_party(), &self.respond(format))
    }

    #[track_caller]
    pub(crate) fn accepts(
        &self,
        format: impl AttestationFormat + 'static,
        ty: AttestationType,
    ) -> AttestationOutcome {
        let verified = self.register(format).unwrap();
        let outcome = verified.attestation_outcome();
        assert_eq!(outcome.ty, ty);
        outcome.clone()
    }

    #[track_caller]
    pub(crate) fn refuses(
        &self,
        format: impl AttestationFormat + 'static,
        rejection: AttestationRejection,
    ) {
        let expected = VerifyError::Rejected(Rejection::Attestation(rejection));
        assert_eq!(self.register(format).unwrap_err(), expected);
    }
}

/// Begins the one ceremony that every test is about: the same one each time.
fn start(
    relying_party: &RelyingParty,
) -> (PublicKeyCredentialCreationOptionsJson, PendingRegistration) {
    let mut request = RegistrationRequest::new(NewCredentialUser {
        handle: UserHandle::new(*b"ada's handle").unwrap(),
        name: "ada".into(),
        display_name: "Ada".into(),
    });
    request.attestation = AttestationConveyancePreference::Direct;
    let fresh = Fresh {
        id: CeremonyId([1; 16]),
        challenge: Challenge::from([1; 32]),
        now: NOW,
    };
    relying_party.start_registration(request, fresh)
}

/// Judges a response to that ceremony.
pub(crate) fn finish(
    relying_party: &RelyingParty,
    response: &RegistrationResponseJson,
) -> Result<VerifiedRegistration, VerifyError> {
    let (_, pending) = start(relying_party);
    relying_party.finish_registration(pending, response, NOW)
}

/// Accepted as trusted, by the vendor's root.
#[track_caller]
pub(crate) fn accepts(
    format: impl AttestationFormat + 'static,
    ty: AttestationType,
) -> AttestationOutcome {
    let outcome = Setup::default().accepts(format, ty);
    let anchor = TrustAnchor::from_der(vendor().certificate).unwrap();
    assert_eq!(outcome.trust, Trust::Trusted { anchor });
    outcome
}

#[track_caller]
pub(crate) fn refuses(format: impl AttestationFormat + 'static, rejection: AttestationRejection) {
    Setup::default().refuses(format, rejection);
}
