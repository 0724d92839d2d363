//! Inputs to begin with: the specification's vectors, taken apart, and what the test kit makes besides them.

use std::sync::LazyLock;

use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::attestation_statement::TpmStatement;
use passkeep_testkit::cbor::Value;
use passkeep_testkit::options;
use passkeep_testkit::vectors::{self, Ceremony};
use passkeep_verify::CredentialRecord;
use serde_json::json;

use crate::ceremony::{
    AUTHENTICATION_PARTS, REGISTRATION_PARTS, REGISTRATIONS, SIGN_INS, authentication_part,
    registration_part,
};

mod certificates;
mod text;

pub(crate) use certificates::*;
pub(crate) use text::*;

type Seeds = Vec<Vec<u8>>;

static VECTORS: LazyLock<Vec<Ceremony>> = LazyLock::new(|| vectors::l3().collect());

/// Sorted, and each once.
fn distinct(seeds: impl IntoIterator<Item = Vec<u8>>) -> Seeds {
    let seeds: std::collections::BTreeSet<_> = seeds.into_iter().collect();
    seeds.into_iter().collect()
}

/// The attestation objects of the vectors, and those of the formats that have no vector.
fn objects() -> Seeds {
    let vectors = VECTORS
        .iter()
        .map(|ceremony| &ceremony.registration.response);
    let responses = vectors.chain(REGISTRATIONS.iter());
    distinct(responses.map(|it| it.response.attestation_object.as_slice().to_vec()))
}

fn of_objects(part: impl Fn(&AttestationObject<'_>) -> Option<Vec<u8>>) -> Seeds {
    let objects = objects();
    distinct(
        objects
            .iter()
            .filter_map(|it| part(&AttestationObject::parse(it).unwrap())),
    )
}

/// Extension outputs of a registration and of a sign-in.
fn outputs() -> [Value; 2] {
    [
        Value::map([
            ("credProtect", Value::from(2)),
            ("minPinLength", 4.into()),
            ("credBlob", true.into()),
            ("hmac-secret", true.into()),
            (
                "uvm",
                Value::Array(vec![Value::Array(vec![2.into(), 4.into()])]),
            ),
        ]),
        Value::map([
            ("credBlob", Value::Bytes(vec![7; 32])),
            ("hmac-secret", Value::Bytes(vec![8; 48])),
        ]),
    ]
}

pub(crate) fn cbor_item() -> Seeds {
    let numbers = [0, 23, 24, 255, 256, 65_536, i64::MAX, -1, -25, i64::MIN];
    let deep = (0..7).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
    let small = [
        Value::Array(numbers.map(Value::from).to_vec()),
        Value::map([
            (1, Value::from("é")),
            (-1, Value::Array(vec![Value::Null])),
            (0, deep),
        ]),
        Value::Encoded(vec![0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    ];
    let small = small
        .iter()
        .chain(&outputs())
        .map(Value::encode)
        .collect::<Seeds>();
    distinct(small.into_iter().chain(objects()).chain(cose_key()))
}

pub(crate) fn authenticator_data() -> Seeds {
    let mut seeds = of_objects(|object| Some(object.auth_data.to_vec()));
    let [created, used] = outputs();
    for ceremony in VECTORS.iter() {
        let response = &ceremony.authentication.response.response;
        seeds.push(response.authenticator_data.as_slice().to_vec());
    }
    for (outputs, index) in [(created, 0), (used, seeds.len() - 1)] {
        let mut with_outputs = [&*seeds[index], &outputs.encode()].concat();
        with_outputs[32] |= 0x80;
        seeds.push(with_outputs);
    }
    distinct(seeds)
}

pub(crate) fn attestation_object() -> Seeds {
    objects()
}

/// Everything that can be inspected.
pub(crate) fn inspection() -> Seeds {
    let all = [
        authenticator_data(),
        attestation_object(),
        cose_key(),
        client_data(),
        registration_response(),
        authentication_response(),
        certificate(),
    ];
    distinct(all.into_iter().flatten())
}

pub(crate) fn attestation_statement() -> Seeds {
    of_objects(|object| Some(object.att_stmt.to_vec()))
}

pub(crate) fn cose_key() -> Seeds {
    let ml_dsa =
        passkeep_testkit::cose::akp(passkeep_protocol::cose::CoseAlgorithm(-48), &[7; 1312]);
    let keys = VECTORS.iter().map(|ceremony| ceremony.public_key.clone());
    distinct(keys.chain([ml_dsa.encode()]))
}

pub(crate) fn authenticator_extension_outputs() -> Seeds {
    outputs().iter().map(Value::encode).collect()
}

fn of_tpm(part: impl Fn(&TpmStatement<'_>) -> Vec<u8>) -> Seeds {
    of_objects(|object| {
        TpmStatement::parse(object.att_stmt)
            .ok()
            .map(|it| part(&it))
    })
}

pub(crate) fn tpm_attest() -> Seeds {
    of_tpm(|statement| statement.cert_info.to_vec())
}

pub(crate) fn tpm_public_area() -> Seeds {
    let rsa = [
        &[0, 1, 0, 0x0b, 0, 4, 4, 0x72, 0, 2, 0xaa, 0xbb][..],
        &[
            0, 6, 0, 128, 0, 0x43, 0, 0x14, 0, 0x0b, 8, 0, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4,
        ],
    ];
    let mut seeds = of_tpm(|statement| statement.pub_area.to_vec());
    seeds.push(rsa.concat());
    seeds
}

pub(crate) fn tpm_signature() -> Seeds {
    let rsa = [0, 0x14, 0, 0x0b, 0, 4, 1, 2, 3, 4];
    let ecdsa = [0, 0x18, 0, 0x0b, 0, 2, 1, 2, 0, 3, 3, 4, 5];
    vec![rsa.to_vec(), ecdsa.to_vec()]
}

pub(crate) fn client_data() -> Seeds {
    let ceremonies = VECTORS.iter().flat_map(|ceremony| {
        let created = &ceremony.registration.response.response.client_data_json;
        let got = &ceremony.authentication.response.response.client_data_json;
        [created, got].map(|data| data.as_slice().to_vec())
    });
    let odd =
        "\u{feff}{\"origin\":\"\\u0061\",\"challenge\":\"\",\"type\":\"\",\"topOrigin\":null}";
    distinct(ceremonies.chain([odd.as_bytes().to_vec()]))
}

/// With the convenience copies that a browser adds and the quirks that other clients have.
pub(crate) fn registration_response() -> Seeds {
    let responses = VECTORS.iter().map(|it| &it.registration.response);
    let mut seeds: Seeds = responses
        .map(|it| serde_json::to_vec(it).unwrap())
        .collect();
    seeds.push(json(&json!({
        "id": "-_8=", "rawId": "+/8=", "type": "public-key",
        "authenticatorAttachment": null, "clientExtensionResults": {"credProps": {"rk": true}},
        "response": {
            "clientDataJSON": "e30", "attestationObject": "oA", "transports": ["usb", "other"],
            "authenticatorData": "AA", "publicKey": null, "publicKeyAlgorithm": -7,
        },
    })));
    distinct(seeds)
}

pub(crate) fn authentication_response() -> Seeds {
    let responses = VECTORS.iter().map(|it| &it.authentication.response);
    let mut seeds: Seeds = responses
        .map(|it| serde_json::to_vec(it).unwrap())
        .collect();
    seeds.push(json(&json!({
        "id": "-_8", "rawId": "-_8",
        "authenticatorAttachment": "platform", "clientExtensionResults": null,
        "response": {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": ""},
    })));
    distinct(seeds)
}

fn json(value: &serde_json::Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn all_extension_inputs() -> serde_json::Value {
    json!({
        "credProps": true,
        "prf": {"eval": {"first": "AQ", "second": "Ag"}, "evalByCredential": {"AA": {"first": "AQ"}}},
        "largeBlob": {"support": "preferred", "read": true, "write": "-_8"},
        "credentialProtectionPolicy": "userVerificationRequired",
        "enforceCredentialProtectionPolicy": true,
        "minPinLength": true, "credBlob": "-_8", "getCredBlob": true, "hmacCreateSecret": true,
        "appid": "https://example.org/appid.json", "appidExclude": "https://example.org/appid.json",
        "payment": {"isPayment": true},
    })
}

pub(crate) fn creation_options() -> Seeds {
    let mut options = options::creation("example.org", b"challenge");
    options.exclude_credentials = vec![options::descriptor(b"id")];
    let small = serde_json::to_value(&options).unwrap();
    let mut full = small.clone();
    full["extensions"] = all_extension_inputs();
    full["hints"] = json!(["hybrid", "new"]);
    full["attestation"] = json!("direct");
    full["timeout"] = json!(300_000);
    vec![json(&small), json(&full)]
}

pub(crate) fn request_options() -> Seeds {
    let mut options = options::request("example.org", b"challenge");
    options.allow_credentials = vec![options::descriptor(b"id")];
    let small = serde_json::to_value(&options).unwrap();
    let mut full = small.clone();
    full["extensions"] = all_extension_inputs();
    vec![json(&small), json(&full)]
}

pub(crate) fn extension_inputs() -> Seeds {
    vec![b"{}".to_vec(), json(&all_extension_inputs())]
}

pub(crate) fn extension_outputs() -> Seeds {
    vec![json(&json!({
        "credProps": {"rk": true, "authenticatorDisplayName": "Key"},
        "prf": {"enabled": true, "results": {"first": "AQ", "second": "Ag"}},
        "largeBlob": {"supported": true, "blob": "-_8", "written": false},
        "credBlob": true, "getCredBlob": "-_8", "hmacCreateSecret": true,
        "hmacGetSecret": {"output1": "AA"}, "appid": false, "appidExclude": true, "uvm": [[2, 4, 2]],
    }))]
}

pub(crate) fn http_requests() -> Seeds {
    let registration = &VECTORS[0].registration.response;
    let authentication = &VECTORS[0].authentication.response;
    let bodies = [
        json!({"flow": "sign-up", "userName": "ada", "displayName": "Ada"}),
        json!({"flow": "add"}),
        json!({"ceremony": "AA", "credential": registration}),
        json!({"ceremony": "AA", "credential": authentication}),
        json!({"label": "a key"}),
        json!({"evenIfLast": true}),
        json!({
            "type": "about:blank", "title": "t", "status": 409, "code": "credential_unknown", "requestId": "1",
            "signals": {"unknownCredential": {"rpId": "example.org", "credentialId": "AA"}},
        }),
    ];
    bodies.iter().map(json).collect()
}

pub(crate) fn credential_record() -> Seeds {
    let records = VECTORS.iter().map(|ceremony| {
        let response = &ceremony.registration.response;
        CredentialRecord {
            id: response.raw_id.clone(),
            public_key: (&*ceremony.public_key).into(),
            sign_count: 7,
            uv_initialized: ceremony.registration_flags.user_verified(),
            transports: vec!["usb".into(), "other".into()],
            backup_eligible: ceremony.registration_flags.backup_eligible(),
            backup_state: ceremony.registration_flags.backup_state(),
            aaguid: *b"passkeep-testkit",
            attestation_object: response.response.attestation_object.clone(),
            attestation_client_data_json: response.response.client_data_json.clone(),
            rp_id: "example.org".to_owned(),
        }
    });
    distinct(records.map(|record| record.to_json().into_bytes()))
}

/// Every part of every registration, after the two bytes that choose it.
pub(crate) fn finish_registration() -> Seeds {
    let registrations = REGISTRATIONS.iter().enumerate();
    let parts = registrations.flat_map(|(index, response)| {
        let parts = 0..REGISTRATION_PARTS;
        parts.map(move |part| {
            let selector = [index, usize::from(part)];
            with_selector(&selector, &registration_part(response, part))
        })
    });
    distinct(parts)
}

pub(crate) fn finish_authentication() -> Seeds {
    let sign_ins = SIGN_INS.iter().enumerate();
    let parts = sign_ins.flat_map(|(index, sign_in)| {
        let parts = 0..AUTHENTICATION_PARTS;
        parts.map(move |part| {
            let selector = [index, usize::from(part)];
            with_selector(&selector, &authentication_part(&sign_in.response, part))
        })
    });
    distinct(parts)
}

fn with_selector(selector: &[usize], bytes: &[u8]) -> Vec<u8> {
    let selector = selector.iter().map(|index| u8::try_from(*index).unwrap());
    selector.chain(bytes.iter().copied()).collect()
}
