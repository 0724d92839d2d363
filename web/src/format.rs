//! Times in words. The site speaks English, so its dates do too; they are reckoned here, without the browser.

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Where and when the reader is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Now {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub(crate) at: u64,
    /// What to add to UTC for the reader's clock, in minutes.
    pub(crate) utc_offset: i32,
}

impl Now {
    /// A moment as people say it: how long ago when that is near, else the date.
    pub(crate) fn describe(self, moment: u64) -> String {
        // A moment in the future is one on a server whose clock is ahead: it has just happened.
        let age = self.at.saturating_sub(moment);
        match age {
            0..MINUTE => "just now".to_owned(),
            MINUTE..HOUR => ago(age / MINUTE, "minute"),
            HOUR..DAY => ago(age / HOUR, "hour"),
            _ => match self.day_of(self.at) - self.day_of(moment) {
                1 => "yesterday".to_owned(),
                days @ 2..=6 => format!("{days} days ago"),
                _ => format!("on {}", self.date(moment)),
            },
        }
    }

    /// The date of a moment on the reader's clock: "3 November 2026".
    pub(crate) fn date(self, moment: u64) -> String {
        let (year, month, day) = civil_from_days(self.day_of(moment));
        let month = MONTHS.get(month).copied().unwrap_or_default();
        format!("{day} {month} {year}")
    }

    /// Days since 1970-01-01 on the reader's clock. The offset of now serves for all moments: an hour of summer time
    /// moves a date only near midnight.
    fn day_of(self, moment: u64) -> i64 {
        let local = i64::try_from(moment).unwrap_or(i64::MAX / 2)
            + i64::from(self.utc_offset) * i64::from(60_000_i32);
        local.div_euclid(i64::from(86_400_000_i32))
    }
}

fn ago(count: u64, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}

/// Year, month from 0 and day from 1, of a day counted from 1970-01-01 in the Gregorian calendar.
///
/// Counts in eras of 400 years that begin on 1 March, so that the leap day comes last in its year.
fn civil_from_days(days: i64) -> (i64, usize, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12;
    let year = era * 400 + year_of_era + i64::from(month < 2);
    (year, usize::try_from(month).unwrap_or_default(), day)
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
        let said = |age: u64| NOON.describe(NOON.at - age);
        assert_eq!(said(0), "just now");
        assert_eq!(said(MINUTE - 1), "just now");
        assert_eq!(said(MINUTE), "1 minute ago");
        assert_eq!(said(HOUR - 1), "59 minutes ago");
        assert_eq!(said(HOUR), "1 hour ago");
        assert_eq!(said(DAY - 1), "23 hours ago");
    }

    #[test]
    fn days_are_counted_on_the_reader_s_calendar() {
        let said = |age: u64| NOON.describe(NOON.at - age);
        assert_eq!(said(DAY), "yesterday");
        // 35 hours before noon is 1 in the morning, yesterday; 37 hours before, it was the day before yesterday.
        assert_eq!(said(35 * HOUR), "yesterday");
        assert_eq!(said(37 * HOUR), "2 days ago");
        assert_eq!(said(6 * DAY), "6 days ago");
        assert_eq!(said(7 * DAY), "on 16 November 2026");
    }

    #[test]
    fn a_clock_that_is_behind_the_server_s_says_just_now() {
        assert_eq!(NOON.describe(NOON.at + HOUR), "just now");
    }

    #[test]
    fn dates_follow_the_reader_s_clock() {
        let midnight = NOON.at - 12 * HOUR;
        let west = Now {
            utc_offset: -60,
            ..NOON
        };
        assert_eq!(NOON.date(midnight), "23 November 2026");
        assert_eq!(west.date(midnight), "22 November 2026");
    }

    #[test]
    fn leap_days_and_turns_of_years_are_where_they_belong() {
        let date = |days: i64| civil_from_days(days);
        assert_eq!(date(0), (1970, 0, 1));
        assert_eq!(date(-1), (1969, 11, 31));
        assert_eq!(date(11_016), (2000, 1, 29));
        assert_eq!(date(11_017), (2000, 2, 1));
        assert_eq!(date(47_540), (2100, 1, 28));
        assert_eq!(date(47_541), (2100, 2, 1));
    }
}
