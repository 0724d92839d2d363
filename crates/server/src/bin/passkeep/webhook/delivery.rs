//! How one event after another is told, signed, and told again if need be.

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
use tokio::sync::{mpsc, watch};

use super::Address;
use crate::http_client::Client;

/// How long to wait before each further try, in seconds. Events wait behind one that is tried again, in their order.
const PAUSES: [u64; 4] = [1, 5, 30, 120];

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
    pub(super) waiting: mpsc::Receiver<SecurityEvent>,
    pub(super) stopped: watch::Receiver<bool>,
    /// How many events it has given up.
    pub(super) untold: Arc<AtomicU32>,
}

impl Delivery {
    /// Runs until it is told to stop and the queue is empty.
    pub(super) async fn run(mut self) {
        loop {
            let event = tokio::select! {
                event = self.waiting.recv() => event,
                () = stopped(&mut self.stopped) => {
                    self.waiting.close();
                    self.waiting.recv().await
                }
            };
            match event {
                Some(event) => self.deliver(&event).await,
                None => return,
            }
        }
    }

    async fn deliver(&self, event: &SecurityEvent) {
        let (kind, id) = (event.kind.as_str(), message_id(event));
        let body = event.to_json().to_string();
        let mut pauses = PAUSES.into_iter();
        loop {
            let why = match self.receiver.tell(&id, &body).await {
                Ok(()) => {
                    tracing::debug!(kind, id, "the webhook was told");
                    return;
                }
                Err(Failure::Passing(why)) => match pauses.next() {
                    Some(seconds) => {
                        tracing::warn!(
                            kind,
                            id,
                            "the webhook was not told: {why}; trying again in {seconds} seconds"
                        );
                        tokio::time::sleep(Duration::from_secs(seconds)).await;
                        continue;
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
            return;
        }
    }
}

/// Ready when the task is to stop.
async fn stopped(told: &mut watch::Receiver<bool>) {
    // An error says that whoever could tell it to is gone.
    let _ = told.wait_for(|stopped| *stopped).await;
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
