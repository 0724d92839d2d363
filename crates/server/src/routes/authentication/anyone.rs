//! The answer to a start that names nobody, which pages ask for most: an armed autofill does each time it is shown.

use passkeep_protocol::api::AuthenticationStarted;
use passkeep_protocol::bytes::{Bytes, with_base64url};
use passkeep_verify::ceremony::Fresh;
use passkeep_verify::start::AuthenticationRequest;
use passkeep_verify::{CeremonyId, Challenge, RelyingParty, Timestamp};

/// The JSON of all those answers, which differ in the ceremony and in the challenge only, and those are base64url. So they are put
/// together from the same texts rather than written by serde, which looks at every character for something to escape.
#[derive(Debug)]
pub(crate) struct AnyoneStarted {
    before_ceremony: String,
    before_challenge: String,
    after: String,
}

impl AnyoneStarted {
    /// For that relying party; nothing if its answers are not put together like this.
    pub(crate) fn new(rp: &RelyingParty) -> Option<Self> {
        let fresh = Fresh {
            id: CeremonyId([0; 16]),
            challenge: Challenge::from([0; 32]),
            now: Timestamp(0),
        };
        let (options, _) = rp.start_authentication(AuthenticationRequest::anyone(), fresh);
        let challenge = options.challenge.to_base64url();
        let ceremony = "(ceremony)";
        let started = AuthenticationStarted {
            ceremony: ceremony.to_owned(),
            options,
            expires_in: rp.lifetime_seconds(),
        };
        let json = serde_json::to_string(&started).ok()?;
        let (before_ceremony, rest) = json.split_once(ceremony)?;
        let (before_challenge, after) = rest.split_once(&challenge)?;
        Some(Self {
            before_ceremony: before_ceremony.to_owned(),
            before_challenge: before_challenge.to_owned(),
            after: after.to_owned(),
        })
    }

    /// The answer with a ceremony and a challenge.
    pub(crate) fn json(&self, ceremony: &str, challenge: &Bytes) -> Vec<u8> {
        with_base64url(challenge.as_slice(), |challenge| {
            let parts = [
                self.before_ceremony.as_bytes(),
                ceremony.as_bytes(),
                self.before_challenge.as_bytes(),
                challenge,
                self.after.as_bytes(),
            ];
            parts.concat()
        })
    }
}

#[cfg(test)]
mod tests {
    use passkeep_verify::RelyingPartyConfig;
    use passkeep_verify::algorithm::AWS_LC_RS;
    use passkeep_verify::origin::Origin;

    use super::*;

    #[test]
    fn the_answer_is_what_serde_would_write() {
        let origin = Origin::parse("https://example.org").unwrap();
        let mut config = RelyingPartyConfig::new("example.org", "Example", vec![origin], AWS_LC_RS);
        config.app_id = Some("https://example.org/app-id.json".to_owned());
        let rp = RelyingParty::new(config).unwrap();
        let fresh = Fresh {
            id: CeremonyId([1; 16]),
            challenge: Challenge::from([0xfb; 32]),
            now: Timestamp(1_800_000_000_000),
        };
        let (options, _) = rp.start_authentication(AuthenticationRequest::anyone(), fresh);
        let started = AuthenticationStarted {
            ceremony: "BQ-_".to_owned(),
            options,
            expires_in: rp.lifetime_seconds(),
        };
        let put_together = AnyoneStarted::new(&rp).unwrap();
        let json = put_together.json(&started.ceremony, &started.options.challenge);
        assert_eq!(json, serde_json::to_vec(&started).unwrap());
    }
}
