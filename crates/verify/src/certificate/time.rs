//! Dates in certificates. [RFC 5280 §4.1.2.5]
//!
//! [RFC 5280 §4.1.2.5]: https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5

use der::Tag;
use passkeep_protocol::{Malformed, Problem};

use crate::asn1::Der;
use crate::values::Timestamp;

/// Takes a `UTCTime` or a `GeneralizedTime`, in the one form that certificates may use: whole seconds in UTC. What is before
/// 1970 becomes 1970, which changes no verdict, because no ceremony is judged at an earlier time.
pub(crate) fn read(fields: &mut Der<'_>, what: &'static str) -> Result<Timestamp, Malformed> {
    let (element, year_digits) = if fields.peek() == Some(Tag::UtcTime) {
        (fields.element(Tag::UtcTime, what)?, 2)
    } else {
        (fields.element(Tag::GeneralizedTime, what)?, 4)
    };
    let timestamp = element
        .value
        .split_at_checked(year_digits)
        .and_then(|(year, rest)| {
            let year = number(year)?;
            let year = match year_digits {
                // [RFC 5280 §4.1.2.5.1, "Where YY is greater than or equal to 50"]
                2 if year >= 50 => 1900 + year,
                2 => 2000 + year,
                _ => year,
            };
            timestamp(year, rest)
        });
    timestamp.ok_or_else(|| fields.error_in(element, Problem::Unexpected(what)))
}

/// The number that ASCII digits spell.
fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + i64::from(digit - b'0'))
    })
}

/// `rest` is `MMDDhhmmssZ`.
fn timestamp(year: i64, rest: &[u8]) -> Option<Timestamp> {
    let digits = rest.strip_suffix(b"Z")?;
    if digits.len() != 10 {
        return None;
    }
    let mut pairs = digits.chunks_exact(2).map(number);
    let mut next = || pairs.next().flatten();
    let (month, day, hour, minute, second) = (next()?, next()?, next()?, next()?, next()?);
    if !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Some(Timestamp(u64::try_from(seconds).unwrap_or(0) * 1000))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// In the Gregorian calendar, for any year from 0.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    // Years before this one and their leap days, from year 0.
    let leap_days = |year: i64| year / 4 - year / 100 + year / 400;
    let before_year = |year: i64| year * 365 + if year > 0 { leap_days(year - 1) + 1 } else { 0 };
    let before_month: i64 = (1..month).map(|month| days_in(year, month)).sum();
    before_year(year) - before_year(1970) + before_month + day - 1
}

#[cfg(test)]
mod tests {
    use passkeep_protocol::Structure;

    use super::*;

    fn read_one(tag: u8, text: &str) -> Result<u64, Problem> {
        let length = u8::try_from(text.len()).unwrap();
        let bytes = [&[tag, length], text.as_bytes()].concat();
        let mut der = Der::new(Structure::Certificate, &bytes);
        let read = read(&mut der, "notAfter");
        read.map(|time| time.0 / 1000)
            .map_err(|error| error.problem)
    }

    #[test]
    fn both_forms_are_read_to_the_second() {
        for (tag, text, seconds) in [
            (23, "700101000000Z", 0),
            (23, "240101000000Z", 1_704_067_200),
            (23, "240229235959Z", 1_709_251_199),
            (23, "491231235959Z", 2_524_607_999),
            (24, "20500101000000Z", 2_524_608_000),
            (24, "21060207062815Z", 4_294_967_295),
            (24, "30240101000000Z", 33_260_976_000),
            (24, "99991231235959Z", 253_402_300_799),
        ] {
            assert_eq!(read_one(tag, text), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_before_1970_is_1970() {
        for (tag, text) in [
            (23, "691231235959Z"),
            (23, "500101000000Z"),
            (24, "19000101000000Z"),
            (24, "00000101000000Z"),
        ] {
            assert_eq!(read_one(tag, text), Ok(0), "{text}");
        }
    }

    #[test]
    fn other_forms_and_days_that_do_not_exist_are_refused() {
        for (tag, text) in [
            (23, "2401010000Z"),
            (23, "240101000000+0000"),
            (23, "240101000000"),
            (24, "20240101000000.5Z"),
            (24, "20230229000000Z"),
            (24, "21000229000000Z"),
            (24, "20241301000000Z"),
            (24, "20240100000000Z"),
            (24, "20240101240000Z"),
            (24, "20240101006000Z"),
            (24, "20240101000060Z"),
            (24, "2024010100000 Z"),
        ] {
            assert_eq!(
                read_one(tag, text),
                Err(Problem::Unexpected("notAfter")),
                "{text}"
            );
        }
    }
}
