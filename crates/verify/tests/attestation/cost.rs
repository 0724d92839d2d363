//! How many signatures an attestation can make the relying party verify.

use std::cell::Cell;
use std::sync::LazyLock;

use passkeep_protocol::cose::KeyParameters;
use passkeep_testkit::attestation::compound::Compound;
use passkeep_testkit::attestation::packed::Packed;
use passkeep_testkit::certificate::{CertificateAuthority, oid};
use passkeep_verify::RelyingParty;
use passkeep_verify::algorithm::{AWS_LC_RS, Algorithm, CryptoProvider, SignatureScheme, Unfit};
use passkeep_verify::attestation::{AttestationType, Trust};
use passkeep_verify::certificate::path::{MAX_PATH_SIGNATURES, PathFault};
use passkeep_verify::trust::Untrusted;

use crate::{Ceremony, factory, part, path_error, pending, trusted, vendor};

thread_local! {
    /// A test has its thread, and so its count.
    static VERIFIED: Cell<u32> = const { Cell::new(0) };
}

static COUNTING: LazyLock<CryptoProvider> = LazyLock::new(|| {
    let algorithms = AWS_LC_RS.algorithms.iter();
    let counting = algorithms.map(|it| &*Box::leak(Box::new(Counting(*it))));
    let counting = counting.map(|it| it as &'static dyn Algorithm);
    CryptoProvider {
        name: "counting",
        algorithms: Vec::leak(counting.collect()),
    }
});

/// An algorithm that counts the signatures it is given.
struct Counting(&'static dyn Algorithm);

impl Algorithm for Counting {
    fn scheme(&self) -> SignatureScheme {
        self.0.scheme()
    }

    fn check_key(&self, key: &KeyParameters<'_>) -> Result<(), Unfit> {
        self.0.check_key(key)
    }

    fn verify(
        &self,
        key: &KeyParameters<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Unfit> {
        VERIFIED.set(VERIFIED.get() + 1);
        self.0.verify(key, message, signature)
    }
}

/// How many signatures were verified until the attestation was accepted, by a policy that accepts one that is not trusted,
/// and who vouches for it and for its parts.
fn cost(ceremony: Ceremony) -> (u32, Vec<Trust>) {
    let ceremony = ceremony.under(|policy| policy.untrusted = Untrusted::Accept);
    let mut config = ceremony.config();
    config.crypto = *COUNTING;
    let relying_party = RelyingParty::new(config).unwrap();
    let response = ceremony.signed(&relying_party).into_response();
    let verified =
        relying_party.finish_registration(pending(&relying_party), &response, crate::NOW);
    let verified = verified.unwrap();
    let outcome = verified.attestation_outcome();
    assert_eq!(outcome.ty, AttestationType::BasicOrAttCa);
    let parts = outcome.parts.iter().map(|part| part.as_ref().unwrap());
    let trusts = std::iter::once(outcome).chain(parts);
    (VERIFIED.get(), trusts.map(|it| it.trust.clone()).collect())
}

/// An attestation with sixteen certificates that all have the vendor's name, each issued by the last one that is tried.
fn crowd() -> Packed {
    let mut authority = CertificateAuthority::root("the crowd's first");
    let mut crowd = vec![authority.certificate.clone()];
    for number in 1..15_u8 {
        authority = authority.intermediate([number], |draft| draft.subject = draft.issuer.clone());
        crowd.push(authority.certificate.clone());
    }
    assert_eq!(authority.subject, vendor().subject);
    Packed::new(authority).with(move |draft| draft.chain.clone_from(&crowd))
}

fn untrusted(position: usize, fault: PathFault) -> Trust {
    let why = path_error(position, fault);
    Trust::Untrusted { why }
}

#[test]
fn an_honest_path_costs_a_signature_for_each_certificate() {
    let ceremony = Ceremony::of(Packed::new(factory()));
    assert_eq!(cost(ceremony), (1 + 2, vec![trusted()]));
}

#[test]
fn certificates_that_could_all_have_issued_each_other_are_not_all_tried() {
    // The first finds its issuer with the sixteenth signature, and the budget ends in the midst of the next search.
    let trust = untrusted(15, PathFault::TooManySignatures);
    let expected = (1 + MAX_PATH_SIGNATURES, vec![trust]);
    assert_eq!(cost(Ceremony::of(crowd())), expected);
}

#[test]
fn the_parts_of_a_compound_statement_share_one_budget() {
    let parts = (0..5).map(|_| part(crowd()));
    let (verified, trusts) = cost(Ceremony::of(Compound::new(parts)));
    assert_eq!(verified, 5 + MAX_PATH_SIGNATURES);
    let first = untrusted(15, PathFault::TooManySignatures);
    assert_eq!(trusts[1], first);
    let later = untrusted(0, PathFault::TooManySignatures);
    assert_eq!(trusts[2..], vec![later; 4]);
}

#[test]
fn no_certificate_is_verified_where_no_name_leads_to_an_anchor() {
    let stranger = CertificateAuthority::with_key(vendor().key, |draft| {
        draft.subject.set(oid::COMMON_NAME, "A stranger");
        draft.issuer = draft.subject.clone();
    });
    let ceremony = Ceremony::of(Packed::new(stranger.intermediate("theirs", |_| {})));
    let trust = untrusted(1, PathFault::IssuerUnknown);
    assert_eq!(cost(ceremony), (1, vec![trust]));
}
