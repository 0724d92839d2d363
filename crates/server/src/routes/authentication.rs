//! Authenticating: signing in with a passkey, confirming with one, and signing in with a restore key.

mod anyone;
mod minimal;
mod noticed;
mod unknown;

use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequest, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use passkeep_protocol::api::{
    AuthenticationFinish, AuthenticationFinished, AuthenticationStart, AuthenticationStarted,
    CEREMONY_HEADER, ErrorCode, Profile,
};
use passkeep_protocol::names::UserVerificationRequirement;
use passkeep_store::{
    Account, AccountId, AuditKind, Authenticated, AuthenticationCandidate, CredentialKind,
    FinishAuthentication, SessionMethod,
};
use passkeep_verify::start::{AuthenticationRequest, danger};
use passkeep_verify::user::UserName;
use passkeep_verify::{UserHandle, VerifiedAuthentication, VerifyError};

pub(crate) use self::anyone::AnyoneStarted;
pub(crate) use self::minimal::Minimal;
use self::noticed::noticed;
use self::unknown::{gone, unknown_credential};
use super::registration::descriptor;
use crate::ambient::random_array;
use crate::ceremony::{AuthenticationFlow, Ceremony, Owner};
use crate::confirmation::{By, What};
use crate::decoys::Subject;
use crate::device::device;
use crate::error::ApiError;
use crate::extract::{Asked, FINISH_LIMIT, JsonBody};
use crate::limits::ClientNetwork;
use crate::metrics::{Flow, note_flow};
use crate::session::{Handover, Opening, SignedIn};
use crate::state::AppState;
use crate::views;

static CEREMONY: HeaderName = HeaderName::from_static(CEREMONY_HEADER);

/// Room for all headers that an answer gets, so that their map need not grow.
const HEADERS: usize = 16;

/// `POST /api/v1/authentication/start`
pub(super) async fn start(
    State(state): State<AppState>,
    Asked {
        headers,
        extensions,
        body: request,
    }: Asked<AuthenticationStart>,
) -> Result<Response, ApiError> {
    note_flow(match &request {
        AuthenticationStart::SignIn { .. } => Flow::SignIn,
        AuthenticationStart::Confirm { .. } => Flow::Confirm,
        AuthenticationStart::Restore => Flow::Restore,
    });
    let mut profile = Profile::Full;
    let (asked, flow) = match request {
        AuthenticationStart::SignIn {
            user_name,
            profile: wanted,
        } => {
            profile = wanted;
            match user_name {
                None => {
                    let flow = AuthenticationFlow::SignIn { asked_for: None };
                    (AuthenticationRequest::anyone(), flow)
                }
                Some(name) => {
                    let network = ClientNetwork::of_request(&state, &extensions, &headers);
                    named(&state, &name, network).await?
                }
            }
        }
        AuthenticationStart::Confirm { action } => {
            let signed_in = state.signed_in(&headers).await?;
            let signed_in = signed_in.ok_or_else(|| ApiError::new(ErrorCode::NotSignedIn))?;
            let what = What::new(&action)?;
            let owner = signed_in.owner();
            (
                owners(&state, signed_in.session.account).await?,
                AuthenticationFlow::Confirm { owner, what },
            )
        }
        AuthenticationStart::Restore => {
            state.only_apps(&headers)?;
            let mut asked = AuthenticationRequest::anyone();
            asked.user_verification = Some(UserVerificationRequirement::Discouraged);
            if state.settings.restore_without_presence {
                asked.user_presence = danger::without_user_presence();
            }
            (asked, AuthenticationFlow::Restore)
        }
    };
    let names_nobody = matches!(flow, AuthenticationFlow::SignIn { asked_for: None });
    let (fresh, nonce) = state.fresh()?;
    let (options, pending) = state.rp.start_authentication(asked, fresh);
    let (ceremony, cookie) =
        state.seal(Ceremony::Authentication(pending, flow), nonce, &headers)?;
    match profile {
        Profile::Full => {
            let put_together = state.anyone_started.as_ref().filter(|_| names_nobody);
            if let Some(put_together) = put_together {
                let json = put_together.json(&ceremony, &options.challenge);
                let mut response = Response::new(Body::from(json));
                let headers = response.headers_mut();
                headers.reserve(HEADERS);
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                return Ok((cookie, response).into_response());
            }
            let started = AuthenticationStarted {
                ceremony,
                options,
                expires_in: state.rp.lifetime_seconds(),
            };
            Ok((cookie, Json(started)).into_response())
        }
        Profile::Minimal => {
            let ceremony = HeaderValue::try_from(ceremony).map_err(ApiError::internal)?;
            let header = AppendHeaders([(CEREMONY.clone(), ceremony)]);
            Ok((cookie, header, Json(Minimal::from(options))).into_response())
        }
    }
}

/// The account of that name, with all of its passkeys; or nobody, with what looks like theirs.
async fn named(
    state: &AppState,
    name: &str,
    network: Option<ClientNetwork>,
) -> Result<(AuthenticationRequest, AuthenticationFlow), ApiError> {
    let name = UserName::parse(name)
        .map_err(|error| ApiError::new(ErrorCode::InvalidUserName).with_detail(error))?;
    // From one place, so that nobody can keep the owner from starting, and whether somebody has the name or not.
    let limits = &state.limits;
    limits.account(("named sign-in", name.key(), network))?;
    let account = state.store.account_by_name(&name).await?;
    // Somebody's or nobody's, the list is looked up, and takes its time.
    let id = match &account {
        Some(account) => account.id,
        None => AccountId(random_array(&*state.random)?),
    };
    let passkeys = state.store.credentials(id).await?.passkeys;
    let real = passkeys.into_iter().map(descriptor).collect();
    let nobody = UserHandle::new(random_array::<{ UserHandle::RANDOM_BYTES }>(
        &*state.random,
    )?);
    let (list, decoy) = state.decoys.allow_list(&name, real)?;
    let subject = decoy.unwrap_or_else(|| id.into());
    let user = account.map(|account| account.user).or(nobody);
    let user = user.ok_or_else(|| ApiError::internal("the user handle has a wrong length"))?;
    let flow = AuthenticationFlow::SignIn {
        asked_for: Some(subject),
    };
    Ok((AuthenticationRequest::account(user, list), flow))
}

/// The owner of an account, with any of its passkeys, who must be verified.
async fn owners(state: &AppState, account: Account) -> Result<AuthenticationRequest, ApiError> {
    let passkeys = state.store.credentials(account.id).await?.passkeys;
    let list = passkeys.into_iter().map(descriptor).collect();
    let mut asked = AuthenticationRequest::account(account.user, list);
    asked.user_verification = Some(UserVerificationRequirement::Required);
    Ok(asked)
}

/// A finish in either profile: with the ceremony in the body beside the credential, or in a header.
pub(super) struct Finish(AuthenticationFinish);

impl FromRequest<AppState> for Finish {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let header = request.headers().get(&CEREMONY);
        let ceremony = header
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        match ceremony {
            None => {
                let body = JsonBody::<_, FINISH_LIMIT>::from_request(request, state);
                body.await.map(|JsonBody(finish)| Self(finish))
            }
            Some(ceremony) => {
                let body = JsonBody::<_, FINISH_LIMIT>::from_request(request, state);
                let JsonBody(credential) = body.await?;
                Ok(Self(AuthenticationFinish {
                    ceremony,
                    credential,
                }))
            }
        }
    }
}

/// `POST /api/v1/authentication/finish`
pub(super) async fn finish(
    State(state): State<AppState>,
    headers: HeaderMap,
    Finish(request): Finish,
) -> Result<(HeaderMap, Json<AuthenticationFinished>), ApiError> {
    let opened = state.open(&request.ceremony, &headers).await?;
    let Ceremony::Authentication(pending, flow) = opened else {
        let error = ApiError::new(ErrorCode::CeremonyUnknown);
        return Err(error.because("it is a registration"));
    };
    let credential_id = &request.credential.raw_id;
    let candidate = state.store.authentication_candidate(credential_id).await?;
    let asked_for = match &flow {
        AuthenticationFlow::SignIn { asked_for } => *asked_for,
        _ => None,
    };
    let Some(candidate) = candidate else {
        let response = &request.credential;
        return Err(unknown_credential(&state, pending, response, asked_for));
    };
    let subject = asked_for.unwrap_or_else(|| candidate.account.into());

    let now = state.clock.now();
    let confirms = matches!(flow, AuthenticationFlow::Confirm { .. });
    let tell = |refused: ApiError| {
        let kind = match confirms {
            true => AuditKind::ConfirmationRefused,
            false => AuditKind::SignInRefused,
        };
        use ErrorCode::{AccountLocked, AuthenticationRejected, TooManyRequests};
        if let AccountLocked | AuthenticationRejected | TooManyRequests = refused.code {
            state.tell_refusal(kind, candidate.account, Some(credential_id), &headers);
        }
        refused
    };
    let proof = state
        .rp
        .finish_authentication(pending, &request.credential, candidate.as_candidate(), now)
        .map_err(|error| tell(refused(&state, subject, error)))?;
    suits(&flow, &candidate, &proof).map_err(tell)?;
    if !proof.findings().is_empty() {
        let findings = noticed(proof.findings());
        tracing::warn!(findings, "accepted, but noticed");
    }

    let End {
        opening,
        what,
        kind,
    } = end(&state, &headers, flow, &candidate).await?;
    let (session, handover) = match opening {
        Some(Opening { session, handover }) => (session, handover),
        None => (None, Handover::None),
    };
    let finished = state.store.finish_authentication(FinishAuthentication {
        proof,
        session,
        device: device(&headers),
        now,
        event: state.audit(kind, Some(candidate.account), Some(credential_id), &headers)?,
    });
    let forgotten = |error: ApiError| match error.code {
        ErrorCode::CredentialUnknown => gone(&state, credential_id),
        _ => error,
    };
    let Authenticated {
        account,
        credentials,
    } = finished
        .await
        .map_err(|error| tell(forgotten(error.into())))?;
    let (added, session) = state.hand_over(handover, &account.user, &headers).await?;

    // A restore key goes with the session that it belongs to, if the new one has taken its place.
    if !credentials.ids().any(|id| id == credential_id) {
        return Err(gone(&state, credential_id));
    }
    let mut passkeys = credentials.passkeys.iter();
    let passkey = passkeys.find(|passkey| passkey.id == *credential_id);
    let by = || By::Passkey(credential_id.clone());
    let confirmation = what.map(|(owner, what)| state.confirm(owner, what, by()));
    let finished = AuthenticationFinished {
        account: state.account_view(&account).await?,
        passkey: passkey.map(|passkey| views::passkey(passkey, credential_id)),
        session,
        confirmation: confirmation.transpose()?,
        signals: state.signals(&account, &credentials),
    };
    Ok((added, Json(finished)))
}

/// Whether a credential is of the kind that the flow is for. It is refused as a wrong signature is: whoever holds a restore
/// key that does not belong here learns nothing from it.
fn suits(
    flow: &AuthenticationFlow,
    candidate: &AuthenticationCandidate,
    proof: &VerifiedAuthentication,
) -> Result<(), ApiError> {
    let refused = |why| Err(ApiError::new(ErrorCode::AuthenticationRejected).because(why));
    match (flow, &candidate.kind) {
        (
            AuthenticationFlow::SignIn { .. } | AuthenticationFlow::Confirm { .. },
            CredentialKind::Passkey,
        ) => Ok(()),
        (AuthenticationFlow::Restore, CredentialKind::Restore(install))
            if proof.origin() == install.app_origin =>
        {
            Ok(())
        }
        (AuthenticationFlow::Restore, CredentialKind::Restore(_)) => {
            refused("the restore key is another app's")
        }
        (AuthenticationFlow::Restore, CredentialKind::Passkey) => {
            refused("a passkey was used where a restore key was asked for")
        }
        (_, CredentialKind::Restore(_)) => {
            refused("a restore key was used where a passkey was asked for")
        }
    }
}

/// What a finished authentication does besides recording that the credential was used.
struct End {
    opening: Option<Opening>,
    what: Option<(Owner, What)>,
    kind: AuditKind,
}

async fn end(
    state: &AppState,
    headers: &HeaderMap,
    flow: AuthenticationFlow,
    candidate: &AuthenticationCandidate,
) -> Result<End, ApiError> {
    match flow {
        AuthenticationFlow::SignIn { .. } => Ok(End {
            opening: Some(state.new_session(headers, SessionMethod::Passkey, None)?),
            what: None,
            kind: AuditKind::SignedIn,
        }),
        AuthenticationFlow::Restore => {
            let install = match &candidate.kind {
                CredentialKind::Restore(install) => Some(install.clone()),
                CredentialKind::Passkey => None,
            };
            Ok(End {
                opening: Some(state.new_session(headers, SessionMethod::Restore, install)?),
                what: None,
                kind: AuditKind::SignedInByRestore,
            })
        }
        AuthenticationFlow::Confirm { owner, what } => {
            let signed_in: Option<SignedIn> = state.signed_in(headers).await?;
            let signed_in = signed_in.ok_or_else(|| ApiError::new(ErrorCode::NotSignedIn))?;
            if signed_in.owner() != owner {
                let error = ApiError::new(ErrorCode::CeremonyUnknown);
                return Err(error.because("it was started in another session"));
            }
            Ok(End {
                opening: None,
                what: Some((owner, what)),
                kind: AuditKind::Confirmed,
            })
        }
    }
}

fn refused(state: &AppState, subject: Subject, error: VerifyError) -> ApiError {
    held_back(state, subject, ApiError::authentication_refused(error))
}

/// A refusal that counts. Only failures do, and only they are held back: nobody can lock somebody else out.
fn held_back(state: &AppState, subject: Subject, refused: ApiError) -> ApiError {
    if refused.code != ErrorCode::AuthenticationRejected {
        return refused;
    }
    match state.limits.account(("failed sign-in", subject)) {
        Ok(()) => refused,
        Err(limited) => ApiError {
            cause: refused.cause,
            ..limited
        },
    }
}
