//! How it works: the last ceremony as a sequence diagram.

use leptos::prelude::*;
use passkeep_inspect::verify::Conclusion;

use crate::app::PageHead;
use crate::bench::Bench;
use crate::ceremony::{Ceremony, Kind, Maker};
use crate::diagram::{Lane, Message, messages};
use crate::page::{self, t};

/// The width of the drawing, and of a column in it.
const WIDTH: usize = 960;
const COLUMN: usize = WIDTH / 4;
/// The height of a message, and of the names above them.
const ROW: usize = 66;
const HEAD: usize = 56;

#[component]
pub(crate) fn How() -> AnyView {
    let bench = Bench::current();
    let trouble = RwSignal::new(None::<String>);
    let make = move |kind: Kind| {
        let failed = bench.example(kind).err();
        trouble.set(failed.map(|error| format!("The software authenticator could not: {error}.")));
    };
    view! {
        <main class="bench">
            <PageHead
                title="How it works"
                lead="The last ceremony that was made here, message by message, with its real values and times. The server's part is done by the same verifier, in this page."
            />
            <section class="card panel" aria-labelledby="run">
                <h2 id="run">{t("Run one")}</h2>
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| make(Kind::Registration)>{t("Make a registration")}</button>
                    <button type="button" class="button" on:click=move |_| make(Kind::Authentication)>{t("Make a sign-in")}</button>
                    <a class="button button-quiet" href="/workbench/playground">{t("With this browser, in the playground")}</a>
                </div>
                {move || trouble.get().map(|trouble| view! { <p class="message message-error" role="alert">{trouble}</p> })}
            </section>
            {move || match bench.last() {
                Some(ceremony) if ceremony.maker != Maker::Elsewhere => view! { <Diagram ceremony /> }.into_any(),
                Some(_) => view! { <p class="message">{t("The last response was pasted: when its messages went, nobody here knows. Run one.")}</p> }.into_any(),
                None => view! { <p class="message">{t("There was no ceremony yet. Run one.")}</p> }.into_any(),
            }}
        </main>
    }
    .into_any()
}

#[component]
fn Diagram(ceremony: Ceremony) -> AnyView {
    let report = ceremony
        .expectation
        .judge(&ceremony.response, page::now_ms());
    let steps = report.trace().entries.len();
    let verdict = match report.conclusion() {
        Conclusion::Accepted => format!("{steps} steps, accepted"),
        _ => {
            let verdict = report.verdict();
            let message = verdict.get("message").and_then(|it| it.as_str());
            format!("refused: {}", message.unwrap_or_default())
        }
    };
    let messages = messages(&ceremony, &verdict);
    let title = match ceremony.expectation.kind {
        Kind::Registration => "A registration",
        Kind::Authentication => "A sign-in",
    };
    let list = messages.iter().map(|message| {
        let Message { from, to, label, value, about, at } = message.clone();
        let way = match from == to {
            true => from.name().to_owned(),
            false => format!("{} → {}", from.name(), to.name()),
        };
        view! {
            <li>
                <p><span class="way">{way}</span>" "<b>{label}</b>" "<span class="soft">{format!("{at:.1} ms")}</span></p>
                <p class="code">{value}</p>
                <p class="hint">{about}</p>
            </li>
        }
    });
    let list = list.collect::<Vec<_>>();
    view! {
        <section class="card panel" aria-labelledby="sequence" data-testid="sequence">
            <h2 id="sequence">{title}</h2>
            <Drawing messages />
            <ol class="messages">{list}</ol>
        </section>
    }
    .into_any()
}

/// The drawing. The list below it says the same in words, so it is hidden from screen readers, and from phones.
#[component]
fn Drawing(messages: Vec<Message>) -> AnyView {
    let middle = |lane: Lane| lane.column() * COLUMN + COLUMN / 2;
    let height = HEAD + messages.len() * ROW + 12;
    let lanes = Lane::ALL.map(|lane| {
        let x = middle(lane);
        let name = lane.name();
        view! {
            <g class="lane">
                <rect x=x - 72 y=4 width=144 height=34 rx=10></rect>
                <text x=x y=26>{name}</text>
                <line x1=x x2=x y1=38 y2=height></line>
            </g>
        }
    });
    let arrows = messages.into_iter().enumerate().map(|(index, message)| {
        let y = HEAD + index * ROW + 38;
        let (from, to) = (middle(message.from), middle(message.to));
        let class = if message.from == message.to {
            "arrow alone"
        } else {
            "arrow"
        };
        let (path, text_x) = if from == to {
            (format!("M{from} {} h28 v16 h-22", y - 12), from)
        } else {
            (
                format!("M{from} {y} H{}", if to > from { to - 7 } else { to + 7 }),
                from.midpoint(to),
            )
        };
        let head = match (from == to, to > from) {
            (true, _) => format!("M{} {} l9 -5 v10 z", from + 2, y + 4),
            (false, true) => format!("M{to} {y} l-10 -6 v12 z"),
            (false, false) => format!("M{to} {y} l10 -6 v12 z"),
        };
        // What is said aside must not leave the drawing.
        let anchor = match (from == to, message.from) {
            (true, Lane::Server) => "end",
            (true, _) => "start",
            _ => "middle",
        };
        let text_x = match (from == to, message.from) {
            (true, Lane::Server) => text_x - 12,
            (true, _) => text_x + 40,
            _ => text_x,
        };
        let label = format!("{} · {:.1} ms", message.label, message.at);
        let (label_y, value_y) = if from == to {
            (y - 6, y + 12)
        } else {
            (y - 9, y + 18)
        };
        view! {
            <g class=class>
                <path d=path></path>
                <path class="head" d=head></path>
                <text class="what" x=text_x y=label_y text-anchor=anchor>{label}</text>
                <text class="says" x=text_x y=value_y text-anchor=anchor>{message.value}</text>
            </g>
        }
    });
    let view_box = format!("0 0 {WIDTH} {height}");
    view! {
        <svg class="sequence" viewBox=view_box aria-hidden="true">
            {lanes.into_iter().collect::<Vec<_>>()}
            {arrows.collect::<Vec<_>>()}
        </svg>
    }
    .into_any()
}
