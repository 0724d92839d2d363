//! Where the log goes. The load test's floors have the same.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;

/// Logs to stderr from now on what the filter lets through, in lines of text or of JSON. The error says what is wrong with the
/// filter.
pub(crate) fn start(filter: &str, is_json: bool) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|error| error.to_string())?;
    let log = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_env_filter(filter);
    if is_json {
        log.json().init();
    } else {
        let colour = io::stderr().is_terminal();
        log.with_ansi(colour).with_target(false).init();
    }
    Ok(())
}
