//! Where a response comes in: pasted, dropped as a file, the last one, or an example.

use crate::page::t;
use leptos::ev::{DragEvent, Event};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{File, HtmlInputElement};
use wasm_bindgen_futures::JsFuture;

use super::form::TextArea;

/// The largest file that is read, in bytes: what the decoder takes.
const MAX_FILE_BYTES: f64 = passkeep_inspect::MAX_INPUT_BYTES as f64;

#[component]
pub(crate) fn Intake(text: RwSignal<String>) -> AnyView {
    let over = RwSignal::new(false);
    let trouble = RwSignal::new(None::<&'static str>);
    let take = move |file: Option<File>| {
        trouble.set(None);
        let Some(file) = file else {
            return trouble.set(Some("There was no file in it."));
        };
        if file.size() > MAX_FILE_BYTES {
            return trouble.set(Some(
                "The file is larger than a megabyte, which no response is.",
            ));
        }
        spawn_local(async move {
            match JsFuture::from(file.text())
                .await
                .ok()
                .and_then(|read| read.as_string())
            {
                Some(read) => text.set(read),
                None => trouble.set(Some("The file could not be read as text.")),
            }
        });
    };
    let drop = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        let data = event.data_transfer();
        let dropped = data
            .as_ref()
            .and_then(|data| data.get_data("text/plain").ok());
        match dropped.filter(|dropped| !dropped.is_empty()) {
            Some(dropped) => text.set(dropped),
            None => take(
                data.and_then(|data| data.files())
                    .and_then(|files| files.get(0)),
            ),
        }
    };
    let chosen = move |event: Event| {
        let input = event
            .target()
            .and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
        take(
            input
                .and_then(|input| input.files())
                .and_then(|files| files.get(0)),
        );
    };
    let class = move || if over.get() { "intake over" } else { "intake" };
    view! {
        <div
            class=class
            data-testid="intake"
            on:dragover=move |event: DragEvent| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
            on:drop=drop
        >
            <TextArea
                id="response"
                label="Response"
                hint="RegistrationResponseJSON or AuthenticationResponseJSON, as toJSON() gives it; or one structure of it in base64url. Paste it, or drop a file here."
                rows=7
                value=text
                write=UnsyncCallback::new(move |typed| text.set(typed))
            />
            <div class="field">
                <label for="response-file">{t("Or a file")}</label>
                <input id="response-file" type="file" accept=".json,.txt,application/json,text/plain" on:change=chosen />
            </div>
            {move || trouble.get().map(|trouble| view! { <p class="message message-error" role="alert">{trouble}</p> })}
        </div>
    }
    .into_any()
}
