//! The JSON a client makes for each ceremony and the authenticator signs over. Source: L3 §5.8.1.

use core::fmt;
use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use crate::error::{Malformed, Problem, Structure, json_offset};
use crate::json_object::{self, Text, once};
#[cfg(not(target_arch = "wasm32"))]
use crate::plain_json::{NotPlain, Plain};

/// The largest client data that is read, in bytes. Real ones are below 1 kB; a challenge of a kilobyte and long
/// origins still fit.
pub const MAX_CLIENT_DATA_BYTES: usize = 16 * 1024;

/// The client data's members.
///
/// The signature covers the SHA-256 of the bytes as they came, so keep those beside this.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CollectedClientData<'a> {
    /// `webauthn.create` or `webauthn.get`.
    pub ty: Cow<'a, str>,
    /// The challenge, as base64url text.
    pub challenge: Cow<'a, str>,
    /// The caller's origin.
    pub origin: Cow<'a, str>,
    /// Whether the caller was in a frame that is not same-origin with its ancestors; an absent value counts as no.
    pub cross_origin: bool,
    /// The origin of the top-level page, when `cross_origin` is true and the client is of Level 3.
    pub top_origin: Option<Cow<'a, str>>,
    /// The names of all other members, as they came: clients add members, and nothing here depends on them (L3 §5.8.1,
    /// "future members"). `tokenBinding`, which Level 3 keeps reserved, is not among them.
    pub unknown_members: Vec<String>,
}

impl<'a> CollectedClientData<'a> {
    /// Reads `clientDataJSON`. A byte order mark at its start is dropped, as the specification's "UTF-8 decode" does.
    ///
    /// # Errors
    ///
    /// [`Problem::TooLong`], [`Problem::NotUtf8`], or [`Problem::NotJson`] for text that is no JSON object with the
    /// members above in their types.
    ///
    /// ```
    /// use passkeep_protocol::client_data::CollectedClientData;
    ///
    /// let json = br#"{"type":"webauthn.get","challenge":"AAAA","origin":"https://example.org"}"#;
    /// let client_data = CollectedClientData::parse(json).unwrap();
    /// assert_eq!(client_data.origin, "https://example.org");
    /// assert!(!client_data.cross_origin);
    /// ```
    pub fn parse(client_data_json: &'a [u8]) -> Result<Self, Malformed> {
        let error = |offset, problem| Malformed::new(Structure::ClientData, offset, problem);
        if client_data_json.len() > MAX_CLIENT_DATA_BYTES {
            let cap = MAX_CLIENT_DATA_BYTES;
            return Err(error(cap, Problem::TooLong { cap }));
        }
        let text = core::str::from_utf8(client_data_json)
            .map_err(|e| error(e.valid_up_to(), Problem::NotUtf8))?;
        let json = text.strip_prefix('\u{feff}').unwrap_or(text);
        #[cfg(not(target_arch = "wasm32"))]
        if let Ok(client_data) = prescribed(json) {
            return Ok(client_data);
        }
        json_object::from_str(json).map_err(|e| {
            let offset = json_offset(json, &e) + (text.len() - json.len());
            error(offset, Problem::NotJson)
        })
    }
}

impl<'de> Deserialize<'de> for CollectedClientData<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

/// The name of a member. A known one is read without memory of its own.
#[derive(serde::Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Name {
    #[serde(rename = "type")]
    Ty,
    Challenge,
    Origin,
    CrossOrigin,
    TopOrigin,
    TokenBinding,
    Unknown(String),
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = CollectedClientData<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("client data")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let (mut ty, mut challenge, mut origin) = (None, None, None);
        let (mut cross_origin, mut top_origin) = (None, None);
        let mut unknown_members = Vec::new();
        while let Some(name) = members.next_key()? {
            match name {
                Name::Ty => once("type", &mut ty, &mut members)?,
                Name::Challenge => once("challenge", &mut challenge, &mut members)?,
                Name::Origin => once("origin", &mut origin, &mut members)?,
                Name::CrossOrigin => once("crossOrigin", &mut cross_origin, &mut members)?,
                Name::TopOrigin => once("topOrigin", &mut top_origin, &mut members)?,
                Name::TokenBinding => drop(members.next_value::<IgnoredAny>()?),
                Name::Unknown(name) => {
                    members.next_value::<IgnoredAny>()?;
                    unknown_members.push(name);
                }
            }
        }
        let required = |name, text: Option<Text<'de>>| {
            let text = text.ok_or_else(|| A::Error::missing_field(name));
            text.map(|Text(text)| text)
        };
        Ok(CollectedClientData {
            ty: required("type", ty)?,
            challenge: required("challenge", challenge)?,
            origin: required("origin", origin)?,
            cross_origin: cross_origin.unwrap_or_default(),
            top_origin: top_origin.flatten().map(|Text(text)| text),
            unknown_members,
        })
    }
}

/// Reads the one text that the specification prescribes for the members of Level 2, as nearly all clients write it.
///
/// Source: L3 §5.8.1.1 ("Serialization").
#[cfg(not(target_arch = "wasm32"))]
fn prescribed(json: &str) -> Result<CollectedClientData<'_>, NotPlain> {
    let mut plain = Plain::new(json);
    plain.take(r#"{"type":"#)?;
    let ty = plain.text()?;
    plain.take(r#","challenge":"#)?;
    let challenge = plain.text()?;
    plain.take(r#","origin":"#)?;
    let origin = plain.text()?;
    let cross_origin = match plain.rest() {
        r#","crossOrigin":false}"# => false,
        r#","crossOrigin":true}"# => true,
        _ => return Err(NotPlain),
    };
    Ok(CollectedClientData {
        ty: ty.into(),
        challenge: challenge.into(),
        origin: origin.into(),
        cross_origin,
        top_origin: None,
        unknown_members: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Both readers, of a text that the quick one may read.
    fn both(
        json: &str,
    ) -> (
        Option<CollectedClientData<'_>>,
        Option<CollectedClientData<'_>>,
    ) {
        (prescribed(json).ok(), serde_json::from_str(json).ok())
    }

    #[test]
    fn what_the_specification_prescribes_is_read_at_once() {
        for cross_origin in [true, false] {
            let json = format!(
                r#"{{"type":"webauthn.get","challenge":"AA","origin":"https://müller.example","crossOrigin":{cross_origin}}}"#
            );
            let (quick, general) = both(&json);
            assert!(quick.is_some(), "{json}");
            assert_eq!(quick, general);
        }
    }

    #[test]
    fn anything_else_is_left_to_other_readers() {
        for json in [
            r#"{"type":"t","challenge":"c","origin":"o"}"#,
            r#"{"type":"t","challenge":"c","origin":"o","crossOrigin":false} "#,
            r#"{"type":"t","challenge":"c","origin":"o","crossOrigin": false}"#,
            r#"{"type":"t","challenge":"c","origin":"o","crossOrigin":null}"#,
            r#"{"type":"t","challenge":"c","origin":"o","crossOrigin":true,"topOrigin":"p"}"#,
            r#"{"challenge":"c","type":"t","origin":"o","crossOrigin":false}"#,
            r#"{"type":"\u0074","challenge":"c","origin":"o","crossOrigin":false}"#,
            r#"{"type":"t","challenge":"c\"","origin":"o","crossOrigin":false}"#,
            "{\"type\":\"t\",\"challenge\":\"c\n\",\"origin\":\"o\",\"crossOrigin\":false}",
            r#"{"type":"t"#,
            "",
        ] {
            assert_eq!(prescribed(json).ok(), None, "{json}");
        }
    }

    proptest! {
        /// Made of the pieces that texts can go wrong with.
        #[test]
        fn what_is_read_at_once_is_what_serde_json_reads(
            texts in proptest::collection::vec(r#"[a-z"\\\\\n\x1f é{},:]{0,3}"#, 3),
            end in prop_oneof![
                Just(r#","crossOrigin":false}"#), Just(r#","crossOrigin":true}"#), Just("}"), Just(r#","crossOrigin":0}"#),
            ],
        ) {
            let json = format!(r#"{{"type":"{}","challenge":"{}","origin":"{}"{end}"#, texts[0], texts[1], texts[2]);
            if let (Some(quick), general) = both(&json) {
                prop_assert_eq!(Some(quick), general);
            }
        }
    }

    #[test]
    fn members_in_any_order_with_unknown_ones() {
        let json = br#"{"origin":"https://example.org","androidPackageName":"com.example","challenge":"AA",
            "tokenBinding":{"status":"supported"},"n\u0065w":[{}],"crossOrigin":true,
            "topOrigin":"https://a.example","n\u0065w":{},"typ\u0065":"webauthn.get"}"#;
        let expected = CollectedClientData {
            ty: "webauthn.get".into(),
            challenge: "AA".into(),
            origin: "https://example.org".into(),
            cross_origin: true,
            top_origin: Some("https://a.example".into()),
            unknown_members: ["androidPackageName", "new", "new"].map(Into::into).into(),
        };
        assert_eq!(CollectedClientData::parse(json), Ok(expected));
    }

    #[test]
    fn a_byte_order_mark_is_dropped_and_an_absent_cross_origin_is_false() {
        let json = "\u{feff}{\"type\":\"t\",\"challenge\":\"c\",\"origin\":\"o\"}";
        let parsed = CollectedClientData::parse(json.as_bytes()).unwrap();
        assert_eq!((parsed.cross_origin, parsed.top_origin), (false, None));
    }

    #[test]
    fn what_is_not_an_object_with_those_members_is_refused() {
        let cases: [(&[u8], Problem); 9] = [
            (b"", Problem::NotJson),
            (b"[]", Problem::NotJson),
            // What serde's own reader would take for the members in their order.
            (br#"["t","c","o"]"#, Problem::NotJson),
            (br#"{"type":"t","challenge":"c"}"#, Problem::NotJson),
            (
                br#"{"type":1,"challenge":"c","origin":"o"}"#,
                Problem::NotJson,
            ),
            (
                br#"{"type":"t","type":"t","challenge":"c","origin":"o"}"#,
                Problem::NotJson,
            ),
            (
                br#"{"type":"t","challenge":"c","origin":"o","topOrigin":"a","topOrigin":null}"#,
                Problem::NotJson,
            ),
            (
                br#"{"type":"t","challenge":"c","origin":"o","crossOrigin":null}"#,
                Problem::NotJson,
            ),
            (b"\xff{}", Problem::NotUtf8),
        ];
        for (json, problem) in cases {
            let refused = CollectedClientData::parse(json).unwrap_err();
            assert_eq!(refused.problem, problem, "{json:?}");
        }
        let long = vec![b' '; MAX_CLIENT_DATA_BYTES + 1];
        let cap = MAX_CLIENT_DATA_BYTES;
        let refused = CollectedClientData::parse(&long).unwrap_err();
        assert_eq!(refused.problem, Problem::TooLong { cap });
    }

    #[test]
    fn the_offset_counts_bytes_over_lines() {
        let refused = CollectedClientData::parse(b"{\n\"type\": x}").unwrap_err();
        assert_eq!(refused.offset, 10);
    }
}
