//! Every attestation format, with one thing in its statement wrong, or unusual.

use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_testkit::Draws;
use passkeep_testkit::attestation::AttestationFormat;
use passkeep_testkit::attestation::android_key::{
    AndroidKeyDraft, AuthorizationList, KeyDescription,
};
use passkeep_testkit::attestation::android_safetynet::AndroidSafetyNet;
use passkeep_testkit::attestation::apple::{Apple, AppleDraft};
use passkeep_testkit::attestation::compound::Compound;
use passkeep_testkit::attestation::fido_u2f::{FidoU2f, FidoU2fDraft};
use passkeep_testkit::attestation::packed::{Packed, PackedDraft};
use passkeep_testkit::attestation::tpm::{HashAlgorithm, PublicId, Tpm, TpmDraft, device_name};
use passkeep_testkit::certificate::{Extension, oid};
use passkeep_testkit::der;
use passkeep_testkit::signing::ecdsa::ES384;
use passkeep_testkit::signing::rsa::{RS1, RS256};
use passkeep_testkit::signing::{Algorithm as _, PrivateKey};
use serde_json::json;

use crate::attestation::{android, document, factory, safety_net, statement, u2f, vendor};
use crate::case::{AAGUID, Cases, Changes, NOW};

pub(crate) fn add(cases: &mut Cases) {
    packed(cases);
    tpm(cases);
    android_key(cases);
    android_safetynet(cases);
    apple(cases);
    fido_u2f(cases);
    compound(cases);
}

fn packed(cases: &mut Cases) {
    cases.group("packed");
    let changes: Changes<PackedDraft, 22> = [
        ("of another message", |d| d.message[0] ^= 1),
        ("signed by another key", |d| d.key = vendor().key),
        ("of an algorithm that is not the key's", |d| {
            d.alg = CoseAlgorithm::EDDSA;
        }),
        ("of an unknown algorithm", |d| {
            d.alg = CoseAlgorithm(-1_000_000);
        }),
        ("certificate of version 1", |d| {
            d.certificate.version = None;
            d.certificate.extensions.clear();
        }),
        ("no country", |d| d.certificate.subject.remove(oid::COUNTRY)),
        ("country in small letters", |d| {
            let value = der::printable_string("us");
            d.certificate.subject.set_der(oid::COUNTRY, value);
        }),
        ("country of three letters", |d| {
            let value = der::printable_string("USA");
            d.certificate.subject.set_der(oid::COUNTRY, value);
        }),
        ("no organization", |d| {
            d.certificate.subject.remove(oid::ORGANIZATION);
        }),
        ("an empty organization", |d| {
            d.certificate.subject.set(oid::ORGANIZATION, "");
        }),
        ("no organizational unit", |d| {
            d.certificate.subject.remove(oid::ORGANIZATIONAL_UNIT);
        }),
        ("another organizational unit", |d| {
            d.certificate
                .subject
                .set(oid::ORGANIZATIONAL_UNIT, "Attestation");
        }),
        ("no common name", |d| {
            d.certificate.subject.remove(oid::COMMON_NAME);
        }),
        ("certificate of an authority", |d| {
            d.certificate
                .set_extension(Extension::basic_constraints(true, None));
        }),
        ("no basic constraints", |d| {
            d.certificate.remove_extension(oid::BASIC_CONSTRAINTS);
        }),
        ("another AAGUID in the certificate", |d| {
            d.certificate.set_extension(Extension::aaguid(&[8; 16]));
        }),
        ("AAGUID in the certificate, critical", |d| {
            let mut extension = Extension::aaguid(&AAGUID);
            extension.critical = true;
            d.certificate.set_extension(extension);
        }),
        ("AAGUID in the certificate, not wrapped", |d| {
            let extension = Extension::new(oid::FIDO_AAGUID, AAGUID.to_vec());
            d.certificate.set_extension(extension);
        }),
        ("no AAGUID in the certificate", |d| {
            d.certificate.remove_extension(oid::FIDO_AAGUID);
        }),
        ("with its root in x5c", |d| {
            d.chain.push(vendor().certificate);
        }),
        ("a certificate in x5c that is none", |d| {
            d.chain.push(vec![0x30, 0]);
        }),
        ("its certificate twice in x5c", |d| {
            d.chain.push(d.certificate.to_der());
        }),
    ];
    for (name, change) in changes {
        cases.add(name, statement(Packed::new(vendor()).with(change)));
    }
}

fn tpm(cases: &mut Cases) {
    cases.group("tpm");
    let changes: Changes<TpmDraft, 19> = [
        ("of version 1.2", |d| d.ver = "1.2".into()),
        ("about another key", |d| {
            if let PublicId::Ecc { x, .. } = &mut d.pub_area.unique {
                x[31] ^= 1;
            }
        }),
        ("named with an unknown hash", |d| {
            d.pub_area.name_alg = 0x0012;
        }),
        ("bytes after the public area", |d| {
            d.pub_area.trailing = vec![0];
        }),
        ("not made by a TPM", |d| d.cert_info.magic ^= 1),
        ("a quote", |d| d.cert_info.attestation_type = 0x8018),
        ("of another message", |d| d.cert_info.extra_data[0] ^= 1),
        ("about another name", |d| {
            let mut name = d.pub_area.name();
            name[5] ^= 1;
            d.cert_info.attested_name = Some(name);
        }),
        ("signed by another key", |d| d.key = vendor().key),
        ("certificate with a subject", |d| {
            d.certificate.subject.set(oid::COMMON_NAME, "a TPM");
        }),
        ("certificate of version 1", |d| {
            d.certificate.version = None;
            d.certificate.extensions.clear();
        }),
        ("certificate of an authority", |d| {
            d.certificate
                .set_extension(Extension::basic_constraints(true, None));
        }),
        ("another AAGUID in the certificate", |d| {
            d.certificate.set_extension(Extension::aaguid(&[8; 16]));
        }),
        ("no purpose", |d| {
            d.certificate.remove_extension(oid::EXTENDED_KEY_USAGE);
        }),
        ("its purpose as the second", |d| {
            // serverAuth
            let other = "1.3.6.1.5.5.7.3.1".parse().expect("an identifier");
            let purposes = [other, oid::TCG_AIK_CERTIFICATE];
            d.certificate
                .set_extension(Extension::extended_key_usage(&purposes));
        }),
        ("no names", |d| {
            d.certificate
                .remove_extension(oid::SUBJECT_ALTERNATIVE_NAME);
        }),
        ("no model", |d| {
            let mut name = device_name("id:53544D20", "Passkeep testkit", "id:00020008");
            name.relative[0].remove(1);
            d.certificate
                .set_extension(Extension::alternative_directory_name(&name));
        }),
        ("of a manufacturer that is not in the list", |d| {
            let name = device_name("id:00000000", "Passkeep testkit", "id:00020008");
            d.certificate
                .set_extension(Extension::alternative_directory_name(&name));
        }),
        (
            "manufacturer, model and version in names of their own",
            |d| {
                let mut name = device_name("id:53544D20", "Passkeep testkit", "id:00020008");
                name.relative = name.relative[0]
                    .iter()
                    .cloned()
                    .map(|part| vec![part])
                    .collect();
                d.certificate
                    .set_extension(Extension::alternative_directory_name(&name));
            },
        ),
    ];
    for (name, change) in changes {
        cases.add(name, statement(Tpm::new(vendor()).with(change)));
    }
    for (name, name_algorithm) in [
        ("named with SHA-1", HashAlgorithm::Sha1),
        ("named with SHA-384", HashAlgorithm::Sha384),
        ("named with SHA-512", HashAlgorithm::Sha512),
    ] {
        let named = Tpm {
            name_algorithm,
            ..Tpm::new(vendor())
        };
        cases.add(name, statement(named));
    }
    let mut draws = Draws::new(b"peers", "tpm");
    let keys: [(&str, Arc<dyn PrivateKey>); 2] = [
        ("signed with RS256", RS256.generate(&mut draws)),
        ("signed with RS1", RS1.generate(&mut draws)),
    ];
    for (name, key) in keys {
        cases.add(
            name,
            statement(Tpm {
                key,
                ..Tpm::new(vendor())
            }),
        );
    }
}

fn android_key(cases: &mut Cases) {
    cases.group("android-key");
    let changes: Changes<AndroidKeyDraft, 4> = [
        ("of another message", |d| d.message[0] ^= 1),
        ("of another key", |d| {
            let key = vendor().key;
            d.certificate.set_public_key(&key.public_key());
            d.key = key;
        }),
        ("no description", |d| d.key_description = None),
        ("of an algorithm that is not the key's", |d| {
            d.alg = CoseAlgorithm::RS256;
        }),
    ];
    for (name, change) in changes {
        cases.add(name, statement(android().with(change)));
    }
    let changes: Changes<KeyDescription, 9> = [
        ("for another registration", |d| {
            d.attestation_challenge[0] ^= 1;
        }),
        ("for every application, by hardware", |d| {
            d.hardware_enforced
                .set(AuthorizationList::ALL_APPLICATIONS, der::null());
        }),
        ("for every application, by software", |d| {
            d.software_enforced
                .set(AuthorizationList::ALL_APPLICATIONS, der::null());
        }),
        ("imported", |d| {
            d.hardware_enforced.set_origin(AuthorizationList::IMPORTED);
        }),
        ("no origin", |d| {
            d.hardware_enforced.remove(AuthorizationList::ORIGIN);
        }),
        ("not for signing", |d| {
            d.hardware_enforced.set_purposes(&[1]);
        }),
        ("no purpose", |d| {
            d.hardware_enforced.remove(AuthorizationList::PURPOSE);
        }),
        ("for signing and verifying", |d| {
            d.hardware_enforced.set_purposes(&[2, 3]);
        }),
        ("enforced by software", |d| {
            d.software_enforced = std::mem::take(&mut d.hardware_enforced);
        }),
    ];
    for (name, change) in changes {
        cases.add(name, statement(android().with_description(change)));
    }
    let attested = factory().intermediate("an attested key", |draft| {
        let value = KeyDescription::new(&[0; 32]).to_der();
        draft.set_extension(Extension::new(oid::ANDROID_KEY_DESCRIPTION, value));
    });
    let below = passkeep_testkit::attestation::android_key::AndroidKey::new(attested)
        .with(|draft| draft.chain.push(vendor().certificate));
    cases.add("issued by an attested key", statement(below));
}

fn android_safetynet(cases: &mut Cases) {
    cases.group("android-safetynet");
    cases.add(
        "no version",
        statement(safety_net().with(|d| d.ver.clear())),
    );
    let foreign = safety_net().with(|d| {
        d.certificate.set_public_key(&vendor().key.public_key());
    });
    cases.add("signed by another key", statement(foreign));
    let host = safety_net().with(|d| {
        let other = Extension::alternative_dns_name("attest.example.org");
        d.certificate.set_extension(other);
    });
    cases.add("of another host", statement(host));
    for (name, member, value) in [
        ("about another registration", "nonce", json!("AAAA")),
        ("of a device that failed", "ctsProfileMatch", json!(false)),
        ("without basic integrity", "basicIntegrity", json!(false)),
    ] {
        let changed = safety_net().with(move |d| {
            d.payload.insert(member.into(), value.clone());
        });
        cases.add(name, statement(changed));
    }
    for (name, at) in [
        ("of an hour ago", NOW - 3_600_000),
        ("of an hour to come", NOW + 3_600_000),
    ] {
        cases.add(name, statement(AndroidSafetyNet::new(vendor(), at)));
    }
}

fn apple(cases: &mut Cases) {
    cases.group("apple");
    let changes: Changes<AppleDraft, 3> = [
        ("no nonce", |d| {
            d.certificate.remove_extension(oid::APPLE_NONCE);
        }),
        ("another nonce", |d| {
            d.certificate
                .set_extension(Extension::apple_nonce(&[0; 32]));
        }),
        ("of another key", |d| {
            let key = vendor().key.public_key();
            d.certificate.set_public_key(&key);
        }),
    ];
    for (name, change) in changes {
        cases.add(name, statement(Apple::new(factory()).with(change)));
    }
}

fn fido_u2f(cases: &mut Cases) {
    cases.group("fido-u2f");
    let changes: Changes<FidoU2fDraft, 6> = [
        ("another reserved byte", |d| d.reserved = 1),
        ("of another RP ID", |d| d.rp_id_hash[0] ^= 1),
        ("of other client data", |d| d.client_data_hash[0] ^= 1),
        ("of another credential id", |d| d.credential_id[0] ^= 1),
        ("of another public key", |d| d.public_key[64] ^= 1),
        ("two certificates", |d| d.chain.push(vendor().certificate)),
    ];
    for (name, change) in changes {
        cases.add(name, document(u2f(FidoU2f::new(vendor()).with(change))));
    }
    let key = ES384.generate(&mut Draws::new(b"peers", "u2f"));
    let other = FidoU2f {
        key,
        ..FidoU2f::new(vendor())
    };
    cases.add("certificate of a P-384 key", document(u2f(other)));
}

fn compound(cases: &mut Cases) {
    cases.group("compound");
    let packed: Arc<dyn AttestationFormat> = Arc::new(Packed::new(vendor()));
    let forged = Packed::new(vendor()).with(|d| d.message[0] ^= 1);
    let forged: Arc<dyn AttestationFormat> = Arc::new(forged);
    let nested: Arc<dyn AttestationFormat> =
        Arc::new(Compound::new([Arc::clone(&packed), Arc::clone(&packed)]));
    for (name, parts) in [
        ("of a wrong part", vec![Arc::clone(&packed), forged]),
        ("in a compound", vec![packed, nested]),
        ("of nothing", vec![]),
    ] {
        cases.add(name, statement(Compound::new(parts)));
    }
}
