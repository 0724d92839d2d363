//! Metadata BLOBs, revocation lists and Google's attestation status list: one test per refusal, each with one change.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod blob;
mod judge;
mod models;
mod revocation;

use passkeep_testkit::Draws;
use passkeep_testkit::certificate::{CertificateAuthority, CertificateDraft};
use passkeep_testkit::metadata::MetadataService;
use passkeep_testkit::signing::{Algorithm as _, ecdsa::ES256};
use passkeep_verify::Timestamp;
use passkeep_verify::metadata::{MDS_HOST, MetadataSigner};
use passkeep_verify::trust::TrustAnchor;

/// 2027-01-15T08:00:00Z, in seconds.
pub(crate) const NOW_SECONDS: i64 = 1_800_000_000;
pub(crate) const NOW: Timestamp = Timestamp(1_800_000_000_000);
pub(crate) const AAGUID: [u8; 16] = [7; 16];

/// The relying party pins the service's root.
pub(crate) fn signer(service: &MetadataService) -> MetadataSigner {
    let root = TrustAnchor::from_der(service.root.certificate.clone()).unwrap();
    MetadataSigner::new(vec![root], MDS_HOST)
}

/// A certificate of that authority for a device, told from others by a seed.
pub(crate) fn leaf(authority: &CertificateAuthority, seed: &str) -> CertificateDraft {
    let key = ES256.generate(&mut Draws::new(seed.as_bytes(), "device"));
    authority.draft(&key.public_key())
}
