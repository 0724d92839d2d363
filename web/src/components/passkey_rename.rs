//! Gives a passkey another name, in place.

use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;
use passkeep_protocol::bytes::Bytes;

use crate::account_passkeys::AccountPasskeys;
use crate::api;
use crate::components::action_button::{ActionButton, Activity};
use crate::components::messages::ErrorMessage;
use crate::components::passkey_card::WayBack;
use crate::focus;
use crate::names;
use crate::session::Session;
use crate::text::{self, Attempt, explain, name_problem, passkey as words};

#[component]
pub(crate) fn PasskeyRename(id: Bytes, label: String, back: WayBack) -> AnyView {
    let session = Session::current();
    let passkeys = AccountPasskeys::current();
    let typed = RwSignal::new(label);
    let activity = RwSignal::new(Activity::Ready);
    let error = RwSignal::new(None::<String>);
    let field = format!("name-{}", id.to_base64url());
    let field_error = format!("{field}-error");
    focus::select_later(field.clone());

    let (kept, escaped) = (back.clone(), back.clone());
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        if activity.get_untracked() != Activity::Ready {
            return;
        }
        let label = match names::label(&typed.get_untracked()) {
            Ok(label) => label,
            Err(problem) => return error.set(Some(name_problem(problem))),
        };
        activity.set(Activity::Busy);
        error.set(None);
        let (id, back) = (id.clone(), kept.clone());
        spawn_local(async move {
            match api::rename_passkey(&id, label).await {
                Ok(renamed) => {
                    session.tell(words::renamed(&renamed.label));
                    passkeys.update(|passkeys| passkeys.replace(renamed));
                    back.take();
                }
                Err(failure) => {
                    activity.set(Activity::Ready);
                    error.set(Some(explain(&failure, Attempt::Manage)));
                    session.heed(&failure);
                }
            }
        });
    };
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            escaped.take();
        }
    };

    view! {
        <form class="rename" on:submit=save on:keydown=escape>
            <div class="field">
                <label for=field.clone()>{words::name()}</label>
                <input
                    id=field
                    type="text"
                    autocomplete="off"
                    data-testid="passkey-rename-input"
                    aria-invalid=move || error.get().map(|_| "true")
                    aria-describedby=field_error.clone()
                    bind:value=typed
                />
            </div>
            <ErrorMessage id=field_error text=error />
            <div class="buttons">
                <ActionButton
                    class="button button-main"
                    testid="passkey-rename-save"
                    label=words::save()
                    busy_label=words::saving()
                    activity
                />
                <button class="button button-quiet" type="button" on:click=move |_| back.take()>
                    {text::site::cancel()}
                </button>
            </div>
        </form>
    }
    .into_any()
}
