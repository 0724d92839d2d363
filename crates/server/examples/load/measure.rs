//! Measures sign-ins.
//!
//! All databases are filled first, each has a server, and the measurements go round them in short turns: whatever else the
//! machine does in the meantime falls on all of them alike, so that their ratio can be trusted where their times cannot.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;

use crate::clients::{Crowd, Work};
use crate::databases::{Database, Durable, folder};
use crate::figures::percentile;
use crate::fill::fill;
use crate::server::Server;
use crate::table::{Line, print};
use crate::{Common, Engine, Result};

/// How often each database has its turn.
const TURNS: u32 = 6;

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    common: Common,
    /// How many credentials the databases have, the smallest first.
    #[arg(long, value_delimiter = ',', default_value = "10000,100000")]
    credentials: Vec<u64>,
    /// How many people sign in at the same time.
    #[arg(long, default_value_t = 8)]
    concurrency: usize,
    /// For how long each database is measured, in all.
    #[arg(long, default_value_t = 12)]
    seconds: u32,
    /// Signs everybody of a few hundred in once, without regard to time.
    #[arg(long)]
    quick: bool,
}

/// A server on a filled database.
struct Subject {
    engine: Engine,
    size: u64,
    database: Database,
    bytes_per_credential: u64,
    server: Option<Server>,
    log: PathBuf,
    crowd: Crowd,
    latencies: Vec<Duration>,
    elapsed: Duration,
}

pub(crate) async fn run(mut options: Options) -> Result<()> {
    if options.quick {
        options.credentials = vec![100, 300];
    }
    let stores = &options.common.stores;
    // With syncs: what a sign-in costs is what it costs to keep it.
    let cluster = stores
        .contains(&Engine::Postgres)
        .then(Durable::start)
        .transpose()?;
    let folder = folder()?;
    let mut subjects = Vec::new();
    for &engine in stores {
        for &size in &options.credentials {
            let name = format!("{engine:?}-{size}");
            let database = Database::create(
                engine,
                folder.path(),
                &name,
                cluster.as_ref().map(|it| &it.cluster),
            )
            .await?;
            subjects.push(Subject {
                engine,
                size,
                database,
                bytes_per_credential: 0,
                server: None,
                log: folder.path().join(format!("{name}.log")),
                crowd: Crowd::default(),
                latencies: Vec::new(),
                elapsed: Duration::ZERO,
            });
        }
    }
    prepare(&mut subjects).await?;
    for subject in &mut subjects {
        subject.server = Some(Server::start(
            &options.common.server,
            &subject.database,
            &subject.log,
        )?);
    }
    let duration = Duration::from_secs(options.seconds.into()) / TURNS;
    if options.quick {
        for subject in &mut subjects {
            subject.turn(options.concurrency, None).await?;
            let (signed_in, size) = (subject.latencies.len(), subject.crowd.len());
            if signed_in != size {
                return Err(format!("{signed_in} of {size} signed in").into());
            }
        }
    } else {
        for subject in &mut subjects {
            subject
                .turn(options.concurrency, Some(duration / 2))
                .await?;
            // The first turn fills caches and is not counted.
            (subject.latencies, subject.elapsed) = (Vec::new(), Duration::ZERO);
        }
        for turn in 1..=TURNS {
            for subject in &mut subjects {
                subject.turn(options.concurrency, Some(duration)).await?;
            }
            eprintln!("measured, turn {turn} of {TURNS}");
        }
    }
    let missed = print(subjects.into_iter().map(Subject::line).collect());
    // A quick run is about whether people get in, and has too few of them for a ratio.
    if !missed.is_empty() && !options.quick {
        return Err(format!("the goal is missed on {}", missed.join(" and ")).into());
    }
    Ok(())
}

/// Fills the databases, and makes the authenticators of those who will sign in.
async fn prepare(subjects: &mut [Subject]) -> Result<()> {
    let began = Instant::now();
    let places = subjects
        .iter()
        .map(|it| (it.database.place(), it.size))
        .collect();
    tokio::task::spawn_blocking(|| fill(places)).await??;
    for subject in &mut *subjects {
        subject.bytes_per_credential = subject.database.bytes().await? / subject.size.max(1);
        subject.crowd = Crowd::of(subject.size).await?;
    }
    eprintln!("filled in {:.0?}", began.elapsed());
    Ok(())
}

impl Subject {
    /// Has people sign in, for so long, or everybody once.
    async fn turn(&mut self, concurrency: usize, duration: Option<Duration>) -> Result<()> {
        let server = self.server.as_ref().ok_or("the server was not started")?;
        let ports = [server.port];
        let slice = self
            .crowd
            .work(&Work::SignIn, &ports, concurrency, duration);
        let slice = slice.await?;
        self.latencies.extend(slice.latencies);
        self.elapsed += slice.elapsed;
        Ok(())
    }

    fn line(mut self) -> Line {
        self.latencies.sort_unstable();
        let latencies = &self.latencies;
        Line {
            engine: self.engine,
            size: self.size,
            sign_ins: latencies.len(),
            per_second: latencies.len() as f64 / self.elapsed.as_secs_f64(),
            percentiles: [50, 90, 99].map(|percent| percentile(latencies, percent)),
            resident_bytes: self.server.as_ref().and_then(Server::resident_bytes),
            bytes_per_credential: self.bytes_per_credential,
        }
    }
}
