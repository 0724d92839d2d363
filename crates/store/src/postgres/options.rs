//! How the store is set up.

use core::fmt;
use core::num::NonZeroUsize;
use core::time::Duration;

use tokio_postgres::config::{Host, TargetSessionAttrs};

use super::address::{Address, DatabaseUrlError};

/// How long a network may be silent before a connection through it is given up.
const SILENCE: Duration = Duration::from_secs(10);

/// How a [`PostgresStore`](crate::PostgresStore) is set up. [`PostgresOptions::from_url`] takes what must be decided; the rest has defaults.
///
/// It is displayed as the database's name and hosts, without user and password.
#[derive(Clone)]
#[non_exhaustive]
pub struct PostgresOptions {
    /// The most connections that are open at once; sixteen by default. A finish needs one for a single trip to the database.
    pub connections: NonZeroUsize,
    pub(super) address: Address,
}

impl PostgresOptions {
    /// The database at a URL, `postgres://user:password@host:port/database`, with the defaults.
    ///
    /// What leaves this machine goes through TLS, and the server's certificate must be good for the host, unless the URL
    /// says `sslmode=disable`. `require`, `verify-ca` and `verify-full` all mean the last of them; `sslrootcert` names a
    /// file of certificates to trust instead of the system's.
    ///
    /// # Errors
    ///
    /// A [`DatabaseUrlError`], which repeats nothing of the URL.
    ///
    /// ```
    /// # use passkeep_store::{DatabaseUrlError, PostgresOptions};
    /// let options = PostgresOptions::from_url("postgres://passkeep:secret@db.example.org/passkeep")?;
    /// assert_eq!(options.to_string(), "passkeep at db.example.org:5432");
    /// # Ok::<(), DatabaseUrlError>(())
    /// ```
    pub fn from_url(url: &str) -> Result<Self, DatabaseUrlError> {
        let mut address = Address::parse(url)?;
        let config = &mut address.config;
        if config.get_application_name().is_none() {
            config.application_name("passkeep");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(SILENCE / 2);
        }
        config
            .keepalives_idle(SILENCE)
            .keepalives_interval(SILENCE / 5)
            .tcp_user_timeout(SILENCE)
            // Of several hosts, the one that is the primary now.
            .target_session_attrs(TargetSessionAttrs::ReadWrite);
        Ok(Self {
            connections: const { NonZeroUsize::new(16).unwrap() },
            address,
        })
    }

    /// The same database as arguments of PostgreSQL's own programs (`pg_dump`, `psql`). The password is not among them.
    #[must_use]
    pub fn program_arguments(&self) -> Vec<String> {
        let config = &self.address.config;
        let host = config.get_hosts().first().map(|host| match host {
            Host::Tcp(name) => format!("--host={name}"),
            #[cfg(unix)]
            Host::Unix(path) => format!("--host={}", path.display()),
        });
        let port = config.get_ports().first();
        let port = port.map(|port| format!("--port={port}"));
        let user = config.get_user().map(|user| format!("--username={user}"));
        let database = config.get_dbname().map(|name| format!("--dbname={name}"));
        [host, port, user, database].into_iter().flatten().collect()
    }
}

impl fmt::Display for PostgresOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.address.fmt(f)
    }
}

impl fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresOptions")
            .field("connections", &self.connections)
            .field("address", &format_args!("{}", self.address))
            .finish_non_exhaustive()
    }
}
