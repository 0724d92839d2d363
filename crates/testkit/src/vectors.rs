//! The specification's own test vectors, made again from the recipe it gives for them. Source: L3 §16, "Test Vectors".
//!
//! The bytes are not copied here: the drafts of this kit make them, from the same derived values, and a test holds them
//! against digests of the published ones. That shows the kit to write what the specification writes.

use std::sync::Arc;

use passkeep_protocol::authenticator_data::Flags;
use passkeep_protocol::bytes::encode_base64url;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::response::{AuthenticationResponseJson, RegistrationResponseJson};

use crate::attestation::AttestationFormat;
use crate::attestation::none::NoAttestation;
use crate::attestation::packed::PackedSelf;
use crate::authentication::AuthenticationDraft;
use crate::authenticator_data::{AttestedCredentialData, AuthenticatorData, rp_id_hash};
use crate::client_data::ClientData;
use crate::draws::Draws;
use crate::registration::{Envelope, RegistrationDraft};
use crate::signing::{PrivateKey, ecdsa, eddsa, rsa};

/// The RP ID of every vector.
pub const RP_ID: &str = "example.org";

/// The origin of every vector.
pub const ORIGIN: &str = "https://example.org";

/// A registration and an authentication with the credential it made.
///
/// The specification gives no transports, user handle or extension results, so the responses have none.
#[derive(Clone, Debug)]
pub struct Ceremony {
    /// The vector's name in the specification's derivation, such as `none.ES256`.
    pub name: &'static str,
    /// The algorithm of the credential.
    pub algorithm: CoseAlgorithm,
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
    /// The registration. `None` where its statement has a certificate, which this kit does not issue.
    pub registration: Option<Registration>,
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

/// The vectors of Level 3 that this kit can make, in the specification's order: those without attestation, with self
/// attestation, and the authentications of two other algorithms.
///
/// Each is made when it is asked for. The last but one, with an RSA key of 3482 bits, takes a noticeable time in a debug
/// build.
///
/// ```
/// let none = passkeep_testkit::vectors::l3().next().unwrap();
/// assert_eq!(none.name, "none.ES256");
/// assert_eq!(none.registration.unwrap().challenge[..2], [0x00, 0xc3]);
/// ```
pub fn l3() -> impl Iterator<Item = Ceremony> {
    RECIPES.iter().filter_map(Recipe::ceremony)
}

/// What sets one vector apart from the others.
struct Recipe {
    name: &'static str,
    algorithm: CoseAlgorithm,
    attestation: Attestation,
    credential_id_length: usize,
    cross_origin: bool,
    top_origin: Option<&'static str>,
}

enum Attestation {
    None,
    PackedSelf,
    Certified,
}

const ES256: Recipe = Recipe {
    name: "none.ES256",
    algorithm: CoseAlgorithm::ES256,
    attestation: Attestation::None,
    credential_id_length: 32,
    cross_origin: false,
    top_origin: None,
};

const RECIPES: &[Recipe] = &[
    ES256,
    Recipe {
        name: "packed-self.ES256",
        attestation: Attestation::PackedSelf,
        ..ES256
    },
    Recipe {
        name: "none.ES256.crossOrigin",
        cross_origin: true,
        ..ES256
    },
    Recipe {
        name: "none.ES256.topOrigin",
        cross_origin: true,
        top_origin: Some("https://example.com"),
        ..ES256
    },
    Recipe {
        name: "none.ES256.long-credential-id",
        credential_id_length: 1023,
        ..ES256
    },
    Recipe {
        name: "packed.RS256",
        algorithm: CoseAlgorithm::RS256,
        attestation: Attestation::Certified,
        ..ES256
    },
    Recipe {
        name: "packed.EdDSA",
        algorithm: CoseAlgorithm::EDDSA,
        attestation: Attestation::Certified,
        ..ES256
    },
];

impl Recipe {
    /// Makes the ceremony. The order of the draws is the specification's, and each moves all that follow. `None` if the
    /// recipe's key cannot be made.
    fn ceremony(&self) -> Option<Ceremony> {
        let mut draws = Draws::new(b"WebAuthn test vectors", self.name);

        let challenge = draws.bytes(32);
        let key = self.key(&mut draws)?;
        let client_data = self.client_data("webauthn.create", &challenge, &mut draws);
        let aaguid = draws.array();
        let credential_id = draws.bytes(self.credential_id_length);
        let [random_flags] = draws.array();
        let mut flags =
            Flags::UP | Flags::AT | (random_flags & (Flags::UV | Flags::BE | Flags::BS));
        if flags & Flags::BE == 0 {
            flags &= !Flags::BS;
        }
        let registration_flags = Flags(flags);

        let envelope = Envelope {
            credential_id: credential_id.clone(),
            transports: Vec::new(),
            authenticator_attachment: None,
            client_extension_results: Default::default(),
        };
        let attestation: Option<Arc<dyn AttestationFormat>> = match self.attestation {
            Attestation::None => Some(Arc::new(NoAttestation)),
            Attestation::PackedSelf => Some(Arc::new(PackedSelf)),
            Attestation::Certified => {
                let _attestation_key: [u8; 32] = draws.array();
                let _certificate_serial_number: [u8; 16] = draws.array();
                None
            }
        };
        let registration = attestation.map(|attestation| {
            let draft = RegistrationDraft {
                client_data,
                authenticator_data: AuthenticatorData {
                    rp_id_hash: rp_id_hash(RP_ID),
                    flags: registration_flags,
                    sign_count: 0,
                    attested_credential_data: Some(AttestedCredentialData {
                        aaguid,
                        credential_id: credential_id.clone(),
                        credential_public_key: key.public_key(),
                    }),
                    extensions: None,
                },
                attestation,
                key: Arc::clone(&key),
                envelope: envelope.clone(),
            };
            Registration {
                challenge,
                response: draft.into_response(),
            }
        });

        let challenge = draws.bytes(32);
        let client_data = self.client_data("webauthn.get", &challenge, &mut draws);
        let [random_flags] = draws.array();
        let backup_eligible = registration_flags.0 & Flags::BE;
        let mut flags = Flags::UP | backup_eligible | (random_flags & (Flags::UV | Flags::BS));
        if backup_eligible == 0 {
            flags &= !Flags::BS;
        }
        let draft = AuthenticationDraft {
            client_data,
            authenticator_data: AuthenticatorData {
                rp_id_hash: rp_id_hash(RP_ID),
                flags: Flags(flags),
                sign_count: 0,
                attested_credential_data: None,
                extensions: None,
            },
            key: Arc::clone(&key),
            user_handle: None,
            envelope,
        };
        Some(Ceremony {
            name: self.name,
            algorithm: self.algorithm,
            cross_origin: self.cross_origin,
            top_origin: self.top_origin,
            credential_id,
            public_key: key.public_key().encode(),
            registration_flags,
            registration,
            authentication: Authentication {
                challenge,
                response: draft.into_response(),
            },
        })
    }

    fn key(&self, draws: &mut Draws) -> Option<Arc<dyn PrivateKey>> {
        match self.algorithm {
            CoseAlgorithm::RS256 => {
                let [p, q] = [1279, 2203].map(mersenne);
                Some(Arc::new(rsa::Key::from_primes(rsa::RS256, &p, &q)?))
            }
            CoseAlgorithm::EDDSA => {
                let seed = draws.array();
                Some(Arc::new(eddsa::Ed25519Key::from_seed(eddsa::EDDSA, &seed)))
            }
            _ => {
                let scalar: [u8; 32] = draws.array();
                Some(Arc::new(ecdsa::Key::from_scalar(ecdsa::ES256, &scalar)?))
            }
        }
    }

    fn client_data(&self, ty: &str, challenge: &[u8], draws: &mut Draws) -> ClientData {
        let mut extra = Vec::new();
        let [random_flags] = draws.array();
        if random_flags & 1 != 0 {
            let random = encode_base64url(&draws.array::<16>());
            let text = format!(
                "clientDataJSON may be extended with additional fields in the future, such as this: {random}"
            );
            extra.push(("extraData".to_owned(), text.into()));
        }
        ClientData {
            ty: ty.to_owned(),
            challenge: encode_base64url(challenge),
            origin: ORIGIN.to_owned(),
            cross_origin: Some(self.cross_origin),
            top_origin: self.top_origin.map(str::to_owned),
            extra,
        }
    }
}

/// 2 to the power of `exponent`, minus 1; for an exponent that is no multiple of 8.
fn mersenne(exponent: usize) -> Vec<u8> {
    let mut bytes = vec![0xff; exponent / 8 + 1];
    if let Some(first) = bytes.first_mut() {
        *first = (1 << (exponent % 8)) - 1;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Value;
    use sha2::{Digest as _, Sha256};

    use super::*;

    /// Of each vector as the W3C published it (`index.bs` at commit 146d0db0): SHA-256 of the registration's client data
    /// and attestation object, and of the authentication's authenticator data, client data and signature. The registrations
    /// that this kit cannot make have no digest.
    const DIGESTS: [(&str, Option<&str>, &str); 7] = [
        (
            "none.ES256",
            Some("ca116797d5733da69f40faafb9b8db9f3b9bf01aef951e4092f366a00199a57c"),
            "51f88ba36a5fc7dac2c8448f78d26e018ac7bd09ee414d79572026fd014a36f4",
        ),
        (
            "packed-self.ES256",
            Some("fd0d89d617360cd0de376a18b8416a646bffc223d671fdfa3225d3eb86193628"),
            "f04d30c37e47d62e1a8272ea42aa62d80d32ff4fab955209a3bcb2827bb7fa42",
        ),
        (
            "none.ES256.crossOrigin",
            Some("2326afe295be7a996ee6b96eecb95b6e68d871bfb1ed50259614cfd0aaac4000"),
            "c2616949905872d0d015ca2426ea09e1bd2151f29e1f2fff09e0d8123ddaafda",
        ),
        (
            "none.ES256.topOrigin",
            Some("4c9d95e4521ed0b6b6e2afaa37f308143151ebbde039550ee36b07b03bb6b248"),
            "03eb72cf96829fbebe01544b878143e4a52424b50c59492844f8bbd695d03a91",
        ),
        (
            "none.ES256.long-credential-id",
            Some("cd55eafcd226de9025858c83e98edf5f7a2a22218c1e031a4a918c10faa01ba5"),
            "b64abc4ec62f630444f7dd61d72f9fe5e0907c9bdf53d47010f6035b97f30c69",
        ),
        (
            "packed.RS256",
            None,
            "1c07a27751cbd730daf24a542b9bd6b9be3152f4361666b99945f007fac3dab6",
        ),
        (
            "packed.EdDSA",
            None,
            "045bb6ab03480f53d54fcdd9acf0ee7833647e72fcfb4bcb70fdfead58ebd8c0",
        ),
    ];

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The responses' bytes under the names the specification prints them with.
    fn registration_fields(registration: &Registration) -> [(&'static str, Vec<u8>); 3] {
        let response = registration.response.response.clone();
        [
            ("challenge", registration.challenge.clone()),
            ("clientDataJSON", response.client_data_json.into_vec()),
            ("attestationObject", response.attestation_object.into_vec()),
        ]
    }

    fn authentication_fields(authentication: &Authentication) -> [(&'static str, Vec<u8>); 4] {
        let response = authentication.response.response.clone();
        [
            ("challenge", authentication.challenge.clone()),
            ("authenticatorData", response.authenticator_data.into_vec()),
            ("clientDataJSON", response.client_data_json.into_vec()),
            ("signature", response.signature.into_vec()),
        ]
    }

    /// The digest of all fields but the challenge, which the client data repeats.
    fn digest<const N: usize>(fields: [(&str, Vec<u8>); N]) -> String {
        let fields: Vec<_> = fields.into_iter().skip(1).collect();
        let bytes: Vec<_> = fields.into_iter().flat_map(|(_, bytes)| bytes).collect();
        hex(&Sha256::digest(bytes))
    }

    #[test]
    fn the_published_bytes_are_made_again() {
        let made: Vec<_> = l3().collect();
        assert_eq!(made.len(), DIGESTS.len());
        for (made, (name, registration, authentication)) in made.iter().zip(DIGESTS) {
            assert_eq!(made.name, name);
            let digest_made = made.registration.as_ref().map(registration_fields);
            let digest_made = digest_made.map(digest);
            assert_eq!(digest_made.as_deref(), registration, "{name} registration");
            let digest_made = digest(authentication_fields(&made.authentication));
            assert_eq!(digest_made, authentication, "{name} authentication");
        }
        compare_with_the_published_file(&made);
    }

    /// Where the published vectors lie on this machine, a difference is shown field by field. `PASSKEEP_L3_VECTORS` names
    /// the file; it need not exist unless it is named.
    fn compare_with_the_published_file(made: &[Ceremony]) {
        let default = Path::new(env!("CARGO_MANIFEST_DIR"));
        let default = default.join("../../../shared/vectors/webauthn-l3.json");
        let named = std::env::var_os("PASSKEEP_L3_VECTORS");
        let path = named.as_ref().map_or(default, Into::into);
        if named.is_none() && !path.exists() {
            eprintln!("skipped the comparison byte by byte: PASSKEEP_L3_VECTORS is not set");
            return;
        }
        let published: Vec<Value> = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        for ceremony in made {
            let published = published
                .iter()
                .find(|it| it["name"] == ceremony.name)
                .unwrap();
            let check = |half: &str, fields: &[(&str, Vec<u8>)]| {
                for (field, bytes) in fields {
                    let name = ceremony.name;
                    assert_eq!(published[half][field], hex(bytes), "{name} {half} {field}");
                }
            };
            if let Some(registration) = &ceremony.registration {
                check("registration", &registration_fields(registration));
            }
            check(
                "authentication",
                &authentication_fields(&ceremony.authentication),
            );
            let key = &published["decoded"]["credential_public_key_cose"];
            assert_eq!(*key, hex(&ceremony.public_key), "{}", ceremony.name);
            let flags = &published["decoded"]["registration_flags"]["raw"];
            assert_eq!(
                *flags,
                hex(&[ceremony.registration_flags.0]),
                "{}",
                ceremony.name
            );
            let id = &published["registration"]["credential_id"];
            assert_eq!(*id, hex(&ceremony.credential_id), "{}", ceremony.name);
        }
    }
}
