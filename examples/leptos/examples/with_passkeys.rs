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
    let ceremony = match what {
        "registration" => json::create(&options, &abort),
        _ => json::get(&options, Mediation::Modal, &abort),
    };
    post(&format!("/{what}/finish"), ceremony.await.ok()?.json).await
}
