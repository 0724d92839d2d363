//! A store that is timed.

use std::sync::Arc;
use std::time::Instant;

use passkeep_protocol::bytes::Bytes;
use passkeep_store::{
    Account, AccountId, AuditEvent, AuthenticationCandidate, DeletePasskeyError,
    FinishAuthentication, FinishAuthenticationError, FinishRegistration, FinishRegistrationError,
    OpenSession, Passkey, PurgeReport, SealingKey, SessionLifetimes, Store, StoreError, TokenHash,
};
use passkeep_verify::user::{Label, UserName};
use passkeep_verify::{CredentialRecord, Timestamp};

use super::Metrics;

/// A store whose every call is timed.
pub(crate) struct MeasuredStore {
    store: Arc<dyn Store>,
    metrics: Arc<Metrics>,
}

impl MeasuredStore {
    pub(crate) fn new(store: Arc<dyn Store>, metrics: Arc<Metrics>) -> Self {
        Self { store, metrics }
    }
}

macro_rules! measured {
    ($($method:ident($($argument:ident: $ty:ty),*) -> $answer:ty;)+) => {
        #[async_trait::async_trait]
        impl Store for MeasuredStore {
            $(async fn $method(&self, $($argument: $ty),*) -> $answer {
                let began = Instant::now();
                let answer = self.store.$method($($argument),*).await;
                self.metrics.time_store(stringify!($method), began.elapsed());
                answer
            })+
        }
    };
}

// A line for each method of the trait.
measured! {
    ping() -> Result<(), StoreError>;
    account_by_name(name: &UserName) -> Result<Option<Account>, StoreError>;
    authentication_candidate(id: &Bytes) -> Result<Option<AuthenticationCandidate>, StoreError>;
    credential_record(account: AccountId, id: &Bytes) -> Result<Option<CredentialRecord>, StoreError>;
    passkeys(account: AccountId) -> Result<Vec<Passkey>, StoreError>;
    finish_registration(finish: FinishRegistration) -> Result<Account, FinishRegistrationError>;
    finish_authentication(finish: FinishAuthentication) -> Result<Account, FinishAuthenticationError>;
    session(token: TokenHash, lifetimes: SessionLifetimes, now: Timestamp) -> Result<Option<OpenSession>, StoreError>;
    end_session(token: TokenHash, event: AuditEvent) -> Result<(), StoreError>;
    rename_passkey(account: AccountId, id: &Bytes, label: &Label, event: AuditEvent) -> Result<Option<Passkey>, StoreError>;
    delete_passkey(account: AccountId, id: &Bytes, even_if_last: bool, event: AuditEvent) -> Result<u32, DeletePasskeyError>;
    sealing_keys() -> Result<Vec<SealingKey>, StoreError>;
    add_sealing_key(key: SealingKey, unless_since: Timestamp) -> Result<Vec<SealingKey>, StoreError>;
    purge(now: Timestamp, lifetimes: SessionLifetimes, keys_before: Timestamp, limit: u32) -> Result<PurgeReport, StoreError>;
    audit_events(account: AccountId, limit: u32) -> Result<Vec<AuditEvent>, StoreError>;
}
