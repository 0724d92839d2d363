//! ASN.1: certificates, PEM around them, signatures, and the lists of certificates that are not to be believed.

use core::fmt::Debug;
use std::sync::LazyLock;

use passkeep_protocol::{Malformed, Structure};
use passkeep_testkit::certificate::CertificateAuthority;
use passkeep_testkit::der;
use passkeep_testkit::metadata::encode_base64;
use passkeep_verify::Timestamp;
use passkeep_verify::algorithm::{AWS_LC_RS, ecdsa_signature_from_ber};
use passkeep_verify::certificate::{
    Certificate, MAX_CERTIFICATE_BYTES, MAX_EXTENSIONS, MAX_SERIAL_BYTES, same_key,
};
use passkeep_verify::revocation::{AttestationStatusList, RevocationList, RevocationListError};
use passkeep_verify::trust::TrustAnchor;
use passkeep_verify::trust::pem as reader;

use crate::property::{ends_where_it_says, read, text};

const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// Whose lists are read.
pub(crate) static ISSUER: LazyLock<CertificateAuthority> =
    LazyLock::new(|| CertificateAuthority::root("fuzz"));

pub(crate) fn certificate(input: &[u8]) {
    let parsed = Certificate::parse(input);
    let Some(certificate) = read(parsed, Structure::Certificate, input.len()) else {
        assert!(TrustAnchor::from_der(input).is_err());
        return;
    };
    assert!(input.len() <= MAX_CERTIFICATE_BYTES);
    assert_eq!(certificate.der(), input);
    ends_where_it_says(input, |input| Certificate::parse(input).is_ok());

    assert!((1..=3).contains(&certificate.version()));
    assert!((1..=MAX_SERIAL_BYTES).contains(&certificate.serial().len()));
    // What is kept stands in the input as it came, in the order of the fields.
    let mut rest = certificate.tbs();
    for part in [
        certificate.serial(),
        certificate.issuer().der(),
        certificate.subject().der(),
        certificate.public_key_info(),
    ] {
        let mut windows = rest.windows(part.len().max(1));
        let at = windows.position(|window| window == part);
        let at = at.expect("a field is a part of what is signed");
        rest = &rest[at + part.len()..];
    }
    assert!(input.ends_with(certificate.signature()));

    extensions(&certificate);
    if let Some(key) = certificate.public_key() {
        assert!(same_key(&key, &key));
    }
    for name in [certificate.issuer(), certificate.subject()] {
        let texts = name.attributes().filter_map(|attribute| attribute.text());
        assert!(texts.map(str::len).sum::<usize>() <= name.der().len());
    }
    let _ = certificate.to_string();
    let _ = certificate.fingerprint();
    if let Ok(anchor) = TrustAnchor::from_der(input) {
        assert_eq!(anchor.der(), input);
        let _ = (
            anchor.may_issue(),
            anchor.path_length(),
            anchor.is_valid_at(NOW),
        );
    }
}

fn extensions(certificate: &Certificate<'_>) {
    let extensions = certificate.extensions();
    assert!(extensions.len() <= MAX_EXTENSIONS);
    for (index, extension) in extensions.iter().enumerate() {
        let before = &extensions[..index];
        assert!(before.iter().all(|other| other.oid != extension.oid));
    }
    // The longest value bounds the offset of every refusal.
    let lengths = extensions.iter().map(|extension| extension.value.len());
    let longest = lengths.max().unwrap_or_default();
    reads(longest, certificate.basic_constraints());
    reads(longest, certificate.key_usage());
    reads(longest, certificate.extended_key_usage());
    reads(longest, certificate.authority_key_identifier());
    reads(longest, certificate.subject_key_identifier());
    reads(longest, certificate.subject_alternative_names());
}

fn reads<T: Debug>(longest: usize, extension: Result<Option<T>, Malformed>) {
    let read = read(extension, Structure::Certificate, longest).flatten();
    assert!(read.is_none() || longest > 0);
}

pub(crate) fn pem(input: &[u8]) {
    let Some(text) = text(input) else { return };
    let decoded = reader::decode(text);
    let Some(certificates) = read(decoded, Structure::Certificate, text.len()) else {
        assert!(TrustAnchor::from_pem(text).is_err());
        return;
    };
    assert!((1..=reader::MAX_PEM_CERTIFICATES).contains(&certificates.len()));
    let blocks = certificates.iter().map(|der| {
        let base64 = encode_base64(der);
        format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n")
    });
    assert_eq!(
        reader::decode(&blocks.collect::<String>()),
        Ok(certificates)
    );
    let _ = TrustAnchor::from_pem(text);
}

pub(crate) fn ecdsa_signature(input: &[u8]) {
    let Some(strict) = ecdsa_signature_from_ber(input) else {
        return;
    };
    assert!(strict.len() <= 139 + 2);
    assert_eq!(ecdsa_signature_from_ber(&strict), Some(strict.clone()));
    ends_where_it_says(&strict, |input| ecdsa_signature_from_ber(input).is_some());
}

/// The input as a whole list, and as what is signed of one: read for the first time with no signature, and if that is all
/// that is wrong, a second time with one.
pub(crate) fn revocation_list(input: &[u8]) {
    let issuer = Certificate::parse(&ISSUER.certificate).unwrap();
    let _ = read_list(input, &issuer);
    let unsigned = read_list(&list(input, &[0]), &issuer);
    if matches!(unsigned, Err(RevocationListError::Signature(_))) {
        let _ = read_list(&list(input, &ISSUER.key.sign(input)), &issuer);
    }
    assert!(unsigned.is_err());
}

fn read_list(
    whole: &[u8],
    issuer: &Certificate<'_>,
) -> Result<RevocationList, RevocationListError> {
    let verified = RevocationList::verify(whole, issuer, &AWS_LC_RS);
    match &verified {
        Ok(list) => {
            assert!(list.is_about(issuer));
            let _ = list.is_current(NOW);
        }
        Err(RevocationListError::Malformed(malformed)) => {
            read(
                Err::<(), _>(malformed.clone()),
                Structure::RevocationList,
                whole.len(),
            );
        }
        Err(error) => drop(error.to_string()),
    }
    verified
}

fn list(signed: &[u8], signature: &[u8]) -> Vec<u8> {
    let algorithm = ISSUER.signature_algorithm.clone();
    der::sequence([signed.to_vec(), algorithm, der::bit_string(signature)])
}

pub(crate) fn status_list(input: &[u8]) {
    let Some(text) = text(input) else { return };
    let Ok(list) = AttestationStatusList::parse(text, NOW) else {
        return;
    };
    assert_eq!(list.fetched_at(), NOW);
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    let entries = json["entries"].as_object().unwrap();
    assert!(list.len() + list.unreadable() <= entries.len());
    assert_eq!(list.is_empty(), list.unreadable() == entries.len());
    for serial in entries.keys() {
        let serial = passkeep_verify::revocation::SerialNumber::from_hex(serial);
        assert!(serial.is_none_or(|serial| list.entry(&serial).is_some()));
    }
}
