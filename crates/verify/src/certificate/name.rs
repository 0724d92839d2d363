//! Names in certificates. [RFC 5280 §4.1.2.4]
//!
//! [RFC 5280 §4.1.2.4]: https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.4

use core::fmt;

use der::Tag;
use passkeep_protocol::{Malformed, Structure};

use super::{ObjectIdentifier, oid};
use crate::asn1::Der;

/// A distinguished name. Two names are equal when their bytes are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Name<'a>(&'a [u8]);

/// One attribute of a name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Attribute<'a> {
    /// What it is.
    pub oid: ObjectIdentifier,
    /// The ASN.1 type of its value.
    pub tag: Tag,
    /// Its value's content.
    pub value: &'a [u8],
}

impl<'a> Attribute<'a> {
    /// The value as text, or `None` when it is of another type, of a legacy encoding that is not ASCII, or not UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<&'a str> {
        match self.tag {
            Tag::Utf8String => core::str::from_utf8(self.value).ok(),
            Tag::PrintableString | Tag::Ia5String | Tag::TeletexString => {
                let text = core::str::from_utf8(self.value).ok();
                text.filter(|text| text.is_ascii())
            }
            _ => None,
        }
    }
}

impl<'a> Name<'a> {
    /// Takes a name and checks that all of it can be read.
    pub(crate) fn read(fields: &mut Der<'a>, what: &'static str) -> Result<Self, Malformed> {
        let (bytes, element) = fields.whole(Tag::Sequence, what)?;
        let mut sets = fields.inside(element);
        while !sets.is_finished() {
            let set = sets.element(Tag::Set, what)?;
            let mut set = sets.inside(set);
            // An empty set stands for nothing, and is not allowed: [RFC 5280 §4.1.2.4, "SET SIZE (1..MAX)"]
            read_attribute(&mut set, what)?;
            while !set.is_finished() {
                read_attribute(&mut set, what)?;
            }
        }
        Ok(Self(bytes))
    }

    /// A name that was read before.
    pub(crate) fn checked(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The name in DER, as received.
    #[must_use]
    pub fn der(&self) -> &'a [u8] {
        self.0
    }

    /// Whether it has no attribute at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0 == [0x30, 0x00]
    }

    /// All attributes, in their order; those of a set that has several follow each other.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'a>> + use<'a> {
        let mut outer = Der::new(Structure::Certificate, self.0);
        let mut sets = outer.sequence("a name").ok();
        let mut set: Option<Der<'a>> = None;
        // Reading has checked everything once: an error cannot come here, and would end the attributes.
        core::iter::from_fn(move || {
            loop {
                if let Some(open) = set.as_mut().filter(|open| !open.is_finished()) {
                    return read_attribute(open, "an attribute").ok();
                }
                let sets = sets.as_mut()?;
                let element = sets.element(Tag::Set, "a set").ok()?;
                set = Some(sets.inside(element));
            }
        })
    }

    /// The first attribute with that identifier.
    #[must_use]
    pub fn attribute(&self, oid: ObjectIdentifier) -> Option<Attribute<'a>> {
        self.attributes().find(|attribute| attribute.oid == oid)
    }

    /// The first attribute with each of these identifiers, in one reading.
    #[must_use]
    pub fn first_of<const N: usize>(
        &self,
        oids: [ObjectIdentifier; N],
    ) -> [Option<Attribute<'a>>; N] {
        let mut found = [None; N];
        for attribute in self.attributes() {
            let places = oids.iter().zip(&mut found);
            for (_, place) in places.filter(|(oid, _)| **oid == attribute.oid) {
                place.get_or_insert(attribute);
            }
        }
        found
    }
}

fn read_attribute<'a>(set: &mut Der<'a>, what: &'static str) -> Result<Attribute<'a>, Malformed> {
    let mut pair = set.sequence(what)?;
    let oid = pair.oid(what)?;
    let element = pair.any()?;
    pair.finish()?;
    Ok(Attribute {
        oid,
        tag: element.tag,
        value: element.value,
    })
}

const SHORT_NAMES: &[(ObjectIdentifier, &str)] = &[
    (oid::COMMON_NAME, "CN"),
    (oid::COUNTRY, "C"),
    (oid::ORGANIZATION, "O"),
    (oid::ORGANIZATIONAL_UNIT, "OU"),
    (oid::NAME_SERIAL_NUMBER, "serialNumber"),
    (oid::TITLE, "title"),
];

/// For logs: attributes in their order, known ones by their short names.
impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("(no name)");
        }
        for (index, attribute) in self.attributes().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            match oid::value(&attribute.oid, SHORT_NAMES) {
                Some(name) => write!(f, "{name}=")?,
                None => write!(f, "{}=", attribute.oid)?,
            }
            match attribute.text() {
                // Escaped, because a certificate's text may hold anything.
                Some(text) => write!(f, "{}", text.escape_debug())?,
                None => write!(f, "({} bytes)", attribute.value.len())?,
            }
        }
        Ok(())
    }
}
