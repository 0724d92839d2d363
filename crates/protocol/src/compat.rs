//! Tolerance, by name: how responses in the field depart from their format, and how each is read all the same.
//!
//! Reading is strict first. Where that fails, or where something is missing that can be, one of these rules may apply, and
//! what was read says so as a [`Quirk`]. A rule is as narrow as the departure that was seen, and never changes what is
//! signed: hashes and signatures are taken over the bytes as they came. Whether a quirk is accepted is not decided here:
//! `passkeep-verify` has a policy with an action for each.
//!
//! | quirk | seen in | read as |
//! |---|---|---|
//! | [`ClientExtensionResultsMissing`](Quirk::ClientExtensionResultsMissing) | Android apps, hand-written clients | no outputs |
//! | [`TransportsMissing`](Quirk::TransportsMissing) | Android apps, clients of Level 1 | no transports |
//! | [`ConvenienceCopiesMissing`](Quirk::ConvenienceCopiesMissing) | Android apps, clients of Level 2 | nothing: they are never read |
//! | [`TypeMissing`](Quirk::TypeMissing) | hand-written clients | `public-key` |
//! | [`NullMember`](Quirk::NullMember) | clients that serialise every member | absent |
//! | [`Base64Padded`](Quirk::Base64Padded) | clients that use a general encoder | the bytes |
//! | [`Base64StandardAlphabet`](Quirk::Base64StandardAlphabet) | clients that use a general encoder | the bytes |
//! | [`EmptyUserHandle`](Quirk::EmptyUserHandle) | Safari | none |
//! | [`OkpKeyInWords`](Quirk::OkpKeyInWords) | Firefox 117 with Ed25519 | `{1: 1, 3: -8, -1: 6, -2: x}` |
//! | [`AaguidTruncated`](Quirk::AaguidTruncated) | Firefox 98 with Windows Hello | sixteen zero bytes |
//! | [`ExtensionsNotSorted`](Quirk::ExtensionsNotSorted) | Solo keys before firmware 4.1 | the same map, sorted |
//! | [`ExtensionFlagWithoutData`](Quirk::ExtensionFlagWithoutData) | an Android authenticator app of 2023 | an empty map |
//! | [`AttestationObjectNotSorted`](Quirk::AttestationObjectNotSorted) | the same app | the same map, sorted |
//!
//! ECDSA signatures in BER and the superfluous algorithm in early statements of Apple are matters of verification, and so of
//! `passkeep-verify`, which has findings for them. What a later level or a client adds needs no rule here, because it is
//! read all the same: unknown values of enumerations are kept as they came, and of unknown members of the client data their
//! names. `passkeep-verify` has findings for unknown transports, attachments and members, which a policy can refuse; of
//! other unknown values, a credential's `type` is refused, and the rest stand in options, which are the relying party's own.
//!
//! Sources: github.com/MasterKale/SimpleWebAuthn/issues/440 and duo-labs/py_webauthn/issues/160 (Firefox 117),
//! kanidm/webauthn-rs/issues/105 (Firefox 98), solokeys/solo1/issues/499, duo-labs/webauthn.io/issues/107,
//! Yubico/java-webauthn-server/issues/327 (Safari).

#[cfg(feature = "serde")]
pub(crate) mod json;

mod mend;

pub use mend::{Mended, mend_attestation_object, mend_authenticator_data};

/// One way in which a response departed from its format and was read all the same.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Quirk {
    /// `clientExtensionResults` is missing.
    ClientExtensionResultsMissing,
    /// `transports` is missing in a registration.
    TransportsMissing,
    /// `authenticatorData` or `publicKeyAlgorithm` is missing beside the attestation object.
    ConvenienceCopiesMissing,
    /// `type` is missing.
    TypeMissing,
    /// A member that may be absent is `null`.
    NullMember,
    /// A base64url value has padding.
    Base64Padded,
    /// A base64url value has `+` or `/`.
    Base64StandardAlphabet,
    /// The user handle is empty.
    EmptyUserHandle,
    /// An Ed25519 key whose type and curve are words, in a map that counts one member too few.
    OkpKeyInWords,
    /// An AAGUID of one zero byte.
    AaguidTruncated,
    /// Extension outputs in an order that is not the canonical one.
    ExtensionsNotSorted,
    /// The ED flag without extension outputs.
    ExtensionFlagWithoutData,
    /// An attestation object whose members are in an order that is not the canonical one.
    AttestationObjectNotSorted,
}

impl Quirk {
    /// Every quirk there is.
    pub const ALL: &'static [Self] = &[
        Self::ClientExtensionResultsMissing,
        Self::TransportsMissing,
        Self::ConvenienceCopiesMissing,
        Self::TypeMissing,
        Self::NullMember,
        Self::Base64Padded,
        Self::Base64StandardAlphabet,
        Self::EmptyUserHandle,
        Self::OkpKeyInWords,
        Self::AaguidTruncated,
        Self::ExtensionsNotSorted,
        Self::ExtensionFlagWithoutData,
        Self::AttestationObjectNotSorted,
    ];
}
