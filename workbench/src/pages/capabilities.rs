//! What this browser can do.

use leptos::prelude::*;
use leptos::task::spawn_local;
use passkeep_browser::{Capabilities, Capability};

use crate::app::PageHead;
use crate::page::t;

/// What people ask about: name, what it is, and what to do without it.
const MEANINGS: &[(&str, &str, &str)] = &[
    (
        "conditionalGet",
        "Passkeys among the autofill suggestions of a field.",
        "Offer a button; a conditional request would open a dialog or fail.",
    ),
    (
        "conditionalCreate",
        "Making a passkey unasked, right after a password was filled in.",
        "Offer to make one on a page of its own.",
    ),
    (
        "immediateGet",
        "Asking only if a passkey is here, and otherwise going on to the form.",
        "Show the form with autofill.",
    ),
    (
        "passkeyPlatformAuthenticator",
        "Passkeys of this device, or of a phone, can be made.",
        "Security keys may still work: do not hide the button.",
    ),
    (
        "userVerifyingPlatformAuthenticator",
        "This device can check its owner, by face, finger or PIN.",
        "Somebody may have a phone or a key: do not hide the button.",
    ),
    (
        "hybridTransport",
        "A phone nearby can be used, by a QR code.",
        "Do not tell people to take their phone.",
    ),
    (
        "relatedOrigins",
        "Sites of other domains may share an RP ID.",
        "Send people to the RP ID's own site to sign in.",
    ),
    (
        "signalAllAcceptedCredentials",
        "The password manager can be told which passkeys the account has.",
        "Deleted passkeys stay in people's lists: say so.",
    ),
    (
        "signalCurrentUserDetails",
        "It can be told how the account is called now.",
        "Renamed accounts keep their old name in people's lists.",
    ),
    (
        "signalUnknownCredential",
        "It can be told that a passkey is not known here.",
        "Explain on the page which passkey to remove.",
    ),
    (
        "extension:credProps",
        "Whether a new credential is discoverable is reported.",
        "Ask for residentKey required, and rely on that.",
    ),
    (
        "extension:prf",
        "Keys can be derived for encryption in the page.",
        "Do not encrypt what people must be able to read elsewhere.",
    ),
    (
        "extension:largeBlob",
        "A small blob can be kept with a passkey.",
        "Keep it on the server.",
    ),
];

/// What follows from an answer, in a word and a sentence.
fn consequence(name: &str, answer: Capability) -> (&'static str, &'static str) {
    let without = MEANINGS.iter().find(|(known, ..)| *known == name);
    let without = without.map_or("", |(_, _, without)| *without);
    match answer {
        Capability::Yes => ("yes", "Use it."),
        Capability::No => ("no", without),
        Capability::Unknown => (
            "not said",
            "A missing answer is no \"no\": try it, and be ready for an error.",
        ),
    }
}

#[component]
pub(crate) fn CapabilitiesPage() -> AnyView {
    let found = RwSignal::new(None::<Capabilities>);
    spawn_local(async move { found.set(Some(passkeep_browser::capabilities().await)) });
    let rows = move || {
        let found = found.get()?;
        let known = MEANINGS
            .iter()
            .map(|(name, what, _)| row(name, what, found.get(name)));
        let others = found
            .iter()
            .filter(|(name, _)| MEANINGS.iter().all(|(known, ..)| known != name));
        let others = others.map(|(name, answer)| row(name, "Reported by this browser.", answer));
        Some(known.chain(others).collect::<Vec<_>>())
    };
    view! {
        <main class="bench">
            <PageHead
                title="Capabilities"
                lead="What this browser says it can do, what was found out where it says nothing, and what follows from that for a page."
            />
            <p class="hint">
                {t("The answers come from getClientCapabilities(), isConditionalMediationAvailable() and isUserVerifyingPlatformAuthenticatorAvailable(). A signal counts as known where its method exists.")}
            </p>
            <ul class="capabilities" data-testid="capabilities" aria-busy=move || found.with(Option::is_none).to_string()>
                {rows}
            </ul>
        </main>
    }
    .into_any()
}

fn row(name: &str, what: &'static str, answer: Capability) -> AnyView {
    let (word, follows) = consequence(name, answer);
    let class = match answer {
        Capability::Yes => "answer yes",
        Capability::No => "answer no",
        Capability::Unknown => "answer",
    };
    let id = name.to_owned();
    let name = name.to_owned();
    view! {
        <li class="capability" data-capability=id>
            <span class=class>{word}</span>
            <div>
                <p><code>{name}</code></p>
                <p>{what}</p>
                <p class="hint">{follows}</p>
            </div>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_answer_is_told_from_a_no() {
        assert_eq!(
            consequence("conditionalGet", Capability::Yes),
            ("yes", "Use it.")
        );
        let no = consequence("hybridTransport", Capability::No);
        assert_eq!(no, ("no", "Do not tell people to take their phone."));
        assert_eq!(
            consequence("hybridTransport", Capability::Unknown).0,
            "not said"
        );
    }
}
