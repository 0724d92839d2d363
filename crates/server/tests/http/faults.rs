//! When the store fails, clients are told nothing of it, in the form of every other refusal.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request};
use passkeep_protocol::api::ErrorCode;
use passkeep_protocol::bytes::Bytes;
use passkeep_server::{Settings, app};
use passkeep_store::{
    Account, AccountId, AccountSummary, AuditEvent, Authenticated, AuthenticationCandidate,
    ChangeAccountError, Confirmation, CreatePasswordAccountError, Credentials, DeletePasskeyError,
    DropPasswordError, FinishAuthentication, FinishAuthenticationError, FinishPasswordSignIn,
    FinishPasswordSignInError, FinishRegistration, FinishRegistrationError, NewPasswordAccount,
    OpenSession, Passkey, PasswordCandidate, PasswordUse, Purge, PurgeReport, RecoveryCodes,
    Revoked, SealingKey, SessionId, SessionLifetimes, SessionSummary, Store, StoreError, TokenHash,
};
use passkeep_verify::user::{DisplayName, Label, UserName};
use passkeep_verify::{CredentialRecord, Timestamp, UserHandle};

use crate::support::{REGISTRATION_START, SESSION, Server, send, state, test_clock};

const SECRET: &str = "the disk of db-7 is full";

#[tokio::test]
async fn an_unreachable_store_is_a_503_and_a_broken_one_a_500_that_say_nothing() {
    for (fault, code, status) in [
        (Fault::Unavailable, ErrorCode::Unavailable, 503),
        (Fault::Inconsistent, ErrorCode::Internal, 500),
        (Fault::Panic, ErrorCode::Internal, 500),
    ] {
        assert_refusal(fault, code, status).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_never_answers_is_a_503_after_the_time_limit() {
    let before = tokio::time::Instant::now();
    assert_refusal(Fault::Hang, ErrorCode::Unavailable, 503).await;
    // Twice, once for each request.
    assert_eq!(before.elapsed().as_secs(), 60);
}

async fn assert_refusal(fault: Fault, code: ErrorCode, status: u16) {
    let store = Arc::new(FaultyStore(fault));
    let app = app(state(
        "https://example.org",
        store,
        test_clock(),
        Settings::default(),
    )
    .await);
    let browser = Server::start().await.browser("ada");
    let mut signed_in = browser.clone();
    let token = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc".to_owned();
    signed_in
        .cookies
        .insert("__Host-passkeep-session".to_owned(), token);
    let sign_up = "{\"flow\":\"sign-up\",\"userName\":\"ada\"}".to_owned();
    for request in [
        signed_in.request(Method::GET, SESSION, None),
        browser.request(Method::POST, REGISTRATION_START, Some(sign_up)),
    ] {
        let answer = send(&app, request).await;
        let problem = answer.problem(code, status);
        assert_eq!((problem.detail, problem.signals), (None, None));
        assert!(!answer.text().contains("disk"), "{}", answer.text());
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_whose_store_does_not_answer_within_a_second_is_not_ready() {
    for (fault, seconds) in [
        (Fault::Unavailable, 0),
        (Fault::Inconsistent, 0),
        (Fault::Hang, 1),
    ] {
        let store = Arc::new(FaultyStore(fault));
        let state = state(
            "https://example.org",
            store,
            test_clock(),
            Settings::default(),
        )
        .await;
        let app = app(state);
        let before = tokio::time::Instant::now();
        // The second answer is the first again: the store is not asked.
        for _ in 0..2 {
            let request = Request::get("/readyz").body(Body::empty()).unwrap();
            let problem = send(&app, request)
                .await
                .problem(ErrorCode::Unavailable, 503);
            let detail = "The store does not answer. The log says why.";
            assert_eq!(problem.detail.as_deref(), Some(detail));
        }
        assert_eq!(before.elapsed().as_secs(), seconds);
        let request = Request::get("/healthz").body(Body::empty()).unwrap();
        assert_eq!(send(&app, request).await.status, 200);
    }
}

#[derive(Clone, Copy)]
enum Fault {
    Unavailable,
    Inconsistent,
    Panic,
    Hang,
}

/// A store that can make keys and nothing else.
struct FaultyStore(Fault);

impl FaultyStore {
    async fn fail<T, E: From<StoreError>>(&self) -> Result<T, E> {
        let error = match self.0 {
            Fault::Unavailable => StoreError::Unavailable(SECRET.into()),
            Fault::Inconsistent => StoreError::Inconsistent(SECRET.into()),
            Fault::Panic => panic!("{SECRET}"),
            Fault::Hang => std::future::pending().await,
        };
        Err(error.into())
    }
}

#[async_trait::async_trait]
impl Store for FaultyStore {
    async fn ping(&self) -> Result<(), StoreError> {
        self.fail().await
    }

    async fn account(&self, _: AccountId) -> Result<Option<Account>, StoreError> {
        self.fail().await
    }

    async fn account_by_name(&self, _: &UserName) -> Result<Option<Account>, StoreError> {
        self.fail().await
    }

    async fn authentication_candidate(
        &self,
        _: &Bytes,
    ) -> Result<Option<AuthenticationCandidate>, StoreError> {
        self.fail().await
    }

    async fn credential_record(
        &self,
        _: AccountId,
        _: &Bytes,
    ) -> Result<Option<CredentialRecord>, StoreError> {
        self.fail().await
    }

    async fn credentials(&self, _: AccountId) -> Result<Credentials, StoreError> {
        self.fail().await
    }

    async fn account_by_user(&self, _: &UserHandle) -> Result<Option<Account>, StoreError> {
        self.fail().await
    }

    async fn accounts(
        &self,
        _: Option<&UserName>,
        _: u32,
    ) -> Result<Vec<AccountSummary>, StoreError> {
        self.fail().await
    }

    async fn set_display_name(
        &self,
        _: AccountId,
        _: &DisplayName,
        _: AuditEvent,
    ) -> Result<Option<Account>, StoreError> {
        self.fail().await
    }

    async fn set_locked(
        &self,
        _: AccountId,
        _: Option<Timestamp>,
        _: AuditEvent,
    ) -> Result<Option<Account>, StoreError> {
        self.fail().await
    }

    async fn delete_account(
        &self,
        _: AccountId,
        _: Option<Confirmation>,
        _: AuditEvent,
    ) -> Result<(), ChangeAccountError> {
        self.fail().await
    }

    async fn sessions(
        &self,
        _: AccountId,
        _: SessionLifetimes,
        _: Timestamp,
    ) -> Result<Vec<SessionSummary>, StoreError> {
        self.fail().await
    }

    async fn revoke_session(
        &self,
        _: AccountId,
        _: SessionId,
        _: AuditEvent,
    ) -> Result<bool, StoreError> {
        self.fail().await
    }

    async fn revoke_sessions(
        &self,
        _: AccountId,
        _: Option<TokenHash>,
        _: AuditEvent,
    ) -> Result<Revoked, StoreError> {
        self.fail().await
    }

    async fn delete_restore_key(
        &self,
        _: AccountId,
        _: &Bytes,
        _: AuditEvent,
    ) -> Result<bool, StoreError> {
        self.fail().await
    }

    async fn replace_recovery_codes(
        &self,
        _: AccountId,
        _: Vec<TokenHash>,
        _: Option<Confirmation>,
        _: AuditEvent,
    ) -> Result<(), ChangeAccountError> {
        self.fail().await
    }

    async fn recovery_codes(&self, _: AccountId) -> Result<Option<RecoveryCodes>, StoreError> {
        self.fail().await
    }

    async fn has_recovery_code(&self, _: AccountId, _: TokenHash) -> Result<bool, StoreError> {
        self.fail().await
    }

    async fn add_enrolment_link(
        &self,
        _: AccountId,
        _: TokenHash,
        _: Timestamp,
        _: Option<Confirmation>,
        _: AuditEvent,
    ) -> Result<(), ChangeAccountError> {
        self.fail().await
    }

    async fn enrolment_link(
        &self,
        _: TokenHash,
        _: Timestamp,
    ) -> Result<Option<Account>, StoreError> {
        self.fail().await
    }

    async fn secret(&self, _: &str, new: [u8; 32]) -> Result<[u8; 32], StoreError> {
        Ok(new)
    }

    async fn finish_registration(
        &self,
        _: FinishRegistration,
    ) -> Result<Account, FinishRegistrationError> {
        self.fail().await
    }

    async fn finish_authentication(
        &self,
        _: FinishAuthentication,
    ) -> Result<Authenticated, FinishAuthenticationError> {
        self.fail().await
    }

    async fn session(
        &self,
        _: TokenHash,
        _: SessionLifetimes,
        _: Timestamp,
    ) -> Result<Option<OpenSession>, StoreError> {
        self.fail().await
    }

    async fn end_session(&self, _: TokenHash, _: AuditEvent) -> Result<(), StoreError> {
        self.fail().await
    }

    async fn rename_passkey(
        &self,
        _: AccountId,
        _: &Bytes,
        _: &Label,
        _: AuditEvent,
    ) -> Result<Option<Passkey>, StoreError> {
        self.fail().await
    }

    async fn delete_passkey(
        &self,
        _: AccountId,
        _: &Bytes,
        _: bool,
        _: Option<Confirmation>,
        _: AuditEvent,
    ) -> Result<u32, DeletePasskeyError> {
        self.fail().await
    }

    async fn create_password_account(
        &self,
        _: NewPasswordAccount,
    ) -> Result<Account, CreatePasswordAccountError> {
        self.fail().await
    }

    async fn password_candidate(
        &self,
        _: &UserName,
    ) -> Result<Option<PasswordCandidate>, StoreError> {
        self.fail().await
    }

    async fn password_use(&self, _: AccountId) -> Result<Option<PasswordUse>, StoreError> {
        self.fail().await
    }

    async fn finish_password_sign_in(
        &self,
        _: FinishPasswordSignIn,
    ) -> Result<Account, FinishPasswordSignInError> {
        self.fail().await
    }

    async fn drop_password(
        &self,
        _: AccountId,
        _: Option<TokenHash>,
        _: Option<Confirmation>,
        _: AuditEvent,
    ) -> Result<(), DropPasswordError> {
        self.fail().await
    }

    async fn sealing_keys(&self) -> Result<Vec<SealingKey>, StoreError> {
        self.fail().await
    }

    async fn add_sealing_key(
        &self,
        key: SealingKey,
        _: Timestamp,
        _: AuditEvent,
    ) -> Result<Vec<SealingKey>, StoreError> {
        Ok(vec![key])
    }

    async fn replace_sealing_keys(&self, _: SealingKey, _: AuditEvent) -> Result<(), StoreError> {
        self.fail().await
    }

    async fn purge(&self, _: Purge) -> Result<PurgeReport, StoreError> {
        self.fail().await
    }

    async fn append_event(&self, _: AuditEvent) -> Result<(), StoreError> {
        self.fail().await
    }

    async fn audit_events(
        &self,
        _: AccountId,
        _: Option<[u8; 16]>,
        _: u32,
    ) -> Result<Vec<AuditEvent>, StoreError> {
        self.fail().await
    }
}
