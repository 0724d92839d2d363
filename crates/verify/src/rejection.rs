//! What a verification can say no to.

use core::fmt;

use passkeep_protocol::Malformed;
use passkeep_protocol::cose::CoseAlgorithm;

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
    /// A `packed` statement with certificates.
    AttestationCertificates,
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
            Self::AttestationCertificates => {
                f.write_str("attestation statements with certificates cannot be verified")
            }
        }
    }
}

macro_rules! checks {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $citation:literal;)+) => {
        /// One check, in no ceremony's order; the two check lists have that.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum Check {
            $($(#[$doc])* $variant,)+
        }

        impl Check {
            /// Every check there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// A stable name for programs.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// Where the specification asks for it: level, section and first words.
            #[must_use]
            pub fn citation(self) -> &'static str {
                match self { $(Self::$variant => $citation,)+ }
            }
        }
    };
}

checks! {
    /// The ceremony's time is not over.
    CeremonyLifetime = "ceremony_lifetime", "L3 §13.5.3, \"SHOULD be valid for a duration\"";
    /// The credential is of the type `public-key`.
    CredentialType = "credential_type", "L3 §5.1, \"[[type]]\"";
    /// `id` is the base64url of `rawId`.
    CredentialIdText = "credential_id_text", "L3 §5.1, \"id\"";
    /// `type` in the client data is the ceremony's.
    ClientDataType = "client_data_type", "L3 §7.1 and §7.2, \"Verify that the value of C.type\"";
    /// `challenge` in the client data is the ceremony's.
    ClientDataChallenge = "client_data_challenge", "L3 §7.1 and §7.2, \"Verify that the value of C.challenge\"";
    /// `origin` in the client data is one of the relying party's.
    ClientDataOrigin = "client_data_origin", "L3 §7.1 and §7.2, \"Verify that the value of C.origin\"";
    /// The caller was not in a cross-origin frame.
    ClientDataCrossOrigin = "client_data_cross_origin", "L3 §7.1 and §7.2, \"If C.crossOrigin is present\"";
    /// The top-level page was the caller's own.
    ClientDataTopOrigin = "client_data_top_origin", "L3 §7.1 and §7.2, \"If C.topOrigin is present\"";
    /// The authenticator worked for this RP ID.
    RpIdHash = "rp_id_hash", "L3 §7.1 and §7.2, \"Verify that the rpIdHash\"";
    /// UP is set.
    UserPresent = "user_present", "L3 §7.1 and §7.2, \"verify that the UP bit\"";
    /// UV is set, when the ceremony demands it.
    UserVerified = "user_verified", "L3 §7.1 and §7.2, \"verify that the UV bit\"";
    /// BS is not set without BE.
    BackupFlags = "backup_flags", "L3 §7.1 and §7.2, \"If the BE bit of the flags\"";
    /// A registration has attested credential data, an assertion has none.
    AttestedCredentialData = "attested_credential_data", "L3 §6.1, \"attestedCredentialData\"";
    /// The key's algorithm was offered.
    AlgorithmOffered = "algorithm_offered", "L3 §7.1, \"Verify that the alg parameter\"";
    /// The key fits its algorithm: type, curve, a point on the curve, a modulus of a safe size.
    PublicKey = "public_key", "L3 §5.8.5, \"COSEAlgorithmIdentifier\"";
    /// The attestation statement verifies by its format's procedure.
    AttestationStatement = "attestation_statement", "L3 §7.1, \"Verify that attStmt is a correct attestation statement\"";
    /// The credential id has 1 to 1023 bytes.
    CredentialIdLength = "credential_id_length", "L3 §7.1, \"Verify that the credentialId is ≤ 1023 bytes\"";
    /// The credential id in the authenticator data is `rawId`.
    CredentialIdSigned = "credential_id_signed", "L3 §7.1, \"Verify that the credentialId\"";
    /// The credential is one the ceremony allows.
    AllowedCredential = "allowed_credential", "L3 §7.2, \"If pkOptions.allowCredentials is not empty\"";
    /// The credential belongs to the account, and the user handle says the same.
    UserHandle = "user_handle", "L3 §7.2, \"Identify the user being authenticated\"";
    /// BE is as it was at registration.
    BackupEligibility = "backup_eligibility", "L3 §7.2, \"compare currentBe\"";
    /// The signature is the credential's.
    Signature = "signature", "L3 §7.2, \"verify that sig is a valid signature\"";
    /// The signature counter grew.
    SignCount = "sign_count", "L3 §7.2, \"If authData.signCount is nonzero\"";
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
    /// A `none` statement that is not empty.
    NoneStatementNotEmpty,
    /// A self attestation whose algorithm is not the credential's.
    SelfAttestationAlgorithmDiffers {
        /// The algorithm it says.
        received: CoseAlgorithm,
    },
    /// The attestation's signature is not its key's.
    AttestationSignatureInvalid,
    /// The credential id is empty.
    CredentialIdEmpty,
    /// The authenticator data names another credential than `rawId`.
    CredentialIdSignedDiffers,
    /// The credential is not among those the ceremony allows.
    CredentialNotAllowed,
    /// The account was not known before, and the response has no user handle.
    UserHandleMissing,
    /// The user handle, or the account known before, is not the credential's.
    UserHandleDiffers,
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
}

impl Rejection {
    /// The check that refused.
    #[must_use]
    pub fn check(&self) -> Check {
        match self {
            Self::CeremonyExpired => Check::CeremonyLifetime,
            Self::CredentialTypeUnknown => Check::CredentialType,
            Self::CredentialIdTextDiffers => Check::CredentialIdText,
            Self::ClientDataTypeDiffers { .. } => Check::ClientDataType,
            Self::ChallengeDiffers => Check::ClientDataChallenge,
            Self::OriginNotAccepted { .. } => Check::ClientDataOrigin,
            Self::CrossOriginNotAccepted => Check::ClientDataCrossOrigin,
            Self::TopOriginNotAccepted { .. } => Check::ClientDataTopOrigin,
            Self::RpIdHashDiffers => Check::RpIdHash,
            Self::UserNotPresent => Check::UserPresent,
            Self::UserNotVerified => Check::UserVerified,
            Self::BackupStateWithoutEligibility => Check::BackupFlags,
            Self::AttestedCredentialDataMissing | Self::AttestedCredentialDataUnexpected => {
                Check::AttestedCredentialData
            }
            Self::AlgorithmNotOffered { .. } => Check::AlgorithmOffered,
            Self::PublicKeyUnusable { .. } => Check::PublicKey,
            Self::NoneStatementNotEmpty
            | Self::SelfAttestationAlgorithmDiffers { .. }
            | Self::AttestationSignatureInvalid => Check::AttestationStatement,
            Self::CredentialIdEmpty => Check::CredentialIdLength,
            Self::CredentialIdSignedDiffers => Check::CredentialIdSigned,
            Self::CredentialNotAllowed => Check::AllowedCredential,
            Self::UserHandleMissing | Self::UserHandleDiffers => Check::UserHandle,
            Self::BackupEligibilityChanged => Check::BackupEligibility,
            Self::SignatureInvalid => Check::Signature,
            Self::SignCountNotGreater { .. } => Check::SignCount,
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
            Self::NoneStatementNotEmpty => {
                f.write_str("an attestation statement of the format none is not empty")
            }
            Self::SelfAttestationAlgorithmDiffers { received } => {
                write!(
                    f,
                    "a self attestation has the algorithm {received}, which is not its key's"
                )
            }
            Self::AttestationSignatureInvalid => {
                f.write_str("the attestation's signature is not its key's")
            }
            Self::CredentialIdEmpty => f.write_str("the credential id is empty"),
            Self::CredentialIdSignedDiffers => {
                f.write_str("the authenticator data names another credential than rawId")
            }
            Self::CredentialNotAllowed => {
                f.write_str("the credential is not among those the ceremony allows")
            }
            Self::UserHandleMissing => f.write_str("the response has no user handle"),
            Self::UserHandleDiffers => f.write_str("the credential belongs to another account"),
            Self::BackupEligibilityChanged => {
                f.write_str("the credential's backup eligibility is not as it was at registration")
            }
            Self::SignatureInvalid => f.write_str("the signature is not the credential's"),
            Self::SignCountNotGreater { stored, received } => {
                write!(f, "the signature counter went from {stored} to {received}")
            }
        }
    }
}
