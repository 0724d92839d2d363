//! The connections, and how work is done on one.

use core::error::Error;
use core::num::NonZeroUsize;
use core::time::Duration;

use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime,
};
use futures_util::TryStreamExt as _;
use futures_util::future::{join_all, join3};
use tokio_postgres::{Config, Row, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::columns::Value;
use super::fault::{DatabaseError, Fault};
use crate::{ConnectionsInUse, StoreError};

/// How long a caller waits for a connection that is free.
const ACQUIRE: Duration = Duration::from_secs(5);

/// How long it may take to connect, with TLS and authentication.
const CONNECT: Duration = Duration::from_secs(5);

/// How long the whole of a piece of work may take. It is longer than the engine's own limit for a statement, so that this
/// one only strikes when the engine or the network is silent.
const ANSWER: Duration = Duration::from_secs(8);

/// How often work is tried that others keep getting in the way of.
const ATTEMPTS: u32 = 5;

/// Between two attempts; each time twice as long.
const PAUSE: Duration = Duration::from_millis(5);

/// What each connection is told when it is new. What is durable, and what a statement sees, is not left to the settings
/// of the database; a stricter `synchronous_commit` than the usual is.
const SESSION: &str = "
    SET statement_timeout = '5s';
    SET lock_timeout = '5s';
    SET idle_in_transaction_session_timeout = '10s';
    SET default_transaction_isolation = 'read committed';
    SET default_transaction_deferrable = off;
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local');
";

/// A statement and its values.
pub(super) type Step<'a> = (&'static str, &'a [Value<'a>]);

pub(super) struct Connections {
    pool: Pool,
}

impl Connections {
    /// Prepares to connect; the first connection is made when it is needed.
    pub(super) fn new(
        config: Config,
        tls: MakeRustlsConnect,
        most: NonZeroUsize,
    ) -> Result<Self, StoreError> {
        // A connection that is closed is found out without asking the database.
        let recycling_method = RecyclingMethod::Fast;
        let manager = Manager::from_config(config, tls, ManagerConfig { recycling_method });
        let pool = Pool::builder(manager)
            .max_size(most.get())
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(ACQUIRE))
            .create_timeout(Some(CONNECT))
            .recycle_timeout(Some(CONNECT))
            .post_create(Hook::async_fn(|connection, _| {
                Box::pin(async {
                    let prepared = connection.batch_execute(SESSION).await;
                    prepared.map_err(HookError::Backend)
                })
            }))
            .build();
        let pool = pool.map_err(|error| StoreError::Inconsistent(error.into()))?;
        Ok(Self { pool })
    }

    /// How the connections are used now.
    pub(super) fn in_use(&self) -> ConnectionsInUse {
        let status = self.pool.status();
        ConnectionsInUse {
            open: status.size,
            idle: status.available,
            most: status.max_size,
            waiting: status.waiting,
        }
    }

    /// Runs a statement in a transaction of its own: one trip.
    pub(super) async fn query(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, Fault> {
        self.query_in_order(&[(sql, values)]).await
    }

    /// Runs statements one after another in one transaction, and returns what the last one answers. Each sees what has been
    /// committed by the time it begins, so that one after a lock sees what the lock has waited for. Still one trip: no
    /// statement waits for the answer to what comes before, nor does the commit, because the engine, once one has failed,
    /// does nothing of what follows, and ends the transaction as if it had never been.
    pub(super) async fn query_in_order(&self, steps: &[Step<'_>]) -> Result<Vec<Row>, Fault> {
        let answers = self.query_all(steps).await?;
        Ok(answers.into_iter().last().unwrap_or_default())
    }

    /// The same, and returns what each of them answers.
    pub(super) async fn query_each<const N: usize>(
        &self,
        steps: [Step<'_>; N],
    ) -> Result<[Vec<Row>; N], Fault> {
        let mut answers = self.query_all(&steps).await?.into_iter();
        Ok(core::array::from_fn(|_| answers.next().unwrap_or_default()))
    }

    async fn query_all(&self, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>, Fault> {
        let mut pause = PAUSE;
        for _ in 1..ATTEMPTS {
            match self.once(steps).await {
                Err(Fault::Engine(error)) if error.is_worth_another_attempt() => {}
                result => return result,
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        self.once(steps).await
    }

    async fn once(&self, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>, Fault> {
        let connection = self.pool.get().await.map_err(unreachable)?;
        let answer = async {
            match steps {
                [step] => run(&connection, *step).await.map(|rows| vec![rows]),
                steps => run_in_order(&connection, steps).await,
            }
        };
        let result = tokio::time::timeout(ANSWER, answer).await;
        let result = result.unwrap_or_else(|_| Err(Fault::Engine(DatabaseError::timed_out())));
        if let Err(Fault::Engine(error)) = &result
            && error.is_the_connections()
        {
            // It does not go back to the pool, but is closed.
            drop(Object::take(connection));
        }
        result
    }
}

/// The one row of an answer.
pub(super) fn one<T>(
    rows: &[Row],
    read: impl FnOnce(&Row) -> Result<T, tokio_postgres::Error>,
) -> Result<T, StoreError> {
    at_most_one(rows, read)?.ok_or_else(|| StoreError::Inconsistent("an answer is empty".into()))
}

/// The row of an answer, if there is one.
pub(super) fn at_most_one<T>(
    rows: &[Row],
    read: impl FnOnce(&Row) -> Result<T, tokio_postgres::Error>,
) -> Result<Option<T>, StoreError> {
    let row = rows.first().map(read).transpose();
    row.map_err(|error| DatabaseError::from(&error).into())
}

/// The rows of an answer.
pub(super) fn all<T>(
    rows: &[Row],
    read: impl FnMut(&Row) -> Result<T, tokio_postgres::Error>,
) -> Result<Vec<T>, StoreError> {
    let rows: Result<_, _> = rows.iter().map(read).collect();
    rows.map_err(|error| DatabaseError::from(&error).into())
}

async fn run(connection: &Object, (sql, values): Step<'_>) -> Result<Vec<Row>, Fault> {
    let statement = connection.prepare_cached(sql).await?;
    rows(connection, &statement, values).await
}

async fn run_in_order(connection: &Object, steps: &[Step<'_>]) -> Result<Vec<Vec<Row>>, Fault> {
    let mut statements = Vec::with_capacity(steps.len());
    for (sql, values) in steps {
        statements.push((connection.prepare_cached(sql).await?, *values));
    }
    let answers = statements
        .iter()
        .map(|(statement, values)| rows(connection, statement, values));
    // They are polled in this order, and each sends what it has to send when it is first polled. So a caller who stops
    // waiting cannot leave a transaction open.
    let (begun, answers, committed) = join3(
        connection.batch_execute("BEGIN"),
        join_all(answers),
        connection.batch_execute("COMMIT"),
    )
    .await;
    begun?;
    let answers = answers.into_iter().collect::<Result<_, _>>()?;
    committed?;
    Ok(answers)
}

/// An answer is complete when the engine is ready for another statement, and that is after the commit.
async fn rows(
    connection: &Object,
    statement: &Statement,
    values: &[Value<'_>],
) -> Result<Vec<Row>, Fault> {
    let rows = connection.query_raw(statement, values.iter().copied());
    Ok(rows.await?.try_collect().await?)
}

fn unreachable(error: PoolError) -> Fault {
    let error: &(dyn Error + 'static) = match &error {
        PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => error,
        error => error,
    };
    Fault::Engine(DatabaseError::unreachable(error))
}
