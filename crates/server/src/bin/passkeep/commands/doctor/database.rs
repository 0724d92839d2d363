//! Whether the database is there and ready, how old the sealing keys are, and what its clock says.

use passkeep_server::{Clock as _, Operator, Outside, SystemClock};
use passkeep_store::Inspection;

use super::{Report, count};
use crate::config::Config;
use crate::database::{Database, DatabaseError};

/// Servers make a new key after a week.
const OLD_KEY: u64 = 8 * DAY;

/// How far clocks may be apart, in milliseconds. Confirmations and links are good for minutes.
pub(super) const APART: u64 = 10 * 1000;

/// In milliseconds.
const DAY: u64 = 24 * 60 * 60 * 1000;

/// The beginning of 2025: a clock before that has not been set.
const UNSET: u64 = 1_735_689_600_000;

pub(super) async fn check(config: &Config, report: &mut Report) {
    if SystemClock.now().0 < UNSET {
        report.error(
            "clock",
            "this machine's clock is before 2025".to_owned(),
            "Set it, and keep it right with NTP: ceremonies and sessions are judged by it.",
        );
    }
    if let Err(error) = look(config, report).await {
        report.error(
            "database",
            error.to_string(),
            "The server cannot work without it.",
        );
    }
}

async fn look(config: &Config, report: &mut Report) -> Result<(), DatabaseError> {
    let database = Database::of(config)?;
    let before = SystemClock.now().0;
    let inspection = database.inspect().await?;
    let after = SystemClock.now().0;
    let Inspection {
        schema,
        known,
        clock,
        ..
    } = inspection;
    let message = format!("{database} answers, with schema {schema}");
    if schema > known {
        report.error(
            "database",
            format!("{message}, and this version knows schemas up to {known}"),
            "It was written by a newer version of this program; use that one.",
        );
        return Ok(());
    }
    if schema < known {
        report.error(
            "database",
            format!("{message}, and this version needs schema {known}"),
            "`passkeep migrate` brings it there, as does starting this version's server.",
        );
        return Ok(());
    }
    report.ok("database", message);
    if let Some(clock) = clock {
        clock_of_database(clock.0, before, after, report);
    }

    let store = database.open_as_it_is().await?;
    match store.ping().await {
        Ok(()) => report.ok("writable", "it can be written to".to_owned()),
        Err(error) => report.error(
            "writable",
            error.to_string(),
            "Nobody can sign in while nothing can be written: look at the disk's space, the file's owner and mode, or \
             whether the database is a standby.",
        ),
    }
    match Operator::new(store, Outside::system()).keys().await {
        Ok(keys) => sealing_key(keys.first().map(|key| key.created_at), report),
        Err(error) => report.error(
            "sealing-key",
            error.to_string(),
            "No ceremony can be started without a key.",
        ),
    }
    Ok(())
}

fn clock_of_database(clock: u64, before: u64, after: u64, report: &mut Report) {
    // It was read between the two.
    let apart = before
        .saturating_sub(clock)
        .max(clock.saturating_sub(after));
    if apart <= APART {
        report.ok("database-clock", "it agrees with this machine's".to_owned());
    } else {
        report.warning(
            "database-clock",
            format!(
                "it is {} from this machine's",
                count(apart / 1000, "second")
            ),
            "Keep both right with NTP.",
        );
    }
}

fn sealing_key(newest: Option<u64>, report: &mut Report) {
    let now = SystemClock.now().0;
    match newest {
        None => report.warning(
            "sealing-key",
            "there is none yet".to_owned(),
            "A server makes one when it starts; none has run on this database.",
        ),
        Some(at) if at > now + APART => report.error(
            "sealing-key",
            format!(
                "the newest is from {} in the future",
                count((at - now) / 1000, "second")
            ),
            "The clock of the machine that made it was wrong, or this one's is: keep all of them right with NTP, then run \
             `passkeep keys rotate`.",
        ),
        Some(at) if now.saturating_sub(at) > OLD_KEY => report.warning(
            "sealing-key",
            format!("the newest is {} old", count((now - at) / DAY, "day")),
            "Servers make a new one every week, so none has been running; start one, or run `passkeep keys rotate`.",
        ),
        Some(at) => {
            let age = count(now.saturating_sub(at) / DAY, "day");
            report.ok("sealing-key", format!("the newest is {age} old"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_key(newest: Option<u64>) -> String {
        let mut report = Report::default();
        sealing_key(newest, &mut report);
        report.to_string()
    }

    #[test]
    fn a_key_is_judged_by_its_age() {
        let now = SystemClock.now().0;
        for (newest, expected) in [
            (None, "warning  sealing-key      there is none yet\n"),
            (
                Some(now + 60_500),
                "error    sealing-key      the newest is from 60 seconds in the future\n",
            ),
            (
                Some(now - 9 * DAY),
                "warning  sealing-key      the newest is 9 days old\n",
            ),
            (
                Some(now - DAY),
                "ok       sealing-key      the newest is 1 day old",
            ),
        ] {
            let shown = of_key(newest);
            assert!(shown.starts_with(expected), "{shown}");
        }
    }

    #[test]
    fn a_clock_is_compared_with_the_time_it_was_read_in() {
        for (clock, expected) in [
            (
                1_005,
                "ok       database-clock   it agrees with this machine's",
            ),
            (
                21_010,
                "warning  database-clock   it is 20 seconds from this machine's\n",
            ),
        ] {
            let mut report = Report::default();
            clock_of_database(clock, 1_000, 1_010, &mut report);
            let shown = report.to_string();
            assert!(shown.starts_with(expected), "{shown}");
        }
    }
}
