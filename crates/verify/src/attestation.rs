//! Attestation statements, format by format, and whether somebody who is believed vouches for them. [L3 §8]
//!
//! [`verify`] runs the procedure of the statement's format, looks for a path to a trust anchor, and holds the outcome against
//! the [`TrustPolicy`]. A statement that is not correct is refused whatever the policy says.
//!
//! [L3 §8]: https://www.w3.org/TR/webauthn-3/#sctn-defined-attestation-formats

use core::fmt;

use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::authenticator_data::AttestedCredentialData;
use passkeep_protocol::cose::CoseKey;

use crate::algorithm::CryptoProvider;
use crate::certificate::path::{PathError, SignatureBudget};
use crate::certificate::{Certificate, ObjectIdentifier};
use crate::finding::Finding;
use crate::rejection::{AttestationRejection, Rejection, Unsupported, VerifyError};
use crate::revocation::RevocationGap;
use crate::trust::{Accept, Assessed, TrustAnchor, TrustPolicy, UnknownFormat, Untrusted, assess};
use crate::values::Timestamp;

mod android_key;
mod android_safetynet;
mod apple;
mod compound;
mod fido_u2f;
mod model;
mod none;
mod packed;
mod profile;
mod signature;
mod tpm;

pub use self::model::Model;

/// The statement formats that have a procedure here. [L3 §8]
///
/// [L3 §8]: https://www.w3.org/TR/webauthn-3/#sctn-defined-attestation-formats
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum AttestationFormat {
    /// `none`.
    None,
    /// `packed`.
    Packed,
    /// `tpm`.
    Tpm,
    /// `android-key`.
    AndroidKey,
    /// `android-safetynet`, which is deprecated.
    AndroidSafetyNet,
    /// `fido-u2f`.
    FidoU2f,
    /// `apple`.
    Apple,
    /// `compound`.
    Compound,
}

impl AttestationFormat {
    /// Every format there is.
    pub const ALL: [Self; 8] = [
        Self::None,
        Self::Packed,
        Self::Tpm,
        Self::AndroidKey,
        Self::AndroidSafetyNet,
        Self::FidoU2f,
        Self::Apple,
        Self::Compound,
    ];

    /// The format with that identifier.
    ///
    /// ```
    /// use passkeep_verify::attestation::AttestationFormat;
    ///
    /// assert_eq!(AttestationFormat::named("tpm"), Some(AttestationFormat::Tpm));
    /// assert_eq!(AttestationFormat::named("TPM"), None);
    /// ```
    #[must_use]
    pub fn named(fmt: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == fmt)
    }

    /// Its identifier.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Packed => "packed",
            Self::Tpm => "tpm",
            Self::AndroidKey => "android-key",
            Self::AndroidSafetyNet => "android-safetynet",
            Self::FidoU2f => "fido-u2f",
            Self::Apple => "apple",
            Self::Compound => "compound",
        }
    }
}

impl fmt::Display for AttestationFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What an attestation proves. [L3 §6.5.3, "Attestation Types"]
///
/// [L3 §6.5.3, "Attestation Types"]: https://www.w3.org/TR/webauthn-3/#sctn-attestation-types
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum AttestationType {
    /// Nothing.
    None,
    /// That whoever made the credential had its private key.
    SelfAttestation,
    /// What a key that the vendor put into the authenticators says.
    Basic,
    /// What a key of a TPM says that a certificate authority attests.
    AttCa,
    /// What a certificate authority says that made a certificate for this credential alone.
    AnonCa,
    /// Basic or by a certificate authority: the statement alone does not tell which.
    BasicOrAttCa,
    /// Nobody knows: the format has no procedure here, and the policy accepts that.
    Unverified,
}

impl AttestationType {
    /// A stable name for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SelfAttestation => "self",
            Self::Basic => "basic",
            Self::AttCa => "attca",
            Self::AnonCa => "anonca",
            Self::BasicOrAttCa => "basic_or_attca",
            Self::Unverified => "unverified",
        }
    }
}

/// Whether somebody who is believed vouches for an attestation.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Trust {
    /// Nobody could: there is no certificate.
    NotApplicable,
    /// An anchor does.
    Trusted {
        /// Which.
        anchor: TrustAnchor,
    },
    /// Nobody does.
    Untrusted {
        /// What is wrong with the path.
        why: PathError,
    },
}

/// A correct attestation.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct AttestationOutcome {
    /// The format, as the attestation object names it.
    pub fmt: String,
    /// What it proves.
    pub ty: AttestationType,
    /// Whether somebody who is believed vouches for it.
    pub trust: Trust,
    /// The certificates in DER, the attestation certificate first. Worth keeping: when a certificate authority is revoked,
    /// the credentials below it can be found. [L3 §13.5.5]
    ///
    /// [L3 §13.5.5]: https://www.w3.org/TR/webauthn-3/#sctn-ca-compromise
    pub chain: Vec<Vec<u8>>,
    /// The certificates on the path whose revocation status is not known, if the policy wants that reported.
    pub revocation_gaps: Vec<RevocationGap>,
    /// What the metadata says of the model, if the policy has metadata.
    pub model: Option<Model>,
    /// What was noticed in the statement that the policy on findings may refuse.
    pub findings: Vec<Finding>,
    /// The statements inside a `compound` one, in their order, those that were refused among them.
    pub parts: Vec<Result<AttestationOutcome, VerifyError>>,
    /// Whether the statement signs the AAGUID.
    pub(crate) signs_aaguid: bool,
}

impl AttestationOutcome {
    fn without_certificates(fmt: &str, ty: AttestationType) -> Self {
        Self {
            fmt: fmt.to_owned(),
            ty,
            trust: Trust::NotApplicable,
            chain: Vec::new(),
            revocation_gaps: Vec::new(),
            model: None,
            findings: Vec::new(),
            parts: Vec::new(),
            signs_aaguid: true,
        }
    }

    /// Whether an anchor vouches for the attestation and it signs the AAGUID: then the AAGUID says which model it is.
    #[must_use]
    pub fn proves_aaguid(&self) -> bool {
        self.signs_aaguid && matches!(self.trust, Trust::Trusted { .. })
    }

    /// Whether an anchor vouches for the model, which metadata knows by its AAGUID, or, if that is zero as U2F's is, by the
    /// keys of its certificates.
    #[must_use]
    pub fn proves_model(&self, aaguid: &[u8; 16]) -> bool {
        let trusted = matches!(self.trust, Trust::Trusted { .. });
        trusted && (self.signs_aaguid || *aaguid == [0; 16])
    }
}

/// What an attestation is about.
#[derive(Clone, Copy, Debug)]
pub struct AttestedCredential<'a> {
    /// The attestation object.
    pub object: &'a AttestationObject<'a>,
    /// SHA-256 of the client data as it came.
    pub client_data_hash: &'a [u8; 32],
    /// SHA-256 of the RP ID, as the authenticator data has it.
    pub rp_id_hash: &'a [u8; 32],
    /// The attested credential data in the authenticator data.
    pub credential: &'a AttestedCredentialData<'a>,
    /// The key in it, already found to be one of its algorithm.
    pub key: &'a CoseKey<'a>,
}

impl AttestedCredential<'_> {
    /// What statements sign: the authenticator data and the hash of the client data.
    fn signed_bytes(&self) -> Vec<u8> {
        [self.object.auth_data, self.client_data_hash].concat()
    }
}

/// Verifies an attestation and holds it against the policy. [L3 §7.1, "Determine the attestation statement format"] to "Assess
/// the attestation trustworthiness"
///
/// # Errors
///
/// [`VerifyError::Malformed`] for bytes that are not in their format, [`VerifyError::Unsupported`] for a format without a
/// procedure, and [`AttestationRejection`] for everything that is refused.
///
/// [L3 §7.1, "Determine the attestation statement format"]: https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
pub fn verify(
    attested: &AttestedCredential<'_>,
    policy: &TrustPolicy,
    crypto: &CryptoProvider,
    now: Timestamp,
) -> Result<AttestationOutcome, VerifyError> {
    let context = Context {
        attested,
        policy,
        crypto,
        now,
        budget: &SignatureBudget::new(),
    };
    let object = attested.object;
    let outcome = context.statement(object.fmt, object.att_stmt)?;
    context.judge(outcome)
}

/// Everything a procedure needs.
#[derive(Clone, Copy)]
struct Context<'a> {
    attested: &'a AttestedCredential<'a>,
    policy: &'a TrustPolicy,
    crypto: &'a CryptoProvider,
    now: Timestamp,
    /// Shared by the parts of a `compound` statement.
    budget: &'a SignatureBudget,
}

/// What a procedure with certificates found.
struct Certified<'c> {
    format: AttestationFormat,
    ty: AttestationType,
    chain: &'c [Certificate<'c>],
    /// Critical extensions that the format's profile knows.
    understood: &'c [ObjectIdentifier],
    /// What was noticed.
    findings: Vec<Finding>,
}

impl Context<'_> {
    /// Runs the procedure of the format.
    fn statement(&self, fmt: &str, att_stmt: &[u8]) -> Result<AttestationOutcome, VerifyError> {
        let Some(format) = AttestationFormat::named(fmt) else {
            return match self.policy.unknown_format {
                UnknownFormat::Refuse => Err(VerifyError::Unsupported(
                    Unsupported::AttestationFormat(fmt.to_owned()),
                )),
                UnknownFormat::AcceptUnverified => {
                    let ty = AttestationType::Unverified;
                    Ok(AttestationOutcome {
                        signs_aaguid: false,
                        ..AttestationOutcome::without_certificates(fmt, ty)
                    })
                }
            };
        };
        let accepted = self.policy.formats.contains(&format);
        ensure(accepted, || AttestationRejection::FormatNotAccepted {
            format,
        })?;
        match format {
            // Nearly every statement. A page loads what all others need when it meets the first.
            AttestationFormat::None => none::verify(att_stmt),
            _ => self.procedure(format, att_stmt),
        }
    }

    #[inline(never)]
    fn procedure(
        &self,
        format: AttestationFormat,
        att_stmt: &[u8],
    ) -> Result<AttestationOutcome, VerifyError> {
        match format {
            AttestationFormat::None => none::verify(att_stmt),
            AttestationFormat::Packed => packed::verify(self, att_stmt),
            AttestationFormat::Tpm => tpm::verify(self, att_stmt),
            AttestationFormat::AndroidKey => android_key::verify(self, att_stmt),
            AttestationFormat::AndroidSafetyNet => android_safetynet::verify(self, att_stmt),
            AttestationFormat::FidoU2f => fido_u2f::verify(self, att_stmt),
            AttestationFormat::Apple => apple::verify(self, att_stmt),
            AttestationFormat::Compound => compound::verify(self, att_stmt),
        }
    }

    /// Looks for somebody who vouches for a statement that is correct.
    fn certified(&self, certified: Certified<'_>) -> Result<AttestationOutcome, VerifyError> {
        let assessed = Assessed {
            format: certified.format,
            aaguid: self.attested.credential.aaguid,
            chain: certified.chain,
            understood: certified.understood,
            budget: self.budget,
        };
        let (trust, revocation_gaps) = assess(&assessed, self.policy, self.crypto, self.now)?;
        let chain = certified.chain.iter();
        Ok(AttestationOutcome {
            fmt: certified.format.name().to_owned(),
            ty: certified.ty,
            trust,
            chain: chain
                .map(|certificate| certificate.der().to_vec())
                .collect(),
            revocation_gaps,
            model: None,
            findings: certified.findings,
            parts: Vec::new(),
            signs_aaguid: certified.format != AttestationFormat::FidoU2f,
        })
    }

    /// Holds a correct attestation against the policy.
    fn judge(&self, mut outcome: AttestationOutcome) -> Result<AttestationOutcome, VerifyError> {
        let policy = self.policy;
        let aaguid = self.attested.credential.aaguid;
        let denied = policy.aaguids.deny.contains(aaguid);
        ensure(!denied, || AttestationRejection::AaguidDenied)?;
        if let Some(allow) = &policy.aaguids.allow {
            ensure(allow.contains(aaguid), || {
                AttestationRejection::AaguidNotAllowed
            })?;
            ensure(outcome.proves_aaguid(), || {
                AttestationRejection::AaguidNotProven
            })?;
        }

        outcome.ty = self.accepted_type(&outcome)?;
        if let Some(metadata) = &policy.metadata {
            let model = model::of_outcome(metadata, aaguid, &outcome, self.crypto, self.now)?;
            outcome.model = Some(model);
        }
        Ok(outcome)
    }

    /// What the policy accepts a correct attestation as, by its type and who vouches for it.
    fn accepted_type(
        &self,
        outcome: &AttestationOutcome,
    ) -> Result<AttestationType, AttestationRejection> {
        let policy = self.policy;
        let mut ty = outcome.ty;
        if let Trust::Untrusted { why } = &outcome.trust {
            match policy.untrusted {
                Untrusted::Accept => {}
                Untrusted::AsSelfAttestation => ty = AttestationType::SelfAttestation,
                Untrusted::Refuse => {
                    return Err(AttestationRejection::Untrusted(why.clone()));
                }
            }
        }
        match ty {
            AttestationType::None => ensure(policy.none == Accept::Accept, || {
                AttestationRejection::NoneNotAccepted
            })?,
            AttestationType::SelfAttestation => {
                ensure(policy.self_attestation == Accept::Accept, || {
                    AttestationRejection::SelfNotAccepted
                })?;
            }
            _ => {}
        }
        Ok(ty)
    }
}

impl From<AttestationRejection> for VerifyError {
    fn from(rejection: AttestationRejection) -> Self {
        Self::Rejected(Rejection::Attestation(rejection))
    }
}

/// Refuses unless the condition holds. The rejection is made only then.
fn ensure(
    holds: bool,
    rejection: impl FnOnce() -> AttestationRejection,
) -> Result<(), AttestationRejection> {
    if holds { Ok(()) } else { Err(rejection()) }
}
