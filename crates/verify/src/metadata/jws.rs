//! A JWS in compact form, as metadata BLOBs come: three parts of base64url, joined by dots. [RFC 7515 §7.1]
//!
//! [RFC 7515 §7.1]: https://www.rfc-editor.org/rfc/rfc7515#section-7.1

use passkeep_protocol::bytes::decode_base64url;
use passkeep_protocol::cose::{CoseAlgorithm, KeyParameters};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::error::MetadataError;
use crate::algorithm::CryptoProvider;
use crate::base64::{self, Padding};
use crate::json::from_object;

/// The most certificates a header may carry. The real one carries three or four.
pub const MAX_CERTIFICATES: usize = 8;

/// The longest header, in characters: room for that many certificates of the largest size.
const MAX_HEADER: usize = 256 * 1024;

/// A JWS whose signature has not been looked at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Jws<'a> {
    algorithm: CoseAlgorithm,
    /// In DER, the signer's first.
    pub(crate) certificates: Vec<Vec<u8>>,
    /// Header and payload as they came, which is what is signed.
    signed: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    x5c: Option<Vec<String>>,
    x5u: Option<IgnoredAny>,
    crit: Option<IgnoredAny>,
}

impl<'a> Jws<'a> {
    /// Takes it apart. The payload stays as it came until somebody has verified the signature.
    pub(crate) fn parse(text: &'a str) -> Result<Self, MetadataError> {
        let mut dots = text.match_indices('.').map(|(at, _)| at);
        let (Some(first), Some(second), None) = (dots.next(), dots.next(), dots.next()) else {
            return Err(MetadataError::NotCompactJws);
        };
        let part = |start: usize, end: usize| text.get(start..end).unwrap_or_default();
        let (header, payload) = (part(0, first), part(first + 1, second));
        if header.len() > MAX_HEADER {
            return Err(MetadataError::HeaderUnreadable);
        }
        let header = decode_base64url(header).map_err(|_| MetadataError::HeaderUnreadable)?;
        let header: Header = from_object(&header).ok_or(MetadataError::HeaderUnreadable)?;
        // Unknown members are passed over, except when the header says that they must be understood.
        // [RFC 7515 §4.1.11, "the recipient MUST understand and process"]
        if header.crit.is_some() {
            return Err(MetadataError::CriticalHeader);
        }
        // Somebody would have to fetch the certificates, and verification has no network.
        if header.x5u.is_some() {
            return Err(MetadataError::CertificatesByUrl);
        }
        let algorithm = algorithm(&header.alg).ok_or(MetadataError::AlgorithmNotAccepted)?;
        let certificates = header.x5c.unwrap_or_default();
        if certificates.is_empty() {
            return Err(MetadataError::CertificatesMissing);
        }
        if certificates.len() > MAX_CERTIFICATES {
            return Err(MetadataError::TooManyCertificates {
                cap: MAX_CERTIFICATES,
            });
        }
        let certificates = certificates.iter().enumerate();
        let certificates = certificates.map(|(position, text)| {
            decode_base64(text).ok_or(MetadataError::CertificateUnreadable { position })
        });
        let signature = decode_base64url(part(second + 1, text.len()));
        Ok(Self {
            algorithm,
            certificates: certificates.collect::<Result<_, _>>()?,
            signed: part(0, second),
            payload,
            signature: signature.map_err(|_| MetadataError::SignatureInvalid)?,
        })
    }

    /// Verifies the signature over what came, and only then hands out the payload.
    pub(crate) fn verify(
        &self,
        key: &KeyParameters<'_>,
        crypto: &CryptoProvider,
    ) -> Result<Vec<u8>, MetadataError> {
        let algorithm = crypto.algorithm(self.algorithm);
        let algorithm = algorithm.ok_or(MetadataError::AlgorithmNotAccepted)?;
        let verified = self.der_signature().is_some_and(|signature| {
            let message = self.signed.as_bytes();
            algorithm.verify(key, message, &signature).is_ok()
        });
        if !verified {
            return Err(MetadataError::SignatureInvalid);
        }
        decode_base64url(self.payload).map_err(|_| MetadataError::PayloadUnreadable)
    }

    /// The signature as X.509 and WebAuthn write it: a JWS has the two numbers of ECDSA side by side, each as long as the
    /// curve's. [RFC 7518 §3.4]
    ///
    /// [RFC 7518 §3.4]: https://www.rfc-editor.org/rfc/rfc7518#section-3.4
    fn der_signature(&self) -> Option<Vec<u8>> {
        let length = match self.algorithm {
            CoseAlgorithm::ES256 => 32,
            CoseAlgorithm::ES384 => 48,
            CoseAlgorithm::ES512 => 66,
            _ => return Some(self.signature.clone()),
        };
        let (r, s) = self.signature.split_at_checked(length)?;
        if s.len() != length {
            return None;
        }
        let content = [integer(r), integer(s)].concat();
        Some(element(0x30, &content))
    }
}

/// What may sign. `none` and the algorithms with shared keys are not among them.
fn algorithm(name: &str) -> Option<CoseAlgorithm> {
    Some(match name {
        "ES256" => CoseAlgorithm::ES256,
        "ES384" => CoseAlgorithm::ES384,
        "ES512" => CoseAlgorithm::ES512,
        "RS256" => CoseAlgorithm::RS256,
        "RS384" => CoseAlgorithm::RS384,
        "RS512" => CoseAlgorithm::RS512,
        "PS256" => CoseAlgorithm::PS256,
        "PS384" => CoseAlgorithm::PS384,
        "PS512" => CoseAlgorithm::PS512,
        _ => return None,
    })
}

/// A DER INTEGER of a big-endian number that is not negative.
fn integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let mut content = number.get(zeros..).unwrap_or_default().to_vec();
    if content.first().is_none_or(|first| *first >= 0x80) {
        content.insert(0, 0);
    }
    element(0x02, &content)
}

/// A DER element of at most 255 bytes; no ECDSA signature is longer.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
    if length >= 0x80 {
        bytes.push(0x81);
    }
    bytes.push(length);
    bytes.extend_from_slice(content);
    bytes
}

/// Reads base64 with the standard alphabet, as JSON around certificates has it. Line breaks and missing padding are
/// tolerated, because metadata has been published with them.
pub(crate) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let decoded = base64::decode(text, Padding::Tolerated);
    decoded.filter(|bytes| !bytes.is_empty())
}

#[cfg(test)]
mod tests {
    use passkeep_protocol::bytes::encode_base64url;

    use super::*;

    #[track_caller]
    fn parse(header: &str) -> Result<Vec<Vec<u8>>, MetadataError> {
        let text = format!("{}.e30.AQ", encode_base64url(header.as_bytes()));
        Jws::parse(&text).map(|jws| jws.certificates)
    }

    #[test]
    fn a_header_and_its_certificates() {
        let header = r#"{"typ":"JWT","alg":"ES256","x5c":["AQI=","+/8="],"kid":"ignored"}"#;
        assert_eq!(parse(header), Ok(vec![vec![1, 2], vec![0xfb, 0xff]]));
    }

    #[test]
    fn each_refusal_of_a_header() {
        use MetadataError as E;
        let nine = ["\"AQ==\""; 9].join(",");
        for (header, expected) in [
            ("", E::HeaderUnreadable),
            (r#"{"x5c":["AQ=="]}"#, E::HeaderUnreadable),
            (
                r#"{"alg":"ES256","alg":"ES256","x5c":["AQ=="]}"#,
                E::HeaderUnreadable,
            ),
            (r#"{"alg":"none","x5c":["AQ=="]}"#, E::AlgorithmNotAccepted),
            (r#"{"alg":"None","x5c":["AQ=="]}"#, E::AlgorithmNotAccepted),
            (r#"{"alg":"HS256","x5c":["AQ=="]}"#, E::AlgorithmNotAccepted),
            (
                r#"{"alg":"ES256","crit":["exp"],"x5c":["AQ=="]}"#,
                E::CriticalHeader,
            ),
            (
                r#"{"alg":"ES256","x5u":"https://example.org","x5c":["AQ=="]}"#,
                E::CertificatesByUrl,
            ),
            (r#"{"alg":"ES256"}"#, E::CertificatesMissing),
            (r#"{"alg":"ES256","x5c":[]}"#, E::CertificatesMissing),
            (
                r#"{"alg":"ES256","x5c":["AQ==","-_8="]}"#,
                E::CertificateUnreadable { position: 1 },
            ),
            (
                &format!(r#"{{"alg":"ES256","x5c":[{nine}]}}"#),
                E::TooManyCertificates { cap: 8 },
            ),
        ] {
            assert_eq!(parse(header), Err(expected), "{header}");
        }
    }

    #[test]
    fn there_are_three_parts() {
        for text in ["", "e30", "e30.e30", "e30.e30.AQ.AQ"] {
            assert_eq!(
                Jws::parse(text),
                Err(MetadataError::NotCompactJws),
                "{text}"
            );
        }
        assert_eq!(
            Jws::parse("e3 0.e30.AQ"),
            Err(MetadataError::HeaderUnreadable)
        );
        let long = format!("{}.e30.AQ", "e".repeat(MAX_HEADER + 1));
        assert_eq!(Jws::parse(&long), Err(MetadataError::HeaderUnreadable));
    }

    #[test]
    fn ecdsa_signatures_become_der() {
        let mut jws = Jws {
            algorithm: CoseAlgorithm::ES256,
            certificates: vec![],
            signed: "",
            payload: "",
            signature: [[0; 31].as_slice(), &[0x80], &[0; 32]].concat(),
        };
        let expected = [0x30, 7, 2, 2, 0, 0x80, 2, 1, 0];
        assert_eq!(jws.der_signature().as_deref(), Some(&expected[..]));
        jws.signature.push(0);
        assert_eq!(jws.der_signature(), None);
        jws.algorithm = CoseAlgorithm::ES512;
        jws.signature = vec![0x7f; 132];
        let der = jws.der_signature().unwrap();
        assert_eq!(der[..5], [0x30, 0x81, 136, 2, 66]);
        assert_eq!(der.len(), 139);
    }

    #[test]
    fn base64_of_the_standard_alphabet() {
        for (text, expected) in [
            ("AQI=", Some(vec![1, 2])),
            ("AQI", Some(vec![1, 2])),
            ("A\nQ I=\r\n", Some(vec![1, 2])),
            ("", None),
            ("====", None),
            ("-_8=", None),
            ("A=QI", None),
            ("AQJ=", None),
        ] {
            assert_eq!(decode_base64(text), expected, "{text:?}");
        }
    }
}
