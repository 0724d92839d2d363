//! The account page's passkeys, for all its components.

use leptos::prelude::*;
use leptos::task::spawn_local;
use passkeep_protocol::api::Passkey;
use passkeep_protocol::bytes::Bytes;

use crate::api;
use crate::failure::Failure;
use crate::keyring::Keyring;
use crate::session::Session;

/// The passkeys, or why there are none to show.
#[derive(Clone, Debug, PartialEq)]
enum Contents {
    Loading,
    Ready(Keyring),
    Failed(Failure),
}

/// The passkeys of who is signed in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wallet {
    contents: RwSignal<Contents>,
    session: Session,
}

impl Wallet {
    /// Makes it known to all components below, and fetches the passkeys.
    pub(crate) fn provide() -> Self {
        let wallet = Self {
            contents: RwSignal::new(Contents::Loading),
            session: Session::current(),
        };
        provide_context(wallet);
        wallet.load();
        wallet
    }

    pub(crate) fn current() -> Self {
        expect_context()
    }

    /// Fetches the passkeys, and tells the browser's credential manager which ones the server knows.
    pub(crate) fn load(self) {
        self.contents.set(Contents::Loading);
        spawn_local(async move {
            match api::passkeys().await {
                Ok(answer) => {
                    self.contents
                        .set(Contents::Ready(Keyring::new(answer.passkeys)));
                    passkeep_browser::signal(&answer.signals).await;
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
        self.keyring(Keyring::ids).unwrap_or_default()
    }

    pub(crate) fn all(self) -> Vec<Passkey> {
        self.keyring(|keyring| keyring.all().to_vec())
            .unwrap_or_default()
    }

    pub(crate) fn find(self, id: &Bytes) -> Option<Passkey> {
        self.keyring(|keyring| keyring.find(id).cloned()).flatten()
    }

    /// Whether the list is there and nothing is in it.
    pub(crate) fn is_empty(self) -> bool {
        self.keyring(Keyring::is_empty).unwrap_or_default()
    }

    pub(crate) fn is_last(self, id: &Bytes) -> bool {
        self.keyring(|keyring| keyring.is_last(id))
            .unwrap_or_default()
    }

    pub(crate) fn update(self, change: impl FnOnce(&mut Keyring)) {
        self.contents.update(|contents| {
            if let Contents::Ready(keyring) = contents {
                change(keyring);
            }
        });
    }

    fn keyring<T>(self, read: impl FnOnce(&Keyring) -> T) -> Option<T> {
        self.contents.with(|contents| match contents {
            Contents::Ready(keyring) => Some(read(keyring)),
            _ => None,
        })
    }
}
