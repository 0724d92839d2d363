//! One thing at a time that a person asked for: whether it is under way, and what went wrong with it.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::action_button::Activity;
use crate::failure::Failure;
use crate::session::Session;
use crate::text::{Attempt, explain};

/// What comes of it is what is done then.
type Work = Pin<Box<dyn Future<Output = Result<Box<dyn FnOnce()>, Failure>>>>;

/// What a button or a form is task. Copied into every handler.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Task {
    pub(crate) activity: RwSignal<Activity>,
    pub(crate) error: RwSignal<Option<String>>,
    session: Session,
}

impl Task {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            activity: RwSignal::new(Activity::Ready),
            error: RwSignal::new(None),
            session: Session::current(),
        }
    }

    /// Does what a person asked for: old news is old then, and errors are said in words.
    pub(crate) fn start<T: 'static>(
        self,
        attempt: Attempt,
        work: impl Future<Output = Result<T, Failure>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        self.session.tell("");
        self.load(attempt, work, done);
    }

    /// Does what nobody asked for, such as fetching a list.
    pub(crate) fn load<T: 'static>(
        self,
        attempt: Attempt,
        work: impl Future<Output = Result<T, Failure>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        // All of it that is the same for every kind of work is in the program once.
        self.run(
            attempt,
            Box::pin(async move {
                let value = work.await?;
                Ok(Box::new(move || done(value)) as Box<dyn FnOnce()>)
            }),
        );
    }

    fn run(self, attempt: Attempt, work: Work) {
        if self.activity.get_untracked() != Activity::Ready {
            return;
        }
        self.activity.set(Activity::Busy);
        self.error.set(None);
        spawn_local(async move {
            let outcome = work.await;
            // What asked may be gone by now, because the person went elsewhere.
            self.activity.try_set(Activity::Ready);
            match outcome {
                Ok(done) => done(),
                Err(failure) => {
                    self.error.try_set(Some(explain(&failure, attempt)));
                    self.session.heed(&failure);
                }
            }
        });
    }

    /// What `aria-invalid` says of a field that is sent by it.
    pub(crate) fn invalid(self) -> Signal<Option<&'static str>> {
        Signal::derive(move || self.error.with(Option::is_some).then_some("true"))
    }

    /// Refuses before anything was done.
    pub(crate) fn refuse(self, why: impl Into<String>) {
        self.error.set(Some(why.into()));
    }
}
