//! Structures of TPM 2.0, as far as attestation has them. Source: TPM 2.0 Library, part 2.

use passkeep_protocol::cose::CoseAlgorithm;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::cbor::Value;

/// TPM_ALG_RSA.
pub const TPM_ALG_RSA: u16 = 0x0001;
/// TPM_ALG_NULL: no algorithm.
pub const TPM_ALG_NULL: u16 = 0x0010;
/// TPM_ALG_ECC.
pub const TPM_ALG_ECC: u16 = 0x0023;

/// The object attribute `sign`.
const SIGN: u32 = 0x0004_0000;

/// A hash algorithm.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HashAlgorithm {
    /// SHA-1, of old TPMs.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl HashAlgorithm {
    /// Its number.
    #[must_use]
    pub fn id(self) -> u16 {
        match self {
            Self::Sha1 => 0x0004,
            Self::Sha256 => 0x000b,
            Self::Sha384 => 0x000c,
            Self::Sha512 => 0x000d,
        }
    }

    /// Hashes a message.
    #[must_use]
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(message).to_vec(),
            Self::Sha256 => Sha256::digest(message).to_vec(),
            Self::Sha384 => Sha384::digest(message).to_vec(),
            Self::Sha512 => Sha512::digest(message).to_vec(),
        }
    }

    /// The hash of a signature algorithm; SHA-256 for one that has no other.
    #[must_use]
    pub fn of_signature(alg: CoseAlgorithm) -> Self {
        match alg.0 {
            -65535 => Self::Sha1,
            -35 | -38 | -51 | -258 => Self::Sha384,
            -36 | -39 | -52 | -259 => Self::Sha512,
            _ => Self::Sha256,
        }
    }
}

/// TPMT_PUBLIC: a key, as the TPM describes it. Nothing is derived from anything else.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicArea {
    /// The kind of key.
    pub object_type: u16,
    /// The number of the hash that names it.
    pub name_alg: u16,
    /// What may be done with it.
    pub object_attributes: u32,
    /// What has to be fulfilled to use it.
    pub auth_policy: Vec<u8>,
    /// Its parameters.
    pub parameters: PublicParameters,
    /// Its public part.
    pub unique: PublicId,
    /// Bytes after the end.
    pub trailing: Vec<u8>,
}

/// TPMU_PUBLIC_PARMS.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PublicParameters {
    /// Of an RSA key.
    Rsa {
        /// The symmetric algorithm, of a key that protects others.
        symmetric: u16,
        /// The signature scheme: an algorithm and its details, of which TPM_ALG_NULL has none.
        scheme: Vec<u8>,
        /// The modulus in bits.
        key_bits: u16,
        /// The public exponent; 0 is 65537.
        exponent: u32,
    },
    /// Of a key on an elliptic curve.
    Ecc {
        /// The symmetric algorithm, of a key that protects others.
        symmetric: u16,
        /// The signature scheme.
        scheme: Vec<u8>,
        /// The curve's number.
        curve_id: u16,
        /// The key derivation scheme.
        kdf: Vec<u8>,
    },
}

/// TPMU_PUBLIC_ID.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PublicId {
    /// The modulus.
    Rsa(Vec<u8>),
    /// The coordinates.
    Ecc {
        /// x
        x: Vec<u8>,
        /// y
        y: Vec<u8>,
    },
}

impl PublicArea {
    /// The area of a credential's key in COSE form, for signing and no more.
    #[must_use]
    pub fn of_key(cose_key: &Value, name_algorithm: HashAlgorithm) -> Self {
        let bytes = |label: i64| match cose_key.get(label) {
            Some(Value::Bytes(bytes)) => bytes.clone(),
            _ => Vec::new(),
        };
        let null = TPM_ALG_NULL.to_be_bytes().to_vec();
        let (object_type, parameters, unique) = match cose_key.get(1) {
            Some(Value::Integer(3)) => {
                let modulus = bytes(-1);
                let parameters = PublicParameters::Rsa {
                    symmetric: TPM_ALG_NULL,
                    scheme: null,
                    key_bits: u16::try_from(modulus.len() * 8).unwrap_or(u16::MAX),
                    exponent: 0,
                };
                (TPM_ALG_RSA, parameters, PublicId::Rsa(modulus))
            }
            _ => {
                let curve = match cose_key.get(-1) {
                    Some(Value::Integer(crv)) => *crv,
                    _ => 0,
                };
                let parameters = PublicParameters::Ecc {
                    symmetric: TPM_ALG_NULL,
                    scheme: null.clone(),
                    // TPM_ECC_NIST_P256, P384 and P521 are COSE's numbers plus 2.
                    curve_id: u16::try_from(curve + 2).unwrap_or_default(),
                    kdf: null,
                };
                let [x, y] = [bytes(-2), bytes(-3)];
                (TPM_ALG_ECC, parameters, PublicId::Ecc { x, y })
            }
        };
        Self {
            object_type,
            name_alg: name_algorithm.id(),
            object_attributes: SIGN,
            auth_policy: Vec::new(),
            parameters,
            unique,
            trailing: Vec::new(),
        }
    }

    /// Writes the area.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(self.object_type.to_be_bytes());
        out.extend(self.name_alg.to_be_bytes());
        out.extend(self.object_attributes.to_be_bytes());
        sized(&mut out, &self.auth_policy);
        match &self.parameters {
            PublicParameters::Rsa {
                symmetric,
                scheme,
                key_bits,
                exponent,
            } => {
                out.extend(symmetric.to_be_bytes());
                out.extend(scheme);
                out.extend(key_bits.to_be_bytes());
                out.extend(exponent.to_be_bytes());
            }
            PublicParameters::Ecc {
                symmetric,
                scheme,
                curve_id,
                kdf,
            } => {
                out.extend(symmetric.to_be_bytes());
                out.extend(scheme);
                out.extend(curve_id.to_be_bytes());
                out.extend(kdf);
            }
        }
        match &self.unique {
            PublicId::Rsa(modulus) => sized(&mut out, modulus),
            PublicId::Ecc { x, y } => {
                sized(&mut out, x);
                sized(&mut out, y);
            }
        }
        out.extend(&self.trailing);
        out
    }

    /// The object's name: the number of a hash and the hash of the area. An unknown number is taken for SHA-256's.
    #[must_use]
    pub fn name(&self) -> Vec<u8> {
        let algorithms = [
            HashAlgorithm::Sha1,
            HashAlgorithm::Sha384,
            HashAlgorithm::Sha512,
        ];
        let algorithm = algorithms.into_iter().find(|it| it.id() == self.name_alg);
        let digest = algorithm
            .unwrap_or(HashAlgorithm::Sha256)
            .digest(&self.encode());
        [&self.name_alg.to_be_bytes(), &*digest].concat()
    }
}

/// TPMS_ATTEST: what the TPM signs about a key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CertInfo {
    /// Shows that a TPM made this: [`Self::GENERATED`].
    pub magic: u32,
    /// The kind of attestation: [`Self::CERTIFY`].
    pub attestation_type: u16,
    /// The name of the key that signs.
    pub qualified_signer: Vec<u8>,
    /// The hash of the authenticator data and client data.
    pub extra_data: Vec<u8>,
    /// Clock, counters and whether the clock is safe.
    pub clock_info: [u8; 17],
    /// The TPM's firmware.
    pub firmware_version: u64,
    /// The name of the attested key; `None` takes it from the area.
    pub attested_name: Option<Vec<u8>>,
    /// The name of the attested key and those above it.
    pub qualified_name: Vec<u8>,
    /// Bytes after the end.
    pub trailing: Vec<u8>,
}

impl CertInfo {
    /// TPM_GENERATED_VALUE.
    pub const GENERATED: u32 = 0xff54_4347;
    /// TPM_ST_ATTEST_CERTIFY.
    pub const CERTIFY: u16 = 0x8017;

    /// An attestation over this hash, with the clock of the specification's test vector.
    #[must_use]
    pub fn new(extra_data: &[u8]) -> Self {
        Self {
            magic: Self::GENERATED,
            attestation_type: Self::CERTIFY,
            qualified_signer: Vec::new(),
            extra_data: extra_data.to_vec(),
            clock_info: [
                0, 0, 0, 0, 0, 0, 0, 0, 0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x22, 0x22, 0x33,
            ],
            firmware_version: 0,
            attested_name: None,
            qualified_name: Vec::new(),
            trailing: Vec::new(),
        }
    }

    /// Writes the structure.
    #[must_use]
    pub fn encode(&self, pub_area: &PublicArea) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(self.magic.to_be_bytes());
        out.extend(self.attestation_type.to_be_bytes());
        sized(&mut out, &self.qualified_signer);
        sized(&mut out, &self.extra_data);
        out.extend(self.clock_info);
        out.extend(self.firmware_version.to_be_bytes());
        let name = self.attested_name.clone();
        sized(&mut out, &name.unwrap_or_else(|| pub_area.name()));
        sized(&mut out, &self.qualified_name);
        out.extend(&self.trailing);
        out
    }
}

/// TPM2B: a length of two bytes and the content.
fn sized(out: &mut Vec<u8>, content: &[u8]) {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
    out.extend(length.to_be_bytes());
    out.extend_from_slice(content);
}
