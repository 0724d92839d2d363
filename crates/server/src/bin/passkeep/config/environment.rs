//! Variables that look like the configuration and are none: somebody believes that they are in force.

use std::ffi::OsString;

use clap::{Args as _, Command};

use super::{ConfigError, Flags};

const PREFIX: &str = "PASSKEEP_";

/// What the scripts, the tests and the builds of this project are told, and therefore may be told of a server too that they
/// start. Without the prefix.
const OF_TOOLS: &[&str] = &[
    "BINARY",
    "CACHE_DIR",
    "CHROMIUM",
    "FIREFOX",
    "L3_VECTORS",
    "NPM_TARBALL",
    "POSTGRES_BIN",
    "SERVER",
    "STORE_TEST_VICTIM",
    "WRITE_DOCS",
];

/// How such names begin where there are several.
const OF_TOOLS_BEGIN: &[&str] = &["API_", "PEER_", "TEST_"];

/// Refuses variables that have the prefix of the configuration and set nothing. An empty one is one that is not set.
pub(crate) fn check_environment(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<(), ConfigError> {
    let command = Flags::augment_args(Command::new(""));
    let known = command.get_arguments().filter_map(|flag| flag.get_env());
    let known: Vec<_> = known.filter_map(|name| name.to_str()).collect();
    let mut unknown: Vec<_> = variables
        .filter(|(_, value)| !value.is_empty())
        .filter_map(|(name, value)| {
            let name = name.to_string_lossy().into_owned();
            let rest = name.strip_prefix(PREFIX)?;
            let expected = known.contains(&&*name)
                || is_of_tools(rest)
                || is_of_kubernetes(rest, &value.to_string_lossy());
            (!expected).then_some(name)
        })
        .collect();
    // The environment has no order, and a message should be the same every time.
    unknown.sort();
    let Some(name) = unknown.into_iter().next() else {
        return Ok(());
    };
    let likeness = |other: &&&str| {
        let without = |name: &str| name.strip_prefix(PREFIX).unwrap_or(name).to_uppercase();
        strsim::jaro_winkler(&without(&name), &without(other))
    };
    let nearest = known
        .iter()
        .max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    let nearest = nearest.copied().unwrap_or_default().to_owned();
    Err(ConfigError::UnknownVariable { name, nearest })
}

fn is_of_tools(rest: &str) -> bool {
    OF_TOOLS.contains(&rest) || OF_TOOLS_BEGIN.iter().any(|begin| rest.starts_with(begin))
}

/// Kubernetes tells every container of the services beside it, in variables that begin with the service's name: of a
/// service called passkeep (or passkeep-db) they have our prefix.
fn is_of_kubernetes(rest: &str, value: &str) -> bool {
    let rest = format!("_{rest}");
    let of_port = rest.split("_PORT_").skip(1);
    let mut of_port = of_port.map(|after| after.starts_with(|first: char| first.is_ascii_digit()));
    rest.ends_with("_SERVICE_HOST")
        || rest.contains("_SERVICE_PORT")
        || of_port.any(|has_number| has_number)
        || rest.ends_with("_PORT") && value.contains("://")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn check(name: &str, value: &str) -> Result<(), String> {
        let variables = [("PATH", "/bin"), (name, value), ("PASSKEEP_RP_ID", "x")];
        let variables = variables.map(|(name, value)| (name.into(), value.into()));
        check_environment(variables.into_iter()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_variable_that_sets_nothing_is_refused_and_the_nearest_is_named() {
        for (name, nearest) in [
            ("PASSKEEP_DATABASE", "PASSKEEP_DATABASE_URL"),
            ("PASSKEEP_ORIGIN", "PASSKEEP_ORIGINS"),
            ("PASSKEEP_RPID", "PASSKEEP_RP_ID"),
            ("PASSKEEP_ACCOUNT_LIMITS", "PASSKEEP_ACCOUNT_LIMIT"),
            ("PASSKEEP_listen", "PASSKEEP_LISTEN"),
        ] {
            let expected = format!("there is no setting {name}; the nearest is {nearest}");
            let error = check(name, "1").unwrap_err();
            assert!(error.starts_with(&expected), "{error}");
        }
        for (name, value) in [("PASSKEEP_BOGUS", "1"), ("PASSKEEP_PORT", "8080")] {
            let error = check(name, value).unwrap_err();
            let expected = format!("there is no setting {name}; the nearest is PASSKEEP_");
            assert!(error.starts_with(&expected), "{error}");
        }
        assert_eq!(check("PASSKEEP_BOGUS", ""), Ok(()));
        assert_eq!(check("PASSKEEP_LISTEN", "127.0.0.1:1"), Ok(()));
        assert_eq!(check("PASSKEEPER", "1"), Ok(()));
    }

    #[test]
    fn what_kubernetes_sets_beside_a_service_of_that_name_is_let_be() {
        for (name, value) in [
            ("PASSKEEP_SERVICE_HOST", "10.0.0.1"),
            ("PASSKEEP_SERVICE_PORT", "80"),
            ("PASSKEEP_SERVICE_PORT_HTTP", "80"),
            ("PASSKEEP_PORT", "tcp://10.0.0.1:80"),
            ("PASSKEEP_PORT_80_TCP_ADDR", "10.0.0.1"),
            ("PASSKEEP_DB_SERVICE_HOST", "10.0.0.1"),
            ("PASSKEEP_DB_PORT_5432_TCP", "tcp://10.0.0.1:5432"),
        ] {
            assert_eq!(check(name, value), Ok(()), "{name}");
        }
    }

    /// The names in the files of a folder that begin with the prefix and go on in capitals.
    fn names(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !path.ends_with("node_modules") {
                    names(&path, found);
                }
                continue;
            }
            let text = std::fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&text);
            for after in text.split(PREFIX).skip(1) {
                let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
                let end = after.find(|c| !is_part(c)).unwrap_or(after.len());
                found.push(format!("{PREFIX}{}", &after[..end]));
            }
        }
    }

    #[test]
    fn whatever_the_scripts_set_is_known() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut found = Vec::new();
        for folder in ["scripts", "api-tests", "playwright-tests", "crates/store"] {
            names(&root.join(folder), &mut found);
        }
        assert!(found.len() > 20, "{found:?}");
        for name in found.iter().filter(|name| *name != PREFIX) {
            assert_eq!(check(name, "1"), Ok(()));
        }
    }
}
