//! The program `passkeep` under load, from outside: `npm run load` measures, `npm run crash` kills servers.
//!
//! Both start real servers on loopback, on SQLite and on a private PostgreSQL, and speak HTTP to them with software
//! authenticators. What they need is made in a folder of its own and removed at the end.

mod beside;
mod crash;
mod flame;
mod measure;
mod scale;
mod steady;

mod clients;
mod databases;
mod figures;
mod fill;
mod floor;
mod http;
mod people;
mod proc;
mod sealing;
mod server;
mod table;
mod wal;

use std::error::Error;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// The program's own, so that floors have what it has.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Puts a server under load.
#[derive(Parser)]
struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Measures sign-ins on databases of several sizes.
    Measure(measure::Options),
    /// Kills servers and databases under load, and checks what is left.
    Crash(crash::Options),
    /// Measures sign-ins and starts beside the same HTTP server with nothing behind it.
    Floor(beside::Options),
    /// Looks at a server's memory under ten minutes of load.
    Memory(steady::MemoryOptions),
    /// Times how soon servers are ready on large databases.
    StartUp(steady::StartUpOptions),
    /// Measures several servers on one PostgreSQL.
    Scale(scale::Options),
    /// Draws a flame graph of a server while people sign in.
    Flame(flame::Options),
    /// Serves answers that were prepared.
    #[command(hide = true)]
    ServeFloor(floor::Options),
}

/// Where figures come from and go to.
#[derive(Args)]
struct Recording {
    /// The program to start.
    #[arg(long, value_name = "PATH")]
    server: PathBuf,
    /// A file for what was measured, in JSON.
    #[arg(long, value_name = "PATH")]
    json: Option<PathBuf>,
}

impl Recording {
    fn write(&self, data: &serde_json::Value) -> Result<()> {
        match &self.json {
            Some(file) => Ok(std::fs::write(file, serde_json::to_vec_pretty(data)?)?),
            None => Ok(()),
        }
    }
}

/// What both do it with.
#[derive(Args)]
struct Common {
    /// The program to start.
    #[arg(long, value_name = "PATH")]
    server: PathBuf,
    /// The databases to use.
    #[arg(long, value_delimiter = ',', default_value = "sqlite,postgres")]
    stores: Vec<Engine>,
}

/// A kind of database.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let command = Command::parse();
    let work = async {
        match command.what {
            What::Measure(options) => measure::run(options).await,
            What::Crash(options) => crash::run(options).await,
            What::Floor(options) => beside::run(options).await,
            What::Memory(options) => steady::memory(options).await,
            What::StartUp(options) => steady::start_up(options).await,
            What::Scale(options) => scale::run(options).await,
            What::Flame(options) => flame::run(options).await,
            What::ServeFloor(options) => floor::run(options).await,
        }
    };
    // Whoever is interrupted ends the servers it has started, which go with the work.
    tokio::select! {
        done = work => done,
        () = told_to_stop() => std::process::exit(130),
    }
}

async fn told_to_stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => drop(terminate.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
