//! Refusals, and the one place that says which error is which HTTP status and code.

use core::fmt;
use std::error::Error;
use std::sync::Arc;

use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use passkeep_protocol::api::{ErrorCode, Signals};
use passkeep_store::{
    ChangeAccountError, CreatePasswordAccountError, DeletePasskeyError, DropPasswordError,
    FinishAuthenticationError, FinishPasswordSignInError, FinishRegistrationError, StoreError,
};
use passkeep_verify::{Rejection, VerifyError};

use crate::ambient::RandomError;
use crate::keyring::KeyringError;

/// A request that is refused, or that failed.
#[derive(Debug)]
pub(crate) struct ApiError {
    pub(crate) code: ErrorCode,
    /// For the client.
    pub(crate) detail: Option<String>,
    /// For the client: after how many seconds to try again.
    pub(crate) retry_after: Option<u64>,
    /// For the client.
    pub(crate) signals: Option<Box<Signals>>,
    /// For the log only.
    pub(crate) cause: Option<Box<dyn Error + Send + Sync>>,
}

/// The status of a code.
pub(crate) fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::MalformedRequest
        | ErrorCode::CeremonyUnknown
        | ErrorCode::CeremonyExpired
        | ErrorCode::RegistrationRejected
        | ErrorCode::WrongChannel
        | ErrorCode::AppsOnly => StatusCode::BAD_REQUEST,
        ErrorCode::NotSignedIn | ErrorCode::AuthenticationRejected | ErrorCode::PasswordRefused => {
            StatusCode::UNAUTHORIZED
        }
        ErrorCode::ForbiddenOrigin
        | ErrorCode::ConfirmationRequired
        | ErrorCode::AccountLocked
        | ErrorCode::RecoveryRefused => StatusCode::FORBIDDEN,
        ErrorCode::NotFound
        | ErrorCode::CredentialUnknown
        | ErrorCode::PasskeyNotFound
        | ErrorCode::PasswordNotFound
        | ErrorCode::EnrolmentLinkUnknown
        | ErrorCode::SessionNotFound
        | ErrorCode::DeviceNotFound => StatusCode::NOT_FOUND,
        ErrorCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ErrorCode::UserNameTaken
        | ErrorCode::CeremonySpent
        | ErrorCode::CredentialAlreadyRegistered
        | ErrorCode::TooManyPasskeys
        | ErrorCode::LastPasskey
        | ErrorCode::PasskeyRequired => StatusCode::CONFLICT,
        ErrorCode::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::UnsupportedContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::InvalidUserName
        | ErrorCode::InvalidDisplayName
        | ErrorCode::InvalidLabel
        | ErrorCode::InvalidPassword => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl ApiError {
    pub(crate) fn new(code: ErrorCode) -> Self {
        Self {
            code,
            detail: None,
            retry_after: None,
            signals: None,
            cause: None,
        }
    }

    /// Something that should not have happened.
    pub(crate) fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(ErrorCode::Internal).because(cause)
    }

    /// A registration that did not pass.
    pub(crate) fn registration_refused(error: VerifyError) -> Self {
        let (code, detail) = match &error {
            VerifyError::Rejected(Rejection::CeremonyExpired) => (ErrorCode::CeremonyExpired, None),
            VerifyError::Rejected(rejection) => {
                let check = rejection.check().code();
                (ErrorCode::RegistrationRejected, Some(check.to_owned()))
            }
            other => (ErrorCode::RegistrationRejected, Some(other.to_string())),
        };
        Self {
            detail,
            ..Self::new(code).because(error)
        }
    }

    /// An authentication that did not pass. The client is not told why: whoever tries keys that are not theirs would learn
    /// from it. The log has the check.
    pub(crate) fn authentication_refused(error: VerifyError) -> Self {
        let code = match &error {
            VerifyError::Rejected(Rejection::CeremonyExpired) => ErrorCode::CeremonyExpired,
            _ => ErrorCode::AuthenticationRejected,
        };
        Self::new(code).because(error)
    }

    /// Tells the client what was wrong.
    pub(crate) fn with_detail(self, detail: impl fmt::Display) -> Self {
        Self {
            detail: Some(detail.to_string()),
            ..self
        }
    }

    /// Tells the client what its credential manager should know.
    pub(crate) fn with_signals(self, signals: Signals) -> Self {
        Self {
            signals: Some(Box::new(signals)),
            ..self
        }
    }

    /// Tells the log why.
    pub(crate) fn because(self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..self
        }
    }
}

impl IntoResponse for ApiError {
    /// Leaves the body to [`crate::problem::render`], which knows the request's id.
    fn into_response(self) -> Response {
        let status = status(self.code);
        let mut response = status.into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            // RFC 9110, 15.5.2, asks for one. Browsers show no dialog for this scheme.
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// Why an answer is a refusal, in one word that is one of a few: the check, or else the code. Nothing for an answer that is none.
pub(crate) fn reason(response: &Response) -> &'static str {
    let Some(error) = response.extensions().get::<Arc<ApiError>>() else {
        return "";
    };
    let cause = error.cause.as_deref();
    let check = cause.and_then(|cause| cause.downcast_ref::<VerifyError>());
    check.map_or(error.code.as_str(), |error| error.check().code())
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::Unavailable(_) => ErrorCode::Unavailable,
            _ => ErrorCode::Internal,
        };
        Self::new(code).because(error)
    }
}

impl From<KeyringError> for ApiError {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::Store(error) => error.into(),
            error => Self::internal(error),
        }
    }
}

impl From<RandomError> for ApiError {
    fn from(error: RandomError) -> Self {
        Self::internal(error)
    }
}

impl From<FinishRegistrationError> for ApiError {
    fn from(error: FinishRegistrationError) -> Self {
        Self::new(match error {
            FinishRegistrationError::CeremonySpent => ErrorCode::CeremonySpent,
            FinishRegistrationError::UserNameTaken => ErrorCode::UserNameTaken,
            FinishRegistrationError::CredentialAlreadyRegistered => {
                ErrorCode::CredentialAlreadyRegistered
            }
            // An account that is gone has no sessions either: whoever held one is signed out by now.
            FinishRegistrationError::AccountNotFound | FinishRegistrationError::SessionEnded => {
                ErrorCode::NotSignedIn
            }
            FinishRegistrationError::TooManyPasskeys => ErrorCode::TooManyPasskeys,
            FinishRegistrationError::AccountLocked => ErrorCode::AccountLocked,
            FinishRegistrationError::GrantUsed => ErrorCode::ConfirmationRequired,
            FinishRegistrationError::Store(error) => return error.into(),
            other => return Self::internal(other),
        })
    }
}

impl From<FinishAuthenticationError> for ApiError {
    fn from(error: FinishAuthenticationError) -> Self {
        Self::new(match error {
            FinishAuthenticationError::CeremonySpent => ErrorCode::CeremonySpent,
            FinishAuthenticationError::CredentialNotFound => ErrorCode::CredentialUnknown,
            FinishAuthenticationError::AccountLocked => ErrorCode::AccountLocked,
            FinishAuthenticationError::Store(error) => return error.into(),
            other => return Self::internal(other),
        })
    }
}

impl From<CreatePasswordAccountError> for ApiError {
    fn from(error: CreatePasswordAccountError) -> Self {
        Self::new(match error {
            CreatePasswordAccountError::UserNameTaken => ErrorCode::UserNameTaken,
            CreatePasswordAccountError::Store(error) => return error.into(),
            other => return Self::internal(other),
        })
    }
}

impl From<FinishPasswordSignInError> for ApiError {
    fn from(error: FinishPasswordSignInError) -> Self {
        Self::new(match error {
            FinishPasswordSignInError::PasswordNotFound => ErrorCode::PasswordRefused,
            FinishPasswordSignInError::AccountLocked => ErrorCode::AccountLocked,
            FinishPasswordSignInError::Store(error) => return error.into(),
            other => return Self::internal(other),
        })
    }
}

impl From<DropPasswordError> for ApiError {
    fn from(error: DropPasswordError) -> Self {
        Self::new(match error {
            DropPasswordError::GrantUsed => ErrorCode::ConfirmationRequired,
            DropPasswordError::PasswordNotFound => ErrorCode::PasswordNotFound,
            DropPasswordError::NoPasskey => ErrorCode::PasskeyRequired,
            DropPasswordError::Store(error) => return error.into(),
            other => return Self::internal(other),
        })
    }
}

impl From<DeletePasskeyError> for ApiError {
    fn from(error: DeletePasskeyError) -> Self {
        Self::new(match error {
            DeletePasskeyError::NotFound => ErrorCode::PasskeyNotFound,
            DeletePasskeyError::Last => ErrorCode::LastPasskey,
            DeletePasskeyError::GrantUsed => ErrorCode::ConfirmationRequired,
            DeletePasskeyError::Store(error) => return error.into(),
            other => return Self::internal(other),
        })
    }
}

impl From<ChangeAccountError> for ApiError {
    fn from(error: ChangeAccountError) -> Self {
        Self::new(match error {
            ChangeAccountError::GrantUsed => ErrorCode::ConfirmationRequired,
            // An account that is gone has no sessions either.
            ChangeAccountError::AccountNotFound => ErrorCode::NotSignedIn,
            ChangeAccountError::Store(error) => return error.into(),
            other => return Self::internal(other),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_the_status_that_the_contract_says() {
        use ErrorCode as Code;
        let expected = |code| match code {
            Code::MalformedRequest | Code::CeremonyUnknown => 400,
            Code::CeremonyExpired | Code::RegistrationRejected => 400,
            Code::NotSignedIn | Code::AuthenticationRejected | Code::PasswordRefused => 401,
            Code::WrongChannel | Code::AppsOnly => 400,
            Code::ForbiddenOrigin | Code::ConfirmationRequired => 403,
            Code::AccountLocked | Code::RecoveryRefused => 403,
            Code::NotFound | Code::CredentialUnknown | Code::PasskeyNotFound => 404,
            Code::EnrolmentLinkUnknown | Code::SessionNotFound | Code::DeviceNotFound => 404,
            Code::PasswordNotFound => 404,
            Code::MethodNotAllowed => 405,
            Code::UserNameTaken | Code::CeremonySpent | Code::LastPasskey => 409,
            Code::CredentialAlreadyRegistered | Code::TooManyPasskeys => 409,
            Code::PasskeyRequired => 409,
            Code::BodyTooLarge => 413,
            Code::UnsupportedContentType => 415,
            Code::InvalidUserName | Code::InvalidDisplayName | Code::InvalidLabel => 422,
            Code::InvalidPassword => 422,
            Code::TooManyRequests => 429,
            Code::Internal => 500,
            Code::Unavailable => 503,
            other => panic!("the contract has a new code: {other:?}"),
        };
        for code in ErrorCode::ALL {
            assert_eq!(status(*code).as_u16(), expected(*code), "{code:?}");
        }
    }

    #[test]
    fn an_authentication_is_refused_without_a_reason_and_a_registration_with_its_check() {
        let error = || VerifyError::Rejected(Rejection::UserNotVerified);
        let refused = ApiError::authentication_refused(error());
        assert_eq!(refused.code, ErrorCode::AuthenticationRejected);
        assert_eq!(refused.detail, None);
        let refused = ApiError::registration_refused(error());
        assert_eq!(refused.code, ErrorCode::RegistrationRejected);
        assert_eq!(refused.detail.as_deref(), Some("user_verified"));
    }
}
