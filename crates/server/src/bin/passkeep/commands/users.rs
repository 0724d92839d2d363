//! `passkeep users`: accounts, for those who run the server.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use clap::{Args, Subcommand};
use passkeep_server::{ImportedUser, Operator, User, UserSummary};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use serde_json::json;

use super::{CommandError, block_on, count, operator, say, say_json, tell, time_text};
use crate::config::{Config, Flags};

/// Shows, locks and deletes accounts, and lets people back in. Servers may run meanwhile.
#[derive(Args, Debug)]
pub(crate) struct UsersCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists the accounts in the order of their user names.
    List {
        /// Begin after this user name
        #[arg(long, value_name = "NAME")]
        after: Option<String>,
        /// At most so many
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
        #[command(flatten)]
        common: Common,
    },
    /// Shows an account: passkeys, devices, sessions, recovery codes and what happened last.
    Show(Named),
    /// Locks an account: nobody can sign in to it, its sessions end, and its restore keys are deleted.
    Lock(Named),
    /// Unlocks an account.
    Unlock(Named),
    /// Deletes an account with everything it has. It cannot be undone.
    Delete {
        #[command(flatten)]
        named: Named,
        /// Do not ask whether it is meant
        #[arg(long)]
        yes: bool,
    },
    /// Makes accounts of those on standard input, with the hashes of their passwords: a JSON object a line, with userName,
    /// displayName if there is one, and passwordHash, a PHC string of argon2id. What is wrong with a line is said, and the
    /// others are imported.
    Import {
        #[command(flatten)]
        common: Common,
    },
    /// Makes a link by which somebody can register a passkey for an account, once and within ten minutes. Be sure who it is
    /// that you give it to.
    RecoveryLink(Named),
}

#[derive(Args, Debug)]
struct Named {
    /// The user name
    name: String,
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

impl UsersCommand {
    pub(crate) fn flags(&self) -> &Flags {
        &self.common().flags
    }

    fn common(&self) -> &Common {
        match &self.action {
            Action::List { common, .. } | Action::Import { common } => common,
            Action::Show(named)
            | Action::Lock(named)
            | Action::Unlock(named)
            | Action::Delete { named, .. }
            | Action::RecoveryLink(named) => &named.common,
        }
    }

    pub(crate) fn run(&self, config: &Config) -> Result<(), CommandError> {
        block_on(self.carry_out(config))
    }

    async fn carry_out(&self, config: &Config) -> Result<(), CommandError> {
        let (operator, webhook) = operator(config).await?;
        let done = self.act(&operator, config).await;
        tell(webhook).await;
        done
    }

    async fn act(&self, operator: &Operator, config: &Config) -> Result<(), CommandError> {
        let json = self.common().json;
        match &self.action {
            Action::List { after, limit, .. } => {
                let users = operator.users(after.as_deref(), *limit).await?;
                if json {
                    return say_json(&users);
                }
                list(&users, *limit);
            }
            Action::Import { .. } => import(operator, json).await?,
            Action::Show(Named { name, .. }) => {
                let lifetimes = config.settings().sessions;
                let user = operator.user(name, &config.apps(), lifetimes).await?;
                if json {
                    return say_json(&user);
                }
                say(overview(&user));
            }
            Action::Lock(Named { name, .. }) => {
                let since = operator.lock(name).await?.0;
                if json {
                    return say_json(&json!({ "userName": name, "lockedAt": since }));
                }
                let since = time_text(since);
                say(format_args!(
                    "{name} is locked since {since}. Its sessions have ended and its restore keys are gone."
                ));
            }
            Action::Unlock(Named { name, .. }) => {
                let was_locked = operator.unlock(name).await?;
                if json {
                    return say_json(&json!({ "userName": name, "wasLocked": was_locked }));
                }
                say(format_args!(
                    "{name} {}.",
                    if was_locked {
                        "is unlocked"
                    } else {
                        "was not locked"
                    }
                ));
            }
            Action::Delete { named, yes } => {
                let lifetimes = config.settings().sessions;
                let name = &named.name;
                let user = operator.user(name, &config.apps(), lifetimes).await?;
                if !yes {
                    ask(&user)?;
                }
                operator.delete(name).await?;
                if json {
                    return say_json(&json!({ "userName": user.user_name, "deleted": true }));
                }
                say(format_args!("{} is deleted.", user.user_name));
            }
            Action::RecoveryLink(Named { name, .. }) => {
                let site = config.site()?;
                let link = operator.recovery_link(name, &site).await?;
                if json {
                    return say_json(&link);
                }
                if io::stdout().is_terminal() {
                    say(qr(&link.url)?);
                }
                let minutes = link.expires_in / 60;
                eprintln!(
                    "Whoever opens this link within {minutes} minutes can make a passkey for {name}, once:"
                );
                say(link.url);
            }
        }
        Ok(())
    }
}

/// Imports accounts line by line.
async fn import(operator: &Operator, json: bool) -> Result<(), CommandError> {
    let (mut imported, mut refused) = (0_u64, 0_u64);
    for (index, line) in io::stdin().lock().lines().enumerate() {
        let line = line.map_err(CommandError::System)?;
        if line.trim().is_empty() {
            continue;
        }
        let done = match serde_json::from_str::<ImportedUser>(&line) {
            // Not the error's own words alone: they count lines and columns within this one.
            Err(error) => Err(format!("it is no account: {error}")),
            Ok(user) => operator.import(user).await.map_err(|it| it.to_string()),
        };
        match done {
            Ok(()) => imported += 1,
            Err(error) => {
                refused += 1;
                eprintln!("line {}: {error}", index + 1);
            }
        }
    }
    match json {
        true => say_json(&json!({ "imported": imported, "refused": refused }))?,
        false => say(format_args!("{} imported.", count(imported, "account"))),
    }
    match refused {
        0 => Ok(()),
        _ => Err(CommandError::Refused(format!(
            "{} could not be imported",
            count(refused, "line")
        ))),
    }
}

fn list(users: &[UserSummary], limit: u32) {
    for user in users {
        let mut line = format!(
            "{:<24} {:<12}",
            user.user_name,
            count(user.passkeys, "passkey")
        );
        let _ = match user.last_used_at {
            Some(at) => write!(line, "  last sign-in {}", time_text(at)),
            None => write!(line, "  created {}", time_text(user.created_at)),
        };
        if user.has_password {
            line.push_str("  password");
        }
        if let Some(at) = user.locked_at {
            let _ = write!(line, "  LOCKED since {}", time_text(at));
        }
        say(line);
    }
    // On the side, so that a pipe has one account a line.
    match users.last() {
        None => eprintln!("There are no accounts here."),
        Some(last) if u32::try_from(users.len()) == Ok(limit) => {
            eprintln!("There may be more: --after {}", last.user_name);
        }
        Some(_) => {}
    }
}

fn overview(user: &User) -> String {
    let mut text = format!("{} ({})", user.user_name, user.display_name);
    let mut line = |line: &str| {
        text.push('\n');
        text.push_str(line);
    };
    line(&format!("  created {}", time_text(user.created_at)));
    if let Some(at) = user.locked_at {
        line(&format!("  LOCKED since {}", time_text(at)));
    }
    let used = |at: Option<u64>| match at {
        Some(at) => format!("last used {}", time_text(at)),
        None => "never used".to_owned(),
    };
    if let Some(password) = &user.password {
        let (created, used) = (time_text(password.created_at), used(password.last_used_at));
        line(&format!("  password set {created}, {used}"));
    }
    line(&format!(
        "\n{}",
        count(user.passkeys.len() as u64, "passkey")
    ));
    for passkey in &user.passkeys {
        let provider = passkey.provider.as_deref().unwrap_or("unknown provider");
        let on = passkey.last_used_on.as_deref();
        let on = on.map(|device| format!(" on {device}")).unwrap_or_default();
        let (created, used) = (time_text(passkey.created_at), used(passkey.last_used_at));
        line(&format!(
            "  {}, {provider}, created {created}, {used}{on}",
            passkey.label
        ));
    }
    line(&format!(
        "\n{}",
        count(user.devices.len() as u64, "restore key")
    ));
    for device in &user.devices {
        let (created, used) = (time_text(device.created_at), used(device.last_used_at));
        line(&format!(
            "  {}, {}, created {created}, {used}",
            device.label, device.app
        ));
    }
    line(&format!(
        "\n{}",
        count(user.sessions.len() as u64, "session")
    ));
    for session in &user.sessions {
        let device = Some(session.device.as_str()).filter(|device| !device.is_empty());
        line(&format!(
            "  {}, opened {}, last used {}",
            device.unwrap_or("unknown device"),
            time_text(session.created_at),
            time_text(session.last_used_at)
        ));
    }
    let codes = &user.recovery_codes;
    let made = codes
        .created_at
        .map(|at| format!(", made {}", time_text(at)));
    let left = count(codes.left, "recovery code");
    line(&format!("\n{left} left{}", made.unwrap_or_default()));
    line("\nWhat happened last");
    for event in &user.activity {
        let device = event.device.as_ref().map(|device| format!(", {device}"));
        let kind = event.kind.replace('_', " ");
        line(&format!(
            "  {}  {kind}{}",
            time_text(event.at),
            device.unwrap_or_default()
        ));
    }
    text
}

/// Asks on the terminal whether the account is to be deleted.
fn ask(user: &User) -> Result<(), CommandError> {
    if !io::stdin().is_terminal() {
        return Err(CommandError::Refused(
            "nobody can be asked here whether the account is to be deleted; say --yes if it is"
                .to_owned(),
        ));
    }
    let passkeys = count(user.passkeys.len() as u64, "passkey");
    eprint!(
        "Deleting {} ({passkeys}) cannot be undone. Type the user name to delete it: ",
        user.user_name
    );
    let _ = io::stderr().flush();
    let mut typed = String::new();
    let read = io::stdin().read_line(&mut typed);
    read.map_err(CommandError::System)?;
    if typed.trim() == user.user_name {
        return Ok(());
    }
    Err(CommandError::Refused(
        "that is not the user name, so nothing is deleted".to_owned(),
    ))
}

/// A QR code in half blocks, black on white whatever the terminal's colours are: many readers do not see the inverse.
fn qr(text: &str) -> Result<String, CommandError> {
    let code = QrCode::new(text);
    let code = code.map_err(|error| CommandError::Refused(format!("no QR code: {error}")))?;
    let blocks = code.render::<Dense1x2>().build();
    let line = |line: &str| format!("\u{1b}[30;107m{line}\u{1b}[0m\n");
    Ok(blocks.lines().map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qr_code_is_black_on_white_to_the_end_of_each_line() {
        let code = qr("https://example.org/#enrol=x").unwrap();
        assert!(code.lines().count() > 10, "{code}");
        for line in code.lines() {
            assert!(line.starts_with("\u{1b}[30;107m"), "{line:?}");
            assert!(line.ends_with("\u{1b}[0m"), "{line:?}");
        }
    }
}
