//! Sessions.

use passkeep_protocol::bytes::Bytes;
use passkeep_verify::Timestamp;

use super::{Account, AppInstall};

/// The SHA-256 of a session token. The token itself is never stored.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct TokenHash(pub [u8; 32]);

impl core::fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("TokenHash(…)")
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
    /// The session that ends in its place, because the same client held it. If it is the same account's, and this one has
    /// no install of its own, its install is this one's from now on; otherwise the restore key of its install goes.
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
    /// By signing in with a password.
    Password,
}

impl SessionMethod {
    /// All methods.
    pub const ALL: &'static [Self] = &[
        Self::Passkey,
        Self::Registration,
        Self::Restore,
        Self::Password,
    ];

    /// The stored form.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passkey => "passkey",
            Self::Registration => "registration",
            Self::Restore => "restore",
            Self::Password => "password",
        }
    }
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
    /// The install of an app that it belongs to.
    pub install: Option<AppInstall>,
    /// When it was opened.
    pub created_at: Timestamp,
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

/// How much was ended when all sessions were, or all but one.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Revoked {
    /// Sessions.
    pub sessions: u32,
    /// Restore keys.
    pub restore_keys: u32,
    /// Enrolment links, of which some may have expired.
    pub enrolment_links: u32,
}

impl Revoked {
    /// Whether there was nothing to end.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}
