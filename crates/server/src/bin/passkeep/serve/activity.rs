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
    protocol: Protocol,
    /// When the last byte went either way, or of HTTP/2 when a request came or its answer must be there.
    progress: Instant,
    /// Since when the head of a request is awaited, unless none has begun.
    head: Option<Instant>,
    at_work: u32,
    /// Whether it is to end, because another connection needs the place.
    gives_way: bool,
}

/// What is spoken.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Protocol {
    /// A byte that comes while nothing is at work begins a request.
    Http1,
    /// A byte can be anything, even a mere sign of life, so none counts.
    Http2,
}

/// How many bytes of an answer the slowest client reads in a second. How long that takes is not seen on HTTP/2, where answers
/// are handed over whole.
const SLOWEST: u64 = 2048;

impl Activity {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        let seen = Mutex::new(Seen {
            protocol: Protocol::Http1,
            progress: now,
            head: Some(now),
            at_work: 0,
            gives_way: false,
        });
        let hurry = Notify::new();
        Self(Arc::new(Shared { seen, hurry }))
    }

    /// Says what is spoken, once that is known.
    pub(super) fn speaks(&self, protocol: Protocol) {
        self.seen().protocol = protocol;
    }

    /// Since when nobody has asked for anything, if nobody is asking and it does not give way already.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let seen = self.seen();
        let is_idle = seen.at_work == 0 && seen.head.is_none() && !seen.gives_way;
        is_idle.then_some(seen.progress)
    }

    /// Closes the connection, unless a request comes first.
    pub(super) fn close(&self) {
        self.seen().gives_way = true;
        self.0.hurry.notify_one();
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
        if seen.gives_way && seen.at_work == 0 && seen.head.is_none() {
            return Instant::now();
        }
        let idle = seen.progress + IDLE_TIME;
        seen.head.map_or(idle, |since| idle.min(since + HEAD_TIME))
    }

    /// A request has arrived; it is answered when the value is dropped.
    pub(super) fn begin(&self) -> AtWork {
        let mut seen = self.seen();
        seen.head = None;
        seen.at_work += 1;
        seen.progress = Instant::now();
        AtWork {
            activity: self.clone(),
            body: 0,
        }
    }

    fn progress(&self, is_read: bool) {
        let mut seen = self.seen();
        if seen.protocol == Protocol::Http2 {
            return;
        }
        seen.progress = Instant::now();
        if is_read && seen.at_work == 0 && seen.head.is_none() {
            seen.head = Some(seen.progress);
            self.0.hurry.notify_one();
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is being answered.
pub(super) struct AtWork {
    activity: Activity,
    /// How long the answer is, in bytes.
    body: u64,
}

impl AtWork {
    /// The answer is there, and has a body of so many bytes.
    pub(super) fn answered(mut self, body: u64) {
        self.body = body;
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        let mut seen = self.activity.seen();
        seen.at_work -= 1;
        if seen.protocol == Protocol::Http2 {
            let read = Instant::now() + Duration::from_secs(self.body / SLOWEST);
            seen.progress = seen.progress.max(read);
        }
        let ends = seen.gives_way && seen.at_work == 0;
        drop(seen);
        if ends {
            self.activity.0.hurry.notify_one();
        }
    }
}

/// A stream whose bytes are noticed.
pub(super) struct Watched<S> {
    stream: S,
    activity: Activity,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, activity: Activity) -> Self {
        Self { stream, activity }
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
            self.activity.progress(true);
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
            self.activity.progress(false);
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
            self.activity.progress(false);
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
