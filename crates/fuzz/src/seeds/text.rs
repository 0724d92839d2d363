//! Inputs that are short texts.

use passkeep_protocol::bytes;

use super::Seeds;

fn texts<const N: usize>(texts: [&str; N]) -> Seeds {
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}

pub(crate) fn base64url() -> Seeds {
    texts(["", "AA", "AAA", "-_8", "AAAA", "AA==", "AB", "+/8="])
}

pub(crate) fn origin() -> Seeds {
    let app = format!(
        "android:apk-key-hash:{}",
        bytes::encode_base64url(&[0xfb; 32])
    );
    texts([
        "https://example.org",
        "https://login.example.co.uk:8443",
        "http://localhost:8080",
        "http://app.localhost",
        "https://[::1]:8443",
        "https://xn--bcher-kva.example",
        &app,
    ])
}

pub(crate) fn related_origins() -> Seeds {
    texts([
        r#"{"origins":[]}"#,
        r#"{"origins":["https://example.de","https://shop.example.co.uk","https://example.de"]}"#,
        r#"{"origins":["https://a.aa","https://b.bb","https://c.cc","https://d.dd","https://e.ee","https://f.ff"]}"#,
    ])
}

pub(crate) fn apk_key_hash() -> Seeds {
    let pairs = ["0A"; 32];
    texts([
        &pairs.join(":"),
        &pairs.concat().to_lowercase(),
        &format!("SHA256: {}", pairs.join(":")),
    ])
}

pub(crate) fn names() -> Seeds {
    texts([
        "ada",
        "Ada.Lovelace@example.org",
        "  Ada   Lovelace ",
        "ΑΣ",
        "ｆｕｌｌ",
        "e\u{301}",
        "İstanbul",
        "straße",
        "المستخدم",
        "ᎺᎵ",
        "\u{2126}\u{1e9b}\u{323}",
    ])
}

pub(crate) fn aaguid() -> Seeds {
    let mut seeds = texts(["fbfc3007-154e-4ecc-8c0b-6e020557d7bd", "0abc", "FF"]);
    seeds.push(vec![7; 16]);
    seeds
}

pub(crate) fn date() -> Seeds {
    texts([
        "2026-11-23",
        "1970-01-01",
        "2000-02-29",
        "9999-12-31",
        "2100-02-28",
    ])
}
