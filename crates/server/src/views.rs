//! The store's values as their owner sees them.

use passkeep_protocol::api::{self, Backup, Signals};
use passkeep_protocol::bytes::Bytes;
use passkeep_store::{Account, Passkey};
use passkeep_verify::signal::AccountDetails;

use crate::state::AppState;

pub(crate) fn account(account: &Account) -> api::Account {
    api::Account {
        user_name: account.user_name.clone(),
        display_name: account.display_name.clone(),
    }
}

/// `current` is the passkey that opened the session.
pub(crate) fn passkey(passkey: &Passkey, current: &Bytes) -> api::Passkey {
    api::Passkey {
        id: passkey.id.clone(),
        label: passkey.label.clone(),
        created_at: passkey.created_at.0,
        last_used_at: passkey.last_used_at.map(|at| at.0),
        backup: Backup::from_flags(passkey.backup_eligible, passkey.backup_state),
        current: passkey.id == *current,
    }
}

impl AppState {
    /// What the owner's credential manager should know. `passkeys` must be all there are, read after the last change.
    pub(crate) fn signals(&self, account: &Account, passkeys: &[Passkey]) -> Signals {
        let details = AccountDetails {
            user: &account.user,
            name: &account.user_name,
            display_name: &account.display_name,
        };
        let ids = passkeys.iter().map(|passkey| passkey.id.clone());
        self.rp.signals_for_owner(&details, ids.collect())
    }
}
