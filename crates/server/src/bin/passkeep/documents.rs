//! What the documents say of the program's commands and variables, held against the program.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args as _, Command, CommandFactory as _};

use crate::Cli;
use crate::config::Flags;

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap().to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The guides, and what lies beside the README.
fn documents() -> Vec<(PathBuf, String)> {
    let folders = [root(), root().join("docs")];
    let files = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap());
    files
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect()
}

fn subcommand<'a>(command: &'a Command, name: &str) -> Option<&'a Command> {
    command.get_subcommands().find(|it| it.get_name() == name)
}

/// What stands after the program's name where a document calls it: in code, or at the start of a line of it.
fn calls(text: &str) -> impl Iterator<Item = &str> {
    ["`passkeep ", "\npasskeep "]
        .into_iter()
        .flat_map(|start| text.split(start).skip(1))
        .map(|after| after.split(['`', '\n']).next().unwrap())
}

#[test]
fn the_commands_of_the_documents_exist() {
    let program = Cli::command();
    let mut found = 0;
    for (path, text) in documents() {
        for call in calls(&text) {
            found += 1;
            let mut words = call.split(' ');
            let first = words.next().unwrap();
            let command = subcommand(&program, first);
            let command = command.unwrap_or_else(|| panic!("{}: {call}", path.display()));
            let second = words.next().filter(|_| command.has_subcommands());
            if let Some(second) = second {
                let known = subcommand(command, second.trim_end_matches(',')).is_some();
                assert!(known, "{}: passkeep {call}", path.display());
            }
        }
    }
    assert!(found > 15, "{found} calls");
}

#[test]
fn the_readme_has_every_command() {
    let readme = read("README.md");
    for command in Cli::command().get_subcommands() {
        let name = command.get_name();
        // `npm start` does it.
        if name == "serve" {
            continue;
        }
        assert!(readme.contains(&format!("`passkeep {name}")), "{name}");
        let rows = readme
            .lines()
            .filter(|line| line.starts_with("| `passkeep "));
        let row: String = rows
            .filter_map(|line| line.split(" | ").next())
            .filter(|cell| cell.contains(&format!("`passkeep {name}")))
            .collect();
        for inner in command.get_subcommands() {
            let inner = inner.get_name();
            let named = row.contains(&format!("`passkeep {name} {inner}"))
                || row.contains(&format!("`{inner}"));
            assert!(named, "passkeep {name} {inner} is not in {row}");
        }
    }
}

#[test]
fn the_readme_has_every_variable() {
    let command = Flags::augment_args(Command::new(""));
    let known = command.get_arguments().filter_map(|flag| flag.get_env());
    let known: BTreeSet<_> = known
        .map(|name| name.to_str().unwrap().to_owned())
        .collect();
    let readme = read("README.md");
    let section = readme.split("\n## Embed it\n").next().unwrap();
    let named = section.split("PASSKEEP_").skip(1).map(|after| {
        let end = after.find(|it: char| !it.is_ascii_uppercase() && it != '_');
        format!("PASSKEEP_{}", &after[..end.unwrap_or(after.len())])
    });
    assert_eq!(named.collect::<BTreeSet<_>>(), known);
}
