//! The threads that read, each with a connection of its own. In a write-ahead log, readers and the writer do not wait for
//! each other.

use core::num::NonZeroUsize;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::thread;

use async_channel::Sender;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::connection;
use super::fault::{Stopped, store_error};
use crate::StoreError;

/// How many reads may wait for each thread. Whoever comes when it is full waits for a place, which takes no thread.
const MAX_WAITING: usize = 64;

type Job = Box<dyn FnOnce(&Connection) + Send>;

pub(super) struct Readers {
    jobs: Sender<Job>,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Readers {
    pub(super) fn start(path: &Path, count: NonZeroUsize) -> Result<Self, StoreError> {
        let (jobs, waiting) = async_channel::bounded::<Job>(MAX_WAITING * count.get());
        let mut readers = Self {
            jobs,
            threads: Vec::new(),
        };
        for number in 0..count.get() {
            let connection = connection::open_reader(path)?;
            let waiting = waiting.clone();
            let thread = thread::Builder::new()
                .name(format!("passkeep-sqlite-reader-{number}"))
                .spawn(move || {
                    while let Ok(job) = waiting.recv_blocking() {
                        // A panic is a mistake of this crate, and must cost no more than the answer to this one.
                        let _ = panic::catch_unwind(AssertUnwindSafe(|| job(&connection)));
                    }
                })
                .map_err(|error| StoreError::Unavailable(error.into()))?;
            readers.threads.push(thread);
        }
        Ok(readers)
    }

    /// Reads, unless nobody waits for the answer any more when its turn comes.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            if !reply.is_closed() {
                let _ = reply.send(read(connection));
            }
        });
        self.jobs.send(job).await.map_err(|_| Stopped)?;
        answer.await.map_err(|_| Stopped)?.map_err(store_error)
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.jobs.close();
        for thread in self.threads.drain(..) {
            // The thread catches panics, and a destructor would have nobody to tell.
            let _ = thread.join();
        }
    }
}
