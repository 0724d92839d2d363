//! Credential public keys in COSE form. Source: L3 §6.5.1.1; RFC 9052 §7; RFC 9053 §2 and §7; RFC 8230 §4;
//! RFC 9864 for the fully specified algorithms; RFC 9964 for ML-DSA.

use crate::cbor::{Decoder, Item};
use crate::error::{Malformed, Problem, Structure};

/// The longest modulus or exponent that is read, in bytes: RSA keys of 8192 bits, and no exponent is above its modulus.
pub const MAX_RSA_MODULUS_BYTES: usize = 1024;

/// The longest coordinate, or public key of an octet key pair, that is read, in bytes: P-521 has the longest.
pub const MAX_CURVE_BYTES: usize = 66;

/// The longest public key of an algorithm key pair that is read, in bytes: that of ML-DSA-87.
pub const MAX_AKP_PUBLIC_KEY_BYTES: usize = 2592;

/// A COSE algorithm identifier; any number, known or not. Source: the IANA registry "COSE Algorithms".
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct CoseAlgorithm(pub i64);

impl CoseAlgorithm {
    /// ECDSA with SHA-256; in WebAuthn always on P-256.
    pub const ES256: Self = Self(-7);
    /// ECDSA with SHA-384; in WebAuthn always on P-384.
    pub const ES384: Self = Self(-35);
    /// ECDSA with SHA-512; in WebAuthn always on P-521.
    pub const ES512: Self = Self(-36);
    /// ECDSA on P-256 with SHA-256: the fully specified name of what [`ES256`](Self::ES256) is in WebAuthn.
    pub const ESP256: Self = Self(-9);
    /// ECDSA on P-384 with SHA-384: the fully specified name of [`ES384`](Self::ES384).
    pub const ESP384: Self = Self(-51);
    /// ECDSA on P-521 with SHA-512: the fully specified name of [`ES512`](Self::ES512).
    pub const ESP512: Self = Self(-52);
    /// ECDSA on secp256k1 with SHA-256.
    pub const ES256K: Self = Self(-47);
    /// `EdDSA`; in WebAuthn always Ed25519.
    pub const EDDSA: Self = Self(-8);
    /// Ed25519: the fully specified name of what [`EDDSA`](Self::EDDSA) is in WebAuthn.
    pub const ED25519: Self = Self(-19);
    /// Ed448.
    pub const ED448: Self = Self(-53);
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    pub const RS256: Self = Self(-257);
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    pub const RS384: Self = Self(-258);
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    pub const RS512: Self = Self(-259);
    /// RSASSA-PKCS1-v1_5 with SHA-1, which old TPMs sign attestation statements with. No credential may have it.
    pub const RS1: Self = Self(-65535);
    /// RSASSA-PSS with SHA-256.
    pub const PS256: Self = Self(-37);
    /// RSASSA-PSS with SHA-384.
    pub const PS384: Self = Self(-38);
    /// RSASSA-PSS with SHA-512.
    pub const PS512: Self = Self(-39);
    /// ML-DSA-44, post-quantum.
    pub const ML_DSA_44: Self = Self(-48);
    /// ML-DSA-65, post-quantum.
    pub const ML_DSA_65: Self = Self(-49);
    /// ML-DSA-87, post-quantum.
    pub const ML_DSA_87: Self = Self(-50);

    /// All of the above.
    pub const ALL: &'static [Self] = &[
        Self::ES256,
        Self::ES384,
        Self::ES512,
        Self::ESP256,
        Self::ESP384,
        Self::ESP512,
        Self::ES256K,
        Self::EDDSA,
        Self::ED25519,
        Self::ED448,
        Self::RS256,
        Self::RS384,
        Self::RS512,
        Self::RS1,
        Self::PS256,
        Self::PS384,
        Self::PS512,
        Self::ML_DSA_44,
        Self::ML_DSA_65,
        Self::ML_DSA_87,
    ];

    /// The registered name of the algorithms this crate has constants for.
    ///
    /// ```
    /// use passkeep_protocol::cose::CoseAlgorithm;
    ///
    /// assert_eq!(CoseAlgorithm(-49).name(), Some("ML-DSA-65"));
    /// assert_eq!(CoseAlgorithm(-6).name(), None);
    /// ```
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::ES512 => "ES512",
            Self::ESP256 => "ESP256",
            Self::ESP384 => "ESP384",
            Self::ESP512 => "ESP512",
            Self::ES256K => "ES256K",
            Self::EDDSA => "EdDSA",
            Self::ED25519 => "Ed25519",
            Self::ED448 => "Ed448",
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::RS1 => "RS1",
            Self::PS256 => "PS256",
            Self::PS384 => "PS384",
            Self::PS512 => "PS512",
            Self::ML_DSA_44 => "ML-DSA-44",
            Self::ML_DSA_65 => "ML-DSA-65",
            Self::ML_DSA_87 => "ML-DSA-87",
            _ => return None,
        })
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
        /// The x-coordinate, big-endian, at most [`MAX_CURVE_BYTES`].
        x: &'a [u8],
        /// The y-coordinate, big-endian, at most as long.
        y: &'a [u8],
    },
    /// Key type 1: an octet key pair.
    Okp {
        /// The curve's number in the IANA registry "COSE Elliptic Curves".
        crv: i64,
        /// The public key, at most [`MAX_CURVE_BYTES`].
        x: &'a [u8],
    },
    /// Key type 3: RSA.
    Rsa {
        /// The modulus, big-endian, at most [`MAX_RSA_MODULUS_BYTES`].
        n: &'a [u8],
        /// The public exponent, big-endian, at most as long.
        e: &'a [u8],
    },
    /// Key type 7: an algorithm key pair, whose algorithm alone says what it is.
    Akp {
        /// The public key, at most [`MAX_AKP_PUBLIC_KEY_BYTES`].
        public_key: &'a [u8],
    },
}

/// Key types, from the IANA registry "COSE Key Types".
const KTY_OKP: i64 = 1;
const KTY_EC2: i64 = 2;
const KTY_RSA: i64 = 3;
const KTY_AKP: i64 = 7;

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
        let (found, cap) = match (kty, values) {
            (KTY_EC2, [Some(crv), Some(Item::Bytes(x)), Some(Item::Bytes(y))]) => (
                crv.as_i64().map(|crv| Self::Ec2 { crv, x, y }),
                MAX_CURVE_BYTES,
            ),
            (KTY_OKP, [Some(crv), Some(Item::Bytes(x)), None]) => (
                crv.as_i64().map(|crv| Self::Okp { crv, x }),
                MAX_CURVE_BYTES,
            ),
            (KTY_RSA, [Some(Item::Bytes(n)), Some(Item::Bytes(e)), None]) => {
                (Some(Self::Rsa { n, e }), MAX_RSA_MODULUS_BYTES)
            }
            (KTY_AKP, [Some(Item::Bytes(public_key)), None, None]) => {
                (Some(Self::Akp { public_key }), MAX_AKP_PUBLIC_KEY_BYTES)
            }
            _ => (None, 0),
        };
        let found = found.ok_or(Problem::Unexpected(match kty {
            KTY_EC2 => "the parameters of an EC2 key",
            KTY_OKP => "the parameters of an OKP key",
            KTY_RSA => "the parameters of an RSA key",
            KTY_AKP => "the parameters of an AKP key",
            _ => "kty",
        }))?;
        match found.longest() {
            length if length > cap => Err(Problem::TooLong { cap }),
            _ => Ok(found),
        }
    }

    /// The length of the longest parameter.
    fn longest(&self) -> usize {
        match self {
            Self::Ec2 { x, y, .. } => x.len().max(y.len()),
            Self::Okp { x, .. } => x.len(),
            Self::Rsa { n, e } => n.len().max(e.len()),
            Self::Akp { public_key } => public_key.len(),
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
    fn an_algorithm_key_pair_has_one_parameter() {
        let (seven, ml_dsa) = (&[0x07][..], &[0x38, 0x30][..]);
        let key = map(&[(KTY, seven), (ALG, ml_dsa), (0x20, &[0x42, 0xaa, 0xbb])]);
        let key = CoseKey::parse(&key).unwrap();
        assert_eq!(key.alg, CoseAlgorithm::ML_DSA_65);
        let expected = KeyParameters::Akp {
            public_key: &[0xaa, 0xbb],
        };
        assert_eq!(key.parameters, expected);

        let problem = Problem::Unexpected("the parameters of an AKP key");
        refused(&[(KTY, seven), (ALG, ml_dsa)], problem);
        refused(&[(KTY, seven), (ALG, ml_dsa), (0x20, &[0x01])], problem);
        // The label -2 is the private key's.
        let private = &[
            (KTY, seven),
            (ALG, ml_dsa),
            (0x20, &[0x41, 0xaa]),
            (0x21, &[0x41, 0xbb]),
        ];
        refused(private, problem);
    }

    #[test]
    fn every_parameter_has_a_longest_form() {
        // A byte string longer than its cap, by one.
        let above = |cap: usize| {
            let length = (cap + 1).to_be_bytes();
            [&[0x59], &length[6..], &vec![0xff; cap + 1]].concat()
        };
        let curve = [&[0x58, 67][..], &[0xff; 67]].concat();
        let (short, one) = (&[0x41, 0xaa][..], &[0x01][..]);
        let long = |kty: u8, members: [&[u8]; 3], cap: usize| {
            let [first, second, third] = members;
            let (kty, alg) = ([kty], [0x26]);
            let mut all = vec![(KTY, &kty[..]), (ALG, &alg[..])];
            let labels = [(0x20, first), (0x21, second), (0x22, third)];
            all.extend(labels.iter().filter(|(_, value)| !value.is_empty()));
            refused(&all, Problem::TooLong { cap });
        };
        long(2, [one, &curve, short], 66);
        long(2, [one, short, &curve], 66);
        long(1, [one, &curve, &[]], 66);
        long(3, [&above(1024), short, &[]], 1024);
        long(3, [short, &above(1024), &[]], 1024);
        long(7, [&above(2592), &[], &[]], 2592);
    }
}
