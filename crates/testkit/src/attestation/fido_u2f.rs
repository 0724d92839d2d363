//! The format of keys that knew U2F only. Source: L3 §8.6.

use std::sync::Arc;

use passkeep_protocol::authenticator_data::AuthenticatorData;

use super::{AttestationFormat, Changes, NewCredential, attestation_key, x5c};
use crate::cbor::Value;
use crate::certificate::{CertificateAuthority, CertificateDraft};
use crate::signing::PrivateKey;

/// Attestation as a U2F key makes it.
#[derive(Clone, Debug)]
pub struct FidoU2f {
    /// Who issues the certificate.
    pub authority: CertificateAuthority,
    /// The attestation key.
    pub key: Arc<dyn PrivateKey>,
    /// What is changed in each draft.
    pub changes: Changes<FidoU2fDraft>,
}

/// A statement before anything in it is signed. The message is the fields one after the other.
#[derive(Clone, Debug)]
pub struct FidoU2fDraft {
    /// The first byte, which U2F reserves.
    pub reserved: u8,
    /// SHA-256 of the RP ID.
    pub rp_id_hash: Vec<u8>,
    /// SHA-256 of the client data.
    pub client_data_hash: Vec<u8>,
    /// The credential id.
    pub credential_id: Vec<u8>,
    /// The credential's public key, as an uncompressed point.
    pub public_key: Vec<u8>,
    /// The key that signs.
    pub key: Arc<dyn PrivateKey>,
    /// The key's certificate.
    pub certificate: CertificateDraft,
    /// What follows it in `x5c`; nothing may.
    pub chain: Vec<Vec<u8>>,
}

impl FidoU2f {
    /// Attestation with a certificate of this authority, which should be a root because the format has no room for an
    /// intermediate.
    #[must_use]
    pub fn new(authority: CertificateAuthority) -> Self {
        Self {
            authority,
            key: attestation_key("fido-u2f"),
            changes: Changes::default(),
        }
    }

    /// Changes every draft.
    #[must_use]
    pub fn with(mut self, change: impl Fn(&mut FidoU2fDraft) + Send + Sync + 'static) -> Self {
        self.changes.push(change);
        self
    }
}

impl AttestationFormat for FidoU2f {
    fn identifier(&self) -> &'static str {
        "fido-u2f"
    }

    fn statement(&self, about: &NewCredential<'_>) -> Value {
        let data = AuthenticatorData::parse(about.authenticator_data).ok();
        let attested = data.as_ref();
        let attested = attested.and_then(|data| data.attested_credential_data.as_ref());
        let draft = self.changes.apply(FidoU2fDraft {
            reserved: 0,
            rp_id_hash: data
                .as_ref()
                .map_or(Vec::new(), |it| it.rp_id_hash.to_vec()),
            client_data_hash: about.client_data_hash().to_vec(),
            credential_id: attested.map_or(Vec::new(), |it| it.credential_id.to_vec()),
            public_key: uncompressed_point(&about.key.public_key()),
            key: Arc::clone(&self.key),
            certificate: self.authority.draft(&self.key.public_key()),
            chain: self.authority.chain.clone(),
        });
        let message = [
            &[draft.reserved],
            &*draft.rp_id_hash,
            &*draft.client_data_hash,
            &*draft.credential_id,
            &*draft.public_key,
        ]
        .concat();
        Value::map([
            ("sig", Value::from(draft.key.sign(&message))),
            ("x5c", x5c(&draft.certificate, &draft.chain)),
        ])
    }
}

/// The byte 4 and the coordinates. Source: L3 §8.6, "Let publicKeyU2F be the concatenation".
fn uncompressed_point(cose_key: &Value) -> Vec<u8> {
    let mut point = vec![4];
    for label in [-2, -3] {
        if let Some(Value::Bytes(coordinate)) = cose_key.get(label) {
            point.extend_from_slice(coordinate);
        }
    }
    point
}
