//! The methods of [`Store`], for those that wrap one. Beside those that change something is what the audit trail is told.

pub(crate) use passkeep_protocol::bytes::Bytes;
pub(crate) use passkeep_store::{
    Account, AccountId, AccountSummary, AuditEvent, Authenticated, AuthenticationCandidate,
    ChangeAccountError, Confirmation, ConnectionsInUse, CreatePasswordAccountError, Credentials,
    DeletePasskeyError, DropPasswordError, FinishAuthentication, FinishAuthenticationError,
    FinishPasswordSignIn, FinishPasswordSignInError, FinishRegistration, FinishRegistrationError,
    NewPasswordAccount, OpenSession, Passkey, PasswordCandidate, PasswordUse, Purge, PurgeReport,
    RecoveryCodes, Revoked, SealingKey, SessionId, SessionLifetimes, SessionSummary, Store,
    StoreError, TokenHash,
};
pub(crate) use passkeep_verify::user::{DisplayName, Label, UserName};
pub(crate) use passkeep_verify::{CredentialRecord, Timestamp, UserHandle};

/// Gives the macro that is named a line for each method of the trait.
macro_rules! store_methods {
    ($with:ident) => {
        $with! {
            ping() -> Result<(), StoreError>;
            account(account: AccountId) -> Result<Option<Account>, StoreError>;
            account_by_name(name: &UserName) -> Result<Option<Account>, StoreError>;
            account_by_user(user: &UserHandle) -> Result<Option<Account>, StoreError>;
            accounts(after: Option<&UserName>, limit: u32) -> Result<Vec<AccountSummary>, StoreError>;
            set_display_name(account: AccountId, name: &DisplayName, event: AuditEvent) -> Result<Option<Account>, StoreError> => &event;
            set_locked(account: AccountId, locked_at: Option<Timestamp>, event: AuditEvent) -> Result<Option<Account>, StoreError> => &event;
            delete_account(account: AccountId, confirmation: Option<Confirmation>, event: AuditEvent) -> Result<(), ChangeAccountError> => &event;
            authentication_candidate(id: &Bytes) -> Result<Option<AuthenticationCandidate>, StoreError>;
            credential_record(account: AccountId, id: &Bytes) -> Result<Option<CredentialRecord>, StoreError>;
            credentials(account: AccountId) -> Result<Credentials, StoreError>;
            finish_registration(finish: FinishRegistration) -> Result<Account, FinishRegistrationError> => &finish.event;
            finish_authentication(finish: FinishAuthentication) -> Result<Authenticated, FinishAuthenticationError> => &finish.event;
            session(token: TokenHash, lifetimes: SessionLifetimes, now: Timestamp) -> Result<Option<OpenSession>, StoreError>;
            sessions(account: AccountId, lifetimes: SessionLifetimes, now: Timestamp) -> Result<Vec<SessionSummary>, StoreError>;
            end_session(token: TokenHash, event: AuditEvent) -> Result<(), StoreError> => &event;
            revoke_session(account: AccountId, session: SessionId, event: AuditEvent) -> Result<bool, StoreError> => &event;
            revoke_sessions(account: AccountId, except: Option<TokenHash>, event: AuditEvent) -> Result<Revoked, StoreError> => &event;
            rename_passkey(account: AccountId, id: &Bytes, label: &Label, event: AuditEvent) -> Result<Option<Passkey>, StoreError> => &event;
            delete_passkey(
                account: AccountId, id: &Bytes, even_if_last: bool, confirmation: Option<Confirmation>, event: AuditEvent
            ) -> Result<u32, DeletePasskeyError> => &event;
            delete_restore_key(account: AccountId, id: &Bytes, event: AuditEvent) -> Result<bool, StoreError> => &event;
            replace_recovery_codes(
                account: AccountId, codes: Vec<TokenHash>, confirmation: Option<Confirmation>, event: AuditEvent
            ) -> Result<(), ChangeAccountError> => &event;
            recovery_codes(account: AccountId) -> Result<Option<RecoveryCodes>, StoreError>;
            has_recovery_code(account: AccountId, code: TokenHash) -> Result<bool, StoreError>;
            add_enrolment_link(
                account: AccountId, link: TokenHash, expires_at: Timestamp, confirmation: Option<Confirmation>, event: AuditEvent
            ) -> Result<(), ChangeAccountError> => &event;
            enrolment_link(link: TokenHash, now: Timestamp) -> Result<Option<Account>, StoreError>;
            create_password_account(new: NewPasswordAccount) -> Result<Account, CreatePasswordAccountError> => &new.event;
            password_candidate(name: &UserName) -> Result<Option<PasswordCandidate>, StoreError>;
            password_use(account: AccountId) -> Result<Option<PasswordUse>, StoreError>;
            finish_password_sign_in(finish: FinishPasswordSignIn) -> Result<Account, FinishPasswordSignInError> => &finish.event;
            drop_password(
                account: AccountId, except: Option<TokenHash>, confirmation: Option<Confirmation>, event: AuditEvent
            ) -> Result<(), DropPasswordError> => &event;
            sealing_keys() -> Result<Vec<SealingKey>, StoreError>;
            add_sealing_key(key: SealingKey, unless_since: Timestamp, event: AuditEvent) -> Result<Vec<SealingKey>, StoreError>;
            replace_sealing_keys(key: SealingKey, event: AuditEvent) -> Result<(), StoreError> => &event;
            secret(name: &str, new: [u8; 32]) -> Result<[u8; 32], StoreError>;
            purge(purge: Purge) -> Result<PurgeReport, StoreError>;
            append_event(event: AuditEvent) -> Result<(), StoreError>;
            audit_events(account: AccountId, before: Option<[u8; 16]>, limit: u32) -> Result<Vec<AuditEvent>, StoreError>;
        }
    };
}

pub(crate) use store_methods;
