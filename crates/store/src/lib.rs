//! What lasts of a passkey service: accounts, credentials, sessions, recovery codes, enrolment links, spent ceremonies,
//! keys and audit events.
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
use passkeep_verify::user::{DisplayName, Label, UserName};
use passkeep_verify::{CredentialRecord, Timestamp, UserHandle};

pub use error::{
    ChangeAccountError, CreatePasswordAccountError, DeletePasskeyError, DropPasswordError,
    FinishAuthenticationError, FinishPasswordSignInError, FinishRegistrationError, StoreError,
};
pub use model::{
    Account, AccountId, AccountSummary, AccountTarget, AppInstall, AuditEvent, AuditKind,
    Authenticated, AuthenticationCandidate, Confirmation, ConnectionsInUse, CredentialKind,
    Credentials, FinishAuthentication, FinishPasswordSignIn, FinishRegistration, Grant,
    NewCredential, NewPasswordAccount, NewSession, OpenSession, Passkey, PasswordCandidate,
    PasswordHash, PasswordUse, Purge, PurgeReport, RecoveryCodes, RestoreKey, Revoked, SealingKey,
    SessionId, SessionLifetimes, SessionMethod, SessionSummary, TokenHash,
};
#[cfg(feature = "postgres")]
pub use postgres::{DatabaseUrlError, PostgresOptions, PostgresStore};
pub use schema::Inspection;
pub use sqlite::{SqliteOptions, SqliteStore};

/// Where everything that lasts is kept.
///
/// Every method is atomic, and durable when it has answered. An implementation may be shared by any number of tasks and,
/// where its engine allows it, by any number of processes.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Checks that the store answers.
    async fn ping(&self) -> Result<(), StoreError>;

    /// The connections to a database that is elsewhere; `None` for a store that has none.
    fn connections(&self) -> Option<ConnectionsInUse> {
        None
    }

    /// The account with that id.
    async fn account(&self, account: AccountId) -> Result<Option<Account>, StoreError>;

    /// The account with that user name, compared by [`UserName::key`].
    async fn account_by_name(&self, name: &UserName) -> Result<Option<Account>, StoreError>;

    /// The account with that user handle.
    async fn account_by_user(&self, user: &UserHandle) -> Result<Option<Account>, StoreError>;

    /// At most `limit` accounts, in the order of [`UserName::key`], that come after that name.
    async fn accounts(
        &self,
        after: Option<&UserName>,
        limit: u32,
    ) -> Result<Vec<AccountSummary>, StoreError>;

    /// Changes what to call the person; `None` when there is no such account. A name that is not another one changes nothing,
    /// and then nothing has happened that the audit trail would tell.
    async fn set_display_name(
        &self,
        account: AccountId,
        name: &DisplayName,
        event: AuditEvent,
    ) -> Result<Option<Account>, StoreError>;

    /// Locks an account since that time, or unlocks it; `None` when there is no such account. Locking ends all of its
    /// sessions and deletes its restore keys, and the audit trail is told of each. Doing again what is done already changes nothing.
    async fn set_locked(
        &self,
        account: AccountId,
        locked_at: Option<Timestamp>,
        event: AuditEvent,
    ) -> Result<Option<Account>, StoreError>;

    /// Deletes an account with everything it has. Its audit events stay.
    ///
    /// # Errors
    ///
    /// [`ChangeAccountError::GrantUsed`] and [`ChangeAccountError::AccountNotFound`]; then nothing has changed.
    async fn delete_account(
        &self,
        account: AccountId,
        confirmation: Option<Confirmation>,
        event: AuditEvent,
    ) -> Result<(), ChangeAccountError>;

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

    /// The account's credentials.
    async fn credentials(&self, account: AccountId) -> Result<Credentials, StoreError>;

    /// Finishes a registration: spends the ceremony, uses up what permits it, creates the account if it is a new one, stores
    /// the credential (in place of the install's other, if it is a restore key), opens the session if one is given (and ends
    /// the one that it replaces), and appends the audit event. Only passkeys count towards the most an account may have.
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
    /// new one if there is to be one, and appends the audit event.
    ///
    /// # Errors
    ///
    /// Every variant of [`FinishAuthenticationError`], and then nothing has changed. Where several apply, it is the first in
    /// the order in which the enumeration lists them.
    async fn finish_authentication(
        &self,
        finish: FinishAuthentication,
    ) -> Result<Authenticated, FinishAuthenticationError>;

    /// The open session with that token, if neither of its lifetimes is over. Notes that it was used, at most once a
    /// minute, or twice in an idle lifetime that is shorter than two.
    async fn session(
        &self,
        token: TokenHash,
        lifetimes: SessionLifetimes,
        now: Timestamp,
    ) -> Result<Option<OpenSession>, StoreError>;

    /// The account's open sessions, the last used first.
    async fn sessions(
        &self,
        account: AccountId,
        lifetimes: SessionLifetimes,
        now: Timestamp,
    ) -> Result<Vec<SessionSummary>, StoreError>;

    /// Ends a session, with the restore key of its install, and appends the audit event, and one for the key. Ending one that does not exist is
    /// no error, and nothing has happened that the audit trail would tell.
    async fn end_session(&self, token: TokenHash, event: AuditEvent) -> Result<(), StoreError>;

    /// Ends a session of that account, as [`end_session`](Self::end_session) does; says whether there was one.
    async fn revoke_session(
        &self,
        account: AccountId,
        session: SessionId,
        event: AuditEvent,
    ) -> Result<bool, StoreError>;

    /// Ends all sessions of an account, or all but one of them, with all restore keys but the one of its install, each of
    /// which has an audit event of its own, and makes its enrolment links void; returns how many it has ended. If there was none, the
    /// audit trail is told nothing.
    async fn revoke_sessions(
        &self,
        account: AccountId,
        except: Option<TokenHash>,
        event: AuditEvent,
    ) -> Result<Revoked, StoreError>;

    /// Renames a passkey of that account; `None` when the account has no such passkey. A label that is not another one changes
    /// nothing, and then nothing has happened that the audit trail would tell.
    async fn rename_passkey(
        &self,
        account: AccountId,
        credential_id: &Bytes,
        label: &Label,
        event: AuditEvent,
    ) -> Result<Option<Passkey>, StoreError>;

    /// Deletes a passkey of that account and returns how many it has left. Whoever had the passkey is out with it: the sessions
    /// that it opened end, but for the one that the confirmation was given to; so do the restore keys that were made in them,
    /// but for that session's install's, and the sessions that those opened; and the account's enrolment links are void.
    ///
    /// # Errors
    ///
    /// [`DeletePasskeyError::GrantUsed`] when the confirmation is good no more, [`DeletePasskeyError::NotFound`] when the account
    /// has no such passkey, and [`DeletePasskeyError::Last`] when it is the last one and `even_if_last` is not set; then
    /// nothing has changed.
    async fn delete_passkey(
        &self,
        account: AccountId,
        credential_id: &Bytes,
        even_if_last: bool,
        confirmation: Option<Confirmation>,
        event: AuditEvent,
    ) -> Result<u32, DeletePasskeyError>;

    /// Deletes a restore key of that account; says whether there was one.
    async fn delete_restore_key(
        &self,
        account: AccountId,
        credential_id: &Bytes,
        event: AuditEvent,
    ) -> Result<bool, StoreError>;

    /// Gives an account these recovery codes, in place of those it has. The time is the event's.
    ///
    /// # Errors
    ///
    /// [`ChangeAccountError::GrantUsed`] and [`ChangeAccountError::AccountNotFound`]; then nothing has changed.
    async fn replace_recovery_codes(
        &self,
        account: AccountId,
        codes: Vec<TokenHash>,
        confirmation: Option<Confirmation>,
        event: AuditEvent,
    ) -> Result<(), ChangeAccountError>;

    /// The recovery codes the account has left; `None` when it has none.
    async fn recovery_codes(&self, account: AccountId)
    -> Result<Option<RecoveryCodes>, StoreError>;

    /// Whether the account has that recovery code.
    async fn has_recovery_code(
        &self,
        account: AccountId,
        code: TokenHash,
    ) -> Result<bool, StoreError>;

    /// Gives an account a link by which another device can register a passkey until `expires_at`.
    ///
    /// # Errors
    ///
    /// [`ChangeAccountError::GrantUsed`] and [`ChangeAccountError::AccountNotFound`]; then nothing has changed.
    async fn add_enrolment_link(
        &self,
        account: AccountId,
        link: TokenHash,
        expires_at: Timestamp,
        confirmation: Option<Confirmation>,
        event: AuditEvent,
    ) -> Result<(), ChangeAccountError>;

    /// Whose an enrolment link is that has neither been used nor expired.
    async fn enrolment_link(
        &self,
        link: TokenHash,
        now: Timestamp,
    ) -> Result<Option<Account>, StoreError>;

    /// Creates an account that has a password and no passkey, opens the session if one is given (and ends the one that it
    /// replaces), and appends the audit event.
    ///
    /// # Errors
    ///
    /// [`CreatePasswordAccountError::UserNameTaken`]; then nothing has changed.
    async fn create_password_account(
        &self,
        new: NewPasswordAccount,
    ) -> Result<Account, CreatePasswordAccountError>;

    /// The account with that user name, compared by [`UserName::key`], and the hash of its password.
    async fn password_candidate(
        &self,
        name: &UserName,
    ) -> Result<Option<PasswordCandidate>, StoreError>;

    /// When the account's password was set and used; `None` when it has none.
    async fn password_use(&self, account: AccountId) -> Result<Option<PasswordUse>, StoreError>;

    /// Finishes a sign-in with a password: notes its use, keeps the new hash if there is one, ends the session that is
    /// replaced, opens the new one, and appends the audit event.
    ///
    /// # Errors
    ///
    /// Every variant of [`FinishPasswordSignInError`], in their order, and then nothing has changed.
    async fn finish_password_sign_in(
        &self,
        finish: FinishPasswordSignIn,
    ) -> Result<Account, FinishPasswordSignInError>;

    /// Deletes the password of an account that has a passkey, and ends the sessions that it has opened, but for one.
    ///
    /// # Errors
    ///
    /// Every variant of [`DropPasswordError`], in their order, and then nothing has changed.
    async fn drop_password(
        &self,
        account: AccountId,
        except: Option<TokenHash>,
        confirmation: Option<Confirmation>,
        event: AuditEvent,
    ) -> Result<(), DropPasswordError>;

    /// All sealing keys, newest first.
    async fn sealing_keys(&self) -> Result<Vec<SealingKey>, StoreError>;

    /// Adds a sealing key unless one was added at or after `unless_since`, and then appends the audit event; returns all
    /// keys, newest first. Of several servers that ask at once, one adds.
    async fn add_sealing_key(
        &self,
        key: SealingKey,
        unless_since: Timestamp,
        event: AuditEvent,
    ) -> Result<Vec<SealingKey>, StoreError>;

    /// Puts a sealing key in the place of all others, and appends the audit event: what those have sealed cannot be opened
    /// any more.
    async fn replace_sealing_keys(
        &self,
        key: SealingKey,
        event: AuditEvent,
    ) -> Result<(), StoreError>;

    /// The secret of that name, which is the given one if there was none.
    async fn secret(&self, name: &str, new: [u8; 32]) -> Result<[u8; 32], StoreError>;

    /// Removes what no longer matters, a bounded number of rows of each kind.
    async fn purge(&self, purge: Purge) -> Result<PurgeReport, StoreError>;

    /// Appends an audit event that nothing else is recorded with: a refusal, for instance. Whoever calls it sees to it that
    /// strangers cannot cause any number of them.
    async fn append_event(&self, event: AuditEvent) -> Result<(), StoreError>;

    /// The account's audit events, newest first, at most `limit`: from the newest on, or after the one with the id `before`.
    /// After one that the account does not have, because it has been purged for instance, there are none.
    async fn audit_events(
        &self,
        account: AccountId,
        before: Option<[u8; 16]>,
        limit: u32,
    ) -> Result<Vec<AuditEvent>, StoreError>;
}
