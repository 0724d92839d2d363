//! What a registration can be refused for because of its attestation.

use core::fmt;

use passkeep_protocol::cose::CoseAlgorithm;

use super::VerifyError;
use crate::attestation::AttestationFormat;
use crate::certificate::path::PathError;
use crate::check::Check;
use crate::metadata::MetadataRefusal;
use crate::revocation::RevocationRefusal;

macro_rules! rejections {
    ($(
        $(#[$doc:meta])*
        $variant:ident $({ $($(#[$field_doc:meta])* $field:ident: $ty:ty,)+ })? $(($(#[$inner_doc:meta])* $inner:ty))? =
            $code:literal, $check:path, $citation:literal, $hint:literal;
    )+) => {
        /// An attestation was not accepted. One variant per way to refuse, each made in one place.
        #[derive(Clone, Debug, Eq, PartialEq)]
        #[non_exhaustive]
        pub enum AttestationRejection {
            $($(#[$doc])* $variant $({ $($(#[$field_doc])* $field: $ty,)+ })? $(($(#[$inner_doc])* $inner))?,)+
        }

        impl AttestationRejection {
            /// A stable name for programs.
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $code,)+ }
            }

            /// The check that refused.
            #[must_use]
            pub fn check(&self) -> Check {
                match self { $(Self::$variant { .. } => $check,)+ }
            }

            /// Where the specification asks for it: level, section and first words.
            #[must_use]
            pub fn citation(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $citation,)+ }
            }

            /// What a developer should look at first.
            #[must_use]
            pub fn hint(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $hint,)+ }
            }
        }
    };
}

rejections! {
    /// The policy does not accept statements of this format.
    FormatNotAccepted {
        /// Which.
        format: AttestationFormat,
    } = "attestation_format_not_accepted", Check::AttestationFormat, "L3 §7.1, \"Determine the attestation statement format\"",
        "TrustPolicy::formats does not have it; android-safetynet is off unless it is put there";
    /// A `none` statement that is not empty.
    NoneStatementNotEmpty = "none_statement_not_empty", Check::AttestationStatement, "L3 §8.7, \"None Attestation Statement Format\"",
        "attStmt of the format none is the empty map";
    /// A self attestation whose algorithm is not the credential's.
    SelfAttestationAlgorithmDiffers {
        /// The algorithm it says.
        received: CoseAlgorithm,
    } = "self_attestation_algorithm_differs", Check::AttestationStatement, "L3 §8.2, \"Validate that alg matches the algorithm of the credentialPublicKey\"",
        "without x5c the credential's own key signs, with its own algorithm";
    /// The statement is signed with an algorithm that is not for statements, or that nothing here verifies.
    AlgorithmUnsupported {
        /// The algorithm it says.
        received: CoseAlgorithm,
    } = "attestation_algorithm_unsupported", Check::AttestationStatement, "L3 §6.5.5, \"Signature Formats\"",
        "see CryptoProvider for the algorithms; SHA-1 (RS1) is accepted in tpm statements only";
    /// The attestation's signature is not its key's.
    SignatureInvalid = "attestation_signature_invalid", Check::AttestationStatement, "L3 §8, \"Verify that sig is a valid signature\"",
        "something that was signed is not as it was: authenticator data, client data, or for tpm certInfo";
    /// The attestation certificate's key is none that a signature algorithm here is for.
    CertificateKeyUnsupported = "attestation_certificate_key_unsupported", Check::AttestationStatement, "L3 §8, \"attestation public key\"",
        "keys are uncompressed points on P-256, P-384, P-521 or secp256k1, RSA, Ed25519, Ed448 or ML-DSA";
    /// The attestation certificate is not of version 3.
    CertificateVersion {
        /// Its version, as people count.
        received: u8,
    } = "attestation_certificate_version", Check::AttestationStatement, "L3 §8.2.1 and §8.3.1, \"Version MUST be set to 3\"",
        "certificates without extensions are of version 1";
    /// The attestation certificate's subject is not as the format demands.
    CertificateSubject {
        /// Which part of it.
        attribute: &'static str,
    } = "attestation_certificate_subject", Check::AttestationStatement, "L3 §8.2.1, \"Subject field MUST be set to\"",
        "C is two letters (PrintableString); O, OU and CN are there, and OU is exactly \"Authenticator Attestation\"";
    /// The attestation certificate does not say that it is no certificate authority.
    CertificateNotEndEntity = "attestation_certificate_not_end_entity", Check::AttestationStatement, "L3 §8.2.1 and §8.3.1, \"The Basic Constraints extension MUST have the CA component set to false\"",
        "x5c begins with the attestation certificate itself, and basicConstraints must be in it";
    /// The AAGUID in the attestation certificate is not the authenticator data's.
    AaguidDiffers = "attestation_aaguid_differs", Check::AttestationStatement, "L3 §8.2, \"If attestnCert contains an extension with OID 1.3.6.1.4.1.45724.1.1.4\"",
        "the certificate is another model's";
    /// An extension of FIDO is marked critical and must not be.
    ExtensionCritical = "attestation_extension_critical", Check::AttestationStatement, "L3 §8.2.1, \"The extension MUST NOT be marked as critical\"",
        "the AAGUID, firmware version and serial number extensions are not critical";
    /// The attestation certificate carries the authenticator's own serial number, which was not asked for.
    SerialNumberUnexpected = "attestation_serial_number_unexpected", Check::AttestationStatement, "L3 §8.2.2, \"MUST NOT be present in non-enterprise attestations\"",
        "set TrustPolicy::enterprise where the ceremony asks for enterprise attestation";

    /// A `tpm` statement of another version than 2.0.
    TpmVersion = "tpm_version", Check::AttestationStatement, "L3 §8.3, \"ver: The version of the TPM specification\"",
        "ver is the text 2.0";
    /// The key in the TPM's public area is not the credential's.
    TpmKeyDiffers = "tpm_key_differs", Check::AttestationStatement, "L3 §8.3, \"Verify that the public key specified by the parameters and unique fields of pubArea\"",
        "pubArea and the credential public key must be one key: type, curve or exponent, and numbers";
    /// What the TPM signed is not a structure that it made itself.
    TpmMagicDiffers = "tpm_magic_differs", Check::AttestationStatement, "L3 §8.3, \"Verify that magic is set to TPM_GENERATED_VALUE\"",
        "certInfo begins with ff544347";
    /// What the TPM signed is not about an object in it.
    TpmTypeDiffers = "tpm_type_differs", Check::AttestationStatement, "L3 §8.3, \"Verify that type is set to TPM_ST_ATTEST_CERTIFY\"",
        "certInfo has the type 8017";
    /// What the TPM signed is not about this registration.
    TpmExtraDataDiffers = "tpm_extra_data_differs", Check::AttestationStatement, "L3 §8.3, \"Verify that extraData is set to the hash of attToBeSigned\"",
        "extraData is the hash, with the hash of alg, of authData and the hash of the client data";
    /// What the TPM signed is about another key.
    TpmNameDiffers = "tpm_name_differs", Check::AttestationStatement, "L3 §8.3, \"attested contains a TPMS_CERTIFY_INFO structure\"",
        "the name is nameAlg and the hash, with nameAlg, of pubArea as it arrived";
    /// A hash algorithm that no TPM attestation may use, or none where one is needed.
    TpmHashUnsupported = "tpm_hash_unsupported", Check::AttestationStatement, "L3 §8.3, \"nameAlg\"",
        "SHA-1, SHA-256, SHA-384 and SHA-512 are supported";
    /// The attestation key's certificate has a subject.
    TpmSubjectNotEmpty = "tpm_subject_not_empty", Check::AttestationStatement, "L3 §8.3.1, \"Subject field MUST be set to empty\"",
        "x5c begins with the certificate of the attestation key";
    /// The attestation key's certificate does not name the TPM.
    TpmNamesMissing {
        /// Which name.
        attribute: &'static str,
    } = "tpm_names_missing", Check::AttestationStatement, "L3 §8.3.1, \"The Subject Alternative Name extension MUST be set\"",
        "manufacturer, model and version are attributes of a directoryName";
    /// The attestation key's certificate is not for attestation keys.
    TpmPurposeMissing = "tpm_purpose_missing", Check::AttestationStatement, "L3 §8.3.1, \"The Extended Key Usage extension MUST contain the OID 2.23.133.8.3\"",
        "the extended key usage must have 2.23.133.8.3 among its purposes";

    /// The key in the certificate is not the credential's.
    CertificateKeyDiffers = "attestation_certificate_key_differs", Check::AttestationStatement, "L3 §8.4 and §8.8, \"Verify that the public key in the first certificate\"",
        "android-key and apple certify the credential's own key";
    /// The certificate has no key description.
    AndroidKeyDescriptionMissing = "android_key_description_missing", Check::AttestationStatement, "L3 §8.4.1, \"Android Key Attestation Statement Certificate Requirements\"",
        "the extension 1.3.6.1.4.1.11129.2.1.17 must be in the first certificate";
    /// A certificate nearer to the root has a key description too, and only that one counts.
    AndroidKeyDescriptionNotNearestRoot {
        /// Its position.
        position: usize,
    } = "android_key_description_not_nearest_root", Check::AttestationStatement, "Android, \"Verify hardware-backed key pairs with key attestation\", \"closest to the root\"",
        "an attested key has issued another certificate, whose description says nothing";
    /// The key was not made for this registration.
    AndroidChallengeDiffers = "android_challenge_differs", Check::AttestationStatement, "L3 §8.4, \"Verify that the attestationChallenge field\"",
        "attestationChallenge is the hash of the client data";
    /// The key may be used by every application.
    AndroidAllApplications = "android_all_applications", Check::AttestationStatement, "L3 §8.4, \"The AuthorizationList.allApplications field is not present\"",
        "such a key is not scoped to one RP ID";
    /// The key was not made inside the key store.
    AndroidOriginDiffers = "android_origin_differs", Check::AttestationStatement, "L3 §8.4, \"The value in the AuthorizationList.origin field\"",
        "origin is KM_ORIGIN_GENERATED (0), in the list that the policy reads";
    /// The key is not for signing.
    AndroidPurposeDiffers = "android_purpose_differs", Check::AttestationStatement, "L3 §8.4, \"The value in the AuthorizationList.purpose field\"",
        "purpose contains KM_PURPOSE_SIGN (2), in the list that the policy reads";
    /// The key is not where the policy wants it.
    AndroidSecurityLevel {
        /// Its security level: 0 is software, 1 the trusted environment, 2 a `StrongBox`.
        received: u8,
    } = "android_security_level", Check::AttestationTrust, "L3 §8.4, \"if the RP wants to accept only keys from a trusted execution environment\"",
        "see TrustPolicy::android_key";

    /// The SafetyNet response says no version, or one that is not there.
    SafetyNetVersion = "safety_net_version", Check::AttestationStatement, "L3 §8.5, \"ver: The version number of Google Play Services\"",
        "ver is not empty";
    /// The SafetyNet response is signed by another host.
    SafetyNetHostDiffers = "safety_net_host_differs", Check::AttestationStatement, "L3 §8.5, \"the SafetyNet service\"",
        "the certificate is for attest.android.com";
    /// The SafetyNet response is about another registration.
    SafetyNetNonceDiffers = "safety_net_nonce_differs", Check::AttestationStatement, "L3 §8.5, \"Verify that the nonce attribute\"",
        "nonce is the base64 of SHA-256 over authData and the hash of the client data";
    /// The device did not pass SafetyNet's tests.
    SafetyNetProfileMismatch = "safety_net_profile_mismatch", Check::AttestationStatement, "L3 §8.5, \"ctsProfileMatch\"",
        "ctsProfileMatch is not true";
    /// The SafetyNet response is too old, or from the future.
    SafetyNetOutOfDate = "safety_net_out_of_date", Check::AttestationStatement, "L3 §8.5, \"timestampMs\"",
        "see TrustPolicy::safety_net_lifetime, and whether clocks are right";

    /// A `fido-u2f` statement with more than one certificate.
    U2fCertificateCount {
        /// How many.
        received: usize,
    } = "u2f_certificate_count", Check::AttestationStatement, "L3 §8.6, \"Check that x5c has exactly one element\"",
        "U2F authenticators have one certificate";
    /// The `fido-u2f` certificate's key is not on P-256.
    U2fCertificateKey = "u2f_certificate_key", Check::AttestationStatement, "L3 §8.6, \"If certificate public key is not an Elliptic Curve (EC) public key over the P-256 curve\"",
        "U2F signs with P-256 only";
    /// The credential's key is none that U2F makes.
    U2fCredentialKey = "u2f_credential_key", Check::AttestationStatement, "L3 §8.6, \"If size differs or \\\"-2\\\" key is not found\"",
        "U2F keys are ES256 with coordinates of 32 bytes";

    /// The certificate has no nonce.
    AppleNonceMissing = "apple_nonce_missing", Check::AttestationStatement, "L3 §8.8, \"the extension with OID 1.2.840.113635.100.8.2\"",
        "the extension 1.2.840.113635.100.8.2 must be in the first certificate";
    /// The certificate was made for another registration.
    AppleNonceDiffers = "apple_nonce_differs", Check::AttestationStatement, "L3 §8.8, \"Verify that nonce equals the value of the extension\"",
        "the nonce is SHA-256 over authData and the hash of the client data";

    /// A `compound` statement inside a `compound` statement.
    CompoundNested = "compound_nested", Check::AttestationStatement, "L3 §8.9, \"nonCompoundAttStmt\"",
        "the statements inside are of other formats";
    /// A part of a `compound` statement was refused, and the policy wants all.
    CompoundPartRefused {
        /// Which part.
        index: usize,
        /// Why.
        why: Box<VerifyError>,
    } = "compound_part_refused", Check::AttestationStatement, "L3 §8.9, \"if one or more subStmts fail verification\"",
        "TrustPolicy::compound can accept one part instead of all";
    /// Every part of a `compound` statement was refused.
    CompoundAllRefused = "compound_all_refused", Check::AttestationStatement, "L3 §8.9, \"if sufficiently many items of attStmt verify successfully\"",
        "one part must be accepted at least";

    /// The policy wants an attestation, and there is none.
    NoneNotAccepted = "attestation_none_not_accepted", Check::AttestationTrust, "L3 §7.1, \"If no attestation was provided\"",
        "ask for attestation \"direct\", or set TrustPolicy::none";
    /// The policy wants more than a self attestation.
    SelfNotAccepted = "attestation_self_not_accepted", Check::AttestationTrust, "L3 §7.1, \"If self attestation was used\"",
        "set TrustPolicy::self_attestation where it is enough";
    /// Nobody who is believed vouches for the attestation.
    Untrusted(
        /// What is wrong with its path.
        PathError
    ) = "attestation_untrusted", Check::AttestationTrust, "L3 §7.1, \"verify that the attestation public key either correctly chains up to an acceptable root certificate\"",
        "add the vendor's root to TrustPolicy::anchors, or send the intermediate certificates in x5c";
    /// A certificate on the path is revoked, or nobody can say that it is not and the policy wants to know.
    CertificateRevoked(
        /// Which, and who says so.
        RevocationRefusal
    ) = "attestation_certificate_revoked", Check::AttestationTrust, "L3 §7.1, \"certificate status information\"",
        "see TrustPolicy::revocation";
    /// The metadata speaks against the model, or does not say what the policy wants to know.
    Model(
        /// What it says.
        MetadataRefusal
    ) = "attestation_model_refused", Check::AttestationTrust, "MDS §3.2, \"Metadata BLOB object processing rules\"",
        "see TrustPolicy::metadata, and what the FIDO Metadata Service reports on the AAGUID";
    /// The policy refuses this model.
    AaguidDenied = "aaguid_denied", Check::AttestationTrust, "L3 §7.1, \"Assess the attestation trustworthiness\"",
        "TrustPolicy::aaguids denies it";
    /// The policy accepts other models only.
    AaguidNotAllowed = "aaguid_not_allowed", Check::AttestationTrust, "L3 §7.1, \"Assess the attestation trustworthiness\"",
        "TrustPolicy::aaguids does not allow it";
    /// The policy accepts certain models only, and nothing proves which one this is.
    AaguidNotProven = "aaguid_not_proven", Check::AttestationTrust, "L3 §7.1, \"Assess the attestation trustworthiness\"",
        "a list of models needs trusted attestations of a format that signs the AAGUID, which fido-u2f does not";
}

impl fmt::Display for AttestationRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the attestation is not accepted: ")?;
        match self {
            Self::FormatNotAccepted { format } => write!(f, "its format is {format}"),
            Self::SelfAttestationAlgorithmDiffers { received } => {
                write!(f, "its algorithm {received} is not its key's")
            }
            Self::AlgorithmUnsupported { received } => {
                write!(f, "its algorithm {received} is not supported")
            }
            Self::CertificateVersion { received } => {
                write!(f, "its certificate is of version {received}")
            }
            Self::CertificateSubject { attribute } => {
                write!(f, "its certificate's subject is wrong in {attribute}")
            }
            Self::TpmNamesMissing { attribute } => {
                write!(f, "its certificate does not name the TPM's {attribute}")
            }
            Self::AndroidKeyDescriptionNotNearestRoot { position } => {
                write!(f, "certificate {position} has a key description too")
            }
            Self::AndroidSecurityLevel { received } => {
                write!(
                    f,
                    "its security level {received} is below what the policy wants"
                )
            }
            Self::U2fCertificateCount { received } => write!(f, "it has {received} certificates"),
            Self::CompoundPartRefused { index, why } => write!(f, "part {index}: {why}"),
            Self::Untrusted(why) => write!(f, "nobody who is believed vouches for it ({why})"),
            Self::CertificateRevoked(why) => why.fmt(f),
            Self::Model(why) => why.fmt(f),
            // The others carry nothing: their names say it all.
            other => f.write_str(&other.code().replace('_', " ")),
        }
    }
}
