//! Serves the application of `lib.rs` on <http://localhost:8090>, or at the port that it is given.

use std::env;
use std::error::Error;
use std::path::Path;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let port = arguments.next().unwrap_or_else(|| "8090".to_owned());
    let file = arguments.next();
    let file = file.unwrap_or_else(|| "target/axum-minimal.sqlite".to_owned());
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/passkeep/npm");
    if !package.join("client.js").exists() {
        return Err("`npm run package` makes what the page imports, and has not been run".into());
    }
    let origin = format!("http://localhost:{port}");
    let app = axum_minimal::app(&origin, file.as_ref(), package).await?;
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("Open {origin}");
    axum::serve(listener, app).await?;
    Ok(())
}
