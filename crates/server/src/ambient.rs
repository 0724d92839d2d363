//! What comes from outside: the time and randomness. Nothing else in this crate asks the system for either, so tests can
//! move the clock. The exceptions: the seed of a hash table; how long something took.

use core::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use aws_lc_rs::rand::{self, SecureRandom as _};
use passkeep_verify::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// Makes random bytes that nobody can guess.
pub trait Random: Send + Sync + 'static {
    /// Fills the slice.
    ///
    /// # Errors
    ///
    /// [`RandomError`] when the system has no randomness to give; nothing secret must be made then.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError>;
}

/// Where a server gets the time and randomness from.
#[derive(Clone)]
pub struct Outside {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

impl Outside {
    /// The system's own.
    #[must_use]
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        }
    }
}

/// The system gave no randomness.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RandomError;

impl fmt::Display for RandomError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the system gave no randomness")
    }
}

impl core::error::Error for RandomError {}

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        SystemTime::now().into()
    }
}

/// The system's randomness, through the crypto library's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        rand::SystemRandom::new()
            .fill(bytes)
            .map_err(|_| RandomError)
    }
}

/// An id that no other row of a database has: the time in milliseconds, and 10 random bytes. Ids of one minute lie side by side in
/// a database's tree, where the pages that are written are; wholly random ones would each change a page of its own.
///
/// Source: RFC 9562, section 5.7, without the bits that tell UUIDs apart.
pub(crate) fn id_of(now: Timestamp, random: [u8; 10]) -> [u8; 16] {
    let [_, _, time @ ..] = now.0.to_be_bytes();
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(time.into_iter().chain(random)) {
        *to = from;
    }
    id
}

/// So many random bytes.
pub(crate) fn random_array<const N: usize>(random: &dyn Random) -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    random.fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_in_the_order_of_time() {
        let id = id_of(Timestamp(0x0102_0304_0506), [7; 10]);
        assert_eq!(id[..6], [1, 2, 3, 4, 5, 6]);
        assert_eq!(id[6..], [7; 10]);
        assert!(id < id_of(Timestamp(0x0102_0304_0507), [0; 10]));
    }
}
