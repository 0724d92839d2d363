//! The authenticator data, field by field. Source: L3 §6.1.

use passkeep_protocol::authenticator_data::Flags;
use sha2::{Digest as _, Sha256};

use crate::cbor::Value;

/// What becomes the authenticator data. Nothing is derived from anything else: the flags are written as they are here,
/// whether or not what they announce follows.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthenticatorData {
    /// SHA-256 of the RP ID; see [`rp_id_hash`].
    pub rp_id_hash: [u8; 32],
    /// The flags.
    pub flags: Flags,
    /// The signature counter.
    pub sign_count: u32,
    /// The new credential, if one is to follow.
    pub attested_credential_data: Option<AttestedCredentialData>,
    /// The extension outputs, if any are to follow. [`with_extensions`](Self::with_extensions) sets the flag too.
    pub extensions: Option<Value>,
}

/// A new credential. Source: L3 §6.5.1.
#[derive(Clone, Debug, PartialEq)]
pub struct AttestedCredentialData {
    /// The model of the authenticator.
    pub aaguid: [u8; 16],
    /// The credential id. A length above 65535 is written as 65535.
    pub credential_id: Vec<u8>,
    /// The public key.
    pub credential_public_key: Value,
}

/// SHA-256 of an RP ID.
#[must_use]
pub fn rp_id_hash(rp_id: &str) -> [u8; 32] {
    Sha256::digest(rp_id).into()
}

impl AuthenticatorData {
    /// Adds extension outputs, and the flag that announces them.
    #[must_use]
    pub fn with_extensions(mut self, outputs: Value) -> Self {
        self.flags.0 |= Flags::ED;
        self.extensions = Some(outputs);
        self
    }

    /// Writes the bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = self.rp_id_hash.to_vec();
        out.push(self.flags.0);
        out.extend_from_slice(&self.sign_count.to_be_bytes());
        if let Some(credential) = &self.attested_credential_data {
            let id = &credential.credential_id;
            out.extend_from_slice(&credential.aaguid);
            out.extend_from_slice(&u16::try_from(id.len()).unwrap_or(u16::MAX).to_be_bytes());
            out.extend_from_slice(id);
            out.extend_from_slice(&credential.credential_public_key.encode());
        }
        if let Some(extensions) = &self.extensions {
            out.extend_from_slice(&extensions.encode());
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use passkeep_protocol::authenticator_data as protocol;
    use passkeep_protocol::{Problem, Structure};

    use super::*;

    fn example() -> AuthenticatorData {
        AuthenticatorData {
            rp_id_hash: rp_id_hash("example.org"),
            flags: Flags(Flags::UP | Flags::AT),
            sign_count: 0x0102_0304,
            attested_credential_data: Some(AttestedCredentialData {
                aaguid: [0xaa; 16],
                credential_id: vec![0xc1; 1023],
                credential_public_key: Value::map([(1, Value::from(2))]),
            }),
            extensions: None,
        }
    }

    #[test]
    fn the_parser_reads_what_is_written() {
        let encoded = example()
            .with_extensions(Value::map([("x", true.into())]))
            .encode();
        let parsed = protocol::AuthenticatorData::parse(&encoded).unwrap();
        // L3 §16.1: the hash of "example.org" begins so in every vector.
        assert_eq!(parsed.rp_id_hash[..4], [0xbf, 0xab, 0xc3, 0x74]);
        assert_eq!(parsed.flags, Flags(Flags::UP | Flags::AT | Flags::ED));
        assert_eq!(parsed.sign_count, 0x0102_0304);
        let expected = protocol::AttestedCredentialData {
            aaguid: &[0xaa; 16],
            credential_id: &[0xc1; 1023],
            credential_public_key: &[0xa1, 0x01, 0x02],
        };
        assert_eq!(parsed.attested_credential_data, Some(expected));
        assert_eq!(parsed.extensions, Some(&b"\xa1\x61x\xf5"[..]));
    }

    #[test]
    fn flags_are_written_as_they_are() {
        let mut lying = example();
        lying.flags = Flags(Flags::UP);
        let refused = protocol::AuthenticatorData::parse(&lying.encode()).unwrap_err();
        assert_eq!(refused.structure, Structure::AuthenticatorData);
        assert_eq!(refused.problem, Problem::TrailingBytes);
    }
}
