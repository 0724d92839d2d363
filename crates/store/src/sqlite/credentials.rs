use passkeep_protocol::bytes::Bytes;
use passkeep_verify::user::Label;
use passkeep_verify::{CredentialRecord, Timestamp, VerifiedAuthentication};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params, params};

use super::columns::{Blob, Handle, Millis, Transports, transports_json};
use crate::{AccountId, AuthenticationCandidate, Passkey};

/// Stores a credential unless its id is registered; says whether it did.
pub(super) fn insert(
    connection: &Connection,
    account: AccountId,
    record: &CredentialRecord,
    label: &Label,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO credentials (
             id, account, created_at, sign_count, uv_initialized, backup_eligible, backup_state, aaguid, label, rp_id,
             transports, public_key, attestation_object, attestation_client_data_json
         ) VALUES (
             :id, :account, :created_at, :sign_count, :uv_initialized, :backup_eligible, :backup_state, :aaguid, :label,
             :rp_id, :transports, :public_key, :attestation_object, :attestation_client_data_json
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
    })?;
    Ok(inserted == 1)
}

/// Records a sign-in, if the account has the credential; says whether it does.
pub(super) fn update(
    connection: &Connection,
    account: AccountId,
    proof: &VerifiedAuthentication,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let update = proof.update();
    let mut statement = connection.prepare_cached(
        "UPDATE credentials
         SET sign_count = CASE sign_count WHEN :judged_by THEN :sign_count ELSE max(sign_count, :sign_count) END,
             uv_initialized = uv_initialized OR :uv_initialized, backup_eligible = :backup_eligible, backup_state = :backup_state,
             last_used_at = :now
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
        "SELECT credentials.id, account, user_handle, public_key, sign_count, uv_initialized, backup_eligible
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

pub(super) fn passkeys(
    connection: &Connection,
    account: AccountId,
) -> rusqlite::Result<Vec<Passkey>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, label, created_at, last_used_at, backup_eligible, backup_state, aaguid, transports
         FROM credentials WHERE account = ?1 ORDER BY created_at DESC, id",
    )?;
    statement.query_map([account.0], read_passkey)?.collect()
}

pub(super) fn count(connection: &Connection, account: AccountId) -> rusqlite::Result<u32> {
    let mut statement =
        connection.prepare_cached("SELECT count(*) FROM credentials WHERE account = ?1")?;
    statement.query_row([account.0], |row| row.get(0))
}

pub(super) fn rename(
    connection: &Connection,
    account: AccountId,
    id: &Bytes,
    label: &Label,
) -> rusqlite::Result<Option<Passkey>> {
    let mut statement = connection.prepare_cached(
        "UPDATE credentials SET label = ?1 WHERE id = ?2 AND account = ?3
         RETURNING id, label, created_at, last_used_at, backup_eligible, backup_state, aaguid, transports",
    )?;
    statement
        .query_row(
            params![label.as_str(), id.as_slice(), account.0],
            read_passkey,
        )
        .optional()
}

/// Deletes a credential, if the account has it; says whether it did.
pub(super) fn delete(
    connection: &Connection,
    account: AccountId,
    id: &Bytes,
) -> rusqlite::Result<bool> {
    let mut statement =
        connection.prepare_cached("DELETE FROM credentials WHERE id = ?1 AND account = ?2")?;
    Ok(statement.execute(params![id.as_slice(), account.0])? == 1)
}

fn read_passkey(row: &Row<'_>) -> rusqlite::Result<Passkey> {
    let last_used_at: Option<Millis> = row.get("last_used_at")?;
    Ok(Passkey {
        id: row.get::<_, Blob>("id")?.0,
        label: row.get("label")?,
        created_at: row.get::<_, Millis>("created_at")?.0,
        last_used_at: last_used_at.map(|millis| millis.0),
        backup_eligible: row.get("backup_eligible")?,
        backup_state: row.get("backup_state")?,
        aaguid: row.get("aaguid")?,
        transports: row.get::<_, Transports>("transports")?.0,
    })
}
