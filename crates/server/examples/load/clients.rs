//! People who sign in at the same time.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use passkeep_protocol::api::{AuthenticationFinished, AuthenticationStarted};
use serde_json::json;
use tokio::task::JoinSet;

use crate::Result;
use crate::http::{
    AUTHENTICATION_FINISH, AUTHENTICATION_START, Browser, Cookies, FLOOR_FINISH, FLOOR_SEALING,
    FLOOR_START, SESSION,
};
use crate::people::Person;

/// People, and whose turn it is.
#[derive(Clone, Default)]
pub(crate) struct Crowd {
    people: Arc<Vec<Person>>,
    next: Arc<AtomicUsize>,
}

/// What they do.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    /// They sign in.
    SignIn,
    /// They only ask for options, as a page does that offers passkeys in a field.
    Start,
    /// They sign in on a floor, where everybody is answered as this person is.
    SignInOnFloor(String),
    /// They only ask a floor.
    StartOnFloor,
    /// They only ask a floor that draws and seals.
    StartOnSealingFloor,
    /// They ask who is signed in, each with the session that is theirs.
    UseSession(Arc<Vec<Cookies>>),
}

/// A stretch of time under load.
pub(crate) struct Slice {
    pub(crate) latencies: Vec<Duration>,
    pub(crate) elapsed: Duration,
}

/// Where to start and to finish.
const SERVER: [&str; 2] = [AUTHENTICATION_START, AUTHENTICATION_FINISH];
const FLOOR: [&str; 2] = [FLOOR_START, FLOOR_FINISH];

/// Of how many accounts of a database the authenticators are made before the measurements. Making one takes about as long as
/// a signature.
const PREPARED: u64 = 20_000;

impl Crowd {
    /// People from a database that has so many, spread over all of them.
    pub(crate) async fn of(size: u64) -> Result<Self> {
        let count = size.min(PREPARED);
        let mut numbers: Vec<u64> = (0..count).map(|it| it * size / count).collect();
        // Who signed up one after the other are neighbours in the database, and nobody signs in in that order.
        numbers
            .sort_by_key(|number| BuildHasherDefault::<DefaultHasher>::default().hash_one(number));
        let people = move || numbers.into_iter().map(Person::prepared).collect();
        let people: Result<Vec<_>> = tokio::task::spawn_blocking(people).await?;
        Ok(Self {
            people: Arc::new(people?),
            next: Arc::default(),
        })
    }

    /// One of them.
    pub(crate) fn anybody(&self) -> Result<Person> {
        Ok(self.people.first().ok_or("nobody is there")?.clone())
    }

    pub(crate) fn len(&self) -> usize {
        self.people.len()
    }

    /// So many of them who sign in, and the session of each.
    pub(crate) async fn signed_in(
        &self,
        count: usize,
        ports: &[u16],
        concurrency: usize,
    ) -> Result<(Self, Arc<Vec<Cookies>>)> {
        let people: Vec<_> = self.people.iter().take(count).cloned().collect();
        let people = Arc::new(people);
        let mut clients = JoinSet::new();
        for (first, port) in ports.iter().cycle().take(concurrency).copied().enumerate() {
            let people = Arc::clone(&people);
            clients.spawn(async move {
                let mut browser = Browser::open(port).await?;
                let mut sessions = Vec::new();
                for (number, person) in people.iter().enumerate().skip(first).step_by(concurrency) {
                    sign_in(&mut browser, person.clone(), SERVER, &person.name()).await?;
                    sessions.push((number, browser.cookies.clone()));
                }
                Ok::<_, Box<dyn std::error::Error + Send + Sync>>(sessions)
            });
        }
        let mut sessions = BTreeMap::new();
        while let Some(more) = clients.join_next().await {
            sessions.extend(more??);
        }
        let crowd = Self {
            people,
            next: Arc::default(),
        };
        Ok((crowd, Arc::new(sessions.into_values().collect())))
    }

    /// The same people, nobody of whom has had a turn.
    pub(crate) fn again(&self) -> Self {
        Self {
            people: Arc::clone(&self.people),
            next: Arc::default(),
        }
    }

    /// Has people do it one after the other on each of so many connections, in turn to each of these ports: for so long, or
    /// everybody once.
    pub(crate) async fn work(
        &self,
        work: &Work,
        ports: &[u16],
        concurrency: usize,
        duration: Option<Duration>,
    ) -> Result<Slice> {
        let began = Instant::now();
        let mut clients = JoinSet::new();
        for port in ports.iter().cycle().take(concurrency).copied() {
            let (crowd, work) = (self.clone(), work.clone());
            clients.spawn(async move {
                let mut browser = Browser::open(port).await?;
                if let Work::StartOnFloor | Work::StartOnSealingFloor = work {
                    // As long as the one that a server has given a page which asks it.
                    let (name, value) = ("passkeep-browser", "A".repeat(43));
                    browser.cookies.insert(name.to_owned(), value);
                }
                let mut latencies = Vec::new();
                loop {
                    let number = crowd.next.fetch_add(1, Ordering::Relaxed);
                    let over = match duration {
                        Some(duration) => began.elapsed() >= duration,
                        None => number >= crowd.people.len(),
                    };
                    let person = crowd.people.get(number % crowd.people.len());
                    let Some(person) = person.filter(|_| !over) else {
                        return Ok::<_, Box<dyn std::error::Error + Send + Sync>>(latencies);
                    };
                    latencies.push(match &work {
                        Work::Start => start(&mut browser, AUTHENTICATION_START).await?,
                        Work::StartOnFloor => start(&mut browser, FLOOR_START).await?,
                        Work::StartOnSealingFloor => start(&mut browser, FLOOR_SEALING).await?,
                        Work::UseSession(sessions) => {
                            let session = sessions.get(number).ok_or("nobody is signed in")?;
                            browser.cookies.clone_from(session);
                            let began = Instant::now();
                            let answer = browser.get(SESSION).await?;
                            answer.text(200)?;
                            began.elapsed()
                        }
                        Work::SignIn => {
                            let name = person.name();
                            sign_in(&mut browser, person.clone(), SERVER, &name).await?
                        }
                        Work::SignInOnFloor(name) => {
                            sign_in(&mut browser, person.clone(), FLOOR, name).await?
                        }
                    });
                }
            });
        }
        let mut latencies = Vec::new();
        while let Some(more) = clients.join_next().await {
            latencies.extend(more??);
        }
        Ok(Slice {
            latencies,
            elapsed: began.elapsed(),
        })
    }
}

/// Asks for options as a page does that asks anew before the last ones expire, and looks whether they came.
async fn start(browser: &mut Browser, path: &str) -> Result<Duration> {
    let began = Instant::now();
    let started = browser.post(path, &json!({})).await?;
    let latency = began.elapsed();
    started.text(200)?;
    Ok(latency)
}

/// Signs somebody in from a browser that has no cookies, and says how long both requests took: the person's own time, which
/// is that of the signature, is not the server's.
async fn sign_in(
    browser: &mut Browser,
    mut person: Person,
    [start, finish]: [&str; 2],
    answered_as: &str,
) -> Result<Duration> {
    browser.cookies.clear();
    let began = Instant::now();
    let started = browser.post(start, &json!({})).await?;
    let mut latency = began.elapsed();
    let started: AuthenticationStarted = started.json(200)?;
    let signed = serde_json::to_string(&person.get(started)?)?;
    let began = Instant::now();
    let finished = browser.post_text(finish, signed).await?;
    latency += began.elapsed();
    let finished: AuthenticationFinished = finished.json(200)?;
    if finished.account.user_name != answered_as {
        return Err(format!("{} instead of {answered_as}", finished.account.user_name).into());
    }
    Ok(latency)
}
