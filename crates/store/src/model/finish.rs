//! The two finishes, and what permits a change.

use passkeep_protocol::bytes::Bytes;
use passkeep_verify::user::Label;
use passkeep_verify::{SpentCeremony, Timestamp, VerifiedAuthentication, VerifiedRegistration};

use super::{
    Account, AccountTarget, AuditEvent, Credentials, NewCredential, NewSession, TokenHash,
};

/// Everything a finished registration changes.
#[derive(Debug)]
pub struct FinishRegistration {
    /// The proof.
    pub proof: VerifiedRegistration,
    /// Whose the credential is.
    pub account: AccountTarget,
    /// What kind it is.
    pub kind: NewCredential,
    /// Whether its id counts as registered already, though the store does not have it: it was given out as that of a
    /// credential which does not exist, and that must not show.
    pub id_is_reserved: bool,
    /// Its name.
    pub label: Label,
    /// What permits it, and is used up by it.
    pub grant: Option<Grant>,
    /// The session to open.
    pub session: Option<NewSession>,
    /// The most passkeys an account may have.
    pub max_passkeys: u32,
    /// The time of the finish.
    pub now: Timestamp,
    /// What the audit trail says.
    pub event: AuditEvent,
}

/// Everything a finished authentication changes.
#[derive(Debug)]
pub struct FinishAuthentication {
    /// The proof.
    pub proof: VerifiedAuthentication,
    /// The session to open. Without one nobody is signed in: somebody who is has confirmed something.
    pub session: Option<NewSession>,
    /// The device, in a few coarse words.
    pub device: String,
    /// The time of the finish.
    pub now: Timestamp,
    /// What the audit trail says.
    pub event: AuditEvent,
}

/// Who has authenticated.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Authenticated {
    /// The account.
    pub account: Account,
    /// All of its credentials, as they are after the finish: its owner's credential manager is told of them.
    pub credentials: Credentials,
}

/// What an owner has permitted, once and in one session.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Confirmation {
    /// What is spent.
    pub spent: SpentCeremony,
    /// The passkey that gave it, which must still be the account's; `None` when a password did.
    pub credential_id: Option<Bytes>,
    /// The session that it was given to, which must still be open; `None` where sessions are kept elsewhere.
    pub session: Option<TokenHash>,
}

/// What permits a change.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Grant {
    /// A confirmation, which is spent like a ceremony.
    Confirmation(Confirmation),
    /// A session of the account that its owner had just opened, as long as it has not been ended. It is not used up.
    Session(TokenHash),
    /// A recovery code of the account. Whoever needs one may have lost a device: all sessions of the account end, with its
    /// restore keys and enrolment links.
    RecoveryCode(TokenHash),
    /// An enrolment link of the account.
    EnrolmentLink(TokenHash),
}
