//! What the SQLite store does with files.

#![allow(clippy::unwrap_used, reason = "the helpers of a test fail with it")]

use passkeep_store::contract::world::World;
use passkeep_store::{SqliteOptions, SqliteStore, Store as _, StoreError};
use tempfile::TempDir;

#[track_caller]
fn open(path: impl Into<std::path::PathBuf>) -> SqliteStore {
    SqliteStore::open(SqliteOptions::new(path)).unwrap()
}

#[track_caller]
fn refused(directory: &TempDir) -> StoreError {
    let path = directory.path().join("passkeep.db");
    SqliteStore::open(SqliteOptions::new(path)).unwrap_err()
}

/// What the operating system says of the file and those beside it.
fn names(directory: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[cfg(unix)]
#[tokio::test]
async fn what_it_creates_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a/b/passkeep.db");
    let store = open(&path);
    store.ping().await.unwrap();
    let mode = |name: &str| {
        let metadata = std::fs::metadata(directory.path().join(name)).unwrap();
        metadata.permissions().mode() & 0o777
    };
    assert_eq!([mode("a"), mode("a/b")], [0o700; 2]);
    assert_eq!(mode("a/b/passkeep.db"), 0o600);
    assert_eq!(mode("a/b/passkeep.db-wal"), 0o600);
    assert_eq!(mode("a/b/passkeep.db-shm"), 0o600);
}

#[tokio::test]
async fn dropping_it_leaves_one_file() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path().join("passkeep.db"));
    World::new("tidy").member(&store, "ada").await;
    assert_eq!(
        names(directory.path()),
        ["passkeep.db", "passkeep.db-shm", "passkeep.db-wal"]
    );
    drop(store);
    assert_eq!(names(directory.path()), ["passkeep.db"]);
}

#[tokio::test]
async fn a_path_that_sqlite_would_take_for_something_else_is_a_path() {
    let directory = tempfile::tempdir().unwrap();
    for name in [":memory:", "file:x?mode=memory"] {
        let path = directory.path().join(name);
        let store = open(&path);
        World::new("odd path").member(&store, "ada").await;
        drop(store);
        let ada = World::new("odd path").person("ada");
        let found = open(&path).account_by_name(&ada.name).await.unwrap();
        assert!(found.is_some(), "{name}");
    }
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("passkeep.db");
    drop(open(&path));
    let connection = rusqlite::Connection::open(&path).unwrap();
    let newer = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
                 VALUES (99, 'from_the_future', '2099-01-01T00:00:00Z', '1')";
    connection.execute(newer, []).unwrap();
    drop(connection);

    let error = refused(&directory);
    assert!(matches!(error, StoreError::Inconsistent(_)), "{error:?}");
    assert_eq!(
        error.to_string(),
        "the store is not consistent: the database was written by a newer version of this program: \
         it has schema V99__from_the_future, and this version knows schemas up to 5"
    );
    let connection = rusqlite::Connection::open(&path).unwrap();
    let versions: u32 = connection
        .query_row(
            "SELECT max(version) FROM refinery_schema_history",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(versions, 99);
}

#[test]
fn a_database_whose_schema_was_changed_by_hand_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("passkeep.db");
    drop(open(&path));
    let connection = rusqlite::Connection::open(&path).unwrap();
    let changed = "UPDATE refinery_schema_history SET checksum = '1'";
    connection.execute(changed, []).unwrap();
    drop(connection);
    let error = refused(&directory);
    assert!(matches!(error, StoreError::Inconsistent(_)), "{error:?}");
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("passkeep.db");
    let letter = "Dear Ada, this is a letter and no database. ".repeat(100);
    std::fs::write(&path, &letter).unwrap();
    let error = refused(&directory);
    assert!(matches!(error, StoreError::Inconsistent(_)), "{error:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), letter);
}

#[test]
fn a_place_where_no_file_can_be_is_unavailable() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("passkeep.db")).unwrap();
    let error = refused(&directory);
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");

    std::fs::write(directory.path().join("file"), "").unwrap();
    let below_a_file = SqliteOptions::new(directory.path().join("file/passkeep.db"));
    let error = SqliteStore::open(below_a_file).unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn two_stores_on_one_file_see_each_others_work() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("passkeep.db");
    let (one, other) = (open(&path), open(&path));
    let ada = World::new("one").member(&one, "ada").await;
    let bob = World::new("other").member(&other, "bob").await;
    let found = other.account_by_name(&ada.person.name).await.unwrap();
    assert_eq!(found, Some(ada.account));
    let found = one.account_by_name(&bob.person.name).await.unwrap();
    assert_eq!(found, Some(bob.account));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_finishes_share_commits() {
    let directory = tempfile::tempdir().unwrap();
    let store = std::sync::Arc::new(open(directory.path().join("passkeep.db")));
    let mut world = World::new("shared commits");
    let mut finishes = Vec::new();
    for number in 0..200 {
        let mut person = world.person(&format!("person{number}"));
        let registration = world.create(&mut person);
        finishes.push(world.sign_up(&person, &registration));
    }
    let tasks: Vec<_> = finishes
        .into_iter()
        .map(|finish| {
            let store = std::sync::Arc::clone(&store);
            tokio::spawn(async move { store.finish_registration(finish).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    // With a disk that takes its time it is about three; a commit each would be two hundred.
    assert!((1..100).contains(&store.commits()), "{}", store.commits());
}
