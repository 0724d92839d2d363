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
    /// Where platforms look for the files under /.well-known/ if no origin has the RP ID as its host [default: https:// and
    /// the RP ID]
    #[arg(long, value_name = "URL")]
    rp_id_url: Option<String>,
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
        let trust = self.trust.as_deref();
        let (Some(url), Some(rp)) = (url, rp) else {
            report.warning(
                "site",
                "what the site answers was not checked".to_owned(),
                "Mend the configuration first, or name the site with --url.",
            );
            return Ok(report);
        };
        let apps = config.apps();
        let client = client("--url", &url, trust)?;
        if site::check(&client, &rp, &mut report).await {
            well_known::check(&client, &rp, &apps, &mut report).await;
            let page = config.change_password.value.as_str();
            well_known::check_change_password(&client, page, &mut report).await;
            well_known::check_what_is_not_there(&client, &mut report).await;
        }
        if configuration::has_files_elsewhere(&rp) {
            let url = match &self.rp_id_url {
                Some(url) => url.clone(),
                None => format!("https://{}", rp.id()),
            };
            let client = self::client("--rp-id-url", &url, trust)?;
            well_known::check_elsewhere(&client, &url, &rp, &apps, &mut report).await;
        }
        Ok(report)
    }
}

/// A client for the site at that address, which has no path.
fn client(flag: &str, url: &str, trust: Option<&Path>) -> Result<Client, CommandError> {
    let unusable = || {
        CommandError::Refused(format!(
            "{url:?} is no address of a site: give one like https://example.org ({flag})"
        ))
    };
    let uri: Uri = url.parse().map_err(|_| unusable())?;
    if uri
        .path_and_query()
        .is_some_and(|path| path.as_str() != "/")
    {
        return Err(unusable());
    }
    let client = Client::new(&uri, trust).map_err(CommandError::Refused)?;
    client.ok_or_else(unusable)
}
