//! Draws where a server's time goes: a flame graph of sign-ins on SQLite, from Linux's `perf` and
//! the programs of `inferno`. Those are found on PATH and are no dependency: their licence, the CDDL, is none of this project's.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::Args;

use crate::clients::{Crowd, Work};
use crate::databases::{Database, folder};
use crate::fill::fill;
use crate::server::Server;
use crate::{Engine, Result};

#[derive(Args)]
pub(crate) struct Options {
    /// The program to start.
    #[arg(long, value_name = "PATH")]
    server: PathBuf,
    /// The picture to write.
    #[arg(
        long,
        value_name = "PATH",
        default_value = "docs/performance/sign-in.svg"
    )]
    svg: PathBuf,
    /// What the picture says below its title, such as the commit.
    #[arg(long, default_value = "")]
    note: String,
    /// How many credentials the database has.
    #[arg(long, default_value_t = 100_000)]
    credentials: u64,
    /// How many people sign in at the same time.
    #[arg(long, default_value_t = 16)]
    concurrency: usize,
    /// For how long the server is looked at.
    #[arg(long, default_value_t = 5)]
    seconds: u32,
}

/// What is said where there is no `perf`, or it may not look.
const NEEDED: &str = "this needs Linux's perf (Debian: linux-perf), leave to use it (sysctl kernel.perf_event_paranoid=1, \
    or root), and the programs of inferno (cargo install inferno)";

pub(crate) async fn run(options: Options) -> Result<()> {
    for program in ["perf", "inferno-collapse-perf", "inferno-flamegraph"] {
        let mut command = Command::new(program);
        let quiet = command
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        quiet
            .status()
            .map_err(|error| format!("{program}: {error}; {NEEDED}"))?;
    }
    let folder = folder()?;
    let database = Database::create(Engine::Sqlite, folder.path(), "flame", None).await?;
    let (place, size) = (database.place(), options.credentials);
    tokio::task::spawn_blocking(move || fill(vec![(place, size)])).await??;
    let crowd = Crowd::of(size).await?;
    let log = folder.path().join("flame.log");
    let server = Server::start(&options.server, &database, &log)?;
    let ports = [server.port];
    let warm = Some(Duration::from_secs(1));
    crowd
        .work(&Work::SignIn, &ports, options.concurrency, warm)
        .await?;

    let recorded = folder.path().join("perf.data");
    let mut perf = Command::new("perf")
        .args([
            "record",
            "-q",
            "-F",
            "499",
            "--call-graph",
            "dwarf,16384",
            "-p",
        ])
        .arg(server.pid().to_string())
        .arg("-o")
        .arg(&recorded)
        .args(["--", "sleep", &options.seconds.to_string()])
        .stderr(Stdio::null())
        .spawn()?;
    // A little longer than perf looks, which takes a moment to begin.
    let duration = Some(Duration::from_secs(u64::from(options.seconds) + 1));
    crowd
        .work(&Work::SignIn, &ports, options.concurrency, duration)
        .await?;
    let recorded_well = tokio::task::spawn_blocking(move || perf.wait()).await??;
    if !recorded_well.success() {
        return Err(NEEDED.into());
    }
    drop(server);

    let mut script = Command::new("perf")
        .args(["script", "--no-inline", "-i"])
        .arg(&recorded)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut collapse = Command::new("inferno-collapse-perf")
        .stdin(script.stdout.take().ok_or("perf has no output")?)
        .stdout(Stdio::piped())
        .spawn()?;
    if let Some(parent) = options.svg.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let title = "A server's time while people sign in (SQLite)";
    let drawn = Command::new("inferno-flamegraph")
        .args(["--hash", "--minwidth", "0.2", "--title", title])
        .args(["--subtitle", &options.note])
        .stdin(collapse.stdout.take().ok_or("nothing was collapsed")?)
        .stdout(File::create(&options.svg)?)
        .status()?;
    if !script.wait()?.success() || !collapse.wait()?.success() || !drawn.success() {
        return Err(NEEDED.into());
    }
    println!("drawn: {}", options.svg.display());
    Ok(())
}
