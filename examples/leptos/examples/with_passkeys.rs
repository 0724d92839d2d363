//! The same app as `without_passkeys`, with passkeys: what they weigh in an app that exists is the difference.

use gloo_net::http::Request;
use leptos::prelude::*;
use leptos::task::spawn_local;
use passkeep_browser::{Abort, Mediation, json};

fn main() {
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let user_name = RwSignal::new(String::new());
    let status = RwSignal::new(String::new());
    let run = move |what: &'static str| {
        spawn_local(async move {
            let done = ask(what, user_name.get_untracked()).await;
            status.set(done.unwrap_or_else(|| "That did not work".to_owned()));
        });
    };
    view! {
        <main>
            <label>"User name " <input bind:value=user_name/></label>
            <button on:click=move |_| run("registration")>"Create a passkey"</button>
            <button on:click=move |_| run("authentication")>"Sign in"</button>
            <p role="status">{status}</p>
        </main>
    }
}

async fn ask(what: &str, user_name: String) -> Option<String> {
    let options = post(&format!("/{what}/start"), user_name).await?;
    let abort = Abort::new();
    let response = match what {
        "registration" => json::create(&options, &abort).await,
        _ => json::get(&options, Mediation::Modal, &abort).await,
    };
    post(&format!("/{what}/finish"), response.ok()?.json).await
}

async fn post(path: &str, body: String) -> Option<String> {
    let answer = Request::post(path).body(body).ok()?.send().await.ok()?;
    answer.text().await.ok()
}
