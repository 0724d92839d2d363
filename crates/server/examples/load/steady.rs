//! Looks at a server's memory while it is under load for long, and at how soon a server is ready.

use std::path::Path;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Value, json};

use crate::clients::{Crowd, Work};
use crate::databases::{Database, Durable, folder};
use crate::figures::{growth, median, milliseconds, rounded};
use crate::fill::fill;
use crate::http::Browser;
use crate::server::{LOG, Server};
use crate::{Engine, Recording, Result};

/// How much memory may grow from the second fifth of a run to its last.
const GROWTH: f64 = 0.05;

/// How soon a server is to be ready, in milliseconds.
const READY: f64 = 100.0;

#[derive(Args)]
pub(crate) struct MemoryOptions {
    #[command(flatten)]
    recording: Recording,
    /// The databases to use, one after the other.
    #[arg(long, value_delimiter = ',', default_value = "sqlite,postgres")]
    stores: Vec<Engine>,
    /// How many credentials each has.
    #[arg(long, default_value_t = 100_000)]
    credentials: u64,
    /// How many people sign in at the same time.
    #[arg(long, default_value_t = 16)]
    concurrency: usize,
    /// For how long, on each.
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    /// Looks whether it works, without regard to the goal.
    #[arg(long)]
    quick: bool,
    /// How many seconds lie between two looks.
    #[arg(long, default_value_t = 10)]
    every: u64,
}

#[derive(Args)]
pub(crate) struct StartUpOptions {
    #[command(flatten)]
    recording: Recording,
    /// The databases to use.
    #[arg(long, value_delimiter = ',', default_value = "sqlite,postgres")]
    stores: Vec<Engine>,
    /// How many credentials each has.
    #[arg(long, default_value_t = 1_000_000)]
    credentials: u64,
    /// Looks whether it works, without regard to the goal.
    #[arg(long)]
    quick: bool,
    /// How often a server is started on each.
    #[arg(long, default_value_t = 10)]
    starts: u32,
}

/// A cluster, and databases that are filled, some of them in it.
async fn filled(
    stores: &[Engine],
    size: u64,
    folder: &Path,
) -> Result<(Option<Durable>, Vec<(Engine, Database)>)> {
    let cluster = stores
        .contains(&Engine::Postgres)
        .then(Durable::start)
        .transpose()?;
    let mut databases = Vec::new();
    for &engine in stores {
        let name = format!("{engine:?}");
        let database = Database::create(
            engine,
            folder,
            &name,
            cluster.as_ref().map(|it| &it.cluster),
        )
        .await?;
        databases.push((engine, database));
    }
    let places = databases.iter().map(|it| (it.1.place(), size)).collect();
    tokio::task::spawn_blocking(|| fill(places)).await??;
    Ok((cluster, databases))
}

pub(crate) async fn memory(options: MemoryOptions) -> Result<()> {
    let folder = folder()?;
    let size = options.credentials;
    // Those go first that come last: the databases before the cluster that they are in.
    let (_cluster, databases) = filled(&options.stores, size, folder.path()).await?;
    let crowd = Crowd::of(size).await?;
    let (mut rows, mut grown) = (Vec::new(), Vec::new());
    for (engine, database) in &databases {
        let log = folder.path().join(format!("{engine:?}.log"));
        let server = Server::start(&options.recording.server, database, &log)?;
        let mut series = Vec::new();
        let mut count = 0;
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(options.seconds) {
            let every = Some(Duration::from_secs(options.every));
            let ports = [server.port];
            let work = crowd.work(&Work::SignIn, &ports, options.concurrency, every);
            count += work.await?.latencies.len();
            server.log().take()?;
            let bytes = server.resident_bytes();
            let bytes = bytes.ok_or("the system does not say how much memory a process has")?;
            series.push(rounded(bytes as f64 / 1e6, 2));
        }
        let growth = growth(&series);
        println!(
            "{}: {count} sign-ins in {} s; memory in MB: {series:?}; growth {:.1} % (goal: at most {:.0} %)",
            engine.name(),
            options.seconds,
            growth * 100.0,
            GROWTH * 100.0
        );
        if growth > GROWTH && !options.quick {
            grown.push(engine.name());
        }
        rows.push(json!({
            "store": engine.name(),
            "seconds": options.seconds,
            "every_s": options.every,
            "sign_ins": count,
            "growth_percent": rounded(growth * 100.0, 2),
            "resident_mb": series,
        }));
    }
    let data = json!({
        "credentials": size,
        "concurrency": options.concurrency,
        "log": LOG,
        "rows": rows,
    });
    options.recording.write(&data)?;
    match grown.is_empty() {
        true => Ok(()),
        false => Err(format!("memory has grown on {}", grown.join(" and ")).into()),
    }
}

pub(crate) async fn start_up(options: StartUpOptions) -> Result<()> {
    let folder = folder()?;
    let size = options.credentials;
    // Those go first that come last: the databases before the cluster that they are in.
    let (_cluster, databases) = filled(&options.stores, size, folder.path()).await?;
    let (mut rows, mut late) = (Vec::new(), Vec::new());
    for (engine, database) in &databases {
        let log = folder.path().join(format!("{engine:?}.log"));
        let mut times = Vec::new();
        for _ in 0..options.starts {
            let began = Instant::now();
            let server = Server::start(&options.recording.server, database, &log)?;
            while Browser::open(server.port)
                .await?
                .get("/readyz")
                .await?
                .status
                != 200
            {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            times.push(milliseconds(began.elapsed()));
        }
        let most = times.iter().copied().fold(0.0, f64::max);
        let bytes = database.bytes().await? / size.max(1);
        println!(
            "{}: ready after {} ms (median of {}; at most {most} ms; goal: at most {READY} ms) with {size} credentials of {bytes} bytes",
            engine.name(),
            median(&times),
            options.starts
        );
        if most > READY && !options.quick {
            late.push(engine.name());
        }
        rows.push(json!({
            "store": engine.name(),
            "starts": options.starts,
            "median_ms": median(&times),
            "most_ms": most,
            "each_ms": times,
            "bytes_per_credential": bytes,
        }));
    }
    let data: Value = json!({ "credentials": size, "goal_ms": READY, "rows": rows });
    options.recording.write(&data)?;
    match late.is_empty() {
        true => Ok(()),
        false => Err(format!("a server was late on {}", late.join(" and ")).into()),
    }
}
