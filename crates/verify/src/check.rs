//! The checks a verification is made of, each with a stable name, its place in the specification, what a person may be
//! told when it refuses, and where a developer should look first.

use core::fmt;

macro_rules! checks {
    ($($(#[$doc:meta])* $variant:ident = $code:literal {
        cite: $citation:literal, person: $person:expr, hint: $hint:literal,
    })+) => {
        /// One check. The order in which a ceremony makes them is in [`crate::steps`].
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
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

            /// A sentence for the person, which gives nothing away to whoever else may read it.
            #[must_use]
            pub fn message(self) -> &'static str {
                match self { $(Self::$variant => $person,)+ }
            }

            /// Where a developer should look first when it refuses.
            #[must_use]
            pub fn hint(self) -> &'static str {
                match self { $(Self::$variant => $hint,)+ }
            }
        }
    };
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The person can do nothing but begin again.
const AGAIN: &str = "This did not work. Please try again.";
/// The page and the server do not fit together.
const SITE: &str = "This site is not set up for passkeys on this page. Please tell its operator.";
/// The client or the authenticator sent what it may not.
const DEVICE: &str =
    "The answer of your device or password manager could not be used. Please try another one.";
/// The passkey cannot be used for this account.
const PASSKEY: &str = "This passkey could not be used here. Please try another one.";

checks! {
    /// The ceremony's time is not over.
    CeremonyLifetime = "ceremony_lifetime" {
        cite: "L3 §13.5.3, \"SHOULD be valid for a duration\"",
        person: "This took too long. Please try again.",
        hint: "the ceremony was finished after its lifetime; look at RelyingPartyConfig::lifetime and at both clocks",
    }
    /// The credential is of the type `public-key`.
    CredentialType = "credential_type" {
        cite: "L3 §5.1, \"[[type]]\"",
        person: DEVICE,
        hint: "send the PublicKeyCredential as its toJSON() gives it; another kind of Credential was sent",
    }
    /// `id` is the base64url of `rawId`.
    CredentialIdText = "credential_id_text" {
        cite: "L3 §5.1, \"id\"",
        person: DEVICE,
        hint: "id must be base64url without padding of the same bytes as rawId; a client library encodes one of them differently",
    }
    /// The client data is UTF-8 and JSON, with the members that every client writes.
    ClientDataJson = "client_data_json" {
        cite: "L3 §7.1 and §7.2, \"Let JSONtext be the result of running UTF-8 decode\"",
        person: DEVICE,
        hint: "clientDataJSON must be the client's bytes unchanged, as base64url; it must not be parsed and written again",
    }
    /// `type` in the client data is the ceremony's.
    ClientDataType = "client_data_type" {
        cite: "L3 §7.1 and §7.2, \"Verify that the value of C.type\"",
        person: AGAIN,
        hint: "a response of create() went to the finish of an authentication, or one of get() to that of a registration",
    }
    /// `challenge` in the client data is the ceremony's.
    ClientDataChallenge = "client_data_challenge" {
        cite: "L3 §7.1 and §7.2, \"Verify that the value of C.challenge\"",
        person: AGAIN,
        hint: "the response belongs to another start; look for a second start in another tab, or a challenge that was encoded twice",
    }
    /// `origin` in the client data is one of the relying party's.
    ClientDataOrigin = "client_data_origin" {
        cite: "L3 §7.1 and §7.2, \"Verify that the value of C.origin\"",
        person: SITE,
        hint: "list the origin exactly as the client writes it: scheme, host in lower case, port if it is not the scheme's own, no slash at the end",
    }
    /// The caller was in no cross-origin frame, or the relying party expects to be framed.
    ClientDataCrossOrigin = "client_data_cross_origin" {
        cite: "L3 §7.1 and §7.2, \"If C.crossOrigin is present and set to true\"",
        person: SITE,
        hint: "the page ran in a frame on another origin; if that is meant, set RelyingPartyConfig::embedding",
    }
    /// The top-level page is one that may frame the relying party.
    ClientDataTopOrigin = "client_data_top_origin" {
        cite: "L3 §7.1 and §7.2, \"If C.topOrigin is present\"",
        person: SITE,
        hint: "add the top-level page's origin to Embedding::InFramesOf, if it may frame this page",
    }
    /// The attestation object is CBOR with its three members.
    AttestationObjectCbor = "attestation_object_cbor" {
        cite: "L3 §7.1, \"Perform CBOR decoding on the attestationObject field\"",
        person: DEVICE,
        hint: "attestationObject must be the authenticator's bytes unchanged, in canonical CBOR; the offset says where it is not",
    }
    /// The authenticator data has its form, and nothing is left over.
    AuthenticatorDataForm = "authenticator_data_form" {
        cite: "L3 §6.1, \"Authenticator Data\"",
        person: DEVICE,
        hint: "the authenticator data is cut off or has bytes too many; the offset says where",
    }
    /// A registration has attested credential data, an assertion has none.
    AttestedCredentialData = "attested_credential_data" {
        cite: "L3 §6.1, \"attestedCredentialData\"",
        person: DEVICE,
        hint: "authenticator data of a registration must have the AT flag, that of an assertion must not",
    }
    /// The authenticator worked for this RP ID.
    RpIdHash = "rp_id_hash" {
        cite: "L3 §7.1 and §7.2, \"Verify that the rpIdHash\"",
        person: SITE,
        hint: "the options named another RP ID than the server verifies with; all start and finish routes must share one",
    }
    /// UP is set, unless the ceremony waived it.
    UserPresent = "user_present" {
        cite: "L3 §7.1, \"verify that the UP bit\"; L3 §7.2, \"Verify that the UP bit\"",
        person: AGAIN,
        hint: "only a registration with Mediation::Conditional and a ceremony with start::danger::without_user_presence may come without",
    }
    /// UV is set, when the ceremony demands it.
    UserVerified = "user_verified" {
        cite: "L3 §7.1 and §7.2, \"verify that the UV bit\"",
        person: "Your device did not check that it is you. Please set up a screen lock, a PIN or a fingerprint, and try again.",
        hint: "the ceremony was started with userVerification \"required\"; send the same value to the client, or start with \"preferred\"",
    }
    /// BS is not set without BE.
    BackupFlags = "backup_flags" {
        cite: "L3 §7.1 and §7.2, \"If the BE bit of the flags in authData is not set\"",
        person: DEVICE,
        hint: "the authenticator says that a credential is backed up which it says cannot be; it does not follow the specification",
    }
    /// BE is what the policy accepts.
    BackupEligibilityPolicy = "backup_eligibility_policy" {
        cite: "L3 §7.1, \"If the Relying Party uses the credential's backup eligibility\"",
        person: "This site accepts only another kind of passkey. Please use another device or a security key.",
        hint: "RelyingPartyConfig::backup refuses credentials that can, or cannot, be backed up",
    }
    /// BE is as it was at registration.
    BackupEligibilityUnchanged = "backup_eligibility_unchanged" {
        cite: "L3 §7.2, \"compare currentBe\"",
        person: PASSKEY,
        hint: "the credential's BE flag changed, or was never stored; FindingKind::BackupEligibilityChanged can be reported instead of refused",
    }
    /// BS is what the policy accepts.
    BackupStatePolicy = "backup_state_policy" {
        cite: "L3 §7.1, \"If the Relying Party uses the credential's backup state\"; L3 §7.2, \"apply Relying Party policy, if any\"",
        person: "This site accepts only passkeys that are backed up. Please turn on the backup of your password manager, and try again.",
        hint: "RelyingPartyConfig::backup demands credentials that are backed up",
    }
    /// The credential public key is a COSE key.
    PublicKeyForm = "public_key_form" {
        cite: "L3 §6.5.1.1, \"encoded in COSE_Key format\"",
        person: DEVICE,
        hint: "the credential public key is not canonical CBOR, or has other members than its key type; if it came from the store, it was changed there",
    }
    /// The key's algorithm was offered.
    AlgorithmOffered = "algorithm_offered" {
        cite: "L3 §7.1, \"Verify that the alg parameter\"",
        person: DEVICE,
        hint: "the authenticator made a key of an algorithm that pubKeyCredParams did not list",
    }
    /// The key fits its algorithm: type, curve, a point on the curve, a modulus of a safe size.
    PublicKey = "public_key" {
        cite: "L3 §5.8.5, \"COSEAlgorithmIdentifier\"",
        person: DEVICE,
        hint: "the credential public key is no key of its algorithm, or a stored key was changed",
    }
    /// The statement's format is one that can be verified and that the policy accepts.
    AttestationFormat = "attestation_format" {
        cite: "L3 §7.1, \"Determine the attestation statement format\"",
        person: "This site does not accept this kind of authenticator. Please try another one.",
        hint: "TrustPolicy::formats does not list the format, or it is not a registered one",
    }
    /// The attestation statement verifies by its format's procedure.
    AttestationStatement = "attestation_statement" {
        cite: "L3 §7.1, \"Verify that attStmt is a correct attestation statement\"",
        person: DEVICE,
        hint: "the statement does not belong to these bytes, or its certificate does not meet its format's profile",
    }
    /// The attestation is trustworthy by the policy.
    AttestationTrust = "attestation_trust" {
        cite: "L3 §7.1, \"Assess the attestation trustworthiness\"",
        person: "This site does not accept this kind of authenticator. Please try another one.",
        hint: "TrustPolicy refuses this attestation type, model or certificate path; the rejection says which",
    }
    /// The credential id has 1 to 1023 bytes.
    CredentialIdLength = "credential_id_length" {
        cite: "L3 §7.1, \"Verify that the credentialId is ≤ 1023 bytes\"",
        person: DEVICE,
        hint: "the authenticator made an id that no authenticator may make",
    }
    /// The credential id in the authenticator data is `rawId`.
    CredentialIdSigned = "credential_id_signed" {
        cite: "L3 §5.1, \"rawId\"",
        person: DEVICE,
        hint: "the response names another credential than the one that was signed; it was put together from two",
    }
    /// The extension outputs that the authenticator signed are in their form.
    AuthenticatorExtensions = "authenticator_extensions" {
        cite: "L3 §7.1 and §7.2, \"Process the client extension outputs\"",
        person: DEVICE,
        hint: "an extension output has another type than its extension gives it; the offset says where",
    }
    /// The credential is one that the ceremony allows.
    AllowedCredential = "allowed_credential" {
        cite: "L3 §7.2, \"If pkOptions.allowCredentials is not empty\"",
        person: PASSKEY,
        hint: "look the credential up by the response's rawId; the ceremony may have been started for particular credentials",
    }
    /// The user handle says whose credential it is, when that was not known before.
    UserHandlePresent = "user_handle_present" {
        cite: "L3 §7.2, \"Identify the user being authenticated\"",
        person: PASSKEY,
        hint: "the credential is not discoverable, so the person must say first who they are: start for a known account",
    }
    /// The credential is the account's, and the user handle says the same.
    UserHandleOwner = "user_handle_owner" {
        cite: "L3 §7.2, \"verify that response.userHandle\"",
        person: PASSKEY,
        hint: "the credential is another account's, or the user handle was stored in another encoding than it was sent in",
    }
    /// The signature is the credential's.
    Signature = "signature" {
        cite: "L3 §7.2, \"verify that sig is a valid signature\"",
        person: PASSKEY,
        hint: "the stored key is not the one that signed, or a byte of client data or authenticator data was changed on the way",
    }
    /// The signature counter grew.
    SignCount = "sign_count" {
        cite: "L3 §7.2, \"If authData.signCount is nonzero\"",
        person: PASSKEY,
        hint: "the authenticator may be cloned, two sign-ins may have raced, or the last count was not stored; FindingKind::CounterRegressed can be reported instead of refused",
    }
    /// What the relying party tolerates is no more than its policy says.
    Findings = "findings" {
        cite: "Passkeep, FindingPolicy",
        person: DEVICE,
        hint: "FindingPolicy refuses what the rejection names; the field needs most of these rules, see the finding's documentation",
    }
}
