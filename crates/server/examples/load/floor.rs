//! The floors under a server: handlers with nothing in them but answers that were prepared, and one bare verification of a
//! signature for each finish. They lie at three depths: in the whole server, in axum's router behind the same loop of
//! connections, and in a bare service of hyper. In the first two there is another start, which does what none can do without.

#[path = "../../src/bin/passkeep/serve/activity.rs"]
mod activity;
#[path = "../../src/bin/passkeep/serve/connections.rs"]
mod connections;
#[path = "../../src/bin/passkeep/serve/log.rs"]
mod log;

use std::convert::Infallible;
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
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use clap::{Args, ValueEnum};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use passkeep_server::{AppState, Outside, Settings, TrustedProxies, app_with};
use passkeep_store::{SqliteOptions, SqliteStore};
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::origin::Origin;
use passkeep_verify::{RelyingParty, RelyingPartyConfig};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::Result;
use crate::http::{FLOOR_FINISH, FLOOR_SEALING, FLOOR_START};
use crate::people::{ORIGIN, RP_ID};
use crate::sealing::Sealing;
use crate::server::{LOG, Log, port_of};

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

/// How much of a server is around the handlers.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Depth {
    /// All of it: its request ids, its log, its metrics and its headers.
    Server,
    /// Its loop of connections, and axum's router.
    Axum,
    /// Nothing but hyper.
    Hyper,
}

impl Depth {
    /// From the top down.
    pub(crate) const ALL: [Self; 3] = [Self::Server, Self::Axum, Self::Hyper];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Axum => "axum",
            Self::Hyper => "hyper",
        }
    }
}

#[derive(Args)]
pub(crate) struct Options {
    /// How much of a server is around the handlers.
    depth: Depth,
    /// A file with the answers. A server's database is put beside it.
    answers: PathBuf,
}

/// Serves until it is killed.
pub(crate) async fn run(options: Options) -> Result<()> {
    log::start(LOG, false)?;
    let answers: Answers = serde_json::from_slice(&std::fs::read(&options.answers)?)?;
    let handlers = Handlers::new(answers)?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    println!("The floor is laid (listening on {address})");
    let app = match options.depth {
        Depth::Server => app_with(
            state(&options.answers.with_extension("db")).await?,
            handlers.router(),
        ),
        Depth::Axum => handlers.router(),
        Depth::Hyper => return bare(listener, handlers).await,
    };
    let front = connections::Front {
        app,
        tls: None,
        max_connections: NonZeroU32::MIN.saturating_add(1023),
        max_of_address: 0,
        proxies: TrustedProxies::default(),
    };
    connections::serve(listener, front, std::future::pending()).await;
    Ok(())
}

/// What there is to ask for.
#[derive(Clone)]
struct Handlers {
    answers: [Bytes; 2],
    sealing: Sealing,
    key: Arc<[u8]>,
    signature: Arc<[u8]>,
}

impl Handlers {
    fn new(Answers { start, finish }: Answers) -> Result<Self> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)
            .map_err(|error| error.to_string())?;
        let signature = pair.sign(&SystemRandom::new(), &SIGNED);
        Ok(Self {
            sealing: Sealing::like(&start)?,
            answers: [start, finish].map(Bytes::from),
            key: pair.public_key().as_ref().into(),
            signature: signature.map_err(|_| REFUSED)?.as_ref().into(),
        })
    }

    fn router(&self) -> Router {
        let (starting, sealing, finishing) = (self.clone(), self.clone(), self.clone());
        let start = move |_: Bytes| std::future::ready(starting.start());
        let seal = move |_: Bytes| std::future::ready(sealing.seal());
        let finish = move |_: Bytes| std::future::ready(finishing.finish());
        Router::new()
            .route(FLOOR_START, post(start))
            .route(FLOOR_SEALING, post(seal))
            .route(FLOOR_FINISH, post(finish))
    }

    fn start(&self) -> Response {
        let [start, _] = &self.answers;
        json(start.clone())
    }

    fn seal(&self) -> Response {
        match self.sealing.answer() {
            Ok(answer) => json(answer.into()),
            Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, REFUSED).into_response(),
        }
    }

    fn finish(&self) -> Response {
        let [_, finish] = &self.answers;
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &self.key);
        match key.verify(&SIGNED, &self.signature) {
            Ok(()) => json(finish.clone()),
            Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, REFUSED).into_response(),
        }
    }
}

fn json(body: Bytes) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

/// A server's state as its program has it, on a database of its own.
async fn state(database: &Path) -> Result<AppState> {
    let origins = vec![Origin::parse(ORIGIN).map_err(|error| error.to_string())?];
    let config = RelyingPartyConfig::new(RP_ID, "Passkeep", origins, AWS_LC_RS);
    let rp = RelyingParty::new(config).map_err(|error| error.to_string())?;
    let store = Arc::new(SqliteStore::open(SqliteOptions::new(database))?);
    Ok(AppState::new(rp, store, Outside::system(), Settings::default()).await?)
}

/// The same answers without a router and without the server's watch over connections.
async fn bare(listener: TcpListener, handlers: Handlers) -> Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let handlers = handlers.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let handlers = handlers.clone();
            async move {
                let is_finish = request.uri().path() == FLOOR_FINISH;
                let body = to_bytes(Body::new(request.into_body()), 1 << 20).await;
                Ok::<_, Infallible>(match (body, is_finish) {
                    (Err(_), _) => StatusCode::BAD_REQUEST.into_response(),
                    (Ok(_), false) => handlers.start(),
                    (Ok(_), true) => handlers.finish(),
                })
            }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

/// The floor as a process, which is killed with this value.
pub(crate) struct Floor {
    process: Child,
    log: Log,
    pub(crate) port: u16,
}

impl Floor {
    pub(crate) fn start(depth: Depth, answers: &Answers, folder: &Path) -> Result<Self> {
        let file = folder.join(format!("answers-{}.json", depth.name()));
        std::fs::write(&file, serde_json::to_vec(answers)?)?;
        let mut command = Command::new(std::env::current_exe()?);
        let log = Log::new(&folder.join(format!("{}.log", depth.name())));
        let command = command.arg("serve-floor").arg(depth.name()).arg(file);
        let process = command.stdout(Stdio::piped()).stderr(log.writer()?);
        let mut floor = Self {
            process: process.spawn()?,
            log,
            port: 0,
        };
        let port = port_of(&mut floor.process)?;
        floor.port =
            port.map_err(|line| format!("the floor was not laid: {line}{}", floor.log.text()))?;
        Ok(floor)
    }

    pub(crate) fn log(&self) -> &Log {
        &self.log
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
