//! What a case is, and the honest ceremonies that cases change.

use std::sync::Arc;

use passkeep_protocol::bytes::encode_base64url;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::names::AttestationConveyancePreference;
use passkeep_testkit::attestation::AttestationFormat;
use passkeep_testkit::authentication::AuthenticationDraft;
use passkeep_testkit::authenticator::Config;
use passkeep_testkit::certificate::CertificateAuthority;
use passkeep_testkit::registration::RegistrationDraft;
use passkeep_testkit::{Authenticator, Client, options};
use serde::Serialize;
use serde_json::{Value, json};

pub(crate) const RP_ID: &str = "example.org";
pub(crate) const ORIGIN: &str = "https://example.org";
pub(crate) const CHALLENGE: &[u8] = b"a challenge of enough bytes";
pub(crate) const AAGUID: [u8; 16] = [7; 16];
/// When everything is judged, whatever the clock says: [`NOW_TEXT`] in milliseconds.
pub(crate) const NOW: u64 = 1_800_000_000_000;
const NOW_TEXT: &str = "2027-01-15T08:00:00Z";

/// What cases do to the same draft, by name.
pub(crate) type Changes<T, const N: usize> = [(&'static str, fn(&mut T)); N];

/// The cases so far.
#[derive(Default)]
pub(crate) struct Cases {
    group: &'static str,
    lines: Vec<Value>,
}

impl Cases {
    /// Begins a group.
    pub(crate) fn group(&mut self, group: &'static str) {
        self.group = group;
    }

    /// Adds a case to the group; its name begins with the group's.
    pub(crate) fn add(&mut self, name: impl AsRef<str>, document: Value) {
        let name = format!("{}: {}", self.group, name.as_ref());
        let is_new = self.lines.iter().all(|line| line["name"] != *name);
        assert!(is_new, "two cases are called {name:?}");
        let group = self.group;
        let line = json!({ "name": name, "group": group, "document": document });
        self.lines.push(line);
    }

    /// A line for each case.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        self.lines.iter().map(Value::to_string)
    }
}

/// Sets members of a document.
pub(crate) fn with(mut document: Value, members: Value) -> Value {
    let members = members.as_object().expect("members").clone();
    document
        .as_object_mut()
        .expect("a document")
        .extend(members);
    document
}

/// The document of a registration for [`CHALLENGE`].
pub(crate) fn registered(response: &impl Serialize) -> Value {
    json!({
        "kind": "registration",
        "rp_id": RP_ID,
        "origins": [ORIGIN],
        "challenge": encode_base64url(CHALLENGE),
        "now": NOW_TEXT,
        "response": response,
    })
}

/// As [`registered`], where only what this authority vouches for is accepted.
pub(crate) fn trusted(response: &impl Serialize, authority: &CertificateAuthority) -> Value {
    let roots = json!({ "accept_attestation": "trusted", "roots": [pem(&authority.certificate)] });
    with(registered(response), roots)
}

/// The registration of an authenticator, before anything of it is encoded.
pub(crate) fn draft_registration(config: Config) -> RegistrationDraft {
    let mut options = options::creation(RP_ID, CHALLENGE);
    options.attestation = Some(AttestationConveyancePreference::Direct);
    let mut authenticator = Authenticator::with_config("peers", config);
    let draft = Client::new(ORIGIN).draft_registration(&options, &mut authenticator);
    draft.expect("options that fit")
}

/// A device that attests in that format.
pub(crate) fn attesting(format: impl AttestationFormat + 'static) -> Config {
    Config {
        aaguid: AAGUID,
        attestation: Arc::new(format),
        ..with_algorithm(CoseAlgorithm::ES256)
    }
}

/// A device bound to its place, with one algorithm, that does not attest.
pub(crate) fn with_algorithm(algorithm: CoseAlgorithm) -> Config {
    Config {
        algorithms: vec![algorithm],
        attestation: Arc::new(passkeep_testkit::attestation::none::NoAttestation),
        ..Config::security_key()
    }
}

/// A sign-in, and the document of it with no response yet.
pub(crate) struct SignIn {
    pub(crate) draft: AuthenticationDraft,
    document: Value,
}

impl SignIn {
    /// With a passkey that this authenticator makes first.
    pub(crate) fn new(config: Config) -> Self {
        let mut authenticator = Authenticator::with_config("peers", config);
        let client = Client::new(ORIGIN);
        let creation = options::creation(RP_ID, CHALLENGE);
        let made = client.create(&creation, &mut authenticator);
        made.expect("options that fit");
        let held = &authenticator.credentials()[0];
        let credential = json!({
            "id": encode_base64url(&held.id),
            "public_key": encode_base64url(&held.key.public_key().encode()),
            "user_handle": encode_base64url(&held.user_handle),
        });
        let request = options::request(RP_ID, CHALLENGE);
        let draft = client.draft_authentication(&request, &mut authenticator);
        Self {
            draft: draft.expect("a passkey"),
            document: json!({
                "kind": "authentication",
                "rp_id": RP_ID,
                "origins": [ORIGIN],
                "challenge": encode_base64url(CHALLENGE),
                "now": NOW_TEXT,
                "credential": credential,
            }),
        }
    }

    /// Sets members of what the relying party has on record.
    pub(crate) fn with_record(mut self, members: Value) -> Self {
        self.document["credential"] = with(self.document["credential"].take(), members);
        self
    }

    /// The draft, and what makes a document of the response.
    pub(crate) fn into_parts(self) -> (AuthenticationDraft, impl FnOnce(Value) -> Value) {
        let Self { draft, document } = self;
        let close = |response| with(document, json!({ "response": response }));
        (draft, close)
    }
}

/// A certificate in PEM.
pub(crate) fn pem(der: &[u8]) -> String {
    let mut text = encode_base64url(der).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    let lines = text.as_bytes().chunks(64);
    let lines: Vec<_> = lines.map(|line| String::from_utf8_lossy(line)).collect();
    let body = lines.join("\n");
    format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
}
