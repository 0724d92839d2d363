//! What stands where: the names, and the structures that are inside of byte strings.

use std::borrow::Cow;

use passkeep_protocol::cbor::Item;
use passkeep_protocol::cose::CoseAlgorithm;

use super::{
    Walk, attestation_object, authenticator_data, certificate, client_data, cose, extensions,
    safety_net, signature, tpm,
};
use crate::node::{Node, Value};

/// What a value is, where it is known.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// Nothing is known of it.
    Plain,
    ClientData,
    AttestationObject,
    AuthenticatorData,
    /// An attestation statement, or one of those inside a `compound` one.
    Statement,
    Certificates,
    Certificate,
    Algorithm,
    Signature,
    TpmPublic,
    TpmAttest,
    SafetyNet,
    /// A key, and its type once that was read.
    CoseKey(Option<i64>),
    KeyType,
    Curve,
    ExtensionOutputs,
    CredentialProtection,
}

/// A value that is about to be read.
pub(super) struct Member {
    pub(super) name: Cow<'static, str>,
    pub(super) about: &'static str,
    pub(super) shape: Shape,
}

impl Member {
    pub(super) fn new(
        name: impl Into<Cow<'static, str>>,
        about: &'static str,
        shape: Shape,
    ) -> Self {
        Self {
            name: name.into(),
            about,
            shape,
        }
    }
}

impl Shape {
    /// A tree of bytes that nothing is around.
    pub(super) fn root(self, bytes: &[u8], walk: &mut Walk) -> Node {
        let (name, about) = match self {
            Self::ClientData => ("clientDataJSON", CLIENT_DATA),
            Self::AttestationObject => ("attestationObject", ATTESTATION_OBJECT),
            Self::AuthenticatorData => ("authenticatorData", AUTHENTICATOR_DATA),
            Self::Certificate => ("certificate", CERTIFICATE),
            _ => ("publicKey", cose::ABOUT),
        };
        let mut root = Node::new(name, about);
        self.open(&mut root, bytes, walk);
        root
    }

    /// The member of a map.
    pub(super) fn member(self, key: &Item<'_>) -> Member {
        let name = match key {
            Item::Text(text) => Cow::Owned((*text).to_owned()),
            Item::Unsigned(number) => Cow::Owned(number.to_string()),
            Item::Negative(number) => Cow::Owned((-1 - i128::from(*number)).to_string()),
            _ => Cow::Borrowed("key"),
        };
        let plain = |about| Member::new(name.clone(), about, Self::Plain);
        let shaped = |about, shape| Member::new(name.clone(), about, shape);
        match (self, &*name) {
            (Self::AttestationObject | Self::Statement, "fmt") => {
                plain("the format of the attestation statement")
            }
            (Self::AttestationObject | Self::Statement, "attStmt") => shaped(
                "the attestation statement: what proves where the credential comes from",
                Self::Statement,
            ),
            (Self::AttestationObject, "authData") => {
                shaped(AUTHENTICATOR_DATA, Self::AuthenticatorData)
            }
            (Self::Statement, "alg") => shaped("the algorithm of the signature", Self::Algorithm),
            (Self::Statement, "sig") => shaped(
                "the signature over the authenticator data and the hash of the client data, or over what stands for them",
                Self::Signature,
            ),
            (Self::Statement, "ver") => plain("the version of what made the statement"),
            (Self::Statement, "x5c") => shaped(
                "the certificate of the key that signed, and those that vouch for it",
                Self::Certificates,
            ),
            (Self::Statement, "pubArea") => {
                shaped("the credential's key as the TPM has it", Self::TpmPublic)
            }
            (Self::Statement, "certInfo") => shaped("what the TPM signed", Self::TpmAttest),
            (Self::Statement, "response") => {
                shaped("the answer of SafetyNet, a JWS", Self::SafetyNet)
            }
            (Self::CoseKey(key_type), _) => cose::member(name, key_type),
            (Self::ExtensionOutputs, _) => extensions::member(name),
            _ => plain(""),
        }
    }

    /// An item of an array.
    pub(super) fn item(self, index: usize) -> Member {
        let name = index.to_string();
        match (self, index) {
            (Self::Certificates, 0) => Member::new(
                name,
                "the certificate of the key that signed",
                Self::Certificate,
            ),
            (Self::Certificates, _) => Member::new(
                name,
                "a certificate that vouches for the one before it",
                Self::Certificate,
            ),
            (Self::Statement, _) => {
                Member::new(name, "one of several attestation statements", self)
            }
            _ => Member::new(name, "", Self::Plain),
        }
    }

    /// What follows in a map once a member of it has been read.
    pub(super) fn after(self, member: &Node) -> Self {
        match (self, &*member.name, &member.value) {
            (Self::CoseKey(_), "kty", Value::Number { number }) => Self::CoseKey(Some(*number)),
            _ => self,
        }
    }

    /// What a number stands for.
    pub(super) fn meaning(self, number: i64) -> Option<&'static str> {
        match self {
            Self::Algorithm => CoseAlgorithm(number).name(),
            Self::KeyType => cose::key_type(number),
            Self::Curve => cose::curve(number),
            Self::CredentialProtection => extensions::protection(number),
            _ => None,
        }
    }

    /// Shows bytes, and what is inside of them.
    pub(super) fn open(self, node: &mut Node, bytes: &[u8], walk: &mut Walk) {
        node.value = Value::bytes(bytes);
        match self {
            Self::ClientData => client_data::read(node, bytes, walk),
            Self::AttestationObject => attestation_object::read(node, bytes, walk),
            Self::AuthenticatorData => authenticator_data::read(node, bytes, walk),
            Self::CoseKey(_) => cose::read(node, bytes, walk),
            Self::Certificate => certificate::read(node, bytes),
            Self::Signature => signature::read(node, bytes),
            Self::TpmPublic => tpm::read_public(node, bytes),
            Self::TpmAttest => tpm::read_attest(node, bytes),
            Self::SafetyNet => safety_net::read(node, bytes, walk),
            _ => {}
        }
    }
}

pub(super) const CLIENT_DATA: &str = "what the client says of the ceremony, in JSON; it is signed";
pub(super) const ATTESTATION_OBJECT: &str = "what the authenticator made, in CBOR";
pub(super) const AUTHENTICATOR_DATA: &str = "what the authenticator says and signs";
const CERTIFICATE: &str = "an X.509 certificate";
