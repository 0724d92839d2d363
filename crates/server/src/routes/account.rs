//! The account that is signed in: its name, its activity, its ways back in, and its end.

use axum::Json;
use axum::extract::State;
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, StatusCode};
use passkeep_protocol::api::{
    AccountChange, AccountChanged, AccountDeleted, Action, Activity, ActivityRange, EnrolmentLink,
    ErrorCode, RecoveryCodes, RecoveryCodesLeft,
};
use passkeep_store::{AuditKind, Credentials, TokenHash};
use passkeep_verify::user::DisplayName;

use crate::error::ApiError;
use crate::extract::{JsonBody, Parameters};
use crate::recovery::{LINK_LIFETIME, RECOVERY_CODES, recovery_code, recovery_code_hash};
use crate::session::SignedIn;
use crate::state::AppState;
use crate::views;

/// The most events that one answer has.
const MOST_EVENTS: u32 = 200;

/// `PATCH /api/v1/account`
pub(super) async fn change(
    State(state): State<AppState>,
    headers: HeaderMap,
    SignedIn { session, .. }: SignedIn,
    JsonBody(request): JsonBody<AccountChange>,
) -> Result<Json<AccountChanged>, ApiError> {
    state.without_host()?;
    let name = DisplayName::parse(&request.display_name)
        .map_err(|error| ApiError::new(ErrorCode::InvalidDisplayName).with_detail(error))?;
    let account = session.account.id;
    let event = state.audit(AuditKind::DisplayNameChanged, Some(account), None, &headers)?;
    let changed = state.store.set_display_name(account, &name, event).await?;
    // An account that is gone has no sessions either.
    let changed = changed.ok_or_else(|| ApiError::new(ErrorCode::NotSignedIn))?;
    let credentials = state.store.credentials(account).await?;
    Ok(Json(AccountChanged {
        account: state.account_view(&changed).await?,
        signals: state.signals(&changed, &credentials),
    }))
}

/// `DELETE /api/v1/account`
pub(super) async fn delete(
    State(state): State<AppState>,
    headers: HeaderMap,
    signed_in: SignedIn,
) -> Result<(HeaderMap, Json<AccountDeleted>), ApiError> {
    let confirmed = state.confirmed(&headers, &signed_in, &Action::DeleteAccount);
    let confirmation = Some(confirmed.await?.of(&signed_in));
    let account = signed_in.session.account;
    let event = state.audit(AuditKind::AccountDeleted, Some(account.id), None, &headers)?;
    let deleted = state.store.delete_account(account.id, confirmation, event);
    deleted.await?;
    let mut signals = state.signals(&account, &Credentials::default());
    // There is nobody left to have a name.
    signals.current_user_details = None;
    Ok((
        state.forget_session(&headers).await?,
        Json(AccountDeleted { signals }),
    ))
}

/// `GET /api/v1/activity`
pub(super) async fn activity(
    State(state): State<AppState>,
    SignedIn { session, .. }: SignedIn,
    Parameters(ActivityRange { limit, before }): Parameters<ActivityRange>,
) -> Result<Json<Activity>, ApiError> {
    if !(1..=MOST_EVENTS).contains(&limit) {
        let error = ApiError::new(ErrorCode::MalformedRequest);
        return Err(error.with_detail(format_args!("`limit` is 1 to {MOST_EVENTS}")));
    }
    let before = before.map(|id| <[u8; 16]>::try_from(id.as_slice()));
    let before = before.transpose().map_err(|_| {
        let error = ApiError::new(ErrorCode::MalformedRequest);
        error.with_detail("`before` is the `next` of an earlier answer")
    })?;
    // One more, to know whether there is another page.
    let events = state
        .store
        .audit_events(session.account.id, before, limit + 1);
    let mut events = events.await?;
    let is_last = events.len() <= limit as usize;
    events.truncate(limit as usize);
    let next = events.last().filter(|_| !is_last);
    Ok(Json(Activity {
        events: events.iter().map(views::event).collect(),
        next: next.map(|event| event.id.into()),
    }))
}

/// `GET /api/v1/recovery-codes`
pub(super) async fn recovery_codes(
    State(state): State<AppState>,
    SignedIn { session, .. }: SignedIn,
) -> Result<Json<RecoveryCodesLeft>, ApiError> {
    let codes = state.store.recovery_codes(session.account.id).await?;
    Ok(Json(RecoveryCodesLeft {
        left: codes.map_or(0, |codes| codes.left),
        created_at: codes.map(|codes| codes.created_at.0),
    }))
}

/// `POST /api/v1/recovery-codes`
pub(super) async fn make_recovery_codes(
    State(state): State<AppState>,
    headers: HeaderMap,
    signed_in: SignedIn,
) -> Result<Json<RecoveryCodes>, ApiError> {
    let confirmed = state.confirmed(&headers, &signed_in, &Action::MakeRecoveryCodes);
    let confirmation = Some(confirmed.await?.of(&signed_in));
    let codes = (0..RECOVERY_CODES).map(|_| recovery_code(&*state.random));
    let codes = codes.collect::<Result<Vec<_>, _>>()?;
    let hashes = codes.iter().filter_map(|code| recovery_code_hash(code));
    let hashes = hashes.map(TokenHash).collect();
    let account = signed_in.session.account.id;
    let event = state.audit(AuditKind::RecoveryCodesMade, Some(account), None, &headers)?;
    let replaced = state
        .store
        .replace_recovery_codes(account, hashes, confirmation, event);
    replaced.await?;
    Ok(Json(RecoveryCodes { codes }))
}

/// `POST /api/v1/enrolment-links`
pub(super) async fn make_enrolment_link(
    State(state): State<AppState>,
    headers: HeaderMap,
    signed_in: SignedIn,
) -> Result<(StatusCode, Json<EnrolmentLink>), ApiError> {
    let confirmed = state.confirmed(&headers, &signed_in, &Action::MakeEnrolmentLink);
    let confirmation = Some(confirmed.await?.of(&signed_in));
    let site = site(&state, &headers);
    let site = site.ok_or_else(|| ApiError::internal("there is no site to link to"))?;
    let (link, hash) = state.enrolment_link(site)?;
    let account = signed_in.session.account.id;
    let expires_at = state.clock.now().plus_seconds(LINK_LIFETIME);
    let event = state.audit(AuditKind::EnrolmentLinkMade, Some(account), None, &headers)?;
    let hash = TokenHash(hash);
    let added = state
        .store
        .add_enrolment_link(account, hash, expires_at, confirmation, event);
    added.await?;
    Ok((StatusCode::CREATED, Json(link)))
}

/// The site that a link leads to: the one that asks, which the origin check has found to be ours, or else the first.
fn site<'a>(state: &'a AppState, headers: &HeaderMap) -> Option<&'a str> {
    let asking = headers.get(ORIGIN).and_then(|value| value.to_str().ok());
    let sites = state.rp.origins().iter().filter(|it| it.is_web());
    let mut sites = sites.map(|site| site.as_str());
    let first = sites.clone().next();
    sites.find(|site| Some(*site) == asking).or(first)
}
