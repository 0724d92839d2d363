//! What a person is offered unasked, and for how long a "not now" counts.

use leptos::prelude::window;
use passkeep_protocol::api::{Backup, Passkey};

/// Where the last "not now" is remembered, in milliseconds since 1970.
const DECLINED: &str = "offer-declined";

/// A "not now" counts for 30 days.
const PAUSE: u64 = 30 * 24 * 60 * 60 * 1_000;

/// An offer to make a passkey.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Offer {
    /// The person signed in with a passkey of another device.
    ThisDevice,
    /// The only passkey is lost with its device.
    Second,
    /// There is none yet: the person signs in with a password.
    First,
}

/// What an offer depends on besides the passkeys.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    /// The person signed in with a passkey of another device.
    pub(crate) from_elsewhere: bool,
    /// The person can sign in with a password.
    pub(crate) has_password: bool,
    /// The time, in milliseconds since 1970.
    pub(crate) now: u64,
    /// When the person last said no.
    pub(crate) declined: Option<u64>,
}

impl Visit {
    /// What to offer: nobody is asked twice at once, and not soon after they said no.
    pub(crate) fn offer(self, passkeys: &[Passkey]) -> Option<Offer> {
        let is_soon = |at| self.now.saturating_sub(at) < PAUSE;
        if self.declined.is_some_and(is_soon) {
            return None;
        }
        match passkeys {
            [] => self.has_password.then_some(Offer::First),
            _ if self.from_elsewhere => Some(Offer::ThisDevice),
            [only] if only.backup == Backup::DeviceBound => Some(Offer::Second),
            _ => None,
        }
    }
}

/// When the person last said no on this device.
pub(crate) fn declined() -> Option<u64> {
    let storage = window().local_storage().ok()??;
    storage.get_item(DECLINED).ok()??.parse().ok()
}

/// Remembers that the person said no.
pub(crate) fn decline(now: u64) {
    if let Ok(Some(storage)) = window().local_storage() {
        // Full or forbidden, the offer comes again next time.
        storage.set_item(DECLINED, &now.to_string()).ok();
    }
}

#[cfg(test)]
mod tests {
    use passkeep_protocol::bytes::Bytes;

    use super::*;

    fn passkey(backup: Backup) -> Passkey {
        Passkey {
            id: Bytes::from([1]),
            label: "Key".to_owned(),
            created_at: 0,
            last_used_at: None,
            last_used_on: None,
            provider: None,
            aaguid: String::new(),
            backup,
            current: false,
        }
    }

    /// A visit of somebody who signed in with a passkey of this device and has never said no.
    const VISIT: Visit = Visit {
        from_elsewhere: false,
        has_password: false,
        now: PAUSE,
        declined: None,
    };

    #[test]
    fn who_signed_in_with_another_device_is_offered_a_passkey_here() {
        let elsewhere = Visit {
            from_elsewhere: true,
            ..VISIT
        };
        let synced = [passkey(Backup::Synced)];
        assert_eq!(elsewhere.offer(&synced), Some(Offer::ThisDevice));
        assert_eq!(VISIT.offer(&synced), None);
        assert_eq!(elsewhere.offer(&[]), None);
    }

    #[test]
    fn who_has_only_a_password_is_offered_a_first_passkey() {
        let with_password = Visit {
            has_password: true,
            ..VISIT
        };
        let just_declined = Visit {
            declined: Some(1),
            ..with_password
        };
        assert_eq!(with_password.offer(&[]), Some(Offer::First));
        assert_eq!(just_declined.offer(&[]), None);
        assert_eq!(VISIT.offer(&[]), None);
        let synced = [passkey(Backup::Synced)];
        assert_eq!(with_password.offer(&synced), None);
    }

    #[test]
    fn whose_only_passkey_lives_on_one_device_is_offered_a_second() {
        let bound = passkey(Backup::DeviceBound);
        let only = [bound.clone()];
        assert_eq!(VISIT.offer(&only), Some(Offer::Second));
        let two = [bound.clone(), bound];
        assert_eq!(VISIT.offer(&two), None);
    }

    #[test]
    fn a_no_counts_for_thirty_days() {
        let only = [passkey(Backup::DeviceBound)];
        let at = |now| Visit {
            from_elsewhere: true,
            now,
            declined: Some(1_000),
            ..VISIT
        };
        assert_eq!(at(1_000 + PAUSE - 1).offer(&only), None);
        assert_eq!(at(1_000 + PAUSE).offer(&only), Some(Offer::ThisDevice));
    }
}
