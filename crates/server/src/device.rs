//! What the client says it is, in a few coarse words: what a new passkey is called until its owner names it, and where
//! somebody was.

use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use passkeep_protocol::names::{AuthenticatorAttachment, AuthenticatorTransport};

/// The device a request came from, as in `Chrome on Android`; empty when it does not say. Neither versions nor anything else
/// that would tell one device from another of its kind.
pub(crate) fn device(headers: &HeaderMap) -> String {
    let user_agent = user_agent(headers);
    match (browser(user_agent), system(user_agent)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => String::new(),
    }
}

pub(crate) fn user_agent(headers: &HeaderMap) -> &str {
    let value = headers.get(USER_AGENT);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// A name from what the client says about the authenticator and about itself. All of it is hearsay, which is good enough
/// for a name.
pub(crate) fn default_label(
    attachment: Option<&AuthenticatorAttachment>,
    transports: &[AuthenticatorTransport],
    user_agent: &str,
) -> String {
    if attachment == Some(&AuthenticatorAttachment::CrossPlatform) {
        if transports.contains(&AuthenticatorTransport::Hybrid) {
            return "Phone or tablet".to_owned();
        }
        return "Security key".to_owned();
    }
    match (browser(user_agent), system(user_agent)) {
        (Some(browser), Some(system)) => format!("Passkey from {browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => format!("Passkey from {name}"),
        (None, None) => "Passkey".to_owned(),
    }
}

/// In this order, because most browsers also claim to be the ones after them.
fn browser(user_agent: &str) -> Option<&'static str> {
    find(
        user_agent,
        &[
            (&["Edg/", "EdgA/", "EdgiOS/"], "Edge"),
            (&["OPR/"], "Opera"),
            (&["SamsungBrowser/"], "Samsung Internet"),
            (&["Firefox/", "FxiOS/"], "Firefox"),
            (&["Chrome/", "CriOS/"], "Chrome"),
            (&["Safari/"], "Safari"),
        ],
    )
}

/// In this order: Android claims to be Linux, and iPhones claim to be like Mac OS X.
fn system(user_agent: &str) -> Option<&'static str> {
    find(
        user_agent,
        &[
            (&["Android"], "Android"),
            (&["iPhone"], "iPhone"),
            (&["iPad"], "iPad"),
            (&["Windows"], "Windows"),
            (&["CrOS"], "ChromeOS"),
            (&["Mac OS X"], "Mac"),
            (&["Linux"], "Linux"),
        ],
    )
}

fn find(text: &str, table: &[(&[&str], &'static str)]) -> Option<&'static str> {
    let mut rows = table.iter();
    let row = rows.find(|(marks, _)| marks.iter().any(|mark| text.contains(mark)));
    row.map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHROME_LINUX: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/149.0.0.0 Safari/537.36";

    #[test]
    fn browsers_and_systems_are_told_apart() {
        let apple = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
        for (user_agent, label) in [
            (CHROME_LINUX.to_owned(), "Passkey from Chrome on Linux"),
            (
                CHROME_LINUX.replace("X11; Linux x86_64", "Linux; Android 16; K"),
                "Passkey from Chrome on Android",
            ),
            (
                CHROME_LINUX.replace("X11; Linux x86_64", "Windows NT 10.0; Win64; x64")
                    + " Edg/149.0",
                "Passkey from Edge on Windows",
            ),
            (
                format!(
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) {apple} Version/26.0 Safari/604.1"
                ),
                "Passkey from Safari on iPhone",
            ),
            (
                format!(
                    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {apple} Version/26.0 Safari/605.1.15"
                ),
                "Passkey from Safari on Mac",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; rv:150.0) Gecko/20100101 Firefox/150.0".to_owned(),
                "Passkey from Firefox on Windows",
            ),
            ("curl/8".to_owned(), "Passkey"),
        ] {
            assert_eq!(default_label(None, &[], &user_agent), label, "{user_agent}");
        }
    }

    #[test]
    fn what_is_not_part_of_the_device_is_not_named_after_it() {
        let roaming = Some(&AuthenticatorAttachment::CrossPlatform);
        for (transport, label) in [
            (AuthenticatorTransport::Usb, "Security key"),
            (AuthenticatorTransport::Hybrid, "Phone or tablet"),
        ] {
            assert_eq!(default_label(roaming, &[transport], CHROME_LINUX), label);
        }
    }
}
