use tokio_postgres::{Error, Row};

use super::columns::{Fixed, Handle, Millis};
use crate::{Account, AccountId};

/// The account with a user name key.
pub(super) const BY_NAME: &str = "
    SELECT id, user_handle, user_name, display_name, created_at
    FROM accounts WHERE user_name_key = $1";

/// Locks an account's passkeys: whoever counts them to change how many there are does it after this, in the same
/// transaction. Sign-ins go on, because they neither count nor take this lock.
pub(super) const LOCK: &str = "SELECT FROM accounts WHERE id = $1 FOR NO KEY UPDATE";

/// Reads the columns `id, user_handle, user_name, display_name, created_at`.
pub(super) fn read(row: &Row) -> Result<Account, Error> {
    Ok(Account {
        id: AccountId(row.try_get::<_, Fixed<16>>("id")?.0),
        user: row.try_get::<_, Handle>("user_handle")?.0,
        user_name: row.try_get("user_name")?,
        display_name: row.try_get("display_name")?,
        created_at: row.try_get::<_, Millis>("created_at")?.0,
    })
}
