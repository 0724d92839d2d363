//! How values are stored where PostgreSQL has no type for them.

use core::error::Error;
use core::fmt;

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::names::AuthenticatorTransport;
use passkeep_verify::{Timestamp, UserHandle};
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Error as RowError, Row};

use crate::{AppInstall, AuditKind, SessionMethod, TokenHash};

type Read<T> = Result<T, Box<dyn Error + Sync + Send>>;

/// What a statement takes. The client library can be told to log it, and is told nothing.
#[derive(Clone, Copy)]
pub(super) enum Value<'a> {
    Null,
    Bytes(&'a [u8]),
    Hashes(&'a [TokenHash]),
    Text(&'a str),
    Integer(i64),
    Boolean(bool),
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Read<IsNull> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Bytes(bytes) => bytes.to_sql_checked(ty, out),
            Self::Hashes(hashes) => {
                let hashes: Vec<&[u8]> = hashes.iter().map(|hash| hash.0.as_slice()).collect();
                hashes.to_sql_checked(ty, out)
            }
            Self::Text(text) => text.to_sql_checked(ty, out),
            Self::Integer(integer) => integer.to_sql_checked(ty, out),
            Self::Boolean(boolean) => boolean.to_sql_checked(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        // Each of the values above checks for itself.
        true
    }

    to_sql_checked!();
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a> From<&'a [TokenHash]> for Value<'a> {
    fn from(hashes: &'a [TokenHash]) -> Self {
        Self::Hashes(hashes)
    }
}

impl<'a> From<&'a Bytes> for Value<'a> {
    fn from(bytes: &'a Bytes) -> Self {
        Self::Bytes(bytes.as_slice())
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value<'_> {
    fn from(boolean: bool) -> Self {
        Self::Boolean(boolean)
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<Timestamp> for Value<'_> {
    /// In milliseconds. The engine's integers end 292 million years after 1970, and later times are stored as that.
    fn from(time: Timestamp) -> Self {
        Self::Integer(i64::try_from(time.0).unwrap_or(i64::MAX))
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The values of a statement, in the order of its numbers.
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::postgres::columns::Value::from($value)),*] };
}

pub(super) use values;

/// A time that is read.
pub(super) struct Millis(pub(super) Timestamp);

impl FromSql<'_> for Millis {
    fn from_sql(ty: &Type, raw: &[u8]) -> Read<Self> {
        Ok(Self(Timestamp(u64::try_from(i64::from_sql(ty, raw)?)?)))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::INT8
    }
}

/// A count: of signatures, or of rows.
pub(super) struct Counter(pub(super) u32);

impl FromSql<'_> for Counter {
    fn from_sql(ty: &Type, raw: &[u8]) -> Read<Self> {
        Ok(Self(u32::try_from(i64::from_sql(ty, raw)?)?))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::INT8
    }
}

/// A byte string.
pub(super) struct Blob(pub(super) Bytes);

impl FromSql<'_> for Blob {
    fn from_sql(_: &Type, raw: &[u8]) -> Read<Self> {
        Ok(Self(raw.into()))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::BYTEA
    }
}

/// A byte string of that length.
pub(super) struct Fixed<const N: usize>(pub(super) [u8; N]);

impl<const N: usize> FromSql<'_> for Fixed<N> {
    fn from_sql(_: &Type, raw: &[u8]) -> Read<Self> {
        Ok(Self(raw.try_into()?))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::BYTEA
    }
}

/// A user handle.
pub(super) struct Handle(pub(super) UserHandle);

impl FromSql<'_> for Handle {
    fn from_sql(_: &Type, raw: &[u8]) -> Read<Self> {
        let handle = UserHandle::new(raw).ok_or("a user handle has 1 to 64 bytes")?;
        Ok(Self(handle))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::BYTEA
    }
}

/// Transports, in the order the client reported them.
pub(super) struct Transports(pub(super) Vec<AuthenticatorTransport>);

impl FromSql<'_> for Transports {
    fn from_sql(_: &Type, raw: &[u8]) -> Read<Self> {
        Ok(Self(serde_json::from_slice(raw)?))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::TEXT
    }
}

/// What an audit event says happened.
pub(super) struct Kind(pub(super) AuditKind);

impl FromSql<'_> for Kind {
    fn from_sql(ty: &Type, raw: &[u8]) -> Read<Self> {
        let text = <&str>::from_sql(ty, raw)?;
        let kind = AuditKind::ALL.iter().find(|kind| kind.as_str() == text);
        Ok(Self(*kind.ok_or("no such kind of event")?))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::TEXT
    }
}

/// How a session was opened.
pub(super) struct Method(pub(super) SessionMethod);

impl FromSql<'_> for Method {
    fn from_sql(ty: &Type, raw: &[u8]) -> Read<Self> {
        let text = <&str>::from_sql(ty, raw)?;
        let method = SessionMethod::ALL
            .iter()
            .find(|method| method.as_str() == text);
        Ok(Self(*method.ok_or("no such way to open a session")?))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::TEXT
    }
}

/// Reads the columns `app_origin, install`, which are both null or neither.
pub(super) fn app_install(row: &Row) -> Result<Option<AppInstall>, RowError> {
    let Some(app_origin) = row.try_get("app_origin")? else {
        return Ok(None);
    };
    Ok(Some(AppInstall {
        app_origin,
        install: row.try_get::<_, Blob>("install")?.0,
    }))
}
