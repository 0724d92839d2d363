//! The two finishes, each one trip to the database. A sign-in is one statement, and one that reads the account's credentials
//! after it; a registration is a few.
//!
//! A part of a statement that reads `FROM` another runs after it. What was done before a refusal is undone by
//! `passkeep_refuse`, which is called in the order of the enumerations. Everything that opens a session holds a lock on its
//! account first and reads whether it is locked under that, so that nothing slips past
//! [`LOCK_ALONE`](accounts::LOCK_ALONE).

use tokio_postgres::Row;

use super::columns::{Value, values};
use super::connections::{Connections, Step, all, one};
use super::credentials::MAKE_ROOM_FOR_RESTORE_KEY;
use super::fault::Fault;
use super::grants::{SPEND, UseUp};
use super::housekeeping::event_values;
use super::{accounts, credentials, sessions};
use crate::{
    Account, AccountId, AccountTarget, Authenticated, FinishAuthentication,
    FinishAuthenticationError, FinishRegistration, FinishRegistrationError, Grant, NewCredential,
    NewSession, StoreError,
};

/// A registration whose ceremony is spent and whose grant is used up. The part named `account` is what is given.
macro_rules! registration {
    ($account:literal, $refusal:literal) => {
        concat!(
            "
    WITH account AS (",
            $account,
            "
    ), credential AS (
        INSERT INTO credentials (
            id, account, created_at, sign_count, uv_initialized, backup_eligible, backup_state, aaguid, label, rp_id,
            transports, public_key, attestation_object, attestation_client_data_json, app_origin, install, passkey
        )
        SELECT $4::bytea, id, $3::bigint, $5::bigint, $6::boolean, $7::boolean, $8::boolean, $9::bytea, $10::text,
            $11::text, $12::text, $13::bytea, $14::bytea, $15::bytea, $17::text, $18::bytea,
            (SELECT coalesce(passkey, credential_id) FROM sessions WHERE token = $19::bytea)
        FROM account
        ON CONFLICT (id) DO NOTHING
        RETURNING account
    ), replaced AS MATERIALIZED (
        SELECT ended.* FROM credential, passkeep_end_session(
            $25::bytea, account, $23::text, $24::bytea, $26::bytea, $27::bigint, $30::text
        ) AS ended
        WHERE $25::bytea IS NOT NULL
    ), opened AS (
        INSERT INTO sessions (
            token, account, credential_id, method, device, app_origin, install, created_at, last_used_at
        )
        SELECT $20::bytea, account, $4::bytea, $21::text, $22::text, coalesce($23::text, owner_app_origin),
            coalesce($24::bytea, owner_install), $3::bigint, $3::bigint
        FROM credential LEFT JOIN replaced ON owner = account
        WHERE $20::bytea IS NOT NULL
    ), told AS (
        INSERT INTO audit_events (id, at, kind, account, credential_id, device)
        SELECT $26::bytea, $27::bigint, $28::text, account, $29::bytea, $30::text FROM credential
    ), others AS (
        SELECT count(*) AS passkeys FROM credentials WHERE account = $1 AND install IS NULL
    )
    SELECT account.*, CASE
        WHEN account.id IS NULL THEN passkeep_refuse('",
            $refusal,
            "')
        WHEN locked_at IS NOT NULL THEN passkeep_refuse('account_locked')
        WHEN $19::bytea IS NOT NULL AND NOT EXISTS (SELECT FROM sessions WHERE token = $19 AND account = $1)
            THEN passkeep_refuse('session_ended')
        WHEN $31::boolean OR NOT EXISTS (SELECT FROM credential) THEN passkeep_refuse('credential_already_registered')
        WHEN $18::bytea IS NULL AND passkeys >= $16::bigint THEN passkeep_refuse('too_many_passkeys')
    END
    FROM others LEFT JOIN account ON true"
        )
    };
}

const REGISTER_NEW: &str = registration!(
    "
        INSERT INTO accounts (id, user_handle, user_name, user_name_key, display_name, created_at)
        VALUES ($1::bytea, $2::bytea, $32::text, $33::text, $34::text, $3::bigint)
        ON CONFLICT (user_name_key) DO NOTHING
        RETURNING id, user_handle, user_name, display_name, created_at, locked_at",
    "user_name_taken"
);

/// After [`LOCK`](accounts::LOCK).
const REGISTER_EXISTING: &str = registration!(
    "
        SELECT id, user_handle, user_name, display_name, created_at, locked_at
        FROM accounts WHERE id = $1 AND user_handle = $2",
    "account_not_found"
);

/// Of two sign-ins that raced, the later in time may come first: the count of record never goes back between them. The
/// one that waits for the other's update reads what that has written.
///
/// The lock on the account is the one that the new session's reference to it takes in any case.
const AUTHENTICATE: &str = "
    WITH spent AS (
        INSERT INTO spent_ceremonies (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING
        RETURNING id AS ceremony
    ), account AS (
        SELECT id, user_handle, user_name, display_name, created_at, locked_at
        FROM spent, accounts WHERE user_handle = $4
        FOR KEY SHARE OF accounts
    ), credential AS (
        UPDATE credentials
        SET sign_count = CASE sign_count WHEN $7::bigint THEN $6::bigint ELSE greatest(sign_count, $6::bigint) END,
            uv_initialized = uv_initialized OR $8, backup_eligible = $9, backup_state = $10, last_used_at = $5,
            last_used_on = $11
        FROM account
        WHERE credentials.id = $3 AND credentials.account = account.id
        RETURNING account.id AS account, credentials.passkey
    ), replaced AS MATERIALIZED (
        SELECT ended.* FROM credential, passkeep_end_session(
            $17::bytea, account, $15::text, $16::bytea, $18::bytea, $19::bigint, $22::text
        ) AS ended
        WHERE $17::bytea IS NOT NULL
    ), opened AS (
        INSERT INTO sessions (
            token, account, credential_id, method, device, app_origin, install, created_at, last_used_at, passkey
        )
        SELECT $12::bytea, account, $3::bytea, $13::text, $14::text, coalesce($15::text, owner_app_origin),
            coalesce($16::bytea, owner_install), $5::bigint, $5::bigint, passkey
        FROM credential LEFT JOIN replaced ON owner = account
        WHERE $12::bytea IS NOT NULL
    ), told AS (
        INSERT INTO audit_events (id, at, kind, account, credential_id, device)
        SELECT $18::bytea, $19::bigint, $20::text, account, $21::bytea, $22::text FROM credential
    )
    SELECT account.*, CASE
        WHEN NOT EXISTS (SELECT FROM spent) THEN passkeep_refuse('ceremony_spent')
        WHEN NOT EXISTS (SELECT FROM credential) THEN passkeep_refuse('credential_not_found')
        WHEN locked_at IS NOT NULL THEN passkeep_refuse('account_locked')
    END
    FROM (VALUES (1)) AS one (row) LEFT JOIN account ON true";

pub(super) async fn registration(
    connections: &Connections,
    finish: &FinishRegistration,
) -> Result<Account, FinishRegistrationError> {
    let (proof, record) = (&finish.proof, finish.proof.record());
    let (AccountTarget::New { id: account, .. } | AccountTarget::Existing(account)) =
        &finish.account;
    let (install, bound) = match &finish.kind {
        NewCredential::Passkey => (None, None),
        NewCredential::Restore { install, session } => (Some(install), Some(&session.0)),
    };
    let transports = serde_json::to_string(&record.transports);
    let transports = transports.map_err(|error| StoreError::Inconsistent(error.into()))?;
    let mut values = Vec::from(values![
        &account.0,
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
        install.map(|it| &*it.app_origin),
        install.map(|it| &it.install),
        bound,
    ]);
    values.extend(session_values(finish.session.as_ref()));
    values.extend(event_values(&finish.event));
    values.push(Value::from(finish.id_is_reserved));

    let register = match &finish.account {
        AccountTarget::Existing(_) => REGISTER_EXISTING,
        AccountTarget::New {
            user_name,
            display_name,
            ..
        } => {
            let names = [user_name.as_str(), user_name.key(), display_name.as_str()];
            values.extend(names.map(Value::from));
            REGISTER_NEW
        }
    };
    let rows = run(connections, finish, account, (register, &values)).await;
    read(&rows.map_err(|fault| {
        fault.into_error(|refusal| match refusal {
            "ceremony_spent" => Some(FinishRegistrationError::CeremonySpent),
            "grant_used" => Some(FinishRegistrationError::GrantUsed),
            "user_name_taken" => Some(FinishRegistrationError::UserNameTaken),
            "account_not_found" => Some(FinishRegistrationError::AccountNotFound),
            "account_locked" => Some(FinishRegistrationError::AccountLocked),
            "session_ended" => Some(FinishRegistrationError::SessionEnded),
            "credential_already_registered" => {
                Some(FinishRegistrationError::CredentialAlreadyRegistered)
            }
            "too_many_passkeys" => Some(FinishRegistrationError::TooManyPasskeys),
            _ => None,
        })
    })?)
}

/// Registers after everything that comes before it.
async fn run(
    connections: &Connections,
    finish: &FinishRegistration,
    account: &AccountId,
    register: Step<'_>,
) -> Result<Vec<Row>, Fault> {
    let ceremony = finish.proof.ceremony();
    let lock = values![&account.0];
    let spend = values![&ceremony.id.0, ceremony.expires_at, "ceremony_spent"];
    let grant = finish.grant.as_ref();
    let use_up = grant.map(|grant| UseUp::new(account, grant, finish.now.into()));
    let room = match &finish.kind {
        NewCredential::Passkey => None,
        NewCredential::Restore { install, session } => Some(values![
            &account.0,
            &session.0,
            &*install.app_origin,
            &install.install
        ]),
    };
    let mut steps: Vec<Step<'_>> = Vec::new();
    let recovers = matches!(grant, Some(Grant::RecoveryCode(_)));
    let event = &finish.event;
    let others = values![&account.0, &event.id, event.at, event.device.as_deref()];
    if matches!(finish.account, AccountTarget::Existing(_)) {
        let how = match recovers {
            true => accounts::LOCK_ALONE,
            false => accounts::LOCK,
        };
        steps.push((how, &lock));
    }
    steps.push((SPEND, &spend));
    steps.extend(use_up.as_ref().map(UseUp::step));
    if recovers {
        steps.push((sessions::END_ALL, &others));
    }
    steps.extend(
        room.as_ref()
            .map(|values| (MAKE_ROOM_FOR_RESTORE_KEY, &values[..])),
    );
    steps.push(register);
    connections.query_in_order(&steps).await
}

pub(super) async fn authentication(
    connections: &Connections,
    finish: &FinishAuthentication,
) -> Result<Authenticated, FinishAuthenticationError> {
    let proof = &finish.proof;
    let (update, ceremony) = (proof.update(), proof.ceremony());
    let mut values = Vec::from(values![
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
        &*finish.device,
    ]);
    values.extend(session_values(finish.session.as_ref()));
    values.extend(event_values(&finish.event));
    let user = values![proof.user().as_slice()];
    let steps = [(AUTHENTICATE, &values[..]), (credentials::OF_USER, &user)];
    let [authenticated, of_user] = connections.query_each(steps).await.map_err(|fault| {
        fault.into_error(|refusal| match refusal {
            "ceremony_spent" => Some(FinishAuthenticationError::CeremonySpent),
            "credential_not_found" => Some(FinishAuthenticationError::CredentialNotFound),
            "account_locked" => Some(FinishAuthenticationError::AccountLocked),
            _ => None,
        })
    })?;
    let credentials = all(&of_user, credentials::read)?;
    Ok(Authenticated {
        account: one(&authenticated, accounts::read)?,
        credentials: credentials::sort(credentials),
    })
}

/// Token, method, device, app origin, install, and the token of the session that is replaced; nothing where none is opened.
pub(super) fn session_values(session: Option<&NewSession>) -> [Value<'_>; 6] {
    let Some(session) = session else {
        return [Value::Null; 6];
    };
    let install = session.install.as_ref();
    values![
        &session.token.0,
        session.method.as_str(),
        &*session.device,
        install.map(|it| &*it.app_origin),
        install.map(|it| &it.install),
        session.replaces.as_ref().map(|token| &token.0),
    ]
}

fn read<E: From<StoreError>>(rows: &[Row]) -> Result<Account, E> {
    Ok(one(rows, accounts::read)?)
}
