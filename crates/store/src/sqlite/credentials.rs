use passkeep_protocol::bytes::Bytes;
use passkeep_verify::user::Label;
use passkeep_verify::{CredentialRecord, Timestamp, VerifiedAuthentication};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params, params};

use super::columns::{Blob, Handle, Millis, Transports, app_install, transports_json};
use crate::{
    AccountId, AppInstall, AuthenticationCandidate, CredentialKind, Credentials, NewCredential,
    Passkey, RestoreKey,
};

/// Stores a credential unless its id is registered; says whether it did.
pub(super) fn insert(
    connection: &Connection,
    account: AccountId,
    record: &CredentialRecord,
    label: &Label,
    kind: &NewCredential,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let (install, session) = match kind {
        NewCredential::Passkey => (None, None),
        NewCredential::Restore { install, session } => (Some(install), Some(session.0)),
    };
    let mut statement = connection.prepare_cached(
        "INSERT INTO credentials (
             id, account, created_at, sign_count, uv_initialized, backup_eligible, backup_state, aaguid, label, rp_id,
             transports, public_key, attestation_object, attestation_client_data_json, app_origin, install, passkey
         ) VALUES (
             :id, :account, :created_at, :sign_count, :uv_initialized, :backup_eligible, :backup_state, :aaguid, :label,
             :rp_id, :transports, :public_key, :attestation_object, :attestation_client_data_json,
             :app_origin, :install,
             (SELECT coalesce(passkey, credential_id) FROM sessions WHERE token = :session)
         ) ON CONFLICT (id) DO NOTHING",
    )?;
    let inserted = statement.execute(named_params! {
        ":id": record.id.as_slice(),
        ":account": account.0,
        ":created_at": Millis(now),
        ":sign_count": record.sign_count,
        ":uv_initialized": record.uv_initialized,
        ":backup_eligible": record.backup_eligible,
        ":backup_state": record.backup_state,
        ":aaguid": record.aaguid,
        ":label": label.as_str(),
        ":rp_id": record.rp_id,
        ":transports": transports_json(&record.transports)?,
        ":public_key": record.public_key.as_slice(),
        ":attestation_object": record.attestation_object.as_slice(),
        ":attestation_client_data_json": record.attestation_client_data_json.as_slice(),
        ":app_origin": install.map(|it| &it.app_origin),
        ":install": install.map(|it| it.install.as_slice()),
        ":session": session,
    })?;
    Ok(inserted == 1)
}

/// Records a sign-in, if the account has the credential; says whether it does.
pub(super) fn update(
    connection: &Connection,
    account: AccountId,
    proof: &VerifiedAuthentication,
    device: &str,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let update = proof.update();
    let mut statement = connection.prepare_cached(
        "UPDATE credentials
         SET sign_count = CASE sign_count WHEN :judged_by THEN :sign_count ELSE max(sign_count, :sign_count) END,
             uv_initialized = uv_initialized OR :uv_initialized, backup_eligible = :backup_eligible, backup_state = :backup_state,
             last_used_at = :now, last_used_on = :device
         WHERE id = :id AND account = :account",
    )?;
    let updated = statement.execute(named_params! {
        ":sign_count": update.sign_count,
        // Of two sign-ins that raced, the later in time may come first: the count of record never goes back between them.
        ":judged_by": update.judged_by,
        ":uv_initialized": update.uv_initialized,
        ":backup_eligible": update.backup_eligible,
        ":backup_state": update.backup_state,
        ":now": Millis(now),
        ":device": device,
        ":id": proof.credential_id().as_slice(),
        ":account": account.0,
    })?;
    Ok(updated == 1)
}

pub(super) fn candidate(
    connection: &Connection,
    id: &Bytes,
) -> rusqlite::Result<Option<AuthenticationCandidate>> {
    let mut statement = connection.prepare_cached(
        "SELECT credentials.id, account, user_handle, public_key, sign_count, uv_initialized, backup_eligible,
             app_origin, install
         FROM credentials JOIN accounts ON accounts.id = account
         WHERE credentials.id = ?1",
    )?;
    let read = |row: &Row<'_>| {
        Ok(AuthenticationCandidate {
            id: row.get::<_, Blob>("id")?.0,
            account: AccountId(row.get("account")?),
            user: row.get::<_, Handle>("user_handle")?.0,
            public_key: row.get::<_, Blob>("public_key")?.0,
            sign_count: row.get("sign_count")?,
            uv_initialized: row.get("uv_initialized")?,
            backup_eligible: row.get("backup_eligible")?,
            kind: app_install(row)?.map_or(CredentialKind::Passkey, CredentialKind::Restore),
        })
    };
    statement.query_row([id.as_slice()], read).optional()
}

pub(super) fn record(
    connection: &Connection,
    account: AccountId,
    id: &Bytes,
) -> rusqlite::Result<Option<CredentialRecord>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, public_key, sign_count, uv_initialized, transports, backup_eligible, backup_state, aaguid,
             attestation_object, attestation_client_data_json, rp_id
         FROM credentials WHERE id = ?1 AND account = ?2",
    )?;
    let read = |row: &Row<'_>| {
        let client_data_json: Blob = row.get("attestation_client_data_json")?;
        Ok(CredentialRecord {
            id: row.get::<_, Blob>("id")?.0,
            public_key: row.get::<_, Blob>("public_key")?.0,
            sign_count: row.get("sign_count")?,
            uv_initialized: row.get("uv_initialized")?,
            transports: row.get::<_, Transports>("transports")?.0,
            backup_eligible: row.get("backup_eligible")?,
            backup_state: row.get("backup_state")?,
            aaguid: row.get("aaguid")?,
            attestation_object: row.get::<_, Blob>("attestation_object")?.0,
            attestation_client_data_json: client_data_json.0,
            rp_id: row.get("rp_id")?,
        })
    };
    statement
        .query_row(params![id.as_slice(), account.0], read)
        .optional()
}

pub(super) fn of_account(
    connection: &Connection,
    account: AccountId,
) -> rusqlite::Result<Credentials> {
    let mut statement = connection.prepare_cached(
        "SELECT id, label, created_at, last_used_at, last_used_on, backup_eligible, backup_state, aaguid, transports,
             app_origin, install
         FROM credentials WHERE account = ?1 ORDER BY created_at DESC, id",
    )?;
    let mut credentials = Credentials::default();
    let mut rows = statement.query([account.0])?;
    while let Some(row) = rows.next()? {
        let passkey = read_passkey(row)?;
        match app_install(row)? {
            None => credentials.passkeys.push(passkey),
            Some(install) => credentials.restore_keys.push(RestoreKey {
                id: passkey.id,
                install,
                label: passkey.label,
                created_at: passkey.created_at,
                last_used_at: passkey.last_used_at,
            }),
        }
    }
    Ok(credentials)
}

/// Whether the account has that passkey.
pub(super) fn has_passkey(
    connection: &Connection,
    account: AccountId,
    id: &Bytes,
) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM credentials WHERE id = ?1 AND account = ?2 AND install IS NULL",
    )?;
    statement.exists(params![id.as_slice(), account.0])
}

/// How many passkeys an account has.
pub(super) fn count(connection: &Connection, account: AccountId) -> rusqlite::Result<u32> {
    let mut statement = connection.prepare_cached(
        "SELECT count(*) FROM credentials WHERE account = ?1 AND install IS NULL",
    )?;
    statement.query_row([account.0], |row| row.get(0))
}

/// What a passkey is called, if the account has it.
pub(super) fn label(
    connection: &Connection,
    account: AccountId,
    id: &Bytes,
) -> rusqlite::Result<Option<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT label FROM credentials WHERE id = ?1 AND account = ?2 AND install IS NULL",
    )?;
    let values = params![id.as_slice(), account.0];
    statement
        .query_row(values, |row| row.get("label"))
        .optional()
}

pub(super) fn rename(
    connection: &Connection,
    account: AccountId,
    id: &Bytes,
    label: &Label,
) -> rusqlite::Result<Option<Passkey>> {
    let mut statement = connection.prepare_cached(
        "UPDATE credentials SET label = ?1 WHERE id = ?2 AND account = ?3 AND install IS NULL
         RETURNING id, label, created_at, last_used_at, last_used_on, backup_eligible, backup_state, aaguid, transports",
    )?;
    statement
        .query_row(
            params![label.as_str(), id.as_slice(), account.0],
            read_passkey,
        )
        .optional()
}

/// Deletes a passkey, if the account has it; says whether it did.
pub(super) fn delete_passkey(
    connection: &Connection,
    account: AccountId,
    id: &Bytes,
) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM credentials WHERE id = ?1 AND account = ?2 AND install IS NULL",
    )?;
    Ok(statement.execute(params![id.as_slice(), account.0])? == 1)
}

/// Deletes a restore key, if the account has it; says whether it did.
pub(super) fn delete_restore_key(
    connection: &Connection,
    account: AccountId,
    id: &Bytes,
) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM credentials WHERE id = ?1 AND account = ?2 AND install IS NOT NULL",
    )?;
    Ok(statement.execute(params![id.as_slice(), account.0])? == 1)
}

/// Deletes the restore key of an install, and returns its id if there is one.
pub(super) fn delete_of_install(
    connection: &Connection,
    account: AccountId,
    install: &AppInstall,
) -> rusqlite::Result<Option<Bytes>> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM credentials WHERE account = ?1 AND app_origin = ?2 AND install = ?3 RETURNING id",
    )?;
    let values = params![account.0, install.app_origin, install.install.as_slice()];
    statement.query_row(values, read_id).optional()
}

/// Deletes the restore keys that a passkey is behind, but that of an install, and returns their ids.
pub(super) fn delete_restore_keys_of(
    connection: &Connection,
    account: AccountId,
    passkey: &Bytes,
    except: Option<&AppInstall>,
) -> rusqlite::Result<Vec<Bytes>> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM credentials
         WHERE account = ?1 AND install IS NOT NULL AND passkey = ?2 AND (app_origin, install) IS NOT (?3, ?4)
         RETURNING id",
    )?;
    let values = params![
        account.0,
        passkey.as_slice(),
        except.map(|it| &it.app_origin),
        except.map(|it| it.install.as_slice())
    ];
    statement.query_map(values, read_id)?.collect()
}

/// Deletes all restore keys of an account but that of an install, and returns their ids.
pub(super) fn delete_restore_keys(
    connection: &Connection,
    account: AccountId,
    except: Option<&AppInstall>,
) -> rusqlite::Result<Vec<Bytes>> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM credentials
         WHERE account = ?1 AND install IS NOT NULL AND (app_origin, install) IS NOT (?2, ?3)
         RETURNING id",
    )?;
    let values = params![
        account.0,
        except.map(|it| &it.app_origin),
        except.map(|it| it.install.as_slice())
    ];
    statement.query_map(values, read_id)?.collect()
}

/// Deletes all credentials of an account.
pub(super) fn delete_all(connection: &Connection, account: AccountId) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached("DELETE FROM credentials WHERE account = ?1")?;
    statement.execute([account.0])?;
    Ok(())
}

fn read_id(row: &Row<'_>) -> rusqlite::Result<Bytes> {
    Ok(row.get::<_, Blob>("id")?.0)
}

fn read_passkey(row: &Row<'_>) -> rusqlite::Result<Passkey> {
    let last_used_at: Option<Millis> = row.get("last_used_at")?;
    Ok(Passkey {
        id: row.get::<_, Blob>("id")?.0,
        label: row.get("label")?,
        created_at: row.get::<_, Millis>("created_at")?.0,
        last_used_at: last_used_at.map(|millis| millis.0),
        last_used_on: row.get("last_used_on")?,
        backup_eligible: row.get("backup_eligible")?,
        backup_state: row.get("backup_state")?,
        aaguid: row.get("aaguid")?,
        transports: row.get::<_, Transports>("transports")?.0,
    })
}
