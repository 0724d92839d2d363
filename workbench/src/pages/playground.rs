//! The playground: every option of the two calls, as a form and as JSON, to run, to share and to copy.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::app::PageHead;
use crate::bench::Bench;
use crate::page::{self, t};
use crate::parts::authenticator::AuthenticatorForm;
use crate::parts::code::CodeView;
use crate::parts::copy::Copy;
use crate::parts::form::{Choice, TextArea};
use crate::parts::lint::LintList;
use crate::parts::options::OptionsForm;
use crate::parts::signals::SignalForm;
use crate::parts::trace::Verdict;
use crate::playground::settings::{Ask, Call, Settings};
use crate::run::{Outcome, run};

/// The field that a conditional request puts its suggestions on.
const AUTOFILL: &str = "autofill";

/// What the whole page shares.
#[derive(Clone, Copy)]
pub(crate) struct Playground {
    pub(crate) settings: RwSignal<Settings>,
    /// The JSON as it is typed, which for moments is none.
    text: RwSignal<String>,
    trouble: RwSignal<Option<String>>,
}

impl Playground {
    /// Changes the settings from the form; the JSON follows.
    pub(crate) fn change(self, change: impl FnOnce(&mut Settings)) {
        self.settings.update(change);
        self.text.set(self.settings.with_untracked(Settings::text));
        self.trouble.set(None);
    }

    /// Changes them from the JSON; the form follows as soon as it can be read.
    fn typed(self, text: String) {
        match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(options) if options.is_object() => {
                self.settings.update(|it| it.options = options);
                self.trouble.set(None);
            }
            Ok(_) => self.trouble.set(Some("Options are an object.".to_owned())),
            Err(error) => self
                .trouble
                .set(Some(format!("This is not JSON yet: {error}."))),
        }
        self.text.set(text);
    }
}

fn usual(call: Call) -> Settings {
    Settings::usual(
        call,
        &page::host(),
        &page::random::<32>(),
        &page::random::<16>(),
    )
}

#[component]
pub(crate) fn PlaygroundPage() -> AnyView {
    let settings =
        Settings::from_fragment(&page::fragment()).unwrap_or_else(|| usual(Call::Create));
    let playground = Playground {
        text: RwSignal::new(settings.text()),
        settings: RwSignal::new(settings),
        trouble: RwSignal::new(None),
    };
    let settings = playground.settings;
    let call = Memo::new(move |_| settings.with(|it| it.call));
    let share =
        Signal::derive(move || format!("{}{}", page::address(), settings.with(Settings::fragment)));
    let choose = move |wanted: Call| {
        if call.get_untracked() != wanted {
            playground.change(|it| *it = usual(wanted));
        }
    };
    let calls = [(Call::Create, "create()"), (Call::Get, "get()")].map(|(wanted, name)| {
        view! {
            <button type="button" class="chip" aria-pressed=move || (call.get() == wanted).to_string() on:click=move |_| choose(wanted)>
                {name}
            </button>
        }
    });
    let ask = Signal::derive(move || settings.with(|it| it.ask.name()).to_owned());
    let with_ask = UnsyncCallback::new(move |name: String| {
        if let Some(ask) = Ask::named(&name) {
            playground.change(|it| it.ask = ask);
        }
    });
    let asks = move || {
        let mut asks = vec![
            ("modal", "with a dialog"),
            ("conditional", "conditional: among autofill, or an upgrade"),
        ];
        if call.get() == Call::Get {
            asks.push(("immediate", "immediate: only if a passkey is here"));
        }
        asks
    };
    let fresh = move |_| {
        let challenge = crate::playground::fresh_challenge(&page::random::<32>());
        playground.change(|it| it.put("/challenge", Some(challenge)));
    };
    view! {
        <main class="bench">
            <PageHead
                title="Playground"
                lead="Every option of create() and get(): as a form and as JSON that stay in step, with a linter, code to copy, and an address to share. Run them with this browser or with the software authenticator."
            />
            <section class="card panel" aria-labelledby="call">
                <h2 id="call">{t("The call")}</h2>
                <div class="chips" role="group" aria-label="Which call">{calls.into_iter().collect::<Vec<_>>()}</div>
                {move || view! { <Choice id="ask" label="How the browser asks" options=asks() value=ask write=with_ask /> }}
                <div class="buttons">
                    <button type="button" class="button button-small" on:click=fresh>{t("A fresh challenge")}</button>
                    <button type="button" class="button button-small" on:click=move |_| playground.change(|it| *it = usual(it.call))>
                        {t("Back to the usual options")}
                    </button>
                    <Copy label="Copy an address with these settings" text=share />
                </div>
            </section>
            <div class="versus">
                <section class="card panel" aria-labelledby="form">
                    <h2 id="form">{t("As a form")}</h2>
                    {move || view! { <OptionsForm call=call.get() playground /> }}
                </section>
                <div class="stack">
                    <section class="card panel" aria-labelledby="json">
                        <h2 id="json">{t("As JSON")}</h2>
                        <TextArea
                            id="options"
                            label="Options"
                            rows=22
                            value=playground.text
                            write=UnsyncCallback::new(move |text| playground.typed(text))
                        />
                        {move || playground.trouble.get().map(|trouble| view! { <p class="message message-error" role="alert">{trouble}</p> })}
                    </section>
                    <section class="card panel" aria-labelledby="advice">
                        <h2 id="advice">{t("What the linter says")}</h2>
                        <LintList settings />
                    </section>
                </div>
            </div>
            <Run playground />
            <section class="card panel" aria-labelledby="code">
                <h2 id="code">{t("The code")}</h2>
                <CodeView settings />
            </section>
            <section class="card panel" aria-labelledby="signals">
                <h2 id="signals">{t("Signals")}</h2>
                <SignalForm />
            </section>
        </main>
    }
    .into_any()
}

/// Runs the settings, and shows what came of it.
#[component]
fn Run(playground: Playground) -> AnyView {
    let bench = Bench::current();
    let outcome = RwSignal::new(None::<Outcome>);
    let busy = RwSignal::new(false);
    let abort = StoredValue::new_local(None::<passkeep_browser::Abort>);
    let with_browser = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        outcome.set(None);
        let settings = playground.settings.get_untracked();
        let own = passkeep_browser::Abort::new();
        abort.set_value(Some(own.clone()));
        spawn_local(async move {
            let came = run(bench, &settings, &own).await;
            busy.set(false);
            outcome.set(Some(came));
        });
    };
    let with_software = move |_| {
        let settings = playground.settings.get_untracked();
        outcome.set(Some(crate::run::simulate(bench, &settings)));
    };
    let cancel = move |_| {
        abort.with_value(|abort| {
            if let Some(abort) = abort {
                abort.abort();
            }
        });
    };
    view! {
        <section class="card panel" aria-labelledby="run">
            <h2 id="run">{t("Run it")}</h2>
            <div class="buttons">
                <button
                    type="button"
                    class="button button-main"
                    aria-busy=move || busy.get().then_some("true")
                    on:click=with_browser
                >
                    {move || if busy.get() { "The browser is asking…" } else { "With this browser" }}
                </button>
                {move || busy.get().then(|| view! { <button type="button" class="button" on:click=cancel>{t("Cancel")}</button> })}
                <button type="button" class="button" on:click=with_software>{t("With the software authenticator")}</button>
            </div>
            <div class="field">
                <label for=AUTOFILL>{t("A field for autofill")}</label>
                <input id=AUTOFILL type="text" autocomplete="username webauthn" aria-describedby="autofill-hint" />
                <p class="hint" id="autofill-hint">
                    {t("A conditional request waits until a passkey is chosen among the suggestions of this field.")}
                </p>
            </div>
            <details class="more">
                <summary>{t("The software authenticator")}</summary>
                <AuthenticatorForm />
                <p class="hint">{t("It answers credProps, prf and largeBlob. It protects no secret: its keys follow from a seed.")}</p>
            </details>
            <div aria-live="polite" data-testid="outcome">
                {move || outcome.get().map(show)}
            </div>
        </section>
    }
    .into_any()
}

fn show(outcome: Outcome) -> AnyView {
    match outcome {
        Outcome::Failed { name, message } => {
            view! {
                <div class="message message-error">
                    <p><b>{name}</b></p>
                    <p>{message}</p>
                </div>
            }
        }
        .into_any(),
        Outcome::Answered { ceremony, secret } => {
            let report = ceremony
                .expectation
                .judge(&ceremony.response, page::now_ms());
            let secret = secret.map(|secret| view! { <p class="hint">{secret}</p> });
            let took = format!(
                "Answered after {:.0} ms, judged in {:.1} ms.",
                ceremony.times.answered, ceremony.times.judging
            );
            let response = RwSignal::new(ceremony.response.clone());
            view! {
                <div class="stack">
                    <Verdict report />
                    <p class="hint">{took}</p>
                    {secret}
                    <pre class="code-block" tabindex="0"><code>{ceremony.response}</code></pre>
                    <div class="buttons">
                        <a class="button" href="/workbench/inspector">{t("Look into it")}</a>
                        <a class="button" href="/workbench/tamper">{t("Break it")}</a>
                        <a class="button" href="/workbench/how-it-works">{t("See how it went")}</a>
                        <Copy label="Copy the response" text=response />
                    </div>
                </div>
            }
        }
        .into_any(),
    }
}
