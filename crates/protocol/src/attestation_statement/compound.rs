//! Statements of the format `compound`: an array of other statements. Source: L3 §8.9.

use crate::attestation_object::MAX_FORMAT_BYTES;
use crate::cbor::{Decoder, Item};
use crate::error::{Malformed, Problem, Structure};

/// The most statements inside one. Real ones have two; the cap bounds how many signatures one registration costs.
pub const MAX_PARTS: usize = 8;

/// A statement of the format `compound`. Source: L3 §8.9.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CompoundStatement<'a> {
    /// The statements, at least two.
    pub parts: Vec<StatementPart<'a>>,
}

/// One statement inside a `compound` one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StatementPart<'a> {
    /// Its format. That it is not `compound` again is for whoever verifies.
    pub fmt: &'a str,
    /// The statement, one canonical CBOR map or array.
    pub att_stmt: &'a [u8],
}

impl<'a> CompoundStatement<'a> {
    /// Reads a statement: an array of 2 to [`MAX_PARTS`] maps of exactly `fmt` and `attStmt`.
    ///
    /// # Errors
    ///
    /// [`Problem::Missing`] or [`Problem::Unexpected`] with the member's name, [`Problem::TooLong`], or what
    /// [`crate::cbor`] finds.
    ///
    /// ```
    /// use passkeep_protocol::attestation_statement::CompoundStatement;
    ///
    /// let none = b"\xa2\x63fmt\x64none\x67attStmt\xa0";
    /// let bytes = [&b"\x82"[..], none, none].concat();
    /// let statement = CompoundStatement::parse(&bytes).unwrap();
    /// assert_eq!(statement.parts[1].fmt, "none");
    /// ```
    pub fn parse(att_stmt: &'a [u8]) -> Result<Self, Malformed> {
        let mut decoder = Decoder::new(Structure::AttestationStatement, att_stmt);
        let start = decoder.clone();
        let length = match decoder.item()? {
            Item::Array(length @ 2..=MAX_PARTS) => length,
            Item::Array(0 | 1) => {
                return Err(start.error(Problem::Unexpected("the number of statements")));
            }
            Item::Array(_) => return Err(start.error(Problem::TooLong { cap: MAX_PARTS })),
            _ => return Err(start.error(Problem::Unexpected("the statement's outer array"))),
        };
        let parts = (0..length).map(|_| part(&mut decoder)).collect();
        let parts: Result<Vec<_>, _> = parts;
        let parts = parts?;
        decoder.finish()?;
        Ok(Self { parts })
    }
}

fn part<'a>(decoder: &mut Decoder<'a>) -> Result<StatementPart<'a>, Malformed> {
    let (mut fmt, mut att_stmt) = (None, None);
    let mut keys = decoder.map("a statement inside")?;
    while let Some(key) = keys.next(decoder)? {
        match key {
            Item::Text("fmt") => {
                let text = decoder.text("fmt")?;
                if text.len() > MAX_FORMAT_BYTES {
                    let cap = MAX_FORMAT_BYTES;
                    return Err(decoder.error(Problem::TooLong { cap }));
                }
                fmt = Some(text);
            }
            Item::Text("attStmt") => {
                let start = decoder.clone();
                if !matches!(start.clone().item()?, Item::Map(_) | Item::Array(_)) {
                    return Err(start.error(Problem::Unexpected("attStmt")));
                }
                att_stmt = Some(decoder.any()?);
            }
            _ => return Err(decoder.error(Problem::Unexpected("a member of a statement inside"))),
        }
    }
    let missing = |name| decoder.error(Problem::Missing(name));
    Ok(StatementPart {
        fmt: fmt.ok_or_else(|| missing("fmt"))?,
        att_stmt: att_stmt.ok_or_else(|| missing("attStmt"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: &[u8] = b"\xa2\x63fmt\x64none\x67attStmt\xa0";

    #[track_caller]
    fn refused(att_stmt: &[u8], problem: Problem) {
        let error = CompoundStatement::parse(att_stmt).unwrap_err();
        assert_eq!(error.problem, problem);
    }

    #[test]
    fn two_to_eight_statements() {
        let two = [&[0x82], NONE, NONE].concat();
        let none = StatementPart {
            fmt: "none",
            att_stmt: &[0xa0],
        };
        let parts = vec![none, none];
        assert_eq!(
            CompoundStatement::parse(&two),
            Ok(CompoundStatement { parts })
        );
        let problem = Problem::Unexpected("the number of statements");
        refused(&[&[0x81], NONE].concat(), problem);
        refused(&[0x80], problem);
        refused(&[0x89], Problem::TooLong { cap: 8 });
        refused(&[0xa0], Problem::Unexpected("the statement's outer array"));
        refused(&[&two[..], &[0]].concat(), Problem::TrailingBytes);
    }

    #[test]
    fn a_statement_inside_has_exactly_two_members() {
        refused(b"\x82\xa1\x63fmt\x64none", Problem::Missing("attStmt"));
        refused(b"\x82\xa1\x67attStmt\xa0", Problem::Missing("fmt"));
        refused(
            b"\x82\xa1\x63alg\x26",
            Problem::Unexpected("a member of a statement inside"),
        );
        refused(b"\x82\xa1\x67attStmt\x01", Problem::Unexpected("attStmt"));
        refused(b"\x82\x01", Problem::Unexpected("a statement inside"));
        let long = [&b"\x82\xa1\x63fmt\x78\x21"[..], &[b'a'; 33]].concat();
        refused(&long, Problem::TooLong { cap: 32 });
    }
}
