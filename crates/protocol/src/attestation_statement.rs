//! Attestation statements, as typed values. Source: L3 §8.

use crate::cbor::{Decoder, Item};
use crate::cose::CoseAlgorithm;
use crate::error::{Malformed, Problem, Structure};

/// The most certificates in a statement. Real chains have two to five.
pub const MAX_CERTIFICATES: usize = 16;

/// A statement of the format `packed`. Source: L3 §8.2.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PackedStatement<'a> {
    /// The algorithm of the signature.
    pub alg: CoseAlgorithm,
    /// The signature.
    pub sig: &'a [u8],
    /// The attestation certificate in DER and its chain; `None` for self attestation.
    pub x5c: Option<Vec<&'a [u8]>>,
}

impl<'a> PackedStatement<'a> {
    /// Reads a statement: exactly the members of the format.
    ///
    /// # Errors
    ///
    /// [`Problem::Missing`] or [`Problem::Unexpected`] with the member's name, [`Problem::TooLong`], or what
    /// [`crate::cbor`] finds.
    pub fn parse(att_stmt: &'a [u8]) -> Result<Self, Malformed> {
        let mut decoder = Decoder::new(Structure::AttestationStatement, att_stmt);
        let (mut alg, mut sig, mut x5c) = (None, None, None);
        let mut keys = decoder.map("the statement's outer map")?;
        while let Some(key) = keys.next(&mut decoder)? {
            match key {
                Item::Text("alg") => alg = Some(CoseAlgorithm(decoder.integer("alg")?)),
                Item::Text("sig") => sig = Some(decoder.bytes("sig")?),
                Item::Text("x5c") => x5c = Some(certificates(&mut decoder)?),
                _ => return Err(decoder.error(Problem::Unexpected("a member of the statement"))),
            }
        }
        let missing = |name| decoder.error(Problem::Missing(name));
        let statement = Self {
            alg: alg.ok_or_else(|| missing("alg"))?,
            sig: sig.ok_or_else(|| missing("sig"))?,
            x5c,
        };
        decoder.finish()?;
        Ok(statement)
    }
}

/// An array of at least one certificate.
fn certificates<'a>(decoder: &mut Decoder<'a>) -> Result<Vec<&'a [u8]>, Malformed> {
    let start = decoder.clone();
    let length = match decoder.item()? {
        Item::Array(length @ 1..=MAX_CERTIFICATES) => length,
        Item::Array(0) => return Err(start.error(Problem::Unexpected("x5c"))),
        Item::Array(_) => {
            let cap = MAX_CERTIFICATES;
            return Err(start.error(Problem::TooLong { cap }));
        }
        _ => return Err(start.error(Problem::Unexpected("x5c"))),
    };
    (0..length)
        .map(|_| decoder.bytes("a certificate"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(att_stmt: &[u8], problem: Problem) {
        assert_eq!(
            PackedStatement::parse(att_stmt).unwrap_err().problem,
            problem
        );
    }

    #[test]
    fn self_attestation_has_two_members_and_basic_three() {
        let parsed = PackedStatement::parse(b"\xa2\x63alg\x26\x63sig\x41\x01").unwrap();
        assert_eq!(
            (parsed.alg, parsed.sig, parsed.x5c),
            (CoseAlgorithm::ES256, &[1][..], None)
        );
        let parsed =
            PackedStatement::parse(b"\xa3\x63alg\x26\x63sig\x41\x01\x63x5c\x82\x41\x02\x41\x03");
        assert_eq!(parsed.unwrap().x5c, Some(vec![&[2][..], &[3]]));
    }

    #[test]
    fn anything_else_is_refused() {
        refused(b"\xa1\x63alg\x26", Problem::Missing("sig"));
        refused(
            b"\xa1\x63ver\x26",
            Problem::Unexpected("a member of the statement"),
        );
        refused(
            b"\xa3\x63alg\x26\x63sig\x40\x63x5c\x80",
            Problem::Unexpected("x5c"),
        );
        refused(
            b"\xa3\x63alg\x26\x63sig\x40\x63x5c\x91",
            Problem::TooLong { cap: 16 },
        );
        refused(b"\xa2\x63alg\x26\x63sig\x40\x00", Problem::TrailingBytes);
    }
}
