//! A browser of somebody: one connection that stays open, and cookies.

use std::collections::BTreeMap;
use std::fmt;

use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, ORIGIN as ORIGIN_HEADER, SET_COOKIE};
use axum::http::{Method, Request, StatusCode};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;

use crate::Result;
use crate::people::ORIGIN;

pub(crate) const REGISTRATION_START: &str = "/api/v1/registration/start";
pub(crate) const REGISTRATION_FINISH: &str = "/api/v1/registration/finish";
pub(crate) const AUTHENTICATION_START: &str = "/api/v1/authentication/start";
pub(crate) const AUTHENTICATION_FINISH: &str = "/api/v1/authentication/finish";
/// Where a floor has what answers like the two above.
pub(crate) const FLOOR_START: &str = "/floor/start";
pub(crate) const FLOOR_SEALING: &str = "/floor/sealing";
pub(crate) const FLOOR_FINISH: &str = "/floor/finish";
pub(crate) const SESSION: &str = "/api/v1/session";
pub(crate) const PASSKEYS: &str = "/api/v1/passkeys";

/// No answer of the API is longer, in bytes.
const LONGEST_ANSWER: usize = 1 << 20;

pub(crate) type Cookies = BTreeMap<String, String>;

pub(crate) struct Browser {
    sender: SendRequest<Body>,
    pub(crate) cookies: Cookies,
}

impl Browser {
    pub(crate) async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self {
            sender,
            cookies: Cookies::new(),
        })
    }

    pub(crate) async fn post(&mut self, path: &str, body: &impl Serialize) -> Result<Answer> {
        self.post_text(path, serde_json::to_string(body)?).await
    }

    pub(crate) async fn post_text(&mut self, path: &str, body: String) -> Result<Answer> {
        self.send(Method::POST, path, Body::from(body)).await
    }

    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer> {
        self.send(Method::GET, path, Body::empty()).await
    }

    async fn send(&mut self, method: Method, path: &str, body: Body) -> Result<Answer> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "localhost:9")
            .header(ORIGIN_HEADER, ORIGIN)
            .header(CONTENT_TYPE, "application/json");
        if !self.cookies.is_empty() {
            let pairs = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"));
            request = request.header(COOKIE, pairs.collect::<Vec<_>>().join("; "));
        }
        self.sender.ready().await?;
        let response = self.sender.send_request(request.body(body)?).await?;
        for line in response.headers().get_all(SET_COOKIE) {
            let pair = line.to_str()?.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let status = response.status();
        let body = to_bytes(Body::new(response.into_body()), LONGEST_ANSWER).await?;
        Ok(Answer {
            status,
            body: body.to_vec(),
        })
    }
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    body: Vec<u8>,
}

impl Answer {
    /// The body of an answer that must have that status.
    pub(crate) fn json<T: DeserializeOwned>(&self, status: u16) -> Result<T> {
        Ok(serde_json::from_str(self.text(status)?)?)
    }

    /// The same, as it came.
    pub(crate) fn text(&self, status: u16) -> Result<&str> {
        if self.status.as_u16() != status {
            return Err(format!("{self} instead of {status}").into());
        }
        Ok(str::from_utf8(&self.body)?)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, String::from_utf8_lossy(&self.body))
    }
}
