//! The relying party: who it is, what it accepts, and how a ceremony starts.

use core::fmt;

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::names::{
    AttestationConveyancePreference, PublicKeyCredentialType, ResidentKeyRequirement,
    UserVerificationRequirement,
};
use passkeep_protocol::options::{
    AuthenticatorSelectionCriteria, PublicKeyCredentialCreationOptionsJson,
    PublicKeyCredentialDescriptorJson, PublicKeyCredentialParameters,
    PublicKeyCredentialRequestOptionsJson, PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntityJson,
};
use sha2::{Digest as _, Sha256};

use crate::algorithm::{CryptoProvider, RECOMMENDED};
use crate::ceremony::{Fresh, PendingAuthentication, PendingRegistration};
use crate::finding::FindingPolicy;
use crate::origin::Origin;
use crate::values::UserHandle;

/// How a relying party is set up. [`RelyingPartyConfig::new`] takes what must be decided; the rest has defaults.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RelyingPartyConfig {
    /// The RP ID: a domain, in lower case and ASCII.
    pub id: String,
    /// A name for people.
    pub name: String,
    /// The origins that are accepted, at least one.
    pub origins: Vec<Origin>,
    /// The crypto library.
    pub crypto: CryptoProvider,
    /// The algorithms offered and accepted, most preferred first; [`RECOMMENDED`] by default.
    pub algorithms: Vec<CoseAlgorithm>,
    /// Whether the authenticator must verify the user; required by default, because the passkey is the only factor.
    pub user_verification: UserVerificationRequirement,
    /// How long clients are told to wait, in milliseconds; five minutes by default.
    /// [L3 §15.1, "Recommended Range for Ceremony Timeouts"]
    ///
    /// [L3 §15.1, "Recommended Range for Ceremony Timeouts"]: https://www.w3.org/TR/webauthn-3/#sctn-timeout-recommended-range
    pub timeout: u32,
    /// How long a ceremony can be finished, in seconds; ten minutes by default, the upper end of the recommended timeouts.
    pub lifetime: u32,
    /// What to do about findings.
    pub findings: FindingPolicy,
}

impl RelyingPartyConfig {
    /// A relying party with the defaults.
    #[must_use]
    pub fn new(id: &str, name: &str, origins: Vec<Origin>, crypto: CryptoProvider) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            origins,
            crypto,
            algorithms: RECOMMENDED.to_vec(),
            user_verification: UserVerificationRequirement::Required,
            timeout: 300_000,
            lifetime: 600,
            findings: FindingPolicy::default(),
        }
    }
}

/// A relying party that cannot work as it is set up. Never caused by what a client sends.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Misuse {
    /// The RP ID is not a domain in lower case and ASCII.
    RpId(String),
    /// No origin is accepted.
    NoOrigin,
    /// A browser on this origin may not use the RP ID.
    OriginOutsideRpId(String),
    /// No algorithm is offered.
    NoAlgorithm,
    /// The crypto library cannot verify this algorithm.
    AlgorithmWithoutProvider(CoseAlgorithm),
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RpId(id) => write!(
                f,
                "the RP ID {id:?} is not a domain in lower case and ASCII, without scheme and port"
            ),
            Self::NoOrigin => f.write_str("no origin is accepted"),
            Self::OriginOutsideRpId(origin) => write!(
                f,
                "a browser on {origin} may not use the RP ID: its host is neither the RP ID nor below it"
            ),
            Self::NoAlgorithm => f.write_str("no algorithm is offered"),
            Self::AlgorithmWithoutProvider(algorithm) => {
                write!(
                    f,
                    "the crypto library cannot verify the algorithm {algorithm}"
                )
            }
        }
    }
}

impl core::error::Error for Misuse {}

/// A relying party, set up.
#[derive(Clone, Debug)]
pub struct RelyingParty {
    pub(crate) config: RelyingPartyConfig,
    pub(crate) id_hash: [u8; 32],
}

impl RelyingParty {
    /// Checks the set-up.
    ///
    /// # Errors
    ///
    /// A [`Misuse`] that says what cannot work.
    pub fn new(config: RelyingPartyConfig) -> Result<Self, Misuse> {
        let label_character = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let label = |label: &str| !label.is_empty() && label.chars().all(label_character);
        if config.id.len() > 253 || !config.id.split('.').all(label) {
            return Err(Misuse::RpId(config.id));
        }
        if config.origins.is_empty() {
            return Err(Misuse::NoOrigin);
        }
        let is_app = |origin: &Origin| origin.host().is_none();
        for origin in &config.origins {
            if !is_app(origin) && !origin.may_use_rp_id(&config.id) {
                return Err(Misuse::OriginOutsideRpId(origin.as_str().to_owned()));
            }
        }
        if config.algorithms.is_empty() {
            return Err(Misuse::NoAlgorithm);
        }
        for algorithm in &config.algorithms {
            if config.crypto.algorithm(*algorithm).is_none() {
                return Err(Misuse::AlgorithmWithoutProvider(*algorithm));
            }
        }
        Ok(Self {
            id_hash: Sha256::digest(config.id.as_bytes()).into(),
            config,
        })
    }

    /// The RP ID.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.config.id
    }

    /// The origins that are accepted.
    #[must_use]
    pub fn origins(&self) -> &[Origin] {
        &self.config.origins
    }

    /// How long a ceremony can be finished, in seconds.
    #[must_use]
    pub fn lifetime(&self) -> u32 {
        self.config.lifetime
    }

    /// Begins a registration: options for the client, and what the finish will judge by. [L3 §7.1, "Let options be"]
    ///
    /// [L3 §7.1, "Let options be"]: https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
    #[must_use]
    pub fn start_registration(
        &self,
        user: NewCredentialUser,
        exclude_credentials: Vec<PublicKeyCredentialDescriptorJson>,
        fresh: Fresh,
    ) -> (PublicKeyCredentialCreationOptionsJson, PendingRegistration) {
        let config = &self.config;
        let parameters = config
            .algorithms
            .iter()
            .map(|alg| PublicKeyCredentialParameters {
                ty: PublicKeyCredentialType::PublicKey,
                alg: *alg,
            });
        let options = PublicKeyCredentialCreationOptionsJson {
            rp: PublicKeyCredentialRpEntity {
                name: config.name.clone(),
                id: Some(config.id.clone()),
            },
            user: PublicKeyCredentialUserEntityJson {
                id: user.handle.clone().into(),
                name: user.name,
                display_name: user.display_name,
            },
            challenge: fresh.challenge.0.into(),
            pub_key_cred_params: parameters.collect(),
            timeout: Some(config.timeout),
            exclude_credentials,
            authenticator_selection: Some(AuthenticatorSelectionCriteria {
                authenticator_attachment: None,
                resident_key: Some(ResidentKeyRequirement::Required),
                require_resident_key: true,
                user_verification: Some(config.user_verification.clone()),
            }),
            hints: Vec::new(),
            attestation: Some(AttestationConveyancePreference::None),
            attestation_formats: Vec::new(),
            extensions: Default::default(),
        };
        let pending = PendingRegistration {
            id: fresh.id,
            challenge: fresh.challenge,
            rp_id: config.id.clone(),
            user: user.handle,
            algorithms: config.algorithms.clone(),
            user_verification_required: self.user_verification_required(),
            expires_at: fresh.now.plus_seconds(config.lifetime),
        };
        (options, pending)
    }

    /// Begins an authentication: for anyone when `user` is `None`, with whatever discoverable credential they choose, or
    /// for one account with its credentials. [L3 §7.2, "Let options be"]
    ///
    /// [L3 §7.2, "Let options be"]: https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion
    #[must_use]
    pub fn start_authentication(
        &self,
        user: Option<UserHandle>,
        allow_credentials: Vec<PublicKeyCredentialDescriptorJson>,
        fresh: Fresh,
    ) -> (PublicKeyCredentialRequestOptionsJson, PendingAuthentication) {
        let config = &self.config;
        let options = PublicKeyCredentialRequestOptionsJson {
            challenge: fresh.challenge.0.into(),
            timeout: Some(config.timeout),
            rp_id: Some(config.id.clone()),
            allow_credentials,
            user_verification: Some(config.user_verification.clone()),
            hints: Vec::new(),
            extensions: Default::default(),
        };
        let pending = PendingAuthentication {
            id: fresh.id,
            challenge: fresh.challenge,
            rp_id: config.id.clone(),
            user,
            user_verification_required: self.user_verification_required(),
            expires_at: fresh.now.plus_seconds(config.lifetime),
        };
        (options, pending)
    }

    fn user_verification_required(&self) -> bool {
        self.config.user_verification == UserVerificationRequirement::Required
    }
}

/// Whom a new credential is for.
#[derive(Clone, Debug)]
pub struct NewCredentialUser {
    /// The user handle.
    pub handle: UserHandle,
    /// The user name.
    pub name: String,
    /// The display name.
    pub display_name: String,
}
