//! Every operation of the contract. A test holds them against the routes.

use passkeep_protocol::api::{
    AccountChange, AccountChanged, AccountDeleted, Activity, ActivityRange, AuthenticationFinish,
    AuthenticationFinished, AuthenticationStart, AuthenticationStarted, CEREMONY_HEADER,
    Confirmation, DeviceDeleted, Devices, EnrolmentLink, ErrorCode, Passkey, PasskeyDelete,
    PasskeyDeleted, PasskeyRename, Passkeys, PasswordConfirm, PasswordSignIn, PasswordSignUp,
    PasswordSignedIn, RecoveryCodes, RecoveryCodesLeft, RegistrationFinish, RegistrationFinished,
    RegistrationStart, RegistrationStarted, Session, Sessions, SessionsEnd, SessionsEnded,
};
use passkeep_protocol::response::AuthenticationResponseJson;
use utoipa::openapi::Required;
use utoipa::openapi::path::HttpMethod::{Delete, Get, Patch, Post};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::operation::{Operation, operation};
use crate::routes::authentication::Minimal;

/// The groups of operations, in reading order.
pub(super) const TAGS: &[(&str, &str)] = &[
    (
        "Registration",
        "Making a passkey: for a new account, for one that is signed in, or for one whose passkeys are lost.",
    ),
    (
        "Authentication",
        "Signing in with a passkey, confirming with one, and signing in with a restore key.",
    ),
    (
        "Passwords",
        "For people who have not moved to passkeys yet, where the server has passwords.",
    ),
    ("Sessions", "Who is signed in, where else, and signing out."),
    ("Passkeys", "The passkeys of the account that is signed in."),
    (
        "Devices",
        "The devices that can sign in with a restore key.",
    ),
    (
        "Recovery",
        "Ways back in, made while there is still a passkey.",
    ),
    ("Account", "The account itself."),
];

const SETS_BROWSER: &str = "Ties the ceremony to this browser, if it has no such cookie yet.";
const SETS_SESSION: &str = "The session that was opened, for a page.";
const CLEARS_SESSION: &str = "Makes a page forget a session that is over.";

pub(super) fn operations() -> Vec<Operation> {
    let mut all = ceremonies();
    all.extend(passwords());
    all.extend(sessions());
    all.extend(passkeys());
    all.extend(account());
    all
}

fn ceremonies() -> Vec<Operation> {
    let sealed = || ObjectBuilder::new().schema_type(Type::String);
    vec![
        operation(Post, "/api/v1/registration/start", "Registration", "startRegistration", "Ask for the options of `create()`")
            .about(
                "`sign-up` makes a new account. `add`, `upgrade` and `restore` are for whoever is signed in; `add` and \
                 `restore` are confirmed, unless the account has signed in just now. `recover` takes a recovery code and \
                 `enrol` an enrolment link. Nothing is stored before the finish.",
            )
            .maybe_signed_in()
            .of_pages_and_apps()
            .confirmed(Required::False)
            .takes::<RegistrationStart>()
            .answers::<RegistrationStarted>(200, "The options, and the ceremony to send back.")
            .adds("Set-Cookie", SETS_BROWSER)
            .refuses(&[
                ErrorCode::InvalidUserName,
                ErrorCode::InvalidDisplayName,
                ErrorCode::InvalidLabel,
                ErrorCode::UserNameTaken,
                ErrorCode::TooManyPasskeys,
                ErrorCode::NotSignedIn,
                ErrorCode::AppsOnly,
                ErrorCode::RecoveryRefused,
                ErrorCode::EnrolmentLinkUnknown,
                ErrorCode::NotFound,
            ]),
        operation(Post, "/api/v1/registration/finish", "Registration", "finishRegistration", "Hand in what `create()` made")
            .about(
                "Stores the passkey, once for each ceremony. A new account, a recovery code and an enrolment link sign in; \
                 a recovery code also ends all sessions that were open. \
                 When a passkey that an authenticator has made cannot be stored, `signals` says how to have it removed.",
            )
            .of_the_same_client()
            .of_pages_and_apps()
            .takes::<RegistrationFinish>()
            .answers::<RegistrationFinished>(201, "The passkey is stored.")
            .adds("Set-Cookie", SETS_SESSION)
            .refuses(&[
                ErrorCode::RegistrationRejected,
                ErrorCode::CeremonyExpired,
                ErrorCode::CeremonySpent,
                ErrorCode::CredentialAlreadyRegistered,
                ErrorCode::UserNameTaken,
                ErrorCode::InvalidUserName,
                ErrorCode::InvalidDisplayName,
                ErrorCode::TooManyPasskeys,
                ErrorCode::AccountLocked,
                ErrorCode::NotSignedIn,
                ErrorCode::ConfirmationRequired,
                ErrorCode::RecoveryRefused,
                ErrorCode::EnrolmentLinkUnknown,
                ErrorCode::AppsOnly,
            ]),
        operation(Post, "/api/v1/authentication/start", "Authentication", "startAuthentication", "Ask for the options of `get()`")
            .about(
                "`{}` is a sign-in of anybody. With a user name the answer looks the same for a name that nobody has. It costs \
                 nothing that lasts, so a sign-in page can ask at every visit.",
            )
            .maybe_signed_in()
            .of_pages_and_apps()
            .takes::<AuthenticationStart>()
            .answers_either::<AuthenticationStarted, Minimal>(
                200,
                "The options, and the ceremony to send back; with the profile `minimal` the options alone.",
            )
            .adds("Set-Cookie", SETS_BROWSER)
            .adds(CEREMONY_HEADER, "The ceremony, with the profile `minimal`.")
            .refuses(&[
                ErrorCode::InvalidUserName,
                ErrorCode::NotSignedIn,
                ErrorCode::AppsOnly,
            ]),
        operation(Post, "/api/v1/authentication/finish", "Authentication", "finishAuthentication", "Hand in what `get()` signed")
            .about(
                "Signs in, once for each ceremony; or answers with a confirmation, if one was asked for. Why a sign-in was \
                 refused is in the server's log only.",
            )
            .of_the_same_client()
            .of_pages_and_apps()
            .header(
                CEREMONY_HEADER,
                "The ceremony, if the body is the credential alone: for the profile `minimal`.",
                sealed(),
                Required::False,
            )
            .takes_either::<AuthenticationFinish, AuthenticationResponseJson>()
            .answers::<AuthenticationFinished>(200, "The account is signed in, or has confirmed.")
            .adds("Set-Cookie", SETS_SESSION)
            .refuses(&[
                ErrorCode::AuthenticationRejected,
                ErrorCode::CeremonyExpired,
                ErrorCode::CeremonySpent,
                ErrorCode::CredentialUnknown,
                ErrorCode::AccountLocked,
                ErrorCode::NotSignedIn,
            ]),
    ]
}

fn passwords() -> Vec<Operation> {
    vec![
        operation(Post, "/api/v1/password/sign-up", "Passwords", "signUpWithPassword", "Make an account with a password")
            .about("Nothing is at this address unless the server is set up for it.")
            .of_pages_and_apps()
            .takes::<PasswordSignUp>()
            .answers::<PasswordSignedIn>(201, "The account is made and signed in.")
            .adds("Set-Cookie", SETS_SESSION)
            .refuses(&[
                ErrorCode::InvalidUserName,
                ErrorCode::InvalidDisplayName,
                ErrorCode::InvalidPassword,
                ErrorCode::UserNameTaken,
                ErrorCode::NotFound,
            ]),
        operation(Post, "/api/v1/password/sign-in", "Passwords", "signInWithPassword", "Sign in with a password")
            .about(
                "The answer is the same for a name that nobody has and for a wrong password. The session buys the account's first \
                 passkey, within five minutes, and never another.",
            )
            .of_pages_and_apps()
            .takes::<PasswordSignIn>()
            .answers::<PasswordSignedIn>(200, "The account is signed in.")
            .adds("Set-Cookie", SETS_SESSION)
            .refuses(&[
                ErrorCode::InvalidUserName,
                ErrorCode::PasswordRefused,
                ErrorCode::AccountLocked,
                ErrorCode::NotFound,
            ]),
        operation(Post, "/api/v1/password/confirm", "Passwords", "confirmWithPassword", "Confirm with the password")
            .about("Only while the account has no passkey, and only `add-passkey` and `delete-account`.")
            .signed_in()
            .takes::<PasswordConfirm>()
            .answers::<Confirmation>(200, "What permits the action, once.")
            .refuses(&[
                ErrorCode::PasswordRefused,
                ErrorCode::ConfirmationRequired,
                ErrorCode::NotFound,
            ]),
        operation(Delete, "/api/v1/password", "Passwords", "dropPassword", "Give the password up")
            .about("The sessions that it has opened end, but for the one that asks.")
            .signed_in()
            .confirmed(Required::True)
            .answers_nothing("The account has no password any more.")
            .refuses(&[
                ErrorCode::PasskeyRequired,
                ErrorCode::PasswordNotFound,
                ErrorCode::NotFound,
            ]),
    ]
}

fn sessions() -> Vec<Operation> {
    vec![
        operation(Get, "/api/v1/session", "Sessions", "getSession", "See who is signed in")
            .maybe_signed_in()
            .answers::<Session>(200, "The account, or nobody.")
            .adds("Set-Cookie", CLEARS_SESSION),
        operation(Delete, "/api/v1/session", "Sessions", "signOut", "Sign out")
            .about("It succeeds for whoever is signed out already. The restore key of an app's install goes with its session. No passkey changes, so there are no signals.")
            .maybe_signed_in()
            .answers_nothing("Nobody is signed in.")
            .adds("Set-Cookie", CLEARS_SESSION),
        operation(Get, "/api/v1/sessions", "Sessions", "listSessions", "List the open sessions")
            .signed_in()
            .answers::<Sessions>(200, "All of them, the last used first."),
        operation(Delete, "/api/v1/sessions", "Sessions", "endSessions", "Sign out everywhere")
            .signed_in()
            .query::<SessionsEnd>()
            .answers::<SessionsEnded>(200, "They have ended, and their restore keys and all enrolment links with them.")
            .adds("Set-Cookie", CLEARS_SESSION),
        operation(Delete, "/api/v1/sessions/{id}", "Sessions", "endSession", "End one session")
            .about("A restore key goes with the session of its install. No passkey changes, so there are no signals.")
            .signed_in()
            .names("The session's id.")
            .answers_nothing("It has ended.")
            .adds("Set-Cookie", CLEARS_SESSION)
            .refuses(&[ErrorCode::SessionNotFound]),
    ]
}

fn passkeys() -> Vec<Operation> {
    vec![
        operation(
            Get,
            "/api/v1/passkeys",
            "Passkeys",
            "listPasskeys",
            "List the passkeys",
        )
        .signed_in()
        .answers::<Passkeys>(200, "All of them, newest first."),
        operation(
            Patch,
            "/api/v1/passkeys/{id}",
            "Passkeys",
            "renamePasskey",
            "Rename a passkey",
        )
        .signed_in()
        .names("The credential id.")
        .takes::<PasskeyRename>()
        .answers::<Passkey>(200, "The passkey, renamed.")
        .refuses(&[ErrorCode::InvalidLabel, ErrorCode::PasskeyNotFound]),
        operation(
            Delete,
            "/api/v1/passkeys/{id}",
            "Passkeys",
            "deletePasskey",
            "Delete a passkey",
        )
        .about(
            "What it has opened goes with it: its sessions but the one that asks, the restore keys that were made in them, \
             and the account's enrolment links. Recovery codes stay.",
        )
        .signed_in()
        .names("The credential id.")
        .query::<PasskeyDelete>()
        .confirmed(Required::True)
        .answers::<PasskeyDeleted>(200, "It is gone from the server.")
        .refuses(&[ErrorCode::PasskeyNotFound, ErrorCode::LastPasskey]),
        operation(
            Get,
            "/api/v1/devices",
            "Devices",
            "listDevices",
            "List the devices with a restore key",
        )
        .signed_in()
        .answers::<Devices>(200, "All of them, newest first."),
        operation(
            Delete,
            "/api/v1/devices/{id}",
            "Devices",
            "deleteDevice",
            "Take a device's restore key away",
        )
        .signed_in()
        .names("The credential id of the restore key.")
        .answers::<DeviceDeleted>(200, "It can restore nothing any more.")
        .refuses(&[ErrorCode::DeviceNotFound]),
    ]
}

fn account() -> Vec<Operation> {
    vec![
        operation(Get, "/api/v1/recovery-codes", "Recovery", "countRecoveryCodes", "Count the recovery codes that are left")
            .signed_in()
            .answers::<RecoveryCodesLeft>(200, "How many there are, and since when."),
        operation(Post, "/api/v1/recovery-codes", "Recovery", "makeRecoveryCodes", "Make new recovery codes")
            .about("The old ones are void.")
            .signed_in()
            .confirmed(Required::True)
            .answers::<RecoveryCodes>(200, "The codes. They are shown this once."),
        operation(Post, "/api/v1/enrolment-links", "Recovery", "makeEnrolmentLink", "Make a link for another device")
            .signed_in()
            .confirmed(Required::True)
            .answers::<EnrolmentLink>(201, "The link, as text and as a QR code."),
        operation(Get, "/api/v1/activity", "Account", "listActivity", "See what has happened to the account")
            .about("In pages: `next` of one is `before` of the one after it.")
            .signed_in()
            .query::<ActivityRange>()
            .answers::<Activity>(200, "The events, newest first."),
        operation(Patch, "/api/v1/account", "Account", "changeAccount", "Change the display name")
            .about("Where Passkeep is part of an application with accounts of its own, there is nothing at this address.")
            .signed_in()
            .takes::<AccountChange>()
            .answers::<AccountChanged>(200, "The account, changed.")
            .refuses(&[ErrorCode::InvalidDisplayName, ErrorCode::NotFound]),
        operation(Delete, "/api/v1/account", "Account", "deleteAccount", "Delete the account")
            .about("With its passkeys, its sessions and everything else it has.")
            .signed_in()
            .confirmed(Required::True)
            .answers::<AccountDeleted>(200, "It is gone.")
            .adds("Set-Cookie", CLEARS_SESSION),
    ]
}
