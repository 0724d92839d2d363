//! The description of the API, as it is served.

use axum::body::Body;
use axum::http::Request;
use serde_json::Value;

use crate::support::Server;

#[tokio::test]
async fn the_description_is_there_for_programs_and_for_people() {
    let server = Server::start().await;
    for (path, form) in [
        ("/openapi.json", "application/json"),
        ("/docs/api", "text/html; charset=utf-8"),
        ("/docs/api.css", "text/css; charset=utf-8"),
    ] {
        let answer = server.send(Request::get(path).body(Body::empty()).unwrap());
        let answer = answer.await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some(form), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{path}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("style-src 'self';"), "{path}: {policy}");
    }
}

#[tokio::test]
async fn the_description_names_the_cookies_of_its_server() {
    for (origin, session) in [
        ("https://example.org", "__Host-passkeep-session"),
        ("http://localhost:8080", "passkeep-session"),
    ] {
        let server = Server::at(origin).await;
        let request = Request::get("/openapi.json").body(Body::empty()).unwrap();
        let answer = server.send(request).await;
        let document: Value = serde_json::from_str(&answer.text()).unwrap();
        assert_eq!(document["openapi"], "3.1.0");
        let scheme = &document["components"]["securitySchemes"]["session"];
        assert_eq!(scheme["in"], "cookie");
        assert_eq!(scheme["name"], session, "{origin}");
    }
}
