//! What is risky or old in options, why, and what to do.

mod rules;

use self::rules::RULES;
use super::settings::Settings;

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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::playground::settings::{Ask, Call};

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

        let mut unasked = usual(Call::Create);
        unasked.ask = Ask::Conditional;
        assert_eq!(ids(&unasked), ["conditional-user-verification"]);

        // A random handle may hold any byte.
        let handle = create("/user/id", "QP8A".into());
        assert_eq!(ids(&handle), [""; 0]);

        let seen = |id: &str| cases.iter().any(|(expected, _)| expected.contains(&id));
        let untested: Vec<_> = RULES
            .iter()
            .map(|rule| rule.id)
            .filter(|id| !seen(id))
            .collect();
        let tested_above = ["conditional-user-verification", "hints-contradict"];
        assert_eq!(untested, tested_above);
    }
}
