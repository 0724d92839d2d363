//! The sealing keys a server holds in memory. They live in the store, which all servers of a deployment share.

use core::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use aws_lc_rs::error::Unspecified;
use passkeep_store::{AuditEvent, AuditKind, SealingKey, Store, StoreError};
use passkeep_verify::Timestamp;

use crate::ambient::{Random, RandomError, id_of, random_array};
use crate::seal::SealKey;

/// A new key is made when the newest is older than this, in seconds.
const ROTATE_AFTER: u32 = 7 * 24 * 60 * 60;

/// How long a key is kept after it can have sealed anything, in seconds: longer than any ceremony is.
const OVERLAP: u32 = 24 * 60 * 60;

/// Unknown key ids make a server look for new keys in the store at most this often, in milliseconds: anybody can send one.
/// It only saves the wait for maintenance, which looks anyway: whoever sends them all the time keeps others from causing it.
const RELOAD_INTERVAL: u64 = 1000;

/// The keys, newest first.
#[derive(Default)]
pub(crate) struct Keyring {
    keys: RwLock<Vec<Arc<SealKey>>>,
    reloaded_at: Mutex<Option<Timestamp>>,
}

impl Keyring {
    /// Takes over the store's keys, after adding one if the newest is too old.
    pub(crate) async fn refresh(
        &self,
        store: &dyn Store,
        random: &dyn Random,
        now: Timestamp,
    ) -> Result<(), KeyringError> {
        let unless_since = seconds_before(now, ROTATE_AFTER);
        let known = self.with_newest(SealKey::created_at);
        let keys = if known.is_some_and(|created_at| created_at >= unless_since) {
            store.sealing_keys().await?
        } else {
            let key = SealingKey {
                id: random_array(random)?,
                secret: random_array(random)?,
                created_at: now,
            };
            let event = AuditEvent {
                id: id_of(now, random_array(random)?),
                at: now,
                kind: AuditKind::SealingKeyMade,
                account: None,
                credential_id: None,
                device: None,
            };
            store.add_sealing_key(key, unless_since, event).await?
        };
        self.replace(&keys)
    }

    /// Takes over the store's keys as they are.
    pub(crate) async fn reload(&self, store: &dyn Store) -> Result<(), KeyringError> {
        self.replace(&store.sealing_keys().await?)
    }

    /// Does something with the key to seal with, which is shared with all other requests only as long as that takes.
    pub(crate) fn with_newest<T>(&self, with: impl FnOnce(&SealKey) -> T) -> Option<T> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.first().map(|key| with(key))
    }

    /// The key with that id, if need be from the store, where another server may have added it.
    pub(crate) async fn find(
        &self,
        id: [u8; 8],
        store: &dyn Store,
        now: Timestamp,
    ) -> Result<Option<Arc<SealKey>>, KeyringError> {
        if let Some(key) = self.held(id) {
            return Ok(Some(key));
        }
        if !self.may_reload(now) {
            return Ok(None);
        }
        self.reload(store).await?;
        Ok(self.held(id))
    }

    fn held(&self, id: [u8; 8]) -> Option<Arc<SealKey>> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.iter().find(|key| key.id() == id).cloned()
    }

    fn may_reload(&self, now: Timestamp) -> bool {
        let mut reloaded_at = self
            .reloaded_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let elapsed = reloaded_at.map(|at| now.0.abs_diff(at.0));
        let allowed = elapsed.is_none_or(|elapsed| elapsed >= RELOAD_INTERVAL);
        if allowed {
            *reloaded_at = Some(now);
        }
        allowed
    }

    fn replace(&self, keys: &[SealingKey]) -> Result<(), KeyringError> {
        let keys = keys.iter().map(|key| SealKey::new(key).map(Arc::new));
        let keys = keys.collect::<Result<_, _>>()?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }
}

/// Keys made before this can have sealed nothing that is still of use.
pub(crate) fn keep_keys_since(now: Timestamp, ceremony_lifetime: u32) -> Timestamp {
    let overlap = OVERLAP.max(ceremony_lifetime.saturating_mul(2));
    seconds_before(now, ROTATE_AFTER.saturating_add(overlap))
}

fn seconds_before(now: Timestamp, seconds: u32) -> Timestamp {
    Timestamp(now.0.saturating_sub(u64::from(seconds) * 1000))
}

/// The sealing keys could not be had.
#[derive(Debug)]
#[non_exhaustive]
pub enum KeyringError {
    /// The store could not do its work.
    Store(StoreError),
    /// No new key could be made.
    Random(RandomError),
    /// The crypto library refused a key.
    Key,
}

impl fmt::Display for KeyringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Random(error) => error.fmt(f),
            Self::Key => f.write_str("the crypto library refused a sealing key"),
        }
    }
}

impl core::error::Error for KeyringError {}

impl From<StoreError> for KeyringError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<RandomError> for KeyringError {
    fn from(error: RandomError) -> Self {
        Self::Random(error)
    }
}

impl From<Unspecified> for KeyringError {
    fn from(_: Unspecified) -> Self {
        Self::Key
    }
}
