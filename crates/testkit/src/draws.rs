use hkdf::Hkdf;
use sha2::Sha256;

/// Values that look random and follow from a seed: an endless row of them, the same every time.
///
/// Value number `i` is HKDF-SHA-256 of the seed with `i` as salt and a purpose as info. This is the recipe by which
/// the specification's test vectors were made (L3 §16), so one generator serves both.
///
/// ```
/// let mut draws = passkeep_testkit::Draws::new(b"seed", "documentation");
/// let first: [u8; 4] = draws.array();
/// assert_ne!(first, draws.array());
/// assert_eq!(first, passkeep_testkit::Draws::new(b"seed", "documentation").array());
/// ```
#[derive(Clone, Debug)]
pub struct Draws {
    seed: Vec<u8>,
    purpose: String,
    next: u64,
}

impl Draws {
    /// Starts a row. Different purposes give unrelated rows of the same seed.
    #[must_use]
    pub fn new(seed: &[u8], purpose: &str) -> Self {
        Self {
            seed: seed.to_vec(),
            purpose: purpose.to_owned(),
            next: 0,
        }
    }

    /// The next value, of `length` bytes.
    ///
    /// # Panics
    ///
    /// If `length` is above 8160, where HKDF-SHA-256 ends.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "a length that no caller has a use for, and documented"
    )]
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        // The vectors have one byte of salt and never come to its end. After that the purpose changes too, because HMAC
        // fills a salt up with zeros and would take the two bytes of 256 for the one byte of 1.
        let salt = (self.next % 256) as u8;
        let round = self.next / 256;
        let mut info = self.purpose.as_bytes().to_vec();
        if round > 0 {
            info.extend_from_slice(&round.to_be_bytes());
        }
        self.next += 1;

        let mut bytes = vec![0; length];
        Hkdf::<Sha256>::new(Some(&[salt]), &self.seed)
            .expand(&info, &mut bytes)
            .expect("at most 255 hashes long");
        bytes
    }

    /// The next value, as an array.
    ///
    /// # Panics
    ///
    /// As [`bytes`](Self::bytes).
    #[must_use]
    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut array = [0; N];
        array.copy_from_slice(&self.bytes(N));
        array
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_is_that_of_the_specification() {
        // L3 §16.1.1, the registration challenge of "none.ES256".
        let mut draws = Draws::new(b"WebAuthn test vectors", "none.ES256");
        let challenge: [u8; 32] = draws.array();
        assert_eq!(
            challenge[..8],
            [0x00, 0xc3, 0x0f, 0xb7, 0x85, 0x31, 0xc4, 0x64]
        );
    }

    #[test]
    fn no_value_comes_twice() {
        let mut draws = Draws::new(b"seed", "test");
        let values: std::collections::BTreeSet<_> = (0..600).map(|_| draws.bytes(16)).collect();
        assert_eq!(values.len(), 600);
    }

    #[test]
    fn seed_and_purpose_both_count() {
        let first = |seed: &str, purpose| Draws::new(seed.as_bytes(), purpose).array::<8>();
        assert_ne!(first("a", "x"), first("b", "x"));
        assert_ne!(first("a", "x"), first("a", "y"));
    }
}
