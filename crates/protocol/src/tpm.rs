//! What a TPM says about a key. Source: L3 §8.3; Trusted Platform Module Library, Part 2: Structures.
//!
//! Every length in these structures has 16 bits and is held against the bytes that are there; nothing is copied.

use crate::error::{Malformed, Problem, Structure};
use crate::reader::Reader;

/// `TPM_GENERATED_VALUE`: the TPM made this structure itself.
pub const GENERATED_VALUE: u32 = 0xff54_4347;
/// `TPM_ST_ATTEST_CERTIFY`: the structure says that an object is in the TPM.
pub const ATTEST_CERTIFY: u16 = 0x8017;

/// `TPM_ALG_NULL`: no algorithm.
const NULL: u16 = 0x0010;

/// A number of the TCG Algorithm Registry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Algorithm(pub u16);

impl Algorithm {
    /// SHA-1.
    pub const SHA1: Self = Self(0x0004);
    /// SHA-256.
    pub const SHA256: Self = Self(0x000b);
    /// SHA-384.
    pub const SHA384: Self = Self(0x000c);
    /// SHA-512.
    pub const SHA512: Self = Self(0x000d);
    /// RSASSA-PKCS1-v1_5.
    pub const RSASSA: Self = Self(0x0014);
    /// RSASSA-PSS.
    pub const RSAPSS: Self = Self(0x0016);
    /// ECDSA.
    pub const ECDSA: Self = Self(0x0018);
}

/// `TPMT_PUBLIC`: the public part of a key in a TPM.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicArea<'a> {
    /// The hash algorithm of the key's name.
    pub name_alg: Algorithm,
    /// What the TPM does with the key, as bits.
    pub object_attributes: u32,
    /// The hash of the policy that guards the key, or empty.
    pub auth_policy: &'a [u8],
    /// The key.
    pub key: PublicKey<'a>,
}

/// The parameters and the unique part of a [`PublicArea`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PublicKey<'a> {
    /// RSA.
    Rsa {
        /// The length of the modulus.
        key_bits: u16,
        /// The public exponent; 0 stands for 65537.
        exponent: u32,
        /// The modulus, big-endian.
        modulus: &'a [u8],
    },
    /// An elliptic curve point.
    Ecc {
        /// The curve's number in the TCG Algorithm Registry: 3 is P-256, 4 P-384, 5 P-521.
        curve: u16,
        /// The x-coordinate, big-endian.
        x: &'a [u8],
        /// The y-coordinate, big-endian.
        y: &'a [u8],
    },
}

impl<'a> PublicArea<'a> {
    /// Reads a public area: RSA or ECC, without the two bytes of length that `TPM2B_PUBLIC` puts before it.
    ///
    /// # Errors
    ///
    /// [`Problem::Truncated`], [`Problem::TrailingBytes`], or [`Problem::Unexpected`] for keys of another kind and for
    /// schemes whose length is not known.
    ///
    /// ```
    /// use passkeep_protocol::tpm::{Algorithm, PublicArea, PublicKey};
    ///
    /// // ECC, named by SHA-256, no attributes, no policy; no cipher, no scheme, P-256, no key derivation; x and y.
    /// let head = [0, 0x23, 0, 0x0b, 0, 0, 0, 0, 0, 0];
    /// let key = [0, 0x10, 0, 0x10, 0, 3, 0, 0x10, 0, 1, 7, 0, 1, 8];
    /// let bytes = [&head[..], &key].concat();
    /// let area = PublicArea::parse(&bytes).unwrap();
    /// assert_eq!(area.name_alg, Algorithm::SHA256);
    /// assert_eq!(area.key, PublicKey::Ecc { curve: 3, x: &[7], y: &[8] });
    /// ```
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        const RSA: u16 = 0x0001;
        const ECC: u16 = 0x0023;
        let mut reader = Reader::new(Structure::TpmPublic, bytes);
        let ty = take_u16(&mut reader)?;
        let name_alg = Algorithm(take_u16(&mut reader)?);
        let object_attributes = take_u32(&mut reader)?;
        let auth_policy = sized(&mut reader)?;
        let key = match ty {
            RSA => {
                symmetric(&mut reader)?;
                scheme(&mut reader)?;
                PublicKey::Rsa {
                    key_bits: take_u16(&mut reader)?,
                    exponent: take_u32(&mut reader)?,
                    modulus: sized(&mut reader)?,
                }
            }
            ECC => {
                symmetric(&mut reader)?;
                scheme(&mut reader)?;
                let curve = take_u16(&mut reader)?;
                key_derivation(&mut reader)?;
                PublicKey::Ecc {
                    curve,
                    x: sized(&mut reader)?,
                    y: sized(&mut reader)?,
                }
            }
            _ => return Err(reader.error_at(0, Problem::Unexpected("the key's type"))),
        };
        reader.finish()?;
        Ok(Self {
            name_alg,
            object_attributes,
            auth_policy,
            key,
        })
    }
}

/// `TPMS_ATTEST`: what a TPM signed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attest<'a> {
    /// [`GENERATED_VALUE`], if the TPM made the structure itself.
    pub magic: u32,
    /// [`ATTEST_CERTIFY`], if it is about an object in the TPM.
    pub ty: u16,
    /// The name of the key that signed. Not verified by anyone: it says nothing about the credential.
    pub qualified_signer: &'a [u8],
    /// What the caller had included.
    pub extra_data: &'a [u8],
    /// The firmware's version.
    pub firmware_version: u64,
    /// The name of the object, if the structure is of the type [`ATTEST_CERTIFY`]: its hash algorithm and its hash.
    pub name: Option<&'a [u8]>,
}

impl<'a> Attest<'a> {
    /// Reads the structure. What is attested is read only for the type [`ATTEST_CERTIFY`]; whether magic and type are as
    /// they must be is for whoever verifies.
    ///
    /// # Errors
    ///
    /// [`Problem::Truncated`], [`Problem::TrailingBytes`].
    ///
    /// ```
    /// use passkeep_protocol::tpm::{ATTEST_CERTIFY, Attest, GENERATED_VALUE};
    ///
    /// let mut bytes = GENERATED_VALUE.to_be_bytes().to_vec();
    /// bytes.extend(ATTEST_CERTIFY.to_be_bytes());
    /// bytes.extend([0, 0, 0, 2, 5, 6]); // No signer's name, and two bytes that the caller had included.
    /// bytes.extend([0; 17 + 8]); // The clock and the firmware's version.
    /// bytes.extend([0, 1, 9, 0, 0]); // The object's name, and no qualified one.
    /// let attest = Attest::parse(&bytes).unwrap();
    /// assert_eq!(attest.extra_data, [5, 6]);
    /// assert_eq!(attest.name, Some(&[9][..]));
    /// ```
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(Structure::TpmAttest, bytes);
        let magic = take_u32(&mut reader)?;
        let ty = take_u16(&mut reader)?;
        let qualified_signer = sized(&mut reader)?;
        let extra_data = sized(&mut reader)?;
        // clock, resetCount, restartCount, safe
        reader.take_array::<{ 8 + 4 + 4 + 1 }>()?;
        let firmware_version = u64::from_be_bytes(*reader.take_array()?);
        let name = if ty == ATTEST_CERTIFY {
            let name = sized(&mut reader)?;
            // The qualified name says through which parents the object was loaded.
            sized(&mut reader)?;
            reader.finish()?;
            Some(name)
        } else {
            None
        };
        Ok(Self {
            magic,
            ty,
            qualified_signer,
            extra_data,
            firmware_version,
            name,
        })
    }
}

/// `TPMT_SIGNATURE`, of the kinds that attestation keys make.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Signature<'a> {
    /// [`Algorithm::RSASSA`] or [`Algorithm::RSAPSS`].
    Rsa {
        /// Which of the two.
        scheme: Algorithm,
        /// The hash algorithm.
        hash: Algorithm,
        /// The signature, as RSA makes it.
        sig: &'a [u8],
    },
    /// [`Algorithm::ECDSA`].
    Ecdsa {
        /// The hash algorithm.
        hash: Algorithm,
        /// r, big-endian.
        r: &'a [u8],
        /// s, big-endian.
        s: &'a [u8],
    },
}

impl<'a> Signature<'a> {
    /// Reads a signature.
    ///
    /// # Errors
    ///
    /// [`Problem::Truncated`], [`Problem::TrailingBytes`], or [`Problem::Unexpected`] for another algorithm.
    ///
    /// ```
    /// use passkeep_protocol::tpm::{Algorithm, Signature};
    ///
    /// // ECDSA with SHA-256; r and s.
    /// let bytes = [0, 0x18, 0, 0x0b, 0, 1, 7, 0, 1, 8];
    /// let signature = Signature::parse(&bytes).unwrap();
    /// let hash = Algorithm::SHA256;
    /// assert_eq!(signature, Signature::Ecdsa { hash, r: &[7], s: &[8] });
    /// ```
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(Structure::TpmSignature, bytes);
        let scheme = Algorithm(take_u16(&mut reader)?);
        if ![Algorithm::RSASSA, Algorithm::RSAPSS, Algorithm::ECDSA].contains(&scheme) {
            return Err(reader.error_at(0, Problem::Unexpected("the signature's algorithm")));
        }
        let hash = Algorithm(take_u16(&mut reader)?);
        let signature = if scheme == Algorithm::ECDSA {
            Self::Ecdsa {
                hash,
                r: sized(&mut reader)?,
                s: sized(&mut reader)?,
            }
        } else {
            Self::Rsa {
                scheme,
                hash,
                sig: sized(&mut reader)?,
            }
        };
        reader.finish()?;
        Ok(signature)
    }
}

fn take_u16(reader: &mut Reader<'_>) -> Result<u16, Malformed> {
    reader.take_array().map(|bytes| u16::from_be_bytes(*bytes))
}

fn take_u32(reader: &mut Reader<'_>) -> Result<u32, Malformed> {
    reader.take_array().map(|bytes| u32::from_be_bytes(*bytes))
}

/// Two bytes of length and as many bytes: any `TPM2B`.
fn sized<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    let length = take_u16(reader)?;
    reader.take(usize::from(length))
}

/// `TPMT_SYM_DEF_OBJECT`, of which a key that signs has none; a storage key would have a block cipher.
fn symmetric(reader: &mut Reader<'_>) -> Result<(), Malformed> {
    let start = reader.offset();
    match take_u16(reader)? {
        NULL => Ok(()),
        // TDES, AES, SM4 and Camellia have a key length and a mode.
        0x0003 | 0x0006 | 0x0013 | 0x0026 => reader.take_array::<4>().map(drop),
        _ => Err(reader.error_at(start, Problem::Unexpected("the symmetric algorithm"))),
    }
}

/// `TPMT_RSA_SCHEME` or `TPMT_ECC_SCHEME`.
fn scheme(reader: &mut Reader<'_>) -> Result<(), Malformed> {
    let start = reader.offset();
    match take_u16(reader)? {
        // None, and RSAES, which has no hash.
        NULL | 0x0015 => Ok(()),
        // RSASSA, RSAPSS, OAEP, ECDSA, ECDH, SM2, ECSCHNORR and ECMQV have a hash algorithm.
        0x0014 | 0x0016..=0x0019 | 0x001b..=0x001d => reader.take_array::<2>().map(drop),
        // ECDAA has a counter as well.
        0x001a => reader.take_array::<4>().map(drop),
        _ => Err(reader.error_at(start, Problem::Unexpected("the key's scheme"))),
    }
}

/// `TPMT_KDF_SCHEME`.
fn key_derivation(reader: &mut Reader<'_>) -> Result<(), Malformed> {
    let start = reader.offset();
    match take_u16(reader)? {
        NULL => Ok(()),
        // MGF1, KDF1_SP800_56A, KDF2, KDF1_SP800_108
        0x0007 | 0x0020..=0x0022 => reader.take_array::<2>().map(drop),
        _ => Err(reader.error_at(start, Problem::Unexpected("the key derivation scheme"))),
    }
}

#[cfg(test)]
mod tests;
