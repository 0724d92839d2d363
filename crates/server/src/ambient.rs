//! What comes from outside: the time and randomness. Nothing else in this crate asks the system for either, so tests can
//! move the clock. The exceptions: the seed of a hash table; how long something took.

use core::cell::RefCell;
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

    /// As [`fill`](Self::fill), for bytes that everybody may see once they are used, such as challenges and nonces: they may have
    /// been made ahead, and have waited in memory. Nobody can guess them either.
    ///
    /// # Errors
    ///
    /// As [`fill`](Self::fill).
    fn fill_public(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        self.fill(bytes)
    }
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

    fn fill_public(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        AHEAD.with_borrow_mut(|ahead| ahead.take(bytes, |all| self.fill(all)))
    }
}

/// How many public bytes a thread makes at once: the generator takes nearly as long for one as for these.
const MADE_AHEAD: usize = 1024;

std::thread_local! {
    static AHEAD: RefCell<Ahead> = const { RefCell::new(Ahead { bytes: [0; MADE_AHEAD], left: 0 }) };
}

/// Random bytes that were made ahead. None is handed out twice.
struct Ahead {
    bytes: [u8; MADE_AHEAD],
    /// How many at the front are not used.
    left: usize,
}

impl Ahead {
    fn take(
        &mut self,
        wanted: &mut [u8],
        make: impl FnOnce(&mut [u8]) -> Result<(), RandomError>,
    ) -> Result<(), RandomError> {
        if wanted.len() > MADE_AHEAD {
            return make(wanted);
        }
        if wanted.len() > self.left {
            self.left = 0;
            make(&mut self.bytes)?;
            self.left = MADE_AHEAD;
        }
        let (unused, _) = self.bytes.split_at_checked(self.left).ok_or(RandomError)?;
        let (rest, taken) = unused
            .split_at_checked(self.left - wanted.len())
            .ok_or(RandomError)?;
        wanted.copy_from_slice(taken);
        self.left = rest.len();
        Ok(())
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

/// So many random bytes that everybody may see once they are used.
pub(crate) fn public_array<const N: usize>(random: &dyn Random) -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    random.fill_public(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts on with each byte.
    fn counting(next: &mut u16) -> impl FnOnce(&mut [u8]) -> Result<(), RandomError> {
        |bytes| {
            for byte in bytes {
                *byte = (*next % 251) as u8;
                *next += 1;
            }
            Ok(())
        }
    }

    #[test]
    fn what_is_made_ahead_is_handed_out_once() {
        let mut ahead = Ahead {
            bytes: [0; MADE_AHEAD],
            left: 0,
        };
        let (mut made, mut taken) = (0, Vec::new());
        for length in [32, 12, 0, 900, 100, 924, 1, MADE_AHEAD + 1] {
            let mut bytes = vec![0; length];
            ahead.take(&mut bytes, counting(&mut made)).unwrap();
            taken.push(bytes);
        }
        let at = |position: usize, length: usize| -> Vec<u8> {
            let values = position..position + length;
            values.map(|value| (value % 251) as u8).collect()
        };
        let expected = [
            // From the end of what was made.
            at(1024 - 32, 32),
            at(1024 - 44, 12),
            vec![],
            at(1024 - 944, 900),
            // The 80 that are left are too few, and are dropped.
            at(2048 - 100, 100),
            at(2048 - 1024, 924),
            at(3072 - 1, 1),
            // More than is made ahead is made for whoever wants it.
            at(3072, 1025),
        ];
        assert_eq!(taken, expected);
    }

    #[test]
    fn nothing_is_handed_out_where_nothing_could_be_made() {
        let mut ahead = Ahead {
            bytes: [7; MADE_AHEAD],
            left: 10,
        };
        let taken = ahead.take(&mut [0; 11], |_| Err(RandomError));
        assert_eq!((taken, ahead.left), (Err(RandomError), 0));
    }

    #[test]
    fn ids_are_in_the_order_of_time() {
        let id = id_of(Timestamp(0x0102_0304_0506), [7; 10]);
        assert_eq!(id[..6], [1, 2, 3, 4, 5, 6]);
        assert_eq!(id[6..], [7; 10]);
        assert!(id < id_of(Timestamp(0x0102_0304_0507), [0; 10]));
    }
}
