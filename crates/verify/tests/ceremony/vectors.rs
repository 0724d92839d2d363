//! The specification's own test vectors. [L3 §16]
//!
//! [L3 §16]: https://www.w3.org/TR/webauthn-3/#sctn-test-vectors

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::names::UserVerificationRequirement;
use passkeep_testkit::vectors::{self, Ceremony};
use passkeep_verify::algorithm::CryptoProvider;
use passkeep_verify::attestation::Trust;
use passkeep_verify::ceremony::Fresh;
use passkeep_verify::finding::Finding;
use passkeep_verify::rejection::AttestationRejection;
use passkeep_verify::start::{AuthenticationRequest, RegistrationRequest};
use passkeep_verify::trust::TrustAnchor;
use passkeep_verify::{
    Candidate, CeremonyId, Challenge, Rejection, RelyingParty, RelyingPartyConfig,
    VerifiedAuthentication, VerifiedRegistration, VerifyError,
};

use crate::{NOW, PROVIDERS, ada, config, user};

fn fresh(challenge: &[u8]) -> Fresh {
    Fresh {
        id: CeremonyId([1; 16]),
        challenge: Challenge::new(challenge).expect("a challenge"),
        now: NOW,
    }
}

/// The vectors set UV at random, so none may be demanded.
fn lenient(crypto: CryptoProvider) -> RelyingPartyConfig {
    let mut config = config();
    config.crypto = crypto;
    config.user_verification = UserVerificationRequirement::Preferred;
    config
}

fn register(
    ceremony: &Ceremony,
    crypto: CryptoProvider,
) -> Result<VerifiedRegistration, VerifyError> {
    let registration = &ceremony.registration;
    let mut config = lenient(crypto);
    config.algorithms = vec![ceremony.algorithm];
    let root = TrustAnchor::from_der(vectors::attestation_root().certificate).unwrap();
    config.trust.anchors = [root].into();
    let relying_party = RelyingParty::new(config).unwrap();
    let fresh = fresh(&registration.challenge);
    let (_, pending) = relying_party.start_registration(RegistrationRequest::new(user()), fresh);
    relying_party.finish_registration(pending, &registration.response, NOW)
}

fn sign_in(
    ceremony: &Ceremony,
    crypto: CryptoProvider,
) -> Result<VerifiedAuthentication, VerifyError> {
    let relying_party = RelyingParty::new(lenient(crypto)).unwrap();
    // The vectors have no user handles, as after a user name was typed.
    let user = ada();
    let fresh = fresh(&ceremony.authentication.challenge);
    let (_, pending) = relying_party
        .start_authentication(AuthenticationRequest::account(user.clone(), vec![]), fresh);
    let candidate = Candidate {
        id: &Bytes::from(&ceremony.credential_id[..]),
        user: &user,
        public_key: &ceremony.public_key,
        sign_count: 0,
        uv_initialized: ceremony.registration_flags.user_verified(),
        backup_eligible: ceremony.registration_flags.backup_eligible(),
    };
    let response = &ceremony.authentication.response;
    relying_party.finish_authentication(pending, response, candidate, NOW)
}

#[test]
fn the_specifications_vectors_are_accepted_unless_framed() {
    for crypto in PROVIDERS {
        // The fifteen of the specification, and the repaired one of android-key.
        let ceremonies: Vec<_> = vectors::l3().collect();
        assert_eq!(ceremonies.len(), 16);
        for ceremony in ceremonies {
            judge(&ceremony, *crypto);
        }
    }
}

#[track_caller]
fn judge(ceremony: &Ceremony, crypto: CryptoProvider) {
    let name = format!("{} on {}", ceremony.name, crypto.name);
    assert!(crypto.algorithm(ceremony.algorithm).is_some(), "{name}");
    let registration = register(ceremony, crypto);
    let authentication = sign_in(ceremony, crypto);
    if ceremony.cross_origin {
        let refused = VerifyError::Rejected(Rejection::CrossOriginNotAccepted);
        assert_eq!(registration.unwrap_err(), refused, "{name}");
        assert_eq!(authentication.unwrap_err(), refused, "{name}");
        return;
    }
    if ceremony.name == vectors::INCOMPLETE {
        let refused = AttestationRejection::AndroidOriginDiffers;
        assert_eq!(registration.unwrap_err(), refused.into(), "{name}");
    } else {
        let verified = registration.unwrap_or_else(|error| panic!("{name}: {error}"));
        let record = verified.record();
        let (id, key) = (record.id.as_slice(), record.public_key.as_slice());
        assert_eq!(id, ceremony.credential_id, "{name}");
        assert_eq!(key, ceremony.public_key, "{name}");
        let json = &ceremony.registration.response.response.client_data_json;
        assert_eq!(verified.findings(), added(json), "{name}");
        let attestation = verified.attestation_outcome();
        assert_eq!(attestation.fmt, ceremony.fmt, "{name}");
        let trusted = matches!(attestation.trust, Trust::Trusted { .. });
        assert_eq!(trusted, ceremony.certified, "{name}");
    }
    let verified = authentication.unwrap_or_else(|error| panic!("{name}: {error}"));
    let json = &ceremony.authentication.response.response.client_data_json;
    assert_eq!(verified.findings(), added(json), "{name}");
}

/// The member that the specification adds to some client data, so that nobody relies on there being none.
fn added(client_data_json: &Bytes) -> Vec<Finding> {
    let text = std::str::from_utf8(client_data_json.as_slice()).unwrap();
    let name = "extraData";
    let there = text.contains(name);
    let finding = there.then(|| Finding::UnknownClientDataMember { name: name.into() });
    finding.into_iter().collect()
}
