//! Which sessions are open at a time.

use passkeep_verify::Timestamp;

use crate::SessionLifetimes;

/// How often the use of a session is noted at most, in milliseconds. Between two notes a session costs reads only.
const NOTE_EVERY: i64 = 60_000;

/// A session is open when it was created and last used after these times, in milliseconds; they may lie before 1970.
#[derive(Clone, Copy)]
pub(crate) struct OpenSince {
    pub(crate) created: i64,
    pub(crate) used: i64,
    /// And its use has been noted well enough when it was last used after this time.
    pub(crate) noted: i64,
}

impl OpenSince {
    pub(crate) fn new(lifetimes: SessionLifetimes, now: Timestamp) -> Self {
        let now = i64::try_from(now.0).unwrap_or(i64::MAX);
        let idle = i64::from(lifetimes.idle) * 1000;
        Self {
            created: now - i64::from(lifetimes.absolute) * 1000,
            used: now - idle,
            // Where the idle lifetime is short, noting by the minute would end sessions that are in use.
            noted: now - NOTE_EVERY.min(idle / 2),
        }
    }
}
