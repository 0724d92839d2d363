//! Set-ups that cannot work, and the options of those that can.

use std::time::Duration;

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_verify::origin::Origin;
use passkeep_verify::start::{AuthenticationRequest, RegistrationRequest};
use passkeep_verify::{Misuse, RelyingParty, Timestamp};
use serde_json::json;

use crate::{config, fresh, relying_party, user};

#[test]
fn set_ups_that_cannot_work_are_refused() {
    let refused = |change: fn(&mut passkeep_verify::RelyingPartyConfig)| {
        let mut config = config();
        change(&mut config);
        RelyingParty::new(config).unwrap_err()
    };
    for id in [
        "",
        "Example.org",
        "https://example.org",
        "example.org:8080",
        "example..org",
    ] {
        let mut config = config();
        config.id = id.to_owned();
        let misuse = RelyingParty::new(config).unwrap_err();
        assert_eq!(misuse, Misuse::RpId(id.to_owned()));
    }
    assert_eq!(
        refused(|config| config.origins = Vec::new().into()),
        Misuse::NoOrigin
    );
    assert_eq!(
        refused(
            |config| config.origins = vec![Origin::parse("https://example.com").unwrap()].into()
        ),
        Misuse::OriginOutsideRpId("https://example.com".to_owned())
    );
    assert_eq!(
        refused(|config| config.algorithms.clear()),
        Misuse::NoAlgorithm
    );
    assert_eq!(
        refused(|config| config.algorithms.push(CoseAlgorithm(-260))),
        Misuse::AlgorithmWithoutProvider(CoseAlgorithm(-260))
    );
    assert_eq!(
        refused(|config| config.algorithms.push(CoseAlgorithm::RS1)),
        Misuse::AlgorithmNotForCredentials(CoseAlgorithm::RS1)
    );
}

#[test]
fn a_ceremony_is_not_over_before_the_client_gives_up() {
    let set_up = |lifetime, timeout| {
        let mut config = config();
        (config.lifetime, config.timeout) = (lifetime, timeout);
        RelyingParty::new(config)
    };
    let minute = Duration::from_mins(1);
    let (options, pending) = set_up(minute, minute)
        .unwrap()
        .start_authentication(AuthenticationRequest::anyone(), fresh(7));
    assert_eq!(options.timeout, Some(60_000));
    assert_eq!(pending.expires_at(), Timestamp(1_800_000_060_000));

    let timeout = minute + Duration::from_millis(1);
    let lifetime = minute;
    let misuse = set_up(lifetime, timeout).unwrap_err();
    let expected = Misuse::LifetimeBelowTimeout { lifetime, timeout };
    assert_eq!(misuse, expected);
    let words = "clients are told to wait for 60.001s, and the ceremony is over after 60s";
    assert_eq!(misuse.to_string(), words);
}

#[test]
fn all_pages_may_be_on_related_origins() {
    let mut config = config();
    config.origins = Vec::new().into();
    config.related_origins = vec![Origin::parse("https://example.com").unwrap()];
    let relying_party = RelyingParty::new(config).unwrap();
    assert_eq!(
        relying_party.related_origins()[0].as_str(),
        "https://example.com"
    );
}

#[test]
fn creation_options_are_what_browsers_and_android_take() {
    let (options, pending) =
        relying_party().start_registration(RegistrationRequest::new(user()), fresh(7));
    let challenge = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
    let expected = json!({
        "rp": {"name": "Example", "id": "example.org"},
        "user": {"id": "YWRhJ3MgaGFuZGxl", "name": "ada", "displayName": "Ada"},
        "challenge": challenge,
        "pubKeyCredParams": [
            {"type": "public-key", "alg": -8},
            {"type": "public-key", "alg": -7},
            {"type": "public-key", "alg": -257},
        ],
        "timeout": 300_000,
        "excludeCredentials": [],
        "authenticatorSelection": {
            "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
        },
        "attestation": "none",
    });
    assert_eq!(serde_json::to_value(options).unwrap(), expected);
    assert_eq!(pending.expires_at(), Timestamp(1_800_000_600_000));
}

#[test]
fn request_options_are_what_strict_parsers_take() {
    let (options, pending) =
        relying_party().start_authentication(AuthenticationRequest::anyone(), fresh(7));
    let expected = json!({
        "challenge": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
        "timeout": 300_000,
        "rpId": "example.org",
        "allowCredentials": [],
        "userVerification": "required",
    });
    assert_eq!(serde_json::to_value(options).unwrap(), expected);
    assert_eq!(pending.user(), None);
}
