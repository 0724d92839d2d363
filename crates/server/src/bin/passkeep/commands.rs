//! What an operator does on the server's machine. Everything works beside servers that run.

mod backup;
mod doctor;
mod keys;
mod migrate;
mod users;

use std::fmt;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use passkeep_server::{NotifyingStore, Operator, OperatorError, Outside};
use serde::Serialize;
use time::OffsetDateTime;

pub(crate) use backup::BackupCommand;
pub(crate) use doctor::DoctorCommand;
pub(crate) use keys::KeysCommand;
pub(crate) use migrate::MigrateCommand;
pub(crate) use users::UsersCommand;

use crate::config::{Config, ConfigError};
use crate::database::{Database, DatabaseError};
use crate::webhook::Webhook;

/// Runs a command to its end.
fn block_on<T>(work: impl Future<Output = Result<T, CommandError>>) -> Result<T, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.map_err(CommandError::System)?.block_on(work)
}

/// How long a command goes on telling the webhook what it has done.
const LAST_DELIVERIES: Duration = Duration::from_secs(20);

/// An operator at the configured database, which must be ready for this version, and the webhook that is told.
async fn operator(config: &Config) -> Result<(Operator, Option<Webhook>), CommandError> {
    let webhook = config.webhook()?.map(Webhook::start).transpose();
    let webhook = webhook.map_err(CommandError::Refused)?;
    let store = Database::of(config)?.open_as_it_is().await?;
    let store = match &webhook {
        Some(webhook) => Arc::new(NotifyingStore::new(store, webhook.queue())) as _,
        None => store,
    };
    Ok((Operator::new(store, Outside::system()), webhook))
}

/// Waits until the webhook has been told. What was done is done in any case.
async fn tell(webhook: Option<Webhook>) {
    if let Some(webhook) = webhook
        && !webhook.finish(LAST_DELIVERIES).await
    {
        eprintln!(
            "The webhook was not told. Look at PASSKEEP_WEBHOOK_URL, and at what answers there."
        );
    }
}

/// Prints what was asked for. Whoever closed the pipe has read enough.
fn say(text: impl fmt::Display) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// Prints one JSON value on one line.
fn say_json(value: &impl Serialize) -> Result<(), CommandError> {
    let text = serde_json::to_string(value);
    say(text.map_err(|error| CommandError::System(error.into()))?);
    Ok(())
}

/// A time in milliseconds since 1970, to the minute, in UTC.
fn time_text(milliseconds: u64) -> String {
    let seconds = i64::try_from(milliseconds / 1000).ok();
    let time = seconds.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    let Some(time) = time else {
        return "at an unknown time".to_owned();
    };
    let (year, month, day) = time.to_calendar_date();
    let (hour, minute) = (time.hour(), time.minute());
    format!(
        "{year:04}-{:02}-{day:02} {hour:02}:{minute:02} UTC",
        u8::from(month)
    )
}

/// So many of something, as in `1 passkey` and `2 passkeys`.
fn count(number: impl Into<u64>, what: &str) -> String {
    match number.into() {
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    }
}

/// Why a command did not do what was asked for.
#[derive(Debug)]
pub(crate) enum CommandError {
    Config(ConfigError),
    Database(DatabaseError),
    Operator(OperatorError),
    System(io::Error),
    /// In words.
    Refused(String),
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::Database(error) => error.fmt(f),
            Self::Operator(error) => error.fmt(f),
            Self::System(error) => write!(f, "the system refused what the command needs: {error}"),
            Self::Refused(text) => f.write_str(text),
        }
    }
}

impl From<ConfigError> for CommandError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

impl From<DatabaseError> for CommandError {
    fn from(error: DatabaseError) -> Self {
        Self::Database(error)
    }
}

impl From<OperatorError> for CommandError {
    fn from(error: OperatorError) -> Self {
        Self::Operator(error)
    }
}
