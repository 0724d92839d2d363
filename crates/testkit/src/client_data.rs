//! The client data, member by member. Source: L3 §5.8.1.

use serde_json::Value;

/// What becomes `clientDataJSON`.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientData {
    /// `webauthn.create` or `webauthn.get`.
    pub ty: String,
    /// The challenge as it is written: base64url text, unless a test wants another.
    pub challenge: String,
    /// The caller's origin.
    pub origin: String,
    /// Whether the caller was in a cross-origin frame. Every client of today writes it; `None` leaves it out.
    pub cross_origin: Option<bool>,
    /// The origin of the top-level page.
    pub top_origin: Option<String>,
    /// Further members, written after the others in this order.
    pub extra: Vec<(String, Value)>,
}

impl ClientData {
    /// Writes the JSON as a browser does: no whitespace, members in the specification's order. Source: L3 §5.8.1.1.
    ///
    /// ```
    /// use passkeep_testkit::client_data::ClientData;
    ///
    /// let client_data = ClientData {
    ///     ty: "webauthn.get".into(),
    ///     challenge: "AA".into(),
    ///     origin: "https://example.org".into(),
    ///     cross_origin: Some(false),
    ///     top_origin: None,
    ///     extra: vec![("new".into(), true.into())],
    /// };
    /// let expected = br#"{"type":"webauthn.get","challenge":"AA","origin":"https://example.org","crossOrigin":false,"new":true}"#;
    /// assert_eq!(client_data.encode(), expected);
    /// ```
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut members = vec![
            ("type", quoted(&self.ty)),
            ("challenge", quoted(&self.challenge)),
            ("origin", quoted(&self.origin)),
        ];
        if let Some(cross_origin) = self.cross_origin {
            members.push(("crossOrigin", cross_origin.to_string()));
        }
        if let Some(top_origin) = &self.top_origin {
            members.push(("topOrigin", quoted(top_origin)));
        }
        for (name, value) in &self.extra {
            members.push((name, value.to_string()));
        }
        let members = members.iter();
        let members: Vec<_> = members.map(|(k, v)| format!("{}:{v}", quoted(k))).collect();
        format!("{{{}}}", members.join(",")).into_bytes()
    }
}

/// The specification's own string escaping, which has no short forms for control characters. Source: L3 §5.8.1.1,
/// "CCDToString".
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\0'..='\x1f' => out.push_str(&format!("\\u{:04x}", c as u32)),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use passkeep_protocol::client_data::CollectedClientData;

    use super::*;

    #[test]
    fn the_parser_reads_what_is_written() {
        let client_data = ClientData {
            ty: "webauthn.create".into(),
            challenge: "AQI".into(),
            origin: "tab\t quote\" back\\ ü".into(),
            cross_origin: Some(true),
            top_origin: Some("https://top.example".into()),
            extra: vec![],
        };
        let encoded = client_data.encode();
        let text = std::str::from_utf8(&encoded).unwrap();
        assert!(text.contains(r#""tab\u0009 quote\" back\\ ü""#), "{text}");
        let expected = CollectedClientData {
            ty: "webauthn.create".into(),
            challenge: "AQI".into(),
            origin: "tab\t quote\" back\\ ü".into(),
            cross_origin: true,
            top_origin: Some("https://top.example".into()),
            unknown_members: vec![],
        };
        assert_eq!(CollectedClientData::parse(&encoded), Ok(expected));
    }

    #[test]
    fn optional_members_can_be_left_out() {
        let client_data = ClientData {
            ty: "t".into(),
            challenge: "c".into(),
            origin: "o".into(),
            cross_origin: None,
            top_origin: None,
            extra: vec![],
        };
        let expected = br#"{"type":"t","challenge":"c","origin":"o"}"#;
        assert_eq!(client_data.encode(), expected);
    }
}
