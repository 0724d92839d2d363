//! The **Invariant** lines of ARCHITECTURE.md, held against the manifests and the sources.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("the workspace is two folders up")
        .to_owned()
}

/// A crate of this workspace, by its folder's name.
fn manifest(folder: &str) -> toml::Table {
    let path = match folder {
        "web" | "workbench" => root().join(folder).join("Cargo.toml"),
        _ => root().join("crates").join(folder).join("Cargo.toml"),
    };
    fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .parse()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The crates of this workspace that a table of dependencies names, in any of its target-specific forms.
fn own_dependencies(manifest: &toml::Table, table: &str, optional: bool) -> BTreeSet<String> {
    let mut tables = vec![manifest.get(table)];
    if let Some(targets) = manifest.get("target").and_then(toml::Value::as_table) {
        tables.extend(targets.values().map(|target| target.get(table)));
    }
    let tables = tables
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_table);
    let entries = tables.flatten().filter(|(_, value)| {
        let is_optional = value.get("optional").and_then(toml::Value::as_bool);
        is_optional.unwrap_or(false) == optional
    });
    entries
        .filter_map(|(name, _)| name.strip_prefix("passkeep-"))
        .map(str::to_owned)
        .collect()
}

/// The table of ARCHITECTURE.md: for each crate, by its folder, the crates that it depends on.
fn documented_dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let table = page.split("\n| crate | depends on |\n|---|---|\n").nth(1);
    let rows = table.expect("the table of dependencies").lines();
    rows.take_while(|line| line.starts_with('|'))
        .map(|row| {
            let mut names = row.split('`').skip(1).step_by(2).map(str::to_owned);
            (names.next().unwrap(), names.collect())
        })
        .collect()
}

#[test]
fn dependencies_are_those_of_the_page() {
    let documented = documented_dependencies();
    let crates = fs::read_dir(root().join("crates")).unwrap();
    let crates = crates.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let folders: BTreeSet<String> = crates
        .chain(["web", "workbench"].map(str::to_owned))
        .collect();
    let known: BTreeSet<String> = documented.keys().cloned().collect();
    assert_eq!(folders, known, "the crates in the table of ARCHITECTURE.md");

    for (folder, documented) in documented {
        let manifest = manifest(&folder);
        let optional = own_dependencies(&manifest, "dependencies", true);
        let expected = match folder.as_str() {
            // The store's contract suite, for whoever writes another store.
            "store" => BTreeSet::from(["testkit".to_owned()]),
            _ => BTreeSet::new(),
        };
        assert_eq!(optional, expected, "{folder}, optionally");
        let mut found = own_dependencies(&manifest, "dependencies", false);
        found.extend(optional);
        assert_eq!(found, documented, "{folder}");

        // For its tests a crate has itself with other features, and the software authenticator.
        let mut for_tests = own_dependencies(&manifest, "dev-dependencies", false);
        for_tests.retain(|name| *name != folder && name != "testkit");
        for_tests.extend(own_dependencies(&manifest, "build-dependencies", false));
        let surplus: Vec<_> = for_tests.difference(&documented).collect();
        assert_eq!(surplus, [""; 0], "{folder}, for its build or its tests");
    }
}

#[test]
fn every_crate_takes_the_workspace_lints() {
    for folder in [
        "protocol",
        "verify",
        "store",
        "inspect",
        "server",
        "browser",
        "testkit",
        "fuzz",
        "web",
        "workbench",
    ] {
        let manifest = manifest(folder);
        let workspace = manifest
            .get("lints")
            .and_then(|lints| lints.get("workspace"));
        assert_eq!(workspace, Some(&toml::Value::Boolean(true)), "{folder}");
    }
}

/// All Rust sources of a crate, without its tests.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let start = match folder {
        "web" | "workbench" => root().join(folder).join("src"),
        _ => root().join("crates").join(folder).join("src"),
    };
    let (mut left, mut found) = (vec![start], Vec::new());
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            // Unit tests stand last in a file, and may do what the crate may not.
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            found.push((path, code.to_owned()));
        }
    }
    found
}

/// The lines of code, not of comments, in which one of the words occurs.
fn mentions(folder: &str, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, code) in sources(folder) {
        for (index, line) in code.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| code.contains(word)) {
                let path = path.strip_prefix(root()).unwrap().display();
                found.push(format!("{path}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    found
}

/// What reads a clock.
const CLOCKS: [&str; 6] = [
    "SystemTime::now",
    "Instant::now",
    "Utc::now",
    "UNIX_EPOCH.elapsed",
    "Date::now",
    "performance()",
];
/// What draws random bytes.
const RANDOMNESS: [&str; 8] = [
    "getrandom",
    "SystemRandom",
    "aws_lc_rs::rand",
    "thread_rng",
    "OsRng",
    "SysRng",
    "Math::random",
    "get_random_values",
];
/// What reaches another machine, from a server or from a page.
const NETWORK: [&str; 8] = [
    "std::net",
    "TcpStream",
    "TcpListener",
    "gloo_net",
    "fetch_with",
    "XmlHttpRequest",
    "WebSocket",
    "EventSource",
];
const DOM: [&str; 2] = ["web_sys", "leptos"];

#[test]
fn time_randomness_network_and_dom_are_where_the_page_says() {
    let all = [&CLOCKS[..], &RANDOMNESS, &NETWORK, &DOM].concat();
    for folder in ["protocol", "verify", "inspect", "store", "testkit", "fuzz"] {
        assert_eq!(mentions(folder, &all), [""; 0], "{folder}");
    }
    let outside = |folder: &str, words: &[&str], file: &str| {
        let mut found = mentions(folder, words);
        let all = found.len();
        found.retain(|line| !line.starts_with(&format!("{file}:")));
        assert!(found.len() < all, "{file} has none of {words:?}");
        found
    };
    // Latencies are measured where they occur; the time of day is not read there.
    let ambient = ["SystemTime", "aws_lc_rs::rand", "SystemRandom::new"];
    let elsewhere = outside("server", &ambient, "crates/server/src/ambient.rs");
    assert_eq!(elsewhere, [""; 0], "server");
    assert_eq!(mentions("server", &DOM), [""; 0], "server");

    let drawn = [&CLOCKS[..], &RANDOMNESS].concat();
    assert_eq!(mentions("web", &drawn), [""; 0], "web");
    assert_eq!(outside("web", &NETWORK, "web/src/api.rs"), [""; 0], "web");
    let elsewhere = outside("workbench", &drawn, "workbench/src/page.rs");
    assert_eq!(elsewhere, [""; 0], "workbench");
    assert_eq!(mentions("workbench", &NETWORK), [""; 0], "workbench");
}

#[test]
fn protocol_verify_and_inspect_do_no_io() {
    let words = [
        "std::fs",
        "std::io",
        "std::env",
        "println!",
        "eprintln!",
        "tokio",
    ];
    for folder in ["protocol", "verify", "inspect"] {
        assert_eq!(mentions(folder, &words), [""; 0], "{folder}");
    }
}

#[test]
fn only_browser_and_the_exports_of_inspect_see_javascript_values() {
    let words = ["JsValue", "Reflect::", "js_sys"];
    for folder in [
        "protocol",
        "verify",
        "store",
        "server",
        "testkit",
        "fuzz",
        "web",
        "workbench",
    ] {
        assert_eq!(mentions(folder, &words), [""; 0], "{folder}");
    }
    let mut inspect = mentions("inspect", &words);
    inspect.retain(|line| !line.starts_with("crates/inspect/src/exports.rs:"));
    assert_eq!(inspect, [""; 0]);
}

#[test]
fn every_rejection_is_made_in_one_place() {
    for (file, name, at_least) in [
        ("src/rejection.rs", "Rejection", 20),
        ("src/rejection/attestation.rs", "AttestationRejection", 40),
    ] {
        let variants = declared_rejections(file, name);
        assert!(variants.len() > at_least, "{variants:?}");
        for variant in variants {
            let constructor = format!("{name}::{variant}");
            let places: Vec<_> = sources("verify")
                .into_iter()
                .filter(|(path, _)| !path.to_string_lossy().contains("src/rejection"))
                .flat_map(|(path, code)| {
                    let count = code
                        .match_indices(&constructor)
                        .filter(|(at, found)| {
                            let before = code[..*at].ends_with(char::is_alphanumeric);
                            let after = code[at + found.len()..].starts_with(char::is_alphanumeric);
                            !before && !after
                        })
                        .count();
                    vec![path.display().to_string(); count]
                })
                .collect();
            assert_eq!(places.len(), 1, "{constructor} is made in {places:?}");
        }
    }
}

#[test]
fn every_finding_is_made() {
    let sources = sources("verify");
    let (_, findings) = sources
        .iter()
        .find(|(path, _)| path.ends_with("src/finding.rs"))
        .unwrap();
    let table = findings.split("\nfindings! {").nth(1).unwrap();
    let table = table.split("\n}\n").next().unwrap();
    let names = table.lines().filter_map(|line| {
        let line = line.strip_prefix("    ")?;
        line.split([' ', '{'])
            .next()
            .filter(|name| name.starts_with(char::is_uppercase))
    });
    let names: Vec<_> = names.collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        let of_a_quirk = findings.contains(&format!("Quirk::{name} => Self::{name},"));
        let made = format!("Finding::{name}");
        let elsewhere = sources
            .iter()
            .any(|(path, code)| !path.ends_with("src/finding.rs") && code.contains(&made));
        assert!(of_a_quirk || elsewhere, "nothing makes {made}");
    }
}

/// The variants of one of the enumerations of rejections: written out, or in the table of a macro.
fn declared_rejections(file: &str, name: &str) -> Vec<String> {
    let mut files = sources("verify").into_iter();
    let (_, code) = files.find(|(path, _)| path.ends_with(file)).unwrap();
    let start = match name {
        "Rejection" => "pub enum Rejection {",
        _ => "\nrejections! {",
    };
    let declared = code.split(start).nth(1).unwrap();
    let declared = declared.split("\n}\n").next().unwrap();
    let variants = declared.lines().filter_map(|line| {
        let line = line.strip_prefix("    ")?;
        let length = line.chars().take_while(|c| c.is_alphanumeric()).count();
        let (variant, rest) = line.split_at(length);
        let named = variant.starts_with(char::is_uppercase)
            && rest.trim_start().starts_with([',', '{', '(', '=']);
        named.then(|| variant.to_owned())
    });
    variants.collect()
}

#[test]
fn every_check_can_refuse() {
    let rejections = sources("verify");
    let rejections = rejections.iter();
    let rejections: String = rejections
        .filter(|(path, _)| path.to_string_lossy().contains("src/rejection"))
        .map(|(_, code)| code.as_str())
        .collect();
    for check in declared_checks() {
        let named = format!("Check::{check}");
        let ends = |after: &str| !after.starts_with(char::is_alphanumeric);
        let refuses = rejections
            .match_indices(&named)
            .any(|(at, found)| ends(&rejections[at + found.len()..]));
        assert!(refuses, "no error belongs to {named}");
    }
}

fn declared_checks() -> Vec<String> {
    let (_, code) = sources("verify")
        .into_iter()
        .find(|(path, _)| path.ends_with("check.rs"))
        .unwrap();
    let table = code.split("\nchecks! {").nth(1).unwrap();
    let table = table.split("\n}\n").next().unwrap();
    let names = table.lines().filter_map(|line| {
        let (name, _) = line.trim().split_once(" = \"")?;
        name.chars()
            .all(char::is_alphanumeric)
            .then(|| name.to_owned())
    });
    let names: Vec<_> = names.collect();
    assert!(names.len() > 15, "{names:?}");
    names
}

/// Whether the package is one of this workspace's.
fn is_own(package: &str) -> bool {
    package.starts_with("passkeep-") || ["axum-minimal", "leptos-example"].contains(&package)
}

/// The packages of the lock file that no checksum of the registry vouches for, without those of this workspace.
fn foreign_packages(lock: &str) -> Vec<String> {
    let lock: toml::Table = lock.parse().unwrap();
    let packages = lock["package"].as_array().unwrap();
    let foreign = packages.iter().filter(|package| {
        let member = |name| package.get(name).and_then(toml::Value::as_str);
        match member("source") {
            None => !is_own(member("name").unwrap()),
            Some(source) => source != REGISTRY || member("checksum").is_none(),
        }
    });
    foreign
        .map(|package| package["name"].as_str().unwrap().to_owned())
        .collect()
}

/// The one source that `deny.toml` allows, as Cargo writes it.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

#[test]
fn every_dependency_comes_from_the_registry() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    assert_eq!(foreign_packages(&lock), [""; 0]);

    let from = |source: &str| format!("[[package]]\nname = \"it\"\n{source}\n");
    let checksum = "checksum = \"00\"";
    for source in [
        String::new(),
        format!("source = \"{REGISTRY}\""),
        format!("source = \"git+https://example.org/it#00\"\n{checksum}"),
        format!("source = \"registry+https://example.org/index\"\n{checksum}"),
    ] {
        assert_eq!(foreign_packages(&from(&source)), ["it"], "{source}");
    }
}

/// What people wrote and people read, in every language.
fn written_files() -> Vec<PathBuf> {
    let folders = [
        "api-tests",
        "crates",
        "examples",
        "fuzz",
        "peers",
        "playwright-tests",
        "scripts",
        "web",
        "workbench",
    ];
    let mut left: Vec<_> = folders.map(|folder| root().join(folder)).into();
    let mut found = Vec::new();
    while let Some(path) = left.pop() {
        let name = path.file_name().unwrap_or_default();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir()
            && !["target", "node_modules", "corpus", "dist"]
                .iter()
                .any(|it| name == *it)
        {
            let entries = fs::read_dir(&path).unwrap();
            left.extend(entries.map(|entry| entry.unwrap().path()));
        } else if matches!(
            extension,
            Some("rs" | "js" | "mjs" | "mts" | "ts" | "css" | "py")
        ) {
            found.push(path);
        }
    }
    found
}

#[test]
fn no_file_has_more_than_500_lines() {
    let files = written_files();
    assert!(files.len() > 300, "{} files", files.len());
    let long = files.iter().filter_map(|path| {
        let lines = fs::read_to_string(path).unwrap().lines().count();
        (lines > 500).then(|| format!("{}: {lines}", path.display()))
    });
    assert_eq!(long.collect::<Vec<_>>(), [""; 0]);
}
