//! The flags, each of which is an environment variable as well.

use std::fmt;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use passkeep_server::{PasswordMode, RateLimits};
use serde::Deserialize;

/// A connection costs some ten kilobytes.
const MAX_CONNECTIONS: NonZeroU32 = NonZeroU32::new(8192).unwrap();

/// How the server is set up. Each value is a flag, an environment variable or a key of the configuration file; the first
/// of these that has it wins. Run `passkeep config` to see what is in force, and from where.
#[derive(Args, Clone, Debug)]
pub(crate) struct Flags {
    /// A configuration file in TOML, whose keys are the names of these flags with _ for -. An unknown key is an error
    #[arg(long, env = "PASSKEEP_CONFIG")]
    pub(super) config: Option<PathBuf>,

    /// The address and port to listen on
    #[arg(long, env = "PASSKEEP_LISTEN", default_value = "127.0.0.1:8080")]
    pub(super) listen: String,

    /// A file with the certificate and its chain in PEM, to speak TLS without a proxy. It is read again when it changes
    #[arg(long, env = "PASSKEEP_TLS_CERT")]
    pub(super) tls_cert: Option<String>,

    /// The file with the certificate's private key in PEM
    #[arg(long, env = "PASSKEEP_TLS_KEY")]
    pub(super) tls_key: Option<String>,

    /// Where to serve /metrics for Prometheus, as an address and port that the public cannot reach [default: nowhere]
    #[arg(long, env = "PASSKEEP_METRICS_LISTEN")]
    pub(super) metrics_listen: Option<String>,

    /// The folder of the embedded database; it is made if it is missing
    #[arg(long, env = "PASSKEEP_DATA_DIR", default_value = "./data")]
    pub(super) data_dir: PathBuf,

    /// The PostgreSQL database to use instead of the embedded one, as postgres://user:password@host/database. Give it in
    /// the environment if it has a password: flags can be seen by everybody on the machine
    #[arg(long, env = "PASSKEEP_DATABASE_URL", hide_env_values = true)]
    pub(super) database_url: Option<Hidden>,

    /// The domain that passkeys are for. Passkeys made for one cannot be used with another
    #[arg(long, env = "PASSKEEP_RP_ID", default_value = "localhost")]
    pub(super) rp_id: String,

    /// What people's devices call this site
    #[arg(long, env = "PASSKEEP_RP_NAME", default_value = "Passkeep")]
    pub(super) rp_name: String,

    /// The addresses that the site is reached at, as browsers write origins, separated by commas
    /// [default: http://localhost and the port, with TLS https]
    #[arg(long, env = "PASSKEEP_ORIGINS", value_delimiter = ',')]
    pub(super) origins: Vec<String>,

    /// Sites of other domains that may use the same passkeys, separated by commas
    #[arg(long, env = "PASSKEEP_RELATED_ORIGINS", value_delimiter = ',')]
    pub(super) related_origins: Vec<String>,

    /// Android apps that share the passkeys, separated by commas: package=fingerprint, with the SHA-256 fingerprint of the
    /// signing certificate, and a + between several
    #[arg(long, env = "PASSKEEP_ANDROID_APPS", value_delimiter = ',')]
    pub(super) android_apps: Vec<String>,

    /// Apple apps that share the passkeys, separated by commas: the team, a dot and the bundle identifier
    #[arg(long, env = "PASSKEEP_APPLE_APPS", value_delimiter = ',')]
    pub(super) apple_apps: Vec<String>,

    /// Where people change their password, for a site that has passwords besides: /.well-known/change-password leads there
    #[arg(long, env = "PASSKEEP_CHANGE_PASSWORD")]
    pub(super) change_password: Option<String>,

    /// The proxies in front of the server, as addresses or networks separated by commas. Only their Forwarded and
    /// X-Forwarded-For headers are believed about who the client is
    #[arg(long, env = "PASSKEEP_TRUSTED_PROXIES", value_delimiter = ',')]
    pub(super) trusted_proxies: Vec<String>,

    /// How many connections are served at once; more wait, until one ends or one that waits for nothing is closed for them. The
    /// system's limit of open files must be higher
    #[arg(long, env = "PASSKEEP_MAX_CONNECTIONS", default_value_t = MAX_CONNECTIONS)]
    pub(super) max_connections: NonZeroU32,

    /// How many of them one address may have (of IPv6, one /64), unless it is a proxy's; 0 is no limit
    #[arg(
        long,
        env = "PASSKEEP_MAX_CONNECTIONS_OF_ADDRESS",
        default_value_t = 512
    )]
    pub(super) max_connections_of_address: u32,

    /// How many requests a minute one address may make that begin or finish something (of IPv6, one /64); 0 is no limit
    #[arg(long, env = "PASSKEEP_ADDRESS_LIMIT", default_value_t = RateLimits::default().per_address)]
    pub(super) address_limit: u32,

    /// How many sign-ups for one user name, failed sign-ins to one account, and beginnings of a sign-in with one user name from
    /// one address are answered in a minute; 0 is no limit
    #[arg(long, env = "PASSKEEP_ACCOUNT_LIMIT", default_value_t = RateLimits::default().per_account)]
    pub(super) account_limit: u32,

    /// How many days a session stays open without being used
    #[arg(long, env = "PASSKEEP_SESSION_IDLE_DAYS", default_value = "7")]
    pub(super) session_idle_days: NonZeroU16,

    /// How many days a session stays open in all
    #[arg(long, env = "PASSKEEP_SESSION_DAYS", default_value = "30")]
    pub(super) session_days: NonZeroU16,

    /// The most passkeys an account may have
    #[arg(long, env = "PASSKEEP_MAX_PASSKEYS", default_value = "50")]
    pub(super) max_passkeys: NonZeroU16,

    /// For how many days audit events are kept
    #[arg(long, env = "PASSKEEP_KEEP_EVENTS_DAYS", default_value = "400")]
    pub(super) keep_events_days: NonZeroU16,

    /// Whether Android's restore keys sign in without a sign of presence, since nobody is asked when a phone is set up from a
    /// backup. Passkeys always need a person
    #[arg(long, env = "PASSKEEP_RESTORE_WITHOUT_PRESENCE", default_value_t = true, action = clap::ArgAction::Set)]
    pub(super) restore_without_presence: bool,

    /// What people may do with passwords, on a site that moves to passkeys: nothing, sign in where there is one, or make new
    /// accounts too. A password buys an account's first passkey and never another
    #[arg(long, env = "PASSKEEP_PASSWORDS", value_enum, default_value_t = Passwords::Off)]
    pub(super) passwords: Passwords,

    /// Where the server sends security events, in the form of the Standard Webhooks specification; https, or http on this
    /// machine [default: nowhere]
    #[arg(long, env = "PASSKEEP_WEBHOOK_URL")]
    pub(super) webhook_url: Option<String>,

    /// The secret that signs them: whsec_ and 24 to 64 random bytes in base64. Give it in the environment or in the
    /// file: flags can be seen by everybody on the machine
    #[arg(long, env = "PASSKEEP_WEBHOOK_SECRET", hide_env_values = true)]
    pub(super) webhook_secret: Option<Hidden>,

    /// What is logged to stderr, as a filter of tracing-subscriber
    #[arg(long, env = "PASSKEEP_LOG", default_value = "info")]
    pub(super) log: String,

    /// How it is logged
    #[arg(long, env = "PASSKEEP_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub(super) log_format: LogFormat,
}

/// A text that may be a secret, or have one in it.
#[derive(Clone)]
pub(crate) struct Hidden(pub(crate) String);

impl From<String> for Hidden {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(…)")
    }
}

/// What passwords are good for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Passwords {
    /// Nothing: there are none.
    Off,
    /// Those that exist sign in.
    SignIn,
    /// New accounts can be made with one as well.
    SignUp,
}

impl Passwords {
    pub(super) fn mode(self) -> PasswordMode {
        match self {
            Self::Off => PasswordMode::Off,
            Self::SignIn => PasswordMode::SignIn,
            Self::SignUp => PasswordMode::SignUp,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::SignIn => "sign-in",
            Self::SignUp => "sign-up",
        }
    }
}

/// How logs are written.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

impl LogFormat {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}
