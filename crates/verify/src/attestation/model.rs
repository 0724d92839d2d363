//! What the metadata says of a credential's model: at its registration, and again whenever it matters. [MDS §3.2]
//!
//! [MDS §3.2]: https://fidoalliance.org/specs/mds/fido-metadata-service-v3.1-ps-20250521.html#metadata-blob-object-processing-rules

use super::AttestationOutcome;
use crate::algorithm::CryptoProvider;
use crate::metadata::{CertificationLevel, MetadataSubject, MetadataVerdict};
use crate::record::CredentialRecord;
use crate::rejection::{AttestationRejection, VerifyError};
use crate::relying_party::RelyingParty;
use crate::trust::ModelMetadata;
use crate::values::Timestamp;

/// What the metadata says of a model that is accepted.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Model {
    /// It has no entry.
    Unlisted,
    /// It has one.
    Listed {
        /// Its name.
        description: Option<Box<str>>,
        /// Its certification. It is this credential's only where the attestation
        /// [proves the model](AttestationOutcome::proves_model).
        certification: Option<CertificationLevel>,
        /// Whether the BLOB is too old for its silence to mean much.
        outdated: bool,
    },
}

impl RelyingParty {
    /// Judges the model of a registered credential by the metadata of today: at a sign-in, or for all credentials when a new
    /// BLOB has come. `None` without [`TrustPolicy::metadata`](crate::trust::TrustPolicy::metadata).
    ///
    /// `proven` is what [`AttestationOutcome::proves_model`] said at the registration; the record does not remember it.
    ///
    /// # Errors
    ///
    /// [`VerifyError::Rejected`] when the metadata speaks against it, as at a registration, and [`VerifyError::Malformed`] when
    /// the stored attestation object cannot be read.
    ///
    /// ```
    /// # use passkeep_verify::{CredentialRecord, RelyingParty, Timestamp, VerifyError, attestation::Model};
    /// # fn example(
    /// #     relying_party: &RelyingParty, record: &CredentialRecord, proven: bool, now: Timestamp,
    /// # ) -> Result<(), VerifyError> {
    /// // The record is the store's, and `proven` was kept beside it at the registration.
    /// match relying_party.judge_model(record, proven, now)? {
    ///     Some(Model::Listed { description, .. }) => println!("nothing speaks against {description:?}"),
    ///     _ => println!("nothing is known of the model"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn judge_model(
        &self,
        record: &CredentialRecord,
        proven: bool,
        now: Timestamp,
    ) -> Result<Option<Model>, VerifyError> {
        let Some(metadata) = &self.config.trust.metadata else {
            return Ok(None);
        };
        let subject = MetadataSubject::of_record(record, proven)?;
        judge(metadata, &subject, &self.config.crypto, now).map(Some)
    }
}

/// Judges the model of a credential that is being registered.
#[inline(never)]
pub(super) fn of_outcome(
    metadata: &ModelMetadata,
    aaguid: &[u8; 16],
    outcome: &AttestationOutcome,
    crypto: &CryptoProvider,
    now: Timestamp,
) -> Result<Model, VerifyError> {
    // Of a compound statement the certificates of every part count: a report on any of them is about this credential.
    let parts = outcome.parts.iter().flatten();
    let chains = parts.map(|part| &part.chain).chain([&outcome.chain]);
    let subject = MetadataSubject {
        aaguid: *aaguid,
        chain: chains.flatten().map(Vec::as_slice).collect(),
        proven: outcome.proves_model(aaguid),
    };
    judge(metadata, &subject, crypto, now)
}

fn judge(
    metadata: &ModelMetadata,
    subject: &MetadataSubject<'_>,
    crypto: &CryptoProvider,
    now: Timestamp,
) -> Result<Model, VerifyError> {
    match metadata.blob.judge(subject, &metadata.status, crypto, now) {
        MetadataVerdict::Refused(why) => Err(AttestationRejection::Model(why).into()),
        MetadataVerdict::Unlisted => Ok(Model::Unlisted),
        MetadataVerdict::Accepted {
            entry,
            certification,
            outdated,
        } => Ok(Model::Listed {
            description: entry.description.clone(),
            certification,
            outdated,
        }),
    }
}
