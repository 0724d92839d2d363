//! What Android's key store says about a key. [L3 §8.4.1]; the schema is Android's, "Key attestation extension data schema".
//!
//! [L3 §8.4.1]: https://www.w3.org/TR/webauthn-3/#sctn-key-attstn-cert-requirements

use der::Tag;
use passkeep_protocol::{Malformed, Problem, Structure};

use crate::asn1::{Der, explicit};

/// The most members of one list that are read; the schema has about fifty.
const MAX_AUTHORIZATIONS: usize = 128;
/// The most purposes of a key; there are seven.
const MAX_PURPOSES: usize = 16;

/// `KeyDescription`, as far as it is judged.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct KeyDescription<'a> {
    attestation_security_level: u8,
    key_store_security_level: u8,
    pub(super) challenge: &'a [u8],
    pub(super) software_enforced: AuthorizationList,
    pub(super) hardware_enforced: AuthorizationList,
}

/// `AuthorizationList`, as far as it is judged.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct AuthorizationList {
    pub(super) purposes: Vec<u64>,
    pub(super) all_applications: bool,
    pub(super) origin: Option<u64>,
}

impl<'a> KeyDescription<'a> {
    pub(super) fn parse(value: &'a [u8]) -> Result<Self, Malformed> {
        let mut input = Der::new(Structure::KeyDescription, value);
        let mut fields = input.sequence("the outer sequence")?;
        input.finish()?;
        fields.unsigned(Tag::Integer, "attestationVersion")?;
        let attestation_security_level = level(&mut fields, "attestationSecurityLevel")?;
        fields.unsigned(Tag::Integer, "keymasterVersion")?;
        let key_store_security_level = level(&mut fields, "keymasterSecurityLevel")?;
        let challenge = fields.element(Tag::OctetString, "attestationChallenge")?;
        fields.element(Tag::OctetString, "uniqueId")?;
        let software_enforced = AuthorizationList::read(&mut fields, "softwareEnforced")?;
        let hardware_enforced = AuthorizationList::read(&mut fields, "teeEnforced")?;
        fields.finish()?;
        Ok(Self {
            attestation_security_level,
            key_store_security_level,
            challenge: challenge.value,
            software_enforced,
            hardware_enforced,
        })
    }

    /// Where the key is: 0 in software, 1 in the trusted environment, 2 in a `StrongBox`. The lower of what the attestation
    /// and the key store say.
    pub(super) fn security_level(&self) -> u8 {
        self.attestation_security_level
            .min(self.key_store_security_level)
    }
}

fn level(fields: &mut Der<'_>, what: &'static str) -> Result<u8, Malformed> {
    let start = fields.offset();
    match fields.unsigned(Tag::Enumerated, what)? {
        level @ 0..=2 => Ok(level as u8),
        _ => Err(fields.error_at(start, Problem::Unexpected(what))),
    }
}

impl AuthorizationList {
    fn read(fields: &mut Der<'_>, what: &'static str) -> Result<Self, Malformed> {
        const PURPOSE: Tag = explicit(1);
        const ALL_APPLICATIONS: Tag = explicit(600);
        const ORIGIN: Tag = explicit(702);

        let mut members = fields.sequence(what)?;
        let mut list = Self::default();
        let mut last = None;
        let mut count = 0;
        while !members.is_finished() {
            let element = members.any()?;
            // Every member is explicitly tagged, and a SEQUENCE has an order, in which each comes once.
            let number = element.tag.number().value();
            let tagged = element.tag == explicit(number);
            if !tagged || last.is_some_and(|last| last >= number) {
                return Err(members.error_in(element, Problem::Unexpected(what)));
            }
            last = Some(number);
            count += 1;
            if count > MAX_AUTHORIZATIONS {
                let cap = MAX_AUTHORIZATIONS;
                return Err(members.error_in(element, Problem::TooLong { cap }));
            }
            let mut inner = members.inside(element);
            match element.tag {
                PURPOSE => list.purposes = purposes(&mut inner)?,
                ALL_APPLICATIONS => {
                    inner.element(Tag::Null, "allApplications")?;
                    list.all_applications = true;
                }
                ORIGIN => list.origin = Some(inner.unsigned(Tag::Integer, "origin")?),
                _ => continue,
            }
            inner.finish()?;
        }
        Ok(list)
    }
}

fn purposes(inner: &mut Der<'_>) -> Result<Vec<u64>, Malformed> {
    let set = inner.element(Tag::Set, "purpose")?;
    let mut set = inner.inside(set);
    let mut purposes = Vec::new();
    while !set.is_finished() {
        if purposes.len() == MAX_PURPOSES {
            return Err(set.error(Problem::TooLong { cap: MAX_PURPOSES }));
        }
        purposes.push(set.unsigned(Tag::Integer, "purpose")?);
    }
    Ok(purposes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Version 300 and 0, with these levels, a challenge of one byte, and these lists.
    fn description(levels: [u8; 2], software: &[u8], hardware: &[u8]) -> Vec<u8> {
        let mut body = vec![2, 2, 1, 44, 10, 1, levels[0], 2, 1, 0, 10, 1, levels[1]];
        body.extend_from_slice(&[4, 1, 0xcc, 4, 0]);
        for list in [software, hardware] {
            body.extend_from_slice(&[0x30, u8::try_from(list.len()).unwrap()]);
            body.extend_from_slice(list);
        }
        [&[0x30, u8::try_from(body.len()).unwrap()], &body[..]].concat()
    }

    const PURPOSE_SIGN: &[u8] = &[0xa1, 5, 0x31, 3, 2, 1, 2];
    const ORIGIN_GENERATED: &[u8] = &[0xbf, 0x85, 0x3e, 3, 2, 1, 0];
    const ALL_APPLICATIONS: &[u8] = &[0xbf, 0x84, 0x58, 2, 5, 0];

    #[track_caller]
    fn refused(value: &[u8], problem: Problem) {
        let error = KeyDescription::parse(value).unwrap_err();
        assert_eq!(
            (error.structure, error.problem),
            (Structure::KeyDescription, problem)
        );
    }

    #[test]
    fn both_lists_are_read() {
        let hardware = [PURPOSE_SIGN, ORIGIN_GENERATED].concat();
        let value = description([1, 2], ALL_APPLICATIONS, &hardware);
        let parsed = KeyDescription::parse(&value).unwrap();
        assert_eq!(parsed.challenge, [0xcc]);
        assert_eq!(parsed.security_level(), 1);
        let all = AuthorizationList {
            all_applications: true,
            ..AuthorizationList::default()
        };
        assert_eq!(parsed.software_enforced, all);
        let signs = AuthorizationList {
            purposes: vec![2],
            all_applications: false,
            origin: Some(0),
        };
        assert_eq!(parsed.hardware_enforced, signs);
    }

    #[test]
    fn other_members_are_passed_over() {
        // [2] algorithm EC, [503] noAuthRequired, [705] osVersion
        let list = [
            &[0xa2, 3, 2, 1, 3][..],
            &[0xbf, 0x83, 0x77, 2, 5, 0],
            &[0xbf, 0x85, 0x41, 3, 2, 1, 9],
        ];
        let value = description([0, 0], &list.concat(), &[]);
        let parsed = KeyDescription::parse(&value).unwrap();
        assert_eq!(parsed.software_enforced, AuthorizationList::default());
    }

    #[test]
    fn order_types_and_levels_are_held_to() {
        let swapped = [ORIGIN_GENERATED, PURPOSE_SIGN].concat();
        refused(
            &description([0, 0], &swapped, &[]),
            Problem::Unexpected("softwareEnforced"),
        );
        let twice = [PURPOSE_SIGN, PURPOSE_SIGN].concat();
        refused(
            &description([0, 0], &[], &twice),
            Problem::Unexpected("teeEnforced"),
        );
        refused(
            &description([0, 0], &[2, 1, 0], &[]),
            Problem::Unexpected("softwareEnforced"),
        );
        refused(
            &description([3, 0], &[], &[]),
            Problem::Unexpected("attestationSecurityLevel"),
        );
        let mut integer = description([0, 0], &[], &[]);
        integer[6] = 2;
        refused(&integer, Problem::Unexpected("attestationSecurityLevel"));
        let trailing = [&description([0, 0], &[], &[])[..], &[0]].concat();
        refused(&trailing, Problem::TrailingBytes);
        let not_a_set = [0xa1, 3, 2, 1, 2];
        refused(
            &description([0, 0], &not_a_set, &[]),
            Problem::Unexpected("purpose"),
        );
    }
}
