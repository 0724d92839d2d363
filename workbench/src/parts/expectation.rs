//! What the relying party expects, to be changed.

use leptos::prelude::*;
use passkeep_protocol::bytes::Bytes;

use super::form::{Choice, TextArea, TextField};
use crate::ceremony::{Expectation, Kind, KnownCredential};

#[component]
pub(crate) fn ExpectationForm(expectation: RwSignal<Expectation>) -> AnyView {
    let read =
        move |pick: fn(&Expectation) -> String| Signal::derive(move || expectation.with(pick));
    let write = move |put: fn(&mut Expectation, String)| {
        UnsyncCallback::new(move |text| expectation.update(|it| put(it, text)))
    };
    let kind = expectation.with_untracked(|it| it.kind);
    view! {
        <div class="form-grid">
            <TextField
                id="expect-rp-id"
                label="RP ID"
                value=read(|it| it.rp_id.clone())
                write=write(|it, text| it.rp_id = text.trim().to_owned())
            />
            <TextField
                id="expect-challenge"
                label="Challenge"
                hint="The one that was sent, in base64url."
                value=read(|it| it.challenge.clone())
                write=write(|it, text| it.challenge = text.trim().to_owned())
            />
            <TextArea
                id="expect-origins"
                label="Origins"
                hint="One in each line."
                rows=2
                value=read(|it| it.origins.join("\n"))
                write=write(|it, text| it.origins = lines(&text))
            />
            <Choice
                id="expect-uv"
                label="User verification"
                options=vec![("required", "required"), ("preferred", "preferred"), ("discouraged", "discouraged")]
                value=read(|it| it.user_verification.clone())
                write=write(|it, text| it.user_verification = text)
            />
            {(kind == Kind::Authentication)
                .then(|| view! { <CredentialFields expectation /> })}
        </div>
    }
    .into_any()
}

/// The credential that signs in, as the relying party has kept it.
#[component]
fn CredentialFields(expectation: RwSignal<Expectation>) -> AnyView {
    let key = RwSignal::new(expectation.with_untracked(|it| {
        let known = it.credential.as_ref();
        known.map_or_else(String::new, |known| known.public_key.to_base64url())
    }));
    let id = expectation.with_untracked(|it| it.credential.as_ref().map(|known| known.id.clone()));
    let id = StoredValue::new(id);
    let with_key = UnsyncCallback::new(move |text: String| {
        let bytes = Bytes::from_base64url(text.trim()).ok();
        key.set(text);
        expectation.update(|it| {
            let before = it.credential.take();
            it.credential = bytes
                .filter(|bytes| !bytes.as_slice().is_empty())
                .map(|public_key| KnownCredential {
                    id: before
                        .as_ref()
                        .map(|known| known.id.clone())
                        .or(id.get_value())
                        .unwrap_or_else(|| it.answering.clone()),
                    sign_count: before.as_ref().map_or(0, |known| known.sign_count),
                    backup_eligible: before.as_ref().and_then(|known| known.backup_eligible),
                    public_key,
                });
        });
    });
    let count = Signal::derive(move || {
        expectation.with(|it| {
            it.credential
                .as_ref()
                .map_or(0, |known| known.sign_count)
                .to_string()
        })
    });
    let with_count = UnsyncCallback::new(move |text: String| {
        if let Ok(count) = text.trim().parse() {
            expectation.update(|it| {
                if let Some(known) = &mut it.credential {
                    known.sign_count = count;
                }
            });
        }
    });
    view! {
        <TextArea
            id="expect-key"
            label="Public key of the credential"
            hint="In COSE form and base64url, as its registration had it. Registrations that were made or pasted here are remembered."
            rows=2
            value=key
            write=with_key
        />
        <TextField id="expect-count" label="Signature counter that is kept" value=count write=with_count />
    }
    .into_any()
}

/// The lines of a text that are not blank.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}
