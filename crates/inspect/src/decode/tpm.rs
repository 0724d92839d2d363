//! What TPMs say. Source: L3 §8.3; TPM 2.0 Library, Part 2.

use passkeep_protocol::tpm::{ATTEST_CERTIFY, GENERATED_VALUE};
use passkeep_protocol::tpm::{Algorithm, Attest, PublicArea, PublicKey};

use crate::node::{Node, Value};

pub(super) fn read_public(node: &mut Node, bytes: &[u8]) {
    let area = match PublicArea::parse(bytes) {
        Ok(area) => area,
        Err(malformed) => return node.blame(malformed),
    };
    let part = |name: &'static str, about, part: &[u8]| {
        let part_of = Node::new(name, about).with(Value::bytes(part));
        part_of.within(bytes, part)
    };
    node.children.extend([
        algorithm(
            "nameAlg",
            "the hash algorithm of the key's name",
            area.name_alg,
        ),
        Node::new(
            "objectAttributes",
            "what the TPM does with the key, as bits",
        )
        .with(Value::integer(area.object_attributes.into())),
        part(
            "authPolicy",
            "the hash of the policy that guards the key",
            area.auth_policy,
        ),
    ]);
    match area.key {
        PublicKey::Rsa {
            key_bits,
            exponent,
            modulus,
        } => {
            let meaning = (exponent == 0).then_some("65537");
            node.meaning = Some(format!("RSA with {key_bits} bits"));
            node.children.extend([
                Node::new("exponent", "the public exponent")
                    .with(Value::integer(exponent.into()))
                    .meaning(meaning),
                part("unique", "the modulus", modulus),
            ]);
        }
        PublicKey::Ecc { curve, x, y } => {
            let name = match curve {
                3 => Some("P-256"),
                4 => Some("P-384"),
                5 => Some("P-521"),
                _ => None,
            };
            node.meaning = name.map(str::to_owned);
            node.children.extend([
                Node::new("curveID", "the curve")
                    .with(Value::integer(curve.into()))
                    .meaning(name),
                part("x", "the x-coordinate of the point", x),
                part("y", "the y-coordinate of the point", y),
            ]);
        }
        _ => {}
    }
}

pub(super) fn read_attest(node: &mut Node, bytes: &[u8]) {
    let attest = match Attest::parse(bytes) {
        Ok(attest) => attest,
        Err(malformed) => return node.blame(malformed),
    };
    let part = |name: &'static str, about, part: &[u8]| {
        let part_of = Node::new(name, about).with(Value::bytes(part));
        part_of.within(bytes, part)
    };
    let magic = (attest.magic == GENERATED_VALUE).then_some("TPM_GENERATED_VALUE");
    let ty = (attest.ty == ATTEST_CERTIFY).then_some("TPM_ST_ATTEST_CERTIFY");
    node.children.extend([
        Node::new("magic", "whether the TPM made this itself")
            .with(Value::integer(attest.magic.into()))
            .meaning(magic)
            .at(0, 4),
        Node::new("type", "what is attested")
            .with(Value::integer(attest.ty.into()))
            .meaning(ty)
            .at(4, 6),
        part(
            "qualifiedSigner",
            "the name of the key that signed",
            attest.qualified_signer,
        ),
        part(
            "extraData",
            "the hash of the authenticator data and of the client data's hash",
            attest.extra_data,
        ),
        Node::new("firmwareVersion", "the version of the TPM's firmware")
            .with(Value::integer(attest.firmware_version.into())),
    ]);
    let name = attest.name.map(|name| {
        let about = "the name of the credential's key: its hash algorithm and its hash";
        part("attested.name", about, name)
    });
    node.children.extend(name);
}

fn algorithm(name: &'static str, about: &'static str, algorithm: Algorithm) -> Node {
    let meaning = match algorithm {
        Algorithm::SHA1 => Some("SHA-1"),
        Algorithm::SHA256 => Some("SHA-256"),
        Algorithm::SHA384 => Some("SHA-384"),
        Algorithm::SHA512 => Some("SHA-512"),
        _ => None,
    };
    let node = Node::new(name, about).with(Value::integer(algorithm.0.into()));
    node.meaning(meaning)
}
