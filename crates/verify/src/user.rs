//! What accounts and passkeys may be called.
//!
//! User names follow the PRECIS profile `UsernameCasePreserved` and display names and labels the profile `Nickname`, as
//! the specification asks ([L3 §5.4.3]; RFC 8265 §3.4, RFC 8266). Two user names that differ only by case are the same
//! account: [`UserName::key`] is what must be unique.
//!
//! [L3 §5.4.3]: https://www.w3.org/TR/webauthn-3/#dictionary-user-credential-params

use core::fmt;

use passkeep_protocol::api::{MAX_LABEL_CHARACTERS, MAX_NAME_CHARACTERS};
use precis_profiles::precis_core::profile::PrecisFastInvocation as _;
use precis_profiles::{Nickname, UsernameCaseMapped, UsernameCasePreserved};

/// Why a name cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NameError {
    /// Nothing is left of it after normalisation.
    Empty,
    /// It has more characters than the payload says.
    TooLong {
        /// The most characters it may have.
        max: usize,
    },
    /// It has a character that such names cannot have: a control character, or in a user name a space, a symbol, or
    /// letters of both writing directions.
    Characters,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty"),
            Self::TooLong { max } => write!(f, "it is longer than {max} characters"),
            Self::Characters => f.write_str("it has a character that is not allowed"),
        }
    }
}

impl core::error::Error for NameError {}

/// What a person types to name an account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UserName {
    name: String,
    key: String,
}

impl UserName {
    /// Normalises a name: 1 to [`MAX_NAME_CHARACTERS`] characters, letters, digits and ASCII punctuation.
    ///
    /// # Errors
    ///
    /// A [`NameError`].
    ///
    /// ```
    /// # use passkeep_verify::user::{NameError, UserName};
    /// let ada = UserName::parse("Ada").unwrap();
    /// assert_eq!((ada.as_str(), ada.key()), ("Ada", "ada"));
    /// assert_eq!(UserName::parse("ada lovelace"), Err(NameError::Characters));
    /// ```
    pub fn parse(input: &str) -> Result<Self, NameError> {
        let input = bounded(input.trim(), MAX_NAME_CHARACTERS)?;
        let name = UsernameCasePreserved::enforce(input).map_err(|_| NameError::Characters)?;
        bounded(&name, MAX_NAME_CHARACTERS)?;
        let key = UsernameCaseMapped::enforce(&*name).map_err(|_| NameError::Characters)?;
        let key = key.replace('ς', "σ");
        // A letter can have two in the other case, and what is unique may be no longer than a name.
        bounded(&key, MAX_NAME_CHARACTERS)?;
        Ok(Self {
            key,
            name: name.into_owned(),
        })
    }

    /// The name as it is shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The form that is unique among accounts: the profile `UsernameCaseMapped`, but that sigma is one letter wherever it stands.
    /// Where a capital one becomes σ and where ς depends on what follows it, so the profile alone gives two forms to `ΑΣ0Σ` and
    /// `ΑΣ0ς`, which differ only by case. The form is there to be compared and not to be parsed again: it can have letters that
    /// PRECIS does not know, such as the small ones of Cherokee.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// What to call a person.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DisplayName(String);

impl DisplayName {
    /// Normalises a name: 1 to [`MAX_NAME_CHARACTERS`] characters.
    ///
    /// # Errors
    ///
    /// A [`NameError`].
    pub fn parse(input: &str) -> Result<Self, NameError> {
        nickname(input, MAX_NAME_CHARACTERS).map(Self)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&UserName> for DisplayName {
    fn from(name: &UserName) -> Self {
        Self(name.name.clone())
    }
}

/// What a person calls a passkey.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Label(String);

impl Label {
    /// Normalises a label: 1 to [`MAX_LABEL_CHARACTERS`] characters.
    ///
    /// # Errors
    ///
    /// A [`NameError`].
    pub fn parse(input: &str) -> Result<Self, NameError> {
        nickname(input, MAX_LABEL_CHARACTERS).map(Self)
    }

    /// The label.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn nickname(input: &str, max: usize) -> Result<String, NameError> {
    let input = bounded(input.trim(), max)?;
    let name = Nickname::enforce(input).map_err(|_| NameError::Characters)?;
    bounded(&name, max)?;
    Ok(name.into_owned())
}

/// Checks the length. It is checked before normalisation, so that its cost is bounded, and after it, because one character
/// can become many.
fn bounded(text: &str, max: usize) -> Result<&str, NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if text.chars().nth(max).is_some() {
        return Err(NameError::TooLong { max });
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_of_no_and_of_too_many_characters_are_refused() {
        assert_eq!(UserName::parse(""), Err(NameError::Empty));
        assert_eq!(UserName::parse(" \t"), Err(NameError::Empty));
        let too_long = Err(NameError::TooLong { max: 64 });
        assert_eq!(UserName::parse(&"a".repeat(500)), too_long);
        assert_eq!(UserName::parse(&"ä".repeat(65)), too_long);
        assert_eq!(
            UserName::parse(&"ä".repeat(64)).unwrap().as_str().len(),
            128
        );
    }

    #[test]
    fn a_name_whose_key_is_too_long_is_refused() {
        let name = |letters| "a".repeat(letters) + "İ";
        assert_eq!(
            UserName::parse(&name(62)).unwrap().key().chars().count(),
            64
        );
        let too_long = Err(NameError::TooLong { max: 64 });
        assert_eq!(UserName::parse(&name(63)), too_long);
    }

    #[test]
    fn control_characters_and_spaces_are_refused_in_user_names() {
        for name in [
            "a\u{0}b",
            "a\nb",
            "a\u{7f}",
            "a b",
            "a\u{202e}b",
            "a\u{200b}b",
        ] {
            assert_eq!(
                UserName::parse(name),
                Err(NameError::Characters),
                "{name:?}"
            );
        }
    }

    #[test]
    fn names_that_look_the_same_to_a_person_have_one_key() {
        for name in ["Zoë", "zoe\u{308}", "ZOË", "ｚｏë", " zoë "] {
            assert_eq!(UserName::parse(name).unwrap().key(), "zoë", "{name:?}");
        }
    }

    #[test]
    fn sigma_is_one_letter_wherever_it_stands() {
        for name in ["ΑΣ0Σ", "ΑΣ0ς", "ασ0σ", "ας0ς"] {
            assert_eq!(UserName::parse(name).unwrap().key(), "ασ0σ", "{name}");
        }
        assert_eq!(UserName::parse("Νίκος").unwrap().as_str(), "Νίκος");
    }

    #[test]
    fn a_name_may_have_a_key_that_is_no_name() {
        // Unicode gave Cherokee its small letters after the tables of PRECIS were drawn up.
        let name = UserName::parse("ᎺᎵ").unwrap();
        assert_eq!((name.as_str(), name.key()), ("ᎺᎵ", "ꮊꮅ"));
        assert_eq!(UserName::parse(name.key()), Err(NameError::Characters));
    }

    #[test]
    fn labels_keep_inner_spaces_and_lose_outer_ones() {
        assert_eq!(Label::parse("  my   phone ").unwrap().as_str(), "my phone");
        assert_eq!(Label::parse("a\u{1b}[31m"), Err(NameError::Characters));
        assert_eq!(Label::parse("\u{a0}\u{a0}"), Err(NameError::Empty));
        assert_eq!(
            DisplayName::parse("Ada Lovelace 🚀").unwrap().as_str(),
            "Ada Lovelace 🚀"
        );
    }
}
