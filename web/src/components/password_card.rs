//! What is left of a password: the way to be rid of it, or to a passkey first.

use leptos::prelude::*;
use passkeep_protocol::api::Account;

use crate::account_passkeys::AccountPasskeys;
use crate::components::action_button::ActionButton;
use crate::components::messages::ErrorMessage;
use crate::confirmation;
use crate::dynamic::dynamic;
use crate::focus;
use crate::session::Session;
use crate::task::Task;
use crate::text::{Attempt, home, password as words};

#[component]
pub(crate) fn PasswordCard(
    /// The id of the heading to go to when the card is gone.
    after: &'static str,
) -> AnyView {
    let (session, passkeys) = (Session::current(), AccountPasskeys::current());
    let task = Task::new();
    let drop = UnsyncCallback::new(move |()| {
        task.start(Attempt::Confirm, confirmation::drop_password(), move |()| {
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
        let shown = session.has_password() && !passkeys.ids().is_empty();
        match shown {
            true => Some(false),
            false => passkeys.has_only_a_password().then_some(true),
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
                    <ErrorMessage text=task.error />
                    {(!only)
                        .then(|| {
                            view! {
                                <ActionButton
                                    class="button"
                                    testid="password-drop"
                                    label=words::drop()
                                    busy_label=home::waiting()
                                    activity=task.activity
                                    on_press=drop
                                />
                            }
                        })}
                </div>
            }
        })
    })
}
