//! The one thread that writes.
//!
//! A commit costs a sync of the disk, whatever is in it. So the thread takes all the work that is waiting, does it in one
//! transaction and commits once; nobody is answered before that. While the disk syncs, the work for the next transaction
//! gathers: the more there is to do, the cheaper each piece becomes.
//!
//! Work that is refused has nearly always written nothing yet. Where it has, the transaction is begun anew with a savepoint
//! around each piece, which otherwise would cost a copy of every page that any piece of work touches.

use core::fmt;
use core::iter;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use async_channel::{Receiver, Sender};
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::fault::{Fault, Stopped};
use crate::StoreError;

/// The most pieces of work in one transaction. Beyond that a commit's cost no longer shows in a piece's, and those at the
/// front would only wait for those at the back.
const MAX_BATCH: usize = 128;

/// How much work may wait. Whoever comes when it is full waits for a place, which takes no thread.
const MAX_WAITING: usize = 4 * MAX_BATCH;

pub(super) struct Writer {
    jobs: Sender<Box<dyn Job>>,
    thread: Option<thread::JoinHandle<()>>,
    record: Arc<Record>,
}

/// How the thread gets on.
#[derive(Default)]
struct Record {
    commits: AtomicU64,
    failing: AtomicBool,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (jobs, waiting) = async_channel::bounded(MAX_WAITING);
        let record = Arc::new(Record::default());
        let kept = Arc::clone(&record);
        let thread = thread::Builder::new()
            .name("passkeep-sqlite-writer".to_owned())
            .spawn(move || write(connection, &waiting, &kept))
            .map_err(|error| StoreError::Unavailable(error.into()))?;
        Ok(Self {
            jobs,
            thread: Some(thread),
            record,
        })
    }

    /// Does a piece of work and answers when it is durable. Work that fails leaves nothing behind. Work that has been
    /// accepted is done even if nobody waits for it any more. It may be done twice, the first time in vain.
    pub(super) async fn run<T, E>(
        &self,
        work: impl FnMut(&Connection) -> Result<T, Fault<E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let task = Task {
            work,
            done: None,
            reply,
        };
        let accepted = self.jobs.send(Box::new(task)).await;
        accepted.map_err(|_| StoreError::from(Stopped))?;
        answer.await.map_err(|_| StoreError::from(Stopped))?
    }

    pub(super) fn commits(&self) -> u64 {
        self.record.commits.load(Ordering::Relaxed)
    }

    /// Whether the last transaction that came to something or to nothing came to nothing: as on a disk that is full, where
    /// an empty one would succeed.
    pub(super) fn is_failing(&self) -> bool {
        self.record.failing.load(Ordering::Relaxed)
    }
}

impl Drop for Writer {
    /// Lets the thread finish what was accepted.
    fn drop(&mut self) {
        self.jobs.close();
        if let Some(thread) = self.thread.take() {
            // The thread catches panics, and a destructor would have nobody to tell.
            let _ = thread.join();
        }
    }
}

fn write(connection: Connection, waiting: &Receiver<Box<dyn Job>>, record: &Record) {
    while let Ok(first) = waiting.recv_blocking() {
        let others = iter::from_fn(|| waiting.try_recv().ok());
        let mut batch: Vec<_> = iter::once(first).chain(others).take(MAX_BATCH).collect();
        let changes = connection.total_changes();
        // A panic in a piece of work is a mistake of this crate; it must not leave everybody else waiting for ever.
        let transaction = AssertUnwindSafe(|| transact(&connection, &mut batch));
        let committed = match panic::catch_unwind(transaction) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(NotCommitted(Arc::new(error))),
            Err(_) => Err(NotCommitted(Arc::new(Stopped))),
        };
        if committed.is_ok() {
            record.commits.fetch_add(1, Ordering::Relaxed);
            if connection.total_changes() != changes {
                record.failing.store(false, Ordering::Relaxed);
            }
        } else {
            record.failing.store(true, Ordering::Relaxed);
            if !connection.is_autocommit() {
                // Where this fails too, the next transaction cannot begin and comes here again.
                let _ = connection.execute_batch("ROLLBACK");
            }
        }
        for job in batch {
            job.answer(&committed);
        }
    }
    // The log is durable as it is; this only leaves one tidy file behind.
    let _ = connection.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)");
}

fn transact(connection: &Connection, batch: &mut [Box<dyn Job>]) -> rusqlite::Result<()> {
    let execute = |sql| connection.prepare_cached(sql)?.execute([]).map(drop);
    execute("BEGIN IMMEDIATE")?;
    if !all_may_stay(connection, batch) {
        execute("ROLLBACK")?;
        execute("BEGIN IMMEDIATE")?;
        for job in batch {
            execute("SAVEPOINT job")?;
            // After some errors (disk full, IO) SQLite undoes the whole transaction by itself. Then there is no savepoint to
            // return to, the next statement says so, and nobody in the batch is told that their work is done.
            if !job.run(connection) {
                execute("ROLLBACK TO job")?;
            }
            execute("RELEASE job")?;
        }
    }
    execute("COMMIT")
}

/// Does all of it in the transaction that is open, and says whether what is written now may stay: it may not if something was
/// refused after it had written.
fn all_may_stay(connection: &Connection, batch: &mut [Box<dyn Job>]) -> bool {
    for job in batch {
        let changes = connection.total_changes();
        if !job.run(connection) && connection.total_changes() != changes {
            return false;
        }
        // SQLite may have undone the transaction by itself; what came after would stand alone. The commit says so.
        if connection.is_autocommit() {
            return true;
        }
    }
    true
}

trait Job: Send {
    /// Does the work, and says whether to keep it. It may be told to do it again.
    fn run(&mut self, connection: &Connection) -> bool;

    /// Tells the one who waits.
    fn answer(self: Box<Self>, committed: &Result<(), NotCommitted>);
}

struct Task<F, T, E> {
    work: F,
    /// What the work came to the last time.
    done: Option<Result<T, Fault<E>>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Job for Task<F, T, E>
where
    F: FnMut(&Connection) -> Result<T, Fault<E>> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, connection: &Connection) -> bool {
        // Where it panics this time, what it came to before is not true.
        self.done = None;
        let result = (self.work)(connection);
        let keep = result.is_ok();
        self.done = Some(result);
        keep
    }

    fn answer(self: Box<Self>, committed: &Result<(), NotCommitted>) {
        let answer = match (committed, self.done) {
            (Ok(()), Some(result)) => result.map_err(Fault::into_error),
            // The engine's answer to this very work says more than what became of the others for it.
            (Err(_), Some(Err(Fault::Engine(error)))) => Err(Fault::Engine(error).into_error()),
            // A refusal may rest on what another in the batch did, which has not happened after all.
            (Err(not_committed), _) => Err(StoreError::from(not_committed.clone()).into()),
            (Ok(()), None) => return,
        };
        // Whoever asked may have gone; the work is done all the same.
        let _ = self.reply.send(answer);
    }
}

/// A whole transaction came to nothing.
#[derive(Clone, Debug)]
struct NotCommitted(Arc<dyn core::error::Error + Send + Sync>);

impl fmt::Display for NotCommitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the transaction was not committed: {}", self.0)
    }
}

impl core::error::Error for NotCommitted {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&*self.0)
    }
}

impl From<NotCommitted> for StoreError {
    fn from(not_committed: NotCommitted) -> Self {
        Self::Unavailable(Box::new(not_committed))
    }
}

#[cfg(test)]
mod tests;
