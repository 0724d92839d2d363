//! Authentications with one thing wrong, or unusual.

use passkeep_protocol::authenticator_data::Flags;
use passkeep_protocol::bytes::encode_base64url;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_testkit::authentication::AuthenticationDraft;
use passkeep_testkit::authenticator_data::AttestedCredentialData;
use passkeep_testkit::cbor;
use serde_json::{Value, json};

use crate::case::{Cases, Changes, SignIn, with, with_algorithm};

type Change = fn(&mut AuthenticationDraft);

fn sign_in() -> SignIn {
    SignIn::new(with_algorithm(CoseAlgorithm::ES256))
}

/// The draft changed; everything after it is made over the change.
fn changed(change: impl FnOnce(&mut AuthenticationDraft)) -> Value {
    let (draft, close) = sign_in().into_parts();
    close(json!(draft.with(change).into_response()))
}

pub(crate) fn add(cases: &mut Cases) {
    cases.group("authentication");
    cases.add("in order", changed(|_| {}));
    let changes: [(&str, Change); 16] = [
        ("type of a registration", |d| {
            d.client_data.ty = "webauthn.create".into();
        }),
        ("another challenge", |d| {
            d.client_data.challenge = "AgICAgICAgICAgICAgICAg".into();
        }),
        ("challenge with padding", |d| {
            d.client_data.challenge.push('=');
        }),
        ("another origin", |d| {
            d.client_data.origin = "https://evil.example".into();
        }),
        ("origin of another port", |d| {
            d.client_data.origin.push_str(":8443");
        }),
        ("origin with a slash", |d| d.client_data.origin.push('/')),
        ("origin in capitals", |d| {
            d.client_data.origin = "https://EXAMPLE.org".into();
        }),
        ("in a frame", |d| d.client_data.cross_origin = Some(true)),
        ("a top origin and no frame", |d| {
            d.client_data.top_origin = Some("https://top.example".into());
        }),
        ("in a frame of a top origin", |d| {
            d.client_data.cross_origin = Some(true);
            d.client_data.top_origin = Some("https://top.example".into());
        }),
        ("no crossOrigin", |d| d.client_data.cross_origin = None),
        ("a client data member more", |d| {
            d.client_data.extra = vec![("new".into(), json!({ "a": [1] }))];
        }),
        ("token binding", |d| {
            d.client_data.extra = vec![("tokenBinding".into(), json!({ "status": "supported" }))];
        }),
        ("another RP ID", |d| d.authenticator_data.rp_id_hash[0] ^= 1),
        ("no user handle", |d| d.user_handle = None),
        ("another user handle", |d| {
            d.user_handle = Some(b"eve".to_vec());
        }),
    ];
    for (name, change) in changes {
        cases.add(name, changed(change));
    }
    let ada = json!({ "user_handle": encode_base64url(b"ada") });
    cases.add(
        "no user handle, of a known user",
        with(changed(|d| d.user_handle = None), ada),
    );
    let eve = json!({ "user_handle": encode_base64url(b"eve") });
    cases.add(
        "in order, but another known user",
        with(changed(|d| d.user_handle = None), eve),
    );

    flags(cases);
    framed(cases);
    counters(cases);
    envelope(cases);
    bytes(cases);
}

fn flags(cases: &mut Cases) {
    let with_flags = |flags: u8| changed(move |d| d.authenticator_data.flags = Flags(flags));
    let (up, uv, be, bs) = (Flags::UP, Flags::UV, Flags::BE, Flags::BS);
    for (name, flags) in [
        ("UV without UP", uv),
        ("no UV", up),
        ("BS without BE", up | uv | bs),
        ("a reserved bit, 1", up | uv | 1 << 1),
        ("a reserved bit, 5", up | uv | 1 << 5),
        ("ED without outputs", up | uv | Flags::ED),
        ("AT without data", up | uv | Flags::AT),
        ("backed up", up | uv | be | bs),
    ] {
        cases.add(name, with_flags(flags));
    }
    let required = json!({ "user_verification": "required" });
    cases.add(
        "no UV where it is required",
        with(with_flags(up), required.clone()),
    );
    cases.add(
        "UV where it is required",
        with(with_flags(up | uv), required),
    );
    let mut document = with_flags(up | uv | be);
    document["credential"]["backup_eligible"] = false.into();
    cases.add("BE of a credential that had none", document);
    let attested = changed(|d| {
        d.authenticator_data.flags.0 |= Flags::AT;
        d.authenticator_data.attested_credential_data = Some(AttestedCredentialData {
            aaguid: [0; 16],
            credential_id: vec![1],
            credential_public_key: d.key.public_key(),
        });
    });
    cases.add("attested credential data", attested);
    let extended = |outputs: cbor::Value| {
        changed(|d| {
            let data = d.authenticator_data.clone();
            d.authenticator_data = data.with_extensions(outputs);
        })
    };
    let outputs = cbor::Value::map([("uvm", true.into())]);
    cases.add("extension outputs", extended(outputs));
    cases.add("extension outputs that are no map", extended(1.into()));
    let not_cbor = cbor::Value::Encoded(vec![0xff]);
    cases.add("extension outputs that are no CBOR", extended(not_cbor));
}

/// Where frames are expected.
fn framed(cases: &mut Cases) {
    let expected = json!({ "cross_origin": true, "top_origins": ["https://top.example"] });
    for (name, top) in [
        ("the expected frame", Some("https://top.example")),
        ("another frame than expected", Some("https://evil.example")),
        (
            "the expected frame, of a client that does not name it",
            None,
        ),
    ] {
        let document = changed(|d| {
            d.client_data.cross_origin = Some(true);
            d.client_data.top_origin = top.map(str::to_owned);
        });
        cases.add(name, with(document, expected.clone()));
    }
}

fn counters(cases: &mut Cases) {
    for (stored, received) in [
        (0, 0),
        (0, 1),
        (1, 2),
        (2, 2),
        (3, 2),
        (3, 0),
        (u32::MAX, 1),
    ] {
        let sign_in = sign_in().with_record(json!({ "sign_count": stored }));
        let (draft, close) = sign_in.into_parts();
        let draft = draft.with(|d| d.authenticator_data.sign_count = received);
        let document = close(json!(draft.into_response()));
        cases.add(format!("counter {received} after {stored}"), document);
    }
}

/// What nothing signs.
fn envelope(cases: &mut Cases) {
    let changed = |change: fn(&mut Value)| {
        let mut document = changed(|_| {});
        change(&mut document["response"]);
        document
    };
    let changes: Changes<Value, 7> = [
        ("type of another credential", |r| {
            r["type"] = "password".into();
        }),
        ("an id that is not the raw one", |r| r["id"] = "AAAA".into()),
        ("the id of another credential", |r| {
            r["id"] = "AAAA".into();
            r["rawId"] = "AAAA".into();
        }),
        ("no type", |r| {
            r.as_object_mut().unwrap().remove("type");
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
        cases.add(name, changed(change));
    }
}

/// Client data and authenticator data that are unusual to the byte, and signed so.
fn bytes(cases: &mut Cases) {
    type Bytes = fn(&mut Vec<u8>);
    let client_data: [(&str, Bytes); 6] = [
        ("client data with a byte order mark", |b| {
            b.splice(0..0, *b"\xef\xbb\xbf");
        }),
        ("client data cut short", |b| b.truncate(9)),
        ("client data with more after it", |b| b.extend(b"x")),
        ("client data with blanks around it", |b| {
            b.insert(0, b' ');
            b.push(b'\n');
        }),
        ("client data with the type twice", |b| {
            b.pop();
            b.extend(br#","type":"webauthn.create"}"#);
        }),
        ("client data that is not UTF-8", |b| {
            b.pop();
            b.extend(b",\"x\":\"\xff\"}");
        }),
    ];
    for (name, change) in client_data {
        let (draft, close) = sign_in().into_parts();
        let encoded = draft.encode().with(|d| change(&mut d.client_data_json));
        cases.add(name, close(json!(encoded.into_response())));
    }
    let data: [(&str, Bytes); 3] = [
        ("authenticator data a byte short", |b| {
            b.pop();
        }),
        ("authenticator data with a byte more", |b| b.push(0)),
        ("no authenticator data", Vec::clear),
    ];
    for (name, change) in data {
        let (draft, close) = sign_in().into_parts();
        let encoded = draft.encode().with(|d| change(&mut d.authenticator_data));
        cases.add(name, close(json!(encoded.into_response())));
    }
}
