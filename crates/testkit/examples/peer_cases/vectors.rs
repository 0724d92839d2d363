//! The specification's own test vectors, and bits of them flipped.

use passkeep_protocol::bytes::{Bytes, encode_base64url};
use passkeep_testkit::vectors::{self, Ceremony};
use serde_json::{Value, json};

use crate::case::{Cases, registered, trusted, with};

pub(crate) fn add(cases: &mut Cases) {
    cases.group("vectors");
    let vectors: Vec<_> = vectors::l3().collect();
    for vector in &vectors {
        cases.add(
            format!("{}, registration", vector.name),
            registration(vector),
        );
        cases.add(
            format!("{}, authentication", vector.name),
            authentication(vector),
        );
        let framed = json!({ "cross_origin": true, "top_origins": ["https://example.com"] });
        if vector.cross_origin {
            let name = format!("{}, registration in a frame that is expected", vector.name);
            cases.add(name, with(registration(vector), framed.clone()));
            let name = format!(
                "{}, authentication in a frame that is expected",
                vector.name
            );
            cases.add(name, with(authentication(vector), framed));
        }
    }

    cases.group("flipped bits");
    for vector in vectors
        .iter()
        .filter(|vector| vector.name == "packed.ES256")
    {
        for part in ["clientDataJSON", "attestationObject"] {
            flip(cases, "registration", part, &registration(vector));
        }
        for part in ["clientDataJSON", "authenticatorData", "signature"] {
            flip(cases, "authentication", part, &authentication(vector));
        }
    }
}

fn registration(vector: &Ceremony) -> Value {
    let document = if vector.certified {
        trusted(&vector.registration.response, &vectors::attestation_root())
    } else {
        registered(&vector.registration.response)
    };
    let challenge = encode_base64url(&vector.registration.challenge);
    with(document, json!({ "challenge": challenge }))
}

fn authentication(vector: &Ceremony) -> Value {
    let members = json!({
        "kind": "authentication",
        "challenge": encode_base64url(&vector.authentication.challenge),
        // The vectors have no user handles, as after a user name was typed.
        "user_handle": encode_base64url(b"ada"),
        "credential": {
            "id": encode_base64url(&vector.credential_id),
            "public_key": encode_base64url(&vector.public_key),
            "backup_eligible": vector.registration_flags.backup_eligible(),
        },
    });
    with(registered(&vector.authentication.response), members)
}

/// Eight bits over the length of one member of the response.
fn flip(cases: &mut Cases, kind: &str, part: &str, document: &Value) {
    let text = document["response"]["response"][part].as_str().unwrap();
    let bytes = Bytes::from_base64url(text).unwrap();
    for step in 0..8 {
        let mut bytes = bytes.as_slice().to_vec();
        let index = (bytes.len() - 1) * step / 7;
        bytes[index] ^= 1 << step;
        let mut document = document.clone();
        document["response"]["response"][part] = encode_base64url(&bytes).into();
        cases.add(format!("{kind}, {part} at {index}"), document);
    }
}
