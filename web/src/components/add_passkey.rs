//! The button that makes one more passkey for the account.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use passkeep_protocol::api::ErrorCode;

use crate::ceremony::{self, By};
use crate::components::action_button::ActionButton;
use crate::components::messages::ErrorMessage;
use crate::components::passkey_card::rename_id;
use crate::components::password_field::{PasswordField, PasswordKind, password};
use crate::doing::Doing;
use crate::dynamic::dynamic;
use crate::focus;
use crate::session::Session;
use crate::text::{Attempt, account as words, home, password as password_words};
use crate::wallet::Wallet;

const FIELD: &str = "password-again";

#[component]
pub(crate) fn AddPasskey() -> AnyView {
    let (session, wallet) = (Session::current(), Wallet::current());
    let doing = Doing::new();
    let label = Signal::derive(move || {
        if wallet.is_empty() {
            words::add_first()
        } else {
            words::add()
        }
    });
    view! {
        <div class="add">
            {dynamic(move || {
                if wallet.asks_password() {
                    view! { <Again doing session wallet /> }.into_any()
                } else {
                    view! {
                        <ActionButton
                            class="button button-main"
                            testid="add-passkey"
                            label
                            busy_label=home::waiting()
                            activity=doing.activity
                            on_press=UnsyncCallback::new(move |()| add_passkey(doing, session, wallet))
                        />
                    }
                        .into_any()
                }
            })}
            <ErrorMessage text=doing.error />
        </div>
    }
    .into_any()
}

/// Asks for the password of who has signed in with it a while ago.
#[component]
fn Again(doing: Doing, session: Session, wallet: Wallet) -> AnyView {
    let typed = RwSignal::new(String::new());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        match password(typed, FIELD) {
            Ok(password) => add_by(By::Password(Some(password)), doing, session, wallet),
            Err(why) => doing.refuse(why),
        }
    };
    view! {
        <form class="card panel" on:submit=submit data-testid="password-again-form">
            <p>{password_words::again()}</p>
            <PasswordField id=FIELD kind=PasswordKind::Current typed invalid=doing.invalid() />
            <ActionButton
                class="button button-main"
                testid="password-again-confirm"
                label=words::add_first()
                busy_label=home::waiting()
                activity=doing.activity
            />
        </form>
    }
    .into_any()
}

/// Makes one more passkey, and puts its owner where it can be named.
pub(crate) fn add_passkey(doing: Doing, session: Session, wallet: Wallet) {
    let by = match wallet.has_only_a_password() {
        true => By::Password(None),
        false => By::Passkey,
    };
    add_by(by, doing, session, wallet);
}

fn add_by(by: By, doing: Doing, session: Session, wallet: Wallet) {
    let asked = matches!(by, By::Password(None));
    let add = async move {
        match ceremony::add(by).await {
            Err(failure) if asked && failure.code() == Some(ErrorCode::ConfirmationRequired) => {
                Ok(None)
            }
            outcome => outcome.map(Some),
        }
    };
    doing.start(Attempt::Create, add, move |finished| {
        wallet.ask_password(finished.is_none());
        let Some(finished) = finished else {
            return focus::later(FIELD);
        };
        session.is_here();
        if let Some(passkey) = finished.passkey {
            focus::later(rename_id(&passkey.id));
            wallet.update(|keyring| keyring.add(passkey));
        }
        session.tell(words::added());
    });
}
