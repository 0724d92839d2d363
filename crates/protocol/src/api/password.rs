//! Passwords of people who have not moved to passkeys yet.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::api::{Account, Action, BearerSession, Signals};

/// The shortest password that a new account may have, in characters.
pub const MIN_PASSWORD_CHARACTERS: usize = 8;

/// The longest password, in characters.
pub const MAX_PASSWORD_CHARACTERS: usize = 256;

/// What passwords are good for on a server.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PasswordMode {
    /// Nothing: there are none.
    #[default]
    Off,
    /// Those that exist sign in.
    SignIn,
    /// New accounts can be made with one as well.
    SignUp,
}

/// A password, as somebody typed it. It never prints.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Drop for Password {
    fn drop(&mut self) {
        use zeroize::Zeroize as _;
        self.0.zeroize();
    }
}

/// Makes an account that has a password and no passkey.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasswordSignUp {
    /// The user name: 1 to 64 characters, unique, without control characters.
    pub user_name: String,
    /// What to call the person; the user name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The password: [`MIN_PASSWORD_CHARACTERS`] to [`MAX_PASSWORD_CHARACTERS`] characters, and none that is guessed first:
    /// a common one, a sequence, the name of its user or of the site.
    pub password: Password,
}

/// Signs in with a password.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasswordSignIn {
    /// The user name.
    pub user_name: String,
    /// The password.
    pub password: Password,
}

/// The account is signed in with a password.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PasswordSignedIn {
    /// The account.
    pub account: Account,
    /// How many passkeys it has. If there is none, the first can be registered within five minutes, with the flow `upgrade` or
    /// `add`; if there is one, another needs a passkey.
    pub passkeys: u32,
    /// The session that was opened, for an app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<BearerSession>,
    /// What the client should tell the browser's credential manager.
    pub signals: Signals,
}

/// Confirms with the password what is about to be done, for an account without a passkey.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PasswordConfirm {
    /// The password.
    pub password: Password,
    /// What: [`Action::AddPasskey`] or [`Action::DeleteAccount`].
    pub action: Action,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_read_and_never_printed() {
        let text = r#"{"userName": "ada", "password": "open sesame"}"#;
        let request: PasswordSignIn = serde_json::from_str(text).unwrap();
        assert_eq!(request.password.as_str(), "open sesame");
        let expected = r#"PasswordSignIn { user_name: "ada", password: Password(…) }"#;
        assert_eq!(format!("{request:?}"), expected);
    }

    #[test]
    fn modes_have_the_names_that_the_configuration_has() {
        for (mode, text) in [
            (PasswordMode::Off, "\"off\""),
            (PasswordMode::SignIn, "\"sign-in\""),
            (PasswordMode::SignUp, "\"sign-up\""),
        ] {
            assert_eq!(serde_json::to_string(&mode).unwrap(), text);
        }
    }
}
