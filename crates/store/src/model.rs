//! What goes in and comes out.

use passkeep_protocol::bytes::Bytes;
use passkeep_verify::user::{DisplayName, Label, UserName};
use passkeep_verify::{
    Candidate, SpentCeremony, Timestamp, UserHandle, VerifiedAuthentication, VerifiedRegistration,
};

/// An account's id: 16 random bytes. Never leaves the server; clients know accounts by their user handle.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct AccountId(pub [u8; 16]);

/// The SHA-256 of a session token. The token itself is never stored.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct TokenHash(pub [u8; 32]);

impl core::fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// An account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its user handle.
    pub user: UserHandle,
    /// The user name, as it is shown.
    pub user_name: String,
    /// What to call the person.
    pub display_name: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When an operator locked it; nobody can sign in to a locked account.
    pub locked_at: Option<Timestamp>,
}

/// An account, as an operator's list shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccountSummary {
    /// The account.
    pub account: Account,
    /// How many passkeys it has.
    pub passkeys: u32,
    /// When one of its credentials last signed in.
    pub last_used_at: Option<Timestamp>,
}

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
    pub transports: Vec<passkeep_protocol::names::AuthenticatorTransport>,
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

/// Everything a finished registration changes.
#[derive(Debug)]
pub struct FinishRegistration {
    /// The proof.
    pub proof: VerifiedRegistration,
    /// Whose the credential is.
    pub account: AccountTarget,
    /// What kind it is.
    pub kind: NewCredential,
    /// Its name.
    pub label: Label,
    /// What permits it, and is used up by it.
    pub grant: Option<Grant>,
    /// The session to open.
    pub session: Option<NewSession>,
    /// The most passkeys an account may have.
    pub max_passkeys: u32,
    /// The time of the finish.
    pub now: Timestamp,
    /// What the audit trail says.
    pub event: AuditEvent,
}

/// What kind a new credential is.
#[derive(Clone, Debug)]
pub enum NewCredential {
    /// A passkey.
    Passkey,
    /// A restore key. The one that the account has for the same install goes, and the session becomes the install's:
    /// when it ends, the restore key goes too.
    Restore {
        /// The install.
        install: AppInstall,
        /// The session.
        session: TokenHash,
    },
}

/// What permits a change, once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Grant {
    /// A confirmation by a passkey, which is spent like a ceremony.
    Confirmation(SpentCeremony),
    /// A recovery code of the account.
    RecoveryCode(TokenHash),
    /// An enrolment link of the account.
    EnrolmentLink(TokenHash),
}

/// Whose a new passkey is. The account's user handle must be the one in the proof.
#[derive(Clone, Debug)]
pub enum AccountTarget {
    /// A new account's.
    New {
        /// Its id.
        id: AccountId,
        /// Its user name.
        user_name: UserName,
        /// What to call the person.
        display_name: DisplayName,
    },
    /// An account's that exists.
    Existing(AccountId),
}

/// Everything a finished authentication changes.
#[derive(Debug)]
pub struct FinishAuthentication {
    /// The proof.
    pub proof: VerifiedAuthentication,
    /// The session to open. Without one nobody is signed in: somebody who is has confirmed something.
    pub session: Option<NewSession>,
    /// The device, in a few coarse words.
    pub device: String,
    /// The time of the finish.
    pub now: Timestamp,
    /// What the audit trail says.
    pub event: AuditEvent,
}

/// A session to open.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// The hash of its token.
    pub token: TokenHash,
    /// How it is opened.
    pub method: SessionMethod,
    /// The device, in a few coarse words.
    pub device: String,
    /// The install of an app it belongs to: when it ends, so does the install's restore key.
    pub install: Option<AppInstall>,
    /// The session that ends in its place, because the same client held it.
    pub replaces: Option<TokenHash>,
}

/// How a session was opened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SessionMethod {
    /// By signing in with a passkey.
    Passkey,
    /// By registering a passkey: at sign-up, or with a recovery code or an enrolment link.
    Registration,
    /// By a restore key. Nobody has been asked anything: it is no proof of presence.
    Restore,
}

impl SessionMethod {
    /// All methods.
    pub const ALL: &'static [Self] = &[Self::Passkey, Self::Registration, Self::Restore];

    /// The stored form.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passkey => "passkey",
            Self::Registration => "registration",
            Self::Restore => "restore",
        }
    }
}

/// What a session is called by. It opens nothing: it is the beginning of the token's hash.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct SessionId(pub [u8; 16]);

impl From<TokenHash> for SessionId {
    fn from(token: TokenHash) -> Self {
        let mut id = [0; 16];
        id.copy_from_slice(token.0.split_at(16).0);
        Self(id)
    }
}

/// A session, as its owner's list shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SessionSummary {
    /// Its id.
    pub id: SessionId,
    /// How it was opened.
    pub method: SessionMethod,
    /// The device, in a few coarse words; empty when it is not known.
    pub device: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Timestamp,
}

/// The recovery codes of an account that have not been used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RecoveryCodes {
    /// How many.
    pub left: u32,
    /// When they were made.
    pub created_at: Timestamp,
}

/// How long sessions stay open.
#[derive(Clone, Copy, Debug)]
pub struct SessionLifetimes {
    /// Without use, in seconds.
    pub idle: u32,
    /// In all, in seconds.
    pub absolute: u32,
}

/// A session that is open.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OpenSession {
    /// Whose it is.
    pub account: Account,
    /// The credential that opened it; it may have been deleted since.
    pub credential_id: Bytes,
    /// How it was opened.
    pub method: SessionMethod,
    /// When it was opened.
    pub created_at: Timestamp,
}

/// A key that seals ceremonies.
#[derive(Clone, Eq, PartialEq)]
pub struct SealingKey {
    /// Its id, random, in front of everything it seals.
    pub id: [u8; 8],
    /// The key.
    pub secret: [u8; 32],
    /// When it was made.
    pub created_at: Timestamp,
}

impl core::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SealingKey({:02x?}, …)", self.id)
    }
}

/// One line of the audit trail.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuditEvent {
    /// Its id: 16 random bytes.
    pub id: [u8; 16],
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub kind: AuditKind,
    /// The account; filled in by the store where it knows better (a new account, a session's).
    pub account: Option<AccountId>,
    /// The credential it was about.
    pub credential_id: Option<Bytes>,
    /// The device it came from, in a few coarse words.
    pub device: Option<String>,
}

macro_rules! audit_kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident = $text:literal,)+) => {
        /// What an audit event says happened.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum AuditKind {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl AuditKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stored form.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

audit_kinds! {
    /// An account was created, with its first passkey.
    AccountCreated = "account_created",
    /// A passkey was added.
    PasskeyAdded = "passkey_added",
    /// A passkey was added without a dialog, after a sign-in.
    PasskeyUpgraded = "passkey_upgraded",
    /// A passkey was added with a recovery code.
    PasskeyRecovered = "passkey_recovered",
    /// A passkey was added with an enrolment link.
    PasskeyEnrolled = "passkey_enrolled",
    /// A passkey was renamed.
    PasskeyRenamed = "passkey_renamed",
    /// A passkey was deleted.
    PasskeyDeleted = "passkey_deleted",
    /// Somebody signed in.
    SignedIn = "signed_in",
    /// Somebody signed in with a restore key.
    SignedInByRestore = "signed_in_by_restore",
    /// Somebody signed out.
    SignedOut = "signed_out",
    /// A session was ended from another.
    SessionRevoked = "session_revoked",
    /// All sessions were ended, or all but one.
    SessionsRevoked = "sessions_revoked",
    /// The owner confirmed a change with a passkey.
    Confirmed = "confirmed",
    /// A restore key was registered.
    RestoreKeyAdded = "restore_key_added",
    /// A restore key was deleted.
    RestoreKeyDeleted = "restore_key_deleted",
    /// The display name was changed.
    DisplayNameChanged = "display_name_changed",
    /// New recovery codes were made, and the old ones are void.
    RecoveryCodesMade = "recovery_codes_made",
    /// A link for another device was made.
    EnrolmentLinkMade = "enrolment_link_made",
    /// An operator locked the account.
    AccountLocked = "account_locked",
    /// An operator unlocked the account.
    AccountUnlocked = "account_unlocked",
    /// The account was deleted.
    AccountDeleted = "account_deleted",
}

/// What a purge removes.
#[derive(Clone, Copy, Debug)]
pub struct Purge {
    /// The time: ceremonies, sessions and enrolment links that are over by then go.
    pub now: Timestamp,
    /// How long sessions stay open.
    pub lifetimes: SessionLifetimes,
    /// Sealing keys made before this go.
    pub keys_before: Timestamp,
    /// Audit events from before this go.
    pub events_before: Timestamp,
    /// At most so many rows of each kind go.
    pub limit: u32,
}

/// How much a purge removed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct PurgeReport {
    /// Spent ceremonies.
    pub spent_ceremonies: u32,
    /// Sessions.
    pub sessions: u32,
    /// Sealing keys.
    pub sealing_keys: u32,
    /// Enrolment links.
    pub enrolment_links: u32,
    /// Audit events.
    pub audit_events: u32,
}

impl PurgeReport {
    /// Whether nothing was removed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether more may be left: of some kind as many were removed as the limit allows.
    #[must_use]
    pub fn reached(&self, limit: u32) -> bool {
        let Self {
            spent_ceremonies,
            sessions,
            sealing_keys,
            enrolment_links,
            audit_events,
        } = *self;
        [
            spent_ceremonies,
            sessions,
            sealing_keys,
            enrolment_links,
            audit_events,
        ]
        .contains(&limit)
    }
}

impl core::ops::AddAssign for PurgeReport {
    fn add_assign(&mut self, other: Self) {
        self.spent_ceremonies += other.spent_ceremonies;
        self.sessions += other.sessions;
        self.sealing_keys += other.sealing_keys;
        self.enrolment_links += other.enrolment_links;
        self.audit_events += other.audit_events;
    }
}
