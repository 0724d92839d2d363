//! The program `passkeep`, as a process.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::process::{Running, assert_failure, passkeep};

fn answer(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn it_serves_until_it_is_told_to_stop_and_answers_what_it_has_accepted() {
    let data = tempfile::tempdir().unwrap();
    let server = Running::start(&data);
    let mut health = server.connect();
    health
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    let health = answer(health);
    assert!(health.starts_with("HTTP/1.1 200 OK\r\n"), "{health}");
    assert!(health.ends_with("\r\n\r\nok"), "{health}");

    let mut accepted = server.connect();
    let head = "POST /api/v1/authentication/start HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
        Content-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    accepted.write_all(head.as_bytes()).unwrap();
    // The server asks for the body only when it has begun to handle the request.
    let mut interim = [0; 25];
    accepted.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    server.terminate();
    std::thread::sleep(Duration::from_millis(300));
    accepted.write_all(b"{}").unwrap();
    let accepted = answer(accepted);
    assert!(accepted.starts_with("HTTP/1.1 200 OK\r\n"), "{accepted}");

    let (status, log) = server.wait();
    assert_eq!(status, Some(0), "{log}");
    let ceremony = accepted
        .split("\"ceremony\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert!(ceremony.len() > 100, "{ceremony}");
    assert!(!log.contains(ceremony), "{log}");
    assert!(log.contains("/api/v1/authentication/start"), "{log}");
    assert!(log.contains("the store is the SQLite database "), "{log}");
    assert!(data.path().join("deep/data/passkeep.sqlite").is_file());
}

#[test]
fn a_variable_that_sets_nothing_keeps_it_from_starting() {
    for arguments in [&["serve"][..], &["config"], &["keys", "list"]] {
        let mut command = passkeep(arguments);
        command.env("PASSKEEP_DATABASE", "postgres://localhost/passkeep");
        let expected =
            "passkeep: there is no setting PASSKEEP_DATABASE; the nearest is PASSKEEP_DATABASE_URL";
        assert_failure(&command.output().unwrap(), expected);
    }
}

#[test]
fn an_error_names_a_setting_as_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.toml");
    std::fs::write(&file, "listen = \"8080\"\n").unwrap();
    let file = file.to_str().unwrap();
    let why = "passkeep: cannot listen on 8080: give the address too, as in 127.0.0.1:8080";
    for (arguments, variable, expected) in [
        (&["--listen", "8080"][..], None, format!("{why} (--listen)")),
        (&[], Some("8080"), format!("{why} (PASSKEEP_LISTEN)")),
        (&["--config", file], None, format!("{why} (listen in {file})")),
        (
            &["--config", "none.toml"],
            None,
            "passkeep: cannot read the configuration none.toml: No such file or directory (os error 2) (--config)"
                .to_owned(),
        ),
    ] {
        let mut command = passkeep(&[&["serve"], arguments].concat());
        command.env("PASSKEEP_DATA_DIR", folder.path());
        command.env("PASSKEEP_LISTEN", variable.unwrap_or_default());
        assert_failure(&command.output().unwrap(), &expected);
    }
}

#[test]
fn a_connection_too_many_waits_for_another_to_end() {
    let data = tempfile::tempdir().unwrap();
    let (_, server) = Running::with(&data, &[("PASSKEEP_MAX_CONNECTIONS", "1")]);
    let first = server.connect();
    std::thread::sleep(Duration::from_millis(300));
    let mut second = server.connect();
    second
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    let wait = Some(Duration::from_millis(500));
    second.set_read_timeout(wait).unwrap();
    let error = second.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
    drop(first);
    let patience = Some(Duration::from_secs(30));
    second.set_read_timeout(patience).unwrap();
    let health = answer(second);
    assert!(health.starts_with("HTTP/1.1 200 OK\r\n"), "{health}");
    server.terminate();
    let (status, log) = server.wait();
    assert_eq!(status, Some(0), "{log}");
    let warning = "all 1 connections are in use, so new ones wait (PASSKEEP_MAX_CONNECTIONS)";
    assert!(log.contains(warning), "{log}");
}

#[test]
fn metrics_have_a_port_of_their_own() {
    let data = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = port.local_addr().unwrap().to_string();
    drop(port);
    let (_, server) = Running::with(&data, &[("PASSKEEP_METRICS_LISTEN", &address)]);
    let request = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let mut apart = TcpStream::connect(&address).unwrap();
    apart.write_all(request).unwrap();
    let apart = answer(apart);
    assert!(apart.contains("\npasskeep_build_info{"), "{apart}");
    let mut public = server.connect();
    public.write_all(request).unwrap();
    let public = answer(public);
    assert!(public.starts_with("HTTP/1.1 404 "), "{public}");
    server.terminate();
    assert_eq!(server.wait().0, Some(0));
}

#[test]
fn a_taken_port_is_named() {
    let data = tempfile::tempdir().unwrap();
    let server = Running::start(&data);
    let address = format!("127.0.0.1:{}", server.port);
    let output = passkeep(&["serve", "--listen", &address])
        .current_dir(data.path())
        .output()
        .unwrap();
    assert_failure(
        &output,
        &format!(
            "passkeep: another program listens on {address} already; stop it or choose another port (--listen)\n"
        ),
    );
}

#[test]
fn what_cannot_work_is_said_in_one_line() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("file");
    std::fs::write(&file, "").unwrap();
    for (flags, message) in [
        (
            ["--origins", "http://example.org"],
            "passkeep: the origin \"http://example.org\" cannot be accepted: ",
        ),
        (
            ["--data-dir", file.to_str().unwrap()],
            "passkeep: cannot open the database ",
        ),
        (
            ["--listen", "nonsense"],
            "passkeep: cannot listen on nonsense: ",
        ),
        (
            ["--log", "info=x=y"],
            "passkeep: \"info=x=y\" is no log filter: ",
        ),
    ] {
        let output = passkeep(
            &["serve", "--listen", "127.0.0.1:0"][..if flags[0] == "--listen" { 1 } else { 3 }],
        )
        .args(flags)
        .current_dir(data.path())
        .output()
        .unwrap();
        assert_failure(&output, message);
    }
}

#[test]
fn what_is_wrong_with_a_database_is_said_without_its_password() {
    let data = tempfile::tempdir().unwrap();
    for (url, message) in [
        (
            "postgres://ada:hunter2@localhost:1/passkeep",
            "passkeep: cannot use the database passkeep at localhost:1: the store is not available: ",
        ),
        (
            "postgres://ada:hun@ter2@localhost/passkeep",
            "passkeep: no database can have that URL: it has more than one @; in a password it is written %40 ",
        ),
        (
            "mysql://ada:hunter2@localhost/passkeep",
            "passkeep: no database can have that URL: it does not begin with postgres:// ",
        ),
    ] {
        let output = passkeep(&["serve", "--listen", "127.0.0.1:0"])
            .env("PASSKEEP_DATABASE_URL", url)
            .current_dir(data.path())
            .output()
            .unwrap();
        assert_failure(&output, message);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!stderr.contains("ter2"), "{stderr}");
    }
    let help = passkeep(&["serve", "--help"])
        .env(
            "PASSKEEP_DATABASE_URL",
            "postgres://ada:hunter2@db/passkeep",
        )
        .output()
        .unwrap();
    let help = String::from_utf8_lossy(&help.stdout);
    assert!(help.contains("PASSKEEP_DATABASE_URL"), "{help}");
    assert!(!help.contains("hunter2"), "{help}");
}

#[test]
fn it_says_its_version() {
    let output = passkeep(&["--version"]).output().unwrap();
    let expected = format!("passkeep {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}
