//! What waits to be told: a line for each account, so that one account's events neither push out another's nor hold them up.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use passkeep_server::SecurityEvent;
use passkeep_store::AuditKind;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// How many events may wait: some megabytes.
const MOST: usize = 10_000;

/// And of one account. More come only from a script, or while a receiver has been gone for long.
const MOST_OF_ACCOUNT: usize = 100;

/// Whose events are told in their order: the account's id, if there is an account.
pub(super) type Line = Option<[u8; 16]>;

/// The lines.
pub(super) struct Waiting {
    lines: Mutex<Lines>,
    /// Told when there may be something to do.
    changed: Notify,
}

#[derive(Default)]
struct Lines {
    of: HashMap<Line, Events>,
    /// Whose turn comes next, of those whose first event can be told now.
    ready: VecDeque<Line>,
    /// Those whose first event is to be told again, and when.
    asleep: BTreeSet<(Instant, Line)>,
    count: usize,
    is_closed: bool,
}

struct Events {
    events: VecDeque<SecurityEvent>,
    /// How often the first of them has been told in vain.
    failures: usize,
    state: State,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum State {
    Ready,
    AsleepUntil(Instant),
    BeingTold,
}

/// The first event of a line.
pub(super) struct First {
    pub(super) line: Line,
    pub(super) event: SecurityEvent,
    /// How often it has been told in vain.
    pub(super) failures: usize,
}

/// An event that is not going to be told, and why.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Refused {
    pub(super) event: SecurityEvent,
    pub(super) why: &'static str,
}

impl Waiting {
    pub(super) fn new() -> Self {
        Self {
            lines: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// Takes an event. One may have to go for it, or not be taken.
    pub(super) fn put(&self, event: SecurityEvent) -> Result<(), Box<Refused>> {
        let put = self.lines().put(event);
        self.changed.notify_waiters();
        put
    }

    /// Takes nothing more.
    pub(super) fn close(&self) {
        self.lines().is_closed = true;
        self.changed.notify_waiters();
    }

    /// The first event of the line whose turn it is, once there is one. Nobody else is given an event of that line before it
    /// is [`done`](Self::done) or to be told [`again`](Self::again). None when nothing is left and nothing more is taken.
    pub(super) async fn next(&self) -> Option<First> {
        loop {
            let mut changed = pin!(self.changed.notified());
            // From here on no change is missed.
            changed.as_mut().enable();
            let wake = {
                let mut lines = self.lines();
                if let Some(first) = lines.take(Instant::now()) {
                    return Some(first);
                }
                if lines.is_closed && lines.of.is_empty() {
                    return None;
                }
                lines.asleep.first().map(|(at, _)| *at)
            };
            match wake {
                Some(at) => tokio::select! {
                    () = changed => {}
                    () = sleep_until(at) => {}
                },
                None => changed.await,
            }
        }
    }

    /// The first event of a line has been told, or given up.
    pub(super) fn done(&self, line: Line) {
        self.lines().done(line);
        self.changed.notify_waiters();
    }

    /// The first event of a line is to be told again then.
    pub(super) fn again(&self, line: Line, at: Instant) {
        self.lines().again(line, at);
        self.changed.notify_waiters();
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    fn put(&mut self, event: SecurityEvent) -> Result<(), Box<Refused>> {
        let refused = |event, why| Err(Box::new(Refused { event, why }));
        if self.is_closed {
            return refused(event, "the server is stopping");
        }
        let line = event.account.as_ref().map(|account| account.id.0);
        let waiting = self.of.entry(line).or_insert_with(|| Events {
            events: VecDeque::new(),
            failures: 0,
            state: State::Ready,
        });
        if waiting.events.len() >= MOST_OF_ACCOUNT {
            return refused(event, "too much of this account waits already");
        }
        waiting.events.push_back(event);
        if waiting.events.len() == 1 {
            self.ready.push_back(line);
        }
        self.count += 1;
        match self.count > MOST {
            true => self
                .make_room(line)
                .map_or(Ok(()), |event| refused(event, "too much waits already")),
            false => Ok(()),
        }
    }

    /// Gives up the newest event of whoever has most of them. Among equals it is one of an account that has just been made,
    /// of which anybody can make many, or else the newest of all.
    fn make_room(&mut self, newest: Line) -> Option<SecurityEvent> {
        let claim = |waiting: &Events| {
            let last = waiting.events.back()?;
            let is_told = waiting.state == State::BeingTold && waiting.events.len() == 1;
            let is_new = matches!(
                last.kind,
                AuditKind::AccountCreated | AuditKind::AccountCreatedWithPassword
            );
            (!is_told).then_some((waiting.events.len(), is_new))
        };
        let mut most = (newest, self.of.get(&newest).and_then(claim));
        for (line, waiting) in &self.of {
            let claim = claim(waiting);
            if claim > most.1 {
                most = (*line, claim);
            }
        }
        let (line, _) = most;
        let waiting = self.of.get_mut(&line)?;
        let event = waiting.events.pop_back();
        self.count -= 1;
        if waiting.events.is_empty() {
            if let State::AsleepUntil(at) = waiting.state {
                self.asleep.remove(&(at, line));
            }
            self.ready.retain(|ready| *ready != line);
            self.of.remove(&line);
        }
        event
    }

    fn take(&mut self, now: Instant) -> Option<First> {
        while let Some(&(at, line)) = self.asleep.first()
            && at <= now
        {
            self.asleep.pop_first();
            self.set_ready(line);
        }
        let line = self.ready.pop_front()?;
        let waiting = self.of.get_mut(&line)?;
        waiting.state = State::BeingTold;
        Some(First {
            line,
            event: waiting.events.front()?.clone(),
            failures: waiting.failures,
        })
    }

    fn set_ready(&mut self, line: Line) {
        if let Some(waiting) = self.of.get_mut(&line) {
            waiting.state = State::Ready;
            self.ready.push_back(line);
        }
    }

    fn done(&mut self, line: Line) {
        let Some(waiting) = self.of.get_mut(&line) else {
            return;
        };
        waiting.events.pop_front();
        waiting.failures = 0;
        self.count -= 1;
        match waiting.events.is_empty() {
            true => drop(self.of.remove(&line)),
            false => self.set_ready(line),
        }
    }

    fn again(&mut self, line: Line, at: Instant) {
        if let Some(waiting) = self.of.get_mut(&line) {
            waiting.failures += 1;
            waiting.state = State::AsleepUntil(at);
            self.asleep.insert((at, line));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use passkeep_store::{Account, AccountId};
    use passkeep_verify::{Timestamp, UserHandle};

    use super::*;

    /// An event of the account with that number; the id tells events apart.
    fn event(account: u32, id: u8, kind: AuditKind) -> SecurityEvent {
        let mut of = [0; 16];
        of[..4].copy_from_slice(&account.to_be_bytes());
        SecurityEvent {
            id: [id; 16],
            kind,
            at: Timestamp(0),
            account: Some(Account {
                id: AccountId(of),
                user: UserHandle::new(of).unwrap(),
                user_name: account.to_string(),
                display_name: String::new(),
                created_at: Timestamp(0),
                locked_at: None,
            }),
            credential: None,
            device: None,
        }
    }

    fn added(account: u32, id: u8) -> SecurityEvent {
        event(account, id, AuditKind::PasskeyAdded)
    }

    /// The next one, which must be there.
    fn next(waiting: &Waiting) -> (Line, String, u8) {
        let first = waiting.lines().take(Instant::now()).unwrap();
        let name = first.event.account.unwrap().user_name;
        (first.line, name, first.event.id[0])
    }

    #[tokio::test]
    async fn accounts_take_turns_and_each_keeps_its_order() {
        let waiting = Waiting::new();
        for id in 0..3 {
            waiting.put(added(1, id)).unwrap();
        }
        waiting.put(added(2, 7)).unwrap();
        let mut order = Vec::new();
        for _ in 0..4 {
            let (line, name, id) = next(&waiting);
            waiting.done(line);
            order.push((name, id));
        }
        let expected = [("1", 0), ("2", 7), ("1", 1), ("1", 2)];
        assert_eq!(order, expected.map(|(name, id)| (name.to_owned(), id)));
        assert!(waiting.lines().of.is_empty());
        assert_eq!(waiting.lines().count, 0);
    }

    #[tokio::test]
    async fn an_account_that_floods_is_cut_off_alone() {
        let waiting = Waiting::new();
        for _ in 0..100 {
            waiting.put(added(1, 1)).unwrap();
        }
        let refused = waiting.put(added(1, 9)).unwrap_err();
        assert_eq!(refused.why, "too much of this account waits already");
        assert_eq!(refused.event.id, [9; 16]);
        waiting.put(added(2, 2)).unwrap();
        let (line, name, _) = next(&waiting);
        assert_eq!(name, "1");
        waiting.done(line);
        assert_eq!(next(&waiting).1, "2");
    }

    #[tokio::test]
    async fn when_all_is_full_who_has_most_or_is_new_gives_way() {
        let waiting = Waiting::new();
        for account in 0..9_997 {
            let created = event(account, 0, AuditKind::AccountCreated);
            waiting.put(created).unwrap();
        }
        for id in 1..=3 {
            waiting.put(added(20_000, id)).unwrap();
        }
        // Of who has most the newest goes, until nobody has more than one.
        for (account, gone) in [(20_001, 3), (20_002, 2)] {
            let refused = waiting.put(added(account, 9)).unwrap_err();
            assert_eq!(refused.why, "too much waits already");
            assert_eq!(refused.event.account.unwrap().user_name, "20000");
            assert_eq!(refused.event.id, [gone; 16]);
        }
        // Then one of those that have only just been made, and not what happened to somebody's account.
        let refused = waiting.put(added(20_003, 9)).unwrap_err();
        assert_eq!(refused.event.kind, AuditKind::AccountCreated);
        // And of these the one that comes last.
        let refused = waiting.put(event(30_000, 5, AuditKind::AccountCreated));
        assert_eq!(refused.unwrap_err().event.id, [5; 16]);
        let mut told = Vec::new();
        while let Some(first) = waiting.lines().take(Instant::now()) {
            told.push(first.event.account.unwrap().user_name);
        }
        assert_eq!(told.len(), 10_000);
        for account in ["20000", "20001", "20002", "20003"] {
            let times = told.iter().filter(|name| *name == account).count();
            assert_eq!(times, 1, "{account}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_told_again_holds_up_nothing_but_its_own_account() {
        let waiting = Waiting::new();
        waiting.put(added(1, 1)).unwrap();
        waiting.put(added(1, 2)).unwrap();
        let (line, ..) = next(&waiting);
        waiting.again(line, Instant::now() + Duration::from_secs(120));
        waiting.put(added(2, 3)).unwrap();
        let began = Instant::now();
        let first = waiting.next().await.unwrap();
        assert_eq!((first.event.id[0], began.elapsed().as_secs()), (3, 0));
        waiting.done(first.line);
        let first = waiting.next().await.unwrap();
        let seconds = began.elapsed().as_secs();
        assert_eq!((first.event.id[0], first.failures, seconds), (1, 1, 120));
        waiting.done(first.line);
        let first = waiting.next().await.unwrap();
        assert_eq!((first.event.id[0], first.failures), (2, 0));
        waiting.close();
        waiting.done(first.line);
        assert!(waiting.next().await.is_none());
        let refused = waiting.put(added(3, 4)).unwrap_err();
        assert_eq!(refused.why, "the server is stopping");
    }
}
