//! Signs up at a running server, as an app or as a page, and prints what a client then sends to be known: the value of
//! `Authorization`, or of `Cookie`. For programs that test the API from outside.
//!
//! `sign_up http://localhost:8080 app` or `sign_up http://localhost:8080 page`

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

use passkeep_protocol::api::{
    CLIENT_HEADER, NATIVE_CLIENT, RegistrationFinish, RegistrationFinished, RegistrationStart,
    RegistrationStarted,
};
use passkeep_testkit::{Authenticator, Client};
use serde::Serialize;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [origin, who] = arguments.as_slice() else {
        return Err("usage: sign_up http://HOST:PORT app|page".into());
    };
    let is_app = match who.as_str() {
        "app" => true,
        "page" => false,
        _ => return Err("the second argument is `app` or `page`".into()),
    };
    // A server that is tested twice has the first account still.
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos();
    let user_name = format!("{who}-{now}");
    let mut authenticator = Authenticator::new(&user_name);
    let start = RegistrationStart::SignUp {
        user_name,
        display_name: None,
    };
    let mut server = Server {
        origin,
        is_app,
        cookies: Vec::new(),
    };
    let started = server.post("/api/v1/registration/start", &start)?;
    let started: RegistrationStarted = serde_json::from_str(&started)?;
    let credential = Client::new(origin).create(&started.options, &mut authenticator)?;
    let finish = RegistrationFinish {
        ceremony: started.ceremony,
        credential,
    };
    let finished = server.post("/api/v1/registration/finish", &finish)?;
    let finished: RegistrationFinished = serde_json::from_str(&finished)?;
    match finished.session {
        Some(session) => println!("Bearer {}", session.token),
        None => println!("{}", server.cookies.join("; ")),
    }
    Ok(())
}

struct Server<'a> {
    origin: &'a str,
    is_app: bool,
    cookies: Vec<String>,
}

impl Server<'_> {
    /// One request on a connection of its own: enough HTTP for a server on this machine.
    fn post(&mut self, path: &str, body: &impl Serialize) -> Result<String, Box<dyn Error>> {
        let address = self.origin.strip_prefix("http://");
        let address = address.ok_or("the server's address begins with http://")?;
        let body = serde_json::to_string(body)?;
        let who = match self.is_app {
            true => format!("{CLIENT_HEADER}: {NATIVE_CLIENT}\r\n"),
            false => format!("origin: {}\r\n", self.origin),
        };
        let cookies = match self.cookies.is_empty() {
            true => String::new(),
            false => format!("cookie: {}\r\n", self.cookies.join("; ")),
        };
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n{who}{cookies}\r\n{body}"
        );
        let mut connection = TcpStream::connect(address)?;
        connection.write_all(request.as_bytes())?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
        if !head.starts_with("HTTP/1.1 2") {
            return Err(format!("the server refused: {body}").into());
        }
        for line in head.lines() {
            if let Some((name, value)) = line.split_once(": ")
                && name.eq_ignore_ascii_case("set-cookie")
                && let Some(pair) = value.split(';').next()
            {
                self.cookies.push(pair.to_owned());
            }
        }
        Ok(body.to_owned())
    }
}
