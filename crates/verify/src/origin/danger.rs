//! What is wider than a list of origins.
//!
//! Whoever can run script on any accepted origin can sign users in with their passkeys. Accepting all subdomains hands that
//! to every page anyone publishes below the domain: customers' sites, forgotten hosts, dangling DNS records. The
//! specification advises against it ([L3 §13.5.8, "Code injection attacks"]). Prefer a list, or ask for another RP ID.
//!
//! [L3 §13.5.8, "Code injection attacks"]: https://www.w3.org/TR/webauthn-3/#sctn-code-injection

use super::Origin;

/// Every subdomain of a domain, at any depth, with its scheme and port. Not the domain itself.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct AnySubdomain {
    /// What comes before the subdomain.
    scheme: String,
    /// What comes after it: the dot, the domain and the port.
    suffix: String,
}

impl AnySubdomain {
    /// All below the host of this origin; `None` for an app, an IP address, and a name without a dot, below which all the
    /// world's sites are.
    ///
    /// ```
    /// use passkeep_verify::origin::{Origin, danger::AnySubdomain};
    ///
    /// let below = AnySubdomain::of(&Origin::parse("https://example.org").unwrap()).unwrap();
    /// assert!(below.accepts("https://a.b.example.org"));
    /// assert!(!below.accepts("https://example.org"));
    /// ```
    #[must_use]
    pub fn of(origin: &Origin) -> Option<Self> {
        let host = origin.host()?;
        let last = host.rsplit('.').next()?;
        let is_address = host.starts_with('[') || last.bytes().all(|byte| byte.is_ascii_digit());
        let is_alone = !host.contains('.') && host != "localhost";
        if is_address || is_alone {
            return None;
        }
        let (scheme, rest) = origin.as_str().split_once("://")?;
        Some(Self {
            scheme: format!("{scheme}://"),
            suffix: format!(".{rest}"),
        })
    }

    /// Whether an origin, as the client data has it, is below the domain.
    #[must_use]
    pub fn accepts(&self, received: &str) -> bool {
        let subdomain = received.strip_prefix(self.scheme.as_str());
        let subdomain = subdomain.and_then(|rest| rest.strip_suffix(self.suffix.as_str()));
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_label = |label: &str| !label.is_empty() && label.bytes().all(allowed);
        subdomain.is_some_and(|subdomain| subdomain.split('.').all(is_label))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scheme_port_and_whole_labels_count() {
        let of = |origin| AnySubdomain::of(&Origin::parse(origin).unwrap());
        let below = of("https://example.org:8443").unwrap();
        for (received, accepted) in [
            ("https://a.example.org:8443", true),
            ("https://a-1.b.example.org:8443", true),
            ("https://example.org:8443", false),
            ("https://.example.org:8443", false),
            ("https://a..example.org:8443", false),
            ("https://notexample.org:8443", false),
            ("https://a.example.org", false),
            ("http://a.example.org:8443", false),
            ("https://evil.test/.example.org:8443", false),
            ("https://evil.test#.example.org:8443", false),
            ("https://ada@a.example.org:8443", false),
            ("https://A.example.org:8443", false),
        ] {
            assert_eq!(below.accepts(received), accepted, "{received}");
        }
        for nothing_below in ["https://org", "https://192.0.2.1", "https://[::1]"] {
            assert_eq!(of(nothing_below), None, "{nothing_below}");
        }
        let hash = "A".repeat(43);
        assert_eq!(of(&format!("android:apk-key-hash:{hash}")), None);
    }
}
