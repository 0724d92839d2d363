//! Calendar days, as metadata and status lists date things.

use core::fmt;

use crate::values::Timestamp;

/// Seconds of a day.
const DAY: u32 = 86_400;

/// A calendar day in UTC, from 1970-01-01 to 9999-12-31.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Reads a day in the extended form of ISO 8601, `2026-11-23`, and nothing else: no time, no week, no sign.
    ///
    /// `None` for any other text, and for days that no calendar has.
    ///
    /// ```
    /// use passkeep_verify::metadata::Date;
    ///
    /// assert_eq!(Date::parse("2026-11-23").unwrap().to_string(), "2026-11-23");
    /// assert_eq!(Date::parse("2026-02-29"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
            return None;
        };
        let number = |digits: &[u8]| {
            digits.iter().try_fold(0u16, |number, digit| {
                digit
                    .is_ascii_digit()
                    .then(|| number * 10 + u16::from(digit - b'0'))
            })
        };
        let year = number(&[y1, y2, y3, y4])?;
        let month = u8::try_from(number(&[m1, m2])?).ok()?;
        let day = u8::try_from(number(&[d1, d2])?).ok()?;
        let exists = year >= 1970 && (1..=days_of(year, month)).contains(&day);
        exists.then_some(Self { year, month, day })
    }

    /// Its first moment.
    #[must_use]
    pub fn start(self) -> Timestamp {
        let years = u64::from(self.year) - 1970;
        // Leap years from 1970 on, this one not counted: every fourth, not every hundredth, but every four hundredth.
        let before = u64::from(self.year) - 1;
        let leaps = before / 4 - before / 100 + before / 400 - 477;
        let months = (1..self.month).map(|month| u64::from(days_of(self.year, month)));
        let days = years * 365 + leaps + months.sum::<u64>() + u64::from(self.day) - 1;
        Timestamp(days * u64::from(DAY) * 1000)
    }

    /// The first moment after it.
    #[must_use]
    pub fn end(self) -> Timestamp {
        self.start().plus_seconds(DAY)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// How many days a month has; none when there is no such month.
fn days_of(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        1..=12 => 31,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn seconds(text: &str) -> u64 {
        Date::parse(text).unwrap().start().0 / 1000
    }

    #[test]
    fn days_are_counted_from_1970() {
        for (text, expected) in [
            ("1970-01-01", 0),
            ("1970-12-31", 364 * 86_400),
            ("1972-02-29", 68_169_600),
            ("1972-03-01", 68_256_000),
            ("2000-02-29", 951_782_400),
            ("2000-03-01", 951_868_800),
            ("2026-11-23", 1_795_392_000),
            ("2100-03-01", 4_107_542_400),
            ("9999-12-31", 253_402_214_400),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn a_day_ends_where_the_next_one_starts() {
        let [today, tomorrow] = ["2024-02-29", "2024-03-01"].map(|text| Date::parse(text).unwrap());
        assert_eq!(today.end(), tomorrow.start());
        assert!(today < tomorrow);
    }

    #[test]
    fn only_days_that_exist_and_only_in_one_form() {
        for text in [
            "",
            "2026-11-2",
            "2026-11-233",
            "2026/11/23",
            "26-11-2300",
            "2026-00-10",
            "2026-13-10",
            "2026-11-00",
            "2026-11-31",
            "2025-02-29",
            "2100-02-29",
            "1969-12-31",
            "+026-11-23",
            "2026-11-23T00:00:00Z",
            " 2026-11-23",
            "２026-11-2",
        ] {
            assert_eq!(Date::parse(text), None, "{text:?}");
        }
    }
}
