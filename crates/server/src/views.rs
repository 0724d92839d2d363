//! The store's values as their owner sees them.

use passkeep_protocol::api::{
    self, ActivityEvent, Backup, Device, PasswordMode, SessionView, SignInMethod, Signals,
};
use passkeep_protocol::bytes::Bytes;
use passkeep_store::{
    Account, AuditEvent, Credentials, Passkey, RestoreKey, SessionId, SessionMethod,
    SessionSummary, StoreError,
};
use passkeep_verify::aaguid;
use passkeep_verify::signal::AccountDetails;

use crate::state::AppState;
use crate::well_known::Apps;

/// `current` is the credential that opened the session.
pub(crate) fn passkey(passkey: &Passkey, current: &Bytes) -> api::Passkey {
    api::Passkey {
        id: passkey.id.clone(),
        label: passkey.label.clone(),
        created_at: passkey.created_at.0,
        last_used_at: passkey.last_used_at.map(|at| at.0),
        last_used_on: passkey
            .last_used_on
            .clone()
            .filter(|device| !device.is_empty()),
        provider: aaguid::name(&passkey.aaguid).map(str::to_owned),
        aaguid: aaguid::to_text(&passkey.aaguid),
        backup: Backup::from_flags(passkey.backup_eligible, passkey.backup_state),
        current: passkey.id == *current,
    }
}

/// `current` is the session that asks, if one does.
pub(crate) fn session(session: &SessionSummary, current: Option<SessionId>) -> SessionView {
    SessionView {
        id: session.id.0.into(),
        device: session.device.clone(),
        method: match session.method {
            SessionMethod::Passkey => SignInMethod::Passkey,
            SessionMethod::Registration => SignInMethod::Registration,
            SessionMethod::Restore => SignInMethod::Restore,
            SessionMethod::Password => SignInMethod::Password,
            _ => SignInMethod::Unknown,
        },
        created_at: session.created_at.0,
        last_used_at: session.last_used_at.0,
        current: current == Some(session.id),
    }
}

pub(crate) fn event(event: &AuditEvent) -> ActivityEvent {
    ActivityEvent {
        at: event.at.0,
        kind: event.kind.as_str().to_owned(),
        device: event.device.clone().filter(|device| !device.is_empty()),
        credential: event.credential_id.clone(),
    }
}

pub(crate) fn device(key: &RestoreKey, apps: &Apps) -> Device {
    let origin = &key.install.app_origin;
    let mut apps = apps.android.iter();
    let app = apps.find(|app| app.origins().any(|known| known.as_str() == origin));
    Device {
        id: key.id.clone(),
        label: key.label.clone(),
        app: app.map_or_else(|| origin.clone(), |app| app.package.clone()),
        created_at: key.created_at.0,
        last_used_at: key.last_used_at.map(|at| at.0),
    }
}

impl AppState {
    /// An account, with whether it has a password where there are any.
    pub(crate) async fn account_view(&self, account: &Account) -> Result<api::Account, StoreError> {
        let has_password = self.passwords() != PasswordMode::Off
            && self.store.password_use(account.id).await?.is_some();
        Ok(api::Account {
            user_name: account.user_name.clone(),
            display_name: account.display_name.clone(),
            has_password,
        })
    }

    /// What the owner's credential manager should know. `credentials` must be all there are, read after the last change.
    pub(crate) fn signals(&self, account: &Account, credentials: &Credentials) -> Signals {
        let details = AccountDetails {
            user: &account.user,
            name: &account.user_name,
            display_name: &account.display_name,
        };
        // Restore keys too: what is missing from this list may be hidden or deleted.
        let ids = credentials.ids().cloned().collect();
        self.rp.signals_for_owner(&details, ids)
    }
}
