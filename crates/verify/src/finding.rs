//! What a verification noticed and a policy may tolerate: facts for logs, risk scoring and the policy itself.
//!
//! What the specification forbids outright is a [`Rejection`](crate::Rejection). Everything here can be accepted by
//! somebody for a reason, so each [`FindingKind`] has an action in the [`FindingPolicy`]: report it with the verified
//! result, or refuse the ceremony. [`FindingPolicy::default`] has the choices that suit most, each with its reason below;
//! [`FindingPolicy::strict`] refuses them all.
//!
//! Refused by default is only a changed backup eligibility. A counter that goes back is reported, because synced and
//! multi-device credentials count unevenly and refusing locks people out. Compatibility rules are reported, because each
//! exists for a client or authenticator that people own.

use core::fmt;

use passkeep_protocol::compat::Quirk;
use serde::Serialize;

macro_rules! findings {
    ($(
        $variant:ident $({ $($(#[$field_doc:meta])* $field:ident: $ty:ty,)+ })? =
            $code:literal, $action:ident, $description:literal, $citation:literal;
    )+) => {
        /// Something a policy may tolerate, with what was seen.
        ///
        /// In JSON, the kind's code is the member `kind`, beside the data.
        #[derive(Clone, Debug, Eq, PartialEq, Serialize)]
        #[serde(tag = "kind", rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Finding {
            $(
                #[doc = concat!("It was noticed that ", $description, ". `[", $citation, "]`")]
                $variant $({ $($(#[$field_doc])* $field: $ty,)+ })?,
            )+
        }

        /// A kind of [`Finding`]: what a policy decides about.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum FindingKind {
            $(
                #[doc = concat!("It was noticed that ", $description, ". `[", $citation, "]`")]
                $variant,
            )+
        }

        impl Finding {
            /// Its kind.
            #[must_use]
            pub fn kind(&self) -> FindingKind {
                match self { $(Self::$variant { .. } => FindingKind::$variant,)+ }
            }
        }

        impl FindingKind {
            /// Every kind there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// A stable name for programs.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// What was noticed, as a clause without a full stop.
            #[must_use]
            pub fn description(self) -> &'static str {
                match self { $(Self::$variant => $description,)+ }
            }

            /// Where the specification speaks of it: level, section and first words; or what else it departs from.
            #[must_use]
            pub fn citation(self) -> &'static str {
                match self { $(Self::$variant => $citation,)+ }
            }

            /// The action of [`FindingPolicy::default`].
            #[must_use]
            pub fn default_action(self) -> FindingAction {
                match self { $(Self::$variant => FindingAction::$action,)+ }
            }
        }
    };
}

findings! {
    CounterRegressed {
        /// The counter on record.
        stored: u32,
        /// The counter in this response.
        received: u32,
    } = "counter_regressed", Report,
        "the signature counter did not grow: the authenticator may be cloned, or it counts badly, or two sign-ins raced",
        "L3 §6.1.1, \"Signature Counter Considerations\"";
    BackupEligibilityChanged {
        /// BE now.
        now: bool,
    } = "backup_eligibility_changed", Reject,
        "the credential became able to be copied to other devices, or unable, which it cannot",
        "L3 §7.2, \"compare currentBe\"";
    TopOriginMissing = "top_origin_missing", Report,
        "the caller was in a cross-origin frame, and the client, one of Level 2, does not say whose page is around it",
        "L3 §7.1 and §7.2, \"If C.topOrigin is present\"";
    UntrustedAttestation {
        /// The statement's format.
        fmt: String,
    } = "untrusted_attestation", Report,
        "the attestation statement is correct, and nothing trusted vouches for its key",
        "L3 §7.1, \"Assess the attestation trustworthiness\"";
    UnknownTransport {
        /// The transport, as the client wrote it.
        received: String,
    } = "unknown_transport", Report,
        "the client reports a transport that is not known here; it is kept as it came",
        "L3 §5.8.4, \"AuthenticatorTransport\"";
    UnknownAttachment {
        /// The attachment, as the client wrote it.
        received: String,
    } = "unknown_attachment", Report,
        "the client reports a kind of attachment that is not known here; nothing depends on it",
        "L3 §5.4.5, \"AuthenticatorAttachment\"";
    UnknownClientDataMember {
        /// The member's name.
        name: String,
    } = "unknown_client_data_member", Report,
        "the client data has a member that is not known here, as some browsers add one now and then; it was not read",
        "L3 §5.8.1, \"future members\"";
    UnsolicitedClientExtension {
        /// The extension's identifier.
        identifier: String,
    } = "unsolicited_client_extension", Report,
        "the client answers an extension that was not asked for",
        "L3 §7.1 and §7.2, \"Process the client extension outputs\"";
    UnsolicitedAuthenticatorExtension {
        /// The extension's identifier.
        identifier: String,
    } = "unsolicited_authenticator_extension", Report,
        "the authenticator answers an extension that was not asked for",
        "L3 §7.1 and §7.2, \"Process the authenticator extension outputs\"";
    CredentialProtectionLower {
        /// The level asked for, 1 to 3.
        asked: u8,
        /// The level the credential has, or none when the authenticator says nothing of it.
        received: Option<u8>,
    } = "credential_protection_lower", Report,
        "the credential is protected less than was asked for and to be enforced",
        "CTAP 2.1 §12.1, \"enforceCredentialProtectionPolicy\"";
    PrfResultsReceived = "prf_results_received", Report,
        "the client sent the results of the prf extension, which are secrets of the client; they were dropped",
        "L3 §10.1.4, \"Pseudo-random function extension\"";
    EmptyUserHandle = "empty_user_handle", Report,
        "the client sent an empty user handle, as Safari has done; it was read as none",
        "L3 §5.4.3, \"id\"";
    ClientExtensionResultsMissing = "client_extension_results_missing", Report,
        "clientExtensionResults is missing; it was read as empty",
        "L3 §5.1, \"RegistrationResponseJSON\" and \"AuthenticationResponseJSON\"";
    TransportsMissing = "transports_missing", Report,
        "transports is missing; it was read as empty",
        "L3 §5.2.1, \"AuthenticatorAttestationResponseJSON\"";
    ConvenienceCopiesMissing = "convenience_copies_missing", Report,
        "authenticatorData or publicKeyAlgorithm is missing beside the attestation object; nothing is read from them",
        "L3 §5.2.1, \"AuthenticatorAttestationResponseJSON\"";
    TypeMissing = "type_missing", Report,
        "the credential's type is missing; it was read as public-key",
        "L3 §5.1, \"RegistrationResponseJSON\" and \"AuthenticationResponseJSON\"";
    NullMember = "null_member", Report,
        "an optional member is null; it was read as absent",
        "L3 §5.1, \"RegistrationResponseJSON\" and \"AuthenticationResponseJSON\"";
    Base64Padded = "base64_padded", Report,
        "a base64url value is padded",
        "L3 §3, \"Base64url Encoding\"";
    Base64StandardAlphabet = "base64_standard_alphabet", Report,
        "a base64url value is in the alphabet of plain base64",
        "L3 §3, \"Base64url Encoding\"";
    OkpKeyInWords = "okp_key_in_words", Report,
        "the public key's type and curve are words instead of numbers, as Firefox 117 wrote Ed25519 keys",
        "RFC 9053 §7.2, \"Octet Key Pair\"";
    AaguidTruncated = "aaguid_truncated", Report,
        "the authenticator's model is one zero byte instead of sixteen, as Firefox 98 wrote it",
        "L3 §6.5.1, \"aaguid\"";
    ExtensionsNotSorted = "extensions_not_sorted", Report,
        "the authenticator's extension outputs are not in canonical order, as the first Solo keys wrote them",
        "CTAP 2.1 §8, \"Message Encoding\"";
    ExtensionFlagWithoutData = "extension_flag_without_data", Report,
        "the authenticator data says that extension outputs follow, and none do",
        "L3 §6.1, \"Extension data included\"";
    AttestationObjectNotSorted = "attestation_object_not_sorted", Report,
        "the members of the attestation object are not in canonical order",
        "L3 §6.5.4, \"Generating an Attestation Object\"";
    AppleAlgorithm = "apple_algorithm", Report,
        "an attestation statement of the format apple names the algorithm of a signature it does not have, as Safari did in 2020",
        "L3 §8.8, \"Apple Anonymous Attestation Statement Format\"";
    SignatureNotDer = "signature_not_der", Report,
        "an ECDSA signature is in BER that is not DER: its integers have needless leading zeros",
        "L3 §6.5.5, \"Signature Formats for Packed Attestation, FIDO U2F Attestation, and Assertion Signatures\"";
}

impl From<Quirk> for Finding {
    fn from(quirk: Quirk) -> Self {
        match quirk {
            Quirk::ClientExtensionResultsMissing => Self::ClientExtensionResultsMissing,
            Quirk::TransportsMissing => Self::TransportsMissing,
            Quirk::ConvenienceCopiesMissing => Self::ConvenienceCopiesMissing,
            Quirk::TypeMissing => Self::TypeMissing,
            Quirk::NullMember => Self::NullMember,
            Quirk::Base64Padded => Self::Base64Padded,
            Quirk::Base64StandardAlphabet => Self::Base64StandardAlphabet,
            Quirk::EmptyUserHandle => Self::EmptyUserHandle,
            Quirk::OkpKeyInWords => Self::OkpKeyInWords,
            Quirk::AaguidTruncated => Self::AaguidTruncated,
            Quirk::ExtensionsNotSorted => Self::ExtensionsNotSorted,
            Quirk::ExtensionFlagWithoutData => Self::ExtensionFlagWithoutData,
            Quirk::AttestationObjectNotSorted => Self::AttestationObjectNotSorted,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind().description())
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What to do about a finding.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FindingAction {
    /// Accept, and report it with the verified result.
    Report,
    /// Refuse the ceremony.
    Reject,
}

/// What to do about each kind of finding.
///
/// ```
/// use passkeep_verify::finding::{FindingAction, FindingKind, FindingPolicy};
///
/// let mut policy = FindingPolicy::default();
/// assert_eq!(policy.action(FindingKind::CounterRegressed), FindingAction::Report);
/// policy.set(FindingKind::CounterRegressed, FindingAction::Reject);
/// assert_eq!(policy.action(FindingKind::CounterRegressed), FindingAction::Reject);
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct FindingPolicy {
    /// One bit for each kind, set when it is refused.
    rejected: u64,
}

// One bit for each kind must find room.
const _: () = assert!(FindingKind::ALL.len() <= 64);

impl FindingPolicy {
    /// Refuses every finding there is.
    #[must_use]
    pub fn strict() -> Self {
        Self { rejected: u64::MAX }
    }

    /// What to do about a kind.
    #[must_use]
    pub fn action(&self, kind: FindingKind) -> FindingAction {
        if self.rejected & Self::bit(kind) == 0 {
            FindingAction::Report
        } else {
            FindingAction::Reject
        }
    }

    /// Decides about a kind.
    pub fn set(&mut self, kind: FindingKind, action: FindingAction) {
        match action {
            FindingAction::Report => self.rejected &= !Self::bit(kind),
            FindingAction::Reject => self.rejected |= Self::bit(kind),
        }
    }

    fn bit(kind: FindingKind) -> u64 {
        1 << (kind as u32)
    }
}

impl Default for FindingPolicy {
    fn default() -> Self {
        let mut policy = Self { rejected: 0 };
        for kind in FindingKind::ALL {
            policy.set(*kind, kind.default_action());
        }
        policy
    }
}

impl fmt::Debug for FindingPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rejected = FindingKind::ALL
            .iter()
            .filter(|kind| self.action(**kind) == FindingAction::Reject);
        f.write_str("FindingPolicy rejecting ")?;
        f.debug_set()
            .entries(rejected.map(|kind| kind.code()))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_names_in_snake_case_and_each_once() {
        let mut codes = Vec::new();
        for kind in FindingKind::ALL {
            let mut expected = String::new();
            for letter in format!("{kind:?}").chars() {
                if letter.is_uppercase() && !expected.is_empty() {
                    expected.push('_');
                }
                expected.push(letter.to_ascii_lowercase());
            }
            assert_eq!(kind.code(), expected);
            assert!(!kind.description().ends_with('.'), "{kind}");
            assert!(kind.citation().contains('§'), "{kind}");
            codes.push(kind.code());
        }
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), FindingKind::ALL.len());
    }

    #[test]
    fn each_kind_is_decided_alone() {
        for kind in FindingKind::ALL {
            let mut policy = FindingPolicy::strict();
            policy.set(*kind, FindingAction::Report);
            for other in FindingKind::ALL {
                let expected = if other == kind {
                    FindingAction::Report
                } else {
                    FindingAction::Reject
                };
                assert_eq!(policy.action(*other), expected);
            }
        }
    }

    #[test]
    fn by_default_only_a_changed_backup_eligibility_is_refused() {
        let shown = format!("{:?}", FindingPolicy::default());
        assert_eq!(
            shown,
            "FindingPolicy rejecting {\"backup_eligibility_changed\"}"
        );
    }

    #[test]
    fn every_quirk_has_the_finding_of_its_name() {
        for quirk in Quirk::ALL {
            let finding = Finding::from(*quirk);
            assert_eq!(format!("{finding:?}"), format!("{quirk:?}"));
        }
    }

    #[test]
    fn json_names_the_kind_by_its_code() {
        let finding = Finding::CounterRegressed {
            stored: 5,
            received: 4,
        };
        assert_eq!(
            serde_json::to_string(&finding).unwrap(),
            r#"{"kind":"counter_regressed","stored":5,"received":4}"#
        );
        assert_eq!(
            serde_json::to_string(&Finding::EmptyUserHandle).unwrap(),
            r#"{"kind":"empty_user_handle"}"#
        );
    }
}
