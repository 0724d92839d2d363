//! Changing a response the way an attacker or a broken client would.
//!
//! Two kinds of liar differ in what they can sign. Whoever changes a response on its way can sign nothing, so most changes end
//! at the signature or the hash under it. A client or an authenticator that lies signs over its lie, and only the step that
//! was made for this lie stands in its way.

use passkeep_inspect::decode;
use passkeep_protocol::authenticator_data::Flags;
use passkeep_protocol::bytes::{Bytes, encode_base64url};
use passkeep_testkit::authenticator_data::{AuthenticatorData, rp_id_hash};
use passkeep_testkit::client_data::ClientData;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;

use crate::ceremony::{Ceremony, Kind};
use crate::layout::Layout;
use crate::software::{Draft, json};

/// What is changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tampering {
    /// Whether everything is signed over the change; only what the software authenticator made can be.
    pub(crate) sign_anew: bool,
    /// The flags to turn over.
    pub(crate) flags: u8,
    pub(crate) sign_count: Option<u32>,
    pub(crate) origin: Option<String>,
    pub(crate) challenge: Option<String>,
    pub(crate) rp_id: Option<String>,
    pub(crate) ty: Option<String>,
    /// Single bits to turn over, once all of that is done. They are never signed.
    pub(crate) bits: Vec<Bit>,
}

/// One bit of the bytes of that name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Bit {
    pub(crate) bytes: String,
    pub(crate) at: usize,
    pub(crate) bit: u8,
}

impl Tampering {
    /// Whether nothing is changed.
    pub(crate) fn is_idle(&self) -> bool {
        *self
            == Self {
                sign_anew: self.sign_anew,
                ..Self::default()
            }
    }

    /// Turns a bit over, or back.
    pub(crate) fn flip(&mut self, bit: Bit) {
        match self.bits.iter().position(|known| *known == bit) {
            Some(known) => {
                self.bits.remove(known);
            }
            None => self.bits.push(bit),
        }
    }

    /// The response with all that is changed. `None` when it is not a response, or has not what is to be changed.
    pub(crate) fn apply(&self, ceremony: &Ceremony) -> Option<String> {
        let changed = match ceremony.draft.clone().filter(|_| self.sign_anew) {
            Some(draft) => self.redraft(draft).response(),
            None => self.patch(ceremony)?,
        };
        if self.bits.is_empty() {
            return Some(changed);
        }
        let mut response: Value = serde_json::from_str(&changed).ok()?;
        for bit in &self.bits {
            edit(&mut response, &bit.bytes, |bytes| {
                *bytes.get_mut(bit.at)? ^= 1_u8.checked_shl(bit.bit.into())?;
                Some(())
            })?;
        }
        Some(json(&response))
    }

    /// Changes what is not signed yet.
    fn redraft(&self, draft: Draft) -> Draft {
        match draft {
            Draft::Registration(draft) => Draft::Registration(draft.with(|draft| {
                self.say(&mut draft.client_data);
                self.claim(&mut draft.authenticator_data);
            })),
            Draft::Authentication(draft) => Draft::Authentication(draft.with(|draft| {
                self.say(&mut draft.client_data);
                self.claim(&mut draft.authenticator_data);
            })),
        }
    }

    fn say(&self, client_data: &mut ClientData) {
        let members = [
            (&self.origin, &mut client_data.origin),
            (&self.challenge, &mut client_data.challenge),
            (&self.ty, &mut client_data.ty),
        ];
        for (new, member) in members {
            if let Some(new) = new {
                member.clone_from(new);
            }
        }
    }

    fn claim(&self, data: &mut AuthenticatorData) {
        data.flags = Flags(data.flags.0 ^ self.flags);
        if let Some(sign_count) = self.sign_count {
            data.sign_count = sign_count;
        }
        if let Some(rp_id) = &self.rp_id {
            data.rp_id_hash = rp_id_hash(rp_id);
        }
    }

    /// Changes what is signed already.
    fn patch(&self, ceremony: &Ceremony) -> Option<String> {
        let mut response: Value = serde_json::from_str(&ceremony.response).ok()?;
        let said = [
            ("origin", &self.origin),
            ("challenge", &self.challenge),
            ("type", &self.ty),
        ];
        for (member, new) in said {
            if let Some(new) = new {
                edit(&mut response, "clientDataJSON", |bytes| {
                    *bytes = replace_member(bytes, member, new)?;
                    Some(())
                })?;
            }
        }
        if self.flags == 0 && self.sign_count.is_none() && self.rp_id.is_none() {
            return Some(json(&response));
        }
        let (name, start) = authenticator_data_in(ceremony)?;
        edit(&mut response, name, |bytes| {
            let data = bytes.get_mut(start..)?;
            if let Some(rp_id) = &self.rp_id {
                data.get_mut(..32)?.copy_from_slice(&rp_id_hash(rp_id));
            }
            *data.get_mut(32)? ^= self.flags;
            if let Some(sign_count) = self.sign_count {
                data.get_mut(33..37)?
                    .copy_from_slice(&sign_count.to_be_bytes());
            }
            Some(())
        })?;
        Some(json(&response))
    }
}

/// Which bytes the authenticator data stands in, and where it begins there.
fn authenticator_data_in(ceremony: &Ceremony) -> Option<(&'static str, usize)> {
    match ceremony.expectation.kind {
        Kind::Authentication => Some(("authenticatorData", 0)),
        Kind::Registration => {
            let layout = Layout::of(&decode(&ceremony.response).root);
            let path = ["response", "attestationObject", "authData", "rpIdHash"];
            let spot = layout.spot(layout.find(&path)?)?;
            Some(("attestationObject", spot.start))
        }
    }
}

/// The flags of a response, and its counter.
pub(crate) fn flags_and_count(ceremony: &Ceremony) -> Option<(u8, u32)> {
    let (name, start) = authenticator_data_in(ceremony)?;
    let response: Value = serde_json::from_str(&ceremony.response).ok()?;
    let text = response.get("response")?.get(name)?.as_str()?;
    let bytes = Bytes::from_base64url(text).ok()?;
    let data = bytes.as_slice().get(start..)?;
    let count = data.get(33..37)?.try_into().ok()?;
    Some((*data.get(32)?, u32::from_be_bytes(count)))
}

/// Changes the bytes of a member, wherever it is.
fn edit(
    response: &mut Value,
    name: &str,
    change: impl FnOnce(&mut Vec<u8>) -> Option<()>,
) -> Option<()> {
    let inner = response.pointer(&format!("/response/{name}")).is_some();
    let member = if inner {
        response.get_mut("response")?.get_mut(name)?
    } else {
        response.get_mut(name)?
    };
    let mut bytes = Bytes::from_base64url(member.as_str()?).ok()?.into_vec();
    change(&mut bytes)?;
    *member = Value::from(encode_base64url(&bytes));
    Some(())
}

/// Another text for a member of JSON; all other bytes stay what they are.
fn replace_member(bytes: &[u8], name: &str, new: &str) -> Option<Vec<u8>> {
    let text = core::str::from_utf8(bytes).ok()?;
    let members: HashMap<&str, &RawValue> = serde_json::from_str(text).ok()?;
    let raw = members.get(name)?.get();
    let start = raw.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    let (before, after) = (text.get(..start)?, text.get(start + raw.len()..)?);
    let new = serde_json::to_string(new).ok()?;
    Some(format!("{before}{new}{after}").into_bytes())
}

#[cfg(test)]
mod tests {
    use passkeep_inspect::verify::Conclusion;
    use passkeep_testkit::{Authenticator, options};

    use super::*;
    use crate::ceremony::{Expectation, Maker, Times, credential_of};
    use crate::software::{Behaviour, create, get};

    const NOW: u64 = 1_800_000_000_000;
    const ORIGIN: &str = "https://example.org";

    fn ceremony(draft: Draft, known: &[crate::ceremony::KnownCredential]) -> Ceremony {
        let response = draft.clone().response();
        Ceremony {
            maker: Maker::Software,
            expectation: Expectation::guess(&response, known).unwrap(),
            response,
            options: None,
            times: Times::default(),
            draft: Some(draft),
        }
    }

    fn ceremonies() -> [Ceremony; 2] {
        let config = Behaviour::default().config(NOW);
        let mut authenticator = Authenticator::with_config("tamper", config);
        let mut creation = options::creation("example.org", b"a challenge of 22 byte");
        creation.attestation =
            Some(passkeep_protocol::names::AttestationConveyancePreference::Direct);
        let registration = create(ORIGIN, &creation, &mut authenticator).unwrap();
        let registration = ceremony(registration, &[]);
        let known = credential_of(&registration.response).unwrap();
        let request = options::request("example.org", b"another challenge here");
        let authentication = get(ORIGIN, &request, &mut authenticator).unwrap();
        [registration, ceremony(authentication, &[known])]
    }

    /// The step that refuses what was changed.
    #[track_caller]
    fn refused_by(ceremony: &Ceremony, tampering: &Tampering) -> String {
        let response = tampering.apply(ceremony).unwrap();
        let report = ceremony.expectation.judge(&response, NOW);
        assert_eq!(report.conclusion(), Conclusion::Refused, "{tampering:?}");
        report.verdict()["check"].as_str().unwrap().to_owned()
    }

    #[test]
    fn nothing_changed_is_the_same_response() {
        for ceremony in ceremonies() {
            for sign_anew in [false, true] {
                let idle = Tampering {
                    sign_anew,
                    ..Tampering::default()
                };
                assert!(idle.is_idle());
                let same = idle.apply(&ceremony).unwrap();
                let report = ceremony.expectation.judge(&same, NOW);
                assert_eq!(report.conclusion(), Conclusion::Accepted);
            }
        }
    }

    #[test]
    fn each_lie_is_refused_by_its_own_step_whether_it_is_signed_or_not() {
        let text = |text: &str| Some(text.to_owned());
        let lies = [
            (
                "client_data_origin",
                Tampering {
                    origin: text("https://evil.example"),
                    ..Default::default()
                },
            ),
            (
                "client_data_challenge",
                Tampering {
                    challenge: text("AAAAAAAAAAAAAAAAAAAAAA"),
                    ..Default::default()
                },
            ),
            (
                "client_data_type",
                Tampering {
                    ty: text("payment.get"),
                    ..Default::default()
                },
            ),
            (
                "rp_id_hash",
                Tampering {
                    rp_id: text("evil.example"),
                    ..Default::default()
                },
            ),
            (
                "user_present",
                Tampering {
                    flags: Flags::UP,
                    ..Default::default()
                },
            ),
            (
                "user_verified",
                Tampering {
                    flags: Flags::UV,
                    ..Default::default()
                },
            ),
            (
                "backup_flags",
                Tampering {
                    flags: Flags::BS,
                    ..Default::default()
                },
            ),
        ];
        for ceremony in ceremonies() {
            for (check, lie) in &lies {
                for sign_anew in [false, true] {
                    let lie = Tampering {
                        sign_anew,
                        ..lie.clone()
                    };
                    assert_eq!(refused_by(&ceremony, &lie), *check, "{lie:?}");
                }
            }
        }
    }

    #[test]
    fn a_changed_counter_breaks_the_signature_unless_it_is_signed() {
        let [registration, authentication] = ceremonies();
        assert_eq!(flags_and_count(&registration), Some((0x45, 0)));
        assert_eq!(flags_and_count(&authentication), Some((0x05, 1)));
        let mut lie = Tampering {
            sign_count: Some(7),
            ..Default::default()
        };
        assert_eq!(refused_by(&registration, &lie), "attestation_statement");
        assert_eq!(refused_by(&authentication, &lie), "signature");
        lie.sign_anew = true;
        let response = lie.apply(&authentication).unwrap();
        let report = authentication.expectation.judge(&response, NOW);
        assert_eq!(report.conclusion(), Conclusion::Accepted);
    }

    #[test]
    fn a_single_bit_is_enough() {
        let [registration, authentication] = ceremonies();
        let bit = |bytes: &str, at| Bit {
            bytes: bytes.to_owned(),
            at,
            bit: 0,
        };
        let mut lie = Tampering {
            sign_anew: true,
            ..Default::default()
        };
        lie.flip(bit("signature", 20));
        assert_eq!(refused_by(&authentication, &lie), "signature");
        lie.flip(bit("signature", 20));
        assert!(lie.is_idle());
        lie.flip(bit("rawId", 0));
        assert_eq!(refused_by(&registration, &lie), "credential_id_text");
        lie.flip(bit("rawId", 99));
        assert_eq!(lie.apply(&registration), None);
    }
}
