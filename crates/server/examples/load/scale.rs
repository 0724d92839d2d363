//! Measures several servers on one PostgreSQL, with what servers, database and generator each take of the processors.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Args;
use passkeep_store::contract::postgres::{Cluster, PostgresDatabase};
use serde_json::{Map, Value, json};
use tokio_postgres::Client;

use crate::clients::{Crowd, Work};
use crate::databases::{Database, Durable, folder, postgres_circumstances};
use crate::figures::{each, merged, milliseconds, percentile, rounded};
use crate::fill::fill;
use crate::proc::{cpu_seconds, own_cpu_seconds, parent_of};
use crate::server::{LOG, Server};
use crate::{Engine, Recording, Result, wal};

/// How long it is one's turn.
const TURN: Duration = Duration::from_secs(2);

/// How often the database is asked what its connections wait for.
const LOOK: Duration = Duration::from_millis(50);

/// How many sessions are used, each once.
const USED: usize = 5000;

/// Long enough ago for a use to be noted, in milliseconds.
const UNNOTED: i64 = 120_000;

/// How the log's images of pages are compressed: not at all, and in the best of these ways that the server was built with.
const COMPRESSIONS: [&[&str]; 2] = [&["off"], &["lz4", "pglz"]];

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    recording: Recording,
    /// How many servers.
    #[arg(long, value_delimiter = ',', default_value = "1,2,4")]
    replicas: Vec<usize>,
    /// How many credentials the database has.
    #[arg(long, default_value_t = 100_000)]
    credentials: u64,
    /// How many people sign in at the same time.
    #[arg(long, default_value_t = 64)]
    concurrency: usize,
    /// How many turns of two seconds each number of servers has.
    #[arg(long, default_value_t = 6)]
    turns: u32,
}

#[derive(Default)]
struct Row {
    replicas: usize,
    latencies: Vec<Duration>,
    elapsed: Duration,
    /// Of servers, database and generator, in seconds.
    cpu: [f64; 3],
    log_bytes: f64,
    server_log_bytes: u64,
    /// How often somebody looked, and how many connections were seen at work or waiting for something.
    looks: u32,
    seen: BTreeMap<String, i64>,
}

/// What people do, how many at a time, and for how long, or everybody once.
struct Turn {
    work: Work,
    concurrency: usize,
    duration: Option<Duration>,
}

/// Who is asked beside the load: one connection for what is measured, and one that looks meanwhile.
struct Watch {
    client: Client,
    looking: Client,
}

pub(crate) async fn run(options: Options) -> Result<()> {
    let durable = Durable::start()?;
    let cluster = &durable.cluster;
    let folder = folder()?;
    let path = folder.path();
    let database = Database::create(Engine::Postgres, path, "scale", Some(cluster)).await?;
    let Database::Postgres(postgres) = &database else {
        return Err("this is PostgreSQL".into());
    };
    let (place, size) = (database.place(), options.credentials);
    tokio::task::spawn_blocking(move || fill(vec![(place, size)])).await??;
    let crowd = Crowd::of(size).await?;
    let filled = tables(postgres).await?;

    let watch = Watch {
        client: postgres.client().await,
        looking: postgres.client().await,
    };
    let most = options.replicas.iter().copied().max().unwrap_or_default();
    let mut servers = Vec::new();
    for number in 0..most {
        let log = path.join(format!("server-{number}.log"));
        servers.push(Server::start(&options.recording.server, &database, &log)?);
    }
    let signing_in = Turn {
        work: Work::SignIn,
        concurrency: options.concurrency,
        duration: Some(TURN),
    };
    let replicas = options.replicas.iter();
    let mut rows: Vec<Row> = replicas
        .map(|&replicas| Row {
            replicas,
            ..Row::default()
        })
        .collect();
    for number in 0..=options.turns {
        for row in &mut rows {
            let of_row = servers.get(..row.replicas).unwrap_or_default();
            row.turn(&crowd, of_row, &watch, &signing_in).await?;
            if number == 0 {
                // The first turn fills caches and is not counted.
                *row = Row {
                    replicas: row.replicas,
                    ..Row::default()
                };
            }
        }
    }
    let rows: Vec<Value> = rows.iter_mut().map(Row::data).collect();
    for row in &rows {
        println!("{row}");
    }
    // Before one of them is changed.
    let circumstances = postgres_circumstances(&watch.client).await?;
    let mut logs = Vec::new();
    for compressions in COMPRESSIONS {
        let compression = compress(&watch.client, compressions).await?;
        let (_, log) = after_checkpoint(cluster, &crowd, &servers, &watch, &signing_in).await?;
        let log = merged(log, json!({ "compression": compression }));
        println!("{log}");
        logs.push(log);
    }
    let used = tables(postgres).await?;
    for table in &used {
        println!("{table}");
    }
    compress(&watch.client, &["off"]).await?;
    let uses = uses(cluster, &crowd, &servers, &watch, options.concurrency).await?;
    let measured = json!({
        "credentials": size,
        "database_bytes": database.bytes().await?,
        "concurrency": options.concurrency,
        "log": LOG,
        "logs_after_checkpoint": logs,
        "processors": std::thread::available_parallelism().map_or(1, usize::from),
        "rows": rows,
        "tables_when_filled": filled,
        "tables_afterwards": used,
        "uses": uses,
    });
    options.recording.write(&merged(circumstances, measured))
}

/// Makes a checkpoint, has a turn, and reads what it has written into the log.
async fn after_checkpoint(
    cluster: &Cluster,
    crowd: &Crowd,
    servers: &[Server],
    watch: &Watch,
    turn: &Turn,
) -> Result<(Value, Value)> {
    let client = &watch.client;
    client.batch_execute("CHECKPOINT").await?;
    let from = wal::position(client).await?;
    let mut row = Row {
        replicas: servers.len(),
        ..Row::default()
    };
    row.turn(crowd, servers, watch, turn).await?;
    let to = wal::position(client).await?;
    let stretch = wal::read(cluster, client, &from, &to).await?;
    let log = stretch.data(client, row.latencies.len()).await?;
    Ok((row.data(), log))
}

/// What the use of a session costs: where it is noted, and the next one, which only looks the session up.
async fn uses(
    cluster: &Cluster,
    crowd: &Crowd,
    servers: &[Server],
    watch: &Watch,
    concurrency: usize,
) -> Result<Vec<Value>> {
    let ports: Vec<u16> = servers.iter().map(|server| server.port).collect();
    let (crowd, sessions) = crowd.signed_in(USED, &ports, concurrency).await?;
    let turn = Turn {
        work: Work::UseSession(sessions),
        concurrency,
        duration: None,
    };
    let earlier = format!("UPDATE sessions SET last_used_at = last_used_at - {UNNOTED}");
    watch.client.batch_execute(&earlier).await?;
    watch
        .client
        .batch_execute("VACUUM ANALYZE sessions")
        .await?;
    let mut uses = Vec::new();
    for what in ["noted", "looked up"] {
        let crowd = crowd.again();
        let (row, log) = after_checkpoint(cluster, &crowd, servers, watch, &turn).await?;
        let row = merged(row, json!({ "what": what, "log": log }));
        println!("{row}");
        uses.push(row);
    }
    Ok(uses)
}

/// Has images of pages compressed in the first of these ways that the server knows, and says which that is.
async fn compress(client: &Client, ways: &[&'static str]) -> Result<&'static str> {
    for way in ways {
        let set = format!("ALTER SYSTEM SET wal_compression = '{way}'");
        if client.batch_execute(&set).await.is_ok() {
            client.batch_execute("SELECT pg_reload_conf()").await?;
            return Ok(way);
        }
    }
    Err("this PostgreSQL compresses no images of pages".into())
}

impl Row {
    async fn turn(
        &mut self,
        crowd: &Crowd,
        servers: &[Server],
        Watch { client, looking }: &Watch,
        turn: &Turn,
    ) -> Result<()> {
        let backend: i32 = client
            .query_one("SELECT pg_backend_pid()", &[])
            .await?
            .get(0);
        let postmaster = parent_of(u32::try_from(backend)?).ok_or("there is no /proc")?;
        let pids: Vec<u32> = servers.iter().map(Server::pid).collect();
        let cpu = || {
            let database = cpu_seconds(&[postmaster]);
            [cpu_seconds(&pids), database, own_cpu_seconds()]
        };
        let ports: Vec<u16> = servers.iter().map(|server| server.port).collect();
        let (before, log) = (cpu(), log_position(client).await?);
        let slice = {
            let work = crowd.work(&turn.work, &ports, turn.concurrency, turn.duration);
            let mut work = std::pin::pin!(work);
            let mut looks = tokio::time::interval(LOOK);
            loop {
                tokio::select! {
                    slice = &mut work => break slice?,
                    _ = looks.tick() => self.look(looking).await?,
                }
            }
        };
        for ((sum, after), before) in self.cpu.iter_mut().zip(cpu()).zip(before) {
            *sum += after - before;
        }
        self.log_bytes += log_position(client).await? - log;
        for server in servers {
            self.server_log_bytes += server.log().take()?;
        }
        self.latencies.extend(slice.latencies);
        self.elapsed += slice.elapsed;
        Ok(())
    }

    /// Counts the connections that have something to do, by what they wait for.
    async fn look(&mut self, client: &Client) -> Result<()> {
        let seen = "SELECT coalesce(wait_event_type || ' ' || wait_event, 'at work'), count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid() GROUP BY 1";
        for row in client.query(seen, &[]).await? {
            *self.seen.entry(row.get(0)).or_default() += row.get::<_, i64>(1);
        }
        self.looks += 1;
        Ok(())
    }

    fn data(&mut self) -> Value {
        self.latencies.sort_unstable();
        let count = self.latencies.len();
        let [p50, p99] = [50, 99].map(|it| milliseconds(percentile(&self.latencies, it)));
        let cpu = self
            .cpu
            .map(|seconds| rounded(each(seconds * 1e6, count), 0));
        let [servers, database, generator] = cpu;
        let looks = self.looks as usize;
        let connections = self
            .seen
            .iter()
            .map(|(what, seen)| (what.clone(), rounded(each(*seen as f64, looks), 2).into()));
        let connections: Map<String, Value> = connections.collect();
        json!({
            "replicas": self.replicas,
            "count": count,
            "per_second": rounded(count as f64 / self.elapsed.as_secs_f64(), 0),
            "p50_ms": p50,
            "p99_ms": p99,
            "servers_cpu_us": servers,
            "database_cpu_us": database,
            "generator_cpu_us": generator,
            "busy_processors": rounded(self.cpu.iter().sum::<f64>() / self.elapsed.as_secs_f64(), 2),
            "log_bytes_per_sign_in": rounded(each(self.log_bytes, count), 0),
            "server_log_bytes": rounded(each(self.server_log_bytes as f64, count), 0),
            "connections": connections,
        })
    }
}

/// How much has been written into the database's log since it was made.
async fn log_position(client: &Client) -> Result<f64> {
    let bytes = "SELECT (pg_current_wal_insert_lsn() - '0/0')::float8";
    Ok(client.query_one(bytes, &[]).await?.get(0))
}

/// The rows and bytes of every table.
async fn tables(database: &PostgresDatabase) -> Result<Vec<Value>> {
    let client = database.client().await;
    let names = "SELECT relname::text, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1";
    let mut tables = Vec::new();
    for row in client.query(names, &[]).await? {
        let (name, table, indexes): (String, i64, i64) = (row.get(0), row.get(1), row.get(2));
        let count = format!("SELECT count(*) FROM \"{name}\"");
        let rows: i64 = client.query_one(&count, &[]).await?.get(0);
        tables.push(json!({
            "table": name,
            "rows": rows,
            "table_bytes": table,
            "index_bytes": indexes,
            "bytes_per_row": rounded(each((table + indexes) as f64, usize::try_from(rows)?), 0),
        }));
    }
    Ok(tables)
}
