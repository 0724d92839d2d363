//! PEM text around certificates, read without IO. [RFC 7468 §5]
//!
//! [RFC 7468 §5]: https://www.rfc-editor.org/rfc/rfc7468#section-5

use passkeep_protocol::{Malformed, Problem, Structure};

use crate::base64::{self, Padding};
use crate::certificate::MAX_CERTIFICATE_BYTES;

/// The most certificates in one text. The largest bundles in use, of all the web's roots, have about 150.
pub const MAX_PEM_CERTIFICATES: usize = 1024;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The certificates in a text, in DER. What stands between them is passed over, as bundles explain themselves there.
///
/// # Errors
///
/// [`Malformed`] in [`Structure::Certificate`], with the offset in the text: [`Problem::Missing`] when there is no
/// certificate or one has no end, [`Problem::Unexpected`] for what is not base64, and [`Problem::TooLong`].
///
/// ```
/// use passkeep_verify::trust::pem;
///
/// let text = "A root:\n-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
/// assert_eq!(pem::decode(text).unwrap(), [[0x30, 0x00]]);
/// ```
pub fn decode(text: &str) -> Result<Vec<Vec<u8>>, Malformed> {
    let mut certificates = Vec::new();
    let mut rest = text;
    let error = |rest: &str, problem| {
        Malformed::new(Structure::Certificate, text.len() - rest.len(), problem)
    };
    while let Some((_, after)) = rest.split_once(BEGIN) {
        let (body, next) = after
            .split_once(END)
            .ok_or_else(|| error(after, Problem::Missing("the end of a PEM certificate")))?;
        let cap = MAX_PEM_CERTIFICATES;
        if certificates.len() == cap {
            return Err(error(after, Problem::TooLong { cap }));
        }
        // Base64 has four characters for three bytes, and lines have ends.
        let cap = MAX_CERTIFICATE_BYTES * 2;
        if body.len() > cap {
            return Err(error(after, Problem::TooLong { cap }));
        }
        let der = base64::decode(body, Padding::Required);
        let problem = Problem::Unexpected("the base64 of a PEM certificate");
        certificates.push(der.ok_or_else(|| error(after, problem))?);
        rest = next;
    }
    if certificates.is_empty() {
        return Err(error(rest, Problem::Missing("a PEM certificate")));
    }
    Ok(certificates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, offset: usize, problem: Problem) {
        let expected = Malformed::new(Structure::Certificate, offset, problem);
        assert_eq!(decode(text), Err(expected));
    }

    #[test]
    fn several_certificates_with_words_between_them() {
        let text = format!("one\n{BEGIN}\r\nMA\r\nAA\r\n{END}\ntwo\n{BEGIN}\nMAE=\n{END}");
        assert_eq!(decode(&text), Ok(vec![vec![0x30, 0, 0], vec![0x30, 1]]));
    }

    #[test]
    fn broken_text_is_refused() {
        refused("nothing", 0, Problem::Missing("a PEM certificate"));
        let open = format!("{BEGIN}MAA=");
        refused(&open, 27, Problem::Missing("the end of a PEM certificate"));
        let odd = format!("{BEGIN}MA%={END}");
        let problem = Problem::Unexpected("the base64 of a PEM certificate");
        refused(&odd, 27, problem);
        let long = format!("{BEGIN}{}{END}", "A".repeat(32_769));
        refused(&long, 27, Problem::TooLong { cap: 32_768 });
    }
}
