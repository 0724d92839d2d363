//! `prf` and `largeBlob`, from inputs to outputs.

#![expect(
    clippy::unwrap_used,
    reason = "clippy takes the helpers of an integration test for production code"
)]

use std::collections::BTreeMap;

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::extensions::{
    AuthenticationExtensionsClientInputsJson as Inputs,
    AuthenticationExtensionsClientOutputsJson as Outputs,
    AuthenticationExtensionsPrfValuesJson as Values,
};
use passkeep_protocol::names::{PublicKeyCredentialType, UserVerificationRequirement};
use passkeep_protocol::options::PublicKeyCredentialDescriptorJson;
use passkeep_testkit::{Authenticator, Client, ClientError, options};
use serde_json::{Value, json};

fn inputs(json: Value) -> Inputs {
    serde_json::from_value(json).unwrap()
}

fn create(
    authenticator: &mut Authenticator,
    asked: Value,
) -> Result<(Bytes, Outputs), ClientError> {
    let mut options = options::creation("example.org", b"challenge");
    options.extensions = inputs(asked);
    let made = Client::new("https://example.org").create(&options, authenticator)?;
    Ok((made.raw_id, made.client_extension_results))
}

fn get(
    authenticator: &mut Authenticator,
    allow: &[&Bytes],
    asked: Value,
) -> Result<Outputs, ClientError> {
    get_verified(
        authenticator,
        allow,
        asked,
        UserVerificationRequirement::Required,
    )
}

fn get_verified(
    authenticator: &mut Authenticator,
    allow: &[&Bytes],
    asked: Value,
    verification: UserVerificationRequirement,
) -> Result<Outputs, ClientError> {
    let mut options = options::request("example.org", b"challenge");
    options.extensions = inputs(asked);
    options.user_verification = Some(verification);
    let descriptor = |id: &&Bytes| PublicKeyCredentialDescriptorJson {
        ty: PublicKeyCredentialType::PublicKey,
        id: (*id).clone(),
        transports: Vec::new(),
    };
    options.allow_credentials = allow.iter().map(descriptor).collect();
    let signed = Client::new("https://example.org").get(&options, authenticator)?;
    Ok(signed.client_extension_results)
}

fn results(outputs: &Outputs) -> Values {
    outputs.prf.clone().unwrap().results.unwrap()
}

#[test]
fn a_prf_gives_the_same_for_the_same_input_and_credential_only() {
    let mut authenticator = Authenticator::new("prf");
    let (id, outputs) = create(&mut authenticator, json!({"prf": {}})).unwrap();
    let prf = outputs.prf.unwrap();
    assert_eq!((prf.enabled, prf.results), (Some(true), None));

    let both = json!({"prf": {"eval": {"first": "AQ", "second": "Ag"}}});
    let once = results(&get(&mut authenticator, &[], both.clone()).unwrap());
    let second = once.second.clone().unwrap();
    assert_eq!(
        (once.first.as_slice().len(), second.as_slice().len()),
        (32, 32)
    );
    assert_ne!(once.first, second);
    assert_eq!(results(&get(&mut authenticator, &[], both).unwrap()), once);
    // The inputs are told apart by themselves, not by their places.
    let swapped = json!({"prf": {"eval": {"first": "Ag"}}});
    let swapped = results(&get(&mut authenticator, &[&id], swapped).unwrap());
    assert_eq!((swapped.first, swapped.second), (second, None));

    let mut other = Authenticator::new("another");
    let asked = json!({"prf": {"eval": {"first": "AQ"}}});
    let (_, outputs) = create(&mut other, asked.clone()).unwrap();
    assert_ne!(results(&outputs).first, once.first);
    // What was asked for at registration is what comes at sign-in.
    assert_eq!(
        results(&get(&mut other, &[], asked).unwrap()),
        results(&outputs)
    );
}

/// HMAC-SHA-256, computed elsewhere, of SHA-256("WebAuthn PRF", 0, 1) under the secret of this credential.
#[test]
fn what_a_prf_gives_is_the_hmac_of_the_specification() {
    let mut authenticator = Authenticator::new("prf");
    let asked = json!({"prf": {"eval": {"first": "AQ"}}});
    let (id, outputs) = create(&mut authenticator, asked).unwrap();
    let purpose = "passkeep-testkit prf, with user verification";
    let secret: [u8; 32] = passkeep_testkit::Draws::new(id.as_slice(), purpose).array();
    assert_eq!(
        results(&outputs).first,
        hmac(&secret, b"WebAuthn PRF\0\x01")
    );
}

/// HMAC by its definition. Source: RFC 2104 §2.
fn hmac(key: &[u8; 32], hashed: &[u8]) -> Bytes {
    use sha2::{Digest as _, Sha256};
    let pad = |with: u8| {
        let mut block = [with; 64];
        block
            .iter_mut()
            .zip(key)
            .for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new_with_prefix(pad(0x36)).chain_update(Sha256::digest(hashed));
    let outer = Sha256::new_with_prefix(pad(0x5c)).chain_update(inner.finalize());
    Bytes::from(outer.finalize().as_slice())
}

#[test]
fn a_prf_tells_whether_its_user_was_verified() {
    let mut authenticator = Authenticator::new("prf");
    create(&mut authenticator, json!({})).unwrap();
    let asked = json!({"prf": {"eval": {"first": "AQ"}}});
    let verified = get(&mut authenticator, &[], asked.clone()).unwrap();
    let discouraged = UserVerificationRequirement::Discouraged;
    let not = get_verified(&mut authenticator, &[], asked, discouraged).unwrap();
    assert_ne!(results(&verified), results(&not));
}

#[test]
fn inputs_by_credential_come_first_and_need_a_list() {
    let mut authenticator = Authenticator::new("prf");
    let (id, _) = create(&mut authenticator, json!({})).unwrap();
    let own = BTreeMap::from([(id.to_base64url(), json!({"first": "Ag"}))]);
    let asked = json!({"prf": {"eval": {"first": "AQ"}, "evalByCredential": own}});
    let outputs = get(&mut authenticator, &[&id], asked.clone()).unwrap();
    let plain = json!({"prf": {"eval": {"first": "Ag"}}});
    assert_eq!(
        results(&outputs),
        results(&get(&mut authenticator, &[], plain).unwrap())
    );

    let refused = get(&mut authenticator, &[], asked.clone()).unwrap_err();
    assert_eq!(refused, ClientError::PrfByCredential);
    assert_eq!(
        create(&mut authenticator, asked.clone()).unwrap_err(),
        ClientError::PrfByCredential
    );
    let other = Bytes::from([1]);
    let refused = get(&mut authenticator, &[&other], asked).unwrap_err();
    assert_eq!(refused, ClientError::PrfCredential);
    assert_eq!(refused.dom_exception(), "SyntaxError");
}

#[test]
fn an_authenticator_without_a_prf_says_so() {
    let mut authenticator = Authenticator::new("prf");
    authenticator.config.prf = false;
    let asked = json!({"prf": {"eval": {"first": "AQ"}}});
    let prf = create(&mut authenticator, asked.clone())
        .unwrap()
        .1
        .prf
        .unwrap();
    assert_eq!((prf.enabled, prf.results), (Some(false), None));
    let prf = get(&mut authenticator, &[], asked).unwrap().prf.unwrap();
    assert_eq!((prf.enabled, prf.results), (None, None));
}

#[test]
fn a_blob_is_kept_with_its_credential() {
    let mut authenticator = Authenticator::new("blob");
    let required = json!({"largeBlob": {"support": "required"}});
    let (id, outputs) = create(&mut authenticator, required.clone()).unwrap();
    assert_eq!(outputs.large_blob.unwrap().supported, Some(true));

    let read = json!({"largeBlob": {"read": true}});
    let blob = |outputs: Outputs| outputs.large_blob.unwrap().blob;
    assert_eq!(
        blob(get(&mut authenticator, &[], read.clone()).unwrap()),
        None
    );
    let write = json!({"largeBlob": {"write": "AQID"}});
    let written = get(&mut authenticator, &[&id], write.clone()).unwrap();
    assert_eq!(written.large_blob.unwrap().written, Some(true));
    let held = blob(get(&mut authenticator, &[], read).unwrap());
    assert_eq!(held, Some(Bytes::from([1, 2, 3])));

    // One at a time, and to one credential.
    for (allow, asked) in [
        (vec![], write.clone()),
        (
            vec![&id],
            json!({"largeBlob": {"read": true, "write": "AQID"}}),
        ),
        (vec![], required.clone()),
    ] {
        let refused = get(&mut authenticator, &allow, asked).unwrap_err();
        assert_eq!(refused, ClientError::LargeBlobUse);
    }
    assert_eq!(
        create(&mut authenticator, write).unwrap_err(),
        ClientError::LargeBlobUse
    );
    authenticator.config.large_blobs = false;
    assert_eq!(
        create(&mut authenticator, required).unwrap_err(),
        ClientError::LargeBlob
    );
    let preferred = json!({"largeBlob": {"support": "preferred"}});
    let outputs = create(&mut authenticator, preferred).unwrap().1;
    assert_eq!(outputs.large_blob.unwrap().supported, Some(false));
}
