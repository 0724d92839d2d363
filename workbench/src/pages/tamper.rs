//! The tamper lab: break a response, and see which step refuses it.

use leptos::prelude::*;
use passkeep_inspect::decode;
use passkeep_protocol::authenticator_data::Flags;

use crate::app::PageHead;
use crate::bench::Bench;
use crate::ceremony::{Ceremony, Kind};
use crate::page::{self, t};
use crate::parts::authenticator::AuthenticatorForm;
use crate::parts::form::{TextField, Tick};
use crate::parts::inspection::InspectionView;
use crate::parts::trace::{Trace, Verdict};
use crate::tamper::{Bit, Tampering, flags_and_count};

#[component]
pub(crate) fn Tamper() -> AnyView {
    let bench = Bench::current();
    let base = RwSignal::new(bench.last_untracked());
    let trouble = RwSignal::new(None::<String>);
    let make = move |kind: Kind| match bench.example(kind) {
        Ok(ceremony) => {
            trouble.set(None);
            base.set(Some(ceremony));
        }
        Err(error) => trouble.set(Some(format!(
            "The software authenticator could not: {error}."
        ))),
    };
    view! {
        <main class="bench">
            <PageHead
                title="Tamper lab"
                lead="Change a response the way an attacker, a broken client or a lying authenticator would, and see which step of the verification stands in the way."
            />
            <section class="card panel" aria-labelledby="base">
                <h2 id="base">{t("What to break")}</h2>
                <p class="hint">
                    {move || match base.get() {
                        None => "Make a response with the software authenticator, or paste one in the inspector and come back.",
                        Some(it) if it.draft.is_some() => "A response of the software authenticator: its changes can be signed anew.",
                        Some(_) => "The response that was pasted or made by this browser. Nobody here has its private key, so changes stay unsigned.",
                    }}
                </p>
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| make(Kind::Registration)>
                        {t("Make a registration")}
                    </button>
                    <button type="button" class="button" on:click=move |_| make(Kind::Authentication)>
                        {t("Make a sign-in")}
                    </button>
                </div>
                {move || trouble.get().map(|trouble| view! { <p class="message message-error" role="alert">{trouble}</p> })}
                <details class="more">
                    <summary>{t("The software authenticator that makes them")}</summary>
                    <AuthenticatorForm />
                </details>
            </section>
            {move || base.get().map(|ceremony| view! { <Lab ceremony /> })}
        </main>
    }
    .into_any()
}

/// The changes, the bytes, and the two verdicts.
#[component]
fn Lab(ceremony: Ceremony) -> AnyView {
    let tampering = RwSignal::new(Tampering {
        sign_anew: ceremony.draft.is_some(),
        ..Tampering::default()
    });
    let picked = RwSignal::new(None::<(String, usize)>);
    let original = ceremony
        .expectation
        .judge(&ceremony.response, page::now_ms());
    let inspected = decode(&ceremony.response);
    let ceremony = StoredValue::new(ceremony);
    let changed =
        Memo::new(move |_| tampering.with(|it| ceremony.with_value(|ceremony| it.apply(ceremony))));
    let on_pick = UnsyncCallback::new(move |byte| picked.set(Some(byte)));
    let bytes = move || {
        let response = changed.get()?;
        let begin = picked.with_untracked(|it| it.as_ref().map(|(name, _)| name.clone()));
        let (inspection, before) = (decode(&response), inspected.clone());
        Some(
            view! { <InspectionView inspection prefix="lab" on_pick before begin=begin.unwrap_or_default() /> },
        )
    };
    let verdict = move || {
        match changed.get() {
        Some(response) => {
            let report = ceremony.with_value(|it| it.expectation.judge(&response, page::now_ms()));
            view! {
                <Verdict report=report.clone() />
                <Trace report label="Steps, with the changes" />
            }
            .into_any()
        }
        None => view! { <p class="message message-error" role="alert">{t("There is nothing at that place to change.")}</p> }.into_any(),
    }
    };
    view! {
        <Changes ceremony tampering />
        <section aria-label="The changed bytes">{bytes}</section>
        <Bits picked tampering />
        <div class="versus">
            <section class="card panel" aria-labelledby="changed" data-testid="changed">
                <h2 id="changed">
                    {move || if tampering.with(Tampering::is_idle) { "Nothing is changed yet" } else { "With the changes" }}
                </h2>
                {verdict}
            </section>
            <section class="card panel" aria-labelledby="original" data-testid="original">
                <h2 id="original">{t("As it was")}</h2>
                <Verdict report=original.clone() />
                <Trace report=original label="Steps, as it was" />
            </section>
        </div>
    }
    .into_any()
}

/// What can be changed by name.
#[component]
fn Changes(ceremony: StoredValue<Ceremony>, tampering: RwSignal<Tampering>) -> AnyView {
    let (has_draft, expected, found) = ceremony.with_value(|it| {
        (
            it.draft.is_some(),
            it.expectation.clone(),
            flags_and_count(it),
        )
    });
    let (flags, count) = found.unwrap_or_default();
    let names = [
        ("tamper-up", "UP", Flags::UP),
        ("tamper-uv", "UV", Flags::UV),
        ("tamper-be", "BE", Flags::BE),
        ("tamper-bs", "BS", Flags::BS),
        ("tamper-at", "AT", Flags::AT),
        ("tamper-ed", "ED", Flags::ED),
    ];
    let ticks = names.map(|(id, label, mask)| {
        let value = Signal::derive(move || (flags ^ tampering.with(|it| it.flags)) & mask != 0);
        let write = UnsyncCallback::new(move |_| tampering.update(|it| it.flags ^= mask));
        view! { <Tick id label value write /> }
    });
    let origin = expected.origins.first().cloned().unwrap_or_default();
    let anew = Signal::derive(move || tampering.with(|it| it.sign_anew));
    let with_anew = UnsyncCallback::new(move |on| tampering.update(|it| it.sign_anew = on));
    let count_text = Signal::derive(move || {
        tampering
            .with(|it| it.sign_count.unwrap_or(count))
            .to_string()
    });
    let with_count = UnsyncCallback::new(move |text: String| {
        if let Ok(number) = text.trim().parse() {
            tampering.update(|it| it.sign_count = Some(number).filter(|number| *number != count));
        }
    });
    view! {
        <section class="card panel" aria-labelledby="changes">
            <h2 id="changes">{t("Changes")}</h2>
            {has_draft
                .then(|| {
                    view! {
                        <Tick
                            id="tamper-anew"
                            label="Sign everything anew, as a lying client or authenticator would; otherwise it is changed on its way"
                            value=anew
                            write=with_anew
                        />
                    }
                })}
            <div class="form-grid">
                <Change id="tamper-origin" label="Origin" usual=origin tampering read=|it| &it.origin write=|it, new| it.origin = new />
                <Change id="tamper-challenge" label="Challenge" usual=expected.challenge tampering read=|it| &it.challenge write=|it, new| it.challenge = new />
                <Change id="tamper-rp-id" label="RP ID that is hashed" usual=expected.rp_id tampering read=|it| &it.rp_id write=|it, new| it.rp_id = new />
                <Change
                    id="tamper-type"
                    label="Type of the client data"
                    usual=match expected.kind {
                        Kind::Registration => "webauthn.create",
                        Kind::Authentication => "webauthn.get",
                    }
                        .to_owned()
                    tampering
                    read=|it| &it.ty
                    write=|it, new| it.ty = new
                />
                <TextField id="tamper-count" label="Signature counter" value=count_text write=with_count />
            </div>
            <div class="ticks" role="group" aria-label="Flags">{ticks.into_iter().collect::<Vec<_>>()}</div>
            <div class="buttons">
                <button type="button" class="button" on:click=move |_| tampering.update(|it| *it = Tampering { sign_anew: it.sign_anew, ..Tampering::default() })>
                    {t("Undo all changes")}
                </button>
            </div>
        </section>
    }
    .into_any()
}

/// A text that is changed when it is not what it usually is.
#[component]
fn Change(
    id: &'static str,
    label: &'static str,
    usual: String,
    tampering: RwSignal<Tampering>,
    read: fn(&Tampering) -> &Option<String>,
    write: fn(&mut Tampering, Option<String>),
) -> AnyView {
    let usual = StoredValue::new(usual);
    let value = Signal::derive(move || {
        let changed = tampering.with(|it| read(it).clone());
        changed.unwrap_or_else(|| usual.get_value())
    });
    let write = UnsyncCallback::new(move |text: String| {
        let changed = Some(text).filter(|text| *text != usual.get_value());
        tampering.update(|it| write(it, changed));
    });
    view! { <TextField id label value write /> }.into_any()
}

/// The bits of the byte that was picked.
#[component]
fn Bits(picked: RwSignal<Option<(String, usize)>>, tampering: RwSignal<Tampering>) -> AnyView {
    let buttons = (0..8_u8).rev().map(move |bit| {
        let here = move || {
            let (bytes, at) = picked.get()?;
            Some(Bit { bytes, at, bit })
        };
        let pressed = move || here().is_some_and(|here| tampering.with(|it| it.bits.contains(&here)));
        let press = move |_| {
            if let Some(here) = here() {
                tampering.update(|it| it.flip(here));
            }
        };
        view! {
            <button type="button" class="chip bit" aria-pressed=move || pressed().to_string() aria-disabled=move || here().is_none().to_string() on:click=press>
                {format!("bit {bit}")}
            </button>
        }
    });
    let where_ = move || match picked.get() {
        Some((bytes, at)) => format!(
            "Byte {at} of {bytes}: press a bit to turn it over. It is changed after everything is signed."
        ),
        None => "Click a byte above, or press Enter on it, to turn its bits over.".to_owned(),
    };
    view! {
        <section class="card panel" aria-labelledby="bits">
            <h2 id="bits">{t("Bits")}</h2>
            <p role="status" data-testid="picked">{where_}</p>
            <div class="chips" role="group" aria-label="Bits of the byte">{buttons.collect::<Vec<_>>()}</div>
        </section>
    }
    .into_any()
}
