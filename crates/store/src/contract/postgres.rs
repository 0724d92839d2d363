//! Databases for tests of the PostgreSQL store.
//!
//! Where `PASSKEEP_TEST_POSTGRES_URL` is set, they are made in that server and dropped afterwards; it needs a user who may
//! create databases. Otherwise each program of tests has a cluster of its own, made and started from the server programs
//! of the system, which listens on nothing but a socket, and which is stopped and removed when the program has ended.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock};

use async_trait::async_trait;
use tokio_postgres::{Client, NoTls};

use super::Database;
use crate::{PostgresOptions, PostgresStore, Store};

/// Names a server to make databases in.
const URL: &str = "PASSKEEP_TEST_POSTGRES_URL";

/// Names the folder of the server programs, where they are in none of the usual places.
const PROGRAMS: &str = "PASSKEEP_POSTGRES_BIN";

/// What to do about a machine without server programs.
const HELP: &str = "there are no PostgreSQL server programs (initdb, pg_ctl); install them (Debian: apt-get install \
     postgresql), name their folder in PASSKEEP_POSTGRES_BIN, or name a server that tests may create databases in, as \
     PASSKEEP_TEST_POSTGRES_URL=postgres://user:password@host/database";

/// A database of its own for a test.
#[derive(Debug)]
pub struct PostgresDatabase {
    name: String,
    server: String,
}

impl PostgresDatabase {
    /// Makes one in the server that is named, or else in this program's cluster.
    pub async fn new() -> Self {
        static CLUSTER: OnceLock<Cluster> = OnceLock::new();
        match std::env::var(URL) {
            Ok(url) if !url.is_empty() => Self::within(&url).await,
            _ => Self::within(CLUSTER.get_or_init(Cluster::start).url()).await,
        }
    }

    /// Makes one in the server that a URL leads to.
    pub async fn within(server: &str) -> Self {
        let admin = connect(server).await;
        let name = "SELECT 'passkeep_test_' || replace(gen_random_uuid()::text, '-', '')";
        let name: String = admin.query_one(name, &[]).await.unwrap().get(0);
        // Whatever the server's defaults are.
        let create = format!(
            "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
        );
        admin.batch_execute(&create).await.unwrap();
        Self {
            name,
            server: server.to_owned(),
        }
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        with_database(&self.server, &self.name)
    }

    /// Opens a store on it.
    pub async fn store(&self) -> PostgresStore {
        let options = PostgresOptions::from_url(&self.url()).unwrap();
        PostgresStore::open(options).await.unwrap()
    }

    /// A connection to it, for what no store would do.
    pub async fn client(&self) -> Client {
        connect(&self.url()).await
    }
}

#[async_trait]
impl Database for PostgresDatabase {
    async fn create() -> Self {
        Self::new().await
    }

    async fn open(&self) -> Box<dyn Store> {
        Box::new(self.store().await)
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let server = self.server.clone();
        // A destructor cannot wait in the runtime it is called in. Where the server is gone, so is the database.
        let _ = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let _ = connect(&server).await.batch_execute(&drop).await;
            });
        })
        .join();
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// The same URL with another database.
fn with_database(url: &str, name: &str) -> String {
    let (url, query) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = url.split_once("://").unwrap();
    let host = rest.split('/').next().unwrap();
    format!("{scheme}://{host}/{name}?{query}")
}

/// A PostgreSQL cluster that nobody else uses. It can be stopped and started, and is removed with this value or with the
/// process, whichever ends first.
#[derive(Debug)]
pub struct Cluster {
    guard: Mutex<Guard>,
    url: String,
}

#[derive(Debug)]
struct Guard {
    process: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Cluster {
    /// Makes a cluster and starts it.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[], 5432, ["off", ""])
    }

    /// Makes a cluster that syncs what it commits, as one in production does, and starts it. Its files are in this folder, which
    /// is given to whoever the cluster runs as, or in `/tmp` where the way to the folder is closed to that user.
    #[must_use]
    pub fn start_durable(place: &Path) -> Self {
        if is_root() {
            // Where this fails the files go to /tmp.
            let _ = Command::new("chown").arg("postgres").arg(place).status();
        }
        let place = place.to_str().unwrap_or_default();
        Self::start_with(&[], 5432, ["on", place])
    }

    /// One of the server's programs, to be run by whoever the cluster runs as.
    ///
    /// # Panics
    ///
    /// Where there are no such programs, of which the cluster would not have been started either.
    #[must_use]
    pub fn program(&self, name: &str) -> Command {
        let mut command = as_somebody_but_root();
        command.arg(programs().unwrap_or_else(|| panic!("{HELP}")).join(name));
        command
    }

    /// Makes a cluster that listens for TLS on that port of the loopback interface too, with a certificate and its key in
    /// PEM.
    #[must_use]
    pub fn start_with_tls(port: u16, certificate: &str, key: &str) -> Self {
        Self::start_with(&[&port.to_string(), certificate, key], port, ["off", ""])
    }

    fn start_with(tls: &[&str], port: u16, fsync_and_place: [&str; 2]) -> Self {
        let programs = programs().unwrap_or_else(|| panic!("{HELP}"));
        let mut command = as_somebody_but_root();
        command
            .args(["sh", "-c", include_str!("postgres/guard.sh"), "guard"])
            .arg(programs)
            .args(fsync_and_place)
            .args(tls)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt as _;
            // Ctrl+C at a terminal ends the tests, and is not to end the guard before it has tidied up.
            command.process_group(0);
        }
        let mut process = command.spawn().unwrap();
        let mut guard = Guard {
            commands: process.stdin.take(),
            answers: BufReader::new(process.stdout.take().unwrap()),
            process,
        };
        let answer = guard.answer();
        let folder = answer.strip_prefix("ready ");
        let folder = folder.unwrap_or_else(|| panic!("no PostgreSQL cluster: {answer}"));
        let host = folder.replace('/', "%2F");
        Self {
            url: format!("postgres://postgres@{host}:{port}/postgres"),
            guard: Mutex::new(guard),
        }
    }

    /// The URL of its administrative database.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops it as an operator does: connections are closed, what is in memory is written.
    pub fn stop(&self) {
        self.tell("stop");
    }

    /// Stops it as a failure does: nothing more is written.
    pub fn crash(&self) {
        self.tell("crash");
    }

    /// Starts it after it was stopped or has crashed, on the same data and at the same place.
    pub fn start_again(&self) {
        self.tell("start");
    }

    fn tell(&self, command: &str) {
        let mut guard = self.guard.lock().unwrap();
        let commands = guard.commands.as_mut().unwrap();
        commands
            .write_all(format!("{command}\n").as_bytes())
            .unwrap();
        assert_eq!(guard.answer(), "done 0", "{command}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let Ok(guard) = self.guard.get_mut() else {
            return;
        };
        // At the end of its input the guard removes the cluster.
        guard.commands = None;
        let _ = guard.process.wait();
    }
}

impl Guard {
    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

/// The folder of the server programs; of several versions, the latest.
fn programs() -> Option<PathBuf> {
    if let Some(asked) = std::env::var_os(PROGRAMS).filter(|asked| !asked.is_empty()) {
        return Some(asked.into());
    }
    // Debian's place for them, one folder for each version; it puts none on the path.
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let mut versions: Vec<u32> = versions
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_unstable();
    let debian = versions.iter().rev();
    let debian = debian.map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian
        .chain(std::env::split_paths(&path))
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

/// PostgreSQL refuses to run as root, and for this case packages make a user.
fn as_somebody_but_root() -> Command {
    if !is_root() {
        return Command::new("env");
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]);
    command
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}
