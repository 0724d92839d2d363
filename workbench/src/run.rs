//! Running the playground's settings: with the browser, or with the software authenticator.

use passkeep_browser::{Abort, ClientError, Mediation};
use passkeep_protocol::options::{
    PublicKeyCredentialCreationOptionsJson, PublicKeyCredentialRequestOptionsJson,
};
use serde::de::DeserializeOwned;

use crate::bench::Bench;
use crate::ceremony::{Ceremony, Maker};
use crate::page;
use crate::playground::settings::{Ask, Call, Settings};
use crate::software::{self, json};

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// There is a response.
    Answered {
        /// The ceremony, with what is expected of it.
        ceremony: Box<Ceremony>,
        /// What was said of secrets that are not in the response.
        secret: Option<String>,
    },
    /// There is none.
    Failed {
        /// The exception's name, or what else it is called.
        name: String,
        /// What it means.
        message: String,
    },
}

/// Asks the browser.
pub(crate) async fn run(bench: Bench, settings: &Settings, abort: &Abort) -> Outcome {
    let began = page::now_precise();
    let mediation = match settings.ask {
        Ask::Modal => Mediation::Modal,
        Ask::Conditional => Mediation::Conditional,
        Ask::Immediate => Mediation::Immediate,
    };
    let answered = match (settings.call, settings.ask) {
        (Call::Create, ask) => match read::<PublicKeyCredentialCreationOptionsJson>(settings) {
            Ok(options) if ask == Ask::Conditional => {
                let made = passkeep_browser::create_conditionally(&options, abort).await;
                made.map(|response| (json(&response), None))
            }
            Ok(options) => {
                let made = passkeep_browser::create_with_prf(&options, abort).await;
                made.map(|(response, prf)| (json(&response), prf))
            }
            Err(failed) => return failed,
        },
        (Call::Get, _) => match read::<PublicKeyCredentialRequestOptionsJson>(settings) {
            Ok(options) => {
                let got = passkeep_browser::get_with_prf(&options, mediation, abort).await;
                got.map(|(response, prf)| (json(&response), prf))
            }
            Err(failed) => return failed,
        },
    };
    match answered {
        Ok((response, prf)) => {
            let secret =
                prf.map(|prf| secret(prf.first.len(), prf.second.map_or(0, |it| it.len())));
            let options = settings.text();
            let mut ceremony = bench.made(Maker::Browser, options, response, None, began);
            if settings.ask == Ask::Conditional {
                ceremony.expectation.mediation = Some("conditional");
                bench.keep(ceremony.clone());
            }
            Outcome::Answered {
                ceremony: ceremony.into(),
                secret,
            }
        }
        Err(error) => told(&error),
    }
}

/// Asks the software authenticator.
pub(crate) fn simulate(bench: Bench, settings: &Settings) -> Outcome {
    let began = page::now_precise();
    let origin = page::origin();
    let drafted = match settings.call {
        Call::Create => match read::<PublicKeyCredentialCreationOptionsJson>(settings) {
            Ok(options) => bench.software(|it| software::create(&origin, &options, it)),
            Err(failed) => return failed,
        },
        Call::Get => match read::<PublicKeyCredentialRequestOptionsJson>(settings) {
            Ok(options) => bench.software(|it| software::get(&origin, &options, it)),
            Err(failed) => return failed,
        },
    };
    match drafted {
        Ok(draft) => {
            let (response, secrets) = draft.clone().answer();
            let secret = secrets.map(|it| {
                let second = it.second.map_or(0, |it| it.as_slice().len());
                secret(it.first.as_slice().len(), second)
            });
            let options = settings.text();
            let ceremony = bench.made(Maker::Software, options, response, Some(draft), began);
            Outcome::Answered {
                ceremony: ceremony.into(),
                secret,
            }
        }
        Err(error) => Outcome::Failed {
            name: error.dom_exception().to_owned(),
            message: format!("{error}."),
        },
    }
}

/// What PRF gave, without showing it.
fn secret(first: usize, second: usize) -> String {
    format!(
        "PRF gave the page {first} secret bytes, and {second} for the second input. They are not in the response."
    )
}

fn read<T: DeserializeOwned>(settings: &Settings) -> Result<T, Outcome> {
    serde_json::from_value(settings.options.clone()).map_err(|error| Outcome::Failed {
        name: "TypeError".to_owned(),
        message: format!("The options cannot be read: {error}."),
    })
}

fn told(error: &ClientError) -> Outcome {
    let name = error
        .exception_name()
        .unwrap_or_else(|| error.code().as_str().to_owned());
    Outcome::Failed {
        name,
        message: format!("{} ({})", error.code().explanation(), error.detail()),
    }
}
