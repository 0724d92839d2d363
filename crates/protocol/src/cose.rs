//! Credential public keys in COSE form. Source: L3 §6.5.1.1; RFC 9052 §7; RFC 9053 §2 and §7; RFC 8230 §4.

use crate::cbor::{Decoder, Item};
use crate::error::{Malformed, Problem, Structure};

/// The longest modulus that is read, in bytes: RSA keys of 8192 bits.
pub const MAX_RSA_MODULUS_BYTES: usize = 1024;

/// A COSE algorithm identifier; any number, known or not. Source: the IANA registry "COSE Algorithms".
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct CoseAlgorithm(pub i64);

impl CoseAlgorithm {
    /// ECDSA with SHA-256; in WebAuthn always on P-256.
    pub const ES256: Self = Self(-7);
    /// `EdDSA`; in WebAuthn always Ed25519.
    pub const EDDSA: Self = Self(-8);
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    pub const RS256: Self = Self(-257);

    /// The registered name of the algorithms this crate has constants for.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::ES256 => Some("ES256"),
            Self::EDDSA => Some("EdDSA"),
            Self::RS256 => Some("RS256"),
            _ => None,
        }
    }
}

impl core::fmt::Display for CoseAlgorithm {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({})", self.0),
            None => write!(f, "{}", self.0),
        }
    }
}

/// A credential public key, borrowed from the bytes it was read from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CoseKey<'a> {
    /// The algorithm it is for.
    pub alg: CoseAlgorithm,
    /// Its type and parameters.
    pub parameters: KeyParameters<'a>,
}

/// A key's type with the parameters that type requires.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyParameters<'a> {
    /// Key type 2: an elliptic curve point, uncompressed. The lengths are not checked here: they depend on the curve.
    Ec2 {
        /// The curve's number in the IANA registry "COSE Elliptic Curves".
        crv: i64,
        /// The x-coordinate, big-endian.
        x: &'a [u8],
        /// The y-coordinate, big-endian.
        y: &'a [u8],
    },
    /// Key type 1: an octet key pair.
    Okp {
        /// The curve's number in the IANA registry "COSE Elliptic Curves".
        crv: i64,
        /// The public key.
        x: &'a [u8],
    },
    /// Key type 3: RSA.
    Rsa {
        /// The modulus, big-endian, at most [`MAX_RSA_MODULUS_BYTES`].
        n: &'a [u8],
        /// The public exponent, big-endian.
        e: &'a [u8],
    },
}

/// Key types, from the IANA registry "COSE Key Types".
const KTY_OKP: i64 = 1;
const KTY_EC2: i64 = 2;
const KTY_RSA: i64 = 3;

impl<'a> CoseKey<'a> {
    /// Reads a key: the algorithm, and exactly the parameters its type requires (L3 §6.5.1.1, "MUST NOT contain any
    /// other OPTIONAL parameters").
    ///
    /// # Errors
    ///
    /// [`Problem::Missing`] or [`Problem::Unexpected`] with what it is about (a compressed point is among "the
    /// parameters of an EC2 key"), [`Problem::TooLong`], or what [`crate::cbor`] finds.
    ///
    /// ```
    /// use passkeep_protocol::cose::{CoseAlgorithm, CoseKey, KeyParameters};
    ///
    /// let mut bytes = vec![0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20];
    /// bytes.extend_from_slice(&[7; 32]);
    /// let key = CoseKey::parse(&bytes).unwrap();
    /// assert_eq!(key.alg, CoseAlgorithm::EDDSA);
    /// assert_eq!(key.parameters, KeyParameters::Okp { crv: 6, x: &[7; 32] });
    /// ```
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut decoder = Decoder::new(Structure::CoseKey, bytes);
        let (mut kty, mut alg) = (None, None);
        let mut parameters: [Option<Item<'a>>; 3] = [None; 3];
        let mut keys = decoder.map("the outer map")?;
        while let Some(key) = keys.next(&mut decoder)? {
            match key {
                // Labels 1 and 3 are common to all keys; -1, -2 and -3 belong to the type.
                Item::Unsigned(1) => kty = Some(decoder.integer("kty")?),
                Item::Unsigned(3) => alg = Some(decoder.integer("alg")?),
                Item::Negative(index @ 0..=2) => {
                    let start = decoder.clone();
                    let value = decoder.item()?;
                    if matches!(value, Item::Array(_) | Item::Map(_)) {
                        return Err(start.error(Problem::Unexpected("a key parameter")));
                    }
                    if let Some(slot) = parameters.get_mut(index as usize) {
                        *slot = Some(value);
                    }
                }
                _ => return Err(decoder.error(Problem::Unexpected("a key parameter's label"))),
            }
        }
        let kty = kty.ok_or_else(|| decoder.error(Problem::Missing("kty")))?;
        let alg = alg.ok_or_else(|| decoder.error(Problem::Missing("alg")))?;
        let parameters = KeyParameters::new(kty, parameters).map_err(|p| decoder.error(p))?;
        decoder.finish()?;
        Ok(Self {
            alg: CoseAlgorithm(alg),
            parameters,
        })
    }
}

impl<'a> KeyParameters<'a> {
    /// Makes sense of the values under the labels -1, -2 and -3.
    fn new(kty: i64, values: [Option<Item<'a>>; 3]) -> Result<Self, Problem> {
        match kty {
            KTY_EC2 => match values {
                [Some(crv), Some(Item::Bytes(x)), Some(Item::Bytes(y))] => {
                    crv.as_i64().map(|crv| Self::Ec2 { crv, x, y })
                }
                _ => None,
            }
            .ok_or(Problem::Unexpected("the parameters of an EC2 key")),
            KTY_OKP => match values {
                [Some(crv), Some(Item::Bytes(x)), None] => {
                    crv.as_i64().map(|crv| Self::Okp { crv, x })
                }
                _ => None,
            }
            .ok_or(Problem::Unexpected("the parameters of an OKP key")),
            KTY_RSA => match values {
                [Some(Item::Bytes(n)), Some(Item::Bytes(_)), None]
                    if n.len() > MAX_RSA_MODULUS_BYTES =>
                {
                    let cap = MAX_RSA_MODULUS_BYTES;
                    Err(Problem::TooLong { cap })
                }
                [Some(Item::Bytes(n)), Some(Item::Bytes(e)), None] => Ok(Self::Rsa { n, e }),
                _ => Err(Problem::Unexpected("the parameters of an RSA key")),
            },
            _ => Err(Problem::Unexpected("kty")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A map of an integer label and already encoded value each, in the order given.
    fn map(members: &[(u8, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![0xa0 | members.len() as u8];
        for (label, value) in members {
            bytes.push(*label);
            bytes.extend_from_slice(value);
        }
        bytes
    }

    #[track_caller]
    fn refused(members: &[(u8, &[u8])], problem: Problem) {
        let bytes = map(members);
        assert_eq!(CoseKey::parse(&bytes).unwrap_err().problem, problem);
    }

    const KTY: u8 = 0x01;
    const ALG: u8 = 0x03;

    #[test]
    fn each_type_has_exactly_its_parameters() {
        let (two, one, es256, byte) = (&[0x02][..], &[0x01][..], &[0x26][..], &[0x41, 0xaa][..]);
        let ec2 = map(&[
            (KTY, two),
            (ALG, es256),
            (0x20, one),
            (0x21, byte),
            (0x22, byte),
        ]);
        let expected = KeyParameters::Ec2 {
            crv: 1,
            x: &[0xaa],
            y: &[0xaa],
        };
        assert_eq!(CoseKey::parse(&ec2).unwrap().parameters, expected);

        let problem = Problem::Unexpected("the parameters of an EC2 key");
        refused(
            &[(KTY, two), (ALG, es256), (0x20, one), (0x21, byte)],
            problem,
        );
        let compressed = &[
            (KTY, two),
            (ALG, es256),
            (0x20, one),
            (0x21, byte),
            (0x22, &[0xf5]),
        ];
        refused(compressed, problem);
        let surplus = &[
            (KTY, one),
            (ALG, es256),
            (0x20, one),
            (0x21, byte),
            (0x22, byte),
        ];
        refused(surplus, Problem::Unexpected("the parameters of an OKP key"));
    }

    #[test]
    fn type_and_algorithm_are_required_and_other_labels_refused() {
        refused(&[(ALG, &[0x26])], Problem::Missing("kty"));
        refused(&[(KTY, &[0x02])], Problem::Missing("alg"));
        refused(
            &[(KTY, &[0x04]), (ALG, &[0x26])],
            Problem::Unexpected("kty"),
        );
        let kid = &[(KTY, &[0x02][..]), (0x02, &[0x41, 0x00])];
        refused(kid, Problem::Unexpected("a key parameter's label"));
        refused(
            &[(KTY, &[0x02]), (ALG, &[0x26]), (0x20, &[0x80])],
            Problem::Unexpected("a key parameter"),
        );
    }

    #[test]
    fn an_rsa_modulus_has_at_most_8192_bits() {
        let modulus = [&[0x59, 0x04, 0x01][..], &[0xff; 1025]].concat();
        let exponent = [0x43, 1, 0, 1];
        let members = &[
            (KTY, &[0x03][..]),
            (ALG, &[0x39, 0x01, 0x00]),
            (0x20, &modulus),
            (0x21, &exponent),
        ];
        refused(members, Problem::TooLong { cap: 1024 });
    }
}
