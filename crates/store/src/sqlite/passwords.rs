//! Passwords. Whatever is refused half-way is undone by the writer.

use passkeep_protocol::bytes::Bytes;
use passkeep_verify::user::UserName;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::columns::Millis;
use super::fault::Fault;
use super::finish::ensure;
use super::{accounts, audit, credentials, grants, sessions};
use crate::{
    Account, AccountId, AuditEvent, Confirmation, CreatePasswordAccountError, DropPasswordError,
    FinishPasswordSignIn, FinishPasswordSignInError, NewPasswordAccount, PasswordCandidate,
    PasswordHash, PasswordUse, TokenHash,
};

pub(super) fn create_account(
    connection: &Connection,
    new: &NewPasswordAccount,
) -> Result<Account, Fault<CreatePasswordAccountError>> {
    let now = new.event.at;
    let account = Account {
        id: new.id,
        user: new.user.clone(),
        user_name: new.user_name.as_str().to_owned(),
        display_name: new.display_name.as_str().to_owned(),
        created_at: now,
        locked_at: None,
    };
    let inserted = accounts::insert(connection, &account, &new.user_name)?;
    ensure(inserted, CreatePasswordAccountError::UserNameTaken)?;
    let mut statement = connection
        .prepare_cached("INSERT INTO passwords (account, hash, created_at) VALUES (?1, ?2, ?3)")?;
    statement.execute(params![account.id.0, new.hash.0, Millis(now)])?;
    if let Some(session) = &new.session {
        // No credential has opened it.
        let none = Bytes::from(Vec::new());
        sessions::open(connection, session, account.id, &none, &new.event, now)?;
    }
    audit::append(connection, account.id, &new.event)?;
    Ok(account)
}

pub(super) fn candidate(
    connection: &Connection,
    name: &UserName,
) -> rusqlite::Result<Option<PasswordCandidate>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, user_handle, user_name, display_name, accounts.created_at, locked_at, hash
         FROM accounts LEFT JOIN passwords ON account = accounts.id
         WHERE user_name_key = ?1",
    )?;
    let read = |row: &Row<'_>| {
        let hash: Option<String> = row.get("hash")?;
        Ok(PasswordCandidate {
            account: accounts::read(row)?,
            hash: hash.map(PasswordHash),
        })
    };
    statement.query_row([name.key()], read).optional()
}

pub(super) fn usage(
    connection: &Connection,
    account: AccountId,
) -> rusqlite::Result<Option<PasswordUse>> {
    let mut statement = connection
        .prepare_cached("SELECT created_at, last_used_at FROM passwords WHERE account = ?1")?;
    let read = |row: &Row<'_>| {
        let last_used_at: Option<Millis> = row.get("last_used_at")?;
        Ok(PasswordUse {
            created_at: row.get::<_, Millis>("created_at")?.0,
            last_used_at: last_used_at.map(|millis| millis.0),
        })
    };
    statement.query_row([account.0], read).optional()
}

pub(super) fn sign_in(
    connection: &Connection,
    finish: &FinishPasswordSignIn,
) -> Result<Account, Fault<FinishPasswordSignInError>> {
    use FinishPasswordSignInError as Refusal;
    let (account, now) = (finish.account, finish.event.at);
    let mut statement = connection.prepare_cached(
        "UPDATE passwords SET hash = ?3, last_used_at = max(coalesce(last_used_at, 0), ?4)
         WHERE account = ?1 AND hash = ?2",
    )?;
    let kept = finish.rehashed.as_ref().unwrap_or(&finish.verified);
    let values = params![account.0, finish.verified.0, kept.0, Millis(now)];
    ensure(statement.execute(values)? == 1, Refusal::PasswordNotFound)?;
    let account = accounts::by_id(connection, account)?;
    let account = account.ok_or(Fault::Refused(Refusal::PasswordNotFound))?;
    ensure(account.locked_at.is_none(), Refusal::AccountLocked)?;
    let none = Bytes::from(Vec::new());
    let (session, event) = (&finish.session, &finish.event);
    sessions::open(connection, session, account.id, &none, event, now)?;
    audit::append(connection, account.id, event)?;
    Ok(account)
}

pub(super) fn drop_password(
    connection: &Connection,
    account: AccountId,
    except: Option<TokenHash>,
    confirmation: Option<&Confirmation>,
    event: &AuditEvent,
) -> Result<(), Fault<DropPasswordError>> {
    use DropPasswordError as Refusal;
    if let Some(confirmation) = confirmation {
        let spent_now = grants::spend(connection, account, confirmation)?;
        ensure(spent_now, Refusal::GrantUsed)?;
    }
    let mut statement = connection.prepare_cached("DELETE FROM passwords WHERE account = ?1")?;
    let dropped = statement.execute([account.0])?;
    ensure(dropped == 1, Refusal::PasswordNotFound)?;
    let passkeys = credentials::count(connection, account)?;
    ensure(passkeys > 0, Refusal::NoPasskey)?;
    let mut statement = connection.prepare_cached(
        "DELETE FROM sessions WHERE account = ?1 AND method = 'password' AND token IS NOT ?2",
    )?;
    statement.execute(params![account.0, except.map(|token| token.0)])?;
    audit::append(connection, account, event)?;
    Ok(())
}
