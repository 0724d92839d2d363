//! The bytes, in hexadecimal digits. Fields have alternating colours; the one that is pointed at stands out.

use crate::page::t;
use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

use super::inspection::{Pointing, Side, moved, number_under};
use crate::page;

/// The bytes of half a row on a wide window, and of a row on a phone.
const GROUP: usize = 8;

#[component]
pub(crate) fn Hex(pointing: Pointing, on_pick: Option<UnsyncCallback<(String, usize)>>) -> AnyView {
    let names = pointing.layout.with_value(|layout| {
        let panes = layout.panes.iter();
        let named = panes.map(|pane| (pane.name.clone(), pane.bytes.len()));
        named.collect::<Vec<_>>()
    });
    let tabs = names.into_iter().enumerate().map(|(index, (name, length))| {
        let pressed = move || (pointing.pane.get() == index).to_string();
        view! {
            <button type="button" class="chip" aria-pressed=pressed on:click=move |_| pointing.pane.set(index)>
                {name}
                <span class="soft">{format!(" {length}")}</span>
            </button>
        }
    });
    view! {
        <section class="bytes" aria-label="Bytes">
            <div class="chips" role="group" aria-label="Which bytes">{tabs.collect::<Vec<_>>()}</div>
            {move || view! { <PaneView pane=pointing.pane.get() pointing on_pick /> }}
            <Detail pointing />
        </section>
    }
    .into_any()
}

#[component]
fn PaneView(
    pane: usize,
    pointing: Pointing,
    on_pick: Option<UnsyncCallback<(String, usize)>>,
) -> AnyView {
    let id = move |byte: usize| format!("{}-byte-{pane}-{byte}", pointing.prefix);
    let differs = |name: &str, at: usize, byte: u8| {
        pointing.before.with_value(|before| {
            let before = before.as_ref().and_then(|it| it.pane(name));
            before.is_some_and(|before| before.bytes.get(at) != Some(&byte))
        })
    };
    let (name, cells) = pointing.layout.with_value(|layout| {
        let Some(shown) = layout.panes.get(pane) else {
            return (String::new(), Vec::new());
        };
        let mut cells = Vec::with_capacity(shown.bytes.len() * 9 / 8 + 1);
        for (at, byte) in shown.bytes.iter().enumerate() {
            if at % GROUP == 0 {
                let class = if at % (2 * GROUP) == 0 { "offset" } else { "offset second" };
                let offset = format!("{at:04x}");
                cells.push(view! { <span class=class aria-hidden="true">{offset}</span> }.into_any());
            }
            let class = match (differs(&shown.name, at, *byte), layout.shaded(pane, at)) {
                (true, _) => "byte changed",
                (false, true) => "byte shaded",
                (false, false) => "byte",
            };
            let tabindex = if at == 0 { "0" } else { "-1" };
            let digits = format!("{byte:02x}");
            cells.push(
                view! {
                    <span role="option" id=id(at) class=class tabindex=tabindex aria-selected="false" data-at=at.to_string()>
                        {digits}
                    </span>
                }
                .into_any(),
            );
        }
        (shown.name.clone(), cells)
    });
    let pane_name = StoredValue::new(name.clone());
    let length = pointing
        .layout
        .with_value(|layout| layout.panes.get(pane).map_or(0, |pane| pane.bytes.len()));

    // The bytes are many, so their attributes are changed by hand: those of the field before, and of the one now.
    Effect::new(move |before: Option<core::ops::Range<usize>>| {
        let pointed = pointing.field.get();
        let spot = pointed.and_then(|(field, _)| pointing.layout.with_value(|it| it.spot(field)));
        let now = spot.filter(|spot| spot.pane == pane);
        let now = now.map_or(0..0, |spot| spot.start..spot.end);
        for (range, is_lit) in [(before.unwrap_or_default(), false), (now.clone(), true)] {
            for byte in range {
                if let Some(element) = document().get_element_by_id(&id(byte)) {
                    let selected = if is_lit { "true" } else { "false" };
                    element.set_attribute("aria-selected", selected).ok();
                }
            }
        }
        if matches!(pointed, Some((_, Side::Fields))) {
            page::reveal(&id(now.start));
        }
        now
    });

    let focus = move |byte: usize| {
        let Some(element) = document().get_element_by_id(&id(byte)) else {
            return;
        };
        if let Some(before) = document().active_element()
            && before.has_attribute("data-at")
        {
            before.set_attribute("tabindex", "-1").ok();
        }
        element.set_attribute("tabindex", "0").ok();
        element.unchecked_into::<HtmlElement>().focus().ok();
    };
    let key = move |event: KeyboardEvent| {
        let Some(at) = number_under(&event, "data-at") else {
            return;
        };
        let row = columns();
        let to = match event.key().as_str() {
            "ArrowRight" => Some(at + 1),
            "ArrowLeft" => at.checked_sub(1),
            "ArrowDown" => Some(at + row),
            "ArrowUp" => at.checked_sub(row),
            "Home" => Some(0),
            "End" => length.checked_sub(1),
            "Enter" | " " => {
                if let Some(pick) = on_pick {
                    event.prevent_default();
                    pick.run((pane_name.get_value(), at));
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        if let Some(to) = to.filter(|to| *to < length) {
            focus(to);
        }
    };
    let label = format!("The {length} bytes of {name}: the arrow keys go from byte to byte");
    let point = move |at: Option<usize>| {
        if let Some(at) = at {
            pointing.at_byte(at);
        }
    };
    view! {
        <div
            class="hex"
            role="listbox"
            aria-multiselectable="true"
            aria-label=label
            data-scroller="true"
            data-testid="hex"
            on:mousemove=move |event: MouseEvent| {
                if moved(&event) {
                    point(number_under(&event, "data-at"));
                }
            }
            on:focusin=move |event| point(number_under(&event, "data-at"))
            on:click=move |event| {
                if let (Some(at), Some(pick)) = (number_under(&event, "data-at"), on_pick) {
                    pick.run((pane_name.get_value(), at));
                }
            }
            on:keydown=key
        >
            {cells}
        </div>
    }
    .into_any()
}

/// How many bytes a row has, as the style sheet says it.
fn columns() -> usize {
    let wide = window().match_media("(min-width: 40rem)").ok().flatten();
    if wide.is_some_and(|query| query.matches()) {
        2 * GROUP
    } else {
        GROUP
    }
}

/// What is pointed at, in words.
#[component]
fn Detail(pointing: Pointing) -> AnyView {
    let text = move || {
        let (field, _) = pointing.field.get()?;
        pointing.layout.with_value(|layout| {
            let place = layout.spot(field).map_or_else(String::new, |spot| {
                match spot.end.saturating_sub(spot.start) {
                    0 => format!("at byte {}", spot.start),
                    1 => format!("byte {}", spot.start),
                    length => format!("bytes {} to {} ({length})", spot.start, spot.end - 1),
                }
            });
            Some((layout.path(field), place, layout.summary(field)))
        })
    };
    view! {
        <div class="detail" role="status" data-testid="detail">
            {move || match text() {
                Some((path, place, summary)) => {
                    view! {
                        <p><b>{path}</b> <span class="soft">{place}</span></p>
                        <p class="summary">{summary}</p>
                    }
                    .into_any()
                }
                None => view! { <p class="soft">{t("Point at a byte or a field to see which is which.")}</p> }.into_any(),
            }}
        </div>
    }
    .into_any()
}
