use passkeep_protocol::{Problem, Structure};

use super::*;

/// A certificate from the PEM beside the built-in roots.
macro_rules! root {
    ($name:literal) => {
        crate::trust::pem::decode(include_str!(concat!("../trust/roots/", $name, ".pem")))
            .unwrap()
            .remove(0)
    };
}

#[track_caller]
fn refused(der: &[u8], offset: usize, problem: Problem) {
    let expected = Malformed::new(Structure::Certificate, offset, problem);
    assert_eq!(Certificate::parse(der).unwrap_err(), expected);
}

/// Replaces the only occurrence.
#[track_caller]
fn replaced(der: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let found: Vec<_> = (0..der.len())
        .filter(|at| der[*at..].starts_with(from))
        .collect();
    assert_eq!(found.len(), 1, "{found:?}");
    let mut changed = der.to_vec();
    changed[found[0]..found[0] + to.len()].copy_from_slice(to);
    changed
}

#[test]
fn every_field_of_a_real_certificate() {
    let der = root!("apple-webauthn-root-ca");
    let certificate = Certificate::parse(&der).unwrap();
    assert_eq!(certificate.der(), der);
    assert_eq!(certificate.version(), 3);
    assert_eq!(
        certificate.serial(),
        [
            0x68, 0x1d, 0x01, 0x6c, 0x7a, 0x3c, 0xe3, 0x02, 0x25, 0xa5, 0x01, 0x94, 0x28, 0x47,
            0x57, 0x71
        ]
    );
    let name = "CN=Apple WebAuthn Root CA, O=Apple Inc., 2.5.4.8=California";
    assert_eq!(certificate.subject().to_string(), name);
    assert_eq!(certificate.issuer(), certificate.subject());
    assert!(certificate.is_self_issued());
    assert_eq!(certificate.not_before(), Timestamp(1_584_555_692_000));
    assert_eq!(certificate.not_after(), Timestamp(2_373_148_800_000));
    let constraints = BasicConstraints {
        ca: true,
        path_length: None,
    };
    assert_eq!(certificate.basic_constraints(), Ok(Some(constraints)));
    let usage = certificate.key_usage().unwrap().unwrap();
    assert!(usage.key_cert_sign() && usage.crl_sign() && !usage.digital_signature());
    assert_eq!(certificate.extended_key_usage(), Ok(None));
    assert_eq!(certificate.authority_key_identifier(), Ok(None));
    let identifier = certificate.subject_key_identifier().unwrap().unwrap();
    assert_eq!(identifier.len(), 20);
    assert_eq!(certificate.subject_alternative_names(), Ok(None));
    assert_eq!(
        certificate.signature_algorithm().oid,
        oid::ECDSA_WITH_SHA384
    );
    assert_eq!(certificate.signature_algorithm().parameters, None);
    let Some(KeyParameters::Ec2 { crv: 2, x, y }) = certificate.public_key() else {
        panic!("{:?}", certificate.public_key());
    };
    assert_eq!((x.len(), y.len()), (48, 48));
}

#[test]
fn keys_of_every_kind_that_real_certificates_have() {
    let der = root!("microsoft-tpm-root-2014");
    match Certificate::parse(&der).unwrap().public_key() {
        Some(KeyParameters::Rsa { n, e }) => assert_eq!((n.len(), e), (512, &[1, 0, 1][..])),
        other => panic!("{other:?}"),
    }
    let der = root!("nitrokey-fido2-root");
    match Certificate::parse(&der).unwrap().public_key() {
        Some(KeyParameters::Ec2 { crv: 1, x, y }) => assert_eq!((x.len(), y.len()), (32, 32)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn coordinates_keep_their_leading_zeros_and_compare_without() {
    let mut info = vec![0x30, 0x59, 0x30, 0x13];
    info.extend_from_slice(&[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]);
    info.extend_from_slice(&[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
    info.extend_from_slice(&[3, 0x42, 0, 4]);
    info.extend_from_slice(&[0; 2]);
    info.extend_from_slice(&[1; 62]);
    let parsed = key::parameters(&info).unwrap();
    let KeyParameters::Ec2 { crv: 1, x, y } = parsed else {
        panic!("{parsed:?}");
    };
    assert_eq!((x[..3].to_vec(), x.len(), y.len()), (vec![0, 0, 1], 32, 32));
    let short = KeyParameters::Ec2 {
        crv: 1,
        x: &x[2..],
        y,
    };
    assert!(key::same(&parsed, &short));
    let other = KeyParameters::Ec2 {
        crv: 1,
        x: &x[3..],
        y,
    };
    assert!(!key::same(&parsed, &other));
    // A compressed point, and one that is too short.
    info[26] = 2;
    assert_eq!(key::parameters(&info), None);
    info[26] = 4;
    info.pop();
    for length in [1, 24] {
        info[length] -= 1;
    }
    assert_eq!(key::parameters(&info), None);
}

#[test]
fn what_is_not_exactly_a_certificate_is_refused() {
    let der = root!("apple-webauthn-root-ca");
    refused(
        &[&der[..], &[0]].concat(),
        der.len(),
        Problem::TrailingBytes,
    );
    refused(&der[..der.len() - 1], 0, Problem::Truncated);
    refused(&[], 0, Problem::Missing("a certificate's outer sequence"));
    let cap = MAX_CERTIFICATE_BYTES;
    refused(&vec![0; cap + 1], cap, Problem::TooLong { cap });

    let version_5 = replaced(&der, &[0xa0, 3, 2, 1, 2], &[0xa0, 3, 2, 1, 4]);
    refused(&version_5, 10, Problem::Unexpected("the version"));
    // The algorithm in the signed part becomes ecdsa-with-SHA256, the one outside stays.
    let mut other = der;
    let at = other
        .windows(8)
        .position(|window| window == [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3]);
    other[at.unwrap() + 7] = 2;
    refused(
        &other,
        43,
        Problem::Unexpected("the signature algorithm inside"),
    );
}

#[test]
fn an_extension_occurs_once() {
    let der = root!("apple-webauthn-root-ca");
    // subjectKeyIdentifier becomes a second basicConstraints.
    let twice = replaced(&der, &[6, 3, 0x55, 0x1d, 0x0e], &[6, 3, 0x55, 0x1d, 0x13]);
    let error = Certificate::parse(&twice).unwrap_err();
    assert_eq!(error.problem, Problem::DuplicateKey);
}

#[test]
fn key_usage_and_constraints_are_read_strictly() {
    let der = root!("apple-webauthn-root-ca");
    let usage = [0x55, 0x1d, 0x0f, 1, 1, 0xff, 4, 4, 3, 2, 1, 6];
    let mut unused = usage;
    unused[10] = 2;
    let changed = replaced(&der, &usage, &unused);
    let error = Certificate::parse(&changed)
        .unwrap()
        .key_usage()
        .unwrap_err();
    assert_eq!(
        (error.offset, error.problem),
        (2, Problem::Unexpected("keyUsage"))
    );

    let constraints = [4, 5, 0x30, 3, 1, 1, 0xff];
    let mut maybe = constraints;
    maybe[6] = 1;
    let changed = replaced(&der, &constraints, &maybe);
    let parsed = Certificate::parse(&changed).unwrap();
    let error = parsed.basic_constraints().unwrap_err();
    assert_eq!(
        (error.offset, error.problem),
        (4, Problem::Unexpected("cA"))
    );
}
