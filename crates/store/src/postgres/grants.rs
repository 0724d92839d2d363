//! What permits a change, once, and is used up in the same transaction. Each statement refuses when it finds nothing to use
//! up, and what it has used up is there again when a later one of the transaction refuses.

use super::columns::{Value, values};
use super::connections::Step;
use crate::{AccountId, Confirmation, Grant};

/// Spends a ceremony, or refuses with $3. Whoever spends one that somebody else is spending waits here until the other is
/// done, and only goes on if the other was refused.
pub(super) const SPEND: &str = "
    WITH spent AS (
        INSERT INTO spent_ceremonies (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING
        RETURNING id
    )
    SELECT CASE WHEN NOT EXISTS (SELECT FROM spent) THEN passkeep_refuse($3::text) END";

/// Spends a confirmation, whose passkey and whose session must be there still; after
/// [`LOCK`](super::accounts::LOCK), so that nobody takes them away from here on.
const CONFIRM: &str = "
    WITH spent AS (
        INSERT INTO spent_ceremonies (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING
        RETURNING id
    )
    SELECT CASE
        WHEN NOT EXISTS (SELECT FROM spent) THEN passkeep_refuse('grant_used')
        WHEN $4::bytea IS NOT NULL
            AND NOT EXISTS (SELECT FROM credentials WHERE id = $4 AND account = $3 AND install IS NULL)
            THEN passkeep_refuse('grant_used')
        WHEN $5::bytea IS NOT NULL AND NOT EXISTS (SELECT FROM sessions WHERE token = $5 AND account = $3)
            THEN passkeep_refuse('grant_used')
    END";

const USE_SESSION: &str = "
    SELECT CASE
        WHEN NOT EXISTS (SELECT FROM sessions WHERE account = $1 AND token = $2) THEN passkeep_refuse('grant_used')
    END";

const USE_CODE: &str = "
    WITH used AS (
        DELETE FROM recovery_codes WHERE account = $1 AND code = $2 RETURNING code
    )
    SELECT CASE WHEN NOT EXISTS (SELECT FROM used) THEN passkeep_refuse('grant_used') END";

const USE_LINK: &str = "
    WITH used AS (
        DELETE FROM enrolment_links WHERE account = $1 AND token = $2 AND expires_at >= $3 RETURNING token
    )
    SELECT CASE WHEN NOT EXISTS (SELECT FROM used) THEN passkeep_refuse('grant_used') END";

/// The statement that uses a grant up, and its values.
pub(super) struct UseUp<'a> {
    sql: &'static str,
    values: Vec<Value<'a>>,
}

impl<'a> UseUp<'a> {
    pub(super) fn new(account: &'a AccountId, grant: &'a Grant, now: Value<'a>) -> Self {
        let (sql, values) = match grant {
            Grant::Confirmation(Confirmation {
                spent,
                credential_id,
                session,
            }) => {
                let session = session.as_ref().map(|token| &token.0);
                let values = values![
                    &spent.id.0,
                    spent.expires_at,
                    &account.0,
                    credential_id.as_ref(),
                    session
                ];
                (CONFIRM, Vec::from(values))
            }
            Grant::Session(token) => (USE_SESSION, Vec::from(values![&account.0, &token.0])),
            Grant::RecoveryCode(code) => (USE_CODE, Vec::from(values![&account.0, &code.0])),
            Grant::EnrolmentLink(link) => {
                let values = [Value::from(&account.0), Value::from(&link.0), now];
                (USE_LINK, Vec::from(values))
            }
        };
        Self { sql, values }
    }

    pub(super) fn step(&self) -> Step<'_> {
        (self.sql, &self.values)
    }
}
