//! The ways in for people who still have a password, where the server knows such. They stay folded up.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use passkeep_protocol::api::{PasswordMode, PasswordSignIn};

use crate::api;
use crate::components::action_button::ActionButton;
use crate::components::entry::{Door, Doors, Entered, Means};
use crate::components::messages::ErrorMessage;
use crate::components::password_field::{PasswordField, PasswordKind, password};
use crate::dynamic::dynamic;
use crate::failure::Failure;
use crate::focus;
use crate::names;
use crate::session::Session;
use crate::text::{account, name_problem, password as words, recovery, site};

#[component]
pub(crate) fn PasswordEntry(doors: Doors, user_name: RwSignal<String>) -> AnyView {
    let session = Session::current();
    let mode = Memo::new(move |_| session.passwords());
    dynamic(move || {
        let form = |door| view! { <PasswordForm doors door user_name /> };
        (mode.get() != PasswordMode::Off).then(|| {
            view! {
                <div class="panel panel-second disclosures">
                    {form(Door::PasswordSignIn)}
                    {(mode.get() == PasswordMode::SignUp).then(|| form(Door::PasswordSignUp))}
                </div>
            }
        })
    })
}

/// What is different between the two forms.
struct Form {
    title: &'static str,
    name: &'static str,
    password: &'static str,
    submit: &'static str,
    kind: PasswordKind,
    go: &'static str,
}

impl Form {
    fn of(door: Door) -> Self {
        match door {
            Door::PasswordSignUp => Self {
                title: words::sign_up(),
                name: "new-password-name",
                password: "new-password",
                submit: "password-sign-up",
                kind: PasswordKind::New,
                go: words::go_up(),
            },
            _ => Self {
                title: words::sign_in(),
                name: "password-name",
                password: "password",
                submit: "password-sign-in",
                kind: PasswordKind::CurrentOrPasskey,
                go: words::go_in(),
            },
        }
    }
}

#[component]
fn PasswordForm(doors: Doors, door: Door, user_name: RwSignal<String>) -> AnyView {
    let form = Form::of(door);
    let typed = RwSignal::new(String::new());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let user_name = match names::user_name(&user_name.get_untracked()) {
            Ok(user_name) => user_name,
            Err(problem) => {
                focus::later(form.name);
                return doors.refuse(door, name_problem(problem));
            }
        };
        match password(typed, form.password) {
            Ok(password) => doors.open(
                door,
                enter(
                    door,
                    PasswordSignIn {
                        user_name,
                        password,
                    },
                ),
            ),
            Err(why) => doors.refuse(door, why),
        }
    };
    let error = Signal::derive(move || doors.error_at(door));
    let invalid = Signal::derive(move || error.with(Option::is_some).then_some("true"));
    view! {
        <details class="disclosure">
            <summary class="quiet-link" data-testid=format!("{}-open", form.submit)>{form.title}</summary>
            <form on:submit=submit>
                <div class="field">
                    <label for=form.name>{recovery::user_name()}</label>
                    <input
                        id=form.name
                        name="username"
                        type="text"
                        autocomplete="username webauthn"
                        autocapitalize="none"
                        spellcheck="false"
                        data-testid=form.name
                        aria-invalid=move || invalid.get()
                        bind:value=user_name
                    />
                </div>
                <PasswordField id=form.password kind=form.kind typed invalid />
                <ErrorMessage text=error />
                <ActionButton
                    class="button"
                    testid=form.submit
                    label=form.go
                    busy_label=site::loading()
                    activity=Signal::derive(move || doors.activity(door))
                />
            </form>
        </details>
    }
    .into_any()
}

async fn enter(door: Door, who: PasswordSignIn) -> Result<Entered, Failure> {
    let is_new = door == Door::PasswordSignUp;
    let signed_in = match is_new {
        true => api::sign_up_with_password(&who).await?,
        false => api::sign_in_with_password(&who).await?,
    };
    passkeep_browser::signal(&signed_in.signals).await;
    Ok(Entered {
        notice: match is_new {
            true => words::created(&signed_in.account.user_name),
            false => account::signed_in().to_owned(),
        },
        account: signed_in.account,
        means: Means::Password,
    })
}
