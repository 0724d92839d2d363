//! Which bytes belong to which field: what lets the hex view and the tree point at each other.

use passkeep_inspect::{Node, Value};

/// A field, by its place in the tree: the root is 0, and every field comes before what is inside of it.
pub(crate) type FieldId = usize;

/// The byte sequences of a response, and where its fields stand in them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Layout {
    pub(crate) panes: Vec<Pane>,
    /// Of every field, in the order of their ids.
    fields: Vec<Field>,
}

/// Bytes that stand together, such as an attestation object with all that is inside.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pane {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// Of every byte the innermost field that it belongs to.
    owners: Vec<FieldId>,
    /// Of every byte whether the colour of its field is the second one: neighbours have different colours.
    shades: Vec<bool>,
}

/// Where a field stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Spot {
    pub(crate) pane: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

#[derive(Clone, Debug, PartialEq)]
struct Field {
    spot: Option<Spot>,
    path: Vec<String>,
    summary: String,
}

/// What the ranges of the fields inside count in.
#[derive(Clone, Copy)]
struct Base {
    pane: usize,
    offset: usize,
}

impl Layout {
    pub(crate) fn of(root: &Node) -> Self {
        let mut layout = Self::default();
        layout.add(root, None, &[]);
        for pane in &mut layout.panes {
            let mut shade = false;
            let mut before = None;
            for (owner, shaded) in pane.owners.iter().zip(&mut pane.shades) {
                shade ^= before.is_some_and(|before| before != *owner);
                before = Some(*owner);
                *shaded = shade;
            }
        }
        layout
    }

    /// Where a field stands; `None` for what has no bytes of its own, such as a member of JSON.
    pub(crate) fn spot(&self, field: FieldId) -> Option<Spot> {
        self.fields.get(field)?.spot
    }

    /// The innermost field that a byte belongs to.
    pub(crate) fn owner(&self, pane: usize, byte: usize) -> Option<FieldId> {
        self.panes.get(pane)?.owners.get(byte).copied()
    }

    /// Whether a byte has the second colour.
    pub(crate) fn shaded(&self, pane: usize, byte: usize) -> bool {
        let shades = self.panes.get(pane).map(|pane| &pane.shades);
        shades.and_then(|it| it.get(byte)).copied().unwrap_or(false)
    }

    /// The bytes of that name.
    pub(crate) fn pane(&self, name: &str) -> Option<&Pane> {
        self.panes.iter().find(|pane| pane.name == name)
    }

    /// The names from the root to a field, without the root's own.
    pub(crate) fn path(&self, field: FieldId) -> String {
        let path = self.fields.get(field).map(|field| field.path.join(" › "));
        path.unwrap_or_default()
    }

    /// What a field is, and what it says, in one line.
    pub(crate) fn summary(&self, field: FieldId) -> String {
        let summary = self.fields.get(field).map(|field| field.summary.clone());
        summary.unwrap_or_default()
    }

    /// The field at the end of a path of names.
    pub(crate) fn find(&self, path: &[&str]) -> Option<FieldId> {
        self.fields.iter().position(|field| field.path == path)
    }

    fn add(&mut self, node: &Node, base: Option<Base>, path: &[String]) {
        let id = self.fields.len();
        let place = base.zip(node.range).map(|(base, (start, end))| Spot {
            pane: base.pane,
            start: base.offset + start,
            end: base.offset + end,
        });
        self.fields.push(Field {
            spot: place,
            path: path.to_vec(),
            summary: summary(node),
        });
        let inner = match &node.value {
            Value::Bytes { hex, .. } => self.open(node, &unhex(hex), (base, place), id),
            _ => base,
        };
        if let Some(Spot { pane, start, end }) = self.spot(id)
            && let Some(owners) = self
                .panes
                .get_mut(pane)
                .and_then(|pane| pane.owners.get_mut(start..end))
        {
            owners.fill(id);
        }
        for child in &node.children {
            let mut path = path.to_vec();
            path.push(child.name.to_string());
            self.add(child, inner, &path);
        }
    }

    /// Where the bytes of a field begin: in the bytes around it where they stand there as they are (after the head that CBOR
    /// or DER gives them), or in a pane of their own.
    fn open(
        &mut self,
        node: &Node,
        bytes: &[u8],
        (around, place): (Option<Base>, Option<Spot>),
        id: FieldId,
    ) -> Option<Base> {
        if let Some(Spot { pane, start, end }) = place {
            let outer = self.panes.get(pane)?.bytes.get(start..end)?;
            if outer.ends_with(bytes) {
                let offset = end - bytes.len();
                return Some(Base { pane, offset });
            }
        }
        // Bytes that were decoded from text or computed, with nothing inside that could be pointed at.
        if around.is_some() && node.children.is_empty() {
            return None;
        }
        let pane = self.panes.len();
        self.panes.push(Pane {
            name: node.name.to_string(),
            owners: vec![id; bytes.len()],
            shades: vec![false; bytes.len()],
            bytes: bytes.to_vec(),
        });
        if place.is_none()
            && let Some(field) = self.fields.get_mut(id)
        {
            field.spot = Some(Spot {
                pane,
                start: 0,
                end: bytes.len(),
            });
        }
        Some(Base { pane, offset: 0 })
    }
}

/// What a field is and says, in one line.
fn summary(node: &Node) -> String {
    let value = short(&node.value);
    let said = match (&node.meaning, value.is_empty()) {
        (Some(meaning), true) => meaning.clone(),
        (Some(meaning), false) if !value.ends_with(meaning.as_str()) => {
            format!("{value} ({meaning})")
        }
        _ => value,
    };
    match (node.about.is_empty(), said.is_empty()) {
        (true, _) => said,
        (false, true) => node.about.to_owned(),
        (false, false) => format!("{said} · {}", node.about),
    }
}

/// A value in a few characters.
pub(crate) fn short(value: &Value) -> String {
    match value {
        Value::Text { text } => text.clone(),
        Value::Number { number } => number.to_string(),
        Value::Digits { digits } => digits.clone(),
        Value::Boolean { boolean } => boolean.to_string(),
        Value::Null => "null".to_owned(),
        Value::Bytes { length: 1, .. } => "1 byte".to_owned(),
        Value::Bytes { length, .. } => format!("{length} bytes"),
        Value::Flags { byte, flags } => {
            let set = flags
                .iter()
                .filter(|flag| flag.set)
                .map(|flag| flag.name)
                .collect::<Vec<_>>();
            format!("0x{byte:02x} {}", set.join(" ")).trim().to_owned()
        }
        Value::Aaguid { text } => text.clone(),
        Value::Time { time, .. } => time.clone(),
        Value::Map { length: 1 } => "1 member".to_owned(),
        Value::Map { length } => format!("{length} members"),
        Value::Array { length: 1 } => "1 item".to_owned(),
        Value::Array { length } => format!("{length} items"),
        _ => String::new(),
    }
}

/// The bytes of hexadecimal digits.
fn unhex(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks_exact(2);
    let digits = pairs.filter_map(|pair| core::str::from_utf8(pair).ok());
    digits
        .filter_map(|digits| u8::from_str_radix(digits, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use passkeep_inspect::decode;
    use passkeep_protocol::names::AttestationConveyancePreference;
    use passkeep_testkit::attestation::packed::Packed;
    use passkeep_testkit::authenticator::Config;
    use passkeep_testkit::certificate::CertificateAuthority;
    use passkeep_testkit::{Authenticator, Client, options};

    use super::*;

    fn registration() -> Node {
        let config = Config {
            attestation: Arc::new(Packed::new(CertificateAuthority::root("layout"))),
            ..Config::security_key()
        };
        let mut authenticator = Authenticator::with_config("layout", config);
        let mut options = options::creation("example.org", b"a challenge of 22 byte");
        options.attestation = Some(AttestationConveyancePreference::Direct);
        let client = Client::new("https://example.org");
        let response = client.create(&options, &mut authenticator).unwrap();
        decode(&serde_json::to_string(&response).unwrap()).root
    }

    fn bytes_at(layout: &Layout, path: &[&str]) -> Vec<u8> {
        let spot = layout.spot(layout.find(path).unwrap()).unwrap();
        layout.panes[spot.pane].bytes[spot.start..spot.end].to_vec()
    }

    const OBJECT: [&str; 2] = ["response", "attestationObject"];

    #[test]
    fn fields_of_nested_bytes_stand_in_the_bytes_around_them() {
        let layout = Layout::of(&registration());
        let names: Vec<_> = layout.panes.iter().map(|pane| pane.name.as_str()).collect();
        assert_eq!(names, ["rawId", "clientDataJSON", "attestationObject"]);

        let flags = [&OBJECT[..], &["authData", "flags"]].concat();
        assert_eq!(bytes_at(&layout, &flags), [0x45]);
        let hash = [&OBJECT[..], &["authData", "rpIdHash"]].concat();
        assert_eq!(bytes_at(&layout, &hash)[..4], [0xbf, 0xab, 0xc3, 0x74]);
        let serial = [&OBJECT[..], &["attStmt", "x5c", "0", "serialNumber"]].concat();
        assert_eq!(bytes_at(&layout, &serial)[0], 0x40);
    }

    #[test]
    fn every_byte_leads_back_to_the_innermost_field() {
        let layout = Layout::of(&registration());
        let flags = [&OBJECT[..], &["authData", "flags"]].concat();
        let field = layout.find(&flags).unwrap();
        let spot = layout.spot(field).unwrap();
        assert_eq!(layout.owner(spot.pane, spot.start), Some(field));
        assert_eq!(
            layout.path(field),
            "response › attestationObject › authData › flags"
        );
        // Its neighbours are other fields, in the other colour.
        let shade = |byte| layout.shaded(spot.pane, byte);
        assert_ne!(shade(spot.start - 1), shade(spot.start));
        assert_ne!(shade(spot.start + 1), shade(spot.start));
        assert_eq!(shade(spot.start - 1), shade(spot.start - 2));
    }

    #[test]
    fn what_was_decoded_from_text_stays_with_its_text() {
        let layout = Layout::of(&registration());
        let challenge = ["response", "clientDataJSON", "challenge"];
        assert_eq!(
            bytes_at(&layout, &challenge),
            b"\"YSBjaGFsbGVuZ2Ugb2YgMjIgYnl0ZQ\""
        );
    }

    #[test]
    fn a_field_is_told_in_one_line() {
        let layout = Layout::of(&registration());
        let alg = [&OBJECT[..], &["attStmt", "alg"]].concat();
        let alg = layout.find(&alg).unwrap();
        assert_eq!(
            layout.summary(alg),
            "-7 (ES256) · the algorithm of the signature"
        );
    }
}
