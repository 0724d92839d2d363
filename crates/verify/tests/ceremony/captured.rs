//! What authenticators and browsers sent in the field. `tests/captured/README.md` says where it comes from.

use passkeep_protocol::authenticator_data::AuthenticatorData;
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::names::UserVerificationRequirement;
use passkeep_protocol::response::{AuthenticationResponseJson, RegistrationResponseJson};
use passkeep_verify::algorithm::CryptoProvider;
use passkeep_verify::attestation::{AttestationFormat, AttestationOutcome, Trust};
use passkeep_verify::ceremony::Fresh;
use passkeep_verify::metadata::Date;
use passkeep_verify::origin::Origin;
use passkeep_verify::start::{AuthenticationRequest, RegistrationRequest};
use passkeep_verify::trust::TrustPolicy;
use passkeep_verify::{
    Candidate, CeremonyId, Challenge, RelyingParty, RelyingPartyConfig, Timestamp, UserHandle,
    VerifyError,
};
use serde_json::Value;

use crate::{PROVIDERS, user};

/// The captured ceremonies of that kind: name, document and what is expected.
fn captured(kind: &str) -> Vec<(String, Value, Value)> {
    let all: Vec<Value> =
        serde_json::from_str(include_str!("../captured/ceremonies.json")).unwrap();
    let of_kind = all
        .into_iter()
        .filter(|one| one["document"]["kind"] == kind);
    let taken = of_kind.map(|mut one| {
        let [document, expected] = ["document", "expected"].map(|member| one[member].take());
        (text(&one["name"]).to_owned(), document, expected)
    });
    taken.collect()
}

#[track_caller]
fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[track_caller]
fn bytes(value: &Value) -> Bytes {
    Bytes::from_base64url(text(value)).unwrap()
}

/// `2021-09-03T21:07:22Z`, and no other form.
fn now(document: &Value) -> Timestamp {
    let (date, time) = text(&document["now"]).split_once('T').unwrap();
    let time = time.strip_suffix('Z').unwrap().split(':');
    let seconds = time.fold(0, |sum, part| sum * 60 + part.parse::<u32>().unwrap());
    Date::parse(date).unwrap().start().plus_seconds(seconds)
}

fn fresh(document: &Value) -> Fresh {
    Fresh {
        id: CeremonyId([1; 16]),
        challenge: Challenge::new(bytes(&document["challenge"]).as_slice()).unwrap(),
        now: now(document),
    }
}

fn relying_party(document: &Value, crypto: CryptoProvider, trust: TrustPolicy) -> RelyingParty {
    let id = text(&document["rp_id"]);
    let origins = vec![Origin::parse(text(&document["origins"][0])).unwrap()];
    let mut config = RelyingPartyConfig::new(id, "Captured", origins, crypto);
    config.user_verification = UserVerificationRequirement::Discouraged;
    let all = CoseAlgorithm::ALL.iter().copied();
    config.algorithms = all.filter(|id| crypto.algorithm(*id).is_some()).collect();
    config.trust = trust;
    RelyingParty::new(config).unwrap()
}

fn register(
    document: &Value,
    crypto: CryptoProvider,
    trust: TrustPolicy,
) -> Result<AttestationOutcome, VerifyError> {
    let relying_party = relying_party(document, crypto, trust);
    let json = document["response"].to_string();
    let response = RegistrationResponseJson::parse(json.as_bytes()).unwrap();
    let request = RegistrationRequest::new(user());
    let (_, pending) = relying_party.start_registration(request, fresh(document));
    let verified = relying_party.finish_registration(pending, &response, now(document))?;
    Ok(verified.attestation_outcome().clone())
}

fn sign_in(
    document: &Value,
    crypto: CryptoProvider,
    change: impl FnOnce(&mut AuthenticationResponseJson),
) -> Result<u32, VerifyError> {
    let relying_party = relying_party(document, crypto, TrustPolicy::new());
    let json = document["response"].to_string();
    let mut response = AuthenticationResponseJson::parse(json.as_bytes()).unwrap();
    change(&mut response);
    let handle = response.response.user_handle().unwrap_or(b"ada");
    let user = UserHandle::new(handle).unwrap();
    let credential = &document["credential"];
    let request = AuthenticationRequest::account(user.clone(), Vec::new());
    let (_, pending) = relying_party.start_authentication(request, fresh(document));
    let (id, public_key) = (bytes(&credential["id"]), bytes(&credential["public_key"]));
    let data = AuthenticatorData::parse(response.response.authenticator_data.as_slice());
    let candidate = Candidate {
        id: &id,
        user: &user,
        public_key: public_key.as_slice(),
        sign_count: credential["sign_count"]
            .as_u64()
            .unwrap()
            .try_into()
            .unwrap(),
        uv_initialized: true,
        backup_eligible: data.unwrap().flags.backup_eligible(),
    };
    let verified =
        relying_party.finish_authentication(pending, &response, candidate, now(document))?;
    Ok(verified.update().sign_count)
}

/// Only what an anchor vouches for, where the ceremony is one of a format that has certificates.
fn policy(expected: &Value) -> TrustPolicy {
    let mut policy = match &expected["root"] {
        Value::Null => TrustPolicy::new(),
        _ => TrustPolicy::trusted_only(),
    };
    policy.formats.insert(AttestationFormat::AndroidSafetyNet);
    policy
}

#[test]
fn registrations_of_real_devices_are_accepted_below_their_vendors_roots() {
    let registrations = captured("registration");
    assert_eq!(registrations.len(), 14);
    for (name, document, expected) in registrations {
        for crypto in PROVIDERS {
            let outcome = register(&document, *crypto, policy(&expected));
            let outcome = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
            let root = match &outcome.trust {
                Trust::Trusted { anchor } => Value::from(anchor.subject().to_string()),
                _ => Value::Null,
            };
            let found = (&*outcome.fmt, outcome.ty.code(), root);
            let [fmt, ty] = ["fmt", "attestation_type"].map(|member| text(&expected[member]));
            assert_eq!(found, (fmt, ty, expected["root"].clone()), "{name}");
        }
    }
}

#[test]
fn sign_ins_of_real_devices_are_accepted_and_not_with_a_changed_bit() {
    let sign_ins = captured("authentication");
    assert_eq!(sign_ins.len(), 6);
    for (name, document, _) in sign_ins {
        for crypto in PROVIDERS {
            let counted = sign_in(&document, *crypto, |_| {});
            let counted = counted.unwrap_or_else(|error| panic!("{name}: {error}"));
            let before = document["credential"]["sign_count"].as_u64().unwrap();
            assert!(
                u64::from(counted) > before || counted == 0,
                "{name}: {counted}"
            );
            let refused = sign_in(&document, *crypto, |response| {
                crate::change(&mut response.response.signature, |bytes| {
                    // Of any of these signatures this byte is within a number.
                    bytes[20] ^= 1;
                });
            });
            let expected = VerifyError::Rejected(passkeep_verify::Rejection::SignatureInvalid);
            assert_eq!(refused, Err(expected), "{name}");
        }
    }
}
