//! A decoded response: its fields beside its bytes, each pointing at the other.

use crate::page::t;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, Event, MouseEvent};
use passkeep_inspect::Inspection;

use super::fields::Fields;
use super::hex::Hex;
use crate::layout::{FieldId, Layout};

/// From which side a field was pointed at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Side {
    Fields,
    Bytes,
}

/// What the tree and the hex view share.
#[derive(Clone, Copy)]
pub(crate) struct Pointing {
    /// Keeps the ids of two inspections on one page apart.
    pub(crate) prefix: &'static str,
    pub(crate) layout: StoredValue<Layout>,
    /// The bytes before somebody changed them.
    pub(crate) before: StoredValue<Option<Layout>>,
    /// The field that somebody points at or has the focus on.
    pub(crate) field: RwSignal<Option<(FieldId, Side)>>,
    /// The bytes that are shown.
    pub(crate) pane: RwSignal<usize>,
}

impl Pointing {
    /// Points at a field from the tree; its bytes come up.
    pub(crate) fn at_field(self, field: FieldId) {
        let spot = self.layout.with_value(|layout| layout.spot(field));
        if let Some(spot) = spot
            && self.pane.get_untracked() != spot.pane
        {
            self.pane.set(spot.pane);
        }
        self.set(field, Side::Fields);
    }

    /// Points at a byte of the pane that is shown.
    pub(crate) fn at_byte(self, byte: usize) {
        let pane = self.pane.get_untracked();
        if let Some(field) = self.layout.with_value(|layout| layout.owner(pane, byte)) {
            self.set(field, Side::Bytes);
        }
    }

    fn set(self, field: FieldId, side: Side) {
        if self.field.get_untracked() != Some((field, side)) {
            self.field.set(Some((field, side)));
        }
    }
}

/// Whether somebody moved the pointer. Where something scrolls under a pointer at rest, browsers tell of a move too.
pub(crate) fn moved(event: &MouseEvent) -> bool {
    event.movement_x() != 0 || event.movement_y() != 0
}

/// The number that the element under an event, or one around it, carries in an attribute.
pub(crate) fn number_under(event: &Event, attribute: &str) -> Option<usize> {
    let element = event.target()?.dyn_into::<Element>().ok()?;
    let element = element.closest(&format!("[{attribute}]")).ok()??;
    element.get_attribute(attribute)?.parse().ok()
}

#[component]
pub(crate) fn InspectionView(
    inspection: Inspection,
    prefix: &'static str,
    /// Called with a byte that somebody picks: the name of its pane, and its place.
    #[prop(optional, into)]
    on_pick: Option<UnsyncCallback<(String, usize)>>,
    /// What it was before somebody changed it; the bytes that differ are marked.
    #[prop(optional)]
    before: Option<Inspection>,
    /// The name of the bytes to begin with, instead of the longest.
    #[prop(optional, into)]
    begin: Option<String>,
) -> AnyView {
    let layout = Layout::of(&inspection.root);
    let has_bytes = !layout.panes.is_empty();
    // The longest bytes are what the authenticator made.
    let longest = (0..layout.panes.len()).max_by_key(|pane| {
        let pane = layout.panes.get(*pane);
        pane.map_or(0, |pane| pane.bytes.len())
    });
    let named = begin.and_then(|name| layout.panes.iter().position(|pane| pane.name == name));
    let longest = named.or(longest);
    let pointing = Pointing {
        before: StoredValue::new(before.map(|before| Layout::of(&before.root))),
        prefix,
        layout: StoredValue::new(layout),
        field: RwSignal::new(None),
        pane: RwSignal::new(longest.unwrap_or(0)),
    };
    let problems = inspection.problems.iter().map(|found| {
        let place = found.path.join(" › ");
        let place = (!place.is_empty()).then(|| view! { <b>{format!("{place}: ")}</b> });
        let message = found.problem.message.clone();
        view! { <li>{place}{message}</li> }
    });
    let problems = problems.collect::<Vec<_>>();
    let root = inspection.root;
    view! {
        {(!problems.is_empty())
            .then(|| {
                view! {
                    <div class="message message-error problems" role="alert">
                        <p>{t("Not all of it can be read:")}</p>
                        <ul>{problems}</ul>
                    </div>
                }
            })}
        <div class="inspection">
            {has_bytes.then(|| view! { <Hex pointing on_pick /> })}
            <Fields root pointing />
        </div>
    }
    .into_any()
}
