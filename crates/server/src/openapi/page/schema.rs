//! Schemas in words.

use serde_json::Value;

use super::html::{escape, prose};
use super::{object, text};

/// What a value is, in a few words.
pub(super) fn form(schema: &Value) -> String {
    if let Some(name) = text(schema, "$ref")
        .rsplit('/')
        .next()
        .filter(|it| !it.is_empty())
    {
        return format!("<a href=\"#schema-{0}\">{0}</a>", escape(name));
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let values = values
            .iter()
            .map(|value| format!("<code>{}</code>", escape(&plain(value))));
        return values.collect::<Vec<_>>().join(", ");
    }
    for either in ["oneOf", "anyOf"] {
        if let Some(forms) = schema.get(either).and_then(Value::as_array) {
            let forms = forms.iter().map(form);
            return forms.collect::<Vec<_>>().join(" or ");
        }
    }
    match schema.get("type") {
        Some(Value::Array(types)) => {
            let types = types.iter().filter_map(Value::as_str);
            let types = types.map(|ty| of_type(schema, ty));
            types.collect::<Vec<_>>().join(" or ")
        }
        Some(Value::String(ty)) => of_type(schema, ty),
        _ => "anything".to_owned(),
    }
}

fn of_type(schema: &Value, ty: &str) -> String {
    match ty {
        "array" => {
            let items = schema.get("items").unwrap_or(&Value::Null);
            format!("list of {}", form(items))
        }
        "string" if text(schema, "contentEncoding") == "base64url" => "base64url".to_owned(),
        "string" => "text".to_owned(),
        "integer" => match (schema.get("minimum"), schema.get("maximum")) {
            (Some(least), Some(most)) => format!("number, {least} to {most}"),
            _ => "number".to_owned(),
        },
        "boolean" => "true or false".to_owned(),
        "null" => "null".to_owned(),
        other => escape(other),
    }
}

/// What a schema consists of: its members, its forms with theirs, or what its value is.
pub(super) fn members(schema: &Value) -> String {
    if let Some(forms) = schema.get("oneOf").and_then(Value::as_array) {
        let forms = forms.iter().map(|form| {
            let about = prose(text(form, "description"));
            format!("<div class=\"form\">{about}{}</div>\n", members(form))
        });
        return forms.collect();
    }
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name| required.is_some_and(|all| all.iter().any(|it| it == name));
    let members = object(schema, "properties").map(|(name, member)| {
        let optional = match is_required(name) {
            true => "",
            false => ", optional",
        };
        let about = text(member, "description");
        format!(
            "<dt><code>{}</code> <span>{}{optional}</span></dt>\n<dd>{}</dd>\n",
            escape(name),
            form(member),
            prose(about),
        )
    });
    let members: String = members.collect();
    match members.is_empty() {
        true => format!("<p class=\"value\">{}</p>\n", form(schema)),
        false => format!("<dl>\n{members}</dl>\n"),
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
