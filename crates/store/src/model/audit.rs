//! The audit trail.

use passkeep_protocol::bytes::Bytes;
use passkeep_verify::Timestamp;
use sha2::{Digest as _, Sha256};

use super::AccountId;

/// One line of the audit trail.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuditEvent {
    /// Its id: 16 bytes that no other event has. Those that begin with the time cost a database least.
    pub id: [u8; 16],
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub kind: AuditKind,
    /// The account; filled in by the store where it knows better (a new account, a session's).
    pub account: Option<AccountId>,
    /// The credential it was about.
    pub credential_id: Option<Bytes>,
    /// The device it came from, in a few coarse words.
    pub device: Option<String>,
}

impl AuditEvent {
    /// The event of a restore key that goes because of this one. Its id follows from both, so that nothing random is needed
    /// where the keys are found.
    pub(crate) fn restore_key_deleted(&self, credential_id: Bytes) -> Self {
        let hash = Sha256::new()
            .chain_update(self.id)
            .chain_update(credential_id.as_slice())
            .finalize();
        let hash: [u8; 32] = hash.into();
        let mut id = [0; 16];
        for (to, from) in id.iter_mut().zip(hash) {
            *to = from;
        }
        Self {
            id,
            kind: AuditKind::RestoreKeyDeleted,
            credential_id: Some(credential_id),
            ..self.clone()
        }
    }
}

macro_rules! audit_kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident = $text:literal,)+) => {
        /// What an audit event says happened.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum AuditKind {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl AuditKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stored form.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

audit_kinds! {
    /// An account was created, with its first passkey.
    AccountCreated = "account_created",
    /// A passkey was added.
    PasskeyAdded = "passkey_added",
    /// A passkey was added without a dialog, after a sign-in.
    PasskeyUpgraded = "passkey_upgraded",
    /// A passkey was added with a recovery code, and all sessions that were open ended.
    PasskeyRecovered = "passkey_recovered",
    /// A passkey was added with an enrolment link.
    PasskeyEnrolled = "passkey_enrolled",
    /// A passkey was renamed.
    PasskeyRenamed = "passkey_renamed",
    /// A passkey was deleted, and the sessions that it had opened ended.
    PasskeyDeleted = "passkey_deleted",
    /// Somebody signed in.
    SignedIn = "signed_in",
    /// Somebody signed in with a restore key.
    SignedInByRestore = "signed_in_by_restore",
    /// Somebody signed out.
    SignedOut = "signed_out",
    /// A session was ended from another.
    SessionRevoked = "session_revoked",
    /// All sessions were ended, or all but one.
    SessionsRevoked = "sessions_revoked",
    /// The owner confirmed a change with a passkey.
    Confirmed = "confirmed",
    /// A sign-in with one of the account's credentials was refused. Of many in a short time, only some are written.
    SignInRefused = "sign_in_refused",
    /// A confirmation with one of the account's credentials was refused. Of many in a short time, only some are written.
    ConfirmationRefused = "confirmation_refused",
    /// A code was refused that is none of the account's recovery codes. Of many in a short time, only some are written.
    RecoveryRefused = "recovery_refused",
    /// An account was created, with a password.
    AccountCreatedWithPassword = "account_created_with_password",
    /// An operator imported the account, with the hash of its password.
    AccountImported = "account_imported",
    /// Somebody signed in with the password.
    SignedInByPassword = "signed_in_by_password",
    /// The owner confirmed a change with the password, having no passkey yet.
    ConfirmedByPassword = "confirmed_by_password",
    /// A password was refused that is not the account's. Of many in a short time, only some are written.
    PasswordRefused = "password_refused",
    /// The password was deleted.
    PasswordDropped = "password_dropped",
    /// A restore key was registered.
    RestoreKeyAdded = "restore_key_added",
    /// A restore key was deleted: by its owner, or with the session of its install, or when the account was locked.
    RestoreKeyDeleted = "restore_key_deleted",
    /// The display name was changed.
    DisplayNameChanged = "display_name_changed",
    /// New recovery codes were made, and the old ones are void.
    RecoveryCodesMade = "recovery_codes_made",
    /// A link for another device was made.
    EnrolmentLinkMade = "enrolment_link_made",
    /// An operator locked the account.
    AccountLocked = "account_locked",
    /// An operator unlocked the account.
    AccountUnlocked = "account_unlocked",
    /// The account was deleted.
    AccountDeleted = "account_deleted",
    /// A new sealing key was made, by a server or by an operator. It is of no account.
    SealingKeyMade = "sealing_key_made",
}
