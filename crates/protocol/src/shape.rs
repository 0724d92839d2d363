//! Which members of WebAuthn JSON are bytes: the browser's half of the wire types.
//!
//! A browser wants `ArrayBuffer`s where JSON has base64url text. The browser module goes along these paths; members they do
//! not name pass through as they are, so that an option of a later level reaches the browser. A test holds them against the
//! typed options of [`crate::options`]: every `Bytes` there is named here.
//!
//! A path is names joined by dots; `*` stands for every item of an array, and for every member of an object with arbitrary names.
//!
//! Source: L3 §5.1.8 and §5.1.9, `parseCreationOptionsFromJSON()` and `parseRequestOptionsFromJSON()`.

/// In `PublicKeyCredentialCreationOptionsJSON`, beside [`EXTENSION_INPUTS`].
pub const CREATION_OPTIONS: &[&str] = &["challenge", "user.id", "excludeCredentials.*.id"];

/// In `PublicKeyCredentialRequestOptionsJSON`, beside [`EXTENSION_INPUTS`].
pub const REQUEST_OPTIONS: &[&str] = &["challenge", "allowCredentials.*.id"];

/// In both.
pub const EXTENSION_INPUTS: &[&str] = &[
    "extensions.credBlob",
    "extensions.largeBlob.write",
    "extensions.prf.eval.first",
    "extensions.prf.eval.second",
    "extensions.prf.evalByCredential.*.first",
    "extensions.prf.evalByCredential.*.second",
];

#[cfg(feature = "serde")]
#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::options::{
        PublicKeyCredentialCreationOptionsJson, PublicKeyCredentialRequestOptionsJson,
    };

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
    fn agree<T: serde::de::DeserializeOwned>(paths: &[&str], full_example: &Value) {
        let named = paths.iter().chain(EXTENSION_INPUTS);
        let mut by_path: Vec<String> = named
            .map(|path| format!("/{}", path.replace('.', "/")))
            .collect();
        let mut by_type = Vec::new();
        paths_of_type::<T>(full_example, full_example, "", &mut by_type);
        by_path.sort();
        by_type.sort();
        assert_eq!(by_path, by_type);
    }

    #[test]
    fn the_paths_name_the_bytes_of_the_typed_options() {
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
            CREATION_OPTIONS,
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
            REQUEST_OPTIONS,
            &json!({
                "challenge": "AA", "timeout": 1, "rpId": "example.org",
                "allowCredentials": descriptors(), "userVerification": "required",
                "hints": ["hybrid"], "extensions": extensions(),
            }),
        );
    }
}
