//! Whether somebody who is believed vouches for an attestation.

use super::{TrustAnchor, TrustPolicy};
use crate::algorithm::CryptoProvider;
use crate::attestation::{AttestationFormat, Trust};
use crate::certificate::path::{self, PathRules, SignatureBudget};
use crate::certificate::{Certificate, ObjectIdentifier};
use crate::finding::FindingAction;
use crate::metadata::MetadataSubject;
use crate::rejection::{AttestationRejection, VerifyError};
use crate::revocation::{PathKind, RevocationGap};
use crate::values::Timestamp;

/// What an attestation is assessed by.
pub(crate) struct Assessed<'a> {
    pub(crate) format: AttestationFormat,
    pub(crate) aaguid: &'a [u8; 16],
    /// The attestation certificate, and those that came along.
    pub(crate) chain: &'a [Certificate<'a>],
    /// Critical extensions that the format's profile knows.
    pub(crate) understood: &'a [ObjectIdentifier],
    /// What the search for a path may cost.
    pub(crate) budget: &'a SignatureBudget,
}

/// Looks for a path to an anchor, and for revoked certificates on it.
pub(crate) fn assess(
    assessed: &Assessed<'_>,
    policy: &TrustPolicy,
    crypto: &CryptoProvider,
    now: Timestamp,
) -> Result<(Trust, Vec<RevocationGap>), VerifyError> {
    let anchors = policy.anchors.iter();
    let anchors = anchors.filter(|anchor| anchor.is_for(assessed.format, assessed.aaguid));
    let mut anchors: Vec<TrustAnchor> = anchors.cloned().collect();
    if let Some(metadata) = &policy.metadata {
        let subject = MetadataSubject {
            aaguid: *assessed.aaguid,
            chain: assessed.chain.iter().map(Certificate::der).collect(),
            proven: false,
        };
        let roots = metadata.blob.attestation_roots(&subject).into_iter();
        // A root that cannot be read vouches for nobody.
        anchors.extend(roots.filter_map(|der| TrustAnchor::from_der(der).ok()));
    }
    let rules = PathRules {
        anchors: &anchors,
        expired_anchors: policy.expired_anchors,
        understood: assessed.understood,
        now,
    };
    let path = match path::validate_within(assessed.budget, assessed.chain, &rules, crypto) {
        Ok(path) => path,
        Err(why) => return Ok((Trust::Untrusted { why }, Vec::new())),
    };

    // [L3 §7.1, "access to certificate status information for the intermediate CA certificates"]
    let android = matches!(assessed.format, AttestationFormat::AndroidKey);
    let kind = if android {
        PathKind::Android
    } else {
        PathKind::Other
    };
    let lists = &policy.revocation;
    let nothing_to_ask = lists.lists.is_empty()
        && (lists.android.is_none() || !android)
        && lists.missing == FindingAction::Report;
    let mut gaps = Vec::new();
    if !nothing_to_ask {
        let certificates = path.certificates(assessed.chain)?;
        let checked = lists.check(&certificates, kind, now);
        gaps = checked.map_err(AttestationRejection::CertificateRevoked)?;
    }
    let anchor = path.anchor.clone();
    Ok((Trust::Trusted { anchor }, gaps))
}
