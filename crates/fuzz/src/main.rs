//! What `npm run fuzz` needs besides libFuzzer.
//!
//! ```text
//! passkeep-fuzz seeds FOLDER        a folder for each target, a file for each of its seeds; prints the targets' names
//! passkeep-fuzz run TARGET FILE…    a target on these files, such as those that libFuzzer keeps of a crash
//! ```

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

use passkeep_fuzz::TARGETS;

fn main() -> io::Result<ExitCode> {
    let words: Vec<_> = env::args().skip(1).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    match *words {
        ["seeds", folder] => write_seeds(Path::new(folder))?,
        ["run", name, ref files @ ..] if TARGETS.iter().any(|target| target.name == name) => {
            for file in files {
                passkeep_fuzz::run(name, &fs::read(file)?);
            }
        }
        _ => {
            eprintln!("passkeep-fuzz seeds FOLDER | run TARGET FILE…");
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn write_seeds(folder: &Path) -> io::Result<()> {
    for target in TARGETS {
        let folder = folder.join(target.name);
        fs::create_dir_all(&folder)?;
        for (index, seed) in (target.seeds)().iter().enumerate() {
            fs::write(folder.join(format!("seed-{index:03}")), seed)?;
        }
        println!("{}", target.name);
    }
    Ok(())
}
