use passkeep_verify::user::{DisplayName, UserName};
use passkeep_verify::{Timestamp, UserHandle};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params, params};

use super::columns::{Handle, Millis};
use crate::{Account, AccountId, AccountSummary};

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
        "SELECT id, user_handle, user_name, display_name, created_at, locked_at
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
        "SELECT id, user_handle, user_name, display_name, created_at, locked_at
         FROM accounts WHERE user_handle = ?1",
    )?;
    statement.query_row([user.as_slice()], read).optional()
}

/// At most `limit` accounts after that name.
pub(super) fn list(
    connection: &Connection,
    after: Option<&UserName>,
    limit: u32,
) -> rusqlite::Result<Vec<AccountSummary>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, user_handle, user_name, display_name, created_at, locked_at,
             (SELECT count(*) FROM credentials WHERE account = accounts.id AND install IS NULL) AS passkeys,
             EXISTS (SELECT 1 FROM passwords WHERE account = accounts.id) AS has_password,
             (SELECT max(last_used_at) FROM credentials WHERE account = accounts.id) AS last_used_at
         FROM accounts WHERE user_name_key > ?1 ORDER BY user_name_key LIMIT ?2",
    )?;
    let read = |row: &Row<'_>| {
        let last_used_at: Option<Millis> = row.get("last_used_at")?;
        Ok(AccountSummary {
            account: read(row)?,
            passkeys: row.get("passkeys")?,
            has_password: row.get("has_password")?,
            last_used_at: last_used_at.map(|millis| millis.0),
        })
    };
    // No key is empty.
    let after = after.map_or("", UserName::key);
    statement.query_map(params![after, limit], read)?.collect()
}

pub(super) fn set_display_name(
    connection: &Connection,
    account: AccountId,
    name: &DisplayName,
) -> rusqlite::Result<Option<Account>> {
    let mut statement = connection.prepare_cached(
        "UPDATE accounts SET display_name = ?2 WHERE id = ?1
         RETURNING id, user_handle, user_name, display_name, created_at, locked_at",
    )?;
    let values = params![account.0, name.as_str()];
    statement.query_row(values, read).optional()
}

/// Locks an account since that time, or unlocks it.
pub(super) fn set_locked(
    connection: &Connection,
    account: AccountId,
    locked_at: Option<Timestamp>,
) -> rusqlite::Result<()> {
    let mut statement =
        connection.prepare_cached("UPDATE accounts SET locked_at = ?2 WHERE id = ?1")?;
    statement.execute(params![account.0, locked_at.map(Millis)])?;
    Ok(())
}

/// Deletes an account of which nothing else is left; says whether there was one.
pub(super) fn delete(connection: &Connection, account: AccountId) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached("DELETE FROM accounts WHERE id = ?1")?;
    Ok(statement.execute([account.0])? == 1)
}

pub(super) fn exists(connection: &Connection, account: AccountId) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM accounts WHERE id = ?1")?;
    statement.exists([account.0])
}

pub(super) fn by_id(
    connection: &Connection,
    account: AccountId,
) -> rusqlite::Result<Option<Account>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, user_handle, user_name, display_name, created_at, locked_at
         FROM accounts WHERE id = ?1",
    )?;
    statement.query_row([account.0], read).optional()
}

/// Reads the columns `id, user_handle, user_name, display_name, created_at, locked_at`.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Account> {
    let locked_at: Option<Millis> = row.get("locked_at")?;
    Ok(Account {
        id: AccountId(row.get("id")?),
        user: row.get::<_, Handle>("user_handle")?.0,
        user_name: row.get("user_name")?,
        display_name: row.get("display_name")?,
        created_at: row.get::<_, Millis>("created_at")?.0,
        locked_at: locked_at.map(|millis| millis.0),
    })
}
