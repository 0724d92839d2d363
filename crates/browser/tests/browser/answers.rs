//! Answers of a server, read by the browser.

use passkeep_browser::page::answer::{Raw, read};
use passkeep_protocol::api::{ErrorCode, ProblemDetails, Session};
use serde::Deserialize;
use wasm_bindgen_test::wasm_bindgen_test;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Started {
    ceremony: String,
    options: Raw,
    #[serde(default)]
    expires_in: u64,
}

#[wasm_bindgen_test]
fn what_nobody_looks_into_stays_as_it_is() {
    let options = r#"{"challenge":"AQID","later":[1.5,null,{"x":"é\"\n"}]}"#;
    let text = format!(r#"{{"options":{options},"ceremony":"sealed","unknown":1}}"#);
    let started: Started = read(&text).unwrap();
    assert_eq!(
        (started.ceremony.as_str(), started.expires_in),
        ("sealed", 0)
    );
    assert_eq!(started.options.to_json(), options);
}

#[wasm_bindgen_test]
fn a_text_is_found_by_its_path() {
    let options: Raw = read(r#"{"rp":{"id":"a.example"},"user":{"name":"ada","id":1}}"#).unwrap();
    assert_eq!(options.text("user.name").as_deref(), Some("ada"));
    assert_eq!(options.text("rp.id").as_deref(), Some("a.example"));
    for path in [
        "user.id",
        "user",
        "user.icon",
        "nobody.name",
        "user.name.first",
    ] {
        assert_eq!(options.text(path), None, "{path}");
    }
}

#[wasm_bindgen_test]
fn the_contract_s_types_are_read() {
    let text = r#"{"account":{"userName":"ada","displayName":"Ada","hasPassword":true}}"#;
    let expected: Session = serde_json::from_str(text).unwrap();
    assert_eq!(read(text), Some(expected));
    let nobody: Session = read(r#"{"account":null}"#).unwrap();
    assert_eq!(nobody.account, None);

    let text = r#"{"type":"urn:passkeep:problem:later","title":"No","status":409,"code":"later"}"#;
    let problem: ProblemDetails = read(text).unwrap();
    assert_eq!((problem.status, problem.code), (409, ErrorCode::Unknown));
    assert_eq!(problem.signals, None);
}

#[wasm_bindgen_test]
fn what_is_not_of_the_form_is_not_read() {
    for text in [
        "",
        "{",
        "1",
        "null",
        r#"{"account":1}"#,
        r#"{"account":{"userName":"ada"}}"#,
    ] {
        assert_eq!(read::<Session>(text), None, "{text}");
    }
}
