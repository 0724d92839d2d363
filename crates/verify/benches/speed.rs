//! How long a verdict takes, from the JSON text on, beside the verification of the bare signature by the same library.
//!
//! Machines differ and neighbours disturb, so it is the ratio of the two that counts. `npm run bench` shows it.

#![allow(clippy::unwrap_used, reason = "a case that fails measures nothing")]

mod cases;
mod linear;

use std::time::Duration;

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256K1_SHA256_ASN1, ECDSA_P384_SHA384_ASN1,
    ECDSA_P521_SHA512_ASN1, ED25519, ML_DSA_44, ML_DSA_65, ML_DSA_87, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, UnparsedPublicKey,
    VerificationAlgorithm,
};
use cases::{Authentication, Registration};
use criterion::measurement::WallTime;
use criterion::{
    BatchSize, BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main,
};
use ed448_goldilocks::VerifyingKey;
use passkeep_protocol::cose::{CoseAlgorithm, CoseKey, KeyParameters};
use sha2::{Digest as _, Sha256};

/// What a server runs on: aws-lc has its own, and the bare verification is not changed by it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often a verdict and its bare signature are measured one after the other.
const TURNS: usize = 8;

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
        .without_plots();
    targets = registrations, authentications, linear::attestation_objects, linear::exclude_lists
}
criterion_main!(benches);

/// Each beside one bare ES256 signature.
fn registrations(criterion: &mut Criterion) {
    let es256 = Authentication::all().swap_remove(0);
    let raw = raw(&es256);
    for case in Registration::all() {
        let group = criterion.benchmark_group(format!("registration/{}", case.name));
        let verdict = |pending| case.verdict(pending);
        measure(group, &raw, || case.pending(), verdict);
    }
}

/// Each beside its own bare signature.
fn authentications(criterion: &mut Criterion) {
    for case in Authentication::all() {
        let group = criterion.benchmark_group(format!("authentication/{}", case.name));
        let verdict = |pending| case.verdict(pending);
        measure(group, raw(&case), || case.pending(), verdict);
    }
}

/// Both, in turns, so that what else the machine does falls on both. What a verdict uses up is made outside the time.
fn measure<P>(
    mut group: BenchmarkGroup<'_, WallTime>,
    raw: impl Fn(),
    pending: impl Fn() -> P,
    verdict: impl Fn(P),
) {
    group.warm_up_time(Duration::from_millis(100));
    group.measurement_time(Duration::from_millis(400));
    group.sample_size(20);
    for turn in 1..=TURNS {
        group.bench_function(BenchmarkId::new("raw", turn), |bencher| bencher.iter(&raw));
        group.bench_function(BenchmarkId::new("verdict", turn), |bencher| {
            bencher.iter_batched(&pending, &verdict, BatchSize::SmallInput);
        });
    }
    group.finish();
}

/// The verification of a sign-in's signature by its key, both ready as the library takes them.
fn raw(case: &Authentication) -> Box<dyn Fn()> {
    let response = case.response().response;
    let hash = Sha256::digest(response.client_data_json.as_slice());
    let message = [response.authenticator_data.as_slice(), &hash].concat();
    let signature = response.signature.into_vec();

    let key = CoseKey::parse(case.record.public_key.as_slice()).unwrap();
    let alg = key.alg;
    let bytes = match key.parameters {
        KeyParameters::Ec2 { x, y, .. } => [&[4], x, y].concat(),
        // aws-lc-rs has no Ed448, so this is the library that the provider takes.
        KeyParameters::Okp { x, .. } if alg == CoseAlgorithm::ED448 => {
            let x: [u8; 57] = x.try_into().unwrap();
            let signature = ed448_goldilocks::Signature::try_from(&signature[..]).unwrap();
            return Box::new(move || {
                let key = VerifyingKey::from_bytes(&x).unwrap();
                key.verify_raw(&signature, &message).unwrap();
            });
        }
        KeyParameters::Okp { x, .. } => x.to_vec(),
        KeyParameters::Akp { public_key } => public_key.to_vec(),
        KeyParameters::Rsa { n, e } => {
            let key = PublicKeyComponents {
                n: n.to_vec(),
                e: e.to_vec(),
            };
            let library: &'static RsaParameters = match alg {
                CoseAlgorithm::RS256 => &RSA_PKCS1_2048_8192_SHA256,
                CoseAlgorithm::RS384 => &RSA_PKCS1_2048_8192_SHA384,
                CoseAlgorithm::RS512 => &RSA_PKCS1_2048_8192_SHA512,
                CoseAlgorithm::PS256 => &RSA_PSS_2048_8192_SHA256,
                CoseAlgorithm::PS384 => &RSA_PSS_2048_8192_SHA384,
                CoseAlgorithm::PS512 => &RSA_PSS_2048_8192_SHA512,
                _ => unreachable!("an algorithm without a case"),
            };
            return Box::new(move || key.verify(library, &message, &signature).unwrap());
        }
        _ => unreachable!("a kind of key without a case"),
    };
    let library: &'static dyn VerificationAlgorithm = match alg {
        CoseAlgorithm::ES256 => &ECDSA_P256_SHA256_ASN1,
        CoseAlgorithm::ES256K => &ECDSA_P256K1_SHA256_ASN1,
        CoseAlgorithm::ES384 => &ECDSA_P384_SHA384_ASN1,
        CoseAlgorithm::ES512 => &ECDSA_P521_SHA512_ASN1,
        CoseAlgorithm::EDDSA => &ED25519,
        CoseAlgorithm::ML_DSA_44 => &ML_DSA_44,
        CoseAlgorithm::ML_DSA_65 => &ML_DSA_65,
        CoseAlgorithm::ML_DSA_87 => &ML_DSA_87,
        _ => unreachable!("an algorithm without a case"),
    };
    let key = UnparsedPublicKey::new(library, bytes);
    Box::new(move || key.verify(&message, &signature).unwrap())
}
