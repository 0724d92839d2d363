//! Ids of requests, for the log and for whoever asks about an answer.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::HeaderValue;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Makes UUIDs of version 4 (RFC 9562, 5.4). Nothing rests on their being secret, so their bits are a number under a keyed
/// hash: no two of a process are alike but by chance, and how many requests there were is not to be read from them.
#[derive(Default)]
pub(crate) struct RequestIds {
    next: AtomicU64,
    keys: [RandomState; 2],
}

impl RequestIds {
    pub(crate) fn next(&self) -> HeaderValue {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let [high, low] = self.keys.each_ref().map(|key| key.hash_one(number));
        let bits = (u128::from(high) << 64) | u128::from(low);
        let text = text(bits & !VARYING | FIXED);
        // Digits and hyphens are a header's value.
        HeaderValue::from_bytes(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

/// The version and the variant.
const FIXED: u128 = (4 << 76) | (2 << 62);
const VARYING: u128 = (15 << 76) | (3 << 62);

fn text(bits: u128) -> [u8; 36] {
    let mut digits = (0..32).rev().map(|place| (bits >> (4 * place)) & 15);
    core::array::from_fn(|index| match index {
        8 | 13 | 18 | 23 => b'-',
        _ => {
            let digit = digits.next().unwrap_or_default();
            DIGITS.get(digit as usize).copied().unwrap_or(b'0')
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_of_version_4() {
        let written = text(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        assert_eq!(&written, b"01234567-89ab-cdef-0123-456789abcdef");
        let ids = RequestIds::default();
        for _ in 0..100 {
            let id = ids.next();
            let id = id.to_str().unwrap();
            assert_eq!(id.len(), 36);
            assert_eq!(&id[14..15], "4", "{id}");
            assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"), "{id}");
        }
    }

    #[test]
    fn no_two_ids_are_alike_and_two_servers_differ() {
        let (one, other) = (RequestIds::default(), RequestIds::default());
        let ids: std::collections::BTreeSet<_> = (0..1000)
            .flat_map(|_| [one.next(), other.next()])
            .map(|id| id.to_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids.len(), 2000);
    }
}
