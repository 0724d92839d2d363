//! `passkeep migrate` and `passkeep backup`

use std::path::Path;

use passkeep_store::contract::postgres::PostgresDatabase;
use passkeep_store::{PostgresOptions, PostgresStore, SqliteOptions, SqliteStore, Store as _};

use passkeep_verify::user::UserName;

use crate::deployment::{Deployment, ORIGIN};
use crate::process::{Running, assert_failure, over_tcp, passkeep};
use crate::support::AUTHENTICATION_FINISH;

fn on(folder: &Path, arguments: &[&str]) -> std::process::Output {
    let mut command = passkeep(arguments);
    command.env("PASSKEEP_DATA_DIR", folder).output().unwrap()
}

#[test]
fn a_database_is_brought_to_this_versions_schema_and_a_check_only_looks() {
    let folder = tempfile::tempdir().unwrap();
    assert_failure(
        &on(folder.path(), &["migrate", "--check"]),
        "passkeep: there is no database ",
    );
    // One that is there and has nothing in it.
    let file = folder.path().join("passkeep.sqlite");
    std::fs::write(&file, "").unwrap();
    let known = SqliteStore::inspect(&file).unwrap().known;
    let older = format!(
        "passkeep: the database has schema 0, and this version works with schema {known}; `passkeep migrate` brings it there"
    );
    assert_failure(&on(folder.path(), &["migrate", "--check"]), &older);
    assert_failure(&on(folder.path(), &["users", "list"]), &older);
    assert_eq!(std::fs::metadata(&file).unwrap().len(), 0);

    let migrated = on(folder.path(), &["migrate", "--json"]);
    let expected = format!("{{\"from\":0,\"to\":{known}}}\n");
    assert_eq!(String::from_utf8_lossy(&migrated.stdout), expected);
    let again = on(folder.path(), &["migrate"]);
    let again = String::from_utf8_lossy(&again.stdout).into_owned();
    let expected = format!(" has schema {known} already; nothing was to be done.\n");
    assert!(again.ends_with(&expected), "{again}");
    let check = on(folder.path(), &["migrate", "--check"]);
    assert_eq!(check.status.code(), Some(0));
}

#[tokio::test]
async fn postgresql_is_migrated_too_and_its_backup_is_pg_dumps() {
    let database = PostgresDatabase::new().await;
    let url = database.url();
    let on = |arguments: &[&str]| {
        let mut command = passkeep(arguments);
        command.env("PASSKEEP_DATABASE_URL", &url).output().unwrap()
    };
    let options = PostgresOptions::from_url(&url).unwrap();
    let inspection = PostgresStore::inspect(options.clone()).await.unwrap();
    assert_eq!((inspection.schema, inspection.is_current()), (0, false));
    assert!(inspection.clock.is_some());
    assert_failure(
        &on(&["migrate", "--check"]),
        "passkeep: the database has schema 0, ",
    );
    let migrated = on(&["migrate", "--json"]);
    let expected = format!("{{\"from\":0,\"to\":{}}}\n", inspection.known);
    assert_eq!(String::from_utf8_lossy(&migrated.stdout), expected);
    assert!(PostgresStore::inspect(options).await.unwrap().is_current());

    let deployment = Deployment::with(vec![("PASSKEEP_DATABASE_URL", url.clone())]);
    deployment.browser("ada").sign_up("ada").await;
    assert_eq!(deployment.json(&["users", "list"])[0]["userName"], "ada");
    let keys = deployment.json(&["keys", "rotate"]);
    assert_eq!(keys.as_array().unwrap().len(), 2);
    let store = database.store().await;
    let ada = store
        .account_by_name(&UserName::parse("ada").unwrap())
        .await;
    let ada = ada.unwrap().unwrap();
    assert_eq!(store.account(ada.id).await.unwrap(), Some(ada));

    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    let output = passkeep(&["backup", copy.to_str().unwrap()])
        .env(
            "PASSKEEP_DATABASE_URL",
            "postgres://ada:hunter2@db.example.org/pass%20keep",
        )
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    let command = format!(
        "(umask 077; pg_dump --format=custom --host=db.example.org --port=5432 --username=ada '--dbname=pass keep' --file={})",
        copy.display()
    );
    assert!(stderr.contains(&command), "{stderr}");
    assert!(!stderr.contains("hunter2"), "{stderr}");
    assert!(!copy.exists());
}

#[tokio::test]
async fn a_copy_of_a_live_database_is_that_database_and_its_owners_alone() {
    let deployment = Deployment::start();
    let mut ada = deployment.browser("ada");
    ada.sign_up("ada").await;
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("passkeep.sqlite");
    let copied = deployment.json(&["backup", copy.to_str().unwrap()]);
    let metadata = std::fs::metadata(&copy).unwrap();
    assert_eq!(copied["bytes"], metadata.len());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    }
    deployment.browser("bob").sign_up("bob").await;

    let again = deployment.run(&["backup", copy.to_str().unwrap()]);
    let shown = copy.display();
    let exists = format!("passkeep: {shown} exists, and is not overwritten; choose another name");
    assert_failure(&again, &exists);

    let listed = on(folder.path(), &["users", "list"]);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.starts_with("ada "), "{listed}");
    assert_eq!(listed.lines().count(), 1, "{listed}");

    // Restored, it signs in whom it knew.
    let from = folder.path().display().to_string();
    let environment = [("PASSKEEP_DATA_DIR", &*from), ("PASSKEEP_ORIGINS", ORIGIN)];
    let (_, server) = Running::with(&folder, &environment);
    let mut ada = ada.at(over_tcp(&server));
    ada.cookies.clear();
    let started = ada.start_sign_in().await;
    let finish = ada.assert(started);
    assert_eq!(ada.post(AUTHENTICATION_FINISH, finish).await.status, 200);
}

#[test]
fn no_part_of_a_copy_that_failed_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passkeep.sqlite");
    std::fs::write(
        &file,
        "no database, and long enough to be seen as none by its first bytes",
    )
    .unwrap();
    let copy = folder.path().join("copy");
    let output = on(folder.path(), &["backup", copy.to_str().unwrap()]);
    assert_failure(&output, "passkeep: cannot open the database ");
    let error = SqliteStore::back_up(&file, &copy).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the store is not consistent: "),
        "{error}"
    );
    assert!(!copy.exists());
}

#[tokio::test]
async fn looking_at_a_database_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.sqlite");
    let error = SqliteStore::inspect(&file).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the store is not available: "),
        "{error}"
    );
    assert!(!file.exists());
    SqliteStore::open(SqliteOptions::new(&file))
        .unwrap()
        .ping()
        .await
        .unwrap();
    let inspection = SqliteStore::inspect(&file).unwrap();
    assert_eq!(
        (inspection.schema, inspection.clock),
        (inspection.known, None)
    );
}
