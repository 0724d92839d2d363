//! What is left of a password: the way to be rid of it, or to a passkey first.

use leptos::prelude::*;
use passkeep_protocol::api::Account;

use crate::ceremony;
use crate::components::action_button::ActionButton;
use crate::components::messages::ErrorMessage;
use crate::doing::Doing;
use crate::dynamic::dynamic;
use crate::focus;
use crate::session::Session;
use crate::text::{Attempt, home, password as words};
use crate::wallet::Wallet;

#[component]
pub(crate) fn PasswordCard(
    /// The id of the heading to go to when the card is gone.
    after: &'static str,
) -> AnyView {
    let (session, wallet) = (Session::current(), Wallet::current());
    let doing = Doing::new();
    let drop = UnsyncCallback::new(move |()| {
        doing.start(Attempt::Confirm, ceremony::drop_password(), move |()| {
            if let Some(account) = session.account() {
                let account = Account {
                    has_password: false,
                    ..account
                };
                session.enter(account, words::dropped().to_owned());
            }
            focus::later(after);
        });
    });
    // Nothing is said before it is known whether there are passkeys.
    let only = Memo::new(move |_| {
        let shown = session.has_password() && !wallet.ids().is_empty();
        match shown {
            true => Some(false),
            false => wallet.has_only_a_password().then_some(true),
        }
    });
    dynamic(move || {
        only.get().map(|only| {
            let (title, help) = match only {
                true => (words::only(), words::only_help()),
                false => (words::also(), words::also_help()),
            };
            view! {
                <div class="card panel" data-testid="password-card">
                    <h3>{title}</h3>
                    <p>{help}</p>
                    <ErrorMessage text=doing.error />
                    {(!only)
                        .then(|| {
                            view! {
                                <ActionButton
                                    class="button"
                                    testid="password-drop"
                                    label=words::drop()
                                    busy_label=home::waiting()
                                    activity=doing.activity
                                    on_press=drop
                                />
                            }
                        })}
                </div>
            }
        })
    })
}
