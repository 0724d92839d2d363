//! Which members of WebAuthn JSON are bytes: the browser's half of the wire types.
//!
//! A browser wants `ArrayBuffer`s where JSON has base64url text. The browser module walks the JSON along these tables;
//! members they do not name pass through as they are, so that an option of a later level reaches the browser. A test
//! holds the tables against the typed options of [`crate::options`]: every `Bytes` there is named here.
//!
//! Source: L3 §5.1.10 and §5.1.11, `parseCreationOptionsFromJSON()` and `parseRequestOptionsFromJSON()`.

/// What to do with one JSON value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Shape {
    /// base64url text that stands for bytes.
    Bytes,
    /// An object, of which the named members are of the given shapes.
    Object(&'static [(&'static str, Shape)]),
    /// An array of values of one shape.
    Array(&'static Shape),
    /// An object with arbitrary keys and values of one shape.
    Record(&'static Shape),
}

const DESCRIPTOR: Shape = Shape::Object(&[("id", Shape::Bytes)]);

const PRF_VALUES: Shape = Shape::Object(&[("first", Shape::Bytes), ("second", Shape::Bytes)]);

const EXTENSION_INPUTS: Shape = Shape::Object(&[
    ("credBlob", Shape::Bytes),
    ("largeBlob", Shape::Object(&[("write", Shape::Bytes)])),
    (
        "prf",
        Shape::Object(&[
            ("eval", PRF_VALUES),
            ("evalByCredential", Shape::Record(&PRF_VALUES)),
        ]),
    ),
]);

/// `PublicKeyCredentialCreationOptionsJSON`.
pub const CREATION_OPTIONS: Shape = Shape::Object(&[
    ("challenge", Shape::Bytes),
    ("excludeCredentials", Shape::Array(&DESCRIPTOR)),
    ("extensions", EXTENSION_INPUTS),
    ("user", Shape::Object(&[("id", Shape::Bytes)])),
]);

/// `PublicKeyCredentialRequestOptionsJSON`.
pub const REQUEST_OPTIONS: Shape = Shape::Object(&[
    ("allowCredentials", Shape::Array(&DESCRIPTOR)),
    ("challenge", Shape::Bytes),
    ("extensions", EXTENSION_INPUTS),
]);

#[cfg(feature = "serde")]
#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::options::{
        PublicKeyCredentialCreationOptionsJson, PublicKeyCredentialRequestOptionsJson,
    };

    /// The paths of all values that the shape calls bytes. `*` stands for any key or index.
    fn paths_of_shape(shape: &Shape, path: &str, found: &mut Vec<String>) {
        match shape {
            Shape::Bytes => found.push(path.to_owned()),
            Shape::Object(members) => {
                for (name, shape) in *members {
                    paths_of_shape(shape, &format!("{path}/{name}"), found);
                }
            }
            Shape::Array(shape) | Shape::Record(shape) => {
                paths_of_shape(shape, &format!("{path}/*"), found);
            }
        }
    }

    /// The paths of all text values for which the typed form insists on base64url.
    fn paths_of_type<T: serde::de::DeserializeOwned>(
        whole: &Value,
        at: &Value,
        path: &str,
        found: &mut Vec<String>,
    ) {
        match at {
            Value::String(_) => {
                let mut spoiled = whole.clone();
                *spoiled.pointer_mut(path).expect("a path of the value") = json!("not base64url!");
                if serde_json::from_value::<T>(spoiled).is_err() {
                    let path = path.replace("/0", "/*");
                    found.push(path.replace("evalByCredential/AA", "evalByCredential/*"));
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    paths_of_type::<T>(whole, item, &format!("{path}/{index}"), found);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    paths_of_type::<T>(whole, member, &format!("{path}/{name}"), found);
                }
            }
            _ => {}
        }
    }

    #[track_caller]
    fn agree<T: serde::de::DeserializeOwned>(shape: &Shape, full_example: &Value) {
        let mut by_shape = Vec::new();
        paths_of_shape(shape, "", &mut by_shape);
        let mut by_type = Vec::new();
        paths_of_type::<T>(full_example, full_example, "", &mut by_type);
        by_shape.sort();
        by_type.sort();
        assert_eq!(by_shape, by_type);
    }

    #[test]
    fn the_tables_name_the_bytes_of_the_typed_options() {
        let descriptors = || json!([{"type": "public-key", "id": "AA", "transports": ["usb"]}]);
        let values = || json!({"first": "AA", "second": "AA"});
        let extensions = || {
            json!({
                "credProps": true, "appid": "https://example.org", "credBlob": "AA",
                "largeBlob": {"write": "AA"},
                "prf": {"eval": values(), "evalByCredential": {"AA": values()}},
            })
        };
        agree::<PublicKeyCredentialCreationOptionsJson>(
            &CREATION_OPTIONS,
            &json!({
                "rp": {"name": "n", "id": "example.org"},
                "user": {"id": "AA", "name": "n", "displayName": "d"},
                "challenge": "AA",
                "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
                "timeout": 1,
                "excludeCredentials": descriptors(),
                "authenticatorSelection": {
                    "authenticatorAttachment": "platform", "residentKey": "required",
                    "requireResidentKey": true, "userVerification": "required",
                },
                "hints": ["hybrid"], "attestation": "none", "attestationFormats": ["packed"],
                "extensions": extensions(),
            }),
        );
        agree::<PublicKeyCredentialRequestOptionsJson>(
            &REQUEST_OPTIONS,
            &json!({
                "challenge": "AA", "timeout": 1, "rpId": "example.org",
                "allowCredentials": descriptors(), "userVerification": "required",
                "hints": ["hybrid"], "extensions": extensions(),
            }),
        );
    }
}
