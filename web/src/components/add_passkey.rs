//! The button that makes one more passkey for the account.

use leptos::prelude::*;

use crate::ceremony;
use crate::components::action_button::ActionButton;
use crate::components::messages::ErrorMessage;
use crate::components::passkey_card::rename_id;
use crate::doing::Doing;
use crate::focus;
use crate::session::Session;
use crate::text::{Attempt, account as words, home};
use crate::wallet::Wallet;

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
            <ActionButton
                class="button button-main"
                testid="add-passkey"
                label
                busy_label=home::waiting()
                activity=doing.activity
                on_press=UnsyncCallback::new(move |()| add_passkey(doing, session, wallet))
            />
            <ErrorMessage text=doing.error />
        </div>
    }
    .into_any()
}

/// Makes one more passkey, and puts its owner where it can be named.
pub(crate) fn add_passkey(doing: Doing, session: Session, wallet: Wallet) {
    doing.start(Attempt::Create, ceremony::add(), move |finished| {
        session.is_here();
        if let Some(passkey) = finished.passkey {
            focus::later(rename_id(&passkey.id));
            wallet.update(|keyring| keyring.add(passkey));
        }
        session.tell(words::added());
    });
}
