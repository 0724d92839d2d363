//! The program `passkeep`.

mod config;
mod serve;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use config::ServeConfig;
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
    Serve(ServeConfig),
    Verify(VerifyCommand),
}

fn main() -> ExitCode {
    let Cli { command } = Cli::parse();
    let result = match command {
        Command::Serve(config) => serve::run(&config),
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
