//! Where the database is, from its URL.

use core::fmt;
use core::net::IpAddr;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

/// Where a database is, and how to get there.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) config: Config,
    /// The certificates to trust, where it is not the system's.
    pub(super) roots: Option<PathBuf>,
}

/// Why a URL does not say where a database is. It never repeats what may be a password.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DatabaseUrlError {
    /// It does not begin with `postgres://` or `postgresql://`.
    Scheme,
    /// There is an `@` where none belongs, as there is when a password has one.
    At,
    /// It names no host.
    Host,
    /// It names no database.
    Database,
    /// `sslmode` asks for a connection that an attacker on the way could have unencrypted or read.
    SslMode,
    /// Something in it cannot be understood.
    Malformed,
}

impl fmt::Display for DatabaseUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "it does not begin with postgres://",
            Self::At => "it has more than one @; in a password it is written %40",
            Self::Host => "it names no host",
            Self::Database => "it names no database",
            Self::SslMode => {
                "its sslmode is none of disable, require, verify-ca and verify-full"
            }
            Self::Malformed => {
                "it is not of the form postgres://user:password@host:port/database?sslmode=verify-full, \
                 with special characters as %20"
            }
        })
    }
}

impl core::error::Error for DatabaseUrlError {}

impl Address {
    pub(super) fn parse(url: &str) -> Result<Self, DatabaseUrlError> {
        let schemes = ["postgres://", "postgresql://"];
        let Some(rest) = schemes.iter().find_map(|scheme| url.strip_prefix(scheme)) else {
            return Err(DatabaseUrlError::Scheme);
        };
        let (credentials, rest) = match rest.split_once('@') {
            Some((_, rest)) if rest.contains('@') => return Err(DatabaseUrlError::At),
            Some((credentials, rest)) => (Some(credentials), rest),
            None => (None, rest),
        };
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut ssl_mode = None;
        let mut roots = None;
        let mut others = Vec::new();
        // What the client library does not know is taken out before it reads the rest.
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", mode)) => ssl_mode = Some(mode),
                Some(("sslrootcert", "system")) => {}
                Some(("sslrootcert", path)) => {
                    let path = percent_decode_str(path).decode_utf8();
                    let path = path.map_err(|_| DatabaseUrlError::Malformed)?;
                    roots = Some(PathBuf::from(&*path));
                }
                _ => others.push(pair),
            }
        }
        let credentials = credentials.map(|it| format!("{it}@")).unwrap_or_default();
        let understood = format!("postgres://{credentials}{place}?{}", others.join("&"));
        let config = understood.parse::<Config>();
        let mut config = config.map_err(|_| DatabaseUrlError::Malformed)?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(DatabaseUrlError::Host);
        }
        if config.get_dbname().is_none() {
            return Err(DatabaseUrlError::Database);
        }
        let mode = match ssl_mode {
            // On the way through a network everything is encrypted and the server's name is verified, unless somebody
            // has said that this network needs none of it.
            None if is_local(&config) => SslMode::Disable,
            None | Some("require" | "verify-ca" | "verify-full") => SslMode::Require,
            Some("disable") => SslMode::Disable,
            Some(_) => return Err(DatabaseUrlError::SslMode),
        };
        config.ssl_mode(mode);
        Ok(Self { config, roots })
    }
}

/// Whether the way to the database never leaves this machine.
fn is_local(config: &Config) -> bool {
    let hosts = config.get_hosts().iter().all(|host| match host {
        #[cfg(unix)]
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            let address = name.parse::<IpAddr>();
            name == "localhost" || address.is_ok_and(|address| address.is_loopback())
        }
    });
    hosts && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

impl fmt::Display for Address {
    /// As logs say it: where, and which, but not as whom.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.config.get_dbname().unwrap_or_default())?;
        let ports = self.config.get_ports();
        let hosts = self.config.get_hosts().iter().enumerate();
        for (index, host) in hosts {
            f.write_str(if index == 0 { " at " } else { ", " })?;
            match host {
                #[cfg(unix)]
                Host::Unix(path) => write!(f, "{}", path.display())?,
                Host::Tcp(name) => {
                    let port = ports.get(index).or(ports.first());
                    write!(f, "{name}:{}", port.unwrap_or(&5432))?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn parsed(url: &str) -> (String, SslMode) {
        let address = Address::parse(url).unwrap();
        (address.to_string(), address.config.get_ssl_mode())
    }

    #[test]
    fn what_leaves_the_machine_is_encrypted_unless_it_says_otherwise() {
        for (url, place, mode) in [
            ("postgres://a@db/x", "x at db:5432", SslMode::Require),
            (
                "postgresql://a@db:1/x?sslmode=disable",
                "x at db:1",
                SslMode::Disable,
            ),
            (
                "postgres://a@db/x?sslmode=verify-full",
                "x at db:5432",
                SslMode::Require,
            ),
            (
                "postgres://a@localhost/x",
                "x at localhost:5432",
                SslMode::Disable,
            ),
            ("postgres://a@[::1]:5/x", "x at ::1:5", SslMode::Disable),
            (
                "postgres://a@localhost/x?sslmode=require",
                "x at localhost:5432",
                SslMode::Require,
            ),
            (
                "postgres://a@localhost,db/x",
                "x at localhost:5432, db:5432",
                SslMode::Require,
            ),
        ] {
            assert_eq!(parsed(url), (place.to_owned(), mode), "{url}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_socket_is_local() {
        let expected = ("x at /run/db".to_owned(), SslMode::Disable);
        assert_eq!(parsed("postgres://a@%2Frun%2Fdb/x"), expected);
        assert_eq!(parsed("postgres:///x?host=/run/db&user=a"), expected);
    }

    #[test]
    fn certificates_can_be_named() {
        let url = "postgres://a@db/x?sslmode=verify-ca&sslrootcert=%2Fetc%2Fmy%20ca.pem&application_name=me";
        let address = Address::parse(url).unwrap();
        assert_eq!(address.roots, Some(PathBuf::from("/etc/my ca.pem")));
        assert_eq!(address.config.get_application_name(), Some("me"));
        let address = Address::parse("postgres://a@db/x?sslrootcert=system").unwrap();
        assert_eq!(address.roots, None);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_without_repeating_it() {
        for (url, expected) in [
            ("mysql://a:secret@db/x", DatabaseUrlError::Scheme),
            ("host=db password=secret", DatabaseUrlError::Scheme),
            ("postgres://a:se@cret@db/x", DatabaseUrlError::At),
            ("postgres:///x", DatabaseUrlError::Host),
            ("postgres://a:secret@db", DatabaseUrlError::Database),
            (
                "postgres://a:secret@db/x?sslmode=prefer",
                DatabaseUrlError::SslMode,
            ),
            (
                "postgres://a:secret@db/x?sslmode=",
                DatabaseUrlError::SslMode,
            ),
            ("postgres://a:secret@db:no/x", DatabaseUrlError::Malformed),
            (
                "postgres://a:secret@db/x?sslcert=secret",
                DatabaseUrlError::Malformed,
            ),
        ] {
            let error = Address::parse(url).err().unwrap();
            assert_eq!(error, expected, "{url}");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
