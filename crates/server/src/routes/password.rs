//! Passwords: a password opens a session and buys the first passkey.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use passkeep_protocol::api::{
    Action, Confirmation, ErrorCode, PasswordConfirm, PasswordMode, PasswordSignIn, PasswordSignUp,
    PasswordSignedIn,
};
use passkeep_store::{
    Account, AccountId, AuditKind, FinishPasswordSignIn, FinishPasswordSignInError,
    NewPasswordAccount, PasswordCandidate, SessionMethod,
};
use passkeep_verify::UserHandle;
use passkeep_verify::user::UserName;

use super::registration::names;
use crate::ambient::random_array;
use crate::confirmation::{By, What};
use crate::error::ApiError;
use crate::extract::JsonBody;
use crate::limits::ClientNetwork;
use crate::password::{Verdict, acceptable, normalised};
use crate::session::{Handover, Opening, SignedIn};
use crate::state::AppState;

/// `POST /api/v1/password/sign-up`
pub(super) async fn sign_up(
    State(state): State<AppState>,
    headers: HeaderMap,
    JsonBody(request): JsonBody<PasswordSignUp>,
) -> Result<(StatusCode, HeaderMap, Json<PasswordSignedIn>), ApiError> {
    if state.passwords() != PasswordMode::SignUp {
        return Err(not_here());
    }
    let (user_name, display_name) = names(&request.user_name, request.display_name.as_deref())?;
    let password = acceptable(&request.password, &user_name, state.site_names())?;
    state.limits.account(("sign-up", user_name.key()))?;
    if state.store.account_by_name(&user_name).await?.is_some() {
        return Err(ApiError::new(ErrorCode::UserNameTaken));
    }
    let handle = UserHandle::new(random_array::<{ UserHandle::RANDOM_BYTES }>(
        &*state.random,
    )?);
    let user = handle.ok_or_else(|| ApiError::internal("the user handle has a wrong length"))?;
    let hash = state.hasher.hash(password, &*state.random).await?;
    let Opening { session, handover } =
        state.new_session(&headers, SessionMethod::Password, None)?;
    let created = state.store.create_password_account(NewPasswordAccount {
        id: AccountId(random_array(&*state.random)?),
        user,
        user_name,
        display_name,
        hash,
        session,
        event: state.audit(AuditKind::AccountCreatedWithPassword, None, None, &headers)?,
    });
    let account = created.await?;
    let (added, signed_in) = signed_in(&state, &account, handover, &headers).await?;
    Ok((StatusCode::CREATED, added, signed_in))
}

/// `POST /api/v1/password/sign-in`. The answer is the same for a name that nobody has, for an account without a password and
/// for a wrong one, and so is the work that is done for it.
pub(super) async fn sign_in(
    State(state): State<AppState>,
    network: Option<ClientNetwork>,
    headers: HeaderMap,
    JsonBody(request): JsonBody<PasswordSignIn>,
) -> Result<(HeaderMap, Json<PasswordSignedIn>), ApiError> {
    only_with_passwords(&state)?;
    let name = UserName::parse(&request.user_name)
        .map_err(|error| ApiError::new(ErrorCode::InvalidUserName).with_detail(error))?;
    state.limits.password(name.key(), network)?;
    let candidate = state.store.password_candidate(&name).await?;
    let (account, hash) = match candidate {
        Some(PasswordCandidate { account, hash }) => (Some(account), hash),
        None => (None, None),
    };
    let password = normalised(&request.password);
    let verdict = state.hasher.verify(password.clone(), hash.clone()).await?;
    let (Some(account), Some(verified), Verdict::Right { is_dated }) = (&account, hash, verdict)
    else {
        if let Some(account) = &account {
            state.tell_refusal(AuditKind::PasswordRefused, account.id, None, &headers);
        }
        return Err(ApiError::new(ErrorCode::PasswordRefused));
    };
    state.limits.password_was_right(name.key(), network);
    let rehashed = match is_dated {
        true => Some(state.hasher.hash(password, &*state.random).await?),
        false => None,
    };
    let Opening { session, handover } =
        state.new_session(&headers, SessionMethod::Password, None)?;
    let session = session.ok_or_else(|| ApiError::internal("the host opens its own sessions"))?;
    let kind = AuditKind::SignedInByPassword;
    let finished = state.store.finish_password_sign_in(FinishPasswordSignIn {
        account: account.id,
        verified,
        rehashed,
        session,
        event: state.audit(kind, Some(account.id), None, &headers)?,
    });
    let account = finished.await.map_err(|error| {
        if let FinishPasswordSignInError::AccountLocked = error {
            state.tell_refusal(AuditKind::PasswordRefused, account.id, None, &headers);
        }
        ApiError::from(error)
    })?;
    signed_in(&state, &account, handover, &headers).await
}

async fn signed_in(
    state: &AppState,
    account: &Account,
    handover: Handover,
    headers: &HeaderMap,
) -> Result<(HeaderMap, Json<PasswordSignedIn>), ApiError> {
    let (added, session) = state.hand_over(handover, &account.user, headers).await?;
    let credentials = state.store.credentials(account.id).await?;
    let signed_in = PasswordSignedIn {
        account: state.account_view(account).await?,
        passkeys: u32::try_from(credentials.passkeys.len()).unwrap_or(u32::MAX),
        session,
        signals: state.signals(account, &credentials),
    };
    Ok((added, Json(signed_in)))
}

/// `POST /api/v1/password/confirm`, for as long as there is no passkey to confirm with. What would outlive the password (a
/// recovery code, an enrolment link) it does not confirm.
pub(super) async fn confirm(
    State(state): State<AppState>,
    network: Option<ClientNetwork>,
    headers: HeaderMap,
    signed_in: SignedIn,
    JsonBody(request): JsonBody<PasswordConfirm>,
) -> Result<Json<Confirmation>, ApiError> {
    only_with_passwords(&state)?;
    let required = |why| Err(ApiError::new(ErrorCode::ConfirmationRequired).because(why));
    let (Action::AddPasskey | Action::DeleteAccount) = request.action else {
        return required("a password does not confirm this");
    };
    let account = &signed_in.session.account;
    let credentials = state.store.credentials(account.id).await?;
    if !credentials.passkeys.is_empty() {
        return required("the account has a passkey to confirm with");
    }
    let name = UserName::parse(&account.user_name).map_err(ApiError::internal)?;
    state.limits.password(name.key(), network)?;
    let candidate = state.store.password_candidate(&name).await?;
    let candidate = candidate.filter(|found| found.account.id == account.id);
    let hash = candidate.and_then(|found| found.hash);
    let verdict = state.hasher.verify(normalised(&request.password), hash);
    if let Verdict::Wrong = verdict.await? {
        state.tell_refusal(AuditKind::PasswordRefused, account.id, None, &headers);
        return Err(ApiError::new(ErrorCode::PasswordRefused));
    }
    state.limits.password_was_right(name.key(), network);
    let kind = AuditKind::ConfirmedByPassword;
    let event = state.audit(kind, Some(account.id), None, &headers)?;
    state.store.append_event(event).await?;
    let what = What::new(&request.action)?;
    Ok(Json(state.confirm(
        signed_in.owner(),
        what,
        By::Password,
    )?))
}

/// `DELETE /api/v1/password`
pub(super) async fn delete(
    State(state): State<AppState>,
    headers: HeaderMap,
    signed_in: SignedIn,
) -> Result<StatusCode, ApiError> {
    only_with_passwords(&state)?;
    let account = signed_in.session.account.id;
    if state.store.credentials(account).await?.passkeys.is_empty() {
        return Err(ApiError::new(ErrorCode::PasskeyRequired));
    }
    let confirmed = state.confirmed(&headers, &signed_in, &Action::DropPassword);
    let confirmation = Some(confirmed.await?.of(&signed_in));
    let event = state.audit(AuditKind::PasswordDropped, Some(account), None, &headers)?;
    let asks = Some(signed_in.token);
    let dropped = state
        .store
        .drop_password(account, asks, confirmation, event);
    dropped.await?;
    Ok(StatusCode::NO_CONTENT)
}

impl AppState {
    /// What the site is called, which makes a bad password.
    fn site_names(&self) -> [&str; 2] {
        [self.rp.id(), self.rp.name()]
    }
}

fn only_with_passwords(state: &AppState) -> Result<(), ApiError> {
    match state.passwords() {
        PasswordMode::Off => Err(not_here()),
        PasswordMode::SignIn | PasswordMode::SignUp => Ok(()),
    }
}

fn not_here() -> ApiError {
    ApiError::new(ErrorCode::NotFound).with_detail("Passwords are not for this here.")
}
