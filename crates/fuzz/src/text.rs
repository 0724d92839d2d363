//! Small things that are text: what is read is written as it was, and what has a normal form is in it.

use passkeep_protocol::Structure;
use passkeep_protocol::api::{MAX_LABEL_CHARACTERS, MAX_NAME_CHARACTERS};
use passkeep_protocol::bytes::{decode_base64url, encode_base64url};
use passkeep_verify::metadata::Date;
use passkeep_verify::origin::apk_key_hash::{ApkKeyHash, asset_link};
use passkeep_verify::origin::danger::AnySubdomain;
use passkeep_verify::origin::related::{self, MAX_FILE_BYTES, MAX_LABELS, RelatedOriginsProblem};
use passkeep_verify::origin::{AcceptedOrigins, Origin};
use passkeep_verify::revocation::SerialNumber;
use passkeep_verify::user::{DisplayName, Label, NameError, UserName};
use passkeep_verify::{Timestamp, aaguid as model};

use crate::property::{read, text};

pub(crate) fn base64url(input: &[u8]) {
    assert_eq!(decode_base64url(&encode_base64url(input)).unwrap(), input);
    let Some(text) = text(input) else { return };
    let decoded = decode_base64url(text);
    if let Some(bytes) = read(decoded, Structure::Base64Url, text.len()) {
        assert_eq!(encode_base64url(&bytes), text);
    }
}

pub(crate) fn origin(input: &[u8]) {
    let Some(text) = text(input) else { return };
    let Ok(origin) = Origin::parse(text) else {
        return;
    };
    assert_eq!(origin.as_str(), text);
    match origin.host() {
        Some(host) => {
            assert!(!host.is_empty());
            assert!(origin.may_use_rp_id(host));
            let _ = related::guessed_label(host);
        }
        None => assert_eq!(ApkKeyHash::of(&origin).unwrap().origin(), origin),
    }
    let accepted = AcceptedOrigins::from(vec![origin.clone()]);
    assert!(accepted.accepts(text));
    let other = [text, "x"].concat();
    assert!(!accepted.accepts(&other));
    let _ = accepted.difference(&other);
    if let Some(subdomains) = AnySubdomain::of(&origin) {
        assert!(!subdomains.accepts("https://elsewhere.test"));
        let _ = subdomains.accepts(text);
    }
}

pub(crate) fn related_origins(input: &[u8]) {
    let Some(text) = text(input) else { return };
    let accepted = Origin::parse("https://example.de").unwrap();
    let accepted = [accepted];
    let problems = related::lint(text, "example.org", &accepted, related::guessed_label);
    let refused = [
        RelatedOriginsProblem::TooLong,
        RelatedOriginsProblem::NotTheJson,
    ];
    if problems.iter().any(|problem| refused.contains(problem)) {
        assert_eq!(problems.len(), 1);
        return;
    }
    assert!(text.len() <= MAX_FILE_BYTES);
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    let listed = json["origins"].as_array().unwrap();
    let origins = listed
        .iter()
        .filter_map(|it| Origin::parse(it.as_str()?).ok());
    let mut origins: Vec<Origin> = origins.filter(|it| it.is_web()).collect();
    // A file with each web origin once, and the accepted one first, has only faults of its hosts.
    origins.splice(0..0, accepted.clone());
    let mut seen = Vec::new();
    origins.retain(|origin| !seen.contains(origin) && (seen.push(origin.clone()), true).1);
    let again = related::file(&origins);
    let problems = related::lint(&again, "example.org", &accepted, related::guessed_label);
    for problem in problems {
        match problem {
            RelatedOriginsProblem::NoLabel { index } => assert!(index < origins.len()),
            RelatedOriginsProblem::LabelAfterTheLast { index, .. } => {
                assert!((MAX_LABELS..origins.len()).contains(&index));
            }
            // Escapes make a text longer than it came.
            RelatedOriginsProblem::TooLong => assert!(again.len() > MAX_FILE_BYTES),
            problem => panic!("{problem:?}"),
        }
    }
}

pub(crate) fn apk_key_hash(input: &[u8]) {
    let Some(text) = text(input) else { return };
    let Ok(hash) = ApkKeyHash::from_fingerprint(text) else {
        return;
    };
    assert_eq!(ApkKeyHash::from_fingerprint(&hash.fingerprint()), Ok(hash));
    assert_eq!(ApkKeyHash::of(&hash.origin()), Some(hash));
    let link = asset_link("org.example.app", &[hash]);
    assert_eq!(
        link["target"]["sha256_cert_fingerprints"][0],
        *hash.fingerprint()
    );
}

/// A name in its normal form stays as it is.
pub(crate) fn names(input: &[u8]) {
    let Some(text) = text(input) else { return };
    if let Ok(name) = UserName::parse(text) {
        for form in [name.as_str(), name.key()] {
            assert!((1..=MAX_NAME_CHARACTERS).contains(&form.chars().count()));
        }
        assert_eq!(UserName::parse(name.as_str()), Ok(name.clone()));
        // A key need not be a name; where it is one, it is that of the same account.
        match UserName::parse(name.key()) {
            Ok(by_key) => assert_eq!(by_key.key(), name.key()),
            Err(error) => assert_eq!(error, NameError::Characters),
        }
        assert!(DisplayName::parse(name.as_str()).is_ok());
    }
    if let Ok(name) = DisplayName::parse(text) {
        assert!((1..=MAX_NAME_CHARACTERS).contains(&name.as_str().chars().count()));
        assert_eq!(DisplayName::parse(name.as_str()), Ok(name));
    }
    if let Ok(label) = Label::parse(text) {
        assert!((1..=MAX_LABEL_CHARACTERS).contains(&label.as_str().chars().count()));
        assert_eq!(Label::parse(label.as_str()), Ok(label));
    }
}

pub(crate) fn aaguid(input: &[u8]) {
    if let Ok(aaguid) = <&[u8; 16]>::try_from(input) {
        assert_eq!(model::parse(&model::to_text(aaguid)), Some(*aaguid));
        let _ = model::name(aaguid);
    }
    let Some(text) = text(input) else { return };
    if let Some(aaguid) = model::parse(text) {
        assert_eq!(model::to_text(&aaguid), text.to_ascii_lowercase());
        let _ = model::name(&aaguid);
    }
    if let Some(serial) = SerialNumber::from_hex(text) {
        let digits = text.trim_start_matches('0').to_ascii_uppercase();
        assert_eq!(
            SerialNumber::from_hex(&digits),
            Some(serial).filter(|_| !digits.is_empty())
        );
    }
}

pub(crate) fn date(input: &[u8]) {
    let Some(text) = text(input) else { return };
    let Some(date) = Date::parse(text) else {
        return;
    };
    assert_eq!(date.to_string(), text);
    assert_eq!(date.end(), Timestamp(date.start().0 + 86_400_000));
}
