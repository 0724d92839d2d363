//! Registering a passkey: with a new account, or as one more of an account that is signed in.

use axum::Json;
use axum::extract::State;
use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, StatusCode};
use axum::response::AppendHeaders;
use passkeep_protocol::api::{
    ErrorCode, RegistrationFinish, RegistrationFinished, RegistrationStart, RegistrationStarted,
};
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::names::PublicKeyCredentialType;
use passkeep_protocol::options::PublicKeyCredentialDescriptorJson;
use passkeep_protocol::response::RegistrationResponseJson;
use passkeep_store::{
    AccountId, AccountTarget, AuditEvent, AuditKind, FinishRegistration, NewSession, Passkey,
};
use passkeep_verify::UserHandle;
use passkeep_verify::start::{NewCredentialUser, RegistrationRequest};
use passkeep_verify::user::{DisplayName, Label, NameError, UserName};

use crate::ambient::random_array;
use crate::ceremony::{Ceremony, Channel, RegistrationFlow, Sealed};
use crate::cookies::SetCookie;
use crate::error::ApiError;
use crate::extract::JsonBody;
use crate::label::default_label;
use crate::state::AppState;
use crate::views;

type Started = (SetCookie, Json<RegistrationStarted>);
type Finished = (StatusCode, SetCookie, Json<RegistrationFinished>);

/// `POST /api/v1/registration/start`
pub(super) async fn start(
    State(state): State<AppState>,
    headers: HeaderMap,
    JsonBody(request): JsonBody<RegistrationStart>,
) -> Result<Started, ApiError> {
    let (user, exclude, flow) = match request {
        RegistrationStart::SignUp {
            user_name,
            display_name,
        } => {
            let (user, flow) = new_account(&state, &user_name, display_name.as_deref()).await?;
            (user, Vec::new(), flow)
        }
        RegistrationStart::Add => one_more(&state, &headers).await?,
    };
    let (browser, cookie) = state.browser_or_new(&headers)?;
    let fresh = state.fresh()?;
    let mut asked = RegistrationRequest::new(user);
    asked.exclude_credentials = exclude;
    let (options, pending) = state.rp.start_registration(asked, fresh);
    let ceremony = state.seal(&Sealed {
        channel: Channel::Web { browser },
        ceremony: Ceremony::Registration(pending, flow),
    })?;
    Ok((cookie, Json(RegistrationStarted { ceremony, options })))
}

/// `POST /api/v1/registration/finish`
pub(super) async fn finish(
    State(state): State<AppState>,
    headers: HeaderMap,
    JsonBody(request): JsonBody<RegistrationFinish>,
) -> Result<Finished, ApiError> {
    let opened = state
        .open(&request.ceremony, state.browser(&headers))
        .await?;
    let Ceremony::Registration(pending, flow) = opened else {
        let error = ApiError::new(ErrorCode::CeremonyUnknown);
        return Err(error.because("it is an authentication"));
    };
    let credential_id = request.credential.raw_id.clone();
    let label = label(&request.credential, &headers)?;
    let purpose = purpose(&state, flow, &headers, &credential_id).await?;

    let now = state.clock.now();
    let proof = state
        .rp
        .finish_registration(pending, &request.credential, now)
        .map_err(ApiError::registration_refused)?;
    let finished = state.store.finish_registration(FinishRegistration {
        proof,
        account: purpose.account,
        label,
        session: purpose.session,
        max_passkeys: state.settings.max_passkeys,
        now,
        event: purpose.event,
    });
    let account = match finished.await {
        Ok(account) => account,
        Err(error) => return Err(not_stored(&state, error.into(), &credential_id).await),
    };

    let passkeys = state.store.passkeys(account.id).await?;
    let passkey = passkeys.iter().find(|passkey| passkey.id == credential_id);
    let passkey = passkey.ok_or_else(|| ApiError::internal("the new passkey is gone already"))?;
    let finished = RegistrationFinished {
        account: views::account(&account),
        passkey: views::passkey(passkey, &purpose.current),
        signals: state.signals(&account, &passkeys),
    };
    Ok((StatusCode::CREATED, purpose.cookie, Json(finished)))
}

/// What a finished registration does besides storing the passkey.
struct Purpose {
    account: AccountTarget,
    session: Option<NewSession>,
    cookie: SetCookie,
    /// The passkey that has opened the session.
    current: Bytes,
    event: AuditEvent,
}

async fn purpose(
    state: &AppState,
    flow: RegistrationFlow,
    headers: &HeaderMap,
    credential_id: &Bytes,
) -> Result<Purpose, ApiError> {
    match flow {
        RegistrationFlow::SignUp {
            account,
            user_name,
            display_name,
        } => {
            let (user_name, display_name) = names(&user_name, display_name.as_deref())?;
            let (session, cookie) = state.new_session(headers)?;
            Ok(Purpose {
                account: AccountTarget::New {
                    id: AccountId(account),
                    user_name,
                    display_name,
                },
                session: Some(session),
                cookie,
                current: credential_id.clone(),
                event: state.audit(AuditKind::AccountCreated, None, Some(credential_id))?,
            })
        }
        RegistrationFlow::Add { account, session } => {
            let signed_in = state.signed_in(headers).await?;
            let signed_in = signed_in.ok_or_else(|| ApiError::new(ErrorCode::NotSignedIn))?;
            if signed_in.token.0 != session {
                let error = ApiError::new(ErrorCode::CeremonyUnknown);
                return Err(error.because("it was started in another session"));
            }
            let account = AccountId(account);
            Ok(Purpose {
                account: AccountTarget::Existing(account),
                session: None,
                cookie: AppendHeaders(None),
                current: signed_in.session.credential_id,
                event: state.audit(AuditKind::PasskeyAdded, Some(account), Some(credential_id))?,
            })
        }
    }
}

async fn new_account(
    state: &AppState,
    user_name: &str,
    display_name: Option<&str>,
) -> Result<(NewCredentialUser, RegistrationFlow), ApiError> {
    let (name, display) = names(user_name, display_name)?;
    state.limits.account(("sign-up", name.key()))?;
    if state.store.account_by_name(&name).await?.is_some() {
        return Err(ApiError::new(ErrorCode::UserNameTaken));
    }
    let handle: [u8; UserHandle::RANDOM_BYTES] = random_array(&*state.random)?;
    let handle = UserHandle::new(handle);
    let user = NewCredentialUser {
        handle: handle.ok_or_else(|| ApiError::internal("the user handle has a wrong length"))?,
        name: name.as_str().to_owned(),
        display_name: display.as_str().to_owned(),
    };
    let flow = RegistrationFlow::SignUp {
        account: random_array(&*state.random)?,
        user_name: user_name.trim().to_owned(),
        display_name: display_name.map(|name| name.trim().to_owned()),
    };
    Ok((user, flow))
}

type OneMore = (
    NewCredentialUser,
    Vec<PublicKeyCredentialDescriptorJson>,
    RegistrationFlow,
);

async fn one_more(state: &AppState, headers: &HeaderMap) -> Result<OneMore, ApiError> {
    let signed_in = state.signed_in(headers).await?;
    let signed_in = signed_in.ok_or_else(|| ApiError::new(ErrorCode::NotSignedIn))?;
    let account = signed_in.session.account;
    let passkeys = state.store.passkeys(account.id).await?;
    state.limits.account(("add", account.id.0))?;
    // Asked here as well as at finish, so that no authenticator makes a passkey that cannot be stored.
    if passkeys.len() >= state.settings.max_passkeys as usize {
        return Err(ApiError::new(ErrorCode::TooManyPasskeys));
    }
    let user = NewCredentialUser {
        handle: account.user,
        name: account.user_name,
        display_name: account.display_name,
    };
    let flow = RegistrationFlow::Add {
        account: account.id.0,
        session: signed_in.token.0,
    };
    Ok((user, passkeys.into_iter().map(descriptor).collect(), flow))
}

fn descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptorJson {
    PublicKeyCredentialDescriptorJson {
        ty: PublicKeyCredentialType::PublicKey,
        id: passkey.id,
        transports: passkey.transports,
    }
}

fn names(user_name: &str, display_name: Option<&str>) -> Result<(UserName, DisplayName), ApiError> {
    let refused = |code| move |error: NameError| ApiError::new(code).with_detail(error);
    let user_name = UserName::parse(user_name).map_err(refused(ErrorCode::InvalidUserName))?;
    let display_name = match display_name {
        Some(name) => DisplayName::parse(name).map_err(refused(ErrorCode::InvalidDisplayName))?,
        None => DisplayName::from(&user_name),
    };
    Ok((user_name, display_name))
}

fn label(credential: &RegistrationResponseJson, headers: &HeaderMap) -> Result<Label, ApiError> {
    let user_agent = headers
        .get(USER_AGENT)
        .and_then(|value| value.to_str().ok());
    let label = default_label(
        credential.authenticator_attachment.as_ref(),
        &credential.response.transports,
        user_agent.unwrap_or_default(),
    );
    Label::parse(&label).map_err(ApiError::internal)
}

/// A refusal by the store, when an authenticator has made a passkey already. Its owner's credential manager should forget
/// it, but only if the server has certainly not got it: a replayed finish must never cost anybody a good passkey.
async fn not_stored(state: &AppState, error: ApiError, credential_id: &Bytes) -> ApiError {
    let useless = matches!(
        error.code,
        ErrorCode::UserNameTaken | ErrorCode::TooManyPasskeys | ErrorCode::NotSignedIn
    );
    if !useless {
        return error;
    }
    match state.store.authentication_candidate(credential_id).await {
        Ok(None) => error.with_signals(state.rp.signals_for_unknown(credential_id.clone())),
        _ => error,
    }
}
