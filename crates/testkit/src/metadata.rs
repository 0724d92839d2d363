//! Metadata BLOBs of the FIDO Metadata Service, with every part open to change. Source: FIDO MDS 3.1, §3.1.
//!
//! ```
//! use passkeep_testkit::metadata::{MetadataService, entry, status};
//!
//! let service = MetadataService::new("a service");
//! let blob = service
//!     .draft(7, "2026-12-01", vec![entry(&[1; 16], &[], &[status("FIDO_CERTIFIED_L1")])])
//!     .to_text();
//! assert_eq!(blob.split('.').count(), 3);
//! ```

use std::sync::Arc;

use passkeep_protocol::bytes::encode_base64url;
use passkeep_protocol::cose::CoseAlgorithm;
use serde_json::{Value, json};

use crate::certificate::{CertificateAuthority, CertificateDraft, Extension};
use crate::draws::Draws;
use crate::signing::PrivateKey;
use crate::signing::{Algorithm as _, ecdsa::ES256};

/// The host of the real service.
pub const HOST: &str = "mds.fidoalliance.org";

/// A metadata service: a root, an intermediate, and a key with a certificate for the service's host.
#[derive(Clone, Debug)]
pub struct MetadataService {
    /// The root that relying parties pin.
    pub root: CertificateAuthority,
    /// The authority that certifies the signer.
    pub issuer: CertificateAuthority,
    /// The key that signs BLOBs.
    pub key: Arc<dyn PrivateKey>,
    /// The signer's certificate.
    pub certificate: Vec<u8>,
}

impl MetadataService {
    /// A service whose signer has a P-256 key.
    #[must_use]
    pub fn new(seed: &str) -> Self {
        Self::with(seed, |_| {})
    }

    /// As [`new`](Self::new), with the signer's certificate changed before it is signed.
    #[must_use]
    pub fn with(seed: &str, change: impl FnOnce(&mut CertificateDraft)) -> Self {
        let key = ES256.generate(&mut Draws::new(
            seed.as_bytes(),
            "passkeep-testkit metadata",
        ));
        Self::with_key(seed, key, change)
    }

    /// As [`with`](Self::with), with that key.
    #[must_use]
    pub fn with_key(
        seed: &str,
        key: Arc<dyn PrivateKey>,
        change: impl FnOnce(&mut CertificateDraft),
    ) -> Self {
        let root = CertificateAuthority::root(format!("{seed}'s root"));
        let issuer = root.intermediate(format!("{seed}'s issuer"), |_| {});
        let draft = issuer.draft(&key.public_key()).with(|draft| {
            draft.set_extension(Extension::alternative_dns_name(HOST));
            change(draft);
        });
        Self {
            certificate: draft.to_der(),
            root,
            issuer,
            key,
        }
    }

    /// A BLOB before it is signed.
    pub fn draft(&self, number: u64, next_update: &str, entries: Vec<Value>) -> BlobDraft {
        let x5c = [std::slice::from_ref(&self.certificate), &self.issuer.chain].concat();
        let x5c: Vec<_> = x5c.iter().map(|der| encode_base64(der)).collect();
        BlobDraft {
            header: json!({ "alg": jws_name(self.key.alg()), "typ": "JWT", "x5c": x5c }),
            payload: json!({
                "legalHeader": "For tests only.",
                "no": number,
                "nextUpdate": next_update,
                "entries": entries,
            }),
            key: Arc::clone(&self.key),
        }
    }
}

/// A BLOB before it is signed. Nothing here is derived from anything else.
#[derive(Clone, Debug)]
#[must_use = "a draft becomes a BLOB by `to_text`"]
pub struct BlobDraft {
    /// The header.
    pub header: Value,
    /// The payload.
    pub payload: Value,
    /// The key that signs.
    pub key: Arc<dyn PrivateKey>,
}

impl BlobDraft {
    /// Changes the draft.
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The BLOB: a JWS in compact form. Source: RFC 7515 §7.1.
    #[must_use]
    pub fn to_text(&self) -> String {
        let part = |json: &Value| encode_base64url(json.to_string().as_bytes());
        self.sign(&format!("{}.{}", part(&self.header), part(&self.payload)))
    }

    /// Signs header and payload as they are, whatever they are.
    #[must_use]
    pub fn sign(&self, signed: &str) -> String {
        let signature = self.key.sign(signed.as_bytes());
        let signature = jws_signature(self.key.alg(), signature);
        format!("{signed}.{}", encode_base64url(&signature))
    }
}

/// An entry about a FIDO2 model, with its attestation roots in DER and its status reports.
#[must_use]
pub fn entry(aaguid: &[u8; 16], roots: &[&[u8]], reports: &[Value]) -> Value {
    let roots: Vec<_> = roots.iter().map(|der| encode_base64(der)).collect();
    json!({
        "aaguid": aaguid_text(aaguid),
        "metadataStatement": {
            "legalHeader": "For tests only.",
            "aaguid": aaguid_text(aaguid),
            "description": "Passkeep testkit authenticator",
            "authenticatorVersion": 1,
            "protocolFamily": "fido2",
            "schema": 3,
            "upv": [{ "major": 1, "minor": 1 }],
            "authenticationAlgorithms": ["secp256r1_ecdsa_sha256_raw"],
            "publicKeyAlgAndEncodings": ["cose"],
            "attestationTypes": ["basic_full"],
            "attestationRootCertificates": roots,
            "icon": "data:image/png;base64,AAAA",
        },
        "statusReports": reports,
        "timeOfLastStatusChange": "2020-01-01",
    })
}

/// A status report that says nothing else.
#[must_use]
pub fn status(status: &str) -> Value {
    json!({ "status": status })
}

/// As certificates stand in JSON: base64 with the standard alphabet and padding.
#[must_use]
pub fn encode_base64(bytes: &[u8]) -> String {
    let mut text = encode_base64url(bytes).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// An AAGUID in its text form.
#[must_use]
pub fn aaguid_text(aaguid: &[u8; 16]) -> String {
    let mut text = String::new();
    for (index, byte) in aaguid.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// The algorithm's name in a JWS header; `none` for one that has no name there.
fn jws_name(alg: CoseAlgorithm) -> &'static str {
    match alg.0 {
        -7 => "ES256",
        -35 => "ES384",
        -36 => "ES512",
        -257 => "RS256",
        -258 => "RS384",
        -259 => "RS512",
        -37 => "PS256",
        -38 => "PS384",
        -39 => "PS512",
        _ => "none",
    }
}

/// The signature as a JWS has it: the two numbers of an ECDSA signature stand side by side, each as long as the curve's.
/// Source: RFC 7518 §3.4.
fn jws_signature(alg: CoseAlgorithm, der: Vec<u8>) -> Vec<u8> {
    let length = match alg.0 {
        -7 => 32,
        -35 => 48,
        -36 => 66,
        _ => return der,
    };
    // SEQUENCE, its length in one byte or in two, INTEGER, its length, the number; INTEGER, its length, the number.
    let skip = if der.get(1) == Some(&0x81) { 4 } else { 3 };
    let rest = der.get(skip..).unwrap_or_default();
    let Some((r, rest)) = rest
        .split_first()
        .and_then(|(length, rest)| rest.split_at_checked(usize::from(*length)))
    else {
        return der;
    };
    let s = rest.get(2..).unwrap_or_default();
    let number = |bytes: &[u8]| {
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let digits = bytes.get(zeros..).unwrap_or_default();
        let mut number = vec![0; length - digits.len().min(length)];
        number.extend_from_slice(digits);
        number
    };
    [number(r), number(s)].concat()
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::signature::Verifier as _;
    use p256::ecdsa::{Signature, VerifyingKey};
    use passkeep_protocol::bytes::decode_base64url;

    use super::*;
    use crate::cbor;

    #[test]
    fn a_blob_is_signed_with_the_services_key() {
        let service = MetadataService::new("service");
        let text = service.draft(1, "2026-12-01", vec![]).to_text();
        let (signed, signature) = text.rsplit_once('.').unwrap();
        let signature = Signature::from_slice(&decode_base64url(signature).unwrap()).unwrap();
        let key = service.key.public_key();
        let coordinate = |label| match key.get(label) {
            Some(cbor::Value::Bytes(bytes)) => bytes.clone(),
            other => panic!("{other:?}"),
        };
        let point = [vec![4], coordinate(-2), coordinate(-3)].concat();
        let verifier = VerifyingKey::from_sec1_bytes(&point).unwrap();
        assert!(verifier.verify(signed.as_bytes(), &signature).is_ok());
    }

    #[test]
    fn text_forms() {
        let aaguid = core::array::from_fn(|index| index as u8);
        assert_eq!(aaguid_text(&aaguid), "00010203-0405-0607-0809-0a0b0c0d0e0f");
        assert_eq!(encode_base64(&[0xfb, 0xff]), "+/8=");
    }

    #[test]
    fn short_numbers_of_a_signature_are_padded() {
        let der = vec![0x30, 8, 2, 1, 7, 2, 3, 0, 0x80, 1];
        let signature = jws_signature(CoseAlgorithm::ES256, der);
        let expected = [vec![0; 31], vec![7], vec![0; 30], vec![0x80, 1]].concat();
        assert_eq!(signature, expected);
    }
}
