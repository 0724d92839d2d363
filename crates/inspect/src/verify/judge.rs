//! From a document to a verdict, by the verbs that the server uses too.

use passkeep_protocol::attestation_object::AttestationObject;
use passkeep_protocol::authenticator_data::AuthenticatorData;
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::names::UserVerificationRequirement;
use passkeep_protocol::response::{AuthenticationResponseJson, RegistrationResponseJson};
use passkeep_protocol::{Malformed, Problem};
use passkeep_verify::algorithm::CryptoProvider;
use passkeep_verify::attestation::AttestationFormat;
use passkeep_verify::ceremony::Fresh;
use passkeep_verify::embedding::Embedding;
use passkeep_verify::origin::Origin;
use passkeep_verify::start::{
    AuthenticationRequest, Mediation, NewCredentialUser, RegistrationRequest,
};
use passkeep_verify::trust::{TrustAnchor, TrustPolicy, UnknownFormat};
use passkeep_verify::{
    Candidate, CeremonyId, Challenge, RelyingParty, RelyingPartyConfig, Timestamp, UserHandle,
};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::document::{self, AcceptAttestation, Document, Kind};
use super::report::Report;

/// What cannot be used, in words.
type Unusable = String;

pub(super) fn judge(
    document: &Document,
    now: Option<Timestamp>,
    provider: CryptoProvider,
) -> Result<Report, Unusable> {
    let relying_party = relying_party(document, provider)?;
    let now = match (document.now.as_deref(), now) {
        (Some(text), _) => parse_time(text)?,
        (None, Some(now)) => now,
        (None, None) => return Err("this machine's clock is out of range; give now".to_owned()),
    };
    let challenge = Challenge::new(document.challenge.as_slice())
        .ok_or("challenge must have 16 to 1024 bytes")?;
    let fresh = Fresh {
        id: CeremonyId([0; 16]),
        challenge,
        now,
    };
    match document.kind {
        Kind::Registration => registration(document, &relying_party, fresh),
        Kind::Authentication => authentication(document, &relying_party, fresh),
    }
}

fn relying_party(document: &Document, provider: CryptoProvider) -> Result<RelyingParty, Unusable> {
    let origins = origins("origins", &document.origins)?;
    // Origins of other domains are those that share the RP ID by `/.well-known/webauthn`.
    let is_own = |origin: &Origin| origin.host().is_none() || origin.may_use_rp_id(&document.rp_id);
    let (own, related) = origins.into_iter().partition::<Vec<_>, _>(is_own);
    let requirement = document.user_verification.clone();
    let requirement = requirement.unwrap_or(UserVerificationRequirement::Preferred);
    if let UserVerificationRequirement::Unknown(value) = &requirement {
        return Err(format!("user_verification cannot be {value:?}"));
    }
    let top_origins = self::origins("top_origins", &document.top_origins)?;
    if !document.cross_origin && !top_origins.is_empty() {
        return Err("top_origins needs cross_origin to be true".to_owned());
    }
    let trust = trust(document)?;
    let mut config = RelyingPartyConfig::with_trust(&document.rp_id, "", own, provider, trust);
    config.related_origins = related;
    config.user_verification = requirement;
    config.algorithms = document.algorithms.clone().unwrap_or_else(|| {
        let all = CoseAlgorithm::ALL.iter().copied();
        all.filter(|id| provider.algorithm(*id).is_some()).collect()
    });
    if document.cross_origin {
        config.embedding = Embedding::InFramesOf(top_origins);
    }
    RelyingParty::new(config).map_err(|misuse| misuse.to_string())
}

fn trust(document: &Document) -> Result<TrustPolicy, Unusable> {
    let anchors = if needs_attestation(document) {
        anchors(document)?
    } else {
        Vec::new()
    };
    let mut trust = TrustPolicy::with_anchors(anchors);
    match document.accept_attestation {
        AcceptAttestation::Any => trust.unknown_format = UnknownFormat::AcceptUnverified,
        AcceptAttestation::Trusted => trust = trust.refusing_untrusted(),
    }
    // What a deployed relying party accepts is not known here, so no format is refused for its name alone.
    trust.formats.extend(AttestationFormat::ALL);
    Ok(trust)
}

/// Whether the ceremony may need more of attestations than that there is none.
pub(super) fn needs_attestation(document: &Document) -> bool {
    document.roots.is_some() || (document.kind == Kind::Registration && is_attested(document))
}

/// Whether there may be a statement. No where the response cannot be read, because it is not judged then.
fn is_attested(document: &Document) -> bool {
    let response = RegistrationResponseJson::parse(document.response.get().as_bytes());
    response.is_ok_and(|response| {
        let object = AttestationObject::parse(response.response.attestation_object.as_slice());
        // One that has to be mended first may have any.
        object.map_or(true, |object| object.fmt != AttestationFormat::None.name())
    })
}

/// Who is believed.
#[inline(never)]
fn anchors(document: &Document) -> Result<Vec<TrustAnchor>, Unusable> {
    let unreadable = |error| format!("roots cannot be read: {error}");
    let Some(roots) = &document.roots else {
        return TrustPolicy::built_in_anchors().map_err(unreadable);
    };
    let mut anchors = Vec::new();
    for text in roots.texts() {
        anchors.extend(TrustAnchor::from_pem(text).map_err(unreadable)?);
    }
    if anchors.is_empty() {
        return Err("roots has no certificate in PEM".to_owned());
    }
    Ok(anchors)
}

fn origins(member: &str, texts: &[String]) -> Result<Vec<Origin>, Unusable> {
    let parse = |text: &String| {
        Origin::parse(text).map_err(|error| format!("{member}: {text:?} is no origin: {error}"))
    };
    texts.iter().map(parse).collect()
}

fn registration(
    document: &Document,
    relying_party: &RelyingParty,
    fresh: Fresh,
) -> Result<Report, Unusable> {
    let text = document.response.get();
    let response = RegistrationResponseJson::parse(text.as_bytes());
    let response = response.map_err(unreadable(text, RegistrationResponseJson::explain))?;
    if document.credential.is_some() {
        return Err("credential belongs to an authentication".to_owned());
    }
    let now = fresh.now;
    let handle = document.user_handle.as_ref();
    let mut request = RegistrationRequest::new(NewCredentialUser {
        handle: handle.map_or_else(|| handle_of(b"?"), |handle| handle_of(handle.as_slice()))?,
        name: String::new(),
        display_name: String::new(),
    });
    if document.mediation == Some(document::Mediation::Conditional) {
        request.mediation = Mediation::Conditional;
        request.user_verification = document.user_verification.clone();
    }
    let (_, pending) = relying_party.start_registration(request, fresh);
    let traced = relying_party.trace_registration(pending, &response, now);
    Ok(Report::registration(traced))
}

fn authentication(
    document: &Document,
    relying_party: &RelyingParty,
    fresh: Fresh,
) -> Result<Report, Unusable> {
    let text = document.response.get();
    let response = AuthenticationResponseJson::parse(text.as_bytes());
    let response = response.map_err(unreadable(text, AuthenticationResponseJson::explain))?;
    let credential = document.credential.as_ref();
    let credential = credential.ok_or("an authentication needs credential")?;
    let now = fresh.now;

    let known = document.user_handle.as_ref().map(Bytes::as_slice);
    let known = known.map(handle_of).transpose()?;
    let owner = credential.user_handle.as_ref().map(Bytes::as_slice);
    // Whose the credential is, when the document does not say: the known account's, or whose the response says it is.
    let owner = match (owner, &known) {
        (Some(owner), _) => handle_of(owner)?,
        (None, Some(known)) => known.clone(),
        (None, None) => handle_of(response.response.user_handle().unwrap_or(b"?"))?,
    };
    let request = match known {
        None => AuthenticationRequest::anyone(),
        Some(known) => AuthenticationRequest::account(known, Vec::new()),
    };
    let (_, pending) = relying_party.start_authentication(request, fresh);
    let data = AuthenticatorData::parse(response.response.authenticator_data.as_slice());
    let received = data.is_ok_and(|data| data.flags.backup_eligible());
    let candidate = Candidate {
        id: &credential.id,
        user: &owner,
        public_key: credential.public_key.as_slice(),
        sign_count: credential.sign_count,
        uv_initialized: true,
        backup_eligible: credential.backup_eligible.unwrap_or(received),
    };
    let traced = relying_party.trace_authentication(pending, &response, candidate, now);
    Ok(Report::authentication(traced))
}

/// Says what is wrong with a response: the member too, which the error for logs does not name.
fn unreadable(
    text: &str,
    explain: impl Fn(&str) -> Option<String>,
) -> impl Fn(Malformed) -> Unusable {
    let object = text.starts_with('{');
    move |malformed| match explain(text) {
        _ if !object => "response cannot be read: it must be a JSON object".to_owned(),
        Some(why) if malformed.problem == Problem::NotJson => {
            format!("response cannot be read: {why}")
        }
        _ => format!("response cannot be read: {malformed}"),
    }
}

fn handle_of(bytes: &[u8]) -> Result<UserHandle, Unusable> {
    UserHandle::new(bytes).ok_or_else(|| "a user handle has 1 to 64 bytes".to_owned())
}

fn parse_time(text: &str) -> Result<Timestamp, Unusable> {
    let parsed = OffsetDateTime::parse(text, &Rfc3339);
    let parsed = parsed
        .map_err(|error| format!("now must be in RFC 3339, as 2026-11-23T10:00:00Z is: {error}"))?;
    let seconds = u64::try_from(parsed.unix_timestamp());
    let seconds = seconds.map_err(|_| "now must be after 1970".to_owned())?;
    Ok(Timestamp(seconds * 1000 + u64::from(parsed.millisecond())))
}
