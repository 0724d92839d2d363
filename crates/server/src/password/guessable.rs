//! What is guessed first: a small part of all bad passwords, and most of those that people try.
//!
//! Source: NIST SP 800-63B, "Password Verifiers": common, expected or compromised values, repetitive or sequential characters,
//! and the names of the service and of its user.

/// The commonest passwords, with spaces between them, and where they are from in lines that begin with `#`.
const COMMON: &str = include_str!("common.txt");

fn common() -> impl Iterator<Item = &'static str> {
    let lines = COMMON.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace)
}

/// The longest piece that a password can be made of alone: `abcabcabc` is `abc`.
const PIECE: usize = 4;

/// Whether a password is guessed first. `names` are those of its user and of the site; what is before and after a word or a
/// name in it, digits or signs, does not make it better.
pub(super) fn is_guessed_first(password: &str, names: &[&str]) -> bool {
    let password = password.to_lowercase();
    let word = password.trim_matches(|character: char| !character.is_alphabetic());
    let is_name = |name: &&str| {
        let name = name.to_lowercase();
        name == password
            || name == word
            || name.trim_matches(|it: char| !it.is_alphabetic()) == word
    };
    // A site or a person may be called by a sign alone.
    let is_name = !word.is_empty() && names.iter().any(is_name);
    let is_common = |text: &str| common().any(|common| common == text);
    is_name
        || is_common(&password)
        || is_common(word)
        || is_repeated(&password)
        || is_sequence(&password)
}

fn is_repeated(password: &str) -> bool {
    let characters: Vec<_> = password.chars().collect();
    let is_made_of = |piece: usize| {
        let (first, rest) = (characters.iter(), characters.iter().skip(piece));
        first.zip(rest).all(|(one, next)| one == next)
    };
    (1..=PIECE).any(is_made_of)
}

/// Whether each character is the one after the character before, or the one before it, as in `abcdefgh` and `87654321`.
fn is_sequence(password: &str) -> bool {
    let codes = || {
        password
            .chars()
            .map(|character| i64::from(u32::from(character)))
    };
    let mut steps = codes().zip(codes().skip(1)).map(|(one, next)| next - one);
    let first = steps.next();
    matches!(first, Some(1 | -1)) && steps.all(|step| Some(step) == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_try_first_is_known() {
        let names = ["ada.lovelace", "example.org", "Ministry of Walks"];
        for (password, expected) in [
            ("12345678", true),
            ("Password", true),
            ("password1234!", true),
            ("qwertyuiop", true),
            ("00000000", true),
            ("12341234", true),
            ("abcabcabcab", true),
            ("87654321", true),
            ("ijklmnop", true),
            ("Ada.Lovelace1815", true),
            ("EXAMPLE.ORG", true),
            ("ministry of walks", true),
            ("abcdeabcde", false),
            ("correct horse battery staple", false),
            ("passwords are over", false),
            ("13579246", false),
            ("adalovelac", false),
        ] {
            assert_eq!(is_guessed_first(password, &names), expected, "{password}");
        }
        assert!(!is_guessed_first("4711+0815", &["!", ""]));
    }

    #[test]
    fn the_list_can_be_compared_with() {
        let words: Vec<_> = common().collect();
        assert!(words.len() > 900, "{}", words.len());
        assert!(words.is_sorted());
        for word in words {
            assert!(
                word.chars().count() >= 8 && word.to_lowercase() == word,
                "{word}"
            );
        }
    }
}
