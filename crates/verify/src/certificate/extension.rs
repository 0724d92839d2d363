//! Certificate extensions. [RFC 5280 §4.2]
//!
//! [RFC 5280 §4.2]: https://www.rfc-editor.org/rfc/rfc5280#section-4.2

use der::Tag;
use passkeep_protocol::{Malformed, Problem, Structure};

use super::{Certificate, MAX_EXTENSIONS, Name, ObjectIdentifier, oid};
use crate::asn1::{Der, explicit, implicit};

/// The most names in one extension, and the most purposes of a key.
const MAX_MEMBERS: usize = 64;

/// One extension, its value not yet read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Extension<'a> {
    /// What it is.
    pub oid: ObjectIdentifier,
    /// Whether whoever does not know it must refuse the certificate.
    pub critical: bool,
    /// The content of its OCTET STRING: DER.
    pub value: &'a [u8],
}

/// `basicConstraints`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct BasicConstraints {
    /// Whether the key may sign certificates.
    pub ca: bool,
    /// How many intermediate certificates may follow at most.
    pub path_length: Option<u64>,
}

/// `keyUsage`: what the key may do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyUsage(u16);

impl KeyUsage {
    /// Sign data.
    #[must_use]
    pub fn digital_signature(self) -> bool {
        self.0 & 0x8000 != 0
    }

    /// Sign certificates.
    #[must_use]
    pub fn key_cert_sign(self) -> bool {
        self.0 & 0x0400 != 0
    }

    /// Sign revocation lists.
    #[must_use]
    pub fn crl_sign(self) -> bool {
        self.0 & 0x0200 != 0
    }
}

/// One of a subject's alternative names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum GeneralName<'a> {
    /// A host name.
    Dns(&'a str),
    /// A distinguished name.
    Directory(Name<'a>),
    /// A name of another kind, which is passed over.
    Other,
}

/// Reads the list of extensions.
pub(crate) fn read_all<'a>(mut field: Der<'a>) -> Result<Vec<Extension<'a>>, Malformed> {
    let mut list = field.sequence("the extensions")?;
    field.finish()?;
    let mut extensions: Vec<Extension<'a>> = Vec::with_capacity(8);
    while !list.is_finished() {
        let start = list.offset();
        if extensions.len() == MAX_EXTENSIONS {
            let cap = MAX_EXTENSIONS;
            return Err(list.error(Problem::TooLong { cap }));
        }
        let mut extension = list.sequence("an extension")?;
        let oid = extension.oid("an extension's identifier")?;
        let critical = extension.optional_boolean("an extension's criticality")?;
        let value = extension.element(Tag::OctetString, "an extension's value")?;
        extension.finish()?;
        // [RFC 5280 §4.2, "A certificate MUST NOT include more than one instance of a particular extension"]
        if extensions.iter().any(|other| other.oid == oid) {
            return Err(list.error_at(start, Problem::DuplicateKey));
        }
        extensions.push(Extension {
            oid,
            critical,
            value: value.value,
        });
    }
    Ok(extensions)
}

impl<'a> Certificate<'a> {
    /// `basicConstraints`, or `None` when the certificate has none.
    ///
    /// # Errors
    ///
    /// [`Malformed`], with an offset in the extension's value.
    pub fn basic_constraints(&self) -> Result<Option<BasicConstraints>, Malformed> {
        self.read_extension(oid::BASIC_CONSTRAINTS, |value| {
            let mut fields = value.sequence("basicConstraints")?;
            let ca = fields.optional_boolean("cA")?;
            let path_length = if fields.is_finished() {
                None
            } else {
                Some(fields.unsigned(Tag::Integer, "pathLenConstraint")?)
            };
            fields.finish()?;
            Ok(BasicConstraints { ca, path_length })
        })
    }

    /// `keyUsage`, or `None` when the certificate has none.
    ///
    /// # Errors
    ///
    /// [`Malformed`], with an offset in the extension's value.
    pub fn key_usage(&self) -> Result<Option<KeyUsage>, Malformed> {
        self.read_extension(oid::KEY_USAGE, |value| {
            let start = value.offset();
            match value.bit_string("keyUsage")? {
                ([first], _) => Ok(KeyUsage(u16::from(*first) << 8)),
                ([first, second], _) => Ok(KeyUsage(u16::from_be_bytes([*first, *second]))),
                _ => Err(value.error_at(start, Problem::Unexpected("keyUsage"))),
            }
        })
    }

    /// The purposes in `extKeyUsage`, or `None` when the certificate has none.
    ///
    /// # Errors
    ///
    /// [`Malformed`], with an offset in the extension's value.
    pub fn extended_key_usage(&self) -> Result<Option<Vec<ObjectIdentifier>>, Malformed> {
        self.read_extension(oid::EXTENDED_KEY_USAGE, |value| {
            let mut list = value.sequence("extKeyUsage")?;
            collect(&mut list, |list| list.oid("a purpose of the key"))
        })
    }

    /// The identifier of the issuer's key, or `None` when the certificate does not name one.
    ///
    /// # Errors
    ///
    /// [`Malformed`], with an offset in the extension's value.
    pub fn authority_key_identifier(&self) -> Result<Option<&'a [u8]>, Malformed> {
        let read = self.read_extension(oid::AUTHORITY_KEY_IDENTIFIER, |value| {
            let mut fields = value.sequence("authorityKeyIdentifier")?;
            let identifier = fields.optional(implicit(0))?;
            // The issuer's issuer and serial number say the same again.
            fields.optional(explicit(1))?;
            fields.optional(implicit(2))?;
            fields.finish()?;
            Ok(identifier.map(|identifier| identifier.value))
        });
        read.map(Option::flatten)
    }

    /// The identifier of the certificate's key, or `None` when it has none.
    ///
    /// # Errors
    ///
    /// [`Malformed`], with an offset in the extension's value.
    pub fn subject_key_identifier(&self) -> Result<Option<&'a [u8]>, Malformed> {
        self.read_extension(oid::SUBJECT_KEY_IDENTIFIER, |value| {
            let element = value.element(Tag::OctetString, "subjectKeyIdentifier")?;
            Ok(element.value)
        })
    }

    /// The subject's alternative names, or `None` when the certificate has none.
    ///
    /// # Errors
    ///
    /// [`Malformed`], with an offset in the extension's value.
    pub fn subject_alternative_names(&self) -> Result<Option<Vec<GeneralName<'a>>>, Malformed> {
        self.read_extension(oid::SUBJECT_ALT_NAME, |value| {
            let mut list = value.sequence("subjectAltName")?;
            collect(&mut list, general_name)
        })
    }

    /// Reads the whole value of one extension.
    fn read_extension<T>(
        &self,
        oid: ObjectIdentifier,
        read: impl FnOnce(&mut Der<'a>) -> Result<T, Malformed>,
    ) -> Result<Option<T>, Malformed> {
        let Some(extension) = self.extension(oid) else {
            return Ok(None);
        };
        let mut value = Der::new(Structure::Certificate, extension.value);
        let read = read(&mut value)?;
        value.finish()?;
        Ok(Some(read))
    }
}

/// Reads members until none is left: at least one, and not more than the cap.
fn collect<'a, T>(
    list: &mut Der<'a>,
    mut read: impl FnMut(&mut Der<'a>) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    let mut members = vec![read(list)?];
    while !list.is_finished() {
        if members.len() == MAX_MEMBERS {
            return Err(list.error(Problem::TooLong { cap: MAX_MEMBERS }));
        }
        members.push(read(list)?);
    }
    Ok(members)
}

fn general_name<'a>(list: &mut Der<'a>) -> Result<GeneralName<'a>, Malformed> {
    let element = list.any()?;
    if element.tag == implicit(2) {
        let text = core::str::from_utf8(element.value).ok();
        let text = text.filter(|text| text.is_ascii());
        let problem = Problem::Unexpected("a dNSName");
        return text
            .map(GeneralName::Dns)
            .ok_or_else(|| list.error_in(element, problem));
    }
    if element.tag == explicit(4) {
        let mut inner = list.inside(element);
        let name = Name::read(&mut inner, "a directoryName")?;
        inner.finish()?;
        return Ok(GeneralName::Directory(name));
    }
    if element.tag.is_context_specific() {
        return Ok(GeneralName::Other);
    }
    Err(list.error_in(element, Problem::Unexpected("a name of the subject")))
}
