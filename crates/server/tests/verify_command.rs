//! `passkeep verify`, as a process, on ceremonies of the software authenticator.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use passkeep_protocol::bytes::encode_base64url;
use passkeep_protocol::names::AttestationConveyancePreference;
use passkeep_testkit::attestation::packed::Packed;
use passkeep_testkit::authenticator::Config;
use passkeep_testkit::certificate::CertificateAuthority;
use passkeep_testkit::{Authenticator, Client, options};
use serde_json::{Value, json};

const ORIGIN: &str = "https://example.org";
const CHALLENGE: &[u8] = b"a challenge of enough bytes";

/// Runs the program with a document on its standard input.
fn verify(document: &Value, arguments: &[&str]) -> Output {
    verify_text(&document.to_string(), arguments)
}

fn verify_text(document: &str, arguments: &[&str]) -> Output {
    let mut process = Command::new(env!("CARGO_BIN_EXE_passkeep"))
        .args(["verify", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = process.stdin.take().unwrap();
    stdin.write_all(document.as_bytes()).unwrap();
    drop(stdin);
    process.wait_with_output().unwrap()
}

#[track_caller]
fn report(output: &Output, exit: i32) -> Value {
    let stdout = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(output.status.code(), Some(exit), "{stdout}");
    serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}"))
}

/// A registration, and the document that describes it.
fn registration(authenticator: &mut Authenticator) -> Value {
    registration_with(AttestationConveyancePreference::None, authenticator)
}

fn registration_with(
    attestation: AttestationConveyancePreference,
    authenticator: &mut Authenticator,
) -> Value {
    let mut options = options::creation("example.org", CHALLENGE);
    options.attestation = Some(attestation);
    let response = Client::new(ORIGIN).create(&options, authenticator).unwrap();
    json!({
        "kind": "registration",
        "rp_id": "example.org",
        "origins": [ORIGIN],
        "challenge": encode_base64url(CHALLENGE),
        "response": response,
    })
}

#[test]
fn a_registration_is_accepted_and_its_credential_signs_in() {
    let mut authenticator = Authenticator::new("command");
    let accepted = report(&verify(&registration(&mut authenticator), &[]), 0);
    assert_eq!(accepted["ok"], true);
    assert_eq!(accepted["fmt"], "none");
    assert_eq!(accepted["attestation_type"], "none");
    assert_eq!(accepted["credential"]["algorithm"], -7);
    assert_eq!(accepted["trace"][0]["check"], "ceremony_lifetime");
    assert_eq!(accepted["trace"][0]["outcome"], "passed");

    let challenge = b"another challenge of enough bytes";
    let options = options::request("example.org", challenge);
    let response = Client::new(ORIGIN).get(&options, &mut authenticator);
    let mut document = json!({
        "kind": "authentication",
        "rp_id": "example.org",
        "origins": [ORIGIN],
        "challenge": encode_base64url(challenge),
        "credential": {
            "id": accepted["credential"]["id"],
            "public_key": accepted["credential"]["public_key"],
            "sign_count": 0,
            "backup_eligible": true,
            "user_handle": encode_base64url(b"ada"),
        },
        "response": response.unwrap(),
    });
    let signed_in = report(&verify(&document, &[]), 0);
    assert_eq!(signed_in["ok"], true);
    assert_eq!(signed_in["credential"]["user_verified"], true);

    document["credential"]["user_handle"] = encode_base64url(b"eve").into();
    let refused = report(&verify(&document, &[]), 1);
    assert_eq!(refused["code"], "user_handle_differs");
    assert_eq!(refused["check"], "user_handle_owner");
}

#[test]
fn a_refusal_names_its_check_and_how_to_mend_it() {
    let mut document = registration(&mut Authenticator::new("command"));
    document["origins"] = json!(["https://www.example.org"]);
    let refused = report(&verify(&document, &[]), 1);
    assert_eq!(refused["ok"], false);
    assert_eq!(refused["code"], "origin_not_accepted");
    assert_eq!(refused["check"], "client_data_origin");
    let message = refused["message"].as_str().unwrap();
    assert!(message.ends_with("(it differs only by www)"), "{message}");
    let trace = refused["trace"].as_array().unwrap();
    let outcome = |check: &str| {
        let mut entries = trace.iter().filter(|entry| entry["check"] == check);
        entries.next().unwrap()["outcome"].clone()
    };
    assert_eq!(outcome("client_data_challenge"), "passed");
    assert_eq!(outcome("client_data_origin"), "failed");
    assert_eq!(outcome("rp_id_hash"), "not_reached");

    let text = verify(&document, &["--text"]);
    assert_eq!(text.status.code(), Some(1));
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("FAILED  client_data_origin"), "{text}");
    assert!(!text.contains('\u{1b}'), "no colours into a pipe: {text}");
}

#[test]
fn what_was_received_cannot_steer_a_terminal() {
    let mut document = registration(&mut Authenticator::new("command"));
    // The control sequence introducer in one character, which JSON does not escape.
    document["response"]["response"]["transports"] = json!(["\u{9b}31m"]);
    let text = verify(&document, &["--text"]);
    assert_eq!(text.status.code(), Some(0));
    let text = String::from_utf8(text.stdout).unwrap();
    let noticed = r#"noticed: {"kind":"unknown_transport","received":"31m"}"#;
    assert!(text.contains(noticed), "{text}");
}

#[test]
fn the_time_and_the_demands_are_the_documents() {
    let mut document = registration(&mut Authenticator::new("command"));
    document["now"] = "2026-11-23T10:00:00+01:00".into();
    document["user_verification"] = "required".into();
    let accepted = report(&verify(&document, &[]), 0);
    let lifetime = &accepted["trace"][0];
    assert_eq!(lifetime["received"], "2026-11-23T09:00:00Z");

    document["algorithms"] = json!([-8]);
    let refused = report(&verify(&document, &[]), 1);
    assert_eq!(refused["code"], "algorithm_not_offered");
}

#[test]
fn another_rp_id_than_the_authenticators_is_refused_and_not_unusable() {
    let mut document = registration(&mut Authenticator::new("command"));
    document["rp_id"] = json!("example.com");
    let refused = report(&verify(&document, &[]), 1);
    assert_eq!(refused["code"], "rp_id_hash_differs");
    assert_eq!(refused["check"], "rp_id_hash");
}

#[test]
fn what_cannot_be_used_is_told_apart_from_a_refusal() {
    let good = registration(&mut Authenticator::new("command"));
    let with = |member: &str, value: Value| {
        let mut document = good.clone();
        document[member] = value;
        document.to_string()
    };
    for (document, message) in [
        ("{".to_owned(), "the document cannot be read: "),
        (
            with("rpid", json!("example.org")),
            "the document cannot be read: unknown field `rpid`",
        ),
        (
            with("challenge", json!("AAAA")),
            "challenge must have 16 to 1024 bytes",
        ),
        (
            with("origins", json!(["https://example.org/"])),
            "origins: \"https://example.org/\" is no origin: ",
        ),
        (
            with("now", json!("yesterday")),
            "now must be in RFC 3339, as 2026-11-23T10:00:00Z is: ",
        ),
        ("[]".to_owned(), "the document must be a JSON object"),
        (
            with("kind", json!("authentication")),
            "response cannot be read: ",
        ),
        (
            with("response", json!({})),
            "response cannot be read: missing field `id`",
        ),
        (
            with("response", json!([])),
            "response cannot be read: it must be a JSON object",
        ),
        (
            with("top_origins", json!([ORIGIN])),
            "top_origins needs cross_origin to be true",
        ),
    ] {
        let unusable = report(&verify_text(&document, &[]), 2);
        assert_eq!(unusable["code"], "unusable_input");
        let told = unusable["message"].as_str().unwrap();
        assert!(told.starts_with(message), "{told}");
        let hint = unusable["hint"].as_str().unwrap();
        assert!(hint.contains("passkeep verify --help"), "{hint}");
        assert_eq!(unusable["trace"], json!([]));
    }

    let missing = Command::new(env!("CARGO_BIN_EXE_passkeep"))
        .args(["verify", "no such file"])
        .output()
        .unwrap();
    let told = report(&missing, 2);
    let told = told["message"].as_str().unwrap();
    assert!(told.starts_with("cannot open no such file: "), "{told}");
}

/// An attested registration by a security key of that vendor.
fn attested(vendor: &CertificateAuthority) -> Value {
    let config = Config {
        attestation: std::sync::Arc::new(Packed::new(vendor.clone())),
        ..Config::security_key()
    };
    let mut authenticator = Authenticator::with_config("attested", config);
    registration_with(AttestationConveyancePreference::Direct, &mut authenticator)
}

fn kinds(accepted: &Value) -> Vec<&str> {
    let findings = accepted["findings"].as_array().unwrap().iter();
    findings
        .map(|found| found["kind"].as_str().unwrap())
        .collect()
}

fn pem(der: &[u8]) -> String {
    let text = passkeep_testkit::metadata::encode_base64(der);
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}

#[test]
fn attestations_are_trusted_by_the_roots_in_the_document() {
    let vendor = CertificateAuthority::root("a vendor");
    let mut document = attested(&vendor);
    let accepted = report(&verify(&document, &[]), 0);
    assert_eq!(accepted["attestation_type"], "basic_or_attca");
    assert_eq!(accepted["attestation_trust"]["trusted"], false);
    assert!(kinds(&accepted).contains(&"untrusted_attestation"));

    document["accept_attestation"] = json!("trusted");
    let refused = report(&verify(&document, &[]), 1);
    assert_eq!(refused["code"], "attestation_untrusted");
    assert_eq!(refused["check"], "attestation_trust");

    for roots in [
        json!(pem(&vendor.certificate)),
        json!([pem(&vendor.certificate)]),
    ] {
        document["roots"] = roots;
        let accepted = report(&verify(&document, &[]), 0);
        assert_eq!(accepted["attestation_trust"]["trusted"], true);
        assert!(!kinds(&accepted).contains(&"untrusted_attestation"));
    }

    let other = CertificateAuthority::root("another vendor");
    document["roots"] = json!(pem(&other.certificate));
    let refused = report(&verify(&document, &[]), 1);
    assert_eq!(refused["code"], "attestation_untrusted");
}

#[test]
fn roots_that_cannot_be_used_are_said_to_be() {
    let mut document = attested(&CertificateAuthority::root("a vendor"));
    document["roots"] = json!("no certificate at all");
    let unusable = report(&verify(&document, &[]), 2);
    assert_eq!(unusable["code"], "unusable_input");
    assert!(unusable["message"].as_str().unwrap().starts_with("roots "));
}
