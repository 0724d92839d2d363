//! The account itself: what its owner is called, and its end.

use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::prelude::*;

use crate::account_passkeys::AccountPasskeys;
use crate::api;
use crate::components::action_button::ActionButton;
use crate::components::messages::ErrorMessage;
use crate::components::password_card::PasswordCard;
use crate::components::password_field::{PasswordField, PasswordKind, password};
use crate::confirmation::{self, By};
use crate::dynamic::dynamic;
use crate::focus;
use crate::names;
use crate::session::Session;
use crate::task::Task;
use crate::text::{Attempt, home, name_problem, passkey, settings as words, site};

const SETTINGS: &str = "settings";
const NAME: &str = "display-name";
const NAME_HINT: &str = "display-name-hint";
const DELETE: &str = "delete-account";
const TYPED: &str = "delete-account-name";
const PASSWORD: &str = "delete-account-password";

#[component]
pub(crate) fn Settings(user_name: String) -> AnyView {
    let deleting = RwSignal::new(false);
    let delete = {
        let user_name = user_name.clone();
        dynamic(move || {
            if deleting.get() {
                view! { <DeleteAccount user_name=user_name.clone() deleting /> }.into_any()
            } else {
                view! {
                    <button
                        class="button button-quiet button-danger"
                        id=DELETE
                        type="button"
                        data-testid="delete-account"
                        on:click=move |_| deleting.set(true)
                    >
                        {words::delete()}
                    </button>
                }
                .into_any()
            }
        })
    };
    view! {
        <section class="part" aria-labelledby=SETTINGS>
            <div class="part-head">
                <h2 id=SETTINGS tabindex="-1">{words::title()}</h2>
            </div>
            <div class="part-body">
                <DisplayName user_name />
                <PasswordCard after=SETTINGS />
                <div>{delete}</div>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn DisplayName(user_name: String) -> AnyView {
    let session = Session::current();
    let task = Task::new();
    let name = session.account().map(|account| account.display_name);
    let typed = RwSignal::new(name.unwrap_or_default());
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let name = match names::user_name(&typed.get_untracked()) {
            Ok(name) => name,
            Err(problem) => return task.refuse(name_problem(problem)),
        };
        let change = async move {
            let changed = api::change_account(name).await?;
            passkeep_browser::signal(&changed.signals).await;
            Ok(changed.account)
        };
        task.start(Attempt::Manage, change, move |account| {
            typed.set(account.display_name.clone());
            let notice = words::renamed(&account.display_name);
            session.enter(account, notice);
        });
    };
    view! {
        <form class="card panel" on:submit=save>
            <div class="field">
                <label for=NAME>{words::display_name()}</label>
                <input
                    id=NAME
                    type="text"
                    autocomplete="name"
                    data-testid="display-name"
                    aria-describedby=NAME_HINT
                    aria-invalid=task.invalid()
                    bind:value=typed
                />
                <p class="hint" id=NAME_HINT>{words::display_name_hint(&user_name)}</p>
            </div>
            <ErrorMessage text=task.error />
            <div class="buttons">
                <ActionButton
                    class="button"
                    testid="save-display-name"
                    label=passkey::save()
                    busy_label=passkey::saving()
                    activity=task.activity
                />
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn DeleteAccount(user_name: String, deleting: RwSignal<bool>) -> AnyView {
    let (session, passkeys) = (Session::current(), AccountPasskeys::current());
    let task = Task::new();
    let typed = RwSignal::new(String::new());
    let typed_password = RwSignal::new(String::new());
    let by_password = Memo::new(move |_| passkeys.has_only_a_password());
    focus::later(TYPED);
    let back = move || {
        deleting.set(false);
        focus::later(DELETE);
    };
    let question = words::delete_type(&user_name);
    let delete = move |event: SubmitEvent| {
        event.prevent_default();
        if typed.get_untracked().trim() != user_name {
            task.refuse(words::delete_mismatch());
            return focus::select_later(TYPED);
        }
        let by = match by_password.get_untracked() {
            true => match password(typed_password, PASSWORD) {
                Ok(password) => By::Password(Some(password)),
                Err(why) => return task.refuse(why),
            },
            false => By::Passkey,
        };
        let delete = async move {
            let deleted = confirmation::delete_account(by).await?;
            passkeep_browser::signal(&deleted.signals).await;
            Ok(())
        };
        task.start(Attempt::Confirm, delete, move |()| {
            session.leave(words::deleted());
        });
    };
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            back();
        }
    };
    view! {
        <form class="card panel danger" on:submit=delete on:keydown=escape data-testid="delete-account-form">
            <h3>{words::delete()}</h3>
            <p>{words::delete_help()}</p>
            <div class="field">
                <label for=TYPED>{question}</label>
                <input
                    id=TYPED
                    type="text"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    data-testid="delete-account-name"
                    aria-invalid=task.invalid()
                    bind:value=typed
                />
            </div>
            {dynamic(move || {
                by_password
                    .get()
                    .then(|| {
                        view! {
                            <PasswordField
                                id=PASSWORD
                                kind=PasswordKind::Current
                                typed=typed_password
                                invalid=task.invalid()
                            />
                        }
                    })
            })}
            <ErrorMessage text=task.error />
            <div class="buttons">
                <button class="button" type="button" on:click=move |_| back()>
                    {site::cancel()}
                </button>
                <ActionButton
                    class="button button-danger"
                    testid="delete-account-confirm"
                    label=words::delete_confirm()
                    busy_label=home::waiting()
                    activity=task.activity
                />
            </div>
        </form>
    }
    .into_any()
}
