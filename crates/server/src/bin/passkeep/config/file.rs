//! The configuration file.

use std::fmt;
use std::fs;
use std::io;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::{Path, PathBuf};

use passkeep_server::{AndroidApp, AppleAppId};
use passkeep_verify::origin::apk_key_hash::ApkKeyHash;
use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

use super::{ConfigError, LogFormat, Passwords};

/// What the file may say. A key that is not known is refused: a slip in a name must not leave a default in force unseen.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) listen: Option<String>,
    pub(super) tls_cert: Option<PathBuf>,
    pub(super) tls_key: Option<PathBuf>,
    pub(super) metrics_listen: Option<String>,
    pub(super) data_dir: Option<PathBuf>,
    pub(super) database_url: Option<String>,
    pub(super) rp_id: Option<String>,
    pub(super) rp_name: Option<String>,
    #[serde(default, deserialize_with = "texts")]
    pub(super) origins: Option<Vec<String>>,
    #[serde(default, deserialize_with = "texts")]
    pub(super) related_origins: Option<Vec<String>>,
    pub(super) android_apps: Option<Vec<FileAndroidApp>>,
    #[serde(default, deserialize_with = "texts")]
    pub(super) apple_apps: Option<Vec<String>>,
    pub(super) change_password: Option<String>,
    #[serde(default, deserialize_with = "texts")]
    pub(super) trusted_proxies: Option<Vec<String>>,
    pub(super) max_connections: Option<NonZeroU32>,
    pub(super) max_connections_of_address: Option<u32>,
    pub(super) session_idle_days: Option<NonZeroU16>,
    pub(super) session_days: Option<NonZeroU16>,
    pub(super) max_passkeys: Option<NonZeroU16>,
    pub(super) keep_events_days: Option<NonZeroU16>,
    pub(super) restore_without_presence: Option<bool>,
    pub(super) passwords: Option<Passwords>,
    pub(super) address_limit: Option<u32>,
    pub(super) account_limit: Option<u32>,
    pub(super) webhook_url: Option<String>,
    pub(super) webhook_secret: Option<String>,
    pub(super) log: Option<String>,
    pub(super) log_format: Option<LogFormat>,
}

/// A list of texts, or one text with commas between them, as a variable has it.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    struct Texts;

    impl<'de> Visitor<'de> for Texts {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of texts")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Vec<String>, E> {
            Ok(text.split(',').map(str::to_owned).collect())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<String>, A::Error> {
            let mut texts = Vec::new();
            while let Some(text) = list.next_element()? {
                texts.push(text);
            }
            Ok(texts)
        }
    }

    deserializer.deserialize_any(Texts).map(Some)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileAndroidApp {
    package: String,
    fingerprints: Vec<String>,
}

impl File {
    pub(super) fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path);
        let text = text.map_err(|error: io::Error| ConfigError::Unreadable {
            path: path.to_owned(),
            error,
        })?;
        toml::from_str(&text).map_err(|error| ConfigError::NotUnderstood {
            path: path.to_owned(),
            error: error.to_string(),
        })
    }
}

impl FileAndroidApp {
    pub(super) fn read(&self) -> Result<AndroidApp, ConfigError> {
        android_app(&self.package, self.fingerprints.iter().map(String::as_str))
    }
}

/// Reads an app as a flag has it: `org.example.app=AB:CD:…`, with a `+` between several fingerprints.
pub(super) fn parse_android_app(text: &str) -> Result<AndroidApp, ConfigError> {
    let (package, fingerprints) = text
        .split_once('=')
        .ok_or_else(|| ConfigError::AndroidApp {
            package: text.to_owned(),
            problem: "an app is its package, = and the SHA-256 fingerprint of its certificate",
        })?;
    android_app(package, fingerprints.split('+'))
}

fn android_app<'a>(
    package: &str,
    fingerprints: impl Iterator<Item = &'a str>,
) -> Result<AndroidApp, ConfigError> {
    let refused = |problem| ConfigError::AndroidApp {
        package: package.to_owned(),
        problem,
    };
    let is_segment = |segment: &str| {
        let characters = |c: char| c.is_ascii_alphanumeric() || c == '_';
        segment.starts_with(|c: char| c.is_ascii_alphabetic()) && segment.chars().all(characters)
    };
    if !package.contains('.') || !package.split('.').all(is_segment) {
        return Err(refused("a package has two or more words joined by dots"));
    }
    let fingerprints = fingerprints.map(ApkKeyHash::from_fingerprint);
    let fingerprints: Result<Vec<_>, _> = fingerprints.collect();
    let problem = "a fingerprint is the SHA-256 of a certificate: 32 hexadecimal pairs";
    let fingerprints = fingerprints.map_err(|_| refused(problem))?;
    if fingerprints.is_empty() {
        return Err(refused("an app needs the fingerprint of its certificate"));
    }
    Ok(AndroidApp {
        package: package.to_owned(),
        fingerprints,
    })
}

pub(super) fn apple_app(text: &str) -> Result<AppleAppId, ConfigError> {
    AppleAppId::parse(text).ok_or_else(|| ConfigError::AppleApp(text.to_owned()))
}
