//! `passkeep users`

use passkeep_protocol::api::{ErrorCode, RegistrationFinished};
use serde_json::json;

use crate::deployment::{Deployment, ORIGIN};
use crate::process::{assert_failure, passkeep};
use crate::support::{AUTHENTICATION_FINISH, REGISTRATION_FINISH, REGISTRATION_START};

#[tokio::test]
async fn accounts_are_listed_by_name_and_a_page_at_a_time() {
    let deployment = Deployment::start();
    for name in ["cy", "Ada", "bob"] {
        deployment.browser(name).sign_up(name).await;
    }
    let users = deployment.json(&["users", "list"]);
    let names = |users: &serde_json::Value| {
        let users = users.as_array().unwrap().iter();
        let names = users.map(|user| user["userName"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(&users), ["Ada", "bob", "cy"]);
    assert_eq!(users[0]["passkeys"], 1);
    assert_eq!(users[0]["lockedAt"], json!(null));
    let page = deployment.json(&["users", "list", "--after", "ada", "--limit", "1"]);
    assert_eq!(names(&page), ["bob"]);
    let text = deployment.text(&["users", "list"]);
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(
        text.starts_with("Ada                      1 passkey     created "),
        "{text}"
    );
}

#[tokio::test]
async fn an_account_is_shown_with_what_it_has() {
    let deployment = Deployment::start();
    let mut ada = deployment.browser("ada");
    ada.sign_up("ada").await;
    ada.sign_in().await;
    let user = deployment.json(&["users", "show", "ADA"]);
    assert_eq!(user["userName"], "ada");
    assert_eq!(user["passkeys"].as_array().unwrap().len(), 1);
    // The sign-in took the place of the session of the sign-up.
    assert_eq!(user["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(user["devices"], json!([]));
    assert_eq!(user["recoveryCodes"]["left"], 0);
    assert_eq!(user["activity"][0]["kind"], "signed_in");
    assert_eq!(user["activity"][1]["kind"], "account_created");
    let text = deployment.text(&["users", "show", "ada"]);
    for expected in [
        "ada (ada)\n",
        "\n1 passkey\n",
        "\n1 session\n",
        "  signed in\n",
        "\n0 recovery codes left\n",
    ] {
        assert!(text.contains(expected), "{expected:?} in {text}");
    }
    // Nothing of it opens anything.
    let token = ada.cookies.values().next().unwrap();
    assert!(!text.contains(token), "{text}");
}

#[tokio::test]
async fn a_locked_account_is_shut_until_it_is_unlocked() {
    let deployment = Deployment::start();
    let mut ada = deployment.browser("ada");
    ada.sign_up("ada").await;
    let since = deployment.json(&["users", "lock", "ada"])["lockedAt"].clone();
    assert_eq!(ada.signed_in_as().await, None);
    let started = ada.start_sign_in().await;
    let finish = ada.assert(started);
    let refused = ada.post(AUTHENTICATION_FINISH, finish).await;
    refused.problem(ErrorCode::AccountLocked, 403);
    // Once more changes nothing.
    let again = deployment.json(&["users", "lock", "ada"])["lockedAt"].clone();
    assert_eq!(again, since);
    assert_failure(
        &deployment.run(&["users", "recovery-link", "ada"]),
        "passkeep: the account of \"ada\" is locked, and nobody can sign in to it; unlock it first",
    );
    let user = deployment.json(&["users", "show", "ada"]);
    assert_eq!(user["lockedAt"], since);
    // The refused sign-in is written behind its answer, so it is in the list by now or not yet.
    let activity = user["activity"].as_array().unwrap();
    let locked = activity
        .iter()
        .position(|it| it["kind"] == "account_locked");
    assert!(matches!(locked, Some(0 | 1)), "{activity:?}");
    assert_eq!(activity[locked.unwrap()]["device"], "operator");

    assert_eq!(
        deployment.text(&["users", "unlock", "ada"]),
        "ada is unlocked.\n"
    );
    assert_eq!(
        deployment.text(&["users", "unlock", "ada"]),
        "ada was not locked.\n"
    );
    ada.sign_in().await;
}

#[tokio::test]
async fn an_account_is_deleted_only_if_it_is_meant() {
    let deployment = Deployment::start();
    let mut ada = deployment.browser("ada");
    ada.sign_up("ada").await;
    assert_failure(
        &deployment.run(&["users", "delete", "ada"]),
        "passkeep: nobody can be asked here whether the account is to be deleted; say --yes if it is",
    );
    assert_eq!(ada.signed_in_as().await.as_deref(), Some("ada"));
    let deleted = deployment.text(&["users", "delete", "ada", "--yes"]);
    assert_eq!(deleted, "ada is deleted.\n");
    assert_eq!(ada.signed_in_as().await, None);
    assert_failure(
        &deployment.run(&["users", "delete", "ada", "--yes"]),
        "passkeep: there is no user \"ada\"; `passkeep users list` shows those that there are",
    );
}

#[tokio::test]
async fn a_recovery_link_gives_an_account_one_new_passkey() {
    let deployment = Deployment::start();
    deployment.browser("lost").sign_up("ada").await;
    let link = deployment.json(&["users", "recovery-link", "ada"]);
    assert_eq!(link["expiresIn"], 600);
    let url = link["url"].as_str().unwrap();
    let (site, token) = url.split_once("/#enrol=").unwrap();
    assert_eq!(site, ORIGIN);
    let mut new = deployment.browser("new");
    let start = json!({ "flow": "enrol", "link": token });
    let started = new.post(REGISTRATION_START, &start).await.json(200);
    let finish = new.create(started);
    let finished: RegistrationFinished = new.post(REGISTRATION_FINISH, finish).await.json(201);
    assert_eq!(finished.account.user_name, "ada");
    let again = new.post(REGISTRATION_START, &start).await;
    again.problem(ErrorCode::EnrolmentLinkUnknown, 404);
    let user = deployment.json(&["users", "show", "ada"]);
    let kinds = ["passkey_enrolled", "enrolment_link_made", "account_created"];
    for (index, kind) in kinds.into_iter().enumerate() {
        assert_eq!(user["activity"][index]["kind"], kind);
    }
    assert_eq!(user["activity"][1]["device"], "operator");
}

#[tokio::test]
async fn a_name_that_nobody_can_have_is_named() {
    let deployment = Deployment::start();
    assert_failure(
        &deployment.run(&["users", "show", "ada lovelace"]),
        "passkeep: \"ada lovelace\" is no user name: it has a character that is not allowed",
    );
}

#[test]
fn no_database_is_made_by_a_command_that_looks_for_one() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("none");
    let output = passkeep(&["users", "list", "--data-dir", folder.to_str().unwrap()]).output();
    assert_failure(&output.unwrap(), "passkeep: there is no database ");
    assert!(!folder.exists());
}

#[tokio::test]
async fn accounts_are_imported_with_the_hashes_of_their_passwords() {
    const HASH: &str = "$argon2id$v=19$m=256,t=1,p=1$c29tZSBzYWx0IGhlcmU$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let deployment = Deployment::start();
    deployment.browser("taken").sign_up("taken").await;
    let line = |name: &str, hash: &str| json!({ "userName": name, "passwordHash": hash });
    let lines = [
        line("ada", HASH).to_string(),
        String::new(),
        line("bob", "$2b$12$abcdefghijklmnopqrstuv").to_string(),
        line("Taken", HASH).to_string(),
        "{\"userName\": \"cy\"}".to_owned(),
        line("ada lovelace", HASH).to_string(),
        json!({ "userName": "dan", "displayName": "Dan D.", "passwordHash": HASH }).to_string(),
    ];
    let output = deployment.run_with(&["users", "import", "--json"], &lines.join("\n"));
    assert!(!output.status.success());
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said.trim(), r#"{"imported":2,"refused":4}"#);
    let errors = String::from_utf8(output.stderr).unwrap();
    let errors: Vec<_> = errors.lines().collect();
    assert!(errors[0].starts_with("line 3: the hash is "), "{errors:?}");
    assert_eq!(errors[1], "line 4: another account is called \"Taken\"");
    assert!(
        errors[2].starts_with("line 5: it is no account: missing field `passwordHash`"),
        "{errors:?}"
    );
    assert!(
        errors[3].starts_with("line 6: \"ada lovelace\" is no user name: "),
        "{errors:?}"
    );
    assert_eq!(errors[4], "passkeep: 4 lines could not be imported");
    let users = deployment.json(&["users", "list"]);
    let listed: Vec<_> = users.as_array().unwrap().iter().collect();
    let with: Vec<_> = listed
        .iter()
        .filter(|it| it["hasPassword"] == true)
        .collect();
    assert_eq!((listed.len(), with.len()), (3, 2));
    assert_eq!(with[1]["displayName"], "Dan D.");
    let ada = deployment.json(&["users", "show", "ada"]);
    assert_eq!(ada["password"]["lastUsedAt"], json!(null));
    assert_eq!(ada["activity"][0]["kind"], "account_imported");
    let text = deployment.text(&["users", "list"]);
    assert_eq!(text.matches("  password").count(), 2, "{text}");
}

#[tokio::test]
async fn an_imported_account_signs_in_and_its_hash_is_brought_up_to_date() {
    use argon2::password_hash::PasswordHasher as _;
    let params = argon2::Params::new(256, 1, 1, None).unwrap();
    let hash =
        argon2::Argon2::from(params).hash_password_with_salt(b"open sesame", b"some salt here!!");
    let line = json!({ "userName": "ada", "passwordHash": hash.unwrap().to_string() });
    let deployment = Deployment::with(vec![("PASSKEEP_PASSWORDS", "sign-in".to_owned())]);
    let output = deployment.run_with(&["users", "import"], &line.to_string());
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "1 account imported.\n"
    );
    let file = deployment.data.path().join("deep/data/passkeep.sqlite");
    let database = rusqlite::Connection::open(file).unwrap();
    let kept = || {
        let hash = database.query_row("SELECT hash FROM passwords", [], |row| row.get(0));
        let hash: String = hash.unwrap();
        hash[..hash.rfind("$").unwrap()]
            .rsplit_once('$')
            .unwrap()
            .0
            .to_owned()
    };
    assert_eq!(kept(), "$argon2id$v=19$m=256,t=1,p=1");
    let mut ada = deployment.browser("ada");
    let body = |password: &str| json!({ "userName": "ada", "password": password });
    for _ in 0..2 {
        let answer = ada
            .post("/api/v1/password/sign-in", body("open sesame"))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(kept(), "$argon2id$v=19$m=19456,t=2,p=1");
    }
    let user = deployment.json(&["users", "show", "ada"]);
    assert!(user["password"]["lastUsedAt"].is_u64(), "{user}");
    assert_eq!(user["sessions"][0]["method"], "password");

    deployment.json(&["users", "lock", "ada"]);
    let answer = ada
        .post("/api/v1/password/sign-in", body("open sesame"))
        .await;
    answer.problem(ErrorCode::AccountLocked, 403);
    let answer = ada
        .post("/api/v1/password/sign-in", body("wrong password"))
        .await;
    answer.problem(ErrorCode::PasswordRefused, 401);
}
