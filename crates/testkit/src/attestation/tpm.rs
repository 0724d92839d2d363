//! The format of Trusted Platform Modules, Windows Hello above all. Source: L3 §8.3.

use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;

use super::{AttestationFormat, Changes, NewCredential, attestation_key, x5c};
use crate::cbor::Value;
use crate::certificate::{CertificateAuthority, CertificateDraft, Extension, Name, oid};
use crate::signing::PrivateKey;

mod structures;

pub use structures::{
    CertInfo, HashAlgorithm, PublicArea, PublicId, PublicParameters, TPM_ALG_ECC, TPM_ALG_NULL,
    TPM_ALG_RSA,
};

/// Attestation by a TPM.
#[derive(Clone, Debug)]
pub struct Tpm {
    /// Who issues the certificate.
    pub authority: CertificateAuthority,
    /// The attestation key.
    pub key: Arc<dyn PrivateKey>,
    /// What the TPM names objects with.
    pub name_algorithm: HashAlgorithm,
    /// What is changed in each draft.
    pub changes: Changes<TpmDraft>,
}

/// A statement before anything in it is signed.
#[derive(Clone, Debug)]
pub struct TpmDraft {
    /// The version of the TPM specification.
    pub ver: String,
    /// The algorithm the statement names.
    pub alg: CoseAlgorithm,
    /// The key that signs.
    pub key: Arc<dyn PrivateKey>,
    /// The credential's key as the TPM sees it.
    pub pub_area: PublicArea,
    /// What is signed.
    pub cert_info: CertInfo,
    /// The key's certificate.
    pub certificate: CertificateDraft,
    /// What follows it in `x5c`.
    pub chain: Vec<Vec<u8>>,
}

impl Tpm {
    /// Attestation with a P-256 key and a certificate of this authority, in a TPM that names objects with SHA-256.
    #[must_use]
    pub fn new(authority: CertificateAuthority) -> Self {
        Self {
            authority,
            key: attestation_key("tpm"),
            name_algorithm: HashAlgorithm::Sha256,
            changes: Changes::default(),
        }
    }

    /// Changes every draft.
    #[must_use]
    pub fn with(mut self, change: impl Fn(&mut TpmDraft) + Send + Sync + 'static) -> Self {
        self.changes.push(change);
        self
    }
}

impl AttestationFormat for Tpm {
    fn identifier(&self) -> &'static str {
        "tpm"
    }

    fn statement(&self, about: &NewCredential<'_>) -> Value {
        let hash = HashAlgorithm::of_signature(self.key.alg());
        let certificate = self.authority.draft(&self.key.public_key());
        let draft = self.changes.apply(TpmDraft {
            ver: "2.0".to_owned(),
            alg: self.key.alg(),
            key: Arc::clone(&self.key),
            pub_area: PublicArea::of_key(&about.key.public_key(), self.name_algorithm),
            cert_info: CertInfo::new(&hash.digest(&about.signed_bytes())),
            certificate: certificate.with(|certificate| {
                certificate.subject = Name::default();
                let usage = Extension::extended_key_usage(&[oid::TCG_AIK_CERTIFICATE]);
                certificate.set_extension(usage);
                let tpm = device_name("id:53544D20", "Passkeep testkit", "id:00020008");
                certificate.set_extension(Extension::alternative_directory_name(&tpm));
            }),
            chain: self.authority.chain.clone(),
        });
        let pub_area = draft.pub_area.encode();
        let cert_info = draft.cert_info.encode(&draft.pub_area);
        Value::map([
            ("ver", Value::from(&*draft.ver)),
            ("alg", Value::from(draft.alg.0)),
            ("x5c", x5c(&draft.certificate, &draft.chain)),
            ("sig", Value::from(draft.key.sign(&cert_info))),
            ("certInfo", Value::from(cert_info)),
            ("pubArea", Value::from(pub_area)),
        ])
    }
}

/// The directory name that stands for a TPM: manufacturer, model and version in one relative name. Source: TCG EK
/// Credential Profile §3.2.9.
#[must_use]
pub fn device_name(manufacturer: &str, model: &str, version: &str) -> Name {
    let attributes = [
        (oid::TPM_MANUFACTURER, manufacturer),
        (oid::TPM_MODEL, model),
        (oid::TPM_VERSION, version),
    ];
    let attributes = attributes.map(|(oid, text)| (oid, crate::der::utf8_string(text)));
    Name {
        relative: vec![attributes.to_vec()],
    }
}
