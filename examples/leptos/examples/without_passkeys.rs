//! An app that sends what a person does to a server: what `with_passkeys` is weighed against.

mod app;

use app::post;

fn main() {
    app::run(ask);
}

async fn ask(what: &'static str, user_name: String) -> Option<String> {
    let options = post(&format!("/{what}/start"), user_name).await?;
    post(&format!("/{what}/finish"), options).await
}
