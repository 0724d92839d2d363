//! What other implementations are timed with: the same ceremonies as ours, a line of JSON for each.
//!
//! `response` is the text that the verdict begins with; the rest is what the relying party knows.

#![allow(clippy::unwrap_used, reason = "a case that fails measures nothing")]

#[allow(dead_code, reason = "nothing is judged here")]
mod cases;

use cases::{Authentication, ORIGIN, RP_ID, Registration};
use passkeep_protocol::bytes::encode_base64url;
use serde_json::{Value, json};

/// Those that every peer takes, of every kind of work: a parse, one signature, and a chain of two.
const NAMES: [&str; 6] = [
    "none",
    "packed-self",
    "packed-root",
    "es256",
    "eddsa",
    "rs256",
];

fn main() {
    let registrations = Registration::all().into_iter();
    for case in registrations.filter(|case| NAMES.contains(&case.name)) {
        let root = case
            .name
            .ends_with("-root")
            .then(|| cases::vendor().certificate);
        let root = root.map(|der| encode_base64url(&der));
        print(
            "registration",
            case.name,
            &case.json,
            &json!({"root": root}),
        );
    }
    let authentications = Authentication::all().into_iter();
    for case in authentications.filter(|case| NAMES.contains(&case.name)) {
        let known = json!({
            "id": case.record.id,
            "publicKey": case.record.public_key,
            "signCount": case.record.sign_count,
            "attestationObject": case.record.attestation_object,
            "clientDataJSON": case.record.attestation_client_data_json,
        });
        print(
            "authentication",
            case.name,
            &case.json,
            &json!({"credential": known}),
        );
    }
}

fn print(ceremony: &str, name: &str, response: &[u8], more: &Value) {
    let mut line = json!({
        "name": format!("{ceremony}/{name}"),
        "ceremony": ceremony,
        "rpId": RP_ID,
        "origin": ORIGIN,
        "challenge": encode_base64url(&[1; 32]),
        "response": str::from_utf8(response).unwrap(),
    });
    let members = more.as_object().unwrap().clone();
    line.as_object_mut().unwrap().extend(members);
    println!("{line}");
}
