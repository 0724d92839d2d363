//! The exports, as a page calls them.

#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failed expectation is a failed test"
)]

use js_sys::{Array, JSON, Object, Reflect};
use passkeep_inspect::exports::{Verification, answer, decode};
use passkeep_protocol::bytes::encode_base64url;
use passkeep_testkit::vectors::{self, Ceremony};
use serde_json::json;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// 2026-11-26.
const NOW: f64 = 1_795_651_200_000.0;

fn vector() -> Ceremony {
    vectors::l3().next().unwrap()
}

fn registration() -> JsValue {
    let json = serde_json::to_string(&vector().registration.response).unwrap();
    JSON::parse(&json).unwrap()
}

fn get(value: &JsValue, path: &str) -> JsValue {
    let step = |value: JsValue, name: &str| Reflect::get(&value, &name.into()).unwrap();
    path.split('/').fold(value.clone(), step)
}

/// The verdict, with the signatures verified in Rust.
fn verify(document: &JsValue, now: f64) -> JsValue {
    let mut verification = Verification::new(document, now);
    loop {
        let verdict = verification.verdict();
        if !verdict.is_undefined() {
            return verdict;
        }
        verification.answer(answer(&verification.question()));
    }
}

/// The field inside with that name.
fn child(node: &JsValue, name: &str) -> JsValue {
    let children = Array::from(&get(node, "children"));
    let mut children = children.iter();
    children.find(|child| get(child, "name") == name).unwrap()
}

#[wasm_bindgen_test]
fn an_object_is_decoded_into_plain_objects() {
    let inspection = decode(&registration());
    assert_eq!(get(&inspection, "kind"), "registration");
    assert_eq!(Array::from(&get(&inspection, "problems")).length(), 0);
    let root = get(&inspection, "root");
    let object = child(&child(&root, "response"), "attestationObject");
    let data = child(&object, "authData");
    let hash = child(&data, "rpIdHash");
    assert_eq!(get(&hash, "value/kind"), "bytes");
    assert_eq!(get(&hash, "value/length"), 32);
    assert_eq!(get(&hash, "meaning"), "example.org");
    assert_eq!(get(&hash, "range/0"), 0);
    assert_eq!(get(&hash, "range/1"), 32);
    assert!(get(&hash, "problem").is_null());
    let flags = get(&child(&data, "flags"), "value/flags");
    assert_eq!(get(&flags, "0/name"), "UP");
    assert_eq!(get(&flags, "0/set"), true);
    let algorithm = child(&child(&data, "credentialPublicKey"), "alg");
    assert_eq!(get(&algorithm, "value/number"), -7);
    assert!(get(&object, "range").is_null());
}

#[wasm_bindgen_test]
fn text_is_decoded_as_the_object_is() {
    let object = registration();
    let text = JSON::stringify(&object).unwrap();
    let shown = |value: &JsValue| JSON::stringify(&decode(value)).unwrap();
    assert_eq!(shown(&object), shown(&text.into()));
}

#[wasm_bindgen_test]
fn what_is_no_input_is_told_and_never_thrown() {
    let circle = Object::new();
    Reflect::set(&circle, &"self".into(), &circle).unwrap();
    let large = js_sys::BigInt::from(1);
    for input in [JsValue::UNDEFINED, circle.into(), large.into()] {
        let message = "it is neither text nor something that can be written as JSON";
        let inspection = decode(&input);
        assert_eq!(get(&inspection, "kind"), "unknown");
        assert_eq!(get(&inspection, "problems/0/problem/message"), message);
        assert_eq!(get(&inspection, "root/value/kind"), "unread");
        let verdict = verify(&input, NOW);
        assert_eq!(get(&verdict, "ok"), false);
        assert_eq!(get(&verdict, "code"), "unusable_input");
        assert_eq!(get(&verdict, "message"), message);
    }
}

fn document() -> JsValue {
    let ceremony = vector();
    let json = json!({
        "kind": "registration",
        "rp_id": vectors::RP_ID,
        "origins": [vectors::ORIGIN],
        "challenge": encode_base64url(&ceremony.registration.challenge),
        "response": ceremony.registration.response,
    });
    JSON::parse(&json.to_string()).unwrap()
}

#[wasm_bindgen_test]
fn a_ceremony_is_judged_at_the_time_of_the_caller() {
    let verdict = verify(&document(), NOW);
    assert_eq!(get(&verdict, "ok"), true);
    assert_eq!(get(&verdict, "credential/algorithm"), -7);
    assert_eq!(get(&verdict, "trace/0/check"), "ceremony_lifetime");
    assert_eq!(get(&verdict, "trace/0/received"), "2026-11-26T00:00:00Z");
    assert_eq!(
        get(&verdict, "findings/0/kind"),
        "convenience_copies_missing"
    );

    for now in [f64::NAN, -1.0, f64::INFINITY] {
        let verdict = verify(&document(), now);
        assert_eq!(get(&verdict, "code"), "unusable_input");
    }
}

#[wasm_bindgen_test]
fn a_refusal_is_an_object_too() {
    let document = document();
    Reflect::set(&document, &"rp_id".into(), &"example.com".into()).unwrap();
    let verdict = verify(&document, NOW);
    assert_eq!(get(&verdict, "ok"), false);
    assert_eq!(get(&verdict, "code"), "rp_id_hash_differs");
    assert_eq!(get(&verdict, "check"), "rp_id_hash");
}

#[wasm_bindgen_test]
fn a_question_has_the_key_and_the_signature_as_webcrypto_wants_them() {
    let ceremony = vectors::l3().next().unwrap();
    let document = json!({
        "kind": "authentication",
        "rp_id": vectors::RP_ID,
        "origins": [vectors::ORIGIN],
        "challenge": encode_base64url(&ceremony.authentication.challenge),
        // The vectors have none, as after a user name was typed.
        "user_handle": encode_base64url(b"ada"),
        "credential": {"id": ceremony.authentication.response.id, "public_key": encode_base64url(&ceremony.public_key)},
        "response": ceremony.authentication.response,
    });
    let document = JSON::parse(&document.to_string()).unwrap();
    let mut verification = Verification::new(&document, NOW);
    assert!(verification.verdict().is_undefined());
    let question = verification.question();
    for (member, value) in [("name", "ECDSA"), ("curve", "P-256"), ("hash", "SHA-256")] {
        assert_eq!(get(&question, member), value);
    }
    assert_eq!(get(&question, "key/length"), 65);
    assert_eq!(get(&question, "key/0"), 4);
    assert_eq!(get(&question, "exponent/length"), 0);
    assert_eq!(get(&question, "fixed/length"), 64);
    assert_eq!(get(&question, "message/length"), 37 + 32);
    // In DER.
    assert_eq!(get(&question, "signature/0"), 0x30);
    verification.answer(false);
    assert!(verification.question().is_undefined());
    assert_eq!(get(&verification.verdict(), "code"), "signature_invalid");
}

#[wasm_bindgen_test]
fn what_is_no_question_is_answered_with_no() {
    let object = Object::new();
    assert!(!answer(&object));
    assert!(!answer(&JsValue::UNDEFINED));
    Reflect::set(&object, &"name".into(), &"Ed25519".into()).unwrap();
    assert!(!answer(&object));
}
