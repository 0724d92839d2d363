//! The two cookies: which session a browser has, and which browser it is.
//!
//! Written by hand because there is nothing to encode (values are base64url of our own making) and no date to format.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::AppendHeaders;
use passkeep_verify::origin::Origin;

use crate::token::Token;

/// A `Set-Cookie` header to add to an answer, or none.
pub(crate) type SetCookie = AppendHeaders<Option<(HeaderName, HeaderValue)>>;

/// How cookies are called and guarded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum CookieStyle {
    /// `Secure`, and with the prefix `__Host-`, by which browsers promise that no other host has set it.
    HostPrefixed,
    /// Without either: for a site whose every origin is plain http, which can only be localhost, because a browser
    /// (Safari) refuses Secure cookies there.
    PlainLocalhost,
}

/// The two cookies.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Cookie {
    /// The session's token, for as long as a session can last.
    ///
    /// SameSite is Strict, which costs nothing here: pages are public and ask for the session by `fetch`, which is a
    /// same-site request even on a page that a link from elsewhere has opened.
    Session,
    /// A random token that ties ceremonies to the browser that started them, until the browser is closed.
    Browser,
}

impl CookieStyle {
    pub(crate) fn for_origins(origins: &[Origin]) -> Self {
        if is_https(origins) {
            Self::HostPrefixed
        } else {
            Self::PlainLocalhost
        }
    }

    pub(crate) fn name(self, cookie: Cookie) -> &'static str {
        match (self, cookie) {
            (Self::HostPrefixed, Cookie::Session) => "__Host-passkeep-session",
            (Self::HostPrefixed, Cookie::Browser) => "__Host-passkeep-browser",
            (Self::PlainLocalhost, Cookie::Session) => "passkeep-session",
            (Self::PlainLocalhost, Cookie::Browser) => "passkeep-browser",
        }
    }

    /// Makes the browser keep a token, for so many seconds or until it is closed.
    pub(crate) fn set(self, cookie: Cookie, token: &Token, max_age: Option<u32>) -> SetCookie {
        self.header(cookie, &token.to_text(), max_age)
    }

    /// Makes the browser forget a cookie.
    pub(crate) fn clear(self, cookie: Cookie) -> SetCookie {
        self.header(cookie, "", Some(0))
    }

    /// The token in a request's cookie; `None` if there is none, or none of ours.
    pub(crate) fn read(self, cookie: Cookie, headers: &HeaderMap) -> Option<Token> {
        let value = values(self.name(cookie), headers).next()?;
        Token::parse(core::str::from_utf8(value).ok()?)
    }

    /// Whether a request carries either cookie, whatever its value.
    pub(crate) fn any_in(self, headers: &HeaderMap) -> bool {
        self.has(Cookie::Session, headers) || self.has(Cookie::Browser, headers)
    }

    /// Whether a request carries that cookie, whatever its value.
    pub(crate) fn has(self, cookie: Cookie, headers: &HeaderMap) -> bool {
        values(self.name(cookie), headers).next().is_some()
    }

    fn header(self, cookie: Cookie, value: &str, max_age: Option<u32>) -> SetCookie {
        let name = self.name(cookie);
        let secure = match self {
            Self::HostPrefixed => "; Secure",
            Self::PlainLocalhost => "",
        };
        let max_age = max_age.map_or_else(String::new, |age| format!("; Max-Age={age}"));
        let text = format!("{name}={value}; Path=/; HttpOnly{secure}; SameSite=Strict{max_age}");
        // Names and attributes are constants and values are base64url, so this is always a header value.
        let header = HeaderValue::try_from(text).ok();
        AppendHeaders(header.map(|header| (SET_COOKIE, header)))
    }
}

/// Whether any of a relying party's web origins is https.
pub(crate) fn is_https(origins: &[Origin]) -> bool {
    origins
        .iter()
        .any(|origin| origin.as_str().starts_with("https://"))
}

/// The values of all cookies with that name, in the order in which they came.
fn values<'a>(name: &str, headers: &'a HeaderMap) -> impl Iterator<Item = &'a [u8]> {
    let lines = headers.get_all(COOKIE).iter();
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| {
        let pair = pair.trim_ascii().strip_prefix(name.as_bytes())?;
        pair.strip_prefix(b"=")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(cookies: &[&'static str]) -> HeaderMap {
        let lines = cookies
            .iter()
            .map(|line| (COOKIE, HeaderValue::from_static(line)));
        HeaderMap::from_iter(lines)
    }

    #[test]
    fn a_token_is_found_among_other_cookies_and_in_any_line() {
        let value = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
        let token = Token::parse(value);
        assert!(token.is_some());
        let headers = request(&[
            "theme=dark",
            "x=y; __Host-passkeep-session=BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc; z",
        ]);
        let style = CookieStyle::HostPrefixed;
        assert_eq!(style.read(Cookie::Session, &headers), token);
        assert_eq!(style.read(Cookie::Browser, &headers), None);
        assert_eq!(
            CookieStyle::PlainLocalhost.read(Cookie::Session, &headers),
            None
        );
    }

    #[test]
    fn what_others_have_put_into_the_line_hides_no_cookie_of_ours() {
        let value = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
        let line = [
            b"name=M\xfcller;;=;passkeep-browser-2=x; passkeep-browser=",
            value.as_bytes(),
        ]
        .concat();
        let line = HeaderValue::from_bytes(&line).unwrap();
        let headers = HeaderMap::from_iter([(COOKIE, line)]);
        let style = CookieStyle::PlainLocalhost;
        assert_eq!(style.read(Cookie::Browser, &headers), Token::parse(value));
    }

    #[test]
    fn a_cookie_of_ours_counts_as_carried_even_if_its_value_is_not_ours() {
        let style = CookieStyle::PlainLocalhost;
        assert!(style.any_in(&request(&["passkeep-browser=?"])));
        assert!(!style.any_in(&request(&["passkeep-browser-2=?; other=1"])));
    }

    #[test]
    fn cookies_are_prefixed_unless_all_web_origins_are_plain_http() {
        let origin = |text| Origin::parse(text).unwrap();
        let plain = [origin("http://localhost:8080")];
        assert_eq!(
            CookieStyle::for_origins(&plain),
            CookieStyle::PlainLocalhost
        );
        let mixed = [origin("http://localhost:8080"), origin("https://localhost")];
        assert_eq!(CookieStyle::for_origins(&mixed), CookieStyle::HostPrefixed);
    }
}
