//! One recorded ceremony, with what a relying party would expect of it.

use passkeep_inspect::verify::{Report, verify};
use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::authenticator_data::AuthenticatorData;
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::client_data::CollectedClientData;
use passkeep_protocol::response::{AuthenticationResponseJson, RegistrationResponseJson};
use passkeep_verify::Timestamp;
use passkeep_verify::algorithm::PORTABLE;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use crate::software::Draft;

/// Which of the two.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Registration,
    Authentication,
}

/// Who made a response.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Maker {
    /// This browser, with an authenticator of the person's.
    Browser,
    /// The software authenticator.
    Software,
    /// Somebody else; it was pasted.
    Elsewhere,
}

/// A response and its circumstances.
#[derive(Clone, Debug)]
pub(crate) struct Ceremony {
    pub(crate) maker: Maker,
    /// The response, in JSON.
    pub(crate) response: String,
    pub(crate) expectation: Expectation,
    /// The options it answers, if they are known.
    pub(crate) options: Option<String>,
    /// When each part of it happened, for the diagram.
    pub(crate) times: Times,
    /// The unfinished response, if the software authenticator made it: what can be changed and signed anew.
    pub(crate) draft: Option<Draft>,
}

/// How long what took, in milliseconds; zeros for what was pasted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Times {
    /// From the call of `create()` or `get()` to its answer.
    pub(crate) answered: f64,
    /// The verification.
    pub(crate) judging: f64,
}

/// What the relying party expects: the members of the document that `passkeep-inspect` judges.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Expectation {
    pub(crate) kind: Kind,
    pub(crate) rp_id: String,
    pub(crate) origins: Vec<String>,
    pub(crate) challenge: String,
    pub(crate) user_verification: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) algorithms: Option<Vec<i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mediation: Option<&'static str>,
    pub(crate) cross_origin: bool,
    pub(crate) top_origins: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) credential: Option<KnownCredential>,
    /// The id of the credential that answers, for whoever has only its key.
    #[serde(skip)]
    pub(crate) answering: Bytes,
}

/// A credential as a relying party has it after its registration.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct KnownCredential {
    pub(crate) id: Bytes,
    pub(crate) public_key: Bytes,
    pub(crate) sign_count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) backup_eligible: Option<bool>,
}

impl Expectation {
    /// What a relying party would have to expect for this response to be right, as far as the response says it. The public
    /// key of a sign-in comes from `known`.
    ///
    /// It shows whether a response is sound in itself. Whether it answers a particular server's options only that server's
    /// own values can tell, so people can change all of it.
    pub(crate) fn guess(response: &str, known: &[KnownCredential]) -> Option<Self> {
        let registration = RegistrationResponseJson::parse(response.as_bytes()).ok();
        let authentication = AuthenticationResponseJson::parse(response.as_bytes()).ok();
        let (kind, client_data, data, id) = match (&registration, &authentication) {
            (Some(response), _) => (
                Kind::Registration,
                &response.response.client_data_json,
                authenticator_data_of(&response.response.attestation_object)?,
                &response.raw_id,
            ),
            (None, Some(response)) => (
                Kind::Authentication,
                &response.response.client_data_json,
                response.response.authenticator_data.as_slice().to_vec(),
                &response.raw_id,
            ),
            (None, None) => return None,
        };
        let client_data = CollectedClientData::parse(client_data.as_slice()).ok()?;
        // The first 37 bytes are there whatever follows them.
        let (hash, flags) = (data.get(..32)?, *data.get(32)?);
        let rp_id = rp_id_of(&client_data.origin, hash).unwrap_or_default();
        let verified = flags & passkeep_protocol::authenticator_data::Flags::UV != 0;
        let credential = match kind {
            Kind::Registration => None,
            Kind::Authentication => known.iter().find(|known| known.id == *id).cloned(),
        };
        Some(Self {
            kind,
            rp_id,
            origins: vec![client_data.origin.into_owned()],
            challenge: client_data.challenge.into_owned(),
            user_verification: if verified { "required" } else { "preferred" }.to_owned(),
            algorithms: None,
            mediation: None,
            cross_origin: client_data.cross_origin,
            top_origins: client_data
                .top_origin
                .into_iter()
                .map(|it| it.into_owned())
                .collect(),
            credential,
            answering: id.clone(),
        })
    }

    /// The verdict on a response, and the step that led to it.
    pub(crate) fn judge(&self, response: &str, now_ms: u64) -> Report {
        match self.document(response) {
            Ok(document) => verify(&document, Some(Timestamp(now_ms)), PORTABLE),
            Err(problem) => Report::unusable(problem),
        }
    }

    /// The document that `passkeep verify` reads.
    pub(crate) fn document(&self, response: &str) -> Result<String, String> {
        #[derive(Serialize)]
        struct Document<'a> {
            #[serde(flatten)]
            expectation: &'a Expectation,
            response: &'a RawValue,
        }
        let response = serde_json::from_str(response);
        let response = response.map_err(|error| format!("the response is not JSON: {error}"))?;
        let document = Document {
            expectation: self,
            response,
        };
        serde_json::to_string(&document).map_err(|error| error.to_string())
    }

    /// Takes over what the options say: they are what a relying party has decided, where a response only claims.
    pub(crate) fn learn(&mut self, options: &str) {
        let options: serde_json::Value = serde_json::from_str(options).unwrap_or_default();
        let text = |path| options.pointer(path).and_then(|it| it.as_str());
        if let Some(challenge) = text("/challenge") {
            self.challenge = challenge.to_owned();
        }
        if let Some(rp_id) = text("/rp/id").or(text("/rpId")) {
            self.rp_id = rp_id.to_owned();
        }
        let verification = text("/authenticatorSelection/userVerification");
        let verification = verification.or(text("/userVerification"));
        self.user_verification = verification.unwrap_or("preferred").to_owned();
        let offered = options
            .get("pubKeyCredParams")
            .and_then(|list| list.as_array());
        let numbers = offered.map(|list| list.iter().filter_map(|it| it.get("alg")?.as_i64()));
        // An empty list stands for these two (L3 §5.1.3, step 10).
        self.algorithms = numbers.map(|numbers| match numbers.collect::<Vec<_>>() {
            none if none.is_empty() => vec![-7, -257],
            some => some,
        });
    }

    /// What is expected of something that is no response: nothing.
    pub(crate) fn unknown() -> Self {
        Self {
            kind: Kind::Registration,
            rp_id: String::new(),
            origins: Vec::new(),
            challenge: String::new(),
            user_verification: "preferred".to_owned(),
            algorithms: None,
            mediation: None,
            cross_origin: false,
            top_origins: Vec::new(),
            credential: None,
            answering: Bytes::new([]),
        }
    }
}

/// The credential that a registration made, if it can be read.
pub(crate) fn credential_of(response: &str) -> Option<KnownCredential> {
    let response = RegistrationResponseJson::parse(response.as_bytes()).ok()?;
    let data = authenticator_data_of(&response.response.attestation_object)?;
    let data = AuthenticatorData::parse(&data).ok()?;
    let attested = data.attested_credential_data?;
    Some(KnownCredential {
        id: Bytes::from(attested.credential_id),
        public_key: Bytes::from(attested.credential_public_key),
        sign_count: data.sign_count,
        backup_eligible: Some(data.flags.backup_eligible()),
    })
}

fn authenticator_data_of(attestation_object: &Bytes) -> Option<Vec<u8>> {
    let object = AttestationObject::parse(attestation_object.as_slice()).ok()?;
    Some(object.auth_data.to_vec())
}

/// The domain whose hash it is: the origin's host, or one above it.
fn rp_id_of(origin: &str, hash: &[u8]) -> Option<String> {
    let (_, rest) = origin.split_once("://")?;
    let host = rest.split([':', '/']).next()?;
    let above = host.match_indices('.').map(|(dot, _)| dot + 1);
    let mut domains = core::iter::once(0)
        .chain(above)
        .filter_map(|at| host.get(at..));
    let found = domains.find(|domain| Sha256::digest(domain).as_slice() == hash);
    found.or(Some(host)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use passkeep_inspect::verify::Conclusion;
    use passkeep_testkit::{Authenticator, Client, options};

    use super::*;

    const NOW: u64 = 1_800_000_000_000;

    fn ceremonies() -> (String, String) {
        let client = Client::new("https://login.example.org");
        let mut authenticator = Authenticator::new("ceremony tests");
        let creation = options::creation("example.org", b"a challenge of 22 byte");
        let registration = client.create(&creation, &mut authenticator).unwrap();
        let request = options::request("example.org", b"another challenge here");
        let authentication = client.get(&request, &mut authenticator).unwrap();
        (
            serde_json::to_string(&registration).unwrap(),
            serde_json::to_string(&authentication).unwrap(),
        )
    }

    #[test]
    fn what_is_expected_is_guessed_from_the_response() {
        let (registration, _) = ceremonies();
        let guess = Expectation::guess(&registration, &[]).unwrap();
        assert_eq!(guess.kind, Kind::Registration);
        assert_eq!(guess.rp_id, "example.org");
        assert_eq!(guess.origins, ["https://login.example.org"]);
        assert_eq!(guess.challenge, "YSBjaGFsbGVuZ2Ugb2YgMjIgYnl0ZQ");
        assert_eq!(guess.user_verification, "required");
        let report = guess.judge(&registration, NOW);
        assert_eq!(report.conclusion(), Conclusion::Accepted);
    }

    #[test]
    fn a_sign_in_is_judged_with_the_key_of_its_registration() {
        let (registration, authentication) = ceremonies();
        let unknown = Expectation::guess(&authentication, &[]).unwrap();
        assert_eq!(unknown.credential, None);
        let report = unknown.judge(&authentication, NOW);
        assert_eq!(report.conclusion(), Conclusion::Unusable);
        assert_eq!(
            report.verdict()["message"],
            "an authentication needs credential"
        );

        let known = credential_of(&registration).unwrap();
        let guess = Expectation::guess(&authentication, &[known]).unwrap();
        let report = guess.judge(&authentication, NOW);
        assert_eq!(report.conclusion(), Conclusion::Accepted);
    }

    #[test]
    fn another_origin_is_refused_by_the_step_for_origins() {
        let (registration, _) = ceremonies();
        let mut guess = Expectation::guess(&registration, &[]).unwrap();
        guess.origins = vec!["https://www.example.org".to_owned()];
        let report = guess.judge(&registration, NOW);
        assert_eq!(report.conclusion(), Conclusion::Refused);
        assert_eq!(report.verdict()["check"], "client_data_origin");
    }

    #[test]
    fn what_the_options_say_counts_more_than_what_the_response_claims() {
        let (registration, _) = ceremonies();
        let mut expected = Expectation::guess(&registration, &[]).unwrap();
        let options = r#"{"rp":{"id":"login.example.org"},"challenge":"AAAAAAAAAAAAAAAAAAAAAA",
            "pubKeyCredParams":[{"type":"public-key","alg":-8}]}"#;
        expected.learn(options);
        assert_eq!(expected.rp_id, "login.example.org");
        assert_eq!(expected.challenge, "AAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(expected.user_verification, "preferred");
        assert_eq!(expected.algorithms, Some(vec![-8]));
        let report = expected.judge(&registration, NOW);
        assert_eq!(report.verdict()["check"], "client_data_challenge");
    }

    #[test]
    fn text_that_is_no_response_is_no_ceremony() {
        assert_eq!(Expectation::guess("{}", &[]), None);
        assert_eq!(Expectation::guess("o2NmbXQ", &[]), None);
    }
}
