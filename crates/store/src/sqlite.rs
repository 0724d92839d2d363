//! The embedded store: one SQLite file, one thread that writes, a few that read.

mod store;

mod writer;

mod readers;

mod changes;
mod finish;
mod grants;
mod passwords;

mod accounts;
mod audit;
mod ceremonies;
mod credentials;
mod recovery;
mod sealing_keys;
mod secrets;
mod sessions;

mod columns;

mod backup;
mod connection;

mod fault;

use async_trait::async_trait;
use passkeep_protocol::bytes::Bytes;
use passkeep_verify::user::{DisplayName, Label, UserName};
use passkeep_verify::{CredentialRecord, Timestamp, UserHandle};

use self::fault::Fault;
use crate::open_since::OpenSince;
use crate::{
    Account, AccountId, AccountSummary, AuditEvent, Authenticated, AuthenticationCandidate,
    ChangeAccountError, Confirmation, CreatePasswordAccountError, Credentials, DeletePasskeyError,
    DropPasswordError, FinishAuthentication, FinishAuthenticationError, FinishPasswordSignIn,
    FinishPasswordSignInError, FinishRegistration, FinishRegistrationError, NewPasswordAccount,
    OpenSession, Passkey, PasswordCandidate, PasswordUse, Purge, PurgeReport, RecoveryCodes,
    Revoked, SealingKey, SessionId, SessionLifetimes, SessionSummary, Store, StoreError, TokenHash,
};

pub use self::store::{SqliteOptions, SqliteStore};

#[async_trait]
impl Store for SqliteStore {
    async fn ping(&self) -> Result<(), StoreError> {
        let read = |connection: &rusqlite::Connection| {
            connection
                .prepare_cached("SELECT count(*) FROM sealing_keys")?
                .query_row([], |_| Ok(()))
        };
        self.readers.run(read).await?;
        // An empty transaction takes the lock that writing needs, and syncs nothing. Where the last that was not empty has
        // failed, only another tells whether the disk has room again.
        let failing = self.writer.is_failing();
        let write = move |connection: &rusqlite::Connection| {
            if failing {
                // There and back: SQLite leaves out what would write what is there already.
                connection.execute_batch(
                    "UPDATE sealing_keys SET created_at = created_at + 1;
                     UPDATE sealing_keys SET created_at = created_at - 1",
                )?;
            }
            Ok::<_, Fault<StoreError>>(())
        };
        self.writer.run(write).await
    }

    async fn account(&self, account: AccountId) -> Result<Option<Account>, StoreError> {
        let read = move |connection: &_| accounts::by_id(connection, account);
        self.readers.run(read).await
    }

    async fn account_by_name(&self, name: &UserName) -> Result<Option<Account>, StoreError> {
        let name = name.clone();
        let read = move |connection: &_| accounts::by_name(connection, &name);
        self.readers.run(read).await
    }

    async fn account_by_user(&self, user: &UserHandle) -> Result<Option<Account>, StoreError> {
        let user = user.clone();
        let read = move |connection: &_| accounts::by_user(connection, &user);
        self.readers.run(read).await
    }

    async fn accounts(
        &self,
        after: Option<&UserName>,
        limit: u32,
    ) -> Result<Vec<AccountSummary>, StoreError> {
        let after = after.cloned();
        let read = move |connection: &_| accounts::list(connection, after.as_ref(), limit);
        self.readers.run(read).await
    }

    async fn set_display_name(
        &self,
        account: AccountId,
        name: &DisplayName,
        event: AuditEvent,
    ) -> Result<Option<Account>, StoreError> {
        let name = name.clone();
        let work = move |connection: &_| {
            changes::set_display_name(connection, account, &name, &event)
                .map_err(Fault::<StoreError>::from)
        };
        self.writer.run(work).await
    }

    async fn set_locked(
        &self,
        account: AccountId,
        locked_at: Option<Timestamp>,
        event: AuditEvent,
    ) -> Result<Option<Account>, StoreError> {
        let work = move |connection: &_| {
            changes::set_locked(connection, account, locked_at, &event)
                .map_err(Fault::<StoreError>::from)
        };
        self.writer.run(work).await
    }

    async fn delete_account(
        &self,
        account: AccountId,
        confirmation: Option<Confirmation>,
        event: AuditEvent,
    ) -> Result<(), ChangeAccountError> {
        let work = move |connection: &_| {
            changes::delete_account(connection, account, confirmation.as_ref(), &event)
        };
        self.writer.run(work).await
    }

    async fn authentication_candidate(
        &self,
        credential_id: &Bytes,
    ) -> Result<Option<AuthenticationCandidate>, StoreError> {
        let id = credential_id.clone();
        let read = move |connection: &_| credentials::candidate(connection, &id);
        self.readers.run(read).await
    }

    async fn credential_record(
        &self,
        account: AccountId,
        credential_id: &Bytes,
    ) -> Result<Option<CredentialRecord>, StoreError> {
        let id = credential_id.clone();
        let read = move |connection: &_| credentials::record(connection, account, &id);
        self.readers.run(read).await
    }

    async fn credentials(&self, account: AccountId) -> Result<Credentials, StoreError> {
        let read = move |connection: &_| credentials::of_account(connection, account);
        self.readers.run(read).await
    }

    async fn finish_registration(
        &self,
        finish: FinishRegistration,
    ) -> Result<Account, FinishRegistrationError> {
        let work = move |connection: &_| finish::registration(connection, &finish);
        self.writer.run(work).await
    }

    async fn finish_authentication(
        &self,
        finish: FinishAuthentication,
    ) -> Result<Authenticated, FinishAuthenticationError> {
        let work = move |connection: &_| finish::authentication(connection, &finish);
        self.writer.run(work).await
    }

    async fn session(
        &self,
        token: TokenHash,
        lifetimes: SessionLifetimes,
        now: Timestamp,
    ) -> Result<Option<OpenSession>, StoreError> {
        let since = OpenSince::new(lifetimes, now);
        let read = move |connection: &_| sessions::find(connection, token, since);
        let Some((session, unnoted)) = self.readers.run(read).await? else {
            return Ok(None);
        };
        if !unnoted {
            return Ok(Some(session));
        }
        let work = move |connection: &_| {
            sessions::note_use(connection, token, since, now).map_err(Fault::<StoreError>::from)
        };
        // It may have been ended since it was read.
        let still_open = self.writer.run(work).await?;
        Ok(still_open.then_some(session))
    }

    async fn sessions(
        &self,
        account: AccountId,
        lifetimes: SessionLifetimes,
        now: Timestamp,
    ) -> Result<Vec<SessionSummary>, StoreError> {
        let since = OpenSince::new(lifetimes, now);
        let read = move |connection: &_| sessions::of_account(connection, account, since);
        self.readers.run(read).await
    }

    async fn end_session(&self, token: TokenHash, event: AuditEvent) -> Result<(), StoreError> {
        let work = move |connection: &_| {
            sessions::end(connection, token, &event).map_err(Fault::<StoreError>::from)
        };
        self.writer.run(work).await.map(drop)
    }

    async fn revoke_session(
        &self,
        account: AccountId,
        session: SessionId,
        event: AuditEvent,
    ) -> Result<bool, StoreError> {
        let work = move |connection: &_| {
            let Some(token) = sessions::token(connection, account, session)? else {
                return Ok(false);
            };
            sessions::end(connection, token, &event).map_err(Fault::<StoreError>::from)
        };
        self.writer.run(work).await
    }

    async fn revoke_sessions(
        &self,
        account: AccountId,
        except: Option<TokenHash>,
        event: AuditEvent,
    ) -> Result<Revoked, StoreError> {
        let work = move |connection: &_| {
            changes::revoke_sessions(connection, account, except, &event)
                .map_err(Fault::<StoreError>::from)
        };
        self.writer.run(work).await
    }

    async fn rename_passkey(
        &self,
        account: AccountId,
        credential_id: &Bytes,
        label: &Label,
        event: AuditEvent,
    ) -> Result<Option<Passkey>, StoreError> {
        let (id, label) = (credential_id.clone(), label.clone());
        let work = move |connection: &_| {
            changes::rename_passkey(connection, account, &id, &label, &event)
                .map_err(Fault::<StoreError>::from)
        };
        self.writer.run(work).await
    }

    async fn delete_passkey(
        &self,
        account: AccountId,
        credential_id: &Bytes,
        even_if_last: bool,
        confirmation: Option<Confirmation>,
        event: AuditEvent,
    ) -> Result<u32, DeletePasskeyError> {
        let id = credential_id.clone();
        let work = move |connection: &_| {
            let delete = changes::DeletePasskey {
                account,
                id: &id,
                even_if_last,
                confirmation: confirmation.as_ref(),
            };
            delete.run(connection, &event)
        };
        self.writer.run(work).await
    }

    async fn delete_restore_key(
        &self,
        account: AccountId,
        credential_id: &Bytes,
        event: AuditEvent,
    ) -> Result<bool, StoreError> {
        let id = credential_id.clone();
        let work = move |connection: &_| {
            let deleted = credentials::delete_restore_key(connection, account, &id)?;
            if deleted {
                audit::append(connection, account, &event)?;
            }
            Ok::<_, Fault<StoreError>>(deleted)
        };
        self.writer.run(work).await
    }

    async fn replace_recovery_codes(
        &self,
        account: AccountId,
        codes: Vec<TokenHash>,
        confirmation: Option<Confirmation>,
        event: AuditEvent,
    ) -> Result<(), ChangeAccountError> {
        let work = move |connection: &_| {
            changes::permit(connection, account, confirmation.as_ref())?;
            recovery::replace_codes(connection, account, &codes, event.at)?;
            Ok(audit::append(connection, account, &event)?)
        };
        self.writer.run(work).await
    }

    async fn recovery_codes(
        &self,
        account: AccountId,
    ) -> Result<Option<RecoveryCodes>, StoreError> {
        let read = move |connection: &_| recovery::codes(connection, account);
        self.readers.run(read).await
    }

    async fn has_recovery_code(
        &self,
        account: AccountId,
        code: TokenHash,
    ) -> Result<bool, StoreError> {
        let read = move |connection: &_| recovery::has_code(connection, account, code);
        self.readers.run(read).await
    }

    async fn add_enrolment_link(
        &self,
        account: AccountId,
        link: TokenHash,
        expires_at: Timestamp,
        confirmation: Option<Confirmation>,
        event: AuditEvent,
    ) -> Result<(), ChangeAccountError> {
        let work = move |connection: &_| {
            changes::permit(connection, account, confirmation.as_ref())?;
            recovery::add_link(connection, account, link, expires_at)?;
            Ok(audit::append(connection, account, &event)?)
        };
        self.writer.run(work).await
    }

    async fn enrolment_link(
        &self,
        link: TokenHash,
        now: Timestamp,
    ) -> Result<Option<Account>, StoreError> {
        let read = move |connection: &_| recovery::link(connection, link, now);
        self.readers.run(read).await
    }

    async fn create_password_account(
        &self,
        new: NewPasswordAccount,
    ) -> Result<Account, CreatePasswordAccountError> {
        let work = move |connection: &_| passwords::create_account(connection, &new);
        self.writer.run(work).await
    }

    async fn password_candidate(
        &self,
        name: &UserName,
    ) -> Result<Option<PasswordCandidate>, StoreError> {
        let name = name.clone();
        let read = move |connection: &_| passwords::candidate(connection, &name);
        self.readers.run(read).await
    }

    async fn password_use(&self, account: AccountId) -> Result<Option<PasswordUse>, StoreError> {
        let read = move |connection: &_| passwords::usage(connection, account);
        self.readers.run(read).await
    }

    async fn finish_password_sign_in(
        &self,
        finish: FinishPasswordSignIn,
    ) -> Result<Account, FinishPasswordSignInError> {
        let work = move |connection: &_| passwords::sign_in(connection, &finish);
        self.writer.run(work).await
    }

    async fn drop_password(
        &self,
        account: AccountId,
        except: Option<TokenHash>,
        confirmation: Option<Confirmation>,
        event: AuditEvent,
    ) -> Result<(), DropPasswordError> {
        let work = move |connection: &_| {
            passwords::drop_password(connection, account, except, confirmation.as_ref(), &event)
        };
        self.writer.run(work).await
    }

    async fn sealing_keys(&self) -> Result<Vec<SealingKey>, StoreError> {
        self.readers.run(sealing_keys::all).await
    }

    async fn add_sealing_key(
        &self,
        key: SealingKey,
        unless_since: Timestamp,
        event: AuditEvent,
    ) -> Result<Vec<SealingKey>, StoreError> {
        let work = move |connection: &_| {
            if sealing_keys::add(connection, &key, unless_since)? {
                audit::append_of(connection, None, &event)?;
            }
            Ok::<_, Fault<StoreError>>(sealing_keys::all(connection)?)
        };
        self.writer.run(work).await
    }

    async fn replace_sealing_keys(
        &self,
        key: SealingKey,
        event: AuditEvent,
    ) -> Result<(), StoreError> {
        let work = move |connection: &_| {
            sealing_keys::replace(connection, &key)?;
            audit::append_of(connection, None, &event).map_err(Fault::<StoreError>::from)
        };
        self.writer.run(work).await
    }

    async fn secret(&self, name: &str, new: [u8; 32]) -> Result<[u8; 32], StoreError> {
        let name = name.to_owned();
        let work = move |connection: &_| {
            secrets::get_or_add(connection, &name, new).map_err(Fault::<StoreError>::from)
        };
        self.writer.run(work).await
    }

    async fn purge(&self, purge: Purge) -> Result<PurgeReport, StoreError> {
        let work = move |connection: &_| {
            changes::purge(connection, purge).map_err(Fault::<StoreError>::from)
        };
        self.writer.run(work).await
    }

    async fn append_event(&self, event: AuditEvent) -> Result<(), StoreError> {
        let work = move |connection: &_| {
            audit::append_of(connection, event.account, &event).map_err(Fault::<StoreError>::from)
        };
        self.writer.run(work).await
    }

    async fn audit_events(
        &self,
        account: AccountId,
        before: Option<[u8; 16]>,
        limit: u32,
    ) -> Result<Vec<AuditEvent>, StoreError> {
        let read = move |connection: &_| audit::of_account(connection, account, before, limit);
        self.readers.run(read).await
    }
}
