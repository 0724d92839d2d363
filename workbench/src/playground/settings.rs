//! What the playground runs: options in JSON, and how they are asked for. All of it fits into an address.

use passkeep_protocol::bytes::{Bytes, encode_base64url};
use serde_json::{Map, Value, json};

/// Which call.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Call {
    Create,
    Get,
}

/// How the browser asks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ask {
    Modal,
    Conditional,
    Immediate,
}

/// The settings as a whole.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settings {
    pub(crate) call: Call,
    pub(crate) ask: Ask,
    /// The options of the call, in the JSON form of the specification.
    pub(crate) options: Value,
}

impl Ask {
    const NAMES: [(Self, &'static str); 3] = [
        (Self::Modal, "modal"),
        (Self::Conditional, "conditional"),
        (Self::Immediate, "immediate"),
    ];

    pub(crate) fn name(self) -> &'static str {
        let found = Self::NAMES.iter().find(|(ask, _)| *ask == self);
        found.map_or("modal", |(_, name)| name)
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        let found = Self::NAMES.iter().find(|(_, known)| *known == name);
        found.map(|(ask, _)| *ask)
    }
}

impl Settings {
    /// Options as one would want them on this host.
    pub(crate) fn usual(call: Call, host: &str, challenge: &[u8], user: &[u8]) -> Self {
        let challenge = encode_base64url(challenge);
        let options = match call {
            Call::Create => json!({
                "rp": {"id": host, "name": "Workbench"},
                "user": {"id": encode_base64url(user), "name": "ada", "displayName": "Ada Lovelace"},
                "challenge": challenge,
                "pubKeyCredParams": [
                    {"type": "public-key", "alg": -8},
                    {"type": "public-key", "alg": -7},
                    {"type": "public-key", "alg": -257},
                ],
                "timeout": 300_000,
                "authenticatorSelection": {
                    "residentKey": "required",
                    "requireResidentKey": true,
                    "userVerification": "required",
                },
                "attestation": "none",
                "extensions": {"credProps": true},
            }),
            Call::Get => json!({
                "challenge": challenge,
                "rpId": host,
                "timeout": 300_000,
                "userVerification": "required",
            }),
        };
        Self {
            call,
            ask: Ask::Modal,
            options,
        }
    }

    /// What stands at a place of the options, such as `/rp/id`.
    pub(crate) fn at(&self, place: &str) -> Option<&Value> {
        self.options.pointer(place)
    }

    /// Puts something at a place, or takes away what is there; objects that become empty go with it.
    pub(crate) fn put(&mut self, place: &str, value: Option<Value>) {
        let names: Vec<&str> = place.split('/').skip(1).collect();
        put(&mut self.options, &names, value);
    }

    /// The settings as the fragment of an address.
    pub(crate) fn fragment(&self) -> String {
        let call = match self.call {
            Call::Create => "create",
            Call::Get => "get",
        };
        let options = encode_base64url(self.options.to_string().as_bytes());
        format!("#{call},{},{options}", self.ask.name())
    }

    /// The settings in a fragment; `None` for any other fragment.
    pub(crate) fn from_fragment(fragment: &str) -> Option<Self> {
        let mut parts = fragment.trim_start_matches('#').splitn(3, ',');
        let call = match parts.next()? {
            "create" => Call::Create,
            "get" => Call::Get,
            _ => return None,
        };
        let ask = Ask::named(parts.next()?)?;
        // Passkeys are not made in that way.
        if (call, ask) == (Call::Create, Ask::Immediate) {
            return None;
        }
        let options = Bytes::from_base64url(parts.next()?).ok()?;
        let options: Value = serde_json::from_slice(options.as_slice()).ok()?;
        options.is_object().then_some(Self { call, ask, options })
    }

    /// The options in JSON, in the specification's order.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        write(&mut text, &self.options, 0);
        text
    }
}

fn put(into: &mut Value, names: &[&str], value: Option<Value>) {
    let Some((name, rest)) = names.split_first() else {
        return;
    };
    if !into.is_object() {
        if value.is_none() {
            return;
        }
        *into = Value::Object(Map::new());
    }
    let Some(members) = into.as_object_mut() else {
        return;
    };
    if rest.is_empty() {
        match value {
            Some(value) => members.insert((*name).to_owned(), value),
            None => members.remove(*name),
        };
        return;
    }
    let inner = members.entry(*name).or_insert_with(|| json!({}));
    put(inner, rest, value);
    if inner.as_object().is_some_and(Map::is_empty) {
        members.remove(*name);
    }
}

/// The members of the options in the order of the specification.
const ORDER: &[&str] = &[
    "rp",
    "user",
    "challenge",
    "rpId",
    "id",
    "name",
    "displayName",
    "type",
    "alg",
    "transports",
    "pubKeyCredParams",
    "timeout",
    "allowCredentials",
    "excludeCredentials",
    "authenticatorSelection",
    "authenticatorAttachment",
    "residentKey",
    "requireResidentKey",
    "userVerification",
    "hints",
    "attestation",
    "attestationFormats",
    "extensions",
];

/// Writes a value for people: what is short stays on its line.
fn write(out: &mut String, value: &Value, depth: usize) {
    let one_line = one_line(value);
    if one_line.len() <= 60 || !(value.is_object() || value.is_array()) {
        return out.push_str(&one_line);
    }
    let indent = "  ".repeat(depth + 1);
    let (open, close) = if value.is_object() {
        ('{', '}')
    } else {
        ('[', ']')
    };
    out.push(open);
    let mut first = true;
    let mut item = |out: &mut String, name: Option<&str>, value: &Value| {
        out.push_str(if first { "\n" } else { ",\n" });
        first = false;
        out.push_str(&indent);
        if let Some(name) = name {
            out.push_str(&format!("{}: ", Value::from(name)));
        }
        write(out, value, depth + 1);
    };
    match value {
        Value::Object(members) => {
            for (name, value) in in_order(members) {
                item(out, Some(name), value);
            }
        }
        Value::Array(items) => items.iter().for_each(|value| item(out, None, value)),
        _ => {}
    }
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
    out.push(close);
}

fn one_line(value: &Value) -> String {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let members = in_order(members).into_iter();
            let members = members.map(|(name, value)| {
                format!("{}: {}", Value::from(name.as_str()), one_line(value))
            });
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => {
            format!(
                "[{}]",
                items.iter().map(one_line).collect::<Vec<_>>().join(", ")
            )
        }
        value => value.to_string(),
    }
}

fn in_order(members: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut members: Vec<_> = members.iter().collect();
    let place = |name: &str| ORDER.iter().position(|known| *known == name);
    members.sort_by_key(|(name, _)| place(name).unwrap_or(ORDER.len()));
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create() -> Settings {
        Settings::usual(Call::Create, "example.org", &[7; 32], &[9; 16])
    }

    #[test]
    fn an_address_holds_all_settings() {
        let mut settings = create();
        settings.ask = Ask::Conditional;
        settings.put("/extensions/prf/eval/first", Some("AQID".into()));
        let fragment = settings.fragment();
        assert!(fragment.starts_with("#create,conditional,"), "{fragment}");
        assert_eq!(Settings::from_fragment(&fragment), Some(settings));
        for other in [
            "",
            "#page-heading",
            "#create,modal",
            "#create,modal,WzFd",
            "#get,loud,e30",
            "#create,immediate,e30",
        ] {
            assert_eq!(Settings::from_fragment(other), None, "{other}");
        }
    }

    #[test]
    fn what_becomes_empty_goes() {
        let mut settings = create();
        settings.put("/extensions/prf/eval/first", Some("AQID".into()));
        assert_eq!(
            settings.at("/extensions/prf/eval/first"),
            Some(&json!("AQID"))
        );
        settings.put("/extensions/prf/eval/first", None);
        assert_eq!(
            settings.at("/extensions"),
            Some(&json!({"credProps": true}))
        );
        settings.put("/extensions/credProps", None);
        assert_eq!(settings.at("/extensions"), None);
    }

    #[test]
    fn text_is_in_the_specifications_order_and_reads_as_the_same_options() {
        let settings = create();
        let text = settings.text();
        let expected = "{\n  \"rp\": { \"id\": \"example.org\", \"name\": \"Workbench\" },\n  \"user\": {\n    \"id\":";
        assert!(text.starts_with(expected), "{text}");
        assert!(
            text.contains("\n    { \"type\": \"public-key\", \"alg\": -8 },\n"),
            "{text}"
        );
        assert_eq!(
            serde_json::from_str::<Value>(&text).unwrap(),
            settings.options
        );
    }
}
