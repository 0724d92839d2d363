//! The two finishes, each one statement: one trip to the database, and the locks are held no longer than the engine needs.
//!
//! A part of a statement that reads `FROM` another runs after it. What was done before a refusal is undone by
//! `passkeep_refuse`, which is called in the order of the enumerations. Whoever finishes a ceremony that somebody else is
//! finishing waits at `spent` until the other is done, and only goes on if the other was refused.

use tokio_postgres::Row;

use super::accounts;
use super::columns::{Value, values};
use super::connections::{Connections, one};
use crate::{
    Account, AccountTarget, FinishAuthentication, FinishAuthenticationError, FinishRegistration,
    FinishRegistrationError, NewSession, StoreError,
};

/// A registration, where the part named `account` is what is given.
macro_rules! registration {
    ($account:literal, $refusal:literal) => {
        concat!(
            "
    WITH spent AS (
        INSERT INTO spent_ceremonies (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING
        RETURNING id AS ceremony
    ), account AS (",
            $account,
            "
    ), credential AS (
        INSERT INTO credentials (
            id, account, created_at, sign_count, uv_initialized, backup_eligible, backup_state, aaguid, label, rp_id,
            transports, public_key, attestation_object, attestation_client_data_json
        )
        SELECT $6::bytea, account.id, $5::bigint, $7::bigint, $8::boolean, $9::boolean, $10::boolean, $11::bytea,
            $12::text, $13::text, $14::text, $15::bytea, $16::bytea, $17::bytea
        FROM account
        ON CONFLICT (id) DO NOTHING
        RETURNING account
    ), replaced AS (
        DELETE FROM sessions USING credential WHERE token = $20
    ), opened AS (
        INSERT INTO sessions (token, account, credential_id, created_at, last_used_at)
        SELECT $19::bytea, account, $6::bytea, $5::bigint, $5::bigint FROM credential WHERE $19::bytea IS NOT NULL
    ), told AS (
        INSERT INTO audit_events (id, at, kind, account, credential_id)
        SELECT $21::bytea, $22::bigint, $23::text, account, $24::bytea FROM credential
    ), others AS (
        SELECT count(*) AS passkeys FROM credentials WHERE account = $3
    )
    SELECT account.*, CASE
        WHEN NOT EXISTS (SELECT FROM spent) THEN passkeep_refuse('ceremony_spent')
        WHEN account.id IS NULL THEN passkeep_refuse('",
            $refusal,
            "')
        WHEN NOT EXISTS (SELECT FROM credential) THEN passkeep_refuse('credential_already_registered')
        WHEN passkeys >= $18::bigint THEN passkeep_refuse('too_many_passkeys')
    END
    FROM others LEFT JOIN account ON true"
        )
    };
}

const REGISTER_NEW: &str = registration!(
    "
        INSERT INTO accounts (id, user_handle, user_name, user_name_key, display_name, created_at)
        SELECT $3::bytea, $4::bytea, $25::text, $26::text, $27::text, $5::bigint FROM spent
        ON CONFLICT (user_name_key) DO NOTHING
        RETURNING id, user_handle, user_name, display_name, created_at",
    "user_name_taken"
);

const REGISTER_EXISTING: &str = registration!(
    "
        SELECT id, user_handle, user_name, display_name, created_at
        FROM spent, accounts WHERE id = $3 AND user_handle = $4",
    "account_not_found"
);

/// Of two sign-ins that raced, the later in time may come first: the count of record never goes back between them. The
/// one that waits for the other's update reads what that has written.
const AUTHENTICATE: &str = "
    WITH spent AS (
        INSERT INTO spent_ceremonies (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING
        RETURNING id AS ceremony
    ), account AS (
        UPDATE credentials
        SET sign_count = CASE sign_count WHEN $7::bigint THEN $6::bigint ELSE greatest(sign_count, $6::bigint) END,
            uv_initialized = uv_initialized OR $8, backup_eligible = $9, backup_state = $10, last_used_at = $5
        FROM spent, accounts
        WHERE credentials.id = $3 AND credentials.account = accounts.id AND accounts.user_handle = $4
        RETURNING accounts.id, user_handle, user_name, display_name, accounts.created_at
    ), replaced AS (
        DELETE FROM sessions USING account WHERE token = $12
    ), opened AS (
        INSERT INTO sessions (token, account, credential_id, created_at, last_used_at)
        SELECT $11::bytea, id, $3::bytea, $5::bigint, $5::bigint FROM account
    ), told AS (
        INSERT INTO audit_events (id, at, kind, account, credential_id)
        SELECT $13::bytea, $14::bigint, $15::text, id, $16::bytea FROM account
    )
    SELECT account.*, CASE
        WHEN NOT EXISTS (SELECT FROM spent) THEN passkeep_refuse('ceremony_spent')
        WHEN account.id IS NULL THEN passkeep_refuse('credential_not_found')
    END
    FROM (VALUES (1)) AS one (row) LEFT JOIN account ON true";

pub(super) async fn registration(
    connections: &Connections,
    finish: &FinishRegistration,
) -> Result<Account, FinishRegistrationError> {
    let (proof, session, event) = (&finish.proof, &finish.session, &finish.event);
    let (record, ceremony) = (proof.record(), proof.ceremony());
    let account = match &finish.account {
        AccountTarget::New { id, .. } | AccountTarget::Existing(id) => &id.0,
    };
    let transports = serde_json::to_string(&record.transports);
    let transports = transports.map_err(|error| StoreError::Inconsistent(error.into()))?;
    let mut values = Vec::from(values![
        &ceremony.id.0,
        ceremony.expires_at,
        account,
        proof.user().as_slice(),
        finish.now,
        &record.id,
        record.sign_count,
        record.uv_initialized,
        record.backup_eligible,
        record.backup_state,
        &record.aaguid,
        finish.label.as_str(),
        &*record.rp_id,
        &*transports,
        &record.public_key,
        &record.attestation_object,
        &record.attestation_client_data_json,
        finish.max_passkeys,
        session.as_ref().map(|session| &session.token.0),
        session.as_ref().and_then(replaced),
        &event.id,
        event.at,
        event.kind.as_str(),
        event.credential_id.as_ref(),
    ]);
    let rows = match &finish.account {
        AccountTarget::New {
            user_name,
            display_name,
            ..
        } => {
            let names = [user_name.as_str(), user_name.key(), display_name.as_str()];
            values.extend(names.map(Value::from));
            connections.query(REGISTER_NEW, &values).await
        }
        AccountTarget::Existing(_) => {
            let lock = (accounts::LOCK, &values![account][..]);
            connections
                .query_after(lock, (REGISTER_EXISTING, &values))
                .await
        }
    };
    read(&rows.map_err(|fault| {
        fault.into_error(|refusal| match refusal {
            "ceremony_spent" => Some(FinishRegistrationError::CeremonySpent),
            "user_name_taken" => Some(FinishRegistrationError::UserNameTaken),
            "account_not_found" => Some(FinishRegistrationError::AccountNotFound),
            "credential_already_registered" => {
                Some(FinishRegistrationError::CredentialAlreadyRegistered)
            }
            "too_many_passkeys" => Some(FinishRegistrationError::TooManyPasskeys),
            _ => None,
        })
    })?)
}

pub(super) async fn authentication(
    connections: &Connections,
    finish: &FinishAuthentication,
) -> Result<Account, FinishAuthenticationError> {
    let (proof, session, event) = (&finish.proof, &finish.session, &finish.event);
    let (update, ceremony) = (proof.update(), proof.ceremony());
    let values = values![
        &ceremony.id.0,
        ceremony.expires_at,
        proof.credential_id(),
        proof.user().as_slice(),
        finish.now,
        update.sign_count,
        update.judged_by,
        update.uv_initialized,
        update.backup_eligible,
        update.backup_state,
        &session.token.0,
        replaced(session),
        &event.id,
        event.at,
        event.kind.as_str(),
        event.credential_id.as_ref(),
    ];
    let rows = connections.query(AUTHENTICATE, &values).await;
    read(&rows.map_err(|fault| {
        fault.into_error(|refusal| match refusal {
            "ceremony_spent" => Some(FinishAuthenticationError::CeremonySpent),
            "credential_not_found" => Some(FinishAuthenticationError::CredentialNotFound),
            _ => None,
        })
    })?)
}

fn replaced(session: &NewSession) -> Option<&[u8; 32]> {
    session.replaces.as_ref().map(|token| &token.0)
}

fn read<E: From<StoreError>>(rows: &[Row]) -> Result<Account, E> {
    Ok(one(rows, accounts::read)?)
}
