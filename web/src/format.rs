//! Times, as people say them: how long ago when that is near, else the date.

use passkeep_browser::page::locale::{self, Unit};

use crate::language::with_locale;
use crate::text::time as words;

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Where and when the reader is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Now {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub(crate) at: u64,
    /// What to add to UTC for the reader's clock, in minutes.
    pub(crate) utc_offset: i32,
}

/// How a moment is said.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Saying {
    JustNow,
    /// Whole units ago.
    Ago(i32, Unit),
    Date,
}

impl Now {
    /// A moment in words.
    pub(crate) fn describe(self, moment: u64) -> String {
        match self.saying(moment) {
            Saying::JustNow => words::just_now().to_owned(),
            Saying::Ago(count, unit) => {
                with_locale(|locale| locale::relative_time(locale, -count, unit))
            }
            Saying::Date => words::on_date(&with_locale(|locale| locale::date(locale, moment))),
        }
    }

    fn saying(self, moment: u64) -> Saying {
        // A moment in the future is one on a server whose clock is ahead: it has just happened.
        let age = self.at.saturating_sub(moment);
        let ago = |count: u64, unit| Saying::Ago(i32::try_from(count).unwrap_or(i32::MAX), unit);
        match age {
            0..MINUTE => Saying::JustNow,
            MINUTE..HOUR => ago(age / MINUTE, Unit::Minute),
            HOUR..DAY => ago(age / HOUR, Unit::Hour),
            _ => match self.day_of(self.at) - self.day_of(moment) {
                days @ 1..=6 => Saying::Ago(i32::try_from(days).unwrap_or(i32::MAX), Unit::Day),
                _ => Saying::Date,
            },
        }
    }

    /// Days since 1970-01-01 on the reader's clock. The offset of now serves for all moments: an hour of summer time
    /// moves a date only near midnight.
    fn day_of(self, moment: u64) -> i64 {
        let local = i64::try_from(moment).unwrap_or(i64::MAX / 2)
            + i64::from(self.utc_offset) * i64::from(60_000_i32);
        local.div_euclid(i64::from(86_400_000_i32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23T12:00:00Z, read in London.
    const NOON: Now = Now {
        at: 1_795_435_200_000,
        utc_offset: 0,
    };

    #[test]
    fn near_moments_are_said_by_their_age() {
        let said = |age: u64| NOON.saying(NOON.at - age);
        assert_eq!(said(0), Saying::JustNow);
        assert_eq!(said(MINUTE - 1), Saying::JustNow);
        assert_eq!(said(MINUTE), Saying::Ago(1, Unit::Minute));
        assert_eq!(said(HOUR - 1), Saying::Ago(59, Unit::Minute));
        assert_eq!(said(HOUR), Saying::Ago(1, Unit::Hour));
        assert_eq!(said(DAY - 1), Saying::Ago(23, Unit::Hour));
        assert_eq!(NOON.describe(NOON.at), "just now");
    }

    #[test]
    fn days_are_counted_on_the_reader_s_calendar() {
        let said = |age: u64| NOON.saying(NOON.at - age);
        assert_eq!(said(DAY), Saying::Ago(1, Unit::Day));
        // 35 hours before noon is 1 in the morning, yesterday; 37 hours before, it was the day before yesterday.
        assert_eq!(said(35 * HOUR), Saying::Ago(1, Unit::Day));
        assert_eq!(said(37 * HOUR), Saying::Ago(2, Unit::Day));
        assert_eq!(said(6 * DAY), Saying::Ago(6, Unit::Day));
        assert_eq!(said(7 * DAY), Saying::Date);
    }

    #[test]
    fn days_follow_the_reader_s_clock() {
        // Half past midnight of the same day in London, of the day before in the Azores.
        let moment = NOON.at - 35 * HOUR - HOUR / 2;
        let west = Now {
            utc_offset: -60,
            ..NOON
        };
        assert_eq!(NOON.saying(moment), Saying::Ago(1, Unit::Day));
        assert_eq!(west.saying(moment), Saying::Ago(2, Unit::Day));
    }

    #[test]
    fn a_clock_that_is_behind_the_server_s_says_just_now() {
        assert_eq!(NOON.saying(NOON.at + HOUR), Saying::JustNow);
    }
}
