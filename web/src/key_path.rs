//! The picture of a key. Each name and each passkey cuts a key of its own, so that people tell their keys apart at a
//! glance, as they do on a ring. It is an ornament: six cuts say nothing about the key behind them.

const CUTS: usize = 6;

/// How deep a cut goes, in the picture's units.
const DEPTHS: [u32; 4] = [3, 10, 17, 24];

/// The path, in the `d` syntax of SVG and a picture of 320 by 104, of the key that belongs to `seed`.
pub(crate) fn key_path(seed: &[u8]) -> String {
    let mut path = String::from("M87 28A44 44 0 1 0 87 76H104V70");
    for (index, depth) in (0_u32..).zip(cuts(seed)) {
        let start = 114 + 30 * index;
        let bottom = 70 - depth;
        path.push_str(&format!(
            "H{start}L{} {bottom}H{}L{} 70",
            start + 6,
            start + 16,
            start + 22
        ));
    }
    path.push_str("H300L312 52L300 34H104V28ZM38 40A12 12 0 1 1 38 64A12 12 0 1 1 38 40Z");
    path
}

fn cuts(seed: &[u8]) -> [u32; CUTS] {
    let hash = fnv1a(seed) >> 8;
    std::array::from_fn(|index| match hash >> (2 * index) & 3 {
        0 => DEPTHS[0],
        1 => DEPTHS[1],
        2 => DEPTHS[2],
        _ => DEPTHS[3],
    })
}

/// FNV-1a, 32 bits: small, and good enough to spread names over pictures.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(fnv1a(b""), 0x811c_9dc5);
        assert_eq!(fnv1a(b"a"), 0xe40c_292c);
        assert_eq!(fnv1a(b"foobar"), 0xbf9c_f968);
    }

    #[test]
    fn each_name_has_its_cuts() {
        assert_eq!(cuts(b""), [10, 24, 10, 17, 3, 24]);
        assert_eq!(cuts(b"ada"), [10, 24, 3, 3, 10, 17]);
        assert_eq!(cuts(b"grace"), [17, 17, 24, 10, 3, 17]);
    }

    #[test]
    fn the_static_page_shows_the_uncut_name_s_key() {
        let page = include_str!("../../index.html");
        assert!(page.contains(&format!(" d=\"{}\"", key_path(b""))));
    }
}
