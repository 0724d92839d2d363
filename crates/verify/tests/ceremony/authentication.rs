//! One test per check of an authentication: each changes one thing and expects one refusal.

use passkeep_protocol::authenticator_data::Flags;
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::names::{PublicKeyCredentialType, UserVerificationRequirement};
use passkeep_protocol::response::AuthenticationResponseJson;
use passkeep_testkit::Authenticator;
use passkeep_testkit::authentication::AuthenticationDraft;
use passkeep_testkit::authenticator::{Config, Counter};
use passkeep_testkit::signing::ALGORITHMS;
use passkeep_verify::authentication::RecordUpdate;
use passkeep_verify::finding::{Finding, FindingAction, FindingKind};
use passkeep_verify::start::AuthenticationRequest;
use passkeep_verify::{
    Candidate, CredentialRecord, Rejection, RelyingParty, Timestamp, UserHandle,
    VerifiedAuthentication, VerifyError,
};

use crate::{
    NOW, ada, client, config, fresh, registered, relying_party, with_algorithm,
    with_user_verification,
};

type Outcome = Result<VerifiedAuthentication, VerifyError>;

/// A relying party with one registered passkey.
struct Setup {
    relying_party: RelyingParty,
    authenticator: Authenticator,
    record: CredentialRecord,
    user: UserHandle,
}

impl Setup {
    fn new(relying_party: RelyingParty, mut authenticator: Authenticator) -> Self {
        let record = registered(&relying_party, &mut authenticator);
        Self {
            relying_party,
            authenticator,
            record,
            user: ada(),
        }
    }

    fn candidate(&self) -> Candidate<'_> {
        self.record.candidate(&self.user)
    }

    /// Signs in with a draft changed, and the response changed after that.
    fn sign_in_with(
        &mut self,
        draft: impl FnOnce(&mut AuthenticationDraft),
        response: impl FnOnce(&mut AuthenticationResponseJson),
    ) -> Outcome {
        let (options, pending) = self
            .relying_party
            .start_authentication(AuthenticationRequest::anyone(), fresh(2));
        let made = client()
            .draft_authentication(&options, &mut self.authenticator)
            .unwrap();
        let mut made = made.with(draft).into_response();
        response(&mut made);
        self.relying_party
            .finish_authentication(pending, &made, self.candidate(), NOW)
    }

    fn sign_in(&mut self, draft: impl FnOnce(&mut AuthenticationDraft)) -> Outcome {
        self.sign_in_with(draft, |_| {})
    }

    fn sign_in_changed(&mut self, change: impl FnOnce(&mut AuthenticationResponseJson)) -> Outcome {
        self.sign_in_with(|_| {}, change)
    }
}

fn setup() -> Setup {
    Setup::new(relying_party(), Authenticator::new("ada"))
}

#[track_caller]
fn rejected(outcome: Outcome, rejection: Rejection) {
    assert_eq!(outcome.unwrap_err(), VerifyError::Rejected(rejection));
}

#[test]
fn each_algorithm_signs_in() {
    for algorithm in ALGORITHMS {
        let mut setup = Setup::new(with_algorithm(algorithm.alg()), Authenticator::new("ada"));
        let verified = setup.sign_in(|_| {}).unwrap();
        assert_eq!(verified.user(), &ada());
        assert_eq!(verified.credential_id(), &setup.record.id);
        assert_eq!(verified.ceremony().id.0, [2; 16]);
        assert!(verified.user_verified());
        assert_eq!(verified.findings(), []);
        let update = RecordUpdate {
            sign_count: 0,
            judged_by: 0,
            uv_initialized: true,
            backup_eligible: true,
            backup_state: true,
        };
        assert_eq!(verified.update(), update);
    }
}

#[test]
fn the_ceremony_ends_with_its_last_millisecond() {
    for (late, accepted) in [(600_000, true), (600_001, false)] {
        let mut setup = setup();
        let (options, pending) = setup
            .relying_party
            .start_authentication(AuthenticationRequest::anyone(), fresh(2));
        let response = client().get(&options, &mut setup.authenticator).unwrap();
        let now = Timestamp(NOW.0 + late);
        let candidate = setup.candidate();
        let outcome = setup
            .relying_party
            .finish_authentication(pending, &response, candidate, now);
        let expired = VerifyError::Rejected(Rejection::CeremonyExpired);
        assert_eq!(outcome.map(drop).err(), (!accepted).then_some(expired));
    }
}

#[test]
fn the_envelope_names_the_candidate() {
    let ty = PublicKeyCredentialType::Unknown("password".into());
    rejected(
        setup().sign_in_changed(|r| r.ty = ty),
        Rejection::CredentialTypeUnknown,
    );
    rejected(
        setup().sign_in_changed(|r| r.id.push('A')),
        Rejection::CredentialIdTextDiffers,
    );
    rejected(
        setup().sign_in_changed(|r| {
            r.raw_id = b"another credential"[..].into();
            r.id = r.raw_id.to_base64url();
        }),
        Rejection::CredentialNotAllowed,
    );
}

#[test]
fn the_user_handle_is_the_credentials() {
    let handle = |handle: Option<&'static [u8]>| {
        move |r: &mut AuthenticationResponseJson| {
            r.response.raw_user_handle = handle.map(Bytes::from);
        }
    };
    rejected(
        setup().sign_in_changed(handle(None)),
        Rejection::UserHandleMissing,
    );
    rejected(
        setup().sign_in_changed(handle(Some(b""))),
        Rejection::UserHandleMissing,
    );
    rejected(
        setup().sign_in_changed(handle(Some(b"eve"))),
        Rejection::UserHandleDiffers,
    );
}

/// Signs in to the account of a user who is known before the ceremony.
fn sign_in_as(user: UserHandle, change: impl FnOnce(&mut AuthenticationResponseJson)) -> Outcome {
    let mut setup = setup();
    let allow = vec![setup.record.descriptor()];
    let (options, pending) = setup
        .relying_party
        .start_authentication(AuthenticationRequest::account(user, allow), fresh(2));
    let mut response = client().get(&options, &mut setup.authenticator).unwrap();
    change(&mut response);
    let candidate = setup.candidate();
    setup
        .relying_party
        .finish_authentication(pending, &response, candidate, NOW)
}

#[test]
fn a_user_known_before_needs_no_handle_but_must_be_the_credentials() {
    let none = |r: &mut AuthenticationResponseJson| r.response.raw_user_handle = None;
    assert_eq!(sign_in_as(ada(), none).unwrap().findings(), []);
    let empty = |r: &mut AuthenticationResponseJson| {
        r.response.raw_user_handle = Some(Bytes::default());
    };
    assert_eq!(
        sign_in_as(ada(), empty).unwrap().findings(),
        [Finding::EmptyUserHandle]
    );

    let eve = UserHandle::new(*b"eve").unwrap();
    rejected(sign_in_as(eve, none), Rejection::UserHandleDiffers);
}

#[test]
fn the_client_data_is_this_ceremonys() {
    let received = "webauthn.create".to_owned();
    rejected(
        setup().sign_in(|draft| draft.client_data.ty = "webauthn.create".into()),
        Rejection::ClientDataTypeDiffers { received },
    );
    // A part of the right one, and one of its length.
    for challenge in ["AgIC", "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgA"] {
        rejected(
            setup().sign_in(|draft| draft.client_data.challenge = challenge.into()),
            Rejection::ChallengeDiffers,
        );
    }
    let received = "https://www.example.org".to_owned();
    let difference = Some("it differs only by www");
    rejected(
        setup().sign_in(|draft| draft.client_data.origin = "https://www.example.org".into()),
        Rejection::OriginNotAccepted {
            received,
            difference,
        },
    );
    rejected(
        setup().sign_in(|draft| draft.client_data.cross_origin = Some(true)),
        Rejection::CrossOriginNotAccepted,
    );
    let received = "https://top.example".to_owned();
    rejected(
        setup().sign_in(|draft| draft.client_data.top_origin = Some("https://top.example".into())),
        Rejection::TopOriginNotAccepted { received },
    );
}

#[test]
fn the_authenticator_data_is_judged() {
    rejected(
        setup().sign_in(|draft| draft.authenticator_data.rp_id_hash[0] ^= 1),
        Rejection::RpIdHashDiffers,
    );
    for (flags, rejection) in [
        (Flags::UV | Flags::BE, Rejection::UserNotPresent),
        (Flags::UP | Flags::BE, Rejection::UserNotVerified),
        (
            Flags::UP | Flags::UV | Flags::BS,
            Rejection::BackupStateWithoutEligibility,
        ),
        (Flags::UP | Flags::UV, Rejection::BackupEligibilityChanged),
    ] {
        let outcome = setup().sign_in(|draft| draft.authenticator_data.flags = Flags(flags));
        rejected(outcome, rejection);
    }
}

#[test]
fn an_assertion_has_no_attested_credential_data() {
    let outcome = setup().sign_in(|draft| {
        draft.authenticator_data.flags.0 |= Flags::AT;
        let attested = passkeep_testkit::authenticator_data::AttestedCredentialData {
            aaguid: [0; 16],
            credential_id: vec![1],
            credential_public_key: draft.key.public_key(),
        };
        draft.authenticator_data.attested_credential_data = Some(attested);
    });
    rejected(outcome, Rejection::AttestedCredentialDataUnexpected);
}

#[test]
fn user_verification_counts_only_once_it_has_been_seen() {
    let relying_party = with_user_verification(UserVerificationRequirement::Preferred);
    let mut setup = Setup::new(relying_party, Authenticator::new("ada"));
    assert!(setup.sign_in(|_| {}).unwrap().user_verified());
    let outcome = setup.sign_in(|draft| draft.authenticator_data.flags.0 &= !Flags::UV);
    assert!(!outcome.unwrap().user_verified());
    setup.record.uv_initialized = false;
    assert!(!setup.sign_in(|_| {}).unwrap().user_verified());
}

#[test]
fn a_changed_backup_eligibility_is_reported_where_the_policy_says_so() {
    let mut config = config();
    let kind = FindingKind::BackupEligibilityChanged;
    config.findings.set(kind, FindingAction::Report);
    let mut setup = Setup::new(
        RelyingParty::new(config).unwrap(),
        Authenticator::new("ada"),
    );
    let flags = Flags(Flags::UP | Flags::UV);
    let verified = setup
        .sign_in(|draft| draft.authenticator_data.flags = flags)
        .unwrap();
    assert_eq!(
        verified.findings(),
        [Finding::BackupEligibilityChanged { now: false }]
    );
    let update = RecordUpdate {
        sign_count: 0,
        judged_by: 0,
        uv_initialized: true,
        backup_eligible: false,
        backup_state: false,
    };
    assert_eq!(verified.update(), update);
}

#[test]
fn another_key_and_a_changed_signature_are_refused() {
    let other = registered(&relying_party(), &mut Authenticator::new("eve"));
    let mut setup = setup();
    setup.record.public_key = other.public_key;
    rejected(setup.sign_in(|_| {}), Rejection::SignatureInvalid);

    let empty = |r: &mut AuthenticationResponseJson| r.response.signature = Bytes::default();
    rejected(
        self::setup().sign_in_changed(empty),
        Rejection::SignatureInvalid,
    );
}

fn counting(stored: u32, policy: FindingAction) -> Setup {
    let mut config = config();
    config.findings.set(FindingKind::CounterRegressed, policy);
    let behaviour = Config {
        counter: Counter::PerCredential,
        ..Config::default()
    };
    let authenticator = Authenticator::with_config("counting", behaviour);
    let mut setup = Setup::new(RelyingParty::new(config).unwrap(), authenticator);
    setup.record.sign_count = stored;
    setup
}

#[test]
fn a_counter_that_does_not_grow_is_reported_or_refused() {
    // The authenticator's first assertion says 1.
    let verified = counting(0, FindingAction::Reject).sign_in(|_| {}).unwrap();
    assert_eq!(
        (verified.findings(), verified.update().sign_count),
        (&[][..], 1)
    );

    for stored in [1, 2] {
        let verified = counting(stored, FindingAction::Report)
            .sign_in(|_| {})
            .unwrap();
        assert_eq!(
            verified.findings(),
            [Finding::CounterRegressed {
                stored,
                received: 1
            }]
        );
        assert_eq!(verified.update().sign_count, 1);
        rejected(
            counting(stored, FindingAction::Reject).sign_in(|_| {}),
            Rejection::SignCountNotGreater {
                stored,
                received: 1,
            },
        );
    }

    let gone = |draft: &mut AuthenticationDraft| draft.authenticator_data.sign_count = 0;
    rejected(
        counting(5, FindingAction::Reject).sign_in(gone),
        Rejection::SignCountNotGreater {
            stored: 5,
            received: 0,
        },
    );
}
