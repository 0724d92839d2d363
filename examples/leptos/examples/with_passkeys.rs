//! The same app as `without_passkeys`, with passkeys: what they weigh in an app that exists is the difference.

mod app;

use app::post;
use passkeep_browser::{Abort, Mediation, json};

fn main() {
    app::run(ask);
}

async fn ask(what: &'static str, user_name: String) -> Option<String> {
    let options = post(&format!("/{what}/start"), user_name).await?;
    let abort = Abort::new();
    let response = match what {
        "registration" => json::create(&options, &abort).await,
        _ => json::get(&options, Mediation::Modal, &abort).await,
    };
    post(&format!("/{what}/finish"), response.ok()?.json).await
}
