//! What an operator does to accounts and keys: by commands on the server's machine, and not over HTTP.
//!
//! Whoever can open the store may do all of this, so nothing here asks for a passkey. What is done to an account is in its
//! audit trail, as the operator's.

mod import;

use core::fmt;
use std::sync::Arc;

use passkeep_protocol::api::{self, ActivityEvent, Device, RecoveryCodesLeft, SessionView};
use passkeep_protocol::bytes::Bytes;
use passkeep_store::{
    Account, AccountSummary, AuditEvent, AuditKind, ChangeAccountError, SealingKey,
    SessionLifetimes, Store, StoreError, TokenHash,
};
use passkeep_verify::Timestamp;
use passkeep_verify::user::UserName;
use serde::Serialize;

use crate::ambient::{Outside, RandomError, id_of, random_array};
use crate::recovery::{LINK_LIFETIME, link_url};
use crate::views;
use crate::well_known::Apps;

pub use import::ImportedUser;

/// What an audit event has where it has a device otherwise.
const DEVICE: &str = "operator";

/// The most events that are shown of an account.
const EVENTS: u32 = 20;

/// An operator at a store, which running servers may use as well.
#[derive(Clone)]
pub struct Operator {
    store: Arc<dyn Store>,
    outside: Outside,
}

/// An account in a list.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserSummary {
    /// The user name.
    pub user_name: String,
    /// What the person is called.
    pub display_name: String,
    /// When it was created, in milliseconds since 1970-01-01T00:00:00Z, as are all times.
    pub created_at: u64,
    /// Since when it is locked.
    pub locked_at: Option<u64>,
    /// How many passkeys it has.
    pub passkeys: u32,
    /// Whether it has a password.
    pub has_password: bool,
    /// When one of its credentials last signed in.
    pub last_used_at: Option<u64>,
}

/// An account with what it has.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The user name.
    pub user_name: String,
    /// What the person is called.
    pub display_name: String,
    /// When it was created.
    pub created_at: u64,
    /// Since when it is locked.
    pub locked_at: Option<u64>,
    /// Its password, if it has one.
    pub password: Option<UserPassword>,
    /// Its passkeys, newest first.
    pub passkeys: Vec<api::Passkey>,
    /// The devices that have a restore key, newest first.
    pub devices: Vec<Device>,
    /// Its open sessions, the last used first.
    pub sessions: Vec<SessionView>,
    /// Its recovery codes.
    pub recovery_codes: RecoveryCodesLeft,
    /// What happened to it last, newest first.
    pub activity: Vec<ActivityEvent>,
}

/// The password of an account.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserPassword {
    /// When it was set or imported.
    pub created_at: u64,
    /// When it last signed somebody in.
    pub last_used_at: Option<u64>,
}

/// A link by which somebody can register a passkey for an account, once.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OperatorLink {
    /// The link, which is a secret.
    pub url: String,
    /// How long it is good for, in seconds.
    pub expires_in: u32,
}

impl fmt::Debug for OperatorLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OperatorLink(…)")
    }
}

/// A sealing key, without the key.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SealingKeyInfo {
    /// Its id, in hexadecimal digits.
    pub id: String,
    /// When it was made.
    pub created_at: u64,
    /// Whether servers seal with it; the others only open what they have sealed.
    pub current: bool,
}

impl Operator {
    /// An operator at this store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, outside: Outside) -> Self {
        Self { store, outside }
    }

    /// At most `limit` accounts in the order of their names, after one of them.
    ///
    /// # Errors
    ///
    /// [`OperatorError::NotAName`] and [`OperatorError::Store`].
    pub async fn users(
        &self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<UserSummary>, OperatorError> {
        let after = after.map(parse).transpose()?;
        let found = self.store.accounts(after.as_ref(), limit).await?;
        Ok(found.into_iter().map(UserSummary::from).collect())
    }

    /// An account with what it has. The apps give names to restore keys, and the lifetimes say which sessions are open.
    ///
    /// # Errors
    ///
    /// [`OperatorError::NotAName`], [`OperatorError::NoSuchUser`] and [`OperatorError::Store`].
    pub async fn user(
        &self,
        name: &str,
        apps: &Apps,
        lifetimes: SessionLifetimes,
    ) -> Result<User, OperatorError> {
        let account = self.account(name).await?;
        let credentials = self.store.credentials(account.id).await?;
        let now = self.outside.clock.now();
        let sessions = self.store.sessions(account.id, lifetimes, now).await?;
        let password = self.store.password_use(account.id).await?;
        let codes = self.store.recovery_codes(account.id).await?;
        let events = self.store.audit_events(account.id, None, EVENTS).await?;
        // No session asks, so none is the one that does.
        let nobody = Bytes::from(Vec::new());
        let passkeys = credentials.passkeys.iter();
        let keys = credentials.restore_keys.iter();
        let sessions = sessions.iter();
        Ok(User {
            user_name: account.user_name,
            display_name: account.display_name,
            created_at: account.created_at.0,
            locked_at: account.locked_at.map(|at| at.0),
            password: password.map(|it| UserPassword {
                created_at: it.created_at.0,
                last_used_at: it.last_used_at.map(|at| at.0),
            }),
            passkeys: passkeys.map(|it| views::passkey(it, &nobody)).collect(),
            devices: keys.map(|key| views::device(key, apps)).collect(),
            sessions: sessions.map(|it| views::session(it, None)).collect(),
            recovery_codes: RecoveryCodesLeft {
                left: codes.map_or(0, |codes| codes.left),
                created_at: codes.map(|codes| codes.created_at.0),
            },
            activity: events.iter().map(views::event).collect(),
        })
    }

    /// Locks an account: nobody can sign in to it, its sessions end and its restore keys go. Returns since when it is
    /// locked, which is earlier if it was.
    ///
    /// # Errors
    ///
    /// [`OperatorError::NotAName`], [`OperatorError::NoSuchUser`], [`OperatorError::Store`] and [`OperatorError::Random`].
    pub async fn lock(&self, name: &str) -> Result<Timestamp, OperatorError> {
        let account = self.account(name).await?;
        let event = self.event(AuditKind::AccountLocked, Some(&account))?;
        let at = event.at;
        let locked = self.store.set_locked(account.id, Some(at), event).await?;
        let locked = locked.ok_or_else(|| OperatorError::NoSuchUser(name.to_owned()))?;
        Ok(locked.locked_at.unwrap_or(at))
    }

    /// Unlocks an account; says whether it was locked.
    ///
    /// # Errors
    ///
    /// [`OperatorError::NotAName`], [`OperatorError::NoSuchUser`], [`OperatorError::Store`] and [`OperatorError::Random`].
    pub async fn unlock(&self, name: &str) -> Result<bool, OperatorError> {
        let account = self.account(name).await?;
        let event = self.event(AuditKind::AccountUnlocked, Some(&account))?;
        let unlocked = self.store.set_locked(account.id, None, event).await?;
        unlocked.ok_or_else(|| OperatorError::NoSuchUser(name.to_owned()))?;
        Ok(account.locked_at.is_some())
    }

    /// Deletes an account with everything it has. Its audit trail stays.
    ///
    /// # Errors
    ///
    /// [`OperatorError::NotAName`], [`OperatorError::NoSuchUser`], [`OperatorError::Store`] and [`OperatorError::Random`].
    pub async fn delete(&self, name: &str) -> Result<(), OperatorError> {
        let account = self.account(name).await?;
        let event = self.event(AuditKind::AccountDeleted, Some(&account))?;
        let deleted = self.store.delete_account(account.id, None, event).await;
        deleted.map_err(|error| OperatorError::of(error, name))
    }

    /// A link to this site by which somebody can register a passkey for an account, once. The operator must be sure who
    /// gets it.
    ///
    /// # Errors
    ///
    /// [`OperatorError::Locked`], since a link to a locked account would open nothing, [`OperatorError::NotAName`],
    /// [`OperatorError::NoSuchUser`], [`OperatorError::Store`] and [`OperatorError::Random`].
    pub async fn recovery_link(
        &self,
        name: &str,
        site: &str,
    ) -> Result<OperatorLink, OperatorError> {
        let account = self.account(name).await?;
        if account.locked_at.is_some() {
            return Err(OperatorError::Locked(account.user_name));
        }
        let (url, hash) = link_url(&*self.outside.random, site)?;
        let event = self.event(AuditKind::EnrolmentLinkMade, Some(&account))?;
        let expires_at = event.at.plus_seconds(LINK_LIFETIME);
        let hash = TokenHash(hash);
        let added = self
            .store
            .add_enrolment_link(account.id, hash, expires_at, None, event);
        added
            .await
            .map_err(|error| OperatorError::of(error, name))?;
        Ok(OperatorLink {
            url,
            expires_in: LINK_LIFETIME,
        })
    }

    /// The sealing keys, newest first.
    ///
    /// # Errors
    ///
    /// [`OperatorError::Store`].
    pub async fn keys(&self) -> Result<Vec<SealingKeyInfo>, OperatorError> {
        Ok(infos(&self.store.sealing_keys().await?))
    }

    /// Adds a sealing key now, by routine. Returns all, newest first. The older ones still open what they have sealed, until
    /// they are purged: where somebody may have seen one, it takes [`revoke_keys`](Self::revoke_keys).
    ///
    /// # Errors
    ///
    /// [`OperatorError::KeyRace`], [`OperatorError::Store`] and [`OperatorError::Random`].
    pub async fn rotate_keys(&self) -> Result<Vec<SealingKeyInfo>, OperatorError> {
        let newest = self.store.sealing_keys().await?.first().cloned();
        // The newest is the one that servers seal with, whatever the clock of the machine said that made the last one.
        let after = newest.map_or(0, |newest| newest.created_at.0 + 1);
        let key = self.sealing_key(Timestamp(after))?;
        let (id, created_at) = (key.id, key.created_at);
        let event = self.event(AuditKind::SealingKeyMade, None)?;
        let keys = self.store.add_sealing_key(key, created_at, event).await?;
        let is_newest = keys.first().is_some_and(|newest| newest.id == id);
        is_newest
            .then(|| infos(&keys))
            .ok_or(OperatorError::KeyRace)
    }

    /// Puts a new sealing key in the place of all others, for one that may have been seen by somebody: with it they could
    /// make ceremonies and confirmations of their own. Returns it. Servers that run take it over within five seconds; what
    /// was under way has to start again.
    ///
    /// # Errors
    ///
    /// [`OperatorError::Store`] and [`OperatorError::Random`].
    pub async fn revoke_keys(&self) -> Result<Vec<SealingKeyInfo>, OperatorError> {
        let key = self.sealing_key(Timestamp(0))?;
        let event = self.event(AuditKind::SealingKeyMade, None)?;
        self.store.replace_sealing_keys(key.clone(), event).await?;
        Ok(infos(&[key]))
    }

    /// A new sealing key, made now but not before a time.
    fn sealing_key(&self, not_before: Timestamp) -> Result<SealingKey, RandomError> {
        let random = &*self.outside.random;
        Ok(SealingKey {
            id: random_array(random)?,
            secret: random_array(random)?,
            created_at: self.outside.clock.now().max(not_before),
        })
    }

    async fn account(&self, name: &str) -> Result<Account, OperatorError> {
        let found = self.store.account_by_name(&parse(name)?).await?;
        found.ok_or_else(|| OperatorError::NoSuchUser(name.to_owned()))
    }

    fn event(&self, kind: AuditKind, account: Option<&Account>) -> Result<AuditEvent, RandomError> {
        let at = self.outside.clock.now();
        Ok(AuditEvent {
            id: id_of(at, random_array(&*self.outside.random)?),
            at,
            kind,
            account: account.map(|account| account.id),
            credential_id: None,
            device: Some(DEVICE.to_owned()),
        })
    }
}

impl fmt::Debug for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operator").finish_non_exhaustive()
    }
}

impl From<AccountSummary> for UserSummary {
    fn from(summary: AccountSummary) -> Self {
        let account = summary.account;
        Self {
            user_name: account.user_name,
            display_name: account.display_name,
            created_at: account.created_at.0,
            locked_at: account.locked_at.map(|at| at.0),
            passkeys: summary.passkeys,
            has_password: summary.has_password,
            last_used_at: summary.last_used_at.map(|at| at.0),
        }
    }
}

fn infos(keys: &[SealingKey]) -> Vec<SealingKeyInfo> {
    let info = |(index, key): (usize, &SealingKey)| SealingKeyInfo {
        id: key.id.map(|byte| format!("{byte:02x}")).concat(),
        created_at: key.created_at.0,
        current: index == 0,
    };
    keys.iter().enumerate().map(info).collect()
}

fn parse(name: &str) -> Result<UserName, OperatorError> {
    UserName::parse(name)
        .map_err(|error| OperatorError::NotAName(name.to_owned(), error.to_string()))
}

/// Why an operator's command was not carried out.
#[derive(Debug)]
#[non_exhaustive]
pub enum OperatorError {
    /// No user can have that name, and why.
    NotAName(String, String),
    /// No account has that user name.
    NoSuchUser(String),
    /// The account is locked.
    Locked(String),
    /// An account cannot be imported, and why.
    NotImported(String),
    /// Another account has that user name.
    NameTaken(String),
    /// Somebody else added a sealing key at the same time.
    KeyRace,
    /// The store could not do its work.
    Store(StoreError),
    /// There is no randomness.
    Random(RandomError),
}

impl OperatorError {
    fn of(error: ChangeAccountError, name: &str) -> Self {
        match error {
            ChangeAccountError::Store(error) => Self::Store(error),
            // Nothing had to permit it, so the account has gone since it was found.
            _ => Self::NoSuchUser(name.to_owned()),
        }
    }
}

impl fmt::Display for OperatorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAName(name, why) => write!(f, "{name:?} is no user name: {why}"),
            Self::NoSuchUser(name) => write!(
                f,
                "there is no user {name:?}; `passkeep users list` shows those that there are"
            ),
            Self::Locked(name) => write!(
                f,
                "the account of {name:?} is locked, and nobody can sign in to it; unlock it first"
            ),
            Self::NotImported(why) => f.write_str(why),
            Self::NameTaken(name) => write!(f, "another account is called {name:?}"),
            Self::KeyRace => f.write_str(
                "somebody else added a sealing key at the same time; `passkeep keys list` shows it, so nothing needs to be done",
            ),
            Self::Store(error) => error.fmt(f),
            Self::Random(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for OperatorError {}

impl From<StoreError> for OperatorError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<RandomError> for OperatorError {
    fn from(error: RandomError) -> Self {
        Self::Random(error)
    }
}
