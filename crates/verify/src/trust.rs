//! Whom a relying party believes: one [`TrustPolicy`] for a ceremony. [L3 §7.1, "Assess the attestation trustworthiness"]
//!
//! The default is what a site for consumers wants: no attestation is needed, and where there is one it must be correct;
//! whether somebody known vouches for it is reported. A deployer who hands out authenticators begins with
//! [`TrustPolicy::trusted_only`].
//!
//! [L3 §7.1, "Assess the attestation trustworthiness"]: https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential

use std::collections::BTreeSet;
use std::sync::Arc;

use passkeep_protocol::Malformed;

use crate::attestation::AttestationFormat;
use crate::metadata::{MetadataBlob, StatusPolicy};
use crate::revocation::Revocation;

mod anchor;
mod assess;
pub mod pem;
mod roots;

pub use self::anchor::TrustAnchor;
pub(crate) use self::assess::{Assessed, assess};
pub use self::roots::BuiltInRoot;

/// What a relying party accepts from an attestation. A clone is cheap.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TrustPolicy {
    /// Who is believed. [`TrustPolicy::built_in_anchors`] by default.
    pub anchors: Arc<[TrustAnchor]>,
    /// Whether an anchor is believed after its validity. Accepted by default: an anchor is a name and a key, and vendors let
    /// roots expire that stand in devices in use.
    pub expired_anchors: ExpiredAnchors,
    /// The formats whose statements are accepted, `none` among them. By default all but the deprecated `android-safetynet`.
    pub formats: BTreeSet<AttestationFormat>,
    /// What to do with no attestation. Accepted by default.
    pub none: Accept,
    /// What to do with a self attestation. Accepted by default: it proves no more than none.
    pub self_attestation: Accept,
    /// What to do with an attestation nobody known vouches for. Accepted and reported by default.
    pub untrusted: Untrusted,
    /// What to do with a format that has no procedure here. Refused by default.
    pub unknown_format: UnknownFormat,
    /// Which models are accepted.
    pub aaguids: AaguidPolicy,
    /// Whether the authenticators' own serial numbers are expected. Not by default.
    pub enterprise: EnterpriseAttestation,
    /// Where keys of the format `android-key` must be. Anywhere by default.
    pub android_key: AndroidKeySecurity,
    /// How old a SafetyNet response may be, in seconds. 60 by default.
    pub safety_net_lifetime: u32,
    /// How many parts of a `compound` statement must be accepted. All by default.
    pub compound: CompoundPolicy,
    /// Which certificates are not to be believed any more.
    pub revocation: Revocation,
    /// What is known of models. Nothing by default.
    pub metadata: Option<ModelMetadata>,
}

/// What the FIDO Metadata Service knows of models, and what is asked of them.
///
/// The roots of a model's entry are believed for that model, beside [`TrustPolicy::anchors`]; and the reports on it are
/// judged at the registration, and again by [`RelyingParty::judge_model`](crate::RelyingParty::judge_model) at any later time.
#[derive(Clone, Debug)]
pub struct ModelMetadata {
    /// The BLOB, verified.
    pub blob: Arc<MetadataBlob>,
    /// What is asked.
    pub status: StatusPolicy,
}

/// A choice.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Accept {
    /// Accept it.
    Accept,
    /// Refuse the ceremony.
    Refuse,
}

/// What to do with an attestation nobody known vouches for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Untrusted {
    /// Accept it; the outcome says that it is not trusted, and why.
    Accept,
    /// Accept it as a self attestation: the type says no more, and [`TrustPolicy::self_attestation`] decides. [L3 §7.1, "MAY
    /// register the credential ... as one with self attestation"]
    ///
    /// [L3 §7.1, "MAY register the credential ... as one with self attestation"]: https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
    AsSelfAttestation,
    /// Refuse the ceremony.
    Refuse,
}

/// What to do with a format that has no procedure here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UnknownFormat {
    /// Refuse the ceremony.
    Refuse,
    /// Accept it; the outcome's type is [`AttestationType::Unverified`](crate::attestation::AttestationType::Unverified).
    AcceptUnverified,
}

/// Whether an anchor is believed after its validity.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ExpiredAnchors {
    /// It is: the validity of an anchor is the relying party's choice. [RFC 5280 §6.1.1, "trust anchor information"]
    ///
    /// [RFC 5280 §6.1.1, "trust anchor information"]: https://www.rfc-editor.org/rfc/rfc5280#section-6.1.1
    Accept,
    /// It is not.
    Refuse,
}

/// Whether the authenticators' own serial numbers may be in their certificates. [L3 §8.2.2]
///
/// [L3 §8.2.2]: https://www.w3.org/TR/webauthn-3/#sctn-enterprise-packed-attestation-cert-requirements
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EnterpriseAttestation {
    /// They may not: a number that tells people apart across sites was not asked for.
    NotExpected,
    /// They may: the ceremony asked for `enterprise`.
    Expected,
}

/// Where keys of the format `android-key` must be.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum AndroidKeySecurity {
    /// Anywhere: in software too.
    Any,
    /// In the trusted execution environment or in a `StrongBox`.
    TrustedEnvironment,
    /// In a `StrongBox`: a chip of its own.
    StrongBox,
}

/// How many parts of a `compound` statement must be accepted. [L3 §8.9]
///
/// [L3 §8.9]: https://www.w3.org/TR/webauthn-3/#sctn-compound-attestation
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CompoundPolicy {
    /// Every one, as the policy would accept it alone. The statement is trusted as its least trusted part.
    All,
    /// One is enough that the policy would accept alone. The statement is trusted as the most trusted of these, and the others
    /// are reported, whatever is wrong with them.
    Any,
}

/// Which models of authenticators are accepted, by their AAGUIDs.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AaguidPolicy {
    /// If there is a list, only these. A list asks for proof: an AAGUID that no trusted attestation vouches for is refused,
    /// because whoever makes a credential can write any AAGUID into it.
    pub allow: Option<BTreeSet<[u8; 16]>>,
    /// Never these, proven or not.
    pub deny: BTreeSet<[u8; 16]>,
}

impl TrustPolicy {
    /// The default policy: see [the module](self).
    ///
    /// ```
    /// use passkeep_verify::trust::{TrustAnchor, TrustPolicy};
    ///
    /// let own = "-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----";
    /// let mut policy = TrustPolicy::trusted_only();
    /// # let own = passkeep_verify::trust::BuiltInRoot::ALL[0].pem;
    /// policy.add_anchors(TrustAnchor::from_pem(own).unwrap());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        // The built-in roots can all be read: a test reads them.
        Self::with_anchors(Self::built_in_anchors().unwrap_or_default())
    }

    /// The default policy, but for whom it believes: these and nobody else.
    ///
    /// ```
    /// use passkeep_verify::trust::{BuiltInRoot, TrustPolicy};
    ///
    /// let apple = BuiltInRoot::ALL[0].anchor().unwrap();
    /// let policy = TrustPolicy::with_anchors([apple]);
    /// assert_eq!(policy.anchors.len(), 1);
    /// ```
    #[must_use]
    pub fn with_anchors(anchors: impl Into<Arc<[TrustAnchor]>>) -> Self {
        let mut formats = BTreeSet::new();
        let all = AttestationFormat::ALL.into_iter();
        formats.extend(all.filter(|format| *format != AttestationFormat::AndroidSafetyNet));
        Self {
            anchors: anchors.into(),
            expired_anchors: ExpiredAnchors::Accept,
            formats,
            none: Accept::Accept,
            self_attestation: Accept::Accept,
            untrusted: Untrusted::Accept,
            unknown_format: UnknownFormat::Refuse,
            aaguids: AaguidPolicy::default(),
            enterprise: EnterpriseAttestation::NotExpected,
            android_key: AndroidKeySecurity::Any,
            safety_net_lifetime: 60,
            compound: CompoundPolicy::All,
            revocation: Revocation::default(),
            metadata: None,
        }
    }

    /// A policy that accepts only attestations that an anchor vouches for.
    #[must_use]
    pub fn trusted_only() -> Self {
        Self::new().refusing_untrusted()
    }

    /// The same policy, but it accepts only attestations that an anchor vouches for.
    ///
    /// ```
    /// use passkeep_verify::trust::{TrustPolicy, Untrusted};
    ///
    /// let policy = TrustPolicy::with_anchors([]).refusing_untrusted();
    /// assert_eq!(policy.untrusted, Untrusted::Refuse);
    /// ```
    #[must_use]
    pub fn refusing_untrusted(self) -> Self {
        Self {
            none: Accept::Refuse,
            self_attestation: Accept::Refuse,
            untrusted: Untrusted::Refuse,
            ..self
        }
    }

    /// The roots that vendors publish, each for its formats.
    ///
    /// # Errors
    ///
    /// As [`BuiltInRoot::anchor`].
    pub fn built_in_anchors() -> Result<Vec<TrustAnchor>, Malformed> {
        roots::anchors()
    }

    /// Believes these too.
    pub fn add_anchors(&mut self, anchors: impl IntoIterator<Item = TrustAnchor>) {
        self.anchors = self.anchors.iter().cloned().chain(anchors).collect();
    }
}

impl Default for TrustPolicy {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_accepts_everything_but_safetynet_and_unknown_formats() {
        let policy = TrustPolicy::default();
        assert_eq!(policy.anchors.len(), BuiltInRoot::ALL.len());
        assert_eq!(policy.formats.len(), AttestationFormat::ALL.len() - 1);
        assert!(
            !policy
                .formats
                .contains(&AttestationFormat::AndroidSafetyNet)
        );
        assert_eq!(policy.untrusted, Untrusted::Accept);
        assert_eq!(policy.unknown_format, UnknownFormat::Refuse);
    }

    #[test]
    fn own_anchors_come_beside_the_built_in_ones() {
        let mut policy = TrustPolicy::trusted_only();
        assert_eq!(
            (policy.none, policy.untrusted),
            (Accept::Refuse, Untrusted::Refuse)
        );
        let before = policy.anchors.len();
        policy.add_anchors(TrustAnchor::from_pem(BuiltInRoot::METADATA[0].pem).unwrap());
        assert_eq!(policy.anchors.len(), before + 1);
    }
}
