//! What a field says, for people.

use leptos::prelude::*;
use passkeep_inspect::{Flag, Value};

use crate::layout::short;

/// The most bytes that are written out in the tree; all of them are in the hex view.
const SHOWN_BYTES: usize = 20;

/// The value of a field of the tree, without what is inside of it.
pub(crate) fn value_of(value: &Value) -> AnyView {
    match value {
        Value::Unread | Value::Map { .. } | Value::Array { .. } => {
            let words = short(value);
            (!words.is_empty())
                .then(|| view! { <span class="value soft">{words}</span> })
                .into_any()
        }
        Value::Bytes { length, hex, .. } => {
            let (shown, more) = match hex.get(..SHOWN_BYTES * 2) {
                Some(start) if *length > SHOWN_BYTES => (start.to_owned(), "…"),
                _ => (hex.clone(), ""),
            };
            let count = short(value);
            view! {
                <code class="value">{shown}{more}</code>
                <span class="value soft">{count}</span>
            }
            .into_any()
        }
        Value::Flags { byte, flags } => {
            let byte = format!("0x{byte:02x}");
            let flags = flags.clone();
            view! { <code class="value">{byte}</code> <FlagList flags /> }.into_any()
        }
        value => {
            let words = short(value);
            view! { <code class="value">{words}</code> }.into_any()
        }
    }
}

/// Every bit with its name, whether it is set, and what that says.
#[component]
fn FlagList(flags: Vec<Flag>) -> AnyView {
    let items = flags.into_iter().map(|flag| {
        let class = if flag.set { "flag set" } else { "flag" };
        let state = if flag.set { "set" } else { "not set" };
        let name = flag.name;
        let about = format!("bit {}, {state}: {}", flag.bit, flag.about);
        view! {
            <span class=class>
                <b>{name}</b>
                <span>{about}</span>
            </span>
        }
    });
    view! { <span class="flags">{items.collect::<Vec<_>>()}</span> }.into_any()
}
