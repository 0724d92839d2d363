//! The program `passkeep` as a process.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Result;
use crate::databases::Database;
use crate::people::{ORIGIN, RP_ID};
use crate::proc::status_bytes;

/// A server that runs, and is killed with this value.
pub(crate) struct Server {
    process: Child,
    pub(crate) port: u16,
}

impl Server {
    /// Starts one on loopback. What it logs goes into a file.
    pub(crate) fn start(program: &Path, database: &Database, log: &Path) -> Result<Self> {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PASSKEEP_")) {
            command.env_remove(name);
        }
        let log_file = File::options().create(true).append(true).open(log)?;
        let process = command
            .arg("serve")
            .env("PASSKEEP_LISTEN", "127.0.0.1:0")
            .env("PASSKEEP_RP_ID", RP_ID)
            .env("PASSKEEP_ORIGINS", ORIGIN)
            // All clients have one address here.
            .env("PASSKEEP_ADDRESS_LIMIT", "0")
            .env("PASSKEEP_ACCOUNT_LIMIT", "0")
            .env("PASSKEEP_LOG", "warn")
            .envs([database.environment()])
            .stdout(Stdio::piped())
            .stderr(log_file)
            .spawn();
        let process = process.map_err(|error| format!("{}: {error}", program.display()))?;
        let mut server = Self { process, port: 0 };
        server.port = port_of(&mut server.process)?.map_err(|line| {
            let log = std::fs::read_to_string(log).unwrap_or_default();
            format!("the server did not start: {line}{log}")
        })?;
        Ok(server)
    }

    /// How much memory it has, where the system says so.
    pub(crate) fn resident_bytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).ok()?;
        status_bytes(&status, "VmRSS")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Ends it at once, as `kill -9` does, wherever it is.
    pub(crate) fn kill(mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// On which port a process listens that says so in its first line, at the end and in parentheses; or that line.
pub(crate) fn port_of(process: &mut Child) -> Result<std::result::Result<u16, String>> {
    let mut line = String::new();
    if let Some(stdout) = process.stdout.take() {
        BufReader::new(stdout).read_line(&mut line)?;
    }
    let port = line.trim_end().strip_suffix(')');
    let port = port.and_then(|line| line.rsplit(':').next()?.parse().ok());
    Ok(port.ok_or(line))
}
