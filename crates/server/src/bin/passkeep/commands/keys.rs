//! `passkeep keys`: the keys that ceremonies are sealed with.

use clap::{Args, Subcommand};
use passkeep_server::{Clock as _, SealingKeyInfo, SystemClock};

use super::{CommandError, block_on, count, operator, say, say_json, time_text};
use crate::config::{Config, Flags};

/// Shows and rotates the keys that ceremonies are sealed with. Servers rotate them every week by themselves.
#[derive(Args, Debug)]
pub(crate) struct KeysCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists the keys by id and age, newest first. The keys themselves are never shown.
    List(Common),
    /// Adds a key now. Servers that run seal with it within five seconds, and open what it sealed at once; what the older keys
    /// have sealed they open as before.
    Rotate(Rotate),
}

#[derive(Args, Debug)]
struct Rotate {
    /// Removes the older keys, of which somebody may have seen one. Servers that run drop them within five seconds; whoever
    /// is registering or signing in just then has to start again
    #[arg(long)]
    revoke: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Args, Debug)]
struct Common {
    /// Prints JSON, for scripts
    #[arg(long)]
    json: bool,
    #[command(flatten, next_help_heading = "The server's configuration")]
    flags: Flags,
}

impl KeysCommand {
    fn common(&self) -> &Common {
        match &self.action {
            Action::List(common) => common,
            Action::Rotate(rotate) => &rotate.common,
        }
    }

    pub(crate) fn flags(&self) -> &Flags {
        &self.common().flags
    }

    pub(crate) fn run(&self, config: &Config) -> Result<(), CommandError> {
        let keys = block_on(async {
            let (operator, _) = operator(config).await?;
            Ok(match &self.action {
                Action::List(_) => operator.keys().await?,
                Action::Rotate(Rotate { revoke: false, .. }) => operator.rotate_keys().await?,
                Action::Rotate(Rotate { revoke: true, .. }) => operator.revoke_keys().await?,
            })
        })?;
        if self.common().json {
            return say_json(&keys);
        }
        if keys.is_empty() {
            eprintln!("There are no keys yet; a server makes one when it starts.");
        }
        let now = SystemClock.now().0;
        for key in &keys {
            say(line(key, now));
        }
        match &self.action {
            Action::List(_) => {}
            Action::Rotate(Rotate { revoke: false, .. }) => {
                eprintln!("Servers that run seal with the new key within five seconds.");
            }
            Action::Rotate(Rotate { revoke: true, .. }) => {
                eprintln!("Servers that run know no other key within five seconds.");
            }
        }
        Ok(())
    }
}

fn line(key: &SealingKeyInfo, now: u64) -> String {
    let hours = now.saturating_sub(key.created_at) / (60 * 60 * 1000);
    let age = match hours {
        0..48 => count(hours, "hour"),
        hours => count(hours / 24, "day"),
    };
    let current = if key.current { ", in use" } else { "" };
    let created = time_text(key.created_at);
    format!("{}  made {created}, {age} old{current}", key.id)
}
