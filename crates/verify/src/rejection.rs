//! What a verification can say no to.

use core::fmt;

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::{Malformed, Structure};

use crate::check::Check;
use crate::finding::FindingKind;

mod attestation;

pub use self::attestation::AttestationRejection;

/// A ceremony was not accepted.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum VerifyError {
    /// The client sent bytes that are not in their format.
    Malformed(Malformed),
    /// Everything could be read, and one check refused it.
    Rejected(Rejection),
    /// The response uses something this crate cannot verify.
    Unsupported(Unsupported),
}

impl VerifyError {
    /// The check that ended the verification.
    #[must_use]
    pub fn check(&self) -> Check {
        match self {
            Self::Rejected(rejection) => rejection.check(),
            Self::Unsupported(_) => Check::AttestationFormat,
            Self::Malformed(malformed) => match malformed.structure {
                Structure::AttestationObject => Check::AttestationObjectCbor,
                Structure::AuthenticatorData => Check::AuthenticatorDataForm,
                Structure::ClientData => Check::ClientDataJson,
                Structure::CoseKey => Check::PublicKeyForm,
                Structure::Base64Url => Check::CredentialIdText,
                Structure::ExtensionOutputs => Check::AuthenticatorExtensions,
                _ => Check::AttestationStatement,
            },
        }
    }

    /// A stable name for programs: of the rejection, or of the family of error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::Unsupported(_) => "unsupported",
            Self::Rejected(rejection) => rejection.code(),
        }
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(malformed) => malformed.fmt(f),
            Self::Rejected(rejection) => rejection.fmt(f),
            Self::Unsupported(unsupported) => unsupported.fmt(f),
        }
    }
}

impl core::error::Error for VerifyError {}

impl From<Malformed> for VerifyError {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl From<Rejection> for VerifyError {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

/// Something a response uses that this crate cannot verify.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Unsupported {
    /// An attestation statement format. [L3 §7.1, "Determine the attestation statement format"]
    ///
    /// [L3 §7.1, "Determine the attestation statement format"]: https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
    AttestationFormat(String),
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AttestationFormat(fmt) => {
                write!(
                    f,
                    "attestation statements of the format {fmt:?} cannot be verified"
                )
            }
        }
    }
}

/// A check refused. One variant per way to refuse, each made in one place.
///
/// `Display` is for developers and logs. It may name origins, algorithms and counters, and never challenges, credential
/// ids or signatures. What a person reads is up to the caller; the code of [`Rejection::check`] is stable.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Rejection {
    /// The ceremony's time is over.
    CeremonyExpired,
    /// The credential is not of the type `public-key`.
    CredentialTypeUnknown,
    /// `id` is not the base64url of `rawId`.
    CredentialIdTextDiffers,
    /// The client data is of another type.
    ClientDataTypeDiffers {
        /// The type it says.
        received: String,
    },
    /// The client data has another challenge.
    ChallengeDiffers,
    /// The client data has an origin that is not the relying party's.
    OriginNotAccepted {
        /// The origin it says.
        received: String,
        /// What a developer should look at first, if it is near an accepted one.
        difference: Option<&'static str>,
    },
    /// The caller was in a cross-origin frame.
    CrossOriginNotAccepted,
    /// The client data names a top-level page.
    TopOriginNotAccepted {
        /// The origin it says.
        received: String,
    },
    /// The authenticator worked for another RP ID.
    RpIdHashDiffers,
    /// UP is not set.
    UserNotPresent,
    /// UV is not set, and the ceremony demands it.
    UserNotVerified,
    /// BS is set without BE.
    BackupStateWithoutEligibility,
    /// A registration without attested credential data.
    AttestedCredentialDataMissing,
    /// An assertion with attested credential data.
    AttestedCredentialDataUnexpected,
    /// The key is for an algorithm that was not offered.
    AlgorithmNotOffered {
        /// The key's algorithm.
        received: CoseAlgorithm,
    },
    /// The key does not fit its algorithm.
    PublicKeyUnusable {
        /// The key's algorithm.
        algorithm: CoseAlgorithm,
    },
    /// The attestation.
    Attestation(AttestationRejection),
    /// The credential id is empty.
    CredentialIdEmpty,
    /// The credential id has more than 1023 bytes.
    CredentialIdTooLong,
    /// The authenticator data names another credential than `rawId`.
    CredentialIdSignedDiffers,
    /// The credential is not among those the ceremony allows.
    CredentialNotAllowed,
    /// The account was not known before, and the response has no user handle.
    UserHandleMissing,
    /// The user handle, or the account known before, is not the credential's.
    UserHandleDiffers,
    /// BE is not what the policy accepts.
    BackupEligibilityNotAccepted,
    /// BS is not what the policy accepts.
    BackupStateNotAccepted,
    /// The stored key is for an algorithm that cannot be verified here.
    AlgorithmUnknown {
        /// The key's algorithm.
        algorithm: CoseAlgorithm,
    },
    /// BE is not as it was at registration.
    BackupEligibilityChanged,
    /// The signature is not the credential's.
    SignatureInvalid,
    /// The signature counter did not grow, and the policy refuses that.
    SignCountNotGreater {
        /// The counter on record.
        stored: u32,
        /// The counter in the response.
        received: u32,
    },
    /// Something was noticed that the policy refuses, and that has no rejection of its own.
    FindingRefused {
        /// What was noticed.
        kind: FindingKind,
    },
}

impl Rejection {
    /// The check that refused.
    #[must_use]
    pub fn check(&self) -> Check {
        self.names().0
    }

    /// A stable name for programs. One check can refuse in several ways.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.names().1
    }

    fn names(&self) -> (Check, &'static str) {
        match self {
            Self::CeremonyExpired => (Check::CeremonyLifetime, "ceremony_expired"),
            Self::CredentialTypeUnknown => (Check::CredentialType, "credential_type_unknown"),
            Self::CredentialIdTextDiffers => {
                (Check::CredentialIdText, "credential_id_text_differs")
            }
            Self::ClientDataTypeDiffers { .. } => {
                (Check::ClientDataType, "client_data_type_differs")
            }
            Self::ChallengeDiffers => (Check::ClientDataChallenge, "challenge_differs"),
            Self::OriginNotAccepted { .. } => (Check::ClientDataOrigin, "origin_not_accepted"),
            Self::CrossOriginNotAccepted => {
                (Check::ClientDataCrossOrigin, "cross_origin_not_accepted")
            }
            Self::TopOriginNotAccepted { .. } => {
                (Check::ClientDataTopOrigin, "top_origin_not_accepted")
            }
            Self::RpIdHashDiffers => (Check::RpIdHash, "rp_id_hash_differs"),
            Self::UserNotPresent => (Check::UserPresent, "user_not_present"),
            Self::UserNotVerified => (Check::UserVerified, "user_not_verified"),
            Self::BackupStateWithoutEligibility => {
                (Check::BackupFlags, "backup_state_without_eligibility")
            }
            Self::AttestedCredentialDataMissing => (
                Check::AttestedCredentialData,
                "attested_credential_data_missing",
            ),
            Self::AttestedCredentialDataUnexpected => (
                Check::AttestedCredentialData,
                "attested_credential_data_unexpected",
            ),
            Self::AlgorithmNotOffered { .. } => (Check::AlgorithmOffered, "algorithm_not_offered"),
            Self::PublicKeyUnusable { .. } => (Check::PublicKey, "public_key_unusable"),
            Self::Attestation(attestation) => (attestation.check(), attestation.code()),
            Self::CredentialIdEmpty => (Check::CredentialIdLength, "credential_id_empty"),
            Self::CredentialIdTooLong => (Check::CredentialIdLength, "credential_id_too_long"),
            Self::CredentialIdSignedDiffers => {
                (Check::CredentialIdSigned, "credential_id_signed_differs")
            }
            Self::CredentialNotAllowed => (Check::AllowedCredential, "credential_not_allowed"),
            Self::UserHandleMissing => (Check::UserHandlePresent, "user_handle_missing"),
            Self::UserHandleDiffers => (Check::UserHandleOwner, "user_handle_differs"),
            Self::BackupEligibilityNotAccepted => (
                Check::BackupEligibilityPolicy,
                "backup_eligibility_not_accepted",
            ),
            Self::BackupStateNotAccepted => (Check::BackupStatePolicy, "backup_state_not_accepted"),
            Self::AlgorithmUnknown { .. } => (Check::PublicKey, "algorithm_unknown"),
            Self::BackupEligibilityChanged => (
                Check::BackupEligibilityUnchanged,
                "backup_eligibility_changed",
            ),
            Self::SignatureInvalid => (Check::Signature, "signature_invalid"),
            Self::SignCountNotGreater { .. } => (Check::SignCount, "sign_count_not_greater"),
            Self::FindingRefused { .. } => (Check::Findings, "finding_refused"),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CeremonyExpired => f.write_str("the ceremony's time is over"),
            Self::CredentialTypeUnknown => f.write_str("the credential's type is not public-key"),
            Self::CredentialIdTextDiffers => f.write_str("id is not the base64url of rawId"),
            Self::ClientDataTypeDiffers { received } => {
                write!(
                    f,
                    "the client data is of the type {received:?}, which is another ceremony's"
                )
            }
            Self::ChallengeDiffers => f.write_str("the client data has another challenge"),
            Self::OriginNotAccepted {
                received,
                difference,
            } => {
                write!(f, "the origin {received:?} is not one of the accepted ones")?;
                difference.map_or(Ok(()), |difference| write!(f, " ({difference})"))
            }
            Self::CrossOriginNotAccepted => {
                f.write_str("the caller was in a cross-origin frame, which is not accepted")
            }
            Self::TopOriginNotAccepted { received } => {
                write!(f, "the top-level page {received:?} is not accepted")
            }
            Self::RpIdHashDiffers => f.write_str("the authenticator worked for another RP ID"),
            Self::UserNotPresent => f.write_str("the user was not present"),
            Self::UserNotVerified => f.write_str("the user was not verified, and must be"),
            Self::BackupStateWithoutEligibility => {
                f.write_str("the credential is backed up but not eligible for backup")
            }
            Self::AttestedCredentialDataMissing => {
                f.write_str("the authenticator data has no attested credential data")
            }
            Self::AttestedCredentialDataUnexpected => {
                f.write_str("the authenticator data of an assertion has attested credential data")
            }
            Self::AlgorithmNotOffered { received } => {
                write!(f, "the algorithm {received} was not offered")
            }
            Self::PublicKeyUnusable { algorithm } => {
                write!(f, "the public key does not fit its algorithm {algorithm}")
            }
            Self::Attestation(attestation) => attestation.fmt(f),
            Self::CredentialIdEmpty => f.write_str("the credential id is empty"),
            Self::CredentialIdTooLong => f.write_str("the credential id has more than 1023 bytes"),
            Self::CredentialIdSignedDiffers => {
                f.write_str("the authenticator data names another credential than rawId")
            }
            Self::CredentialNotAllowed => {
                f.write_str("the credential is not among those the ceremony allows")
            }
            Self::UserHandleMissing => f.write_str("the response has no user handle"),
            Self::UserHandleDiffers => f.write_str("the credential belongs to another account"),
            Self::BackupEligibilityNotAccepted => {
                f.write_str("the credential's backup eligibility is not what the policy accepts")
            }
            Self::BackupStateNotAccepted => {
                f.write_str("the credential is not backed up, and the policy demands it")
            }
            Self::AlgorithmUnknown { algorithm } => {
                write!(
                    f,
                    "the algorithm {algorithm} of the stored key cannot be verified"
                )
            }
            Self::BackupEligibilityChanged => {
                f.write_str("the credential's backup eligibility is not as it was at registration")
            }
            Self::SignatureInvalid => f.write_str("the signature is not the credential's"),
            Self::SignCountNotGreater { stored, received } => {
                write!(f, "the signature counter went from {stored} to {received}")
            }
            Self::FindingRefused { kind } => {
                write!(f, "{}, which the policy refuses", kind.description())
            }
        }
    }
}
