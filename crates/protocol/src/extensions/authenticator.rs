//! What authenticators answer, in the signed authenticator data. Source: L3 §9.5; CTAP 2.2 §12.

use crate::cbor::{Decoder, Item};
use crate::error::{Malformed, Problem, Structure};

/// The largest extension outputs that are read, in bytes. Today's are below 200; the cap leaves room for an extension
/// of the future that carries a signature of its own.
pub const MAX_EXTENSION_OUTPUTS_BYTES: usize = 16 * 1024;

/// The longest `credBlob` that is read, in bytes. Authenticators keep at least 32. Source: CTAP 2.2 §12.2.
pub const MAX_CRED_BLOB_BYTES: usize = 1024;

/// The longest output of `hmac-secret`, in bytes: two outputs of 32, encrypted with an initialisation vector of 16.
/// Source: CTAP 2.2 §12.7.
pub const MAX_HMAC_SECRET_BYTES: usize = 80;

/// Authenticator extension outputs, borrowed from the authenticator data.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AuthenticatorExtensionOutputs<'a> {
    /// `credProtect`: the level, 1 to 3. See [`CredentialProtectionPolicy`](crate::names::CredentialProtectionPolicy).
    pub cred_protect: Option<u8>,
    /// `minPinLength`: in code points.
    pub min_pin_length: Option<u32>,
    /// `credBlob`.
    pub cred_blob: Option<CredBlobOutput<'a>>,
    /// `hmac-secret`, which is how authenticators do `prf`.
    pub hmac_secret: Option<HmacSecretOutput<'a>>,
    /// Extensions that are not known here: the identifier and one canonical CBOR item.
    pub other: Vec<(&'a str, &'a [u8])>,
}

/// What came of `credBlob`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CredBlobOutput<'a> {
    /// At registration: whether the bytes were kept.
    Stored(bool),
    /// At authentication: the bytes; empty when there are none.
    Blob(&'a [u8]),
}

/// What came of `hmac-secret`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HmacSecretOutput<'a> {
    /// At registration: whether the credential has a secret.
    Created(bool),
    /// At authentication: the outputs, encrypted for the client. A relying party cannot read them.
    Encrypted(&'a [u8]),
}

impl<'a> AuthenticatorExtensionOutputs<'a> {
    /// Reads the extension outputs: one canonical map from identifiers to outputs, and nothing left over.
    ///
    /// # Errors
    ///
    /// [`Problem::Unexpected`] with the identifier for an output of another type, [`Problem::TooLong`], or what
    /// [`crate::cbor`] finds.
    ///
    /// ```
    /// use passkeep_protocol::extensions::AuthenticatorExtensionOutputs;
    ///
    /// let outputs = AuthenticatorExtensionOutputs::parse(b"\xa1\x6bcredProtect\x02").unwrap();
    /// assert_eq!(outputs.cred_protect, Some(2));
    /// ```
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut decoder = Decoder::new(Structure::ExtensionOutputs, bytes);
        if bytes.len() > MAX_EXTENSION_OUTPUTS_BYTES {
            let cap = MAX_EXTENSION_OUTPUTS_BYTES;
            return Err(decoder.error(Problem::TooLong { cap }));
        }
        let mut outputs = Self::default();
        let mut keys = decoder.map("the extension outputs")?;
        while let Some(key) = keys.next(&mut decoder)? {
            let at = decoder.clone();
            match key {
                Item::Text("credProtect") => {
                    let level = match decoder.item()? {
                        Item::Unsigned(level @ 1..=3) => u8::try_from(level).ok(),
                        _ => None,
                    };
                    let unexpected = || at.error(Problem::Unexpected("credProtect"));
                    outputs.cred_protect = Some(level.ok_or_else(unexpected)?);
                }
                Item::Text("minPinLength") => {
                    let length = match decoder.item()? {
                        Item::Unsigned(length) => u32::try_from(length).ok(),
                        _ => None,
                    };
                    let unexpected = || at.error(Problem::Unexpected("minPinLength"));
                    outputs.min_pin_length = Some(length.ok_or_else(unexpected)?);
                }
                Item::Text("credBlob") => {
                    outputs.cred_blob = Some(match decoder.item()? {
                        Item::Bool(stored) => CredBlobOutput::Stored(stored),
                        Item::Bytes(blob) => {
                            CredBlobOutput::Blob(capped(&at, blob, MAX_CRED_BLOB_BYTES)?)
                        }
                        _ => return Err(at.error(Problem::Unexpected("credBlob"))),
                    });
                }
                Item::Text("hmac-secret") => {
                    outputs.hmac_secret = Some(match decoder.item()? {
                        Item::Bool(created) => HmacSecretOutput::Created(created),
                        Item::Bytes(outputs) => HmacSecretOutput::Encrypted(capped(
                            &at,
                            outputs,
                            MAX_HMAC_SECRET_BYTES,
                        )?),
                        _ => return Err(at.error(Problem::Unexpected("hmac-secret"))),
                    });
                }
                Item::Text(identifier) => outputs.other.push((identifier, decoder.any()?)),
                _ => return Err(at.error(Problem::Unexpected("an extension identifier"))),
            }
        }
        decoder.finish()?;
        Ok(outputs)
    }

    /// The names of what is answered.
    #[must_use]
    pub fn identifiers(&self) -> Vec<&'a str> {
        let known = [
            ("credProtect", self.cred_protect.is_some()),
            ("minPinLength", self.min_pin_length.is_some()),
            ("credBlob", self.cred_blob.is_some()),
            ("hmac-secret", self.hmac_secret.is_some()),
        ];
        let known = known.into_iter().filter(|(_, is_answered)| *is_answered);
        let known = known.map(|(name, _)| name);
        let other = self.other.iter().map(|(identifier, _)| *identifier);
        known.chain(other).collect()
    }
}

fn capped<'a>(at: &Decoder<'a>, bytes: &'a [u8], cap: usize) -> Result<&'a [u8], Malformed> {
    if bytes.len() > cap {
        return Err(at.error(Problem::TooLong { cap }));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(bytes: &[u8], offset: usize, problem: Problem) {
        let expected = Malformed::new(Structure::ExtensionOutputs, offset, problem);
        assert_eq!(AuthenticatorExtensionOutputs::parse(bytes), Err(expected));
    }

    #[test]
    fn a_registration_answers_with_levels_lengths_and_bools() {
        let bytes =
            b"\xa5\x63uvm\x80\x68credBlob\xf5\x6bcredProtect\x03\x6bhmac-secret\xf4\x6cminPinLength\x18\x3f";
        let outputs = AuthenticatorExtensionOutputs::parse(bytes).unwrap();
        let expected = AuthenticatorExtensionOutputs {
            cred_protect: Some(3),
            min_pin_length: Some(63),
            cred_blob: Some(CredBlobOutput::Stored(true)),
            hmac_secret: Some(HmacSecretOutput::Created(false)),
            other: vec![("uvm", &[0x80])],
        };
        assert_eq!(outputs, expected);
        assert_eq!(
            outputs.identifiers(),
            [
                "credProtect",
                "minPinLength",
                "credBlob",
                "hmac-secret",
                "uvm"
            ]
        );
    }

    #[test]
    fn an_assertion_answers_with_bytes() {
        let outputs =
            AuthenticatorExtensionOutputs::parse(b"\xa2\x68credBlob\x40\x6bhmac-secret\x41\x07")
                .unwrap();
        assert_eq!(outputs.cred_blob, Some(CredBlobOutput::Blob(&[])));
        assert_eq!(outputs.hmac_secret, Some(HmacSecretOutput::Encrypted(&[7])));
    }

    #[test]
    fn another_type_is_refused_with_the_identifier() {
        for level in [0x00, 0x04, 0xf5] {
            let bytes = [b"\xa1\x6bcredProtect", &[level][..]].concat();
            refused(&bytes, 13, Problem::Unexpected("credProtect"));
        }
        refused(
            b"\xa1\x6cminPinLength\x20",
            14,
            Problem::Unexpected("minPinLength"),
        );
        refused(b"\xa1\x68credBlob\x01", 10, Problem::Unexpected("credBlob"));
        refused(
            b"\xa1\x6bhmac-secret\x01",
            13,
            Problem::Unexpected("hmac-secret"),
        );
        refused(
            b"\xa1\x01\x01",
            2,
            Problem::Unexpected("an extension identifier"),
        );
    }

    #[test]
    fn the_map_is_canonical_and_alone() {
        refused(b"\xa0\x00", 1, Problem::TrailingBytes);
        refused(b"\x80", 0, Problem::Unexpected("the extension outputs"));
        refused(b"\xa2\x61b\xf5\x61a\xf5", 4, Problem::NotCanonical);
        refused(b"\xa2\x61a\xf5\x61a\xf5", 4, Problem::DuplicateKey);
    }

    #[test]
    fn lengths_have_caps() {
        let secret = [&b"\xa1\x6bhmac-secret\x58\x51"[..], &[0; 81]].concat();
        refused(&secret, 13, Problem::TooLong { cap: 80 });
        let blob = [&b"\xa1\x68credBlob\x59\x04\x01"[..], &[0; 1025]].concat();
        refused(&blob, 10, Problem::TooLong { cap: 1024 });
        let whole = vec![0; MAX_EXTENSION_OUTPUTS_BYTES + 1];
        refused(
            &whole,
            0,
            Problem::TooLong {
                cap: MAX_EXTENSION_OUTPUTS_BYTES,
            },
        );
    }
}
