//! How each flow comes to its end: whose the credential is, what it uses up, and which session is opened.

use axum::http::HeaderMap;
use passkeep_protocol::api::ErrorCode;
use passkeep_protocol::bytes::Bytes;
use passkeep_store::{
    AccountId, AccountTarget, AppInstall, AuditEvent, AuditKind, FinishRegistrationError, Grant,
    NewCredential, NewSession, SessionMethod, TokenHash,
};
use passkeep_verify::VerifiedRegistration;
use passkeep_verify::user::Label;

use super::begin::names;
use super::is_of_app;
use crate::ceremony::{Owner, RegistrationFlow, RestoreKeyBy};
use crate::confirmation::Spend;
use crate::device::device;
use crate::error::ApiError;
use crate::session::{Handover, Opening, SignedIn};
use crate::state::AppState;

/// What a finished registration does besides storing the credential.
pub(super) struct Purpose {
    pub(super) account: AccountTarget,
    /// It is a restore key.
    pub(super) restores: Option<Restores>,
    pub(super) grant: Option<Grant>,
    pub(super) session: Option<NewSession>,
    pub(super) handover: Handover,
    /// The credential that has opened the session.
    pub(super) current: Bytes,
    /// A password permits it, and only as the account's first passkey.
    pub(super) first: bool,
    pub(super) event: AuditEvent,
}

/// What a restore key is for.
pub(super) struct Restores {
    install: Bytes,
    /// The install whose key it takes the place of, where that is all it may do.
    renews: Option<AppInstall>,
    session: TokenHash,
    label: Label,
}

impl Restores {
    /// The kind of the credential, and its name. The app is the one whose origin has been verified, whatever it says.
    pub(super) fn kind(
        self,
        state: &AppState,
        proof: &VerifiedRegistration,
    ) -> Result<(NewCredential, Label), ApiError> {
        if !is_of_app(state, proof) {
            let error = ApiError::new(ErrorCode::AppsOnly);
            return Err(error.because("the origin of a restore key is no app's"));
        }
        let install = AppInstall {
            app_origin: proof.origin().to_owned(),
            install: self.install,
        };
        if self.renews.is_some_and(|renewed| renewed != install) {
            let error = ApiError::new(ErrorCode::ConfirmationRequired);
            return Err(error.because("another app has been restored"));
        }
        let session = self.session;
        Ok((NewCredential::Restore { install, session }, self.label))
    }
}

pub(super) async fn purpose(
    state: &AppState,
    flow: RegistrationFlow,
    headers: &HeaderMap,
    credential_id: &Bytes,
) -> Result<Purpose, ApiError> {
    let event = |kind, account| state.audit(kind, account, Some(credential_id), headers);
    match flow {
        RegistrationFlow::SignUp {
            account,
            user_name,
            display_name,
        } => {
            let (user_name, display_name) = names(&user_name, display_name.as_deref())?;
            let account = AccountTarget::New {
                id: AccountId(account),
                user_name,
                display_name,
            };
            let event = event(AuditKind::AccountCreated, None)?;
            signing_in(state, headers, account, None, credential_id, event)
        }
        RegistrationFlow::Recover { account, code } => {
            let account = AccountId(account);
            let event = event(AuditKind::PasskeyRecovered, Some(account))?;
            let grant = Some(Grant::RecoveryCode(TokenHash(code)));
            let account = AccountTarget::Existing(account);
            signing_in(state, headers, account, grant, credential_id, event)
        }
        RegistrationFlow::Enrol { account, link } => {
            let account = AccountId(account);
            let event = event(AuditKind::PasskeyEnrolled, Some(account))?;
            let grant = Some(Grant::EnrolmentLink(TokenHash(link)));
            let account = AccountTarget::Existing(account);
            signing_in(state, headers, account, grant, credential_id, event)
        }
        RegistrationFlow::Add {
            owner,
            confirmation,
        } => {
            let by_password = confirmation.as_ref().map(Spend::is_by_password);
            let event = event(AuditKind::PasskeyAdded, Some(AccountId(owner.account)))?;
            let signed_in = still_signed_in(state, owner, headers).await?;
            let grant = grant(confirmation, &signed_in);
            let first = by_password.unwrap_or_else(|| has_password_only(&signed_in));
            let purpose = signed_in_already(signed_in, grant, None, event);
            Ok(Purpose { first, ..purpose })
        }
        RegistrationFlow::Upgrade { owner } => {
            let event = event(AuditKind::PasskeyUpgraded, Some(AccountId(owner.account)))?;
            let signed_in = still_signed_in(state, owner, headers).await?;
            let first = has_password_only(&signed_in);
            let grant = grant(None, &signed_in);
            let purpose = signed_in_already(signed_in, grant, None, event);
            Ok(Purpose { first, ..purpose })
        }
        RegistrationFlow::Restore {
            owner,
            install,
            device: named,
            by,
        } => {
            let event = event(AuditKind::RestoreKeyAdded, Some(AccountId(owner.account)))?;
            let signed_in = still_signed_in(state, owner, headers).await?;
            let label = named.unwrap_or_else(|| device(headers));
            let label = Label::parse(&label).or_else(|_| Label::parse("Android device"));
            let (renews, confirmation) = match by {
                RestoreKeyBy::SignIn => (None, None),
                RestoreKeyBy::Restore => (signed_in.session.install.clone(), None),
                RestoreKeyBy::Confirmation(confirmation) => (None, Some(confirmation)),
            };
            let restores = Restores {
                install,
                renews,
                session: signed_in.token,
                label: label.map_err(ApiError::internal)?,
            };
            let grant = grant(confirmation, &signed_in);
            Ok(signed_in_already(signed_in, grant, Some(restores), event))
        }
    }
}

fn signing_in(
    state: &AppState,
    headers: &HeaderMap,
    account: AccountTarget,
    grant: Option<Grant>,
    credential_id: &Bytes,
    event: AuditEvent,
) -> Result<Purpose, ApiError> {
    let Opening { session, handover } =
        state.new_session(headers, SessionMethod::Registration, None)?;
    Ok(Purpose {
        account,
        restores: None,
        grant,
        session,
        handover,
        current: credential_id.clone(),
        first: false,
        event,
    })
}

/// What permits something to whoever is signed in: the confirmation if it takes one, or else that they still are.
fn grant(confirmation: Option<Spend>, signed_in: &SignedIn) -> Option<Grant> {
    match confirmation {
        Some(confirmation) => Some(Grant::Confirmation(confirmation.of(signed_in))),
        None => signed_in.kept_here().map(Grant::Session),
    }
}

fn has_password_only(signed_in: &SignedIn) -> bool {
    signed_in.session.method == SessionMethod::Password
}

fn signed_in_already(
    signed_in: SignedIn,
    grant: Option<Grant>,
    restores: Option<Restores>,
    event: AuditEvent,
) -> Purpose {
    let id = signed_in.session.account.id;
    let account = match signed_in.new {
        None => AccountTarget::Existing(id),
        Some(user) => AccountTarget::New {
            id,
            user_name: user.user_name,
            display_name: user.display_name,
        },
    };
    Purpose {
        account,
        restores,
        grant,
        session: None,
        handover: Handover::None,
        current: signed_in.session.credential_id,
        first: false,
        event,
    }
}

/// Whoever started the ceremony, in the same session.
async fn still_signed_in(
    state: &AppState,
    owner: Owner,
    headers: &HeaderMap,
) -> Result<SignedIn, ApiError> {
    let signed_in = state.signed_in(headers).await?;
    let signed_in = signed_in.ok_or_else(|| ApiError::new(ErrorCode::NotSignedIn))?;
    if signed_in.owner() != owner {
        let error = ApiError::new(ErrorCode::CeremonyUnknown);
        return Err(error.because("it was started in another session"));
    }
    Ok(signed_in)
}

/// A refusal by the store. What was used up already is called by the name that its owner knows it by.
pub(super) fn refused(
    error: FinishRegistrationError,
    grant: Option<&Grant>,
    first: bool,
) -> ApiError {
    if first && matches!(error, FinishRegistrationError::TooManyPasskeys) {
        let error = ApiError::new(ErrorCode::ConfirmationRequired);
        return error.because("a password buys the first passkey only");
    }
    let of_grant = matches!(
        error,
        FinishRegistrationError::GrantUsed
            | FinishRegistrationError::AccountNotFound
            | FinishRegistrationError::AccountLocked
    );
    match grant {
        Some(Grant::RecoveryCode(_)) if of_grant => {
            ApiError::new(ErrorCode::RecoveryRefused).because(error)
        }
        Some(Grant::Session(_)) if matches!(error, FinishRegistrationError::GrantUsed) => {
            ApiError::new(ErrorCode::NotSignedIn).because("the session has ended")
        }
        Some(Grant::EnrolmentLink(_)) if of_grant => {
            ApiError::new(ErrorCode::EnrolmentLinkUnknown).because(error)
        }
        _ => error.into(),
    }
}
