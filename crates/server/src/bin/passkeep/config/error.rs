//! What is wrong with a configuration, and which setting to look at.

use std::fmt;
use std::io;
use std::path::PathBuf;

use passkeep_verify::Misuse;
use passkeep_verify::origin::OriginError;

/// A configuration that cannot be used.
#[derive(Debug)]
pub(crate) enum ConfigError {
    Unreadable {
        path: PathBuf,
        error: io::Error,
    },
    NotUnderstood {
        path: PathBuf,
        error: String,
    },
    UnknownVariable {
        name: String,
        nearest: String,
    },
    Origin {
        origin: String,
        error: OriginError,
    },
    AndroidApp {
        package: String,
        problem: &'static str,
    },
    AppleApp(String),
    TrustedProxy(String),
    HalfOfTls,
    NoSite(String),
    Webhook(&'static str),
    RelyingParty(Misuse),
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, error } => {
                let path = path.display();
                write!(
                    f,
                    "cannot read the configuration {path}: {error} (PASSKEEP_CONFIG)"
                )
            }
            Self::NotUnderstood { path, error } => {
                let path = path.display();
                write!(
                    f,
                    "the configuration {path} is not understood (PASSKEEP_CONFIG):\n{error}"
                )
            }
            Self::UnknownVariable { name, nearest } => write!(
                f,
                "there is no setting {name}; the nearest is {nearest} (passkeep config --help has all of them)"
            ),
            Self::Origin { origin, error } => {
                write!(f, "the origin {origin:?} cannot be accepted: {error}")
            }
            Self::AndroidApp { package, problem } => write!(
                f,
                "the Android app {package:?} cannot be used: {problem} (PASSKEEP_ANDROID_APPS)"
            ),
            Self::AppleApp(id) => write!(
                f,
                "{id:?} is no Apple app: an id is the team's ten characters, a dot and the bundle identifier \
                 (PASSKEEP_APPLE_APPS)"
            ),
            Self::TrustedProxy(text) => write!(
                f,
                "{text:?} is no proxy that can be trusted: give an address, or a network like 10.0.0.0/8 \
                 (PASSKEEP_TRUSTED_PROXIES)"
            ),
            Self::HalfOfTls => f.write_str(
                "TLS needs a certificate and its key, and one of them is not given (PASSKEEP_TLS_CERT, PASSKEEP_TLS_KEY)",
            ),
            Self::NoSite(listen) => write!(
                f,
                "there is no address to reach the site at: no origin is given, and {listen:?} has no port that is known \
                 beforehand (PASSKEEP_ORIGINS, PASSKEEP_LISTEN)"
            ),
            Self::Webhook(problem) => write!(
                f,
                "the webhook cannot be used: {problem} (PASSKEEP_WEBHOOK_URL, PASSKEEP_WEBHOOK_SECRET)"
            ),
            Self::RelyingParty(misuse) => write!(f, "{misuse} (PASSKEEP_RP_ID, PASSKEEP_ORIGINS)"),
        }
    }
}
