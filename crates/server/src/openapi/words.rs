//! Makes what utoipa derives from our types say what readers outside of Rust need.

use std::collections::BTreeSet;

use passkeep_protocol::api::{
    Action, CEREMONY_HEADER, CLIENT_HEADER, CONFIRMATION_HEADER, ErrorCode, MAX_INSTALL_BYTES,
    MAX_LABEL_CHARACTERS, MAX_NAME_CHARACTERS, MAX_PASSWORD_CHARACTERS, MIN_PASSWORD_CHARACTERS,
    NATIVE_CLIENT, RegistrationStart,
};
use serde_json::Value;
use utoipa::ToSchema as _;

const SCHEMAS: &str = "#/components/schemas/";

/// Changes the whole document.
pub(super) fn polish(document: &mut Value) {
    descriptions(document);
    variants_take_only_what_is_theirs(document);
    absent_is_not_null(document);
}

/// Comments in the code link to items of Rust. Constants become their values, other items their names.
fn descriptions(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "description" => *text = in_words(text),
                    _ => descriptions(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(descriptions),
        _ => {}
    }
}

/// Without the examples, the line breaks and the links that comments have.
fn in_words(text: &str) -> String {
    let text = text.split("\n\n```").next().unwrap_or_default();
    let paragraphs = text
        .split("\n\n")
        .map(|paragraph| paragraph.replace('\n', " "));
    without_links(&paragraphs.collect::<Vec<_>>().join("\n\n"))
}

fn without_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once("[`") {
        let Some((item, after)) = link.split_once("`]") else {
            break;
        };
        plain.push_str(before);
        plain.push_str(&word(item));
        rest = after;
    }
    plain + rest
}

fn word(item: &str) -> String {
    match item {
        "MAX_NAME_CHARACTERS" => MAX_NAME_CHARACTERS.to_string(),
        "MIN_PASSWORD_CHARACTERS" => MIN_PASSWORD_CHARACTERS.to_string(),
        "MAX_PASSWORD_CHARACTERS" => MAX_PASSWORD_CHARACTERS.to_string(),
        "MAX_LABEL_CHARACTERS" => MAX_LABEL_CHARACTERS.to_string(),
        "MAX_INSTALL_BYTES" => MAX_INSTALL_BYTES.to_string(),
        "CEREMONY_HEADER" => format!("`{CEREMONY_HEADER}`"),
        "CLIENT_HEADER" => format!("`{CLIENT_HEADER}`"),
        "CONFIRMATION_HEADER" => format!("`{CONFIRMATION_HEADER}`"),
        "NATIVE_CLIENT" => format!("`{NATIVE_CLIENT}`"),
        _ => match item.strip_prefix("ErrorCode::").and_then(code) {
            Some(code) => format!("`{}`", code.as_str()),
            None => format!("`{}`", item.replace("::", ".")),
        },
    }
}

fn code(variant: &str) -> Option<ErrorCode> {
    let mut codes = ErrorCode::ALL.iter().copied();
    codes.find(|code| format!("{code:?}") == variant)
}

/// utoipa does not see that the variants of a tagged enumeration refuse members that they do not know.
fn variants_take_only_what_is_theirs(document: &mut Value) {
    for name in [RegistrationStart::name(), Action::name()] {
        let variants = document.pointer_mut(&format!("/components/schemas/{name}/oneOf"));
        let variants = variants.and_then(Value::as_array_mut).into_iter().flatten();
        for variant in variants.filter_map(Value::as_object_mut) {
            variant.insert("additionalProperties".to_owned(), false.into());
        }
    }
}

/// An optional member of an answer is left out when there is nothing to say, and never `null`. In requests both are read.
fn absent_is_not_null(document: &mut Value) {
    let requests = in_requests(document);
    let schemas = document.pointer_mut("/components/schemas");
    let Some(schemas) = schemas.and_then(Value::as_object_mut) else {
        return;
    };
    for (name, schema) in schemas {
        if !requests.contains(name) {
            without_null(schema);
        }
    }
}

fn without_null(schema: &mut Value) {
    let required = schema.get("required").and_then(Value::as_array).cloned();
    let required = required.unwrap_or_default();
    let members = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, member) in members.into_iter().flatten() {
        if required.iter().any(|required| required == name) {
            continue;
        }
        if let Some(types) = member.get("type").and_then(Value::as_array)
            && let Some(other) = types.iter().find(|ty| *ty != "null").cloned()
            && let Some(members) = member.as_object_mut()
        {
            members.insert("type".to_owned(), other);
        }
        if let Some(forms) = member.get_mut("oneOf").and_then(Value::as_array_mut) {
            forms.retain(|form| form.get("type").is_none_or(|ty| ty != "null"));
            if let [only] = forms.as_mut_slice() {
                *member = only.take();
            }
        }
    }
}

/// The names of the schemas that requests are made of.
fn in_requests(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let paths = document.get("paths").and_then(Value::as_object);
    let operations = paths
        .into_iter()
        .flatten()
        .filter_map(|(_, path)| path.as_object());
    for (_, operation) in operations.flatten() {
        if let Some(body) = operation.get("requestBody") {
            references(document, body, &mut found);
        }
    }
    found
}

fn references(document: &Value, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let reference = member.as_str().filter(|_| name == "$ref");
                match reference.and_then(|reference| reference.strip_prefix(SCHEMAS)) {
                    Some(name) if found.insert(name.to_owned()) => {
                        let schema = document.pointer(&format!("/components/schemas/{name}"));
                        references(document, schema.unwrap_or(&Value::Null), found);
                    }
                    _ => references(document, member, found),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                references(document, item, found);
            }
        }
        _ => {}
    }
}
