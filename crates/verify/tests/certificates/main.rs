//! Certificate paths, each with exactly one thing wrong.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

mod path;
mod signatures;

use passkeep_testkit::Draws;
use passkeep_testkit::certificate::{CertificateAuthority, CertificateDraft};
use passkeep_testkit::signing::Algorithm as _;
use passkeep_testkit::signing::ecdsa::ES256;
use passkeep_verify::Timestamp;
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::certificate::Certificate;
use passkeep_verify::certificate::path::{PathError, PathFault, PathRules, validate};
use passkeep_verify::trust::{ExpiredAnchors, TrustAnchor};

/// Within what the test kit's certificates are valid.
pub(crate) const NOW: Timestamp = Timestamp(1_800_000_000_000);

pub(crate) fn root() -> CertificateAuthority {
    CertificateAuthority::root("root")
}

/// A device's certificate.
pub(crate) fn leaf(authority: &CertificateAuthority) -> CertificateDraft {
    let key = ES256.generate(&mut Draws::new(b"leaf", "key"));
    authority.draft(&key.public_key())
}

pub(crate) fn anchor(authority: &CertificateAuthority) -> TrustAnchor {
    TrustAnchor::from_der(&authority.certificate[..]).unwrap()
}

/// How a verdict is compared: the positions on the path, and whether the anchor is one of these.
pub(crate) type Verdict = Result<Vec<usize>, PathError>;

/// Judges a chain in DER by one anchor.
#[track_caller]
pub(crate) fn judged(chain: &[Vec<u8>], anchors: &[TrustAnchor], now: Timestamp) -> Verdict {
    let rules = PathRules {
        anchors,
        expired_anchors: ExpiredAnchors::Accept,
        understood: &[],
        now,
    };
    judged_by(chain, &rules)
}

#[track_caller]
pub(crate) fn judged_by(chain: &[Vec<u8>], rules: &PathRules<'_>) -> Verdict {
    let certificates = chain.iter().map(|der| Certificate::parse(der).unwrap());
    let certificates: Vec<_> = certificates.collect();
    let path = validate(&certificates, rules, &AWS_LC_RS);
    path.map(|path| path.positions)
}

pub(crate) fn at(position: usize, fault: PathFault) -> Verdict {
    Err(PathError {
        position: Some(position),
        fault,
    })
}
