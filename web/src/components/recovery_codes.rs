//! The recovery codes of an account: how many are left, and new ones, which are shown once.

use leptos::prelude::*;
use passkeep_protocol::api::RecoveryCodesLeft;

use crate::api;
use crate::clock;
use crate::components::action_button::ActionButton;
use crate::components::copy::CopyButton;
use crate::components::messages::ErrorMessage;
use crate::confirmation;
use crate::data_url::data_url;
use crate::dynamic::dynamic;
use crate::focus;
use crate::task::Task;
use crate::text::{Attempt, home, recovery as words};

const TITLE: &str = "recovery-codes";
const LIST: &str = "recovery-codes-list";

#[component]
pub(crate) fn RecoveryCodesCard() -> AnyView {
    let task = Task::new();
    let loading = Task::new();
    let left = RwSignal::new(None::<RecoveryCodesLeft>);
    let codes = RwSignal::new(Vec::<String>::new());
    // The first may still be on its way when codes are made.
    let reloading = Task::new();
    let load = move |task: Task| {
        task.load(Attempt::Manage, api::recovery_codes(), move |answer| {
            left.try_set(Some(answer));
        });
    };
    load(loading);

    let make = UnsyncCallback::new(move |()| {
        task.start(
            Attempt::Confirm,
            confirmation::make_recovery_codes(),
            move |made| {
                codes.set(made.codes);
                focus::later(LIST);
                load(reloading);
            },
        );
    });
    let has_codes = Memo::new(move |_| left.get().is_some_and(|it| it.created_at.is_some()));
    let state = dynamic(move || {
        let left = left.get()?;
        Some(match left.created_at {
            None => words::none().to_owned(),
            Some(at) => {
                let made = words::made(&clock::now().describe(at));
                format!("{} {made}", words::left(left.left))
            }
        })
    });
    let shown = dynamic(move || {
        let codes = codes.get();
        (!codes.is_empty()).then(|| view! { <Codes codes /> })
    });
    let close = move |_| {
        codes.set(Vec::new());
        focus::later(TITLE);
    };
    view! {
        <section class="card panel recovery" aria-labelledby=TITLE>
            <h3 id=TITLE tabindex="-1">{words::title()}</h3>
            <p class="hint">{words::help()}</p>
            <p data-testid="recovery-left">{state}</p>
            <ErrorMessage text=loading.error />
            {shown}
            {dynamic(move || {
                if codes.with(Vec::is_empty) {
                    view! {
                        {dynamic(move || has_codes.get().then(|| view! { <p class="hint">{words::make_new_help()}</p> }))}
                        <ErrorMessage text=task.error />
                        <ActionButton
                            class="button"
                            testid="make-recovery-codes"
                            label=Signal::derive(move || if has_codes.get() { words::make_new() } else { words::make() })
                            busy_label=home::waiting()
                            activity=task.activity
                            on_press=make
                        />
                    }
                        .into_any()
                } else {
                    view! {
                        <button class="button button-main" type="button" data-testid="codes-kept" on:click=close>
                            {words::kept()}
                        </button>
                    }
                        .into_any()
                }
            })}
        </section>
    }
    .into_any()
}

#[component]
fn Codes(codes: Vec<String>) -> AnyView {
    let text = codes.join("\n");
    let file = data_url("text/plain", &format!("{text}\n"));
    let print = move |_| {
        window().print().ok();
    };
    view! {
        <p class="message">{words::shown_once()}</p>
        <ol class="codes" id=LIST tabindex="-1" aria-label=words::list() data-testid="recovery-codes">
            {codes.into_iter().map(|code| view! { <li><code dir="ltr">{code}</code></li> }).collect::<Vec<_>>()}
        </ol>
        <div class="buttons">
            <CopyButton text />
            <button class="button" type="button" on:click=print>
                {words::print()}
            </button>
            <a class="button" download=words::file() href=file data-testid="save-codes">
                {words::save()}
            </a>
        </div>
    }
    .into_any()
}
