//! How events are told, signed, and told again if need be.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_lc_rs::hmac;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use passkeep_server::{Clock as _, SecurityEvent, SystemClock};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Address;
use super::waiting::{First, Waiting};
use crate::http_client::Client;

/// How long to wait before each further try, in seconds. The same account's events wait behind one that is tried again.
const PAUSES: [u64; 4] = [1, 5, 30, 120];

/// How many events are told at once: one that is answered slowly does not hold up the rest.
const AT_ONCE: usize = 8;

/// The one who is told.
pub(super) struct Receiver {
    client: Client,
    path: String,
    key: hmac::Key,
}

impl Receiver {
    pub(super) fn new(client: Client, address: Address) -> Self {
        let path = address.url.path_and_query();
        let path = path.map_or_else(|| "/".to_owned(), ToString::to_string);
        Self {
            client,
            path,
            key: address.key,
        }
    }

    /// Tells it once.
    async fn tell(&self, id: &str, body: &str) -> Result<(), Failure> {
        // The time of the try and not of the event: receivers refuse what is old, because it may be a replay.
        let timestamp = SystemClock.now().0 / 1000;
        let signature = signature(&self.key, id, timestamp, body);
        let request = Request::post(&self.path)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(Body::from(body.to_owned()));
        let request = request.map_err(|error| Failure::Passing(error.to_string()))?;
        let answer = self.client.send(request).await.map_err(Failure::Passing)?;
        match answer.status {
            status if status.is_success() => Ok(()),
            StatusCode::GONE => Err(Failure::Gone),
            status => Err(Failure::Passing(format!("it answered {status}"))),
        }
    }
}

/// Why it was not told.
enum Failure {
    /// It may be told later.
    Passing(String),
    /// It says that it wants to hear no more.
    Gone,
}

/// The task that tells.
pub(super) struct Delivery {
    pub(super) receiver: Receiver,
    pub(super) waiting: Arc<Waiting>,
    /// How many events it has given up.
    pub(super) untold: Arc<AtomicU32>,
}

impl Delivery {
    /// Runs until nothing is left and nothing more is taken.
    pub(super) async fn run(self) {
        let delivery = Arc::new(self);
        let mut at_once = JoinSet::new();
        for _ in 0..AT_ONCE {
            let delivery = Arc::clone(&delivery);
            at_once.spawn(async move {
                while let Some(first) = delivery.waiting.next().await {
                    delivery.deliver(first).await;
                }
            });
        }
        at_once.join_all().await;
    }

    async fn deliver(&self, first: First) {
        let First {
            line,
            event,
            failures,
        } = first;
        let (kind, id) = (event.kind.as_str(), message_id(&event));
        let body = event.to_json().to_string();
        let why = match self.receiver.tell(&id, &body).await {
            Ok(()) => {
                tracing::debug!(kind, id, "the webhook was told");
                return self.waiting.done(line);
            }
            Err(Failure::Passing(why)) => match PAUSES.get(failures) {
                Some(seconds) => {
                    tracing::warn!(
                        kind,
                        id,
                        "the webhook was not told: {why}; trying again in {seconds} seconds"
                    );
                    let at = Instant::now() + Duration::from_secs(*seconds);
                    return self.waiting.again(line, at);
                }
                None => why,
            },
            Err(Failure::Gone) => "it answered that it is gone".to_owned(),
        };
        self.untold.fetch_add(1, Ordering::Relaxed);
        tracing::error!(
            kind,
            id,
            "the webhook was not told, and is not tried again: {why}; the audit trail has it"
        );
        self.waiting.done(line);
    }
}

/// The same for every try, so that a receiver can tell a repetition from another event.
pub(super) fn message_id(event: &SecurityEvent) -> String {
    let digits = event.id.map(|byte| format!("{byte:02x}"));
    format!("msg_{}", digits.concat())
}

fn signature(key: &hmac::Key, id: &str, timestamp: u64, body: &str) -> String {
    let tag = hmac::sign(key, format!("{id}.{timestamp}.{body}").as_bytes());
    format!("v1,{}", BASE64_STANDARD.encode(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector that the specification's libraries are tested with.
    #[test]
    fn the_signature_is_the_specifications() {
        let secret = BASE64_STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret.unwrap());
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        let signature = signature(&key, id, 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
