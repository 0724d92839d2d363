//! Paths of certificates under a packed attestation, with one thing wrong, or unusual.

use passkeep_testkit::attestation::packed::{Packed, PackedDraft};
use passkeep_testkit::certificate::{CertificateAuthority, CertificateDraft, Extension, Time, oid};

use crate::attestation::{statement, vendor};
use crate::case::{Cases, Changes, NOW};

pub(crate) fn add(cases: &mut Cases) {
    cases.group("certificates");
    let stranger = CertificateAuthority::root("another vendor");
    cases.add("of another root", statement(Packed::new(stranger.clone())));
    let with_root = Packed::new(stranger).with(|draft| {
        draft
            .chain
            .push(CertificateAuthority::root("another vendor").certificate);
    });
    cases.add("of another root, which comes along", statement(with_root));

    let leaf: Changes<PackedDraft, 6> = [
        ("of another issuer by name", |d| {
            d.certificate.issuer.set(oid::COMMON_NAME, "Somebody else");
        }),
        ("expired", |d| {
            d.certificate.not_after = Time::from_unix(seconds() - 86_400);
        }),
        ("not valid yet", |d| {
            d.certificate.not_before = Time::from_unix(seconds() + 86_400);
        }),
        ("signed by another key", |d| {
            d.certificate.issuer_key = CertificateAuthority::root("another vendor").key;
        }),
        ("with a critical extension that nobody knows", |d| {
            let unknown = "1.3.6.1.4.1.45724.9.9".parse().expect("an identifier");
            d.certificate
                .set_extension(Extension::critical(unknown, vec![0x30, 0]));
        }),
        ("with an extension that nobody knows", |d| {
            let unknown = "1.3.6.1.4.1.45724.9.9".parse().expect("an identifier");
            d.certificate
                .set_extension(Extension::new(unknown, vec![0x30, 0]));
        }),
    ];
    for (name, change) in leaf {
        cases.add(name, statement(Packed::new(vendor()).with(change)));
    }

    let above: Changes<CertificateDraft, 5> = [
        ("below what is no authority", |d| {
            d.set_extension(Extension::basic_constraints(false, None));
        }),
        ("below what does not say that it is an authority", |d| {
            d.remove_extension(oid::BASIC_CONSTRAINTS);
        }),
        ("below an authority that may not sign certificates", |d| {
            d.set_extension(Extension::key_usage(&[Extension::DIGITAL_SIGNATURE]));
        }),
        ("below an expired authority", |d| {
            d.not_after = Time::from_unix(seconds() - 86_400);
        }),
        ("below an authority signed by another key", |d| {
            d.issuer_key = CertificateAuthority::root("another vendor").key;
        }),
    ];
    for (name, change) in above {
        let below = vendor().intermediate("intermediate", change);
        cases.add(name, statement(Packed::new(below)));
    }

    for (name, length) in [
        ("on a path as long as allowed", 1),
        ("on a path too long", 0),
    ] {
        let upper = vendor().intermediate("upper", |draft| {
            draft.set_extension(Extension::basic_constraints(true, Some(length)));
        });
        let lower = upper.intermediate("lower", |_| {});
        cases.add(name, statement(Packed::new(lower)));
    }
    let missing = Packed::new(vendor().intermediate("intermediate", |_| {}))
        .with(|draft| draft.chain.clear());
    cases.add("without its intermediate", statement(missing));
    let upper = vendor().intermediate("upper", |_| {});
    let unordered =
        Packed::new(upper.intermediate("lower", |_| {})).with(|draft| draft.chain.reverse());
    cases.add(
        "with its intermediates in another order",
        statement(unordered),
    );
}

fn seconds() -> i64 {
    i64::try_from(NOW / 1000).expect("a year of four digits")
}
