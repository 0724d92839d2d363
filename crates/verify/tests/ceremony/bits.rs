//! Whatever bit is flipped of what is signed, or of a signature, the ceremony is refused.

use std::sync::LazyLock;

use passkeep_protocol::authenticator_data::Flags;
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::names::AttestationConveyancePreference;
use passkeep_protocol::response::{AuthenticationResponseJson, RegistrationResponseJson};
use passkeep_testkit::Authenticator;
use passkeep_testkit::authenticator::Config;
use passkeep_testkit::authenticator_data::AuthenticatorData;
use passkeep_testkit::cbor::Value;
use passkeep_testkit::signing::ALGORITHMS;
use passkeep_verify::ceremony::{PendingAuthentication, PendingRegistration};
use passkeep_verify::start::{AuthenticationRequest, RegistrationRequest};
use passkeep_verify::{Check, CredentialRecord, RelyingParty, VerifyError};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::{NOW, ada, client, fresh, user, with_algorithm};

/// Both ceremonies of one passkey. What an authenticator signs costs far more than judging it, so each is made once.
struct Passkey {
    algorithm: CoseAlgorithm,
    relying_party: RelyingParty,
    registration: RegistrationResponseJson,
    record: CredentialRecord,
    authentication: AuthenticationResponseJson,
}

/// One of each algorithm, without and with extension outputs in the authenticator data.
static PASSKEYS: LazyLock<Vec<Passkey>> = LazyLock::new(|| {
    let algorithms = ALGORITHMS.iter().map(|algorithm| algorithm.alg());
    let both = algorithms.flat_map(|algorithm| [(algorithm, false), (algorithm, true)]);
    both.map(|(algorithm, extended)| Passkey::new(algorithm, extended))
        .collect()
});

impl Passkey {
    fn new(algorithm: CoseAlgorithm, extended: bool) -> Self {
        let relying_party = with_algorithm(algorithm);
        // It attests with the credential's own key, so that a registration is signed.
        let mut authenticator = Authenticator::with_config("bits", Config::security_key());
        let extend = |data: &mut AuthenticatorData| {
            if extended {
                data.flags.0 |= Flags::ED;
                data.extensions = Some(Value::map([("credProtect", 3.into())]));
            }
        };

        let (options, pending) = relying_party.start_registration(new_credential(), fresh(1));
        let draft = client().draft_registration(&options, &mut authenticator);
        let draft = draft.unwrap().with(|it| extend(&mut it.authenticator_data));
        let registration = draft.into_response();
        let verified = relying_party.finish_registration(pending, &registration, NOW);
        let record = verified.unwrap().record().clone();

        let (options, pending) = relying_party.start_authentication(sign_in(&record), fresh(2));
        let draft = client().draft_authentication(&options, &mut authenticator);
        let draft = draft.unwrap().with(|it| extend(&mut it.authenticator_data));
        let passkey = Self {
            algorithm,
            authentication: draft.into_response(),
            relying_party,
            registration,
            record,
        };
        passkey
            .authenticate(pending, &passkey.authentication)
            .unwrap();
        passkey
    }

    fn pending_registration(&self) -> PendingRegistration {
        let request = new_credential();
        self.relying_party.start_registration(request, fresh(1)).1
    }

    fn pending_authentication(&self) -> PendingAuthentication {
        let request = sign_in(&self.record);
        self.relying_party.start_authentication(request, fresh(2)).1
    }

    fn authenticate(
        &self,
        pending: PendingAuthentication,
        response: &AuthenticationResponseJson,
    ) -> Result<(), VerifyError> {
        let user = ada();
        let candidate = self.record.candidate(&user);
        let relying_party = &self.relying_party;
        let verified = relying_party.finish_authentication(pending, response, candidate, NOW);
        verified.map(drop)
    }
}

fn new_credential() -> RegistrationRequest {
    let mut request = RegistrationRequest::new(user());
    request.attestation = AttestationConveyancePreference::Direct;
    request
}

fn sign_in(record: &CredentialRecord) -> AuthenticationRequest {
    AuthenticationRequest::account(ada(), vec![record.descriptor()])
}

/// What may refuse client data before the signature does.
const CLIENT_DATA: [Check; 5] = [
    Check::ClientDataJson,
    Check::ClientDataType,
    Check::ClientDataChallenge,
    Check::ClientDataOrigin,
    Check::ClientDataCrossOrigin,
];

/// What may refuse authenticator data before the signature does.
const AUTHENTICATOR_DATA: [Check; 8] = [
    Check::AuthenticatorDataForm,
    Check::AttestedCredentialData,
    Check::RpIdHash,
    Check::UserPresent,
    Check::UserVerified,
    Check::BackupFlags,
    Check::BackupEligibilityUnchanged,
    Check::AuthenticatorExtensions,
];

/// What may refuse the rest of an attestation object.
const ATTESTED: [Check; 7] = [
    Check::AttestationObjectCbor,
    Check::AttestationFormat,
    Check::PublicKeyForm,
    Check::AlgorithmOffered,
    Check::PublicKey,
    Check::CredentialIdLength,
    Check::CredentialIdSigned,
];

fn flip(bytes: &mut Bytes, position: Index, bit: u8) {
    crate::change(bytes, |bytes| {
        let length = bytes.len();
        bytes[position.index(length)] ^= 1 << bit;
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_flipped_bit_of_a_registration_is_refused(
        passkey in any::<Index>(),
        in_client_data in any::<bool>(),
        position in any::<Index>(),
        bit in 0..8u8,
    ) {
        let passkey = passkey.get(&PASSKEYS);
        let mut response = passkey.registration.clone();
        let bytes = match in_client_data {
            true => &mut response.response.client_data_json,
            false => &mut response.response.attestation_object,
        };
        flip(bytes, position, bit);
        let pending = passkey.pending_registration();
        let outcome = passkey.relying_party.finish_registration(pending, &response, NOW);
        let refused = outcome.unwrap_err().check();
        let signature = refused == Check::AttestationStatement;
        let expected = match in_client_data {
            true => CLIENT_DATA.contains(&refused),
            false => ATTESTED.contains(&refused) || AUTHENTICATOR_DATA.contains(&refused),
        };
        prop_assert!(signature || expected, "{}: {refused}", passkey.algorithm);
    }

    #[test]
    fn any_flipped_bit_of_an_authentication_is_refused(
        passkey in any::<Index>(),
        which in 0..3usize,
        position in any::<Index>(),
        bit in 0..8u8,
    ) {
        let passkey = passkey.get(&PASSKEYS);
        let mut authentication = passkey.authentication.clone();
        let response = &mut authentication.response;
        let bytes = match which {
            0 => &mut response.client_data_json,
            1 => &mut response.authenticator_data,
            _ => &mut response.signature,
        };
        flip(bytes, position, bit);
        let outcome = passkey.authenticate(passkey.pending_authentication(), &authentication);
        let refused = outcome.unwrap_err().check();
        let expected = match which {
            0 => CLIENT_DATA.contains(&refused),
            1 => AUTHENTICATOR_DATA.contains(&refused),
            _ => false,
        };
        let signature = refused == Check::Signature;
        prop_assert!(signature || expected, "{}: {refused}", passkey.algorithm);
    }
}
