//! What went wrong, in words a person can act on.

use passkeep_browser::ClientErrorCode;
use passkeep_protocol::api::{ErrorCode, MAX_NAME_CHARACTERS, ProblemDetails};

use crate::failure::Failure;
use crate::names::NameProblem;
use crate::text::{home, problem as words};

/// What a person was doing when it went wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Attempt {
    /// Making a passkey.
    Create,
    /// Signing in.
    SignIn,
    /// Confirming a change with a passkey.
    Confirm,
    /// Anything else: looking, renaming, deleting, signing out.
    Manage,
}

/// One or two sentences: what happened, and what to do now.
pub(crate) fn explain(failure: &Failure, attempt: Attempt) -> String {
    match failure {
        Failure::Refused(problem) => refused(problem),
        Failure::Unreachable => words::unreachable().to_owned(),
        Failure::Unreadable => words::unreadable().to_owned(),
        Failure::Device(code) => device(*code, attempt).to_owned(),
    }
}

/// What to change about a name.
pub(crate) fn name_problem(problem: NameProblem) -> String {
    match problem {
        NameProblem::Empty => words::name_empty().to_owned(),
        NameProblem::TooLong => {
            words::name_too_long(u32::try_from(MAX_NAME_CHARACTERS).unwrap_or(u32::MAX))
        }
        NameProblem::ControlCharacter => words::name_control().to_owned(),
    }
}

fn refused(problem: &ProblemDetails) -> String {
    let sentence = match problem.code {
        ErrorCode::NotSignedIn => words::not_signed_in(),
        ErrorCode::InvalidUserName | ErrorCode::InvalidDisplayName => words::user_name(),
        ErrorCode::InvalidLabel => words::label(),
        ErrorCode::UserNameTaken => words::user_name_taken(),
        ErrorCode::CeremonyExpired => words::ceremony_expired(),
        ErrorCode::CeremonyUnknown | ErrorCode::CeremonySpent => words::ceremony_gone(),
        ErrorCode::RegistrationRejected => words::registration_rejected(),
        ErrorCode::CredentialAlreadyRegistered => words::already_registered(),
        ErrorCode::TooManyPasskeys => words::too_many_passkeys(),
        ErrorCode::CredentialUnknown => words::credential_unknown(),
        ErrorCode::AuthenticationRejected => words::authentication_rejected(),
        ErrorCode::ConfirmationRequired => words::confirmation_required(),
        ErrorCode::AccountLocked => words::account_locked(),
        ErrorCode::RecoveryRefused => words::recovery_refused(),
        ErrorCode::EnrolmentLinkUnknown => words::link_unknown(),
        ErrorCode::SessionNotFound => words::session_gone(),
        ErrorCode::DeviceNotFound => words::device_gone(),
        ErrorCode::PasskeyNotFound => words::passkey_gone(),
        ErrorCode::PasswordRefused => words::password_refused(),
        ErrorCode::InvalidPassword => words::password_invalid(),
        ErrorCode::PasskeyRequired => words::passkey_required(),
        ErrorCode::PasswordNotFound => words::password_gone(),
        ErrorCode::LastPasskey => words::last_passkey(),
        ErrorCode::ForbiddenOrigin => words::forbidden_origin(),
        ErrorCode::TooManyRequests => words::too_many_requests(),
        ErrorCode::Unavailable => words::unavailable(),
        ErrorCode::Internal => words::internal(),
        _ => words::general(),
    };
    match &problem.request_id {
        Some(id) if problem.status >= 500 => words::reference(id, sentence),
        _ => sentence.to_owned(),
    }
}

fn device(code: ClientErrorCode, attempt: Attempt) -> &'static str {
    match (code, attempt) {
        (ClientErrorCode::Cancelled | ClientErrorCode::Aborted, Attempt::Create) => {
            words::cancelled_create()
        }
        (ClientErrorCode::Cancelled | ClientErrorCode::Aborted, Attempt::Confirm) => {
            words::cancelled_confirm()
        }
        (ClientErrorCode::Cancelled | ClientErrorCode::Aborted, _) => words::cancelled_sign_in(),
        (ClientErrorCode::TimedOut, _) => words::timed_out(),
        (ClientErrorCode::AlreadyRegistered, _) => words::held_already(),
        (ClientErrorCode::NotFocused, _) => words::not_focused(),
        (ClientErrorCode::NeedsUserGesture, _) => words::needs_gesture(),
        (ClientErrorCode::BlockedByPermissionsPolicy, _) => words::blocked(),
        (ClientErrorCode::InvalidDomain | ClientErrorCode::InvalidRpId, _) => {
            words::wrong_address()
        }
        (ClientErrorCode::NoSuitableAuthenticator, _) => words::no_authenticator(),
        (ClientErrorCode::NotSupported, _) => home::unsupported(),
        (ClientErrorCode::Unresponsive, _) => words::unresponsive(),
        (ClientErrorCode::Pending, _) => words::pending(),
        (_, Attempt::Create) => words::device_create(),
        _ => words::device_use(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(code: ErrorCode, status: u16) -> Failure {
        Failure::Refused(Box::new(ProblemDetails {
            ty: format!("urn:passkeep:problem:{}", code.as_str()),
            title: code.title().to_owned(),
            status,
            code,
            detail: None,
            request_id: Some("r-17".to_owned()),
            signals: None,
        }))
    }

    #[test]
    fn the_same_dialog_closed_means_different_things() {
        let closed = Failure::Device(ClientErrorCode::Cancelled);
        assert!(explain(&closed, Attempt::Create).starts_with("No passkey was made"));
        assert!(explain(&closed, Attempt::SignIn).starts_with("You are not signed in"));
    }

    #[test]
    fn only_the_server_s_own_faults_carry_a_reference() {
        let ours = explain(&problem(ErrorCode::Internal, 500), Attempt::Manage);
        assert!(ours.ends_with("(Reference: r-17)"), "{ours}");
        let theirs = explain(&problem(ErrorCode::UserNameTaken, 409), Attempt::Create);
        assert!(theirs.ends_with("choose another name."), "{theirs}");
    }

    #[test]
    fn a_code_from_the_future_gets_the_general_sentence() {
        let said = explain(&problem(ErrorCode::Unknown, 400), Attempt::Manage);
        assert_eq!(
            said,
            "This page and its server do not understand each other. Load the page again to get the newest one."
        );
    }

    /// Every refusal a person can do something about has words of its own; the rest are faults of the program.
    #[test]
    fn only_faults_of_the_program_share_the_general_sentence() {
        let general = explain(&problem(ErrorCode::Unknown, 400), Attempt::Manage);
        let sharing: Vec<_> = ErrorCode::ALL
            .iter()
            .filter(|code| explain(&problem(**code, 400), Attempt::Manage) == general)
            .map(|code| code.as_str())
            .collect();
        let faults = [
            "malformed_request",
            "unsupported_content_type",
            "body_too_large",
            "not_found",
            "method_not_allowed",
            "wrong_channel",
            "apps_only",
        ];
        assert_eq!(sharing, faults);
    }
}
