//! The relying party: who it is, what it accepts, and how a ceremony starts.

use core::fmt;
use core::time::Duration;

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::names::UserVerificationRequirement;
use sha2::{Digest as _, Sha256};

use crate::algorithm::{CryptoProvider, RECOMMENDED, SignatureScheme};
use crate::backup::BackupPolicy;
use crate::embedding::Embedding;
use crate::finding::FindingPolicy;
use crate::origin::{AcceptedOrigins, Origin};
use crate::trust::TrustPolicy;

/// How a relying party is set up. [`RelyingPartyConfig::new`] takes what must be decided; the rest has defaults.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RelyingPartyConfig {
    /// The RP ID: a domain, in lower case and ASCII.
    pub id: String,
    /// A name for people.
    pub name: String,
    /// The origins that are accepted, at least one: apps, and web origins on which a browser may use the RP ID.
    pub origins: AcceptedOrigins,
    /// Web origins of other domains that share the RP ID: those that `/.well-known/webauthn` names; none by default. See
    /// [`origin::related`](crate::origin::related).
    pub related_origins: Vec<Origin>,
    /// The crypto library.
    pub crypto: CryptoProvider,
    /// The algorithms offered and accepted, most preferred first; [`RECOMMENDED`] by default.
    pub algorithms: Vec<CoseAlgorithm>,
    /// Whether the authenticator must verify the user; required by default, because the passkey is the only factor.
    pub user_verification: UserVerificationRequirement,
    /// How long clients are told to wait; five minutes by default.
    /// [L3 §15.1, "Recommended Range for Ceremony Timeouts"]
    ///
    /// [L3 §15.1, "Recommended Range for Ceremony Timeouts"]: https://www.w3.org/TR/webauthn-3/#sctn-timeout-recommended-range
    pub timeout: Duration,
    /// How long a ceremony can be finished; ten minutes by default, the upper end of the recommended timeouts. Not less than the
    /// timeout: people would answer in time and be refused.
    pub lifetime: Duration,
    /// Which pages may frame the relying party's; none by default.
    pub embedding: Embedding,
    /// What is demanded of credentials that synchronise; nothing by default.
    pub backup: BackupPolicy,
    /// The `AppID` of credentials that were made with the FIDO U2F interface, for relying parties that had it.
    /// [L3 §10.1.1]
    ///
    /// [L3 §10.1.1]: https://www.w3.org/TR/webauthn-3/#sctn-appid-extension
    pub app_id: Option<String>,
    /// What to do about findings.
    pub findings: FindingPolicy,
    /// What is accepted from an attestation; by default none is needed, and a correct one is reported.
    pub trust: TrustPolicy,
}

impl RelyingPartyConfig {
    /// A relying party with the defaults.
    #[must_use]
    pub fn new(
        id: &str,
        name: &str,
        origins: impl Into<AcceptedOrigins>,
        crypto: CryptoProvider,
    ) -> Self {
        Self::with_trust(id, name, origins, crypto, TrustPolicy::default())
    }

    /// A relying party with the defaults, but for whom it believes. The default policy reads every built-in root.
    ///
    /// ```
    /// use passkeep_verify::algorithm::CryptoProvider;
    /// use passkeep_verify::{RelyingPartyConfig, origin::Origin, trust::TrustPolicy};
    ///
    /// # let provider = CryptoProvider { name: "none", algorithms: &[] };
    /// let origins = vec![Origin::parse("https://example.org").unwrap()];
    /// let nobody = TrustPolicy::with_anchors([]);
    /// let config = RelyingPartyConfig::with_trust("example.org", "Example", origins, provider, nobody);
    /// assert!(config.trust.anchors.is_empty());
    /// ```
    #[must_use]
    pub fn with_trust(
        id: &str,
        name: &str,
        origins: impl Into<AcceptedOrigins>,
        crypto: CryptoProvider,
        trust: TrustPolicy,
    ) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            origins: origins.into(),
            related_origins: Vec::new(),
            crypto,
            algorithms: RECOMMENDED.to_vec(),
            user_verification: UserVerificationRequirement::Required,
            timeout: Duration::from_mins(5),
            lifetime: Duration::from_mins(10),
            embedding: Embedding::Refused,
            backup: BackupPolicy::Any,
            app_id: None,
            findings: FindingPolicy::default(),
            trust,
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
    /// No credential may have this algorithm: only old attestation statements do.
    AlgorithmNotForCredentials(CoseAlgorithm),
    /// The crypto library cannot verify this algorithm.
    AlgorithmWithoutProvider(CoseAlgorithm),
    /// A ceremony is over before the client is told to give up: people would answer in time and be refused.
    LifetimeBelowTimeout {
        /// How long a ceremony can be finished.
        lifetime: Duration,
        /// How long clients are told to wait.
        timeout: Duration,
    },
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RpId(id) => write!(
                f,
                "the RP ID {id:?} is not a domain in lower case and ASCII, without scheme and port"
            ),
            Self::NoOrigin => f.write_str("no origin is accepted; name at least one"),
            Self::OriginOutsideRpId(origin) => write!(
                f,
                "a browser on {origin} may not use the RP ID: its host is neither the RP ID nor below it"
            ),
            Self::NoAlgorithm => f.write_str("no algorithm is offered; name at least one"),
            Self::AlgorithmNotForCredentials(algorithm) => {
                write!(f, "no credential may have the algorithm {algorithm}")
            }
            Self::AlgorithmWithoutProvider(algorithm) => {
                write!(
                    f,
                    "the crypto library cannot verify the algorithm {algorithm}"
                )
            }
            Self::LifetimeBelowTimeout { lifetime, timeout } => write!(
                f,
                "clients are told to wait for {timeout:?}, and the ceremony is over after {lifetime:?}"
            ),
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
    ///
    /// ```
    /// # #[cfg(feature = "aws-lc-rs")] {
    /// use passkeep_verify::algorithm::AWS_LC_RS;
    /// use passkeep_verify::origin::Origin;
    /// use passkeep_verify::{Misuse, RelyingParty, RelyingPartyConfig};
    ///
    /// let origins = vec![Origin::parse("https://login.example.org").unwrap()];
    /// let mut config = RelyingPartyConfig::new("example.org", "Example", origins, AWS_LC_RS);
    /// assert_eq!(RelyingParty::new(config.clone()).unwrap().id(), "example.org");
    /// config.algorithms.clear();
    /// assert_eq!(RelyingParty::new(config).unwrap_err(), Misuse::NoAlgorithm);
    /// # }
    /// ```
    pub fn new(config: RelyingPartyConfig) -> Result<Self, Misuse> {
        let label_character = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let label = |label: &str| !label.is_empty() && label.chars().all(label_character);
        if config.id.len() > 253 || !config.id.split('.').all(label) {
            return Err(Misuse::RpId(config.id));
        }
        // The RP ID's own domain need not have a page with passkeys: all of them may be on related origins.
        let own = !config.origins.exact().is_empty() || !config.origins.subdomains().is_empty();
        if !own && config.related_origins.is_empty() {
            return Err(Misuse::NoOrigin);
        }
        let is_app = |origin: &Origin| origin.host().is_none();
        for origin in config.origins.exact() {
            if !is_app(origin) && !origin.may_use_rp_id(&config.id) {
                return Err(Misuse::OriginOutsideRpId(origin.as_str().to_owned()));
            }
        }
        if config.algorithms.is_empty() {
            return Err(Misuse::NoAlgorithm);
        }
        for algorithm in &config.algorithms {
            let known = SignatureScheme::of(*algorithm).is_some();
            if known && !SignatureScheme::is_for_credentials(*algorithm) {
                return Err(Misuse::AlgorithmNotForCredentials(*algorithm));
            }
            if config.crypto.algorithm(*algorithm).is_none() {
                return Err(Misuse::AlgorithmWithoutProvider(*algorithm));
            }
        }
        let (lifetime, timeout) = (config.lifetime, config.timeout);
        if lifetime < timeout {
            return Err(Misuse::LifetimeBelowTimeout { lifetime, timeout });
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

    /// Its name for people.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// The origins that are accepted.
    #[must_use]
    pub fn origins(&self) -> &[Origin] {
        self.config.origins.exact()
    }

    /// The origins of other domains that share the RP ID.
    #[must_use]
    pub fn related_origins(&self) -> &[Origin] {
        &self.config.related_origins
    }

    /// How long a ceremony can be finished, in whole seconds.
    #[must_use]
    pub fn lifetime_seconds(&self) -> u32 {
        u32::try_from(self.config.lifetime.as_secs()).unwrap_or(u32::MAX)
    }
}
