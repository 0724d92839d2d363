//! Every attestation format, in order.

use std::sync::Arc;

use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_testkit::attestation::AttestationFormat;
use passkeep_testkit::attestation::android_key::AndroidKey;
use passkeep_testkit::attestation::android_safetynet::AndroidSafetyNet;
use passkeep_testkit::attestation::apple::Apple;
use passkeep_testkit::attestation::compound::Compound;
use passkeep_testkit::attestation::fido_u2f::FidoU2f;
use passkeep_testkit::attestation::packed::Packed;
use passkeep_testkit::attestation::tpm::Tpm;
use passkeep_testkit::authenticator::Config;
use passkeep_testkit::certificate::CertificateAuthority;
use serde_json::Value;

use crate::case::{Cases, NOW, attesting, draft_registration, trusted};

/// Whose certificate is the only root.
pub(crate) fn vendor() -> CertificateAuthority {
    CertificateAuthority::root("vendor")
}

/// An authority below it, named to be known.
pub(crate) fn factory() -> CertificateAuthority {
    vendor().intermediate("factory", |_| {})
}

/// Android's certificates come with their root.
pub(crate) fn android() -> AndroidKey {
    AndroidKey::new(factory()).with(|draft| draft.chain.push(vendor().certificate))
}

pub(crate) fn safety_net() -> AndroidSafetyNet {
    AndroidSafetyNet::new(vendor(), NOW - 1000)
}

/// A U2F key has no model, so nothing is in the place of the AAGUID.
pub(crate) fn u2f(format: FidoU2f) -> Config {
    Config {
        aaguid: [0; 16],
        ..attesting(format)
    }
}

pub(crate) fn document(config: Config) -> Value {
    trusted(&draft_registration(config).into_response(), &vendor())
}

pub(crate) fn statement(format: impl AttestationFormat + 'static) -> Value {
    document(attesting(format))
}

pub(crate) fn add(cases: &mut Cases) {
    cases.group("attestation");
    cases.add("packed", statement(Packed::new(vendor())));
    cases.add(
        "packed, with an intermediate",
        statement(Packed::new(factory())),
    );
    cases.add("tpm", statement(Tpm::new(vendor())));
    cases.add("tpm, with an intermediate", statement(Tpm::new(factory())));
    cases.add("android-key", statement(android()));
    let rootless = AndroidKey::new(factory());
    cases.add("android-key, without the root", statement(rootless));
    cases.add("android-safetynet", statement(safety_net()));
    cases.add("apple", statement(Apple::new(factory())));
    cases.add("fido-u2f", document(u2f(FidoU2f::new(vendor()))));
    let model = attesting(FidoU2f::new(vendor()));
    cases.add("fido-u2f, with an AAGUID", document(model));
    let parts: [Arc<dyn AttestationFormat>; 2] = [
        Arc::new(Packed::new(vendor())),
        Arc::new(Apple::new(vendor())),
    ];
    cases.add("compound", statement(Compound::new(parts.clone())));
    let [packed, _] = parts;
    cases.add("compound, of one part", statement(Compound::new([packed])));

    for algorithm in [
        CoseAlgorithm::RS256,
        CoseAlgorithm::ES384,
        CoseAlgorithm::ES512,
        CoseAlgorithm::EDDSA,
    ] {
        let name = algorithm.name().expect("a name");
        let credential = |format: Arc<dyn AttestationFormat>| {
            document(Config {
                algorithms: vec![algorithm],
                attestation: format,
                ..attesting(Packed::new(vendor()))
            })
        };
        let packed = credential(Arc::new(Packed::new(vendor())));
        cases.add(format!("packed, of a key for {name}"), packed);
        if algorithm != CoseAlgorithm::EDDSA {
            let tpm = credential(Arc::new(Tpm::new(vendor())));
            cases.add(format!("tpm, of a key for {name}"), tpm);
        }
        let android = credential(Arc::new(android()));
        cases.add(format!("android-key, of a key for {name}"), android);
        let apple = credential(Arc::new(Apple::new(factory())));
        cases.add(format!("apple, of a key for {name}"), apple);
        let u2f = credential(Arc::new(FidoU2f::new(vendor())));
        cases.add(format!("fido-u2f, of a key for {name}"), u2f);
    }
}
