//! Credentials: passkeys and restore keys.

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::names::AuthenticatorTransport;
use passkeep_verify::{Candidate, Timestamp, UserHandle};

use super::{AccountId, TokenHash};

/// The credentials of an account.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Credentials {
    /// Its passkeys, newest first.
    pub passkeys: Vec<Passkey>,
    /// Its restore keys, newest first.
    pub restore_keys: Vec<RestoreKey>,
}

impl Credentials {
    /// The ids of all of them.
    pub fn ids(&self) -> impl Iterator<Item = &Bytes> {
        let passkeys = self.passkeys.iter().map(|passkey| &passkey.id);
        passkeys.chain(self.restore_keys.iter().map(|key| &key.id))
    }
}

/// A passkey, as lists show it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Passkey {
    /// The credential id.
    pub id: Bytes,
    /// Its name.
    pub label: String,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it last signed somebody in.
    pub last_used_at: Option<Timestamp>,
    /// On which device that was, in a few coarse words.
    pub last_used_on: Option<String>,
    /// BE.
    pub backup_eligible: bool,
    /// BS, at the last ceremony.
    pub backup_state: bool,
    /// The authenticator's model, unproven.
    pub aaguid: [u8; 16],
    /// How its authenticator can be reached, as the client reported it.
    pub transports: Vec<AuthenticatorTransport>,
}

/// A restore key: a credential that Android keeps with an app's backup, to sign in on the person's next device. It proves
/// neither presence nor verification of a user, and is no passkey.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RestoreKey {
    /// The credential id.
    pub id: Bytes,
    /// The install it was made for.
    pub install: AppInstall,
    /// Its name: the device it was made on.
    pub label: String,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it last signed somebody in.
    pub last_used_at: Option<Timestamp>,
}

/// One install of one app.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct AppInstall {
    /// The app's origin, `android:apk-key-hash:…`.
    pub app_origin: String,
    /// What the app calls the install: 1 to 64 bytes of its choice.
    pub install: Bytes,
}

/// What kind of credential one is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CredentialKind {
    /// A passkey.
    Passkey,
    /// A restore key of that install.
    Restore(AppInstall),
}

/// What kind a new credential is.
#[derive(Clone, Debug)]
pub enum NewCredential {
    /// A passkey.
    Passkey,
    /// A restore key. The one that the account has for the same install goes, and the session, which must be the account's,
    /// becomes the install's: when it ends, the restore key goes too.
    Restore {
        /// The install.
        install: AppInstall,
        /// The session.
        session: TokenHash,
    },
}

/// What a sign-in needs of a credential.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuthenticationCandidate {
    /// The credential id.
    pub id: Bytes,
    /// The account that has it.
    pub account: AccountId,
    /// The account's user handle.
    pub user: UserHandle,
    /// The public key, in COSE.
    pub public_key: Bytes,
    /// The signature counter.
    pub sign_count: u32,
    /// Whether user verification has been seen.
    pub uv_initialized: bool,
    /// BE.
    pub backup_eligible: bool,
    /// What kind it is.
    pub kind: CredentialKind,
}

impl AuthenticationCandidate {
    /// As verification takes it.
    #[must_use]
    pub fn as_candidate(&self) -> Candidate<'_> {
        Candidate {
            id: &self.id,
            user: &self.user,
            public_key: self.public_key.as_slice(),
            sign_count: self.sign_count,
            uv_initialized: self.uv_initialized,
            backup_eligible: self.backup_eligible,
        }
    }
}
