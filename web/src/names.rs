//! Hints about names while a person can still change them. The server has the last word.

use passkeep_protocol::api::{MAX_LABEL_CHARACTERS, MAX_NAME_CHARACTERS};

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum NameProblem {
    Empty,
    TooLong,
    ControlCharacter,
}

/// The user name a person means, without the blanks a keyboard leaves around it.
pub(crate) fn user_name(typed: &str) -> Result<String, NameProblem> {
    checked(typed, MAX_NAME_CHARACTERS)
}

/// The passkey's name a person means.
pub(crate) fn label(typed: &str) -> Result<String, NameProblem> {
    checked(typed, MAX_LABEL_CHARACTERS)
}

fn checked(typed: &str, most: usize) -> Result<String, NameProblem> {
    let name = typed.trim();
    if name.is_empty() {
        return Err(NameProblem::Empty);
    }
    if name.chars().count() > most {
        return Err(NameProblem::TooLong);
    }
    if name.chars().any(char::is_control) {
        return Err(NameProblem::ControlCharacter);
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_around_a_name_do_not_count() {
        assert_eq!(user_name("  Ada Lovelace "), Ok("Ada Lovelace".to_owned()));
        assert_eq!(user_name(" \t "), Err(NameProblem::Empty));
    }

    #[test]
    fn length_is_counted_in_characters() {
        let longest = "ü".repeat(64);
        assert_eq!(user_name(&longest), Ok(longest.clone()));
        assert_eq!(user_name(&format!("{longest}x")), Err(NameProblem::TooLong));
        assert_eq!(label(&format!("{longest}x")), Err(NameProblem::TooLong));
    }

    #[test]
    fn control_characters_are_pointed_out() {
        assert_eq!(user_name("a\u{7}b"), Err(NameProblem::ControlCharacter));
    }
}
