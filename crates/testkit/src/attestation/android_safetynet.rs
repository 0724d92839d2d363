//! The format of Android devices before android-key: a verdict of Google's SafetyNet service, as a signed JSON token.
//! Source: L3 §8.5.

use std::sync::Arc;

use passkeep_protocol::bytes::encode_base64url;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::{AttestationFormat, Changes, NewCredential};
use crate::cbor::Value;
use crate::certificate::{CertificateAuthority, CertificateDraft, Extension, oid};
use crate::draws::Draws;
use crate::signing::rsa::RS256;
use crate::signing::{Algorithm as _, PrivateKey};

/// Attestation by SafetyNet.
#[derive(Clone, Debug)]
pub struct AndroidSafetyNet {
    /// Who issues the certificate.
    pub authority: CertificateAuthority,
    /// The service's key.
    pub key: Arc<dyn PrivateKey>,
    /// When the service answered, in milliseconds since 1970.
    pub timestamp_ms: u64,
    /// What is changed in each draft.
    pub changes: Changes<AndroidSafetyNetDraft>,
}

/// A statement before anything in it is signed.
#[derive(Clone, Debug)]
pub struct AndroidSafetyNetDraft {
    /// The version of Google Play services.
    pub ver: String,
    /// The token's header. Its `x5c` is set when the certificate is signed, unless it is there already.
    pub header: Map<String, Json>,
    /// The token's payload.
    pub payload: Map<String, Json>,
    /// The key that signs.
    pub key: Arc<dyn PrivateKey>,
    /// The key's certificate.
    pub certificate: CertificateDraft,
    /// What follows it in `x5c`.
    pub chain: Vec<Vec<u8>>,
}

impl AndroidSafetyNet {
    /// Attestation at this time, in milliseconds since 1970, by a service with an RSA key and a certificate of this
    /// authority.
    #[must_use]
    pub fn new(authority: CertificateAuthority, timestamp_ms: u64) -> Self {
        let mut draws = Draws::new(b"passkeep-testkit attestation key", "android-safetynet");
        Self {
            authority,
            key: RS256.generate(&mut draws),
            timestamp_ms,
            changes: Changes::default(),
        }
    }

    /// Changes every draft.
    #[must_use]
    pub fn with(
        mut self,
        change: impl Fn(&mut AndroidSafetyNetDraft) + Send + Sync + 'static,
    ) -> Self {
        self.changes.push(change);
        self
    }
}

impl AttestationFormat for AndroidSafetyNet {
    fn identifier(&self) -> &'static str {
        "android-safetynet"
    }

    fn statement(&self, about: &NewCredential<'_>) -> Value {
        const HOST: &str = "attest.android.com";
        let nonce = Sha256::digest(about.signed_bytes());
        let payload = json!({
            "nonce": base64(&nonce),
            "timestampMs": self.timestamp_ms,
            "apkPackageName": "com.google.android.gms",
            "apkDigestSha256": base64(&[0xa1; 32]),
            "ctsProfileMatch": true,
            "apkCertificateDigestSha256": [base64(&[0xa2; 32])],
            "basicIntegrity": true,
            "evaluationType": "BASIC,HARDWARE_BACKED",
        });
        let certificate = self.authority.draft(&self.key.public_key());
        let mut draft = self.changes.apply(AndroidSafetyNetDraft {
            ver: "223616028".to_owned(),
            header: Map::from_iter([("alg".to_owned(), "RS256".into())]),
            payload: payload.as_object().cloned().unwrap_or_default(),
            key: Arc::clone(&self.key),
            certificate: certificate.with(|certificate| {
                certificate.subject.set(oid::COMMON_NAME, HOST);
                certificate.subject.remove(oid::ORGANIZATIONAL_UNIT);
                certificate.set_extension(Extension::alternative_dns_name(HOST));
            }),
            chain: self.authority.chain.clone(),
        });
        let certificates = [vec![draft.certificate.to_der()], draft.chain].concat();
        let certificates: Vec<_> = certificates.iter().map(|der| base64(der)).collect();
        let header = draft.header.entry("x5c");
        header.or_insert_with(|| certificates.into());
        let [header, payload] = [draft.header, draft.payload]
            .map(|part| encode_base64url(Json::Object(part).to_string().as_bytes()));
        let signed = format!("{header}.{payload}");
        let signature = encode_base64url(&draft.key.sign(signed.as_bytes()));
        let token = format!("{signed}.{signature}");
        Value::map([
            ("ver", Value::from(&*draft.ver)),
            ("response", Value::from(token.as_bytes())),
        ])
    }
}

/// Base64 with the standard alphabet and padding, as tokens have it inside.
fn base64(bytes: &[u8]) -> String {
    let mut text = encode_base64url(bytes).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}
