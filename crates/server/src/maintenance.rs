//! What a server does by itself: it rotates its keys and removes what no longer matters.

use std::time::Duration;

use passkeep_store::PurgeReport;

use crate::keyring::{KeyringError, keep_keys_since};
use crate::state::AppState;

/// The most rows of a kind that one transaction removes, so that sign-ins never wait long for it.
const BATCH: u32 = 500;

/// The most batches in one round; what is left waits for the next.
const BATCHES: u32 = 40;

const INTERVAL: Duration = Duration::from_secs(60);

impl AppState {
    /// Maintains the server every minute, for as long as it is polled. Failures are logged and tried again.
    pub async fn maintain_forever(self) {
        loop {
            tokio::time::sleep(INTERVAL).await;
            match self.maintain().await {
                Ok(PurgeReport {
                    spent_ceremonies: 0,
                    sessions: 0,
                    sealing_keys: 0,
                }) => {}
                Ok(PurgeReport {
                    spent_ceremonies,
                    sessions,
                    sealing_keys,
                }) => {
                    tracing::debug!(spent_ceremonies, sessions, sealing_keys, "purged");
                }
                Err(error) => tracing::error!(%error, "maintenance failed"),
            }
        }
    }

    /// One round: takes over new sealing keys, makes one when it is time, and purges. Returns what was removed.
    ///
    /// # Errors
    ///
    /// A [`KeyringError`]; what was done until then stays done.
    pub async fn maintain(&self) -> Result<PurgeReport, KeyringError> {
        self.refresh_keys().await?;
        let mut total = PurgeReport::default();
        for _ in 0..BATCHES {
            let now = self.clock.now();
            let keys_before = keep_keys_since(now, self.rp.lifetime());
            let sessions = self.settings.sessions;
            let removed = self.store.purge(now, sessions, keys_before, BATCH).await?;
            total.spent_ceremonies += removed.spent_ceremonies;
            total.sessions += removed.sessions;
            total.sealing_keys += removed.sealing_keys;
            if removed.spent_ceremonies < BATCH && removed.sessions < BATCH {
                break;
            }
        }
        Ok(total)
    }
}
