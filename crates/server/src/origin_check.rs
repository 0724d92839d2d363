//! Keeps other sites' pages from changing anything with our cookies.

use axum::extract::Request;
use axum::http::header::{COOKIE, ORIGIN};
use axum::http::{HeaderMap, HeaderName, Method};
use passkeep_protocol::api::ErrorCode;

use crate::caller;
use crate::error::ApiError;
use crate::state::AppState;

/// How a browser says whose page a request comes from.
static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses requests that may change something and come from another origin, and those of a page that says it is an app.
pub(crate) fn refuse_foreign(state: &AppState, request: &Request) -> Result<(), ApiError> {
    let reads_only = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_own = |origin: &str| {
        let mut origins = state.rp.origins().iter();
        // An app's origin is no web origin: no browser sends it in this header.
        origins.any(|own| own.as_str() == origin && own.host().is_some())
    };
    let headers = request.headers();
    // A host's session may be in any cookie.
    let has_cookie = || match state.host {
        Some(_) => headers.contains_key(COOKIE),
        None => state.cookies.any_in(headers),
    };
    if !reads_only && is_foreign(headers, is_own, has_cookie) {
        return Err(ApiError::new(ErrorCode::ForbiddenOrigin));
    }
    // A page that says it is an app would get a token where scripts can read it.
    if caller::says_native(headers) && caller::from_page(headers) {
        let error = ApiError::new(ErrorCode::WrongChannel);
        return Err(error.because("a page said that it is an app"));
    }
    Ok(())
}

/// Browsers say where a request comes from, in one header or the other. Whoever says nothing is no browser, unless there is
/// a cookie that may sign somebody in: then it may be an old one, and is refused.
fn is_foreign(
    headers: &HeaderMap,
    is_own: impl Fn(&str) -> bool,
    has_cookie: impl FnOnce() -> bool,
) -> bool {
    let site = headers.get(&SEC_FETCH_SITE).map(|value| value.as_bytes());
    if site == Some(b"cross-site") {
        return true;
    }
    let mut origins = headers.get_all(ORIGIN).iter().peekable();
    if origins.peek().is_some() {
        return !origins.all(|origin| origin.to_str().is_ok_and(&is_own));
    }
    match site {
        Some(b"same-origin" | b"none") => false,
        _ => has_cookie(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cookies::CookieStyle;

    fn verdict(headers: &[(&'static str, &str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        let is_own = |origin: &str| origin == "https://example.org";
        let headers = HeaderMap::from_iter(headers);
        is_foreign(&headers, is_own, || {
            CookieStyle::HostPrefixed.any_in(&headers)
        })
    }

    #[test]
    fn origin_decides_then_sec_fetch_site_then_cookies() {
        let ours = ("origin", "https://example.org");
        let cookie = ("cookie", "__Host-passkeep-session=x");
        for (headers, foreign) in [
            (vec![ours, cookie], false),
            (vec![ours, ("sec-fetch-site", "same-origin"), cookie], false),
            (vec![ours, ("sec-fetch-site", "cross-site")], true),
            (vec![ours, ("origin", "https://evil.example")], true),
            (vec![("origin", "https://evil.example")], true),
            (vec![("origin", "https://example.org:444"), cookie], true),
            (vec![("origin", "http://example.org"), cookie], true),
            (vec![("origin", "null"), cookie], true),
            (vec![("sec-fetch-site", "same-origin"), cookie], false),
            (vec![("sec-fetch-site", "none"), cookie], false),
            (vec![("sec-fetch-site", "same-site"), cookie], true),
            (vec![("sec-fetch-site", "cross-site")], true),
            (vec![cookie], true),
            (vec![("cookie", "other=1")], false),
            (vec![], false),
        ] {
            assert_eq!(verdict(&headers), foreign, "{headers:?}");
        }
    }
}
