//! `passkeep doctor`: looks at a deployment as its operator, and as those who use it.

mod configuration;
mod database;
mod report;
mod site;
mod well_known;

use std::path::{Path, PathBuf};

use axum::http::Uri;
use clap::Args;

use super::{CommandError, block_on, count, say, say_json};
use crate::config::{Config, Flags};
use crate::http_client::Client;
use report::Report;

/// Checks a deployment and explains what is not right: the configuration, the database, the keys, the clock, and what the
/// site answers over HTTP. It changes nothing. Run it on the server's machine, with the server's configuration.
///
/// Exit status: 0 when nothing is an error, 1 otherwise.
#[derive(Args, Debug)]
pub(crate) struct DoctorCommand {
    /// The address of the site [default: the first origin]
    #[arg(long)]
    url: Option<String>,
    /// A file of certificates in PEM to trust beside the system's, for an authority of your own
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Prints JSON, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten, next_help_heading = "The server's configuration")]
    flags: Flags,
}

impl DoctorCommand {
    pub(crate) fn flags(&self) -> &Flags {
        &self.flags
    }

    pub(crate) fn run(&self, config: &Config) -> Result<(), CommandError> {
        let report = block_on(self.examine(config))?;
        if self.json {
            say_json(&report)?;
        } else {
            say(&report);
        }
        match report.errors() {
            0 => Ok(()),
            errors => Err(CommandError::Refused(format!(
                "{} found",
                count(errors, "error")
            ))),
        }
    }

    async fn examine(&self, config: &Config) -> Result<Report, CommandError> {
        let mut report = Report::default();
        let rp = configuration::check(config, &mut report);
        database::check(config, &mut report).await;
        let url = match &self.url {
            Some(url) => Some(url.clone()),
            None => config.site().ok(),
        };
        match (url, rp) {
            (Some(url), Some(rp)) => {
                let trust = self.trust.as_deref();
                let client = client(&url, trust).map_err(CommandError::Refused)?;
                if site::check(&client, &rp, &mut report).await {
                    well_known::check(&client, &rp, &config.apps(), &mut report).await;
                }
            }
            _ => report.warning(
                "site",
                "what the site answers was not checked".to_owned(),
                "Mend the configuration first, or name the site with --url.",
            ),
        }
        Ok(report)
    }
}

/// A client for the site at that address, which has no path.
fn client(url: &str, trust: Option<&Path>) -> Result<Client, String> {
    let unusable =
        || format!("{url:?} is no address of a site: give one like https://example.org (--url)");
    let uri: Uri = url.parse().map_err(|_| unusable())?;
    if uri
        .path_and_query()
        .is_some_and(|path| path.as_str() != "/")
    {
        return Err(unusable());
    }
    Client::new(&uri, trust)?.ok_or_else(unusable)
}
