//! `passkeep migrate`: brings the database to this version's schema.

use clap::Args;
use passkeep_store::Inspection;
use serde_json::json;

use super::{CommandError, block_on, say, say_json};
use crate::config::{Config, Flags};
use crate::database::{Database, DatabaseError};

/// Brings the database to this version's schema, and makes the embedded one if there is none. Servers do it too when they
/// start; back the database up before a new version.
///
/// With --check it only looks. Exit status then: 0 when nothing needs to be done, 1 otherwise.
#[derive(Args, Debug)]
pub(crate) struct MigrateCommand {
    /// Only say what would be done
    #[arg(long)]
    check: bool,
    /// Prints JSON, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten, next_help_heading = "The server's configuration")]
    flags: Flags,
}

impl MigrateCommand {
    pub(crate) fn flags(&self) -> &Flags {
        &self.flags
    }

    pub(crate) fn run(&self, config: &Config) -> Result<(), CommandError> {
        block_on(self.carry_out(config))
    }

    async fn carry_out(&self, config: &Config) -> Result<(), CommandError> {
        let database = Database::of(config)?;
        let before = match database.inspect().await {
            Ok(inspection) => Some(inspection),
            Err(DatabaseError::Missing(_)) if !self.check => None,
            Err(error) => return Err(error.into()),
        };
        if self.check {
            let Inspection { schema, known, .. } = database.inspect().await?;
            if self.json {
                say_json(&json!({ "schema": schema, "known": known }))?;
            }
            if schema < known {
                return Err(DatabaseError::Older { schema, known }.into());
            }
            if schema > known {
                return Err(CommandError::Refused(format!(
                    "{database} has schema {schema}, of a newer version of this program, which knows schemas up to {known}; \
                     use the newer version"
                )));
            }
            if !self.json {
                say(format_args!(
                    "{database} has schema {schema}, as this version needs it."
                ));
            }
            return Ok(());
        }
        drop(database.open().await?);
        let to = database.inspect().await?.schema;
        let from = before.map_or(0, |inspection| inspection.schema);
        if self.json {
            return say_json(&json!({ "from": from, "to": to }));
        }
        if from == to {
            say(format_args!(
                "{database} has schema {to} already; nothing was to be done."
            ));
        } else {
            say(format_args!(
                "{database} went from schema {from} to schema {to}."
            ));
        }
        Ok(())
    }
}
