use super::*;

/// A P-256 key with SHA-256 as name algorithm; coordinates of two bytes for brevity.
const ECC: &[u8] = &[
    0x00, 0x23, 0x00, 0x0b, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x10, 0x00, 0x03,
    0x00, 0x10, 0x00, 0x02, 0xaa, 0xab, 0x00, 0x02, 0xba, 0xbb,
];

/// As Windows makes them: restricted by a policy, no scheme, the exponent by its default.
const RSA: &[u8] = &[
    0x00, 0x01, 0x00, 0x0b, 0x00, 0x06, 0x04, 0x72, 0x00, 0x02, 0xc0, 0xc1, 0x00, 0x10, 0x00, 0x10,
    0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xd0, 0xd1, 0xd3,
];

const ATTEST: &[u8] = &[
    0xff, 0x54, 0x43, 0x47, 0x80, 0x17, 0x00, 0x01, 0x51, 0x00, 0x02, 0xe0, 0xe1, // head
    0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, // clock
    0, 0, 0, 0, 0, 0, 0, 9, // firmware
    0x00, 0x03, 0x00, 0x0b, 0xf0, 0x00, 0x00,
];

fn problem<T>(result: Result<T, Malformed>) -> Option<(usize, Problem)> {
    result.err().map(|error| (error.offset, error.problem))
}

/// `bytes` with one of them changed.
fn with(bytes: &[u8], at: usize, byte: u8) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changed[at] = byte;
    changed
}

#[test]
fn keys_on_curves_and_rsa_keys() {
    let ecc = PublicArea {
        name_alg: Algorithm::SHA256,
        object_attributes: 0x0004_0000,
        auth_policy: &[],
        key: PublicKey::Ecc {
            curve: 3,
            x: &[0xaa, 0xab],
            y: &[0xba, 0xbb],
        },
    };
    assert_eq!(PublicArea::parse(ECC), Ok(ecc));
    let rsa = PublicArea {
        name_alg: Algorithm::SHA256,
        object_attributes: 0x0006_0472,
        auth_policy: &[0xc0, 0xc1],
        key: PublicKey::Rsa {
            key_bits: 2048,
            exponent: 0,
            modulus: &[0xd0, 0xd1, 0xd3],
        },
    };
    assert_eq!(PublicArea::parse(RSA), Ok(rsa));
}

#[test]
fn schemes_are_passed_over_with_their_parameters() {
    // AES-128 in CFB mode, and RSASSA with SHA-256.
    let long = [
        &RSA[..12],
        &[0, 6, 0, 0x80, 0, 0x43, 0, 0x14, 0, 0x0b],
        &RSA[16..],
    ]
    .concat();
    let parsed = PublicArea::parse(&long).unwrap();
    assert_eq!(parsed.key, PublicArea::parse(RSA).unwrap().key);
    // ECDAA with SHA-256 and a count, and MGF1 with SHA-256.
    let long = [
        &ECC[..12],
        &[0, 0x1a, 0, 0x0b, 0, 1, 0, 3, 0, 7, 0, 0x0b],
        &ECC[18..],
    ]
    .concat();
    let parsed = PublicArea::parse(&long).unwrap();
    assert_eq!(parsed.key, PublicArea::parse(ECC).unwrap().key);
}

#[test]
fn other_public_areas_are_refused() {
    let refused = |bytes: &[u8], at, what| {
        assert_eq!(problem(PublicArea::parse(bytes)), Some((at, what)));
    };
    refused(
        &with(ECC, 1, 0x08),
        0,
        Problem::Unexpected("the key's type"),
    );
    refused(
        &with(ECC, 11, 0x0a),
        10,
        Problem::Unexpected("the symmetric algorithm"),
    );
    refused(
        &with(ECC, 13, 0x01),
        12,
        Problem::Unexpected("the key's scheme"),
    );
    refused(
        &with(ECC, 17, 0x01),
        16,
        Problem::Unexpected("the key derivation scheme"),
    );
    refused(&[ECC, &[0]].concat(), ECC.len(), Problem::TrailingBytes);
    refused(&with(ECC, 18, 0xff), 20, Problem::Truncated);
    for length in 0..ECC.len() {
        let found = problem(PublicArea::parse(&ECC[..length]));
        assert_eq!(
            found.map(|(_, problem)| problem),
            Some(Problem::Truncated),
            "{length}"
        );
    }
}

#[test]
fn what_is_signed_is_read_to_the_end() {
    let attest = Attest {
        magic: GENERATED_VALUE,
        ty: ATTEST_CERTIFY,
        qualified_signer: &[0x51],
        extra_data: &[0xe0, 0xe1],
        firmware_version: 9,
        name: Some(&[0x00, 0x0b, 0xf0]),
    };
    assert_eq!(Attest::parse(ATTEST), Ok(attest));
    let trailing = Attest::parse(&[ATTEST, &[0]].concat()).map(drop);
    assert_eq!(
        problem(trailing),
        Some((ATTEST.len(), Problem::TrailingBytes))
    );
    for length in 0..ATTEST.len() {
        let found = problem(Attest::parse(&ATTEST[..length]));
        assert_eq!(
            found.map(|(_, problem)| problem),
            Some(Problem::Truncated),
            "{length}"
        );
    }
    // A quote: what it attests is not read.
    let quote = with(ATTEST, 5, 0x18);
    assert_eq!(Attest::parse(&quote).unwrap().name, None);
}

#[test]
fn signatures_of_both_kinds() {
    let rsa = Signature::Rsa {
        scheme: Algorithm::RSASSA,
        hash: Algorithm::SHA256,
        sig: &[7, 8],
    };
    assert_eq!(Signature::parse(&[0, 0x14, 0, 0x0b, 0, 2, 7, 8]), Ok(rsa));
    let ecdsa = Signature::Ecdsa {
        hash: Algorithm::SHA1,
        r: &[7],
        s: &[8],
    };
    let bytes = [0, 0x18, 0, 4, 0, 1, 7, 0, 1, 8];
    assert_eq!(Signature::parse(&bytes), Ok(ecdsa));
    let trailing = Signature::parse(&[&bytes[..], &[0]].concat()).map(drop);
    assert_eq!(problem(trailing), Some((10, Problem::TrailingBytes)));
    let der = Signature::parse(&[0x30, 0x06, 2, 1, 1, 2, 1, 1]).map(drop);
    assert_eq!(
        problem(der),
        Some((0, Problem::Unexpected("the signature's algorithm")))
    );
}
