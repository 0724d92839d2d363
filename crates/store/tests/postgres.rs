//! What the PostgreSQL store does with its database.

#![allow(clippy::unwrap_used, reason = "the helpers of a test fail with it")]

use futures_util::future::{join_all, try_join_all};
use passkeep_store::contract::postgres::{Cluster, PostgresDatabase};
use passkeep_store::contract::world::{World, is_open};
use passkeep_store::{
    AuditKind, FinishAuthenticationError, PostgresOptions, PostgresStore, SealingKey, Store as _,
    StoreError,
};
use passkeep_verify::CeremonyId;

async fn refused(url: &str) -> StoreError {
    let options = PostgresOptions::from_url(url).unwrap();
    PostgresStore::open(options).await.unwrap_err()
}

#[tokio::test]
async fn a_database_that_stops_is_unavailable_and_works_again_when_it_is_back() {
    let cluster = Cluster::start();
    let database = PostgresDatabase::within(cluster.url()).await;
    let store = database.store().await;
    let mut world = World::new("stopped");
    let mut ada = world.member(&store, "ada").await;
    // Several connections, so that more than one has to be found broken.
    try_join_all((0..10).map(|_| store.ping())).await.unwrap();

    for stop in [Cluster::stop, Cluster::crash] {
        let authentication = world.get(&mut ada.person);
        let finish = world.sign_in(&store, &authentication).await;
        let again = world.sign_in(&store, &authentication).await;
        stop(&cluster);
        let error = store.finish_authentication(finish).await.unwrap_err();
        assert!(
            matches!(
                error,
                FinishAuthenticationError::Store(StoreError::Unavailable(_))
            ),
            "{error:?}"
        );
        let pings = join_all((0..20).map(|_| store.ping())).await;
        for ping in pings {
            assert!(matches!(ping, Err(StoreError::Unavailable(_))), "{ping:?}");
        }

        cluster.start_again();
        let token = again.session.as_ref().unwrap().token;
        store.finish_authentication(again).await.unwrap();
        assert!(is_open(&store, token, world.now).await);
        try_join_all((0..20).map(|_| store.ping())).await.unwrap();
    }
}

#[tokio::test]
async fn a_broken_connection_fails_its_call_and_the_next_one_works() {
    let database = PostgresDatabase::new().await;
    let store = database.store().await;
    let admin = database.client().await;
    store.ping().await.unwrap();
    // Somebody else holds the row that the sign-in needs, so that it is under way when its connection is cut.
    let mut world = World::new("cut");
    let mut ada = world.member(&store, "ada").await;
    let authentication = world.get(&mut ada.person);
    let finish = world.sign_in(&store, &authentication).await;
    let again = world.sign_in(&store, &authentication).await;
    let lock = "BEGIN; SELECT FROM credentials FOR UPDATE";
    admin.batch_execute(lock).await.unwrap();
    let cut = async {
        let waiting = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while admin.query(waiting, &[]).await.unwrap().is_empty() {}
        admin.batch_execute("ROLLBACK").await.unwrap();
    };
    let (result, ()) = futures_util::future::join(store.finish_authentication(finish), cut).await;
    let error = result.unwrap_err();
    assert!(
        matches!(
            error,
            FinishAuthenticationError::Store(StoreError::Unavailable(_))
        ),
        "{error:?}"
    );
    store.finish_authentication(again).await.unwrap();
}

#[tokio::test]
async fn a_finish_that_nobody_waits_for_leaves_nothing_open() {
    let database = PostgresDatabase::new().await;
    let store = database.store().await;
    let mut world = World::new("dropped");
    let mut ada = world.member(&store, "ada").await;
    let admin = database.client().await;
    for _ in 0..20 {
        let registration = world.create(&mut ada.person);
        let mut finish = world.add(ada.account.id, &registration);
        finish.max_passkeys = 100;
        let finish = store.finish_registration(finish);
        // Polled for as long as it takes to send something, and no longer.
        let _ = tokio::time::timeout(core::time::Duration::from_micros(300), finish).await;
    }
    store.ping().await.unwrap();
    let open = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    let row = admin.query_one(open, &[]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 0);
    // The account's lock is free.
    let registration = world.create(&mut ada.person);
    let mut finish = world.add(ada.account.id, &registration);
    finish.max_passkeys = 100;
    store.finish_registration(finish).await.unwrap();
}

#[tokio::test]
async fn work_that_others_got_in_the_way_of_is_tried_again_but_not_for_ever() {
    let database = PostgresDatabase::new().await;
    let store = database.store().await;
    let mut world = World::new("rivals");
    let mut ada = world.member(&store, "ada").await;
    let client = database.client().await;
    // A sequence goes on counting whatever is undone.
    let rivals = "CREATE SEQUENCE tries;
        CREATE TABLE rivals AS SELECT 3 AS number, '40001' AS error;
        CREATE FUNCTION rival() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('tries') <= (SELECT number FROM rivals) THEN
                RAISE EXCEPTION USING ERRCODE = (SELECT error FROM rivals);
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER rival BEFORE INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION rival()";
    client.batch_execute(rivals).await.unwrap();
    for error in ["40001", "40P01"] {
        let reset = format!("UPDATE rivals SET error = '{error}'; ALTER SEQUENCE tries RESTART");
        client.batch_execute(&reset).await.unwrap();
        let authentication = world.get(&mut ada.person);
        let finish = world.sign_in(&store, &authentication).await;
        store.finish_authentication(finish).await.unwrap();
        let registration = world.create(&mut ada.person);
        client
            .batch_execute("ALTER SEQUENCE tries RESTART")
            .await
            .unwrap();
        let finish = world.add(ada.account.id, &registration);
        store.finish_registration(finish).await.unwrap();
    }

    let reset = "UPDATE rivals SET number = 1000; ALTER SEQUENCE tries RESTART";
    client.batch_execute(reset).await.unwrap();
    let authentication = world.get(&mut ada.person);
    let finish = world.sign_in(&store, &authentication).await;
    let error = store.finish_authentication(finish).await.unwrap_err();
    assert!(
        matches!(
            error,
            FinishAuthenticationError::Store(StoreError::Unavailable(_))
        ),
        "{error:?}"
    );
    let tries = client.query_one("SELECT last_value FROM tries", &[]).await;
    assert_eq!(tries.unwrap().get::<_, i64>(0), 5);
}

#[tokio::test]
async fn the_count_of_record_never_goes_back_between_sign_ins_that_race() {
    let database = PostgresDatabase::new().await;
    let (one, other) = (database.store().await, database.store().await);
    let mut world = World::new("counters");
    let mut ada = world.member(&one, "ada").await;
    // Each is judged by the count before all of them.
    let mut finishes = Vec::new();
    for _ in 0..30 {
        let mut authentication = world.get(&mut ada.person);
        authentication.ceremony = CeremonyId(world.random());
        finishes.push(world.sign_in(&one, &authentication).await);
    }
    let highest = finishes.last().unwrap().proof.update().sign_count;
    finishes.reverse();
    let finishes = finishes.into_iter().enumerate().map(|(number, finish)| {
        let store = if number % 2 == 0 { &one } else { &other };
        store.finish_authentication(finish)
    });
    try_join_all(finishes).await.unwrap();
    let record = one.credential_record(ada.account.id, &ada.credential_id);
    assert_eq!(record.await.unwrap().unwrap().sign_count, highest);
}

#[tokio::test]
async fn servers_that_start_at_once_share_a_schema() {
    let database = PostgresDatabase::new().await;
    let stores = join_all((0..8).map(|_| database.store())).await;
    let mut world = World::new("shared");
    let ada = world.member(&stores[0], "ada").await;
    for store in &stores {
        let found = store.account_by_name(&ada.person.name).await.unwrap();
        assert_eq!(found.as_ref(), Some(&ada.account));
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let database = PostgresDatabase::new().await;
    drop(database.store().await);
    let client = database.client().await;
    let newer = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
                 VALUES (99, 'from_the_future', '2099-01-01T00:00:00Z', '1')";
    client.batch_execute(newer).await.unwrap();

    let error = refused(&database.url()).await;
    assert!(matches!(error, StoreError::Inconsistent(_)), "{error:?}");
    assert_eq!(
        error.to_string(),
        "the store is not consistent: the database was written by a newer version of this program: \
         it has schema V99__from_the_future, and this version knows schemas up to 6"
    );
    let versions = "SELECT max(version) FROM refinery_schema_history";
    let row = client.query_one(versions, &[]).await.unwrap();
    assert_eq!(row.get::<_, i32>(0), 99);
}

#[tokio::test]
async fn a_database_whose_schema_was_changed_by_hand_is_refused() {
    let database = PostgresDatabase::new().await;
    drop(database.store().await);
    let changed = "UPDATE refinery_schema_history SET checksum = '1'";
    let client = database.client().await;
    client.batch_execute(changed).await.unwrap();
    let error = refused(&database.url()).await;
    assert!(matches!(error, StoreError::Inconsistent(_)), "{error:?}");
}

#[tokio::test]
async fn what_is_durable_is_not_left_to_the_databases_settings() {
    let database = PostgresDatabase::new().await;
    let client = database.client().await;
    let careless = "DO $$ BEGIN
            EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database());
            EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = serializable', current_database());
        END $$";
    client.batch_execute(careless).await.unwrap();
    let store = database.store().await;
    // A write of the store's own notes how its connection is set.
    let note = "CREATE TABLE noted AS SELECT ''::text AS durable, ''::text AS isolation WHERE false;
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO noted SELECT current_setting('synchronous_commit'), current_setting('transaction_isolation');
            RETURN NEW;
        END $$;
        CREATE TRIGGER note AFTER INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION note()";
    client.batch_execute(note).await.unwrap();
    World::new("settings").member(&store, "ada").await;
    let row = client.query_one("SELECT * FROM noted", &[]).await.unwrap();
    let settings: (String, String) = (row.get(0), row.get(1));
    assert_eq!(settings, ("on".to_owned(), "read committed".to_owned()));
}

#[tokio::test]
async fn errors_keep_secrets() {
    let database = PostgresDatabase::new().await;
    let store = database.store().await;
    let client = database.client().await;
    // The engine describes the row that it refuses, and with it the key.
    let refuse = "ALTER TABLE sealing_keys ADD CHECK (created_at = 0)";
    client.batch_execute(refuse).await.unwrap();
    let mut world = World::new("secret");
    let key = SealingKey {
        id: world.random(),
        secret: [0x5a; 32],
        created_at: world.now,
    };
    let event = world.event(AuditKind::SealingKeyMade, None);
    let error = store.add_sealing_key(key, world.now, event).await;
    let error = error.unwrap_err();
    assert!(matches!(error, StoreError::Inconsistent(_)), "{error:?}");
    let text = format!("{error} {error:?}");
    assert!(text.contains("sealing_keys"), "{text}");
    assert!(!text.contains("5a5a"), "{text}");

    let error = refused("postgres://ada:hunter2@localhost:1/passkeep").await;
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    let text = format!("{error} {error:?}");
    assert!(text.contains("refused"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    let options = PostgresOptions::from_url("postgres://ada:hunter2@db.example.org/passkeep");
    let text = format!("{options:?}");
    assert!(text.contains("db.example.org"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[tokio::test]
async fn its_connections_are_told() {
    let database = PostgresDatabase::new().await;
    let store = database.store().await;
    store.ping().await.unwrap();
    let in_use = store.connections().unwrap();
    assert_eq!((in_use.open, in_use.idle), (1, 1));
    assert_eq!((in_use.most, in_use.waiting), (16, 0));
}
