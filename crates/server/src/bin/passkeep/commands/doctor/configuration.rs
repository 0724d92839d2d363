//! Whether the configuration can work, before anybody is asked.

use passkeep_verify::RelyingParty;
use passkeep_verify::origin::related::{self, MAX_LABELS, RelatedOriginsProblem};

use super::{Report, count};
use crate::config::Config;

/// The relying party, if there can be one.
pub(super) fn check(config: &Config, report: &mut Report) -> Option<RelyingParty> {
    let rp = match config.relying_party_of_others() {
        Ok(rp) => rp,
        Err(error) => {
            report.error(
                "configuration",
                error.to_string(),
                "The server does not start with it. `passkeep config` shows where each value comes from.",
            );
            return None;
        }
    };
    rp_id(&rp, report);
    let errors = [
        config.trusted_proxies().err(),
        config.tls_files().err(),
        config.webhook().err(),
    ];
    for error in errors.into_iter().flatten() {
        let advice = "The server does not start with it.";
        report.error("configuration", error.to_string(), advice);
    }
    related_origins(&rp, report);
    apps(config, &rp, report);
    Some(rp)
}

fn rp_id(rp: &RelyingParty, report: &mut Report) {
    let id = rp.id();
    if id == "localhost" {
        report.warning(
            "rp-id",
            "passkeys are for localhost".to_owned(),
            "That is good for trying it on this machine. Set PASSKEEP_RP_ID to your domain, and PASSKEEP_ORIGINS, before \
             people make passkeys: those for one RP ID cannot be used with another.",
        );
        return;
    }
    let sites = count(web_hosts(rp).count() as u64, "site");
    report.ok("rp-id", format!("passkeys are for {id}, on {sites}"));
}

/// Whether platforms look for files where no origin is: at the RP ID itself, for apps and related origins.
pub(super) fn has_files_elsewhere(rp: &RelyingParty) -> bool {
    let has_apps = rp.origins().len() > web_hosts(rp).count();
    let needs_files = has_apps || !rp.related_origins().is_empty();
    needs_files && web_hosts(rp).all(|host| host != rp.id())
}

fn web_hosts(rp: &RelyingParty) -> impl Iterator<Item = &str> {
    rp.origins().iter().filter_map(|origin| origin.host())
}

fn related_origins(rp: &RelyingParty, report: &mut Report) {
    let origins = rp.related_origins();
    if origins.is_empty() {
        return;
    }
    let file = related::file(origins);
    let problems = related::lint(&file, rp.id(), origins, related::guessed_label);
    for problem in &problems {
        let (message, advice) = explain(problem, &|index| {
            origins.get(index).map_or("?", |origin| origin.as_str())
        });
        report.warning("related-origins", message, advice);
    }
    if problems.is_empty() {
        let sites = count(origins.len() as u64, "related site");
        let message = format!("{sites}, of no more than {MAX_LABELS} names");
        report.ok("related-origins", message);
    }
}

fn explain<'a>(
    problem: &RelatedOriginsProblem,
    name: &dyn Fn(usize) -> &'a str,
) -> (String, &'static str) {
    use RelatedOriginsProblem as Problem;
    match problem {
        Problem::LabelAfterTheLast { index, label } => (
            format!(
                "{} comes after {MAX_LABELS} other names; its own is {label:?}",
                name(*index)
            ),
            "Browsers may ignore it. Put the most important sites first in PASSKEEP_RELATED_ORIGINS, and leave some out.",
        ),
        Problem::Twice { index } => (
            format!("{} is listed twice", name(*index)),
            "Take it out of PASSKEEP_RELATED_ORIGINS once.",
        ),
        Problem::NoLabel { index } => (
            format!("{} has no name before its public suffix", name(*index)),
            "Browsers skip it: give the whole domain in PASSKEEP_RELATED_ORIGINS.",
        ),
        Problem::App { index } => (
            format!("{} is an app", name(*index)),
            "Apps are related by PASSKEEP_ANDROID_APPS; take it out of PASSKEEP_RELATED_ORIGINS.",
        ),
        other => (
            format!("/.well-known/webauthn would not be understood: {other:?}"),
            "Look at PASSKEEP_RELATED_ORIGINS.",
        ),
    }
}

/// Their forms are checked where they are read; what is left is whether they are all accepted.
fn apps(config: &Config, rp: &RelyingParty, report: &mut Report) {
    let apps = config.apps();
    if !apps.android.is_empty() {
        let fingerprints = apps.android.iter().flat_map(|app| app.origins());
        let (accepted, missing): (Vec<_>, Vec<_>) =
            fingerprints.partition(|origin| rp.origins().contains(origin));
        let number = count(apps.android.len() as u64, "Android app");
        if missing.is_empty() {
            let fingerprints = count(accepted.len() as u64, "certificate fingerprint");
            report.ok("android-apps", format!("{number} with {fingerprints}"));
        } else {
            let message = format!("{} of {number} are not accepted", missing.len());
            report.error("android-apps", message, "Look at PASSKEEP_ANDROID_APPS.");
        }
        for app in &apps.android {
            let mut fingerprints = app.fingerprints.clone();
            fingerprints.sort_unstable_by_key(|hash| hash.0);
            fingerprints.dedup();
            if fingerprints.len() < app.fingerprints.len() {
                report.warning(
                    "android-apps",
                    format!("{} has a fingerprint twice", app.package),
                    "Give that of Play's app signing and that of your own builds: PASSKEEP_ANDROID_APPS.",
                );
            }
        }
    }
    if !apps.apple.is_empty() {
        let number = count(apps.apple.len() as u64, "Apple app");
        report.ok("apple-apps", number);
    }
}
