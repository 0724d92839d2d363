use passkeep_verify::CredentialRecord;
use tokio_postgres::{Error, Row};

use super::columns::{Blob, Counter, Fixed, Handle, Millis, Transports, app_install};
use crate::{
    AccountId, AppInstall, AuthenticationCandidate, CredentialKind, Credentials, Passkey,
    RestoreKey,
};

pub(super) const CANDIDATE: &str = "
    SELECT credentials.id, account, user_handle, public_key, sign_count, uv_initialized, backup_eligible,
        app_origin, install
    FROM credentials JOIN accounts ON accounts.id = account
    WHERE credentials.id = $1";

pub(super) const RECORD: &str = "
    SELECT id, public_key, sign_count, uv_initialized, transports, backup_eligible, backup_state, aaguid,
        attestation_object, attestation_client_data_json, rp_id
    FROM credentials WHERE id = $1 AND account = $2";

macro_rules! of {
    ($account:literal) => {
        concat!(
            "
    SELECT id, label, created_at, last_used_at, last_used_on, backup_eligible, backup_state, aaguid, transports,
        app_origin, install
    FROM credentials WHERE account = ",
            $account,
            " ORDER BY created_at DESC, id"
        )
    };
}

pub(super) const OF_ACCOUNT: &str = of!("$1");

/// By the account's user handle, where its id is not known yet.
pub(super) const OF_USER: &str = of!("(SELECT id FROM accounts WHERE user_handle = $1)");

/// Renames, and tells the audit trail if it is another name.
pub(super) const RENAME: &str = "
    WITH renamed AS (
        UPDATE credentials SET label = $3 WHERE id = $1 AND account = $2 AND install IS NULL AND label <> $3
        RETURNING id, account, label, created_at, last_used_at, last_used_on, backup_eligible, backup_state, aaguid,
            transports
    ), told AS (
        INSERT INTO audit_events (id, at, kind, account, credential_id, device)
        SELECT $4::bytea, $5::bigint, $6::text, account, $7::bytea, $8::text FROM renamed
    )
    SELECT * FROM renamed
    UNION ALL
    SELECT id, account, $3, created_at, last_used_at, last_used_on, backup_eligible, backup_state, aaguid, transports
    FROM credentials WHERE id = $1 AND account = $2 AND install IS NULL AND NOT EXISTS (SELECT FROM renamed)";

/// Deletes a passkey with what it is behind, but for the session $9 and its install, and returns how many are left; after
/// [`LOCK_ALONE`](super::accounts::LOCK_ALONE). A statement does not see what its own parts do: the count leaves out the one
/// that goes.
pub(super) const DELETE_PASSKEY: &str = "
    WITH deleted AS (
        DELETE FROM credentials WHERE id = $1 AND account = $2 AND install IS NULL RETURNING account
    ), kept AS (
        SELECT app_origin, install FROM sessions WHERE account = $2 AND token = $9
    ), ended AS (
        DELETE FROM sessions USING deleted
        WHERE sessions.account = deleted.account AND (credential_id = $1 OR passkey = $1)
            AND token IS DISTINCT FROM $9::bytea
        RETURNING app_origin, install
    ), keys AS (
        DELETE FROM credentials USING deleted
        WHERE credentials.account = deleted.account AND credentials.install IS NOT NULL
            AND (passkey = $1 OR EXISTS (
                SELECT FROM ended
                WHERE ended.app_origin = credentials.app_origin AND ended.install = credentials.install
            ))
            AND NOT EXISTS (
                SELECT FROM kept WHERE kept.app_origin = credentials.app_origin AND kept.install = credentials.install
            )
        RETURNING credentials.account, credentials.id
    ), voided AS (
        DELETE FROM enrolment_links USING deleted WHERE enrolment_links.account = deleted.account
    ), told AS (
        INSERT INTO audit_events (id, at, kind, account, credential_id, device)
        SELECT substr(sha256($4::bytea || id), 1, 16), $5::bigint, 'restore_key_deleted', account, id, $8::text FROM keys
        UNION ALL
        SELECT $4::bytea, $5::bigint, $6::text, account, $7::bytea, $8::text FROM deleted
    ), others AS (
        SELECT count(*) AS remaining FROM credentials WHERE account = $2 AND id <> $1 AND install IS NULL
    )
    SELECT others.remaining, CASE
        WHEN NOT EXISTS (SELECT FROM deleted) THEN passkeep_refuse('not_found')
        WHEN remaining = 0 AND NOT $3::boolean THEN passkeep_refuse('last')
    END
    FROM others";

/// Deletes a restore key, and says by returning a row that there was one.
pub(super) const DELETE_RESTORE_KEY: &str = "
    WITH deleted AS (
        DELETE FROM credentials WHERE id = $1 AND account = $2 AND install IS NOT NULL RETURNING account
    ), told AS (
        INSERT INTO audit_events (id, at, kind, account, credential_id, device)
        SELECT $3::bytea, $4::bigint, $5::text, account, $6::bytea, $7::text FROM deleted
    )
    SELECT account FROM deleted";

/// Makes a session an install's, and deletes the restore key that the account has for it; after
/// [`LOCK`](super::accounts::LOCK). Nobody ends the session from here on until the transaction is over.
pub(super) const MAKE_ROOM_FOR_RESTORE_KEY: &str = "
    WITH bound AS (
        UPDATE sessions SET app_origin = $3, install = $4 WHERE token = $2 AND account = $1
        RETURNING account, app_origin, install
    )
    DELETE FROM credentials USING bound
    WHERE credentials.account = bound.account AND credentials.app_origin = bound.app_origin
        AND credentials.install = bound.install";

/// How many passkeys are left, which is no more than an account may have.
pub(super) fn remaining(row: &Row) -> Result<u32, Error> {
    Ok(row.try_get::<_, Counter>("remaining")?.0)
}

pub(super) fn candidate(row: &Row) -> Result<AuthenticationCandidate, Error> {
    Ok(AuthenticationCandidate {
        id: row.try_get::<_, Blob>("id")?.0,
        account: AccountId(row.try_get::<_, Fixed<16>>("account")?.0),
        user: row.try_get::<_, Handle>("user_handle")?.0,
        public_key: row.try_get::<_, Blob>("public_key")?.0,
        sign_count: row.try_get::<_, Counter>("sign_count")?.0,
        uv_initialized: row.try_get("uv_initialized")?,
        backup_eligible: row.try_get("backup_eligible")?,
        kind: app_install(row)?.map_or(CredentialKind::Passkey, CredentialKind::Restore),
    })
}

pub(super) fn record(row: &Row) -> Result<CredentialRecord, Error> {
    let client_data_json: Blob = row.try_get("attestation_client_data_json")?;
    Ok(CredentialRecord {
        id: row.try_get::<_, Blob>("id")?.0,
        public_key: row.try_get::<_, Blob>("public_key")?.0,
        sign_count: row.try_get::<_, Counter>("sign_count")?.0,
        uv_initialized: row.try_get("uv_initialized")?,
        transports: row.try_get::<_, Transports>("transports")?.0,
        backup_eligible: row.try_get("backup_eligible")?,
        backup_state: row.try_get("backup_state")?,
        aaguid: row.try_get::<_, Fixed<16>>("aaguid")?.0,
        attestation_object: row.try_get::<_, Blob>("attestation_object")?.0,
        attestation_client_data_json: client_data_json.0,
        rp_id: row.try_get("rp_id")?,
    })
}

/// Reads a row of [`OF_ACCOUNT`]: what a passkey shows, and the install if it is none.
pub(super) fn read(row: &Row) -> Result<(Passkey, Option<AppInstall>), Error> {
    Ok((passkey(row)?, app_install(row)?))
}

/// Sorts what has been read.
pub(super) fn sort(read: Vec<(Passkey, Option<AppInstall>)>) -> Credentials {
    let mut credentials = Credentials::default();
    for (passkey, install) in read {
        match install {
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
    credentials
}

pub(super) fn passkey(row: &Row) -> Result<Passkey, Error> {
    let last_used_at: Option<Millis> = row.try_get("last_used_at")?;
    Ok(Passkey {
        id: row.try_get::<_, Blob>("id")?.0,
        label: row.try_get("label")?,
        created_at: row.try_get::<_, Millis>("created_at")?.0,
        last_used_at: last_used_at.map(|millis| millis.0),
        last_used_on: row.try_get("last_used_on")?,
        backup_eligible: row.try_get("backup_eligible")?,
        backup_state: row.try_get("backup_state")?,
        aaguid: row.try_get::<_, Fixed<16>>("aaguid")?.0,
        transports: row.try_get::<_, Transports>("transports")?.0,
    })
}
