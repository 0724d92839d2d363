//! The bytes an authenticator signs. Source: L3 §6.1.

use crate::cbor::Decoder;
use crate::error::{Malformed, Problem, Structure};
use crate::reader::Reader;

/// The longest credential id, in bytes. Source: L3 §6.5.1, "credentialIdLength".
pub const MAX_CREDENTIAL_ID_BYTES: usize = 1023;

/// Authenticator data, borrowed from the bytes it was read from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuthenticatorData<'a> {
    /// SHA-256 of the RP ID.
    pub rp_id_hash: &'a [u8; 32],
    /// What the authenticator says happened.
    pub flags: Flags,
    /// The signature counter.
    pub sign_count: u32,
    /// The new credential: there exactly when the AT flag is set.
    pub attested_credential_data: Option<AttestedCredentialData<'a>>,
    /// The extension outputs, one CBOR map: there exactly when the ED flag is set.
    pub extensions: Option<&'a [u8]>,
}

/// A new credential, as its authenticator describes it. Source: L3 §6.5.1.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AttestedCredentialData<'a> {
    /// The model of the authenticator, or zeros.
    pub aaguid: &'a [u8; 16],
    /// The credential id, at most [`MAX_CREDENTIAL_ID_BYTES`] bytes.
    pub credential_id: &'a [u8],
    /// The public key, one canonical CBOR map. See [`crate::cose`].
    pub credential_public_key: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    /// Reads authenticator data. The flags decide what follows the first 37 bytes, and nothing may be left over.
    ///
    /// # Errors
    ///
    /// [`Problem::Truncated`], [`Problem::TrailingBytes`], [`Problem::TooLong`] for the credential id, or what
    /// [`crate::cbor`] finds in the key or the extensions.
    ///
    /// ```
    /// use passkeep_protocol::authenticator_data::AuthenticatorData;
    ///
    /// // The hash of the RP ID, the flags UP and UV, and a counter of 7, as in an assertion.
    /// let bytes = [&[0x11; 32][..], &[0x05, 0, 0, 0, 7]].concat();
    /// let data = AuthenticatorData::parse(&bytes).unwrap();
    /// assert!(data.flags.user_present() && data.flags.user_verified());
    /// assert_eq!(data.sign_count, 7);
    /// assert!(data.attested_credential_data.is_none());
    /// ```
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(Structure::AuthenticatorData, bytes);
        let rp_id_hash = reader.take_array::<32>()?;
        let flags = Flags(reader.take_u8()?);
        let sign_count = u32::from_be_bytes(*reader.take_array()?);

        let attested_credential_data = if flags.attested_credential_data() {
            let aaguid = reader.take_array::<16>()?;
            let length_offset = reader.offset();
            let length = usize::from(u16::from_be_bytes(*reader.take_array()?));
            if length > MAX_CREDENTIAL_ID_BYTES {
                let cap = MAX_CREDENTIAL_ID_BYTES;
                return Err(reader.error_at(length_offset, Problem::TooLong { cap }));
            }
            Some(AttestedCredentialData {
                aaguid,
                credential_id: reader.take(length)?,
                credential_public_key: cbor_map(&mut reader, "the credential public key")?,
            })
        } else {
            None
        };
        let extensions = if flags.extension_data() {
            Some(cbor_map(&mut reader, "the extension outputs")?)
        } else {
            None
        };
        reader.finish()?;

        Ok(Self {
            rp_id_hash,
            flags,
            sign_count,
            attested_credential_data,
            extensions,
        })
    }
}

/// Takes one CBOR map from the reader. Only CBOR itself says where it ends.
fn cbor_map<'a>(reader: &mut Reader<'a>, what: &'static str) -> Result<&'a [u8], Malformed> {
    let mut decoder = Decoder::continuing(reader.clone());
    decoder.clone().map(what)?;
    let map = decoder.any()?;
    *reader = decoder.into_reader();
    Ok(map)
}

/// The flags byte. Source: L3 §6.1, "flags".
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Flags(pub u8);

impl Flags {
    /// Bit 0: the user is present.
    pub const UP: u8 = 0x01;
    /// Bit 2: the user is verified.
    pub const UV: u8 = 0x04;
    /// Bit 3: the credential may be backed up.
    pub const BE: u8 = 0x08;
    /// Bit 4: the credential is backed up.
    pub const BS: u8 = 0x10;
    /// Bit 6: attested credential data follows.
    pub const AT: u8 = 0x40;
    /// Bit 7: extension outputs follow.
    pub const ED: u8 = 0x80;

    /// UP: the user is present.
    #[must_use]
    pub fn user_present(self) -> bool {
        self.0 & Self::UP != 0
    }

    /// UV: the authenticator verified the user.
    #[must_use]
    pub fn user_verified(self) -> bool {
        self.0 & Self::UV != 0
    }

    /// BE: the credential may be backed up ("multi-device"). Fixed for the credential's life.
    #[must_use]
    pub fn backup_eligible(self) -> bool {
        self.0 & Self::BE != 0
    }

    /// BS: the credential is backed up now.
    #[must_use]
    pub fn backup_state(self) -> bool {
        self.0 & Self::BS != 0
    }

    /// AT: attested credential data follows.
    #[must_use]
    pub fn attested_credential_data(self) -> bool {
        self.0 & Self::AT != 0
    }

    /// ED: extension outputs follow.
    #[must_use]
    pub fn extension_data(self) -> bool {
        self.0 & Self::ED != 0
    }
}

impl core::fmt::Debug for Flags {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let names = [
            (Self::UP, "UP"),
            (0x02, "RFU1"),
            (Self::UV, "UV"),
            (Self::BE, "BE"),
            (Self::BS, "BS"),
            (0x20, "RFU2"),
            (Self::AT, "AT"),
            (Self::ED, "ED"),
        ];
        let set = names.into_iter().filter(|(bit, _)| self.0 & bit != 0);
        let set: Vec<_> = set.map(|(_, name)| name).collect();
        write!(f, "Flags({})", set.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 32 bytes of hash, the flags, a counter of 7, and `rest`.
    fn bytes(flags: u8, rest: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x11; 32];
        bytes.push(flags);
        bytes.extend_from_slice(&[0, 0, 0, 7]);
        bytes.extend_from_slice(rest);
        bytes
    }

    #[track_caller]
    fn refused(bytes: &[u8], offset: usize, problem: Problem) {
        let expected = Malformed::new(Structure::AuthenticatorData, offset, problem);
        assert_eq!(AuthenticatorData::parse(bytes), Err(expected));
    }

    #[test]
    fn thirty_seven_bytes_are_an_assertion() {
        let bytes = bytes(Flags::UP | Flags::UV, &[]);
        let parsed = AuthenticatorData::parse(&bytes).unwrap();
        assert_eq!(parsed.rp_id_hash, &[0x11; 32]);
        assert_eq!(format!("{:?}", parsed.flags), "Flags(UP UV)");
        assert_eq!(parsed.sign_count, 7);
        assert_eq!(parsed.attested_credential_data, None);
        assert_eq!(parsed.extensions, None);
        refused(&bytes[..36], 33, Problem::Truncated);
    }

    #[test]
    fn the_flags_decide_what_follows() {
        let mut attested = vec![0xaa; 16];
        attested.extend_from_slice(&[0, 2, 0xc1, 0xc2]);
        attested.extend_from_slice(&[0xa1, 0x01, 0x02]);
        attested.extend_from_slice(&[0xa1, 0x61, 0x78, 0xf5]);
        let parsed_from = bytes(Flags::UP | Flags::AT | Flags::ED, &attested);
        let parsed = AuthenticatorData::parse(&parsed_from).unwrap();
        let expected = AttestedCredentialData {
            aaguid: &[0xaa; 16],
            credential_id: &[0xc1, 0xc2],
            credential_public_key: &[0xa1, 0x01, 0x02],
        };
        assert_eq!(parsed.attested_credential_data, Some(expected));
        assert_eq!(parsed.extensions, Some(&[0xa1, 0x61, 0x78, 0xf5][..]));

        refused(
            &bytes(Flags::UP | Flags::AT, &attested),
            37 + 23,
            Problem::TrailingBytes,
        );
        refused(&bytes(Flags::UP, &attested), 37, Problem::TrailingBytes);
    }

    #[test]
    fn a_credential_id_has_at_most_1023_bytes() {
        let mut attested = vec![0; 16];
        attested.extend_from_slice(&1024u16.to_be_bytes());
        attested.extend_from_slice(&[0; 1024]);
        attested.push(0xa0);
        let problem = Problem::TooLong { cap: 1023 };
        refused(&bytes(Flags::AT, &attested), 37 + 16, problem);
    }

    #[test]
    fn extensions_are_one_map() {
        let problem = Problem::Unexpected("the extension outputs");
        refused(&bytes(Flags::ED, &[0x80]), 37, problem);
        refused(&bytes(Flags::ED, &[0xa0, 0xa0]), 38, Problem::TrailingBytes);
    }
}
