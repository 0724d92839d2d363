//! How each flow begins: whom the credential is for, what is asked for, and what the finish will need.

use axum::http::HeaderMap;
use passkeep_protocol::api::{
    Action, CreateMediation, ErrorCode, MAX_INSTALL_BYTES, RegistrationStart,
};
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::names::{PublicKeyCredentialType, UserVerificationRequirement};
use passkeep_protocol::options::PublicKeyCredentialDescriptorJson;
use passkeep_store::{Account, AccountId, AuditKind, Passkey, SessionMethod, TokenHash};
use passkeep_verify::UserHandle;
use passkeep_verify::start::{Mediation, NewCredentialUser, RegistrationRequest, danger};
use passkeep_verify::user::{DisplayName, Label, NameError, UserName};

use crate::ambient::random_array;
use crate::ceremony::{RegistrationFlow, RestoreKeyBy};
use crate::error::ApiError;
use crate::metrics::{Flow, note_flow};
use crate::recovery::{link_hash, recovery_code_hash};
use crate::session::{SignedIn, is_owners};
use crate::state::AppState;

/// A registration that can start.
pub(super) struct Begun {
    pub(super) asked: RegistrationRequest,
    pub(super) flow: RegistrationFlow,
    pub(super) mediation: Option<CreateMediation>,
}

impl Begun {
    fn new(asked: RegistrationRequest, flow: RegistrationFlow) -> Self {
        Self {
            asked,
            flow,
            mediation: None,
        }
    }
}

pub(super) async fn begin(
    state: &AppState,
    headers: &HeaderMap,
    request: RegistrationStart,
) -> Result<Begun, ApiError> {
    note_flow(match &request {
        RegistrationStart::SignUp { .. } => Flow::SignUp,
        RegistrationStart::Add => Flow::Add,
        RegistrationStart::Upgrade => Flow::Upgrade,
        RegistrationStart::Restore { .. } => Flow::Restore,
        RegistrationStart::Recover { .. } => Flow::Recover,
        RegistrationStart::Enrol { .. } => Flow::Enrol,
    });
    match request {
        RegistrationStart::SignUp {
            user_name,
            display_name,
        } => sign_up(state, &user_name, display_name.as_deref()).await,
        RegistrationStart::Add => add(state, headers).await,
        RegistrationStart::Upgrade => upgrade(state, headers).await,
        RegistrationStart::Restore { install, device } => {
            restore(state, headers, install, device).await
        }
        RegistrationStart::Recover { user_name, code } => {
            recover(state, headers, &user_name, &code).await
        }
        RegistrationStart::Enrol { link } => enrol(state, &link).await,
    }
}

async fn sign_up(
    state: &AppState,
    user_name: &str,
    display_name: Option<&str>,
) -> Result<Begun, ApiError> {
    state.without_host()?;
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
    Ok(Begun::new(RegistrationRequest::new(user), flow))
}

async fn add(state: &AppState, headers: &HeaderMap) -> Result<Begun, ApiError> {
    let signed_in = signed_in(state, headers).await?;
    let add = Action::AddPasskey;
    let owner = signed_in.owner();
    let confirmed = state.confirmed(headers, &signed_in, &add).await;
    let is_fresh = state.is_fresh(&signed_in.session);
    let buys_first = state.buys_first(&signed_in.session);
    let by_owner = is_owners(&signed_in.session);
    let asked = one_more(state, signed_in.session.account).await?;
    let confirmation = match confirmed {
        Ok(confirmation) => Some(confirmation),
        Err(_) if is_fresh => None,
        // Whoever has no passkey left can confirm nothing, and should not stay without one. A restore key proves nobody's
        // presence, so a session that it has opened has to wait for a recovery code or an enrolment link.
        Err(_) if by_owner && asked.exclude_credentials.is_empty() => None,
        Err(_) if buys_first && asked.exclude_credentials.is_empty() => None,
        Err(error) => return Err(error),
    };
    let flow = RegistrationFlow::Add {
        owner,
        confirmation,
    };
    Ok(Begun::new(asked, flow))
}

/// Without a dialog nobody can be asked, so the sign-in itself has to be what shows that it is the owner.
async fn upgrade(state: &AppState, headers: &HeaderMap) -> Result<Begun, ApiError> {
    let signed_in = signed_in(state, headers).await?;
    let is_fresh = state.is_fresh(&signed_in.session);
    let buys_first = state.buys_first(&signed_in.session);
    let required = |why| Err(ApiError::new(ErrorCode::ConfirmationRequired).because(why));
    if !is_fresh && !buys_first {
        return required("nobody has signed in just now");
    }
    let flow = RegistrationFlow::Upgrade {
        owner: signed_in.owner(),
    };
    let mut asked = one_more(state, signed_in.session.account).await?;
    if !is_fresh && !asked.exclude_credentials.is_empty() {
        return required("a password buys the first passkey only");
    }
    asked.mediation = Mediation::Conditional;
    Ok(Begun {
        mediation: Some(CreateMediation::Conditional),
        ..Begun::new(asked, flow)
    })
}

/// Android asks nobody anything when an app makes or uses a restore key, so nothing that needs a person may be demanded of the
/// key. But it outlives the session it is made in, and whoever has got hold of that session's token must not make it last: its
/// owner has just signed in, or confirms. Whoever has just been restored may renew the key that did it.
async fn restore(
    state: &AppState,
    headers: &HeaderMap,
    install: Bytes,
    device: Option<String>,
) -> Result<Begun, ApiError> {
    state.only_apps(headers)?;
    let signed_in = signed_in(state, headers).await?;
    if signed_in.session.method == SessionMethod::Password {
        let error = ApiError::new(ErrorCode::ConfirmationRequired);
        return Err(error.because("a restore key would outlive the password"));
    }
    if !(1..=MAX_INSTALL_BYTES).contains(&install.as_slice().len()) {
        let error = ApiError::new(ErrorCode::MalformedRequest);
        return Err(error.with_detail(format_args!("`install` has 1 to {MAX_INSTALL_BYTES} bytes")));
    }
    if let Some(device) = &device {
        let refused = |error| ApiError::new(ErrorCode::InvalidLabel).with_detail(error);
        Label::parse(device).map_err(refused)?;
    }
    let add = Action::AddPasskey;
    let by = match state.confirmed(headers, &signed_in, &add).await {
        Ok(confirmation) => RestoreKeyBy::Confirmation(confirmation),
        Err(_) if state.is_fresh(&signed_in.session) => RestoreKeyBy::SignIn,
        Err(_) if state.is_just_restored(&signed_in.session, &install) => RestoreKeyBy::Restore,
        Err(error) => return Err(error),
    };
    let flow = RegistrationFlow::Restore {
        owner: signed_in.owner(),
        install: install.clone(),
        device,
        by,
    };
    let account = signed_in.session.account;
    let keys = state.store.credentials(account.id).await?.restore_keys;
    let is_new = keys.iter().all(|key| key.install.install != install);
    if is_new && keys.len() >= state.settings.max_passkeys as usize {
        return Err(ApiError::new(ErrorCode::TooManyPasskeys));
    }
    let mut asked = RegistrationRequest::new(user(account));
    asked.user_verification = Some(UserVerificationRequirement::Discouraged);
    if state.settings.restore_without_presence {
        asked.user_presence = danger::without_user_presence();
    }
    Ok(Begun::new(asked, flow))
}

/// The answer is the same for a name that nobody has, for a locked account and for a code that is not the account's.
async fn recover(
    state: &AppState,
    headers: &HeaderMap,
    user_name: &str,
    code: &str,
) -> Result<Begun, ApiError> {
    let refused = |why| ApiError::new(ErrorCode::RecoveryRefused).because(why);
    let name = UserName::parse(user_name).map_err(|_| refused("nobody can have this name"))?;
    // Only failures count, and only they are held back: nobody can keep the owner out.
    let failed = |why| match state.limits.account(("failed recovery", name.key())) {
        Ok(()) => refused(why),
        Err(limited) => limited.because(why),
    };
    let code = recovery_code_hash(code).ok_or_else(|| failed("it cannot be a code"))?;
    let account = state.store.account_by_name(&name).await?;
    // Somebody's or nobody's, the code is looked for.
    let owner = match &account {
        Some(account) => account.id,
        None => AccountId(random_array(&*state.random)?),
    };
    let known = state
        .store
        .has_recovery_code(owner, TokenHash(code))
        .await?;
    let kind = AuditKind::RecoveryRefused;
    let account = account.filter(|account| {
        let open = known && account.locked_at.is_none();
        if !open {
            state.tell_refusal(kind, account.id, None, headers);
        }
        open
    });
    let account = account.ok_or_else(|| failed("no open account has this name and this code"))?;
    let flow = RegistrationFlow::Recover {
        account: account.id.0,
        code,
    };
    Ok(Begun::new(one_more(state, account).await?, flow))
}

async fn enrol(state: &AppState, link: &str) -> Result<Begun, ApiError> {
    let unknown = |why| ApiError::new(ErrorCode::EnrolmentLinkUnknown).because(why);
    let link = link_hash(link).ok_or_else(|| unknown("it cannot be a link"))?;
    let now = state.clock.now();
    let account = state.store.enrolment_link(TokenHash(link), now).await?;
    let account = account.filter(|account| account.locked_at.is_none());
    let account = account.ok_or_else(|| unknown("it was used, or has expired, or never was"))?;
    let flow = RegistrationFlow::Enrol {
        account: account.id.0,
        link,
    };
    Ok(Begun::new(one_more(state, account).await?, flow))
}

async fn signed_in(state: &AppState, headers: &HeaderMap) -> Result<SignedIn, ApiError> {
    let signed_in = state.signed_in(headers).await?;
    signed_in.ok_or_else(|| ApiError::new(ErrorCode::NotSignedIn))
}

/// One more passkey of an account. How many it has is asked here as well as at finish, so that no authenticator makes a
/// passkey that cannot be stored.
async fn one_more(state: &AppState, account: Account) -> Result<RegistrationRequest, ApiError> {
    let passkeys = state.store.credentials(account.id).await?.passkeys;
    if passkeys.len() >= state.settings.max_passkeys as usize {
        return Err(ApiError::new(ErrorCode::TooManyPasskeys));
    }
    let mut asked = RegistrationRequest::new(user(account));
    asked.exclude_credentials = passkeys.into_iter().map(descriptor).collect();
    Ok(asked)
}

fn user(account: Account) -> NewCredentialUser {
    NewCredentialUser {
        handle: account.user,
        name: account.user_name,
        display_name: account.display_name,
    }
}

/// A passkey, for a list of those that an authenticator should use or leave alone.
pub(in crate::routes) fn descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptorJson {
    PublicKeyCredentialDescriptorJson {
        ty: PublicKeyCredentialType::PublicKey,
        id: passkey.id,
        transports: passkey.transports,
    }
}

pub(in crate::routes) fn names(
    user_name: &str,
    display_name: Option<&str>,
) -> Result<(UserName, DisplayName), ApiError> {
    let refused = |code| move |error: NameError| ApiError::new(code).with_detail(error);
    let user_name = UserName::parse(user_name).map_err(refused(ErrorCode::InvalidUserName))?;
    let display_name = match display_name {
        Some(name) => DisplayName::parse(name).map_err(refused(ErrorCode::InvalidDisplayName))?,
        None => DisplayName::from(&user_name),
    };
    Ok((user_name, display_name))
}
