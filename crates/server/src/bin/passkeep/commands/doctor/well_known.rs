//! Whether platforms find the files under `/.well-known/`, and in them what the configuration says.

use axum::http::StatusCode;
use passkeep_server::{Apps, well_known_files};
use passkeep_verify::RelyingParty;
use serde_json::Value;

use super::Report;
use crate::http_client::{Answer, Client};

/// An address that nothing has: W3C, "Detecting the Reliability of HTTP Status Codes".
const NOT_THERE: &str =
    "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200";

const CHANGE_PASSWORD: &str = "/.well-known/change-password";

pub(super) async fn check(client: &Client, rp: &RelyingParty, apps: &Apps, report: &mut Report) {
    for (path, expected) in well_known_files(rp, apps) {
        match client.get(path).await {
            Ok(answer) => file(path, expected.as_deref(), &answer, report),
            Err(why) => unanswered(path, &why, report),
        }
    }
}

/// The same where no origin is: at the RP ID's own host, whose address that is.
pub(super) async fn check_elsewhere(
    client: &Client,
    url: &str,
    rp: &RelyingParty,
    apps: &Apps,
    report: &mut Report,
) {
    let url = url.trim_end_matches('/');
    for (path, expected) in well_known_files(rp, apps) {
        match client.get(path).await {
            Ok(answer) => file(
                &format!("{url}{path}"),
                expected.as_deref(),
                &answer,
                report,
            ),
            Err(why) => {
                report.error(
                    "well-known",
                    format!("{url}: {why}"),
                    "Browsers and Android look for the files at the RP ID itself, and no origin is there: let that address \
                     answer with this server's files, without a redirect.",
                );
                // The other files are at the same address.
                return;
            }
        }
    }
}

/// The address that leads to where passwords are changed, if the site has any: the only redirection among them.
pub(super) async fn check_change_password(client: &Client, page: &str, report: &mut Report) {
    let answer = match client.get(CHANGE_PASSWORD).await {
        Ok(answer) => answer,
        Err(why) => return unanswered(CHANGE_PASSWORD, &why, report),
    };
    let leads_to = answer.header("location");
    match (answer.status, leads_to) {
        (StatusCode::NOT_FOUND, _) if page.is_empty() => {}
        (
            StatusCode::FOUND | StatusCode::SEE_OTHER | StatusCode::TEMPORARY_REDIRECT,
            Some(leads_to),
        ) => {
            let message = format!("{CHANGE_PASSWORD} leads to {leads_to}");
            if page.is_empty() || leads_to == page {
                report.ok("well-known", message);
            } else {
                report.warning(
                    "well-known",
                    format!("{message}, and PASSKEEP_CHANGE_PASSWORD says {page}"),
                    "Password managers send people there: restart the server with this configuration, or see who else \
                     answers at this address.",
                );
            }
        }
        (status, _) => report.warning(
            "well-known",
            format!("{CHANGE_PASSWORD} answers {status}"),
            "Password managers expect a temporary redirection to the page where passwords are changed \
             (PASSKEEP_CHANGE_PASSWORD), or 404 from a site that has none.",
        ),
    }
}

/// Tools believe no answer of a site that has an answer for everything.
pub(super) async fn check_what_is_not_there(client: &Client, report: &mut Report) {
    match client.get(NOT_THERE).await {
        Ok(answer) if answer.status.is_success() => report.warning(
            "well-known",
            format!("what is not there answers {}", answer.status),
            "Password managers then believe none of the files under /.well-known/: let what is between answer 404.",
        ),
        Ok(_) => {}
        Err(why) => unanswered(NOT_THERE, &why, report),
    }
}

fn unanswered(path: &str, why: &str, report: &mut Report) {
    report.error(
        "well-known",
        format!("{path}: {why}"),
        "Platforms that ask for it do not find it either.",
    );
}

fn file(path: &str, expected: Option<&str>, answer: &Answer, report: &mut Report) {
    let status = answer.status;
    if status.is_redirection() {
        let to = answer.header("location").unwrap_or("nowhere");
        report.error(
            "well-known",
            format!("{path} is redirected to {to}"),
            "Platforms follow no redirect here: let this address answer itself, with 200.",
        );
        return;
    }
    match (expected, status) {
        (None, StatusCode::NOT_FOUND) => {}
        (None, StatusCode::OK) => report.error(
            "well-known",
            format!("{path} is there, and the configuration has nothing to say in it"),
            "Somebody else's file, or that of another configuration, is believed by platforms: see who serves it.",
        ),
        (None, _) => report.warning(
            "well-known",
            format!("{path} answers {status}"),
            "A file that is not there is 404 to platforms; some take anything else for a fault and ask again.",
        ),
        (Some(expected), StatusCode::OK) => content(path, expected, answer, report),
        (Some(_), _) => report.error(
            "well-known",
            format!("{path} answers {status}"),
            "Platforms need it with 200: let the proxy forward it, and restart the server if the configuration is newer.",
        ),
    }
}

fn content(path: &str, expected: &str, answer: &Answer, report: &mut Report) {
    let mut right = true;
    let ty = answer.header("content-type").unwrap_or("none");
    let essence = ty.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        right = false;
        report.error(
            "well-known",
            format!("{path} has the type {ty}"),
            "Platforms take application/json only.",
        );
    }
    let expected: Option<Value> = serde_json::from_str(expected).ok();
    if expected != serde_json::from_slice(&answer.body).ok() {
        right = false;
        report.error(
            "well-known",
            format!("{path} says something else than the configuration"),
            "Platforms believe it and the server does not, so ceremonies fail: restart the server with this configuration, \
             and see who else answers at this address. Caches keep the old file for an hour.",
        );
    }
    let cached = answer.header("cache-control").unwrap_or_default();
    if !cached.contains("max-age=") {
        right = false;
        report.warning(
            "well-known",
            format!("{path} does not say how long it may be kept"),
            "Something between takes Cache-Control away, so a new fingerprint may be known late.",
        );
    }
    if right {
        report.ok(
            "well-known",
            format!("{path} is what the configuration says"),
        );
    }
}
