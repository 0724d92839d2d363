//! A database of the schema before is brought to this one, and nothing in it is lost.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail with it"
)]

use passkeep_protocol::bytes::Bytes;
use passkeep_store::contract::postgres::PostgresDatabase;
use passkeep_store::contract::world::{LIFETIMES, World, install, is_open, is_registered};
use passkeep_store::{
    AccountId, AuditEvent, AuditKind, CredentialKind, NewPasswordAccount, PasswordHash, SealingKey,
    SessionMethod, SessionSummary, SqliteOptions, SqliteStore, Store, TokenHash,
};
use passkeep_verify::user::{DisplayName, UserName};
use passkeep_verify::{Timestamp, UserHandle};
use refinery::{Migration, Runner};

const SQLITE_1: &str = include_str!("../migrations/sqlite/V1__initial.sql");
const POSTGRES_1: &str = include_str!("../migrations/postgres/V1__initial.sql");

/// Up to the version that does not know yet which passkey is behind a restore key.
const SQLITE_3: [(&str, &str); 3] = [
    ("V1__initial", SQLITE_1),
    (
        "V2__accounts",
        include_str!("../migrations/sqlite/V2__accounts.sql"),
    ),
    (
        "V3__passwords",
        include_str!("../migrations/sqlite/V3__passwords.sql"),
    ),
];
const POSTGRES_4: [(&str, &str); 4] = [
    ("V1__initial", POSTGRES_1),
    (
        "V2__accounts",
        include_str!("../migrations/postgres/V2__accounts.sql"),
    ),
    (
        "V3__events_of_restore_keys",
        include_str!("../migrations/postgres/V3__events_of_restore_keys.sql"),
    ),
    (
        "V4__passwords",
        include_str!("../migrations/postgres/V4__passwords.sql"),
    ),
];

/// A moment, in milliseconds; the rows below count from it.
const NOON: u64 = 1_800_014_400_000;

/// Two accounts, three passkeys, two sessions, and one of everything else, where `blob` writes bytes as the engine does.
/// The rows are as the version before wrote them.
fn rows(blob: impl Fn(&[u8]) -> String, yes: &str, no: &str) -> String {
    let id = |byte: u8, length: usize| blob(&vec![byte; length]);
    let mut sql = String::new();
    for (byte, name, key, display) in [(1, "Zoë", "zoë", "Zoë Z."), (2, "bob", "bob", "Bob")] {
        sql += &format!(
            "INSERT INTO accounts (id, user_handle, user_name, user_name_key, display_name, created_at)
             VALUES ({}, {}, '{name}', '{key}', '{display}', {NOON});",
            id(byte, 16),
            id(byte, 64),
        );
    }
    for (byte, account, used, count) in [
        (11, 1, "NULL".to_owned(), 0_u32),
        (12, 1, (NOON + 5000).to_string(), u32::MAX),
        (13, 2, "NULL".to_owned(), 7),
    ] {
        let created_at = NOON + u64::from(byte);
        sql += &format!(
            "INSERT INTO credentials (
                 id, account, created_at, last_used_at, sign_count, uv_initialized, backup_eligible, backup_state, aaguid,
                 label, rp_id, transports, public_key, attestation_object, attestation_client_data_json
             ) VALUES (
                 {}, {}, {created_at}, {used}, {count}, {yes}, {yes}, {no}, {}, 'A passkey', 'example.org',
                 '[\"internal\",\"from-the-future\"]', {}, {}, {}
             );",
            id(byte, 32),
            id(account, 16),
            id(0xaa, 16),
            id(byte, 77),
            id(byte, 200),
            id(byte, 100),
        );
    }
    for (byte, account, credential) in [(21, 1, 12), (22, 2, 13)] {
        sql += &format!(
            "INSERT INTO sessions (token, account, credential_id, created_at, last_used_at)
             VALUES ({}, {}, {}, {NOON}, {});",
            id(byte, 32),
            id(account, 16),
            id(credential, 32),
            NOON + 5000,
        );
    }
    sql += &format!(
        "INSERT INTO spent_ceremonies (id, expires_at) VALUES ({}, {NOON});
         INSERT INTO sealing_keys (id, secret, created_at) VALUES ({}, {}, {NOON});
         INSERT INTO audit_events (id, at, kind, account, credential_id)
         VALUES ({}, {NOON}, 'signed_in', {}, {});
         INSERT INTO audit_events (id, at, kind) VALUES ({}, {NOON}, 'signed_out');",
        id(31, 16),
        id(32, 8),
        id(33, 32),
        id(34, 16),
        id(1, 16),
        id(12, 32),
        id(35, 16),
    );
    sql
}

/// A restore key that was made in the session of Zoë's passkey 12, and a session that it opened.
fn restore_rows(blob: impl Fn(&[u8]) -> String, yes: &str) -> String {
    let id = |byte: u8, length: usize| blob(&vec![byte; length]);
    let install = format!("'android:apk-key-hash:a', {}", blob(b"install"));
    format!(
        "INSERT INTO credentials (
             id, account, created_at, sign_count, uv_initialized, backup_eligible, backup_state, aaguid, label, rp_id,
             transports, public_key, attestation_object, attestation_client_data_json, app_origin, install
         ) VALUES (
             {key}, {zoe}, {NOON}, 0, {yes}, {yes}, {yes}, {zoe}, 'Pixel', 'example.org', '[]', {key}, {key}, {key}, {install}
         );
         UPDATE sessions SET (app_origin, install) = ({install}) WHERE token = {session};
         INSERT INTO sessions (
             token, account, credential_id, method, device, app_origin, install, created_at, last_used_at
         ) VALUES ({restored}, {zoe}, {key}, 'restore', '', {install}, {NOON}, {NOON});",
        key = id(14, 32),
        zoe = id(1, 16),
        session = id(21, 32),
        restored = id(23, 32),
    )
}

fn runner(steps: &[(&str, &str)]) -> Runner {
    let steps = steps
        .iter()
        .map(|(name, sql)| Migration::unapplied(name, sql).unwrap());
    Runner::new(&steps.collect::<Vec<_>>()).set_grouped(true)
}

#[tokio::test]
async fn a_restore_key_in_sqlite_is_known_by_its_passkey() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("passkeep.db");
    let mut connection = rusqlite::Connection::open(&path).unwrap();
    let blob = |bytes: &[u8]| format!("x'{}'", hex(bytes));
    runner(&SQLITE_3[..1]).run(&mut connection).unwrap();
    connection.execute_batch(&rows(blob, "1", "0")).unwrap();
    runner(&SQLITE_3).run(&mut connection).unwrap();
    connection.execute_batch(&restore_rows(blob, "1")).unwrap();
    drop(connection);
    let store = SqliteStore::open(SqliteOptions::new(&path)).unwrap();
    the_restored_session_goes_with_the_passkey(&store).await;
}

#[tokio::test]
async fn a_restore_key_in_postgres_is_known_by_its_passkey() {
    let database = PostgresDatabase::new().await;
    let mut client = database.client().await;
    let blob = |bytes: &[u8]| format!("'\\x{}'", hex(bytes));
    let first = runner(&POSTGRES_4[..1]);
    first.run_async(&mut client).await.unwrap();
    let rows = rows(blob, "true", "false");
    client.batch_execute(&rows).await.unwrap();
    runner(&POSTGRES_4).run_async(&mut client).await.unwrap();
    let rows = restore_rows(blob, "true");
    client.batch_execute(&rows).await.unwrap();
    the_restored_session_goes_with_the_passkey(&database.store().await).await;
}

async fn the_restored_session_goes_with_the_passkey(store: &dyn Store) {
    let mut world = World::new("migrated restore key");
    let zoe = AccountId([1; 16]);
    let restored = TokenHash([23; 32]);
    assert!(is_open(store, restored, world.now).await);
    let passkey = Bytes::new([12; 32]);
    let event = world.event(AuditKind::PasskeyDeleted, Some(passkey.clone()));
    let left = store.delete_passkey(zoe, &passkey, false, None, event);
    assert_eq!(left.await.unwrap(), 1);
    assert!(!is_open(store, restored, world.now).await);
    assert!(!is_registered(store, &Bytes::new([14; 32])).await);
}

/// Accounts with a sigma at the end of their names' keys: one that is alone, and two that differ by nothing else.
fn sigma_rows(blob: impl Fn(&[u8]) -> String) -> String {
    let accounts = [
        (1, "Νίκος", "νίκος"),
        (2, "ΑΣ0Σ", "ασ0σ"),
        (3, "ΑΣ0ς", "ασ0ς"),
    ];
    let rows = accounts.map(|(byte, name, key)| {
        let (id, handle) = (blob(&[byte; 16]), blob(&[byte; 64]));
        format!(
            "INSERT INTO accounts (id, user_handle, user_name, user_name_key, display_name, created_at)
             VALUES ({id}, {handle}, '{name}', '{key}', '{name}', {NOON});"
        )
    });
    rows.concat()
}

#[tokio::test]
async fn names_with_a_final_sigma_are_found_in_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("passkeep.db");
    let mut connection = rusqlite::Connection::open(&path).unwrap();
    runner(&SQLITE_3[..1]).run(&mut connection).unwrap();
    let rows = sigma_rows(|bytes| format!("x'{}'", hex(bytes)));
    connection.execute_batch(&rows).unwrap();
    drop(connection);
    let store = SqliteStore::open(SqliteOptions::new(&path)).unwrap();
    names_with_a_final_sigma_are_found(&store).await;
}

#[tokio::test]
async fn names_with_a_final_sigma_are_found_in_postgres() {
    let database = PostgresDatabase::new().await;
    let mut client = database.client().await;
    let first = runner(&POSTGRES_4[..1]);
    first.run_async(&mut client).await.unwrap();
    let rows = sigma_rows(|bytes| format!("'\\x{}'", hex(bytes)));
    client.batch_execute(&rows).await.unwrap();
    names_with_a_final_sigma_are_found(&database.store().await).await;
}

async fn names_with_a_final_sigma_are_found(store: &dyn Store) {
    for (name, id) in [("Νίκος", 1), ("ΝΊΚΟΣ", 1), ("ΑΣ0Σ", 2), ("ΑΣ0ς", 2)] {
        let parsed = UserName::parse(name).unwrap();
        let account = store.account_by_name(&parsed).await.unwrap().unwrap();
        assert_eq!(account.id, AccountId([id; 16]), "{name}");
    }
    assert_eq!(store.accounts(None, 10).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_sqlite_database_of_schema_1_loses_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("passkeep.db");
    let mut connection = rusqlite::Connection::open(&path).unwrap();
    runner(&SQLITE_3[..1]).run(&mut connection).unwrap();
    let rows = rows(|bytes| format!("x'{}'", hex(bytes)), "1", "0");
    connection.execute_batch(&rows).unwrap();
    drop(connection);

    // Again, to see that what is up to date is left alone.
    for _ in 0..2 {
        let store = SqliteStore::open(SqliteOptions::new(&path)).unwrap();
        everything_is_there(&store).await;
    }
    let store = SqliteStore::open(SqliteOptions::new(&path)).unwrap();
    what_is_new_works(&store).await;
    drop(store);
    let connection = rusqlite::Connection::open(&path).unwrap();
    let count = |table: &str| {
        let sql = format!("SELECT count(*) FROM {table}");
        connection.query_row(&sql, [], |row| row.get::<_, u32>(0))
    };
    assert_eq!(count("pragma_foreign_key_check").unwrap(), 0);
    let check: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(check, "ok");
}

#[tokio::test]
async fn a_postgres_database_of_schema_1_loses_nothing() {
    let database = PostgresDatabase::new().await;
    let mut client = database.client().await;
    runner(&POSTGRES_4[..1])
        .run_async(&mut client)
        .await
        .unwrap();
    let rows = rows(|bytes| format!("'\\x{}'", hex(bytes)), "true", "false");
    client.batch_execute(&rows).await.unwrap();

    for _ in 0..2 {
        everything_is_there(&database.store().await).await;
    }
    // A server of the version before, which is still running, goes on opening sessions.
    let open = "INSERT INTO sessions (token, account, credential_id, created_at, last_used_at)
        SELECT sha256('old'), account, credential_id, created_at, last_used_at FROM sessions LIMIT 1";
    client.batch_execute(open).await.unwrap();
    let close = "DELETE FROM sessions WHERE token = sha256('old')";
    client.batch_execute(close).await.unwrap();
    what_is_new_works(&database.store().await).await;
}

async fn everything_is_there(store: &dyn Store) {
    let zoe = AccountId([1; 16]);
    let accounts = store.accounts(None, 10).await.unwrap();
    let names: Vec<_> = accounts
        .iter()
        .map(|summary| &*summary.account.user_name)
        .collect();
    assert_eq!(names, ["bob", "Zoë"]);
    assert_eq!((accounts[0].passkeys, accounts[1].passkeys), (1, 2));
    let name = UserName::parse("ZOË").unwrap();
    let account = store.account_by_name(&name).await.unwrap().unwrap();
    assert_eq!(account, accounts[1].account);
    assert_eq!(account.id, zoe);
    assert_eq!(account.user, UserHandle::new([1; 64]).unwrap());
    assert_eq!(account.display_name, "Zoë Z.");
    assert_eq!(account.created_at, Timestamp(NOON));
    assert_eq!(account.locked_at, None);

    let credentials = store.credentials(zoe).await.unwrap();
    assert_eq!(credentials.restore_keys, []);
    let passkeys = credentials.passkeys;
    let ids: Vec<_> = passkeys.iter().map(|passkey| passkey.id.clone()).collect();
    assert_eq!(ids, [Bytes::new([12; 32]), Bytes::new([11; 32])]);
    assert_eq!(passkeys[0].last_used_at, Some(Timestamp(NOON + 5000)));
    assert_eq!(passkeys[0].last_used_on, None);
    assert_eq!(passkeys[0].transports.len(), 2);
    assert!(passkeys[0].backup_eligible && !passkeys[0].backup_state);
    let record = store.credential_record(zoe, &ids[0]).await.unwrap();
    let record = record.unwrap();
    assert_eq!(record.sign_count, u32::MAX);
    assert_eq!(record.public_key, Bytes::new([12; 77]));
    assert_eq!(record.attestation_object, Bytes::new([12; 200]));
    let candidate = store.authentication_candidate(&ids[1]).await.unwrap();
    assert_eq!(candidate.unwrap().kind, CredentialKind::Passkey);

    let now = Timestamp(NOON + 5000);
    let token = TokenHash([21; 32]);
    let session = store.session(token, LIFETIMES, now).await.unwrap();
    let session = session.unwrap();
    assert_eq!(session.account, account);
    assert_eq!(session.credential_id, ids[0]);
    assert_eq!(session.method, SessionMethod::Passkey);
    let summary = SessionSummary {
        id: token.into(),
        method: SessionMethod::Passkey,
        device: String::new(),
        created_at: Timestamp(NOON),
        last_used_at: now,
    };
    let sessions = store.sessions(zoe, LIFETIMES, now).await.unwrap();
    assert_eq!(sessions, [summary]);

    let key = SealingKey {
        id: [32; 8],
        secret: [33; 32],
        created_at: Timestamp(NOON),
    };
    assert_eq!(store.sealing_keys().await.unwrap(), [key]);
    let event = AuditEvent {
        id: [34; 16],
        at: Timestamp(NOON),
        kind: AuditKind::SignedIn,
        account: Some(zoe),
        credential_id: Some(ids[0].clone()),
        device: None,
    };
    assert_eq!(store.audit_events(zoe, None, 10).await.unwrap(), [event]);
}

/// What the rows of the version before could not do. The spent ceremony and both events are still there to be purged.
async fn what_is_new_works(store: &dyn Store) {
    let mut world = World::new("after the migration");
    let zoe = AccountId([1; 16]);
    let mut ada = world.member(store, "ada").await;
    let session = world.another_session(store, &mut ada).await;
    world.restore_key(store, &ada, "a", session).await;
    let credentials = store.credentials(ada.account.id).await.unwrap();
    assert_eq!(credentials.restore_keys[0].install, install("a"));

    let event = world.event(AuditKind::AccountLocked, None);
    let locked = store.set_locked(zoe, Some(world.now), event).await.unwrap();
    assert_eq!(locked.unwrap().locked_at, Some(world.now));
    let sessions = store.sessions(zoe, LIFETIMES, Timestamp(NOON)).await;
    assert_eq!(sessions.unwrap(), []);
    let event = world.event(AuditKind::AccountDeleted, None);
    store.delete_account(zoe, None, event).await.unwrap();
    let person = world.person("carol");
    let new = NewPasswordAccount {
        id: person.account,
        user: person.user,
        user_name: person.name,
        display_name: DisplayName::parse("Carol").unwrap(),
        hash: PasswordHash("hash".to_owned()),
        session: Some(world.session(SessionMethod::Password)),
        event: world.event(AuditKind::AccountCreatedWithPassword, None),
    };
    let carol = store.create_password_account(new).await.unwrap();
    assert!(store.password_use(carol.id).await.unwrap().is_some());
    let mut purge = world.purge(10);
    purge.now = Timestamp(NOON + 1).plus_seconds(3600);
    purge.lifetimes.idle = LIFETIMES.absolute;
    purge.events_before = Timestamp(NOON + 1);
    let report = store.purge(purge).await.unwrap();
    assert_eq!((report.spent_ceremonies, report.sessions), (1, 0));
    // Two of the old rows, and those of today: three of ada's, two of zoe's and carol's.
    assert_eq!(report.audit_events, 8);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
