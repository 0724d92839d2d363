//! The format of keys that live in Android's key store. Source: L3 §8.4.

use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;

use super::{AttestationFormat, Changes, NewCredential, x5c};
use crate::cbor::Value;
use crate::certificate::{CertificateAuthority, CertificateDraft, Extension, oid};
use crate::der;
use crate::signing::PrivateKey;

/// Attestation by Android: a certificate for the credential's own key, with a description of it, and a signature of that
/// key.
#[derive(Clone, Debug)]
pub struct AndroidKey {
    /// Who issues the certificate.
    pub authority: CertificateAuthority,
    /// What is changed in each draft.
    pub changes: Changes<AndroidKeyDraft>,
}

/// A statement before anything in it is signed.
#[derive(Clone, Debug)]
pub struct AndroidKeyDraft {
    /// The algorithm the statement names.
    pub alg: CoseAlgorithm,
    /// The key that signs.
    pub key: Arc<dyn PrivateKey>,
    /// What it signs.
    pub message: Vec<u8>,
    /// What the certificate's extension says. It becomes the last one when the certificate is signed; `None` leaves it out.
    pub key_description: Option<KeyDescription>,
    /// The certificate of the credential's key.
    pub certificate: CertificateDraft,
    /// What follows it in `x5c`.
    pub chain: Vec<Vec<u8>>,
}

/// What Android says about a key. Source: the schema that L3 §8.4.1 refers to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyDescription {
    /// The version of this description.
    pub attestation_version: i64,
    /// Where the attestation was made: [`Self::SOFTWARE`] and so on.
    pub attestation_security_level: i64,
    /// The version of the key store.
    pub keymint_version: i64,
    /// Where the key lives.
    pub keymint_security_level: i64,
    /// SHA-256 of the client data.
    pub attestation_challenge: Vec<u8>,
    /// Names the device, in some uses of the format; empty in WebAuthn.
    pub unique_id: Vec<u8>,
    /// What Android itself enforces.
    pub software_enforced: AuthorizationList,
    /// What the secure hardware enforces.
    pub hardware_enforced: AuthorizationList,
}

/// Properties of a key, by their numbers. Each is DER, to be wrapped in an explicit tag.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AuthorizationList(pub Vec<(u32, Vec<u8>)>);

impl KeyDescription {
    /// In Android itself.
    pub const SOFTWARE: i64 = 0;
    /// In a trusted execution environment.
    pub const TRUSTED_ENVIRONMENT: i64 = 1;
    /// In a security chip.
    pub const STRONG_BOX: i64 = 2;

    /// Of a P-256 key in a trusted execution environment, made there and for signing.
    #[must_use]
    pub fn new(attestation_challenge: &[u8]) -> Self {
        let mut hardware_enforced = AuthorizationList::default();
        hardware_enforced.set_purposes(&[AuthorizationList::SIGN]);
        hardware_enforced.set(AuthorizationList::ALGORITHM, der::integer(3));
        hardware_enforced.set(AuthorizationList::KEY_SIZE, der::integer(256));
        hardware_enforced.set(AuthorizationList::EC_CURVE, der::integer(1));
        hardware_enforced.set_origin(AuthorizationList::GENERATED);
        Self {
            attestation_version: 300,
            attestation_security_level: Self::TRUSTED_ENVIRONMENT,
            keymint_version: 300,
            keymint_security_level: Self::TRUSTED_ENVIRONMENT,
            attestation_challenge: attestation_challenge.to_vec(),
            unique_id: Vec::new(),
            software_enforced: AuthorizationList::default(),
            hardware_enforced,
        }
    }

    /// Writes the description, the extension's value.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        der::sequence([
            der::integer(self.attestation_version),
            der::enumerated(self.attestation_security_level),
            der::integer(self.keymint_version),
            der::enumerated(self.keymint_security_level),
            der::octet_string(&self.attestation_challenge),
            der::octet_string(&self.unique_id),
            self.software_enforced.to_der(),
            self.hardware_enforced.to_der(),
        ])
    }
}

impl AuthorizationList {
    /// Property: what the key is for.
    pub const PURPOSE: u32 = 1;
    /// Property: its algorithm.
    pub const ALGORITHM: u32 = 2;
    /// Property: its size in bits.
    pub const KEY_SIZE: u32 = 3;
    /// Property: its curve.
    pub const EC_CURVE: u32 = 10;
    /// Property: every app may use it.
    pub const ALL_APPLICATIONS: u32 = 600;
    /// Property: where it was made.
    pub const ORIGIN: u32 = 702;

    /// A purpose: signing.
    pub const SIGN: i64 = 2;
    /// An origin: made where it lives.
    pub const GENERATED: i64 = 0;
    /// An origin: brought there from outside.
    pub const IMPORTED: i64 = 2;

    /// Sets a property, in its place by number.
    pub fn set(&mut self, number: u32, value: Vec<u8>) {
        self.remove(number);
        self.0.push((number, value));
        self.0.sort_by_key(|(number, _)| *number);
    }

    /// Takes a property out.
    pub fn remove(&mut self, number: u32) {
        self.0.retain(|(other, _)| *other != number);
    }

    /// Sets what the key is for.
    pub fn set_purposes(&mut self, purposes: &[i64]) {
        let purposes = purposes.iter().map(|purpose| der::integer(*purpose));
        self.set(Self::PURPOSE, der::set_of(purposes));
    }

    /// Sets where the key was made.
    pub fn set_origin(&mut self, origin: i64) {
        self.set(Self::ORIGIN, der::integer(origin));
    }

    fn to_der(&self) -> Vec<u8> {
        let properties = self.0.iter();
        der::sequence(properties.map(|(number, value)| der::explicit(*number, value)))
    }
}

impl AndroidKey {
    /// Attestation by this authority.
    #[must_use]
    pub fn new(authority: CertificateAuthority) -> Self {
        Self {
            authority,
            changes: Changes::default(),
        }
    }

    /// Changes every draft.
    #[must_use]
    pub fn with(mut self, change: impl Fn(&mut AndroidKeyDraft) + Send + Sync + 'static) -> Self {
        self.changes.push(change);
        self
    }

    /// Changes the description in every draft that has one.
    #[must_use]
    pub fn with_description(
        self,
        change: impl Fn(&mut KeyDescription) + Send + Sync + 'static,
    ) -> Self {
        self.with(move |draft| {
            if let Some(description) = &mut draft.key_description {
                change(description);
            }
        })
    }
}

impl AttestationFormat for AndroidKey {
    fn identifier(&self) -> &'static str {
        "android-key"
    }

    fn statement(&self, about: &NewCredential<'_>) -> Value {
        let mut draft = self.changes.apply(AndroidKeyDraft {
            alg: about.key.alg(),
            key: Arc::clone(about.key),
            message: about.signed_bytes(),
            key_description: Some(KeyDescription::new(&about.client_data_hash())),
            certificate: self.authority.draft(&about.key.public_key()),
            chain: self.authority.chain.clone(),
        });
        if let Some(description) = &draft.key_description {
            let value = description.to_der();
            let extension = Extension::new(oid::ANDROID_KEY_DESCRIPTION, value);
            draft.certificate.set_extension(extension);
        }
        Value::map([
            ("alg", Value::from(draft.alg.0)),
            ("sig", Value::from(draft.key.sign(&draft.message))),
            ("x5c", x5c(&draft.certificate, &draft.chain)),
        ])
    }
}
