//! The options as a form: one table for each call. An entry shows what stands at its place, and puts there what is entered.

use serde_json::{Value, json};

use super::settings::Call;

/// One field of the form.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) id: &'static str,
    pub(crate) label: &'static str,
    pub(crate) hint: &'static str,
    /// Where it stands in the options.
    pub(crate) place: &'static str,
    pub(crate) input: Input,
}

/// How it is entered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Input {
    /// A line of text; none when it is empty.
    Text,
    /// A number.
    Number,
    /// One of these, or none of them.
    Choice(&'static [&'static str]),
    /// Words with commas between them.
    Words,
    /// The numbers of algorithms with commas between them.
    Algorithms,
    /// Credential ids, one in each line.
    Ids,
    /// `true`, or nothing.
    Tick,
}

const fn entry(
    id: &'static str,
    label: &'static str,
    place: &'static str,
    input: Input,
    hint: &'static str,
) -> Entry {
    Entry {
        id,
        label,
        hint,
        place,
        input,
    }
}

const UV: &[&str] = &["required", "preferred", "discouraged"];

// What both calls take at the same place.
const PRF_FIRST: Entry = entry(
    "o-prf-first",
    "PRF, first input",
    "/extensions/prf/eval/first",
    Input::Text,
    "Bytes in base64url.",
);
const PRF_SECOND: Entry = entry(
    "o-prf-second",
    "PRF, second input",
    "/extensions/prf/eval/second",
    Input::Text,
    "",
);
const CHALLENGE: Entry = entry(
    "o-challenge",
    "Challenge",
    "/challenge",
    Input::Text,
    "At least 16 random bytes of the server's, in base64url.",
);
const TIMEOUT: Entry = entry(
    "o-timeout",
    "Timeout in milliseconds",
    "/timeout",
    Input::Number,
    "",
);
const HINTS: Entry = entry(
    "o-hints",
    "Hints",
    "/hints",
    Input::Words,
    "security-key, client-device, hybrid: the most likely first.",
);

/// Each group with its name.
pub(crate) type Groups = &'static [(&'static str, &'static [Entry])];

const CREATE: Groups = &[
    (
        "Who and where",
        &[
            entry(
                "o-rp-id",
                "RP ID",
                "/rp/id",
                Input::Text,
                "The page's domain, or one above it.",
            ),
            entry("o-rp-name", "RP name", "/rp/name", Input::Text, ""),
            entry("o-user-name", "User name", "/user/name", Input::Text, ""),
            entry(
                "o-user-display",
                "Display name",
                "/user/displayName",
                Input::Text,
                "",
            ),
            entry(
                "o-user-id",
                "User handle",
                "/user/id",
                Input::Text,
                "1 to 64 random bytes, in base64url.",
            ),
            CHALLENGE,
            entry(
                "o-exclude",
                "Exclude credentials",
                "/excludeCredentials",
                Input::Ids,
                "Ids that the account has, one in each line.",
            ),
            TIMEOUT,
        ],
    ),
    (
        "Which authenticator",
        &[
            entry(
                "o-algorithms",
                "Algorithms",
                "/pubKeyCredParams",
                Input::Algorithms,
                "-8 EdDSA, -7 ES256, -257 RS256, -35 ES384, -48 ML-DSA-44, …",
            ),
            entry(
                "o-resident",
                "Resident key",
                "/authenticatorSelection/residentKey",
                Input::Choice(UV),
                "",
            ),
            entry(
                "o-uv",
                "User verification",
                "/authenticatorSelection/userVerification",
                Input::Choice(UV),
                "",
            ),
            entry(
                "o-attachment",
                "Attachment",
                "/authenticatorSelection/authenticatorAttachment",
                Input::Choice(&["platform", "cross-platform"]),
                "",
            ),
            HINTS,
            entry(
                "o-require-resident",
                "requireResidentKey, for Level 1",
                "/authenticatorSelection/requireResidentKey",
                Input::Tick,
                "",
            ),
        ],
    ),
    (
        "Attestation",
        &[
            entry(
                "o-attestation",
                "Attestation",
                "/attestation",
                Input::Choice(&["none", "indirect", "direct", "enterprise"]),
                "",
            ),
            entry(
                "o-formats",
                "Attestation formats",
                "/attestationFormats",
                Input::Words,
                "packed, tpm, …: the most wanted first.",
            ),
        ],
    ),
    (
        "Extensions",
        &[
            entry(
                "o-cred-props",
                "credProps",
                "/extensions/credProps",
                Input::Tick,
                "",
            ),
            PRF_FIRST,
            PRF_SECOND,
            entry(
                "o-blob",
                "largeBlob",
                "/extensions/largeBlob/support",
                Input::Choice(&["required", "preferred"]),
                "",
            ),
            entry(
                "o-protect",
                "credProtect",
                "/extensions/credentialProtectionPolicy",
                Input::Choice(&[
                    "userVerificationOptional",
                    "userVerificationOptionalWithCredentialIDList",
                    "userVerificationRequired",
                ]),
                "",
            ),
            entry(
                "o-pin",
                "minPinLength",
                "/extensions/minPinLength",
                Input::Tick,
                "",
            ),
        ],
    ),
];

const GET: Groups = &[
    (
        "Who and where",
        &[
            entry(
                "o-rp-id",
                "RP ID",
                "/rpId",
                Input::Text,
                "The page's domain, or one above it.",
            ),
            CHALLENGE,
            entry(
                "o-allow",
                "Allow credentials",
                "/allowCredentials",
                Input::Ids,
                "Ids, one in each line; none for any passkey.",
            ),
            TIMEOUT,
        ],
    ),
    (
        "Which authenticator",
        &[
            entry(
                "o-uv",
                "User verification",
                "/userVerification",
                Input::Choice(UV),
                "",
            ),
            HINTS,
        ],
    ),
    (
        "Extensions",
        &[
            PRF_FIRST,
            PRF_SECOND,
            entry(
                "o-blob-read",
                "largeBlob: read",
                "/extensions/largeBlob/read",
                Input::Tick,
                "",
            ),
            entry(
                "o-blob-write",
                "largeBlob: write",
                "/extensions/largeBlob/write",
                Input::Text,
                "Bytes in base64url.",
            ),
        ],
    ),
];

/// The form of a call.
pub(crate) fn groups(call: Call) -> Groups {
    match call {
        Call::Create => CREATE,
        Call::Get => GET,
    }
}

impl Input {
    /// What is shown of a value.
    pub(crate) fn show(self, value: Option<&Value>) -> String {
        let Some(value) = value else {
            return String::new();
        };
        let list = |name: &str| {
            let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
            let items = items.iter().map(|item| {
                let item = if name.is_empty() {
                    Some(item)
                } else {
                    item.get(name)
                };
                item.map(plain).unwrap_or_default()
            });
            items.collect::<Vec<_>>()
        };
        match self {
            Self::Text | Self::Number | Self::Choice(_) | Self::Tick => plain(value),
            Self::Words => list("").join(", "),
            Self::Algorithms => list("alg").join(", "),
            Self::Ids => list("id").join("\n"),
        }
    }

    /// What is put there; nothing for an empty field. The descriptors that are there keep what else they say.
    pub(crate) fn read(self, text: &str, before: Option<&Value>) -> Option<Value> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return None;
        }
        let words = || {
            trimmed
                .split(',')
                .map(str::trim)
                .filter(|word| !word.is_empty())
        };
        let described = |id: &str| {
            let known = before.and_then(|before| before.as_array());
            let mut known = known.map(Vec::as_slice).unwrap_or_default().iter();
            known
                .find(|item| item.get("id").is_some_and(|it| it == id))
                .cloned()
        };
        Some(match self {
            Self::Text | Self::Choice(_) => Value::from(trimmed),
            Self::Number => match trimmed.parse::<u32>() {
                Ok(number) => Value::from(number),
                Err(_) => before?.clone(),
            },
            Self::Words => words().collect(),
            Self::Algorithms => {
                let numbers = words().filter_map(|word| word.parse::<i64>().ok());
                let list = numbers.map(|alg| json!({"type": "public-key", "alg": alg}));
                list.collect()
            }
            Self::Ids => {
                let ids = trimmed.lines().map(str::trim).filter(|id| !id.is_empty());
                ids.map(|id| {
                    described(id).unwrap_or_else(|| json!({"type": "public-key", "id": id}))
                })
                .collect()
            }
            Self::Tick => Value::from(trimmed == "true"),
        })
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_entered_is_what_is_shown() {
        for call in [Call::Create, Call::Get] {
            let mut ids = BTreeSet::new();
            for entry in groups(call).iter().flat_map(|(_, entries)| *entries) {
                assert!(ids.insert(entry.id), "{} twice", entry.id);
                let text = match entry.input {
                    Input::Text => "AQID",
                    Input::Number => "60000",
                    Input::Choice(values) => values[0],
                    Input::Words => "packed, tpm",
                    Input::Algorithms => "-8, -7",
                    Input::Ids => "AQID\nBAUG",
                    Input::Tick => "true",
                };
                let value = entry.input.read(text, None);
                assert_eq!(entry.input.show(value.as_ref()), text, "{}", entry.id);
                assert_eq!(entry.input.read(" ", value.as_ref()), None, "{}", entry.id);
            }
        }
    }

    #[test]
    fn a_descriptor_keeps_its_transports() {
        let before = json!([{"type": "public-key", "id": "AQID", "transports": ["usb"]}]);
        let read = Input::Ids.read("AQID\nBAUG", Some(&before)).unwrap();
        assert_eq!(read[0]["transports"], json!(["usb"]));
        assert_eq!(read[1], json!({"type": "public-key", "id": "BAUG"}));
    }

    #[test]
    fn a_number_that_is_none_changes_nothing() {
        assert_eq!(Input::Number.read("6x", Some(&json!(6))), Some(json!(6)));
        assert_eq!(Input::Number.read("6x", None), None);
    }
}
