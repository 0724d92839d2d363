use const_oid::ObjectIdentifier;

use super::oid;
use crate::der;

/// A distinguished name. Source: RFC 5280 §4.1.2.4.
///
/// ```
/// use passkeep_testkit::certificate::{Name, oid};
///
/// let mut name = Name::attestation("A key", "Authenticator Attestation");
/// name.set(oid::ORGANIZATIONAL_UNIT, "Something Else");
/// name.remove(oid::COUNTRY);
/// assert_eq!(name.relative.len(), 3);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Name {
    /// The relative names, each of one or more attributes. An attribute is a type and a value in DER.
    pub relative: Vec<Vec<(ObjectIdentifier, Vec<u8>)>>,
}

impl Name {
    /// The name of an attestation certificate of the organization "Passkeep" in Switzerland. Source: L3 §8.2.1.
    #[must_use]
    pub fn attestation(common_name: &str, organizational_unit: &str) -> Self {
        let mut name = Self::default();
        name.set(oid::COMMON_NAME, common_name);
        name.set(oid::ORGANIZATION, "Passkeep");
        name.set(oid::ORGANIZATIONAL_UNIT, organizational_unit);
        name.set(oid::COUNTRY, "CH");
        name
    }

    /// Sets an attribute to a text, in the place of one of the same type or at the end. It is a UTF8String, or a
    /// PrintableString for the country, where no other type is allowed.
    pub fn set(&mut self, attribute: ObjectIdentifier, text: &str) {
        let value = if attribute == oid::COUNTRY {
            der::printable_string(text)
        } else {
            der::utf8_string(text)
        };
        self.set_der(attribute, value);
    }

    /// Sets an attribute to a value in DER.
    pub fn set_der(&mut self, attribute: ObjectIdentifier, value: Vec<u8>) {
        let mut attributes = self.relative.iter_mut().flatten();
        match attributes.find(|(oid, _)| *oid == attribute) {
            Some((_, old)) => *old = value,
            None => self.relative.push(vec![(attribute, value)]),
        }
    }

    /// Takes an attribute out.
    pub fn remove(&mut self, attribute: ObjectIdentifier) {
        for relative in &mut self.relative {
            relative.retain(|(oid, _)| *oid != attribute);
        }
        self.relative.retain(|relative| !relative.is_empty());
    }

    /// Writes the name.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let relative = self.relative.iter().map(|attributes| {
            let attributes = attributes.iter();
            der::set_of(
                attributes.map(|(oid, value)| der::sequence([der::oid(oid), value.clone()])),
            )
        });
        der::sequence(relative)
    }
}
