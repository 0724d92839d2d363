//! How values are stored where SQLite has no type for them.

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::names::AuthenticatorTransport;
use passkeep_verify::{Timestamp, UserHandle};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{Row, ToSql};

use crate::{AppInstall, AuditKind, SessionMethod};

/// A time, in milliseconds. SQLite's integers end 292 million years after 1970, and later times are stored as that.
pub(super) struct Millis(pub(super) Timestamp);

impl ToSql for Millis {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(i64::try_from(self.0.0).unwrap_or(i64::MAX).into())
    }
}

impl FromSql for Millis {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let millis = value.as_i64()?;
        match u64::try_from(millis) {
            Ok(millis) => Ok(Self(Timestamp(millis))),
            Err(_) => Err(FromSqlError::OutOfRange(millis)),
        }
    }
}

/// A byte string.
pub(super) struct Blob(pub(super) Bytes);

impl FromSql for Blob {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(Self(value.as_blob()?.into()))
    }
}

/// A user handle.
pub(super) struct Handle(pub(super) UserHandle);

impl FromSql for Handle {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let handle = UserHandle::new(value.as_blob()?);
        handle.map(Self).ok_or(FromSqlError::InvalidType)
    }
}

/// Transports, in the order the client reported them.
pub(super) struct Transports(pub(super) Vec<AuthenticatorTransport>);

/// The stored form of transports: a JSON array, because a transport of a later specification may be any string.
pub(super) fn transports_json(transports: &[AuthenticatorTransport]) -> rusqlite::Result<String> {
    serde_json::to_string(transports)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

impl FromSql for Transports {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?)
            .map(Self)
            .map_err(FromSqlError::other)
    }
}

/// What an audit event says happened.
pub(super) struct Kind(pub(super) AuditKind);

impl FromSql for Kind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        let kind = AuditKind::ALL.iter().find(|kind| kind.as_str() == text);
        kind.copied().map(Self).ok_or(FromSqlError::InvalidType)
    }
}

/// How a session was opened.
pub(super) struct Method(pub(super) SessionMethod);

impl FromSql for Method {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        let method = SessionMethod::ALL
            .iter()
            .find(|method| method.as_str() == text);
        method.copied().map(Self).ok_or(FromSqlError::InvalidType)
    }
}

/// Reads the columns `app_origin, install`, which are both null or neither.
pub(super) fn app_install(row: &Row<'_>) -> rusqlite::Result<Option<AppInstall>> {
    let Some(app_origin) = row.get("app_origin")? else {
        return Ok(None);
    };
    Ok(Some(AppInstall {
        app_origin,
        install: row.get::<_, Blob>("install")?.0,
    }))
}
