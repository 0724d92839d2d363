//! What went wrong, in words a person can act on.

use passkeep_browser::ClientErrorCode;
use passkeep_protocol::api::{ErrorCode, ProblemDetails};

use crate::failure::Failure;
use crate::names::NameProblem;

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
        Failure::Unreachable => {
            "The server cannot be reached. Check your connection, then try again.".to_owned()
        }
        Failure::Unreadable => {
            "The answer made no sense: something between this page and its server may have changed it. Load the page again.".to_owned()
        }
        Failure::Device(code) => device(*code, attempt).to_owned(),
    }
}

/// What to change about a name.
pub(crate) fn name_problem(problem: NameProblem) -> &'static str {
    match problem {
        NameProblem::Empty => "Type a name first.",
        NameProblem::TooLong => "This name is too long: 64 characters are the most.",
        NameProblem::ControlCharacter => {
            "This name contains characters that cannot be seen, such as a tab. Type it anew."
        }
    }
}

fn refused(problem: &ProblemDetails) -> String {
    let sentence = match problem.code {
        ErrorCode::NotSignedIn => "You are not signed in any more. Sign in again to go on.",
        ErrorCode::InvalidUserName | ErrorCode::InvalidDisplayName => {
            "This user name cannot be used. Take 1 to 64 characters: letters, digits and signs."
        }
        ErrorCode::InvalidLabel => {
            "A passkey cannot have this name. Take 1 to 64 characters: letters, digits and signs."
        }
        ErrorCode::UserNameTaken => {
            "This user name is taken. If it is yours, sign in with your passkey; if not, choose another name."
        }
        ErrorCode::CeremonyExpired => "That took too long. Try again: you have five minutes.",
        ErrorCode::CeremonyUnknown | ErrorCode::CeremonySpent => {
            "This attempt does not count any more, perhaps because of another tab. Try again."
        }
        ErrorCode::RegistrationRejected => {
            "The server could not accept this passkey. Try again, or keep it in another place: your phone, another password manager, a security key."
        }
        ErrorCode::CredentialAlreadyRegistered => {
            "This passkey is registered already. Sign in with it."
        }
        ErrorCode::TooManyPasskeys => {
            "Your account holds as many passkeys as it can. Delete one you do not use, then add this one."
        }
        ErrorCode::CredentialUnknown => {
            "This passkey does not open anything here any more: it was deleted on this site. Choose another one, or create a new passkey."
        }
        ErrorCode::AuthenticationRejected => {
            "Signing in with this passkey did not work. Try again, or choose another passkey."
        }
        ErrorCode::ConfirmationRequired => {
            "That took too long, or was used already. Try again, and confirm it with your passkey."
        }
        ErrorCode::AccountLocked => {
            "This account is locked. Ask whoever runs this site to unlock it."
        }
        ErrorCode::RecoveryRefused => {
            "This user name and recovery code do not go together, or the code has been used. Check both, or take another code."
        }
        ErrorCode::EnrolmentLinkUnknown => {
            "This link has been used, or is older than ten minutes. Make a new one on the device where you are signed in."
        }
        ErrorCode::SessionNotFound => "This session has ended already. Load the page again.",
        ErrorCode::DeviceNotFound => {
            "This device is gone already, perhaps removed in another tab. Load the page again."
        }
        ErrorCode::PasskeyNotFound => {
            "This passkey is gone already, perhaps deleted in another tab. Load the page again."
        }
        ErrorCode::LastPasskey => "This is your last passkey. Say that you mean it.",
        ErrorCode::ForbiddenOrigin => {
            "The server takes no requests from this address. Open the site at its own address."
        }
        ErrorCode::TooManyRequests => "Too many attempts. Wait a minute, then try again.",
        ErrorCode::Unavailable => {
            "The service is not available at the moment. Nothing is lost: try again soon."
        }
        ErrorCode::Internal => "Something went wrong on our side. Nothing is lost: try again soon.",
        _ => {
            "This page and its server do not understand each other. Load the page again to get the newest one."
        }
    };
    match &problem.request_id {
        Some(id) if problem.status >= 500 => format!("{sentence} (Reference: {id})"),
        _ => sentence.to_owned(),
    }
}

fn device(code: ClientErrorCode, attempt: Attempt) -> &'static str {
    match (code, attempt) {
        (ClientErrorCode::Cancelled | ClientErrorCode::Aborted, Attempt::Create) => {
            "No passkey was made: the dialog was closed, or nobody answered it. Try again when you are ready."
        }
        (ClientErrorCode::Cancelled | ClientErrorCode::Aborted, Attempt::Confirm) => {
            "Nothing was changed: the dialog was closed, or nobody answered it. Try again, and use a passkey of this account."
        }
        (ClientErrorCode::Cancelled | ClientErrorCode::Aborted, _) => {
            "You are not signed in: the dialog was closed, or there is no passkey for this site on this device. Try again, or create a passkey."
        }
        (ClientErrorCode::TimedOut, _) => {
            "Nobody answered the dialog in time. Try again when you are ready."
        }
        (ClientErrorCode::AlreadyRegistered, _) => {
            "This device or password manager holds a passkey of your account already. Choose another place for a second one: another device, or a security key."
        }
        (ClientErrorCode::NotFocused, _) => {
            "The browser shows its dialog only to the window you are in. Click into this page, then try again."
        }
        (ClientErrorCode::NeedsUserGesture, _) => {
            "The browser wants a fresh click before it shows its dialog. Press the button once more."
        }
        (ClientErrorCode::BlockedByPermissionsPolicy, _) => {
            "The page around this one does not let it use passkeys. Open this site in a tab of its own."
        }
        (ClientErrorCode::InvalidDomain | ClientErrorCode::InvalidRpId, _) => {
            "Passkeys belong to a site’s proper address, and this is not the one they are set up for. Open the site at its own address."
        }
        (ClientErrorCode::NoSuitableAuthenticator, _) => {
            "Nothing here can keep such a passkey. Set up a screen lock on this device, or use your phone, a password manager or a security key with a PIN."
        }
        (ClientErrorCode::NotSupported, _) => crate::text::home::UNSUPPORTED,
        (ClientErrorCode::Unresponsive, _) => {
            "The browser did not answer. An extension may stand in its way: switch it off for this site, or try another browser."
        }
        (ClientErrorCode::Pending, _) => {
            "Another passkey dialog is still open, perhaps in another tab. Close it, then try again."
        }
        (_, Attempt::Create) => {
            "Your device could not make a passkey. Try again, or keep it in another place: your phone, a password manager, a security key."
        }
        _ => "Your device could not use the passkey. Try again, or use another passkey.",
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
