use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::*;

/// Of each vector as the W3C published it (`index.bs` at commit 146d0db0, and the last one at 8bbf3638): SHA-256 of the
/// registration's client data and attestation object, and of the authentication's authenticator data, client data and
/// signature.
const DIGESTS: [(&str, &str, &str); 16] = [
    (
        "none.ES256",
        "ca116797d5733da69f40faafb9b8db9f3b9bf01aef951e4092f366a00199a57c",
        "51f88ba36a5fc7dac2c8448f78d26e018ac7bd09ee414d79572026fd014a36f4",
    ),
    (
        "packed-self.ES256",
        "fd0d89d617360cd0de376a18b8416a646bffc223d671fdfa3225d3eb86193628",
        "f04d30c37e47d62e1a8272ea42aa62d80d32ff4fab955209a3bcb2827bb7fa42",
    ),
    (
        "none.ES256.crossOrigin",
        "2326afe295be7a996ee6b96eecb95b6e68d871bfb1ed50259614cfd0aaac4000",
        "c2616949905872d0d015ca2426ea09e1bd2151f29e1f2fff09e0d8123ddaafda",
    ),
    (
        "none.ES256.topOrigin",
        "4c9d95e4521ed0b6b6e2afaa37f308143151ebbde039550ee36b07b03bb6b248",
        "03eb72cf96829fbebe01544b878143e4a52424b50c59492844f8bbd695d03a91",
    ),
    (
        "none.ES256.long-credential-id",
        "cd55eafcd226de9025858c83e98edf5f7a2a22218c1e031a4a918c10faa01ba5",
        "b64abc4ec62f630444f7dd61d72f9fe5e0907c9bdf53d47010f6035b97f30c69",
    ),
    (
        "packed.ES256",
        "a644533cb10ce3b7c08aeed4671156a298c4a34b7bacb1cc5caa793d6ccb63ed",
        "bb6a9fc3c6c91e151d58e7d4eb7c66adb2969ca751624128c4b250ab81d00cc9",
    ),
    (
        "packed.ES384",
        "6c03e36d4013a93f5d3556422e8fcf7d2e7150e38d8111188c849ea0590455d9",
        "1f7529eb0c282a3c134d2544b77040376955f87e875608779e4a28b6592f3099",
    ),
    (
        "packed.ES512",
        "d8f892579d0472a38c74fa1fb939c646ce87025aa22ebe6f19ac1b180267b5cc",
        "f7464773c3a98813cab4daaa149b0decdb79e87b5e30b8d36e690daa2eccff91",
    ),
    (
        "packed.RS256",
        "4b37bf3d5b02deeabeaca7047d6974c576a46081c2a061c1df178c9f8cecd068",
        "1c07a27751cbd730daf24a542b9bd6b9be3152f4361666b99945f007fac3dab6",
    ),
    (
        "packed.EdDSA",
        "6c5e33303a0a8683d729cf14ce4157866cafd259930e6b66b4a924f6159c1937",
        "045bb6ab03480f53d54fcdd9acf0ee7833647e72fcfb4bcb70fdfead58ebd8c0",
    ),
    (
        "packed.Ed448",
        "227314d273df9241d6ee37bc7517e7d792f2fd6bb040472d4b62fdd7257908a2",
        "54fb5a2f9fbe798fe71c9d331308ba36def7e547479ce0c924b1fd04e90ecbc6",
    ),
    (
        "tpm.ES256",
        "0c56a53eb6832c281e3f2720fb5f212fb4e53f642df7e83889f70eeaf46b4122",
        "cfabb9ddc42230b56fdaeedfc46b0912c2a735603055d7258c10399f85997e59",
    ),
    (
        "android-key.ES256",
        "9ece870b0c50e6e82fa488550825ae28eb9df2f2d040d6f6abe8f2317a44587c",
        "046d5d284a8ebc6100975bf018b247e6e122e039844831b640ebc05f2191116b",
    ),
    (
        "apple.ES256",
        "c56d857ddc96abcad55f86dae086070870d766eafe2bbd78afa511f387a6a3af",
        "ce00e186354261e7c4a0f0ff5abcd5877a4775524f11463240fb5420d33fdddf",
    ),
    (
        "fido-u2f.ES256",
        "c263ebbbcc560350044eccb0affb907f7a31c6d1821e004a36c71ef55ee4ebb7",
        "03a8b0381fff9b7b700849078429048f8639dccf61e43ed391fa5ad1bb8896d0",
    ),
    (
        "android-key.ES256@L3-CR",
        "06f6d7ecd954d3c3ec240851ac04b365b7779054f8594e1e44d4319e2bb5fed1",
        "046d5d284a8ebc6100975bf018b247e6e122e039844831b640ebc05f2191116b",
    ),
];

/// SHA-256 of the trust anchor, in the same text.
const ROOT: &str = "68ff927708f5d229252ffe4a1c6842c11998d1e1fa2b46138bb5642eff9b161b";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The responses' bytes under the names the specification prints them with.
fn registration_fields(registration: &Registration) -> [(&'static str, Vec<u8>); 3] {
    let response = registration.response.response.clone();
    [
        ("challenge", registration.challenge.clone()),
        ("clientDataJSON", response.client_data_json.into_vec()),
        ("attestationObject", response.attestation_object.into_vec()),
    ]
}

fn authentication_fields(authentication: &Authentication) -> [(&'static str, Vec<u8>); 4] {
    let response = authentication.response.response.clone();
    [
        ("challenge", authentication.challenge.clone()),
        ("authenticatorData", response.authenticator_data.into_vec()),
        ("clientDataJSON", response.client_data_json.into_vec()),
        ("signature", response.signature.into_vec()),
    ]
}

/// The digest of all fields but the challenge, which the client data repeats.
fn digest<const N: usize>(fields: [(&str, Vec<u8>); N]) -> String {
    let fields: Vec<_> = fields.into_iter().skip(1).collect();
    let bytes: Vec<_> = fields.into_iter().flat_map(|(_, bytes)| bytes).collect();
    hex(&Sha256::digest(bytes))
}

#[test]
fn the_published_bytes_are_made_again() {
    let made: Vec<_> = l3().collect();
    compare_with_the_published_file(&made);
    assert_eq!(made.len(), DIGESTS.len());
    for (made, (name, registration, authentication)) in made.iter().zip(DIGESTS) {
        assert_eq!(made.name, name);
        let digest_made = digest(registration_fields(&made.registration));
        assert_eq!(digest_made, registration, "{name} registration");
        let digest_made = digest(authentication_fields(&made.authentication));
        assert_eq!(digest_made, authentication, "{name} authentication");
    }
    assert_eq!(hex(&Sha256::digest(attestation_root().certificate)), ROOT);
}

/// Where the published vectors lie on this machine, a difference is shown field by field. `PASSKEEP_L3_VECTORS` names
/// the file; it need not exist unless it is named.
fn compare_with_the_published_file(made: &[Ceremony]) {
    let default = Path::new(env!("CARGO_MANIFEST_DIR"));
    let default = default.join("../../../shared/vectors/webauthn-l3.json");
    let named = std::env::var_os("PASSKEEP_L3_VECTORS");
    let path = named.as_ref().map_or(default, Into::into);
    if named.is_none() && !path.exists() {
        eprintln!("skipped the comparison byte by byte: PASSKEEP_L3_VECTORS is not set");
        return;
    }
    let published: Vec<Value> = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let root = published.iter().find(|it| it["kind"] == "trust-anchor");
    assert_eq!(
        root.unwrap()["attestation_ca_cert"],
        hex(&attestation_root().certificate)
    );
    for ceremony in made {
        let name = ceremony.name;
        let published = published.iter().find(|it| it["name"] == name).unwrap();
        let check = |half: &str, fields: &[(&str, Vec<u8>)]| {
            for (field, bytes) in fields {
                assert_eq!(published[half][field], hex(bytes), "{name} {half} {field}");
            }
        };
        check("registration", &registration_fields(&ceremony.registration));
        check(
            "authentication",
            &authentication_fields(&ceremony.authentication),
        );
        let decoded = &published["decoded"];
        let key = &decoded["credential_public_key_cose"];
        assert_eq!(*key, hex(&ceremony.public_key), "{name}");
        let flags = &decoded["registration_flags"]["raw"];
        assert_eq!(*flags, hex(&[ceremony.registration_flags.0]), "{name}");
        let id = &published["registration"]["credential_id"];
        assert_eq!(*id, hex(&ceremony.credential_id), "{name}");
        assert_eq!(published["fmt"], ceremony.fmt, "{name}");
        let certified = published.get("attestation_ca_cert").is_some();
        assert_eq!(certified, ceremony.certified, "{name}");
    }
}
