//! The steps of the specification's two procedures, in its order and numbering, and who carries out each of them.
//!
//! `docs/verification.md` is generated from this table, and a test fails if a check stands in no step, if the order of a
//! real verification is another one, or if a rejection has no test.
//!
//! Numbers are those of the Candidate Recommendation and of the editor's draft of 2026; they move between drafts, which is
//! why everything else cites by words.

use crate::check::Check;

/// One step of a procedure.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Its number.
    pub number: u8,
    /// Its first words, or enough of them to find it.
    pub words: &'static str,
    /// Who carries it out.
    pub by: By,
}

/// Who carries out a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum By {
    /// This crate, by these checks in this order.
    Checks(&'static [Check]),
    /// This crate; a computation that cannot fail.
    Computed(&'static str),
    /// The page, before the server sees anything.
    Client(&'static str),
    /// The store, in the transaction that records the result.
    Store(&'static str),
}

const fn step(number: u8, words: &'static str, by: By) -> Step {
    Step { number, words, by }
}

use By::{Checks, Client, Computed, Store};

/// [L3 §7.1], and before it what this crate adds.
///
/// [L3 §7.1]: https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
pub const REGISTRATION: &[Step] = &[
    step(
        0,
        "(the ceremony is still open)",
        Checks(&[Check::CeremonyLifetime]),
    ),
    step(
        1,
        "Let options be a new CredentialCreationOptions",
        Computed("RelyingParty::start_registration"),
    ),
    step(2, "Call navigator.credentials.create()", Client("create")),
    step(
        3,
        "Let response be credential.response",
        Checks(&[Check::CredentialType, Check::CredentialIdText]),
    ),
    step(
        4,
        "Let clientExtensionResults be the result",
        Computed("the response's member"),
    ),
    step(
        5,
        "Let JSONtext be the result of running UTF-8 decode",
        Computed("with the next step; a byte order mark is dropped"),
    ),
    step(
        6,
        "Let C, the client data claimed as collected",
        Checks(&[Check::ClientDataJson]),
    ),
    step(
        7,
        "Verify that the value of C.type",
        Checks(&[Check::ClientDataType]),
    ),
    step(
        8,
        "Verify that the value of C.challenge",
        Checks(&[Check::ClientDataChallenge]),
    ),
    step(
        9,
        "Verify that the value of C.origin",
        Checks(&[Check::ClientDataOrigin]),
    ),
    step(
        10,
        "If C.crossOrigin is present and set to true",
        Checks(&[Check::ClientDataCrossOrigin]),
    ),
    step(
        11,
        "If C.topOrigin is present",
        Checks(&[Check::ClientDataTopOrigin]),
    ),
    step(
        12,
        "Let hash be the result of computing a hash",
        Computed("SHA-256 of the bytes as received"),
    ),
    step(
        13,
        "Perform CBOR decoding on the attestationObject field",
        Checks(&[
            Check::AttestationObjectCbor,
            Check::AuthenticatorDataForm,
            Check::AttestedCredentialData,
        ]),
    ),
    step(
        14,
        "Verify that the rpIdHash in authData",
        Checks(&[Check::RpIdHash]),
    ),
    step(
        15,
        "If options.mediation is not set to conditional, verify that the UP bit",
        Checks(&[Check::UserPresent]),
    ),
    step(
        16,
        "If the Relying Party requires user verification",
        Checks(&[Check::UserVerified]),
    ),
    step(
        17,
        "If the BE bit of the flags in authData is not set",
        Checks(&[Check::BackupFlags]),
    ),
    step(
        18,
        "If the Relying Party uses the credential's backup eligibility",
        Checks(&[Check::BackupEligibilityPolicy]),
    ),
    step(
        19,
        "If the Relying Party uses the credential's backup state",
        Checks(&[Check::BackupStatePolicy]),
    ),
    step(
        20,
        "Verify that the alg parameter in the credential public key",
        Checks(&[
            Check::PublicKeyForm,
            Check::AlgorithmOffered,
            Check::PublicKey,
        ]),
    ),
    step(
        21,
        "Determine the attestation statement format",
        Checks(&[Check::AttestationFormat]),
    ),
    step(
        22,
        "Verify that attStmt is a correct attestation statement",
        Checks(&[Check::AttestationStatement]),
    ),
    step(
        23,
        "If validation is successful, obtain a list of acceptable trust anchors",
        Computed("TrustPolicy"),
    ),
    step(
        24,
        "Assess the attestation trustworthiness",
        Checks(&[Check::AttestationTrust]),
    ),
    step(
        25,
        "Verify that the credentialId is ≤ 1023 bytes",
        Checks(&[Check::CredentialIdLength, Check::CredentialIdSigned]),
    ),
    step(
        26,
        "Verify that the credentialId is not yet registered for any user",
        Store("a unique key, in the transaction of the finish"),
    ),
    step(
        27,
        "let credentialRecord be a new credential record",
        Computed("VerifiedRegistration::record"),
    ),
    step(
        28,
        "Process the client extension outputs",
        Checks(&[Check::AuthenticatorExtensions, Check::Findings]),
    ),
    step(
        29,
        "If all the above steps are successful",
        Store("the ceremony is spent and the record stored, in one transaction"),
    ),
];

/// [L3 §7.2], and before it what this crate adds.
///
/// [L3 §7.2]: https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion
pub const AUTHENTICATION: &[Step] = &[
    step(
        0,
        "(the ceremony is still open)",
        Checks(&[Check::CeremonyLifetime]),
    ),
    step(
        1,
        "Let options be a new CredentialRequestOptions",
        Computed("RelyingParty::start_authentication"),
    ),
    step(2, "Call navigator.credentials.get()", Client("get")),
    step(
        3,
        "Let response be credential.response",
        Checks(&[Check::CredentialType, Check::CredentialIdText]),
    ),
    step(
        4,
        "Let clientExtensionResults be the result",
        Computed("the response's member"),
    ),
    step(
        5,
        "If pkOptions.allowCredentials is not empty",
        Checks(&[Check::AllowedCredential]),
    ),
    step(
        6,
        "Identify the user being authenticated",
        Checks(&[Check::UserHandlePresent, Check::UserHandleOwner]),
    ),
    step(
        7,
        "Let cData, authData and sig denote",
        Computed("the response's members"),
    ),
    step(
        8,
        "Let JSONtext be the result of running UTF-8 decode",
        Computed("with the next step; a byte order mark is dropped"),
    ),
    step(
        9,
        "Let C, the client data claimed as used for the signature",
        Checks(&[Check::ClientDataJson]),
    ),
    step(
        10,
        "Verify that the value of C.type",
        Checks(&[Check::ClientDataType]),
    ),
    step(
        11,
        "Verify that the value of C.challenge",
        Checks(&[Check::ClientDataChallenge]),
    ),
    step(
        12,
        "Verify that the value of C.origin",
        Checks(&[Check::ClientDataOrigin]),
    ),
    step(
        13,
        "If C.crossOrigin is present and set to true",
        Checks(&[Check::ClientDataCrossOrigin]),
    ),
    step(
        14,
        "If C.topOrigin is present",
        Checks(&[Check::ClientDataTopOrigin]),
    ),
    step(
        15,
        "Verify that the rpIdHash in authData",
        Checks(&[
            Check::AuthenticatorDataForm,
            Check::AttestedCredentialData,
            Check::RpIdHash,
        ]),
    ),
    step(
        16,
        "Verify that the UP bit of the flags in authData is set",
        Checks(&[Check::UserPresent]),
    ),
    step(
        17,
        "Determine whether user verification is required",
        Checks(&[Check::UserVerified]),
    ),
    step(
        18,
        "If the BE bit of the flags in authData is not set",
        Checks(&[Check::BackupFlags]),
    ),
    step(
        19,
        "If the credential backup state is used",
        Checks(&[Check::BackupEligibilityUnchanged, Check::BackupStatePolicy]),
    ),
    step(
        20,
        "Let hash be the result of computing a hash",
        Computed("SHA-256 of the bytes as received"),
    ),
    step(
        21,
        "Using credentialRecord.publicKey, verify that sig",
        Checks(&[Check::PublicKeyForm, Check::PublicKey, Check::Signature]),
    ),
    step(
        22,
        "If authData.signCount is nonzero or credentialRecord.signCount is nonzero",
        Checks(&[Check::SignCount]),
    ),
    step(
        23,
        "Process the client extension outputs",
        Checks(&[Check::AuthenticatorExtensions, Check::Findings]),
    ),
    step(
        24,
        "Update credentialRecord with new state values",
        Store("VerifiedAuthentication::update, in the transaction of the finish"),
    ),
    step(
        25,
        "If all the above steps are successful, continue",
        Store("the ceremony is spent and the session opened, in one transaction"),
    ),
];

/// The checks of a procedure, in order.
///
/// ```
/// use passkeep_verify::{Check, steps};
///
/// let mut checks = steps::checks(steps::AUTHENTICATION);
/// assert_eq!(checks.next(), Some(Check::CeremonyLifetime));
/// ```
pub fn checks(steps: &'static [Step]) -> impl Iterator<Item = Check> {
    steps.iter().flat_map(|step| match step.by {
        Checks(checks) => checks.iter().copied(),
        _ => [].iter().copied(),
    })
}
