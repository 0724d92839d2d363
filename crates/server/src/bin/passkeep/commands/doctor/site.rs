//! What the site answers: TLS, readiness, headers, and nothing that is not for the public.

use axum::http::HeaderMap;
use passkeep_server::{Clock as _, SystemClock, security_headers};
use passkeep_verify::RelyingParty;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use super::database::APART;
use super::{Report, count};
use crate::http_client::{Answer, Client};

/// Whoever renews certificates by itself has done it by then.
const SOON: u64 = 14;

/// Says whether there is a site at all.
pub(super) async fn check(client: &Client, rp: &RelyingParty, report: &mut Report) -> bool {
    let page = match client.get("/").await {
        Ok(page) => page,
        Err(why) => {
            report.error(
                if why.starts_with("TLS") { "tls" } else { "site" },
                format!("{}: {why}", client.host()),
                "Nothing else was asked of it. Start the server, or mend what is between: the name's address, the proxy, \
                 the certificate and its chain. --url names another address, --trust an authority of your own.",
            );
            return false;
        }
    };
    tls(client, &page, report);
    belongs(client, rp, report);
    ready(client, report).await;
    headers(client, &page, report);
    clock(&page, report);
    metrics(client, report).await;
    true
}

fn tls(client: &Client, page: &Answer, report: &mut Report) {
    if !client.is_https() {
        // Browsers take this machine itself for safe.
        if client.host() == "localhost" || client.host().ends_with(".localhost") {
            report.ok(
                "tls",
                "none, which browsers allow on localhost only".to_owned(),
            );
        } else {
            report.error(
                "tls",
                format!("{} is asked without TLS", client.host()),
                "Browsers give passkeys to https only: put a proxy with a certificate in front, or set PASSKEEP_TLS_CERT \
                 and PASSKEEP_TLS_KEY.",
            );
        }
        return;
    }
    match page.certificate.as_deref().and_then(days_left) {
        Some(days) if days < SOON => report.warning(
            "tls",
            format!("the certificate is good for {} only", count(days, "day")),
            "Renew it. Whatever renews it by itself has not done so.",
        ),
        Some(days) => {
            let days = count(days, "day");
            let message = format!(
                "the certificate is good for {}, and for {days} more",
                client.host()
            );
            report.ok("tls", message);
        }
        None => report.warning(
            "tls",
            "the certificate does not say until when it is good".to_owned(),
            "Look at the certificate.",
        ),
    }
}

fn days_left(certificate: &[u8]) -> Option<u64> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let validity = certificate.tbs_certificate().validity();
    let end = validity.not_after.to_unix_duration().as_secs();
    let now = SystemClock.now().0 / 1000;
    Some(end.saturating_sub(now) / (24 * 60 * 60))
}

/// Whether passkeys can be used where the site is.
fn belongs(client: &Client, rp: &RelyingParty, report: &mut Report) {
    let mut origins = rp.origins().iter().chain(rp.related_origins());
    let host = client.host();
    if origins.any(|origin| origin.host() == Some(host)) {
        return;
    }
    report.warning(
        "site",
        format!("no origin has the host {host}"),
        "Ceremonies from pages there are refused: add it to PASSKEEP_ORIGINS, or name the address that people use with \
         --url.",
    );
}

async fn ready(client: &Client, report: &mut Report) {
    let advice = "The server that answers cannot reach its database, or is another program: its log says why.";
    match client.get("/readyz").await {
        Ok(answer) if answer.status == 200 => report.ok("readyz", "the server is ready".to_owned()),
        Ok(answer) => report.error(
            "readyz",
            format!("/readyz answers {}", answer.status),
            advice,
        ),
        Err(why) => report.error("readyz", format!("/readyz: {why}"), advice),
    }
}

fn headers(client: &Client, page: &Answer, report: &mut Report) {
    let expected = security_headers(client.is_https());
    let (missing, others) = differences(&expected, page);
    if missing.is_empty() && others.is_empty() {
        report.ok("headers", "all security headers are there".to_owned());
    }
    if !missing.is_empty() {
        report.warning(
            "headers",
            format!("missing: {}", missing.join(", ")),
            "The server sends them with every answer, so what is between takes them away. (strict-transport-security it \
             sends only where an origin is https.)",
        );
    }
    if !others.is_empty() {
        report.warning(
            "headers",
            format!("not as the server sends them: {}", others.join(", ")),
            "What is between changes or adds them. See that they are no weaker, and that the site still works.",
        );
    }
}

/// The names of headers that are not there, and of those that have another value.
fn differences(expected: &HeaderMap, page: &Answer) -> (Vec<String>, Vec<String>) {
    let mut missing = Vec::new();
    let mut others = Vec::new();
    for (name, value) in expected {
        let mut found = page.headers.get_all(name).iter();
        match (found.next(), found.next()) {
            (None, _) => missing.push(name.to_string()),
            (Some(found), None) if found == value => {}
            _ => others.push(name.to_string()),
        }
    }
    (missing, others)
}

fn clock(page: &Answer, report: &mut Report) {
    // RFC 2822 writes the zone of HTTP's dates too.
    let date = page.header("date").map(|date| date.replace("GMT", "+0000"));
    let date = date.and_then(|date| OffsetDateTime::parse(&date, &Rfc2822).ok());
    let seconds = date.and_then(|date| u64::try_from(date.unix_timestamp()).ok());
    let Some(seconds) = seconds else {
        return;
    };
    let apart = SystemClock.now().0.abs_diff(seconds * 1000);
    if apart <= APART {
        report.ok("clock", "the site's agrees with this machine's".to_owned());
    } else {
        report.warning(
            "clock",
            format!(
                "the site's is {} from this machine's",
                count(apart / 1000, "second")
            ),
            "Keep all clocks right with NTP: ceremonies and sessions are judged by them.",
        );
    }
}

async fn metrics(client: &Client, report: &mut Report) {
    let Ok(answer) = client.get("/metrics").await else {
        return;
    };
    let text = String::from_utf8_lossy(&answer.body);
    if answer.status == 200 && text.contains("passkeep_build_info") {
        report.error(
            "metrics",
            "/metrics can be read by everybody".to_owned(),
            "It says how many people sign in and what attackers try: take it out of what the proxy forwards.",
        );
    } else {
        report.ok("metrics", "not for the public, as it should be".to_owned());
    }
}
