//! Who has tried how often lately, in memory that does not grow.

use core::hash::{BuildHasher as _, Hash};
use std::hash::RandomState;
use std::sync::{Mutex, PoisonError};

use passkeep_verify::Timestamp;

/// As many sets and entries as one mebibyte holds: the newest 65536 who have tried.
const SETS: usize = 8192;
const ENTRIES: usize = 8;

/// A table of the generic cell rate algorithm: of everybody it keeps one time, when their allowance will be full again.
///
/// Its places are as many as they ever will be. Who finds none in their set takes that of whoever is nearest to a full
/// allowance, so a flood of new addresses displaces those who have hardly tried, and frees nobody who is limited.
pub(super) struct Table {
    sets: Box<[Mutex<[Entry; ENTRIES]>]>,
    /// Its secret keeps anybody from choosing whose place they take.
    hasher: RandomState,
    /// How long a full allowance takes to come back, in microseconds.
    window: u64,
    /// What one attempt costs, in microseconds.
    cost: u64,
}

#[derive(Clone, Copy, Default)]
struct Entry {
    key: u64,
    full_at: u64,
}

impl Table {
    /// A table that lets so many through in a minute; none for 0.
    pub(super) fn new(per_minute: u32) -> Option<Self> {
        Self::within(60, per_minute)
    }

    /// A table that lets so many through in so many seconds; none for 0.
    pub(super) fn within(seconds: u32, attempts: u32) -> Option<Self> {
        let window = u64::from(seconds) * 1_000_000;
        let cost = window.checked_div(u64::from(attempts))?;
        let sets = (0..SETS).map(|_| Mutex::default());
        Some(Self {
            sets: sets.collect(),
            hasher: RandomState::new(),
            window,
            cost,
        })
    }

    /// Counts an attempt. One too many is not counted, and the error is how many seconds to wait for the next.
    pub(super) fn count(&self, key: impl Hash, now: Timestamp) -> Result<(), u64> {
        self.count_as(1, key, now)
    }

    /// Counts an attempt as so many.
    pub(super) fn count_as(&self, times: u32, key: impl Hash, now: Timestamp) -> Result<(), u64> {
        let cost = self.cost.saturating_mul(times.into());
        let now = now.0.saturating_mul(1000);
        let latest = now.saturating_add(self.window);
        let key = self.hasher.hash_one(key);
        // The remainder is below the number of sets, so there is one.
        let set = self.sets.get((key % SETS as u64) as usize);
        let Some(set) = set else { return Ok(()) };
        let mut set = set.lock().unwrap_or_else(PoisonError::into_inner);

        let known = set.iter().position(|entry| entry.key == key);
        let entry = match known {
            Some(index) => set.get_mut(index),
            None => set.iter_mut().min_by_key(|entry| entry.full_at),
        };
        let Some(entry) = entry else { return Ok(()) };
        // No later than a window from now, although the clock may have been set back.
        let full_at = match known {
            Some(_) => entry.full_at.clamp(now, latest),
            None => now,
        };
        *entry = Entry { key, full_at };
        let next = full_at.saturating_add(cost);
        if next > latest {
            return Err((next - latest).div_ceil(1_000_000));
        }
        entry.full_at = next;
        Ok(())
    }

    /// Takes back an attempt that was counted as so many.
    pub(super) fn take_back(&self, times: u32, key: impl Hash) {
        let key = self.hasher.hash_one(key);
        let set = self.sets.get((key % SETS as u64) as usize);
        let Some(set) = set else { return };
        let mut set = set.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = set.iter_mut().find(|entry| entry.key == key) {
            let cost = self.cost.saturating_mul(times.into());
            entry.full_at = entry.full_at.saturating_sub(cost);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn after(milliseconds: u64) -> Timestamp {
        Timestamp(NOW.0 + milliseconds)
    }

    #[test]
    fn a_minutes_worth_comes_at_once_and_then_at_its_pace() {
        let table = Table::new(6).unwrap();
        for attempt in 0..6 {
            assert_eq!(table.count("ada", NOW), Ok(()), "{attempt}");
        }
        assert_eq!(table.count("ada", NOW), Err(10));
        assert_eq!(table.count("bob", NOW), Ok(()));
        assert_eq!(table.count("ada", after(9_001)), Err(1));
        assert_eq!(table.count("ada", after(10_000)), Ok(()));
        assert_eq!(table.count("ada", after(10_000)), Err(10));
        for attempt in 0..6 {
            assert_eq!(table.count("ada", after(70_000)), Ok(()), "{attempt}");
        }
        assert_eq!(table.count("ada", after(70_000)), Err(10));
    }

    #[test]
    fn what_counts_for_several_can_be_taken_back() {
        let table = Table::within(600, 6).unwrap();
        assert_eq!(table.count_as(3, "ada", NOW), Ok(()));
        assert_eq!(table.count_as(3, "ada", NOW), Ok(()));
        assert_eq!(table.count_as(3, "ada", NOW), Err(300));
        assert_eq!(table.count("ada", NOW), Err(100));
        table.take_back(3, "ada");
        table.take_back(3, "nobody");
        assert_eq!(table.count_as(3, "ada", NOW), Ok(()));
        assert_eq!(table.count("ada", NOW), Err(100));
    }

    #[test]
    fn zero_is_no_limit() {
        assert!(Table::new(0).is_none());
    }

    #[test]
    fn a_clock_that_was_set_back_costs_one_window_at_most() {
        let table = Table::new(6).unwrap();
        table.count("ada", after(86_400_000)).unwrap();
        assert_eq!(table.count("ada", NOW), Err(10));
        assert_eq!(table.count("ada", after(10_000)), Ok(()));
    }

    #[test]
    fn a_flood_takes_no_memory_and_frees_nobody_who_is_limited() {
        let table = Table::new(6).unwrap();
        for _ in 0..6 {
            table.count("ada", NOW).unwrap();
        }
        // Several times as many as there are places.
        for stranger in 0..300_000_u32 {
            assert_eq!(table.count(stranger, NOW), Ok(()));
        }
        assert_eq!(table.count("ada", NOW), Err(10));
        assert_eq!(table.sets.len() * ENTRIES, 65_536);
    }
}
