//! The options as a form, made from the tables of `playground::entries`.

use leptos::prelude::*;

use super::form::{Choice, TextArea, TextField, Tick};
use crate::pages::playground::Playground;
use crate::playground::entries::{Entry, Input, groups};
use crate::playground::settings::Call;

#[component]
pub(crate) fn OptionsForm(call: Call, playground: Playground) -> AnyView {
    let groups = groups(call).iter().map(|(name, entries)| {
        let fields = entries.iter().map(|entry| field(entry, playground));
        view! {
            <fieldset class="group">
                <legend>{*name}</legend>
                <div class="form-grid">{fields.collect::<Vec<_>>()}</div>
            </fieldset>
        }
    });
    view! { <div class="stack">{groups.collect::<Vec<_>>()}</div> }.into_any()
}

fn field(entry: &'static Entry, playground: Playground) -> AnyView {
    let Entry {
        id,
        label,
        hint,
        place,
        input,
    } = entry;
    let shown = Memo::new(move |_| playground.settings.with(|it| input.show(it.at(place))));
    // While somebody types, the field has what is typed; what it says is in the settings.
    let typed = RwSignal::new(None::<String>);
    let value = Signal::derive(move || {
        let says = |text: &String| {
            let read = playground
                .settings
                .with(|it| input.read(text, it.at(place)));
            input.show(read.as_ref()) == shown.get()
        };
        typed.get().filter(says).unwrap_or_else(|| shown.get())
    });
    let put = move |text: &str| {
        playground.change(|it| {
            let value = input.read(text, it.at(place));
            it.put(place, value);
        });
    };
    let write = UnsyncCallback::new(move |text: String| {
        typed.set(Some(text.clone()));
        put(&text);
    });
    match input {
        Input::Ids => view! { <TextArea id label hint rows=2 value write /> }.into_any(),
        Input::Choice(values) => {
            let mut options = vec![("", "not set")];
            options.extend(values.iter().map(|value| (*value, *value)));
            view! { <Choice id label hint options value write /> }.into_any()
        }
        Input::Tick => {
            let value = Signal::derive(move || shown.get() == "true");
            let write = UnsyncCallback::new(move |on| put(if on { "true" } else { "" }));
            view! { <Tick id label value write /> }.into_any()
        }
        _ => view! { <TextField id label hint value write /> }.into_any(),
    }
}
