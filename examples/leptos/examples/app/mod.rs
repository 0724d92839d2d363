//! The app that is weighed with passkeys and without: a field, two buttons, and requests to a server.

use gloo_net::http::Request;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Shows the app. `ask` does what a button is for: it is told what that is, and the user name.
pub(crate) fn run<A>(ask: fn(&'static str, String) -> A)
where
    A: Future<Output = Option<String>> + 'static,
{
    mount_to_body(move || app(ask));
}

fn app<A>(ask: fn(&'static str, String) -> A) -> impl IntoView
where
    A: Future<Output = Option<String>> + 'static,
{
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

/// Sends text to the server, and gives the text of its answer.
pub(crate) async fn post(path: &str, body: String) -> Option<String> {
    let answer = Request::post(path).body(body).ok()?.send().await.ok()?;
    answer.text().await.ok()
}
