//! The object identifiers that are looked for in certificates.

use super::ObjectIdentifier;

const fn oid(dotted: &str) -> ObjectIdentifier {
    // Evaluated when this file is compiled: a slip is a compile error.
    ObjectIdentifier::new_unwrap(dotted)
}

/// What a list has for an identifier.
pub(crate) fn value<T: Copy>(oid: &ObjectIdentifier, list: &[(ObjectIdentifier, T)]) -> Option<T> {
    list.iter()
        .find_map(|(known, value)| (known == oid).then_some(*value))
}

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident = $dotted:literal;)+) => {
        $($(#[$doc])* pub const $name: ObjectIdentifier = oid($dotted);)+
    };
}

identifiers! {
    /// `countryName`.
    COUNTRY = "2.5.4.6";
    /// `organizationName`.
    ORGANIZATION = "2.5.4.10";
    /// `organizationalUnitName`.
    ORGANIZATIONAL_UNIT = "2.5.4.11";
    /// `commonName`.
    COMMON_NAME = "2.5.4.3";
    /// `serialNumber` as a part of a name.
    NAME_SERIAL_NUMBER = "2.5.4.5";
    /// `title`, in the names of Android's attestation keys.
    TITLE = "2.5.4.12";

    /// `subjectKeyIdentifier`.
    SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
    /// `keyUsage`.
    KEY_USAGE = "2.5.29.15";
    /// `subjectAltName`.
    SUBJECT_ALT_NAME = "2.5.29.17";
    /// `issuerAltName`.
    ISSUER_ALT_NAME = "2.5.29.18";
    /// `basicConstraints`.
    BASIC_CONSTRAINTS = "2.5.29.19";
    /// `nameConstraints`.
    NAME_CONSTRAINTS = "2.5.29.30";
    /// `cRLDistributionPoints`.
    CRL_DISTRIBUTION_POINTS = "2.5.29.31";
    /// `certificatePolicies`.
    CERTIFICATE_POLICIES = "2.5.29.32";
    /// `authorityKeyIdentifier`.
    AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
    /// `extKeyUsage`.
    EXTENDED_KEY_USAGE = "2.5.29.37";

    /// A purpose of keys: any.
    ANY_EXTENDED_KEY_USAGE = "2.5.29.37.0";
    /// A purpose of keys: to be a TLS server.
    SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

    /// `id-ecPublicKey`.
    EC_PUBLIC_KEY = "1.2.840.10045.2.1";
    /// The curve P-256.
    P_256 = "1.2.840.10045.3.1.7";
    /// The curve P-384.
    P_384 = "1.3.132.0.34";
    /// The curve P-521.
    P_521 = "1.3.132.0.35";
    /// The curve secp256k1.
    SECP256K1 = "1.3.132.0.10";
    /// `rsaEncryption`.
    RSA_ENCRYPTION = "1.2.840.113549.1.1.1";
    /// `id-Ed25519`, a key and a signature algorithm.
    ED25519 = "1.3.101.112";
    /// `id-Ed448`, a key and a signature algorithm.
    ED448 = "1.3.101.113";
    /// `id-ml-dsa-44`, a key and a signature algorithm.
    ML_DSA_44 = "2.16.840.1.101.3.4.3.17";
    /// `id-ml-dsa-65`, a key and a signature algorithm.
    ML_DSA_65 = "2.16.840.1.101.3.4.3.18";
    /// `id-ml-dsa-87`, a key and a signature algorithm.
    ML_DSA_87 = "2.16.840.1.101.3.4.3.19";

    /// `ecdsa-with-SHA256`.
    ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
    /// `ecdsa-with-SHA384`.
    ECDSA_WITH_SHA384 = "1.2.840.10045.4.3.3";
    /// `ecdsa-with-SHA512`.
    ECDSA_WITH_SHA512 = "1.2.840.10045.4.3.4";
    /// `sha1WithRSAEncryption`.
    SHA1_WITH_RSA = "1.2.840.113549.1.1.5";
    /// `sha256WithRSAEncryption`.
    SHA256_WITH_RSA = "1.2.840.113549.1.1.11";
    /// `sha384WithRSAEncryption`.
    SHA384_WITH_RSA = "1.2.840.113549.1.1.12";
    /// `sha512WithRSAEncryption`.
    SHA512_WITH_RSA = "1.2.840.113549.1.1.13";
    /// `id-RSASSA-PSS`.
    RSASSA_PSS = "1.2.840.113549.1.1.10";
    /// `id-mgf1`.
    MGF1 = "1.2.840.113549.1.1.8";
    /// `id-sha256`.
    SHA256 = "2.16.840.1.101.3.4.2.1";
    /// `id-sha384`.
    SHA384 = "2.16.840.1.101.3.4.2.2";
    /// `id-sha512`.
    SHA512 = "2.16.840.1.101.3.4.2.3";

    /// FIDO: the AAGUID of the model. [L3 §8.2.1]
    FIDO_AAGUID = "1.3.6.1.4.1.45724.1.1.4";
    /// FIDO: the authenticator's own serial number, only in enterprise attestation. [L3 §8.2.2]
    FIDO_SERIAL_NUMBER = "1.3.6.1.4.1.45724.1.1.2";
    /// FIDO: the version of the firmware. [L3 §8.2.1]
    FIDO_FIRMWARE_VERSION = "1.3.6.1.4.1.45724.1.1.5";
    /// FIDO: the transports of a U2F authenticator.
    FIDO_U2F_TRANSPORTS = "1.3.6.1.4.1.45724.2.1.1";

    /// TCG: the purpose of attestation keys. [L3 §8.3.1]
    TCG_AIK_CERTIFICATE = "2.23.133.8.3";
    /// TCG: the manufacturer of a TPM.
    TCG_TPM_MANUFACTURER = "2.23.133.2.1";
    /// TCG: the model of a TPM.
    TCG_TPM_MODEL = "2.23.133.2.2";
    /// TCG: the version of a TPM.
    TCG_TPM_VERSION = "2.23.133.2.3";

    /// Android: what the key store says about a key. [L3 §8.4.1]
    ANDROID_KEY_DESCRIPTION = "1.3.6.1.4.1.11129.2.1.17";
    /// Android: what the provisioning service says about an attestation key.
    ANDROID_PROVISIONING_INFO = "1.3.6.1.4.1.11129.2.1.30";
    /// Apple: the nonce of an anonymous attestation. [L3 §8.8]
    APPLE_NONCE = "1.2.840.113635.100.8.2";
}
