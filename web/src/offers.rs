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

/// What to offer: nobody is asked twice at once, and not soon after they said no.
pub(crate) fn offer(
    signed_in_from_elsewhere: bool,
    has_password: bool,
    passkeys: &[Passkey],
    now: u64,
    declined: Option<u64>,
) -> Option<Offer> {
    if declined.is_some_and(|at| now.saturating_sub(at) < PAUSE) {
        return None;
    }
    match passkeys {
        [] => has_password.then_some(Offer::First),
        _ if signed_in_from_elsewhere => Some(Offer::ThisDevice),
        [only] if only.backup == Backup::DeviceBound => Some(Offer::Second),
        _ => None,
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

    #[test]
    fn who_signed_in_with_another_device_is_offered_a_passkey_here() {
        let synced = [passkey(Backup::Synced)];
        assert_eq!(
            offer(true, false, &synced, PAUSE, None),
            Some(Offer::ThisDevice)
        );
        assert_eq!(offer(false, false, &synced, PAUSE, None), None);
        assert_eq!(offer(true, false, &[], PAUSE, None), None);
    }

    #[test]
    fn who_has_only_a_password_is_offered_a_first_passkey() {
        assert_eq!(offer(false, true, &[], PAUSE, None), Some(Offer::First));
        assert_eq!(offer(false, true, &[], PAUSE, Some(1)), None);
        assert_eq!(offer(false, false, &[], PAUSE, None), None);
        let synced = [passkey(Backup::Synced)];
        assert_eq!(offer(false, true, &synced, PAUSE, None), None);
    }

    #[test]
    fn whose_only_passkey_lives_on_one_device_is_offered_a_second() {
        let bound = passkey(Backup::DeviceBound);
        let only = [bound.clone()];
        assert_eq!(offer(false, false, &only, PAUSE, None), Some(Offer::Second));
        let two = [bound.clone(), bound];
        assert_eq!(offer(false, false, &two, PAUSE, None), None);
    }

    #[test]
    fn a_no_counts_for_thirty_days() {
        let only = [passkey(Backup::DeviceBound)];
        let at = |now| offer(true, false, &only, now, Some(1_000));
        assert_eq!(at(1_000 + PAUSE - 1), None);
        assert_eq!(at(1_000 + PAUSE), Some(Offer::ThisDevice));
    }
}
