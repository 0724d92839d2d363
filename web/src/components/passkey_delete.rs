//! Deletes a passkey, after a question. The last one takes a sterner question, because nothing opens the account after it.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use passkeep_protocol::api::{Action, ErrorCode};
use passkeep_protocol::bytes::Bytes;

use crate::account_passkeys::AccountPasskeys;
use crate::api;
use crate::components::action_button::{ActionButton, Activity};
use crate::components::messages::ErrorMessage;
use crate::components::passkey_card::WayBack;
use crate::confirmation;
use crate::dynamic::dynamic;
use crate::focus;
use crate::pages::account::LIST_HEADING;
use crate::session::Session;
use crate::text::{Attempt, explain, passkey as words, recovery};

#[component]
pub(crate) fn PasskeyDelete(id: Bytes, label: String, back: WayBack) -> AnyView {
    let session = Session::current();
    let passkeys = AccountPasskeys::current();
    let activity = RwSignal::new(Activity::Ready);
    let error = RwSignal::new(None::<String>);
    // The others may have been deleted in another tab: then the server tells.
    let last_says_server = RwSignal::new(false);
    let name = id.to_base64url();
    let (keep, question, help) = (
        format!("keep-{name}"),
        format!("ask-{name}"),
        format!("why-{name}"),
    );
    focus::later(keep.clone());

    let last = {
        let id = id.clone();
        Memo::new(move |_| last_says_server.get() || passkeys.is_last(&id))
    };
    let behind = Memo::new(move |_| session.has_password());
    let confirmation = StoredValue::new(None::<String>);
    let deleted = format!("{} {}", words::deleted(&label), recovery::still_good());
    let delete = UnsyncCallback::new(move |()| {
        activity.set(Activity::Busy);
        error.set(None);
        let (id, deleted, last) = (id.clone(), deleted.clone(), last.get_untracked());
        spawn_local(async move {
            let outcome = async {
                // What the server has refused has not used the confirmation up.
                let token = match confirmation.get_value() {
                    Some(token) => token,
                    None => confirmation::confirm(Action::DeletePasskey { id: id.clone() }).await?,
                };
                confirmation.set_value(Some(token.clone()));
                api::delete_passkey(&id, last, &token).await
            };
            match outcome.await {
                Ok(answer) => {
                    focus::later(LIST_HEADING);
                    session.tell(deleted);
                    passkeys.remove(&id);
                    passkeep_browser::signal(&answer.signals).await;
                }
                Err(failure) => {
                    activity.set(Activity::Ready);
                    match failure.code() {
                        Some(ErrorCode::LastPasskey) => return last_says_server.set(true),
                        Some(ErrorCode::ConfirmationRequired) => confirmation.set_value(None),
                        _ => {}
                    }
                    error.set(Some(explain(&failure, Attempt::Confirm)));
                    session.heed(&failure);
                }
            }
        });
    });
    let escaped = back.clone();
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            escaped.take();
        }
    };
    let asked = dynamic(move || {
        if last.get() {
            words::last_question(&label)
        } else {
            words::delete_question(&label)
        }
    });

    view! {
        <div
            class="question"
            role="group"
            aria-labelledby=question
            aria-describedby=help
            on:keydown=escape
        >
            <p class="question-title" id=question.clone()>{asked}</p>
            <p id=help.clone()>
                {dynamic(move || match (last.get(), behind.get()) {
                    (false, _) => words::delete_help(),
                    (true, false) => words::last_help(),
                    (true, true) => words::last_help_password(),
                })}
            </p>
            <ErrorMessage text=error />
            <div class="buttons">
                <button
                    class="button"
                    id=keep
                    data-testid="passkey-delete-cancel"
                    on:click=move |_| back.take()
                >
                    {words::keep()}
                </button>
                <ActionButton
                    class="button button-danger"
                    testid="passkey-delete-confirm"
                    label=Signal::derive(move || if last.get() && !behind.get() { words::last_confirm() } else { words::delete_confirm() })
                    busy_label=words::deleting()
                    activity
                    on_press=delete
                />
            </div>
        </div>
    }
    .into_any()
}
