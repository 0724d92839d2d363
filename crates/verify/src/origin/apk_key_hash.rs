//! The origins of Android apps, and the fingerprints of their signing certificates.
//!
//! An Android app's origin is `android:apk-key-hash:` with the SHA-256 of its signing certificate in base64url. Tools print
//! the same hash as hexadecimal pairs with colons: `keytool -list -v`, `apksigner verify --print-certs` (without colons),
//! the Play Console under "App signing", and `/.well-known/assetlinks.json`.

use core::fmt::Write as _;

use passkeep_protocol::bytes::{decode_base64url, encode_base64url};
use sha2::{Digest as _, Sha256};

use super::{Origin, OriginError};

/// The SHA-256 of the certificate an Android app is signed with.
///
/// ```
/// use passkeep_verify::origin::apk_key_hash::ApkKeyHash;
///
/// let printed = "SHA256: 00:".to_owned() + &["FF"; 31].join(":");
/// let hash = ApkKeyHash::from_fingerprint(&printed).unwrap();
/// assert!(hash.origin().as_str().starts_with("android:apk-key-hash:AP__"));
/// assert_eq!(ApkKeyHash::of(&hash.origin()), Some(hash));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ApkKeyHash(pub [u8; 32]);

impl ApkKeyHash {
    /// The hash of a certificate in DER.
    #[must_use]
    pub fn from_certificate(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }

    /// Reads a fingerprint as tools print it: 32 hexadecimal pairs in either case, with colons or without, and maybe
    /// `SHA256:` or `SHA-256:` before them.
    ///
    /// # Errors
    ///
    /// [`OriginError::KeyHash`] for anything else, such as a SHA-1 fingerprint, which is shorter.
    pub fn from_fingerprint(text: &str) -> Result<Self, OriginError> {
        let text = text.trim();
        let label = ["SHA256:", "SHA-256:"].into_iter();
        let text = label
            .filter_map(|label| text.strip_prefix(label))
            .next()
            .unwrap_or(text)
            .trim();
        let has_colons = text.contains(':');
        let mut hash = [0; 32];
        let mut digits = text.bytes();
        for (index, byte) in hash.iter_mut().enumerate() {
            if has_colons && index > 0 && digits.next() != Some(b':') {
                return Err(OriginError::KeyHash);
            }
            let mut digit = || char::from(digits.next()?).to_digit(16);
            let pair = digit().zip(digit()).map(|(high, low)| high * 16 + low);
            let pair = pair.and_then(|pair| u8::try_from(pair).ok());
            *byte = pair.ok_or(OriginError::KeyHash)?;
        }
        if digits.next().is_some() {
            return Err(OriginError::KeyHash);
        }
        Ok(Self(hash))
    }

    /// The hash in an app's origin; `None` for a web origin.
    #[must_use]
    pub fn of(origin: &Origin) -> Option<Self> {
        let hash = origin.as_str().strip_prefix("android:apk-key-hash:")?;
        let bytes = decode_base64url(hash).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The app's origin.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin(format!(
            "android:apk-key-hash:{}",
            encode_base64url(&self.0)
        ))
    }

    /// The fingerprint as `keytool` and the Play Console print it, and as `assetlinks.json` has it: pairs in upper case
    /// with colons.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut text = String::with_capacity(95);
        for byte in self.0 {
            let colon = if text.is_empty() { "" } else { ":" };
            // Writing to a String cannot fail.
            let _ = write!(text, "{colon}{byte:02X}");
        }
        text
    }
}

/// The statement for `https://RPID/.well-known/assetlinks.json` that lets an app, signed with any of these certificates, use
/// the site's passkeys and open its links. The file is an array of such statements.
#[must_use]
pub fn asset_link(package_name: &str, certificates: &[ApkKeyHash]) -> serde_json::Value {
    let fingerprints = certificates.iter().map(ApkKeyHash::fingerprint);
    serde_json::json!({
        "relation": [
            "delegate_permission/common.handle_all_urls",
            "delegate_permission/common.get_login_creds",
        ],
        "target": {
            "namespace": "android_app",
            "package_name": package_name,
            "sha256_cert_fingerprints": fingerprints.collect::<Vec<_>>(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256 of "abc", which stands for a certificate.
    const PLAIN: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    const COLONS: &str = "BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD";
    const ORIGIN: &str = "android:apk-key-hash:ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";

    #[test]
    fn every_form_is_the_same_hash() {
        let hash = ApkKeyHash::from_certificate(b"abc");
        for text in [
            PLAIN.to_owned(),
            COLONS.to_owned(),
            COLONS.to_lowercase(),
            format!("SHA256: {COLONS}\n"),
            format!("\tSHA-256: {PLAIN}"),
        ] {
            assert_eq!(ApkKeyHash::from_fingerprint(&text), Ok(hash), "{text}");
        }
        assert_eq!(hash.fingerprint(), COLONS);
        assert_eq!(hash.origin().as_str(), ORIGIN);
        assert_eq!(hash.origin(), Origin::parse(ORIGIN).unwrap());
        assert_eq!(ApkKeyHash::of(&hash.origin()), Some(hash));
        let web = Origin::parse("https://example.org").unwrap();
        assert_eq!(ApkKeyHash::of(&web), None);
    }

    #[test]
    fn anything_else_is_no_fingerprint() {
        for text in [
            "",
            &PLAIN[..40],
            &format!("{PLAIN}00"),
            &COLONS.replacen(':', "", 1),
            &COLONS.replace(':', "-"),
            &format!("{COLONS}:"),
            &format!("SHA1: {COLONS}"),
            &PLAIN.replace('b', "g"),
        ] {
            let refused = ApkKeyHash::from_fingerprint(text);
            assert_eq!(refused, Err(OriginError::KeyHash), "{text}");
        }
    }

    #[test]
    fn an_asset_link_names_the_app_and_its_certificate() {
        let link = asset_link("org.example.app", &[ApkKeyHash::from_certificate(b"abc")]);
        assert_eq!(link["target"]["package_name"], "org.example.app");
        assert_eq!(link["target"]["sha256_cert_fingerprints"][0], COLONS);
        let relation = "delegate_permission/common.get_login_creds";
        assert_eq!(link["relation"][1], relation);
    }
}
