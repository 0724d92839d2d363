//! The origins a relying party accepts.
//!
//! An origin is accepted when it is on the list, byte for byte. [`apk_key_hash`] converts between the origins of Android
//! apps and the fingerprints of their certificates, [`related`] makes and checks the file by which other sites may use an
//! RP ID, and [`danger`] holds what is wider than a list.

use core::fmt;

use serde::{Deserialize, Serialize};

pub mod apk_key_hash;
pub mod danger;
pub mod related;

mod accepted;
mod difference;

pub use accepted::AcceptedOrigins;
pub(crate) use difference::difference;

/// One origin, as clients write it into the client data: `https://host`, `https://host:port`, `http://localhost:port`, or
/// `android:apk-key-hash:` with the hash of an Android app's signing certificate.
///
/// Compared byte by byte with what the client data says. [L3 §13.5.9, "Validating the origin of a credential"]
///
/// [L3 §13.5.9, "Validating the origin of a credential"]: https://www.w3.org/TR/webauthn-3/#sctn-validating-origin
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Origin(String);

/// Why a text is no origin that can be accepted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum OriginError {
    /// Neither `https://`, nor `http://` with a loopback name, nor `android:apk-key-hash:`.
    Scheme,
    /// The host is empty, not in lower case, or not ASCII (write it in its `xn--` form).
    Host,
    /// Something follows the host and port: a path, a slash, a query.
    Trailing,
    /// The port is not a number, or it is the scheme's own, which clients leave out.
    Port,
    /// The hash is not base64url of 32 bytes.
    KeyHash,
}

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => {
                "an origin begins with https://, http://localhost or android:apk-key-hash:"
            }
            Self::Host => "the host must be in lower case and ASCII (xn-- for other scripts)",
            Self::Trailing => "an origin ends after its host and port, without a slash",
            Self::Port => "the port must be a number and not the scheme's own",
            Self::KeyHash => "the key hash must be base64url of a SHA-256 digest, without padding",
        })
    }
}

impl core::error::Error for OriginError {}

impl Origin {
    /// Reads an origin in exactly the form that clients write.
    ///
    /// # Errors
    ///
    /// An [`OriginError`].
    ///
    /// ```
    /// # use passkeep_verify::origin::{Origin, OriginError};
    /// assert_eq!(Origin::parse("https://example.org").unwrap().host(), Some("example.org"));
    /// assert_eq!(Origin::parse("https://example.org/"), Err(OriginError::Trailing));
    /// ```
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        if let Some(hash) = text.strip_prefix("android:apk-key-hash:") {
            let bytes = passkeep_protocol::bytes::decode_base64url(hash);
            return match bytes {
                Ok(bytes) if bytes.len() == 32 => Ok(Self(text.to_owned())),
                _ => Err(OriginError::KeyHash),
            };
        }
        let (rest, default_port) = if let Some(rest) = text.strip_prefix("https://") {
            (rest, "443")
        } else if let Some(rest) = text.strip_prefix("http://") {
            (rest, "80")
        } else {
            return Err(OriginError::Scheme);
        };
        if rest.contains(['/', '?', '#', '@']) {
            return Err(OriginError::Trailing);
        }
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (rest, None),
        };
        let is_port = |port: &str| {
            let digits = port.bytes().all(|byte| byte.is_ascii_digit());
            digits && !port.starts_with('0') && port.parse::<u16>().is_ok()
        };
        if port.is_some_and(|port| port == default_port || !is_port(port)) {
            return Err(OriginError::Port);
        }
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.[]:".contains(c);
        if host.is_empty() || !host.chars().all(allowed) {
            return Err(OriginError::Host);
        }
        let loopback = host == "localhost" || host.ends_with(".localhost");
        if text.starts_with("http://") && !loopback {
            return Err(OriginError::Scheme);
        }
        Ok(Self(text.to_owned()))
    }

    /// The origin, as clients write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a site's, and not an app's.
    #[must_use]
    pub fn is_web(&self) -> bool {
        self.0.starts_with("https://") || self.0.starts_with("http://")
    }

    /// The host of a web origin; `None` for an app.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        let (_, rest) = self.0.split_once("://")?;
        match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => Some(host),
            _ => Some(rest),
        }
    }

    /// Whether this is a web origin on which a browser may use the RP ID: its host is the RP ID or a subdomain of it.
    /// [L3 §5.1.3, "is not a registrable domain suffix of and is not equal to"]
    ///
    /// [L3 §5.1.3, "is not a registrable domain suffix of and is not equal to"]: https://www.w3.org/TR/webauthn-3/#sctn-createCredential
    #[must_use]
    pub fn may_use_rp_id(&self, rp_id: &str) -> bool {
        self.host().is_some_and(|host| {
            let prefix = host.strip_suffix(rp_id);
            prefix.is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('.'))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_form_that_clients_write_is_an_origin() {
        let hash = "A".repeat(43);
        for text in [
            "https://example.org",
            "https://example.org:8443",
            "http://localhost:8080",
            "http://app.localhost",
            "https://[::1]:8443",
            &format!("android:apk-key-hash:{hash}"),
        ] {
            assert_eq!(Origin::parse(text).unwrap().as_str(), text);
        }
        for (text, error) in [
            ("example.org", OriginError::Scheme),
            ("http://example.org", OriginError::Scheme),
            ("http://127.0.0.1:8080", OriginError::Scheme),
            ("https://Example.org", OriginError::Host),
            ("https://bücher.example", OriginError::Host),
            ("https://", OriginError::Host),
            ("https://example.org/", OriginError::Trailing),
            ("https://ada@example.org", OriginError::Trailing),
            ("https://example.org:443", OriginError::Port),
            ("https://example.org:+1", OriginError::Port),
            ("https://example.org:99999", OriginError::Port),
            ("android:apk-key-hash:AA==", OriginError::KeyHash),
        ] {
            assert_eq!(Origin::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn an_rp_id_belongs_to_its_own_host_and_those_below() {
        let may = |origin: &str, rp_id| Origin::parse(origin).unwrap().may_use_rp_id(rp_id);
        assert!(may("https://example.org", "example.org"));
        assert!(may("https://login.example.org:8443", "example.org"));
        assert!(!may("https://notexample.org", "example.org"));
        assert!(!may("https://org", "example.org"));
    }
}
