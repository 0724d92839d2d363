//! One test per way a path can fail.

use passkeep_testkit::certificate::{CertificateAuthority, Extension, Time, oid};
use passkeep_verify::Timestamp;
use passkeep_verify::certificate::path::{PathError, PathFault, PathRules};
use passkeep_verify::certificate::{ObjectIdentifier, SignatureFault};
use passkeep_verify::trust::{ExpiredAnchors, TrustAnchor};

use crate::{NOW, anchor, at, judged, judged_by, leaf, root};

/// Below this root, one intermediate authority.
fn intermediate(root: &CertificateAuthority) -> CertificateAuthority {
    root.intermediate("intermediate", |_| {})
}

fn with_chain(authority: &CertificateAuthority) -> Vec<Vec<u8>> {
    [vec![leaf(authority).to_der()], authority.chain.clone()].concat()
}

#[test]
fn the_root_may_be_left_out_or_come_along() {
    let root = root();
    let (below, anchors) = (intermediate(&root), [anchor(&root)]);
    assert_eq!(judged(&[leaf(&root).to_der()], &anchors, NOW), Ok(vec![0]));
    let chain = with_chain(&below);
    assert_eq!(judged(&chain, &anchors, NOW), Ok(vec![0, 1]));
    let with_root = [&chain[..], &[root.certificate]].concat();
    assert_eq!(judged(&with_root, &anchors, NOW), Ok(vec![0, 1]));
}

#[test]
fn the_order_of_what_comes_along_does_not_matter() {
    let root = root();
    let upper = intermediate(&root);
    let lower = upper.intermediate("lower", |_| {});
    let chain = vec![leaf(&lower).to_der(), upper.certificate, lower.certificate];
    assert_eq!(judged(&chain, &[anchor(&root)], NOW), Ok(vec![0, 2, 1]));
}

#[test]
fn an_anchor_may_be_an_intermediate_or_the_certificate_itself() {
    let root = root();
    let below = intermediate(&root);
    let chain = with_chain(&below);
    assert_eq!(judged(&chain, &[anchor(&below)], NOW), Ok(vec![0]));
    let itself = TrustAnchor::from_der(&chain[0][..]).unwrap();
    assert_eq!(judged(&chain, &[itself], NOW), Ok(vec![0]));
}

#[test]
fn an_anchor_that_is_no_authority_vouches_only_for_itself() {
    let root = root();
    // A device's certificate whose key issues another one.
    let device = root.intermediate("device", |draft| {
        draft.set_extension(Extension::basic_constraints(false, None));
    });
    let chain = [leaf(&device).to_der()];
    let anchors = [anchor(&device)];
    assert_eq!(
        judged(&chain, &anchors, NOW),
        at(0, PathFault::IssuerUnknown)
    );
}

#[test]
fn somebody_must_be_believed() {
    let (root, other) = (root(), CertificateAuthority::root("another root"));
    let chain = [leaf(&root).to_der(), root.certificate.clone()];
    assert_eq!(judged(&chain, &[], NOW), at(1, PathFault::IssuerUnknown));
    // Another root of the same name.
    let invalid = PathFault::Signature(SignatureFault::Invalid);
    assert_eq!(judged(&chain[..1], &[anchor(&other)], NOW), at(0, invalid));
    assert_eq!(
        judged(&[], &[anchor(&root)], NOW),
        at(0, PathFault::NoCertificate)
    );
    // The link in the middle is missing.
    let chain = with_chain(&intermediate(&root));
    let outcome = judged(&chain[..1], &[anchor(&root)], NOW);
    assert_eq!(outcome, at(0, PathFault::IssuerUnknown));
}

#[test]
fn names_must_chain() {
    let root = root();
    let draft = leaf(&root).with(|draft| draft.issuer.set(oid::COMMON_NAME, "Somebody else"));
    let outcome = judged(&[draft.to_der()], &[anchor(&root)], NOW);
    assert_eq!(outcome, at(0, PathFault::IssuerUnknown));
}

#[test]
fn dates_count_to_the_second() {
    let root = root();
    let draft = leaf(&root).with(|draft| {
        draft.not_before = Time::from_unix(1_800_000_000);
        draft.not_after = Time::from_unix(1_800_000_100);
    });
    let (chain, anchors) = ([draft.to_der()], [anchor(&root)]);
    let judge = |milliseconds| judged(&chain, &anchors, Timestamp(milliseconds));
    assert_eq!(judge(1_799_999_999_999), at(0, PathFault::NotYetValid));
    assert_eq!(judge(1_800_000_000_000), Ok(vec![0]));
    assert_eq!(judge(1_800_000_100_999), Ok(vec![0]));
    assert_eq!(judge(1_800_000_101_000), at(0, PathFault::Expired));
}

#[test]
fn an_intermediate_may_not_be_expired_either() {
    let root = root();
    let below = root.intermediate("intermediate", |draft| {
        draft.not_after = Time::from_unix(1_799_999_999);
    });
    let outcome = judged(&with_chain(&below), &[anchor(&root)], NOW);
    assert_eq!(outcome, at(1, PathFault::Expired));
}

#[test]
fn the_policy_says_whether_an_anchor_may_be_expired() {
    let root = CertificateAuthority::with_key(root().key, |draft| {
        draft.not_after = Time::from_unix(1_799_999_999);
    });
    let (chain, anchors) = ([leaf(&root).to_der()], [anchor(&root)]);
    assert_eq!(judged(&chain, &anchors, NOW), Ok(vec![0]));
    let rules = PathRules {
        anchors: &anchors,
        expired_anchors: ExpiredAnchors::Refuse,
        understood: &[],
        now: NOW,
    };
    let out_of_date = PathError {
        position: None,
        fault: PathFault::AnchorOutOfDate,
    };
    assert_eq!(judged_by(&chain, &rules), Err(out_of_date));
}

#[test]
fn only_authorities_issue() {
    let root = root();
    for (change, fault) in [
        (
            Some(Extension::basic_constraints(false, None)),
            PathFault::NotAnAuthority,
        ),
        (None, PathFault::NotAnAuthority),
        (
            Some(Extension::key_usage(&[Extension::DIGITAL_SIGNATURE])),
            PathFault::MayNotSign,
        ),
    ] {
        let below = root.intermediate("intermediate", |draft| match change {
            Some(extension) => draft.set_extension(extension),
            None => draft.remove_extension(oid::BASIC_CONSTRAINTS),
        });
        let outcome = judged(&with_chain(&below), &[anchor(&root)], NOW);
        assert_eq!(outcome, at(1, fault));
    }
}

#[test]
fn a_path_has_its_length() {
    let root = root();
    let limited = |length| {
        root.intermediate("upper", |draft| {
            draft.set_extension(Extension::basic_constraints(true, Some(length)));
        })
    };
    let anchors = [anchor(&root)];
    let below = limited(1).intermediate("lower", |_| {});
    assert_eq!(
        judged(&with_chain(&below), &anchors, NOW),
        Ok(vec![0, 1, 2])
    );
    let below = limited(0).intermediate("lower", |_| {});
    let too_long = PathFault::PathTooLong { allowed: 0 };
    assert_eq!(
        judged(&with_chain(&below), &anchors, NOW),
        at(2, too_long.clone())
    );

    // The anchor's own limit counts as well.
    let root = CertificateAuthority::with_key(root.key, |draft| {
        draft.set_extension(Extension::basic_constraints(true, Some(0)));
    });
    let anchors = [anchor(&root)];
    assert_eq!(judged(&[leaf(&root).to_der()], &anchors, NOW), Ok(vec![0]));
    let chain = with_chain(&intermediate(&root));
    let too_long = PathError {
        position: None,
        fault: too_long,
    };
    assert_eq!(judged(&chain, &anchors, NOW), Err(too_long));
}

#[test]
fn a_critical_extension_must_be_understood() {
    let root = root();
    let anchors = [anchor(&root)];
    let unknown = "2.5.29.30".parse().unwrap();
    let draft = leaf(&root).with(|draft| {
        draft.set_extension(Extension::critical(unknown, vec![0x30, 0x00]));
    });
    let chain = [draft.to_der()];
    let fault = PathFault::UnknownCriticalExtension(Box::new(unknown));
    assert_eq!(judged(&chain, &anchors, NOW), at(0, fault));
    // A format's profile may understand it, and what is not critical may be anything.
    let rules = PathRules {
        anchors: &anchors,
        expired_anchors: ExpiredAnchors::Accept,
        understood: &[unknown],
        now: NOW,
    };
    assert_eq!(judged_by(&chain, &rules), Ok(vec![0]));
    let draft = leaf(&root).with(|draft| {
        draft.set_extension(Extension::new(unknown, vec![0x30, 0x00]));
    });
    assert_eq!(judged(&[draft.to_der()], &anchors, NOW), Ok(vec![0]));
}

#[test]
fn an_authority_whose_names_are_limited_issues_nothing() {
    let root = root();
    let name_constraints: ObjectIdentifier = "2.5.29.30".parse().unwrap();
    for make in [Extension::new, Extension::critical] {
        let limited = root.intermediate("limited", |draft| {
            draft.set_extension(make(name_constraints, vec![0x30, 0x00]));
        });
        let chain = with_chain(&limited);
        let outcome = judged(&chain, &[anchor(&root)], NOW);
        assert_eq!(outcome, at(1, PathFault::NameConstraints));
        // Whoever makes it an anchor believes it as it is.
        assert_eq!(judged(&chain, &[anchor(&limited)], NOW), Ok(vec![0]));
    }
}

#[test]
fn a_flipped_bit_breaks_the_signature() {
    let root = root();
    let good = leaf(&root);
    // The subject is signed; the issuer's name still fits.
    let other = good
        .clone()
        .with(|draft| draft.subject.set(oid::COMMON_NAME, "Other"));
    let (good, mut forged) = (good.to_der(), other.to_der());
    let signature = &good[good.len() - 70..];
    let end = forged.len();
    forged[end - 70..].copy_from_slice(signature);
    let outcome = judged(&[forged], &[anchor(&root)], NOW);
    let fault = PathFault::Signature(SignatureFault::Invalid);
    assert_eq!(outcome, at(0, fault));
}

#[test]
fn sixteen_certificates_are_enough() {
    let root = root();
    let chain = vec![leaf(&root).to_der(); 17];
    let outcome = judged(&chain, &[anchor(&root)], NOW);
    assert_eq!(outcome, at(16, PathFault::TooManyCertificates));
    assert_eq!(judged(&chain[..16], &[anchor(&root)], NOW), Ok(vec![0]));
}
