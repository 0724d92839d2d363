//! The head of every page: the way home, and for who is signed in the ways to the account and out.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api;
use crate::components::action_button::{ActionButton, Activity};
use crate::components::messages::ErrorMessage;
use crate::dynamic::dynamic;
use crate::navigation::{Navigation, Page};
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
                {text::site::name()}
            </a>
            {dynamic(move || signed_in.get().then(|| view! { <AccountLinks /> }))}
        </header>
    }
    .into_any()
}

#[component]
fn AccountLinks() -> AnyView {
    let session = Session::current();
    let navigation = Navigation::current();
    let activity = RwSignal::new(Activity::Ready);
    let error = RwSignal::new(None::<String>);

    let sign_out = UnsyncCallback::new(move |()| {
        activity.set(Activity::Busy);
        error.set(None);
        spawn_local(async move {
            match api::end_session().await {
                Ok(()) => {
                    navigation.go("/");
                    session.leave(words::signed_out());
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
        <nav class="links" aria-label=words::link()>
            {dynamic(move || {
                (navigation.page() != Page::Account)
                    .then(|| view! { <a class="button button-quiet" href="/account">{words::link()}</a> })
            })}
            <ActionButton
                class="button button-quiet"
                testid="sign-out"
                label=words::sign_out()
                busy_label=words::signing_out()
                activity
                on_press=sign_out
            />
        </nav>
        <ErrorMessage text=error />
    }
    .into_any()
}
