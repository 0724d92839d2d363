//! Accepts connections, and sees that none of them stays for nothing.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use hyper_util::service::TowerToHyperService;
use passkeep_server::TrustedProxies;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::TlsAcceptor;

use self::peers::{Peers, Place};
use super::activity::{Activity, HEAD_TIME, Protocol, Watched};
use super::tls::HTTP2;

// By its path, as the tests below.
#[path = "connections/peers.rs"]
mod peers;

/// How long a server that was told to stop waits for what it has accepted: a little longer than a request may take.
const PATIENCE: Duration = Duration::from_secs(35);

/// What the head of a request may have, in bytes: cookies of a whole domain fit.
const HEAD_LIMIT: usize = 32 * 1024;

/// What answers, and for how many at once.
pub(super) struct Front {
    pub(super) app: Router,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) max_connections: NonZeroU32,
    /// How many of them one address may have, but for those of the proxies; 0 is no limit.
    pub(super) max_of_address: u32,
    pub(super) proxies: TrustedProxies,
}

/// How often a connection is looked for that can give way, while all are in use.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Serves until it is told to stop, and then what it has accepted.
pub(super) async fn serve(
    listener: TcpListener,
    front: Front,
    told_to_stop: impl Future<Output = ()>,
) {
    let max = front.max_connections.get();
    let places = Arc::new(Semaphore::new(max as usize));
    let (stop, stopping) = watch::channel(false);
    tokio::select! {
        () = accept(&listener, front, &places, &stopping) => {}
        () = told_to_stop => {}
    }
    drop(listener);
    tracing::info!("stopping, after what was accepted");
    stop.send_replace(true);
    // Every connection gives its place back when it ends.
    match timeout(PATIENCE, places.acquire_many(max)).await {
        Ok(_) => tracing::info!("stopped"),
        Err(_) => tracing::warn!("stopped, although connections were still open"),
    }
}

async fn accept(
    listener: &TcpListener,
    mut front: Front,
    places: &Arc<Semaphore>,
    stopping: &watch::Receiver<bool>,
) {
    let peers = Peers::new(front.max_of_address, std::mem::take(&mut front.proxies));
    let front = Arc::new(front);
    let (mut warned, mut refused) = (None, None);
    loop {
        let place = loop {
            if places.available_permits() == 0 && !peers.close_longest_idle() {
                let max = front.max_connections;
                warn_once_a_minute(&mut warned, || {
                    format!(
                        "all {max} connections are in use, so new ones wait (PASSKEEP_MAX_CONNECTIONS)"
                    )
                });
            }
            match timeout(LOOK_AGAIN, Arc::clone(places).acquire_owned()).await {
                Ok(Ok(place)) => break place,
                Ok(Err(_)) => return,
                Err(_) => {}
            }
        };
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                wait_after(&error).await;
                continue;
            }
        };
        let Some(admitted) = peers.admit(peer.ip()) else {
            let max = front.max_of_address;
            warn_once_a_minute(&mut refused, || {
                format!(
                    "one address has {max} connections, and gets no more (PASSKEEP_MAX_CONNECTIONS_OF_ADDRESS); if it is \
                     a proxy's, name it (PASSKEEP_TRUSTED_PROXIES)"
                )
            });
            continue;
        };
        let (front, stopping) = (Arc::clone(&front), stopping.clone());
        tokio::spawn(async move {
            front.attend(stream, peer, &admitted, stopping).await;
            drop((place, admitted));
        });
    }
}

fn warn_once_a_minute(warned: &mut Option<Instant>, warning: impl FnOnce() -> String) {
    const MINUTE: Duration = Duration::from_secs(60);
    if warned.is_none_or(|at| at.elapsed() >= MINUTE) {
        *warned = Some(Instant::now());
        tracing::warn!("{}", warning());
    }
}

/// A client that has gone already is no news. Anything else is likely the system's limit of open files, which the end of a
/// connection may help.
async fn wait_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    ) {
        return;
    }
    tracing::error!(%error, "cannot accept connections; trying again in a second");
    sleep(Duration::from_secs(1)).await;
}

impl Front {
    async fn attend(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        place: &Place,
        stopping: watch::Receiver<bool>,
    ) {
        // Answers are written whole, and should not wait for more. Without it they are only slower.
        let _ = stream.set_nodelay(true);
        let connected = Connected::new(&self.app, peer, place.activity.clone());
        let Some(tls) = &self.tls else {
            return http1(stream, connected, stopping).await;
        };
        let stream = match timeout(HEAD_TIME, tls.accept(stream)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                tracing::debug!(%error, "a TLS handshake failed");
                return;
            }
            Err(_) => {
                tracing::debug!("a TLS handshake took too long");
                return;
            }
        };
        match stream.get_ref().1.alpn_protocol() {
            Some(HTTP2) => http2(stream, connected, stopping).await,
            _ => http1(stream, connected, stopping).await,
        }
    }
}

/// The application for one connection.
#[derive(Clone)]
struct Connected {
    app: TowerToHyperService<Router>,
    peer: SocketAddr,
    activity: Activity,
}

impl Connected {
    fn new(app: &Router, peer: SocketAddr, activity: Activity) -> Self {
        Self {
            app: TowerToHyperService::new(app.clone()),
            peer,
            activity,
        }
    }
}

impl Service<Request<Incoming>> for Connected {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let at_work = self.activity.begin();
        let answer = self.app.call(request);
        Box::pin(async move {
            let Ok(answer) = answer.await;
            at_work.answered(answer.body().size_hint().lower());
            Ok(answer)
        })
    }
}

/// Speaks HTTP/1.1.
async fn http1<S: AsyncRead + AsyncWrite + Unpin + 'static>(
    stream: S,
    connected: Connected,
    stopping: watch::Receiver<bool>,
) {
    let activity = connected.activity.clone();
    let io = TokioIo::new(Watched::new(stream, activity.clone()));
    let mut builder = http1::Builder::new();
    // Its own time limit of a head would also end connections that wait for their next request.
    builder.timer(TokioTimer::new()).header_read_timeout(None);
    builder.max_header_size(HEAD_LIMIT);
    watch_over(builder.serve_connection(io, connected), activity, stopping).await;
}

/// Speaks HTTP/2.
async fn http2<S: AsyncRead + AsyncWrite + Unpin + 'static>(
    stream: S,
    connected: Connected,
    stopping: watch::Receiver<bool>,
) {
    let activity = connected.activity.clone();
    activity.speaks(Protocol::Http2);
    let io = TokioIo::new(Watched::new(stream, activity.clone()));
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder.timer(TokioTimer::new()).max_concurrent_streams(100);
    builder.max_header_list_size(HEAD_LIMIT as u32);
    watch_over(builder.serve_connection(io, connected), activity, stopping).await;
}

/// Sees a connection to its end: its own, the end of our patience with it, or after the last answer when the server stops.
async fn watch_over<C>(connection: C, activity: Activity, mut stopping: watch::Receiver<bool>)
where
    C: GracefulConnection,
    C::Error: std::fmt::Display,
{
    let mut connection = pin!(connection);
    let mut is_told = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended early");
                }
                return;
            }
            () = activity.is_over() => {
                tracing::debug!("a connection was idle or slow, and is closed");
                return;
            }
            _ = stopping.wait_for(|stop| *stop), if !is_told => {
                is_told = true;
                // It ends at once if it is idle, or has not asked for anything yet.
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

// By its path, because the load test has this loop for its floor, as a module of another place.
#[cfg(test)]
#[path = "connections/tests.rs"]
mod tests;
