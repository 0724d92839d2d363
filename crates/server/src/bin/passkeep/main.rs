//! The program `passkeep`.

mod config;
mod serve;
mod verify;

use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use config::{Config, Flags};
use serve::StartError;
use verify::VerifyCommand;

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
    Verify(VerifyCommand),
}

fn main() -> ExitCode {
    let matches = Cli::command().get_matches();
    let Cli { command } = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    // There is a subcommand: the arguments would have been refused otherwise.
    let given = matches.subcommand().map_or(&matches, |(_, given)| given);
    let result = match command {
        Command::Serve(flags) => settled(flags, given).and_then(|config| serve::run(&config)),
        Command::Config(flags) => settled(flags, given).map(|config| print!("{config}")),
        Command::Verify(command) => return verify::run(&command),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("passkeep: {error}");
            ExitCode::FAILURE
        }
    }
}

fn settled(flags: Flags, given: &ArgMatches) -> Result<Config, StartError> {
    Config::settle(flags, given).map_err(StartError::Config)
}
