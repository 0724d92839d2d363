//! What people have written to give a setting, for errors to name it by.

use std::fs;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args as _, Command};

use super::Flags;

/// An error, with each setting in its brackets named as it was given: by the flag, by the key in the file, or by the variable.
pub(crate) fn as_given(error: &str, matches: &ArgMatches) -> String {
    let mut named = String::new();
    let mut rest = error;
    while let Some((before, settings, after)) = next_brackets(rest) {
        let settings = settings.split(", ").map(|setting| name(setting, matches));
        let settings: Vec<_> = settings.collect();
        named.push_str(before);
        named.push_str(&settings.join(", "));
        rest = after;
    }
    named + rest
}

/// What comes before the next variables in brackets, the variables, and the rest.
fn next_brackets(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find("(PASSKEEP_")? + 1;
    let (before, settings) = text.split_at(start);
    let (settings, after) = settings.split_at(settings.find(')')?);
    Some((before, settings, after))
}

fn name(variable: &str, matches: &ArgMatches) -> String {
    let command = Flags::augment_args(Command::new(""));
    let mut flags = command.get_arguments();
    let flag = flags.find(|flag| flag.get_env().is_some_and(|name| name == variable));
    let Some(flag) = flag else {
        return variable.to_owned();
    };
    let id = flag.get_id().as_str();
    // Commands that have no configuration do not know it.
    let source = match matches.try_contains_id(id) {
        Ok(true) => matches.value_source(id),
        _ => None,
    };
    // An empty variable is one that is not set.
    let is_empty = || {
        matches
            .get_raw(id)
            .into_iter()
            .flatten()
            .all(|it| it.is_empty())
    };
    match (source, flag.get_long()) {
        (Some(ValueSource::CommandLine), Some(long)) => format!("--{long}"),
        (Some(ValueSource::EnvVariable), _) if !is_empty() => variable.to_owned(),
        _ => in_file(id, matches).unwrap_or_else(|| variable.to_owned()),
    }
}

/// The key of the configuration file, if it has it.
fn in_file(key: &str, matches: &ArgMatches) -> Option<String> {
    let path = matches.try_get_one::<PathBuf>("config").ok()??;
    let file: toml::Table = fs::read_to_string(path).ok()?.parse().ok()?;
    let file = file.contains_key(key).then(|| path.display());
    file.map(|path| format!("{key} in {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_named_as_it_was_given() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.toml");
        fs::write(&path, "rp_id = \"example.org\"\nlisten = \"8080\"\n").unwrap();
        let path = path.to_str().unwrap();
        let command = Flags::augment_args(Command::new("passkeep"));
        let given = ["passkeep", "--config", path, "--max-connections", "5"];
        let matches = command.get_matches_from(given);
        for (error, expected) in [
            (
                "no (PASSKEEP_CONFIG):\nwhy",
                "no (--config):\nwhy".to_owned(),
            ),
            (
                "no (PASSKEEP_RP_ID, PASSKEEP_ORIGINS)",
                format!("no (rp_id in {path}, PASSKEEP_ORIGINS)"),
            ),
            (
                "one (PASSKEEP_MAX_CONNECTIONS) two (PASSKEEP_MAX_CONNECTIONS_OF_ADDRESS); (three)",
                "one (--max-connections) two (PASSKEEP_MAX_CONNECTIONS_OF_ADDRESS); (three)"
                    .to_owned(),
            ),
            ("no PASSKEEP_CONFIG", "no PASSKEEP_CONFIG".to_owned()),
            ("no (PASSKEEP_NOTHING)", "no (PASSKEEP_NOTHING)".to_owned()),
            ("no (PASSKEEP_CONFIG", "no (PASSKEEP_CONFIG".to_owned()),
        ] {
            assert_eq!(as_given(error, &matches), expected);
        }
        let nothing = Command::new("passkeep").get_matches_from(["passkeep"]);
        assert_eq!(
            as_given("no (PASSKEEP_CONFIG)", &nothing),
            "no (PASSKEEP_CONFIG)"
        );
    }
}
