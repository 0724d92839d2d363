//! What client and authenticator do with the options, rule by rule.

#![expect(
    clippy::unwrap_used,
    reason = "clippy takes the helpers of an integration test for production code"
)]

use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::authenticator_data::{AuthenticatorData, Flags};
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::client_data::CollectedClientData;
use passkeep_protocol::cose::{CoseAlgorithm, CoseKey};
use passkeep_protocol::names::{
    AttestationConveyancePreference, AuthenticatorAttachment, PublicKeyCredentialType,
    ResidentKeyRequirement, UserVerificationRequirement,
};
use passkeep_protocol::options::PublicKeyCredentialCreationOptionsJson;
use passkeep_protocol::response::{AuthenticationResponseJson, RegistrationResponseJson};
use passkeep_testkit::authenticator::{Config, Counter, ResidentKeys, UserVerification};
use passkeep_testkit::{Authenticator, Client, ClientError, options};

const RP_ID: &str = "example.org";

fn client() -> Client {
    Client::new("https://example.org")
}

fn creation() -> PublicKeyCredentialCreationOptionsJson {
    options::creation(RP_ID, b"challenge")
}

fn authenticator(config: Config) -> Authenticator {
    Authenticator::with_config("seed", config)
}

#[track_caller]
fn create(
    options: &PublicKeyCredentialCreationOptionsJson,
    authenticator: &mut Authenticator,
) -> RegistrationResponseJson {
    client().create(options, authenticator).unwrap()
}

#[track_caller]
fn get(authenticator: &mut Authenticator) -> AuthenticationResponseJson {
    let request = options::request(RP_ID, b"challenge");
    client().get(&request, authenticator).unwrap()
}

/// Format, flags, counter and algorithm of a registration.
#[track_caller]
fn made(response: &RegistrationResponseJson) -> (String, Flags, u32, CoseAlgorithm) {
    let object = response.response.attestation_object.as_slice();
    let object = AttestationObject::parse(object).unwrap();
    let data = AuthenticatorData::parse(object.auth_data).unwrap();
    let credential = data.attested_credential_data.unwrap();
    let key = CoseKey::parse(credential.credential_public_key).unwrap();
    (object.fmt.to_owned(), data.flags, data.sign_count, key.alg)
}

/// Flags and counter of an authentication.
#[track_caller]
fn signed(response: &AuthenticationResponseJson) -> (Flags, u32) {
    let data = response.response.authenticator_data.as_slice();
    let data = AuthenticatorData::parse(data).unwrap();
    (data.flags, data.sign_count)
}

#[test]
fn the_relying_party_s_order_of_algorithms_decides() {
    let mut options = creation();
    options.pub_key_cred_params.reverse();
    assert_eq!(
        made(&create(&creation(), &mut Authenticator::new("a"))).3,
        CoseAlgorithm::ES256
    );
    assert_eq!(
        made(&create(&options, &mut Authenticator::new("a"))).3,
        CoseAlgorithm::ML_DSA_87
    );

    let only_ed25519 = Config {
        algorithms: vec![CoseAlgorithm::EDDSA],
        ..Config::default()
    };
    let mut authenticator = authenticator(only_ed25519);
    assert_eq!(
        made(&create(&options, &mut authenticator)).3,
        CoseAlgorithm::EDDSA
    );

    // An empty list stands for ES256 and RS256.
    options.pub_key_cred_params.clear();
    let refused = client().create(&options, &mut authenticator);
    assert_eq!(refused, Err(ClientError::Algorithms));
    assert_eq!(
        made(&create(&options, &mut Authenticator::new("a"))).3,
        CoseAlgorithm::ES256
    );
}

#[test]
fn parameters_of_an_unknown_type_do_not_count() {
    let mut options = creation();
    for parameters in &mut options.pub_key_cred_params {
        parameters.ty = PublicKeyCredentialType::Unknown("seal".into());
    }
    let refused = client().create(&options, &mut Authenticator::new("a"));
    assert_eq!(refused, Err(ClientError::Algorithms));
}

#[test]
fn an_excluded_credential_is_found_again() {
    let mut authenticator = Authenticator::new("a");
    let first = create(&creation(), &mut authenticator);
    let mut again = creation();
    again.exclude_credentials = vec![
        options::descriptor(b"another"),
        options::descriptor(first.raw_id.as_slice()),
    ];
    let refused = client().create(&again, &mut authenticator);
    assert_eq!(refused, Err(ClientError::Excluded));
    assert_eq!(authenticator.credentials().len(), 1);

    // It belongs to its RP ID, and to its authenticator.
    again.rp.id = Some("other.example".into());
    let other = Client::new("https://other.example");
    assert_eq!(other.create(&again, &mut authenticator).map(|_| ()), Ok(()));
    again.rp.id = Some(RP_ID.into());
    create(&again, &mut Authenticator::new("b"));
}

#[test]
fn a_user_handle_has_1_to_64_bytes() {
    for (length, expected) in [
        (0, Err(ClientError::UserHandleLength(0))),
        (1, Ok(())),
        (64, Ok(())),
        (65, Err(ClientError::UserHandleLength(65))),
    ] {
        let mut options = creation();
        options.user.id = Bytes::new(vec![1; length]);
        let outcome = client().create(&options, &mut Authenticator::new("a"));
        assert_eq!(outcome.map(|_| ()), expected, "{length}");
    }
}

#[test]
fn an_origin_may_use_its_own_domain_and_its_suffixes() {
    let cases = [
        (
            "https://example.org",
            Some("example.org"),
            Some("example.org"),
        ),
        (
            "https://login.example.org:8443",
            Some("example.org"),
            Some("example.org"),
        ),
        ("https://login.example.org", None, Some("login.example.org")),
        (
            "http://localhost:8080",
            Some("localhost"),
            Some("localhost"),
        ),
        (
            "android:apk-key-hash:AA",
            Some("example.org"),
            Some("example.org"),
        ),
        ("https://example.org", Some("login.example.org"), None),
        ("https://badexample.org", Some("example.org"), None),
        ("https://example.org", Some("org"), None),
        ("https://example.org", Some(""), None),
        ("http://example.org", Some("example.org"), None),
        ("android:apk-key-hash:AA", None, None),
        ("example.org", Some("example.org"), None),
    ];
    for (origin, asked, expected) in cases {
        let mut options = creation();
        options.rp.id = asked.map(str::to_owned);
        let mut authenticator = Authenticator::new("a");
        let outcome = Client::new(origin).create(&options, &mut authenticator);
        let used = authenticator.credentials().first();
        assert_eq!(used.map(|it| &*it.rp_id), expected, "{origin} {asked:?}");
        if expected.is_none() {
            let refused = ClientError::RpId {
                origin: origin.to_owned(),
                rp_id: asked.unwrap_or_default().to_owned(),
            };
            assert_eq!(outcome, Err(refused));
        }
    }
}

#[test]
fn user_verification_follows_requirement_and_ability() {
    use UserVerification::{Always, OnRequest, Unavailable};
    use UserVerificationRequirement::{Discouraged, Preferred, Required};
    let cases = [
        (
            Unavailable,
            Some(Required),
            Err(ClientError::UserVerification),
        ),
        (Unavailable, Some(Preferred), Ok(false)),
        (OnRequest, Some(Required), Ok(true)),
        (OnRequest, Some(Preferred), Ok(true)),
        (OnRequest, None, Ok(true)),
        (OnRequest, Some(Discouraged), Ok(false)),
        (Always, Some(Discouraged), Ok(true)),
    ];
    for (user_verification, requirement, expected) in cases {
        let config = Config {
            user_verification,
            ..Config::default()
        };
        let mut authenticator = authenticator(config);
        let mut options = creation();
        let selection = options.authenticator_selection.as_mut().unwrap();
        selection.user_verification = requirement.clone();
        let registered = client().create(&options, &mut authenticator);
        let verified = registered.map(|it| made(&it).1.user_verified());
        assert_eq!(verified, expected, "{user_verification:?} {requirement:?}");

        // The credential to sign in with: user verification is preferred, so that it exists in every case.
        create(&creation(), &mut authenticator);
        let mut request = options::request(RP_ID, b"challenge");
        request.user_verification = requirement;
        let signed_in = client().get(&request, &mut authenticator);
        let verified = signed_in.map(|it| signed(&it).0.user_verified());
        assert_eq!(verified, expected, "{user_verification:?}");
    }
}

#[test]
fn resident_keys_follow_requirement_and_ability() {
    use ResidentKeyRequirement::{Discouraged, Preferred, Required};
    use ResidentKeys::{Always, OnRequest, Unavailable};
    let cases = [
        (
            Unavailable,
            Some(Required),
            false,
            Err(ClientError::ResidentKey(Required)),
        ),
        (
            Unavailable,
            None,
            true,
            Err(ClientError::ResidentKey(Required)),
        ),
        (Unavailable, Some(Preferred), false, Ok(false)),
        (OnRequest, Some(Required), false, Ok(true)),
        (OnRequest, Some(Preferred), false, Ok(true)),
        (OnRequest, Some(Discouraged), true, Ok(false)),
        (OnRequest, None, true, Ok(true)),
        (OnRequest, None, false, Ok(false)),
        (Always, Some(Discouraged), false, Ok(true)),
    ];
    for (resident_keys, requirement, legacy, expected) in cases {
        let config = Config {
            resident_keys,
            ..Config::default()
        };
        let mut authenticator = authenticator(config);
        let mut options = creation();
        options.extensions.cred_props = Some(true);
        let selection = options.authenticator_selection.as_mut().unwrap();
        selection.resident_key = requirement.clone();
        selection.require_resident_key = legacy;
        let outcome = client().create(&options, &mut authenticator);
        let reported = outcome.map(|it| {
            let properties = it.client_extension_results.cred_props;
            properties.and_then(|it| it.rk) == Some(true)
        });
        assert_eq!(
            reported, expected,
            "{resident_keys:?} {requirement:?} {legacy}"
        );
        let held = authenticator.credentials().first();
        assert_eq!(held.map(|it| it.discoverable), expected.ok());
    }
}

#[test]
fn the_other_attachment_is_refused() {
    let mut options = creation();
    let selection = options.authenticator_selection.as_mut().unwrap();
    selection.authenticator_attachment = Some(AuthenticatorAttachment::CrossPlatform);
    let refused = client().create(&options, &mut Authenticator::new("a"));
    let expected = ClientError::Attachment(AuthenticatorAttachment::CrossPlatform);
    assert_eq!(refused, Err(expected));
    create(&options, &mut authenticator(Config::security_key()));
}

#[test]
fn a_statement_is_given_when_asked_for_or_harmless() {
    use AttestationConveyancePreference::{Direct, None as NoStatement};
    let anonymous = [0; 16];
    let model = [7; 16];
    for (aaguid, wanted, expected) in [
        (anonymous, None, "packed"),
        (anonymous, Some(Direct), "packed"),
        (model, None, "none"),
        (model, Some(NoStatement), "none"),
        (model, Some(Direct), "packed"),
    ] {
        let config = Config {
            aaguid,
            ..Config::security_key()
        };
        let mut options = creation();
        options.attestation = wanted.clone();
        let registered = create(&options, &mut authenticator(config));
        assert_eq!(made(&registered).0, expected, "{aaguid:?} {wanted:?}");
    }
}

#[test]
fn counters_count_as_configured() {
    for (counter, expected) in [
        (Counter::Unavailable, [0, 0, 0, 0, 0]),
        (Counter::PerCredential, [0, 0, 1, 2, 1]),
        (Counter::Shared, [1, 2, 3, 4, 5]),
    ] {
        let config = Config {
            counter,
            ..Config::default()
        };
        let mut authenticator = authenticator(config);
        let mut bob = creation();
        bob.user.id = Bytes::from(&b"bob"[..]);
        let first = made(&create(&creation(), &mut authenticator)).2;
        let second = made(&create(&bob, &mut authenticator)).2;
        let (third, fourth) = (
            signed(&get(&mut authenticator)).1,
            signed(&get(&mut authenticator)).1,
        );
        authenticator.config.chosen_account = Some(b"ada".to_vec());
        let fifth = signed(&get(&mut authenticator)).1;
        assert_eq!(
            [first, second, third, fourth, fifth],
            expected,
            "{counter:?}"
        );
    }
}

#[test]
fn a_clone_counts_for_itself() {
    let mut original = authenticator(Config::security_key());
    create(&creation(), &mut original);
    let mut clone = original.clone();
    assert_eq!(signed(&get(&mut original)).1, 1);
    assert_eq!(signed(&get(&mut original)).1, 2);
    assert_eq!(signed(&get(&mut clone)).1, 1);
}

#[test]
fn the_newest_account_is_picked_unless_another_is_chosen() {
    let mut authenticator = Authenticator::new("a");
    let mut bob = creation();
    bob.user.id = Bytes::from(&b"bob"[..]);
    create(&creation(), &mut authenticator);
    create(&bob, &mut authenticator);
    assert_eq!(
        get(&mut authenticator).response.user_handle(),
        Some(&b"bob"[..])
    );
    authenticator.config.chosen_account = Some(b"ada".to_vec());
    assert_eq!(
        get(&mut authenticator).response.user_handle(),
        Some(&b"ada"[..])
    );
    authenticator.config.chosen_account = Some(b"eve".to_vec());
    let request = options::request(RP_ID, b"challenge");
    let refused = client().get(&request, &mut authenticator);
    assert_eq!(refused, Err(ClientError::NoCredential));
}

#[test]
fn a_second_passkey_of_an_account_replaces_the_first() {
    let mut authenticator = Authenticator::new("a");
    let first = create(&creation(), &mut authenticator);
    let second = create(&creation(), &mut authenticator);
    assert_ne!(first.raw_id, second.raw_id);
    assert_eq!(authenticator.credentials().len(), 1);
    assert_eq!(get(&mut authenticator).raw_id, second.raw_id);
}

#[test]
fn a_credential_that_is_not_discoverable_needs_the_allow_list() {
    let mut authenticator = authenticator(Config::security_key());
    let mut options = creation();
    options.authenticator_selection = None;
    let registered = create(&options, &mut authenticator);

    let mut request = options::request(RP_ID, b"challenge");
    let refused = client().get(&request, &mut authenticator);
    assert_eq!(refused, Err(ClientError::NoCredential));

    let known = options::descriptor(registered.raw_id.as_slice());
    request.allow_credentials = vec![options::descriptor(b"another"), known];
    let signed_in = client().get(&request, &mut authenticator).unwrap();
    assert_eq!(signed_in.raw_id, registered.raw_id);
    assert_eq!(signed_in.response.raw_user_handle, None);

    // A list of unknown types is not an empty list.
    create(&creation(), &mut authenticator);
    for descriptor in &mut request.allow_credentials {
        descriptor.ty = PublicKeyCredentialType::Unknown("seal".into());
    }
    let refused = client().get(&request, &mut authenticator);
    assert_eq!(refused, Err(ClientError::NoCredential));
}

#[test]
fn a_frame_reports_the_top_level_origin() {
    let mut client = client();
    client.top_origin = Some("https://top.example".into());
    let reported = |client: &Client| {
        let registered = client
            .create(&creation(), &mut Authenticator::new("a"))
            .unwrap();
        let json = registered.response.client_data_json.as_slice();
        let parsed = CollectedClientData::parse(json).unwrap();
        (
            parsed.cross_origin,
            parsed.top_origin.map(|it| it.into_owned()),
        )
    };
    assert_eq!(reported(&client), (false, None));
    client.cross_origin = true;
    assert_eq!(
        reported(&client),
        (true, Some("https://top.example".into()))
    );
}
