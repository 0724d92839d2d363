//! What the fields say.

use passkeep_inspect::{Kind, Value, decode};
use passkeep_protocol::bytes::decode_base64url;
use passkeep_testkit::vectors;

use crate::{at, attestation_object, decode_bytes, registration, text, vector};

#[test]
fn a_registration_is_shown_to_the_last_field() {
    let ceremony = vector("packed.ES256");
    let inspection = decode(&registration(&ceremony));
    assert_eq!(inspection.kind, Kind::Registration);
    // The vectors have neither copies nor transports.
    let root = &inspection.root;
    assert_eq!(
        at(root, "rawId").value,
        at(root, "response/attestationObject/authData/credentialId").value
    );

    let client_data = at(root, "response/clientDataJSON");
    let ty = at(client_data, "type");
    assert_eq!(ty.value, text("webauthn.create"));
    assert_eq!(ty.meaning.as_deref(), Some("a registration"));
    assert_eq!(ty.range, Some((8, 25)));
    assert_eq!(at(client_data, "origin").value, text("https://example.org"));
    let Value::Bytes { base64url, .. } = &at(client_data, "challenge").value else {
        panic!("a challenge is bytes");
    };
    assert_eq!(
        decode_base64url(base64url).unwrap(),
        ceremony.registration.challenge
    );

    let object = at(root, "response/attestationObject");
    assert_eq!(object.meaning.as_deref(), Some("packed"));
    let alg = at(object, "attStmt/alg");
    assert_eq!(alg.value, Value::Number { number: -7 });
    assert_eq!(alg.meaning.as_deref(), Some("ES256"));
    assert_eq!(at(object, "attStmt/sig").meaning.as_deref(), Some("ECDSA"));
    assert_eq!(at(object, "attStmt/sig/r").range.unwrap().0, 4);

    let data = at(object, "authData");
    assert_eq!(at(data, "rpIdHash").meaning.as_deref(), Some("example.org"));
    assert_eq!(at(data, "rpIdHash").range, Some((0, 32)));
    let Value::Flags { byte, flags } = &at(data, "flags").value else {
        panic!("flags are flags");
    };
    assert_eq!(*byte, ceremony.registration_flags.0);
    let set: Vec<_> = flags
        .iter()
        .filter(|flag| flag.set)
        .map(|flag| flag.name)
        .collect();
    assert!(set.contains(&"AT"), "{set:?}");
    assert_eq!(at(data, "flags").meaning, Some(set.join(" ")));
    assert_eq!(at(data, "signCount").range, Some((33, 37)));
    let Value::Aaguid { text } = &at(data, "aaguid").value else {
        panic!("a model is an AAGUID");
    };
    assert_eq!(text.len(), 36);
    let key = at(data, "credentialPublicKey");
    assert_eq!(key.meaning.as_deref(), Some("ES256"));
    assert_eq!(
        at(key, "kty").meaning.as_deref(),
        Some("EC2: a point of an elliptic curve")
    );
    assert_eq!(at(key, "crv").meaning.as_deref(), Some("P-256"));
    assert!(matches!(
        at(key, "y").value,
        Value::Bytes { length: 32, .. }
    ));
}

#[test]
fn a_certificate_says_who_it_is() {
    let object = attestation_object(&vector("packed.ES256"));
    let inspection = decode_bytes(&object);
    assert_eq!(inspection.kind, Kind::AttestationObject);
    assert_eq!(inspection.problems, []);
    let certificate = at(&inspection.root, "attStmt/x5c/0");
    let Value::Bytes { base64url, .. } = &certificate.value else {
        panic!("a certificate is bytes");
    };
    let der = decode_base64url(base64url).unwrap();
    let slice = |name: &str| {
        let (start, end) = at(certificate, name).range.unwrap();
        &der[start..end]
    };
    let Value::Text { text: issuer } = &at(certificate, "issuer").value else {
        panic!("a name is text");
    };
    let root = vectors::attestation_root().certificate;
    let root = decode_bytes(&root);
    assert_eq!(root.kind, Kind::Certificate);
    assert_eq!(at(&root.root, "subject").value, text(issuer));
    assert_eq!(slice("issuer")[0], 0x30);
    assert_eq!(
        der.strip_suffix(slice("signature"))
            .map(|rest| rest.len() + slice("signature").len()),
        Some(der.len())
    );
    let Value::Time { time, .. } = &at(certificate, "notBefore").value else {
        panic!("a date is a time");
    };
    assert_eq!(time, "2024-01-01T00:00:00Z");
    let algorithm = at(certificate, "signatureAlgorithm").meaning.as_deref();
    assert_eq!(algorithm, Some("ECDSA with SHA-256"));
    assert!(matches!(
        at(certificate, "fingerprint").value,
        Value::Bytes { length: 32, .. }
    ));
    assert!(at(certificate, "extensions").children.len() > 1);
}

#[test]
fn an_authentication_is_shown() {
    let ceremony = vector("none.ES256");
    let inspection = decode(&serde_json::to_string(&ceremony.authentication.response).unwrap());
    assert_eq!(inspection.kind, Kind::Authentication);
    let response = at(&inspection.root, "response");
    assert_eq!(
        at(response, "clientDataJSON/type").meaning.as_deref(),
        Some("an authentication")
    );
    assert_eq!(at(response, "authenticatorData").children.len(), 3);
    assert_eq!(at(response, "signature").children.len(), 2);
}

#[test]
fn every_structure_is_known_by_itself() {
    let ceremony = vector("none.ES256");
    let response = &ceremony.authentication.response.response;
    for (bytes, kind) in [
        (
            response.authenticator_data.as_slice(),
            Kind::AuthenticatorData,
        ),
        (response.client_data_json.as_slice(), Kind::ClientData),
        (&ceremony.public_key, Kind::PublicKey),
        (&attestation_object(&ceremony), Kind::AttestationObject),
    ] {
        let inspection = decode_bytes(bytes);
        assert_eq!(inspection.kind, kind);
        assert_eq!(inspection.problems, []);
    }
    let client_data = core::str::from_utf8(response.client_data_json.as_slice()).unwrap();
    assert_eq!(decode(client_data).kind, Kind::ClientData);
}

#[test]
fn the_other_formats_are_opened_too() {
    let tpm = decode_bytes(&attestation_object(&vector("tpm.ES256")));
    let signed = at(&tpm.root, "attStmt/certInfo");
    assert_eq!(
        at(signed, "magic").meaning.as_deref(),
        Some("TPM_GENERATED_VALUE")
    );
    let area = at(&tpm.root, "attStmt/pubArea");
    assert_eq!(area.meaning.as_deref(), Some("P-256"));
    assert_eq!(tpm.problems, []);
}

#[test]
fn every_vector_is_read_whole() {
    let mut count = 0;
    for ceremony in vectors::l3() {
        let inspection = decode_bytes(&attestation_object(&ceremony));
        assert_eq!(inspection.problems, [], "{}", ceremony.name);
        assert_eq!(inspection.root.meaning.as_deref(), Some(ceremony.fmt));
        count += 1;
    }
    assert_eq!(count, 16);
}
