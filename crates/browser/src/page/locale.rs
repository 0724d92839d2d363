//! What the browser knows of languages: plurals, numbers, dates and spans of time, for apps that carry no tables of their
//! own.
//!
//! A locale is a BCP 47 tag, as in `de-AT`. What is not one, or is unknown to the browser, gives the browser's own choice.
//! Outside a browser everything is said as in plain English, so that apps can test what they do with it.

#[cfg(target_arch = "wasm32")]
use intl::Intl;

/// The unit in which [`relative_time`] counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unit {
    /// Seconds.
    Second,
    /// Minutes.
    Minute,
    /// Hours.
    Hour,
    /// Days of the calendar.
    Day,
}

impl Unit {
    /// As `Intl.RelativeTimeFormat` calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }
}

/// The categories that languages have for counted things, in the order of CLDR.
pub const PLURAL_CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// Which of [`PLURAL_CATEGORIES`] a count takes, by its place there.
#[must_use]
pub fn plural_category(locale: &str, count: u32) -> usize {
    #[cfg(target_arch = "wasm32")]
    let category = Intl::new("PluralRules", locale, &[]).call("select", &[count.into()]);
    #[cfg(not(target_arch = "wasm32"))]
    let category = {
        let _ = locale;
        Some(if count == 1 { "one" } else { "other" }.to_owned())
    };
    let category = category.unwrap_or_default();
    let place = PLURAL_CATEGORIES.iter().position(|name| *name == category);
    place.unwrap_or(PLURAL_CATEGORIES.len() - 1)
}

/// A whole number, with the digits and separators of the locale.
#[must_use]
pub fn number(locale: &str, number: u32) -> String {
    #[cfg(target_arch = "wasm32")]
    let text = Intl::new("NumberFormat", locale, &[]).call("format", &[number.into()]);
    #[cfg(not(target_arch = "wasm32"))]
    let text = {
        let _ = locale;
        None
    };
    text.unwrap_or_else(|| number.to_string())
}

/// The date of an instant on this device's clock, given in milliseconds since 1970, as in "November 16, 2026".
#[must_use]
pub fn date(locale: &str, at_ms: u64) -> String {
    format_date(locale, at_ms, &[("dateStyle", "long")])
}

/// The date and the time of day of an instant on this device's clock, as in "Nov 16, 2026, 2:05 PM".
#[must_use]
pub fn date_and_time(locale: &str, at_ms: u64) -> String {
    let style = [("dateStyle", "medium"), ("timeStyle", "short")];
    format_date(locale, at_ms, &style)
}

/// The time of day of an instant on this device's clock, as in "2:05 PM".
#[must_use]
pub fn time(locale: &str, at_ms: u64) -> String {
    format_date(locale, at_ms, &[("timeStyle", "short")])
}

fn format_date(locale: &str, at_ms: u64, style: &[(&'static str, &str)]) -> String {
    #[cfg(target_arch = "wasm32")]
    let text = Intl::new("DateTimeFormat", locale, style).call("format", &[(at_ms as f64).into()]);
    #[cfg(not(target_arch = "wasm32"))]
    let text = {
        let _ = (locale, style);
        None
    };
    text.unwrap_or_else(|| format!("{at_ms} ms"))
}

/// A span of time from now, in words: negative amounts have passed.
#[must_use]
pub fn relative_time(locale: &str, amount: i32, unit: Unit) -> String {
    #[cfg(target_arch = "wasm32")]
    let text = Intl::new("RelativeTimeFormat", locale, &[("numeric", "auto")])
        .call("format", &[amount.into(), unit.name().into()]);
    #[cfg(not(target_arch = "wasm32"))]
    let text = {
        let _ = locale;
        None
    };
    text.unwrap_or_else(|| format!("{amount} {}", unit.name()))
}

/// The first of the browser's languages that is a form of `language`, as `de-AT` is of `de`; else `language` itself.
#[must_use]
pub fn preferred(language: &str) -> String {
    #[cfg(target_arch = "wasm32")]
    {
        let languages = crate::reflect::member(&js_sys::global(), "navigator")
            .and_then(|navigator| crate::reflect::member(&navigator, "languages"))
            .filter(js_sys::Array::is_array);
        let mut languages = languages.map(|all| js_sys::Array::from(&all)).into_iter();
        let found = languages.find_map(|all| {
            all.iter()
                .filter_map(|tag| tag.as_string())
                .find(|tag| tag.split('-').next() == Some(language))
        });
        if let Some(found) = found {
            return found;
        }
    }
    language.to_owned()
}

#[cfg(target_arch = "wasm32")]
mod intl {
    use js_sys::{Array, Function, Object, Reflect, global};
    use wasm_bindgen::prelude::*;

    use crate::reflect::{member, set};

    /// An object of `Intl`, by the name of its class. One binding serves for all of them, which keeps the module small.
    pub(super) struct Intl(Option<JsValue>);

    impl Intl {
        pub(super) fn new(
            class: &'static str,
            locale: &str,
            options: &[(&'static str, &str)],
        ) -> Self {
            let class = member(&global(), "Intl").and_then(|intl| member(&intl, class));
            let Some(class) = class.and_then(|class| class.dyn_into::<Function>().ok()) else {
                return Self(None);
            };
            let settings = Object::new();
            for (name, value) in options {
                set(&settings, name, &JsValue::from_str(value));
            }
            let made = |locales: JsValue| {
                Reflect::construct(&class, &Array::of2(&locales, settings.as_ref())).ok()
            };
            // What is no locale throws.
            Self(made(JsValue::from_str(locale)).or_else(|| made(JsValue::UNDEFINED)))
        }

        /// Calls a method and gives its text.
        pub(super) fn call(&self, method: &'static str, arguments: &[JsValue]) -> Option<String> {
            let object = self.0.as_ref()?;
            let method = member(object, method)?.dyn_into::<Function>().ok()?;
            let arguments: Array = arguments.iter().collect();
            method.apply(object, &arguments).ok()?.as_string()
        }
    }
}
