//! What must hold whatever the bytes: one property for every parser of Passkeep, and for both finish verbs.
//!
//! A [`Target`] is a plain function over bytes that panics when its property does not hold, and seeds to begin with.
//! Two programs run the same table: `cargo test` a few hundred mutations of every seed, the same every time; and
//! `npm run fuzz` libFuzzer, as long as one likes.
//!
//! Of a parser it is asked that it never panics; that what it accepts, written again, is what it read; that it accepts
//! neither less nor more bytes than that; that what it keeps is below its caps; and that a refusal names a place inside
//! the input. Of a finish verb, that it accepts nothing but what was signed.
//!
//! # What this crate deliberately does not do
//!
//! It does not say which refusal comes for which bytes: that is for the tests beside each parser. It looks at no time and
//! at no memory but by libFuzzer's own limits.
//!
//! # Reading order
//!
//! [`TARGETS`]; then the rooms it names, `cbor` first; `property` is what they have in common, and `ceremony` the finish
//! verbs.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a property that does not hold is a panic"
)]

mod seeds;

mod cbor;
mod structures;

mod json;
mod text;

mod certificates;
mod metadata;

mod attestation;
mod ceremony;

mod inspection;

mod property;

/// A property, and inputs to begin with.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// What it is called, as a program in `fuzz/fuzz_targets` and as a folder of the corpus.
    pub name: &'static str,
    /// Panics when the property does not hold.
    pub run: fn(&[u8]),
    /// Inputs that reach far, the same every time.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// How many mutations a deterministic run makes, over all seeds: fewer where every run makes signatures.
    pub mutations: usize,
}

/// The mutations of a target that only reads.
const READS: usize = 1000;

/// The mutations of a target that verifies signatures.
const VERIFIES: usize = 300;

/// The mutations of a target that makes a signature in every run.
const SIGNS: usize = 24;

macro_rules! targets {
    ($($name:ident = $room:ident, $mutations:ident;)+) => {
        /// Every target.
        pub const TARGETS: &[Target] = &[$(
            Target {
                name: stringify!($name),
                run: $room::$name,
                seeds: seeds::$name,
                mutations: $mutations,
            },
        )+];
    };
}

targets! {
    cbor_item = cbor, READS;
    authenticator_data = structures, READS;
    attestation_object = structures, READS;
    attestation_statement = structures, READS;
    cose_key = structures, READS;
    authenticator_extension_outputs = structures, READS;
    tpm_attest = structures, READS;
    tpm_public_area = structures, READS;
    tpm_signature = structures, READS;

    client_data = json, READS;
    registration_response = json, READS;
    authentication_response = json, READS;
    creation_options = json, READS;
    request_options = json, READS;
    extension_inputs = json, READS;
    extension_outputs = json, READS;
    http_requests = json, READS;
    credential_record = json, READS;

    base64url = text, READS;
    origin = text, READS;
    related_origins = text, READS;
    apk_key_hash = text, READS;
    names = text, READS;
    aaguid = text, READS;
    date = text, READS;

    certificate = certificates, READS;
    pem = certificates, READS;
    ecdsa_signature = certificates, READS;
    revocation_list = certificates, SIGNS;
    status_list = certificates, READS;

    metadata_blob = metadata, VERIFIES;
    metadata_payload = metadata, SIGNS;

    attestation_certificate = attestation, SIGNS;

    finish_registration = ceremony, VERIFIES;
    finish_authentication = ceremony, VERIFIES;

    inspection = inspection, READS;
}

/// Runs the target of that name.
///
/// # Panics
///
/// When its property does not hold for these bytes, or when there is no such target.
pub fn run(name: &str, input: &[u8]) {
    let mut targets = TARGETS.iter();
    let target = targets.find(|target| target.name == name);
    (target.expect("the name of a target").run)(input);
}
