//! The program `passkeep`.

mod config;
mod database;
mod http_client;
mod webhook;

mod commands;
mod serve;
mod verify;

use std::fmt;
use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use mimalloc::MiMalloc;

use commands::{BackupCommand, DoctorCommand, KeysCommand, MigrateCommand, UsersCommand};
use config::{Config, ConfigError, Flags, check_environment};
use verify::VerifyCommand;

/// Of small pieces that come and go, as requests make them, it takes less time than the systems' own.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A passkey server: accounts, sign-up and sign-in with passkeys, and the site that shows them.
#[derive(Debug, Parser)]
#[command(name = "passkeep", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the server until it is told to stop (SIGTERM, or Ctrl+C).
    Serve(Flags),
    /// Prints the configuration that is in force, and where each value comes from.
    Config(Flags),
    Users(UsersCommand),
    Keys(KeysCommand),
    Migrate(MigrateCommand),
    Backup(BackupCommand),
    Doctor(DoctorCommand),
    Verify(VerifyCommand),
}

fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let Cli { command } = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let given = innermost(&matches);
    let settle = |flags: &Flags| {
        check_environment(std::env::vars_os())?;
        Config::settle(flags.clone(), given)
    };
    match command {
        Command::Serve(flags) => finish(settle(&flags), |config| serve::run(&config)),
        Command::Config(flags) => finish(settle(&flags), |config| {
            print!("{config}");
            Ok::<_, ConfigError>(())
        }),
        Command::Users(command) => finish(settle(command.flags()), |it| command.run(&it)),
        Command::Keys(command) => finish(settle(command.flags()), |it| command.run(&it)),
        Command::Migrate(command) => finish(settle(command.flags()), |it| command.run(&it)),
        Command::Backup(command) => finish(settle(command.flags()), |it| command.run(&it)),
        Command::Doctor(command) => finish(settle(command.flags()), |it| command.run(&it)),
        Command::Verify(command) => verify::run(&command),
    }
}

/// What was given to the subcommand of a subcommand: there the flags are.
fn innermost(mut matches: &ArgMatches) -> &ArgMatches {
    while let Some((_, inner)) = matches.subcommand() {
        matches = inner;
    }
    matches
}

/// Does what was asked for with the configuration that is in force, and says what came in the way.
fn finish<E: fmt::Display>(
    config: Result<Config, ConfigError>,
    run: impl FnOnce(Config) -> Result<(), E>,
) -> ExitCode {
    let done = match config {
        Ok(config) => run(config).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("passkeep: {error}");
            ExitCode::FAILURE
        }
    }
}
