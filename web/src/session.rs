//! Who is signed in, for all pages.

use leptos::prelude::*;
use leptos::task::spawn_local;
use passkeep_browser::Capability;
use passkeep_protocol::api::{Account, ErrorCode, PasswordMode};

use crate::api;
use crate::failure::Failure;

/// What the site knows about who is signed in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Who {
    /// The server has not answered yet.
    Asking,
    Nobody,
    Account(Account),
    /// The server could not say.
    Unknown(Failure),
}

/// Who is signed in, and the one line of news a person gets about what they did.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    who: RwSignal<Who>,
    notice: RwSignal<String>,
    /// Whether the sign-in was by a passkey of another device, while there was none of this one.
    from_elsewhere: RwSignal<bool>,
    /// Whether the sign-in was by a password, so that the browser may now make a passkey of it.
    by_password: RwSignal<bool>,
    /// What passwords are good for here.
    passwords: RwSignal<PasswordMode>,
}

impl Session {
    /// Makes it known to all components below, and asks the server.
    pub(crate) fn provide() -> Self {
        let session = Self {
            who: RwSignal::new(Who::Asking),
            notice: RwSignal::new(String::new()),
            from_elsewhere: RwSignal::new(false),
            by_password: RwSignal::new(false),
            passwords: RwSignal::new(PasswordMode::Off),
        };
        provide_context(session);
        session.ask();
        session
    }

    pub(crate) fn current() -> Self {
        expect_context()
    }

    /// Asks the server who is signed in.
    pub(crate) fn ask(self) {
        self.who.set(Who::Asking);
        spawn_local(async move {
            self.who.set(match api::session().await {
                Ok(session) => {
                    self.passwords.set(session.passwords);
                    session.account.map_or(Who::Nobody, Who::Account)
                }
                Err(failure) => Who::Unknown(failure),
            });
        });
    }

    pub(crate) fn who(self) -> Who {
        self.who.get()
    }

    /// The account, when somebody is signed in.
    pub(crate) fn account(self) -> Option<Account> {
        match self.who.get() {
            Who::Account(account) => Some(account),
            _ => None,
        }
    }

    /// Whether the account has a password that opens it.
    pub(crate) fn has_password(self) -> bool {
        let account = self.account();
        account.is_some_and(|account| account.has_password)
    }

    /// What passwords are good for here: nothing, as long as the server has not said it.
    pub(crate) fn passwords(self) -> PasswordMode {
        self.passwords.get()
    }

    /// Remembers that the sign-in was by a password.
    pub(crate) fn came_by_password(self) {
        self.by_password.set(true);
    }

    /// Whether the sign-in was by a password, which is good for one upgrade. The second time it is not.
    pub(crate) fn take_upgrade(self) -> bool {
        self.by_password
            .try_update(core::mem::take)
            .unwrap_or_default()
    }

    pub(crate) fn enter(self, account: Account, notice: String) {
        self.who.set(Who::Account(account));
        self.notice.set(notice);
    }

    /// Remembers, for as long as the page is open, that the sign-in was by a passkey of another device.
    ///
    /// Where nothing can keep a passkey on this device, there is nothing to remember.
    pub(crate) fn came_from_elsewhere(self) {
        spawn_local(async move {
            let capabilities = passkeep_browser::capabilities().await;
            let here = capabilities.get("userVerifyingPlatformAuthenticator");
            self.from_elsewhere.set(here != Capability::No);
        });
    }

    pub(crate) fn is_from_elsewhere(self) -> bool {
        self.from_elsewhere.get()
    }

    /// There is a passkey of this device now.
    pub(crate) fn is_here(self) {
        self.from_elsewhere.set(false);
    }

    pub(crate) fn leave(self, notice: &str) {
        self.who.set(Who::Nobody);
        self.from_elsewhere.set(false);
        self.by_password.set(false);
        self.notice.set(notice.to_owned());
    }

    /// Leaves when a refusal shows that the session is over.
    pub(crate) fn heed(self, failure: &Failure) {
        if failure.code() == Some(ErrorCode::NotSignedIn) {
            self.leave(crate::text::account::session_over());
        }
    }

    pub(crate) fn notice(self) -> String {
        self.notice.get()
    }

    /// Tells the person what came of what they did, or with an empty text that the old news is old.
    pub(crate) fn tell(self, notice: impl Into<String>) {
        self.notice.set(notice.into());
    }
}
