//! Passwords of accounts that have not moved to passkeys yet.

use core::fmt;

use passkeep_verify::user::{DisplayName, UserName};
use passkeep_verify::{Timestamp, UserHandle};

use super::{Account, AccountId, AuditEvent, NewSession};

/// The hash of a password, as a PHC string. It never prints.
#[derive(Clone, Eq, PartialEq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// A new account that has a password and no passkey.
#[derive(Clone, Debug)]
pub struct NewPasswordAccount {
    /// Its id.
    pub id: AccountId,
    /// Its user handle, of passkeys to come.
    pub user: UserHandle,
    /// Its user name.
    pub user_name: UserName,
    /// What to call the person.
    pub display_name: DisplayName,
    /// The hash of its password.
    pub hash: PasswordHash,
    /// The session to open.
    pub session: Option<NewSession>,
    /// What the audit trail says. The time is the event's.
    pub event: AuditEvent,
}

/// What a sign-in with a password needs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PasswordCandidate {
    /// The account.
    pub account: Account,
    /// The hash of its password, if it has one.
    pub hash: Option<PasswordHash>,
}

/// Everything a sign-in with a password changes.
#[derive(Clone, Debug)]
pub struct FinishPasswordSignIn {
    /// The account.
    pub account: AccountId,
    /// The hash that the password was verified against, which must still be the account's.
    pub verified: PasswordHash,
    /// The hash to keep in its place.
    pub rehashed: Option<PasswordHash>,
    /// The session to open.
    pub session: NewSession,
    /// What the audit trail says. The time is the event's.
    pub event: AuditEvent,
}

/// When a password was set and used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PasswordUse {
    /// When it was set or imported.
    pub created_at: Timestamp,
    /// When it last signed somebody in.
    pub last_used_at: Option<Timestamp>,
}
