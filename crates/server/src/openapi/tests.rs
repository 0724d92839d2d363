use std::collections::BTreeSet;

use passkeep_protocol::api::ErrorCode;

use super::*;
use crate::routes::routes;

fn described() -> Value {
    document(CookieStyle::HostPrefixed)
}

/// Every operation, with its method in capitals and its path.
fn each_operation(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (method.to_uppercase(), path.clone(), operation))
    });
    operations.collect()
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let document = described();
    let operations = each_operation(&document).into_iter();
    let described: BTreeSet<_> = operations.map(|(method, path, _)| (method, path)).collect();
    let routes = routes().into_iter();
    let routes: BTreeSet<_> = routes
        .map(|route| (route.method.to_string(), route.path.to_owned()))
        .collect();
    assert_eq!(described, routes);
}

#[test]
fn every_code_occurs_but_the_one_for_methods_that_are_not_described() {
    let document = described();
    let mut codes = BTreeSet::new();
    for (_, _, operation) in each_operation(&document) {
        let answers = operation["responses"].as_object().unwrap().values();
        for answer in answers {
            let code = answer
                .pointer("/content/application~1problem+json/schema/allOf/1/properties/code/enum");
            let texts = code.and_then(Value::as_array).into_iter().flatten();
            codes.extend(texts.map(|text| text.as_str().unwrap().to_owned()));
        }
    }
    let expected = ErrorCode::ALL.iter();
    let expected = expected.filter(|code| **code != ErrorCode::MethodNotAllowed);
    let expected: BTreeSet<_> = expected.map(|code| code.as_str().to_owned()).collect();
    assert_eq!(codes, expected);
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let document = described();
    let text = document.to_string();
    let mut used = BTreeSet::new();
    for (at, _) in text.match_indices("\"$ref\":\"#") {
        let rest = &text[at + "\"$ref\":\"#".len()..];
        let pointer = rest.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
        used.insert(
            pointer
                .trim_start_matches("/components/schemas/")
                .to_owned(),
        );
    }
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let schemas: BTreeSet<_> = schemas.keys().cloned().collect();
    assert_eq!(used, schemas);
}

#[test]
fn operations_have_names_of_their_own_and_tags_that_are_explained() {
    let document = described();
    let mut names = BTreeSet::new();
    for (method, path, operation) in each_operation(&document) {
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name.to_owned()), "{name}");
        let tag = operation["tags"][0].as_str().unwrap();
        let explained = TAGS.iter().any(|(name, _)| *name == tag);
        assert!(explained, "{method} {path}: {tag}");
    }
}

#[test]
fn words_are_for_readers_outside_of_rust() {
    let text = described().to_string();
    for leftover in ["[`", "`]", "::", "MAX_", "_HEADER"] {
        let at = text
            .find(leftover)
            .map(|at| text[at..].chars().take(60).collect::<String>());
        assert_eq!(at, None);
    }
}

#[test]
fn optional_members_of_answers_are_never_null_and_those_of_requests_can_be() {
    let document = described();
    let types = |pointer: &str| document.pointer(pointer).cloned();
    let device = "/components/schemas/ActivityEvent/properties/device/type";
    assert_eq!(types(device), Some("string".into()));
    let last_used = "/components/schemas/Passkey/properties/lastUsedAt/type";
    assert_eq!(
        types(last_used),
        Some(serde_json::json!(["integer", "null"]))
    );
    let attachment = "/components/schemas/RegistrationResponseJson/properties/authenticatorAttachment/oneOf/0/type";
    assert_eq!(types(attachment), Some("null".into()));
}

#[test]
fn cookies_are_called_as_they_are() {
    let name = |style| {
        let document = document(style);
        let name = document.pointer("/components/securitySchemes/session/name");
        name.and_then(Value::as_str).map(str::to_owned)
    };
    assert_eq!(
        name(CookieStyle::HostPrefixed).as_deref(),
        Some("__Host-passkeep-session")
    );
    assert_eq!(
        name(CookieStyle::PlainLocalhost).as_deref(),
        Some("passkeep-session")
    );
}
