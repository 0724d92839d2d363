//! How a received origin differs from an accepted one: what a developer looks for first.

use super::Origin;

/// An origin taken apart, in whatever form it came.
struct Parts<'a> {
    scheme: &'a str,
    host: &'a str,
    port: &'a str,
}

impl<'a> Parts<'a> {
    fn new(origin: &'a str) -> Option<Self> {
        let (scheme, rest) = origin.split_once("://")?;
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port),
            _ => (rest, ""),
        };
        Some(Self { scheme, host, port })
    }

    fn is_default_port(&self) -> bool {
        matches!((self.scheme, self.port), ("https", "443") | ("http", "80"))
    }
}

/// How a received origin differs from the accepted one it is nearest to; `None` when it is near none.
pub(crate) fn difference(received: &str, accepted: &[Origin]) -> Option<&'static str> {
    accepted
        .iter()
        .find_map(|origin| from_one(received, origin.as_str()))
}

fn from_one(received: &str, accepted: &str) -> Option<&'static str> {
    if received.strip_suffix('/') == Some(accepted) {
        return Some("it differs only by a trailing slash");
    }
    if received.eq_ignore_ascii_case(accepted) {
        return Some("it differs only by upper and lower case");
    }
    if received.starts_with(APP) && accepted.starts_with(APP) {
        return Some(
            "it is an Android app signed with another certificate; a debug build and an app signed by the store have their own",
        );
    }
    let (received, accepted) = (Parts::new(received)?, Parts::new(accepted)?);
    if accepted.host == "localhost" && matches!(received.host, "127.0.0.1" | "[::1]") {
        return Some("it is this machine by its number, and passkeys need its name, localhost");
    }
    let same_scheme = received.scheme == accepted.scheme;
    let same_host = received.host == accepted.host;
    let same_port = received.port == accepted.port;
    match (same_scheme, same_host, same_port) {
        (true, true, false) if received.is_default_port() && accepted.port.is_empty() => {
            Some("it differs only by the scheme's own port, which is left out")
        }
        (true, true, false) => Some("it differs only by the port"),
        (false, true, _) if accepted.scheme == "http" => Some(
            "it differs by the scheme: the accepted one is http, as a server behind a proxy sees itself; browsers see https",
        ),
        (false, true, true) => Some("it differs only by the scheme"),
        (true, false, true) => hosts(received.host, accepted.host),
        _ => None,
    }
}

/// What the origins of Android apps begin with.
const APP: &str = "android:apk-key-hash:";

fn hosts(received: &str, accepted: &str) -> Option<&'static str> {
    if received.strip_prefix("www.") == Some(accepted)
        || accepted.strip_prefix("www.") == Some(received)
    {
        return Some("it differs only by www");
    }
    if received.strip_suffix('.') == Some(accepted) {
        return Some("it differs only by a dot at the end of the host");
    }
    // What the Unicode form stands for is not worked out here; that it is one says enough.
    if !received.is_ascii() && accepted.contains("xn--") {
        return Some("its host is not in the xn-- form");
    }
    if received.contains("xn--") && accepted.contains("xn--") {
        return Some("its host is another internationalised name: compare the xn-- forms");
    }
    let below = received.strip_suffix(accepted);
    if below.is_some_and(|subdomain| subdomain.ends_with('.')) {
        return Some("its host is below an accepted one; subdomains have to be listed");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_is_named() {
        let hash = |letter: &str| format!("android:apk-key-hash:{}", letter.repeat(43));
        let accepted: Vec<_> = [
            "https://example.org",
            "http://localhost:8080",
            "https://xn--bcher-kva.example",
            "https://www.example.net",
            &hash("A"),
        ]
        .map(|origin| Origin::parse(origin).unwrap())
        .into();
        for (received, expected) in [
            (
                "https://example.org/",
                "it differs only by a trailing slash",
            ),
            (
                "https://EXAMPLE.org",
                "it differs only by upper and lower case",
            ),
            ("http://example.org", "it differs only by the scheme"),
            ("https://example.org:8443", "it differs only by the port"),
            (
                "https://example.org:443",
                "it differs only by the scheme's own port, which is left out",
            ),
            ("https://www.example.org", "it differs only by www"),
            ("https://example.net", "it differs only by www"),
            (
                "https://example.org.",
                "it differs only by a dot at the end of the host",
            ),
            (
                "https://login.example.org",
                "its host is below an accepted one; subdomains have to be listed",
            ),
            ("https://bücher.example", "its host is not in the xn-- form"),
            (
                "https://xn--bucher.example",
                "its host is another internationalised name: compare the xn-- forms",
            ),
            (
                "https://localhost:8080",
                "it differs by the scheme: the accepted one is http, as a server behind a proxy sees itself; browsers see https",
            ),
            ("http://localhost:3000", "it differs only by the port"),
            (
                "http://127.0.0.1:8080",
                "it is this machine by its number, and passkeys need its name, localhost",
            ),
            (
                "http://[::1]:8080",
                "it is this machine by its number, and passkeys need its name, localhost",
            ),
            (
                &hash("E"),
                "it is an Android app signed with another certificate; a debug build and an app signed by the store have their own",
            ),
        ] {
            assert_eq!(
                difference(received, &accepted),
                Some(expected),
                "{received}"
            );
        }
        for far in ["https://evil.example", "https://notexample.org", "null", ""] {
            assert_eq!(difference(far, &accepted), None, "{far}");
        }
    }
}
