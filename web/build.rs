//! Makes a function of each message in `messages/en.json`, so that a word that does not exist, or lacks what goes into it,
//! does not compile, and one that nobody says is a warning.
//!
//! The words themselves become files, one for each language, which `scripts/lib/site-messages.mjs` writes and holds against
//! this one. Both put the messages into the same order: by key.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use serde::Deserialize;

/// How much stack the program has in release builds. With less than the usual megabyte, addresses of data are a byte shorter each.
const STACK: u32 = 262_144;

/// In the order of CLDR, as `passkeep_browser::page::locale` has them.
const PLURAL_CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// The groups of which some are said by the static page alone.
const ELSEWHERE: [&str; 2] = ["language", "static_page"];

#[derive(Deserialize)]
#[serde(untagged)]
enum Message {
    Text(String),
    /// For each category of counted things that the language has.
    Plural(BTreeMap<String, String>),
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=messages/en.json");
    if env::var("CARGO_CFG_TARGET_ARCH")? == "wasm32" && env::var("OPT_LEVEL")? == "z" {
        println!("cargo::rustc-link-arg-bins=-zstack-size={STACK}");
    }
    let english = fs::read_to_string("messages/en.json")?;
    let groups: BTreeMap<String, BTreeMap<String, Message>> = serde_json::from_str(&english)?;

    let (mut code, mut table) = (String::new(), Vec::new());
    for (group, messages) in &groups {
        if ELSEWHERE.contains(&group.as_str()) {
            writeln!(
                code,
                "#[allow(dead_code, reason = \"the static page says the rest\")]"
            )?;
        }
        writeln!(code, "pub(crate) mod {group} {{")?;
        for (name, message) in messages {
            let index = table.len();
            let shown = match message {
                Message::Text(text) => text,
                Message::Plural(forms) => forms.get("other").ok_or("a plural has no `other`")?,
            };
            let mut parts = placeholders(shown);
            let plural = matches!(message, Message::Plural(_));
            if plural {
                parts.remove("count");
            }
            let values: String = parts
                .iter()
                .map(|part| format!("(\"{part}\", {part}), "))
                .collect();
            let parameters: String = parts.iter().map(|part| format!("{part}: &str, ")).collect();
            writeln!(code, "    #[doc = {shown:?}]")?;
            match message {
                Message::Text(text) => {
                    table.push(text.as_str());
                    if parts.is_empty() {
                        writeln!(
                            code,
                            "    pub(crate) fn {name}() -> &'static str {{ crate::language::text({index}) }}"
                        )?;
                    } else {
                        writeln!(
                            code,
                            "    pub(crate) fn {name}({parameters}) -> String {{ crate::language::filled({index}, &[{values}]) }}"
                        )?;
                    }
                }
                Message::Plural(forms) => {
                    let form = |category| forms.get(category).map_or("", String::as_str);
                    table.extend(PLURAL_CATEGORIES.map(form));
                    writeln!(
                        code,
                        "    pub(crate) fn {name}(count: u32, {parameters}) -> String {{ crate::language::counted({index}, count, &[{values}]) }}"
                    )?;
                }
            }
        }
        writeln!(code, "}}")?;
    }
    writeln!(
        code,
        "/// How long the table of the messages is, in any language.\npub(crate) const LENGTH: usize = {};\n\
         /// The table in English, for tests outside a browser.\n#[cfg(not(target_arch = \"wasm32\"))]\n\
         pub(crate) const ENGLISH: &[&str] = &{table:?};",
        table.len()
    )?;
    let out = PathBuf::from(env::var("OUT_DIR")?).join("messages.rs");
    fs::write(out, code)?;
    Ok(())
}

/// The names in braces.
fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .collect()
}
