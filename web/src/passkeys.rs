//! The passkeys on the account page, newest first.

use passkeep_protocol::api::Passkey;
use passkeep_protocol::bytes::Bytes;

/// The list as the server gave it, kept in step with what was changed since.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Passkeys(Vec<Passkey>);

impl Passkeys {
    pub(crate) fn new(passkeys: Vec<Passkey>) -> Self {
        Self(passkeys)
    }

    pub(crate) fn ids(&self) -> Vec<Bytes> {
        self.0.iter().map(|passkey| passkey.id.clone()).collect()
    }

    pub(crate) fn all(&self) -> &[Passkey] {
        &self.0
    }

    pub(crate) fn find(&self, id: &Bytes) -> Option<&Passkey> {
        self.0.iter().find(|passkey| passkey.id == *id)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this passkey is the only one.
    pub(crate) fn is_last(&self, id: &Bytes) -> bool {
        self.0.iter().all(|passkey| passkey.id == *id)
    }

    /// Puts a new passkey first. The server's list may have had it already.
    pub(crate) fn add(&mut self, passkey: Passkey) {
        self.remove(&passkey.id);
        self.0.insert(0, passkey);
    }

    /// Takes over a changed passkey, where it stands.
    pub(crate) fn replace(&mut self, changed: Passkey) {
        if let Some(passkey) = self.0.iter_mut().find(|passkey| passkey.id == changed.id) {
            *passkey = changed;
        }
    }

    pub(crate) fn remove(&mut self, id: &Bytes) {
        self.0.retain(|passkey| passkey.id != *id);
    }
}

#[cfg(test)]
mod tests {
    use passkeep_protocol::api::Backup;

    use super::*;

    fn passkey(id: u8, label: &str) -> Passkey {
        Passkey {
            id: Bytes::from([id]),
            label: label.to_owned(),
            created_at: 0,
            last_used_at: None,
            last_used_on: None,
            provider: None,
            aaguid: String::new(),
            backup: Backup::Synced,
            current: false,
        }
    }

    #[test]
    fn the_newest_comes_first() {
        let mut passkeys = Passkeys::new(vec![passkey(1, "Phone")]);
        passkeys.add(passkey(2, "Laptop"));
        assert_eq!(passkeys.ids(), [Bytes::from([2]), Bytes::from([1])]);
    }

    #[test]
    fn one_that_the_list_has_already_is_there_once() {
        let mut passkeys = Passkeys::new(vec![passkey(1, "Phone"), passkey(2, "Laptop")]);
        passkeys.add(passkey(2, "Laptop"));
        assert_eq!(passkeys.ids(), [Bytes::from([2]), Bytes::from([1])]);
    }

    #[test]
    fn a_renamed_passkey_keeps_its_place() {
        let mut passkeys = Passkeys::new(vec![passkey(2, "Laptop"), passkey(1, "Phone")]);
        passkeys.replace(passkey(1, "Old phone"));
        assert_eq!(
            passkeys,
            Passkeys(vec![passkey(2, "Laptop"), passkey(1, "Old phone")])
        );
    }

    #[test]
    fn the_last_one_is_known_as_such() {
        let (first, second) = (Bytes::from([1]), Bytes::from([2]));
        let mut passkeys = Passkeys::new(vec![passkey(2, "Laptop"), passkey(1, "Phone")]);
        assert!(!passkeys.is_last(&first));
        passkeys.remove(&second);
        assert!(passkeys.is_last(&first));
        passkeys.remove(&first);
        assert!(passkeys.is_empty());
    }
}
