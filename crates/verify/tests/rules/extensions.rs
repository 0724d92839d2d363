//! What may be asked for, and what is noticed in the answers.

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::extensions::{
    AuthenticationExtensionsClientInputsJson, AuthenticationExtensionsClientOutputsJson,
    AuthenticatorExtensionOutputs,
};
use passkeep_protocol::names::PublicKeyCredentialType;
use passkeep_protocol::options::PublicKeyCredentialDescriptorJson;
use passkeep_verify::extensions::{
    ExtensionMisuse, RequestedExtensions, check_authentication_inputs, check_registration_inputs,
};
use passkeep_verify::finding::Finding;
use serde_json::{Value, json};

fn inputs(json: Value) -> AuthenticationExtensionsClientInputsJson {
    serde_json::from_value(json).unwrap()
}

fn outputs(json: Value) -> AuthenticationExtensionsClientOutputsJson {
    serde_json::from_value(json).unwrap()
}

fn allow(ids: &[&[u8]]) -> Vec<PublicKeyCredentialDescriptorJson> {
    let descriptors = ids.iter().map(|id| PublicKeyCredentialDescriptorJson {
        ty: PublicKeyCredentialType::PublicKey,
        id: Bytes::from(*id),
        transports: Vec::new(),
    });
    descriptors.collect()
}

#[track_caller]
fn at_registration(json: Value, expected: Result<(), ExtensionMisuse>) {
    assert_eq!(check_registration_inputs(&inputs(json)), expected);
}

#[track_caller]
fn at_authentication(json: Value, ids: &[&[u8]], expected: Result<(), ExtensionMisuse>) {
    let checked = check_authentication_inputs(&inputs(json), &allow(ids));
    assert_eq!(checked, expected);
}

#[test]
fn everything_of_a_registration_is_allowed_there() {
    let full = json!({
        "credProps": true, "prf": {"eval": {"first": "AQ"}}, "largeBlob": {"support": "required"},
        "credentialProtectionPolicy": "userVerificationRequired", "enforceCredentialProtectionPolicy": true,
        "minPinLength": true, "credBlob": "AQ", "hmacCreateSecret": true,
        "appidExclude": "https://example.org", "future": 1,
    });
    at_registration(full, Ok(()));
    at_registration(json!({}), Ok(()));
}

#[test]
fn everything_of_an_authentication_is_allowed_there() {
    let full = json!({
        "prf": {"eval": {"first": "AQ"}, "evalByCredential": {"AQ": {"first": "AQ"}}},
        "largeBlob": {"write": "AQ"}, "getCredBlob": true, "appid": "https://example.org", "future": 1,
    });
    at_authentication(full, &[&[1]], Ok(()));
    at_authentication(json!({"largeBlob": {"read": true}}), &[], Ok(()));
}

#[test]
fn extensions_of_the_other_ceremony_are_misuse() {
    for (identifier, value) in [
        ("appid", json!("https://example.org")),
        ("getCredBlob", json!(true)),
    ] {
        let misuse = ExtensionMisuse::OtherCeremony(identifier);
        at_registration(json!({identifier: value}), Err(misuse));
    }
    for (identifier, value) in [
        ("credProps", json!(true)),
        (
            "credentialProtectionPolicy",
            json!("userVerificationOptional"),
        ),
        ("enforceCredentialProtectionPolicy", json!(true)),
        ("minPinLength", json!(true)),
        ("credBlob", json!("AQ")),
        ("hmacCreateSecret", json!(true)),
        ("appidExclude", json!("https://example.org")),
    ] {
        let misuse = ExtensionMisuse::OtherCeremony(identifier);
        at_authentication(json!({identifier: value}), &[], Err(misuse));
    }
}

#[test]
fn prf_by_credential_needs_credentials_of_the_allow_list() {
    let by = json!({"prf": {"evalByCredential": {"AQ": {"first": "AQ"}, "Ag": {"first": "AQ"}}}});
    let misuse = ExtensionMisuse::PrfByCredentialAtRegistration;
    at_registration(by.clone(), Err(misuse));
    let misuse = ExtensionMisuse::PrfByCredentialWithoutAllowList;
    at_authentication(by.clone(), &[], Err(misuse));
    let misuse = ExtensionMisuse::PrfByCredentialNotAllowed;
    at_authentication(by.clone(), &[&[1]], Err(misuse));
    at_authentication(by, &[&[1], &[2], &[3]], Ok(()));
}

#[test]
fn a_large_blob_is_made_read_or_written_each_in_its_place() {
    for blob in [json!({"read": true}), json!({"write": "AQ"})] {
        let misuse = ExtensionMisuse::LargeBlobReadOrWriteAtRegistration;
        at_registration(json!({ "largeBlob": blob }), Err(misuse));
    }
    let blob = |blob| json!({ "largeBlob": blob });
    let misuse = ExtensionMisuse::LargeBlobSupportAtAuthentication;
    at_authentication(blob(json!({"support": "preferred"})), &[], Err(misuse));
    let misuse = ExtensionMisuse::LargeBlobReadAndWrite;
    let both = blob(json!({"read": true, "write": "AQ"}));
    at_authentication(both, &[&[1]], Err(misuse));
    for ids in [&[][..], &[&[1][..], &[2]]] {
        let misuse = ExtensionMisuse::LargeBlobWriteNeedsOneCredential;
        at_authentication(blob(json!({"write": "AQ"})), ids, Err(misuse));
    }
}

#[test]
fn protection_is_enforced_only_with_a_known_policy() {
    for policy in [
        json!({}),
        json!({"credentialProtectionPolicy": "userVerificationForgotten"}),
    ] {
        let mut json = policy;
        json["enforceCredentialProtectionPolicy"] = true.into();
        let misuse = ExtensionMisuse::ProtectionEnforcedWithoutPolicy;
        at_registration(json.clone(), Err(misuse));
        json["enforceCredentialProtectionPolicy"] = false.into();
        at_registration(json, Ok(()));
    }
}

#[test]
fn an_app_id_is_an_https_address() {
    for app_id in [
        "",
        "http://example.org",
        "https://",
        "https:///x",
        "example.org",
    ] {
        at_registration(json!({"appidExclude": app_id}), Err(ExtensionMisuse::AppId));
        at_authentication(json!({"appid": app_id}), &[], Err(ExtensionMisuse::AppId));
    }
}

#[test]
fn answers_that_were_asked_for_are_not_noticed() {
    let asked = json!({
        "credProps": true, "prf": {}, "largeBlob": {"support": "preferred"},
        "credentialProtectionPolicy": "userVerificationRequired", "minPinLength": true,
        "credBlob": "AQ", "future": true,
    });
    let client = json!({
        "credProps": {"rk": true}, "prf": {"enabled": true}, "largeBlob": {"supported": true},
        "credBlob": true, "future": [],
    });
    let signed = b"\xa5\x66future\x01\x68credBlob\xf5\x6bcredProtect\x03\x6bhmac-secret\xf5\x6cminPinLength\x04";
    let signed = AuthenticatorExtensionOutputs::parse(signed).unwrap();
    let requested = RequestedExtensions::new(&inputs(asked));
    let findings = requested.findings(&outputs(client), Some(&signed));
    assert_eq!(findings, []);
    assert_eq!(requested.findings(&outputs(json!({})), None), []);
}

#[test]
fn answers_that_were_not_asked_for_are_noticed_one_by_one() {
    let requested = RequestedExtensions::new(&inputs(json!({"prf": {}})));
    let client = outputs(json!({"prf": {}, "credProps": {}, "uvm": []}));
    let signed = b"\xa2\x6bcredProtect\x03\x6bhmac-secret\xf5";
    let signed = AuthenticatorExtensionOutputs::parse(signed).unwrap();
    let client_extension = |identifier: &str| Finding::UnsolicitedClientExtension {
        identifier: identifier.to_owned(),
    };
    let expected = [
        client_extension("credProps"),
        client_extension("uvm"),
        Finding::UnsolicitedAuthenticatorExtension {
            identifier: "credProtect".to_owned(),
        },
    ];
    assert_eq!(requested.findings(&client, Some(&signed)), expected);
}

#[test]
fn a_lower_protection_is_noticed_where_it_is_enforced() {
    let policy = |policy: &str, enforced: bool| {
        RequestedExtensions::new(&inputs(json!({
            "credentialProtectionPolicy": policy, "enforceCredentialProtectionPolicy": enforced,
        })))
    };
    let nothing = outputs(json!({}));
    let level = |level| [&b"\xa1\x6bcredProtect"[..], &[level]].concat();
    let (two, three) = (level(2), level(3));
    let two = AuthenticatorExtensionOutputs::parse(&two).unwrap();
    let three = AuthenticatorExtensionOutputs::parse(&three).unwrap();

    let enforced = policy("userVerificationRequired", true);
    let lower = |received| [Finding::CredentialProtectionLower { asked: 3, received }];
    assert_eq!(enforced.findings(&nothing, Some(&three)), []);
    assert_eq!(enforced.findings(&nothing, Some(&two)), lower(Some(2)));
    assert_eq!(enforced.findings(&nothing, None), lower(None));
    let wished = policy("userVerificationRequired", false);
    assert_eq!(wished.findings(&nothing, Some(&two)), []);
    let lowest = policy("userVerificationOptional", true);
    assert_eq!(lowest.findings(&nothing, None), []);
}

#[test]
fn prf_results_come_to_a_server_only_when_it_asked_for_them() {
    let client = outputs(json!({"prf": {"results": {"first": "AQ"}}}));
    let requested = RequestedExtensions::new(&inputs(json!({"prf": {}})));
    assert_eq!(
        requested.findings(&client, None),
        [Finding::PrfResultsReceived]
    );
    assert_eq!(requested.for_server(&client), outputs(json!({"prf": {}})));

    let requested = requested.with_prf_results();
    assert_eq!(requested.findings(&client, None), []);
    assert_eq!(requested.for_server(&client), client);
}

#[test]
fn an_app_id_is_kept_for_the_finish() {
    let asked = inputs(json!({"appid": "https://example.org/appid"}));
    let requested = RequestedExtensions::new(&asked);
    assert_eq!(requested.appid(), Some("https://example.org/appid"));
    assert_eq!(RequestedExtensions::default().appid(), None);
    let written = serde_json::to_string(&requested).unwrap();
    let read: RequestedExtensions = serde_json::from_str(&written).unwrap();
    assert_eq!(read, requested);
}
