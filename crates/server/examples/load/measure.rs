//! Measures sign-ins.
//!
//! All databases are filled first, each has a server, and the measurements go round them in short turns: whatever else the
//! machine does in the meantime falls on all of them alike, so that their ratio can be trusted where their times cannot.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use clap::Args;
use passkeep_protocol::api::{AuthenticationFinished, AuthenticationStarted};
use passkeep_store::contract::postgres::Cluster;
use serde_json::json;
use tokio::task::JoinSet;

use crate::databases::{Database, folder};
use crate::fill::fill;
use crate::http::{AUTHENTICATION_FINISH, AUTHENTICATION_START, Browser};
use crate::people::Person;
use crate::server::Server;
use crate::table::{Line, print};
use crate::{Common, Engine, Result};

/// Of how many accounts of a database the authenticators are made before the measurements. Making one takes about as long as
/// a signature.
const PREPARED: u64 = 20_000;

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
    people: Arc<Vec<Person>>,
    next: Arc<AtomicUsize>,
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
        .then(Cluster::start_durable);
    let folder = folder()?;
    let mut subjects = Vec::new();
    for &engine in stores {
        for &size in &options.credentials {
            let name = format!("{engine:?}-{size}");
            let database = Database::create(engine, folder.path(), &name, cluster.as_ref()).await?;
            subjects.push(Subject {
                engine,
                size,
                database,
                bytes_per_credential: 0,
                server: None,
                log: folder.path().join(format!("{name}.log")),
                people: Arc::default(),
                next: Arc::default(),
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
            let (signed_in, size) = (subject.latencies.len(), subject.people.len());
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
        let size = subject.size;
        let people = move || -> Result<Vec<Person>> {
            let count = size.min(PREPARED);
            // Spread over all that there are.
            (0..count)
                .map(|it| Person::prepared(it * size / count))
                .collect()
        };
        subject.people = Arc::new(tokio::task::spawn_blocking(people).await??);
    }
    eprintln!("filled in {:.0?}", began.elapsed());
    Ok(())
}

impl Subject {
    /// Has people sign in, one after the other on each of so many connections: for so long, or everybody once.
    async fn turn(&mut self, concurrency: usize, duration: Option<Duration>) -> Result<()> {
        let port = self
            .server
            .as_ref()
            .ok_or("the server was not started")?
            .port;
        let began = Instant::now();
        let mut clients = JoinSet::new();
        for _ in 0..concurrency {
            let (people, next) = (Arc::clone(&self.people), Arc::clone(&self.next));
            clients.spawn(async move {
                let mut browser = Browser::open(port).await?;
                let mut latencies = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let over = match duration {
                        Some(duration) => began.elapsed() >= duration,
                        None => number >= people.len(),
                    };
                    let person = people.get(number % people.len());
                    let Some(person) = person.filter(|_| !over) else {
                        return Ok::<_, Box<dyn std::error::Error + Send + Sync>>(latencies);
                    };
                    latencies.push(sign_in(&mut browser, person.clone()).await?);
                }
            });
        }
        while let Some(latencies) = clients.join_next().await {
            self.latencies.extend(latencies??);
        }
        self.elapsed += began.elapsed();
        Ok(())
    }

    fn line(mut self) -> Line {
        self.latencies.sort_unstable();
        let latencies = &self.latencies;
        let percentile = |percent: usize| {
            let index = latencies.len() * percent / 100;
            latencies.get(index).copied().unwrap_or_default()
        };
        Line {
            engine: self.engine,
            size: self.size,
            sign_ins: latencies.len(),
            per_second: latencies.len() as f64 / self.elapsed.as_secs_f64(),
            percentiles: [50, 90, 99].map(percentile),
            resident_bytes: self.server.as_ref().and_then(Server::resident_bytes),
            bytes_per_credential: self.bytes_per_credential,
        }
    }
}

/// Signs somebody in from a browser that has no cookies, and says how long both requests took: the person's own time, which
/// is that of the signature, is not the server's.
async fn sign_in(browser: &mut Browser, mut person: Person) -> Result<Duration> {
    browser.cookies.clear();
    let began = Instant::now();
    let started = browser.post(AUTHENTICATION_START, &json!({})).await?;
    let mut latency = began.elapsed();
    let started: AuthenticationStarted = started.json(200)?;
    let finish = serde_json::to_string(&person.get(started)?)?;
    let began = Instant::now();
    let finished = browser.post_text(AUTHENTICATION_FINISH, finish).await?;
    latency += began.elapsed();
    let finished: AuthenticationFinished = finished.json(200)?;
    if finished.account.user_name != person.name() {
        return Err(format!(
            "{} instead of {}",
            finished.account.user_name,
            person.name()
        )
        .into());
    }
    Ok(latency)
}
