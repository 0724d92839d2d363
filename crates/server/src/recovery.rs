//! Recovery codes and enrolment links: how they are made, written and hashed.

use aws_lc_rs::digest;
use passkeep_protocol::api::EnrolmentLink;

use crate::ambient::{Random, RandomError, random_array};
use crate::error::ApiError;
use crate::state::AppState;
use crate::token::Token;

/// How many recovery codes an account is given.
pub(crate) const RECOVERY_CODES: usize = 10;

/// How long an enrolment link is good for, in seconds.
pub(crate) const LINK_LIFETIME: u32 = 10 * 60;

/// Digits and letters without those that are taken for one another: I, L, O and U. Source: Crockford's base 32.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How many characters a code has, of five bits each: 80 bits are beyond guessing, so a fast hash will do.
const CODE_CHARACTERS: usize = 16;

/// A new recovery code, as in `7K2M-9QXT-4WBD-H0RN`.
pub(crate) fn recovery_code(random: &dyn Random) -> Result<String, RandomError> {
    let bytes: [u8; CODE_CHARACTERS] = random_array(random)?;
    let mut code = String::new();
    for (index, byte) in bytes.iter().enumerate() {
        if index % 4 == 0 && index > 0 {
            code.push('-');
        }
        // The lowest five bits of a random byte are random.
        let character = ALPHABET.get(usize::from(byte % 32));
        code.push(char::from(character.copied().unwrap_or(b'0')));
    }
    Ok(code)
}

/// The hash of a recovery code as somebody typed it; `None` if it cannot be one.
pub(crate) fn recovery_code_hash(typed: &str) -> Option<[u8; 32]> {
    // Nobody types this much; what is longer is not looked at.
    let typed = typed.get(..typed.len().min(4 * CODE_CHARACTERS))?;
    let mut code = Vec::new();
    for character in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        let character = match character.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let byte = u8::try_from(character).ok()?;
        code.push(ALPHABET.contains(&byte).then_some(byte)?);
    }
    (code.len() == CODE_CHARACTERS).then(|| hash("passkeep recovery code", &code))
}

/// The hash of an enrolment link's token; `None` if it cannot be one.
pub(crate) fn link_hash(token: &str) -> Option<[u8; 32]> {
    Token::parse(token).map(|token| token.hash_for("passkeep enrolment link"))
}

fn hash(purpose: &str, text: &[u8]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(purpose.as_bytes());
    context.update(&[0]);
    context.update(text);
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// A new enrolment link for a site, and the hash of its token.
pub(crate) fn link_url(random: &dyn Random, site: &str) -> Result<(String, [u8; 32]), RandomError> {
    let token = Token::random(random)?;
    let url = format!("{site}/#enrol={}", token.to_text());
    Ok((url, token.hash_for("passkeep enrolment link")))
}

impl AppState {
    /// A new enrolment link for a site, and the hash of its token.
    pub(crate) fn enrolment_link(&self, site: &str) -> Result<(EnrolmentLink, [u8; 32]), ApiError> {
        let (url, hash) = link_url(&*self.random, site)?;
        let qr_svg = qr_svg(&url)?;
        let link = EnrolmentLink {
            url,
            qr_svg,
            expires_in: LINK_LIFETIME,
        };
        Ok((link, hash))
    }
}

/// A QR code of a text, as an image of modules of one unit with the quiet zone that readers need. Black on white in any
/// theme: many readers do not see the inverse.
fn qr_svg(text: &str) -> Result<String, ApiError> {
    use qrcode::render::svg;
    let code = qrcode::QrCode::new(text).map_err(ApiError::internal)?;
    Ok(code
        .render::<svg::Color<'_>>()
        .min_dimensions(240, 240)
        .build())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
            for (index, byte) in bytes.iter_mut().enumerate() {
                *byte = u8::try_from(index).unwrap() + 240;
            }
            Ok(())
        }
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = recovery_code(&Counting).unwrap();
        assert_eq!(code, "GHJK-MNPQ-RSTV-WXYZ");
        let expected = recovery_code_hash(&code);
        assert!(expected.is_some());
        for typed in ["ghjkmnpqrstvwxyz", " GHJK MNPQ  rstv-wxyz\n"] {
            assert_eq!(recovery_code_hash(typed), expected, "{typed}");
        }
        let zeros = recovery_code_hash("0000-0000-0000-1111");
        assert_eq!(recovery_code_hash("OooO-0000-0000-IiLl"), zeros);
    }

    #[test]
    fn what_cannot_be_a_code_is_none() {
        for typed in [
            "",
            "GHJK-MNPQ-RSTV-WXY",
            "GHJK-MNPQ-RSTV-WXYZ-0",
            "UUUU-0000-0000-0000",
            "ÄÄÄÄ",
        ] {
            assert_eq!(recovery_code_hash(typed), None, "{typed}");
        }
        assert_eq!(recovery_code_hash(&"é".repeat(100)), None);
    }

    #[test]
    fn a_qr_code_is_an_image_that_names_nothing_elsewhere() {
        let svg = qr_svg("https://example.org/#enrol=x").unwrap();
        assert!(svg.contains("<svg"), "{svg}");
        assert!(!svg.contains("script"), "{svg}");
    }
}
