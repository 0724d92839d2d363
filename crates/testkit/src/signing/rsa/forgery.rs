use ::rsa::BoxedUint;
use sha2::{Digest as _, Sha256};

/// The DER that stands before a SHA-256 hash in RSASSA-PKCS1-v1_5. Source: RFC 8017 §9.2, note 1.
pub(super) const SHA_256_DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// An RS256 signature that needs no private key, under any key of `modulus_bytes` with the public exponent 3.
///
/// Its cube begins like a padded hash of the message, only with 8 bytes of padding in place of hundreds, and ends in
/// whatever the cube has there. Whoever reads the padding from the left and does not look whether the hash stands at the
/// very end accepts it, as Bleichenbacher found in 2006. The length must be 256 or more.
///
/// ```
/// let forged = passkeep_testkit::signing::rsa::forged_cube_root(b"message", 256);
/// assert_eq!(forged.len(), 256);
/// assert!(forged.starts_with(&[0; 170]));
/// ```
#[must_use]
pub fn forged_cube_root(message: &[u8], modulus_bytes: usize) -> Vec<u8> {
    let mut beginning = [&[0, 1][..], &[0xff; 8], &[0]].concat();
    beginning.extend(SHA_256_DIGEST_INFO);
    beginning.extend(Sha256::digest(message));
    let mut highest = beginning;
    highest.resize(modulus_bytes, 0xff);
    let root = cube_root(&highest);
    let mut padded = vec![0; modulus_bytes.saturating_sub(root.len())];
    padded.extend(root);
    padded
}

/// The largest number whose cube is not above `limit`, without leading zeros.
fn cube_root(limit: &[u8]) -> Vec<u8> {
    let wide = |bytes: &[u8]| {
        let mut padded = vec![0; limit.len() - bytes.len()];
        padded.extend_from_slice(bytes);
        BoxedUint::from_be_slice_vartime(&padded)
    };
    let not_above = wide(limit);
    // The bits from the highest down: each is set if the cube stays below.
    let mut root = vec![0; limit.len() / 3 + 1];
    for index in 0..root.len() {
        for bit in (0..8).rev() {
            let mut candidate = root.clone();
            if let Some(byte) = candidate.get_mut(index) {
                *byte |= 1 << bit;
            }
            let number = wide(&candidate);
            let cube = number.checked_mul(&number).into_option();
            let cube = cube.and_then(|square| square.checked_mul(&number).into_option());
            if cube.is_some_and(|cube| cube <= not_above) {
                root = candidate;
            }
        }
    }
    root.into_iter().skip_while(|byte| *byte == 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cube_begins_like_a_padded_hash() {
        assert_eq!(cube_root(&[26, 0]), [18]);

        let forged = forged_cube_root(b"message", 256);
        let forged = BoxedUint::from_be_slice_vartime(&forged);
        let cube = forged.wrapping_mul(&forged).wrapping_mul(&forged);
        let expected = [
            &[0, 1][..],
            &[0xff; 8],
            &[0],
            &SHA_256_DIGEST_INFO,
            &Sha256::digest(b"message"),
        ]
        .concat();
        assert_eq!(cube.to_be_bytes()[..expected.len()], expected);
    }
}
