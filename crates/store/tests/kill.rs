//! What was acknowledged survives a process that is killed under load, and a database that crashes under it.
//!
//! The process is this test binary again: the test starts it with [`VICTIM`] set, in which case [`victim`] does the work
//! of one.

#![cfg(unix)]
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the helpers of a test fail with it"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::try_join_all;
use passkeep_store::contract::postgres::{Cluster, PostgresDatabase};
use passkeep_store::contract::world::{Authentication, LIFETIMES, Person, World};
use passkeep_store::{
    Account, FinishAuthentication, FinishAuthenticationError, FinishRegistration, PostgresOptions,
    PostgresStore, SqliteOptions, SqliteStore, Store, StoreError,
};
use passkeep_testkit::authenticator::Counter;
use passkeep_verify::CeremonyId;

/// Names the database to a victim; its presence makes a process one.
const VICTIM: &str = "PASSKEEP_STORE_TEST_VICTIM";

/// How many clients sign in at the same time, each as somebody else.
const CLIENTS: usize = 8;

/// How often a process is killed, each over the database that the one before left behind.
const KILLS: usize = 3;

/// How many sign-ins have been acknowledged when a process is killed.
const ACKNOWLEDGED: usize = 200;

/// A client who creates an account and signs in again and again. Everything it does follows from its number and the
/// round, so that the test can do the same after the victim's end.
struct ScriptedClient {
    world: World,
    person: Person,
    sign_up: Option<FinishRegistration>,
    answer: Authentication,
}

impl ScriptedClient {
    fn new(round: usize, number: usize) -> Self {
        let mut world = World::new(&format!("kill {round} {number}"));
        let mut person = world.person(&format!("person-{round}-{number}"));
        // Without a counter the one signature is good for any number of ceremonies. Signing is slow in a debug build,
        // and the load is to be the store's.
        person.authenticator.config.counter = Counter::Unavailable;
        let registration = world.create(&mut person);
        Self {
            sign_up: Some(world.sign_up(&person, &registration)),
            answer: world.get(&mut person),
            world,
            person,
        }
    }

    async fn next_sign_in(&mut self, store: &dyn Store) -> FinishAuthentication {
        self.answer.ceremony = CeremonyId(self.world.random());
        self.world.sign_in(store, &self.answer).await
    }
}

/// Opens a store at a path or a URL.
async fn open(place: &str) -> Arc<dyn Store> {
    if place.starts_with("postgres:") {
        let options = PostgresOptions::from_url(place).unwrap();
        Arc::new(PostgresStore::open(options).await.unwrap())
    } else {
        Arc::new(SqliteStore::open(SqliteOptions::new(place)).unwrap())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn victim() {
    let Ok(arguments) = std::env::var(VICTIM) else {
        return;
    };
    let (round, place) = arguments.split_once(' ').unwrap();
    let round = round.parse().unwrap();
    let store = open(place).await;
    let mut clients = Vec::new();
    for number in 0..CLIENTS {
        let mut client = ScriptedClient::new(round, number);
        let sign_up = client.sign_up.take().unwrap();
        store.finish_registration(sign_up).await.unwrap();
        clients.push(client);
    }
    let clients: Vec<_> = clients
        .into_iter()
        .enumerate()
        .map(|(number, mut client)| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                loop {
                    let finish = client.next_sign_in(&*store).await;
                    store.finish_authentication(finish).await.unwrap();
                    // Standard error is not buffered: the line is in the pipe before the next sign-in begins.
                    let line = format!("acknowledged {number}\n");
                    std::io::stderr().write_all(line.as_bytes()).unwrap();
                }
            })
        })
        .collect();
    try_join_all(clients).await.unwrap();
}

fn start_victim(round: usize, place: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "victim", "--nocapture"])
        .env(VICTIM, format!("{round} {place}"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn nothing_acknowledged_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("passkeep.db");
    kill_and_check(path.to_str().unwrap()).await;
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_on_postgres() {
    let database = PostgresDatabase::new().await;
    kill_and_check(&database.url()).await;
}

async fn kill_and_check(place: &str) {
    for round in 0..KILLS {
        let mut victim = start_victim(round, place);
        let lines = BufReader::new(victim.stderr.take().unwrap()).lines();
        let mut acknowledged = [0; CLIENTS];
        for line in lines {
            let line = line.unwrap();
            let number = line
                .strip_prefix("acknowledged ")
                .unwrap_or_else(|| panic!("{line}"));
            acknowledged[number.parse::<usize>().unwrap()] += 1;
            if acknowledged.iter().sum::<usize>() == ACKNOWLEDGED {
                // What it wrote before it died is read on.
                victim.kill().unwrap();
            }
        }
        assert_eq!(victim.wait().unwrap().signal(), Some(9));
        let store = open(place).await;
        for (number, acknowledged) in acknowledged.into_iter().enumerate() {
            check(&*store, ScriptedClient::new(round, number), acknowledged).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_postgres_crashes() {
    let cluster = Cluster::start();
    let database = PostgresDatabase::within(cluster.url()).await;
    let store: Arc<dyn Store> = Arc::new(database.store().await);
    // Has the same accounts, and can still be asked what a sign-in is judged by when the other cannot.
    let directory = tempfile::tempdir().unwrap();
    let judge = open(directory.path().join("judge.db").to_str().unwrap()).await;
    for round in 0..KILLS {
        let acknowledged = Arc::new(AtomicUsize::new(0));
        let mut clients = Vec::new();
        for number in 0..CLIENTS {
            for store in [&store, &judge] {
                let sign_up = ScriptedClient::new(round, number).sign_up.take().unwrap();
                store.finish_registration(sign_up).await.unwrap();
            }
            clients.push(tokio::spawn(sign_in_until_it_crashes(
                ScriptedClient::new(round, number),
                Arc::clone(&store),
                Arc::clone(&judge),
                Arc::clone(&acknowledged),
            )));
        }
        while acknowledged.load(Ordering::Relaxed) < ACKNOWLEDGED {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        cluster.crash();
        let acknowledged = try_join_all(clients).await.unwrap();
        cluster.start_again();
        for (number, acknowledged) in acknowledged.into_iter().enumerate() {
            check(&*store, ScriptedClient::new(round, number), acknowledged).await;
        }
    }
}

/// How many sign-ins were acknowledged before the first that was not.
async fn sign_in_until_it_crashes(
    mut client: ScriptedClient,
    store: Arc<dyn Store>,
    judge: Arc<dyn Store>,
    all: Arc<AtomicUsize>,
) -> usize {
    for acknowledged in 0.. {
        let finish = client.next_sign_in(&*judge).await;
        match store.finish_authentication(finish).await {
            Ok(_) => all.fetch_add(1, Ordering::Relaxed),
            Err(FinishAuthenticationError::Store(StoreError::Unavailable(_))) => {
                return acknowledged;
            }
            Err(error) => panic!("{error:?}"),
        };
    }
    unreachable!()
}

/// Every sign-in of a client that was acknowledged has its session and its event, and cannot be finished again.
async fn check(store: &dyn Store, mut client: ScriptedClient, acknowledged: usize) {
    let account = store.account_by_name(&client.person.name).await.unwrap();
    let Account { id, .. } = account.unwrap();
    // One event of the account's creation, and perhaps one of a sign-in that was done but no longer acknowledged.
    let events = store.audit_events(id, None, u32::MAX).await.unwrap().len();
    let expected = acknowledged + 1..=acknowledged + 2;
    assert!(expected.contains(&events), "{events} not in {expected:?}");
    for number in 0..acknowledged {
        let replay = client.next_sign_in(store).await;
        let token = replay.session.as_ref().unwrap().token;
        let session = store.session(token, LIFETIMES, client.world.now).await;
        assert!(session.unwrap().is_some(), "sign-in {number}");
        let refused = store.finish_authentication(replay).await;
        assert!(
            matches!(refused, Err(FinishAuthenticationError::CeremonySpent)),
            "sign-in {number}: {refused:?}"
        );
    }
}
