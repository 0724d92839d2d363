//! The program `passkeep`.

mod config;
mod database;
mod http_client;
mod webhook;

mod commands;
mod serve;
mod verify;

#[cfg(test)]
mod documents;

use std::fmt;
use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use mimalloc::MiMalloc;

use commands::{BackupCommand, DoctorCommand, KeysCommand, MigrateCommand, UsersCommand};
use config::{Config, ConfigError, Flags, as_given, check_environment};
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
    let finish = |done: Result<(), String>| finish(done, given);
    match command {
        Command::Serve(flags) => finish(run(settle(&flags), |config| serve::run(&config))),
        Command::Config(flags) => finish(run(settle(&flags), |config| {
            print!("{config}");
            Ok::<_, ConfigError>(())
        })),
        Command::Users(command) => finish(run(settle(command.flags()), |it| command.run(&it))),
        Command::Keys(command) => finish(run(settle(command.flags()), |it| command.run(&it))),
        Command::Migrate(command) => finish(run(settle(command.flags()), |it| command.run(&it))),
        Command::Backup(command) => finish(run(settle(command.flags()), |it| command.run(&it))),
        Command::Doctor(command) => finish(run(settle(command.flags()), |it| command.run(&it))),
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

/// Does what was asked for with the configuration that is in force.
fn run<E: fmt::Display>(
    config: Result<Config, ConfigError>,
    run: impl FnOnce(Config) -> Result<(), E>,
) -> Result<(), String> {
    let config = config.map_err(|error| error.to_string())?;
    run(config).map_err(|error| error.to_string())
}

/// Says what came in the way.
fn finish(done: Result<(), String>, given: &ArgMatches) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("passkeep: {}", as_given(&error, given));
            ExitCode::FAILURE
        }
    }
}
