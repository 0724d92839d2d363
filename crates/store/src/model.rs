//! What goes in and comes out.

use passkeep_protocol::bytes::Bytes;
use passkeep_verify::user::{DisplayName, Label, UserName};
use passkeep_verify::{
    Candidate, Timestamp, UserHandle, VerifiedAuthentication, VerifiedRegistration,
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
    /// BE.
    pub backup_eligible: bool,
    /// BS, at the last ceremony.
    pub backup_state: bool,
    /// The authenticator's model, unproven.
    pub aaguid: [u8; 16],
    /// How its authenticator can be reached, as the client reported it.
    pub transports: Vec<passkeep_protocol::names::AuthenticatorTransport>,
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
    /// Whose the passkey is.
    pub account: AccountTarget,
    /// The passkey's name.
    pub label: Label,
    /// The session to open.
    pub session: Option<NewSession>,
    /// The most passkeys an account may have.
    pub max_passkeys: u32,
    /// The time of the finish.
    pub now: Timestamp,
    /// What the audit trail says.
    pub event: AuditEvent,
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
    /// The session to open.
    pub session: NewSession,
    /// The time of the finish.
    pub now: Timestamp,
    /// What the audit trail says.
    pub event: AuditEvent,
}

/// A session to open.
#[derive(Clone, Copy, Debug)]
pub struct NewSession {
    /// The hash of its token.
    pub token: TokenHash,
    /// The session that ends in its place, because the same client held it.
    pub replaces: Option<TokenHash>,
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
    /// The passkey that opened it; it may have been deleted since.
    pub credential_id: Bytes,
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
}

/// What an audit event says happened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum AuditKind {
    /// An account was created, with its first passkey.
    AccountCreated,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was renamed.
    PasskeyRenamed,
    /// A passkey was deleted.
    PasskeyDeleted,
    /// Somebody signed in.
    SignedIn,
    /// Somebody signed out.
    SignedOut,
}

impl AuditKind {
    /// All kinds.
    pub const ALL: &'static [Self] = &[
        Self::AccountCreated,
        Self::PasskeyAdded,
        Self::PasskeyRenamed,
        Self::PasskeyDeleted,
        Self::SignedIn,
        Self::SignedOut,
    ];

    /// The stored form.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccountCreated => "account_created",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRenamed => "passkey_renamed",
            Self::PasskeyDeleted => "passkey_deleted",
            Self::SignedIn => "signed_in",
            Self::SignedOut => "signed_out",
        }
    }
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
}
