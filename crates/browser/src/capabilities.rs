//! What this browser can do. Browsers that cannot say so are asked in other ways, and what stays open is said to be.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

use crate::capability::{PUBLIC_KEY_CREDENTIAL, ask, is_supported};
use crate::reflect::{get, members, on_page};

/// The names of the specification (L3 §5.8.7, `ClientCapability`), and `immediateGet`, which is younger.
const NAMES: [&str; 10] = [
    "conditionalCreate",
    "conditionalGet",
    "hybridTransport",
    "immediateGet",
    "passkeyPlatformAuthenticator",
    "relatedOrigins",
    "signalAllAcceptedCredentials",
    "signalCurrentUserDetails",
    "signalUnknownCredential",
    "userVerifyingPlatformAuthenticator",
];

/// An answer to "can this browser do it?".
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Capability {
    /// It can.
    Yes,
    /// It cannot.
    No,
    /// It does not say, and there is no other way to find out. A missing answer is no "no".
    Unknown,
}

impl Capability {
    /// `yes`, `no` or `unknown`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }

    fn or(self, other: Self) -> Self {
        match self {
            Self::Unknown => other,
            known => known,
        }
    }
}

impl From<bool> for Capability {
    fn from(can: bool) -> Self {
        match can {
            true => Self::Yes,
            false => Self::No,
        }
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What this browser can do, by name.
// A list: a map costs more bytes in the module than everything else here.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Capabilities(Vec<(Cow<'static, str>, Capability)>);

impl Capabilities {
    /// A capability by its name in the specification: `conditionalGet`, `extension:prf`. One that nobody spoke of is unknown.
    #[must_use]
    pub fn get(&self, name: &str) -> Capability {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or(Capability::Unknown, |(_, answer)| *answer)
    }

    /// All of them, each once: those of the specification and whatever else the browser reports.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Capability)> {
        self.0.iter().map(|(name, answer)| (name.as_ref(), *answer))
    }
}

/// What was found out besides the browser's own report.
#[derive(Clone, Copy, Debug)]
struct Probes {
    conditional_get: Option<bool>,
    platform_authenticator: Option<bool>,
    signals: [bool; 3],
}

/// What this browser can do: its own report (`getClientCapabilities()`), and where it has none, what else can be found out.
///
/// Where passkeys cannot be used at all, every answer is no.
pub async fn capabilities() -> Capabilities {
    if !is_supported() {
        let none = NAMES.iter().map(|name| ((*name).into(), Capability::No));
        return Capabilities(none.collect());
    }
    let report = ask("getClientCapabilities").await;
    let mut reported = Capabilities::default();
    for (name, answer) in members(&report) {
        if let (Some(answer), Some(name)) = (answer.as_bool(), name.as_string()) {
            reported.0.push((name.into(), answer.into()));
        }
    }
    let class = on_page(PUBLIC_KEY_CREDENTIAL);
    let probes = Probes {
        conditional_get: ask("isConditionalMediationAvailable").await.as_bool(),
        platform_authenticator: ask("isUserVerifyingPlatformAuthenticatorAvailable")
            .await
            .as_bool(),
        signals: [
            "signalAllAcceptedCredentials",
            "signalCurrentUserDetails",
            "signalUnknownCredential",
        ]
        .map(|name| get(&class, name).is_function()),
    };
    conclude(reported, probes)
}

/// What follows from both. A yes of either counts, because some browsers report too little.
fn conclude(reported: Capabilities, probes: Probes) -> Capabilities {
    let probed = |probe: Option<bool>| probe.map_or(Capability::Unknown, Capability::from);
    let either = |name: &str, probe: Capability| match reported.get(name) {
        Capability::No if probe == Capability::Yes => probe,
        answer => answer.or(probe),
    };

    let conditional_get = probed(probes.conditional_get);
    // Android's web views say that there is no authenticator even when there is one. They have no other method, either.
    let platform = match probes.platform_authenticator {
        Some(false) if probes.conditional_get.is_none() => Capability::Unknown,
        answer => probed(answer),
    };
    // By definition also true where only a phone can be reached, so a no proves nothing.
    let passkeys = match (platform, conditional_get) {
        (Capability::Yes, Capability::Yes) => Capability::Yes,
        _ => Capability::Unknown,
    };
    let [all_accepted, current_user, unknown] = probes.signals.map(Capability::from);

    let mut all = Vec::with_capacity(NAMES.len() + reported.0.len());
    for name in NAMES {
        let probe = match name {
            "conditionalGet" => conditional_get,
            "userVerifyingPlatformAuthenticator" => platform,
            "passkeyPlatformAuthenticator" => passkeys,
            "signalAllAcceptedCredentials" => all_accepted,
            "signalCurrentUserDetails" => current_user,
            "signalUnknownCredential" => unknown,
            _ => Capability::Unknown,
        };
        all.push((name.into(), either(name, probe)));
    }
    for (name, answer) in reported.0 {
        if !NAMES.contains(&name.as_ref()) {
            all.push((name, answer));
        }
    }
    Capabilities(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Capability::{No, Unknown, Yes};

    const NOTHING: Probes = Probes {
        conditional_get: None,
        platform_authenticator: None,
        signals: [false; 3],
    };

    fn report(entries: &[(&str, bool)]) -> Capabilities {
        let owned = entries.iter();
        let owned =
            owned.map(|(name, answer)| (Cow::from((*name).to_owned()), Capability::from(*answer)));
        Capabilities(owned.collect())
    }

    #[track_caller]
    fn expect(capabilities: &Capabilities, name: &str, answer: Capability) {
        assert_eq!(capabilities.get(name), answer, "{name}");
    }

    #[test]
    fn a_browser_that_reports_is_believed_and_what_it_leaves_out_is_unknown() {
        let reported = [
            ("conditionalGet", true),
            ("relatedOrigins", false),
            ("extension:prf", true),
        ];
        let found = conclude(report(&reported), NOTHING);
        expect(&found, "conditionalGet", Yes);
        expect(&found, "relatedOrigins", No);
        expect(&found, "extension:prf", Yes);
        expect(&found, "conditionalCreate", Unknown);
        expect(&found, "extension:largeBlob", Unknown);
        let names: Vec<_> = found.iter().map(|(name, _)| name).collect();
        assert_eq!(names[..NAMES.len()], NAMES);
        assert_eq!(names[NAMES.len()..], ["extension:prf"]);
    }

    #[test]
    fn a_browser_that_reports_nothing_is_asked_in_other_ways() {
        let found = conclude(
            Capabilities::default(),
            Probes {
                conditional_get: Some(true),
                platform_authenticator: Some(true),
                signals: [true, false, true],
            },
        );
        expect(&found, "conditionalGet", Yes);
        expect(&found, "userVerifyingPlatformAuthenticator", Yes);
        expect(&found, "passkeyPlatformAuthenticator", Yes);
        expect(&found, "signalAllAcceptedCredentials", Yes);
        expect(&found, "signalCurrentUserDetails", No);
        expect(&found, "signalUnknownCredential", Yes);
        expect(&found, "conditionalCreate", Unknown);
        expect(&found, "immediateGet", Unknown);
        expect(&found, "hybridTransport", Unknown);
    }

    #[test]
    fn a_probe_that_says_yes_outweighs_a_report_that_says_no() {
        let reported = [
            ("conditionalGet", false),
            ("userVerifyingPlatformAuthenticator", false),
        ];
        let probes = Probes {
            conditional_get: Some(true),
            platform_authenticator: Some(false),
            ..NOTHING
        };
        let found = conclude(report(&reported), probes);
        expect(&found, "conditionalGet", Yes);
        expect(&found, "userVerifyingPlatformAuthenticator", No);
        expect(&found, "passkeyPlatformAuthenticator", Unknown);
    }

    #[test]
    fn a_web_view_that_denies_an_authenticator_proves_nothing() {
        let probes = Probes {
            platform_authenticator: Some(false),
            ..NOTHING
        };
        let found = conclude(Capabilities::default(), probes);
        expect(&found, "userVerifyingPlatformAuthenticator", Unknown);
        expect(&found, "conditionalGet", Unknown);
    }

    #[test]
    fn an_unheard_of_capability_is_unknown() {
        assert_eq!(Capabilities::default().get("teleportation"), Unknown);
    }
}
