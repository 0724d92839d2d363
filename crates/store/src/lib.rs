//! What lasts of a passkey service: accounts, credentials, sessions, spent ceremonies, sealing keys and audit events.
//!
//! One trait, [`Store`], whose implementations all pass the same contract tests. A finish is **one transaction**: it spends
//! the ceremony, writes or updates the credential, opens the session and appends the audit event, or it does nothing; when
//! it answers, the result is durable.
//!
//! # What this crate deliberately does not do
//!
//! It cannot parse, and it judges nothing about WebAuthn: credentials come in only as the proofs of `passkeep-verify`. It
//! makes no random values and reads no clock; ids, token hashes and times are arguments.

mod error;
mod model;
mod open_since;
#[cfg(feature = "postgres")]
mod postgres;
mod schema;
mod sqlite;

#[cfg(feature = "contract")]
pub mod contract;

use async_trait::async_trait;
use passkeep_protocol::bytes::Bytes;
use passkeep_verify::user::{Label, UserName};
use passkeep_verify::{CredentialRecord, Timestamp};

pub use error::{
    DeletePasskeyError, FinishAuthenticationError, FinishRegistrationError, StoreError,
};
pub use model::{
    Account, AccountId, AccountTarget, AuditEvent, AuditKind, AuthenticationCandidate,
    FinishAuthentication, FinishRegistration, NewSession, OpenSession, Passkey, PurgeReport,
    SealingKey, SessionLifetimes, TokenHash,
};
#[cfg(feature = "postgres")]
pub use postgres::{DatabaseUrlError, PostgresOptions, PostgresStore};
pub use sqlite::{SqliteOptions, SqliteStore};

/// Where everything that lasts is kept.
///
/// Every method is atomic, and durable when it has answered. An implementation may be shared by any number of tasks and,
/// where its engine allows it, by any number of processes.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Checks that the store answers.
    async fn ping(&self) -> Result<(), StoreError>;

    /// The account with that user name, compared by [`UserName::key`].
    async fn account_by_name(&self, name: &UserName) -> Result<Option<Account>, StoreError>;

    /// What a sign-in needs of the credential with that id, and whose it is.
    async fn authentication_candidate(
        &self,
        credential_id: &Bytes,
    ) -> Result<Option<AuthenticationCandidate>, StoreError>;

    /// The full record of a credential of that account.
    async fn credential_record(
        &self,
        account: AccountId,
        credential_id: &Bytes,
    ) -> Result<Option<CredentialRecord>, StoreError>;

    /// The account's passkeys, newest first.
    async fn passkeys(&self, account: AccountId) -> Result<Vec<Passkey>, StoreError>;

    /// Finishes a registration: spends the ceremony, creates the account if it is a new one, stores the credential, opens
    /// the session if one is given (and ends the one that it replaces), and appends the audit event.
    ///
    /// # Errors
    ///
    /// Every variant of [`FinishRegistrationError`], and then nothing has changed. Where several apply, it is the first in
    /// the order in which the enumeration lists them.
    async fn finish_registration(
        &self,
        finish: FinishRegistration,
    ) -> Result<Account, FinishRegistrationError>;

    /// Finishes an authentication: spends the ceremony, updates the credential, ends the session that is replaced, opens the
    /// new one, and appends the audit event.
    ///
    /// # Errors
    ///
    /// Every variant of [`FinishAuthenticationError`], and then nothing has changed. Where several apply, it is the first in
    /// the order in which the enumeration lists them.
    async fn finish_authentication(
        &self,
        finish: FinishAuthentication,
    ) -> Result<Account, FinishAuthenticationError>;

    /// The open session with that token, if neither of its lifetimes is over. Notes that it was used, at most once a
    /// minute, or twice in an idle lifetime that is shorter than two.
    async fn session(
        &self,
        token: TokenHash,
        lifetimes: SessionLifetimes,
        now: Timestamp,
    ) -> Result<Option<OpenSession>, StoreError>;

    /// Ends a session and appends the audit event. Ending one that does not exist is no error, and nothing has happened
    /// that the audit trail would tell.
    async fn end_session(&self, token: TokenHash, event: AuditEvent) -> Result<(), StoreError>;

    /// Renames a passkey of that account; `None` when the account has no such passkey.
    async fn rename_passkey(
        &self,
        account: AccountId,
        credential_id: &Bytes,
        label: &Label,
        event: AuditEvent,
    ) -> Result<Option<Passkey>, StoreError>;

    /// Deletes a passkey of that account and returns how many it has left. Sessions that the passkey opened stay open.
    ///
    /// # Errors
    ///
    /// [`DeletePasskeyError::NotFound`] when the account has no such passkey, and [`DeletePasskeyError::Last`] when it is
    /// the last one and `even_if_last` is not set; then nothing has changed.
    async fn delete_passkey(
        &self,
        account: AccountId,
        credential_id: &Bytes,
        even_if_last: bool,
        event: AuditEvent,
    ) -> Result<u32, DeletePasskeyError>;

    /// All sealing keys, newest first.
    async fn sealing_keys(&self) -> Result<Vec<SealingKey>, StoreError>;

    /// Adds a sealing key unless one was added at or after `unless_since`; returns all keys, newest first. Of several servers
    /// that ask at once, one adds.
    async fn add_sealing_key(
        &self,
        key: SealingKey,
        unless_since: Timestamp,
    ) -> Result<Vec<SealingKey>, StoreError>;

    /// Removes at most `limit` rows of each kind that no longer matter: spent ceremonies and sessions whose time is over,
    /// sealing keys made before `keys_before`.
    async fn purge(
        &self,
        now: Timestamp,
        lifetimes: SessionLifetimes,
        keys_before: Timestamp,
        limit: u32,
    ) -> Result<PurgeReport, StoreError>;

    /// The account's audit events, newest first, at most `limit`.
    async fn audit_events(
        &self,
        account: AccountId,
        limit: u32,
    ) -> Result<Vec<AuditEvent>, StoreError>;
}
