//! Kills servers under load, again and again over the same database, and checks what is left each time:
//! every registration that was acknowledged signs in, every session that was opened is open, no ceremony that was spent works
//! again, and what was under way has happened or not happened, but not in part.

use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use clap::Args;
use passkeep_protocol::api::{
    AuthenticationFinished, AuthenticationStarted, ErrorCode, Passkeys, ProblemDetails,
    RegistrationStarted, Session,
};
use passkeep_store::contract::postgres::Cluster;
use serde_json::json;
use tokio::task::JoinSet;

use crate::databases::{Database, folder};
use crate::http::{
    AUTHENTICATION_FINISH, AUTHENTICATION_START, Answer, Browser, Cookies, PASSKEYS,
    REGISTRATION_FINISH, REGISTRATION_START, SESSION,
};
use crate::people::Person;
use crate::server::Server;
use crate::{Engine, Recording, Result};

/// How many clients there are.
const CLIENTS: usize = 8;

/// After how many acknowledged finishes there is a kill, at least; up to twice as many.
const ACKNOWLEDGED: usize = 20;

/// Every so many rounds PostgreSQL itself crashes, and not the server.
const DATABASE_CRASH: u32 = 10;

/// How many people of earlier rounds sign in after each kill. All of them do in the end.
const SAMPLE: usize = 5;

/// How long a server may take to be ready again.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    recording: Recording,
    /// The databases to use.
    #[arg(long, value_delimiter = ',', default_value = "sqlite,postgres")]
    stores: Vec<Engine>,
    /// How often a server is killed, on each store.
    #[arg(long, default_value_t = 200)]
    kills: u32,
}

/// A finish that was sent.
struct Finish {
    person: Person,
    path: &'static str,
    body: String,
    /// Before it was answered.
    cookies: Cookies,
    /// After it was answered; none if it was not.
    acknowledged: Option<Cookies>,
}

/// What the clients of all rounds have in common.
#[derive(Default)]
struct Ledger {
    finishes: Mutex<Vec<Finish>>,
    acknowledged: AtomicUsize,
    next_person: AtomicU64,
    members: Mutex<Vec<Person>>,
}

/// What was found in all rounds.
#[derive(Default)]
struct Tally {
    registrations: usize,
    sign_ins: usize,
    done_in_doubt: usize,
    undone_in_doubt: usize,
    database_crashes: u32,
}

pub(crate) async fn run(options: Options) -> Result<()> {
    let folder = folder()?;
    let mut rows = Vec::new();
    for &engine in &options.stores {
        let began = Instant::now();
        let tally = kill_and_check(engine, &options, folder.path()).await?;
        println!(
            "{}: {} kills (and {} crashes of the database) in {:.0?}: {} registrations and {} sign-ins acknowledged, none lost, \
             none spent twice; of {} under way, {} had happened and {} not, none in part",
            engine.name(),
            options.kills - tally.database_crashes,
            tally.database_crashes,
            began.elapsed(),
            tally.registrations,
            tally.sign_ins,
            tally.done_in_doubt + tally.undone_in_doubt,
            tally.done_in_doubt,
            tally.undone_in_doubt,
        );
        // What is lost or spent twice ends the run.
        rows.push(json!({
            "store": engine.name(),
            "kills": options.kills - tally.database_crashes,
            "database_crashes": tally.database_crashes,
            "registrations": tally.registrations,
            "sign_ins": tally.sign_ins,
            "done_in_doubt": tally.done_in_doubt,
            "undone_in_doubt": tally.undone_in_doubt,
        }));
    }
    options.recording.write(&json!({ "rows": rows }))
}

async fn kill_and_check(engine: Engine, options: &Options, folder: &Path) -> Result<Tally> {
    let cluster = (engine == Engine::Postgres).then(Cluster::start);
    let name = format!("{engine:?}");
    let database = Database::create(engine, folder, &name, cluster.as_ref()).await?;
    let log = folder.join(format!("{name}.log"));
    let start = || Server::start(&options.recording.server, &database, &log);
    let ledger = Arc::new(Ledger::default());
    let mut tally = Tally::default();
    let mut server = start()?;
    for round in 1..=options.kills {
        let goal = ledger.acknowledged.load(Ordering::Relaxed)
            + ACKNOWLEDGED
            + round as usize % ACKNOWLEDGED;
        let mut clients = JoinSet::new();
        for number in 0..CLIENTS {
            clients.spawn(client(server.port, number, Arc::clone(&ledger)));
        }
        let began = Instant::now();
        while ledger.acknowledged.load(Ordering::Relaxed) < goal && began.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        match &cluster {
            Some(cluster)
                if round % DATABASE_CRASH == 0
                    || options.kills < DATABASE_CRASH && round == options.kills =>
            {
                tally.database_crashes += 1;
                cluster.crash();
                join(clients).await?;
                cluster.start_again();
                until_ready(server.port).await?;
            }
            _ => {
                server.kill()?;
                join(clients).await?;
                server = start()?;
            }
        }
        check(server.port, &ledger, &mut tally)
            .await
            .map_err(|error| format!("{}, after kill {round}: {error}", engine.name()))?;
        if round % 20 == 0 {
            eprintln!("{}: {round} of {} kills", engine.name(), options.kills);
        }
    }
    let mut browser = Browser::open(server.port).await?;
    let members = std::mem::take(&mut *lock(&ledger.members));
    for member in members {
        sign_in(&mut browser, member).await?;
    }
    server.kill()?;
    Ok(tally)
}

async fn join(mut clients: JoinSet<Result<()>>) -> Result<()> {
    while let Some(result) = clients.join_next().await {
        result??;
    }
    Ok(())
}

/// Signs people up and in until the server no longer answers as it should.
async fn client(port: u16, number: usize, ledger: Arc<Ledger>) -> Result<()> {
    let Ok(mut browser) = Browser::open(port).await else {
        return Ok(());
    };
    for turn in number.. {
        browser.cookies.clear();
        let member = if turn % 2 == 0 {
            None
        } else {
            ledger.somebody(turn)
        };
        let Ok(finish) = start(&mut browser, member, &ledger).await else {
            return Ok(());
        };
        let Some(mut finish) = finish else {
            return Ok(());
        };
        let answer = browser.post_text(finish.path, finish.body.clone()).await;
        let over = match answer {
            Ok(answer) if matches!(answer.status.as_u16(), 200 | 201) => {
                finish.acknowledged = Some(browser.cookies.clone());
                ledger.acknowledged.fetch_add(1, Ordering::Relaxed);
                false
            }
            // Whether it was done is to be seen.
            Ok(answer) if answer.status == StatusCode::SERVICE_UNAVAILABLE => true,
            Ok(answer) => return Err(format!("{} refused: {answer}", finish.path).into()),
            Err(_) => true,
        };
        lock(&ledger.finishes).push(finish);
        if over {
            return Ok(());
        }
    }
    Ok(())
}

/// Starts a sign-in of a member or the sign-up of somebody new; none if the server could not.
async fn start(
    browser: &mut Browser,
    member: Option<Person>,
    ledger: &Ledger,
) -> Result<Option<Finish>> {
    let (person, path, body) = match member {
        Some(mut person) => {
            let answer = browser.post(AUTHENTICATION_START, &json!({})).await?;
            if answer.status == StatusCode::SERVICE_UNAVAILABLE {
                return Ok(None);
            }
            let started: AuthenticationStarted = answer.json(200)?;
            let body = serde_json::to_string(&person.get(started)?)?;
            (person, AUTHENTICATION_FINISH, body)
        }
        None => {
            let mut person = Person::new(ledger.next_person.fetch_add(1, Ordering::Relaxed));
            let sign_up = json!({ "flow": "sign-up", "userName": person.name() });
            let answer = browser.post(REGISTRATION_START, &sign_up).await?;
            if answer.status == StatusCode::SERVICE_UNAVAILABLE {
                return Ok(None);
            }
            let started: RegistrationStarted = answer.json(200)?;
            let body = serde_json::to_string(&person.create(started)?)?;
            (person, REGISTRATION_FINISH, body)
        }
    };
    Ok(Some(Finish {
        person,
        path,
        body,
        cookies: browser.cookies.clone(),
        acknowledged: None,
    }))
}

impl Ledger {
    fn somebody(&self, turn: usize) -> Option<Person> {
        let members = lock(&self.members);
        let number = turn.checked_rem(members.len())?;
        members.get(number).cloned()
    }
}

async fn until_ready(port: u16) -> Result<()> {
    let began = Instant::now();
    loop {
        let answer = Browser::open(port).await?.get("/readyz").await?;
        if answer.status == StatusCode::OK {
            return Ok(());
        }
        if began.elapsed() > PATIENCE {
            return Err(format!("the server is not ready after {PATIENCE:?}: {answer}").into());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Looks at everything that was sent in this round, and at some of what was before.
async fn check(port: u16, ledger: &Ledger, tally: &mut Tally) -> Result<()> {
    let mut browser = Browser::open(port).await?;
    let finishes = std::mem::take(&mut *lock(&ledger.finishes));
    for finish in finishes {
        let Finish {
            person,
            path,
            body,
            cookies,
            acknowledged,
        } = finish;
        if let Some(cookies) = &acknowledged {
            browser.cookies.clone_from(cookies);
            let session: Session = browser.get(SESSION).await?.json(200)?;
            let name = session.account.map(|account| account.user_name);
            if name != Some(person.name()) {
                return Err(format!("the session of {} is {name:?}'s", person.name()).into());
            }
        }
        browser.cookies = cookies;
        let again = browser.post_text(path, body).await?;
        let was_done = was_spent(&again)?;
        match (was_done, &acknowledged) {
            (false, Some(_)) => {
                return Err(format!("a finish of {} was good twice", person.name()).into());
            }
            (true, None) => tally.done_in_doubt += 1,
            (false, None) => tally.undone_in_doubt += 1,
            (true, Some(_)) if path == REGISTRATION_FINISH => tally.registrations += 1,
            (true, Some(_)) => tally.sign_ins += 1,
        }
        if path == REGISTRATION_FINISH {
            sign_in(&mut browser, person.clone()).await?;
            lock(&ledger.members).push(person);
        }
    }
    let sample: Vec<_> = (0..SAMPLE)
        .filter_map(|it| ledger.somebody(it * 7919))
        .collect();
    for person in sample {
        sign_in(&mut browser, person).await?;
    }
    Ok(())
}

/// Whether a finish that was sent again was refused because it had been done; if not, it must have been done now.
fn was_spent(answer: &Answer) -> Result<bool> {
    if matches!(answer.status.as_u16(), 200 | 201) {
        return Ok(false);
    }
    let problem: ProblemDetails = answer.json(409)?;
    if problem.code != ErrorCode::CeremonySpent {
        return Err(format!("a finish that was sent again: {answer}").into());
    }
    Ok(true)
}

/// Signs somebody in, who must have exactly one passkey.
async fn sign_in(browser: &mut Browser, mut person: Person) -> Result<()> {
    browser.cookies.clear();
    let started = browser.post(AUTHENTICATION_START, &json!({})).await?;
    let finish = person.get(started.json(200)?)?;
    let answer = browser.post(AUTHENTICATION_FINISH, &finish).await?;
    let finished: AuthenticationFinished = answer.json(200)?;
    let passkeys: Passkeys = browser.get(PASSKEYS).await?.json(200)?;
    let (name, count) = (finished.account.user_name, passkeys.passkeys.len());
    if (name.as_str(), count) != (person.name().as_str(), 1) {
        return Err(format!(
            "{name} with {count} passkeys instead of {} with one",
            person.name()
        )
        .into());
    }
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
