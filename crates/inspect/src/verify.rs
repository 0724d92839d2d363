//! A verdict on one recorded ceremony, by the verbs that the server uses too.
//!
//! The command `passkeep verify` and `passkeep/inspect` in a page both end here, so that they cannot disagree.

use passkeep_verify::Timestamp;
use passkeep_verify::algorithm::CryptoProvider;

mod document;
mod judge;
mod report;

use self::document::Document;
pub use self::report::{Conclusion, Report};

/// The largest document that is read, in bytes: an attestation object at its limit, several times over.
pub const MAX_DOCUMENT_BYTES: usize = 1 << 20;

/// Judges the ceremony that a document describes: a JSON object, whose members `passkeep verify --help` lists. It is
/// judged at the document's own time, or else at `now`.
///
/// What cannot be used is a report too, of [`Conclusion::Unusable`].
///
/// ```
/// use passkeep_inspect::verify::{Conclusion, verify};
/// # use passkeep_verify::algorithm::CryptoProvider;
/// # let provider = CryptoProvider { name: "none", algorithms: &[] };
///
/// let report = verify("{}", None, provider);
/// assert_eq!(report.conclusion(), Conclusion::Unusable);
/// let verdict = report.verdict();
/// let message = verdict["message"].as_str().unwrap();
/// assert!(message.starts_with("the document cannot be read: missing field `kind`"));
/// ```
#[must_use]
pub fn verify(document: &str, now: Option<Timestamp>, provider: CryptoProvider) -> Report {
    if is_too_long(document) {
        let problem = format!("the document is longer than {MAX_DOCUMENT_BYTES} bytes");
        return Report::unusable(problem);
    }
    Document::parse(document)
        .and_then(|document| judge::judge(&document, now, provider))
        .unwrap_or_else(Report::unusable)
}

/// Whether the ceremony that a document describes may have an attestation, or the document names roots. If not, [`verify`] reads
/// no certificate, and a page need not load what does.
///
/// ```
/// use passkeep_inspect::verify::needs_attestation;
///
/// assert!(!needs_attestation("{}"));
/// ```
#[must_use]
pub fn needs_attestation(document: &str) -> bool {
    let document = (!is_too_long(document)).then(|| Document::parse(document).ok());
    document
        .flatten()
        .as_ref()
        .is_some_and(judge::needs_attestation)
}

fn is_too_long(document: &str) -> bool {
    document.len() > MAX_DOCUMENT_BYTES
}
