//! What the server is told, and by whom: flags before the environment, before the configuration file, before the defaults.

mod environment;
mod error;
mod file;
mod flags;
mod given;

use std::fmt;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::PathBuf;

use clap::ArgMatches;
use clap::parser::ValueSource;
use passkeep_server::{AndroidApp, AppleAppId, Apps, Settings, TrustedProxies};
use passkeep_store::PostgresOptions;
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::origin::Origin;
use passkeep_verify::{RelyingParty, RelyingPartyConfig};

use crate::serve::Files;
use crate::webhook::Address;
pub(crate) use environment::check_environment;
pub(crate) use error::ConfigError;
use file::File;
pub(crate) use flags::{Flags, Hidden, LogFormat, Passwords};
pub(crate) use given::as_given;

/// The configuration that is in force.
#[derive(Debug)]
pub(crate) struct Config {
    file: Option<PathBuf>,
    pub(crate) listen: Settled<String>,
    tls_cert: Settled<Option<PathBuf>>,
    tls_key: Settled<Option<PathBuf>>,
    pub(crate) metrics_listen: Settled<Option<String>>,
    pub(crate) data_dir: Settled<PathBuf>,
    pub(crate) database_url: Settled<Option<Hidden>>,
    rp_id: Settled<String>,
    rp_name: Settled<String>,
    origins: Settled<Vec<String>>,
    related_origins: Settled<Vec<String>>,
    android_apps: Settled<Vec<AndroidApp>>,
    apple_apps: Settled<Vec<AppleAppId>>,
    pub(crate) change_password: Settled<String>,
    trusted_proxies: Settled<Vec<String>>,
    pub(crate) max_connections: Settled<NonZeroU32>,
    pub(crate) max_connections_of_address: Settled<u32>,
    session_idle_days: Settled<NonZeroU16>,
    session_days: Settled<NonZeroU16>,
    max_passkeys: Settled<NonZeroU16>,
    keep_events_days: Settled<NonZeroU16>,
    restore_without_presence: Settled<bool>,
    passwords: Settled<Passwords>,
    address_limit: Settled<u32>,
    account_limit: Settled<u32>,
    webhook_url: Settled<String>,
    webhook_secret: Settled<Hidden>,
    pub(crate) log: Settled<String>,
    pub(crate) log_format: Settled<LogFormat>,
}

/// A value, and where it comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Settled<T> {
    pub(crate) value: T,
    source: Source,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Source {
    Flag,
    Environment,
    File,
    Default,
}

impl Config {
    /// Settles every value. `matches` tells which flags were given, and which variables are set.
    pub(crate) fn settle(flags: Flags, matches: &ArgMatches) -> Result<Self, ConfigError> {
        let file = match &flags.config {
            Some(path) if !path.as_os_str().is_empty() => Some(path.clone()),
            _ => None,
        };
        let read = file.as_deref().map(File::read).transpose()?;
        let read = read.unwrap_or_default();
        let given = Given(matches);
        let flag_apps = flags
            .android_apps
            .iter()
            .filter(|app| !app.trim().is_empty());
        let flag_apps = flag_apps.map(|app| file::parse_android_app(app.trim()));
        let file_apps = read.android_apps.map(|apps| {
            let apps = apps.iter().map(file::FileAndroidApp::read);
            apps.collect::<Result<Vec<_>, _>>()
        });
        let android_apps = flag_apps.collect::<Result<Vec<_>, _>>()?;
        let apple = |ids: Vec<String>| {
            let ids = filled(ids).into_iter();
            ids.map(|id| file::apple_app(&id))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            listen: given.settle("listen", flags.listen, read.listen),
            tls_cert: given.path("tls_cert", flags.tls_cert, read.tls_cert),
            tls_key: given.path("tls_key", flags.tls_key, read.tls_key),
            metrics_listen: given
                .settle(
                    "metrics_listen",
                    flags.metrics_listen.unwrap_or_default(),
                    read.metrics_listen,
                )
                .map(|listen| (!listen.trim().is_empty()).then(|| listen.trim().to_owned())),
            data_dir: given.settle("data_dir", flags.data_dir, read.data_dir),
            database_url: given
                .settle(
                    "database_url",
                    flags.database_url.map_or_else(String::new, |url| url.0),
                    read.database_url,
                )
                .map(|url| (!url.trim().is_empty()).then(|| Hidden(url.trim().to_owned()))),
            rp_id: given.settle("rp_id", flags.rp_id, read.rp_id),
            rp_name: given.settle("rp_name", flags.rp_name, read.rp_name),
            origins: given.list("origins", flags.origins, read.origins),
            related_origins: given.list(
                "related_origins",
                flags.related_origins,
                read.related_origins,
            ),
            android_apps: given.settle("android_apps", android_apps, file_apps.transpose()?),
            apple_apps: given.settle(
                "apple_apps",
                apple(flags.apple_apps)?,
                read.apple_apps.map(apple).transpose()?,
            ),
            change_password: given
                .settle(
                    "change_password",
                    flags.change_password.unwrap_or_default(),
                    read.change_password,
                )
                .map(|page| page.trim().to_owned()),
            trusted_proxies: given.list(
                "trusted_proxies",
                flags.trusted_proxies,
                read.trusted_proxies,
            ),
            max_connections: given.settle(
                "max_connections",
                flags.max_connections,
                read.max_connections,
            ),
            max_connections_of_address: given.settle(
                "max_connections_of_address",
                flags.max_connections_of_address,
                read.max_connections_of_address,
            ),
            session_idle_days: given.settle(
                "session_idle_days",
                flags.session_idle_days,
                read.session_idle_days,
            ),
            session_days: given.settle("session_days", flags.session_days, read.session_days),
            max_passkeys: given.settle("max_passkeys", flags.max_passkeys, read.max_passkeys),
            keep_events_days: given.settle(
                "keep_events_days",
                flags.keep_events_days,
                read.keep_events_days,
            ),
            restore_without_presence: given.settle(
                "restore_without_presence",
                flags.restore_without_presence,
                read.restore_without_presence,
            ),
            passwords: given.settle("passwords", flags.passwords, read.passwords),
            address_limit: given.settle("address_limit", flags.address_limit, read.address_limit),
            account_limit: given.settle("account_limit", flags.account_limit, read.account_limit),
            webhook_url: given.settle(
                "webhook_url",
                flags.webhook_url.unwrap_or_default(),
                read.webhook_url,
            ),
            webhook_secret: given.settle(
                "webhook_secret",
                flags
                    .webhook_secret
                    .unwrap_or_else(|| Hidden(String::new())),
                read.webhook_secret.map(Hidden),
            ),
            log: given.settle("log", flags.log, read.log),
            log_format: given.settle("log_format", flags.log_format, read.log_format),
            file,
        })
    }

    /// The relying party, for a server that listens on that port. Its origins are the sites and the apps.
    pub(crate) fn relying_party(&self, port: u16) -> Result<RelyingParty, ConfigError> {
        let mut origins = parse_origins(&self.origins.value)?;
        if origins.is_empty() {
            origins = parse_origins(&[self.local_origin(port)])?;
        }
        for app in &self.android_apps.value {
            origins.extend(app.origins());
        }
        let (id, name) = (&self.rp_id.value, &self.rp_name.value);
        let mut config = RelyingPartyConfig::new(id, name, origins, AWS_LC_RS);
        config.related_origins = parse_origins(&self.related_origins.value)?;
        RelyingParty::new(config).map_err(ConfigError::RelyingParty)
    }

    /// The address of the site: the first origin that is not an app's.
    pub(crate) fn site(&self) -> Result<String, ConfigError> {
        let first = match self.origins.value.first() {
            Some(_) => parse_origins(&self.origins.value)?
                .into_iter()
                .find(|origin| origin.is_web()),
            None => None,
        };
        if let Some(origin) = first {
            return Ok(origin.as_str().to_owned());
        }
        Ok(self.local_origin(self.known_port()?))
    }

    /// The relying party, where nobody listens.
    pub(crate) fn relying_party_of_others(&self) -> Result<RelyingParty, ConfigError> {
        // With an origin of its own a server's port does not matter.
        let port = if self.origins.value.is_empty() {
            self.known_port()?
        } else {
            0
        };
        self.relying_party(port)
    }

    fn known_port(&self) -> Result<u16, ConfigError> {
        let port = self.listen.value.rsplit(':').next();
        let port = port.and_then(|port| port.parse().ok());
        let port = port.filter(|port| *port != 0);
        port.ok_or_else(|| ConfigError::NoSite(self.listen.value.clone()))
    }

    pub(crate) fn trusted_proxies(&self) -> Result<TrustedProxies, ConfigError> {
        let proxies = self.trusted_proxies.value.iter().map(String::as_str);
        let proxies = TrustedProxies::parse(proxies);
        proxies.map_err(|text| ConfigError::TrustedProxy(text.to_owned()))
    }

    /// The files of the certificate, if TLS is spoken.
    pub(crate) fn tls_files(&self) -> Result<Option<Files>, ConfigError> {
        match (&self.tls_cert.value, &self.tls_key.value) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => Ok(Some(Files {
                certificate: certificate.clone(),
                key: key.clone(),
            })),
            _ => Err(ConfigError::HalfOfTls),
        }
    }

    /// The origin of a server on this machine. Browsers leave a scheme's own port out.
    pub(crate) fn local_origin(&self, port: u16) -> String {
        match (self.tls_cert.value.is_some(), port) {
            (false, 80) => "http://localhost".to_owned(),
            (false, port) => format!("http://localhost:{port}"),
            (true, 443) => "https://localhost".to_owned(),
            (true, port) => format!("https://localhost:{port}"),
        }
    }

    /// Who is told of security events, if somebody is.
    pub(crate) fn webhook(&self) -> Result<Option<Address>, ConfigError> {
        let (url, secret) = (
            self.webhook_url.value.trim(),
            self.webhook_secret.value.0.trim(),
        );
        match (url.is_empty(), secret.is_empty()) {
            (true, true) => Ok(None),
            (false, false) => Address::new(url, secret)
                .map(Some)
                .map_err(ConfigError::Webhook),
            _ => Err(ConfigError::Webhook(
                "it needs an address and a secret, and one of them is not given",
            )),
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        settings.rate_limits.per_address = self.address_limit.value;
        settings.rate_limits.per_account = self.account_limit.value;
        let seconds = |days: &Settled<NonZeroU16>| u32::from(days.value.get()) * 24 * 60 * 60;
        settings.sessions.idle = seconds(&self.session_idle_days);
        settings.sessions.absolute = seconds(&self.session_days);
        settings.keep_events = seconds(&self.keep_events_days);
        settings.max_passkeys = self.max_passkeys.value.get().into();
        settings.restore_without_presence = self.restore_without_presence.value;
        settings.passwords = self.passwords.value.mode();
        settings
    }

    pub(crate) fn apps(&self) -> Apps {
        Apps {
            android: self.android_apps.value.clone(),
            apple: self.apple_apps.value.clone(),
        }
    }
}

/// Which values were given, by flags or by the environment.
struct Given<'a>(&'a ArgMatches);

impl Given<'_> {
    fn settle<T>(&self, id: &str, value: T, file: Option<T>) -> Settled<T> {
        // An empty variable is one that is not set.
        let mut raw = self.0.get_raw(id).into_iter().flatten();
        let empty = raw.all(|value| value.is_empty());
        let (value, source) = match (self.0.value_source(id), file) {
            (Some(ValueSource::CommandLine), _) => (value, Source::Flag),
            (Some(ValueSource::EnvVariable), _) if !empty => (value, Source::Environment),
            (_, Some(value)) => (value, Source::File),
            (_, None) => (value, Source::Default),
        };
        Settled { value, source }
    }

    /// A path; an empty one is none.
    fn path(
        &self,
        id: &str,
        value: Option<String>,
        file: Option<PathBuf>,
    ) -> Settled<Option<PathBuf>> {
        let value = value.map(PathBuf::from).unwrap_or_default();
        let settled = self.settle(id, value, file);
        settled.map(|path| (!path.as_os_str().is_empty()).then_some(path))
    }

    fn list(
        &self,
        id: &str,
        value: Vec<String>,
        file: Option<Vec<String>>,
    ) -> Settled<Vec<String>> {
        self.settle(id, filled(value), file.map(filled))
    }
}

impl<T> Settled<T> {
    fn map<U>(self, change: impl FnOnce(T) -> U) -> Settled<U> {
        Settled {
            value: change(self.value),
            source: self.source,
        }
    }
}

/// The texts that are not empty.
fn filled(texts: Vec<String>) -> Vec<String> {
    let texts = texts.iter().map(|text| text.trim());
    texts
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect()
}

fn parse_origins(texts: &[String]) -> Result<Vec<Origin>, ConfigError> {
    let parse = |text: &String| {
        Origin::parse(text).map_err(|error| ConfigError::Origin {
            origin: text.clone(),
            error,
        })
    };
    texts.iter().map(parse).collect()
}

/// The configuration file that would set what is in force, with the source of each value beside it. A password in the
/// database's URL is left out.
impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.as_ref().map(|path| path.display().to_string());
        let line = |f: &mut fmt::Formatter<'_>, key: &str, value: &str, source: Source| {
            let source = match source {
                Source::Flag => format!("--{}", key.replace('_', "-")),
                Source::Environment => format!("PASSKEEP_{}", key.to_uppercase()),
                Source::File => file.clone().unwrap_or_default(),
                Source::Default => "default".to_owned(),
            };
            writeln!(f, "{:<56} # {source}", format!("{key} = {value}"))
        };
        let texts = |texts: &[String]| {
            let texts: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
            format!("[{}]", texts.join(", "))
        };
        line(f, "listen", &quoted(&self.listen.value), self.listen.source)?;
        for (key, path) in [("tls_cert", &self.tls_cert), ("tls_key", &self.tls_key)] {
            let shown = path.value.as_ref().map(|path| path.display().to_string());
            line(f, key, &quoted(&shown.unwrap_or_default()), path.source)?;
        }
        let metrics = self.metrics_listen.value.as_deref().unwrap_or_default();
        let source = self.metrics_listen.source;
        line(f, "metrics_listen", &quoted(metrics), source)?;
        let data_dir = self.data_dir.value.display().to_string();
        line(f, "data_dir", &quoted(&data_dir), self.data_dir.source)?;
        let url = match &self.database_url.value {
            None => String::new(),
            // Its own form has no password; what cannot be read is not shown at all.
            Some(url) => PostgresOptions::from_url(&url.0).map_or_else(
                |_| "(not understood)".to_owned(),
                |options| options.to_string(),
            ),
        };
        line(f, "database_url", &quoted(&url), self.database_url.source)?;
        line(f, "rp_id", &quoted(&self.rp_id.value), self.rp_id.source)?;
        line(
            f,
            "rp_name",
            &quoted(&self.rp_name.value),
            self.rp_name.source,
        )?;
        line(
            f,
            "origins",
            &texts(&self.origins.value),
            self.origins.source,
        )?;
        let related = &self.related_origins;
        line(f, "related_origins", &texts(&related.value), related.source)?;
        let apps = self.android_apps.value.iter().map(|app| {
            let hashes: Vec<_> = app
                .fingerprints
                .iter()
                .map(|hash| quoted(&hash.fingerprint()))
                .collect();
            let fingerprints = hashes.join(", ");
            format!(
                "{{ package = {}, fingerprints = [{fingerprints}] }}",
                quoted(&app.package)
            )
        });
        let apps = format!("[{}]", apps.collect::<Vec<_>>().join(", "));
        line(f, "android_apps", &apps, self.android_apps.source)?;
        let apps: Vec<_> = self
            .apple_apps
            .value
            .iter()
            .map(|id| id.as_str().to_owned())
            .collect();
        line(f, "apple_apps", &texts(&apps), self.apple_apps.source)?;
        let page = &self.change_password;
        line(f, "change_password", &quoted(&page.value), page.source)?;
        let proxies = &self.trusted_proxies;
        line(f, "trusted_proxies", &texts(&proxies.value), proxies.source)?;
        let max = &self.max_connections;
        line(f, "max_connections", &max.value.to_string(), max.source)?;
        let max = &self.max_connections_of_address;
        let key = "max_connections_of_address";
        line(f, key, &max.value.to_string(), max.source)?;
        for (key, number) in [
            ("session_idle_days", &self.session_idle_days),
            ("session_days", &self.session_days),
            ("max_passkeys", &self.max_passkeys),
            ("keep_events_days", &self.keep_events_days),
        ] {
            line(f, key, &number.value.to_string(), number.source)?;
        }
        let absent = &self.restore_without_presence;
        let value = absent.value.to_string();
        line(f, "restore_without_presence", &value, absent.source)?;
        let passwords = &self.passwords;
        let shown = quoted(passwords.value.name());
        line(f, "passwords", &shown, passwords.source)?;
        for (key, limit) in [
            ("address_limit", &self.address_limit),
            ("account_limit", &self.account_limit),
        ] {
            line(f, key, &limit.value.to_string(), limit.source)?;
        }
        let url = &self.webhook_url;
        line(f, "webhook_url", &quoted(url.value.trim()), url.source)?;
        let secret = &self.webhook_secret;
        let shown = match secret.value.0.trim() {
            "" => "",
            _ => "(not shown)",
        };
        line(f, "webhook_secret", &quoted(shown), secret.source)?;
        line(f, "log", &quoted(&self.log.value), self.log.source)?;
        let format = &self.log_format;
        line(f, "log_format", &quoted(format.value.name()), format.source)
    }
}

/// A text in TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests;
