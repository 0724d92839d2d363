//! What browsers are told to refuse, on every answer.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// Scripts and WebAssembly from this server only, nothing inline, no frames, no forms that leave the page, and no HTML from
/// strings.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/// Passkeys, copying at a click, and none of the other abilities that browsers ask about.
const PERMISSIONS_POLICY: &str = "publickey-credentials-create=(self), publickey-credentials-get=(self), \
    clipboard-write=(self), accelerometer=(), autoplay=(), camera=(), clipboard-read=(), \
    display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), hid=(), \
    identity-credentials-get=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), \
    otp-credentials=(), payment=(), picture-in-picture=(), screen-wake-lock=(), serial=(), \
    storage-access=(), sync-xhr=(), usb=(), window-management=(), xr-spatial-tracking=()";

const ALWAYS: [(HeaderName, HeaderValue); 6] = [
    header("content-security-policy", CONTENT_SECURITY_POLICY),
    header("cross-origin-opener-policy", "same-origin"),
    header("cross-origin-resource-policy", "same-origin"),
    header("permissions-policy", PERMISSIONS_POLICY),
    header("referrer-policy", "no-referrer"),
    header("x-content-type-options", "nosniff"),
];

/// For sites that are reached by https only: a year of nothing else.
const HTTPS_ONLY: (HeaderName, HeaderValue) =
    header("strict-transport-security", "max-age=31536000");

const fn header(name: &'static str, value: &'static str) -> (HeaderName, HeaderValue) {
    (
        HeaderName::from_static(name),
        HeaderValue::from_static(value),
    )
}

/// The headers that [`app`](crate::app) adds to every answer of a site.
#[must_use]
pub fn security_headers(https: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    SecurityHeaders { https }.add(&mut headers);
    headers
}

/// The headers of a site, of which there are two kinds.
#[derive(Clone, Copy)]
pub(crate) struct SecurityHeaders {
    /// Whether the site is reached by https only.
    pub(crate) https: bool,
}

impl SecurityHeaders {
    /// Adds the headers to an answer's.
    pub(crate) fn add(self, headers: &mut HeaderMap) {
        // With room for those that follow, so that the map grows once.
        headers.reserve(ALWAYS.len() + 8);
        for (name, value) in ALWAYS {
            headers.insert(name, value);
        }
        if self.https {
            let (name, value) = HTTPS_ONLY;
            headers.insert(name, value);
        }
    }
}
