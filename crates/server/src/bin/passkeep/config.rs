//! What the server is told by flags and environment.

use std::fmt;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::origin::Origin;
use passkeep_verify::{RelyingParty, RelyingPartyConfig};

use crate::serve::StartError;

/// How the server is set up. Each value is a flag or an environment variable; the flag wins.
#[derive(Args, Debug)]
pub(crate) struct ServeConfig {
    /// The address and port to listen on.
    #[arg(long, env = "PASSKEEP_LISTEN", default_value = "127.0.0.1:8080")]
    pub(crate) listen: String,

    /// The folder of the embedded database; it is made if it is missing.
    #[arg(long, env = "PASSKEEP_DATA_DIR", default_value = "./data")]
    pub(crate) data_dir: PathBuf,

    /// The PostgreSQL database to use instead of the embedded one, as postgres://user:password@host/database. Give it in
    /// the environment if it has a password: flags can be seen by everybody on the machine
    #[arg(long, env = "PASSKEEP_DATABASE_URL", hide_env_values = true)]
    pub(crate) database_url: Option<DatabaseUrl>,

    /// The domain that passkeys are for. Passkeys made for one cannot be used with another.
    #[arg(long, env = "PASSKEEP_RP_ID", default_value = "localhost")]
    rp_id: String,

    /// What people's devices call this site.
    #[arg(long, env = "PASSKEEP_RP_NAME", default_value = "Passkeep")]
    rp_name: String,

    /// The addresses that the site is reached at, as browsers write origins, separated by commas
    /// [default: http://localhost and the port]
    #[arg(long, env = "PASSKEEP_ORIGINS", value_delimiter = ',')]
    origins: Vec<String>,

    /// What is logged to stderr, as a filter of tracing-subscriber.
    #[arg(long, env = "PASSKEEP_LOG", default_value = "info")]
    pub(crate) log: String,

    /// How it is logged.
    #[arg(long, env = "PASSKEEP_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(crate) log_format: LogFormat,
}

/// A URL that may have a password in it.
#[derive(Clone)]
pub(crate) struct DatabaseUrl(pub(crate) String);

impl From<String> for DatabaseUrl {
    fn from(url: String) -> Self {
        Self(url)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(…)")
    }
}

/// How logs are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

impl ServeConfig {
    /// The relying party, for a server that listens on that port.
    pub(crate) fn relying_party(&self, port: u16) -> Result<RelyingParty, StartError> {
        // An empty variable is one that is not set.
        let given = self.origins.iter().map(|origin| origin.trim());
        let given = given.filter(|origin| !origin.is_empty());
        let mut origins = given
            .map(|origin| {
                Origin::parse(origin).map_err(|error| StartError::Origin {
                    origin: origin.to_owned(),
                    error,
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        if origins.is_empty() {
            let origin = local_origin(port);
            let parsed = Origin::parse(&origin);
            origins.push(parsed.map_err(|error| StartError::Origin { origin, error })?);
        }
        let config = RelyingPartyConfig::new(&self.rp_id, &self.rp_name, origins, AWS_LC_RS);
        RelyingParty::new(config).map_err(StartError::RelyingParty)
    }
}

/// The origin of a server on this machine. Browsers leave a scheme's own port out.
pub(crate) fn local_origin(port: u16) -> String {
    match port {
        80 => "http://localhost".to_owned(),
        port => format!("http://localhost:{port}"),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use passkeep_verify::Misuse;
    use passkeep_verify::origin::OriginError;

    use super::*;

    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        config: ServeConfig,
    }

    fn origins(flags: &[&str]) -> Result<Vec<String>, StartError> {
        let flags = ["serve"].iter().chain(flags);
        let rp = Flags::parse_from(flags).config.relying_party(8080)?;
        Ok(rp
            .origins()
            .iter()
            .map(|origin| origin.as_str().to_owned())
            .collect())
    }

    #[test]
    fn the_origin_is_localhost_unless_one_is_given() {
        assert_eq!(origins(&[]).unwrap(), ["http://localhost:8080"]);
        assert_eq!(
            origins(&["--origins", ""]).unwrap(),
            ["http://localhost:8080"]
        );
        let given = [
            "--rp-id",
            "example.org",
            "--origins",
            "https://example.org, https://a.example.org",
        ];
        assert_eq!(
            origins(&given).unwrap(),
            ["https://example.org", "https://a.example.org"]
        );
        assert_eq!(local_origin(80), "http://localhost");
    }

    #[test]
    fn origins_that_cannot_work_are_named() {
        for (flags, expected) in [
            (
                ["--origins", "http://example.org"],
                "the origin \"http://example.org\" cannot be accepted: an origin begins with https://, \
                 http://localhost or android:apk-key-hash:",
            ),
            (
                ["--origins", "https://localhost/"],
                "the origin \"https://localhost/\" cannot be accepted: an origin ends after its host and port, \
                 without a slash",
            ),
            (
                ["--origins", "https://example.org"],
                "a browser on https://example.org may not use the RP ID: its host is neither the RP ID nor below it \
                 (PASSKEEP_RP_ID, PASSKEEP_ORIGINS)",
            ),
        ] {
            assert_eq!(origins(&flags).unwrap_err().to_string(), expected);
        }
        let error = origins(&["--origins", "ftp://localhost"]).unwrap_err();
        assert!(matches!(
            error,
            StartError::Origin {
                error: OriginError::Scheme,
                ..
            }
        ));
        let error = origins(&["--origins", "https://example.org"]).unwrap_err();
        assert!(matches!(
            error,
            StartError::RelyingParty(Misuse::OriginOutsideRpId(_))
        ));
    }
}
