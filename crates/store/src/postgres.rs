//! The store that several servers share: PostgreSQL, 15 or later.

mod options;
mod store;

mod finish;
mod grants;
mod passwords;

mod accounts;
mod credentials;
mod housekeeping;
mod recovery;
mod sessions;

mod columns;

mod connections;
mod migrations;

mod address;
mod tls;

mod fault;

use async_trait::async_trait;
use passkeep_protocol::bytes::Bytes;
use passkeep_verify::user::{DisplayName, Label, UserName};
use passkeep_verify::{CredentialRecord, Timestamp, UserHandle};

use self::columns::values;
use self::connections::{all, at_most_one, one};
use self::fault::Fault;
use self::housekeeping::event_values;
use crate::open_since::OpenSince;
use crate::{
    Account, AccountId, AccountSummary, AuditEvent, Authenticated, AuthenticationCandidate,
    ChangeAccountError, Confirmation, ConnectionsInUse, CreatePasswordAccountError, Credentials,
    DeletePasskeyError, DropPasswordError, FinishAuthentication, FinishAuthenticationError,
    FinishPasswordSignIn, FinishPasswordSignInError, FinishRegistration, FinishRegistrationError,
    NewPasswordAccount, OpenSession, Passkey, PasswordCandidate, PasswordUse, Purge, PurgeReport,
    RecoveryCodes, Revoked, SealingKey, SessionId, SessionLifetimes, SessionSummary, Store,
    StoreError, TokenHash,
};

pub use self::address::DatabaseUrlError;
pub use self::options::PostgresOptions;
pub use self::store::PostgresStore;

#[async_trait]
impl Store for PostgresStore {
    fn connections(&self) -> Option<ConnectionsInUse> {
        Some(self.connections.in_use())
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let rows = self.connections.query(housekeeping::PING, &[]).await?;
        if one(&rows, |row| row.try_get("standby"))? {
            return Err(StoreError::Unavailable("the database is a standby".into()));
        }
        Ok(())
    }

    async fn account(&self, account: AccountId) -> Result<Option<Account>, StoreError> {
        let values = values![&account.0];
        let rows = self.connections.query(accounts::BY_ID, &values).await?;
        at_most_one(&rows, accounts::read)
    }

    async fn account_by_name(&self, name: &UserName) -> Result<Option<Account>, StoreError> {
        let values = values![name.key()];
        let rows = self.connections.query(accounts::BY_NAME, &values).await?;
        at_most_one(&rows, accounts::read)
    }

    async fn account_by_user(&self, user: &UserHandle) -> Result<Option<Account>, StoreError> {
        let values = values![user.as_slice()];
        let rows = self.connections.query(accounts::BY_USER, &values).await?;
        at_most_one(&rows, accounts::read)
    }

    async fn accounts(
        &self,
        after: Option<&UserName>,
        limit: u32,
    ) -> Result<Vec<AccountSummary>, StoreError> {
        // No key is empty.
        let values = values![after.map_or("", UserName::key), limit];
        let rows = self.connections.query(accounts::LIST, &values).await?;
        all(&rows, accounts::summary)
    }

    async fn set_display_name(
        &self,
        account: AccountId,
        name: &DisplayName,
        event: AuditEvent,
    ) -> Result<Option<Account>, StoreError> {
        let mut values = Vec::from(values![&account.0, name.as_str()]);
        values.extend(event_values(&event));
        let rows = self.connections.query(accounts::SET_DISPLAY_NAME, &values);
        at_most_one(&rows.await?, accounts::read)
    }

    async fn set_locked(
        &self,
        account: AccountId,
        locked_at: Option<Timestamp>,
        event: AuditEvent,
    ) -> Result<Option<Account>, StoreError> {
        let mut values = Vec::from(values![&account.0, locked_at]);
        values.extend(event_values(&event));
        let rest = [(accounts::SET_LOCKED, &values[..])];
        let rows = self.change(accounts::LOCK_ALONE, &account, None, &rest);
        at_most_one(&rows.await?, accounts::read)
    }

    async fn delete_account(
        &self,
        account: AccountId,
        confirmation: Option<Confirmation>,
        event: AuditEvent,
    ) -> Result<(), ChangeAccountError> {
        let mut values = Vec::from(values![&account.0]);
        values.extend(event_values(&event));
        let rest = [(accounts::DELETE, &values[..])];
        let changed = self.change(accounts::LOCK_ALONE, &account, confirmation, &rest);
        changed.await.map(drop).map_err(change_refused)
    }

    async fn authentication_candidate(
        &self,
        credential_id: &Bytes,
    ) -> Result<Option<AuthenticationCandidate>, StoreError> {
        let values = values![credential_id];
        let rows = self.connections.query(credentials::CANDIDATE, &values);
        at_most_one(&rows.await?, credentials::candidate)
    }

    async fn credential_record(
        &self,
        account: AccountId,
        credential_id: &Bytes,
    ) -> Result<Option<CredentialRecord>, StoreError> {
        let values = values![credential_id, &account.0];
        let rows = self.connections.query(credentials::RECORD, &values).await?;
        at_most_one(&rows, credentials::record)
    }

    async fn credentials(&self, account: AccountId) -> Result<Credentials, StoreError> {
        let values = values![&account.0];
        let rows = self.connections.query(credentials::OF_ACCOUNT, &values);
        Ok(credentials::sort(all(&rows.await?, credentials::read)?))
    }

    async fn finish_registration(
        &self,
        finish: FinishRegistration,
    ) -> Result<Account, FinishRegistrationError> {
        finish::registration(&self.connections, &finish).await
    }

    async fn finish_authentication(
        &self,
        finish: FinishAuthentication,
    ) -> Result<Authenticated, FinishAuthenticationError> {
        finish::authentication(&self.connections, &finish).await
    }

    async fn session(
        &self,
        token: TokenHash,
        lifetimes: SessionLifetimes,
        now: Timestamp,
    ) -> Result<Option<OpenSession>, StoreError> {
        let since = OpenSince::new(lifetimes, now);
        let values = values![&token.0, since.created, since.used, since.noted];
        let rows = self.connections.query(sessions::FIND, &values).await?;
        let Some((session, unnoted)) = at_most_one(&rows, sessions::read)? else {
            return Ok(None);
        };
        if !unnoted {
            return Ok(Some(session));
        }
        let values = values![&token.0, since.created, since.used, now];
        let noted = self.connections.query(sessions::NOTE_USE, &values).await?;
        // It may have been ended since it was read.
        Ok((!noted.is_empty()).then_some(session))
    }

    async fn sessions(
        &self,
        account: AccountId,
        lifetimes: SessionLifetimes,
        now: Timestamp,
    ) -> Result<Vec<SessionSummary>, StoreError> {
        let since = OpenSince::new(lifetimes, now);
        let values = values![&account.0, since.created, since.used];
        let rows = self.connections.query(sessions::OF_ACCOUNT, &values);
        all(&rows.await?, sessions::summary)
    }

    async fn end_session(&self, token: TokenHash, event: AuditEvent) -> Result<(), StoreError> {
        let mut values = Vec::from(values![&token.0]);
        values.extend(event_values(&event));
        self.connections.query(sessions::END, &values).await?;
        Ok(())
    }

    async fn revoke_session(
        &self,
        account: AccountId,
        session: SessionId,
        event: AuditEvent,
    ) -> Result<bool, StoreError> {
        let mut values = Vec::from(values![&account.0, &session.0]);
        values.extend(event_values(&event));
        let rows = self.connections.query(sessions::REVOKE, &values).await?;
        Ok(!rows.is_empty())
    }

    async fn revoke_sessions(
        &self,
        account: AccountId,
        except: Option<TokenHash>,
        event: AuditEvent,
    ) -> Result<Revoked, StoreError> {
        let except = except.as_ref().map(|token| &token.0);
        let mut values = Vec::from(values![&account.0, except]);
        values.extend(event_values(&event));
        let rest = [(sessions::REVOKE_ALL, &values[..])];
        let rows = self.change(accounts::LOCK_ALONE, &account, None, &rest);
        one(&rows.await?, sessions::revoked)
    }

    async fn rename_passkey(
        &self,
        account: AccountId,
        credential_id: &Bytes,
        label: &Label,
        event: AuditEvent,
    ) -> Result<Option<Passkey>, StoreError> {
        let mut values = Vec::from(values![credential_id, &account.0, label.as_str()]);
        values.extend(event_values(&event));
        let rows = self.connections.query(credentials::RENAME, &values).await?;
        at_most_one(&rows, credentials::passkey)
    }

    async fn delete_passkey(
        &self,
        account: AccountId,
        credential_id: &Bytes,
        even_if_last: bool,
        confirmation: Option<Confirmation>,
        event: AuditEvent,
    ) -> Result<u32, DeletePasskeyError> {
        let mut values = Vec::from(values![credential_id, &account.0, even_if_last]);
        values.extend(event_values(&event));
        let kept = confirmation.as_ref().and_then(|it| it.session);
        values.push(kept.as_ref().map(|token| &token.0).into());
        let rest = [(credentials::DELETE_PASSKEY, &values[..])];
        let rows = self.change(accounts::LOCK_ALONE, &account, confirmation, &rest);
        let rows = rows.await.map_err(|fault| {
            fault.into_error(|refusal| match refusal {
                "grant_used" => Some(DeletePasskeyError::GrantUsed),
                "not_found" => Some(DeletePasskeyError::NotFound),
                "last" => Some(DeletePasskeyError::Last),
                _ => None,
            })
        })?;
        Ok(one(&rows, credentials::remaining)?)
    }

    async fn delete_restore_key(
        &self,
        account: AccountId,
        credential_id: &Bytes,
        event: AuditEvent,
    ) -> Result<bool, StoreError> {
        let mut values = Vec::from(values![credential_id, &account.0]);
        values.extend(event_values(&event));
        let rows = self
            .connections
            .query(credentials::DELETE_RESTORE_KEY, &values);
        Ok(!rows.await?.is_empty())
    }

    async fn replace_recovery_codes(
        &self,
        account: AccountId,
        codes: Vec<TokenHash>,
        confirmation: Option<Confirmation>,
        event: AuditEvent,
    ) -> Result<(), ChangeAccountError> {
        let void = values![&account.0];
        let mut values = Vec::from(values![&account.0, &codes[..]]);
        values.extend(event_values(&event));
        let rest = [
            (recovery::VOID_CODES, &void[..]),
            (recovery::ADD_CODES, &values[..]),
        ];
        let changed = self.change(accounts::LOCK, &account, confirmation, &rest);
        changed.await.map(drop).map_err(change_refused)
    }

    async fn recovery_codes(
        &self,
        account: AccountId,
    ) -> Result<Option<RecoveryCodes>, StoreError> {
        let values = values![&account.0];
        let rows = self.connections.query(recovery::CODES, &values).await?;
        one(&rows, recovery::codes)
    }

    async fn has_recovery_code(
        &self,
        account: AccountId,
        code: TokenHash,
    ) -> Result<bool, StoreError> {
        let values = values![&account.0, &code.0];
        let rows = self.connections.query(recovery::HAS_CODE, &values).await?;
        one(&rows, |row| row.try_get("found"))
    }

    async fn add_enrolment_link(
        &self,
        account: AccountId,
        link: TokenHash,
        expires_at: Timestamp,
        confirmation: Option<Confirmation>,
        event: AuditEvent,
    ) -> Result<(), ChangeAccountError> {
        let mut values = Vec::from(values![&account.0, &link.0, expires_at]);
        values.extend(event_values(&event));
        let rest = [(recovery::ADD_LINK, &values[..])];
        let changed = self.change(accounts::LOCK, &account, confirmation, &rest);
        changed.await.map(drop).map_err(change_refused)
    }

    async fn enrolment_link(
        &self,
        link: TokenHash,
        now: Timestamp,
    ) -> Result<Option<Account>, StoreError> {
        let values = values![&link.0, now];
        let rows = self.connections.query(recovery::LINK, &values).await?;
        at_most_one(&rows, accounts::read)
    }

    async fn create_password_account(
        &self,
        new: NewPasswordAccount,
    ) -> Result<Account, CreatePasswordAccountError> {
        passwords::create_account(&self.connections, &new).await
    }

    async fn password_candidate(
        &self,
        name: &UserName,
    ) -> Result<Option<PasswordCandidate>, StoreError> {
        let values = values![name.key()];
        let rows = self
            .connections
            .query(passwords::CANDIDATE, &values)
            .await?;
        at_most_one(&rows, passwords::candidate)
    }

    async fn password_use(&self, account: AccountId) -> Result<Option<PasswordUse>, StoreError> {
        let values = values![&account.0];
        let rows = self.connections.query(passwords::USAGE, &values).await?;
        at_most_one(&rows, passwords::usage)
    }

    async fn finish_password_sign_in(
        &self,
        finish: FinishPasswordSignIn,
    ) -> Result<Account, FinishPasswordSignInError> {
        passwords::sign_in(&self.connections, &finish).await
    }

    async fn drop_password(
        &self,
        account: AccountId,
        except: Option<TokenHash>,
        confirmation: Option<Confirmation>,
        event: AuditEvent,
    ) -> Result<(), DropPasswordError> {
        let except = except.as_ref().map(|token| &token.0);
        let mut values = Vec::from(values![&account.0, except]);
        values.extend(event_values(&event));
        let rest = [(passwords::DROP, &values[..])];
        let dropped = self.change(accounts::LOCK_ALONE, &account, confirmation, &rest);
        dropped.await.map(drop).map_err(passwords::drop_refused)
    }

    async fn sealing_keys(&self) -> Result<Vec<SealingKey>, StoreError> {
        let rows = self.connections.query(housekeeping::SEALING_KEYS, &[]);
        all(&rows.await?, housekeeping::sealing_key)
    }

    async fn add_sealing_key(
        &self,
        key: SealingKey,
        unless_since: Timestamp,
        event: AuditEvent,
    ) -> Result<Vec<SealingKey>, StoreError> {
        let key = values![&key.id, &key.secret, key.created_at, unless_since];
        let values = [&key[..], &event_values(&event)].concat();
        let steps = [
            (housekeeping::LOCK_SEALING_KEYS, &[][..]),
            (housekeeping::ADD_SEALING_KEY, &values[..]),
        ];
        let rows = self.connections.query_in_order(&steps).await?;
        all(&rows, housekeeping::sealing_key)
    }

    async fn replace_sealing_keys(
        &self,
        key: SealingKey,
        event: AuditEvent,
    ) -> Result<(), StoreError> {
        let key = values![&key.id, &key.secret, key.created_at];
        let values = [&key[..], &event_values(&event)].concat();
        let steps = [
            (housekeeping::LOCK_SEALING_KEYS, &[][..]),
            (housekeeping::REPLACE_SEALING_KEYS, &values[..]),
        ];
        self.connections.query_in_order(&steps).await?;
        Ok(())
    }

    async fn secret(&self, name: &str, new: [u8; 32]) -> Result<[u8; 32], StoreError> {
        let (add, get) = (values![name, &new], values![name]);
        let steps = [
            (housekeeping::ADD_SECRET, &add[..]),
            (housekeeping::SECRET, &get[..]),
        ];
        let rows = self.connections.query_in_order(&steps).await?;
        one(&rows, housekeeping::secret)
    }

    async fn purge(&self, purge: Purge) -> Result<PurgeReport, StoreError> {
        let since = OpenSince::new(purge.lifetimes, purge.now);
        let values = values![
            purge.now,
            since.created,
            since.used,
            purge.keys_before,
            purge.events_before,
            purge.limit,
            purge.ceremonies_before(),
        ];
        let rows = self.connections.query(housekeeping::PURGE, &values).await?;
        one(&rows, |row| housekeeping::purged(row, purge.limit))
    }

    async fn append_event(&self, event: AuditEvent) -> Result<(), StoreError> {
        let account = event.account.as_ref().map(|account| &account.0);
        let mut values = Vec::from(values![account]);
        values.extend(event_values(&event));
        let appended = self.connections.query(housekeeping::APPEND_EVENT, &values);
        Ok(appended.await.map(drop)?)
    }

    async fn audit_events(
        &self,
        account: AccountId,
        before: Option<[u8; 16]>,
        limit: u32,
    ) -> Result<Vec<AuditEvent>, StoreError> {
        let mut values = Vec::from(values![&account.0, limit]);
        let statement = match &before {
            None => housekeeping::AUDIT_EVENTS,
            Some(before) => {
                values.extend(values![before]);
                housekeeping::AUDIT_EVENTS_BEFORE
            }
        };
        let rows = self.connections.query(statement, &values);
        all(&rows.await?, housekeeping::audit_event)
    }
}

fn change_refused(fault: Fault) -> ChangeAccountError {
    fault.into_error(|refusal| match refusal {
        "grant_used" => Some(ChangeAccountError::GrantUsed),
        "account_not_found" => Some(ChangeAccountError::AccountNotFound),
        _ => None,
    })
}
