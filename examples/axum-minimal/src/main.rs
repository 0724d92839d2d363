//! Serves the application of `lib.rs` on <http://localhost:8090>.

use std::error::Error;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let app = axum_minimal::app(
        "http://localhost:8090",
        "target/axum-minimal.sqlite".as_ref(),
    )
    .await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8090").await?;
    println!("Open http://localhost:8090");
    axum::serve(listener, app).await?;
    Ok(())
}
