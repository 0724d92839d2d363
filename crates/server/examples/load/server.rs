//! The program `passkeep` as a process.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::Result;
use crate::databases::Database;
use crate::people::{ORIGIN, RP_ID};
use crate::proc::status_bytes;

/// What a server logs where nobody says otherwise.
pub(crate) const LOG: &str = "info";

/// So many attempts a minute that nobody is refused, although each is counted: all clients have one address here.
const NO_ONE_REFUSED: &str = "60000000";

/// A server that runs, and is killed with this value.
pub(crate) struct Server {
    process: Child,
    log: Log,
    pub(crate) port: u16,
}

/// A file that a process logs to, as a service manager has it.
#[derive(Clone)]
pub(crate) struct Log(PathBuf);

impl Log {
    pub(crate) fn new(file: &Path) -> Self {
        Self(file.to_owned())
    }

    /// For a process to write to, at the end of what is there.
    pub(crate) fn writer(&self) -> Result<File> {
        Ok(File::options().create(true).append(true).open(&self.0)?)
    }

    /// What was logged, for people to read.
    pub(crate) fn text(&self) -> String {
        std::fs::read_to_string(&self.0).unwrap_or_default()
    }

    /// How many bytes were logged since the last time it was asked. They are thrown away, before the disk is busy with them beside what is
    /// measured.
    pub(crate) fn take(&self) -> Result<u64> {
        let file = File::options().write(true).open(&self.0)?;
        let bytes = file.metadata()?.len();
        file.set_len(0)?;
        Ok(bytes)
    }
}

impl Server {
    /// Starts one on loopback, as it is where nobody sets anything. What it logs goes into a file.
    pub(crate) fn start(program: &Path, database: &Database, log: &Path) -> Result<Self> {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PASSKEEP_")) {
            command.env_remove(name);
        }
        let log = Log::new(log);
        let process = command
            .arg("serve")
            .env("PASSKEEP_LISTEN", "127.0.0.1:0")
            .env("PASSKEEP_RP_ID", RP_ID)
            .env("PASSKEEP_ORIGINS", ORIGIN)
            .env("PASSKEEP_ADDRESS_LIMIT", NO_ONE_REFUSED)
            .env("PASSKEEP_ACCOUNT_LIMIT", NO_ONE_REFUSED)
            .env("PASSKEEP_LOG", LOG)
            .envs([database.environment()])
            .stdout(Stdio::piped())
            .stderr(log.writer()?)
            .spawn();
        let process = process.map_err(|error| format!("{}: {error}", program.display()))?;
        let mut server = Self {
            process,
            log,
            port: 0,
        };
        server.port = port_of(&mut server.process)?
            .map_err(|line| format!("the server did not start: {line}{}", server.log.text()))?;
        Ok(server)
    }

    /// How much memory it has, where the system says so.
    pub(crate) fn resident_bytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).ok()?;
        status_bytes(&status, "VmRSS")
    }

    pub(crate) fn log(&self) -> &Log {
        &self.log
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
