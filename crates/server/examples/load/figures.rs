//! What is computed from measurements.

use std::time::Duration;

use serde_json::Value;

/// A share of sorted values from the bottom, in hundredths: the value that so many are not above.
pub(crate) fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let index = sorted.len() * percent / 100;
    let last = sorted.len().saturating_sub(1);
    sorted.get(index.min(last)).copied().unwrap_or_default()
}

/// The value in the middle; of an even number, halfway between the two.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |index: usize| sorted.get(index).copied().unwrap_or_default();
    let half = sorted.len() / 2;
    match sorted.len() % 2 {
        1 => at(half),
        _ => (at(half.saturating_sub(1)) + at(half)) / 2.0,
    }
}

/// The least, the one in the middle and the most of what one value of each pair is of the other.
pub(crate) fn spread(ones: &[f64], others: &[f64]) -> [f64; 3] {
    let ratios: Vec<f64> = ones
        .iter()
        .zip(others)
        .map(|(one, other)| one / other)
        .collect();
    let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    let most = ratios.iter().copied().fold(0.0, f64::max);
    [least, median(&ratios), most]
}

/// How much the end of a series lies above its beginning, as a share of it: the medians of its last and its second fifth are
/// compared, because the first fills what is filled once.
pub(crate) fn growth(series: &[f64]) -> f64 {
    let fifth = series.len() / 5;
    let early = median(series.get(fifth..2 * fifth).unwrap_or_default());
    let late = median(series.get(series.len() - fifth..).unwrap_or_default());
    if early > 0.0 { late / early - 1.0 } else { 0.0 }
}

/// The members of both objects.
pub(crate) fn merged(mut one: Value, other: Value) -> Value {
    if let (Value::Object(one), Value::Object(other)) = (&mut one, other) {
        one.extend(other);
    }
    one
}

/// In milliseconds, to a hundredth.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    rounded(duration.as_secs_f64() * 1000.0, 2)
}

/// To so many places behind the point.
pub(crate) fn rounded(value: f64, places: i32) -> f64 {
    let scale = 10_f64.powi(places);
    (value * scale).round() / scale
}

/// What each of so many cost; nothing if there were none.
pub(crate) fn each(total: f64, count: usize) -> f64 {
    if count == 0 {
        0.0
    } else {
        total / count as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let values: Vec<_> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&values, 50), Duration::from_millis(101));
        assert_eq!(percentile(&values, 99), Duration::from_millis(199));
        assert_eq!(percentile(&values, 100), Duration::from_millis(200));
        assert_eq!(percentile(&[], 50), Duration::ZERO);
    }

    #[test]
    fn growth_leaves_the_beginning_out_and_is_not_led_by_one_value() {
        let mut series = vec![10.0, 15.0, 16.0];
        series.extend([20.0; 9]);
        series.extend([22.0, 90.0, 22.0]);
        assert_eq!(growth(&series), 1.0 * (22.0 / 20.0) - 1.0);
        assert_eq!(growth(&[20.0; 10]), 0.0);
        assert_eq!(growth(&[1.0, 2.0]), 0.0);
    }

    #[test]
    fn what_each_costs_is_a_share_of_the_whole() {
        assert_eq!(each(3.0, 4), 0.75);
        assert_eq!(each(3.0, 0), 0.0);
        assert_eq!(rounded(0.123_456, 3), 0.123);
        assert_eq!(milliseconds(Duration::from_micros(1_234)), 1.23);
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 9.0]), 3.0);
        assert_eq!(median(&[]), 0.0);
    }

    #[test]
    fn a_turn_is_compared_with_the_turn_beside_it() {
        // Of the sums it would be 0.6.
        let spread = spread(&[1.0, 3.0, 2.0], &[2.0, 4.0, 4.0]);
        assert_eq!(spread, [0.5, 0.5, 0.75]);
    }
}
