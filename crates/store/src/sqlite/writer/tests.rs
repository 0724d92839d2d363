use core::pin::pin;
use core::task::{Context, Waker};
use std::sync::mpsc;

use futures_util::future::{join, join_all, join3};
use rusqlite::params;
use tempfile::TempDir;

use super::super::connection;
use super::*;

type Worked<T> = Result<T, Fault<StoreError>>;

/// A writer over a new database, whose one table beside the store's own is for these tests.
struct Fixture {
    writer: Writer,
    // Dropped after the writer, which has the database in it open.
    directory: TempDir,
}

impl Fixture {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = connection::create_file(&directory.path().join("test.db")).unwrap();
        let connection = connection::open_writer(&path).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE parent (id INTEGER PRIMARY KEY);
                 CREATE TABLE item (
                     name TEXT NOT NULL UNIQUE,
                     parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED,
                     body BLOB
                 )",
            )
            .unwrap();
        Self {
            writer: Writer::start(connection).unwrap(),
            directory,
        }
    }

    /// Work that makes the writer wait, so that other work gathers.
    fn hold(&self) -> (Gate, impl Future<Output = Result<(), StoreError>>) {
        let (shut, is_shut) = oneshot::channel();
        let (open, is_open) = mpsc::channel();
        let mut shut = Some(shut);
        let hold = self.writer.run(move |_| {
            if let Some(shut) = shut.take() {
                shut.send(()).unwrap();
                is_open.recv().unwrap();
            }
            Worked::Ok(())
        });
        (Gate { is_shut, open }, hold)
    }

    async fn insert(&self, name: &'static str) -> Result<(), StoreError> {
        self.writer.run(move |it| insert(it, name)).await
    }

    async fn names(&self) -> Vec<String> {
        let work = |connection: &Connection| -> Worked<Vec<String>> {
            let mut statement = connection.prepare("SELECT name FROM item ORDER BY name")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        };
        self.writer.run(work).await.unwrap()
    }
}

struct Gate {
    is_shut: oneshot::Receiver<()>,
    open: mpsc::Sender<()>,
}

impl Gate {
    /// Does all this work in one batch: waits until the writer waits, puts the work into the queue, lets the writer go.
    async fn gather<T>(self, work: impl Future<Output = T>) -> T {
        self.is_shut.await.unwrap();
        // Polled in this order: once the work has been polled it is in the queue.
        let (results, ()) = join(work, async { self.open.send(()).unwrap() }).await;
        results
    }
}

fn insert(connection: &Connection, name: &str) -> Worked<()> {
    connection.execute("INSERT INTO item (name) VALUES (?1)", [name])?;
    Ok(())
}

/// Inserts a row whose parent is missing, which SQLite finds at the commit and not before.
fn insert_orphan(connection: &Connection) -> Worked<()> {
    connection.execute("INSERT INTO item (name, parent) VALUES ('orphan', 1)", [])?;
    Ok(())
}

fn refuse(connection: &Connection) -> Worked<()> {
    insert(connection, "refused")?;
    let refusal = StoreError::Inconsistent("for the test".into());
    Err(Fault::Refused(refusal))
}

#[tokio::test]
async fn what_waits_is_committed_at_once() {
    let fixture = Fixture::new().await;
    let (gate, held) = fixture.hold();
    let work = (0..100).map(|number| {
        let insert = move |connection: &Connection| insert(connection, &format!("{number:03}"));
        fixture.writer.run(insert)
    });
    let (held, results) = join(held, gate.gather(join_all(work))).await;
    held.unwrap();
    for result in results {
        result.unwrap();
    }
    assert_eq!(fixture.writer.commits(), 2);
    assert_eq!(fixture.names().await.len(), 100);
}

#[tokio::test]
async fn a_batch_is_bounded() {
    let fixture = Fixture::new().await;
    let (gate, held) = fixture.hold();
    let work = (0..=MAX_BATCH).map(|number| {
        let insert = move |connection: &Connection| insert(connection, &format!("{number:03}"));
        fixture.writer.run(insert)
    });
    let (_, results) = join(held, gate.gather(join_all(work))).await;
    assert_eq!(results.len(), 129);
    assert_eq!(fixture.writer.commits(), 3);
}

#[tokio::test]
async fn work_that_fails_leaves_nothing_and_the_rest_of_its_batch_stays() {
    let fixture = Fixture::new().await;
    let (gate, held) = fixture.hold();
    let refused = fixture.writer.run(refuse);
    let work = join3(fixture.insert("one"), refused, fixture.insert("other"));
    let (_, (one, refused, other)) = join(held, gate.gather(work)).await;
    one.unwrap();
    other.unwrap();
    assert!(
        matches!(refused, Err(StoreError::Inconsistent(_))),
        "{refused:?}"
    );
    assert_eq!(fixture.writer.commits(), 2);
    assert_eq!(fixture.names().await, ["one", "other"]);
}

#[tokio::test]
async fn a_batch_is_done_again_only_if_what_was_refused_had_written() {
    let fixture = Fixture::new().await;
    for (writes, expected) in [(false, 1), (true, 2)] {
        let times = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&times);
        let (gate, held) = fixture.hold();
        let first = fixture.writer.run(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
            Worked::Ok(())
        });
        let refused = fixture.writer.run(move |connection| match writes {
            true => refuse(connection),
            false => Err(Fault::Refused(StoreError::Inconsistent(
                "for the test".into(),
            ))),
        });
        let (_, (first, refused)) = join(held, gate.gather(join(first, refused))).await;
        first.unwrap();
        assert!(
            matches!(refused, Err(StoreError::Inconsistent(_))),
            "{refused:?}"
        );
        assert_eq!(times.load(Ordering::Relaxed), expected, "writes: {writes}");
    }
    assert_eq!(fixture.names().await, [""; 0]);
}

#[tokio::test]
async fn when_the_commit_fails_nobody_is_told_that_it_is_done_and_the_writer_goes_on() {
    let fixture = Fixture::new().await;
    let (gate, held) = fixture.hold();
    let orphan = fixture.writer.run(insert_orphan);
    let refused = fixture.writer.run(refuse);
    let work = join3(fixture.insert("one"), orphan, refused);
    let (held, (one, orphan, refused)) = join(held, gate.gather(work)).await;
    held.unwrap();
    for result in [one, orphan, refused] {
        assert!(
            matches!(result, Err(StoreError::Unavailable(_))),
            "{result:?}"
        );
    }
    assert_eq!(fixture.writer.commits(), 1);
    assert_eq!(fixture.names().await, [""; 0]);
    fixture.insert("later").await.unwrap();
    assert_eq!(fixture.names().await, ["later"]);
}

#[tokio::test]
async fn a_panic_costs_its_batch_and_no_more() {
    let fixture = Fixture::new().await;
    let (gate, held) = fixture.hold();
    let panicking = fixture
        .writer
        .run(|_| -> Worked<()> { panic!("on purpose, for the test") });
    let work = join(fixture.insert("one"), panicking);
    let (_, (one, panicking)) = join(held, gate.gather(work)).await;
    for result in [one, panicking] {
        assert!(
            matches!(result, Err(StoreError::Unavailable(_))),
            "{result:?}"
        );
    }
    fixture.insert("later").await.unwrap();
    assert_eq!(fixture.names().await, ["later"]);
}

#[tokio::test]
async fn a_full_disk_is_unavailable_until_there_is_room() {
    let fixture = Fixture::new().await;
    let limit = |pages: u32| {
        fixture.writer.run(move |connection: &Connection| {
            let sql = format!("PRAGMA max_page_count = {pages}");
            Worked::Ok(connection.query_row(&sql, [], |row| row.get::<_, u32>(0))?)
        })
    };
    let fill = || {
        fixture.writer.run(|connection: &Connection| -> Worked<()> {
            let body = vec![0_u8; 1 << 20];
            let sql = "INSERT INTO item (name, body) VALUES ('big', ?1)";
            connection.execute(sql, params![body])?;
            Ok(())
        })
    };
    let most = limit(1).await.unwrap();
    let full = fill().await;
    assert!(matches!(full, Err(StoreError::Unavailable(_))), "{full:?}");
    limit(most + 1000).await.unwrap();
    fill().await.unwrap();
    assert_eq!(fixture.names().await, ["big"]);
}

#[tokio::test]
async fn accepted_work_is_done_though_nobody_waits_and_the_writer_is_dropped() {
    let Fixture { writer, directory } = Fixture::new().await;
    let (open, is_open) = mpsc::channel::<()>();
    let hold = writer.run(move |_| {
        is_open.recv().unwrap();
        Worked::Ok(())
    });
    let abandoned = writer.run(|connection: &Connection| insert(connection, "abandoned"));
    {
        let both = pin!(join(hold, abandoned));
        let polled = both.poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending());
    }
    let dropping = thread::spawn(move || drop(writer));
    open.send(()).unwrap();
    dropping.join().unwrap();

    assert!(!directory.path().join("test.db-wal").exists());
    let connection = Connection::open(directory.path().join("test.db")).unwrap();
    let name: String = connection
        .query_row("SELECT name FROM item", [], |row| row.get(0))
        .unwrap();
    assert_eq!(name, "abandoned");
}
