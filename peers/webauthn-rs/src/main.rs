//! How long webauthn-rs-core takes for each case of `npm run bench`: lines of JSON in a file, lines of JSON out.

use std::error::Error;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use url::Url;
use webauthn_attestation_ca::AttestationCaList;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::proto::{
    AttestationConveyancePreference, AuthenticationState, COSEAlgorithm, PublicKeyCredential,
    RegisterPublicKeyCredential, RegistrationState, UserVerificationPolicy,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Result<T> = std::result::Result<T, Box<dyn Error>>;
type Verdict<'a> = Box<dyn Fn() -> Result<()> + 'a>;

const SLICES: u32 = 8;
const SLICE: Duration = Duration::from_millis(60);

/// Whether the user was verified is looked at after the verdict here.
const POLICY: UserVerificationPolicy = UserVerificationPolicy::Discouraged_DO_NOT_USE;

fn main() -> Result<()> {
    let file = std::env::args().nth(1).ok_or("name the file of cases")?;
    for line in std::fs::read_to_string(file)?.lines() {
        let case: Value = serde_json::from_str(line)?;
        let mut answer = match time(&case) {
            Ok(nanoseconds) => json!({ "nanoseconds": nanoseconds }),
            Err(error) => json!({ "refused": error.to_string() }),
        };
        answer["name"] = case["name"].clone();
        answer["peer"] = "webauthn-rs".into();
        println!("{answer}");
    }
    Ok(())
}

fn time(case: &Value) -> Result<f64> {
    let core = WebauthnCore::new_unsafe_experts_only(
        "Example",
        text(case, "rpId")?,
        vec![Url::parse(text(case, "origin")?)?],
        Duration::from_secs(60),
        None,
        None,
    );
    let response = text(case, "response")?;
    let challenge = text(case, "challenge")?;
    let work = match text(case, "ceremony")? {
        "registration" => registration(&core, response, challenge, case["root"].as_str())?,
        _ => authentication(&core, response, challenge, &case["credential"])?,
    };
    let mut fastest = f64::INFINITY;
    // The first slice warms up.
    for slice in 0..=SLICES {
        let began = Instant::now();
        let mut count = 0_u32;
        while began.elapsed() < SLICE {
            work()?;
            count += 1;
        }
        if slice > 0 {
            fastest = fastest.min(began.elapsed().as_nanos() as f64 / f64::from(count));
        }
    }
    Ok(fastest)
}

/// What a relying party does with the text of a response. What it can know beforehand is made outside.
fn registration<'a>(
    core: &'a WebauthnCore,
    response: &'a str,
    challenge: &str,
    root: Option<&str>,
) -> Result<Verdict<'a>> {
    let state = registration_state(core, challenge, root.is_some())?;
    let roots = root.map(|root| -> Result<AttestationCaList> {
        let der = STANDARD.encode(URL_SAFE_NO_PAD.decode(root)?);
        let pem = format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            lines(&der)
        );
        Ok(AttestationCaList::try_from(pem.as_bytes()).map_err(|error| format!("{error:?}"))?)
    });
    let roots = roots.transpose()?;
    Ok(Box::new(move || {
        let response: RegisterPublicKeyCredential = serde_json::from_str(response)?;
        core.register_credential(&response, &state, roots.as_ref())?;
        Ok(())
    }))
}

fn authentication<'a>(
    core: &'a WebauthnCore,
    response: &'a str,
    challenge: &str,
    known: &Value,
) -> Result<Verdict<'a>> {
    // There is no other way to a credential than a registration.
    let client_data = text(known, "clientDataJSON")?;
    let asked: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(client_data)?)?;
    let registered = json!({
        "id": known["id"],
        "rawId": known["id"],
        "type": "public-key",
        "response": { "clientDataJSON": client_data, "attestationObject": known["attestationObject"] },
    });
    let state = registration_state(core, text(&asked, "challenge")?, false)?;
    let registered = serde_json::from_value(registered)?;
    let credential = core.register_credential(&registered, &state, None)?;
    let builder = core.new_challenge_authenticate_builder(vec![credential], Some(POLICY))?;
    let (_, state) = core.generate_challenge_authenticate(builder)?;
    let state: AuthenticationState = with_challenge(serde_json::to_value(state)?, challenge)?;
    Ok(Box::new(move || {
        let response: PublicKeyCredential = serde_json::from_str(response)?;
        core.authenticate_credential(&response, &state)?;
        Ok(())
    }))
}

fn registration_state(
    core: &WebauthnCore,
    challenge: &str,
    to_root: bool,
) -> Result<RegistrationState> {
    let attestation = match to_root {
        true => AttestationConveyancePreference::Direct,
        false => AttestationConveyancePreference::None,
    };
    let builder = core.new_challenge_register_builder(b"somebody", "somebody", "Somebody")?;
    let builder = builder
        .attestation(attestation)
        .user_verification_policy(POLICY)
        .credential_algorithms(COSEAlgorithm::all_possible_algs());
    let (_, state) = core.generate_challenge_register(builder)?;
    with_challenge(serde_json::to_value(state)?, challenge)
}

/// A state is made with a challenge of its own, and can be changed only as JSON.
fn with_challenge<T: serde::de::DeserializeOwned>(mut state: Value, challenge: &str) -> Result<T> {
    state["challenge"] = challenge.into();
    Ok(serde_json::from_value(state)?)
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    Ok(value[name]
        .as_str()
        .ok_or_else(|| format!("there is no {name}"))?)
}

/// In lines of 64 characters.
fn lines(text: &str) -> String {
    let chunks: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .filter_map(|chunk| str::from_utf8(chunk).ok())
        .collect();
    chunks.join("\n")
}
