//! The extensions whose answers come from the credential itself: `prf` and `largeBlob`. Source: L3 §10.1.4 and §10.1.5.
//!
//! Client and authenticator are one here, as in a passkey provider on the same device, so nothing of it is in the
//! authenticator data.

use hkdf::Hkdf;
use passkeep_protocol::authenticator_data::Flags;
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::extensions::{
    AuthenticationExtensionsClientInputsJson, AuthenticationExtensionsClientOutputsJson,
    AuthenticationExtensionsLargeBlobOutputsJson, AuthenticationExtensionsPrfOutputsJson,
    AuthenticationExtensionsPrfValuesJson,
};
use passkeep_protocol::names::LargeBlobSupport;
use passkeep_protocol::options::PublicKeyCredentialDescriptorJson;
use sha2::{Digest as _, Sha256};

use crate::authenticator::{Authenticator, Config};
use crate::draws::Draws;
use crate::error::ClientError;

type Inputs = AuthenticationExtensionsClientInputsJson;
type Outputs = AuthenticationExtensionsClientOutputsJson;
type Values = AuthenticationExtensionsPrfValuesJson;

/// Refuses what a client refuses before it asks an authenticator for a new credential.
pub(crate) fn before_create(inputs: &Inputs, config: &Config) -> Result<(), ClientError> {
    if let Some(prf) = &inputs.prf
        && prf.eval_by_credential.is_some()
    {
        return Err(ClientError::PrfByCredential);
    }
    let Some(blob) = &inputs.large_blob else {
        return Ok(());
    };
    if blob.read.is_some() || blob.write.is_some() {
        return Err(ClientError::LargeBlobUse);
    }
    match blob.support {
        Some(LargeBlobSupport::Required) if !config.large_blobs => Err(ClientError::LargeBlob),
        _ => Ok(()),
    }
}

/// Refuses what a client refuses before it asks an authenticator for an assertion.
pub(crate) fn before_get(
    inputs: &Inputs,
    allow: &[PublicKeyCredentialDescriptorJson],
) -> Result<(), ClientError> {
    let by_credential = inputs.prf.as_ref();
    let by_credential = by_credential.and_then(|prf| prf.eval_by_credential.as_ref());
    if let Some(values) = by_credential {
        if !values.is_empty() && allow.is_empty() {
            return Err(ClientError::PrfByCredential);
        }
        if values.keys().any(|id| allow.iter().all(|it| it.id != *id)) {
            return Err(ClientError::PrfCredential);
        }
    }
    let Some(blob) = &inputs.large_blob else {
        return Ok(());
    };
    let reads = blob.read == Some(true);
    let writes = blob.write.is_some();
    if blob.support.is_some() || (reads && writes) || (writes && allow.len() != 1) {
        return Err(ClientError::LargeBlobUse);
    }
    Ok(())
}

/// What comes of the extensions with a credential that was just made.
pub(crate) fn after_create(
    inputs: &Inputs,
    config: &Config,
    id: &[u8],
    flags: Flags,
    discoverable: bool,
) -> Outputs {
    let asked = inputs.prf.as_ref();
    let asked_blob = inputs.large_blob.is_some();
    Outputs {
        prf: asked.map(|prf| AuthenticationExtensionsPrfOutputsJson {
            enabled: Some(config.prf),
            results: prf
                .eval
                .as_ref()
                .filter(|_| config.prf)
                .map(|values| evaluate(values, id, flags)),
        }),
        large_blob: asked_blob.then(|| AuthenticationExtensionsLargeBlobOutputsJson {
            // A blob is found by way of its credential, so that has to be kept.
            supported: Some(config.large_blobs && discoverable),
            ..Default::default()
        }),
        ..Default::default()
    }
}

/// What comes of the extensions with a credential that has signed.
pub(crate) fn after_get(
    inputs: &Inputs,
    authenticator: &mut Authenticator,
    id: &[u8],
    flags: Flags,
) -> Outputs {
    let config = &authenticator.config;
    let has_blobs = config.large_blobs;
    let prf = inputs.prf.as_ref().map(|prf| {
        let own = prf.eval_by_credential.as_ref();
        let own = own.and_then(|values| values.get(&Bytes::from(id)));
        let values = own.or(prf.eval.as_ref()).filter(|_| config.prf);
        AuthenticationExtensionsPrfOutputsJson {
            enabled: None,
            results: values.map(|values| evaluate(values, id, flags)),
        }
    });
    let held = authenticator.credentials_mut().iter_mut();
    let mut held = held.filter(|it| it.id == id && it.discoverable && has_blobs);
    let credential = held.next();
    let large_blob = inputs.large_blob.as_ref().map(|asked| {
        let mut outputs = AuthenticationExtensionsLargeBlobOutputsJson::default();
        match (&asked.write, credential) {
            (Some(_), None) => outputs.written = Some(false),
            (Some(blob), Some(credential)) => {
                credential.large_blob = Some(blob.as_slice().to_vec());
                outputs.written = Some(true);
            }
            (None, Some(credential)) if asked.read == Some(true) => {
                outputs.blob = credential.large_blob.clone().map(Bytes::from);
            }
            (None, _) => {}
        }
        outputs
    });
    Outputs {
        prf,
        large_blob,
        ..Default::default()
    }
}

/// The outputs for one or two inputs. Source: L3 §10.1.4, "Let salt1 be SHA-256", and CTAP 2.2 §12.7, "hmac-secret".
fn evaluate(values: &Values, id: &[u8], flags: Flags) -> Values {
    // A credential has two secrets, and which one is used says whether its user was verified.
    let purpose = match flags.0 & Flags::UV {
        0 => "passkeep-testkit prf, without user verification",
        _ => "passkeep-testkit prf, with user verification",
    };
    let secret: [u8; 32] = Draws::new(id, purpose).array();
    let output = |input: &Bytes| {
        let salt = Sha256::new_with_prefix(b"WebAuthn PRF\0").chain_update(input.as_slice());
        // HKDF's first half is HMAC, of which the secret is the key.
        let (hmac, _) = Hkdf::<Sha256>::extract(Some(&secret), &salt.finalize());
        Bytes::from(hmac.as_slice())
    };
    Values {
        first: output(&values.first),
        second: values.second.as_ref().map(output),
    }
}
