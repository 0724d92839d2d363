//! How the software authenticator behaves.

use leptos::prelude::*;
use passkeep_protocol::cose::CoseAlgorithm;

use super::form::{Choice, Tick};
use crate::bench::Bench;
use crate::page;
use crate::software::{Behaviour, Format};

#[component]
pub(crate) fn AuthenticatorForm() -> AnyView {
    let bench = Bench::current();
    let behaviour = bench.behaviour;
    let formats = Format::ALL.map(|format| (format.name(), format.name()));
    let mut algorithms = vec![("", "the options' first")];
    algorithms.extend(Behaviour::algorithms().filter_map(|algorithm| {
        let name = algorithm.name()?;
        Some((name, name))
    }));
    let format = Signal::derive(move || behaviour.with(|it| it.format.name().to_owned()));
    let with_format = UnsyncCallback::new(move |name: String| {
        if let Some(format) = Format::named(&name) {
            behaviour.update(|it| it.format = format);
        }
    });
    let algorithm = Signal::derive(move || {
        let name = behaviour.with(|it| it.algorithm.and_then(CoseAlgorithm::name));
        name.unwrap_or_default().to_owned()
    });
    let with_algorithm = UnsyncCallback::new(move |name: String| {
        let found = Behaviour::algorithms().find(|it| it.name() == Some(&*name));
        behaviour.update(|it| it.algorithm = found);
    });
    let tick = move |id, label, read: fn(&Behaviour) -> bool, put: fn(&mut Behaviour, bool)| {
        let value = Signal::derive(move || behaviour.with(read));
        let write = UnsyncCallback::new(move |on| behaviour.update(|it| put(it, on)));
        view! { <Tick id label value write /> }
    };
    let held = move || {
        let host = page::host();
        match bench.held(&host) {
            0 => format!("It holds no passkey for {host} yet."),
            1 => format!("It holds one passkey for {host}."),
            held => format!("It holds {held} passkeys for {host}."),
        }
    };
    view! {
        <div class="form-grid">
            <Choice
                id="soft-format"
                label="Attestation format"
                hint="Its certificates are of an authority that nobody trusts."
                options=formats.into()
                value=format
                write=with_format
            />
            <Choice id="soft-algorithm" label="Algorithm" options=algorithms value=algorithm write=with_algorithm />
        </div>
        <div class="ticks" role="group" aria-label="What it does">
            {tick("soft-uv", "verifies its user", |it| it.verifies_user, |it, on| it.verifies_user = on)}
            {tick("soft-synced", "syncs its passkeys", |it| it.synced, |it, on| it.synced = on)}
            {tick("soft-counts", "counts signatures", |it| it.counts, |it, on| it.counts = on)}
            {tick("soft-prf", "has a PRF", |it| it.prf, |it, on| it.prf = on)}
            {tick("soft-blobs", "keeps large blobs", |it| it.large_blobs, |it, on| it.large_blobs = on)}
            {tick("soft-platform", "is part of this device", |it| it.platform, |it, on| it.platform = on)}
        </div>
        <p class="hint">{held}</p>
    }
    .into_any()
}
