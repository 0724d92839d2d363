//! The button that makes one more passkey for the account.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use passkeep_protocol::api::ErrorCode;

use crate::account_passkeys::AccountPasskeys;
use crate::components::action_button::ActionButton;
use crate::components::messages::ErrorMessage;
use crate::components::passkey_card::rename_id;
use crate::components::password_field::{PasswordField, PasswordKind, password};
use crate::confirmation::{self, By};
use crate::dynamic::dynamic;
use crate::focus;
use crate::session::Session;
use crate::task::Task;
use crate::text::{Attempt, account as words, home, password as password_words};

const FIELD: &str = "password-again";

#[component]
pub(crate) fn AddPasskey() -> AnyView {
    let (session, passkeys) = (Session::current(), AccountPasskeys::current());
    let task = Task::new();
    let label = Signal::derive(move || {
        if passkeys.is_empty() {
            words::add_first()
        } else {
            words::add()
        }
    });
    view! {
        <div class="add">
            {dynamic(move || {
                if passkeys.asks_password() {
                    view! { <Again task session passkeys /> }.into_any()
                } else {
                    view! {
                        <ActionButton
                            class="button button-main"
                            testid="add-passkey"
                            label
                            busy_label=home::waiting()
                            activity=task.activity
                            on_press=UnsyncCallback::new(move |()| add_passkey(task, session, passkeys))
                        />
                    }
                        .into_any()
                }
            })}
            <ErrorMessage text=task.error />
        </div>
    }
    .into_any()
}

/// Asks for the password of who has signed in with it a while ago.
#[component]
fn Again(task: Task, session: Session, passkeys: AccountPasskeys) -> AnyView {
    let typed = RwSignal::new(String::new());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        match password(typed, FIELD) {
            Ok(password) => add_by(By::Password(Some(password)), task, session, passkeys),
            Err(why) => task.refuse(why),
        }
    };
    view! {
        <form class="card panel" on:submit=submit data-testid="password-again-form">
            <p>{password_words::again()}</p>
            <PasswordField id=FIELD kind=PasswordKind::Current typed invalid=task.invalid() />
            <ActionButton
                class="button button-main"
                testid="password-again-confirm"
                label=words::add_first()
                busy_label=home::waiting()
                activity=task.activity
            />
        </form>
    }
    .into_any()
}

/// Makes one more passkey, and puts its owner where it can be named.
pub(crate) fn add_passkey(task: Task, session: Session, passkeys: AccountPasskeys) {
    let by = match passkeys.has_only_a_password() {
        true => By::Password(None),
        false => By::Passkey,
    };
    add_by(by, task, session, passkeys);
}

fn add_by(by: By, task: Task, session: Session, passkeys: AccountPasskeys) {
    let asked = matches!(by, By::Password(None));
    let add = async move {
        match confirmation::add(by).await {
            Err(failure) if asked && failure.code() == Some(ErrorCode::ConfirmationRequired) => {
                Ok(None)
            }
            outcome => outcome.map(Some),
        }
    };
    task.start(Attempt::Create, add, move |finished| {
        passkeys.ask_password(finished.is_none());
        let Some(finished) = finished else {
            return focus::later(FIELD);
        };
        session.is_here();
        if let Some(passkey) = finished.passkey {
            focus::later(rename_id(&passkey.id));
            passkeys.update(|passkeys| passkeys.add(passkey));
        }
        session.tell(words::added());
    });
}
