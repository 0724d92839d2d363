//! How the cost grows with the input: a verdict with the length of its attestation object, and a start with the number of
//! credentials it excludes.

use std::hint::black_box;

use const_oid::ObjectIdentifier;
use criterion::{BatchSize, BenchmarkId, Criterion};
use passkeep_protocol::names::{AuthenticatorTransport, PublicKeyCredentialType};
use passkeep_protocol::options::PublicKeyCredentialDescriptorJson;
use passkeep_protocol::response::RegistrationResponseJson;
use passkeep_testkit::attestation::packed::Packed;
use passkeep_testkit::certificate::Extension;

use crate::cases::{Registration, fresh, relying_party, request, vendor};

/// Bytes of attestation objects, of which the last is near the cap.
const OBJECT_BYTES: [usize; 4] = [8_000, 16_000, 32_000, 64_000];

/// An extension that no verifier knows. The arc is set aside for examples.
const PADDING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1");

/// From the JSON text to the verdict. There are five signatures, whatever the length.
pub(crate) fn attestation_objects(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("linear/attestation-object-bytes");
    let bare = object_bytes(&padded(1));
    for bytes in OBJECT_BYTES {
        let case = padded((bytes - bare) / 4);
        let id = BenchmarkId::from_parameter(object_bytes(&case));
        group.bench_function(id, |bencher| {
            let verdict = |pending| case.verdict(pending);
            bencher.iter_batched(|| case.pending(), verdict, BatchSize::SmallInput);
        });
    }
    group.finish();
}

/// Packed, below three authorities below the vendor. Each of the four certificates has so many bytes of padding.
fn padded(bytes: usize) -> Registration {
    let extension = Extension::new(PADDING, vec![0x5a; bytes]);
    let seeds = ["first", "second", "third"].iter();
    let lowest = seeds.fold(vendor(), |authority, seed| {
        authority.intermediate(seed, |draft| draft.set_extension(extension.clone()))
    });
    let packed = Packed::new(lowest);
    let packed = packed.with(move |draft| draft.certificate.set_extension(extension.clone()));
    Registration::new("packed-chain", packed)
}

fn object_bytes(case: &Registration) -> usize {
    let response = RegistrationResponseJson::parse(&case.json).unwrap();
    response.response.attestation_object.as_slice().len()
}

/// From the request to the options' JSON text. Copying the list for the request is outside the time.
pub(crate) fn exclude_lists(criterion: &mut Criterion) {
    let relying_party = relying_party();
    let mut group = criterion.benchmark_group("linear/excluded-credentials");
    for count in [1_u32, 10, 100, 1_000, 10_000] {
        let mut asked = request();
        asked.exclude_credentials = (0..count).map(descriptor).collect();
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter_batched(
                || asked.clone(),
                |asked| {
                    let (options, pending) = relying_party.start_registration(asked, fresh());
                    black_box((serde_json::to_vec(&options).unwrap(), pending))
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

/// A credential with an identifier of 32 bytes.
fn descriptor(number: u32) -> PublicKeyCredentialDescriptorJson {
    PublicKeyCredentialDescriptorJson {
        ty: PublicKeyCredentialType::PublicKey,
        id: [number.to_be_bytes(); 8].concat().into(),
        transports: vec![
            AuthenticatorTransport::Internal,
            AuthenticatorTransport::Hybrid,
        ],
    }
}
