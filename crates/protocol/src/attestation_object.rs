//! The CBOR map an authenticator's answer to `create()` arrives in. Source: L3 §6.5.4.

use crate::cbor::{Decoder, Item};
use crate::error::{Malformed, Problem, Structure};

/// The largest attestation object that is read, in bytes. The largest real ones carry an ML-DSA key and signature
/// and a chain of certificates, about 20 kB.
pub const MAX_ATTESTATION_OBJECT_BYTES: usize = 64 * 1024;

/// The longest attestation statement format identifier, in bytes. Source: L3 §8.1.
pub const MAX_FORMAT_BYTES: usize = 32;

/// An attestation object, borrowed from the bytes it was read from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AttestationObject<'a> {
    /// The format identifier, compared case-sensitively.
    pub fmt: &'a str,
    /// The statement, one canonical CBOR map (an array in the `compound` format).
    pub att_stmt: &'a [u8],
    /// The authenticator data.
    pub auth_data: &'a [u8],
}

impl<'a> AttestationObject<'a> {
    /// Reads an attestation object: exactly the three members, and nothing left over.
    ///
    /// # Errors
    ///
    /// [`Problem::Missing`] or [`Problem::Unexpected`] with the member's name, [`Problem::TooLong`], or what
    /// [`crate::cbor`] finds.
    ///
    /// ```
    /// use passkeep_protocol::attestation_object::AttestationObject;
    ///
    /// let bytes = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x41\x01";
    /// let object = AttestationObject::parse(bytes).unwrap();
    /// assert_eq!((object.fmt, object.att_stmt, object.auth_data), ("none", &[0xa0][..], &[1][..]));
    /// let cut = AttestationObject::parse(&bytes[..bytes.len() - 1]).unwrap_err();
    /// assert_eq!(cut.to_string(), "the attestation object is malformed at byte 29: it ends too early");
    /// ```
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        if bytes.len() > MAX_ATTESTATION_OBJECT_BYTES {
            let cap = MAX_ATTESTATION_OBJECT_BYTES;
            let problem = Problem::TooLong { cap };
            return Err(Malformed::new(Structure::AttestationObject, cap, problem));
        }
        let mut decoder = Decoder::new(Structure::AttestationObject, bytes);
        let (mut fmt, mut att_stmt, mut auth_data) = (None, None, None);
        let mut keys = decoder.map("the attestation object's outer map")?;
        while let Some(key) = keys.next(&mut decoder)? {
            match key {
                Item::Text("fmt") => {
                    let text = decoder.text("fmt")?;
                    if text.len() > MAX_FORMAT_BYTES {
                        return Err(decoder.error(Problem::TooLong {
                            cap: MAX_FORMAT_BYTES,
                        }));
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
                Item::Text("authData") => auth_data = Some(decoder.bytes("authData")?),
                _ => return Err(decoder.error(Problem::Unexpected("a member of the map"))),
            }
        }
        let missing = |name| decoder.error(Problem::Missing(name));
        let object = Self {
            fmt: fmt.ok_or_else(|| missing("fmt"))?,
            att_stmt: att_stmt.ok_or_else(|| missing("attStmt"))?,
            auth_data: auth_data.ok_or_else(|| missing("authData"))?,
        };
        decoder.finish()?;
        Ok(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: &[u8] = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x42\x01\x02";

    #[track_caller]
    fn refused(bytes: &[u8], offset: usize, problem: Problem) {
        let expected = Malformed::new(Structure::AttestationObject, offset, problem);
        assert_eq!(AttestationObject::parse(bytes), Err(expected));
    }

    #[test]
    fn three_members_and_nothing_else() {
        let expected = AttestationObject {
            fmt: "none",
            att_stmt: &[0xa0],
            auth_data: &[1, 2],
        };
        assert_eq!(AttestationObject::parse(NONE), Ok(expected));

        let trailing = [NONE, &[0]].concat();
        refused(&trailing, NONE.len(), Problem::TrailingBytes);
        refused(b"\xa1\x63fmt\x64none", 10, Problem::Missing("attStmt"));
        refused(
            b"\xa1\x63abc\x64none",
            5,
            Problem::Unexpected("a member of the map"),
        );
        refused(
            b"\x80",
            0,
            Problem::Unexpected("the attestation object's outer map"),
        );
    }

    #[test]
    fn the_members_have_their_types() {
        refused(b"\xa1\x63fmt\x01", 5, Problem::Unexpected("fmt"));
        refused(
            b"\xa2\x63fmt\x64none\x67attStmt\x01",
            18,
            Problem::Unexpected("attStmt"),
        );
    }
}
