use core::fmt;
use core::ops::{Deref, DerefMut};

/// Bytes or text that are not in the format they claim to be in.
///
/// Says which structure, at which byte of it, and what was wrong there, so that it can be read alone in a log: the members of
/// [`Fault`], to which it dereferences. It never carries the bytes themselves.
///
/// It is one pointer, because nearly every function that reads may return one, and what is right should not be moved about
/// together with room for all that.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Malformed(Box<Fault>);

/// What a [`Malformed`] says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Fault {
    /// The structure that was being read.
    pub structure: Structure,
    /// Offset in bytes from the start of that structure.
    pub offset: usize,
    /// What was wrong there.
    pub problem: Problem,
}

impl Malformed {
    /// Says that `problem` is at that offset of the structure.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn new(structure: Structure, offset: usize, problem: Problem) -> Self {
        Self(Box::new(Fault {
            structure,
            offset,
            problem,
        }))
    }
}

impl Deref for Malformed {
    type Target = Fault;

    fn deref(&self) -> &Fault {
        &self.0
    }
}

impl DerefMut for Malformed {
    fn deref_mut(&mut self) -> &mut Fault {
        &mut self.0
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is malformed at byte {}: {}",
            self.structure, self.offset, self.problem
        )
    }
}

impl core::error::Error for Malformed {}

/// The structures this crate reads.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Structure {
    /// The CBOR map an authenticator's answer to `create()` arrives in. Source: L3 §6.5.4.
    AttestationObject,
    /// The part of it that proves where a credential comes from. Source: L3 §8.
    AttestationStatement,
    /// The bytes an authenticator signs, together with the hash of the client data. Source: L3 §6.1.
    AuthenticatorData,
    /// Unpadded base64url text. Source: L3 §3 (Dependencies), "Base64url encoding".
    Base64Url,
    /// An X.509 certificate in DER, or PEM text around it. Source: RFC 5280; RFC 7468.
    Certificate,
    /// The JSON the browser signs over. Source: L3 §5.8.1.
    ClientData,
    /// A credential public key in COSE form. Source: L3 §6.5.1.1; RFC 9052 §7.
    CoseKey,
    /// What Android says about a key, in an extension of its certificate. Source: L3 §8.4.1.
    KeyDescription,
    /// A certificate revocation list in DER. Source: RFC 5280 §5.
    RevocationList,
    /// The signed answer of SafetyNet, a compact JWS. Source: L3 §8.5.
    SafetyNetResponse,
    /// What a TPM signed, a `TPMS_ATTEST`. Source: L3 §8.3; TPM 2.0 Library, Part 2, §10.12.
    TpmAttest,
    /// A key inside a TPM, a `TPMT_PUBLIC`. Source: L3 §8.3; TPM 2.0 Library, Part 2, §12.2.
    TpmPublic,
    /// A signature by a TPM, a `TPMT_SIGNATURE`. Source: L3 §8.3; TPM 2.0 Library, Part 2, §11.3.
    TpmSignature,
    /// What an authenticator answers to extensions. Source: L3 §9.5.
    ExtensionOutputs,
    /// The JSON of a finished registration. Source: L3 §5.1, "RegistrationResponseJSON".
    RegistrationResponse,
    /// The JSON of a finished authentication. Source: L3 §5.1, "AuthenticationResponseJSON".
    AuthenticationResponse,
}

impl fmt::Display for Structure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AttestationObject => "the attestation object",
            Self::AttestationStatement => "the attestation statement",
            Self::AuthenticatorData => "the authenticator data",
            Self::Base64Url => "a base64url value",
            Self::Certificate => "a certificate",
            Self::ClientData => "the client data",
            Self::CoseKey => "the public key",
            Self::KeyDescription => "the key description",
            Self::RevocationList => "a revocation list",
            Self::SafetyNetResponse => "the SafetyNet response",
            Self::TpmAttest => "what the TPM signed",
            Self::TpmPublic => "the TPM's public area",
            Self::TpmSignature => "the TPM's signature",
            Self::ExtensionOutputs => "the authenticator's extension outputs",
            Self::RegistrationResponse => "the registration response",
            Self::AuthenticationResponse => "the authentication response",
        })
    }
}

/// What was wrong at the offset a [`Malformed`] names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Problem {
    /// The same map key occurs twice.
    DuplicateKey,
    /// A map or array is nested deeper than [`crate::cbor::MAX_DEPTH`].
    TooDeep,
    /// A length is above the cap named in the payload, in bytes or members.
    TooLong {
        /// The largest length that is accepted.
        cap: usize,
    },
    /// The input ended before the value did.
    Truncated,
    /// Bytes are left over after the structure is complete.
    TrailingBytes,
    /// A member that must be there is not.
    Missing(&'static str),
    /// A member has a type or value that the format does not allow.
    Unexpected(&'static str),
    /// The encoding is not the canonical one of CTAP2 (shortest integers, sorted keys, definite lengths).
    NotCanonical,
    /// The encoding is not DER (shortest definite lengths, tags and object identifiers).
    NotDer,
    /// Text that is not UTF-8.
    NotUtf8,
    /// Text that is not base64url without padding.
    NotBase64Url,
    /// Text that is not the JSON it must be.
    NotJson,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateKey => f.write_str("a map key occurs twice"),
            Self::TooDeep => f.write_str("it is nested too deeply"),
            Self::TooLong { cap } => write!(f, "a length is above the limit of {cap}"),
            Self::Truncated => f.write_str("it ends too early"),
            Self::TrailingBytes => f.write_str("bytes are left over after its end"),
            Self::Missing(what) => write!(f, "{what} is missing"),
            Self::Unexpected(what) => write!(f, "{what} is not as the format demands"),
            Self::NotCanonical => f.write_str("it is not canonical CBOR"),
            Self::NotDer => f.write_str("it is not DER"),
            Self::NotUtf8 => f.write_str("its text is not UTF-8"),
            Self::NotBase64Url => f.write_str("it is not unpadded base64url"),
            Self::NotJson => f.write_str("it is not the JSON it must be"),
        }
    }
}

/// Where in the text `serde_json` stopped. It counts lines from 1 and columns in bytes.
#[cfg(feature = "serde")]
pub(crate) fn json_offset(json: &str, error: &serde_json::Error) -> usize {
    let lines = json.split_inclusive('\n');
    let line_start = lines.take(error.line().saturating_sub(1));
    line_start.map(str::len).sum::<usize>() + error.column().saturating_sub(1)
}
