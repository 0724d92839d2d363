//! Root certificates that vendors publish. They are public facts; each stands here with its subject, its fingerprint and
//! the place of its publication, and a test holds all three against the certificate.

use const_decoder::{Decoder, Pem, decode};
use passkeep_protocol::Malformed;

use super::TrustAnchor;
use crate::attestation::AttestationFormat;

/// A root certificate that its vendor publishes.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct BuiltInRoot {
    /// Whom it is about, as [`Name`](crate::certificate::Name) shows it.
    pub subject: &'static str,
    /// SHA-256 of its DER.
    pub sha256: [u8; 32],
    /// The formats it vouches for.
    pub formats: &'static [AttestationFormat],
    /// Where it is published.
    pub source: &'static str,
    /// The certificate.
    pub pem: &'static str,
    /// The same in DER.
    pub der: &'static [u8],
}

impl BuiltInRoot {
    /// The roots of attestation certificates, vendor by vendor. The four RSA roots of Google are one key with four
    /// validities; certificates since 2026 come from the elliptic curve one.
    pub const ALL: &'static [Self] = ATTESTATION;

    /// The roots of the certificates that sign FIDO metadata. They vouch for no attestation.
    pub const METADATA: &'static [Self] = METADATA;

    /// The root as a trust anchor for its formats.
    ///
    /// # Errors
    ///
    /// None for the roots here, which a test reads.
    pub fn anchor(&self) -> Result<TrustAnchor, Malformed> {
        anchor((self.der, self.formats))
    }
}

/// All of [`BuiltInRoot::ALL`] as trust anchors.
pub(super) fn anchors() -> Result<Vec<TrustAnchor>, Malformed> {
    ANCHORS.iter().copied().map(anchor).collect()
}

fn anchor((der, formats): Parts) -> Result<TrustAnchor, Malformed> {
    Ok(TrustAnchor::from_der(der)?.for_formats(formats))
}

/// What an anchor is made of.
type Parts = (&'static [u8], &'static [AttestationFormat]);

/// Nothing else of the roots: a program that makes no more of them than anchors, as a page does, need not have the rest.
const ANCHORS: [Parts; ATTESTATION.len()] = {
    let mut anchors: [Parts; ATTESTATION.len()] = [(&[], &[]); ATTESTATION.len()];
    let mut index = 0;
    while index < ATTESTATION.len() {
        // Outside of an array is an error of the compiler here.
        #[expect(clippy::indexing_slicing)]
        let (anchor, root) = (&mut anchors[index], &ATTESTATION[index]);
        *anchor = (root.der, root.formats);
        index += 1;
    }
    anchors
};

/// The DER in a file of PEM, read when this file is compiled.
macro_rules! der {
    ($file:literal) => {
        &decode!(Pem, include_bytes!($file))
    };
}

const ATTESTATION: &[BuiltInRoot] = &[
    BuiltInRoot {
        subject: "CN=Apple WebAuthn Root CA, O=Apple Inc., 2.5.4.8=California",
        sha256: Decoder::Hex
            .decode(b"0915dd5c07a28db549d1f677bb5a75d4bfbe9561a773424327762e9e02f9bb29"),
        formats: &[AttestationFormat::Apple],
        source: "https://www.apple.com/certificateauthority/Apple_WebAuthn_Root_CA.pem",
        pem: include_str!("roots/apple-webauthn-root-ca.pem"),
        der: der!("roots/apple-webauthn-root-ca.pem"),
    },
    BuiltInRoot {
        subject: "serialNumber=f92009e853b6b045",
        sha256: Decoder::Hex
            .decode(b"c1984a3ef45c1e2a918551de10603c86f7051b2249c4891cae3230eabd0c97d5"),
        formats: &[AttestationFormat::AndroidKey],
        source: "https://developer.android.com/privacy-and-security/security-key-attestation#root_certificate",
        pem: include_str!("roots/google-hardware-attestation-2016.pem"),
        der: der!("roots/google-hardware-attestation-2016.pem"),
    },
    BuiltInRoot {
        subject: "serialNumber=f92009e853b6b045",
        sha256: Decoder::Hex
            .decode(b"1ef1a04b8ba58ab94589ac498c8982a783f24ea7307e0159a0c3a73b377d87cc"),
        formats: &[AttestationFormat::AndroidKey],
        source: "https://developer.android.com/privacy-and-security/security-key-attestation#root_certificate",
        pem: include_str!("roots/google-hardware-attestation-2019.pem"),
        der: der!("roots/google-hardware-attestation-2019.pem"),
    },
    BuiltInRoot {
        subject: "serialNumber=f92009e853b6b045",
        sha256: Decoder::Hex
            .decode(b"ab6641178a36e179aa0c1cdddf9a16eb45fa20943e2b8cd7c7c05c26cf8b487a"),
        formats: &[AttestationFormat::AndroidKey],
        source: "https://developer.android.com/privacy-and-security/security-key-attestation#root_certificate",
        pem: include_str!("roots/google-hardware-attestation-2021.pem"),
        der: der!("roots/google-hardware-attestation-2021.pem"),
    },
    BuiltInRoot {
        subject: "serialNumber=f92009e853b6b045",
        sha256: Decoder::Hex
            .decode(b"cedb1cb6dc896ae5ec797348bce9286753c2b38ee71ce0fbe34a9a1248800dfc"),
        formats: &[AttestationFormat::AndroidKey],
        source: "https://developer.android.com/privacy-and-security/security-key-attestation#root_certificate",
        pem: include_str!("roots/google-hardware-attestation-2022.pem"),
        der: der!("roots/google-hardware-attestation-2022.pem"),
    },
    BuiltInRoot {
        subject: "CN=Key Attestation CA1, OU=Android, O=Google LLC, C=US",
        sha256: Decoder::Hex
            .decode(b"6d9db4ce6c5c0b293166d08986e05774a8776ceb525d9e4329520de12ba4bcc0"),
        formats: &[AttestationFormat::AndroidKey],
        source: "https://android.googleapis.com/attestation/root",
        pem: include_str!("roots/google-key-attestation-ca1.pem"),
        der: der!("roots/google-key-attestation-ca1.pem"),
    },
    BuiltInRoot {
        subject: "C=US, 2.5.4.8=Washington, 2.5.4.7=Redmond, O=Microsoft Corporation, CN=Microsoft TPM Root Certificate Authority 2014",
        sha256: Decoder::Hex
            .decode(b"870c7a35ceab3d59979f2c6a524042d404cb71518004350925fb2ced79a999da"),
        formats: &[AttestationFormat::Tpm],
        source: "https://learn.microsoft.com/windows-server/security/guarded-fabric-shielded-vm/guarded-fabric-install-trusted-tpm-root-certificates",
        pem: include_str!("roots/microsoft-tpm-root-2014.pem"),
        der: der!("roots/microsoft-tpm-root-2014.pem"),
    },
    BuiltInRoot {
        subject: "CN=Yubico U2F Root CA Serial 457200631",
        sha256: Decoder::Hex
            .decode(b"0fa1386f80eb8713263ae5c1d84deb455bdf08aea50ab05503cefee82b092d42"),
        formats: &[AttestationFormat::Packed, AttestationFormat::FidoU2f],
        source: "https://developers.yubico.com/U2F/yubico-u2f-ca-certs.txt",
        pem: include_str!("roots/yubico-u2f-root-457200631.pem"),
        der: der!("roots/yubico-u2f-root-457200631.pem"),
    },
    BuiltInRoot {
        subject: "C=DE, O=Nitrokey GmbH, OU=Root CA, CN=nitrokey.com",
        sha256: Decoder::Hex
            .decode(b"a9f3e09f1aea89472e596127094f7519f7719b5f3a6c8503b964bd2712acf97b"),
        formats: &[AttestationFormat::Packed, AttestationFormat::FidoU2f],
        source: "crate webauthn-rs-device-catalog 0.5.0-20230418, src/data/nitrokey.rs",
        pem: include_str!("roots/nitrokey-fido2-root.pem"),
        der: der!("roots/nitrokey-fido2-root.pem"),
    },
    BuiltInRoot {
        subject: "CN=Nitrokey Root CA 2",
        sha256: Decoder::Hex
            .decode(b"0b4f8d8779be3267acfcdbf7befdfc3806b4dddfb2cdd6802d5173c6ccbf2268"),
        formats: &[AttestationFormat::Packed, AttestationFormat::FidoU2f],
        source: "crate webauthn-rs-device-catalog 0.5.0-20230418, src/data/nitrokey.rs",
        pem: include_str!("roots/nitrokey-u2f-root-2.pem"),
        der: der!("roots/nitrokey-u2f-root-2.pem"),
    },
    BuiltInRoot {
        subject: "C=BE, O=GlobalSign nv-sa, OU=Root CA, CN=GlobalSign Root CA",
        sha256: Decoder::Hex
            .decode(b"ebd41040e4bb3ec742c9e381d31ef2a41a48b6685c96e7cef3c1df6cd4331c99"),
        formats: &[AttestationFormat::AndroidSafetyNet],
        source: "https://pki.goog/roots.pem",
        pem: include_str!("roots/globalsign-root-ca.pem"),
        der: der!("roots/globalsign-root-ca.pem"),
    },
    BuiltInRoot {
        subject: "C=US, O=Google Trust Services LLC, CN=GTS Root R1",
        sha256: Decoder::Hex
            .decode(b"2a575471e31340bc21581cbd2cf13e158463203ece94bcf9d3cc196bf09a5472"),
        formats: &[AttestationFormat::AndroidSafetyNet],
        source: "https://pki.goog/roots.pem",
        pem: include_str!("roots/gts-root-r1.pem"),
        der: der!("roots/gts-root-r1.pem"),
    },
];

const METADATA: &[BuiltInRoot] = &[
    BuiltInRoot {
        subject: "OU=GlobalSign Root CA - R3, O=GlobalSign, CN=GlobalSign",
        sha256: Decoder::Hex
            .decode(b"cbb522d7b7f127ad6a0113865bdf1cd4102e7d0759af635a7cf4720dc963c53b"),
        formats: &[],
        source: "https://valid.r3.roots.globalsign.com/",
        pem: include_str!("roots/globalsign-root-r3.pem"),
        der: der!("roots/globalsign-root-r3.pem"),
    },
    BuiltInRoot {
        subject: "C=BE, O=GlobalSign nv-sa, CN=GlobalSign Root R46",
        sha256: Decoder::Hex
            .decode(b"4fa3126d8d3a11d1c4855a4f807cbad6cf919d3a5a88b03bea2c6372d93c40c9"),
        formats: &[],
        source: "https://valid.r46.roots.globalsign.com/",
        pem: include_str!("roots/globalsign-root-r46.pem"),
        der: der!("roots/globalsign-root-r46.pem"),
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::certificate::Certificate;

    #[test]
    fn subjects_and_fingerprints_are_the_certificates_own() {
        let mut seen = BTreeSet::new();
        for root in BuiltInRoot::ALL.iter().chain(BuiltInRoot::METADATA) {
            let ders = super::super::pem::decode(root.pem).unwrap();
            assert_eq!(ders, [root.der], "{}", root.subject);
            let certificate = Certificate::parse(&ders[0]).unwrap();
            assert_eq!(certificate.subject().to_string(), root.subject);
            assert_eq!(certificate.fingerprint(), root.sha256, "{}", root.subject);
            assert!(certificate.is_self_issued(), "{}", root.subject);
            assert!(!root.source.is_empty());
            assert!(
                seen.insert(root.sha256),
                "{} stands here twice",
                root.subject
            );
            let anchor = root.anchor().unwrap();
            assert!(anchor.may_issue(), "{}", root.subject);
            assert!(anchor.public_key().is_some(), "{}", root.subject);
        }
        assert_eq!(seen.len(), 14);
    }
}
