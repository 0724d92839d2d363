//! The site, which is part of the program: built by Trunk, compressed ahead of time, and listed by `build.rs`.

use axum::body::Body;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};

/// A file of the site.
#[derive(Debug)]
pub(crate) struct SiteFile {
    path: &'static str,
    content_type: &'static str,
    hash: &'static str,
    /// Whether the name changes with the content.
    immutable: bool,
    identity: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

/// The files of the site in this program.
pub(crate) const FILES: &[SiteFile] = include!(concat!(env!("OUT_DIR"), "/site_files.rs"));

/// The addresses that the site's own router shows something at. Any other address gets the page too, to say so, but with
/// the status 404.
const PAGES: &[&str] = &["/", "/account", "/recover"];

const INDEX: &str = "/index.html";

/// The workbench for developers, which is a page and a program of its own.
const WORKBENCH: &str = "/workbench";
const WORKBENCH_INDEX: &str = "/workbench/index.html";

/// The addresses below it that it shows something at.
const WORKBENCH_PAGES: &[&str] = &[
    "inspector",
    "tamper",
    "playground",
    "capabilities",
    "how-it-works",
    "readiness",
];

/// The paths of the site's styles, for pages that are not the site's own.
pub(crate) fn stylesheets() -> impl Iterator<Item = &'static str> {
    let styles = FILES.iter().filter(|file| file.path.ends_with(".css"));
    let styles = styles.filter(|file| !file.path.starts_with(WORKBENCH));
    styles.map(|file| file.path)
}

/// Answers a request for a file or a page.
pub(crate) fn serve(
    files: &'static [SiteFile],
    method: &Method,
    path: &str,
    headers: &HeaderMap,
) -> Response {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response();
    }
    let find = |path: &str| files.iter().find(|file| file.path == path);
    if let Some(file) = find(path) {
        return file.respond(StatusCode::OK, headers);
    }
    let (index, is_page) = page_at(path);
    match find(index).filter(|_| is_page || accepts_html(headers)) {
        Some(index) if is_page => index.respond(StatusCode::OK, headers),
        Some(index) => index.respond(StatusCode::NOT_FOUND, headers),
        None => (StatusCode::NOT_FOUND, "Not found.\n").into_response(),
    }
}

/// The page that is shown at an address, and whether there is one: if not, the page says so.
fn page_at(path: &str) -> (&'static str, bool) {
    match path.strip_prefix(WORKBENCH) {
        Some("") => (WORKBENCH_INDEX, true),
        Some(below) if below.starts_with('/') => {
            let below = below.trim_matches('/');
            let is_page = below.is_empty() || WORKBENCH_PAGES.contains(&below);
            (WORKBENCH_INDEX, is_page)
        }
        _ => (INDEX, PAGES.contains(&path)),
    }
}

impl SiteFile {
    fn respond(&self, status: StatusCode, request: &HeaderMap) -> Response {
        let (content, encoding) = self.best_for(request);
        // Each encoding is a different sequence of bytes, so each has its own tag.
        let tag = format!(
            "\"{}{}\"",
            self.hash,
            encoding.map_or("", |encoding| encoding.tag)
        );
        let caching = match self.immutable {
            true => "public, max-age=31536000, immutable",
            // Kept, but asked about each time.
            false => "no-cache",
        };
        let is_known = status == StatusCode::OK && if_none_match(request, &tag);
        let mut response = match is_known {
            true => StatusCode::NOT_MODIFIED.into_response(),
            false => (status, Body::from(content)).into_response(),
        };
        let headers = response.headers_mut();
        let mut set = |name: HeaderName, value: &str| {
            // All of these are made of constants and hexadecimal digits.
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        set(CACHE_CONTROL, caching);
        set(VARY, "accept-encoding");
        set(ETAG, &tag);
        if !is_known {
            set(CONTENT_TYPE, self.content_type);
            if let Some(encoding) = encoding {
                set(CONTENT_ENCODING, encoding.name);
            }
        }
        response
    }

    /// The shortest form that the client takes.
    fn best_for(&self, request: &HeaderMap) -> (&'static [u8], Option<Encoding>) {
        let encoded = [(self.brotli, BROTLI), (self.gzip, GZIP)];
        let best = encoded.into_iter().find_map(|(content, encoding)| {
            let content = content.filter(|_| accepts_encoding(request, encoding.name))?;
            Some((content, Some(encoding)))
        });
        best.unwrap_or((self.identity, None))
    }
}

#[derive(Clone, Copy)]
struct Encoding {
    name: &'static str,
    tag: &'static str,
}

const BROTLI: Encoding = Encoding {
    name: "br",
    tag: "-br",
};
const GZIP: Encoding = Encoding {
    name: "gzip",
    tag: "-gz",
};

/// Whether a client takes an encoding: named, and not with the weight 0. [RFC 9110 §12.5.3]
///
/// [RFC 9110 §12.5.3]: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
fn accepts_encoding(request: &HeaderMap, encoding: &str) -> bool {
    list(request, &ACCEPT_ENCODING).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        let refused = weight.is_some_and(|weight| weight.parse() == Ok(0.0));
        named && !refused
    })
}

fn accepts_html(request: &HeaderMap) -> bool {
    list(request, &ACCEPT).any(|item| item.starts_with("text/html"))
}

/// Whether the client has this version. [RFC 9110 §13.1.2], with the weak comparison.
///
/// [RFC 9110 §13.1.2]: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2
fn if_none_match(request: &HeaderMap, tag: &str) -> bool {
    list(request, &IF_NONE_MATCH).any(|item| item == "*" || item.trim_start_matches("W/") == tag)
}

fn list<'a>(request: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> + use<'a> {
    let lines = request.get_all(name).into_iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEST_FILES: &[SiteFile] = &[
        SiteFile {
            path: "/app-0123456789abcdef.wasm",
            content_type: "application/wasm",
            hash: "aa",
            immutable: true,
            identity: b"identity",
            brotli: Some(b"br"),
            gzip: Some(b"gz"),
        },
        SiteFile {
            path: "/index.html",
            content_type: "text/html; charset=utf-8",
            hash: "bb",
            immutable: false,
            identity: b"index",
            brotli: None,
            gzip: None,
        },
        SiteFile {
            path: "/workbench/index.html",
            content_type: "text/html; charset=utf-8",
            hash: "cc",
            immutable: false,
            identity: b"workbench",
            brotli: None,
            gzip: None,
        },
    ];

    fn get(path: &str, headers: &[(HeaderName, &'static str)]) -> Response {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        serve(
            TEST_FILES,
            &Method::GET,
            path,
            &HeaderMap::from_iter(headers),
        )
    }

    #[track_caller]
    fn header(response: &Response, name: HeaderName) -> Option<&str> {
        response
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap())
    }

    #[test]
    fn the_shortest_encoding_that_is_accepted_is_sent() {
        let path = "/app-0123456789abcdef.wasm";
        for (accepted, encoding, tag) in [
            ("gzip, deflate, br, zstd", Some("br"), "\"aa-br\""),
            ("br;q=0, gzip;q=0.5", Some("gzip"), "\"aa-gz\""),
            ("br;q=0.000", None, "\"aa\""),
            ("zstd", None, "\"aa\""),
            ("brotli", None, "\"aa\""),
        ] {
            let response = get(path, &[(ACCEPT_ENCODING, accepted)]);
            assert_eq!(header(&response, CONTENT_ENCODING), encoding, "{accepted}");
            assert_eq!(header(&response, ETAG), Some(tag), "{accepted}");
            assert_eq!(header(&response, CONTENT_TYPE), Some("application/wasm"));
            assert_eq!(header(&response, VARY), Some("accept-encoding"));
        }
    }

    #[test]
    fn files_with_a_hash_in_their_name_are_kept_and_the_page_is_asked_about() {
        let response = get("/app-0123456789abcdef.wasm", &[]);
        let immutable = "public, max-age=31536000, immutable";
        assert_eq!(header(&response, CACHE_CONTROL), Some(immutable));
        assert_eq!(header(&get("/", &[]), CACHE_CONTROL), Some("no-cache"));
    }

    #[test]
    fn a_version_that_the_client_has_is_not_sent_again() {
        for (tags, status) in [("\"bb\"", 304), ("\"x\", W/\"bb\"", 304), ("\"aa\"", 200)] {
            let response = get("/", &[(IF_NONE_MATCH, tags)]);
            assert_eq!(response.status().as_u16(), status, "{tags}");
            assert_eq!(header(&response, ETAG), Some("\"bb\""), "{tags}");
        }
    }

    #[test]
    fn pages_of_the_site_are_found_and_other_addresses_are_not() {
        let html = [(ACCEPT, "text/html,application/xhtml+xml")];
        for (path, headers, status, content_type) in [
            ("/", &[][..], 200, Some("text/html; charset=utf-8")),
            ("/account", &html[..], 200, Some("text/html; charset=utf-8")),
            ("/nowhere", &html[..], 404, Some("text/html; charset=utf-8")),
            (
                "/nowhere.js",
                &[(ACCEPT, "*/*")][..],
                404,
                Some("text/plain; charset=utf-8"),
            ),
        ] {
            let response = get(path, headers);
            assert_eq!(response.status().as_u16(), status, "{path}");
            assert_eq!(header(&response, CONTENT_TYPE), content_type, "{path}");
        }
    }

    #[test]
    fn the_workbench_has_a_page_of_its_own() {
        let html = [(ACCEPT, "text/html")];
        for (path, status, tag) in [
            ("/workbench", 200, "\"cc\""),
            ("/workbench/", 200, "\"cc\""),
            ("/workbench/inspector", 200, "\"cc\""),
            ("/workbench/nowhere", 404, "\"cc\""),
            ("/workbenches", 404, "\"bb\""),
        ] {
            let response = get(path, &html);
            assert_eq!(response.status().as_u16(), status, "{path}");
            assert_eq!(header(&response, ETAG), Some(tag), "{path}");
        }
    }

    #[test]
    fn the_program_has_a_page_to_show() {
        let index = FILES.iter().find(|file| file.path == INDEX).unwrap();
        assert_eq!(index.content_type, "text/html; charset=utf-8");
        assert!(!index.immutable);
    }
}
