//! A server that runs, and commands beside it.

use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::process::{Running, over_tcp, passkeep};
use crate::support::Browser;

/// Where the server says it is. The tests reach it at its own port.
pub(crate) const ORIGIN: &str = "http://localhost:9";

pub(crate) struct Deployment {
    pub(crate) data: TempDir,
    pub(crate) server: Running,
    environment: Vec<(&'static str, String)>,
}

impl Deployment {
    pub(crate) fn start() -> Self {
        Self::with(Vec::new())
    }

    pub(crate) fn with(more: Vec<(&'static str, String)>) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut environment = vec![("PASSKEEP_ORIGINS", ORIGIN.to_owned())];
        environment.extend(more);
        let server = start(&data, &environment);
        Self {
            data,
            server,
            environment,
        }
    }

    /// Another server on the same database.
    pub(crate) fn another(&self) -> Running {
        start(&self.data, &self.environment)
    }

    pub(crate) fn browser(&self, name: &str) -> Browser {
        Browser::new(over_tcp(&self.server), ORIGIN, name)
    }

    /// Runs a command with the server's environment.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let environment = self.environment.iter().map(|(name, value)| (name, value));
        passkeep(arguments)
            .env("PASSKEEP_DATA_DIR", self.data.path().join("deep/data"))
            .envs(environment)
            .output()
            .unwrap()
    }

    /// Runs a command that reads this.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        let file = self.data.path().join("input");
        std::fs::write(&file, input).unwrap();
        let environment = self.environment.iter().map(|(name, value)| (name, value));
        passkeep(arguments)
            .env("PASSKEEP_DATA_DIR", self.data.path().join("deep/data"))
            .envs(environment)
            .stdin(std::fs::File::open(file).unwrap())
            .output()
            .unwrap()
    }

    /// What a command that succeeds prints.
    #[track_caller]
    pub(crate) fn text(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let text = self.text(&[arguments, &["--json"]].concat());
        assert_eq!(text.lines().count(), 1, "{text}");
        serde_json::from_str(&text).unwrap()
    }
}

fn start(data: &TempDir, environment: &[(&'static str, String)]) -> Running {
    let environment = environment.iter();
    let environment: Vec<_> = environment.map(|(name, value)| (*name, &**value)).collect();
    Running::with(data, &environment).1
}
