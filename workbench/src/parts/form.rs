//! Labelled fields.

use leptos::prelude::*;

/// A line of text with its label. `write` gets what is typed.
#[component]
pub(crate) fn TextField(
    id: &'static str,
    label: &'static str,
    #[prop(optional)] hint: &'static str,
    #[prop(into)] value: Signal<String>,
    write: UnsyncCallback<String>,
) -> AnyView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                id=id
                type="text"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=described(id, hint)
                prop:value=move || value.get()
                on:input=move |event| write.run(event_target_value(&event))
            />
            <Hint id hint />
        </div>
    }
    .into_any()
}

/// Several lines of text with their label.
#[component]
pub(crate) fn TextArea(
    id: &'static str,
    label: &'static str,
    #[prop(optional)] hint: &'static str,
    #[prop(default = 4)] rows: u32,
    #[prop(into)] value: Signal<String>,
    write: UnsyncCallback<String>,
) -> AnyView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <textarea
                id=id
                rows=rows
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=described(id, hint)
                prop:value=move || value.get()
                on:input=move |event| write.run(event_target_value(&event))
            ></textarea>
            <Hint id hint />
        </div>
    }
    .into_any()
}

/// A choice of one.
#[component]
pub(crate) fn Choice(
    id: &'static str,
    label: &'static str,
    #[prop(optional)] hint: &'static str,
    /// Values, each with the words for it.
    options: Vec<(&'static str, &'static str)>,
    #[prop(into)] value: Signal<String>,
    write: UnsyncCallback<String>,
) -> AnyView {
    let items = options.into_iter().map(|(name, words)| {
        view! { <option value=name selected=move || value.get() == name>{words}</option> }
    });
    let items = items.collect::<Vec<_>>();
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select
                id=id
                aria-describedby=described(id, hint)
                prop:value=move || value.get()
                on:change=move |event| write.run(event_target_value(&event))
            >
                {items}
            </select>
            <Hint id hint />
        </div>
    }
    .into_any()
}

/// A box to tick.
#[component]
pub(crate) fn Tick(
    id: &'static str,
    label: &'static str,
    #[prop(into)] value: Signal<bool>,
    write: UnsyncCallback<bool>,
) -> AnyView {
    view! {
        <label class="tick" for=id>
            <input
                id=id
                type="checkbox"
                prop:checked=move || value.get()
                on:change=move |event| write.run(event_target_checked(&event))
            />
            <span>{label}</span>
        </label>
    }
    .into_any()
}

#[component]
fn Hint(id: &'static str, hint: &'static str) -> AnyView {
    let id = described(id, hint);
    id.map(|id| view! { <p class="hint" id=id>{hint}</p> })
        .into_any()
}

fn described(id: &str, hint: &str) -> Option<String> {
    (!hint.is_empty()).then(|| format!("{id}-hint"))
}
