//! What a person sees of a passkey, in words.

use passkeep_protocol::api::{Backup, Passkey};

use crate::default_names;
use crate::format::Now;
use crate::text::{activity, passkey as words};

/// One passkey's words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PasskeyView {
    pub(crate) created: String,
    pub(crate) last_used: String,
    /// What the passkey's provider is called, where that is known.
    pub(crate) provider: Option<String>,
    pub(crate) backup: BackupWords,
}

/// Where the passkey lives: a badge, and an explanation for who asks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct BackupWords {
    pub(crate) badge: &'static str,
    pub(crate) help: &'static str,
}

impl PasskeyView {
    /// Puts a passkey into words, for a reader who is at `now`.
    pub(crate) fn new(passkey: &Passkey, now: Now) -> Self {
        Self {
            created: now.describe(passkey.created_at),
            last_used: match (passkey.last_used_at, &passkey.last_used_on) {
                (Some(moment), Some(device)) => {
                    activity::detail(&default_names::device(device), &now.describe(moment))
                }
                (Some(moment), None) => now.describe(moment),
                (None, _) => words::never_used().to_owned(),
            },
            provider: passkey.provider.clone(),
            backup: BackupWords::new(passkey.backup),
        }
    }
}

impl BackupWords {
    fn new(backup: Backup) -> Self {
        let (badge, help) = match backup {
            Backup::Synced => (words::synced(), words::synced_help()),
            Backup::NotYetSynced => (words::not_yet_synced(), words::not_yet_synced_help()),
            Backup::DeviceBound => (words::device_bound(), words::device_bound_help()),
        };
        Self { badge, help }
    }
}

#[cfg(test)]
mod tests {
    use passkeep_protocol::bytes::Bytes;

    use super::*;

    const NOW: Now = Now {
        at: 1_795_435_200_000,
        utc_offset: 0,
    };

    fn passkey(backup: Backup, last_used_at: Option<u64>) -> Passkey {
        Passkey {
            id: Bytes::from([1, 2, 3]),
            label: "Phone".to_owned(),
            created_at: NOW.at - 30 * 86_400_000,
            last_used_at,
            last_used_on: None,
            provider: None,
            aaguid: String::new(),
            backup,
            current: false,
        }
    }

    /// Times as they are said outside a browser.
    #[test]
    fn a_passkey_is_put_into_words() {
        let view = PasskeyView::new(&passkey(Backup::Synced, Some(NOW.at - 120_000)), NOW);
        let expected = PasskeyView {
            created: "on 1792843200000 ms".to_owned(),
            last_used: "-2 minute".to_owned(),
            provider: None,
            backup: BackupWords {
                badge: "Synced",
                help: words::synced_help(),
            },
        };
        assert_eq!(view, expected);
    }

    #[test]
    fn a_passkey_that_never_signed_in_says_so() {
        let view = PasskeyView::new(&passkey(Backup::DeviceBound, None), NOW);
        assert_eq!(view.last_used, "not yet");
        assert_eq!(view.backup.badge, "This device only");
    }

    #[test]
    fn where_it_was_used_and_where_it_is_kept_is_said_when_it_is_known() {
        let view = PasskeyView::new(
            &Passkey {
                last_used_on: Some("Chrome on Android".to_owned()),
                provider: Some("Google Password Manager".to_owned()),
                ..passkey(Backup::Synced, Some(NOW.at))
            },
            NOW,
        );
        assert_eq!(view.last_used, "just now, Chrome on Android");
        assert_eq!(view.provider.as_deref(), Some("Google Password Manager"));
    }

    #[test]
    fn a_passkey_that_could_be_synced_is_not_called_synced() {
        let view = PasskeyView::new(&passkey(Backup::NotYetSynced, None), NOW);
        assert_eq!(view.backup.badge, "Not synced yet");
    }
}
