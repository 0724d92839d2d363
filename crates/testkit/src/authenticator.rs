//! An authenticator in memory: it holds credentials, counts and signs.

use std::sync::Arc;

use passkeep_protocol::api::Backup;
use passkeep_protocol::authenticator_data::Flags;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::names::{
    AuthenticatorAttachment, AuthenticatorTransport, ResidentKeyRequirement,
    UserVerificationRequirement,
};

use crate::attestation::AttestationFormat;
use crate::attestation::none::NoAttestation;
use crate::attestation::packed::PackedSelf;
use crate::authenticator_data::{AttestedCredentialData, AuthenticatorData, rp_id_hash};
use crate::draws::Draws;
use crate::error::ClientError;
use crate::signing::{self, ALGORITHMS, PrivateKey};

/// A software authenticator.
///
/// A clone is a second device with the same credentials and counters, as a thief's would be.
#[derive(Clone, Debug)]
pub struct Authenticator {
    /// How it behaves. May be changed between two ceremonies.
    pub config: Config,
    draws: Draws,
    credentials: Vec<Credential>,
    shared_sign_count: u32,
}

/// How an authenticator behaves.
#[derive(Clone, Debug)]
pub struct Config {
    /// Its model.
    pub aaguid: [u8; 16],
    /// The algorithms it has; the Relying Party's order decides which is used. Those that
    /// [`crate::signing`] does not have count for nothing.
    pub algorithms: Vec<CoseAlgorithm>,
    /// How it attests, when the Relying Party wants to know.
    pub attestation: Arc<dyn AttestationFormat>,
    /// Whether it verifies its user.
    pub user_verification: UserVerification,
    /// Whether its credentials are discoverable.
    pub resident_keys: ResidentKeys,
    /// The BE and BS flags.
    pub backup: Backup,
    /// How it counts.
    pub counter: Counter,
    /// How it can be reached, as reported at registration.
    pub transports: Vec<AuthenticatorTransport>,
    /// How it is attached; `None` is a client that does not say.
    pub attachment: Option<AuthenticatorAttachment>,
    /// The length of its credential ids, in bytes.
    pub credential_id_length: usize,
    /// Whether its credentials have a pseudo-random function, for the extension `prf`.
    pub prf: bool,
    /// Whether it keeps a blob with a discoverable credential, for the extension `largeBlob`.
    pub large_blobs: bool,
    /// The account the person picks, by user handle, when several fit. `None` picks the newest credential.
    pub chosen_account: Option<Vec<u8>>,
}

/// Whether an authenticator verifies its user.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UserVerification {
    /// It cannot, and "required" ends the ceremony.
    Unavailable,
    /// When the Relying Party requires or prefers it.
    OnRequest,
    /// Even when the Relying Party discourages it.
    Always,
}

/// Whether an authenticator's credentials are discoverable.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ResidentKeys {
    /// It has no room for them, and "required" ends the ceremony.
    Unavailable,
    /// When the Relying Party requires or prefers it.
    OnRequest,
    /// Even when the Relying Party discourages it.
    Always,
}

/// How an authenticator counts signatures. Source: L3 §6.1.1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Counter {
    /// It does not: the counter is always 0.
    Unavailable,
    /// Each credential has its own, which is 0 at registration.
    PerCredential,
    /// One for all credentials, which every ceremony moves on.
    Shared,
}

impl Default for Config {
    /// A passkey provider on a phone: synced, verifies its user, does not count, does not attest.
    fn default() -> Self {
        Self {
            aaguid: *b"passkeep-testkit",
            algorithms: ALGORITHMS.iter().map(|algorithm| algorithm.alg()).collect(),
            attestation: Arc::new(NoAttestation),
            user_verification: UserVerification::OnRequest,
            resident_keys: ResidentKeys::Always,
            backup: Backup::Synced,
            counter: Counter::Unavailable,
            transports: vec![
                AuthenticatorTransport::Hybrid,
                AuthenticatorTransport::Internal,
            ],
            attachment: Some(AuthenticatorAttachment::Platform),
            credential_id_length: 16,
            prf: true,
            large_blobs: true,
            chosen_account: None,
        }
    }
}

impl Config {
    /// A security key: bound to its device, counts for each credential, attests with the credential's own key (and has
    /// an AAGUID of zeros, without which clients withhold such a statement unless it is asked for).
    #[must_use]
    pub fn security_key() -> Self {
        Self {
            aaguid: [0; 16],
            attestation: Arc::new(PackedSelf),
            resident_keys: ResidentKeys::OnRequest,
            backup: Backup::DeviceBound,
            counter: Counter::PerCredential,
            transports: vec![AuthenticatorTransport::Nfc, AuthenticatorTransport::Usb],
            attachment: Some(AuthenticatorAttachment::CrossPlatform),
            credential_id_length: 48,
            ..Self::default()
        }
    }
}

/// A credential an authenticator holds.
#[derive(Clone, Debug)]
pub struct Credential {
    /// The credential id.
    pub id: Vec<u8>,
    /// The RP ID it is for.
    pub rp_id: String,
    /// The user handle.
    pub user_handle: Vec<u8>,
    /// The private key.
    pub key: Arc<dyn PrivateKey>,
    /// Whether it is found without its id.
    pub discoverable: bool,
    /// How often it signed, where each credential is counted.
    pub sign_count: u32,
    /// What a page had it keep, by the extension `largeBlob`.
    pub large_blob: Option<Vec<u8>>,
}

impl Authenticator {
    /// A passkey provider on a phone ([`Config::default`]). All its keys and ids follow from the seed.
    #[must_use]
    pub fn new(seed: impl AsRef<[u8]>) -> Self {
        Self::with_config(seed, Config::default())
    }

    /// An authenticator of this behaviour.
    #[must_use]
    pub fn with_config(seed: impl AsRef<[u8]>, config: Config) -> Self {
        Self {
            config,
            draws: Draws::new(seed.as_ref(), "passkeep-testkit authenticator"),
            credentials: Vec::new(),
            shared_sign_count: 0,
        }
    }

    /// The credentials it holds, oldest first.
    #[must_use]
    pub fn credentials(&self) -> &[Credential] {
        &self.credentials
    }

    /// The credentials it holds, to change or remove them.
    pub fn credentials_mut(&mut self) -> &mut Vec<Credential> {
        &mut self.credentials
    }

    /// Makes a credential. Source: L3 §6.3.2.
    pub(crate) fn make_credential(
        &mut self,
        request: &MakeCredential<'_>,
    ) -> Result<NewCredential, ClientError> {
        let algorithm = request
            .algorithms
            .iter()
            .filter(|alg| self.config.algorithms.contains(alg))
            .find_map(|alg| signing::algorithm(*alg))
            .ok_or(ClientError::Algorithms)?;
        let mut excluded = request.exclude.iter();
        if excluded.any(|id| self.find(request.rp_id, id).is_some()) {
            return Err(ClientError::Excluded);
        }
        let discoverable = self.makes_discoverable(&request.resident_key)?;
        let verified = self.verifies(&request.user_verification)?;

        let key = algorithm.generate(&mut self.draws);
        let id = self.draws.bytes(self.config.credential_id_length);
        if discoverable {
            // An account has one discoverable credential on an authenticator: the new one takes the old one's place.
            self.credentials.retain(|old| {
                !(old.discoverable
                    && old.rp_id == request.rp_id
                    && old.user_handle == request.user_handle)
            });
        }
        self.credentials.push(Credential {
            id: id.clone(),
            rp_id: request.rp_id.to_owned(),
            user_handle: request.user_handle.to_vec(),
            key: Arc::clone(&key),
            discoverable,
            sign_count: 0,
            large_blob: None,
        });

        let sign_count = match self.config.counter {
            Counter::Unavailable | Counter::PerCredential => 0,
            Counter::Shared => self.count_shared(),
        };
        let attested_credential_data = AttestedCredentialData {
            aaguid: self.config.aaguid,
            credential_id: id,
            credential_public_key: key.public_key(),
        };
        Ok(NewCredential {
            authenticator_data: AuthenticatorData {
                rp_id_hash: rp_id_hash(request.rp_id),
                flags: Flags(self.flags(verified).0 | Flags::AT),
                sign_count,
                attested_credential_data: Some(attested_credential_data),
                extensions: None,
            },
            key,
            discoverable,
        })
    }

    /// Finds a credential and counts its use. Source: L3 §6.3.3.
    pub(crate) fn get_assertion(
        &mut self,
        request: &GetAssertion<'_>,
    ) -> Result<Assertion, ClientError> {
        let verified = self.verifies(&request.user_verification)?;
        let index = match &request.allow {
            None => self.find_discoverable(request.rp_id),
            Some(allow) => {
                let mut allow = allow.iter();
                allow.find_map(|id| self.find(request.rp_id, id))
            }
        };
        let index = index.ok_or(ClientError::NoCredential)?;
        let shared = match self.config.counter {
            Counter::Shared => Some(self.count_shared()),
            Counter::Unavailable => Some(0),
            Counter::PerCredential => None,
        };
        let flags = self.flags(verified);
        let credential = self.credentials.get_mut(index);
        let credential = credential.ok_or(ClientError::NoCredential)?;
        let sign_count = shared.unwrap_or_else(|| {
            credential.sign_count = credential.sign_count.wrapping_add(1);
            credential.sign_count
        });
        Ok(Assertion {
            authenticator_data: AuthenticatorData {
                rp_id_hash: rp_id_hash(request.rp_id),
                flags,
                sign_count,
                attested_credential_data: None,
                extensions: None,
            },
            credential: credential.clone(),
        })
    }

    fn find(&self, rp_id: &str, id: &[u8]) -> Option<usize> {
        let mut credentials = self.credentials.iter();
        credentials.position(|held| held.rp_id == rp_id && held.id == id)
    }

    fn find_discoverable(&self, rp_id: &str) -> Option<usize> {
        self.credentials.iter().rposition(|held| {
            let chosen = self.config.chosen_account.as_ref();
            held.discoverable
                && held.rp_id == rp_id
                && chosen.is_none_or(|handle| *handle == held.user_handle)
        })
    }

    fn makes_discoverable(
        &self,
        requirement: &ResidentKeyRequirement,
    ) -> Result<bool, ClientError> {
        match (self.config.resident_keys, requirement) {
            (ResidentKeys::Unavailable, ResidentKeyRequirement::Required) => {
                Err(ClientError::ResidentKey(requirement.clone()))
            }
            (ResidentKeys::Unavailable, _) => Ok(false),
            (ResidentKeys::Always, _) => Ok(true),
            (ResidentKeys::OnRequest, _) => Ok(matches!(
                requirement,
                ResidentKeyRequirement::Required | ResidentKeyRequirement::Preferred
            )),
        }
    }

    fn verifies(&self, requirement: &UserVerificationRequirement) -> Result<bool, ClientError> {
        match (self.config.user_verification, requirement) {
            (UserVerification::Unavailable, UserVerificationRequirement::Required) => {
                Err(ClientError::UserVerification)
            }
            (UserVerification::Unavailable, _) => Ok(false),
            (UserVerification::Always, _) => Ok(true),
            // A value that is not known counts as "preferred" (L3 §5.8.6), and so does not discourage.
            (UserVerification::OnRequest, _) => {
                Ok(*requirement != UserVerificationRequirement::Discouraged)
            }
        }
    }

    fn flags(&self, verified: bool) -> Flags {
        let backup = match self.config.backup {
            Backup::DeviceBound => 0,
            Backup::NotYetSynced => Flags::BE,
            Backup::Synced => Flags::BE | Flags::BS,
        };
        let verified = if verified { Flags::UV } else { 0 };
        Flags(Flags::UP | verified | backup)
    }

    fn count_shared(&mut self) -> u32 {
        self.shared_sign_count = self.shared_sign_count.wrapping_add(1);
        self.shared_sign_count
    }
}

/// What a client asks of an authenticator at registration.
#[derive(Clone, Debug)]
pub(crate) struct MakeCredential<'a> {
    pub(crate) rp_id: &'a str,
    pub(crate) user_handle: &'a [u8],
    pub(crate) algorithms: Vec<CoseAlgorithm>,
    pub(crate) exclude: Vec<&'a [u8]>,
    pub(crate) resident_key: ResidentKeyRequirement,
    pub(crate) user_verification: UserVerificationRequirement,
}

/// What a client asks of an authenticator at sign-in.
#[derive(Clone, Debug)]
pub(crate) struct GetAssertion<'a> {
    pub(crate) rp_id: &'a str,
    /// `None` is any discoverable credential.
    pub(crate) allow: Option<Vec<&'a [u8]>>,
    pub(crate) user_verification: UserVerificationRequirement,
}

/// A credential, just made.
#[derive(Clone, Debug)]
pub(crate) struct NewCredential {
    pub(crate) authenticator_data: AuthenticatorData,
    pub(crate) key: Arc<dyn PrivateKey>,
    pub(crate) discoverable: bool,
}

/// A credential about to sign.
#[derive(Clone, Debug)]
pub(crate) struct Assertion {
    pub(crate) authenticator_data: AuthenticatorData,
    pub(crate) credential: Credential,
}
