//! The button that makes one more passkey for the account.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::ceremony;
use crate::components::action_button::{ActionButton, Activity};
use crate::components::messages::ErrorMessage;
use crate::components::passkey_card::rename_id;
use crate::focus;
use crate::session::Session;
use crate::text::{Attempt, account as words, explain, home};
use crate::wallet::Wallet;

#[component]
pub(crate) fn AddPasskey() -> AnyView {
    let session = Session::current();
    let wallet = Wallet::current();
    let activity = RwSignal::new(Activity::Ready);
    let error = RwSignal::new(None::<String>);

    let add = UnsyncCallback::new(move |()| {
        activity.set(Activity::Busy);
        error.set(None);
        session.tell("");
        spawn_local(async move {
            let outcome = ceremony::add().await;
            activity.set(Activity::Ready);
            match outcome {
                Ok(finished) => {
                    if let Some(passkey) = finished.passkey {
                        focus::later(rename_id(&passkey.id));
                        wallet.update(|keyring| keyring.add(passkey));
                    }
                    session.tell(words::added());
                }
                Err(failure) => {
                    error.set(Some(explain(&failure, Attempt::Create)));
                    session.heed(&failure);
                }
            }
        });
    });
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
                activity
                on_press=add
            />
            <ErrorMessage text=error />
        </div>
    }
    .into_any()
}
