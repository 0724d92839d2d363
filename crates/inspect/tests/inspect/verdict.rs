//! Verdicts, by the provider that pages have.

use passkeep_inspect::verify::{Conclusion, Report, needs_attestation, verify};
use passkeep_protocol::bytes::encode_base64url;
use passkeep_protocol::names::AuthenticatorTransport;
use passkeep_testkit::vectors::{self, Ceremony};
use passkeep_verify::algorithm::PORTABLE;
use passkeep_verify::algorithm::delegated::with_answers;
use passkeep_verify::{CredentialRecord, Timestamp};
use serde_json::{Value, json};

use crate::vector;

/// 2026-11-26.
const NOW: Option<Timestamp> = Some(Timestamp(1_795_651_200_000));

fn registration(ceremony: &Ceremony) -> Value {
    json!({
        "kind": "registration",
        "rp_id": vectors::RP_ID,
        "origins": [vectors::ORIGIN],
        "challenge": encode_base64url(&ceremony.registration.challenge),
        "response": ceremony.registration.response,
        "cross_origin": ceremony.cross_origin,
        "top_origins": ceremony.top_origin.into_iter().collect::<Vec<_>>(),
    })
}

fn authentication(ceremony: &Ceremony) -> Value {
    json!({
        "kind": "authentication",
        "rp_id": vectors::RP_ID,
        "origins": [vectors::ORIGIN],
        "challenge": encode_base64url(&ceremony.authentication.challenge),
        // The vectors have none, as after a user name was typed.
        "user_handle": encode_base64url(b"ada"),
        "response": ceremony.authentication.response,
        "cross_origin": ceremony.cross_origin,
        "top_origins": ceremony.top_origin.into_iter().collect::<Vec<_>>(),
        "credential": {
            "id": encode_base64url(&ceremony.credential_id),
            "public_key": encode_base64url(&ceremony.public_key),
        },
    })
}

fn judge(document: &Value) -> Report {
    verify(&document.to_string(), NOW, PORTABLE)
}

#[test]
fn the_specifications_vectors_are_accepted() {
    for ceremony in vectors::l3() {
        let expected = match ceremony.name {
            vectors::INCOMPLETE => Conclusion::Refused,
            _ => Conclusion::Accepted,
        };
        let report = judge(&registration(&ceremony));
        let shown = report.verdict();
        assert_eq!(report.conclusion(), expected, "{}: {shown}", ceremony.name);
        let report = judge(&authentication(&ceremony));
        let shown = report.verdict();
        assert_eq!(
            report.conclusion(),
            Conclusion::Accepted,
            "{}: {shown}",
            ceremony.name
        );
    }
}

#[test]
fn only_what_has_an_attestation_or_roots_needs_what_judges_them() {
    for ceremony in vectors::l3() {
        let attested = registration(&ceremony).to_string();
        let report = judge(&registration(&ceremony));
        let none = report.verdict()["fmt"] == "none";
        assert_eq!(needs_attestation(&attested), !none, "{}", ceremony.name);
        let document = authentication(&ceremony);
        assert!(!needs_attestation(&document.to_string()));
    }

    let mut document = registration(&vector("none.ES256"));
    document["roots"] = json!([]);
    assert!(needs_attestation(&document.to_string()));
    let mut document = registration(&vector("packed.ES256"));
    // What cannot be read is not judged; what has to be mended first may be anything.
    document["response"]["response"]["attestationObject"] = json!("");
    assert!(needs_attestation(&document.to_string()));
    document["response"]["response"]["attestationObject"] = json!(7);
    assert!(!needs_attestation(&document.to_string()));
    assert_eq!(judge(&document).conclusion(), Conclusion::Unusable);
}

#[test]
fn the_time_is_the_callers_unless_the_document_has_one() {
    let mut document = registration(&vector("none.ES256"));
    let lifetime = |report: &Report| report.trace().entries[0].received.clone();
    assert_eq!(lifetime(&judge(&document)), "2026-11-26T00:00:00Z");
    let without = verify(&document.to_string(), None, PORTABLE);
    assert_eq!(without.conclusion(), Conclusion::Unusable);
    assert_eq!(
        without.verdict()["message"],
        "this machine's clock is out of range; give now"
    );
    document["now"] = json!("2026-11-23T10:00:00+01:00");
    assert_eq!(
        lifetime(&verify(&document.to_string(), None, PORTABLE)),
        "2026-11-23T09:00:00Z"
    );
}

#[test]
fn a_refusal_has_its_check_and_its_trace() {
    let mut document = authentication(&vector("none.ES256"));
    document["challenge"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
    let refused = judge(&document).to_value();
    assert_eq!(refused["code"], "challenge_differs");
    assert_eq!(refused["check"], "client_data_challenge");
    let trace = refused["trace"].as_array().unwrap();
    let failed = trace.iter().filter(|entry| entry["outcome"] == "failed");
    assert_eq!(failed.count(), 1);
}

#[test]
fn a_document_that_is_too_long_is_not_read() {
    let report = verify(&" ".repeat((1 << 20) + 1), NOW, PORTABLE);
    assert_eq!(
        report.verdict()["message"],
        "the document is longer than 1048576 bytes"
    );
    assert_eq!(report.to_value()["trace"], json!([]));
}

#[test]
fn asking_for_each_signature_comes_to_the_same() {
    for ceremony in vectors::l3() {
        for document in [registration(&ceremony), authentication(&ceremony)] {
            let document = document.to_string();
            let mut answers = Vec::new();
            let asked = loop {
                match with_answers(&answers, |provider| verify(&document, NOW, provider)) {
                    Ok(report) => break report,
                    Err(question) => {
                        let answer = question.answer(PORTABLE);
                        answers.push((question, answer));
                    }
                }
            };
            let at_once = verify(&document, NOW, PORTABLE);
            assert_eq!(asked.to_value(), at_once.to_value(), "{}", ceremony.name);
            // Of a good one no question has the answer no, and none was asked twice.
            let refused = answers.iter().filter(|(_, yes)| !yes).count();
            assert_eq!(refused, 0, "{}", ceremony.name);
            for (at, (question, _)) in answers.iter().enumerate() {
                let twice = answers.iter().skip(at + 1);
                assert!(!twice.map(|(other, _)| other).any(|other| other == question));
            }
        }
    }
}

/// The same with names as JavaScript's JSON has them.
fn in_camel_case(document: &Value) -> Value {
    let Value::Object(members) = document else {
        return document.clone();
    };
    let members = members.iter().map(|(name, value)| {
        let mut words = name.split('_');
        let first = words.next().unwrap().to_owned();
        let name = words.fold(first, |name, word| {
            name + &word[..1].to_uppercase() + &word[1..]
        });
        let value = match &*name {
            "credential" => in_camel_case(value),
            _ => value.clone(),
        };
        (name, value)
    });
    Value::Object(members.collect())
}

#[test]
fn a_document_in_camel_case_says_the_same() {
    let ceremony = &vectors::l3().next().unwrap();
    let mut document = authentication(ceremony);
    document["user_verification"] = json!("discouraged");
    document["accept_attestation"] = json!("any");
    document["credential"]["sign_count"] = json!(0);
    document["credential"]["backup_eligible"] = json!(null);
    document["credential"]["user_handle"] = json!(encode_base64url(b"ada"));
    let camel_case = in_camel_case(&document);
    let text = camel_case.to_string();
    for name in [
        "rpId",
        "userVerification",
        "crossOrigin",
        "topOrigins",
        "acceptAttestation",
        "userHandle",
        "publicKey",
        "signCount",
        "backupEligible",
    ] {
        assert!(text.contains(&format!("\"{name}\":")), "{name}");
    }
    assert_eq!(judge(&document).conclusion(), Conclusion::Accepted);
    assert_eq!(judge(&camel_case).verdict(), judge(&document).verdict());
    // One that says the same thing twice is no document.
    let mut twice = camel_case;
    twice["rp_id"] = json!(vectors::RP_ID);
    let verdict = judge(&twice).verdict();
    let message = verdict["message"].as_str().unwrap();
    assert!(message.contains("duplicate field `rp_id`"), "{message}");
}

#[test]
fn a_credential_is_good_as_its_record_says_it() {
    let ceremony = &vectors::l3().next().unwrap();
    let record = CredentialRecord {
        id: ceremony.credential_id.clone().into(),
        public_key: ceremony.public_key.clone().into(),
        sign_count: 0,
        uv_initialized: true,
        transports: vec![AuthenticatorTransport::Internal],
        backup_eligible: true,
        backup_state: false,
        aaguid: [7; 16],
        attestation_object: [1].into(),
        attestation_client_data_json: [2].into(),
        rp_id: vectors::RP_ID.to_owned(),
    };
    let mut document = authentication(ceremony);
    document["credential"] = serde_json::from_str(&record.to_json()).unwrap();
    let report = judge(&document);
    assert_eq!(
        report.conclusion(),
        Conclusion::Accepted,
        "{}",
        report.verdict()
    );
    // What is in it counts.
    document["credential"]["signCount"] = json!(9);
    assert_eq!(
        judge(&document).verdict()["findings"][0]["stored"],
        json!(9)
    );
    document["credential"]["singCount"] = json!(9);
    let verdict = judge(&document).verdict();
    let message = verdict["message"].as_str().unwrap();
    assert!(message.contains("unknown field `singCount`"), "{message}");
}
