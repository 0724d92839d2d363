//! X.509 certificates. Source: RFC 5280.

use passkeep_protocol::cose::KeyParameters;
use passkeep_verify::Timestamp;
use passkeep_verify::certificate::{Certificate, ObjectIdentifier, oid};

use super::cose;
use crate::node::{Node, Value};

/// What people look for in a certificate.
pub(super) fn read(node: &mut Node, der: &[u8]) {
    let certificate = match Certificate::parse(der) {
        Ok(certificate) => certificate,
        Err(malformed) => return node.blame(malformed),
    };
    let subject = certificate.subject().to_string();
    node.meaning = Some(subject.clone());
    let within = |name: &'static str, about, value, bytes: &[u8]| {
        Node::new(name, about).with(value).within(der, bytes)
    };
    let serial = certificate.serial();
    let issuer = certificate.issuer();
    let key_info = certificate.public_key_info();
    let key = within(
        "publicKey",
        "the key that it is about",
        Value::bytes(key_info),
        key_info,
    );
    let key_kind = certificate.public_key().map(|key| kind_of(&key));
    let signature = certificate.signature();
    let signed = within(
        "signature",
        "the issuer's signature",
        Value::bytes(signature),
        signature,
    );
    let algorithm = certificate.signature_algorithm().oid;
    node.children.extend([
        Node::new("version", "the version of the format")
            .with(Value::integer(certificate.version().into())),
        within(
            "serialNumber",
            "its number among its issuer's",
            Value::bytes(serial),
            serial,
        ),
        within(
            "issuer",
            "who issued it",
            Value::text(issuer.to_string()),
            issuer.der(),
        ),
        moment(
            "notBefore",
            "when it begins to be valid",
            certificate.not_before(),
        ),
        moment(
            "notAfter",
            "when it ends to be valid",
            certificate.not_after(),
        ),
        within(
            "subject",
            "whom it is about",
            Value::text(subject),
            certificate.subject().der(),
        ),
        key.meaning(key_kind),
        extensions(&certificate),
        Node::new(
            "signatureAlgorithm",
            "the algorithm of the issuer's signature",
        )
        .with(Value::text(algorithm.to_string()))
        .meaning(identifier_name(algorithm)),
        signed,
        Node::new("fingerprint", "SHA-256 of the certificate")
            .with(Value::bytes(&certificate.fingerprint())),
    ]);
}

fn moment(name: &'static str, about: &'static str, at: Timestamp) -> Node {
    Node::new(name, about).with(Value::Time {
        time: at.to_string(),
        milliseconds: at.0,
    })
}

fn kind_of(key: &KeyParameters<'_>) -> String {
    match key {
        KeyParameters::Ec2 { crv, .. } | KeyParameters::Okp { crv, .. } => {
            cose::curve(*crv).unwrap_or("another curve").to_owned()
        }
        KeyParameters::Rsa { n, .. } => format!("RSA with {} bits", n.len() * 8),
        _ => "ML-DSA".to_owned(),
    }
}

fn extensions(certificate: &Certificate<'_>) -> Node {
    let extensions = certificate.extensions();
    let mut node = Node::new("extensions", "what else it says").with(Value::Map {
        length: extensions.len(),
    });
    node.children.extend(extensions.iter().map(|extension| {
        let about = match extension.critical {
            true => "an extension that must be understood",
            false => "an extension",
        };
        Node::new(extension.oid.to_string(), about)
            .with(Value::bytes(extension.value))
            .meaning(identifier_name(extension.oid))
            .within(certificate.der(), extension.value)
    }));
    node
}

fn identifier_name(identifier: ObjectIdentifier) -> Option<&'static str> {
    let mut names = NAMES.iter();
    let found = names.find(|(known, _)| *known == identifier);
    found.map(|(_, name)| *name)
}

/// What is at home in the certificates of authenticators.
const NAMES: &[(ObjectIdentifier, &str)] = &[
    (oid::SUBJECT_KEY_IDENTIFIER, "subjectKeyIdentifier"),
    (oid::KEY_USAGE, "keyUsage"),
    (oid::SUBJECT_ALT_NAME, "subjectAltName"),
    (oid::BASIC_CONSTRAINTS, "basicConstraints"),
    (oid::CRL_DISTRIBUTION_POINTS, "cRLDistributionPoints"),
    (oid::CERTIFICATE_POLICIES, "certificatePolicies"),
    (oid::AUTHORITY_KEY_IDENTIFIER, "authorityKeyIdentifier"),
    (oid::EXTENDED_KEY_USAGE, "extKeyUsage"),
    (oid::FIDO_AAGUID, "FIDO: the AAGUID of the model"),
    (
        oid::FIDO_SERIAL_NUMBER,
        "FIDO: the authenticator's serial number",
    ),
    (
        oid::FIDO_FIRMWARE_VERSION,
        "FIDO: the version of the firmware",
    ),
    (
        oid::FIDO_U2F_TRANSPORTS,
        "FIDO: the transports of a U2F authenticator",
    ),
    (
        oid::ANDROID_KEY_DESCRIPTION,
        "Android: what the key store says of the key",
    ),
    (
        oid::ANDROID_PROVISIONING_INFO,
        "Android: what the provisioning service says",
    ),
    (
        oid::APPLE_NONCE,
        "Apple: the nonce of an anonymous attestation",
    ),
    (oid::ECDSA_WITH_SHA256, "ECDSA with SHA-256"),
    (oid::ECDSA_WITH_SHA384, "ECDSA with SHA-384"),
    (oid::ECDSA_WITH_SHA512, "ECDSA with SHA-512"),
    (oid::SHA256_WITH_RSA, "RSASSA-PKCS1-v1_5 with SHA-256"),
    (oid::SHA384_WITH_RSA, "RSASSA-PKCS1-v1_5 with SHA-384"),
    (oid::SHA512_WITH_RSA, "RSASSA-PKCS1-v1_5 with SHA-512"),
    (oid::SHA1_WITH_RSA, "RSASSA-PKCS1-v1_5 with SHA-1"),
    (oid::RSASSA_PSS, "RSASSA-PSS"),
    (oid::ED25519, "Ed25519"),
    (oid::ED448, "Ed448"),
    (oid::ML_DSA_44, "ML-DSA-44"),
    (oid::ML_DSA_65, "ML-DSA-65"),
    (oid::ML_DSA_87, "ML-DSA-87"),
];
