//! The specification's own test vectors, made again from the recipe it gives for them. Source: L3 §16, "Test Vectors".
//!
//! The bytes are not copied here: the drafts of this kit make them, from the same derived values, and a test holds them
//! against digests of the published ones. That shows the kit to write what the specification writes.

use passkeep_protocol::authenticator_data::Flags;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::response::{AuthenticationResponseJson, RegistrationResponseJson};

use crate::certificate::CertificateAuthority;

mod certified;
mod recipe;

/// The RP ID of every vector.
pub const RP_ID: &str = "example.org";

/// The origin of every vector.
pub const ORIGIN: &str = "https://example.org";

/// The name of the one vector whose statement must be refused: its key description says neither what the key is for nor
/// where it was made, which L3 §8.4 asks for. [`REPAIRED`] is its repaired form.
pub const INCOMPLETE: &str = "android-key.ES256";

/// The name of the vector that the Candidate Recommendation of Level 3 has in the place of [`INCOMPLETE`].
pub const REPAIRED: &str = "android-key.ES256@L3-CR";

/// A registration and an authentication with the credential it made.
///
/// The specification gives no transports, user handle or extension results, so the responses have none.
#[derive(Clone, Debug)]
pub struct Ceremony {
    /// The vector's name in the specification's derivation, such as `none.ES256`. [`REPAIRED`] has the branch as well.
    pub name: &'static str,
    /// The algorithm of the credential.
    pub algorithm: CoseAlgorithm,
    /// The format of the attestation statement.
    pub fmt: &'static str,
    /// Whether the statement has a certificate, of [`attestation_root`].
    pub certified: bool,
    /// Whether the client data says that the caller was in a cross-origin frame.
    pub cross_origin: bool,
    /// The top-level origin, where the client data has one.
    pub top_origin: Option<&'static str>,
    /// The credential id.
    pub credential_id: Vec<u8>,
    /// The public key, as COSE bytes.
    pub public_key: Vec<u8>,
    /// The flags the registration set.
    pub registration_flags: Flags,
    /// The registration.
    pub registration: Registration,
    /// The authentication.
    pub authentication: Authentication,
}

/// The first half of a [`Ceremony`].
#[derive(Clone, Debug)]
pub struct Registration {
    /// The challenge.
    pub challenge: Vec<u8>,
    /// The response.
    pub response: RegistrationResponseJson,
}

/// The second half of a [`Ceremony`].
#[derive(Clone, Debug)]
pub struct Authentication {
    /// The challenge.
    pub challenge: Vec<u8>,
    /// The response.
    pub response: AuthenticationResponseJson,
}

/// The vectors of Level 3, in the specification's order, and then [`REPAIRED`].
///
/// Each is made when it is asked for. The one of `packed.RS256`, with a key of 3482 bits, takes a noticeable time in a
/// debug build.
///
/// ```
/// let none = passkeep_testkit::vectors::l3().next().unwrap();
/// assert_eq!(none.name, "none.ES256");
/// assert_eq!(none.registration.challenge[..2], [0x00, 0xc3]);
/// ```
pub fn l3() -> impl Iterator<Item = Ceremony> {
    recipe::RECIPES.iter().filter_map(recipe::Recipe::ceremony)
}

/// The authority whose certificate is the trust anchor of every vector. Source: L3 §16, "Attestation trust root
/// certificate".
///
/// ```
/// let root = passkeep_testkit::vectors::attestation_root();
/// assert_eq!(root.certificate.len(), 523);
/// ```
#[must_use]
pub fn attestation_root() -> CertificateAuthority {
    certified::attestation_root()
}

#[cfg(test)]
mod tests;
