//! Accounts, and what identifies them.

use passkeep_verify::user::{DisplayName, UserName};
use passkeep_verify::{Timestamp, UserHandle};

/// An account's id: 16 random bytes. Never leaves the server; clients know accounts by their user handle.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct AccountId(pub [u8; 16]);

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
    /// Whether it has a password.
    pub has_password: bool,
    /// When one of its credentials last signed in.
    pub last_used_at: Option<Timestamp>,
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

/// The recovery codes of an account that have not been used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RecoveryCodes {
    /// How many.
    pub left: u32,
    /// When they were made.
    pub created_at: Timestamp,
}
