//! The rules.

use passkeep_protocol::bytes::Bytes;
use serde_json::Value;

use super::Weight::{Old, Reach, Risk};
use super::{Rule, rule};
use crate::playground::settings::{Ask, Call, Settings};

/// All rules, the worst first.
pub(super) const RULES: &[Rule] = &[
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
            // Random bytes are hardly ever text, however many of them are letters.
            let address = |text: &str| text.contains('@') && !text.contains(char::is_control);
            handle == name.as_bytes() || core::str::from_utf8(&handle).is_ok_and(address)
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
        "conditional-user-verification",
        Risk,
        "A passkey that is made without asking is made without checking who is there, where the device cannot do that unasked: then the call fails.",
        "Set userVerification to \"preferred\" for a conditional create.",
        |it, _| {
            (it.call, it.ask) == (Call::Create, Ask::Conditional)
                && text(it, "/authenticatorSelection/userVerification") == Some("required")
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
        "An empty list stands for ES256 and RS256 alone, which the server must happen to accept; without the member the call fails.",
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
        "Only some browsers take hmacCreateSecret, and none of them lets a page use the secret.",
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
