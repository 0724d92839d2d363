//! The head of every page: the way home, and for who is signed in the ways to the account and out.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use crate::api;
use crate::components::action_button::{ActionButton, Activity};
use crate::components::messages::ErrorMessage;
use crate::session::Session;
use crate::text::{self, Attempt, account as words, explain};

const MARK: &str = "/icons/mark.svg";

#[component]
pub(crate) fn TopBar() -> AnyView {
    let session = Session::current();
    let signed_in = Memo::new(move |_| session.account().is_some());
    view! {
        <header class="top">
            <a class="brand" href="/">
                <img src=MARK alt="" width="32" height="32" />
                {text::SITE}
            </a>
            {move || signed_in.get().then(|| view! { <AccountLinks /> })}
        </header>
    }
    .into_any()
}

#[component]
fn AccountLinks() -> AnyView {
    let session = Session::current();
    let navigate = use_navigate();
    let path = use_location().pathname;
    let activity = RwSignal::new(Activity::Ready);
    let error = RwSignal::new(None::<String>);

    let sign_out = UnsyncCallback::new(move |()| {
        activity.set(Activity::Busy);
        error.set(None);
        let navigate = navigate.clone();
        spawn_local(async move {
            match api::end_session().await {
                Ok(()) => {
                    navigate("/", NavigateOptions::default());
                    session.leave(words::SIGNED_OUT);
                }
                Err(failure) => {
                    activity.set(Activity::Ready);
                    error.set(Some(explain(&failure, Attempt::Manage)));
                    session.heed(&failure);
                }
            }
        });
    });

    view! {
        <nav class="links" aria-label=words::LINK>
            {move || {
                (path.get() != "/account")
                    .then(|| view! { <a class="button button-quiet" href="/account">{words::LINK}</a> })
            }}
            <ActionButton
                class="button button-quiet"
                testid="sign-out"
                label=words::SIGN_OUT
                busy_label=words::SIGNING_OUT
                activity
                on_press=sign_out
            />
        </nav>
        <ErrorMessage text=error />
    }
    .into_any()
}
