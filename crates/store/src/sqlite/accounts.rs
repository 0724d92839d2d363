use passkeep_verify::UserHandle;
use passkeep_verify::user::UserName;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use super::columns::{Handle, Millis};
use crate::{Account, AccountId};

/// Creates an account unless another one has the user name; says whether it did.
pub(super) fn insert(
    connection: &Connection,
    account: &Account,
    name: &UserName,
) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO accounts (id, user_handle, user_name, user_name_key, display_name, created_at)
         VALUES (:id, :user_handle, :user_name, :user_name_key, :display_name, :created_at)
         ON CONFLICT (user_name_key) DO NOTHING",
    )?;
    let inserted = statement.execute(named_params! {
        ":id": account.id.0,
        ":user_handle": account.user.as_slice(),
        ":user_name": name.as_str(),
        ":user_name_key": name.key(),
        ":display_name": account.display_name,
        ":created_at": Millis(account.created_at),
    })?;
    Ok(inserted == 1)
}

pub(super) fn by_name(
    connection: &Connection,
    name: &UserName,
) -> rusqlite::Result<Option<Account>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, user_handle, user_name, display_name, created_at
         FROM accounts WHERE user_name_key = ?1",
    )?;
    statement.query_row([name.key()], read).optional()
}

/// The account with that user handle.
pub(super) fn by_user(
    connection: &Connection,
    user: &UserHandle,
) -> rusqlite::Result<Option<Account>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, user_handle, user_name, display_name, created_at
         FROM accounts WHERE user_handle = ?1",
    )?;
    statement.query_row([user.as_slice()], read).optional()
}

/// Reads the columns `id, user_handle, user_name, display_name, created_at`.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: AccountId(row.get("id")?),
        user: row.get::<_, Handle>("user_handle")?.0,
        user_name: row.get("user_name")?,
        display_name: row.get("display_name")?,
        created_at: row.get::<_, Millis>("created_at")?.0,
    })
}
