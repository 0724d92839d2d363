//! Both providers give the same verdict, whatever the bytes.

use std::sync::LazyLock;

use passkeep_protocol::cose::KeyParameters;
use passkeep_testkit::signing::{ALGORITHMS, STATEMENT_ALGORITHMS};
use passkeep_verify::algorithm::{AWS_LC_RS, PORTABLE};
use proptest::prelude::*;

use crate::{MESSAGE, Signed};

static ALL: LazyLock<Vec<Signed>> = LazyLock::new(|| {
    let all = ALGORITHMS.iter().chain(STATEMENT_ALGORITHMS);
    all.map(|algorithm| Signed::with(algorithm.alg())).collect()
});

/// A change of bytes; positions are taken modulo their length.
#[derive(Clone, Debug)]
enum Change {
    Flip(usize, u8),
    Set(usize, u8),
    Insert(usize, u8),
    Remove(usize),
    Fill(usize, usize, u8),
}

fn change() -> impl Strategy<Value = Change> {
    // Edge cases are near the ends, where lengths, signs and leading zeros are.
    let at = prop_oneof![
        3 => 0_usize..8,
        1 => any::<usize>(),
        3 => (0_usize..8).prop_map(|back| usize::MAX - back),
    ];
    let byte = prop_oneof![
        Just(0),
        Just(1),
        Just(0x7f),
        Just(0x80),
        Just(0xff),
        any::<u8>()
    ];
    let flip = (at.clone(), 0_u8..8).prop_map(|(at, bit)| Change::Flip(at, bit));
    let set = (at.clone(), byte.clone()).prop_map(|(at, byte)| Change::Set(at, byte));
    let insert = (at.clone(), byte.clone()).prop_map(|(at, byte)| Change::Insert(at, byte));
    let remove = at.clone().prop_map(Change::Remove);
    let fill =
        (at, 1_usize..40, byte).prop_map(|(at, length, byte)| Change::Fill(at, length, byte));
    prop_oneof![3 => flip, 3 => set, 1 => insert, 1 => remove, 1 => fill]
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let length = bytes.len();
        // The highest positions count from the end.
        let place = |at: usize| match usize::MAX - at {
            back if back < 8 => length.saturating_sub(1 + back),
            _ => at % length,
        };
        match *self {
            Self::Flip(at, bit) => bytes[place(at)] ^= 1 << bit,
            Self::Set(at, byte) => bytes[place(at)] = byte,
            Self::Insert(at, byte) => bytes.insert(place(at), byte),
            Self::Remove(at) => drop(bytes.remove(place(at))),
            Self::Fill(at, count, byte) => {
                let start = place(at);
                let end = length.min(start + count);
                bytes[start..end].fill(byte);
            }
        }
    }
}

/// What is changed.
#[derive(Clone, Copy, Debug)]
enum Target {
    Signature,
    First,
    Second,
}

fn agree(signed: &Signed, target: Target, changes: &[Change]) -> Result<(), TestCaseError> {
    let mut signature = signed.signature.clone();
    let key = signed.key();
    let (first, second) = match key {
        KeyParameters::Ec2 { x, y, .. } => (x, y),
        KeyParameters::Okp { x, .. } => (x, &[][..]),
        KeyParameters::Rsa { n, e } => (n, e),
        KeyParameters::Akp { public_key } => (public_key, &[][..]),
        other => panic!("{other:?}"),
    };
    let (mut first, mut second) = (first.to_vec(), second.to_vec());
    let changed = match target {
        Target::Signature => &mut signature,
        Target::First => &mut first,
        Target::Second => &mut second,
    };
    for change in changes {
        change.apply(changed);
    }
    let key = match key {
        KeyParameters::Ec2 { crv, .. } => KeyParameters::Ec2 {
            crv,
            x: &first,
            y: &second,
        },
        KeyParameters::Okp { crv, .. } => KeyParameters::Okp { crv, x: &first },
        KeyParameters::Rsa { .. } => KeyParameters::Rsa {
            n: &first,
            e: &second,
        },
        _ => KeyParameters::Akp { public_key: &first },
    };
    let [native, portable] = [AWS_LC_RS, PORTABLE].map(|crypto| {
        let algorithm = crypto.scheme(signed.scheme).unwrap();
        (
            algorithm.check_key(&key),
            algorithm.verify(&key, MESSAGE, &signature),
        )
    });
    prop_assert_eq!(
        native,
        portable,
        "{:?} {:02x?} {:?}",
        signed.scheme,
        signature,
        key
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn random_changes_get_the_same_verdict(
        which in any::<prop::sample::Index>(),
        target in prop_oneof![
            4 => Just(Target::Signature),
            2 => Just(Target::First),
            1 => Just(Target::Second),
        ],
        changes in prop::collection::vec(change(), 0..3),
    ) {
        agree(which.get(&ALL), target, &changes)?;
    }
}

#[test]
fn both_have_the_same_schemes() {
    let [native, portable] = [AWS_LC_RS, PORTABLE].map(|crypto| {
        crypto
            .algorithms
            .iter()
            .map(|one| one.scheme())
            .collect::<Vec<_>>()
    });
    assert_eq!(native, portable);
}
