//! The store that several servers share: PostgreSQL, 15 or later.

mod finish;

mod accounts;
mod credentials;
mod housekeeping;
mod sessions;

mod columns;

mod connections;
mod migrations;

mod address;
mod tls;

mod fault;

use core::fmt;
use core::num::NonZeroUsize;
use core::time::Duration;

use async_trait::async_trait;
use passkeep_protocol::bytes::Bytes;
use passkeep_verify::user::{Label, UserName};
use passkeep_verify::{CredentialRecord, Timestamp};
use tokio_postgres::config::TargetSessionAttrs;

use self::address::Address;
use self::columns::{Value, values};
use self::connections::{Connections, all, at_most_one, one};
use crate::open_since::OpenSince;
use crate::{
    Account, AccountId, AuditEvent, AuthenticationCandidate, DeletePasskeyError,
    FinishAuthentication, FinishAuthenticationError, FinishRegistration, FinishRegistrationError,
    OpenSession, Passkey, PurgeReport, SealingKey, SessionLifetimes, Store, StoreError, TokenHash,
};

pub use self::address::DatabaseUrlError;

/// How long a network may be silent before a connection through it is given up.
const SILENCE: Duration = Duration::from_secs(10);

/// How a [`PostgresStore`] is set up. [`PostgresOptions::from_url`] takes what must be decided; the rest has defaults.
///
/// It is displayed as the database's name and hosts, without user and password.
#[derive(Clone)]
#[non_exhaustive]
pub struct PostgresOptions {
    /// The most connections that are open at once; sixteen by default. A finish needs one for a single trip to the database.
    pub connections: NonZeroUsize,
    address: Address,
}

impl PostgresOptions {
    /// The database at a URL, `postgres://user:password@host:port/database`, with the defaults.
    ///
    /// What leaves this machine goes through TLS, and the server's certificate must be good for the host, unless the URL
    /// says `sslmode=disable`. `require`, `verify-ca` and `verify-full` all mean the last of them; `sslrootcert` names a
    /// file of certificates to trust instead of the system's.
    ///
    /// # Errors
    ///
    /// A [`DatabaseUrlError`], which repeats nothing of the URL.
    ///
    /// ```
    /// # use passkeep_store::{DatabaseUrlError, PostgresOptions};
    /// let options = PostgresOptions::from_url("postgres://passkeep:secret@db.example.org/passkeep")?;
    /// assert_eq!(options.to_string(), "passkeep at db.example.org:5432");
    /// # Ok::<(), DatabaseUrlError>(())
    /// ```
    pub fn from_url(url: &str) -> Result<Self, DatabaseUrlError> {
        let mut address = Address::parse(url)?;
        let config = &mut address.config;
        if config.get_application_name().is_none() {
            config.application_name("passkeep");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(SILENCE / 2);
        }
        config
            .keepalives_idle(SILENCE)
            .keepalives_interval(SILENCE / 5)
            .tcp_user_timeout(SILENCE)
            // Of several hosts, the one that is the primary now.
            .target_session_attrs(TargetSessionAttrs::ReadWrite);
        Ok(Self {
            connections: const { NonZeroUsize::new(16).unwrap() },
            address,
        })
    }
}

impl fmt::Display for PostgresOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)
    }
}

impl fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresOptions")
            .field("connections", &self.connections)
            .field("address", &format_args!("{}", self.address))
            .finish_non_exhaustive()
    }
}

/// A store in a PostgreSQL database, for any number of servers.
///
/// Every method is one statement, or two that are sent together, so that it costs one trip to the database; concurrent
/// commits share syncs of its disk. When a connection breaks, the calls that were using it fail with
/// [`StoreError::Unavailable`], and the next ones connect again. A call whose future is dropped may still be carried out.
///
/// Its methods must be called in a tokio runtime, and always the same. Between it and the database there may be a pooler
/// that gives each client a session of its own, but none that changes sessions between transactions.
pub struct PostgresStore {
    connections: Connections,
    address: Address,
}

impl PostgresStore {
    /// Connects to a database, and brings it up to this version's schema. Any number of servers may do so at once: one
    /// changes the schema, the others wait.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when the database cannot be reached, and [`StoreError::Inconsistent`] when it is too old
    /// or does not store Unicode, when its schema is not one of this program, or when it was written by a newer version.
    pub async fn open(options: PostgresOptions) -> Result<Self, StoreError> {
        let PostgresOptions {
            connections,
            address,
        } = options;
        let tls = tls::connector(&address)?;
        Box::pin(migrations::migrate(&address.config, tls.clone())).await?;
        Ok(Self {
            connections: Connections::new(address.config.clone(), tls, connections)?,
            address,
        })
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("address", &format_args!("{}", self.address))
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn ping(&self) -> Result<(), StoreError> {
        let rows = self.connections.query(housekeeping::PING, &[]).await?;
        if one(&rows, |row| row.try_get("standby"))? {
            return Err(StoreError::Unavailable("the database is a standby".into()));
        }
        Ok(())
    }

    async fn account_by_name(&self, name: &UserName) -> Result<Option<Account>, StoreError> {
        let values = values![name.key()];
        let rows = self.connections.query(accounts::BY_NAME, &values).await?;
        at_most_one(&rows, accounts::read)
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

    async fn passkeys(&self, account: AccountId) -> Result<Vec<Passkey>, StoreError> {
        let values = values![&account.0];
        let rows = self.connections.query(credentials::OF_ACCOUNT, &values);
        all(&rows.await?, credentials::passkey)
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
    ) -> Result<Account, FinishAuthenticationError> {
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

    async fn end_session(&self, token: TokenHash, event: AuditEvent) -> Result<(), StoreError> {
        let [id, at, kind, credential_id] = event_values(&event);
        let values = [Value::from(&token.0), id, at, kind, credential_id];
        self.connections.query(sessions::END, &values).await?;
        Ok(())
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
        event: AuditEvent,
    ) -> Result<u32, DeletePasskeyError> {
        let lock = values![&account.0];
        let mut values = Vec::from(values![credential_id, &account.0, even_if_last]);
        values.extend(event_values(&event));
        let lock = (accounts::LOCK, &lock[..]);
        let rows = self
            .connections
            .query_after(lock, (credentials::DELETE, &values))
            .await;
        let rows = rows.map_err(|fault| {
            fault.into_error(|refusal| match refusal {
                "not_found" => Some(DeletePasskeyError::NotFound),
                "last" => Some(DeletePasskeyError::Last),
                _ => None,
            })
        })?;
        Ok(one(&rows, credentials::remaining)?)
    }

    async fn sealing_keys(&self) -> Result<Vec<SealingKey>, StoreError> {
        let rows = self.connections.query(housekeeping::SEALING_KEYS, &[]);
        all(&rows.await?, housekeeping::sealing_key)
    }

    async fn add_sealing_key(
        &self,
        key: SealingKey,
        unless_since: Timestamp,
    ) -> Result<Vec<SealingKey>, StoreError> {
        let values = values![&key.id, &key.secret, key.created_at, unless_since];
        let lock = (housekeeping::LOCK_SEALING_KEYS, &[][..]);
        let add = (housekeeping::ADD_SEALING_KEY, &values[..]);
        let rows = self.connections.query_after(lock, add).await?;
        all(&rows, housekeeping::sealing_key)
    }

    async fn purge(
        &self,
        now: Timestamp,
        lifetimes: SessionLifetimes,
        keys_before: Timestamp,
        limit: u32,
    ) -> Result<PurgeReport, StoreError> {
        let since = OpenSince::new(lifetimes, now);
        let values = values![now, since.created, since.used, keys_before, limit];
        let rows = self.connections.query(housekeeping::PURGE, &values).await?;
        one(&rows, |row| housekeeping::purged(row, limit))
    }

    async fn audit_events(
        &self,
        account: AccountId,
        limit: u32,
    ) -> Result<Vec<AuditEvent>, StoreError> {
        let values = values![&account.0, limit];
        let rows = self.connections.query(housekeeping::AUDIT_EVENTS, &values);
        all(&rows.await?, housekeeping::audit_event)
    }
}

/// What the statements that append an event take of it: id, time, kind and credential.
fn event_values(event: &AuditEvent) -> [Value<'_>; 4] {
    let credential_id = event.credential_id.as_ref();
    values![&event.id, event.at, event.kind.as_str(), credential_id]
}
