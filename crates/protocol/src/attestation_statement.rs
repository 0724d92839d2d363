//! Attestation statements, as typed values: exactly the members of their formats. Source: L3 §8.

use crate::cbor::{Decoder, Item};
use crate::cose::CoseAlgorithm;
use crate::error::{Malformed, Problem, Structure};

mod compound;

pub use self::compound::{CompoundStatement, MAX_PARTS, StatementPart};

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

/// A statement of the format `tpm`. Source: L3 §8.3.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TpmStatement<'a> {
    /// The version of the TPM specification, `2.0`.
    pub ver: &'a str,
    /// The algorithm of the signature.
    pub alg: CoseAlgorithm,
    /// The attestation key's certificate in DER and its chain.
    pub x5c: Vec<&'a [u8]>,
    /// The signature over `cert_info`.
    pub sig: &'a [u8],
    /// What the TPM signed. See [`crate::tpm::Attest`].
    pub cert_info: &'a [u8],
    /// The credential's key inside the TPM. See [`crate::tpm::PublicArea`].
    pub pub_area: &'a [u8],
}

/// A statement of the format `android-key`. Source: L3 §8.4.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AndroidKeyStatement<'a> {
    /// The algorithm of the signature.
    pub alg: CoseAlgorithm,
    /// The signature.
    pub sig: &'a [u8],
    /// The credential's own certificate in DER and its chain.
    pub x5c: Vec<&'a [u8]>,
}

/// A statement of the format `android-safetynet`. Source: L3 §8.5.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SafetyNetStatement<'a> {
    /// The version of Google Play services.
    pub ver: &'a str,
    /// The answer of the service, a compact JWS in UTF-8.
    pub response: &'a [u8],
}

/// A statement of the format `fido-u2f`. Source: L3 §8.6.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FidoU2fStatement<'a> {
    /// The attestation certificate in DER. That there is exactly one is for whoever verifies.
    pub x5c: Vec<&'a [u8]>,
    /// The signature.
    pub sig: &'a [u8],
}

/// A statement of the format `apple`. Source: L3 §8.8.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AppleStatement<'a> {
    /// The algorithm of a signature that is not there. Safari sent it in 2020, before the format was written down; nothing
    /// depends on it.
    pub alg: Option<CoseAlgorithm>,
    /// The credential's own certificate in DER and its chain.
    pub x5c: Vec<&'a [u8]>,
}

impl<'a> PackedStatement<'a> {
    /// Reads a statement: exactly the members of the format.
    ///
    /// # Errors
    ///
    /// [`Problem::Missing`] or [`Problem::Unexpected`] with the member's name, [`Problem::TooLong`], or what
    /// [`crate::cbor`] finds.
    ///
    /// ```
    /// use passkeep_protocol::attestation_statement::PackedStatement;
    ///
    /// let bytes = b"\xa2\x63alg\x26\x63sig\x42\x01\x02";
    /// let statement = PackedStatement::parse(bytes).unwrap();
    /// assert_eq!(statement.sig, [1, 2]);
    /// assert!(statement.x5c.is_none()); // A self attestation.
    /// ```
    pub fn parse(att_stmt: &'a [u8]) -> Result<Self, Malformed> {
        let members = Members::parse(att_stmt, &["alg", "sig", "x5c"])?;
        Ok(Self {
            alg: members.required(members.alg, "alg")?,
            sig: members.required(members.sig, "sig")?,
            x5c: members.x5c,
        })
    }
}

impl<'a> TpmStatement<'a> {
    /// Reads a statement: exactly the members of the format.
    ///
    /// # Errors
    ///
    /// As [`PackedStatement::parse`].
    ///
    /// ```
    /// use passkeep_protocol::attestation_statement::TpmStatement;
    ///
    /// let bytes = b"\xa6\x63alg\x26\x63sig\x41\x01\x63ver\x632.0\x63x5c\x81\x41\x02\x67pubArea\x41\x03\x68certInfo\x41\x04";
    /// let statement = TpmStatement::parse(bytes).unwrap();
    /// assert_eq!(statement.ver, "2.0");
    /// assert_eq!((statement.pub_area, statement.cert_info), (&[3][..], &[4][..]));
    /// ```
    pub fn parse(att_stmt: &'a [u8]) -> Result<Self, Malformed> {
        let allowed = ["alg", "sig", "ver", "x5c", "pubArea", "certInfo"];
        let mut members = Members::parse(att_stmt, &allowed)?;
        Ok(Self {
            ver: members.required(members.ver, "ver")?,
            alg: members.required(members.alg, "alg")?,
            sig: members.required(members.sig, "sig")?,
            cert_info: members.required(members.cert_info, "certInfo")?,
            pub_area: members.required(members.pub_area, "pubArea")?,
            x5c: members.certificates()?,
        })
    }
}

impl<'a> AndroidKeyStatement<'a> {
    /// Reads a statement: exactly the members of the format.
    ///
    /// # Errors
    ///
    /// As [`PackedStatement::parse`].
    ///
    /// ```
    /// use passkeep_protocol::attestation_statement::AndroidKeyStatement;
    ///
    /// let bytes = b"\xa3\x63alg\x26\x63sig\x41\x01\x63x5c\x82\x41\x02\x41\x03";
    /// let statement = AndroidKeyStatement::parse(bytes).unwrap();
    /// assert_eq!(statement.x5c, [[2], [3]]);
    /// ```
    pub fn parse(att_stmt: &'a [u8]) -> Result<Self, Malformed> {
        let mut members = Members::parse(att_stmt, &["alg", "sig", "x5c"])?;
        Ok(Self {
            alg: members.required(members.alg, "alg")?,
            sig: members.required(members.sig, "sig")?,
            x5c: members.certificates()?,
        })
    }
}

impl<'a> SafetyNetStatement<'a> {
    /// Reads a statement: exactly the members of the format.
    ///
    /// # Errors
    ///
    /// As [`PackedStatement::parse`].
    ///
    /// ```
    /// use passkeep_protocol::attestation_statement::SafetyNetStatement;
    ///
    /// let bytes = b"\xa2\x63ver\x622a\x68response\x43a.b";
    /// let statement = SafetyNetStatement::parse(bytes).unwrap();
    /// assert_eq!(statement.response, b"a.b");
    /// ```
    pub fn parse(att_stmt: &'a [u8]) -> Result<Self, Malformed> {
        let members = Members::parse(att_stmt, &["ver", "response"])?;
        Ok(Self {
            ver: members.required(members.ver, "ver")?,
            response: members.required(members.response, "response")?,
        })
    }
}

impl<'a> FidoU2fStatement<'a> {
    /// Reads a statement: exactly the members of the format.
    ///
    /// # Errors
    ///
    /// As [`PackedStatement::parse`].
    ///
    /// ```
    /// use passkeep_protocol::attestation_statement::FidoU2fStatement;
    ///
    /// let bytes = b"\xa2\x63sig\x41\x01\x63x5c\x81\x41\x02";
    /// let statement = FidoU2fStatement::parse(bytes).unwrap();
    /// assert_eq!(statement.x5c, [[2]]);
    /// ```
    pub fn parse(att_stmt: &'a [u8]) -> Result<Self, Malformed> {
        let mut members = Members::parse(att_stmt, &["sig", "x5c"])?;
        Ok(Self {
            sig: members.required(members.sig, "sig")?,
            x5c: members.certificates()?,
        })
    }
}

impl<'a> AppleStatement<'a> {
    /// Reads a statement: exactly the member of the format, and the superfluous one of 2020.
    ///
    /// # Errors
    ///
    /// As [`PackedStatement::parse`].
    ///
    /// ```
    /// use passkeep_protocol::attestation_statement::AppleStatement;
    ///
    /// let bytes = b"\xa1\x63x5c\x82\x41\x02\x41\x03";
    /// let statement = AppleStatement::parse(bytes).unwrap();
    /// assert_eq!(statement.x5c, [[2], [3]]);
    /// assert_eq!(statement.alg, None);
    /// ```
    pub fn parse(att_stmt: &'a [u8]) -> Result<Self, Malformed> {
        let mut members = Members::parse(att_stmt, &["alg", "x5c"])?;
        Ok(Self {
            alg: members.alg,
            x5c: members.certificates()?,
        })
    }
}

/// Every member that some format has.
#[derive(Default)]
struct Members<'a> {
    length: usize,
    alg: Option<CoseAlgorithm>,
    sig: Option<&'a [u8]>,
    ver: Option<&'a str>,
    x5c: Option<Vec<&'a [u8]>>,
    pub_area: Option<&'a [u8]>,
    cert_info: Option<&'a [u8]>,
    response: Option<&'a [u8]>,
}

impl<'a> Members<'a> {
    /// Reads a map that has no other members than those.
    fn parse(att_stmt: &'a [u8], allowed: &[&str]) -> Result<Self, Malformed> {
        let mut decoder = Decoder::new(Structure::AttestationStatement, att_stmt);
        let mut members = Self {
            length: att_stmt.len(),
            ..Self::default()
        };
        let mut keys = decoder.map("the statement's outer map")?;
        while let Some(key) = keys.next(&mut decoder)? {
            let name = match key {
                Item::Text(name) if allowed.contains(&name) => name,
                _ => return Err(decoder.error(Problem::Unexpected("a member of the statement"))),
            };
            match name {
                "alg" => members.alg = Some(CoseAlgorithm(decoder.integer("alg")?)),
                "sig" => members.sig = Some(decoder.bytes("sig")?),
                "ver" => members.ver = Some(decoder.text("ver")?),
                "x5c" => members.x5c = Some(certificates(&mut decoder)?),
                "pubArea" => members.pub_area = Some(decoder.bytes("pubArea")?),
                "certInfo" => members.cert_info = Some(decoder.bytes("certInfo")?),
                _ => members.response = Some(decoder.bytes("response")?),
            }
        }
        decoder.finish()?;
        Ok(members)
    }

    fn required<T>(&self, member: Option<T>, name: &'static str) -> Result<T, Malformed> {
        member.ok_or_else(|| {
            let problem = Problem::Missing(name);
            Malformed::new(Structure::AttestationStatement, self.length, problem)
        })
    }

    fn certificates(&mut self) -> Result<Vec<&'a [u8]>, Malformed> {
        let x5c = self.x5c.take();
        self.required(x5c, "x5c")
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

    #[test]
    fn every_format_has_exactly_its_members() {
        let tpm = b"\xa6\x63alg\x26\x63sig\x41\x01\x63ver\x632.0\x63x5c\x81\x41\x02\x67pubArea\x41\x03\x68certInfo\x41\x04";
        let expected = TpmStatement {
            ver: "2.0",
            alg: CoseAlgorithm::ES256,
            x5c: vec![&[2]],
            sig: &[1],
            cert_info: &[4],
            pub_area: &[3],
        };
        assert_eq!(TpmStatement::parse(tpm), Ok(expected));

        let problem = |error: Malformed| error.problem;
        let surplus = Problem::Unexpected("a member of the statement");
        let packed = b"\xa3\x63alg\x26\x63sig\x41\x01\x63x5c\x81\x41\x02";
        assert_eq!(AndroidKeyStatement::parse(packed).unwrap().x5c, [[2]]);
        let without = AndroidKeyStatement::parse(b"\xa2\x63alg\x26\x63sig\x41\x01");
        assert_eq!(without.map_err(problem), Err(Problem::Missing("x5c")));
        assert_eq!(
            TpmStatement::parse(packed).map_err(problem),
            Err(Problem::Missing("ver"))
        );
        assert_eq!(
            FidoU2fStatement::parse(packed).map_err(problem),
            Err(surplus)
        );

        let u2f = b"\xa2\x63sig\x41\x01\x63x5c\x81\x41\x02";
        assert_eq!(FidoU2fStatement::parse(u2f).unwrap().sig, [1]);
        assert_eq!(AppleStatement::parse(u2f).map_err(problem), Err(surplus));
        assert_eq!(
            AppleStatement::parse(b"\xa1\x63x5c\x81\x41\x02")
                .unwrap()
                .x5c,
            [[2]]
        );
        let early = AppleStatement::parse(b"\xa2\x63alg\x26\x63x5c\x81\x41\x02").unwrap();
        assert_eq!(early.alg, Some(CoseAlgorithm::ES256));
        assert_eq!(
            AppleStatement::parse(b"\xa0").map_err(problem),
            Err(Problem::Missing("x5c"))
        );

        let safety_net = b"\xa2\x63ver\x61\x31\x68response\x41\x61";
        let expected = SafetyNetStatement {
            ver: "1",
            response: b"a",
        };
        assert_eq!(SafetyNetStatement::parse(safety_net), Ok(expected));
        let without = SafetyNetStatement::parse(b"\xa1\x63ver\x61\x31");
        assert_eq!(without.map_err(problem), Err(Problem::Missing("response")));
    }
}
