//! What people look for first in a response.

use leptos::prelude::*;
use passkeep_inspect::{Kind, Node, Value};

use crate::layout::short;

/// What is said of a response at a glance, each with its name.
pub(crate) fn glance(root: &Node) -> Vec<(&'static str, String)> {
    let at = |path: &[&str]| path.iter().try_fold(root, |node, name| node.child(name));
    let response = |path: &[&str]| at(path).or_else(|| at(&[&["response"], path].concat()));
    let said = |node: &Node| match (&node.value, &node.meaning) {
        (Value::Bytes { .. }, Some(meaning)) => meaning.clone(),
        (value, Some(meaning)) if !short(value).ends_with(meaning.as_str()) => {
            format!("{} ({meaning})", short(value))
        }
        (value, _) => short(value),
    };
    let object = ["attestationObject"];
    let data = |name: &'static str| {
        let of_registration = response(&[&object[..], &["authData", name]].concat());
        of_registration
            .or_else(|| response(&["authenticatorData", name]))
            .or_else(|| at(&["authData", name]))
            .or_else(|| at(&[name]))
    };
    let mut lines = Vec::new();
    let mut line = |name, node: Option<&Node>| lines.extend(node.map(|node| (name, said(node))));
    line("Origin", response(&["clientDataJSON", "origin"]));
    line(
        "Attestation format",
        response(&["attestationObject", "fmt"]).or_else(|| at(&["fmt"])),
    );
    line(
        "RP ID",
        data("rpIdHash").filter(|node| node.meaning.is_some()),
    );
    line("Flags", data("flags"));
    line("Signature counter", data("signCount"));
    line("Provider", data("aaguid"));
    line(
        "Algorithm",
        data("credentialPublicKey").and_then(|key| key.child("alg")),
    );
    let certificates = response(&["attestationObject", "attStmt", "x5c"])
        .or_else(|| at(&["attStmt", "x5c"]))
        .map(|list| list.children.as_slice());
    let subjects = certificates.unwrap_or_default().iter();
    let subjects: Vec<_> = subjects.filter_map(|node| node.meaning.clone()).collect();
    if !subjects.is_empty() {
        lines.push(("Certificates", subjects.join(" ← issued by ")));
    }
    lines
}

#[component]
pub(crate) fn Glance(root: Node, kind: Kind) -> AnyView {
    let title = match kind {
        Kind::Registration => "A registration",
        Kind::Authentication => "A sign-in",
        Kind::AttestationObject => "An attestation object",
        Kind::AuthenticatorData => "Authenticator data",
        Kind::ClientData => "Client data",
        Kind::PublicKey => "A public key",
        Kind::Certificate => "A certificate",
        _ => "Nothing that is known here",
    };
    let lines = glance(&root).into_iter().map(|(name, value)| {
        view! { <div><dt>{name}</dt><dd>{value}</dd></div> }
    });
    view! {
        <section class="glance" aria-labelledby="glance" data-testid="glance">
            <h2 id="glance">{title}</h2>
            <dl>{lines.collect::<Vec<_>>()}</dl>
        </section>
    }
    .into_any()
}
