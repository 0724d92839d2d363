//! The format `android-key`. [L3 §8.4]
//!
//! Phones made for remote provisioning send a chain without its root; the root is then an anchor, as it is in any other
//! chain.
//!
//! [L3 §8.4]: https://www.w3.org/TR/webauthn-3/#sctn-android-key-attestation

use passkeep_protocol::attestation_statement::AndroidKeyStatement;

use self::description::{AuthorizationList, KeyDescription};
use super::profile::{leaf, read_chain};
use super::signature::{Legacy, key_of};
use super::{AttestationFormat, AttestationOutcome, AttestationType, Certified, Context, ensure};
use crate::certificate::oid;
use crate::rejection::{AttestationRejection, VerifyError};
use crate::trust::AndroidKeySecurity;

mod description;

/// `KM_ORIGIN_GENERATED`
const ORIGIN_GENERATED: u64 = 0;
/// `KM_PURPOSE_SIGN`
const PURPOSE_SIGN: u64 = 2;

pub(super) fn verify(
    context: &Context<'_>,
    att_stmt: &[u8],
) -> Result<AttestationOutcome, VerifyError> {
    let statement = AndroidKeyStatement::parse(att_stmt)?;
    let chain = read_chain(&statement.x5c)?;
    let certificate = leaf(&chain)?;

    // [L3 §8.4, "Verify that sig is a valid signature over the concatenation of authenticatorData and clientDataHash"]
    let message = context.attested.signed_bytes();
    let signed = (&message[..], statement.sig);
    let key = key_of(certificate)?;
    let findings = context.signed(statement.alg, Legacy::Refuse, &key, signed)?;
    // [L3 §8.4, "Verify that the public key in the first certificate in x5c matches the credentialPublicKey"]
    context.key_is_certified(certificate)?;

    // Whoever has an attested key could sign a certificate with any description in it. Only the one nearest the root was
    // written by the key store, and it must be the credential's.
    let above = chain.iter().enumerate().skip(1);
    let mut above =
        above.filter(|(_, issuer)| issuer.extension(oid::ANDROID_KEY_DESCRIPTION).is_some());
    if let Some((position, _)) = above.next() {
        let rejection = AttestationRejection::AndroidKeyDescriptionNotNearestRoot { position };
        return Err(rejection.into());
    }
    let extension = certificate.extension(oid::ANDROID_KEY_DESCRIPTION);
    let extension = extension.ok_or(AttestationRejection::AndroidKeyDescriptionMissing)?;
    let description = KeyDescription::parse(extension.value)?;

    // [L3 §8.4, "Verify that the attestationChallenge field in the attestation certificate extension data is identical"]
    let same = description.challenge == context.attested.client_data_hash;
    ensure(same, || AttestationRejection::AndroidChallengeDiffers)?;
    authorizations(&description, context.policy.android_key)?;

    context.certified(Certified {
        format: AttestationFormat::AndroidKey,
        ty: AttestationType::Basic,
        chain: &chain,
        understood: &[],
        findings,
    })
}

/// [L3 §8.4, "Verify the following using the appropriate authorization list"]
///
/// Where any key will do, what either list says counts. Where the key must be in hardware, only the hardware's own list
/// does, and both the attestation and the key store must be at that level.
///
/// [L3 §8.4, "Verify the following using the appropriate authorization list"]: https://www.w3.org/TR/webauthn-3/#sctn-android-key-attestation
fn authorizations(
    description: &KeyDescription<'_>,
    security: AndroidKeySecurity,
) -> Result<(), AttestationRejection> {
    let received = description.security_level();
    ensure(received >= security as u8, || {
        AttestationRejection::AndroidSecurityLevel { received }
    })?;

    let both = [
        &description.hardware_enforced,
        &description.software_enforced,
    ];
    let open = both.iter().any(|list| list.all_applications);
    ensure(!open, || AttestationRejection::AndroidAllApplications)?;
    let lists: &[&AuthorizationList] = match security {
        AndroidKeySecurity::Any => &both,
        AndroidKeySecurity::TrustedEnvironment | AndroidKeySecurity::StrongBox => &both[..1],
    };
    let mut origins = lists.iter().filter_map(|list| list.origin).peekable();
    let generated = origins.peek().is_some() && origins.all(|origin| origin == ORIGIN_GENERATED);
    ensure(generated, || AttestationRejection::AndroidOriginDiffers)?;
    let mut purposes = lists.iter().flat_map(|list| &list.purposes);
    let signs = purposes.any(|purpose| *purpose == PURPOSE_SIGN);
    ensure(signs, || AttestationRejection::AndroidPurposeDiffers)
}
