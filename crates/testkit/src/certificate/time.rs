use crate::der;

/// A point in time, in one of X.509's two forms. Source: RFC 5280 §4.1.2.5.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Time {
    /// Two digits of the year, for 1950 to 2049: `YYMMDDHHMMSSZ`, unless a test wants another text.
    Utc(String),
    /// Four digits of the year: `YYYYMMDDHHMMSSZ`.
    Generalized(String),
}

impl Time {
    /// The time of so many seconds after 1970-01-01T00:00:00Z, in the form that RFC 5280 asks for.
    ///
    /// ```
    /// use passkeep_testkit::certificate::Time;
    ///
    /// assert_eq!(Time::from_unix(1_800_000_000), Time::Utc("270115080000Z".into()));
    /// assert_eq!(Time::from_unix(2_524_608_000), Time::Generalized("20500101000000Z".into()));
    /// ```
    #[must_use]
    pub fn from_unix(seconds: i64) -> Self {
        let (year, month, day) = civil(seconds.div_euclid(86_400));
        let of_day = seconds.rem_euclid(86_400);
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        let rest = format!("{month:02}{day:02}{hour:02}{minute:02}{second:02}Z");
        if (1950..2050).contains(&year) {
            Self::Utc(format!("{:02}{rest}", year % 100))
        } else {
            Self::Generalized(format!("{year:04}{rest}"))
        }
    }

    /// Writes the time.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        match self {
            Self::Utc(text) => der::element(0x17, text.as_bytes()),
            Self::Generalized(text) => der::element(0x18, text.as_bytes()),
        }
    }
}

/// Year, month and day of the Gregorian calendar, from the days since 1970-01-01. Years are counted from March, so that
/// the leap day is a year's last, in cycles of 400 years, which all have the same number of days.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let cycle = days.div_euclid(146_097);
    let day = days.rem_euclid(146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = cycle * 400 + year + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        let cases = [
            (0, (1970, 1, 1)),
            (-1, (1969, 12, 31)),
            (11_016, (2000, 2, 29)),
            (11_017, (2000, 3, 1)),
            (19_723, (2024, 1, 1)),
            (384_965, (3024, 1, 1)),
        ];
        for (days, date) in cases {
            assert_eq!(civil(days), date, "{days}");
        }
    }
}
