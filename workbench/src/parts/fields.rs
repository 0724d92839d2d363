//! The tree of fields.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use passkeep_inspect::Node;

use super::inspection::{Pointing, Side, moved, number_under};
use super::value::value_of;
use crate::layout::FieldId;
use crate::page;

#[component]
pub(crate) fn Fields(root: Node, pointing: Pointing) -> AnyView {
    let mut next = 0;
    let tree = branch(&root, &mut next, pointing);
    let id = move |field: FieldId| format!("{}-field-{field}", pointing.prefix);

    Effect::new(move |before: Option<Option<FieldId>>| {
        let pointed = pointing.field.get();
        if let Some(element) = before
            .flatten()
            .and_then(|before| document().get_element_by_id(&id(before)))
        {
            element.class_list().remove_1("lit").ok();
        }
        let (field, side) = pointed?;
        if let Some(element) = document().get_element_by_id(&id(field)) {
            element.class_list().add_1("lit").ok();
        }
        if side == Side::Bytes {
            page::reveal(&id(field));
        }
        Some(field)
    });

    let point = move |field: Option<usize>| {
        if let Some(field) = field {
            pointing.at_field(field);
        }
    };
    view! {
        <section
            class="fields"
            aria-label="Fields"
            data-scroller="true"
            data-testid="fields"
            on:mousemove=move |event: MouseEvent| {
                if moved(&event) {
                    point(number_under(&event, "data-field"));
                }
            }
            on:focusin=move |event| point(number_under(&event, "data-field"))
        >
            <ul>{tree}</ul>
        </section>
    }
    .into_any()
}

/// A field with what is inside of it. Ids are given in the order of the layout's.
fn branch(node: &Node, next: &mut FieldId, pointing: Pointing) -> AnyView {
    let field = *next;
    *next += 1;
    let id = format!("{}-field-{field}", pointing.prefix);
    let number = field.to_string();
    let row = row(node);
    if node.children.is_empty() {
        return view! {
            <li>
                <button type="button" class="node leaf" id=id data-field=number>{row}</button>
            </li>
        }
        .into_any();
    }
    let children = node
        .children
        .iter()
        .map(|child| branch(child, next, pointing));
    let children = children.collect::<Vec<_>>();
    view! {
        <li>
            <details open=true>
                <summary class="node" id=id data-field=number>{row}</summary>
                <ul>{children}</ul>
            </details>
        </li>
    }
    .into_any()
}

fn row(node: &Node) -> AnyView {
    let name = node.name.to_string();
    let value = value_of(&node.value);
    let meaning = node
        .meaning
        .clone()
        .map(|meaning| view! { <span class="meaning">{meaning}</span> });
    let about = (!node.about.is_empty()).then(|| view! { <span class="about">{node.about}</span> });
    let problem = node
        .problem
        .clone()
        .map(|problem| view! { <span class="problem">{problem.message}</span> });
    view! {
        <span class="name">{name}</span>
        {value}
        {meaning}
        {about}
        {problem}
    }
    .into_any()
}
