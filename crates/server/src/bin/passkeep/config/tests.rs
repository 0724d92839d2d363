use std::io::Write as _;

use clap::{Args as _, Command, FromArgMatches as _};
use passkeep_verify::Misuse;
use passkeep_verify::origin::OriginError;
use tempfile::NamedTempFile;

use passkeep_server::PasswordMode;

use super::*;

fn settle(arguments: &[&str]) -> Result<Config, ConfigError> {
    let command = Flags::augment_args(Command::new("serve"));
    let matches = command.get_matches_from(["serve"].iter().chain(arguments));
    let flags = Flags::from_arg_matches(&matches).unwrap();
    Config::settle(flags, &matches)
}

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// Settles with a file, and maybe flags.
fn settle_file(text: &str, arguments: &[&str]) -> Result<Config, ConfigError> {
    let file = file(text);
    let path = file.path().to_str().unwrap();
    settle(&[&["--config", path], arguments].concat())
}

fn origins(arguments: &[&str]) -> Result<Vec<String>, ConfigError> {
    let rp = settle(arguments)?.relying_party(8080)?;
    let origins = rp.origins().iter();
    Ok(origins.map(|origin| origin.as_str().to_owned()).collect())
}

const FINGERPRINT: &str = "00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:\
    10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F";
const APP_ORIGIN: &str = "android:apk-key-hash:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

#[test]
fn the_origin_is_localhost_unless_one_is_given() {
    assert_eq!(origins(&[]).unwrap(), ["http://localhost:8080"]);
    assert_eq!(
        origins(&["--origins", ""]).unwrap(),
        ["http://localhost:8080"]
    );
    let given = [
        "--rp-id",
        "example.org",
        "--origins",
        "https://example.org, https://a.example.org",
    ];
    assert_eq!(
        origins(&given).unwrap(),
        ["https://example.org", "https://a.example.org"]
    );
    let plain = settle(&[]).unwrap();
    assert_eq!(plain.local_origin(80), "http://localhost");
    let tls = settle(&["--tls-cert", "cert.pem", "--tls-key", "key.pem"]).unwrap();
    assert_eq!(tls.local_origin(443), "https://localhost");
    assert_eq!(tls.local_origin(80), "https://localhost:80");
}

#[test]
fn origins_that_cannot_work_are_named() {
    for (flags, expected) in [
        (
            ["--origins", "http://example.org"],
            "the origin \"http://example.org\" cannot be accepted: an origin begins with https://, \
             http://localhost or android:apk-key-hash:",
        ),
        (
            ["--origins", "https://localhost/"],
            "the origin \"https://localhost/\" cannot be accepted: an origin ends after its host and port, \
             without a slash",
        ),
        (
            ["--origins", "https://example.org"],
            "a browser on https://example.org may not use the RP ID: its host is neither the RP ID nor below it \
             (PASSKEEP_RP_ID, PASSKEEP_ORIGINS)",
        ),
    ] {
        assert_eq!(origins(&flags).unwrap_err().to_string(), expected);
    }
    let error = origins(&["--origins", "ftp://localhost"]).unwrap_err();
    assert!(matches!(
        error,
        ConfigError::Origin {
            error: OriginError::Scheme,
            ..
        }
    ));
    let error = origins(&["--origins", "https://example.org"]).unwrap_err();
    assert!(matches!(
        error,
        ConfigError::RelyingParty(Misuse::OriginOutsideRpId(_))
    ));
}

#[test]
fn an_apps_fingerprint_is_an_origin_that_is_accepted() {
    let app = format!("org.example.app={FINGERPRINT}");
    let accepted = origins(&["--android-apps", &app]).unwrap();
    assert_eq!(accepted, ["http://localhost:8080", APP_ORIGIN]);
    let text = format!(
        "[[android_apps]]\npackage = \"org.example.app\"\nfingerprints = [\"{FINGERPRINT}\"]"
    );
    let settled = settle_file(&text, &[]).unwrap();
    let rp = settled.relying_party(8080).unwrap();
    assert_eq!(rp.origins()[1].as_str(), APP_ORIGIN);
    assert_eq!(settled.apps().android[0].package, "org.example.app");
}

#[test]
fn there_are_no_passwords_unless_it_is_said() {
    let settled = settle_file("", &[]).unwrap();
    assert_eq!(settled.settings().passwords, PasswordMode::Off);
    let settled = settle_file("passwords = \"sign-in\"", &[]).unwrap();
    assert_eq!(settled.settings().passwords, PasswordMode::SignIn);
    let flag = ["--passwords", "sign-up"];
    let settled = settle_file("passwords = \"sign-in\"", &flag).unwrap();
    assert_eq!(settled.settings().passwords, PasswordMode::SignUp);
    let text = settled.to_string();
    assert!(text.contains("passwords = \"sign-up\""), "{text}");
}

#[test]
fn apps_that_cannot_work_are_named() {
    for (flags, expected) in [
        (
            ["--android-apps", "org.example.app"],
            "the SHA-256 fingerprint of its certificate",
        ),
        (
            ["--android-apps", "example=00"],
            "two or more words joined by dots",
        ),
        (
            ["--android-apps", "org.example.app=00:11"],
            "32 hexadecimal pairs",
        ),
        (["--apple-apps", "org.example.app"], "is no Apple app"),
    ] {
        let error = settle(&flags).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_certificate_without_a_key_is_an_error() {
    for half in ["--tls-cert", "--tls-key"] {
        let error = settle(&[half, "file.pem"])
            .unwrap()
            .tls_files()
            .unwrap_err();
        assert!(matches!(error, ConfigError::HalfOfTls), "{error}");
    }
}

#[test]
fn a_proxy_that_is_no_address_is_named() {
    let settled = settle(&["--trusted-proxies", "10.0.0.0/8, proxy.example.org"]).unwrap();
    assert_eq!(
        settled.trusted_proxies().unwrap_err().to_string(),
        "\"proxy.example.org\" is no proxy that can be trusted: give an address, or a network like 10.0.0.0/8 \
         (PASSKEEP_TRUSTED_PROXIES)"
    );
}

#[test]
fn flags_come_before_the_file_and_the_file_before_the_defaults() {
    let text = "rp_name = \"From the file\"\nlisten = \"127.0.0.1:1\"\nlog_format = \"json\"";
    let settled = settle_file(text, &["--listen", "127.0.0.1:2"]).unwrap();
    let listen = Settled {
        value: "127.0.0.1:2".to_owned(),
        source: Source::Flag,
    };
    assert_eq!(settled.listen, listen);
    let name = Settled {
        value: "From the file".to_owned(),
        source: Source::File,
    };
    assert_eq!(settled.rp_name, name);
    assert_eq!(settled.log_format.value, LogFormat::Json);
    let id = Settled {
        value: "localhost".to_owned(),
        source: Source::Default,
    };
    assert_eq!(settled.rp_id, id);
}

#[test]
fn a_key_that_is_not_known_is_an_error_that_names_it_and_the_line() {
    let error = settle_file("rp_id = \"localhost\"\norigin = []", &[]).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("line 2"), "{text}");
    assert!(text.contains("unknown field `origin`"), "{text}");
    let error = settle(&["--config", "no-such-file.toml"]).unwrap_err();
    assert!(matches!(error, ConfigError::Unreadable { .. }));
}

#[test]
fn a_list_of_the_file_may_be_one_text_as_in_a_variable() {
    for (given, expected) in [
        ("\"10.0.0.0/8\"", vec!["10.0.0.0/8"]),
        ("\"10.0.0.1, 10.0.0.2\"", vec!["10.0.0.1", "10.0.0.2"]),
        ("[\"10.0.0.1\", \"10.0.0.2\"]", vec!["10.0.0.1", "10.0.0.2"]),
        ("[]", vec![]),
    ] {
        let file = format!("trusted_proxies = {given}");
        let settled = settle_file(&file, &[]).unwrap();
        assert_eq!(settled.trusted_proxies.value, expected, "{given}");
    }
    let error = settle_file("trusted_proxies = 7", &[])
        .unwrap_err()
        .to_string();
    let expected = "invalid type: integer `7`, expected a list of texts";
    assert!(error.contains(expected), "{error}");
}

#[test]
fn what_is_in_force_is_shown_with_its_source_and_without_passwords() {
    let url = "postgres://passkeep:hunter2@localhost/passkeep";
    let app = format!("org.example.app={FINGERPRINT}");
    let settled = settle(&["--database-url", url, "--android-apps", &app]).unwrap();
    let shown = settled.to_string();
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("# --database-url"), "{shown}");
    let hidden = settle(&["--webhook-secret", "whsec_hunter2"]).unwrap();
    assert!(!hidden.to_string().contains("hunter2"), "{hidden}");
    assert!(!format!("{hidden:?}").contains("hunter2"));
    assert!(shown.contains(FINGERPRINT), "{shown}");
    let line = "rp_id = \"localhost\"                                      # default\n";
    assert!(shown.contains(line), "{shown}");
    // It is a configuration file again.
    let without_url = shown
        .lines()
        .filter(|line| !line.starts_with("database_url"));
    let again = settle_file(&without_url.collect::<Vec<_>>().join("\n"), &[]).unwrap();
    assert_eq!(again.android_apps.value, settled.android_apps.value);
    assert_eq!(again.listen.value, settled.listen.value);
}
