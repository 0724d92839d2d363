//! What is shown of what cannot be read.

use passkeep_inspect::{Kind, MAX_VALUES, Node, Value, decode};
use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::bytes::encode_base64url;
use serde_json::json;

use crate::{at, attestation_object, decode_bytes, messages, registration, vector};

#[test]
fn a_truncated_attestation_object_is_read_until_there() {
    let object = attestation_object(&vector("packed.ES256"));
    let cut = &object[..object.len() - 10];
    let inspection = decode_bytes(cut);
    assert_eq!(inspection.kind, Kind::AttestationObject);
    assert_eq!(
        at(&inspection.root, "attStmt/alg").meaning.as_deref(),
        Some("ES256")
    );
    assert!(at(&inspection.root, "attStmt/x5c/0").children.len() > 5);
    let data = AttestationObject::parse(&object).unwrap().auth_data;
    let offset = object.len() - data.len();
    let message =
        format!("the attestation object is malformed at byte {offset}: it ends too early");
    let expected = ("authData".to_owned(), Some(offset), &*message);
    assert_eq!(messages(&inspection), [expected]);
    let unread = at(&inspection.root, "unread").range;
    assert_eq!(unread, Some((offset, cut.len())));
}

#[test]
fn the_truncation_of_authenticator_data_is_told_with_its_place() {
    let data = [
        &[0x11; 32][..],
        &[0x41, 0, 0, 0, 7],
        &[0; 16],
        &[0, 4, 1, 2],
    ]
    .concat();
    let inspection = decode_bytes(&data);
    assert_eq!(inspection.kind, Kind::AuthenticatorData);
    assert_eq!(
        at(&inspection.root, "credentialIdLength").value,
        Value::Number { number: 4 }
    );
    assert_eq!(
        at(&inspection.root, "aaguid").meaning.as_deref(),
        Some("not told")
    );
    let message = "the authenticator data is malformed at byte 55: it ends too early";
    assert_eq!(messages(&inspection), [(String::new(), Some(55), message)]);
    assert_eq!(at(&inspection.root, "unread").range, Some((55, 57)));
}

#[test]
fn a_key_out_of_order_is_told_and_what_follows_is_read() {
    let data = [
        &[0x11; 32][..],
        &[0x81, 0, 0, 0, 7],
        b"\xa2\x62bb\xf5\x61a\xf4",
    ]
    .concat();
    let inspection = decode_bytes(&data);
    let message = "the authenticator data is malformed at byte 42: it is not canonical CBOR";
    let found = messages(&inspection);
    assert_eq!(found[0], ("extensions/a".to_owned(), Some(42), message));
    assert_eq!(
        at(&inspection.root, "extensions/a").value,
        Value::Boolean { boolean: false }
    );
}

fn count(node: &Node) -> usize {
    1 + node.children.iter().map(count).sum::<usize>()
}

#[test]
fn a_megabyte_of_nested_cbor_is_shown_in_part() {
    // As deep as it may be, and as wide: arrays of 64 arrays of 64 ...
    fn nested(depth: usize, out: &mut Vec<u8>) {
        if depth == 0 || out.len() > 700_000 {
            out.push(0xf5);
            return;
        }
        out.extend([0x98, 64]);
        for _ in 0..64 {
            nested(depth - 1, out);
        }
    }
    let mut bytes = b"\xa3\x63fmt\x64none\x67attStmt\xa1\x61x".to_vec();
    nested(4, &mut bytes);
    bytes.truncate(780_000);
    let inspection = decode_bytes(&bytes);
    assert_eq!(inspection.kind, Kind::AttestationObject);
    assert!(count(&inspection.root) < 3 * MAX_VALUES);
    let exhausted = "there are more than 4096 values; what follows is not shown";
    let found = messages(&inspection);
    assert!(
        found.iter().any(|(_, _, message)| *message == exhausted),
        "{found:?}"
    );

    let deep = [b"\xa3\x63fmt\x64none\x67attStmt", &[0x81; 100_000][..]].concat();
    let inspection = decode_bytes(&deep);
    let (path, offset, message) = messages(&inspection)[0].clone();
    assert_eq!(path, "attStmt/0/0/0/0/0/0/0");
    assert_eq!(offset, Some(25));
    assert_eq!(
        message,
        "the attestation object is malformed at byte 25: it is nested too deeply"
    );
}

#[test]
fn what_is_too_long_or_nothing_at_all_is_said_to_be() {
    let long = "A".repeat((1 << 20) + 1);
    for (input, message) in [
        (&*long, "the input is longer than 1048576 bytes"),
        (
            "",
            "these bytes do not begin like a structure of a response, and are too few for authenticator data",
        ),
        (
            "!",
            "it is neither JSON nor base64url: a base64url value is malformed at byte 0: it is not unpadded base64url",
        ),
        (
            "[]",
            "it is not the JSON it must be: invalid type: sequence, expected an object at line 1 column 0",
        ),
        (
            "{}",
            "its member response has neither an attestationObject nor authenticatorData",
        ),
    ] {
        let inspection = decode(input);
        assert_eq!(inspection.kind, Kind::Unknown);
        assert_eq!(
            messages(&inspection),
            [(String::new(), None, message)],
            "{message}"
        );
    }
}

#[test]
fn a_response_that_breaks_off_is_read_until_there() {
    let json = registration(&vector("none.ES256"));
    let cut = &json[..json.len() - 5];
    let inspection = decode(cut);
    assert_eq!(inspection.kind, Kind::Registration);
    assert!(
        at(&inspection.root, "response/attestationObject/authData")
            .children
            .len()
            > 5
    );
    let found = messages(&inspection);
    assert!(
        found[0]
            .2
            .starts_with("it is not the JSON it must be: EOF while parsing"),
        "{found:?}"
    );
}

#[test]
fn a_member_that_is_no_base64url_is_shown_as_it_came() {
    let ceremony = vector("none.ES256");
    let mut json = serde_json::to_value(&ceremony.registration.response).unwrap();
    json["response"]["clientDataJSON"] = json!("*");
    json["response"]["attestationObject"] = json!(format!(
        "{}=",
        encode_base64url(&attestation_object(&ceremony))
    ));
    let inspection = decode(&json.to_string());
    assert_eq!(
        at(&inspection.root, "response/clientDataJSON").value,
        crate::text("*")
    );
    let found = messages(&inspection);
    let of = |path: &str| found.iter().filter(|(at, _, _)| at == path).count();
    assert_eq!(of("response/clientDataJSON"), 1, "{found:?}");
    assert_eq!(of("response/attestationObject"), 1, "{found:?}");
    assert!(
        at(&inspection.root, "response/attestationObject/authData")
            .children
            .len()
            > 5
    );
}
