//! Everything that is JSON.

use core::fmt::Debug;

use passkeep_protocol::api::{
    AuthenticationFinish, AuthenticationStart, PasskeyDelete, PasskeyRename, ProblemDetails,
    RegistrationFinish, RegistrationStart,
};
use passkeep_protocol::client_data::{CollectedClientData, MAX_CLIENT_DATA_BYTES};
use passkeep_protocol::extensions::{
    AuthenticationExtensionsClientInputsJson, AuthenticationExtensionsClientOutputsJson,
};
use passkeep_protocol::options::{
    PublicKeyCredentialCreationOptionsJson, PublicKeyCredentialRequestOptionsJson,
};
use passkeep_protocol::response::{
    AuthenticationResponseJson, MAX_RESPONSE_BYTES, RegistrationResponseJson,
};
use passkeep_protocol::{Malformed, Problem, Structure};
use passkeep_testkit::client_data::ClientData;
use passkeep_verify::CredentialRecord;
use passkeep_verify::extensions::{check_authentication_inputs, check_registration_inputs};
use passkeep_verify::record::MAX_RECORD_BYTES;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::property::{is_object, read, survives, survives_json};

/// Written by the test kit as a browser writes it.
pub(crate) fn client_data(input: &[u8]) {
    let parsed = CollectedClientData::parse(input);
    let Some(data) = read(parsed, Structure::ClientData, input.len()) else {
        return;
    };
    assert!(input.len() <= MAX_CLIENT_DATA_BYTES);
    let start = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input);
    assert!(is_object(start));
    // White space is for the general reader, and what has none may be read by the quick one.
    let mark = input.len() - start.len();
    let spaced = [&input[..mark], b" ", start].concat();
    if spaced.len() <= MAX_CLIENT_DATA_BYTES {
        assert_eq!(CollectedClientData::parse(&spaced).as_ref(), Ok(&data));
    }
    let null = |name: &String| (name.clone(), serde_json::Value::Null);
    let written = ClientData {
        ty: data.ty.to_string(),
        challenge: data.challenge.to_string(),
        origin: data.origin.to_string(),
        cross_origin: Some(data.cross_origin),
        top_origin: data.top_origin.as_deref().map(str::to_owned),
        extra: data.unknown_members.iter().map(null).collect(),
    };
    let written = written.encode();
    // A character may take more bytes in its escape than it did as it came.
    if written.len() <= MAX_CLIENT_DATA_BYTES {
        assert_eq!(CollectedClientData::parse(&written), Ok(data));
    }
    let longer = [input, b"x"].concat();
    is_no_json(&CollectedClientData::parse(&longer).unwrap_err());
}

/// It is refused for what stands after the JSON, or as too long.
fn is_no_json(malformed: &Malformed) {
    let problem = malformed.problem;
    let expected = matches!(problem, Problem::NotJson | Problem::TooLong { .. });
    assert!(expected, "{problem:?}");
}

pub(crate) fn registration_response(input: &[u8]) {
    response(Structure::RegistrationResponse, input, |json| {
        let response = RegistrationResponseJson::parse(json)?;
        let quirks = Vec::new();
        Ok(RegistrationResponseJson { quirks, ..response })
    });
}

pub(crate) fn authentication_response(input: &[u8]) {
    response(Structure::AuthenticationResponse, input, |json| {
        let response = AuthenticationResponseJson::parse(json)?;
        let quirks = Vec::new();
        Ok(AuthenticationResponseJson { quirks, ..response })
    });
}

/// Reads a response without its quirks, which are not written.
fn response<T: Debug + PartialEq + Serialize>(
    structure: Structure,
    input: &[u8],
    parse: impl Fn(&[u8]) -> Result<T, Malformed>,
) {
    let Some(response) = read(parse(input), structure, input.len()) else {
        return;
    };
    assert!(input.len() <= MAX_RESPONSE_BYTES);
    assert!(is_object(input));
    survives(&response, |json| {
        let is_short = json.len() <= MAX_RESPONSE_BYTES;
        is_short.then(|| parse(json.as_bytes()).unwrap())
    });
    // White space is for the general reader, and what has none may be read by the quick one.
    let spaced = [b" ", input].concat();
    if spaced.len() <= MAX_RESPONSE_BYTES {
        assert_eq!(parse(&spaced), Ok(response));
    }
    let longer = [input, b"x"].concat();
    is_no_json(&parse(&longer).unwrap_err());
}

pub(crate) fn creation_options(input: &[u8]) {
    if let Ok(options) = serde_json::from_slice::<PublicKeyCredentialCreationOptionsJson>(input) {
        survives_json(&options);
        let _ = check_registration_inputs(&options.extensions);
    }
}

pub(crate) fn request_options(input: &[u8]) {
    if let Ok(options) = serde_json::from_slice::<PublicKeyCredentialRequestOptionsJson>(input) {
        survives_json(&options);
        let _ = check_authentication_inputs(&options.extensions, &options.allow_credentials);
    }
}

pub(crate) fn extension_inputs(input: &[u8]) {
    let inputs = serde_json::from_slice::<AuthenticationExtensionsClientInputsJson>(input);
    if let Ok(inputs) = inputs {
        survives_json(&inputs);
        assert_eq!(inputs.is_empty(), inputs.identifiers().is_empty());
        let _ = check_registration_inputs(&inputs);
        let _ = check_authentication_inputs(&inputs, &[]);
    }
}

pub(crate) fn extension_outputs(input: &[u8]) {
    let outputs = serde_json::from_slice::<AuthenticationExtensionsClientOutputsJson>(input);
    if let Ok(outputs) = outputs {
        survives_json(&outputs);
        let without = outputs.clone().for_server();
        assert!(!without.has_secrets());
        assert_eq!(without == outputs, !outputs.has_secrets());
        survives_json(&without);
    }
}

/// What Passkeep's own server and client read of each other.
pub(crate) fn http_requests(input: &[u8]) {
    fn body<T: Debug + PartialEq + Serialize + DeserializeOwned>(input: &[u8]) {
        if let Ok(body) = serde_json::from_slice::<T>(input) {
            survives_json(&body);
        }
    }
    body::<RegistrationStart>(input);
    body::<AuthenticationStart>(input);
    body::<PasskeyRename>(input);
    body::<PasskeyDelete>(input);
    body::<ProblemDetails>(input);
    // Their responses have quirks, which are not written.
    let _ = serde_json::from_slice::<RegistrationFinish>(input);
    let _ = serde_json::from_slice::<AuthenticationFinish>(input);
}

pub(crate) fn credential_record(input: &[u8]) {
    let Ok(record) = CredentialRecord::from_json(input) else {
        return;
    };
    assert!(input.len() <= MAX_RECORD_BYTES);
    let written = record.to_json();
    if written.len() <= MAX_RECORD_BYTES {
        assert_eq!(CredentialRecord::from_json(written.as_bytes()), Ok(record));
    }
    let longer = [input, b"x"].concat();
    assert!(CredentialRecord::from_json(&longer).is_err());
}
