//! Every algorithm that certificates are signed with, and those that no certificate is believed by.

use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_testkit::Draws;
use passkeep_testkit::certificate::CertificateAuthority;
use passkeep_testkit::signing::ecdsa::{Curve, Ecdsa};

use passkeep_testkit::signing::{ALGORITHMS, Algorithm, Hash, PrivateKey, rsa};
use passkeep_verify::certificate::path::PathFault;
use passkeep_verify::certificate::{ObjectIdentifier, SignatureFault};

use crate::{NOW, anchor, at, judged, leaf};

fn authority(algorithm: &dyn Algorithm) -> CertificateAuthority {
    let key: Arc<dyn PrivateKey> = algorithm.generate(&mut Draws::new(b"authority", "key"));
    CertificateAuthority::with_key(key, |_| {})
}

#[test]
fn every_algorithm_of_credentials_signs_certificates() {
    for algorithm in ALGORITHMS {
        let root = authority(*algorithm);
        let outcome = judged(&[leaf(&root).to_der()], &[anchor(&root)], NOW);
        assert_eq!(outcome, Ok(vec![0]), "{}", algorithm.alg());
    }
}

#[test]
fn any_hash_goes_with_any_curve() {
    let hashes = [
        (CoseAlgorithm::ES256, Hash::Sha256),
        (CoseAlgorithm::ES384, Hash::Sha384),
        (CoseAlgorithm::ES512, Hash::Sha512),
    ];
    for curve in [Curve::P256, Curve::P384, Curve::P521] {
        for (alg, hash) in hashes {
            let root = authority(&Ecdsa::new(alg, curve, hash));
            let outcome = judged(&[leaf(&root).to_der()], &[anchor(&root)], NOW);
            assert_eq!(outcome, Ok(vec![0]), "{curve:?} with {hash:?}");
        }
    }
}

#[test]
fn sha_1_signs_no_certificate() {
    let root = authority(&rsa::RS1);
    let outcome = judged(&[leaf(&root).to_der()], &[anchor(&root)], NOW);
    let sha_1 = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5");
    let fault = PathFault::Signature(SignatureFault::Unsupported(Box::new(sha_1)));
    assert_eq!(outcome, at(0, fault));
}
