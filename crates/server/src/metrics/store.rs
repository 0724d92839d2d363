//! A store that is timed.

use std::sync::Arc;
use std::time::Instant;

use passkeep_protocol::bytes::Bytes;
use passkeep_store::{
    Account, AccountId, AccountSummary, AuditEvent, AuthenticationCandidate, ChangeAccountError,
    ConnectionsInUse, Credentials, DeletePasskeyError, FinishAuthentication,
    FinishAuthenticationError, FinishRegistration, FinishRegistrationError, OpenSession, Passkey,
    Purge, PurgeReport, RecoveryCodes, SealingKey, SessionId, SessionLifetimes, SessionSummary,
    Store, StoreError, TokenHash,
};
use passkeep_verify::user::{DisplayName, Label, UserName};
use passkeep_verify::{CredentialRecord, SpentCeremony, Timestamp, UserHandle};

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
            fn connections(&self) -> Option<ConnectionsInUse> {
                self.store.connections()
            }

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
    account_by_user(user: &UserHandle) -> Result<Option<Account>, StoreError>;
    accounts(after: Option<&UserName>, limit: u32) -> Result<Vec<AccountSummary>, StoreError>;
    set_display_name(account: AccountId, name: &DisplayName, event: AuditEvent) -> Result<Option<Account>, StoreError>;
    set_locked(account: AccountId, locked_at: Option<Timestamp>, event: AuditEvent) -> Result<Option<Account>, StoreError>;
    delete_account(account: AccountId, confirmation: Option<SpentCeremony>, event: AuditEvent) -> Result<(), ChangeAccountError>;
    authentication_candidate(id: &Bytes) -> Result<Option<AuthenticationCandidate>, StoreError>;
    credential_record(account: AccountId, id: &Bytes) -> Result<Option<CredentialRecord>, StoreError>;
    credentials(account: AccountId) -> Result<Credentials, StoreError>;
    finish_registration(finish: FinishRegistration) -> Result<Account, FinishRegistrationError>;
    finish_authentication(finish: FinishAuthentication) -> Result<Account, FinishAuthenticationError>;
    session(token: TokenHash, lifetimes: SessionLifetimes, now: Timestamp) -> Result<Option<OpenSession>, StoreError>;
    sessions(account: AccountId, lifetimes: SessionLifetimes, now: Timestamp) -> Result<Vec<SessionSummary>, StoreError>;
    end_session(token: TokenHash, event: AuditEvent) -> Result<(), StoreError>;
    revoke_session(account: AccountId, session: SessionId, event: AuditEvent) -> Result<bool, StoreError>;
    revoke_sessions(account: AccountId, except: Option<TokenHash>, event: AuditEvent) -> Result<u32, StoreError>;
    rename_passkey(account: AccountId, id: &Bytes, label: &Label, event: AuditEvent) -> Result<Option<Passkey>, StoreError>;
    delete_passkey(
        account: AccountId, id: &Bytes, even_if_last: bool, confirmation: Option<SpentCeremony>, event: AuditEvent
    ) -> Result<u32, DeletePasskeyError>;
    delete_restore_key(account: AccountId, id: &Bytes, event: AuditEvent) -> Result<bool, StoreError>;
    replace_recovery_codes(
        account: AccountId, codes: Vec<TokenHash>, confirmation: Option<SpentCeremony>, event: AuditEvent
    ) -> Result<(), ChangeAccountError>;
    recovery_codes(account: AccountId) -> Result<Option<RecoveryCodes>, StoreError>;
    has_recovery_code(account: AccountId, code: TokenHash) -> Result<bool, StoreError>;
    add_enrolment_link(
        account: AccountId, link: TokenHash, expires_at: Timestamp, confirmation: Option<SpentCeremony>, event: AuditEvent
    ) -> Result<(), ChangeAccountError>;
    enrolment_link(link: TokenHash, now: Timestamp) -> Result<Option<Account>, StoreError>;
    sealing_keys() -> Result<Vec<SealingKey>, StoreError>;
    add_sealing_key(key: SealingKey, unless_since: Timestamp) -> Result<Vec<SealingKey>, StoreError>;
    secret(name: &str, new: [u8; 32]) -> Result<[u8; 32], StoreError>;
    purge(purge: Purge) -> Result<PurgeReport, StoreError>;
    audit_events(account: AccountId, limit: u32) -> Result<Vec<AuditEvent>, StoreError>;
}
