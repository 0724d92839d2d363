//! Lists the built site (`dist/` of the workspace, made by Trunk) in a table of constants, so that the server is one file.
//!
//! Written by hand, because the crates for it do not fit: memory-serve compresses at build time what Trunk's hook has
//! compressed better already, and reads from disk in debug builds; rust-embed neither negotiates encodings nor takes
//! them from files. What either leaves to do is all of `src/site.rs`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use sha2::{Digest as _, Sha256};

/// Shown when the server was built before the site.
const NOT_BUILT: &str = "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>Passkeep: the site is not built</title>
<h1>The site is not built</h1>
<p>This server was compiled before the site was. Its API works. To build both and start the server again, run
<code>npm start</code> in the project's folder.</p>
";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let manifest_dir = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out_dir = PathBuf::from(env::var("OUT_DIR")?);
    let dist = manifest_dir.join("../../dist");
    println!("cargo::rerun-if-changed={}", dist.display());

    let mut files = BTreeMap::new();
    if dist.join("index.html").is_file() {
        list(&dist.canonicalize()?, "", &mut files)?;
    } else {
        let page = out_dir.join("index.html");
        fs::write(&page, NOT_BUILT)?;
        files.insert("index.html".to_owned(), page);
    }

    let mut table = String::from("&[\n");
    for (name, path) in &files {
        if compressed_from(name).is_some_and(|original| files.contains_key(original)) {
            continue;
        }
        let content = fs::read(path)?;
        let encoded = |suffix: &str| match files.get(&format!("{name}{suffix}")) {
            Some(path) => format!("Some(include_bytes!({path:?}))"),
            None => "None".to_owned(),
        };
        writeln!(
            table,
            "    SiteFile {{ path: \"/{name}\", content_type: {:?}, hash: {:?}, immutable: {}, identity: \
             include_bytes!({path:?}), brotli: {}, gzip: {} }},",
            content_type(name),
            hash(&content),
            has_hash_in_name(name),
            encoded(".br"),
            encoded(".gz"),
        )?;
    }
    table.push(']');
    fs::write(out_dir.join("site_files.rs"), table)?;
    Ok(())
}

fn list(folder: &Path, prefix: &str, files: &mut BTreeMap<String, PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let name = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.insert(name, entry.path());
        }
    }
    Ok(())
}

fn compressed_from(name: &str) -> Option<&str> {
    name.strip_suffix(".br").or(name.strip_suffix(".gz"))
}

fn content_type(name: &str) -> String {
    let mime = mime_guess::from_path(name).first_or_octet_stream();
    if mime.type_() == "text" {
        format!("{mime}; charset=utf-8")
    } else {
        mime.to_string()
    }
}

/// Half of a SHA-256 in hexadecimal digits: enough to tell one version of a file from the next.
fn hash(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Whether Trunk put a hash into the name: sixteen hexadecimal digits, without the zeros they begin with. Under that name the
/// content never changes.
fn has_hash_in_name(name: &str) -> bool {
    name.split(['-', '_', '.', '/'])
        .any(|part| part.len() >= 12 && part.chars().all(|c| c.is_ascii_hexdigit()))
}
