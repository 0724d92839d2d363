//! `passkeep verify`: judges one recorded ceremony, and says how the verdict was reached.

mod text;

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use passkeep_inspect::verify::{Conclusion, MAX_DOCUMENT_BYTES, Report, verify};
use passkeep_server::{Clock as _, SystemClock};
use passkeep_verify::Timestamp;
use passkeep_verify::algorithm::AWS_LC_RS;

/// Judges one recorded ceremony, from a JSON document, and prints the verdict with every check that led to it.
///
/// Exit status: 0 when the ceremony is accepted, 1 when it is refused, 2 when the document cannot be used.
#[derive(Args, Debug)]
#[command(after_long_help = DOCUMENT_HELP)]
pub(crate) struct VerifyCommand {
    /// The document; `-` reads it from the standard input.
    file: PathBuf,

    /// Prints the trace for people instead of JSON, in colour on a terminal.
    #[arg(long)]
    text: bool,
}

const DOCUMENT_HELP: &str = r#"The document, whose names are good in camel case too:
  kind                "registration" or "authentication"
  rp_id, origins      what the relying party accepts
  challenge           base64url
  response            RegistrationResponseJSON or AuthenticationResponseJSON
  credential          for an authentication: {"id", "public_key" (COSE), "sign_count",
                      "backup_eligible", "user_handle"}, bytes as base64url; or a record
                      as `CredentialRecord::to_json()` writes it
and if wanted:
  user_verification   "required", "preferred" (the default) or "discouraged"
  algorithms          COSE numbers; all that can be verified by default
  mediation           "conditional" for a conditional creation
  cross_origin        true if the page may be in a frame of another origin
  top_origins         the pages that may be around it
  accept_attestation  "any" (the default) or "trusted": only what a root vouches for
  roots               certificates in PEM, one text or an array; the vendors' published
                      roots by default
  user_handle         the account, base64url, if it was known before
  now                 the time to judge at, RFC 3339; the clock's by default

Example:
  passkeep verify ceremony.json --text"#;

/// Reads, judges and prints.
pub(crate) fn run(command: &VerifyCommand) -> ExitCode {
    let report = match read(&command.file) {
        Ok(document) => verify(&document, clock(), AWS_LC_RS),
        Err(problem) => Report::unusable(problem),
    };
    let stdout = io::stdout();
    let text = if command.text {
        text::text(&report, stdout.is_terminal())
    } else {
        report.to_value().to_string()
    };
    // Whoever closed the pipe has read enough.
    let _ = writeln!(stdout.lock(), "{text}");
    ExitCode::from(match report.conclusion() {
        Conclusion::Accepted => 0,
        Conclusion::Refused => 1,
        Conclusion::Unusable => 2,
    })
}

/// The time; `None` when this machine's clock is before 1970.
fn clock() -> Option<Timestamp> {
    Some(SystemClock.now()).filter(|now| *now > Timestamp(0))
}

fn read(file: &PathBuf) -> Result<String, String> {
    let from_stdin = file.as_os_str() == "-";
    let shown = if from_stdin {
        "the standard input".to_owned()
    } else {
        file.display().to_string()
    };
    let source: Box<dyn io::Read> = if from_stdin {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(file).map_err(|error| format!("cannot open {shown}: {error}"))?)
    };
    let mut text = String::new();
    source
        .take(MAX_DOCUMENT_BYTES as u64 + 1)
        .read_to_string(&mut text)
        .map_err(|error| format!("cannot read {shown}: {error}"))?;
    if text.len() > MAX_DOCUMENT_BYTES {
        return Err(format!("{shown} is longer than {MAX_DOCUMENT_BYTES} bytes"));
    }
    Ok(text)
}
