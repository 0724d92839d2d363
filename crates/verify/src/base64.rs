//! Base64 in its standard alphabet, in which certificates travel. [RFC 4648 §4]
//!
//! It is base64url but for two characters and the padding, so the codec is that one.
//!
//! [RFC 4648 §4]: https://www.rfc-editor.org/rfc/rfc4648#section-4

use passkeep_protocol::bytes::{decode_base64url, encode_base64url};

/// How a text may end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Padding {
    /// With as many `=` as make its length a multiple of four.
    Required,
    /// With those, or fewer.
    Tolerated,
}

/// Base64 with padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = encode_base64url(bytes).replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// What base64 stands for. White space is passed over, because PEM and JSON break lines in it.
pub(crate) fn decode(text: &str, padding: Padding) -> Option<Vec<u8>> {
    let mut symbols = String::with_capacity(text.len());
    let mut padded: usize = 0;
    for character in text.chars() {
        match character {
            character if character.is_ascii_whitespace() => {}
            '=' => padded += 1,
            // Nothing stands after padding, and the two characters of base64url are not of this alphabet.
            _ if padded > 0 => return None,
            '-' | '_' => return None,
            '+' => symbols.push('-'),
            '/' => symbols.push('_'),
            other => symbols.push(other),
        }
    }
    let missing = symbols.len().wrapping_neg() % 4;
    let ends = padded == missing || (padding == Padding::Tolerated && padded < missing);
    decode_base64url(&symbols).ok().filter(|_| ends)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::alphabet::STANDARD;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

    use super::*;

    const fn reference(padding: DecodePaddingMode) -> GeneralPurpose {
        let config = GeneralPurposeConfig::new().with_decode_padding_mode(padding);
        GeneralPurpose::new(&STANDARD, config)
    }
    const CANONICAL: GeneralPurpose = reference(DecodePaddingMode::RequireCanonical);
    const INDIFFERENT: GeneralPurpose = reference(DecodePaddingMode::Indifferent);

    #[test]
    fn texts_are_read_as_the_usual_codec_reads_them() {
        let symbols = ["A", "B", "/", "+", "w", "g", "=", "-", "_", "é", "!"];
        let mut texts = vec![String::new()];
        for length in 0..6 {
            let longest = texts.iter().filter(|text| text.chars().count() == length);
            let longer = longest.flat_map(|text| symbols.map(|symbol| format!("{text}{symbol}")));
            // The first groups are alike, so few of them are made longer.
            texts.extend(
                longer
                    .step_by(if length > 3 { 7 } else { 1 })
                    .collect::<Vec<_>>(),
            );
        }
        assert!(texts.len() > 10_000, "{}", texts.len());
        for text in &texts {
            assert_eq!(
                decode(text, Padding::Required),
                CANONICAL.decode(text).ok(),
                "{text:?}"
            );
            assert_eq!(
                decode(text, Padding::Tolerated),
                INDIFFERENT.decode(text).ok(),
                "{text:?}"
            );
        }
    }

    #[test]
    fn bytes_are_written_as_the_usual_codec_writes_them() {
        for length in 0..100_u8 {
            let bytes: Vec<u8> = (0..length)
                .map(|byte| byte.wrapping_mul(37) ^ 0xfb)
                .collect();
            assert_eq!(encode(&bytes), CANONICAL.encode(&bytes));
        }
    }

    #[test]
    fn white_space_is_passed_over() {
        assert_eq!(
            decode(" +/8\n=\t", Padding::Required),
            Some(vec![0xfb, 0xff])
        );
        assert_eq!(decode("+/8\u{a0}=", Padding::Required), None);
    }
}
