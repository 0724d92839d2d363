//! What is inside a response: each structure is put together again from what was read of it.

use passkeep_protocol::attestation_object::{
    AttestationObject, MAX_ATTESTATION_OBJECT_BYTES, MAX_FORMAT_BYTES,
};
use passkeep_protocol::attestation_statement::{
    AndroidKeyStatement, AppleStatement, CompoundStatement, FidoU2fStatement, MAX_CERTIFICATES,
    MAX_PARTS, PackedStatement, SafetyNetStatement, TpmStatement,
};
use passkeep_protocol::authenticator_data::{AuthenticatorData, MAX_CREDENTIAL_ID_BYTES};
use passkeep_protocol::compat::{mend_attestation_object, mend_authenticator_data};
use passkeep_protocol::cose::{
    CoseAlgorithm, CoseKey, KeyParameters, MAX_AKP_PUBLIC_KEY_BYTES, MAX_CURVE_BYTES,
    MAX_RSA_MODULUS_BYTES,
};
use passkeep_protocol::extensions::{
    AuthenticatorExtensionOutputs, CredBlobOutput, HmacSecretOutput, MAX_CRED_BLOB_BYTES,
    MAX_EXTENSION_OUTPUTS_BYTES, MAX_HMAC_SECRET_BYTES,
};
use passkeep_protocol::tpm::{ATTEST_CERTIFY, Attest, PublicArea, PublicKey, Signature};
use passkeep_protocol::{Malformed, Structure};
use passkeep_testkit::cbor::Value;
use passkeep_testkit::cose;
use passkeep_verify::algorithm::AWS_LC_RS;

use crate::cbor::value;
use crate::property::{ends_where_it_says, read};

pub(crate) fn authenticator_data(input: &[u8]) {
    let parsed = AuthenticatorData::parse(input);
    let mended = mend_authenticator_data(input);
    let Some(data) = read(parsed, Structure::AuthenticatorData, input.len()) else {
        if let Some(mended) = mended {
            assert_eq!(mended.quirks.len(), 1);
            assert!(AuthenticatorData::parse(&mended.bytes).is_ok());
        }
        return;
    };
    let mut written = data.rp_id_hash.to_vec();
    written.push(data.flags.0);
    written.extend(data.sign_count.to_be_bytes());
    let attested = data.attested_credential_data;
    assert_eq!(attested.is_some(), data.flags.attested_credential_data());
    if let Some(attested) = attested {
        let length = attested.credential_id.len();
        assert!(length <= MAX_CREDENTIAL_ID_BYTES);
        written.extend(attested.aaguid);
        written.extend(u16::try_from(length).unwrap().to_be_bytes());
        written.extend(attested.credential_id);
        written.extend(value(attested.credential_public_key).encode());
    }
    assert_eq!(data.extensions.is_some(), data.flags.extension_data());
    written.extend(data.extensions.map(value).iter().flat_map(Value::encode));
    assert_eq!(written, input);
    ends_where_it_says(input, |input| AuthenticatorData::parse(input).is_ok());
}

pub(crate) fn attestation_object(input: &[u8]) {
    let parsed = AttestationObject::parse(input);
    let Some(object) = read(parsed, Structure::AttestationObject, input.len()) else {
        if let Some(mended) = mend_attestation_object(input) {
            assert_eq!((mended.quirks.len(), mended.bytes.len()), (1, input.len()));
            assert!(AttestationObject::parse(&mended.bytes).is_ok());
        }
        return;
    };
    assert!(input.len() <= MAX_ATTESTATION_OBJECT_BYTES);
    assert!(object.fmt.len() <= MAX_FORMAT_BYTES);
    let written = Value::map([
        ("fmt", Value::from(object.fmt)),
        ("attStmt", value(object.att_stmt)),
        ("authData", Value::from(object.auth_data)),
    ]);
    assert_eq!(written.encode(), input);
    ends_where_it_says(input, |input| AttestationObject::parse(input).is_ok());
    authenticator_data(object.auth_data);
    attestation_statement(object.att_stmt);
}

/// Reads the input as a statement of every format: only the members tell them apart.
pub(crate) fn attestation_statement(input: &[u8]) {
    statement(input, PackedStatement::parse, |it| {
        let mut members = vec![("alg", number(it.alg)), ("sig", it.sig.into())];
        members.extend(it.x5c.as_deref().map(|x5c| ("x5c", certificates(x5c))));
        members
    });
    statement(input, TpmStatement::parse, |it| {
        vec![
            ("ver", it.ver.into()),
            ("alg", number(it.alg)),
            ("x5c", certificates(&it.x5c)),
            ("sig", it.sig.into()),
            ("certInfo", it.cert_info.into()),
            ("pubArea", it.pub_area.into()),
        ]
    });
    statement(input, AndroidKeyStatement::parse, |it| {
        let x5c = certificates(&it.x5c);
        vec![
            ("alg", number(it.alg)),
            ("sig", it.sig.into()),
            ("x5c", x5c),
        ]
    });
    statement(input, SafetyNetStatement::parse, |it| {
        vec![("ver", it.ver.into()), ("response", it.response.into())]
    });
    statement(input, FidoU2fStatement::parse, |it| {
        vec![("sig", it.sig.into()), ("x5c", certificates(&it.x5c))]
    });
    statement(input, AppleStatement::parse, |it| {
        let mut members = vec![("x5c", certificates(&it.x5c))];
        members.extend(it.alg.map(|alg| ("alg", number(alg))));
        members
    });

    let compound = CompoundStatement::parse(input);
    let Some(compound) = read(compound, Structure::AttestationStatement, input.len()) else {
        return;
    };
    assert!((2..=MAX_PARTS).contains(&compound.parts.len()));
    let parts = compound.parts.iter();
    let parts =
        parts.map(|it| Value::map([("fmt", it.fmt.into()), ("attStmt", value(it.att_stmt))]));
    assert_eq!(Value::Array(parts.collect()).encode(), input);
    ends_where_it_says(input, |input| CompoundStatement::parse(input).is_ok());
}

fn statement<'a, T>(
    input: &'a [u8],
    parse: impl Fn(&'a [u8]) -> Result<T, Malformed>,
    members: impl Fn(&T) -> Vec<(&'static str, Value)>,
) {
    let parsed = parse(input);
    if let Some(statement) = read(parsed, Structure::AttestationStatement, input.len()) {
        assert_eq!(Value::map(members(&statement)).encode(), input);
    }
}

fn number(alg: CoseAlgorithm) -> Value {
    alg.0.into()
}

fn certificates(x5c: &[&[u8]]) -> Value {
    assert!((1..=MAX_CERTIFICATES).contains(&x5c.len()));
    Value::Array(x5c.iter().map(|der| Value::from(*der)).collect())
}

/// Also asks every algorithm whether it can use the key.
pub(crate) fn cose_key(input: &[u8]) {
    let Some(key) = read(CoseKey::parse(input), Structure::CoseKey, input.len()) else {
        return;
    };
    let written = match key.parameters {
        KeyParameters::Ec2 { crv, x, y } => {
            assert!(x.len().max(y.len()) <= MAX_CURVE_BYTES);
            cose::ec2(key.alg, crv, x, y)
        }
        KeyParameters::Okp { crv, x } => {
            assert!(x.len() <= MAX_CURVE_BYTES);
            cose::okp(key.alg, crv, x)
        }
        KeyParameters::Rsa { n, e } => {
            assert!(n.len().max(e.len()) <= MAX_RSA_MODULUS_BYTES);
            cose::rsa(key.alg, n, e)
        }
        KeyParameters::Akp { public_key } => {
            assert!(public_key.len() <= MAX_AKP_PUBLIC_KEY_BYTES);
            cose::akp(key.alg, public_key)
        }
        _ => panic!("a kind of key without a writer"),
    };
    assert_eq!(written.encode(), input);
    ends_where_it_says(input, |input| CoseKey::parse(input).is_ok());
    for algorithm in CoseAlgorithm::ALL {
        if let Some(algorithm) = AWS_LC_RS.algorithm(*algorithm) {
            let _ = algorithm.check_key(&key.parameters);
            let forged = algorithm.verify(&key.parameters, b"message", &[0x30, 0]);
            assert!(forged.is_err(), "two bytes are no signature of any key");
        }
    }
}

pub(crate) fn authenticator_extension_outputs(input: &[u8]) {
    let parsed = AuthenticatorExtensionOutputs::parse(input);
    let Some(outputs) = read(parsed, Structure::ExtensionOutputs, input.len()) else {
        return;
    };
    assert!(input.len() <= MAX_EXTENSION_OUTPUTS_BYTES);
    let mut members = Vec::new();
    if let Some(level) = outputs.cred_protect {
        members.push(("credProtect", Value::from(i64::from(level))));
    }
    if let Some(length) = outputs.min_pin_length {
        members.push(("minPinLength", Value::from(i64::from(length))));
    }
    if let Some(blob) = outputs.cred_blob {
        let value = match blob {
            CredBlobOutput::Stored(stored) => stored.into(),
            CredBlobOutput::Blob(blob) => {
                assert!(blob.len() <= MAX_CRED_BLOB_BYTES);
                blob.into()
            }
        };
        members.push(("credBlob", value));
    }
    if let Some(secret) = outputs.hmac_secret {
        let value = match secret {
            HmacSecretOutput::Created(created) => created.into(),
            HmacSecretOutput::Encrypted(secrets) => {
                assert!(secrets.len() <= MAX_HMAC_SECRET_BYTES);
                secrets.into()
            }
        };
        members.push(("hmac-secret", value));
    }
    let other = outputs.other.iter();
    members.extend(other.map(|(name, output)| (*name, value(output))));
    assert_eq!(members.len(), outputs.identifiers().len());
    assert_eq!(Value::map(members).encode(), input);
    ends_where_it_says(input, |input| {
        AuthenticatorExtensionOutputs::parse(input).is_ok()
    });
}

/// The clock is read and not kept, so only what says where the structure ends is held against it.
pub(crate) fn tpm_attest(input: &[u8]) {
    let Some(attest) = read(Attest::parse(input), Structure::TpmAttest, input.len()) else {
        return;
    };
    let mut head = attest.magic.to_be_bytes().to_vec();
    head.extend(attest.ty.to_be_bytes());
    head.extend(sized(attest.qualified_signer));
    head.extend(sized(attest.extra_data));
    assert!(input.starts_with(&head));
    let rest = &input[head.len() + 17..];
    assert!(rest.starts_with(&attest.firmware_version.to_be_bytes()));
    assert_eq!(attest.name.is_some(), attest.ty == ATTEST_CERTIFY);
    if let Some(name) = attest.name {
        assert!(rest[8..].starts_with(&sized(name)));
        ends_where_it_says(input, |input| Attest::parse(input).is_ok());
    }
}

pub(crate) fn tpm_public_area(input: &[u8]) {
    let Some(area) = read(PublicArea::parse(input), Structure::TpmPublic, input.len()) else {
        return;
    };
    let mut head = area.name_alg.0.to_be_bytes().to_vec();
    head.extend(area.object_attributes.to_be_bytes());
    head.extend(sized(area.auth_policy));
    assert!(input[2..].starts_with(&head));
    let tail = match area.key {
        PublicKey::Rsa {
            key_bits,
            exponent,
            modulus,
        } => [
            &key_bits.to_be_bytes()[..],
            &exponent.to_be_bytes(),
            &sized(modulus),
        ]
        .concat(),
        PublicKey::Ecc { x, y, .. } => [sized(x), sized(y)].concat(),
        _ => panic!("a kind of key without a writer"),
    };
    assert!(input.ends_with(&tail));
    ends_where_it_says(input, |input| PublicArea::parse(input).is_ok());
}

pub(crate) fn tpm_signature(input: &[u8]) {
    let parsed = Signature::parse(input);
    let Some(signature) = read(parsed, Structure::TpmSignature, input.len()) else {
        return;
    };
    let written = match signature {
        Signature::Rsa { scheme, hash, sig } => [
            &scheme.0.to_be_bytes()[..],
            &hash.0.to_be_bytes(),
            &sized(sig),
        ]
        .concat(),
        Signature::Ecdsa { hash, r, s } => {
            let scheme = passkeep_protocol::tpm::Algorithm::ECDSA;
            let head = [scheme.0.to_be_bytes(), hash.0.to_be_bytes()].concat();
            [head, sized(r), sized(s)].concat()
        }
        _ => panic!("a kind of signature without a writer"),
    };
    assert_eq!(written, input);
    ends_where_it_says(input, |input| Signature::parse(input).is_ok());
}

/// Two bytes of length, and the bytes.
fn sized(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    [&length.to_be_bytes(), bytes].concat()
}
