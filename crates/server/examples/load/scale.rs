//! Measures several servers on one PostgreSQL, with what servers, database and generator each take of the processors.

use std::time::Duration;

use clap::Args;
use passkeep_store::contract::postgres::{Cluster, PostgresDatabase};
use serde_json::{Value, json};
use tokio_postgres::Client;

use crate::clients::{Crowd, Work};
use crate::databases::{Database, folder};
use crate::figures::{each, milliseconds, percentile, rounded};
use crate::fill::fill;
use crate::proc::{cpu_seconds, own_cpu_seconds, parent_of};
use crate::server::Server;
use crate::{Engine, Recording, Result};

/// How long it is one's turn.
const TURN: Duration = Duration::from_secs(2);

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
    #[arg(long, default_value_t = 16)]
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
}

pub(crate) async fn run(options: Options) -> Result<()> {
    let cluster = Cluster::start_durable();
    let folder = folder()?;
    let path = folder.path();
    let database = Database::create(Engine::Postgres, path, "scale", Some(&cluster)).await?;
    let Database::Postgres(postgres) = &database else {
        return Err("this is PostgreSQL".into());
    };
    let (place, size) = (database.place(), options.credentials);
    tokio::task::spawn_blocking(move || fill(vec![(place, size)])).await??;
    let crowd = Crowd::of(size).await?;
    let filled = tables(postgres).await?;

    let client = postgres.client().await;
    let most = options.replicas.iter().copied().max().unwrap_or_default();
    let mut servers = Vec::new();
    for number in 0..most {
        let log = path.join(format!("server-{number}.log"));
        servers.push(Server::start(&options.recording.server, &database, &log)?);
    }
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
            row.turn(&crowd, of_row, &client, options.concurrency)
                .await?;
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
    let used = tables(postgres).await?;
    for table in &used {
        println!("{table}");
    }
    options.recording.write(&json!({
        "credentials": size,
        "concurrency": options.concurrency,
        "processors": std::thread::available_parallelism().map_or(1, usize::from),
        "rows": rows,
        "tables_when_filled": filled,
        "tables_afterwards": used,
    }))
}

impl Row {
    async fn turn(
        &mut self,
        crowd: &Crowd,
        servers: &[Server],
        client: &Client,
        concurrency: usize,
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
        let slice = crowd
            .work(&Work::SignIn, &ports, concurrency, Some(TURN))
            .await?;
        for ((sum, after), before) in self.cpu.iter_mut().zip(cpu()).zip(before) {
            *sum += after - before;
        }
        self.log_bytes += log_position(client).await? - log;
        self.latencies.extend(slice.latencies);
        self.elapsed += slice.elapsed;
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
        json!({
            "replicas": self.replicas,
            "sign_ins": count,
            "per_second": rounded(count as f64 / self.elapsed.as_secs_f64(), 0),
            "p50_ms": p50,
            "p99_ms": p99,
            "servers_cpu_us": servers,
            "database_cpu_us": database,
            "generator_cpu_us": generator,
            "busy_processors": rounded(self.cpu.iter().sum::<f64>() / self.elapsed.as_secs_f64(), 2),
            "log_bytes_per_sign_in": rounded(each(self.log_bytes, count), 0),
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
