//! The store itself: how it is opened, and what all changes to an account have in common.

use core::fmt;

use tokio_postgres::Row;

use super::address::Address;
use super::columns::{Value, values};
use super::connections::{Connections, Step};
use super::fault::Fault;
use super::grants::UseUp;
use super::options::PostgresOptions;
use super::{migrations, tls};
use crate::{AccountId, Confirmation, Grant, Inspection, StoreError};

/// A store in a PostgreSQL database, for any number of servers.
///
/// Every method is one statement, or a few that are sent together, so that it costs one trip to the database; concurrent
/// commits share syncs of its disk. When a connection breaks, the calls that were using it fail with
/// [`StoreError::Unavailable`], and the next ones connect again. A call whose future is dropped may still be carried out.
///
/// Its methods must be called in a tokio runtime, and always the same. Between it and the database there may be a pooler
/// that gives each client a session of its own, but none that changes sessions between transactions.
pub struct PostgresStore {
    pub(super) connections: Connections,
    address: Address,
}

impl PostgresStore {
    /// Connects to a database, and brings it up to this version's schema. Any number of servers may do so at once: one
    /// changes the schema, the others wait.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when the database cannot be reached, and [`StoreError::Inconsistent`] when it is too old
    /// or does not store Unicode, when its schema is not one of this program, or when it was written by a newer version.
    pub async fn open(options: PostgresOptions) -> Result<Self, StoreError> {
        let PostgresOptions {
            connections,
            address,
        } = options;
        let tls = tls::connector(&address)?;
        Box::pin(migrations::migrate(&address.config, tls.clone())).await?;
        Ok(Self {
            connections: Connections::new(address.config.clone(), tls, connections)?,
            address,
        })
    }

    /// Looks at a database, and changes nothing.
    ///
    /// # Errors
    ///
    /// Those of [`open`](Self::open), but that a schema of another version is none.
    pub async fn inspect(options: PostgresOptions) -> Result<Inspection, StoreError> {
        let tls = tls::connector(&options.address)?;
        Box::pin(migrations::inspect(&options.address.config, tls)).await
    }

    /// Changes what an account has: takes a lock on it, uses the confirmation up, and does the rest.
    pub(super) async fn change(
        &self,
        lock: &'static str,
        account: &AccountId,
        confirmation: Option<Confirmation>,
        rest: &[Step<'_>],
    ) -> Result<Vec<Row>, Fault> {
        let grant = confirmation.map(Grant::Confirmation);
        let use_up = grant
            .as_ref()
            .map(|grant| UseUp::new(account, grant, Value::Null));
        let values = values![&account.0];
        let mut steps: Vec<Step<'_>> = vec![(lock, &values)];
        steps.extend(use_up.as_ref().map(UseUp::step));
        steps.extend(rest);
        self.connections.query_in_order(&steps).await
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("address", &format_args!("{}", self.address))
            .finish_non_exhaustive()
    }
}
