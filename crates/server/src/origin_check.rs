//! Keeps other sites' pages from changing anything with our cookies.

use axum::extract::Request;
use axum::http::header::{COOKIE, ORIGIN};
use axum::http::{HeaderMap, HeaderName, Method};
use passkeep_protocol::api::ErrorCode;
use passkeep_verify::origin::AcceptedOrigins;

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
        origins.any(|own| own.as_str() == origin && own.is_web())
    };
    let headers = request.headers();
    // A host's session may be in any cookie.
    let has_cookie = || match state.host {
        Some(_) => headers.contains_key(COOKIE),
        None => state.cookies.any_in(headers),
    };
    if !reads_only && is_foreign(headers, is_own, has_cookie) {
        let sites = state.rp.origins().iter().filter(|own| own.is_web());
        let why = why(headers, &sites.cloned().collect::<Vec<_>>().into());
        let error = ApiError::new(ErrorCode::ForbiddenOrigin).with_detail(&why);
        return Err(error.because(why));
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

/// The most characters of a received origin that are said again: no host has more.
const SAID_AGAIN: usize = 256;

/// Why a request is refused, for whoever sets the site up. It tells nobody anything: where the site is, its visitors know.
fn why(headers: &HeaderMap, sites: &AcceptedOrigins) -> String {
    let names: Vec<_> = sites.exact().iter().map(|site| site.as_str()).collect();
    let names = names.join(", ");
    let mut origins = headers.get_all(ORIGIN).iter();
    let foreign = origins.find(|origin| !origin.to_str().is_ok_and(|it| sites.accepts(it)));
    if let Some(origin) = foreign {
        let origin = String::from_utf8_lossy(origin.as_bytes());
        let origin: String = origin.chars().take(SAID_AGAIN).collect();
        let difference = sites.difference(&origin);
        let difference = difference.map_or_else(String::new, |it| format!(": {it}"));
        return format!("It came from {origin}, and this server answers {names}{difference}.");
    }
    match headers.get(&SEC_FETCH_SITE).map(|site| site.as_bytes()) {
        Some(b"cross-site" | b"same-site") => {
            format!("The browser says that it came from another site than {names}.")
        }
        _ => format!(
            "It has a cookie and does not say where it came from: send Origin, as one of {names}."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cookies::CookieStyle;
    use passkeep_verify::origin::Origin;

    #[test]
    fn a_refusal_says_where_it_came_from_and_what_is_answered() {
        let sites = ["http://localhost:8080", "https://example.org"];
        let sites = sites.map(|site| Origin::parse(site).unwrap());
        let sites = AcceptedOrigins::from(sites.to_vec());
        let answered = "this server answers http://localhost:8080, https://example.org";
        let long = format!("https://{}", "a".repeat(400));
        for (header, value, expected) in [
            (
                "origin",
                "http://127.0.0.1:8080",
                format!(
                    "It came from http://127.0.0.1:8080, and {answered}: it is this machine by its number, and passkeys need \
                     its name, localhost."
                ),
            ),
            (
                "origin",
                "http://localhost:8081",
                format!("It came from http://localhost:8081, and {answered}: it differs only by the port."),
            ),
            (
                "origin",
                &long,
                format!("It came from {}, and {answered}.", &long[..256]),
            ),
            (
                "sec-fetch-site",
                "cross-site",
                "The browser says that it came from another site than http://localhost:8080, https://example.org."
                    .to_owned(),
            ),
            (
                "cookie",
                "a=1",
                "It has a cookie and does not say where it came from: send Origin, as one of http://localhost:8080, \
                 https://example.org."
                    .to_owned(),
            ),
        ] {
            let headers = [(HeaderName::from_static(header), value.parse().unwrap())];
            assert_eq!(why(&HeaderMap::from_iter(headers), &sites), expected);
        }
    }

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
