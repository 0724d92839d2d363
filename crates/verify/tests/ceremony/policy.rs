//! What a relying party decides: frames, conditional creation, backup, AppIDs, particular credentials, findings.

use std::slice;

use passkeep_protocol::authenticator_data::Flags;
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::compat::Quirk;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::names::{
    AuthenticatorAttachment, AuthenticatorTransport, UserVerificationRequirement,
};
use passkeep_protocol::response::{AuthenticationResponseJson, RegistrationResponseJson};
use passkeep_protocol::{Problem, Structure};
use passkeep_testkit::authentication::AuthenticationDraft;
use passkeep_testkit::cbor::Value;
use passkeep_testkit::client_data::ClientData;
use passkeep_testkit::registration::RegistrationDraft;
use passkeep_testkit::{Authenticator, Client};
use passkeep_verify::authentication::RecordUpdate;
use passkeep_verify::backup::BackupPolicy;
use passkeep_verify::embedding::{Embedding, danger};
use passkeep_verify::finding::{Finding, FindingAction, FindingKind, FindingPolicy};
use passkeep_verify::origin::Origin;
use passkeep_verify::origin::danger::AnySubdomain;
use passkeep_verify::start::{self, AuthenticationRequest, Mediation, RegistrationRequest};
use passkeep_verify::{
    CredentialRecord, Rejection, RelyingParty, RelyingPartyConfig, VerifiedAuthentication,
    VerifiedRegistration, VerifyError,
};
use sha2::{Digest as _, Sha256};

use crate::{NOW, ada, client, config, fresh, registered, user};

fn with(change: impl FnOnce(&mut RelyingPartyConfig)) -> RelyingParty {
    let mut config = config();
    change(&mut config);
    RelyingParty::new(config).unwrap()
}

fn register(
    relying_party: &RelyingParty,
    request: RegistrationRequest,
    client: &Client,
    draft: impl FnOnce(&mut RegistrationDraft),
    change: impl FnOnce(&mut RegistrationResponseJson),
) -> Result<VerifiedRegistration, VerifyError> {
    let mut authenticator = Authenticator::new("policy");
    let (options, pending) = relying_party.start_registration(request, fresh(1));
    let made = client
        .draft_registration(&options, &mut authenticator)
        .unwrap();
    let mut response = made.with(draft).into_response();
    change(&mut response);
    relying_party.finish_registration(pending, &response, NOW)
}

fn sign_in(
    relying_party: &RelyingParty,
    request: impl FnOnce(&CredentialRecord) -> AuthenticationRequest,
    client: &Client,
    draft: impl FnOnce(&mut AuthenticationDraft),
    change: impl FnOnce(&mut AuthenticationResponseJson, &mut CredentialRecord),
) -> Result<VerifiedAuthentication, VerifyError> {
    let mut authenticator = Authenticator::new("policy");
    let mut record = registered(&with(|_| {}), &mut authenticator);
    let (options, pending) = relying_party.start_authentication(request(&record), fresh(2));
    let made = client
        .draft_authentication(&options, &mut authenticator)
        .unwrap();
    let mut response = made.with(draft).into_response();
    change(&mut response, &mut record);
    let user = ada();
    let candidate = record.candidate(&user);
    relying_party.finish_authentication(pending, &response, candidate, NOW)
}

fn anyone(_: &CredentialRecord) -> AuthenticationRequest {
    AuthenticationRequest::anyone()
}

fn flags(flags: u8) -> impl FnOnce(&mut RegistrationDraft) {
    move |draft| draft.authenticator_data.flags = Flags(flags | Flags::AT)
}

#[track_caller]
fn rejected<T: std::fmt::Debug>(outcome: Result<T, VerifyError>, rejection: Rejection) {
    assert_eq!(outcome.unwrap_err(), VerifyError::Rejected(rejection));
}

fn framed(top_origin: Option<&str>) -> Client {
    let mut framed = client();
    framed.cross_origin = true;
    framed.top_origin = top_origin.map(str::to_owned);
    framed
}

#[test]
fn only_the_pages_on_the_list_may_frame_both_ceremonies() {
    let partner = "https://partner.example";
    let relying_party = with(|config| {
        config.embedding = Embedding::InFramesOf(vec![Origin::parse(partner).unwrap()]);
    });
    let new = || RegistrationRequest::new(user());
    let partners = framed(Some(partner));
    let registration = register(&relying_party, new(), &partners, |_| {}, |_| {}).unwrap();
    assert_eq!(registration.findings(), []);
    let signed_in = sign_in(&relying_party, anyone, &partners, |_| {}, |_, _| {}).unwrap();
    assert_eq!(signed_in.findings(), []);

    let received = "https://other.example".to_owned();
    let others = framed(Some(&received));
    let outcome = register(&relying_party, new(), &others, |_| {}, |_| {});
    let rejection = Rejection::TopOriginNotAccepted { received };
    rejected(outcome, rejection.clone());
    let outcome = sign_in(&relying_party, anyone, &others, |_| {}, |_, _| {});
    rejected(outcome, rejection);

    let anywhere = with(|config| config.embedding = danger::any_embedder());
    register(&anywhere, new(), &others, |_| {}, |_| {}).unwrap();
}

#[test]
fn a_frame_whose_page_is_not_named_is_reported() {
    let relying_party = |findings: FindingPolicy| {
        with(|config| {
            config.embedding = Embedding::InFramesOf(Vec::new());
            config.findings = findings;
        })
    };
    let lenient = relying_party(FindingPolicy::default());
    let verified = sign_in(&lenient, anyone, &framed(None), |_| {}, |_, _| {}).unwrap();
    assert_eq!(verified.findings(), [Finding::TopOriginMissing]);

    let mut findings = FindingPolicy::default();
    let kind = FindingKind::TopOriginMissing;
    findings.set(kind, FindingAction::Reject);
    let strict = relying_party(findings);
    let outcome = sign_in(&strict, anyone, &framed(None), |_| {}, |_, _| {});
    rejected(outcome, Rejection::FindingRefused { kind });
}

#[test]
fn a_conditional_creation_may_come_without_the_user_and_no_other_by_itself() {
    let relying_party = with(|_| {});
    let conditional = || {
        let mut request = RegistrationRequest::new(user());
        request.mediation = Mediation::Conditional;
        request
    };
    let verified = register(&relying_party, conditional(), &client(), flags(0), |_| {}).unwrap();
    assert!(!verified.user_verified());
    assert!(!verified.record().uv_initialized);

    let modal = RegistrationRequest::new(user());
    let outcome = register(&relying_party, modal, &client(), flags(0), |_| {});
    rejected(outcome, Rejection::UserNotPresent);

    // So may what nobody is asked about, where that is said by its name.
    let mut unasked = RegistrationRequest::new(user());
    unasked.user_presence = start::danger::without_user_presence();
    let verified = register(&relying_party, unasked, &client(), flags(Flags::UV), |_| {});
    assert!(verified.unwrap().user_verified());

    let mut verifying = conditional();
    verifying.user_verification = Some(UserVerificationRequirement::Required);
    let outcome = register(&relying_party, verifying, &client(), flags(0), |_| {});
    rejected(outcome, Rejection::UserNotVerified);
}

#[test]
fn the_backup_policy_is_judged_where_it_says() {
    let (up, be, bs) = (Flags::UP | Flags::UV, Flags::BE, Flags::BS);
    let eligibility = || Rejection::BackupEligibilityNotAccepted;
    for (policy, set, rejection) in [
        (BackupPolicy::Any, up, None),
        (BackupPolicy::DeviceBound, up, None),
        (BackupPolicy::DeviceBound, up | be, Some(eligibility())),
        (BackupPolicy::Eligible, up | be, None),
        (BackupPolicy::Eligible, up, Some(eligibility())),
        (BackupPolicy::BackedUp, up | be | bs, None),
        (
            BackupPolicy::BackedUp,
            up | be,
            Some(Rejection::BackupStateNotAccepted),
        ),
    ] {
        let relying_party = with(|config| config.backup = policy);
        let request = RegistrationRequest::new(user());
        let outcome = register(&relying_party, request, &client(), flags(set), |_| {});
        let refused = outcome.err();
        assert_eq!(refused, rejection.map(VerifyError::Rejected), "{policy:?}");
    }

    let relying_party = with(|config| config.backup = BackupPolicy::BackedUp);
    let no_longer =
        |draft: &mut AuthenticationDraft| draft.authenticator_data.flags.0 &= !Flags::BS;
    let outcome = sign_in(&relying_party, anyone, &client(), no_longer, |_, _| {});
    rejected(outcome, Rejection::BackupStateNotAccepted);
}

#[test]
fn an_app_id_counts_only_if_it_was_asked_for_and_used() {
    const APP_ID: &str = "https://example.org/app-id.json";
    let account = |record: &CredentialRecord| {
        AuthenticationRequest::account(ada(), vec![record.descriptor()])
    };
    let for_app_id = |draft: &mut AuthenticationDraft| {
        draft.authenticator_data.rp_id_hash = Sha256::digest(APP_ID).into();
    };
    let used = |used: bool| {
        move |response: &mut AuthenticationResponseJson, _: &mut CredentialRecord| {
            response.client_extension_results.appid = Some(used);
        }
    };
    let migrated = with(|config| config.app_id = Some(APP_ID.to_owned()));
    sign_in(&migrated, account, &client(), for_app_id, used(true)).unwrap();
    sign_in(&migrated, account, &client(), |_| {}, used(false)).unwrap();

    for (outcome, what) in [
        (
            sign_in(&migrated, account, &client(), for_app_id, used(false)),
            "not used",
        ),
        (
            sign_in(&migrated, account, &client(), |_| {}, used(true)),
            "used, and yet the RP ID's hash",
        ),
        (
            sign_in(&migrated, anyone, &client(), for_app_id, used(true)),
            "not asked for, because nobody was named",
        ),
        (
            sign_in(&with(|_| {}), account, &client(), for_app_id, used(true)),
            "not asked for",
        ),
    ] {
        let refused = VerifyError::Rejected(Rejection::RpIdHashDiffers);
        assert_eq!(outcome.unwrap_err(), refused, "{what}");
    }
}

#[test]
fn a_ceremony_for_particular_credentials_takes_no_other() {
    let relying_party = with(|_| {});
    let this =
        |record: &CredentialRecord| AuthenticationRequest::only(ada(), vec![record.descriptor()]);
    sign_in(&relying_party, this, &client(), |_| {}, |_, _| {}).unwrap();

    let another = |response: &mut AuthenticationResponseJson, record: &mut CredentialRecord| {
        record.id = Bytes::from([9; 16]);
        response.raw_id = record.id.clone();
        response.id = record.id.to_base64url();
    };
    let outcome = sign_in(&relying_party, this, &client(), |_| {}, another);
    rejected(outcome, Rejection::CredentialNotAllowed);
}

#[test]
fn a_stored_key_of_an_algorithm_nobody_has_is_told_as_such() {
    let unknown = |_: &mut AuthenticationResponseJson, record: &mut CredentialRecord| {
        // The COSE key's `alg`, the fourth and fifth byte, becomes -24.
        let mut key = record.public_key.as_slice().to_vec();
        assert_eq!(key[3..5], [0x03, 0x27]);
        key[4] = 0x37;
        record.public_key = key.into();
    };
    let outcome = sign_in(&with(|_| {}), anyone, &client(), |_| {}, unknown);
    let algorithm = CoseAlgorithm(-24);
    rejected(outcome, Rejection::AlgorithmUnknown { algorithm });
}

#[test]
fn departures_from_the_format_are_reported_and_can_be_refused() {
    let padded = |response: &mut RegistrationResponseJson| {
        response.quirks.push(Quirk::Base64Padded);
    };
    let new = || RegistrationRequest::new(user());
    let lenient = with(|_| {});
    let verified = register(&lenient, new(), &client(), |_| {}, padded).unwrap();
    assert_eq!(verified.findings(), [Finding::from(Quirk::Base64Padded)]);

    let strict = with(|config| config.findings = FindingPolicy::strict());
    let kind = Finding::from(Quirk::Base64Padded).kind();
    let outcome = register(&strict, new(), &client(), |_| {}, padded);
    rejected(outcome, Rejection::FindingRefused { kind });
}

#[test]
fn authenticator_data_that_a_rule_puts_right_is_judged_over_the_bytes_as_they_came() {
    // The ED flag, and no extension outputs after it.
    let flag = |draft: &mut AuthenticationDraft| {
        draft.authenticator_data.flags.0 |= Flags::ED;
    };
    let verified = sign_in(&with(|_| {}), anyone, &client(), flag, |_, _| {}).unwrap();
    let finding = Finding::from(Quirk::ExtensionFlagWithoutData);
    assert_eq!(verified.findings(), slice::from_ref(&finding));

    let strict = with(|config| config.findings = FindingPolicy::strict());
    let outcome = sign_in(&strict, anyone, &client(), flag, |_, _| {});
    let kind = finding.kind();
    rejected(outcome, Rejection::FindingRefused { kind });
}

#[test]
fn answers_to_extensions_that_were_not_asked_for_are_reported() {
    let answered = |response: &mut RegistrationResponseJson| {
        response.client_extension_results.hmac_create_secret = Some(true);
    };
    let request = RegistrationRequest::new(user());
    let verified = register(&with(|_| {}), request, &client(), |_| {}, answered).unwrap();
    let identifier = "hmacCreateSecret".to_owned();
    let unsolicited = Finding::UnsolicitedClientExtension { identifier };
    assert_eq!(verified.findings(), [unsolicited]);

    let mut request = RegistrationRequest::new(user());
    request.extensions.hmac_create_secret = Some(true);
    let verified = register(&with(|_| {}), request, &client(), |_| {}, answered).unwrap();
    assert_eq!(verified.findings(), []);
}

#[test]
fn of_the_names_that_a_client_makes_up_sixteen_are_kept_and_hide_nothing() {
    let made_up = |response: &mut RegistrationResponseJson| {
        let answers = &mut response.client_extension_results;
        for number in 0..7400 {
            answers.other.insert(format!("x{number:04}"), true.into());
        }
        answers.prf =
            serde_json::from_value(serde_json::json!({"results": {"first": "AQ"}})).unwrap();
    };
    let new = || RegistrationRequest::new(user());
    let verified = register(&with(|_| {}), new(), &client(), |_| {}, made_up).unwrap();
    let (names, others) = verified.findings().split_at(16);
    let identifier = "x0014".to_owned();
    let last = Finding::UnsolicitedClientExtension { identifier };
    assert_eq!(names.last(), Some(&last));
    assert_eq!(others, [Finding::PrfResultsReceived]);
}

#[test]
fn signed_extension_outputs_of_another_type_are_malformed() {
    let wrong = |draft: &mut AuthenticationDraft| {
        draft.authenticator_data.flags.0 |= Flags::ED;
        draft.authenticator_data.extensions =
            Some(Value::map([("credProtect", Value::from("two"))]));
    };
    let outcome = sign_in(&with(|_| {}), anyone, &client(), wrong, |_, _| {});
    let VerifyError::Malformed(malformed) = outcome.unwrap_err() else {
        panic!("not malformed");
    };
    assert_eq!(malformed.structure, Structure::ExtensionOutputs);
    assert_eq!(malformed.problem, Problem::Unexpected("credProtect"));
}

#[test]
fn related_origins_and_subdomains_are_accepted_where_they_are_named() {
    let from = |relying_party: &RelyingParty, origin: &str| {
        let request = RegistrationRequest::new(user());
        let moved = |draft: &mut RegistrationDraft| draft.client_data.origin = origin.into();
        register(relying_party, request, &client(), moved, |_| {}).err()
    };
    let refused = |origin: &str, difference| {
        Some(VerifyError::Rejected(Rejection::OriginNotAccepted {
            received: origin.to_owned(),
            difference,
        }))
    };
    let related = "https://example.co.jp";
    assert_eq!(from(&with(|_| {}), related), refused(related, None));
    let shared = with(|config| config.related_origins = vec![Origin::parse(related).unwrap()]);
    assert_eq!(from(&shared, related), None);

    let below = "https://shop.example.org";
    let difference = "its host is below an accepted one; subdomains have to be listed";
    let outcome = from(&with(|_| {}), below);
    assert_eq!(outcome, refused(below, Some(difference)));
    let open = with(|config| {
        let subdomains = AnySubdomain::of(&Origin::parse(crate::ORIGIN).unwrap()).unwrap();
        config.origins = config.origins.clone().with_danger(subdomains);
    });
    assert_eq!(from(&open, below), None);
}

#[test]
fn an_assertion_comes_without_the_user_only_where_that_was_waived_by_name() {
    let relying_party = with(|_| {});
    let absent = |draft: &mut AuthenticationDraft| {
        draft.authenticator_data.flags = Flags(Flags::UV | Flags::BE);
    };
    let outcome = sign_in(&relying_party, anyone, &client(), absent, |_, _| {});
    rejected(outcome, Rejection::UserNotPresent);
    let waived = |record: &CredentialRecord| {
        let mut request = anyone(record);
        request.user_presence = start::danger::without_user_presence();
        request
    };
    let verified = sign_in(&relying_party, waived, &client(), absent, |_, _| {});
    assert!(verified.unwrap().user_verified());
}

#[test]
fn user_verification_counts_from_the_first_sign_in_with_another_factor() {
    let never_verified = |_: &mut AuthenticationResponseJson, record: &mut CredentialRecord| {
        record.uv_initialized = false;
    };
    let verified = sign_in(&with(|_| {}), anyone, &client(), |_| {}, never_verified).unwrap();
    assert!(!verified.user_verified());
    let update = RecordUpdate {
        sign_count: 0,
        judged_by: 0,
        uv_initialized: false,
        backup_eligible: true,
        backup_state: true,
    };
    assert_eq!(verified.update(), update);
    let update = RecordUpdate {
        uv_initialized: true,
        ..update
    };
    assert_eq!(verified.update_after_another_factor(), update);
}

#[test]
fn a_transport_of_a_later_level_is_kept_and_reported_once_and_can_be_refused() {
    let new = || RegistrationRequest::new(user());
    let later = AuthenticatorTransport::Unknown("telepathy".into());
    let reported = |response: &mut RegistrationResponseJson| {
        response.response.transports =
            vec![later.clone(), AuthenticatorTransport::Usb, later.clone()];
    };
    let lenient = with(|_| {});
    let verified = register(&lenient, new(), &client(), |_| {}, reported).unwrap();
    let received = "telepathy".to_owned();
    let finding = Finding::UnknownTransport { received };
    assert_eq!(verified.findings(), slice::from_ref(&finding));
    assert_eq!(verified.record().transports[0], later);

    let strict = with(|config| config.findings = FindingPolicy::strict());
    let kind = finding.kind();
    let outcome = register(&strict, new(), &client(), |_| {}, reported);
    rejected(outcome, Rejection::FindingRefused { kind });
}

#[test]
fn an_attachment_of_a_later_level_is_reported_and_can_be_refused() {
    let later = || Some(AuthenticatorAttachment::Unknown("implant".into()));
    let new = || RegistrationRequest::new(user());
    let registering = |it: &mut RegistrationResponseJson| it.authenticator_attachment = later();
    let signing_in = |it: &mut AuthenticationResponseJson, _: &mut CredentialRecord| {
        it.authenticator_attachment = later();
    };
    let received = "implant".to_owned();
    let finding = Finding::UnknownAttachment { received };
    let lenient = with(|_| {});
    let verified = register(&lenient, new(), &client(), |_| {}, registering).unwrap();
    assert_eq!(verified.findings(), slice::from_ref(&finding));
    let verified = sign_in(&lenient, anyone, &client(), |_| {}, signing_in).unwrap();
    assert_eq!(verified.findings(), slice::from_ref(&finding));

    let kind = finding.kind();
    let strict = with(|config| config.findings.set(kind, FindingAction::Reject));
    let refused = Rejection::FindingRefused { kind };
    let outcome = register(&strict, new(), &client(), |_| {}, registering);
    rejected(outcome, refused.clone());
    let outcome = sign_in(&strict, anyone, &client(), |_| {}, signing_in);
    rejected(outcome, refused);
}

#[test]
fn members_that_browsers_add_to_client_data_are_reported_once_and_can_be_refused() {
    let grease = "other_keys_can_be_added_here";
    let add = |data: &mut ClientData| {
        let names = [grease, "androidPackageName", grease, "tokenBinding"];
        data.extra = names.map(|name| (name.into(), "x".into())).into();
    };
    let new = || RegistrationRequest::new(user());
    let registering = |draft: &mut RegistrationDraft| add(&mut draft.client_data);
    let signing_in = |draft: &mut AuthenticationDraft| add(&mut draft.client_data);
    let finding = |name: &str| Finding::UnknownClientDataMember { name: name.into() };
    let findings = [finding("androidPackageName"), finding(grease)];
    let lenient = with(|_| {});
    let verified = register(&lenient, new(), &client(), registering, |_| {}).unwrap();
    assert_eq!(verified.findings(), findings);
    let verified = sign_in(&lenient, anyone, &client(), signing_in, |_, _| {}).unwrap();
    assert_eq!(verified.findings(), findings);

    let kind = findings[0].kind();
    let strict = with(|config| config.findings.set(kind, FindingAction::Reject));
    let refused = Rejection::FindingRefused { kind };
    let outcome = register(&strict, new(), &client(), registering, |_| {});
    rejected(outcome, refused.clone());
    let outcome = sign_in(&strict, anyone, &client(), signing_in, |_, _| {});
    rejected(outcome, refused);
}
