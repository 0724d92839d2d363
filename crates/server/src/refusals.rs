//! Refusals that the audit trail is told of: the owner of an account can see that somebody has tried.
//!
//! Anybody can cause them, so only a few of an account are written in a minute, and not many of all accounts together:
//! a flood costs a bounded amount of disk, and the log has what the trail has not. They are written behind the answer, whose
//! time would otherwise tell whether there was an account to write of.

use axum::http::HeaderMap;
use passkeep_protocol::bytes::Bytes;
use passkeep_store::{AccountId, AuditKind};

use crate::state::AppState;

impl AppState {
    /// Has a refusal written, unless there were too many lately.
    pub(crate) fn tell_refusal(
        &self,
        kind: AuditKind,
        account: AccountId,
        credential_id: Option<&Bytes>,
        headers: &HeaderMap,
    ) {
        if !self.limits.may_tell_refusal(account.0) {
            return;
        }
        let Ok(event) = self.audit(kind, Some(account), credential_id, headers) else {
            // Without randomness nothing works, and all else says so.
            return;
        };
        let store = self.store.clone();
        tokio::spawn(async move {
            if let Err(error) = store.append_event(event).await {
                tracing::warn!(%error, "a refusal is not in the audit trail");
            }
        });
    }
}
