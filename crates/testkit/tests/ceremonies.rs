//! Whole ceremonies, read back with the wire types and verified with the signature libraries themselves.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy takes the helpers of an integration test for production code"
)]

use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::authenticator_data::{AuthenticatorData, Flags};
use passkeep_protocol::client_data::CollectedClientData;
use passkeep_protocol::cose::{CoseKey, KeyParameters};
use passkeep_protocol::names::{
    AttestationConveyancePreference, AuthenticatorAttachment, AuthenticatorTransport,
    PublicKeyCredentialType,
};
use passkeep_protocol::options::PublicKeyCredentialParameters;
use passkeep_protocol::response::{AuthenticationResponseJson, RegistrationResponseJson};
use passkeep_testkit::authenticator::Config;
use passkeep_testkit::authenticator_data::rp_id_hash;
use passkeep_testkit::signing::{ALGORITHMS, STATEMENT_ALGORITHMS};
use passkeep_testkit::{Authenticator, Client, cbor, options, vectors};
use rsa::signature::Verifier as _;
use serde_json::json;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

const RP_ID: &str = "example.org";

fn client() -> Client {
    Client::new("https://example.org")
}

/// ECDSA on the curve of one of the libraries, whose interfaces are the same.
macro_rules! ecdsa_verifies {
    ($library:ident, $x:expr, $y:expr, $message:expr, $signature:expr) => {{
        let point = [&[4], $x, $y].concat();
        let key = $library::ecdsa::VerifyingKey::from_sec1_bytes(&point).unwrap();
        let signature = $library::ecdsa::Signature::from_der($signature);
        signature.is_ok_and(|signature| key.verify($message, &signature).is_ok())
    }};
}

macro_rules! rsa_verifies {
    ($padding:ident, $hash:ty, $n:expr, $e:expr, $message:expr, $signature:expr) => {{
        let [n, e] = [$n, $e].map(rsa::BoxedUint::from_be_slice_vartime);
        let key = rsa::RsaPublicKey::new(n, e).unwrap();
        let key = rsa::$padding::VerifyingKey::<$hash>::new(key);
        let signature = rsa::$padding::Signature::try_from($signature);
        signature.is_ok_and(|signature| key.verify($message, &signature).is_ok())
    }};
}

macro_rules! ml_dsa_verifies {
    ($size:ident, $public_key:expr, $message:expr, $signature:expr) => {{
        let key = $public_key.try_into().unwrap();
        let key = ml_dsa::VerifyingKey::<ml_dsa::$size>::decode(&key);
        let signature = ml_dsa::Signature::try_from($signature);
        signature.is_ok_and(|signature| key.verify($message, &signature).is_ok())
    }};
}

/// Whether the signature is right under a public key in COSE form.
#[track_caller]
fn verifies(public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    use KeyParameters::{Akp, Ec2, Okp, Rsa};

    let key = CoseKey::parse(public_key).unwrap();
    match (key.alg.0, key.parameters) {
        (-7 | -9, Ec2 { crv: 1, x, y }) => ecdsa_verifies!(p256, x, y, message, signature),
        (-35 | -51, Ec2 { crv: 2, x, y }) => ecdsa_verifies!(p384, x, y, message, signature),
        (-36 | -52, Ec2 { crv: 3, x, y }) => ecdsa_verifies!(p521, x, y, message, signature),
        (-47, Ec2 { crv: 8, x, y }) => ecdsa_verifies!(k256, x, y, message, signature),
        (-8 | -19, Okp { crv: 6, x }) => {
            let key = ed25519_dalek::VerifyingKey::from_bytes(x.try_into().unwrap()).unwrap();
            let signature = ed25519_dalek::Signature::from_slice(signature);
            signature.is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
        }
        (-53, Okp { crv: 7, x }) => {
            let key = ed448_goldilocks::VerifyingKey::from_bytes(x.try_into().unwrap()).unwrap();
            let signature = ed448_goldilocks::Signature::from_slice(signature);
            signature.is_ok_and(|signature| key.verify(message, &signature).is_ok())
        }
        (-257, Rsa { n, e }) => rsa_verifies!(pkcs1v15, Sha256, n, e, message, signature),
        (-258, Rsa { n, e }) => rsa_verifies!(pkcs1v15, Sha384, n, e, message, signature),
        (-259, Rsa { n, e }) => rsa_verifies!(pkcs1v15, Sha512, n, e, message, signature),
        (-65535, Rsa { n, e }) => rsa_verifies!(pkcs1v15, sha1::Sha1, n, e, message, signature),
        (-37, Rsa { n, e }) => rsa_verifies!(pss, Sha256, n, e, message, signature),
        (-38, Rsa { n, e }) => rsa_verifies!(pss, Sha384, n, e, message, signature),
        (-39, Rsa { n, e }) => rsa_verifies!(pss, Sha512, n, e, message, signature),
        (-48, Akp { public_key }) => ml_dsa_verifies!(MlDsa44, public_key, message, signature),
        (-49, Akp { public_key }) => ml_dsa_verifies!(MlDsa65, public_key, message, signature),
        (-50, Akp { public_key }) => ml_dsa_verifies!(MlDsa87, public_key, message, signature),
        other => panic!("no ceremony of this kit has {other:?}"),
    }
}

/// Whether the assertion's signature is right.
#[track_caller]
fn assertion_verifies(public_key: &[u8], response: &AuthenticationResponseJson) -> bool {
    let response = &response.response;
    let hash = Sha256::digest(&response.client_data_json);
    let message = [response.authenticator_data.as_slice(), &hash].concat();
    verifies(public_key, &message, response.signature.as_slice())
}

/// The public key of a registration.
#[track_caller]
fn public_key(response: &RegistrationResponseJson) -> Vec<u8> {
    let object = response.response.attestation_object.as_slice();
    let object = AttestationObject::parse(object).unwrap();
    let data = AuthenticatorData::parse(object.auth_data).unwrap();
    let credential = data.attested_credential_data.unwrap();
    credential.credential_public_key.to_vec()
}

#[test]
fn a_passkey_is_made_and_signs_in() {
    let mut authenticator = Authenticator::new("ada's phone");
    let mut creation = options::creation(RP_ID, b"first challenge");
    creation.extensions.cred_props = Some(true);
    let registered = client().create(&creation, &mut authenticator).unwrap();

    let id = &authenticator.credentials()[0].id;
    assert_eq!(id.len(), 16);
    assert_eq!(registered.raw_id.as_slice(), id);
    assert_eq!(registered.id, registered.raw_id.to_base64url());
    assert_eq!(
        registered.authenticator_attachment,
        Some(AuthenticatorAttachment::Platform)
    );
    let transports = [
        AuthenticatorTransport::Hybrid,
        AuthenticatorTransport::Internal,
    ];
    assert_eq!(registered.response.transports, transports);
    assert_eq!(
        json!(registered.client_extension_results),
        json!({"credProps": {"rk": true}})
    );
    let expected = CollectedClientData {
        ty: "webauthn.create".into(),
        challenge: "Zmlyc3QgY2hhbGxlbmdl".into(),
        origin: "https://example.org".into(),
        cross_origin: false,
        top_origin: None,
        unknown_members: vec![],
    };
    let client_data = registered.response.client_data_json.as_slice();
    assert_eq!(CollectedClientData::parse(client_data), Ok(expected));

    let object = registered.response.attestation_object.as_slice();
    let object = AttestationObject::parse(object).unwrap();
    assert_eq!((object.fmt, object.att_stmt), ("none", &[0xa0][..]));
    let data = AuthenticatorData::parse(object.auth_data).unwrap();
    assert_eq!(*data.rp_id_hash, rp_id_hash(RP_ID));
    assert_eq!(format!("{:?}", data.flags), "Flags(UP UV BE BS AT)");
    assert_eq!((data.sign_count, data.extensions), (0, None));
    let credential = data.attested_credential_data.unwrap();
    assert_eq!(credential.aaguid, b"passkeep-testkit");
    assert_eq!(credential.credential_id, id);

    let request = options::request(RP_ID, b"second challenge");
    let signed_in = client().get(&request, &mut authenticator).unwrap();
    assert_eq!(signed_in.raw_id, registered.raw_id);
    assert_eq!(signed_in.response.user_handle(), Some(&b"ada"[..]));
    let data = signed_in.response.authenticator_data.as_slice();
    let data = AuthenticatorData::parse(data).unwrap();
    assert_eq!(*data.rp_id_hash, rp_id_hash(RP_ID));
    assert_eq!(format!("{:?}", data.flags), "Flags(UP UV BE BS)");
    assert_eq!((data.sign_count, data.attested_credential_data), (0, None));
    let client_data = signed_in.response.client_data_json.as_slice();
    let client_data = CollectedClientData::parse(client_data).unwrap();
    assert_eq!(client_data.ty, "webauthn.get");
    assert_eq!(client_data.challenge, "c2Vjb25kIGNoYWxsZW5nZQ");
    assert!(assertion_verifies(
        credential.credential_public_key,
        &signed_in
    ));
}

#[test]
fn every_algorithm_attests_itself_and_signs_in() {
    for algorithm in ALGORITHMS.iter().chain(STATEMENT_ALGORITHMS) {
        let config = Config {
            algorithms: vec![algorithm.alg()],
            ..Config::security_key()
        };
        let mut authenticator = Authenticator::with_config("key", config);
        let mut creation = options::creation(RP_ID, b"challenge");
        creation.attestation = Some(AttestationConveyancePreference::Direct);
        creation.pub_key_cred_params = vec![PublicKeyCredentialParameters {
            ty: PublicKeyCredentialType::PublicKey,
            alg: algorithm.alg(),
        }];
        let registered = client().create(&creation, &mut authenticator).unwrap();
        let key = public_key(&registered);
        assert_eq!(CoseKey::parse(&key).unwrap().alg, algorithm.alg());

        let object = registered.response.attestation_object.as_slice();
        let object = AttestationObject::parse(object).unwrap();
        assert_eq!(object.fmt, "packed");
        let hash = Sha256::digest(&registered.response.client_data_json);
        let message = [object.auth_data, &hash].concat();
        let private_key = &authenticator.credentials()[0].key;
        let signature = private_key.sign(&message);
        let statement = cbor::Value::map([
            ("alg", cbor::Value::from(algorithm.alg().0)),
            ("sig", cbor::Value::from(&*signature)),
        ]);
        assert_eq!(object.att_stmt, statement.encode());
        assert!(verifies(&key, &message, &signature), "{algorithm:?}");

        let request = options::request(RP_ID, b"challenge");
        let signed_in = client().get(&request, &mut authenticator).unwrap();
        assert!(assertion_verifies(&key, &signed_in), "{algorithm:?}");
    }
}

#[test]
fn published_assertions_verify() {
    for ceremony in vectors::l3() {
        let response = &ceremony.authentication.response;
        assert!(
            assertion_verifies(&ceremony.public_key, response),
            "{}",
            ceremony.name
        );
        let registered = public_key(&ceremony.registration.response);
        assert_eq!(registered, ceremony.public_key, "{}", ceremony.name);
    }
}

#[test]
fn the_seed_decides_every_byte() {
    let run = |seed: &str| {
        let mut authenticator = Authenticator::new(seed);
        let creation = options::creation(RP_ID, b"challenge");
        let registered = client().create(&creation, &mut authenticator).unwrap();
        let request = options::request(RP_ID, b"challenge");
        (
            registered,
            client().get(&request, &mut authenticator).unwrap(),
        )
    };
    assert_eq!(run("one"), run("one"));
    let ((one, _), (two, _)) = (run("one"), run("two"));
    assert_ne!(one.raw_id, two.raw_id);
    assert_ne!(public_key(&one), public_key(&two));
}

#[test]
fn a_changed_draft_is_signed_as_it_is() {
    let mut authenticator = Authenticator::new("seed");
    let creation = options::creation(RP_ID, b"challenge");
    let key = public_key(&client().create(&creation, &mut authenticator).unwrap());
    let request = options::request(RP_ID, b"challenge");
    let mut draft = || {
        client()
            .draft_authentication(&request, &mut authenticator)
            .unwrap()
    };

    let members = draft().with(|draft| {
        draft.authenticator_data.flags = Flags(0);
        draft.client_data.origin = "https://evil.example".into();
    });
    let members = members.into_response();
    assert!(assertion_verifies(&key, &members));
    let client_data = members.response.client_data_json.as_slice();
    let client_data = CollectedClientData::parse(client_data).unwrap();
    assert_eq!(client_data.origin, "https://evil.example");
    let data = members.response.authenticator_data.as_slice();
    assert_eq!(AuthenticatorData::parse(data).unwrap().flags, Flags(0));

    let trailing = draft().encode().with(|it| it.authenticator_data.push(0));
    let trailing = trailing.into_response();
    assert_eq!(trailing.response.authenticator_data.as_slice().len(), 38);
    assert!(assertion_verifies(&key, &trailing));

    let mut other = Authenticator::new("another seed");
    client().create(&creation, &mut other).unwrap();
    let other_key = other.credentials()[0].key.clone();
    let forged = draft().with(|draft| draft.key = other_key).into_response();
    assert!(!assertion_verifies(&key, &forged));
    let untouched = draft().into_response();
    assert_eq!(
        forged.response.authenticator_data,
        untouched.response.authenticator_data
    );
    assert_eq!(
        forged.response.client_data_json,
        untouched.response.client_data_json
    );
}

#[test]
fn a_registration_can_be_changed_at_each_stage() {
    let mut authenticator = Authenticator::with_config("seed", Config::security_key());
    let creation = options::creation(RP_ID, b"challenge");
    let mut draft = || {
        client()
            .draft_registration(&creation, &mut authenticator)
            .unwrap()
    };
    let statement_verifies = |response: &RegistrationResponseJson| {
        let object = response.response.attestation_object.as_slice();
        let object = AttestationObject::parse(object).unwrap();
        let hash = Sha256::digest(&response.response.client_data_json);
        let message = [object.auth_data, &hash].concat();
        // The statement is {"alg": -7, "sig": h'…'}, and a signature is between 24 and 255 bytes long.
        let signature = object.att_stmt.strip_prefix(b"\xa2\x63alg\x26\x63sig\x58");
        verifies(&public_key(response), &message, &signature.unwrap()[1..])
    };

    let member = draft().with(|draft| draft.authenticator_data.sign_count = 99);
    let member = member.into_response();
    let object = member.response.attestation_object.as_slice();
    let object = AttestationObject::parse(object).unwrap();
    assert_eq!(
        AuthenticatorData::parse(object.auth_data)
            .unwrap()
            .sign_count,
        99
    );
    assert!(statement_verifies(&member));

    let bytes = draft()
        .encode()
        .with(|it| it.client_data_json = b"{}".to_vec());
    let bytes = bytes.into_response();
    assert_eq!(bytes.response.client_data_json.as_slice(), b"{}");
    assert!(statement_verifies(&bytes));

    let signed = draft()
        .encode()
        .sign()
        .with(|it| it.authenticator_data[36] = 7);
    let signed = signed.into_response();
    let object = signed.response.attestation_object.as_slice();
    let object = AttestationObject::parse(object).unwrap();
    assert_eq!(
        AuthenticatorData::parse(object.auth_data)
            .unwrap()
            .sign_count,
        7
    );
    assert!(!statement_verifies(&signed));

    let renamed = draft().encode().sign().with(|it| it.fmt = "none".into());
    let renamed = renamed.into_response();
    let object = renamed.response.attestation_object.as_slice();
    assert_eq!(AttestationObject::parse(object).unwrap().fmt, "none");
    assert!(statement_verifies(&renamed));
}
