//! What a server does by itself: it rotates its keys and removes what no longer matters.

use std::time::Duration;

use passkeep_store::{Purge, PurgeReport};
use passkeep_verify::Timestamp;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::keyring::{KeyringError, keep_keys_since};
use crate::state::AppState;

/// The most rows of a kind that one transaction removes, so that sign-ins never wait long for it.
const BATCH: u32 = 500;

/// The most batches in one round; what is left waits for the next. In a minute they remove what 3,000 sign-ins a second leave.
const BATCHES: u32 = 400;

const INTERVAL: Duration = Duration::from_secs(60);

/// How soon a sealing key that another server or an operator has made is here, whatever else happens. It costs a read of a
/// few rows.
const KEYS_INTERVAL: Duration = Duration::from_secs(5);

impl AppState {
    /// Maintains the server every minute, and looks for new sealing keys every five seconds, for as long as it is polled.
    /// Failures are logged and tried again.
    pub async fn maintain_forever(self) {
        let mut keys = interval(KEYS_INTERVAL);
        let mut rounds = interval(INTERVAL);
        loop {
            tokio::select! {
                biased;
                _ = rounds.tick() => {}
                _ = keys.tick() => {
                    // Only a store that is away makes it fail, which readiness and the rounds tell of.
                    if let Err(error) = self.keys.reload(&*self.store).await {
                        tracing::debug!(%error, "the sealing keys could not be read");
                    }
                    continue;
                }
            }
            match self.maintain().await {
                Ok(report) if report.is_empty() => {}
                Ok(report) => tracing::debug!(?report, "purged"),
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
            let keep_events = u64::from(self.settings.keep_events) * 1000;
            let removed = self.store.purge(Purge {
                now,
                lifetimes: self.settings.sessions,
                keys_before: keep_keys_since(now, self.rp.lifetime_seconds()),
                events_before: Timestamp(now.0.saturating_sub(keep_events)),
                limit: BATCH,
            });
            let removed = removed.await?;
            total += removed;
            if !removed.reached(BATCH) {
                break;
            }
        }
        Ok(total)
    }
}

/// Ticks after every period, from one period on; ticks that were missed do not come late.
fn interval(period: Duration) -> Interval {
    let mut interval = interval_at(Instant::now() + period, period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}
