//! The inspector: a response, byte by byte and step by step.

use crate::page::t;
use leptos::prelude::*;
use passkeep_inspect::{Kind as Found, decode};

use crate::app::PageHead;
use crate::bench::Bench;
use crate::ceremony::{Ceremony, Expectation, Kind, Maker, Times};
use crate::page;
use crate::parts::authenticator::AuthenticatorForm;
use crate::parts::copy::Copy;
use crate::parts::expectation::ExpectationForm;
use crate::parts::glance::Glance;
use crate::parts::inspection::InspectionView;
use crate::parts::intake::Intake;
use crate::parts::trace::{Trace, Verdict};

#[component]
pub(crate) fn Inspector() -> AnyView {
    let bench = Bench::current();
    let last = bench.last_untracked();
    // What is expected of a ceremony that was made here is known; of anything else it is guessed.
    let own = StoredValue::new(last.clone());
    let text = RwSignal::new(last.map(|last| last.response).unwrap_or_default());
    let trouble = RwSignal::new(None::<String>);
    let show = move |ceremony: Ceremony| {
        text.set(ceremony.response.clone());
        own.set_value(Some(ceremony));
        trouble.set(None);
    };
    let example = move |kind: Kind| match bench.example(kind) {
        Ok(ceremony) => show(ceremony),
        Err(error) => trouble.set(Some(format!(
            "The software authenticator could not: {error}."
        ))),
    };
    let shown = Memo::new(move |_| text.get().trim().to_owned());
    let inspection = move || {
        let text = shown.get();
        (!text.is_empty()).then(|| {
            let inspection = decode(&text);
            let judged = matches!(inspection.kind, Found::Registration | Found::Authentication);
            let judged = judged.then(|| view! { <Judged response=text own /> });
            view! {
                <Glance root=inspection.root.clone() kind=inspection.kind />
                <InspectionView inspection prefix="it" />
                {judged}
            }
        })
    };
    view! {
        <main class="bench">
            <PageHead
                title="Inspector"
                lead="Every byte of a response, field by field, and the verification that a server would do, step by step. It is all decoded and judged in this page."
            />
            <section class="card panel" aria-label="The response to look into">
                <Intake text />
                <div class="buttons">
                    {move || {
                        bench.last().map(|last| {
                            view! {
                                <button type="button" class="button" on:click=move |_| show(last.clone())>
                                    {t("Take the last one made here")}
                                </button>
                            }
                        })
                    }}
                    <button type="button" class="button" on:click=move |_| example(Kind::Registration)>
                        {t("Make a registration")}
                    </button>
                    <button type="button" class="button" on:click=move |_| example(Kind::Authentication)>
                        {t("Make a sign-in")}
                    </button>
                    <button type="button" class="button button-quiet" on:click=move |_| text.set(String::new())>
                        {t("Clear")}
                    </button>
                </div>
                {move || trouble.get().map(|trouble| view! { <p class="message message-error" role="alert">{trouble}</p> })}
                <details class="more">
                    <summary>{t("The software authenticator that makes them")}</summary>
                    <AuthenticatorForm />
                </details>
            </section>
            {inspection}
        </main>
    }
    .into_any()
}

/// The verification of a response, with what is expected of it.
#[component]
fn Judged(response: String, own: StoredValue<Option<Ceremony>>) -> AnyView {
    let bench = Bench::current();
    let made_here = own
        .get_value()
        .filter(|own| own.response.trim() == response);
    let guessed = made_here.is_none();
    let expectation = match made_here {
        Some(made_here) => Some(made_here.expectation),
        None => Expectation::guess(&response, &bench.known()),
    };
    if let (true, Some(expectation)) = (guessed, &expectation) {
        bench.keep(Ceremony {
            maker: Maker::Elsewhere,
            response: response.clone(),
            expectation: expectation.clone(),
            options: None,
            times: Times::default(),
            draft: None,
        });
    }
    let expectation = RwSignal::new(expectation.unwrap_or_else(Expectation::unknown));
    let text = StoredValue::new(response);
    let report = move || {
        let expectation = expectation.get();
        text.with_value(|response| expectation.judge(response, page::now_ms()))
    };
    let document = Signal::derive(move || {
        let expectation = expectation.get();
        text.with_value(|response| expectation.document(response))
            .unwrap_or_default()
    });
    let note = guessed.then(|| {
        view! {
            <p class="hint">
                {t("These values are taken from the response itself, so that it is judged in itself. Put in what your server expects, and you see what your server would say.")}
            </p>
        }
    });
    view! {
        <section class="card panel" aria-labelledby="verification">
            <h2 id="verification">{t("Verification")}</h2>
            {note}
            <ExpectationForm expectation />
            {move || {
                let report = report();
                view! {
                    <Verdict report=report.clone() />
                    <Trace report label="Steps of the verification" />
                }
            }}
            <div class="buttons">
                <Copy label="Copy as a document for passkeep verify" text=document />
            </div>
        </section>
    }
    .into_any()
}
