//! What the two check lists share.

use std::collections::BTreeSet;

use passkeep_protocol::Malformed;
use passkeep_protocol::authenticator_data::AuthenticatorData;
use passkeep_protocol::bytes::{encode_base64url, is_base64url_of};
use passkeep_protocol::client_data::CollectedClientData;
use passkeep_protocol::compat::{Mended, Quirk};
use passkeep_protocol::extensions::{
    AuthenticationExtensionsClientOutputsJson, AuthenticatorExtensionOutputs,
};
use passkeep_protocol::names::{
    AuthenticatorAttachment, AuthenticatorTransport, PublicKeyCredentialType,
};

use crate::ceremony::Demands;
use crate::check::Check;
use crate::embedding::Embedding;
use crate::extensions::RequestedExtensions;
use crate::finding::{Finding, FindingAction, FindingPolicy};
use crate::origin::Origin;
use crate::rejection::{Rejection, VerifyError};
use crate::relying_party::RelyingParty;
use crate::trace::{Observer, Outcome, compared};
use crate::values::{Challenge, Timestamp};

/// The ceremony is still open. Its last millisecond counts.
pub(crate) fn lifetime(
    watch: &mut impl Observer,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), VerifyError> {
    watch.ensure(
        Check::CeremonyLifetime,
        now <= expires_at,
        || compared(expires_at, now),
        || Rejection::CeremonyExpired,
    )
}

/// The envelope of a credential: its type, and that its two ids are one.
pub(crate) fn envelope(
    watch: &mut impl Observer,
    ty: &PublicKeyCredentialType,
    id: &str,
    raw_id: &[u8],
) -> Result<(), VerifyError> {
    watch.ensure(
        Check::CredentialType,
        *ty == PublicKeyCredentialType::PublicKey,
        || compared(PublicKeyCredentialType::PublicKey, ty),
        || Rejection::CredentialTypeUnknown,
    )?;
    watch.ensure(
        Check::CredentialIdText,
        is_base64url_of(id, raw_id),
        || compared(encode_base64url(raw_id), id),
        || Rejection::CredentialIdTextDiffers,
    )
}

/// How many findings of one kind are kept. No client and no authenticator that is honest comes near it.
const MOST_OF_A_KIND: usize = 16;

/// What was noticed so far, under the policy that says what may be.
pub(crate) struct Notices<'a> {
    policy: &'a FindingPolicy,
    found: Vec<Finding>,
}

impl<'a> Notices<'a> {
    /// Begins with the ways in which the response departed from its format.
    pub(crate) fn new(policy: &'a FindingPolicy, quirks: &[Quirk]) -> Self {
        let mut notices = Self {
            policy,
            found: Vec::new(),
        };
        for quirk in quirks {
            notices.add((*quirk).into());
        }
        notices
    }

    /// Keeps a finding. Whether the policy refuses it is judged at the list's end, with all of them.
    pub(crate) fn add(&mut self, finding: Finding) {
        if !self.found.contains(&finding) {
            self.found.push(finding);
        }
    }

    /// Keeps a finding that has a check of its own; says whether the policy accepts it.
    pub(crate) fn accepts(&mut self, finding: Finding) -> bool {
        let accepted = self.policy.action(finding.kind()) == FindingAction::Report;
        self.found.push(finding);
        accepted
    }

    /// Reads bytes strictly, or, where a named rule puts them right, what the rule makes of them. Hashes and signatures
    /// are taken over the bytes as they came in either case.
    pub(crate) fn read<'b, T>(
        &mut self,
        bytes: &'b [u8],
        mended: &'b mut Vec<u8>,
        parse: impl Fn(&'b [u8]) -> Result<T, Malformed>,
        mend: impl FnOnce(&[u8]) -> Option<Mended>,
    ) -> Result<T, Malformed> {
        parse(bytes).or_else(|malformed| {
            let found = mend(bytes).ok_or(malformed)?;
            for quirk in found.quirks {
                self.add(quirk.into());
            }
            *mended = found.bytes;
            parse(mended)
        })
    }

    /// The extension outputs: the signed ones are in their form, and what there is to notice in all of them is noticed.
    pub(crate) fn extensions(
        &mut self,
        watch: &mut impl Observer,
        requested: &RequestedExtensions,
        client: &AuthenticationExtensionsClientOutputsJson,
        signed: Option<&[u8]>,
    ) -> Result<(), VerifyError> {
        let check = Check::AuthenticatorExtensions;
        let signed = match signed {
            None => {
                watch.not_applicable(check, "the authenticator answers none");
                None
            }
            Some(signed) => {
                let outputs = AuthenticatorExtensionOutputs::parse(signed);
                let shown = |it: &AuthenticatorExtensionOutputs<'_>| {
                    compared("outputs in their form", it.identifiers().join(", "))
                };
                Some(watch.judged(check, outputs, shown)?)
            }
        };
        self.extend(requested.findings(client, signed.as_ref()));
        Ok(())
    }

    /// Keeps findings that differ from each other and from those before, and of each kind so many at most: a client can make up as
    /// many names as a response has room for.
    fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            let of_kind = self.found.iter().filter(|it| it.kind() == finding.kind());
            if of_kind.count() < MOST_OF_A_KIND {
                self.found.push(finding);
            }
        }
    }

    /// Keeps the transports that are not known here, each once.
    pub(crate) fn transports(&mut self, transports: &[AuthenticatorTransport]) {
        // Extended, not collected, here and below: collecting sorts, which is kilobytes of code in a page.
        let mut unknown = BTreeSet::new();
        unknown.extend(transports.iter().filter_map(|transport| match transport {
            AuthenticatorTransport::Unknown(received) => Some(received),
            _ => None,
        }));
        self.extend(
            unknown
                .into_iter()
                .map(|received| Finding::UnknownTransport {
                    received: received.to_string(),
                }),
        );
    }

    /// Keeps an attachment that is not known here.
    pub(crate) fn attachment(&mut self, attachment: Option<&AuthenticatorAttachment>) {
        if let Some(AuthenticatorAttachment::Unknown(received)) = attachment {
            let received = received.to_string();
            self.add(Finding::UnknownAttachment { received });
        }
    }

    /// Keeps the members of the client data that are not known here, each once.
    fn client_data_members(&mut self, unknown: &[String]) {
        let mut names = BTreeSet::new();
        names.extend(unknown.iter().cloned());
        let names = names.into_iter();
        self.extend(names.map(|name| Finding::UnknownClientDataMember { name }));
    }

    /// The last check of both lists: nothing was noticed that the policy refuses.
    pub(crate) fn judge(self, watch: &mut impl Observer) -> Result<Vec<Finding>, VerifyError> {
        let codes = || {
            let codes = self.found.iter().map(|finding| finding.kind().code());
            compared(
                "none that the policy refuses",
                codes.collect::<Vec<_>>().join(", "),
            )
        };
        let mut kinds = self.found.iter().map(Finding::kind);
        match kinds.find(|kind| self.policy.action(*kind) == FindingAction::Reject) {
            None => watch.record(Check::Findings, Outcome::Passed, codes),
            Some(kind) => {
                watch.record(Check::Findings, Outcome::Failed, codes);
                return Err(Rejection::FindingRefused { kind }.into());
            }
        }
        Ok(self.found)
    }
}

/// What a ceremony expects of the client data.
pub(crate) struct ExpectedClientData<'a> {
    pub(crate) ty: &'static str,
    pub(crate) challenge: &'a Challenge,
}

impl RelyingParty {
    /// The client data: that it can be read, and its type, challenge, origin and framing.
    pub(crate) fn check_client_data(
        &self,
        watch: &mut impl Observer,
        client_data_json: &[u8],
        expected: &ExpectedClientData<'_>,
        notices: &mut Notices<'_>,
    ) -> Result<String, VerifyError> {
        // [L3 §7.1 and §7.2, "Let JSONtext be the result of running UTF-8 decode"]
        let client_data = CollectedClientData::parse(client_data_json);
        let client_data = watch.judged(Check::ClientDataJson, client_data, |_| {
            compared("a JSON object", String::from_utf8_lossy(client_data_json))
        })?;

        notices.client_data_members(&client_data.unknown_members);

        // [L3 §7.1 and §7.2, "Verify that the value of C.type"]
        watch.ensure(
            Check::ClientDataType,
            client_data.ty == expected.ty,
            || compared(expected.ty, &client_data.ty),
            || Rejection::ClientDataTypeDiffers {
                received: client_data.ty.clone().into_owned(),
            },
        )?;

        // [L3 §7.1 and §7.2, "Verify that the value of C.challenge"], compared in its encoded form.
        let challenge = expected.challenge;
        watch.ensure(
            Check::ClientDataChallenge,
            challenge.is_shown_as(&client_data.challenge),
            || compared(challenge.to_base64url(), &client_data.challenge),
            || Rejection::ChallengeDiffers,
        )?;

        // [L3 §7.1 and §7.2, "Verify that the value of C.origin"]
        let config = &self.config;
        let related = config.related_origins.iter();
        let mut related = related.map(Origin::as_str);
        let accepted = config.origins.accepts(&client_data.origin)
            || related.any(|origin| origin == client_data.origin);
        watch.ensure(
            Check::ClientDataOrigin,
            accepted,
            || {
                let origins = config.origins.exact().iter();
                let origins = origins.chain(&config.related_origins).map(Origin::as_str);
                compared(origins.collect::<Vec<_>>().join(", "), &client_data.origin)
            },
            || Rejection::OriginNotAccepted {
                received: client_data.origin.clone().into_owned(),
                difference: config.origins.difference(&client_data.origin),
            },
        )?;

        // [L3 §7.1 and §7.2, "If C.crossOrigin is present and set to true"]
        let embedding = &self.config.embedding;
        watch.ensure(
            Check::ClientDataCrossOrigin,
            !client_data.cross_origin || embedding.accepts_frames(),
            || compared(embedding.accepts_frames(), client_data.cross_origin),
            || Rejection::CrossOriginNotAccepted,
        )?;

        // [L3 §7.1 and §7.2, "If C.topOrigin is present"]
        let Some(top_origin) = client_data.top_origin.as_deref() else {
            if client_data.cross_origin && !matches!(embedding, Embedding::Any(_)) {
                notices.add(Finding::TopOriginMissing);
            }
            watch.not_applicable(Check::ClientDataTopOrigin, "topOrigin is absent");
            return Ok(client_data.origin.into_owned());
        };
        watch.ensure(
            Check::ClientDataTopOrigin,
            embedding.accepts(top_origin),
            || compared(embedding, top_origin),
            || Rejection::TopOriginNotAccepted {
                received: top_origin.to_owned(),
            },
        )?;
        Ok(client_data.origin.into_owned())
    }

    /// The RP ID. A ceremony begun under another one ends here too.
    pub(crate) fn check_rp_id_hash(
        &self,
        watch: &mut impl Observer,
        begun_under: &str,
        expected: &[u8; 32],
        data: &AuthenticatorData<'_>,
    ) -> Result<(), VerifyError> {
        watch.ensure(
            Check::RpIdHash,
            begun_under == self.config.id && data.rp_id_hash == expected,
            || {
                compared(
                    encode_base64url(expected),
                    encode_base64url(data.rp_id_hash),
                )
            },
            || Rejection::RpIdHashDiffers,
        )
    }

    /// The flags that both ceremonies judge alike.
    pub(crate) fn check_flags(
        &self,
        watch: &mut impl Observer,
        data: &AuthenticatorData<'_>,
        demands: Demands,
    ) -> Result<(), VerifyError> {
        // [L3 §7.1, "If options.mediation is not set to conditional"]; [L3 §7.2, "Verify that the UP bit"]
        if demands.user_presence {
            watch.ensure(
                Check::UserPresent,
                data.flags.user_present(),
                || compared("UP set", format_args!("{:?}", data.flags)),
                || Rejection::UserNotPresent,
            )?;
        } else {
            watch.not_applicable(Check::UserPresent, "the ceremony does not require it");
        }

        // [L3 §7.1, "If the Relying Party requires user verification"]; [L3 §7.2, "Determine whether user verification"]
        if demands.user_verification {
            watch.ensure(
                Check::UserVerified,
                data.flags.user_verified(),
                || compared("UV set", format_args!("{:?}", data.flags)),
                || Rejection::UserNotVerified,
            )?;
        } else {
            watch.not_applicable(Check::UserVerified, "the ceremony does not require it");
        }

        // [L3 §7.1 and §7.2, "If the BE bit of the flags in authData is not set"]
        let (eligible, state) = (data.flags.backup_eligible(), data.flags.backup_state());
        watch.ensure(
            Check::BackupFlags,
            eligible || !state,
            || {
                compared(
                    "BS clear unless BE is set",
                    format_args!("{:?}", data.flags),
                )
            },
            || Rejection::BackupStateWithoutEligibility,
        )
    }

    /// BS, if the policy uses it.
    pub(crate) fn check_backup_state(
        &self,
        watch: &mut impl Observer,
        state: bool,
    ) -> Result<(), VerifyError> {
        if !self.config.backup.demands_backup() {
            watch.not_applicable(Check::BackupStatePolicy, "the policy does not use it");
            return Ok(());
        }
        watch.ensure(
            Check::BackupStatePolicy,
            state,
            || compared("BS set", "BS clear"),
            || Rejection::BackupStateNotAccepted,
        )
    }
}
