//! The program as a process that serves, and how to talk to it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::Response;
use tempfile::TempDir;

pub(crate) fn passkeep(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_passkeep"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PASSKEEP_")) {
        command.env_remove(name);
    }
    command.args(arguments);
    command
}

/// A server that runs, and is killed if a test fails.
pub(crate) struct Running {
    process: Child,
    pub(crate) port: u16,
    /// Reads what it logs as it comes: a full pipe would stop it.
    log: Option<JoinHandle<String>>,
}

impl Running {
    pub(crate) fn start(data: &TempDir) -> Self {
        let running = Self::with(data, &[]);
        let expected = format!("http://localhost:{}", running.1.port);
        assert_eq!(running.0, expected);
        running.1
    }

    /// Starts one with more of an environment, and returns the address that it tells people as well.
    pub(crate) fn with(data: &TempDir, environment: &[(&str, &str)]) -> (String, Self) {
        Self::by(passkeep(&["serve"]), data, environment)
    }

    /// Starts one by a command that becomes the program.
    pub(crate) fn by(
        mut command: Command,
        data: &TempDir,
        environment: &[(&str, &str)],
    ) -> (String, Self) {
        let mut process = command
            .env("PASSKEEP_LISTEN", "127.0.0.1:0")
            .env("PASSKEEP_DATA_DIR", data.path().join("deep/data"))
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        let told = line.strip_prefix("Passkeep is up at ");
        let (site, rest) = told
            .unwrap_or_else(|| panic!("{line:?}"))
            .split_once(' ')
            .unwrap();
        let port = rest.strip_prefix("(listening on 127.0.0.1:").unwrap();
        let port = port.strip_suffix(")\n").unwrap().parse().unwrap();
        let mut stderr = process.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            stderr.read_to_string(&mut log).unwrap();
            log
        });
        let log = Some(log);
        (site.to_owned(), Self { process, port, log })
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        stream
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn terminate(&self) {
        let id = self.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-TERM", &id])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Ends it at once, as `kill -9` does, wherever it is.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Its exit status, and what it logged.
    pub(crate) fn wait(mut self) -> (Option<i32>, String) {
        let status = self.process.wait().unwrap();
        let log = self.log.take().unwrap().join().unwrap();
        (status.code(), log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has usually ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Sends what a browser of the tests sends to the process.
pub(crate) fn over_tcp(server: &Running) -> Router {
    let stream = server.connect();
    let address = stream.peer_addr().unwrap();
    Router::new().fallback(move |request: Request| async move {
        let (head, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let forward = move || {
            let mut message = format!("{} {} HTTP/1.1\r\n", head.method, head.uri).into_bytes();
            for (name, value) in &head.headers {
                message
                    .extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
            }
            let length = body.len();
            let rest =
                format!("Host: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
            message.extend([rest.as_bytes(), &body].concat());
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            stream.write_all(&message).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        };
        read(&tokio::task::spawn_blocking(forward).await.unwrap())
    })
}

fn read(answer: &str) -> Response<Body> {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let mut response = Response::builder().status(status);
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        response = response.header(name, value);
    }
    response.body(Body::from(body.to_owned())).unwrap()
}

#[track_caller]
pub(crate) fn assert_failure(output: &Output, message: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.starts_with(message), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert_eq!(output.stdout, b"");
}
