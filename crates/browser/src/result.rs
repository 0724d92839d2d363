//! From what the browser returned to the JSON for a server.
//!
//! What comes back is not always what the specification says. Password managers replace `navigator.credentials` and
//! return plain objects without methods; Android web views parse JSON into the shape of a credential. So nothing here
//! asks what a value *is*, only what it has, and the methods of the specification are one source among others.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use passkeep_protocol::base64url::{decode, encode};
use wasm_bindgen::prelude::*;

use crate::ceremony::Ceremony;
use crate::error::{ClientError, Reason, joined};
use crate::reflect::{at, bytes, is_array, members, stringify, text};

/// How deep extension results may be nested; today's are four deep. Deeper ones are cut off, so that an object that
/// contains itself ends.
const MAX_DEPTH: usize = 16;

/// Where the PRF outputs are in the extension results, by names as JSON has them.
const PRF_RESULTS: &[&str] = &["\"prf\"", "\"results\""];

/// Something of a credential that a response has.
struct Part {
    /// The JSON before it.
    before: &'static str,
    /// Where the credential has it.
    path: &'static str,
    what: What,
}

/// What is expected there. Whatever else is left out.
#[derive(Clone, Copy, Eq, PartialEq)]
enum What {
    /// Bytes without which there is no response.
    Needed,
    Bytes,
    /// A text or a number.
    Plain,
    /// The credential's id, which is needed as well, and in the response by two names.
    Id,
    Transports,
    Extensions,
}

const fn part(before: &'static str, path: &'static str, what: What) -> Part {
    Part { before, path, what }
}

const CLIENT_DATA: Part = part(
    r#"{"type":"public-key","response":{"clientDataJSON":"#,
    "response.clientDataJSON",
    What::Needed,
);

// What both have, after the response of the authenticator.
const ID: Part = part(r#"},"id":"#, "rawId", What::Id);
const ATTACHMENT: Part = part(
    r#","authenticatorAttachment":"#,
    "authenticatorAttachment",
    What::Plain,
);
const EXTENSIONS: Part = part(
    r#","clientExtensionResults":"#,
    "getClientExtensionResults()",
    What::Extensions,
);

/// The first of them are needed. The others are convenience copies of what is in the attestation object, and some browsers have none
/// for some algorithms.
const REGISTRATION: &[Part] = &[
    CLIENT_DATA,
    part(
        r#","attestationObject":"#,
        "response.attestationObject",
        What::Needed,
    ),
    part(
        r#","authenticatorData":"#,
        "response.getAuthenticatorData()",
        What::Bytes,
    ),
    part(r#","publicKey":"#, "response.getPublicKey()", What::Bytes),
    part(
        r#","publicKeyAlgorithm":"#,
        "response.getPublicKeyAlgorithm()",
        What::Plain,
    ),
    part(
        r#","transports":"#,
        "response.getTransports()",
        What::Transports,
    ),
    ID,
    ATTACHMENT,
    EXTENSIONS,
];

const AUTHENTICATION: &[Part] = &[
    CLIENT_DATA,
    part(
        r#","authenticatorData":"#,
        "response.authenticatorData",
        What::Needed,
    ),
    part(r#","signature":"#, "response.signature", What::Needed),
    part(r#","userHandle":"#, "response.userHandle", What::Bytes),
    ID,
    ATTACHMENT,
    EXTENSIONS,
];

/// A response for the server.
#[derive(Clone, Eq, PartialEq)]
#[cfg_attr(
    not(feature = "typed"),
    allow(unreachable_pub, reason = "only the Rust API hands it out")
)]
pub struct Response {
    /// `RegistrationResponseJSON` or `AuthenticationResponseJSON`.
    pub json: String,
    pub(crate) beside: Box<Beside>,
}

/// What only some apps ask for.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct Beside {
    attachment: Option<String>,
    /// The PRF outputs, as they would be in the JSON: `first` and maybe `second`, base64url. They are keys of the page, and a
    /// server has no use for them (L3 §10.1.4, "PRF").
    pub(crate) prf: Option<String>,
}

#[cfg(feature = "typed")]
impl Response {
    /// Its `authenticatorAttachment`, if the browser said it: `platform` or `cross-platform`.
    #[must_use]
    pub fn authenticator_attachment(&self) -> Option<&str> {
        self.beside.attachment.as_deref()
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("json", &self.json)
            .finish_non_exhaustive()
    }
}

/// Reads a credential.
#[inline(never)]
pub(crate) fn to_json(ceremony: Ceremony, credential: &JsValue) -> Result<Response, ClientError> {
    if credential.is_falsy() {
        return Err(Reason::NoCredential.into());
    }
    let mut json = String::new();
    let mut prf = None;
    let parts = match ceremony {
        Ceremony::Create => REGISTRATION,
        Ceremony::Get => AUTHENTICATION,
    };
    for Part { before, path, what } in parts {
        let mut value = at(credential, path);
        let found = match what {
            What::Needed | What::Bytes => encoded_or_text(&value),
            What::Id => {
                let id = encoded_or_text(&value);
                let id = id.or_else(|| encoded_or_text(&at(credential, "id")));
                id.map(|id| joined(&[&id, r#","rawId":"#, &id]))
            }
            What::Plain if value.is_object() => None,
            What::Plain => stringify(&value),
            What::Transports => {
                if !is_array(&value) {
                    value = at(credential, "response.transports");
                }
                Some(transports(&value))
            }
            What::Extensions => {
                if !value.is_object() {
                    value = at(credential, "toJSON().clientExtensionResults");
                }
                let mut results = None;
                if value.is_object() {
                    prf = json_of(&at(&value, "prf.results"), 0, &[]);
                    results = json_of(&value, 0, PRF_RESULTS);
                }
                Some(results.unwrap_or_else(|| "{}".into()))
            }
        };
        match found {
            Some(found) => {
                json.push_str(before);
                json.push_str(&found);
            }
            None if matches!(what, What::Needed | What::Id) => {
                return Err(Reason::Missing(path).into());
            }
            None => {}
        }
    }
    json.push('}');
    Ok(Response {
        json,
        beside: Box::new(Beside {
            attachment: text(credential, "authenticatorAttachment"),
            prf,
        }),
    })
}

/// Bytes in JSON, where some password managers and web views have them as text: as it is in the JSON for a server.
fn encoded_or_text(value: &JsValue) -> Option<String> {
    encoded(value).or_else(|| {
        let text = value.as_string()?;
        decode(&text).is_ok().then(|| joined(&["\"", &text, "\""]))
    })
}

fn transports(listed: &JsValue) -> String {
    let mut transports = String::new();
    for (_, one) in members(listed) {
        if one.is_string() {
            append(&mut transports, "", stringify(&one));
        }
    }
    joined(&["[", &transports, "]"])
}

/// A value as JSON: bytes become base64url wherever they are; there is nothing for what JSON cannot hold, which is left out of the
/// rest, as is the member at the path `without`.
fn json_of(value: &JsValue, depth: usize, without: &[&str]) -> Option<String> {
    if !value.is_object() {
        return stringify(value);
    }
    if depth == MAX_DEPTH {
        return None;
    }
    if let Some(bytes) = encoded(value) {
        return Some(bytes);
    }
    let is_array = is_array(value);
    let mut inside = String::new();
    for (name, member) in members(value) {
        let name = stringify(&name)?;
        let without = match without {
            [first, rest @ ..] if *first == name => match rest {
                [] => continue,
                rest => rest,
            },
            _ => &[],
        };
        let name = if is_array { "" } else { name.as_str() };
        append(&mut inside, name, json_of(&member, depth + 1, without));
    }
    let (open, close) = if is_array { ("[", "]") } else { ("{", "}") };
    Some(joined(&[open, &inside, close]))
}

/// Bytes in JSON, if the value is bytes.
fn encoded(value: &JsValue) -> Option<String> {
    let text = encode(&bytes(value)?);
    Some(joined(&["\"", &text, "\""]))
}

/// Adds to what is in an object or, without a name, in an array. The name is in quotation marks.
#[inline(never)]
fn append(inside: &mut String, name: &str, json: Option<String>) {
    let Some(json) = json else { return };
    let comma = if inside.is_empty() { "" } else { "," };
    let colon = if name.is_empty() { "" } else { ":" };
    for part in [comma, name, colon, &json] {
        inside.push_str(part);
    }
}
