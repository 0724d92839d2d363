//! The account page's passkeys, for all its components.

use std::mem;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use passkeep_browser::{Abort, Asked};
use passkeep_protocol::api::Passkey;
use passkeep_protocol::bytes::Bytes;

use crate::api;
use crate::ceremony;
use crate::failure::Failure;
use crate::passkeys::Passkeys;
use crate::session::Session;
use crate::text::password as words;

/// How long a browser may take to decide whether it makes a passkey without asking. One never decided.
const UPGRADE_LIMIT: Duration = Duration::from_secs(5);

/// The passkeys, or why there are none to show.
#[derive(Clone, Debug, PartialEq)]
enum Contents {
    Loading,
    Ready(Passkeys),
    Failed(Failure),
}

/// The passkeys of who is signed in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AccountPasskeys {
    contents: RwSignal<Contents>,
    session: Session,
    /// Whether the browser is making the first passkey, without asking anybody.
    upgrading: RwSignal<bool>,
    /// What is told when one has been deleted.
    deleted: RwSignal<()>,
    /// Whether a passkey is added only by who types the password once more.
    asks_password: RwSignal<bool>,
}

impl AccountPasskeys {
    /// Makes it known to all components below, and fetches the passkeys.
    pub(crate) fn provide() -> Self {
        let passkeys = Self {
            contents: RwSignal::new(Contents::Loading),
            session: Session::current(),
            upgrading: RwSignal::new(false),
            deleted: RwSignal::new(()),
            asks_password: RwSignal::new(false),
        };
        provide_context(passkeys);
        passkeys.load();
        passkeys
    }

    pub(crate) fn current() -> Self {
        expect_context()
    }

    /// Fetches the passkeys, and tells the browser's credential manager which ones the server knows.
    pub(crate) fn load(self) {
        self.contents.set(Contents::Loading);
        spawn_local(async move {
            let mut again = true;
            let (asked, answer) = loop {
                let asked = Asked::now();
                let answer = api::passkeys().await;
                // If a passkey was made or deleted in the meantime, the list may be older than that.
                if !mem::take(&mut again) || !asked.is_overtaken() {
                    break (asked, answer);
                }
            };
            match answer {
                Ok(answer) => {
                    self.contents
                        .set(Contents::Ready(Passkeys::new(answer.passkeys)));
                    asked.signal(&answer.signals).await;
                }
                Err(failure) => {
                    self.session.heed(&failure);
                    self.contents.set(Contents::Failed(failure));
                }
            }
        });
    }

    pub(crate) fn is_loading(self) -> bool {
        self.contents
            .with(|contents| matches!(contents, Contents::Loading))
    }

    pub(crate) fn failure(self) -> Option<Failure> {
        self.contents.with(|contents| match contents {
            Contents::Failed(failure) => Some(failure.clone()),
            _ => None,
        })
    }

    pub(crate) fn ids(self) -> Vec<Bytes> {
        self.passkeys(Passkeys::ids).unwrap_or_default()
    }

    pub(crate) fn all(self) -> Vec<Passkey> {
        self.passkeys(|passkeys| passkeys.all().to_vec())
            .unwrap_or_default()
    }

    pub(crate) fn find(self, id: &Bytes) -> Option<Passkey> {
        self.passkeys(|passkeys| passkeys.find(id).cloned())
            .flatten()
    }

    /// Whether the list is there and nothing is in it.
    pub(crate) fn is_empty(self) -> bool {
        self.passkeys(Passkeys::is_empty).unwrap_or_default()
    }

    /// Whether the password is the only way into the account.
    pub(crate) fn has_only_a_password(self) -> bool {
        self.is_empty() && self.session.has_password()
    }

    pub(crate) fn is_last(self, id: &Bytes) -> bool {
        self.passkeys(|passkeys| passkeys.is_last(id))
            .unwrap_or_default()
    }

    pub(crate) fn update(self, change: impl FnOnce(&mut Passkeys)) {
        self.contents.update(|contents| {
            if let Contents::Ready(passkeys) = contents {
                change(passkeys);
            }
        });
    }

    /// Takes one out that has been deleted.
    pub(crate) fn remove(self, id: &Bytes) {
        self.update(|passkeys| passkeys.remove(id));
        self.deleted.set(());
    }

    /// Runs an effect again when one has been deleted: what it had opened has gone with it.
    pub(crate) fn track_deletions(self) {
        self.deleted.track();
    }

    /// Has the browser make the first passkey of who has just signed in with a password, if it does so without asking.
    ///
    /// Whatever comes of it, the person goes on with the password.
    pub(crate) fn upgrade(self) {
        // It is for now or never: a passkey that is deleted later should stay deleted.
        if self.passkeys(|_| ()).is_none() || !self.session.take_upgrade() {
            return;
        }
        if !self.has_only_a_password() {
            return;
        }
        self.upgrading.set(true);
        let abort = Abort::new();
        let late = abort.clone();
        set_timeout(move || late.abort(), UPGRADE_LIMIT);
        spawn_local(async move {
            let outcome = ceremony::upgrade(&abort).await;
            self.upgrading.try_set(false);
            if let Ok(finished) = outcome {
                self.session.is_here();
                self.update(|passkeys| {
                    if let Some(passkey) = finished.passkey {
                        passkeys.add(passkey);
                    }
                });
                self.session.tell(words::upgraded());
            }
        });
    }

    /// Whether the browser may be making a passkey at this moment.
    pub(crate) fn is_upgrading(self) -> bool {
        self.upgrading.get()
    }

    /// Whether the password is asked for before a passkey is added.
    pub(crate) fn asks_password(self) -> bool {
        self.asks_password.get()
    }

    pub(crate) fn ask_password(self, ask: bool) {
        self.asks_password.set(ask);
    }

    fn passkeys<T>(self, read: impl FnOnce(&Passkeys) -> T) -> Option<T> {
        self.contents.with(|contents| match contents {
            Contents::Ready(passkeys) => Some(read(passkeys)),
            _ => None,
        })
    }
}
