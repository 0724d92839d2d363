//! The types for JavaScript, which are written by hand, name what is handed out.

use std::fs;
use std::path::Path;

use passkeep_verify::Check;
use passkeep_verify::finding::FindingKind;

fn types() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../browser/npm/inspect.d.ts");
    fs::read_to_string(path).unwrap()
}

/// The names in quotes in the declaration of that type.
fn names(types: &str, of: &str) -> Vec<String> {
    let declared = types
        .split(&format!("export type {of} =\n"))
        .nth(1)
        .unwrap();
    let declared = declared.split(";\n\n").next().unwrap();
    let quoted = declared.split('\'').skip(1).step_by(2);
    let mut names: Vec<_> = quoted.map(str::to_owned).collect();
    names.sort();
    names
}

fn sorted(names: impl Iterator<Item = &'static str>) -> Vec<String> {
    let mut names: Vec<_> = names.map(str::to_owned).collect();
    names.sort();
    names
}

#[test]
fn checks_and_findings_are_those_of_the_verifier() {
    let types = types();
    let checks = sorted(Check::ALL.iter().map(|check| check.code()));
    assert_eq!(names(&types, "CheckCode"), checks);
    let mut findings = names(&types, "Finding");
    findings.extend(names(&types, "PlainFindingKind"));
    findings.sort();
    let kinds = FindingKind::ALL.iter().map(|kind| kind.code());
    assert_eq!(findings, sorted(kinds));
}

#[test]
fn the_kinds_are_those_of_the_tree() {
    let types = types();
    let variants = |file: &str, name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let source = fs::read_to_string(path).unwrap();
        let declared = source.split(&format!("pub enum {name} {{")).nth(1).unwrap();
        let declared = declared.split("\n}\n").next().unwrap().to_owned();
        let variants = declared.lines().filter_map(|line| {
            let line = line.strip_prefix("    ")?.trim_end_matches([' ', '{', ',']);
            line.starts_with(char::is_uppercase)
                .then(|| snake_case(line))
        });
        let mut variants: Vec<_> = variants.collect();
        variants.sort();
        variants
    };
    assert_eq!(
        names(&types, "InspectionKind"),
        variants("src/decode.rs", "Kind")
    );
    assert_eq!(
        names(&types, "InspectionValue"),
        variants("src/node.rs", "Value")
    );
}

fn snake_case(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}
