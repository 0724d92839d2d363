//! Reading bytes from the front, with nothing left over at the end.

use crate::error::{Malformed, Problem, Structure};

/// A cursor over one structure's bytes. Every error it makes names the structure and the offset in it.
///
/// ```
/// use passkeep_protocol::{Problem, Structure, reader::Reader};
///
/// let mut reader = Reader::new(Structure::AuthenticatorData, &[1, 2, 3]);
/// assert_eq!(reader.take_array::<2>().unwrap(), &[1, 2]);
/// assert_eq!(reader.finish().unwrap_err().problem, Problem::TrailingBytes);
/// ```
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    structure: Structure,
    input: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    /// Starts at the first byte of `input`, which is (or begins with) a `structure`.
    #[must_use]
    pub fn new(structure: Structure, input: &'a [u8]) -> Self {
        Self {
            structure,
            input,
            offset: 0,
        }
    }

    /// How many bytes have been read.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The bytes read since `start`, an earlier [`offset`](Self::offset).
    #[must_use]
    pub fn since(&self, start: usize) -> &'a [u8] {
        self.input.get(start..self.offset).unwrap_or_default()
    }

    /// Takes the next `length` bytes.
    ///
    /// # Errors
    ///
    /// [`Problem::Truncated`] when there are fewer.
    pub fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let end = self.offset.checked_add(length);
        let taken = end.and_then(|end| self.input.get(self.offset..end));
        let taken = taken.ok_or_else(|| self.error(Problem::Truncated))?;
        self.offset += length;
        Ok(taken)
    }

    /// Takes the next `N` bytes.
    ///
    /// # Errors
    ///
    /// [`Problem::Truncated`] when there are fewer.
    pub fn take_array<const N: usize>(&mut self) -> Result<&'a [u8; N], Malformed> {
        let rest = self.input.get(self.offset..).unwrap_or_default();
        let taken = rest.first_chunk::<N>();
        let taken = taken.ok_or_else(|| self.error(Problem::Truncated))?;
        self.offset += N;
        Ok(taken)
    }

    /// Takes one byte.
    ///
    /// # Errors
    ///
    /// [`Problem::Truncated`] at the end.
    pub fn take_u8(&mut self) -> Result<u8, Malformed> {
        self.take_array::<1>().map(|[byte]| *byte)
    }

    /// The end of the structure.
    ///
    /// # Errors
    ///
    /// [`Problem::TrailingBytes`] when anything is left.
    pub fn finish(self) -> Result<(), Malformed> {
        if self.offset == self.input.len() {
            Ok(())
        } else {
            Err(self.error(Problem::TrailingBytes))
        }
    }

    /// An error at the present offset.
    #[cold]
    #[must_use]
    pub fn error(&self, problem: Problem) -> Malformed {
        Malformed::new(self.structure, self.offset, problem)
    }

    /// An error at an earlier offset.
    #[cold]
    #[must_use]
    pub fn error_at(&self, offset: usize, problem: Problem) -> Malformed {
        Malformed::new(self.structure, offset, problem)
    }
}
