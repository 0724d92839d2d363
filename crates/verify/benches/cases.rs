//! The ceremonies that are measured. The software authenticator makes them, and the JSON is as browsers send it.

use std::hint::black_box;
use std::sync::Arc;

use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::bytes::encode_base64url;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::names::AttestationConveyancePreference;
use passkeep_protocol::options::PublicKeyCredentialCreationOptionsJson;
use passkeep_protocol::response::{AuthenticationResponseJson, RegistrationResponseJson};
use passkeep_testkit::attestation::AttestationFormat;
use passkeep_testkit::attestation::android_key::AndroidKey;
use passkeep_testkit::attestation::android_safetynet::AndroidSafetyNet;
use passkeep_testkit::attestation::apple::Apple;
use passkeep_testkit::attestation::compound::Compound;
use passkeep_testkit::attestation::fido_u2f::FidoU2f;
use passkeep_testkit::attestation::none::NoAttestation;
use passkeep_testkit::attestation::packed::{Packed, PackedSelf};
use passkeep_testkit::attestation::tpm::Tpm;
use passkeep_testkit::authenticator::Config;
use passkeep_testkit::certificate::CertificateAuthority;
use passkeep_testkit::{Authenticator, Client};
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::attestation::AttestationFormat as StatementFormat;
use passkeep_verify::ceremony::Fresh;
use passkeep_verify::origin::Origin;
use passkeep_verify::start::{AuthenticationRequest, NewCredentialUser, RegistrationRequest};
use passkeep_verify::trust::TrustAnchor;
use passkeep_verify::{
    CeremonyId, Challenge, CredentialRecord, PendingAuthentication, PendingRegistration,
    RelyingParty, RelyingPartyConfig, Timestamp, UserHandle, VerifiedRegistration,
};

pub(crate) const RP_ID: &str = "example.org";
pub(crate) const ORIGIN: &str = "https://example.org";
const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// The algorithms that are measured, ES256 first. COSE's other numbers, for the same schemes, would measure them twice.
const ALGORITHMS: &[(&str, CoseAlgorithm)] = &[
    ("es256", CoseAlgorithm::ES256),
    ("eddsa", CoseAlgorithm::EDDSA),
    ("rs256", CoseAlgorithm::RS256),
    ("es384", CoseAlgorithm::ES384),
    ("es512", CoseAlgorithm::ES512),
    ("es256k", CoseAlgorithm::ES256K),
    ("ed448", CoseAlgorithm::ED448),
    ("rs384", CoseAlgorithm::RS384),
    ("rs512", CoseAlgorithm::RS512),
    ("ps256", CoseAlgorithm::PS256),
    ("ps384", CoseAlgorithm::PS384),
    ("ps512", CoseAlgorithm::PS512),
    ("ml-dsa-44", CoseAlgorithm::ML_DSA_44),
    ("ml-dsa-65", CoseAlgorithm::ML_DSA_65),
    ("ml-dsa-87", CoseAlgorithm::ML_DSA_87),
];

/// A registration with an ES256 credential.
pub(crate) struct Registration {
    pub(crate) name: &'static str,
    relying_party: RelyingParty,
    pub(crate) json: Vec<u8>,
}

impl Registration {
    /// One of each format. All signatures are ES256 but SafetyNet's, whose answer Google signed with RSA: none, `packed-self`
    /// and `apple` with one, the others with the statement's and the certificate's, and `compound` with those of its parts.
    pub(crate) fn all() -> Vec<Self> {
        let parts: [Arc<dyn AttestationFormat>; 2] = [
            Arc::new(Packed::new(vendor())),
            Arc::new(Apple::new(vendor())),
        ];
        vec![
            Self::new("none", NoAttestation),
            Self::new("packed-self", PackedSelf),
            Self::new("packed-root", Packed::new(vendor())),
            Self::new("tpm-root", Tpm::new(vendor())),
            Self::new("android-key-root", AndroidKey::new(vendor())),
            Self::new("apple-root", Apple::new(vendor())),
            Self::new("fido-u2f-root", FidoU2f::new(vendor())),
            Self::new("safetynet-root", AndroidSafetyNet::new(vendor(), NOW.0)),
            Self::new("compound-root", Compound::new(parts)),
        ]
    }

    /// With an attestation of this format.
    pub(crate) fn new(name: &'static str, format: impl AttestationFormat + 'static) -> Self {
        let relying_party = relying_party();
        let config = Config {
            algorithms: vec![CoseAlgorithm::ES256],
            attestation: Arc::new(format),
            ..Config::security_key()
        };
        let mut authenticator = Authenticator::with_config(name, config);
        let (options, _) = start_registration(&relying_party);
        let response = Client::new(ORIGIN).create(&options, &mut authenticator);
        let json = as_browsers_send(&response.unwrap());
        Self {
            name,
            relying_party,
            json,
        }
    }

    /// What the finish is judged by. It is used up by each.
    pub(crate) fn pending(&self) -> PendingRegistration {
        start_registration(&self.relying_party).1
    }

    /// From the JSON text to the verdict.
    pub(crate) fn verdict(&self, pending: PendingRegistration) {
        let response = RegistrationResponseJson::parse(&self.json).unwrap();
        let verified = self.finish(pending, &response);
        assert!(verified.findings().is_empty());
        black_box(verified);
    }

    fn finish(
        &self,
        pending: PendingRegistration,
        response: &RegistrationResponseJson,
    ) -> VerifiedRegistration {
        let relying_party = &self.relying_party;
        let verified = relying_party.finish_registration(pending, response, NOW);
        verified.unwrap()
    }
}

/// A sign-in with a discoverable credential.
pub(crate) struct Authentication {
    pub(crate) name: &'static str,
    relying_party: RelyingParty,
    user: UserHandle,
    pub(crate) record: CredentialRecord,
    pub(crate) json: Vec<u8>,
}

impl Authentication {
    /// One of each algorithm that credentials have.
    pub(crate) fn all() -> Vec<Self> {
        let cases = ALGORITHMS.iter();
        cases.map(|case| Self::new(case.0, case.1)).collect()
    }

    fn new(name: &'static str, algorithm: CoseAlgorithm) -> Self {
        let relying_party = relying_party();
        let config = Config {
            algorithms: vec![algorithm],
            ..Config::default()
        };
        let mut authenticator = Authenticator::with_config(name, config);
        let client = Client::new(ORIGIN);
        let (options, pending) = start_registration(&relying_party);
        let response = client.create(&options, &mut authenticator).unwrap();
        let registered = relying_party.finish_registration(pending, &response, NOW);
        let registered = registered.unwrap();
        let (options, _) =
            relying_party.start_authentication(AuthenticationRequest::anyone(), fresh());
        let response = client.get(&options, &mut authenticator).unwrap();
        Self {
            name,
            user: registered.user().clone(),
            record: registered.record().clone(),
            json: serde_json::to_vec(&response).unwrap(),
            relying_party,
        }
    }

    /// What the finish is judged by. It is used up by each.
    pub(crate) fn pending(&self) -> PendingAuthentication {
        let request = AuthenticationRequest::anyone();
        self.relying_party.start_authentication(request, fresh()).1
    }

    /// What the authenticator made.
    pub(crate) fn response(&self) -> AuthenticationResponseJson {
        AuthenticationResponseJson::parse(&self.json).unwrap()
    }

    /// From the JSON text to the verdict.
    pub(crate) fn verdict(&self, pending: PendingAuthentication) {
        let response = self.response();
        let candidate = self.record.candidate(&self.user);
        let relying_party = &self.relying_party;
        let verified = relying_party.finish_authentication(pending, &response, candidate, NOW);
        let verified = verified.unwrap();
        assert!(verified.findings().is_empty());
        black_box(verified);
    }
}

/// Who vouches for the authenticators that attest.
pub(crate) fn vendor() -> CertificateAuthority {
    CertificateAuthority::root("vendor")
}

/// A relying party that takes every algorithm, and believes the vendor besides those whom everyone believes.
pub(crate) fn relying_party() -> RelyingParty {
    let origins = vec![Origin::parse(ORIGIN).unwrap()];
    let mut config = RelyingPartyConfig::new(RP_ID, "Example", origins, AWS_LC_RS);
    config.algorithms = ALGORITHMS.iter().map(|case| case.1).collect();
    config
        .trust
        .formats
        .insert(StatementFormat::AndroidSafetyNet);
    let vendor = TrustAnchor::from_der(vendor().certificate).unwrap();
    config.trust.add_anchors([vendor]);
    RelyingParty::new(config).unwrap()
}

pub(crate) fn fresh() -> Fresh {
    Fresh {
        id: CeremonyId([1; 16]),
        challenge: Challenge::from([1; 32]),
        now: NOW,
    }
}

fn start_registration(
    relying_party: &RelyingParty,
) -> (PublicKeyCredentialCreationOptionsJson, PendingRegistration) {
    relying_party.start_registration(request(), fresh())
}

/// Ada wants a passkey, and is asked for an attestation.
pub(crate) fn request() -> RegistrationRequest {
    let mut request = RegistrationRequest::new(NewCredentialUser {
        handle: UserHandle::new([2; 16]).unwrap(),
        name: "ada@example.org".into(),
        display_name: "Ada".into(),
    });
    request.attestation = AttestationConveyancePreference::Direct;
    request
}

/// With the copies that browsers add for the convenience of servers that cannot read CBOR. Nothing here reads them but the
/// JSON's parser.
fn as_browsers_send(response: &RegistrationResponseJson) -> Vec<u8> {
    let object = response.response.attestation_object.as_slice();
    let object = AttestationObject::parse(object).unwrap();
    let mut json = serde_json::to_value(response).unwrap();
    let inner = json.pointer_mut("/response").unwrap();
    let inner = inner.as_object_mut().unwrap();
    let data = encode_base64url(object.auth_data);
    inner.insert("authenticatorData".into(), data.into());
    // As long as the `SubjectPublicKeyInfo` of a P-256 key.
    let public_key = encode_base64url(&[3; 91]);
    inner.insert("publicKey".into(), public_key.into());
    inner.insert("publicKeyAlgorithm".into(), CoseAlgorithm::ES256.0.into());
    serde_json::to_vec(&json).unwrap()
}
