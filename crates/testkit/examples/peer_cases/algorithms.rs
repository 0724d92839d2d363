//! Every algorithm: made, attested with its own key, and used; and signatures that are not quite right.

use std::sync::Arc;

use passkeep_protocol::bytes::{Bytes, encode_base64url};
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_testkit::attestation::packed::PackedSelf;
use passkeep_testkit::signing::ALGORITHMS;
use serde_json::{Value, json};

use crate::case::{Cases, SignIn, draft_registration, registered, with, with_algorithm};

pub(crate) fn add(cases: &mut Cases) {
    for algorithm in ALGORITHMS.iter().map(|algorithm| algorithm.alg()) {
        let name = algorithm.name().expect("a name");
        cases.group("algorithms");
        let draft = draft_registration(with_algorithm(algorithm));
        let response = draft.clone().into_response();
        cases.add(format!("{name}, registration"), registered(&response));
        let attesting = draft.with(|draft| draft.attestation = Arc::new(PackedSelf));
        let signed = attesting.encode().sign();
        let response = signed.clone().into_response();
        cases.add(format!("{name}, self attestation"), registered(&response));
        let (draft, close) = SignIn::new(with_algorithm(algorithm)).into_parts();
        let document = close(json!(draft.into_response()));
        cases.add(format!("{name}, authentication"), document.clone());

        cases.group("signatures");
        let signed = signed.with(|signed| signed.authenticator_data[36] ^= 1);
        let name_it = |what| format!("{name}, {what}");
        let of_other = registered(&signed.into_response());
        cases.add(name_it("self attestation of other bytes"), of_other);
        type Change = fn(&mut Vec<u8>);
        let changes: [(&str, Change); 6] = [
            ("with a bit flipped", |signature| {
                let middle = signature.len() / 2;
                signature[middle] ^= 1;
            }),
            ("a byte short", |signature| {
                signature.pop();
            }),
            ("a byte long", |signature| signature.push(0)),
            ("empty", Vec::clear),
            ("of zeros", |signature| signature.fill(0)),
            ("with a zero before it", |signature| signature.insert(0, 0)),
        ];
        for (what, change) in changes {
            cases.add(name_it(what), resigned(document.clone(), change));
        }
    }

    cases.group("signatures");
    let es256 = CoseAlgorithm::ES256;
    sign_in(cases, "ES256, in raw form", |signature| {
        *signature = [integer(signature, 0), integer(signature, 1)].concat();
    });
    sign_in(cases, "ES256, with s in its upper half", |signature| {
        let s = subtract(&P256_ORDER, &integer(signature, 1));
        *signature = der(&integer(signature, 0), &s);
    });
    sign_in(cases, "ES256, with r padded by a zero", |signature| {
        let (r, s) = (integer(signature, 0), integer(signature, 1));
        *signature = der(&[&[0; 2], &*r].concat(), &s);
    });
    sign_in(cases, "ES256, with a length in long form", |signature| {
        signature.insert(1, 0x81);
    });
    let other = SignIn::new(with_algorithm(es256));
    let key = SignIn::new(with_algorithm(CoseAlgorithm::ESP256)).draft.key;
    let (draft, close) = other.into_parts();
    let response = draft.with(|draft| draft.key = key).into_response();
    cases.add("ES256, of another key", close(json!(response)));

    cases.group("algorithms");
    let response = draft_registration(with_algorithm(CoseAlgorithm::EDDSA)).into_response();
    let offered = json!({ "algorithms": [CoseAlgorithm::ES256] });
    cases.add(
        "one that was not offered",
        with(registered(&response), offered),
    );
}

/// A sign-in with ES256 whose signature is changed.
fn sign_in(cases: &mut Cases, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let (draft, close) = SignIn::new(with_algorithm(CoseAlgorithm::ES256)).into_parts();
    let document = close(json!(draft.into_response()));
    cases.add(name, resigned(document, change));
}

/// The signature of a document, changed.
fn resigned(mut document: Value, change: impl FnOnce(&mut Vec<u8>)) -> Value {
    let signature = &mut document["response"]["response"]["signature"];
    let bytes = Bytes::from_base64url(signature.as_str().unwrap()).unwrap();
    let mut bytes = bytes.as_slice().to_vec();
    change(&mut bytes);
    *signature = encode_base64url(&bytes).into();
    document
}

/// The order of P-256's group.
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// One of the two numbers of a signature of P-256, in 32 bytes.
fn integer(signature: &[u8], index: usize) -> Vec<u8> {
    let mut rest = &signature[2..];
    for _ in 0..index {
        rest = &rest[2 + usize::from(rest[1])..];
    }
    let number = &rest[2..2 + usize::from(rest[1])];
    let number = &number[number.len().saturating_sub(32)..];
    [&vec![0; 32 - number.len()], number].concat()
}

/// Two numbers in DER; what begins with two zeros keeps one too many.
fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    use passkeep_testkit::der;
    let number = |bytes: &[u8]| match bytes {
        [0, 0, ..] => der::element(0x02, bytes),
        _ => der::unsigned(bytes),
    };
    der::sequence([number(r), number(s)])
}

fn subtract(from: &[u8], number: &[u8]) -> Vec<u8> {
    let mut result = from.to_vec();
    let mut borrow = 0;
    for index in (0..result.len()).rev() {
        let value = i16::from(from[index]) - i16::from(number[index]) - borrow;
        borrow = i16::from(value < 0);
        result[index] = value.rem_euclid(256) as u8;
    }
    result
}
