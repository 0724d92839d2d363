//! A ceremony as a sequence of messages, with its real values and times.

use passkeep_inspect::decode;
use serde_json::Value;

use crate::ceremony::{Ceremony, Kind, Maker};
use crate::layout::Layout;

/// Who takes part, from left to right.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Lane {
    Authenticator,
    Browser,
    Page,
    Server,
}

impl Lane {
    pub(crate) const ALL: [Self; 4] =
        [Self::Authenticator, Self::Browser, Self::Page, Self::Server];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Authenticator => "Authenticator",
            Self::Browser => "Browser",
            Self::Page => "Page",
            Self::Server => "Server",
        }
    }

    /// Its place from the left.
    pub(crate) fn column(self) -> usize {
        Self::ALL.iter().position(|lane| *lane == self).unwrap_or(0)
    }
}

/// One message, or work that somebody does alone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message {
    pub(crate) from: Lane,
    pub(crate) to: Lane,
    /// What it is, in a few words.
    pub(crate) label: &'static str,
    /// What it says this time.
    pub(crate) value: String,
    /// What it is for.
    pub(crate) about: &'static str,
    /// When it was over, in milliseconds from the call.
    pub(crate) at: f64,
}

/// The messages of a ceremony that was made here.
pub(crate) fn messages(ceremony: &Ceremony, verdict: &str) -> Vec<Message> {
    let layout = Layout::of(&decode(&ceremony.response).root);
    let said = |path: &[&str]| {
        let field = layout.find(path);
        let summary = field.map(|field| layout.summary(field)).unwrap_or_default();
        summary.split(" · ").next().unwrap_or_default().to_owned()
    };
    let registration = ceremony.expectation.kind == Kind::Registration;
    let expected = &ceremony.expectation;
    let options: Value = ceremony
        .options
        .as_deref()
        .and_then(|options| serde_json::from_str(options).ok())
        .unwrap_or_default();
    let user = options.pointer("/user/name").and_then(Value::as_str);
    let challenge = shortened(&expected.challenge);
    let asked = match user {
        Some(user) => format!("challenge {challenge}, for {user}"),
        None => format!("challenge {challenge}"),
    };
    let flags = match registration {
        true => said(&["response", "attestationObject", "authData", "flags"]),
        false => said(&["response", "authenticatorData", "flags"]),
    };
    let made = match registration {
        true => format!(
            "flags {flags}, {}",
            said(&["response", "attestationObject", "fmt"])
        ),
        false => format!(
            "flags {flags}, a signature of {}",
            said(&["response", "signature"])
        ),
    };
    let (call, order) = match registration {
        true => (
            "navigator.credentials.create()",
            "authenticatorMakeCredential",
        ),
        false => ("navigator.credentials.get()", "authenticatorGetAssertion"),
    };
    let (answered, judged) = (
        ceremony.times.answered,
        ceremony.times.answered + ceremony.times.judging,
    );
    let origin = said(&["response", "clientDataJSON", "origin"]);
    let rp_id = expected.rp_id.clone();
    let person = match ceremony.maker {
        Maker::Browser => "a person unlocks it",
        _ => "it is software, and nobody is asked",
    };
    let message = |from, to, label, value: String, about, at| Message {
        from,
        to,
        label,
        value,
        about,
        at,
    };
    vec![
        message(
            Lane::Server,
            Lane::Page,
            "options",
            asked,
            "A fresh challenge, so that an old answer is worth nothing.",
            0.0,
        ),
        message(
            Lane::Page,
            Lane::Browser,
            call,
            format!("RP ID {rp_id}"),
            "The page asks; it must be a page of this RP ID.",
            0.0,
        ),
        message(
            Lane::Browser,
            Lane::Authenticator,
            order,
            format!("SHA-256 of the client data, RP ID {rp_id}"),
            "The browser writes down who asks, so that no page can lie about it.",
            0.0,
        ),
        message(
            Lane::Authenticator,
            Lane::Authenticator,
            "user gesture",
            person.to_owned(),
            "The private key is used only after this.",
            answered,
        ),
        message(
            Lane::Authenticator,
            Lane::Browser,
            "authenticator data",
            made,
            "What was seen, and proof of it.",
            answered,
        ),
        message(
            Lane::Browser,
            Lane::Page,
            "credential",
            format!("origin {origin}"),
            "The response, with the client data that was signed.",
            answered,
        ),
        message(
            Lane::Page,
            Lane::Server,
            "response",
            format!("{} bytes of JSON", ceremony.response.len()),
            "It travels as JSON.",
            answered,
        ),
        message(
            Lane::Server,
            Lane::Server,
            "verification",
            verdict.to_owned(),
            "Every step of the specification, in its order.",
            judged,
        ),
    ]
}

fn shortened(text: &str) -> String {
    match text.get(..12) {
        Some(start) if text.len() > 14 => format!("{start}…"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use passkeep_testkit::{Authenticator, options};

    use super::*;
    use crate::ceremony::{Expectation, Times};
    use crate::software::{Behaviour, create, json};

    #[test]
    fn messages_carry_the_values_of_the_ceremony() {
        let config = Behaviour::default().config(1_800_000_000_000);
        let mut authenticator = Authenticator::with_config("diagram", config);
        let creation = options::creation("example.org", b"a challenge of 22 byte");
        let draft = create("https://example.org", &creation, &mut authenticator).unwrap();
        let response = draft.clone().response();
        let ceremony = Ceremony {
            maker: Maker::Software,
            expectation: Expectation::guess(&response, &[]).unwrap(),
            options: Some(json(&creation)),
            times: Times {
                answered: 20.0,
                judging: 1.5,
            },
            draft: Some(draft),
            response,
        };
        let messages = messages(&ceremony, "28 steps");
        let told: Vec<_> = messages
            .iter()
            .map(|it| (it.label, it.value.as_str(), it.at))
            .collect();
        assert_eq!(
            told[0],
            ("options", "challenge YSBjaGFsbGVu…, for ada", 0.0)
        );
        assert_eq!(
            told[4],
            ("authenticator data", "flags 0x45 UP UV AT, none", 20.0)
        );
        assert_eq!(told[5], ("credential", "origin https://example.org", 20.0));
        assert_eq!(told[7], ("verification", "28 steps", 21.5));
        // Each message begins where the one before it ended.
        for pair in messages.windows(2) {
            assert_eq!(pair[0].to, pair[1].from);
        }
    }
}
