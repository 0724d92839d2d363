//! The BLOBs of the FIDO Metadata Service.

use std::sync::LazyLock;

use passkeep_protocol::bytes::encode_base64url;
use passkeep_testkit::metadata::{BlobDraft, MetadataService};
use passkeep_verify::Timestamp;
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::metadata::{
    Freshness, MAX_ENTRIES, MDS_HOST, MetadataBlob, MetadataError, MetadataSigner,
};
use passkeep_verify::trust::TrustAnchor;

use crate::property::text;
use crate::seeds::blob;

const NOW: Timestamp = Timestamp(1_800_000_000_000);

struct World {
    draft: BlobDraft,
    signer: MetadataSigner,
    /// What a BLOB begins with: its header, and a dot.
    header: String,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let service = MetadataService::new("fuzz");
    let draft = blob(&service);
    let root = TrustAnchor::from_der(service.root.certificate).unwrap();
    let header = encode_base64url(draft.header.to_string().as_bytes());
    World {
        signer: MetadataSigner::new(vec![root], MDS_HOST),
        header: format!("{header}."),
        draft,
    }
});

/// A BLOB that anybody may have made: what is not the service's own is refused.
pub(crate) fn metadata_blob(input: &[u8]) {
    let Some(text) = text(input) else { return };
    let verified = MetadataBlob::verify(text, &WORLD.signer, &AWS_LC_RS, NOW, None);
    match verified {
        Ok(blob) => {
            let signed = WORLD.draft.to_text();
            let own = |text: &str| text.rsplit_once('.').map(|(signed, _)| signed.to_owned());
            assert_eq!(own(text), own(&signed), "only what was signed is read");
            assert_eq!(blob.number(), 7);
        }
        Err(error) => drop((error.code(), error.to_string())),
    }
}

/// A payload that the service signs, whatever it is.
pub(crate) fn metadata_payload(input: &[u8]) {
    let signed = [&*WORLD.header, &encode_base64url(input)].concat();
    let blob = WORLD.draft.sign(&signed);
    let blob = match MetadataBlob::verify(&blob, &WORLD.signer, &AWS_LC_RS, NOW, None) {
        Ok(blob) => blob,
        Err(error) => {
            assert_ne!(error, MetadataError::SignatureInvalid);
            return;
        }
    };
    assert!(blob.entries().len() + blob.nameless() <= MAX_ENTRIES);
    assert_ne!(blob.freshness(NOW), Freshness::TooOld);
    for entry in blob.entries() {
        if let Some(aaguid) = &entry.aaguid {
            assert_eq!(blob.by_aaguid(aaguid).unwrap().aaguid, entry.aaguid);
        }
        for identifier in &entry.key_identifiers {
            assert!(blob.by_key_identifier(identifier).is_some());
        }
        for report in &entry.status_reports {
            let _ = (report.in_effect(NOW), report.effective_date());
        }
    }
}
