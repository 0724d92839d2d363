//! The verdict, and every step that led to it.

use crate::page::t;
use leptos::prelude::*;
use passkeep_inspect::verify::{Conclusion, Report};
use passkeep_verify::trace::{Entry, Outcome};

/// The verdict in a sentence, with what to look at when it is a refusal.
#[component]
pub(crate) fn Verdict(report: Report) -> AnyView {
    let verdict = report.verdict();
    let text = |member: &str| {
        let value = verdict.get(member);
        let text = value.and_then(|value| value.as_str()).unwrap_or_default();
        text.to_owned()
    };
    let (class, sentence) = match report.conclusion() {
        Conclusion::Accepted => {
            let steps = report.trace().entries.len();
            (
                "verdict accepted",
                format!("Accepted: {steps} steps, none refused."),
            )
        }
        Conclusion::Refused => (
            "verdict refused",
            format!(
                "Refused by the step {}: {}",
                words(&text("check")),
                text("message")
            ),
        ),
        Conclusion::Unusable => (
            "verdict refused",
            format!("It cannot be judged: {}", text("message")),
        ),
    };
    let hint = Some(text("hint"))
        .filter(|hint| !hint.is_empty() && report.conclusion() == Conclusion::Refused);
    let trust = verdict.get("attestation_trust");
    let trust = trust.and_then(|trust| trust.get("why")?.as_str().map(str::to_owned));
    let kind = text("attestation_type");
    let attested = (!kind.is_empty()).then(|| match &trust {
        Some(why) => format!("Attestation: {kind}, not trusted: {why}."),
        None => format!("Attestation: {kind}."),
    });
    view! {
        <div class=class role="status" data-testid="verdict">
            <p><b>{sentence}</b></p>
            {hint.map(|hint| view! { <p>{format!("Look here first: {hint}.")}</p> })}
            {attested.map(|attested| view! { <p>{attested}</p> })}
        </div>
    }
    .into_any()
}

/// The steps, each with what it compared.
#[component]
pub(crate) fn Trace(report: Report, label: &'static str) -> AnyView {
    let steps = report.trace().entries.iter().map(step).collect::<Vec<_>>();
    view! { <ol class="trace" aria-label=label data-testid="trace">{steps}</ol> }.into_any()
}

fn step(entry: &Entry) -> AnyView {
    let (class, mark, said) = match entry.outcome {
        Outcome::Passed => ("step passed", "✓", "passed"),
        Outcome::Failed => ("step failed", "✗", "failed"),
        Outcome::NotApplicable => ("step idle", "–", "does not apply"),
        Outcome::NotReached => ("step idle", "·", "not reached"),
    };
    let name = words(entry.check.code());
    let citation = entry.check.citation();
    let head = view! {
        <span class="mark" aria-hidden="true">{mark}</span>
        <span class="step-name">{name}</span>
        <span class="step-said">{said}</span>
        <span class="citation">{citation}</span>
    };
    let (expected, received) = (entry.expected.clone(), entry.received.clone());
    if expected.is_empty() && received.is_empty() {
        return view! { <li class=class data-check=entry.check.code()>{head}</li> }.into_any();
    }
    let failed = entry.outcome == Outcome::Failed;
    let label = match (entry.outcome, received.is_empty()) {
        (Outcome::NotApplicable, _) => "Why",
        (Outcome::Failed, true) => "What is wrong",
        (_, true) => "Found",
        _ => "Expected",
    };
    let received = (!received.is_empty()).then(|| {
        view! { <div><dt>{t("Received")}</dt><dd>{received}</dd></div> }
    });
    view! {
        <li class=class data-check=entry.check.code()>
            <details open=failed>
                <summary>{head}</summary>
                <dl>
                    <div><dt>{label}</dt><dd>{expected}</dd></div>
                    {received}
                </dl>
            </details>
        </li>
    }
    .into_any()
}

/// A stable name of a check as words.
pub(crate) fn words(code: &str) -> String {
    code.replace('_', " ")
}
