//! Fake allow lists: the same for a name, other than any other's, and of the shape that was given.

use std::collections::{BTreeMap, BTreeSet};

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::names::{AuthenticatorTransport, PublicKeyCredentialType};
use passkeep_protocol::options::PublicKeyCredentialDescriptorJson;
use passkeep_verify::fake::{FakeAllowLists, Shape, Shapes, ShapesError};
use passkeep_verify::user::UserName;

fn name(text: &str) -> UserName {
    UserName::parse(text).unwrap()
}

fn list(fakes: &FakeAllowLists, text: &str) -> Vec<PublicKeyCredentialDescriptorJson> {
    fakes.allow_list(&name(text), Vec::new())
}

#[test]
fn a_name_with_credentials_gets_them_and_no_others() {
    let real = vec![PublicKeyCredentialDescriptorJson {
        ty: PublicKeyCredentialType::PublicKey,
        id: Bytes::from([1, 2, 3]),
        transports: vec![AuthenticatorTransport::Usb],
    }];
    let fakes = FakeAllowLists::new([7; 32]);
    assert_eq!(fakes.allow_list(&name("ada"), real.clone()), real);
}

#[test]
fn a_list_is_the_same_for_the_same_account_name_and_key() {
    let fakes = FakeAllowLists::new([7; 32]);
    let ada = list(&fakes, "ada");
    assert_eq!(list(&fakes, "ada"), ada);
    // Names that differ by case are one account.
    assert_eq!(list(&fakes, "Ada"), ada);
    assert_ne!(list(&fakes, "ada1"), ada);
    assert_ne!(list(&FakeAllowLists::new([8; 32]), "ada"), ada);
    // It must not change with a new version either: whoever asked before would see it.
    let ids: Vec<_> = ada.iter().map(|it| it.id.to_base64url()).collect();
    assert_eq!(ids, ADA);
}

/// Worked out by another program, from the description alone.
const ADA: [&str; 2] = ["tpgMJ23PBf5xL5ph0EdDIA", "kM9WJg5ztf7inI6h3zHU9uJ4VJA"];

/// Whether a count out of `n` is within five standard deviations of what a share would give.
#[track_caller]
fn near(count: usize, n: usize, weight: u32, total: u32) {
    let share = f64::from(weight) / f64::from(total);
    let expected = share * n as f64;
    let deviation = (expected * (1.0 - share)).sqrt();
    let distance = (count as f64 - expected).abs();
    assert!(
        distance <= 5.0 * deviation,
        "{count} of {n}, not about {expected}"
    );
}

#[test]
fn lists_have_the_shape_that_was_given() {
    let shapes = Shapes::default();
    let fakes = FakeAllowLists::with_shapes([7; 32], shapes.clone()).unwrap();
    let names = 20_000;
    let mut lengths = BTreeMap::new();
    let mut kinds = BTreeMap::new();
    let mut ids = BTreeSet::new();
    let mut ones = 0;
    let mut bits = 0;
    for index in 0..names {
        let made = list(&fakes, &format!("name{index}"));
        *lengths.entry(made.len()).or_insert(0) += 1;
        for descriptor in made {
            assert_eq!(descriptor.ty, PublicKeyCredentialType::PublicKey);
            let id = descriptor.id.as_slice();
            ones += id
                .iter()
                .map(|byte| byte.count_ones() as usize)
                .sum::<usize>();
            bits += id.len() * 8;
            let kind = (id.len(), descriptor.transports);
            *kinds.entry(kind).or_insert(0) += 1;
            assert!(ids.insert(descriptor.id), "an id twice");
        }
    }
    assert_eq!(lengths.len(), 3);
    for (length, weight) in (1..).zip(shapes.lengths) {
        near(lengths[&length], names, weight, shapes.lengths.iter().sum());
    }
    let total = shapes.credentials.iter().map(|shape| shape.weight).sum();
    assert_eq!(kinds.len(), shapes.credentials.len());
    for shape in shapes.credentials {
        let count = kinds[&(usize::from(shape.id_bytes), shape.transports)];
        near(count, ids.len(), shape.weight, total);
    }
    near(ones, bits, 1, 2);
}

#[test]
fn shapes_must_make_a_list() {
    let shapes = |weight, id_bytes, lengths| Shapes {
        credentials: vec![Shape {
            weight,
            id_bytes,
            transports: Vec::new(),
        }],
        lengths,
    };
    let made = |shapes| FakeAllowLists::with_shapes([7; 32], shapes).map(|_| ());
    assert_eq!(made(shapes(0, 16, [1, 0, 0])), Err(ShapesError::NoWeight));
    assert_eq!(made(shapes(1, 16, [0, 0, 0])), Err(ShapesError::NoWeight));
    assert_eq!(made(shapes(1, 0, [1, 0, 0])), Err(ShapesError::IdLength));
    assert_eq!(made(shapes(1, 1024, [1, 0, 0])), Err(ShapesError::IdLength));
    let fakes = FakeAllowLists::with_shapes([7; 32], shapes(1, 1023, [0, 0, 1])).unwrap();
    let made = list(&fakes, "ada");
    let lengths: Vec<_> = made.iter().map(|it| it.id.as_slice().len()).collect();
    assert_eq!(lengths, [1023; 3]);
}

#[test]
fn the_key_is_not_shown() {
    let shown = format!("{:?}", FakeAllowLists::new([0xab; 32]));
    assert!(
        !shown.contains("171") && !shown.contains("ab, ab"),
        "{shown}"
    );
}
