//! Registrations without attestation, with one thing wrong, or unusual.

use passkeep_protocol::authenticator_data::Flags;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_testkit::cbor;
use passkeep_testkit::registration::{RegistrationDraft, SignedRegistration};
use serde_json::{Value, json};

use crate::case::{Cases, Changes, draft_registration, registered, with, with_algorithm};

type Change = fn(&mut RegistrationDraft);

fn draft() -> RegistrationDraft {
    draft_registration(with_algorithm(CoseAlgorithm::ES256))
}

fn changed(change: impl FnOnce(&mut RegistrationDraft)) -> Value {
    registered(&draft().with(change).into_response())
}

pub(crate) fn add(cases: &mut Cases) {
    cases.group("registration");
    cases.add("in order", changed(|_| {}));
    let changes: [(&str, Change); 17] = [
        ("type of an authentication", |d| {
            d.client_data.ty = "webauthn.get".into();
        }),
        ("another challenge", |d| {
            d.client_data.challenge = "AgICAgICAgICAgICAgICAg".into();
        }),
        ("no challenge", |d| d.client_data.challenge.clear()),
        ("challenge with padding", |d| {
            d.client_data.challenge.push('=');
        }),
        ("another origin", |d| {
            d.client_data.origin = "https://evil.example".into();
        }),
        ("origin of a subdomain", |d| {
            d.client_data.origin = "https://login.example.org".into();
        }),
        ("origin of another port", |d| {
            d.client_data.origin.push_str(":8443");
        }),
        ("origin without https", |d| {
            d.client_data.origin = "http://example.org".into();
        }),
        ("origin with a slash", |d| d.client_data.origin.push('/')),
        ("origin in capitals", |d| {
            d.client_data.origin = "https://EXAMPLE.org".into();
        }),
        ("in a frame", |d| d.client_data.cross_origin = Some(true)),
        ("a top origin and no frame", |d| {
            d.client_data.top_origin = Some("https://top.example".into());
        }),
        ("no crossOrigin", |d| d.client_data.cross_origin = None),
        ("a client data member more", |d| {
            d.client_data.extra = vec![("new".into(), json!({ "a": [1] }))];
        }),
        ("another RP ID", |d| {
            d.authenticator_data.rp_id_hash[31] ^= 1;
        }),
        ("a counter", |d| d.authenticator_data.sign_count = 77),
        ("extension outputs", |d| {
            let data = d.authenticator_data.clone();
            let outputs = cbor::Value::map([("credProtect", 2.into())]);
            d.authenticator_data = data.with_extensions(outputs);
        }),
    ];
    for (name, change) in changes {
        cases.add(name, changed(change));
    }
    flags(cases);
    credential(cases);
    keys(cases);
    envelope(cases);
    bytes(cases);
}

fn flags(cases: &mut Cases) {
    cases.group("registration");
    let with_flags = |flags: u8| changed(move |d| d.authenticator_data.flags = Flags(flags));
    let (at, up, uv, bs) = (Flags::AT, Flags::UP, Flags::UV, Flags::BS);
    for (name, flags) in [
        ("UV without UP", at | uv),
        ("no UV", at | up),
        ("BS without BE", at | up | uv | bs),
        ("a reserved bit, 1", at | up | uv | 1 << 1),
        ("a reserved bit, 5", at | up | uv | 1 << 5),
        ("ED without outputs", at | up | uv | Flags::ED),
        ("data without AT", up | uv),
    ] {
        cases.add(name, with_flags(flags));
    }
    let required = json!({ "user_verification": "required" });
    cases.add(
        "no UV where it is required",
        with(with_flags(at | up), required.clone()),
    );
    cases.add(
        "UV where it is required",
        with(with_flags(at | up | uv), required),
    );
    let conditional = json!({ "mediation": "conditional" });
    cases.add(
        "UV without UP, conditional",
        with(with_flags(at | uv), conditional),
    );
    let none = changed(|d| {
        d.authenticator_data.flags.0 &= !Flags::AT;
        d.authenticator_data.attested_credential_data = None;
    });
    cases.add("no attested credential data", none);
}

fn credential(cases: &mut Cases) {
    for length in [0, 1, 1023, 1024] {
        let mut config = with_algorithm(CoseAlgorithm::ES256);
        config.credential_id_length = length;
        let response = draft_registration(config).into_response();
        cases.add(
            format!("credential id of {length} bytes"),
            registered(&response),
        );
    }
    let other = changed(|d| {
        let attested = d.authenticator_data.attested_credential_data.as_mut();
        attested.unwrap().credential_id[0] ^= 1;
    });
    cases.add("another credential id signed than sent", other);
}

fn keys(cases: &mut Cases) {
    cases.group("keys");
    let key = |algorithm: CoseAlgorithm, change: &dyn Fn(&mut cbor::Value)| {
        let draft = draft_registration(with_algorithm(algorithm));
        let draft = draft.with(|d| {
            let attested = d.authenticator_data.attested_credential_data.as_mut();
            change(&mut attested.unwrap().credential_public_key);
        });
        registered(&draft.into_response())
    };
    let set = |algorithm, label: i64, value: cbor::Value| {
        key(algorithm, &move |key| key.set(label, value.clone()))
    };
    let (es256, rs256, eddsa) = (
        CoseAlgorithm::ES256,
        CoseAlgorithm::RS256,
        CoseAlgorithm::EDDSA,
    );
    let bytes = |bytes: Vec<u8>| cbor::Value::from(bytes);
    cases.add(
        "ES256, not on the curve",
        set(es256, -2, bytes(vec![7; 32])),
    );
    cases.add("ES256, another curve's number", set(es256, -1, 2.into()));
    cases.add("ES256, y a byte short", set(es256, -3, bytes(vec![7; 31])));
    cases.add("ES256, y as a sign", set(es256, -3, true.into()));
    cases.add("ES256, another type's number", set(es256, 1, 1.into()));
    cases.add("ES256, no y", key(es256, &|key| drop(key.remove(-3))));
    cases.add(
        "ES256, no algorithm",
        key(es256, &|key| drop(key.remove(3))),
    );
    cases.add("ES256, a member more", set(es256, -70, 1.into()));
    cases.add("ES256, in another order", key(es256, &reversed));
    cases.add("EdDSA, a byte short", set(eddsa, -2, bytes(vec![7; 31])));
    cases.add(
        "EdDSA, not a point",
        set(eddsa, -2, bytes([&[2][..], &[0; 31]].concat())),
    );
    cases.add(
        "EdDSA, of low order",
        set(eddsa, -2, bytes([&[1][..], &[0; 31]].concat())),
    );
    cases.add(
        "RS256, of 2040 bits",
        set(rs256, -1, bytes(vec![0xff; 255])),
    );
    cases.add("RS256, of 512 bits", set(rs256, -1, bytes(vec![0xff; 64])));
    let even = [vec![0xff; 255], vec![0xfe]].concat();
    cases.add("RS256, with an even modulus", set(rs256, -1, bytes(even)));
    cases.add(
        "RS256, with an exponent of 1",
        set(rs256, -2, bytes(vec![1])),
    );
    cases.add(
        "RS256, with an exponent of 2",
        set(rs256, -2, bytes(vec![2])),
    );
}

/// The members of a map, back to front.
fn reversed(map: &mut cbor::Value) {
    if let cbor::Value::Map(pairs) = map {
        *map = cbor::Value::MapInOrder(pairs.iter().rev().cloned().collect());
    }
}

/// What nothing signs.
fn envelope(cases: &mut Cases) {
    cases.group("registration");
    let changes: Changes<Value, 8> = [
        ("type of another credential", |r| {
            r["type"] = "password".into();
        }),
        ("an id that is not the raw one", |r| r["id"] = "AAAA".into()),
        ("ids of another credential", |r| {
            r["id"] = "AAAA".into();
            r["rawId"] = "AAAA".into();
        }),
        ("an unknown transport", |r| {
            r["response"]["transports"] = json!(["thought"]);
        }),
        ("no transports", |r| {
            r["response"].as_object_mut().unwrap().remove("transports");
        }),
        ("an unknown attachment", |r| {
            r["authenticatorAttachment"] = "implant".into();
        }),
        ("an unknown member", |r| r["new"] = true.into()),
        ("no extension results", |r| {
            r.as_object_mut().unwrap().remove("clientExtensionResults");
        }),
    ];
    for (name, change) in changes {
        let mut document = changed(|_| {});
        change(&mut document["response"]);
        cases.add(name, document);
    }
}

/// Client data, authenticator data and attestation objects that are unusual to the byte.
fn bytes(cases: &mut Cases) {
    cases.group("registration");
    type Bytes = fn(&mut SignedRegistration);
    let changes: [(&str, Bytes); 12] = [
        ("client data with a byte order mark", |s| {
            s.client_data_json.splice(0..0, *b"\xef\xbb\xbf");
        }),
        ("client data cut short", |s| s.client_data_json.truncate(9)),
        ("client data with more after it", |s| {
            s.client_data_json.push(b'x');
        }),
        ("client data with the type twice", |s| {
            s.client_data_json.pop();
            s.client_data_json.extend(br#","type":"webauthn.get"}"#);
        }),
        ("client data that is not UTF-8", |s| {
            s.client_data_json.pop();
            s.client_data_json.extend(b",\"x\":\"\xff\"}");
        }),
        ("authenticator data a byte short", |s| {
            s.authenticator_data.pop();
        }),
        ("authenticator data with a byte more", |s| {
            s.authenticator_data.push(0);
        }),
        ("authenticator data of 36 bytes", |s| {
            s.authenticator_data.truncate(36);
        }),
        ("a statement none with a member", |s| s.att_stmt.set("x", 1)),
        ("a statement none that is a list", |s| {
            s.att_stmt = cbor::Value::Array(vec![]);
        }),
        ("an unknown format", |s| s.fmt = "None".into()),
        ("an empty packed statement", |s| s.fmt = "packed".into()),
    ];
    for (name, change) in changes {
        let signed = draft().encode().sign().with(change);
        cases.add(name, registered(&signed.into_response()));
    }
    type Object = fn(cbor::Value) -> Vec<u8>;
    let changes: [(&str, Object); 6] = [
        ("attestation object with a byte more", |o| {
            [o.encode(), vec![0]].concat()
        }),
        ("attestation object a byte short", |o| {
            let mut bytes = o.encode();
            bytes.pop();
            bytes
        }),
        ("attestation object in another order", |mut o| {
            reversed(&mut o);
            o.encode()
        }),
        ("attestation object with a member more", |mut o| {
            o.set("x", 1);
            o.encode()
        }),
        ("attestation object with a member twice", |o| {
            let mut bytes = o.encode();
            bytes[0] += 1;
            [bytes, b"\x63fmt\x64none".to_vec()].concat()
        }),
        ("attestation object of indefinite length", |o| {
            let mut bytes = o.encode();
            bytes[0] = 0xbf;
            bytes.push(0xff);
            bytes
        }),
    ];
    for (name, change) in changes {
        let signed = draft().encode().sign();
        let object = change(signed.attestation_object());
        let mut response = signed.into_response();
        response.response.attestation_object = object.into();
        cases.add(name, registered(&response));
    }
}
