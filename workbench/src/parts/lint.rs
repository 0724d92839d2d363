//! The rules that are broken, each with why and what to do.

use leptos::prelude::*;

use crate::page;
use crate::page::t;
use crate::playground::lint::{Weight, lint};
use crate::playground::settings::Settings;

#[component]
pub(crate) fn LintList(settings: RwSignal<Settings>) -> AnyView {
    let host = page::host();
    let list = move || {
        let broken = settings.with(|it| lint(it, &host));
        if broken.is_empty() {
            return view! { <p class="verdict">{t("Nothing: no risky or old option.")}</p> }
                .into_any();
        }
        let items = broken.into_iter().map(|rule| {
            let (class, word) = match rule.weight {
                Weight::Risk => ("advice risk", "Risk"),
                Weight::Reach => ("advice", "Reach"),
                Weight::Old => ("advice", "Old"),
            };
            view! {
                <li class=class data-rule=rule.id>
                    <p><span class="badge">{word}</span> <code>{rule.id}</code></p>
                    <p>{rule.why}</p>
                    <p class="hint">{rule.instead}</p>
                </li>
            }
        });
        view! { <ul class="advices">{items.collect::<Vec<_>>()}</ul> }.into_any()
    };
    view! { <div aria-live="polite" data-testid="lint">{list}</div> }.into_any()
}
