//! Writes the seeds of every target into a folder, as libFuzzer takes them: a folder for each target, a file for each
//! seed. Prints the targets' names. `npm run fuzz` calls it.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).map(PathBuf::from);
    for target in passkeep_fuzz::TARGETS {
        if let Some(folder) = &folder {
            let folder = folder.join(target.name);
            fs::create_dir_all(&folder)?;
            for (index, seed) in (target.seeds)().iter().enumerate() {
                fs::write(folder.join(format!("seed-{index:03}")), seed)?;
            }
        }
        println!("{}", target.name);
    }
    Ok(())
}
