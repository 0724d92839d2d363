//! `passkeep backup`: a copy of the database.

use std::path::PathBuf;

use clap::Args;
use passkeep_store::{PostgresOptions, SqliteStore};
use serde_json::json;

use super::{CommandError, block_on, say, say_json};
use crate::config::{Config, Flags};
use crate::database::Database;

/// Copies the embedded database to a new file, while servers use it. The copy is what the database was at one moment; it is
/// checked, and readable by its owner alone, because the keys are in it. To restore it, stop the server and put it where the
/// database was (passkeep.sqlite in the data folder), without the files that ended in -wal and -shm.
///
/// For PostgreSQL it prints the command that makes a backup there, without the password.
#[derive(Args, Debug)]
pub(crate) struct BackupCommand {
    /// The new file
    file: PathBuf,
    /// Prints JSON, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten, next_help_heading = "The server's configuration")]
    flags: Flags,
}

impl BackupCommand {
    pub(crate) fn flags(&self) -> &Flags {
        &self.flags
    }

    pub(crate) fn run(&self, config: &Config) -> Result<(), CommandError> {
        let database = Database::of(config)?;
        let shown = self.file.display();
        let path = match &database {
            Database::Sqlite(path) => path,
            Database::Postgres(options) => return Err(self.use_pg_dump(options)),
        };
        if self.file.exists() {
            return Err(CommandError::Refused(format!(
                "{shown} exists, and is not overwritten; choose another name"
            )));
        }
        let inspection = block_on(async { Ok(database.inspect().await?) })?;
        SqliteStore::back_up(path, &self.file).map_err(|error| {
            CommandError::Refused(format!("cannot back {database} up to {shown}: {error}"))
        })?;
        let bytes = std::fs::metadata(&self.file).map_err(CommandError::System)?;
        let (bytes, schema) = (bytes.len(), inspection.schema);
        if self.json {
            return say_json(&json!({ "file": self.file, "bytes": bytes, "schema": schema }));
        }
        say(format_args!(
            "{shown} is a sound copy of {database}: {bytes} bytes, schema {schema}. Keep it as safe as the database itself."
        ));
        Ok(())
    }

    fn use_pg_dump(&self, options: &PostgresOptions) -> CommandError {
        CommandError::Refused(format!(
            "the database {options} is PostgreSQL's to back up; nothing was written. Run this where it can be reached, and \
             give the password as PGPASSWORD or in ~/.pgpass:\n  {}",
            self.pg_dump(options)
        ))
    }

    fn pg_dump(&self, options: &PostgresOptions) -> String {
        let file = format!("--file={}", self.file.display());
        let arguments = options.program_arguments().into_iter().chain([file]);
        let arguments: Vec<_> = arguments.map(|it| quoted(&it)).collect();
        // The keys are in it, so nobody else may read it.
        format!(
            "(umask 077; pg_dump --format=custom {})",
            arguments.join(" ")
        )
    }
}

/// An argument as a shell takes it.
fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:@%+,".contains(c);
    if argument.chars().all(plain) {
        return argument.to_owned();
    }
    format!("'{}'", argument.replace('\'', r"'\''"))
}
