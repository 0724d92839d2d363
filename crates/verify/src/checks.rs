//! What the two check lists share.

use passkeep_protocol::authenticator_data::AuthenticatorData;
use passkeep_protocol::bytes::encode_base64url;
use passkeep_protocol::client_data::CollectedClientData;
use passkeep_protocol::names::PublicKeyCredentialType;
use subtle::ConstantTimeEq as _;

use crate::origin;
use crate::rejection::Rejection;
use crate::relying_party::RelyingParty;
use crate::values::{Challenge, Timestamp};

/// Refuses unless the condition holds. The rejection is made only then.
pub(crate) fn ensure(holds: bool, rejection: impl FnOnce() -> Rejection) -> Result<(), Rejection> {
    if holds { Ok(()) } else { Err(rejection()) }
}

/// The ceremony is still open. Its last millisecond counts.
pub(crate) fn lifetime(now: Timestamp, expires_at: Timestamp) -> Result<(), Rejection> {
    ensure(now <= expires_at, || Rejection::CeremonyExpired)
}

/// The envelope of a credential: its type, and that its two ids are one.
pub(crate) fn envelope(
    ty: &PublicKeyCredentialType,
    id: &str,
    raw_id: &[u8],
) -> Result<(), Rejection> {
    ensure(*ty == PublicKeyCredentialType::PublicKey, || {
        Rejection::CredentialTypeUnknown
    })?;
    ensure(id == encode_base64url(raw_id), || {
        Rejection::CredentialIdTextDiffers
    })
}

/// What a ceremony expects of the client data.
pub(crate) struct ExpectedClientData<'a> {
    pub(crate) ty: &'static str,
    pub(crate) challenge: &'a Challenge,
}

impl RelyingParty {
    /// The client data's type, challenge, origin and framing.
    pub(crate) fn check_client_data(
        &self,
        client_data: &CollectedClientData<'_>,
        expected: &ExpectedClientData<'_>,
    ) -> Result<(), Rejection> {
        // [L3 §7.1 and §7.2, "Verify that the value of C.type"]
        ensure(client_data.ty == expected.ty, || {
            Rejection::ClientDataTypeDiffers {
                received: client_data.ty.clone().into_owned(),
            }
        })?;

        // [L3 §7.1 and §7.2, "Verify that the value of C.challenge"], compared in its encoded form.
        let challenge = expected.challenge.to_base64url();
        let equal = challenge.as_bytes().ct_eq(client_data.challenge.as_bytes());
        ensure(equal.into(), || Rejection::ChallengeDiffers)?;

        // [L3 §7.1 and §7.2, "Verify that the value of C.origin"]
        let origins = &self.config.origins;
        let accepted = origins
            .iter()
            .any(|origin| origin.as_str() == client_data.origin);
        ensure(accepted, || Rejection::OriginNotAccepted {
            received: client_data.origin.clone().into_owned(),
            difference: origin::difference(&client_data.origin, origins),
        })?;

        // [L3 §7.1 and §7.2, "If C.crossOrigin is present and set to true"]
        ensure(!client_data.cross_origin, || {
            Rejection::CrossOriginNotAccepted
        })?;

        // [L3 §7.1 and §7.2, "If C.topOrigin is present"]
        match &client_data.top_origin {
            None => Ok(()),
            Some(top_origin) => Err(Rejection::TopOriginNotAccepted {
                received: top_origin.clone().into_owned(),
            }),
        }
    }

    /// The RP ID and the flags that both ceremonies have.
    pub(crate) fn check_authenticator_data(
        &self,
        data: &AuthenticatorData<'_>,
        rp_id: &str,
        user_verification_required: bool,
    ) -> Result<(), Rejection> {
        // [L3 §7.1 and §7.2, "Verify that the rpIdHash"]. A ceremony begun under another RP ID ends here too.
        let same = rp_id == self.config.id && *data.rp_id_hash == self.id_hash;
        ensure(same, || Rejection::RpIdHashDiffers)?;

        // [L3 §7.1 and §7.2, "verify that the UP bit"]
        ensure(data.flags.user_present(), || Rejection::UserNotPresent)?;

        // [L3 §7.1 and §7.2, "verify that the UV bit"]
        let verified = data.flags.user_verified() || !user_verification_required;
        ensure(verified, || Rejection::UserNotVerified)?;

        // [L3 §7.1 and §7.2, "If the BE bit of the flags in authData is not set"]
        let backup = data.flags.backup_eligible() || !data.flags.backup_state();
        ensure(backup, || Rejection::BackupStateWithoutEligibility)
    }
}
