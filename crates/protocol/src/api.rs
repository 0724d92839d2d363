//! Passkeep's HTTP contract: JSON in, JSON out, errors as problem details (RFC 9457).
//!
//! | route | request | answer |
//! |---|---|---|
//! | `POST /api/v1/registration/start` | [`RegistrationStart`] | [`RegistrationStarted`] |
//! | `POST /api/v1/registration/finish` | [`RegistrationFinish`] | 201 [`RegistrationFinished`] |
//! | `POST /api/v1/authentication/start` | [`AuthenticationStart`] | [`AuthenticationStarted`] |
//! | `POST /api/v1/authentication/finish` | [`AuthenticationFinish`] | [`AuthenticationFinished`] |
//! | `POST /api/v1/password/sign-up` | [`PasswordSignUp`] | 201 [`PasswordSignedIn`] |
//! | `POST /api/v1/password/sign-in` | [`PasswordSignIn`] | [`PasswordSignedIn`] |
//! | `POST /api/v1/password/confirm` | [`PasswordConfirm`] | [`Confirmation`] |
//! | `DELETE /api/v1/password` | confirmed | 204 |
//! | `GET /api/v1/session` | | [`Session`] |
//! | `DELETE /api/v1/session` | | 204 |
//! | `GET /api/v1/sessions` | | [`Sessions`] |
//! | `DELETE /api/v1/sessions` | query [`SessionsEnd`] | [`SessionsEnded`] |
//! | `DELETE /api/v1/sessions/{id}` | | 204 |
//! | `GET /api/v1/passkeys` | | [`Passkeys`] |
//! | `PATCH /api/v1/passkeys/{id}` | [`PasskeyRename`] | [`Passkey`] |
//! | `DELETE /api/v1/passkeys/{id}` | query [`PasskeyDelete`]; confirmed | [`PasskeyDeleted`] |
//! | `GET /api/v1/devices` | | [`Devices`] |
//! | `DELETE /api/v1/devices/{id}` | | [`DeviceDeleted`] |
//! | `GET /api/v1/recovery-codes` | | [`RecoveryCodesLeft`] |
//! | `POST /api/v1/recovery-codes` | confirmed | [`RecoveryCodes`] |
//! | `POST /api/v1/enrolment-links` | confirmed | 201 [`EnrolmentLink`] |
//! | `GET /api/v1/activity` | query [`ActivityRange`] | [`Activity`] |
//! | `PATCH /api/v1/account` | [`AccountChange`] | [`AccountChanged`] |
//! | `DELETE /api/v1/account` | confirmed | [`AccountDeleted`] |
//!
//! Every refusal is a [`ProblemDetails`] with an [`ErrorCode`] that does not change. Requests refuse members they do not
//! know; clients must ignore members they do not know in answers.
//!
//! # Pages and apps
//!
//! A page in a browser holds its session in a cookie that no script can read, and so does the half of a ceremony that ties it
//! to the browser. An app has no cookies: it says so with the header [`CLIENT_HEADER`]` : native` where it is not signed in,
//! gets a [`BearerSession`] when it signs in, and sends its token as `Authorization: Bearer` from then on. Neither way can be
//! used in place of the other: a request that looks like an app's and comes from a page is refused.
//!
//! # Confirmed requests
//!
//! What cannot be undone is done only after the owner has used a passkey for just that: an authentication with
//! [`AuthenticationStart::Confirm`], whose finish answers with a [`Confirmation`]. Its token goes into the header
//! [`CONFIRMATION_HEADER`] of the request, within five minutes, once. Adding a passkey needs none within five minutes of
//! signing in with a passkey.

mod account;
mod authentication;
mod passkey;
mod password;
mod problem;
mod registration;
mod session;
mod signals;

pub use account::*;
pub use authentication::*;
pub use passkey::*;
pub use password::*;
pub use problem::*;
pub use registration::*;
pub use session::*;
pub use signals::*;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::bytes::Bytes;

    #[test]
    fn flows_are_tagged_and_unknown_members_refused() {
        let parsed: RegistrationStart =
            serde_json::from_value(json!({"flow": "sign-up", "userName": "ada"})).unwrap();
        let expected = RegistrationStart::SignUp {
            user_name: "ada".into(),
            display_name: None,
        };
        assert_eq!(parsed, expected);
        let parsed: RegistrationStart = serde_json::from_value(json!({"flow": "add"})).unwrap();
        assert_eq!(parsed, RegistrationStart::Add);

        let surplus = json!({"flow": "sign-up", "userName": "ada", "admin": true});
        let refused = serde_json::from_value::<RegistrationStart>(surplus).unwrap_err();
        assert!(
            refused.to_string().contains("unknown field `admin`"),
            "{refused}"
        );
    }

    #[test]
    fn what_has_no_members_takes_none() {
        for flow in ["add", "upgrade"] {
            let surplus = json!({"flow": flow, "userName": "ada"});
            let refused = serde_json::from_value::<RegistrationStart>(surplus).unwrap_err();
            let expected = "unknown field `userName`, there are no fields";
            assert_eq!(refused.to_string(), expected, "{flow}");
        }
        for action in [
            "add-passkey",
            "make-recovery-codes",
            "make-enrolment-link",
            "delete-account",
            "drop-password",
        ] {
            let surplus = json!({"do": action, "id": "AQID"});
            let refused = serde_json::from_value::<Action>(surplus).unwrap_err();
            let expected = "unknown field `id`, there are no fields";
            assert_eq!(refused.to_string(), expected, "{action}");
        }
    }

    #[test]
    fn an_empty_start_signs_anybody_in_and_flows_take_only_what_is_theirs() {
        let read = |value| serde_json::from_value::<AuthenticationStart>(value);
        assert_eq!(read(json!({})).unwrap(), AuthenticationStart::default());
        let id = Bytes::from([1, 2, 3]);
        let confirm = AuthenticationStart::Confirm {
            action: Action::DeletePasskey { id },
        };
        let wire = json!({"flow": "confirm", "action": {"do": "delete-passkey", "id": "AQID"}});
        assert_eq!(serde_json::to_value(&confirm).unwrap(), wire);
        assert_eq!(read(wire).unwrap(), confirm);
        assert_eq!(
            read(json!({"flow": "restore"})).unwrap(),
            AuthenticationStart::Restore
        );
        for (wrong, why) in [
            (
                json!({"flow": "restore", "userName": "ada"}),
                "flow `restore` takes nothing else",
            ),
            (
                json!({"flow": "confirm"}),
                "flow `confirm` takes `action`, and nothing else",
            ),
            (
                json!({"action": {"do": "add-passkey"}}),
                "flow `sign-in` takes `userName` and `profile`",
            ),
        ] {
            assert_eq!(read(wrong).unwrap_err().to_string(), why);
        }
    }

    #[test]
    fn every_code_reads_back() {
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::from(code.as_str()), *code);
        }
        assert_eq!(ErrorCode::from("from_the_future"), ErrorCode::Unknown);
    }
}
