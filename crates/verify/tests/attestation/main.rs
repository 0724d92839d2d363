//! Attestation, format by format: what is accepted as what, and one test per refusal, each with one change.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod android_key;
mod apple;
mod bits;
mod compound;
mod cost;
mod fido_u2f;
mod formats;
mod packed;
mod paths;
mod revocation;
mod safety_net;
mod tpm;
mod tpm_certificate;
mod trust;

use std::sync::{Arc, LazyLock};

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::names::AttestationConveyancePreference;
use passkeep_protocol::{Problem, Structure};
use passkeep_testkit::attestation::AttestationFormat;
use passkeep_testkit::authenticator::Config;
use passkeep_testkit::certificate::CertificateAuthority;
use passkeep_testkit::registration::SignedRegistration;
use passkeep_testkit::signing::{self, PrivateKey};
use passkeep_testkit::{Authenticator, Client, Draws};
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::attestation::{AttestationOutcome, AttestationType, Trust};
use passkeep_verify::ceremony::{Fresh, PendingRegistration};
use passkeep_verify::certificate::path::{PathError, PathFault};
use passkeep_verify::origin::Origin;
use passkeep_verify::rejection::{AttestationRejection, VerifyError};
use passkeep_verify::start::{NewCredentialUser, RegistrationRequest};
use passkeep_verify::trust::{TrustAnchor, TrustPolicy};
use passkeep_verify::{
    CeremonyId, Challenge, RelyingParty, RelyingPartyConfig, Timestamp, UserHandle,
    VerifiedRegistration,
};

const ORIGIN: &str = "https://example.org";
/// 2027-01-15T08:00:00Z, in seconds.
pub(crate) const NOW_SECONDS: i64 = 1_800_000_000;
pub(crate) const NOW: Timestamp = Timestamp(1_800_000_000_000);
/// The authenticators' model.
pub(crate) const AAGUID: [u8; 16] = *b"passkeep-testkit";

// Keys, and the default policy with its roots, take milliseconds without optimization: they are made once.
static VENDOR: LazyLock<CertificateAuthority> =
    LazyLock::new(|| CertificateAuthority::root("vendor"));
static FACTORY: LazyLock<CertificateAuthority> =
    LazyLock::new(|| VENDOR.intermediate("factory", |_| {}));
static CONFIG: LazyLock<RelyingPartyConfig> = LazyLock::new(|| {
    let origins = vec![Origin::parse(ORIGIN).unwrap()];
    let mut config = RelyingPartyConfig::new("example.org", "Example", origins, AWS_LC_RS);
    config.trust = TrustPolicy::trusted_only();
    config.trust.anchors = [anchor(&VENDOR)].into();
    config
});

/// The vendor, whom the relying party believes.
pub(crate) fn vendor() -> CertificateAuthority {
    VENDOR.clone()
}

/// An authority below the vendor, whose certificate comes along.
pub(crate) fn factory() -> CertificateAuthority {
    FACTORY.clone()
}

pub(crate) fn anchor(authority: &CertificateAuthority) -> TrustAnchor {
    TrustAnchor::from_der(&authority.certificate[..]).unwrap()
}

/// A key, told from others by its seed.
pub(crate) fn key(alg: CoseAlgorithm, seed: &str) -> Arc<dyn PrivateKey> {
    let algorithm = signing::algorithm(alg).unwrap();
    algorithm.generate(&mut Draws::new(seed.as_bytes(), "attestation tests"))
}

/// What the outcome of a statement is that the vendor vouches for.
pub(crate) fn trusted() -> Trust {
    let anchor = anchor(&vendor());
    Trust::Trusted { anchor }
}

pub(crate) fn path_error(position: impl Into<Option<usize>>, fault: PathFault) -> PathError {
    let position = position.into();
    PathError { position, fault }
}

/// The registration of an authenticator that attests in some format, at a relying party that accepts only what the vendor
/// vouches for.
#[derive(Clone)]
pub(crate) struct Ceremony {
    format: Arc<dyn AttestationFormat>,
    algorithm: CoseAlgorithm,
    policy: TrustPolicy,
}

impl Ceremony {
    /// With an ES256 credential.
    pub(crate) fn of(format: impl AttestationFormat + 'static) -> Self {
        Self {
            format: Arc::new(format),
            algorithm: CoseAlgorithm::ES256,
            policy: CONFIG.trust.clone(),
        }
    }

    /// With a credential of that algorithm.
    pub(crate) fn with_algorithm(mut self, algorithm: CoseAlgorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Changes the relying party's policy.
    pub(crate) fn under(mut self, change: impl FnOnce(&mut TrustPolicy)) -> Self {
        change(&mut self.policy);
        self
    }

    pub(crate) fn config(&self) -> RelyingPartyConfig {
        let mut config = CONFIG.clone();
        config.algorithms = vec![self.algorithm];
        config.trust = self.policy.clone();
        config
    }

    pub(crate) fn relying_party(&self) -> RelyingParty {
        RelyingParty::new(self.config()).unwrap()
    }

    /// What the authenticator answers, before it becomes JSON.
    pub(crate) fn signed(&self, relying_party: &RelyingParty) -> SignedRegistration {
        let config = Config {
            aaguid: AAGUID,
            attestation: Arc::clone(&self.format),
            ..Config::security_key()
        };
        let mut authenticator = Authenticator::with_config("a device", config);
        let mut request = RegistrationRequest::new(ada());
        request.attestation = AttestationConveyancePreference::Direct;
        let (options, _) = relying_party.start_registration(request, fresh());
        let draft = Client::new(ORIGIN).draft_registration(&options, &mut authenticator);
        draft.unwrap().encode().sign()
    }

    /// Registers, with the signed answer changed.
    pub(crate) fn changed(
        &self,
        change: impl FnOnce(&mut SignedRegistration),
    ) -> Result<VerifiedRegistration, VerifyError> {
        let relying_party = self.relying_party();
        let response = self.signed(&relying_party).with(change).into_response();
        relying_party.finish_registration(pending(&relying_party), &response, NOW)
    }

    pub(crate) fn register(&self) -> Result<VerifiedRegistration, VerifyError> {
        self.changed(|_| {})
    }

    /// Registers, and is accepted as that.
    #[track_caller]
    pub(crate) fn accepted(&self, ty: AttestationType, trust: Trust) -> AttestationOutcome {
        let verified = self.register().unwrap();
        let outcome = verified.attestation_outcome();
        assert_eq!((outcome.ty, &outcome.trust), (ty, &trust));
        assert_eq!(verified.attestation(), ty);
        assert_eq!(outcome.fmt, self.format.identifier());
        let proves = outcome.fmt != "fido-u2f" && matches!(trust, Trust::Trusted { .. });
        assert_eq!(outcome.proves_aaguid(), proves);
        outcome.clone()
    }

    #[track_caller]
    pub(crate) fn refused(&self, expected: AttestationRejection) {
        refused(self.register(), expected);
    }

    /// Registers, and a structure cannot be read.
    #[track_caller]
    pub(crate) fn malformed(&self, structure: Structure, problem: Problem) {
        malformed(self.register(), structure, problem);
    }
}

/// A statement inside a `compound` one.
pub(crate) fn part(format: impl AttestationFormat + 'static) -> Arc<dyn AttestationFormat> {
    Arc::new(format)
}

#[track_caller]
pub(crate) fn refused(
    outcome: Result<VerifiedRegistration, VerifyError>,
    expected: AttestationRejection,
) {
    assert_eq!(outcome.unwrap_err(), VerifyError::from(expected));
}

#[track_caller]
pub(crate) fn malformed(
    outcome: Result<VerifiedRegistration, VerifyError>,
    structure: Structure,
    problem: Problem,
) {
    match outcome.unwrap_err() {
        VerifyError::Malformed(found) => {
            assert_eq!((found.structure, found.problem), (structure, problem));
        }
        other => panic!("{other:?}"),
    }
}

/// Every ceremony's random values are the same.
fn fresh() -> Fresh {
    Fresh {
        id: CeremonyId([1; 16]),
        challenge: Challenge::from([2; 32]),
        now: NOW,
    }
}

fn ada() -> NewCredentialUser {
    NewCredentialUser {
        handle: UserHandle::new(*b"ada's handle").unwrap(),
        name: "ada".into(),
        display_name: "Ada".into(),
    }
}

pub(crate) fn pending(relying_party: &RelyingParty) -> PendingRegistration {
    let request = RegistrationRequest::new(ada());
    relying_party.start_registration(request, fresh()).1
}
