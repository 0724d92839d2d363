//! The passkeys, each on a card of its own.

use leptos::prelude::*;

use crate::account_passkeys::AccountPasskeys;
use crate::components::messages::ErrorMessage;
use crate::components::passkey_card::PasskeyCard;
use crate::dynamic::dynamic;
use crate::session::Session;
use crate::text::{self, Attempt, account as words, explain};

#[component]
pub(crate) fn PasskeyList() -> AnyView {
    let passkeys = AccountPasskeys::current();
    let error = Signal::derive(move || {
        let failure = passkeys.failure();
        failure.map(|failure| explain(&failure, Attempt::Manage))
    });
    let loading = Memo::new(move |_| passkeys.is_loading());
    // They are drawn anew when one comes or goes, not when one changes.
    let ids = Memo::new(move |_| passkeys.ids());
    let empty = Memo::new(move |_| passkeys.is_empty());
    view! {
        <ErrorMessage text=error />
        {dynamic(move || {
            error.get().map(|_| view! { <button class="button" on:click=move |_| passkeys.load()>{text::site::try_again()}</button> })
        })}
        {dynamic(move || loading.get().then(|| view! { <Skeleton /> }))}
        {dynamic(move || empty.get().then(|| view! { <Nothing /> }))}
        <ul class="passkeys">
            {dynamic(move || ids.get().into_iter().map(|id| view! { <PasskeyCard id /> }).collect::<Vec<_>>())}
        </ul>
    }
    .into_any()
}

/// What the list will look like, while it is on its way.
#[component]
fn Skeleton() -> AnyView {
    let line = || view! { <span class="skeleton"></span> };
    view! {
        <div class="card passkey passkey-coming" role="status">
            <span class="unseen">{text::site::loading()}</span>
            {line()}
            {line()}
            {line()}
        </div>
    }
    .into_any()
}

#[component]
fn Nothing() -> AnyView {
    let session = Session::current();
    dynamic(move || {
        if session.has_password() {
            return view! { <p class="hint">{text::password::no_passkey()}</p> }.into_any();
        }
        view! {
            <div class="message message-error">
                <h3>{words::none_title()}</h3>
                <p>{words::none()}</p>
            </div>
        }
        .into_any()
    })
}
