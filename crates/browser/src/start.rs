//! The two functions of the most popular client library, with its error codes, for Rust: whoever ports a page keeps its
//! branches. [`create`] and [`get`] know more of what went wrong, and leave the turn-taking to the caller.

use core::cell::{Cell, RefCell};
use core::fmt;
use core::future::Future;
use std::rc::Rc;

use passkeep_protocol::names::{ResidentKeyRequirement, UserVerificationRequirement};
use passkeep_protocol::options::{
    PublicKeyCredentialCreationOptionsJson, PublicKeyCredentialRequestOptionsJson,
};
use passkeep_protocol::response::{AuthenticationResponseJson, RegistrationResponseJson};

use crate::abort::Abort;
use crate::ceremony::Mediation;
use crate::error::{ClientError, ClientErrorCode, Reason};
use crate::reflect::on_page;
use crate::typed::{create, create_conditionally, get};
use crate::wait::{changed, race, until};

/// Makes a passkey. With `use_auto_register`, without asking, if the browser has just filled in the account's password.
///
/// It ends the ceremony before it, if that is still open.
///
/// # Errors
///
/// Any [`WebAuthnErrorCode`], with the [`ClientError`] it was made from.
pub async fn start_registration(
    options: &PublicKeyCredentialCreationOptionsJson,
    use_auto_register: bool,
) -> Result<RegistrationResponseJson, WebAuthnError> {
    let made = in_turn(|abort| async move {
        if use_auto_register {
            create_conditionally(options, &abort).await
        } else {
            create(options, &abort).await
        }
    });
    made.await.map_err(|reason| WebAuthnError {
        code: registration_code(
            (
                blamed(&reason, options.rp.id.as_deref()),
                reason.exception_name().as_deref(),
            ),
            options,
            use_auto_register,
        ),
        reason,
    })
}

/// Signs in with a passkey. With `use_browser_autofill`, from the suggestions of a field, whenever the person goes there.
///
/// It ends the ceremony before it, if that is still open.
///
/// # Errors
///
/// As [`start_registration`].
pub async fn start_authentication(
    options: &PublicKeyCredentialRequestOptionsJson,
    use_browser_autofill: bool,
) -> Result<AuthenticationResponseJson, WebAuthnError> {
    let signed = in_turn(|abort| async move {
        if use_browser_autofill {
            // Suggestions are for whoever comes: nobody has said who they are.
            let for_anybody = PublicKeyCredentialRequestOptionsJson {
                allow_credentials: Vec::new(),
                ..options.clone()
            };
            get(&for_anybody, Mediation::Conditional, &abort).await
        } else {
            get(options, Mediation::Modal, &abort).await
        }
    });
    signed.await.map_err(|reason| WebAuthnError {
        code: authentication_code((
            blamed(&reason, options.rp_id.as_deref()),
            reason.exception_name().as_deref(),
        )),
        reason,
    })
}

/// Ends the ceremony that [`start_registration`] or [`start_authentication`] has open, if any.
pub fn cancel_ceremony() {
    LINE.with(|line| line.abort.take()).abort();
}

thread_local! {
    static LINE: Rc<Line> = Rc::default();
}

/// One ceremony at a time: a new one ends the one before.
#[derive(Default)]
struct Line {
    /// Of the newest ceremony.
    abort: RefCell<Abort>,
    taken: Cell<bool>,
}

/// Ends what is open, waits until the browser has let go of it, and runs the next.
async fn in_turn<T, F: Future<Output = Result<T, ClientError>>>(
    ceremony: impl FnOnce(Abort) -> F,
) -> Result<T, ClientError> {
    let line = LINE.with(Rc::clone);
    let abort = Abort::new();
    line.abort.replace(abort.clone()).abort();
    race(until(|| !line.taken.get()), abort.wait()).await;
    // Two may have waited for the same one. The older of them is aborted by now, and opens nothing.
    if abort.is_aborted() {
        return Err(Reason::Superseded.into());
    }
    let _place = Place::take(line);
    ceremony(abort).await
}

/// The line is taken until this is dropped.
struct Place(Rc<Line>);

impl Place {
    fn take(line: Rc<Line>) -> Self {
        line.taken.set(true);
        Self(line)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.taken.set(false);
        changed();
    }
}

/// A [`ClientError`] under the code that the library this replaces has for it.
#[derive(Clone, Debug, PartialEq)]
pub struct WebAuthnError {
    code: WebAuthnErrorCode,
    reason: ClientError,
}

impl WebAuthnError {
    /// The code.
    #[must_use]
    pub fn code(&self) -> WebAuthnErrorCode {
        self.code
    }

    /// The error behind it, which knows more.
    #[must_use]
    pub fn reason(&self) -> &ClientError {
        &self.reason
    }
}

impl fmt::Display for WebAuthnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.reason)
    }
}

impl core::error::Error for WebAuthnError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.reason)
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $text:literal;)+) => {
        /// The codes of a [`WebAuthnError`].
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum WebAuthnErrorCode {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl WebAuthnErrorCode {
            /// The code as JavaScript has it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

codes! {
    /// The page ended the ceremony, or a newer one took its place.
    CeremonyAborted = "ERROR_CEREMONY_ABORTED";
    /// The page's host cannot have passkeys.
    InvalidDomain = "ERROR_INVALID_DOMAIN";
    /// The RP ID does not fit the page's domain.
    InvalidRpId = "ERROR_INVALID_RP_ID";
    /// The user id is not of 1 to 64 bytes.
    InvalidUserIdLength = "ERROR_INVALID_USER_ID_LENGTH";
    /// No algorithm of the options is one that a public key can have.
    MalformedPubKeyCredParams = "ERROR_MALFORMED_PUBKEYCREDPARAMS";
    /// The authenticator could not do it, and does not say why.
    AuthenticatorGeneralError = "ERROR_AUTHENTICATOR_GENERAL_ERROR";
    /// No authenticator here can keep a discoverable credential.
    AuthenticatorMissingDiscoverableCredentialSupport = "ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT";
    /// No authenticator here can verify the person.
    AuthenticatorMissingUserVerificationSupport = "ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT";
    /// The authenticator holds one of the excluded passkeys.
    AuthenticatorPreviouslyRegistered = "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED";
    /// No authenticator here knows one of the algorithms.
    AuthenticatorNoSupportedPubKeyCredParamsAlg = "ERROR_AUTHENTICATOR_NO_SUPPORTED_PUBKEYCREDPARAMS_ALG";
    /// A passkey was to be made without asking, and the person verified all the same.
    AutoRegisterUserVerificationFailure = "ERROR_AUTO_REGISTER_USER_VERIFICATION_FAILURE";
    /// Anything else: see [`WebAuthnError::reason`].
    PassthroughSeeCauseProperty = "ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY";
}

/// An RP ID that is the page's own host is not what the browser objects to.
fn blamed(reason: &ClientError, rp_id: Option<&str>) -> ClientErrorCode {
    let code = reason.code();
    let is_own_host =
        || rp_id.is_some_and(|id| on_page("location.hostname").as_string().as_deref() == Some(id));
    match code {
        ClientErrorCode::InvalidRpId if is_own_host() => ClientErrorCode::Other,
        _ => code,
    }
}

/// What an error is known by: its code, and the name of the browser's exception.
type Found<'a> = (ClientErrorCode, Option<&'a str>);

fn authentication_code(found: Found<'_>) -> WebAuthnErrorCode {
    match found {
        (ClientErrorCode::Aborted, _) | (_, Some("AbortError")) => {
            WebAuthnErrorCode::CeremonyAborted
        }
        (ClientErrorCode::InvalidDomain, _) => WebAuthnErrorCode::InvalidDomain,
        (ClientErrorCode::InvalidRpId, _) => WebAuthnErrorCode::InvalidRpId,
        (_, Some("UnknownError")) => WebAuthnErrorCode::AuthenticatorGeneralError,
        _ => WebAuthnErrorCode::PassthroughSeeCauseProperty,
    }
}

fn registration_code(
    found: Found<'_>,
    options: &PublicKeyCredentialCreationOptionsJson,
    use_auto_register: bool,
) -> WebAuthnErrorCode {
    let selection = options.authenticator_selection.as_ref();
    let wanted_resident_key_as_of_old =
        selection.is_some_and(|selection| selection.require_resident_key);
    let wants_resident_key = selection
        .is_some_and(|selection| selection.resident_key == Some(ResidentKeyRequirement::Required));
    let wants_user_verification = selection.is_some_and(|selection| {
        selection.user_verification == Some(UserVerificationRequirement::Required)
    });
    match found {
        (ClientErrorCode::AlreadyRegistered, _) => {
            WebAuthnErrorCode::AuthenticatorPreviouslyRegistered
        }
        (_, Some("ConstraintError")) if wanted_resident_key_as_of_old => {
            WebAuthnErrorCode::AuthenticatorMissingDiscoverableCredentialSupport
        }
        (_, Some("ConstraintError")) if wants_user_verification && use_auto_register => {
            WebAuthnErrorCode::AutoRegisterUserVerificationFailure
        }
        (_, Some("ConstraintError")) if wants_user_verification => {
            WebAuthnErrorCode::AuthenticatorMissingUserVerificationSupport
        }
        // The other library, which looks at the older member alone, has no code for it.
        (_, Some("ConstraintError")) if wants_resident_key => {
            WebAuthnErrorCode::AuthenticatorMissingDiscoverableCredentialSupport
        }
        (ClientErrorCode::InvalidOptions, Some("NotSupportedError")) => {
            WebAuthnErrorCode::MalformedPubKeyCredParams
        }
        (_, Some("NotSupportedError")) => {
            WebAuthnErrorCode::AuthenticatorNoSupportedPubKeyCredParamsAlg
        }
        (_, Some("TypeError")) if !(1..=64).contains(&options.user.id.as_slice().len()) => {
            WebAuthnErrorCode::InvalidUserIdLength
        }
        _ => authentication_code(found),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn options(selection: Value) -> PublicKeyCredentialCreationOptionsJson {
        options_of("AQID", selection)
    }

    fn options_of(user_id: &str, selection: Value) -> PublicKeyCredentialCreationOptionsJson {
        serde_json::from_value(json!({
            "rp": {"name": "Example", "id": "localhost"},
            "user": {"id": user_id, "name": "ada", "displayName": "Ada"},
            "challenge": "BAUG",
            "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
            "authenticatorSelection": selection,
        }))
        .expect("they are options")
    }

    #[test]
    fn registration_has_the_codes_of_the_other_library() {
        use ClientErrorCode as Code;
        let any = || options(json!({}));
        let resident =
            || options(json!({"residentKey": "required", "userVerification": "required"}));
        let verified = || options(json!({"userVerification": "required"}));
        let cases = [
            (Code::Aborted, "", any(), false, "ERROR_CEREMONY_ABORTED"),
            (
                Code::InvalidDomain,
                "SecurityError",
                any(),
                false,
                "ERROR_INVALID_DOMAIN",
            ),
            (
                Code::InvalidRpId,
                "SecurityError",
                any(),
                false,
                "ERROR_INVALID_RP_ID",
            ),
            (
                Code::AlreadyRegistered,
                "InvalidStateError",
                any(),
                false,
                "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED",
            ),
            (
                Code::Cancelled,
                "AbortError",
                any(),
                false,
                "ERROR_CEREMONY_ABORTED",
            ),
            (
                Code::NoSuitableAuthenticator,
                "ConstraintError",
                resident(),
                true,
                "ERROR_AUTO_REGISTER_USER_VERIFICATION_FAILURE",
            ),
            (
                Code::NoSuitableAuthenticator,
                "ConstraintError",
                options(json!({"residentKey": "required"})),
                false,
                "ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT",
            ),
            (
                Code::NoSuitableAuthenticator,
                "ConstraintError",
                options(json!({"requireResidentKey": true})),
                false,
                "ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT",
            ),
            (
                Code::NoSuitableAuthenticator,
                "ConstraintError",
                verified(),
                true,
                "ERROR_AUTO_REGISTER_USER_VERIFICATION_FAILURE",
            ),
            (
                Code::NoSuitableAuthenticator,
                "ConstraintError",
                verified(),
                false,
                "ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT",
            ),
            (
                Code::NoSuitableAuthenticator,
                "ConstraintError",
                any(),
                false,
                "ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY",
            ),
            (
                Code::InvalidOptions,
                "NotSupportedError",
                any(),
                false,
                "ERROR_MALFORMED_PUBKEYCREDPARAMS",
            ),
            (
                Code::NoSuitableAuthenticator,
                "NotSupportedError",
                any(),
                false,
                "ERROR_AUTHENTICATOR_NO_SUPPORTED_PUBKEYCREDPARAMS_ALG",
            ),
            (
                Code::InvalidOptions,
                "TypeError",
                options_of("", json!({})),
                false,
                "ERROR_INVALID_USER_ID_LENGTH",
            ),
            (
                Code::InvalidOptions,
                "TypeError",
                options_of(&"A".repeat(88), json!({})),
                false,
                "ERROR_INVALID_USER_ID_LENGTH",
            ),
            (
                Code::InvalidOptions,
                "TypeError",
                any(),
                false,
                "ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY",
            ),
            (
                Code::Other,
                "UnknownError",
                any(),
                false,
                "ERROR_AUTHENTICATOR_GENERAL_ERROR",
            ),
            (
                Code::Cancelled,
                "NotAllowedError",
                any(),
                false,
                "ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY",
            ),
        ];
        for (code, name, options, use_auto_register, expected) in cases {
            let found = registration_code((code, Some(name)), &options, use_auto_register);
            assert_eq!(
                found.as_str(),
                expected,
                "{code:?} {name} {use_auto_register}"
            );
        }
    }

    #[test]
    fn authentication_has_the_codes_of_the_other_library() {
        use ClientErrorCode as Code;
        for (code, name, expected) in [
            (Code::Aborted, "AbortError", "ERROR_CEREMONY_ABORTED"),
            (Code::InvalidDomain, "SecurityError", "ERROR_INVALID_DOMAIN"),
            (Code::InvalidRpId, "SecurityError", "ERROR_INVALID_RP_ID"),
            (
                Code::Other,
                "UnknownError",
                "ERROR_AUTHENTICATOR_GENERAL_ERROR",
            ),
            (
                Code::Cancelled,
                "NotAllowedError",
                "ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY",
            ),
        ] {
            let found = authentication_code((code, Some(name)));
            assert_eq!(found.as_str(), expected, "{code:?} {name}");
        }
    }

    #[test]
    fn an_error_shows_its_code_and_what_is_behind_it() {
        let reason = ClientError::from(Reason::Displaced);
        let error = WebAuthnError {
            code: authentication_code((reason.code(), None)),
            reason,
        };
        assert_eq!(
            error.to_string(),
            "ERROR_CEREMONY_ABORTED: the ceremony was ended by the page: another request took its place"
        );
    }
}
