//! What is seen of a connection from outside of HTTP, and how long it may go on like that.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// How long the head of a request may take, from its first byte, and that of the first request from the connection on.
pub(super) const HEAD_TIME: Duration = Duration::from_secs(15);

/// How long nothing may be read or written. Longer than proxies keep a connection for later, usually a minute: otherwise
/// they would send a request into one that has just been closed.
pub(super) const IDLE_TIME: Duration = Duration::from_secs(75);

/// What happens on a connection. Clones are of the same one.
#[derive(Clone)]
pub(super) struct Activity(Arc<Shared>);

struct Shared {
    seen: Mutex<Seen>,
    /// Told when the deadline has come nearer.
    hurry: Notify,
}

struct Seen {
    /// When the last byte went either way.
    progress: Instant,
    /// Since when the head of a request is awaited, unless none has begun.
    head: Option<Instant>,
    at_work: u32,
}

/// What is spoken.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Protocol {
    /// A byte that comes while nothing is at work begins a request.
    Http1,
    /// A byte can be anything, even a sign of life.
    Http2,
}

impl Activity {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        let seen = Mutex::new(Seen {
            progress: now,
            head: Some(now),
            at_work: 0,
        });
        let hurry = Notify::new();
        Self(Arc::new(Shared { seen, hurry }))
    }

    /// Waits until the connection is to be closed.
    pub(super) async fn is_over(&self) {
        loop {
            let deadline = self.deadline();
            tokio::select! {
                () = sleep_until(deadline) => {
                    if self.deadline() <= Instant::now() {
                        return;
                    }
                }
                () = self.0.hurry.notified() => {}
            }
        }
    }

    /// When to close the connection, if nothing happens until then.
    fn deadline(&self) -> Instant {
        let seen = self.seen();
        let idle = seen.progress + IDLE_TIME;
        seen.head.map_or(idle, |since| idle.min(since + HEAD_TIME))
    }

    /// A request has arrived; it is answered when the value is dropped.
    pub(super) fn begin(&self) -> AtWork {
        let mut seen = self.seen();
        seen.head = None;
        seen.at_work += 1;
        AtWork(self.clone())
    }

    fn progress(&self, read: Option<Protocol>) {
        let mut seen = self.seen();
        seen.progress = Instant::now();
        let may_begin = read == Some(Protocol::Http1) && seen.at_work == 0;
        if may_begin && seen.head.is_none() {
            seen.head = Some(seen.progress);
            self.0.hurry.notify_one();
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is being answered.
pub(super) struct AtWork(Activity);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.seen().at_work -= 1;
    }
}

/// A stream whose bytes are noticed.
pub(super) struct Watched<S> {
    stream: S,
    activity: Activity,
    protocol: Protocol,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, activity: Activity, protocol: Protocol) -> Self {
        Self {
            stream,
            activity,
            protocol,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.activity.progress(Some(self.protocol));
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        if polled.is_ready() {
            self.activity.progress(None);
        }
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        if polled.is_ready() {
            self.activity.progress(None);
        }
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
