//! Certificates, what says that they are revoked, and what is known of models.

use passkeep_protocol::Structure;
use passkeep_protocol::cbor::{Decoder, Item};
use passkeep_testkit::crl::{RevocationListDraft, RevokedEntry, attestation_status_list};
use passkeep_testkit::metadata::{BlobDraft, MetadataService, entry, status};
use passkeep_testkit::{der, vectors};
use passkeep_verify::certificate::Certificate;
use passkeep_verify::trust::BuiltInRoot;
use serde_json::json;

use super::{Seeds, VECTORS, attestation_statement, distinct, with_selector};
use crate::attestation::EXTENSIONS;
use crate::certificates::ISSUER;

/// 2027-01-15, in seconds.
const NOW: i64 = 1_800_000_000;

/// Those of the vectors, those of the test kit, and the roots that vendors publish.
pub(crate) fn certificate() -> Seeds {
    let of_statements = attestation_statement();
    let mut seeds = vec![vectors::attestation_root().certificate];
    for statement in &of_statements {
        certificates_in(statement, &mut seeds);
    }
    let roots = BuiltInRoot::ALL.iter().chain(BuiltInRoot::METADATA);
    seeds.extend(
        roots
            .filter_map(|root| root.anchor().ok())
            .map(|it| it.der().to_vec()),
    );
    distinct(seeds)
}

/// Byte strings in a canonical value that are certificates.
fn certificates_in(item: &[u8], found: &mut Seeds) {
    let mut decoder = Decoder::new(Structure::AttestationStatement, item);
    while let Ok(item) = decoder.item() {
        if let Item::Bytes(bytes) = item
            && Certificate::parse(bytes).is_ok()
        {
            found.push(bytes.to_vec());
        }
    }
}

pub(crate) fn pem() -> Seeds {
    let roots = BuiltInRoot::ALL.iter().take(2).map(|root| root.pem);
    let small = "A root:\n-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    let both = [small, small].concat();
    roots
        .chain([small, &both])
        .map(|text| text.as_bytes().to_vec())
        .collect()
}

pub(crate) fn ecdsa_signature() -> Seeds {
    let signatures = VECTORS
        .iter()
        .filter(|it| !it.name.contains("RS256") && !it.name.contains("Ed"));
    let signatures = signatures.map(|it| it.authentication.response.response.signature.as_slice());
    let padded = [
        0x30, 0x81, 0x08, 0x02, 0x03, 0x00, 0x00, 0x05, 0x02, 0x01, 0xff,
    ];
    distinct(signatures.chain([&padded[..]]).map(<[u8]>::to_vec))
}

/// What is signed, without the signature; and a whole one.
pub(crate) fn revocation_list() -> Seeds {
    let empty = RevocationListDraft::new(&ISSUER, NOW);
    let entries = vec![
        RevokedEntry::new(&[0x80, 7], NOW - 86_400, Some(1)),
        RevokedEntry::new(&[9], NOW - 86_400, None),
    ];
    let full = empty.clone().with(|draft| draft.entries = entries);
    vec![
        empty.to_be_signed(),
        full.to_be_signed(),
        full.to_der(),
        der::sequence([]),
    ]
}

pub(crate) fn status_list() -> Seeds {
    let entries = [
        ("2c8c", "REVOKED"),
        ("0a", "SUSPENDED"),
        ("A", "LOST"),
        ("zz", "REVOKED"),
    ];
    vec![
        attestation_status_list(&entries).into_bytes(),
        br#"{"entries":{}}"#.to_vec(),
    ]
}

/// A BLOB of that service: models of both kinds, and reports of several.
pub(crate) fn blob(service: &MetadataService) -> BlobDraft {
    let report = json!({
        "status": "ATTESTATION_KEY_COMPROMISE", "effectiveDate": "2026-01-01", "sunsetDate": "2027-01-01",
        "authenticatorVersion": 5, "certificate": "MAA=", "url": "https://example.org",
        "certificateNumber": "FIDO2100", "batchCertificate": "MAA=",
    });
    let root = &*service.root.certificate;
    let mut u2f = entry(&[9; 16], &[root], &[status("FIDO_CERTIFIED_L2")]);
    u2f.as_object_mut().unwrap().remove("aaguid");
    u2f["attestationCertificateKeyIdentifiers"] = json!(["ab".repeat(20), "x"]);
    let reports = [status("FIDO_CERTIFIED_L1"), report];
    let entries = vec![entry(&[7; 16], &[root], &reports), u2f, json!({})];
    service.draft(7, "2027-12-01", entries)
}

pub(crate) fn metadata_blob() -> Seeds {
    let blob = blob(&MetadataService::new("fuzz"));
    let unsigned = blob.clone().with(|blob| blob.header["alg"] = json!("none"));
    vec![
        blob.to_text().into_bytes(),
        unsigned.to_text().into_bytes(),
        b"e30.e30.".to_vec(),
    ]
}

pub(crate) fn metadata_payload() -> Seeds {
    vec![super::json(&blob(&MetadataService::new("fuzz")).payload)]
}

/// The values that each extension has in the certificates above, after the byte that chooses it.
pub(crate) fn attestation_certificate() -> Seeds {
    let certificates = certificate();
    let certificates = certificates
        .iter()
        .map(|der| Certificate::parse(der).unwrap());
    let extensions = certificates.flat_map(|certificate| certificate.extensions().to_vec());
    let extensions = extensions.filter_map(|extension| {
        let index = EXTENSIONS.iter().position(|oid| *oid == extension.oid)?;
        Some(with_selector(&[index], extension.value))
    });
    distinct(extensions)
}
