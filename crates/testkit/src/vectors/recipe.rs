//! What sets one vector apart from the others, and how it is made.

use std::sync::Arc;

use passkeep_protocol::authenticator_data::Flags;
use passkeep_protocol::bytes::encode_base64url;
use passkeep_protocol::cose::CoseAlgorithm;

use super::{
    Authentication, Ceremony, INCOMPLETE, ORIGIN, REPAIRED, RP_ID, Registration, certified,
};
use crate::attestation::AttestationFormat;
use crate::attestation::none::NoAttestation;
use crate::attestation::packed::PackedSelf;
use crate::authentication::AuthenticationDraft;
use crate::authenticator_data::{AttestedCredentialData, AuthenticatorData, rp_id_hash};
use crate::client_data::ClientData;
use crate::draws::Draws;
use crate::registration::{Envelope, RegistrationDraft};
use crate::signing::{self, PrivateKey, rsa};

/// What sets one vector apart from the others.
pub(super) struct Recipe {
    name: &'static str,
    /// The name that its values are derived from, where that is another.
    derived_as: Option<&'static str>,
    algorithm: CoseAlgorithm,
    attestation: Attestation,
    challenge_length: usize,
    credential_id_length: usize,
    cross_origin: bool,
    top_origin: Option<&'static str>,
}

/// How a vector is attested.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Attestation {
    None,
    PackedSelf,
    Packed,
    Tpm,
    AndroidKey,
    AndroidKeyRepaired,
    Apple,
    FidoU2f,
}

const ES256: Recipe = Recipe {
    name: "none.ES256",
    derived_as: None,
    algorithm: CoseAlgorithm::ES256,
    attestation: Attestation::None,
    challenge_length: 32,
    credential_id_length: 32,
    cross_origin: false,
    top_origin: None,
};

const PACKED: Recipe = Recipe {
    name: "packed.ES256",
    attestation: Attestation::Packed,
    ..ES256
};

/// The vectors, in the specification's order.
pub(super) const RECIPES: &[Recipe] = &[
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
    PACKED,
    Recipe {
        name: "packed.ES384",
        algorithm: CoseAlgorithm::ES384,
        ..PACKED
    },
    Recipe {
        name: "packed.ES512",
        algorithm: CoseAlgorithm::ES512,
        challenge_length: 128,
        ..PACKED
    },
    Recipe {
        name: "packed.RS256",
        algorithm: CoseAlgorithm::RS256,
        ..PACKED
    },
    Recipe {
        name: "packed.EdDSA",
        algorithm: CoseAlgorithm::EDDSA,
        ..PACKED
    },
    Recipe {
        name: "packed.Ed448",
        algorithm: CoseAlgorithm::ED448,
        ..PACKED
    },
    Recipe {
        name: "tpm.ES256",
        attestation: Attestation::Tpm,
        ..ES256
    },
    Recipe {
        name: INCOMPLETE,
        attestation: Attestation::AndroidKey,
        ..ES256
    },
    Recipe {
        name: "apple.ES256",
        attestation: Attestation::Apple,
        ..ES256
    },
    Recipe {
        name: "fido-u2f.ES256",
        attestation: Attestation::FidoU2f,
        ..ES256
    },
    Recipe {
        name: REPAIRED,
        derived_as: Some(INCOMPLETE),
        attestation: Attestation::AndroidKeyRepaired,
        ..ES256
    },
];

impl Recipe {
    /// Makes the ceremony. The order of the draws is the specification's, and each moves all that follow. `None` if the
    /// recipe's key cannot be made.
    pub(super) fn ceremony(&self) -> Option<Ceremony> {
        let purpose = self.derived_as.unwrap_or(self.name);
        let mut draws = Draws::new(b"WebAuthn test vectors", purpose);

        let challenge = draws.bytes(self.challenge_length);
        let key = self.key(&mut draws)?;
        let client_data = self.client_data("webauthn.create", &challenge, &mut draws);
        let aaguid = draws.array();
        let credential_id = draws.bytes(self.credential_id_length);
        let registration_flags = self.registration_flags(&mut draws);
        let attestation: Arc<dyn AttestationFormat> = match self.attestation {
            Attestation::None => Arc::new(NoAttestation),
            Attestation::PackedSelf => Arc::new(PackedSelf),
            certified => certified::format(certified, &mut draws)?,
        };

        let envelope = Envelope {
            credential_id: credential_id.clone(),
            transports: Vec::new(),
            authenticator_attachment: None,
            client_extension_results: Default::default(),
        };
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
            attestation: Arc::clone(&attestation),
            key: Arc::clone(&key),
            envelope: envelope.clone(),
        };
        let registration = Registration {
            challenge,
            response: draft.into_response(),
        };

        let challenge = draws.bytes(self.challenge_length);
        let client_data = self.client_data("webauthn.get", &challenge, &mut draws);
        let draft = AuthenticationDraft {
            client_data,
            authenticator_data: AuthenticatorData {
                rp_id_hash: rp_id_hash(RP_ID),
                flags: authentication_flags(registration_flags, &mut draws),
                sign_count: 0,
                attested_credential_data: None,
                extensions: None,
            },
            key: Arc::clone(&key),
            user_handle: None,
            envelope,
        };
        let uncertified = [Attestation::None, Attestation::PackedSelf];
        Some(Ceremony {
            name: self.name,
            algorithm: self.algorithm,
            fmt: attestation.identifier(),
            certified: !uncertified.contains(&self.attestation),
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
        if self.algorithm == CoseAlgorithm::RS256 {
            let [p, q] = [1279, 2203].map(mersenne);
            return Some(Arc::new(rsa::Key::from_primes(rsa::RS256, &p, &q)?));
        }
        Some(signing::algorithm(self.algorithm)?.generate(draws))
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

    /// Drawn, but for a U2F key, which has neither user verification nor backups.
    fn registration_flags(&self, draws: &mut Draws) -> Flags {
        let mut flags = Flags::UP | Flags::AT;
        if self.attestation != Attestation::FidoU2f {
            let [random_flags] = draws.array();
            flags |= random_flags & (Flags::UV | Flags::BE | Flags::BS);
        }
        if flags & Flags::BE == 0 {
            flags &= !Flags::BS;
        }
        Flags(flags)
    }
}

fn authentication_flags(registration: Flags, draws: &mut Draws) -> Flags {
    let [random_flags] = draws.array();
    let backup_eligible = registration.0 & Flags::BE;
    let mut flags = Flags::UP | backup_eligible | (random_flags & (Flags::UV | Flags::BS));
    if backup_eligible == 0 {
        flags &= !Flags::BS;
    }
    Flags(flags)
}

/// 2 to the power of `exponent`, minus 1; for an exponent that is no multiple of 8.
fn mersenne(exponent: usize) -> Vec<u8> {
    let mut bytes = vec![0xff; exponent / 8 + 1];
    if let Some(first) = bytes.first_mut() {
        *first = (1 << (exponent % 8)) - 1;
    }
    bytes
}
