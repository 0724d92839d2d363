//! Both finish verbs. The input takes the place of one part of a response that would be accepted: its first byte chooses
//! the ceremony, its second the part. Whatever it is, nothing is accepted but what was signed.

use core::fmt::Debug;
use std::sync::{Arc, LazyLock};

use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::authenticator_data::AuthenticatorData;
use passkeep_protocol::bytes::{Bytes, encode_base64url};
use passkeep_protocol::compat::mend_attestation_object;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::names::AttestationConveyancePreference;
use passkeep_protocol::response::{AuthenticationResponseJson, RegistrationResponseJson};
use passkeep_testkit::attestation::AttestationFormat;
use passkeep_testkit::attestation::android_key::AndroidKey;
use passkeep_testkit::attestation::android_safetynet::AndroidSafetyNet;
use passkeep_testkit::attestation::apple::Apple;
use passkeep_testkit::attestation::compound::Compound;
use passkeep_testkit::attestation::fido_u2f::FidoU2f;
use passkeep_testkit::attestation::packed::Packed;
use passkeep_testkit::attestation::tpm::Tpm;
use passkeep_testkit::authenticator::{Config, Counter};
use passkeep_testkit::cbor::Value;
use passkeep_testkit::certificate::CertificateAuthority;
use passkeep_testkit::registration::RegistrationDraft;
use passkeep_testkit::{Authenticator, Client};
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::attestation::{AttestationFormat as Format, Trust};
use passkeep_verify::ceremony::Fresh;
use passkeep_verify::origin::Origin;
use passkeep_verify::start::{AuthenticationRequest, NewCredentialUser, RegistrationRequest};
use passkeep_verify::trust::{TrustAnchor, TrustPolicy};
use passkeep_verify::{
    Candidate, CeremonyId, Challenge, CredentialRecord, PendingAuthentication, PendingRegistration,
    RelyingParty, RelyingPartyConfig, Timestamp, UserHandle, VerifyError,
};

use crate::cbor::value;
use crate::property::text;

const ORIGIN: &str = "https://example.org";
const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// A relying party that accepts only what is signed: credentials whose attestation its anchor vouches for.
pub(crate) static RELYING_PARTY: LazyLock<RelyingParty> = LazyLock::new(|| {
    let origins = vec![Origin::parse(ORIGIN).unwrap()];
    let mut config = RelyingPartyConfig::new("example.org", "Example", origins, AWS_LC_RS);
    config.algorithms = ALGORITHMS.to_vec();
    config.trust = TrustPolicy::trusted_only();
    config.trust.formats = Format::ALL.into();
    config.trust.anchors = [TrustAnchor::from_der(&*AUTHORITY.certificate).unwrap()].into();
    RelyingParty::new(config).unwrap()
});

/// Who vouches for every authenticator here.
pub(crate) static AUTHORITY: LazyLock<CertificateAuthority> =
    LazyLock::new(|| CertificateAuthority::root("fuzz"));

/// Of the credentials that sign in, one each; the attested ones have the first.
const ALGORITHMS: [CoseAlgorithm; 4] = [
    CoseAlgorithm::ES256,
    CoseAlgorithm::EDDSA,
    CoseAlgorithm::RS256,
    CoseAlgorithm::ES384,
];

fn formats() -> Vec<Arc<dyn AttestationFormat>> {
    let authority = || AUTHORITY.clone();
    let packed_and_apple: [Arc<dyn AttestationFormat>; 2] = [
        Arc::new(Packed::new(authority())),
        Arc::new(Apple::new(authority())),
    ];
    vec![
        Arc::new(Packed::new(authority())),
        Arc::new(Tpm::new(authority())),
        Arc::new(AndroidKey::new(authority())),
        Arc::new(Apple::new(authority())),
        Arc::new(FidoU2f::new(authority())),
        Arc::new(AndroidSafetyNet::new(authority(), NOW.0)),
        Arc::new(Compound::new(packed_and_apple)),
    ]
}

fn ada() -> UserHandle {
    UserHandle::new(*b"ada's handle").unwrap()
}

/// Always the same, so that a response that was made once can be judged again and again.
fn fresh() -> Fresh {
    Fresh {
        id: CeremonyId([1; 16]),
        challenge: Challenge::from([2; 32]),
        now: NOW,
    }
}

fn authenticator(
    algorithm: CoseAlgorithm,
    attestation: Arc<dyn AttestationFormat>,
) -> Authenticator {
    let config = Config {
        algorithms: vec![algorithm],
        attestation,
        counter: Counter::PerCredential,
        ..Config::default()
    };
    Authenticator::with_config("fuzz", config)
}

fn request() -> RegistrationRequest {
    let mut request = RegistrationRequest::new(NewCredentialUser {
        handle: ada(),
        name: "ada".into(),
        display_name: "Ada".into(),
    });
    request.attestation = AttestationConveyancePreference::Direct;
    request.extensions.cred_props = Some(true);
    request
}

/// A registration that no one has changed yet.
pub(crate) fn registration_draft(format: Arc<dyn AttestationFormat>) -> RegistrationDraft {
    let (options, _) = RELYING_PARTY.start_registration(request(), fresh());
    let mut authenticator = authenticator(ALGORITHMS[0], format);
    let draft = Client::new(ORIGIN).draft_registration(&options, &mut authenticator);
    draft.unwrap()
}

/// What its finish is judged by.
pub(crate) fn pending_registration() -> PendingRegistration {
    RELYING_PARTY.start_registration(request(), fresh()).1
}

/// Judges a registration twice, watched and unwatched.
pub(crate) fn register(
    response: &RegistrationResponseJson,
) -> Result<CredentialRecord, VerifyError> {
    let verdict = RELYING_PARTY.finish_registration(pending_registration(), response, NOW);
    let traced = RELYING_PARTY.trace_registration(pending_registration(), response, NOW);
    let verdict = verdict.map(|verified| {
        let trust = &verified.attestation_outcome().trust;
        assert!(matches!(trust, Trust::Trusted { .. }), "{trust:?}");
        verified.record().clone()
    });
    let traced = traced.verdict.map(|verified| verified.record().clone());
    agree(verdict, traced)
}

/// An error is also written out.
fn agree<T: Debug + PartialEq>(
    verdict: Result<T, VerifyError>,
    traced: Result<T, VerifyError>,
) -> Result<T, VerifyError> {
    assert_eq!(traced, verdict);
    if let Err(error) = &verdict {
        let _ = (error.code(), error.check(), error.to_string());
    }
    verdict
}

/// Registrations in every format with a certificate; the first byte is an index.
pub(crate) static REGISTRATIONS: LazyLock<Vec<RegistrationResponseJson>> = LazyLock::new(|| {
    let drafts = formats().into_iter().map(registration_draft);
    let responses: Vec<_> = drafts.map(RegistrationDraft::into_response).collect();
    for response in &responses {
        let verdict = register(response);
        assert!(verdict.is_ok(), "unchanged, and refused: {verdict:?}");
    }
    responses
});

/// How many parts of a registration can be another.
pub(crate) const REGISTRATION_PARTS: u8 = 8;

/// A part of a registration, as it was.
pub(crate) fn registration_part(response: &RegistrationResponseJson, part: u8) -> Vec<u8> {
    let object = response.response.attestation_object.as_slice();
    let parsed = AttestationObject::parse(object).unwrap();
    match part {
        0 => response.response.client_data_json.as_slice().to_vec(),
        1 => object.to_vec(),
        2 => parsed.auth_data.to_vec(),
        3 => parsed.att_stmt.to_vec(),
        4 => response.raw_id.as_slice().to_vec(),
        5 => response.id.as_bytes().to_vec(),
        6 => serde_json::to_vec(&response.client_extension_results).unwrap(),
        _ => serde_json::to_vec(response).unwrap(),
    }
}

/// Puts another part into it; `None` where the bytes cannot be one.
fn with_registration_part(
    response: &RegistrationResponseJson,
    part: u8,
    bytes: &[u8],
) -> Option<RegistrationResponseJson> {
    let mut changed = response.clone();
    let object = response.response.attestation_object.as_slice();
    let object = AttestationObject::parse(object).unwrap();
    let rebuilt = |att_stmt: Value, auth_data: &[u8]| {
        let object = Value::map([
            ("fmt", object.fmt.into()),
            ("attStmt", att_stmt),
            ("authData", auth_data.into()),
        ]);
        Bytes::new(object.encode())
    };
    match part {
        0 => changed.response.client_data_json = bytes.into(),
        1 => changed.response.attestation_object = bytes.into(),
        2 => changed.response.attestation_object = rebuilt(value(object.att_stmt), bytes),
        3 => {
            let att_stmt = Value::Encoded(bytes.to_vec());
            changed.response.attestation_object = rebuilt(att_stmt, object.auth_data);
        }
        4 => {
            changed.id = encode_base64url(bytes);
            changed.raw_id = bytes.into();
        }
        5 => text(bytes)?.clone_into(&mut changed.id),
        6 => changed.client_extension_results = serde_json::from_slice(bytes).ok()?,
        _ => changed = RegistrationResponseJson::parse(bytes).ok()?,
    }
    Some(changed)
}

pub(crate) fn finish_registration(input: &[u8]) {
    let [ceremony, part, bytes @ ..] = input else {
        return;
    };
    let original = &REGISTRATIONS[usize::from(*ceremony) % REGISTRATIONS.len()];
    let part = part % REGISTRATION_PARTS;
    let Some(response) = with_registration_part(original, part, bytes) else {
        return;
    };
    let Ok(record) = register(&response) else {
        return;
    };

    assert_eq!(record.id, original.raw_id);
    let client_data = &original.response.client_data_json;
    assert_eq!(record.attestation_client_data_json, *client_data);
    let signed = registration_part(original, 2);
    let signed = AuthenticatorData::parse(&signed).unwrap();
    let object = response.response.attestation_object.as_slice();
    let mended = mend_attestation_object(object).map(|mended| mended.bytes);
    let object = AttestationObject::parse(mended.as_deref().unwrap_or(object)).unwrap();
    if object.fmt == "fido-u2f" {
        // Of the authenticator data it signs the RP ID's hash and the credential, and neither flags nor counter.
        let data = AuthenticatorData::parse(object.auth_data).unwrap();
        let attested = data.attested_credential_data.unwrap();
        let expected = signed.attested_credential_data.unwrap();
        assert_eq!(data.rp_id_hash, signed.rp_id_hash);
        assert_eq!(attested.credential_id, expected.credential_id);
        assert_eq!(
            attested.credential_public_key,
            expected.credential_public_key
        );
    } else {
        assert_eq!(object.auth_data, registration_part(original, 2));
    }
}

/// A sign-in, and the credential that signs.
pub(crate) struct SignIn {
    algorithm: CoseAlgorithm,
    id: Bytes,
    public_key: Vec<u8>,
    pub(crate) response: AuthenticationResponseJson,
}

/// Sign-ins with an algorithm of each kind; the first byte is an index.
pub(crate) static SIGN_INS: LazyLock<Vec<SignIn>> = LazyLock::new(|| {
    let sign_ins = ALGORITHMS.map(sign_in);
    for sign_in in &sign_ins {
        let verdict = authenticate(sign_in, &sign_in.response);
        assert!(verdict.is_ok(), "unchanged, and refused: {verdict:?}");
    }
    sign_ins.into()
});

fn sign_in(algorithm: CoseAlgorithm) -> SignIn {
    let mut authenticator = authenticator(algorithm, Arc::new(Packed::new(AUTHORITY.clone())));
    let (options, _) = RELYING_PARTY.start_registration(request(), fresh());
    let client = Client::new(ORIGIN);
    let registered = client.create(&options, &mut authenticator).unwrap();
    let data = registration_part(&registered, 2);
    let data = AuthenticatorData::parse(&data).unwrap();
    let public_key = data.attested_credential_data.unwrap().credential_public_key;

    let request = AuthenticationRequest::anyone();
    let (options, _) = RELYING_PARTY.start_authentication(request, fresh());
    SignIn {
        algorithm,
        id: registered.raw_id,
        public_key: public_key.to_vec(),
        response: client.get(&options, &mut authenticator).unwrap(),
    }
}

fn authenticate(
    sign_in: &SignIn,
    response: &AuthenticationResponseJson,
) -> Result<u32, VerifyError> {
    let user = ada();
    let candidate = Candidate {
        id: &sign_in.id,
        user: &user,
        public_key: &sign_in.public_key,
        sign_count: 0,
        uv_initialized: true,
        backup_eligible: true,
    };
    let pending = || -> PendingAuthentication {
        let request = AuthenticationRequest::anyone();
        RELYING_PARTY.start_authentication(request, fresh()).1
    };
    let verdict = RELYING_PARTY.finish_authentication(pending(), response, candidate, NOW);
    let traced = RELYING_PARTY.trace_authentication(pending(), response, candidate, NOW);
    agree(
        verdict.map(|verified| verified.update().sign_count),
        traced.verdict.map(|verified| verified.update().sign_count),
    )
}

/// How many parts of a sign-in can be another.
pub(crate) const AUTHENTICATION_PARTS: u8 = 8;

/// A part of a sign-in, as it was.
pub(crate) fn authentication_part(response: &AuthenticationResponseJson, part: u8) -> Vec<u8> {
    match part {
        0 => response.response.client_data_json.as_slice().to_vec(),
        1 => response.response.authenticator_data.as_slice().to_vec(),
        2 => response.response.signature.as_slice().to_vec(),
        3 => response.response.user_handle().unwrap().to_vec(),
        4 => response.raw_id.as_slice().to_vec(),
        5 => response.id.as_bytes().to_vec(),
        6 => serde_json::to_vec(&response.client_extension_results).unwrap(),
        _ => serde_json::to_vec(response).unwrap(),
    }
}

/// Puts another part into it; `None` where the bytes cannot be one.
fn with_authentication_part(
    response: &AuthenticationResponseJson,
    part: u8,
    bytes: &[u8],
) -> Option<AuthenticationResponseJson> {
    let mut changed = response.clone();
    match part {
        0 => changed.response.client_data_json = bytes.into(),
        1 => changed.response.authenticator_data = bytes.into(),
        2 => changed.response.signature = bytes.into(),
        3 => changed.response.raw_user_handle = Some(bytes.into()),
        4 => {
            changed.id = encode_base64url(bytes);
            changed.raw_id = bytes.into();
        }
        5 => text(bytes)?.clone_into(&mut changed.id),
        6 => changed.client_extension_results = serde_json::from_slice(bytes).ok()?,
        _ => changed = AuthenticationResponseJson::parse(bytes).ok()?,
    }
    Some(changed)
}

pub(crate) fn finish_authentication(input: &[u8]) {
    let [ceremony, part, bytes @ ..] = input else {
        return;
    };
    let sign_in = &SIGN_INS[usize::from(*ceremony) % SIGN_INS.len()];
    let part = part % AUTHENTICATION_PARTS;
    let original = &sign_in.response;
    let Some(response) = with_authentication_part(original, part, bytes) else {
        return;
    };
    let Ok(sign_count) = authenticate(sign_in, &response) else {
        return;
    };

    assert_eq!(sign_count, 1);
    assert_eq!(response.raw_id, original.raw_id);
    assert_eq!(response.response.user_handle(), Some(ada().as_slice()));
    let [received, signed] = [&response.response, &original.response];
    assert_eq!(received.client_data_json, signed.client_data_json);
    assert_eq!(received.authenticator_data, signed.authenticator_data);
    // Of an ECDSA signature anybody can make a second one over the same message.
    let ecdsa = [CoseAlgorithm::ES256, CoseAlgorithm::ES384];
    if !ecdsa.contains(&sign_in.algorithm) {
        assert_eq!(received.signature, signed.signature);
    }
}
