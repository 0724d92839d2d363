//! Measures a server on SQLite beside the floors under it: sign-ins, and starts alone.
//!
//! All are asked in turns of a second by the same generator, so that what else the machine does falls on all alike. The
//! answers have the same bodies.

use std::path::Path;
use std::time::{Duration, Instant};

use clap::Args;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::clients::{Crowd, Work};
use crate::databases::{Database, Place, folder};
use crate::figures::{each, merged, milliseconds, percentile, rounded, spread};
use crate::fill::fill;
use crate::floor::{Answers, Depth, Floor};
use crate::http::{AUTHENTICATION_FINISH, AUTHENTICATION_START, Browser};
use crate::proc::{cpu_seconds, file_system, own_cpu_seconds};
use crate::server::{LOG, Log, Server};
use crate::{Engine, Recording, Result};

/// What share a server is to reach of the floor in the same server.
const SIGN_INS: f64 = 0.6;
const STARTS: f64 = 0.9;

/// How long it is one's turn.
const TURN: Duration = Duration::from_secs(1);

/// How many syncs of the disk are timed.
const SYNCS: u32 = 400;

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    recording: Recording,
    /// How many credentials the database has.
    #[arg(long, default_value_t = 100_000)]
    credentials: u64,
    /// How many people sign in at the same time.
    #[arg(long, default_value_t = 256)]
    concurrency: usize,
    /// For how long each of them is measured, in all.
    #[arg(long, default_value_t = 24)]
    seconds: u32,
    /// Two short turns on few credentials, without regard to time.
    #[arg(long)]
    quick: bool,
}

/// What is asked for.
const SIGN_IN: &str = "sign-ins";
const START: &str = "starts";

/// Who is asked, beside the floors.
const PASSKEEP: &str = "passkeep";

/// Who draws and seals, and does nothing else, in the same server.
const SEALING: &str = "sealing";

/// One that is measured.
struct Row {
    what: &'static str,
    server: &'static str,
    work: Work,
    port: u16,
    pid: u32,
    log: Log,
    latencies: Vec<Duration>,
    elapsed: Duration,
    /// How many a second in each turn.
    turns: Vec<f64>,
    server_cpu: f64,
    generator_cpu: f64,
    log_bytes: u64,
}

pub(crate) async fn run(mut options: Options) -> Result<()> {
    if options.quick {
        options.credentials = 200;
    }
    let folder = folder()?;
    let database = Database::create(Engine::Sqlite, folder.path(), "beside", None).await?;
    let (place, size) = (database.place(), options.credentials);
    let Place::File(file) = place.clone() else {
        return Err("SQLite's database is a file".into());
    };
    tokio::task::spawn_blocking(move || fill(vec![(place, size)])).await??;
    let crowd = Crowd::of(size).await?;
    let log = folder.path().join("beside.log");
    let server = Server::start(&options.recording.server, &database, &log)?;
    let (answers, name) = answers_of(server.port, &crowd).await?;
    let mut floors = Vec::new();
    for depth in Depth::ALL {
        let floor = Floor::start(depth, &answers, folder.path())?;
        floors.push((depth.name(), floor));
    }

    let ours = |what, work| {
        Row::new(
            (what, PASSKEEP),
            work,
            server.port,
            server.pid(),
            server.log(),
        )
    };
    let on = |floor: &Floor, (what, name), work| {
        Row::new((what, name), work, floor.port, floor.pid(), floor.log())
    };
    let mut rows = vec![ours(SIGN_IN, Work::SignIn)];
    for (depth, floor) in &floors {
        let work = Work::SignInOnFloor(name.clone());
        rows.push(on(floor, (SIGN_IN, *depth), work));
    }
    rows.push(ours(START, Work::Start));
    // The one that the goal is about comes next to ours, so that the same moment of the machine is compared.
    for (depth, floor) in &floors {
        rows.push(on(floor, (START, *depth), Work::StartOnFloor));
        if *depth == Depth::Server.name() {
            rows.push(on(floor, (START, SEALING), Work::StartOnSealingFloor));
        }
    }
    let (turn, turns) = match options.quick {
        true => (TURN / 5, 1),
        false => (TURN, options.seconds),
    };
    let watch = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    for number in 0..=turns {
        let mut order: Vec<_> = rows.iter_mut().collect();
        // There and back, so that nobody always comes after the same one: the disk is still busy with what others have written.
        if number % 2 == 1 {
            order.reverse();
        }
        for row in order {
            let before = state_of(&watch, &file)?;
            row.turn(&crowd, options.concurrency, turn).await?;
            let is_start = row.what == START;
            if is_start && state_of(&watch, &file)? != before {
                return Err("a start has written into the database".into());
            }
            if number == 0 {
                // The first turn fills caches and is not counted.
                row.forget();
            }
        }
    }
    let circumstances = json!({
        "credentials": size,
        "concurrency": options.concurrency,
        "turns": turns,
        "turn_s": turn.as_secs_f64(),
        "log": LOG,
        "database_bytes": database.bytes().await?,
        "file_systems": { Engine::Sqlite.name(): file_system(folder.path()) },
        "syncs_per_second": rounded(syncs_per_second(folder.path())?, 0),
    });
    let data = report(&mut rows, circumstances);
    options.recording.write(&data)?;
    let of_server = |what| shares(&rows, what, PASSKEEP, Depth::Server.name())[1];
    let missed = of_server(SIGN_IN) < SIGN_INS || of_server(START) < STARTS;
    if missed && !options.quick {
        return Err("a goal is missed".into());
    }
    Ok(())
}

impl Row {
    fn new(
        (what, server): (&'static str, &'static str),
        work: Work,
        port: u16,
        pid: u32,
        log: &Log,
    ) -> Self {
        Self {
            what,
            server,
            work,
            port,
            pid,
            log: log.clone(),
            latencies: Vec::new(),
            elapsed: Duration::ZERO,
            turns: Vec::new(),
            server_cpu: 0.0,
            generator_cpu: 0.0,
            log_bytes: 0,
        }
    }

    async fn turn(&mut self, crowd: &Crowd, concurrency: usize, turn: Duration) -> Result<()> {
        // The servers are below this process, which is the generator.
        let before = (cpu_seconds(&[self.pid]), own_cpu_seconds());
        let ports = [self.port];
        let slice = crowd.work(&self.work, &ports, concurrency, Some(turn));
        let slice = slice.await?;
        self.server_cpu += cpu_seconds(&[self.pid]) - before.0;
        self.generator_cpu += own_cpu_seconds() - before.1;
        self.log_bytes += self.log.take()?;
        let count = slice.latencies.len() as f64;
        self.turns.push(count / slice.elapsed.as_secs_f64());
        self.latencies.extend(slice.latencies);
        self.elapsed += slice.elapsed;
        Ok(())
    }

    fn forget(&mut self) {
        self.latencies.clear();
        self.turns.clear();
        self.elapsed = Duration::ZERO;
        (self.server_cpu, self.generator_cpu) = (0.0, 0.0);
        self.log_bytes = 0;
    }

    fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }

    fn data(&mut self) -> Value {
        self.latencies.sort_unstable();
        let count = self.latencies.len();
        let [p50, p99] = [50, 99].map(|it| milliseconds(percentile(&self.latencies, it)));
        json!({
            "what": self.what,
            "server": self.server,
            "count": count,
            "per_second": rounded(self.per_second(), 0),
            "p50_ms": p50,
            "p99_ms": p99,
            "server_cpu_us": rounded(each(self.server_cpu * 1e6, count), 1),
            "generator_cpu_us": rounded(each(self.generator_cpu * 1e6, count), 1),
            "log_bytes": rounded(each(self.log_bytes as f64, count), 0),
        })
    }
}

/// What share one has done of what another has, of turns beside each other: the least, the one in the middle, and the most.
fn shares(rows: &[Row], what: &str, one: &str, other: &str) -> [f64; 3] {
    let turns = |server: &str| {
        let mut rows = rows.iter();
        let row = rows.find(|row| row.what == what && row.server == server);
        row.map_or(&[][..], |row| &row.turns)
    };
    spread(turns(one), turns(other))
}

fn report(rows: &mut [Row], circumstances: Value) -> Value {
    let mut compared = Vec::new();
    for (what, goal) in [(SIGN_IN, SIGN_INS), (START, STARTS)] {
        for depth in Depth::ALL {
            let goal = (depth == Depth::Server).then_some(goal);
            compared.push((what, PASSKEEP, depth.name(), goal));
        }
    }
    compared.push((START, PASSKEEP, SEALING, None));
    compared.push((START, SEALING, Depth::Server.name(), None));
    let compared = compared.into_iter().map(|(what, server, beside, goal)| {
        let [least, share, most] = shares(rows, what, server, beside).map(|it| rounded(it, 3));
        json!({
            "what": what,
            "server": server,
            "beside": beside,
            "share": share,
            "least": least,
            "most": most,
            "goal": goal,
        })
    });
    let compared: Vec<_> = compared.collect();
    let rows: Vec<_> = rows.iter_mut().map(Row::data).collect();
    println!(
        "{:<9} {:<9} {:>9} {:>10} {:>8} {:>8} {:>14} {:>17}",
        "what",
        "server",
        "count",
        "per second",
        "p50 ms",
        "p99 ms",
        "server CPU µs",
        "generator CPU µs"
    );
    let text = |row: &Value, name: &str| match row.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "–".to_owned(),
        Some(other) => other.to_string(),
    };
    for row in &rows {
        println!(
            "{:<9} {:<9} {:>9} {:>10} {:>8} {:>8} {:>14} {:>17}",
            text(row, "what"),
            text(row, "server"),
            text(row, "count"),
            text(row, "per_second"),
            text(row, "p50_ms"),
            text(row, "p99_ms"),
            text(row, "server_cpu_us"),
            text(row, "generator_cpu_us"),
        );
    }
    for row in &compared {
        let names = ["what", "server", "share", "least", "most", "beside", "goal"];
        let [what, server, share, least, most, beside, goal] = names.map(|name| text(row, name));
        println!(
            "{what}: {server} does {share} ({least} to {most}) of what {beside} does (goal: at least {goal})"
        );
    }
    println!("starts have written nothing; {circumstances}");
    merged(circumstances, json!({ "shares": compared, "rows": rows }))
}

/// The bodies that a server answers somebody's sign-in with, and that person's name.
async fn answers_of(port: u16, crowd: &Crowd) -> Result<(Answers, String)> {
    let mut person = crowd.anybody()?;
    let mut browser = Browser::open(port).await?;
    let started = browser.post(AUTHENTICATION_START, &json!({})).await?;
    let finish = person.get(started.json(200)?)?;
    let finished = browser.post(AUTHENTICATION_FINISH, &finish).await?;
    let answers = Answers {
        start: started.text(200)?.to_owned(),
        finish: finished.text(200)?.to_owned(),
    };
    Ok((answers, person.name()))
}

/// What changes when anybody writes: SQLite's own mark of a commit, and the length of the log.
fn state_of(watch: &Connection, file: &Path) -> Result<(i64, u64)> {
    let version = watch.pragma_query_value(None, "data_version", |row| row.get(0))?;
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    Ok((version, std::fs::metadata(log)?.len()))
}

/// How often the disk makes a page durable that was added to a file, as the least that a commit can do.
fn syncs_per_second(folder: &Path) -> Result<f64> {
    use std::io::Write as _;
    let mut file = std::fs::File::create(folder.join("syncs"))?;
    let began = Instant::now();
    for _ in 0..SYNCS {
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
    }
    Ok(f64::from(SYNCS) / began.elapsed().as_secs_f64())
}
