//! Names that the server gave, in the reader's language. Names that people gave stay as they are.
//!
//! The lists are those of the server's `device.rs`: what is not made of them a person has typed, or a newer server has given.

use crate::text::default_names as words;

const BROWSERS: [&str; 6] = [
    "Edge",
    "Opera",
    "Samsung Internet",
    "Firefox",
    "Chrome",
    "Safari",
];
const SYSTEMS: [&str; 7] = [
    "Android", "iPhone", "iPad", "Windows", "ChromeOS", "Mac", "Linux",
];

/// What a passkey is called, or the device of an app.
pub(crate) fn label(label: &str) -> String {
    let said = match label {
        "Passkey" => words::passkey(),
        "Security key" => words::security_key(),
        "Phone or tablet" => words::phone(),
        "Android device" => words::android(),
        _ => {
            let device = label.strip_prefix("Passkey from ").and_then(known);
            return match device {
                Some(device) => words::passkey_from(&device),
                None => self::device(label),
            };
        }
    };
    said.to_owned()
}

/// Where somebody is or was, as in `Chrome on Android`.
pub(crate) fn device(device: &str) -> String {
    known(device).unwrap_or_else(|| device.to_owned())
}

fn known(device: &str) -> Option<String> {
    if BROWSERS.contains(&device) || SYSTEMS.contains(&device) {
        return Some(device.to_owned());
    }
    let (browser, system) = device.split_once(" on ")?;
    let is_known = BROWSERS.contains(&browser) && SYSTEMS.contains(&system);
    is_known.then(|| words::browser_on(browser, system))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_gives_is_known() {
        assert_eq!(
            known("Chrome on Android").as_deref(),
            Some("Chrome on Android")
        );
        assert_eq!(
            known("Samsung Internet").as_deref(),
            Some("Samsung Internet")
        );
        assert_eq!(known("iPad").as_deref(), Some("iPad"));
        assert_eq!(
            label("Passkey from Safari on Mac"),
            "Passkey from Safari on Mac"
        );
        assert_eq!(label("Security key"), "Security key");
    }

    #[test]
    fn what_a_person_typed_is_not() {
        assert_eq!(known("Mum on Sunday"), None);
        assert_eq!(known("Chrome on Sunday"), None);
        assert_eq!(known("My iPad"), None);
        assert_eq!(label("Passkey from Mum"), "Passkey from Mum");
    }
}
