//! The floor under a server: its own loop of connections with nothing behind it but answers that were prepared, and one bare
//! verification of a signature for each finish. What it does in a second is what HTTP, cryptography and the system leave.

#[path = "../../src/bin/passkeep/serve/activity.rs"]
mod activity;
#[path = "../../src/bin/passkeep/serve/connections.rs"]
mod connections;

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _,
    UnparsedPublicKey,
};
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use clap::Args;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::Result;
use crate::http::{AUTHENTICATION_FINISH, AUTHENTICATION_START};
use crate::server::port_of;

mod tls {
    /// What the loop compares with the protocol of a TLS connection, of which there is none here.
    pub(super) const HTTP2: &[u8] = b"h2";
}

/// As much as an authenticator signs: its data of 37 bytes and the hash of the client data.
const SIGNED: [u8; 69] = [7; 69];

/// Why signing and hashing cannot fail here is that the library has made the key itself.
const REFUSED: &str = "the cryptographic library refused its own key";

/// The bodies of a real server's answers.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Answers {
    pub(crate) start: String,
    pub(crate) finish: String,
}

#[derive(Args)]
pub(crate) struct Options {
    /// A file with the answers.
    answers: PathBuf,
}

/// Serves until it is killed.
pub(crate) async fn run(options: Options) -> Result<()> {
    let answers: Answers = serde_json::from_slice(&std::fs::read(options.answers)?)?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    println!("The floor is laid (listening on {address})");
    let front = connections::Front {
        app: app(answers)?,
        tls: None,
        max_connections: NonZeroU32::MIN.saturating_add(1023),
    };
    connections::serve(listener, front, std::future::pending()).await;
    Ok(())
}

fn app(answers: Answers) -> Result<Router> {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)
        .map_err(|error| error.to_string())?;
    let key: Arc<[u8]> = pair.public_key().as_ref().into();
    let signature = pair.sign(&SystemRandom::new(), &SIGNED);
    let signature: Arc<[u8]> = signature.map_err(|_| REFUSED)?.as_ref().into();
    let (start, finish) = (Bytes::from(answers.start), Bytes::from(answers.finish));
    let starts = move |_: Bytes| std::future::ready(json(start.clone()));
    let finishes = move |_: Bytes| {
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &key);
        std::future::ready(match key.verify(&SIGNED, &signature) {
            Ok(()) => json(finish.clone()),
            Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, REFUSED).into_response(),
        })
    };
    Ok(Router::new()
        .route(AUTHENTICATION_START, post(starts))
        .route(AUTHENTICATION_FINISH, post(finishes)))
}

fn json(body: Bytes) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

/// The floor as a process, which is killed with this value.
pub(crate) struct Floor {
    process: Child,
    pub(crate) port: u16,
}

impl Floor {
    pub(crate) fn start(answers: &Answers, folder: &Path) -> Result<Self> {
        let file = folder.join("answers.json");
        std::fs::write(&file, serde_json::to_vec(answers)?)?;
        let mut command = Command::new(std::env::current_exe()?);
        let process = command.arg("serve-floor").arg(file).stdout(Stdio::piped());
        let mut floor = Self {
            process: process.spawn()?,
            port: 0,
        };
        let port = port_of(&mut floor.process)?;
        floor.port = port.map_err(|line| format!("the floor was not laid: {line}"))?;
        Ok(floor)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
