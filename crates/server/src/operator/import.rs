//! Accounts of a site that moves to passkeys, with the hashes of their passwords.

use core::fmt;

use passkeep_store::{AccountId, AuditKind, CreatePasswordAccountError, NewPasswordAccount};
use passkeep_verify::UserHandle;
use passkeep_verify::user::DisplayName;
use serde::Deserialize;

use super::{Operator, OperatorError, parse};
use crate::ambient::{RandomError, random_array};
use crate::password::imported;

/// An account to import.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportedUser {
    /// The user name.
    pub user_name: String,
    /// What the person is called; the user name when absent.
    pub display_name: Option<String>,
    /// The hash of the password: a PHC string of Argon2id.
    pub password_hash: String,
}

impl fmt::Debug for ImportedUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportedUser")
            .field("user_name", &self.user_name)
            .finish_non_exhaustive()
    }
}

impl Operator {
    /// Makes an account with the hash of a password that was made elsewhere: all of it, or nothing.
    ///
    /// # Errors
    ///
    /// [`OperatorError::NotAName`], [`OperatorError::NotImported`], [`OperatorError::NameTaken`], [`OperatorError::Store`] and
    /// [`OperatorError::Random`].
    pub async fn import(&self, user: ImportedUser) -> Result<(), OperatorError> {
        let user_name = parse(&user.user_name)?;
        let display_name = match &user.display_name {
            None => DisplayName::from(&user_name),
            Some(name) => DisplayName::parse(name).map_err(|error| {
                OperatorError::NotImported(format!("{name:?} is no display name: {error}"))
            })?,
        };
        let hash = imported(&user.password_hash).map_err(OperatorError::NotImported)?;
        let random = &*self.outside.random;
        let handle = random_array::<{ UserHandle::RANDOM_BYTES }>(random)?;
        let created = self.store.create_password_account(NewPasswordAccount {
            id: AccountId(random_array(random)?),
            user: UserHandle::new(handle).ok_or(RandomError)?,
            user_name,
            display_name,
            hash,
            session: None,
            event: self.event(AuditKind::AccountImported, None)?,
        });
        created.await.map(drop).map_err(|error| match error {
            CreatePasswordAccountError::Store(error) => OperatorError::Store(error),
            _ => OperatorError::NameTaken(user.user_name),
        })
    }
}
