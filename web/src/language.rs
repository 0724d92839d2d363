//! The language of the page: its words, its plurals, its way to write numbers and dates.
//!
//! `web/early.js` has chosen the language before the first paint and says so in `<html lang>`. Its words are a file beside
//! the program, so that nobody downloads two languages; it is fetched before the page is shown.

use std::cell::{Cell, RefCell};

use leptos::prelude::*;
use passkeep_browser::page::locale;

use crate::api;
use crate::text;

/// Where the choice is remembered. `web/early.js` reads it.
const CHOICE: &str = "language";

/// What is said before the words are here: nothing, but for tests outside a browser.
#[cfg(target_arch = "wasm32")]
const AT_FIRST: &[&str] = &[];
#[cfg(not(target_arch = "wasm32"))]
const AT_FIRST: &[&str] = text::ENGLISH;

thread_local! {
    static WORDS: Cell<&'static [&'static str]> = const { Cell::new(AT_FIRST) };
    static LOCALE: RefCell<String> = RefCell::new("en".to_owned());
    static DIRECTION: Cell<Direction> = const { Cell::new(Direction::LeftToRight) };
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Direction {
    LeftToRight,
    RightToLeft,
}

/// A language that the site speaks, as the page lists it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Language {
    /// Its BCP 47 tag.
    pub(crate) tag: String,
    /// What its speakers call it.
    pub(crate) name: String,
    /// `ltr` or `rtl`.
    direction: String,
    /// The file with its words.
    file: String,
}

impl Language {
    /// Reads a line of the page's list: only the name, at its end, may have spaces.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.splitn(4, ' ');
        let mut next = || words.next().map(str::to_owned);
        Some(Self {
            tag: next()?,
            direction: next()?,
            file: next()?,
            name: next()?,
        })
    }
}

/// All languages, from the page. English is the first.
pub(crate) fn all() -> Vec<Language> {
    let list = meta("languages");
    list.lines().filter_map(Language::read).collect()
}

/// What the page says in a `meta` of this name; empty when it says nothing.
pub(crate) fn meta(name: &str) -> String {
    let meta = document().query_selector(&format!("meta[name={name}]"));
    let meta = meta.ok().flatten();
    let content = meta.and_then(|meta| meta.get_attribute("content"));
    content.unwrap_or_default()
}

/// The tag of the language that is spoken.
pub(crate) fn current() -> String {
    attribute("lang").unwrap_or_else(|| "en".to_owned())
}

/// Fetches the words of the page's language. Without them the page is in English, and says that it is. `false` if it has no
/// words at all.
pub(crate) async fn load() -> bool {
    let (all, tag) = (all(), current());
    let wanted = all.iter().find(|language| language.tag == tag);
    for language in wanted.into_iter().chain(all.first()) {
        if let Ok(words) = api::text(&language.file).await {
            let words: Vec<&str> = words.leak().split('\n').collect();
            if words.len() == text::LENGTH {
                WORDS.set(words.leak());
                speak(&language.tag, &language.direction);
                return true;
            }
        }
    }
    false
}

/// Says which language the page is in from now on.
fn speak(tag: &str, direction: &str) {
    if let Some(page) = document().document_element() {
        // Names and values that any element takes.
        page.set_attribute("lang", tag).ok();
        page.set_attribute("dir", direction).ok();
    }
    DIRECTION.set(match direction {
        "rtl" => Direction::RightToLeft,
        _ => Direction::LeftToRight,
    });
    LOCALE.set(locale::preferred(tag));
}

/// Remembers another language and loads the page in it.
pub(crate) fn choose(tag: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        // Full or forbidden, it is for this visit only that nothing changes.
        storage.set_item(CHOICE, tag).ok();
    }
    window().location().reload().ok();
}

/// The locale for `passkeep_browser::page::locale`.
pub(crate) fn with_locale<T>(use_it: impl FnOnce(&str) -> T) -> T {
    LOCALE.with_borrow(|locale| use_it(locale))
}

/// A message.
pub(crate) fn text(index: usize) -> &'static str {
    WORDS.get().get(index).copied().unwrap_or_default()
}

/// A message with values in the places of their names.
pub(crate) fn filled(index: usize, values: &[(&str, &str)]) -> String {
    fill(text(index), values, DIRECTION.get())
}

/// The form of a message for a count.
pub(crate) fn counted(index: usize, count: u32, values: &[(&str, &str)]) -> String {
    let (category, number) = with_locale(|locale| {
        (
            locale::plural_category(locale, count),
            locale::number(locale, count),
        )
    });
    let other = index + locale::PLURAL_CATEGORIES.len() - 1;
    let form = Some(text(index + category)).filter(|form| !form.is_empty());
    let form = form.unwrap_or_else(|| text(other));
    let mut all = vec![("count", number.as_str())];
    all.extend_from_slice(values);
    fill(form, &all, DIRECTION.get())
}

fn fill(text: &str, values: &[(&str, &str)], direction: Direction) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        filled.push_str(before);
        let value = values.iter().find(|(known, _)| *known == name);
        let value = value.map(|(_, value)| *value).unwrap_or_default();
        // A name of another direction must not turn the sentence around it. What is ASCII in a text from left to
        // right cannot.
        if direction == Direction::LeftToRight && value.is_ascii() {
            filled.push_str(value);
        } else {
            filled.push('\u{2068}');
            filled.push_str(value);
            filled.push('\u{2069}');
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

fn attribute(name: &str) -> Option<String> {
    document().document_element()?.get_attribute(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_a_line_of_the_page() {
        let read = Language::read("zh-Hant ltr /words-zh-Hant-1.txt 中文 (繁體)").unwrap();
        assert_eq!((&*read.tag, &*read.direction), ("zh-Hant", "ltr"));
        assert_eq!(read.file, "/words-zh-Hant-1.txt");
        assert_eq!(read.name, "中文 (繁體)");
        assert_eq!(Language::read("en ltr /words-en-1.txt"), None);
    }

    #[test]
    fn values_go_where_their_names_are() {
        let said = |text, values: &[_]| fill(text, values, Direction::LeftToRight);
        assert_eq!(said("Hello, {name}", &[("name", "Ada")]), "Hello, Ada");
        let swapped = said("{b} then {a}", &[("a", "1"), ("b", "2")]);
        assert_eq!(swapped, "2 then 1");
        // A value is not looked through for names again.
        assert_eq!(said("{a}{b}", &[("a", "{b}"), ("b", "c")]), "{b}c");
        assert_eq!(said("100 % {", &[]), "100 % {");
    }

    #[test]
    fn names_of_another_direction_are_kept_apart() {
        let name = [("name", "عادة")];
        assert_eq!(
            fill("Hello, {name}!", &name, Direction::LeftToRight),
            "Hello, \u{2068}عادة\u{2069}!"
        );
        assert_eq!(
            fill("{name}", &[("name", "Ada")], Direction::RightToLeft),
            "\u{2068}Ada\u{2069}"
        );
    }
}
