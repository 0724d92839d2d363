//! Runs the server.

mod activity;
mod connections;
mod log;
mod tls;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use passkeep_server::{AppState, KeyringError, NotifyingStore, Outside, app, metrics};
use passkeep_verify::RelyingParty;
use passkeep_verify::origin::{Origin, related};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use connections::Front;
pub(crate) use tls::Files;
use tls::{Certificate, Hangup, TlsError};

use crate::config::{Config, ConfigError, LogFormat};
use crate::database::{Database, DatabaseError};
use crate::webhook::Webhook;

/// How long a server that stops goes on telling the webhook what it has not been told yet.
const LAST_DELIVERIES: Duration = Duration::from_secs(5);

/// Serves until a signal says to stop and everything accepted is answered.
pub(crate) fn run(config: &Config) -> Result<(), StartError> {
    let is_json = config.log_format.value == LogFormat::Json;
    log::start(&config.log.value, is_json)
        .map_err(|error| StartError::Log(config.log.value.clone(), error))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime
        .map_err(StartError::Runtime)?
        .block_on(serve(config))
}

async fn serve(config: &Config) -> Result<(), StartError> {
    let listener = listen(&config.listen.value, "PASSKEEP_LISTEN").await?;
    let address = listener.local_addr().map_err(StartError::Runtime)?;
    let rp = config.relying_party(address.port());
    let rp = rp.map_err(StartError::Config)?;
    warn_about_related_origins(&rp);
    let certificate = config.tls_files().map_err(StartError::Config)?;
    let certificate = certificate.map(Certificate::load).transpose();
    let certificate = certificate.map_err(StartError::Tls)?;
    let proxies = config.trusted_proxies().map_err(StartError::Config)?;

    let database = Database::of(config).map_err(StartError::Database)?;
    let store = database.open().await.map_err(StartError::Database)?;
    tracing::info!("the store is {database}");
    let webhook = config.webhook().map_err(StartError::Config)?;
    let webhook = webhook.map(Webhook::start).transpose();
    let webhook = webhook.map_err(StartError::Webhook)?;
    let store = match &webhook {
        Some(webhook) => Arc::new(NotifyingStore::new(store, webhook.queue())) as _,
        None => store,
    };
    let site = site_address(config, address, rp.origins().first());
    let state = AppState::new(rp, store, Outside::system(), config.settings()).await;
    let state = state.map_err(StartError::Keys)?;
    let state = state.with_apps(config.apps()).with_trusted_proxies(proxies);
    let state = match config.change_password.value.as_str() {
        "" => state,
        page => state.with_change_password(page),
    };
    let maintenance = tokio::spawn(state.clone().maintain_forever());

    let measured = match &config.metrics_listen.value {
        Some(address) => Some(serve_metrics(address, &state).await?),
        None => None,
    };

    // Before anybody is told that the server is up, because they may tell it to stop at once.
    let told_to_stop = stop_signal().map_err(StartError::Runtime)?;
    let front = Front {
        app: app(state),
        tls: match &certificate {
            Some(certificate) => Some(certificate.acceptor().map_err(StartError::Tls)?),
            None => None,
        },
        max_connections: config.max_connections.value,
        max_of_address: config.max_connections_of_address.value,
        proxies: config.trusted_proxies().map_err(StartError::Config)?,
    };
    if let Some(certificate) = certificate {
        let hangup = Hangup::listen().map_err(StartError::Runtime)?;
        tokio::spawn(certificate.renew_forever(hangup));
    }
    println!("Passkeep is up at {site}");
    connections::serve(listener, front, told_to_stop).await;

    maintenance.abort();
    if let Some(webhook) = webhook {
        webhook.finish(LAST_DELIVERIES).await;
    }
    if let Some(measured) = measured {
        measured.abort();
    }
    Ok(())
}

async fn listen(address: &str, variable: &'static str) -> Result<TcpListener, StartError> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| StartError::Listen {
        address: address.to_owned(),
        error,
        variable,
    })
}

/// Serves the metrics on a port of their own, for as long as the server runs.
async fn serve_metrics(address: &str, state: &AppState) -> Result<JoinHandle<()>, StartError> {
    let listener = listen(address, "PASSKEEP_METRICS_LISTEN").await?;
    let address = listener.local_addr().map_err(StartError::Runtime)?;
    tracing::info!("metrics are at http://{address}/metrics");
    let served = axum::serve(listener, metrics(state.clone())).into_future();
    Ok(tokio::spawn(async move {
        if let Err(error) = served.await {
            tracing::error!(%error, "the metrics are not served any more");
        }
    }))
}

/// Browsers read the file of related origins by rules of their own, and ignore what they do not like.
fn warn_about_related_origins(rp: &RelyingParty) {
    let origins = rp.related_origins();
    if origins.is_empty() {
        return;
    }
    let file = related::file(origins);
    for problem in related::lint(&file, rp.id(), origins, related::guessed_label) {
        tracing::warn!("/.well-known/webauthn: {problem:?} (PASSKEEP_RELATED_ORIGINS)");
    }
}

/// The address to tell people: the first origin, unless it is an app's.
fn site_address(config: &Config, address: SocketAddr, origin: Option<&Origin>) -> String {
    let origin = origin.map(|origin| origin.as_str().to_owned());
    let origin = origin.filter(|origin| origin.starts_with("http"));
    let site = origin.unwrap_or_else(|| config.local_origin(address.port()));
    format!("{site} (listening on {address})")
}

/// Listens for SIGTERM and Ctrl+C from now on; the future is ready at the first of either.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Listens for Ctrl+C from now on.
#[cfg(windows)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}

/// Why the server did not start.
#[derive(Debug)]
pub(crate) enum StartError {
    Log(String, String),
    Config(ConfigError),
    Listen {
        address: String,
        error: io::Error,
        variable: &'static str,
    },
    Database(DatabaseError),
    Keys(KeyringError),
    Tls(TlsError),
    Webhook(String),
    Runtime(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Log(filter, error) => {
                write!(f, "{filter:?} is no log filter: {error} (PASSKEEP_LOG)")
            }
            Self::Config(error) => error.fmt(f),
            Self::Listen {
                address,
                error,
                variable,
            } if error.kind() == io::ErrorKind::AddrInUse => write!(
                f,
                "another program listens on {address} already; stop it or choose another port ({variable})"
            ),
            Self::Listen {
                address,
                error,
                variable,
            } => match address.parse::<u16>() {
                Ok(port) => write!(
                    f,
                    "cannot listen on {address}: give the address too, as in 127.0.0.1:{port} ({variable})"
                ),
                Err(_) => write!(f, "cannot listen on {address}: {error} ({variable})"),
            },
            Self::Database(error) => error.fmt(f),
            Self::Keys(error) => write!(f, "no sealing key: {error}"),
            Self::Tls(error) => error.fmt(f),
            Self::Webhook(error) => write!(f, "{error} (PASSKEEP_WEBHOOK_URL)"),
            Self::Runtime(error) => write!(f, "the system refused what a server needs: {error}"),
        }
    }
}

impl std::error::Error for StartError {}
