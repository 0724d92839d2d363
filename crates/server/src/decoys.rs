//! Fake allow lists whose ids are known again when somebody presents them.
//!
//! A list that cannot be told from a real one is of no use if its ids can be: whoever presents a listed id with any
//! signature would learn from the answer whether the server has the credential. So the first block of every fake id is
//! encrypted: to anybody else it is random, and the server reads in it that it is fake, and of which name.

use aws_lc_rs::cipher::{
    AES_256, DecryptingKey, DecryptionContext, EncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::error::Unspecified;
use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::options::PublicKeyCredentialDescriptorJson;
use passkeep_store::AccountId;
use passkeep_verify::fake::FakeAllowLists;
use passkeep_verify::user::UserName;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::ApiError;

/// The bytes of a block. No default shape of a fake id is shorter.
const BLOCK: usize = 16;

/// Of a block: enough of the name's hash to count by, and zeros, which a real id has with a chance of 2⁻⁵⁶.
const TAG: usize = 8;

/// Whose failed sign-ins are counted together: an account's, or those of a name that nobody has.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub(crate) struct Subject([u8; 16]);

impl From<AccountId> for Subject {
    fn from(account: AccountId) -> Self {
        Self(account.0)
    }
}

/// Makes fake allow lists, and knows their ids again.
#[derive(Clone)]
pub(crate) struct Decoys {
    lists: FakeAllowLists,
    key: [u8; 32],
}

impl Decoys {
    /// Both keys are secret, and the same on every replica.
    pub(crate) fn new(lists: [u8; 32], ids: [u8; 32]) -> Self {
        Self {
            lists: FakeAllowLists::new(lists),
            key: ids,
        }
    }

    /// The allow list to answer a name with. If it is fake, because there is no real one, whose failures count is there
    /// too. The fake one is made in any case, so that the time it takes says nothing.
    pub(crate) fn allow_list(
        &self,
        name: &UserName,
        real: Vec<PublicKeyCredentialDescriptorJson>,
    ) -> Result<(Vec<PublicKeyCredentialDescriptorJson>, Option<Subject>), ApiError> {
        let subject = self.subject(name);
        let mut fake = self.lists.allow_list(name, Vec::new());
        for (number, descriptor) in (0..).zip(&mut fake) {
            let id = core::mem::take(&mut descriptor.id);
            let mut id = id.into_vec();
            if let Some(block) = id.first_chunk_mut::<BLOCK>() {
                *block = self
                    .encrypt(subject, number)
                    .map_err(|_| ApiError::internal("a fake id could not be encrypted"))?;
            }
            descriptor.id = id.into();
        }
        Ok(match real.is_empty() {
            true => (fake, Some(subject)),
            false => (real, None),
        })
    }

    /// Whose failures count when somebody presents that id; nobody's, if it is in no fake list.
    pub(crate) fn recognise(&self, id: &Bytes) -> Option<Subject> {
        let mut block = *id.as_slice().first_chunk::<BLOCK>()?;
        let key = UnboundCipherKey::new(&AES_256, &self.key).ok()?;
        let key = DecryptingKey::ecb(key).ok()?;
        key.decrypt(&mut block, DecryptionContext::None).ok()?;
        let (tag, rest) = block.split_first_chunk::<TAG>()?;
        let [_number, zeros @ ..] = rest else {
            return None;
        };
        zeros.iter().all(|byte| *byte == 0).then(|| padded(tag))
    }

    fn subject(&self, name: &UserName) -> Subject {
        let hash = Sha256::new()
            .chain_update(b"passkeep decoy\0")
            .chain_update(self.key)
            .chain_update(name.key())
            .finalize();
        let hash: [u8; 32] = hash.into();
        padded(hash.first_chunk().unwrap_or(&[0; TAG]))
    }

    /// A block by itself needs no mode of operation: no two that are encrypted are the same.
    fn encrypt(&self, subject: Subject, number: u8) -> Result<[u8; BLOCK], Unspecified> {
        let mut block = subject.0;
        if let Some(byte) = block.get_mut(TAG) {
            *byte = number;
        }
        let key = UnboundCipherKey::new(&AES_256, &self.key)?;
        EncryptingKey::ecb(key)?.encrypt(&mut block)?;
        Ok(block)
    }
}

/// An account's id is random, and has these zeros with the chance of a real credential's id.
fn padded(tag: &[u8; TAG]) -> Subject {
    let mut subject = [0; BLOCK];
    for (to, from) in subject.iter_mut().zip(tag) {
        *to = *from;
    }
    Subject(subject)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> UserName {
        UserName::parse(text).unwrap()
    }

    #[test]
    fn every_fake_id_is_known_again_with_its_name_and_others_are_not() {
        let decoys = Decoys::new([7; 32], [8; 32]);
        let other = Decoys::new([7; 32], [9; 32]);
        let mut seen = Vec::new();
        for number in 0..50 {
            let name = name(&format!("name{number}"));
            let (list, subject) = decoys.allow_list(&name, Vec::new()).unwrap();
            assert!(!list.is_empty() && subject.is_some());
            for descriptor in list {
                assert_eq!(decoys.recognise(&descriptor.id), subject);
                assert_eq!(other.recognise(&descriptor.id), None);
                assert!(!seen.contains(&descriptor.id));
                seen.push(descriptor.id);
            }
        }
        assert_eq!(decoys.recognise(&vec![1; 32].into()), None);
        assert_eq!(decoys.recognise(&b"short".to_vec().into()), None);
    }

    #[test]
    fn a_list_is_the_same_whenever_it_is_asked_for_and_a_real_one_is_left_alone() {
        let decoys = Decoys::new([7; 32], [8; 32]);
        let made = decoys.allow_list(&name("ada"), Vec::new()).unwrap();
        let again = decoys.allow_list(&name("ADA"), Vec::new()).unwrap();
        assert_eq!(again, made);
        let real = made.0;
        let kept = decoys.allow_list(&name("bob"), real.clone()).unwrap();
        assert_eq!(kept, (real, None));
    }
}
