//! What is risky or old in options, why, and what to do.

use passkeep_protocol::bytes::Bytes;
use serde_json::Value;

use super::settings::{Ask, Call, Settings};

/// How bad it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Weight {
    /// The call fails, or the ceremony proves less than one thinks.
    Risk,
    /// Some people cannot use it, or not as well.
    Reach,
    /// It does nothing any more.
    Old,
}

/// A rule. Its id is stable.
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    pub(crate) weight: Weight,
    pub(crate) why: &'static str,
    pub(crate) instead: &'static str,
    breaks: fn(&Settings, &str) -> bool,
}

/// The rules that settings break on a page of this host.
pub(crate) fn lint(settings: &Settings, host: &str) -> Vec<&'static Rule> {
    let broken = RULES.iter().filter(|rule| (rule.breaks)(settings, host));
    broken.collect()
}

const fn rule(
    id: &'static str,
    weight: Weight,
    why: &'static str,
    instead: &'static str,
    breaks: fn(&Settings, &str) -> bool,
) -> Rule {
    Rule {
        id,
        weight,
        why,
        instead,
        breaks,
    }
}

use Weight::{Old, Reach, Risk};

/// All rules, the worst first.
const RULES: &[Rule] = &[
    rule(
        "challenge",
        Risk,
        "The challenge has fewer than 16 bytes, or is not base64url: it could be guessed, and an old answer sent again.",
        "Let the server draw at least 16 random bytes for every ceremony, and use them once.",
        |it, _| bytes(it, "/challenge").is_none_or(|bytes| bytes.len() < 16),
    ),
    rule(
        "rp-id-foreign",
        Risk,
        "The RP ID is neither this page's host nor a domain above it, so the browser refuses with a SecurityError, unless a related-origins file allows it.",
        "Use the page's own domain, or serve /.well-known/webauthn on the RP ID's host.",
        |it, host| {
            let rp_id = text(it, "/rp/id").or(text(it, "/rpId"));
            rp_id.is_some_and(|rp_id| host != rp_id && !host.ends_with(&format!(".{rp_id}")))
        },
    ),
    rule(
        "user-handle-length",
        Risk,
        "A user handle has 1 to 64 bytes; the browser refuses any other with a TypeError.",
        "Draw 16 to 64 random bytes when the account is made, and keep them with it.",
        |it, _| {
            it.call == Call::Create
                && bytes(it, "/user/id").is_none_or(|bytes| bytes.is_empty() || bytes.len() > 64)
        },
    ),
    rule(
        "user-handle-personal",
        Risk,
        "The user handle looks like a name or an address. Authenticators hand it out without asking whoever holds them, so nothing personal may be in it.",
        "Use random bytes.",
        |it, _| {
            let (Some(handle), Some(name)) = (bytes(it, "/user/id"), text(it, "/user/name")) else {
                return false;
            };
            handle == name.as_bytes() || handle.contains(&b'@')
        },
    ),
    rule(
        "algorithm-broken",
        Risk,
        "RS1 signs with SHA-1, which collisions have been made for.",
        "Take -65535 out of the algorithms.",
        |it, _| offers(it, -65535),
    ),
    rule(
        "user-verification-discouraged",
        Risk,
        "Nobody checks that it is the owner: whoever holds the device signs in. A passkey is then one factor, not two.",
        "Ask for \"required\", or \"preferred\" where another factor follows.",
        |it, _| {
            text(it, "/userVerification").or(text(it, "/authenticatorSelection/userVerification"))
                == Some("discouraged")
        },
    ),
    rule(
        "immediate-allow-list",
        Risk,
        "An immediate request with an allow list is refused: it would tell the page which passkeys are here.",
        "Leave allowCredentials out.",
        |it, _| it.ask == Ask::Immediate && has_items(it, "/allowCredentials"),
    ),
    rule(
        "protection-unnamed",
        Risk,
        "A protection policy is enforced, but none is named, so nothing is.",
        "Set credentialProtectionPolicy beside enforceCredentialProtectionPolicy.",
        |it, _| {
            it.at("/extensions/enforceCredentialProtectionPolicy")
                .is_some()
                && it.at("/extensions/credentialProtectionPolicy").is_none()
        },
    ),
    rule(
        "algorithms-few",
        Reach,
        "Without ES256 (-7) most phones and security keys, and without RS256 (-257) older Windows Hello, have no algorithm to use.",
        "Offer at least -7 and -257; -8 may come before them.",
        |it, _| {
            it.call == Call::Create
                && has_items(it, "/pubKeyCredParams")
                && !(offers(it, -7) && offers(it, -257))
        },
    ),
    rule(
        "algorithms-unnamed",
        Reach,
        "Without a list the browser takes its own defaults, and the server must happen to accept them.",
        "Name the algorithms that your server accepts.",
        |it, _| it.call == Call::Create && !has_items(it, "/pubKeyCredParams"),
    ),
    rule(
        "resident-key",
        Reach,
        "Without residentKey \"required\" some authenticators make a credential that is not found without its id: no autofill, no sign-in without a name. Android makes no passkey at all.",
        "Set residentKey to \"required\" for passkeys.",
        |it, _| {
            it.call == Call::Create
                && text(it, "/authenticatorSelection/residentKey") != Some("required")
        },
    ),
    rule(
        "attachment",
        Reach,
        "An attachment shuts all other authenticators out: \"platform\" those on phones and keys, \"cross-platform\" this device.",
        "Leave it out, and say with hints what most people will use.",
        |it, _| {
            it.at("/authenticatorSelection/authenticatorAttachment")
                .is_some()
        },
    ),
    rule(
        "hints-contradict",
        Reach,
        "Hints and attachment say different things; browsers that know hints ignore the attachment, the others do not.",
        "Keep the two in line, or leave the attachment out.",
        |it, _| {
            let first = it.at("/hints/0").and_then(Value::as_str);
            matches!(
                (
                    text(it, "/authenticatorSelection/authenticatorAttachment"),
                    first
                ),
                (Some("platform"), Some("security-key" | "hybrid"))
                    | (Some("cross-platform"), Some("client-device"))
            )
        },
    ),
    rule(
        "attestation",
        Reach,
        "Asking for attestation makes some browsers warn people, and most passkey providers give none. Without a list of trusted roots it proves nothing.",
        "Use \"none\", unless a policy really says which models are let in.",
        |it, _| matches!(text(it, "/attestation"), Some("direct" | "enterprise")),
    ),
    rule(
        "timeout-short",
        Reach,
        "Less than a minute is too short for whoever fetches a phone, or reads with a screen reader.",
        "Allow 5 minutes, or leave the timeout out.",
        |it, _| {
            it.at("/timeout")
                .and_then(Value::as_u64)
                .is_some_and(|timeout| timeout < 60_000)
        },
    ),
    rule(
        "transports-missing",
        Reach,
        "Without transports the browser does not know how to reach the authenticator, and often offers only a QR code.",
        "Keep what getTransports() said at registration, and send it along.",
        |it, _| {
            let list = it.at("/allowCredentials").and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|one| one.get("transports").is_none()))
        },
    ),
    rule(
        "conditional-allow-list",
        Reach,
        "An allow list takes all other passkeys out of the autofill suggestions.",
        "Leave it empty in a conditional request.",
        |it, _| {
            it.call == Call::Get && it.ask == Ask::Conditional && has_items(it, "/allowCredentials")
        },
    ),
    rule(
        "large-blob-required",
        Reach,
        "Few authenticators keep large blobs; with \"required\" all others refuse.",
        "Use \"preferred\", and look at the answer.",
        |it, _| text(it, "/extensions/largeBlob/support") == Some("required"),
    ),
    rule(
        "attestation-indirect",
        Old,
        "No browser anonymises attestations any more: \"indirect\" is \"none\" in some and \"direct\" in others.",
        "Use \"none\" or \"direct\".",
        |it, _| text(it, "/attestation") == Some("indirect"),
    ),
    rule(
        "require-resident-key",
        Old,
        "Level 1 clients look at requireResidentKey alone; here it says something else than residentKey.",
        "Set it to true exactly when residentKey is \"required\".",
        |it, _| {
            let old = it
                .at("/authenticatorSelection/requireResidentKey")
                .and_then(Value::as_bool)
                == Some(true);
            let new = text(it, "/authenticatorSelection/residentKey");
            it.call == Call::Create && new.is_some_and(|new| (new == "required") != old)
        },
    ),
    rule(
        "icon",
        Old,
        "Icons of the RP and of the user were taken out of the specification; nobody shows them.",
        "Leave icon out.",
        |it, _| it.at("/rp/icon").is_some() || it.at("/user/icon").is_some(),
    ),
    rule(
        "appid",
        Old,
        "appid and appidExclude are for keys that were registered with the U2F API, which no browser has any more.",
        "Leave them out, unless such keys are still in your database.",
        |it, _| it.at("/extensions/appid").is_some() || it.at("/extensions/appidExclude").is_some(),
    ),
    rule(
        "member-unknown",
        Old,
        "The specification knows no such member of the options; browsers ignore it, and what it was meant to do does not happen.",
        "Look at its spelling and at its place: userVerification and residentKey of create(), for example, belong into authenticatorSelection.",
        |it, _| {
            let known: &[&str] = match it.call {
                Call::Create => &CREATE_MEMBERS,
                Call::Get => &GET_MEMBERS,
            };
            let members = it.options.as_object();
            members.is_some_and(|members| members.keys().any(|name| !known.contains(&&**name)))
        },
    ),
    rule(
        "extension-gone",
        Old,
        "This extension was taken out of the specification, and browsers ignore it.",
        "Leave uvm, uvi, loc, exts, txAuthSimple, txAuthGeneric, authnSel and biometricPerfBounds out.",
        |it, _| {
            let gone = [
                "uvm",
                "uvi",
                "loc",
                "exts",
                "txAuthSimple",
                "txAuthGeneric",
                "authnSel",
                "biometricPerfBounds",
            ];
            gone.iter()
                .any(|name| it.at(&format!("/extensions/{name}")).is_some())
        },
    ),
    rule(
        "hmac-secret",
        Old,
        "Browsers do not take hmacCreateSecret; it is for native clients.",
        "Use prf, which is made on it.",
        |it, _| it.at("/extensions/hmacCreateSecret").is_some(),
    ),
];

/// The members of `PublicKeyCredentialCreationOptionsJSON`. Source: L3 §5.1.8.
const CREATE_MEMBERS: [&str; 11] = [
    "rp",
    "user",
    "challenge",
    "pubKeyCredParams",
    "timeout",
    "excludeCredentials",
    "authenticatorSelection",
    "hints",
    "attestation",
    "attestationFormats",
    "extensions",
];

/// The members of `PublicKeyCredentialRequestOptionsJSON`. Source: L3 §5.1.9.
const GET_MEMBERS: [&str; 7] = [
    "challenge",
    "timeout",
    "rpId",
    "allowCredentials",
    "userVerification",
    "hints",
    "extensions",
];

fn text<'a>(settings: &'a Settings, place: &str) -> Option<&'a str> {
    settings.at(place).and_then(Value::as_str)
}

fn bytes(settings: &Settings, place: &str) -> Option<Vec<u8>> {
    let bytes = Bytes::from_base64url(text(settings, place)?).ok()?;
    Some(bytes.into_vec())
}

fn has_items(settings: &Settings, place: &str) -> bool {
    let list = settings.at(place).and_then(Value::as_array);
    list.is_some_and(|list| !list.is_empty())
}

fn offers(settings: &Settings, alg: i64) -> bool {
    let list = settings.at("/pubKeyCredParams").and_then(Value::as_array);
    let mut list = list.map(Vec::as_slice).unwrap_or_default().iter();
    list.any(|one| one.get("alg").and_then(Value::as_i64) == Some(alg))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn usual(call: Call) -> Settings {
        Settings::usual(call, "example.org", &[7; 32], &[9; 16])
    }

    fn ids(settings: &Settings) -> Vec<&'static str> {
        let broken = lint(settings, "www.example.org");
        broken.iter().map(|rule| rule.id).collect()
    }

    #[test]
    fn the_usual_options_break_no_rule() {
        assert_eq!(ids(&usual(Call::Create)), [""; 0]);
        assert_eq!(ids(&usual(Call::Get)), [""; 0]);
    }

    #[test]
    fn each_rule_is_broken_by_one_change() {
        let selection = "/authenticatorSelection/";
        let create = |place: &str, value: Value| {
            let mut settings = usual(Call::Create);
            settings.put(place, Some(value));
            settings
        };
        let get = |ask, place: &str, value: Value| {
            let mut settings = usual(Call::Get);
            settings.ask = ask;
            settings.put(place, Some(value));
            settings
        };
        let algs = |algs: &[i64]| {
            algs.iter()
                .map(|alg| json!({"type": "public-key", "alg": alg}))
                .collect()
        };
        let list = || json!([{"type": "public-key", "id": "AQID", "transports": ["usb"]}]);
        let cases: Vec<(&[&str], Settings)> = vec![
            (&["challenge"], create("/challenge", "AQID".into())),
            (
                &["challenge"],
                get(Ask::Modal, "/challenge", "no bytes!".into()),
            ),
            (&["rp-id-foreign"], create("/rp/id", "example.com".into())),
            (
                &["rp-id-foreign"],
                get(Ask::Modal, "/rpId", "ple.org".into()),
            ),
            (&["user-handle-length"], create("/user/id", "".into())),
            (&["user-handle-personal"], create("/user/id", "YWRh".into())),
            (
                &["algorithm-broken"],
                create("/pubKeyCredParams", algs(&[-7, -257, -65535])),
            ),
            (
                &["user-verification-discouraged"],
                create(
                    &format!("{selection}userVerification"),
                    "discouraged".into(),
                ),
            ),
            (
                &["user-verification-discouraged"],
                get(Ask::Modal, "/userVerification", "discouraged".into()),
            ),
            (
                &["immediate-allow-list"],
                get(Ask::Immediate, "/allowCredentials", list()),
            ),
            (
                &["protection-unnamed"],
                create("/extensions/enforceCredentialProtectionPolicy", true.into()),
            ),
            (
                &["algorithms-few"],
                create("/pubKeyCredParams", algs(&[-7])),
            ),
            (
                &["algorithms-unnamed"],
                create("/pubKeyCredParams", json!([])),
            ),
            (
                &["resident-key", "require-resident-key"],
                create(&format!("{selection}residentKey"), "preferred".into()),
            ),
            (
                &["attachment"],
                create(
                    &format!("{selection}authenticatorAttachment"),
                    "platform".into(),
                ),
            ),
            (&["attestation"], create("/attestation", "direct".into())),
            (&["timeout-short"], create("/timeout", 30_000.into())),
            (
                &["transports-missing"],
                get(
                    Ask::Modal,
                    "/allowCredentials",
                    json!([{"type": "public-key", "id": "AQID"}]),
                ),
            ),
            (
                &["conditional-allow-list"],
                get(Ask::Conditional, "/allowCredentials", list()),
            ),
            (
                &["large-blob-required"],
                create("/extensions/largeBlob/support", "required".into()),
            ),
            (
                &["attestation-indirect"],
                create("/attestation", "indirect".into()),
            ),
            (
                &["require-resident-key"],
                create(&format!("{selection}requireResidentKey"), false.into()),
            ),
            (
                &["icon"],
                create("/user/icon", "https://example.org/ada.png".into()),
            ),
            (
                &["member-unknown"],
                create("/residentKey", "required".into()),
            ),
            (
                &["member-unknown"],
                get(Ask::Modal, "/attestation", "none".into()),
            ),
            (
                &["appid"],
                get(
                    Ask::Modal,
                    "/extensions/appid",
                    "https://example.org".into(),
                ),
            ),
            (&["extension-gone"], create("/extensions/uvm", true.into())),
            (
                &["hmac-secret"],
                create("/extensions/hmacCreateSecret", true.into()),
            ),
        ];
        for (expected, settings) in &cases {
            assert_eq!(ids(settings), *expected, "{}", settings.text());
        }
        let mut contradicting = create(
            &format!("{selection}authenticatorAttachment"),
            "platform".into(),
        );
        contradicting.put("/hints", Some(json!(["security-key"])));
        assert_eq!(ids(&contradicting), ["attachment", "hints-contradict"]);

        let seen = |id: &str| cases.iter().any(|(expected, _)| expected.contains(&id));
        let untested: Vec<_> = RULES
            .iter()
            .map(|rule| rule.id)
            .filter(|id| !seen(id))
            .collect();
        assert_eq!(untested, ["hints-contradict"]);
    }
}
