//! Signing up, signing in with a button or from the autofill, and signing out.

use leptos::prelude::*;
use leptos::task::spawn_local;
use passkeep_browser::{Abort, Client, Failure, api::Account};

fn main() {
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let client = Client::new();
    let user_name = RwSignal::new(String::new());
    let status = RwSignal::new(String::new());
    let settle = move |outcome: Result<String, Failure>| {
        status.set(outcome.unwrap_or_else(|failure| failure.user_message().to_owned()));
    };

    // Passkeys among the suggestions of the field below, until this page is gone or somebody is signed in.
    let _autofill = StoredValue::new_local(client.autofill(
        move |finished| settle(finished.map(|finished| greeting(&finished.account))),
        |failure| leptos::logging::warn!("no passkeys are offered in the field: {failure}"),
    ));

    let sign_up = {
        let client = client.clone();
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            let client = client.clone();
            spawn_local(async move {
                let user_name = user_name.get_untracked();
                let finished = client.register(&user_name, None, &Abort::new()).await;
                settle(finished.map(|finished| greeting(&finished.account)));
            });
        }
    };
    let sign_in = {
        let client = client.clone();
        move |_| {
            let client = client.clone();
            spawn_local(async move {
                let finished = client.sign_in(&Abort::new()).await;
                settle(finished.map(|finished| greeting(&finished.account)));
            });
        }
    };
    let sign_out = move |_| {
        let client = client.clone();
        spawn_local(async move {
            settle(client.sign_out().await.map(|()| "Signed out".to_owned()));
        });
    };

    // Text in braces: `view!` turns an element of nothing but literals into HTML text, which Trusted Types forbid.
    view! {
        <main>
            <h1>{"Passkeys in Leptos"}</h1>
            <form on:submit=sign_up>
                <label>
                    "User name "
                    <input autocomplete="username webauthn" required bind:value=user_name/>
                </label>
                <button>{"Create a passkey"}</button>
            </form>
            <button type="button" on:click=sign_in>"Sign in"</button>
            <button type="button" on:click=sign_out>"Sign out"</button>
            <p role="status">{status}</p>
        </main>
    }
}

fn greeting(account: &Account) -> String {
    format!("Signed in as {}", account.display_name)
}
