//! Authenticator data. Source: L3 §6.1.

use passkeep_protocol::authenticator_data::{Flags, MAX_CREDENTIAL_ID_BYTES};
use passkeep_protocol::cbor::{Decoder, MAX_DEPTH};
use passkeep_protocol::reader::Reader;
use passkeep_protocol::{Malformed, Problem as Fault, Structure};
use passkeep_verify::aaguid;
use sha2::{Digest as _, Sha256};

use super::cbor::Tree;
use super::shape::{Member, Shape};
use super::{Walk, cose, extensions, unread};
use crate::node::{Flag, Node, Value};

/// Its fields, every byte of it in exactly one leaf.
pub(super) fn read(node: &mut Node, bytes: &[u8], walk: &mut Walk) {
    let mut fields = Fields {
        reader: Reader::new(Structure::AuthenticatorData, bytes),
        bytes,
        node,
        walk,
    };
    let read = fields.all();
    let reader = fields.reader;
    if let Err(malformed) = read {
        node.blame(malformed);
    }
    unread(node, &reader, bytes);
}

struct Fields<'a, 'n> {
    reader: Reader<'a>,
    bytes: &'a [u8],
    node: &'n mut Node,
    walk: &'n mut Walk,
}

impl Fields<'_, '_> {
    fn all(&mut self) -> Result<(), Malformed> {
        let hash = self.reader.take_array::<32>()?;
        let whose = self.walk.host.as_deref().and_then(|host| whose(hash, host));
        let about = "SHA-256 of the RP ID that the credential is for";
        let field = Node::new("rpIdHash", about).meaning(whose);
        self.push(field.with(Value::bytes(hash)), 32);

        let flags = Flags(self.reader.take_u8()?);
        let field = Node::new("flags", "what the authenticator says happened, a bit each");
        let names = format!("{flags:?}");
        let names = names.trim_start_matches("Flags(").trim_end_matches(')');
        let field = field.meaning(Some(names));
        self.push(field.with(bits(flags)), 1);

        let count = u32::from_be_bytes(*self.reader.take_array()?);
        let about = "how often the credential has signed; 0 where nothing is counted";
        let field = Node::new("signCount", about);
        self.push(field.with(Value::integer(count.into())), 4);

        let mut readable = true;
        if flags.attested_credential_data() {
            readable = self.credential()?;
        }
        if readable && flags.extension_data() {
            let extensions = Member::new("extensions", extensions::ABOUT, Shape::ExtensionOutputs);
            readable = self.map(extensions, "the extension outputs", extensions::judge)?;
        }
        if readable {
            self.reader.clone().finish()?;
        }
        Ok(())
    }

    /// Whether something can be read behind it.
    fn credential(&mut self) -> Result<bool, Malformed> {
        let model = self.reader.take_array::<16>()?;
        let about = "the model of the authenticator, which only an attestation proves";
        let name = match aaguid::name(model) {
            None if *model == [0; 16] => Some("not told"),
            name => name,
        };
        let text = aaguid::to_text(model);
        let field = Node::new("aaguid", about).meaning(name);
        self.push(field.with(Value::Aaguid { text }), 16);

        let start = self.reader.offset();
        let length = u16::from_be_bytes(*self.reader.take_array()?);
        let field = Node::new("credentialIdLength", "how many bytes the credential id has");
        self.push(field.with(Value::integer(length.into())), 2);
        let length = usize::from(length);
        if length > MAX_CREDENTIAL_ID_BYTES {
            let cap = MAX_CREDENTIAL_ID_BYTES;
            return Err(self.reader.error_at(start, Fault::TooLong { cap }));
        }
        let id = self.reader.take(length)?;
        let field = Node::new("credentialId", "what the credential is found by");
        self.push(field.with(Value::bytes(id)), length);

        let key = Member::new("credentialPublicKey", cose::ABOUT, Shape::CoseKey(None));
        self.map(key, "the credential public key", cose::judge)
    }

    /// Reads a map, which `judge` may know more of. Tells whether something can be read behind it.
    fn map(
        &mut self,
        member: Member,
        what: &'static str,
        judge: fn(&mut Node, &[u8], usize),
    ) -> Result<bool, Malformed> {
        let start = self.reader.offset();
        let mut tree = Tree::new(Decoder::continuing(self.reader.clone()), self.walk);
        let mut map = tree.item(member, start, MAX_DEPTH);
        let end = tree.end();
        let readable = end.is_ok();
        let (Ok(decoder) | Err(decoder)) = end;
        self.reader = decoder.into_reader();
        if !matches!(map.value, Value::Map { .. } | Value::Unread) {
            map.blame(self.reader.error_at(start, Fault::Unexpected(what)));
        } else if readable {
            judge(&mut map, self.reader.since(start), start);
        }
        self.node.children.push(map);
        Ok(readable)
    }

    /// A field that ends where the reader stands.
    fn push(&mut self, field: Node, length: usize) {
        let end = self.reader.offset().min(self.bytes.len());
        self.node.children.push(field.at(end - length, end));
    }
}

/// The RP ID, if it is the host or a domain above it.
fn whose(hash: &[u8; 32], host: &str) -> Option<String> {
    let above = host.match_indices('.').map(|(dot, _)| dot + 1);
    let mut domains = core::iter::once(0).chain(above);
    let found = domains.find_map(|start| {
        let domain = host.get(start..)?;
        (Sha256::digest(domain).as_slice() == hash).then_some(domain)
    });
    found.map(str::to_owned)
}

fn bits(flags: Flags) -> Value {
    let known = [
        ("UP", "the user was present"),
        ("RFU1", "reserved"),
        (
            "UV",
            "the authenticator verified the user, by a PIN or biometrics",
        ),
        ("BE", "the credential may be copied to other devices"),
        ("BS", "the credential is copied to other devices now"),
        ("RFU2", "reserved"),
        ("AT", "a new credential follows"),
        ("ED", "answers to extensions follow"),
    ];
    let flag = |(bit, (name, about))| Flag {
        bit,
        name,
        about,
        set: flags.0 >> bit & 1 == 1,
    };
    Value::Flags {
        byte: flags.0,
        flags: (0..).zip(known).map(flag).collect(),
    }
}
