//! The software authenticator of the page: `passkeep-testkit`, with a choice of how it behaves.

use std::sync::Arc;

use passkeep_protocol::api::Backup;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::extensions::{
    AuthenticationExtensionsClientOutputsJson, AuthenticationExtensionsPrfValuesJson,
};
use passkeep_protocol::names::AuthenticatorAttachment;
use passkeep_protocol::options::{
    PublicKeyCredentialCreationOptionsJson, PublicKeyCredentialRequestOptionsJson,
};
use passkeep_testkit::attestation::AttestationFormat;
use passkeep_testkit::attestation::android_key::AndroidKey;
use passkeep_testkit::attestation::android_safetynet::AndroidSafetyNet;
use passkeep_testkit::attestation::apple::Apple;
use passkeep_testkit::attestation::compound::Compound;
use passkeep_testkit::attestation::fido_u2f::FidoU2f;
use passkeep_testkit::attestation::none::NoAttestation;
use passkeep_testkit::attestation::packed::{Packed, PackedSelf};
use passkeep_testkit::attestation::tpm::Tpm;
use passkeep_testkit::authentication::AuthenticationDraft;
use passkeep_testkit::authenticator::{Config, Counter, UserVerification};
use passkeep_testkit::certificate::CertificateAuthority;
use passkeep_testkit::registration::RegistrationDraft;
use passkeep_testkit::signing::ALGORITHMS;
use passkeep_testkit::{Authenticator, Client, ClientError};
use serde::Serialize;

/// A format that the software authenticator attests in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Format {
    None,
    PackedSelf,
    Packed,
    Tpm,
    AndroidKey,
    AndroidSafetyNet,
    Apple,
    FidoU2f,
    Compound,
}

impl Format {
    /// Every format of the specification, packed in its two forms.
    pub(crate) const ALL: [Self; 9] = [
        Self::None,
        Self::PackedSelf,
        Self::Packed,
        Self::Tpm,
        Self::AndroidKey,
        Self::AndroidSafetyNet,
        Self::Apple,
        Self::FidoU2f,
        Self::Compound,
    ];

    /// How it is named in a list.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::PackedSelf => "packed, self attestation",
            Self::Packed => "packed, with a certificate",
            Self::Tpm => "tpm",
            Self::AndroidKey => "android-key",
            Self::AndroidSafetyNet => "android-safetynet",
            Self::Apple => "apple",
            Self::FidoU2f => "fido-u2f",
            Self::Compound => "compound",
        }
    }

    /// The format of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// What makes its statements. Its certificates are of an authority that nobody knows; SafetyNet dates its answers.
    fn attestation(self, now_ms: u64) -> Arc<dyn AttestationFormat> {
        let authority = || CertificateAuthority::root("the workbench's authority");
        // A device's certificates come from its maker by way of the factory.
        let factory = || authority().intermediate("the workbench's factory", |_| {});
        match self {
            Self::None => Arc::new(NoAttestation),
            Self::PackedSelf => Arc::new(PackedSelf),
            Self::Packed => Arc::new(Packed::new(factory())),
            Self::Tpm => Arc::new(Tpm::new(factory())),
            Self::AndroidKey => Arc::new(AndroidKey::new(factory())),
            Self::AndroidSafetyNet => Arc::new(AndroidSafetyNet::new(factory(), now_ms)),
            Self::Apple => Arc::new(Apple::new(factory())),
            Self::FidoU2f => Arc::new(FidoU2f::new(authority())),
            Self::Compound => Arc::new(Compound::new([
                Self::Packed.attestation(now_ms),
                Self::PackedSelf.attestation(now_ms),
            ])),
        }
    }
}

/// How the software authenticator behaves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Behaviour {
    pub(crate) format: Format,
    /// The only algorithm it has; `None` is all of them, in the order of the options.
    pub(crate) algorithm: Option<CoseAlgorithm>,
    pub(crate) verifies_user: bool,
    pub(crate) synced: bool,
    pub(crate) counts: bool,
    pub(crate) platform: bool,
    /// The extension `prf`.
    pub(crate) prf: bool,
    /// The extension `largeBlob`.
    pub(crate) large_blobs: bool,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            format: Format::Packed,
            algorithm: None,
            verifies_user: true,
            synced: false,
            counts: true,
            platform: true,
            prf: true,
            large_blobs: true,
        }
    }
}

impl Behaviour {
    /// The algorithms to choose from.
    pub(crate) fn algorithms() -> impl Iterator<Item = CoseAlgorithm> {
        ALGORITHMS.iter().map(|algorithm| algorithm.alg())
    }

    /// What `passkeep-testkit` calls this behaviour.
    pub(crate) fn config(self, now_ms: u64) -> Config {
        let usual = Config::default();
        Config {
            aaguid: match self.format {
                // U2F keys have no model, and a self attestation of one would not be passed on unasked.
                Format::FidoU2f | Format::PackedSelf => [0; 16],
                _ => usual.aaguid,
            },
            algorithms: match (self.format, self.algorithm) {
                // Of this format the specification has no other.
                (Format::FidoU2f, _) => vec![CoseAlgorithm::ES256],
                (_, Some(algorithm)) => vec![algorithm],
                (_, None) => usual.algorithms.clone(),
            },
            attestation: self.format.attestation(now_ms),
            user_verification: match self.verifies_user {
                true => UserVerification::OnRequest,
                false => UserVerification::Unavailable,
            },
            backup: match self.synced {
                true => Backup::Synced,
                false => Backup::DeviceBound,
            },
            counter: match self.counts {
                true => Counter::PerCredential,
                false => Counter::Unavailable,
            },
            attachment: Some(match self.platform {
                true => AuthenticatorAttachment::Platform,
                false => AuthenticatorAttachment::CrossPlatform,
            }),
            prf: self.prf,
            large_blobs: self.large_blobs,
            ..usual
        }
    }
}

/// A response before it was finished.
#[derive(Clone, Debug)]
pub(crate) enum Draft {
    Registration(RegistrationDraft),
    Authentication(AuthenticationDraft),
}

impl Draft {
    /// Finishes it: everything that is signed is signed.
    pub(crate) fn response(self) -> String {
        self.answer().0
    }

    /// The response for a server, and what `prf` gave the page, which no server should see.
    pub(crate) fn answer(self) -> (String, Option<AuthenticationExtensionsPrfValuesJson>) {
        let part = |outputs: &mut AuthenticationExtensionsClientOutputsJson| {
            let secrets = outputs.prf.as_ref().and_then(|prf| prf.results.clone());
            *outputs = core::mem::take(outputs).for_server();
            secrets
        };
        match self {
            Self::Registration(draft) => {
                let mut response = draft.into_response();
                let secrets = part(&mut response.client_extension_results);
                (json(&response), secrets)
            }
            Self::Authentication(draft) => {
                let mut response = draft.into_response();
                let secrets = part(&mut response.client_extension_results);
                (json(&response), secrets)
            }
        }
    }
}

/// `create()` of a page of that origin.
pub(crate) fn create(
    origin: &str,
    options: &PublicKeyCredentialCreationOptionsJson,
    authenticator: &mut Authenticator,
) -> Result<Draft, ClientError> {
    let draft = Client::new(origin).draft_registration(options, authenticator)?;
    Ok(Draft::Registration(draft))
}

/// `get()` of a page of that origin.
pub(crate) fn get(
    origin: &str,
    options: &PublicKeyCredentialRequestOptionsJson,
    authenticator: &mut Authenticator,
) -> Result<Draft, ClientError> {
    let draft = Client::new(origin).draft_authentication(options, authenticator)?;
    Ok(Draft::Authentication(draft))
}

/// JSON for people.
pub(crate) fn json(value: &impl Serialize) -> String {
    // What is written here has text for names and nothing else that could fail.
    serde_json::to_string_pretty(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use passkeep_inspect::verify::Conclusion;
    use passkeep_protocol::names::AttestationConveyancePreference;
    use passkeep_testkit::options;

    use super::*;
    use crate::ceremony::{Expectation, credential_of};

    const NOW: u64 = 1_800_000_000_000;
    const ORIGIN: &str = "https://example.org";

    fn register(authenticator: &mut Authenticator) -> String {
        let mut options = options::creation("example.org", b"a challenge of 22 byte");
        options.attestation = Some(AttestationConveyancePreference::Direct);
        create(ORIGIN, &options, authenticator).unwrap().response()
    }

    #[test]
    fn every_format_and_every_algorithm_is_accepted_by_the_verifier() {
        let formats = Format::ALL.map(|format| (format, None));
        let algorithms = Behaviour::algorithms().map(|alg| (Format::PackedSelf, Some(alg)));
        let mut seen = 0;
        for (format, algorithm) in formats.into_iter().chain(algorithms) {
            let behaviour = Behaviour {
                format,
                algorithm,
                ..Behaviour::default()
            };
            let mut authenticator = Authenticator::with_config("formats", behaviour.config(NOW));
            let registration = register(&mut authenticator);
            let expected = Expectation::guess(&registration, &[]).unwrap();
            let report = expected.judge(&registration, NOW);
            let verdict = report.verdict();
            assert_eq!(
                report.conclusion(),
                Conclusion::Accepted,
                "{behaviour:?}: {verdict}"
            );
            let fmt = format.name().split(',').next();
            assert_eq!(verdict["fmt"].as_str(), fmt, "{behaviour:?}");

            let request = options::request("example.org", b"another challenge here");
            let draft = get(ORIGIN, &request, &mut authenticator).unwrap();
            let authentication = draft.response();
            let known = credential_of(&registration).unwrap();
            let expected = Expectation::guess(&authentication, &[known]).unwrap();
            let report = expected.judge(&authentication, NOW);
            assert_eq!(report.conclusion(), Conclusion::Accepted, "{behaviour:?}");
            seen += 1;
        }
        assert_eq!(seen, 9 + 19);
    }

    #[test]
    fn what_is_chosen_is_what_it_does() {
        let flags = |behaviour: Behaviour| {
            let mut authenticator = Authenticator::with_config("choices", behaviour.config(NOW));
            let registration = register(&mut authenticator);
            let tree = passkeep_inspect::decode(&registration).root;
            let layout = crate::layout::Layout::of(&tree);
            let flags = ["response", "attestationObject", "authData", "flags"];
            let summary = layout.summary(layout.find(&flags).unwrap());
            summary.split(" · ").next().unwrap().to_owned()
        };
        assert_eq!(flags(Behaviour::default()), "0x45 UP UV AT");
        let other = Behaviour {
            verifies_user: false,
            synced: true,
            ..Behaviour::default()
        };
        assert_eq!(flags(other), "0x59 UP BE BS AT");
    }

    #[test]
    fn what_a_prf_gives_is_for_the_page_and_not_in_the_response() {
        let mut authenticator = Authenticator::with_config("prf", Behaviour::default().config(NOW));
        let mut options = options::creation("example.org", b"a challenge of 22 byte");
        let asked = r#"{"prf": {"eval": {"first": "AQ"}}, "largeBlob": {"support": "required"}}"#;
        options.extensions = serde_json::from_str(asked).unwrap();
        let (response, secrets) = create(ORIGIN, &options, &mut authenticator)
            .unwrap()
            .answer();
        assert_eq!(secrets.unwrap().first.as_slice().len(), 32);
        let response: serde_json::Value = serde_json::from_str(&response).unwrap();
        let expected =
            serde_json::json!({"prf": {"enabled": true}, "largeBlob": {"supported": true}});
        assert_eq!(response["clientExtensionResults"], expected);

        let other = Behaviour {
            prf: false,
            large_blobs: false,
            ..Behaviour::default()
        };
        authenticator.config = other.config(NOW);
        let refused = create(ORIGIN, &options, &mut authenticator).unwrap_err();
        assert_eq!(refused, ClientError::LargeBlob);
    }

    #[test]
    fn names_are_unambiguous() {
        for format in Format::ALL {
            assert_eq!(Format::named(format.name()), Some(format));
        }
        assert_eq!(Format::named("packed"), None);
    }
}
