//! The webhook: sends security events to a service of the operator's.
//!
//! It follows the [Standard Webhooks](https://www.standardwebhooks.com) specification, whose libraries verify it. Events wait
//! in a bounded space and are told a few at once, those of one account in their order, so that a receiver that is slow or gone
//! costs no request anything, and no account costs another its events. What it has not been told when there is no room, the last
//! try fails or the server is killed is in the audit trail only.

mod delivery;
mod waiting;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_lc_rs::hmac;
use axum::http::Uri;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use passkeep_server::{Notifier, SecurityEvent};
use tokio::task::JoinHandle;

use crate::http_client::Client;
use delivery::{Delivery, Receiver};
use waiting::{Refused, Waiting};

/// Where the webhook is, and the secret that it shares.
#[derive(Clone)]
pub(crate) struct Address {
    url: Uri,
    key: hmac::Key,
}

impl Address {
    /// Takes the address and the secret if they are good, or says what is wrong without repeating either.
    pub(crate) fn new(url: &str, secret: &str) -> Result<Self, &'static str> {
        let url: Uri = url.parse().map_err(|_| "its address is no URL")?;
        let host = url.host().ok_or("its address names no host")?;
        match url.scheme_str() {
            Some("https") => {}
            // What is told has the names of people in it.
            Some("http") if is_loopback(host) => {}
            _ => return Err("its address begins with https://, or http:// for this machine"),
        }
        if url.authority().is_some_and(|it| it.as_str().contains('@')) {
            return Err(
                "its address has a user or a password, which are not sent; the signature proves who calls",
            );
        }
        let encoded = secret.strip_prefix("whsec_");
        let encoded = encoded.ok_or("its secret begins with whsec_")?;
        let secret = BASE64_STANDARD.decode(encoded);
        let secret = secret.map_err(|_| "its secret is whsec_ and base64 after that")?;
        if !(24..=64).contains(&secret.len()) {
            return Err(
                "its secret has 24 to 64 bytes: whsec_ and what `openssl rand -base64 32` prints",
            );
        }
        Ok(Self {
            url,
            key: hmac::Key::new(hmac::HMAC_SHA256, &secret),
        })
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({:?})", self.url.host())
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// The webhook, at work.
pub(crate) struct Webhook {
    queue: Queue,
    task: JoinHandle<()>,
    untold: Arc<AtomicU32>,
}

/// What waits to be told.
#[derive(Clone)]
pub(crate) struct Queue(Arc<Waiting>);

impl Webhook {
    /// Begins to tell what is put into the queue.
    pub(crate) fn start(address: Address) -> Result<Self, String> {
        let client = Client::new(&address.url, None)?;
        let client = client.ok_or("the webhook has no address")?;
        let receiver = Receiver::new(client, address);
        let waiting = Arc::new(Waiting::new());
        let untold = Arc::new(AtomicU32::new(0));
        let delivery = Delivery {
            receiver,
            waiting: Arc::clone(&waiting),
            untold: Arc::clone(&untold),
        };
        Ok(Self {
            queue: Queue(waiting),
            task: tokio::spawn(delivery.run()),
            untold,
        })
    }

    pub(crate) fn queue(&self) -> Queue {
        self.queue.clone()
    }

    /// Tells what is in the queue, for so long at most, and takes nothing more. Says whether all has been told.
    pub(crate) async fn finish(self, patience: Duration) -> bool {
        self.queue.0.close();
        let abort = self.task.abort_handle();
        if tokio::time::timeout(patience, self.task).await.is_err() {
            abort.abort();
            let seconds = patience.as_secs();
            tracing::error!(
                "the webhook was not told everything within {seconds} seconds; the audit trail has it"
            );
            return false;
        }
        self.untold.load(Ordering::Relaxed) == 0
    }
}

impl Notifier for Queue {
    fn notify(&self, event: SecurityEvent) {
        if let Err(refused) = self.0.put(event) {
            let Refused { event, why } = *refused;
            let (kind, id) = (event.kind.as_str(), delivery::message_id(&event));
            tracing::error!(
                kind,
                id,
                "the webhook is not told: {why}; the audit trail has it"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn only_https_or_this_machine_is_told() {
        for url in [
            "https://example.org/hook?x=1",
            "http://localhost:8080/hook",
            "http://127.0.0.1:1",
            "http://[::1]:1/",
        ] {
            assert!(Address::new(url, SECRET).is_ok(), "{url}");
        }
        let scheme = "its address begins with https://, or http:// for this machine";
        for (url, expected) in [
            ("http://example.org/hook", scheme),
            ("http://localhost.example.org/hook", scheme),
            ("ftp://localhost/hook", scheme),
            ("/hook", "its address names no host"),
            ("https://a b", "its address is no URL"),
            (
                "https://ada:secret@example.org/",
                "its address has a user or a password, which are not sent; the signature proves who calls",
            ),
        ] {
            assert_eq!(Address::new(url, SECRET).unwrap_err(), expected, "{url}");
        }
    }

    #[test]
    fn a_secret_has_the_specifications_form_and_length() {
        let url = "https://example.org/hook";
        let of = |bytes: usize| format!("whsec_{}", BASE64_STANDARD.encode(vec![7; bytes]));
        for good in [24, 64] {
            assert!(Address::new(url, &of(good)).is_ok(), "{good}");
        }
        let length =
            "its secret has 24 to 64 bytes: whsec_ and what `openssl rand -base64 32` prints";
        for bad in [0, 23, 65] {
            assert_eq!(Address::new(url, &of(bad)).unwrap_err(), length, "{bad}");
        }
        let error = Address::new(url, "hunter2").unwrap_err();
        assert_eq!(error, "its secret begins with whsec_");
        let error = Address::new(url, "whsec_!").unwrap_err();
        assert_eq!(error, "its secret is whsec_ and base64 after that");
        let shown = format!("{:?}", Address::new(url, SECRET).unwrap());
        assert_eq!(shown, "Address(Some(\"example.org\"))");
    }
}
