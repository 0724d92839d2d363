//! What a server keeps for itself, and what it clears away.

use passkeep_verify::Timestamp;

use super::SessionLifetimes;

/// A key that seals ceremonies.
#[derive(Clone, Eq, PartialEq)]
pub struct SealingKey {
    /// Its id, random, in front of everything it seals.
    pub id: [u8; 8],
    /// The key.
    pub secret: [u8; 32],
    /// When it was made.
    pub created_at: Timestamp,
}

impl core::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SealingKey({:02x?}, …)", self.id)
    }
}

/// How long a spent ceremony is remembered after it has expired, in seconds. Servers with one store have clocks of their own,
/// and one that is behind must not accept again what another has purged.
const CLOCK_SKEW: u64 = 60 * 60;

/// What a purge removes.
#[derive(Clone, Copy, Debug)]
pub struct Purge {
    /// The time: sessions and enrolment links that are over by then go, and ceremonies that expired an hour before.
    pub now: Timestamp,
    /// How long sessions stay open.
    pub lifetimes: SessionLifetimes,
    /// Sealing keys made before this go.
    pub keys_before: Timestamp,
    /// Audit events from before this go.
    pub events_before: Timestamp,
    /// At most so many rows of each kind go.
    pub limit: u32,
}

impl Purge {
    /// Ceremonies that expired before this go.
    pub(crate) fn ceremonies_before(&self) -> Timestamp {
        Timestamp(self.now.0.saturating_sub(CLOCK_SKEW * 1000))
    }
}

/// How much a purge removed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct PurgeReport {
    /// Spent ceremonies.
    pub spent_ceremonies: u32,
    /// Sessions.
    pub sessions: u32,
    /// Sealing keys.
    pub sealing_keys: u32,
    /// Enrolment links.
    pub enrolment_links: u32,
    /// Audit events.
    pub audit_events: u32,
}

impl PurgeReport {
    /// Whether nothing was removed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether more may be left: of some kind as many were removed as the limit allows.
    #[must_use]
    pub fn reached(&self, limit: u32) -> bool {
        let Self {
            spent_ceremonies,
            sessions,
            sealing_keys,
            enrolment_links,
            audit_events,
        } = *self;
        [
            spent_ceremonies,
            sessions,
            sealing_keys,
            enrolment_links,
            audit_events,
        ]
        .contains(&limit)
    }
}

impl core::ops::AddAssign for PurgeReport {
    fn add_assign(&mut self, other: Self) {
        self.spent_ceremonies += other.spent_ceremonies;
        self.sessions += other.sessions;
        self.sealing_keys += other.sealing_keys;
        self.enrolment_links += other.enrolment_links;
        self.audit_events += other.audit_events;
    }
}

/// The connections to a database that is elsewhere.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ConnectionsInUse {
    /// How many are open.
    pub open: usize,
    /// How many of them have nothing to do.
    pub idle: usize,
    /// How many may be open at once.
    pub most: usize,
    /// How many callers wait for one.
    pub waiting: usize,
}
