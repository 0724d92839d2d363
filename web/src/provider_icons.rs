//! Pictures of passkey providers, for those that have one: `scripts/lib/provider-icons.mjs` makes them.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::account_passkeys::AccountPasskeys;
use crate::api;
use crate::language::meta;

/// How many colours there are for tiles with a letter: the classes `tile-0` and on of `web/styles/parts.css`.
const COLOURS: u32 = 6;

/// How the names of providers begin, each followed by the address of its picture. Fetched once somebody has a passkey whose
/// provider is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProviderIcons(RwSignal<Option<Vec<String>>>);

impl ProviderIcons {
    /// Makes them known to all components below.
    pub(crate) fn provide(passkeys: AccountPasskeys) {
        let table = RwSignal::new(None);
        provide_context(Self(table));
        let wanted = Memo::new(move |_| passkeys.all().iter().any(|it| it.provider.is_some()));
        Effect::new(move |_| {
            if wanted.get() {
                spawn_local(async move {
                    let lines = api::text(&meta("providers")).await.unwrap_or_default();
                    // Without them there are letters.
                    table.try_set(Some(lines.split('\n').map(str::to_owned).collect()));
                });
            }
        });
    }

    pub(crate) fn current() -> Self {
        expect_context()
    }

    /// The address of a provider's picture; empty when there is none, and `None` before that is known.
    pub(crate) fn of(self, provider: &str) -> Option<String> {
        let picture = |table: &Vec<String>| picture(table, provider).unwrap_or_default().to_owned();
        self.0.with(|table| table.as_ref().map(picture))
    }
}

fn picture<'a>(table: &'a [String], provider: &str) -> Option<&'a str> {
    table.chunks_exact(2).find_map(|row| match row {
        [name, file] if provider.starts_with(name) => Some(&**file),
        _ => None,
    })
}

/// The letter and the number of the colour for who has no picture: always the same for the same name.
pub(crate) fn letter(provider: &str) -> (String, u32) {
    // Unicode's own tables of letters would be a hundredth of what a person downloads.
    let letter = provider.chars().find(|it| !it.is_ascii_punctuation());
    let sum: u32 = provider.bytes().map(u32::from).sum();
    (
        letter.unwrap_or('?').to_ascii_uppercase().to_string(),
        sum % COLOURS,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_found_by_how_the_name_begins() {
        let table = ["YubiKey", "/y.svg", "Keeper", "/k.svg"].map(str::to_owned);
        assert_eq!(picture(&table, "YubiKey 5 Series with NFC"), Some("/y.svg"));
        assert_eq!(picture(&table, "Keeper"), Some("/k.svg"));
        assert_eq!(picture(&table, "Keep"), None);
        assert_eq!(picture(&[], "Keeper"), None);
    }

    #[test]
    fn a_letter_stands_for_who_has_none() {
        assert_eq!(letter("NordPass"), ("N".to_owned(), 0));
        assert_eq!(letter("ellipticSecure MIRkey").0, "E");
        assert_eq!(letter("()").0, "?");
    }
}
