//! The three signals: what a server tells the credential manager.

use leptos::prelude::*;
use leptos::task::spawn_local;
use passkeep_protocol::api::{
    AllAcceptedCredentialsOptions, CurrentUserDetailsOptions, Signals, UnknownCredentialOptions,
};
use passkeep_protocol::bytes::Bytes;

use super::expectation::lines;
use super::form::{Choice, TextArea, TextField};
use crate::page;
use crate::page::t;
use crate::software::json;

const SIGNALS: [(&str, &str); 3] = [
    (
        "signalUnknownCredential",
        "signalUnknownCredential: the server does not have it",
    ),
    (
        "signalAllAcceptedCredentials",
        "signalAllAcceptedCredentials: these are all it has",
    ),
    (
        "signalCurrentUserDetails",
        "signalCurrentUserDetails: how the account is called now",
    ),
];

/// The argument of a signal, from what was entered.
fn signals(
    which: &str,
    user: &str,
    ids: &str,
    name: &str,
    display: &str,
) -> Result<Signals, String> {
    let bytes = |text: &str| {
        Bytes::from_base64url(text.trim()).map_err(|error| format!("{text:?}: {error}"))
    };
    let rp_id = page::host();
    let mut signals = Signals::default();
    match which {
        "signalUnknownCredential" => {
            let ids = lines(ids);
            let id = ids.first().ok_or("It needs the id of a credential.")?;
            signals.unknown_credential = Some(UnknownCredentialOptions {
                rp_id,
                credential_id: bytes(id)?,
            });
        }
        "signalAllAcceptedCredentials" => {
            let ids: Result<Vec<_>, _> = lines(ids).iter().map(|id| bytes(id)).collect();
            signals.all_accepted_credentials = Some(AllAcceptedCredentialsOptions {
                rp_id,
                user_id: bytes(user)?,
                all_accepted_credential_ids: ids?,
            });
        }
        _ => {
            signals.current_user_details = Some(CurrentUserDetailsOptions {
                rp_id,
                user_id: bytes(user)?,
                name: name.to_owned(),
                display_name: display.to_owned(),
            });
        }
    }
    Ok(signals)
}

#[component]
pub(crate) fn SignalForm() -> AnyView {
    let which = RwSignal::new(SIGNALS[0].0.to_owned());
    let [user, ids, name, display] = [(); 4].map(|()| RwSignal::new(String::new()));
    let said = RwSignal::new(String::new());
    let write = |into: RwSignal<String>| UnsyncCallback::new(move |text| into.set(text));
    let made = move || {
        signals(
            &which.get(),
            &user.get(),
            &ids.get(),
            &name.get(),
            &display.get(),
        )
    };
    let argument = move || match made() {
        Ok(signals) => json(&signals),
        Err(problem) => problem,
    };
    let send = move |_| match made() {
        Ok(signals) => {
            spawn_local(async move {
                passkeep_browser::signal(&signals).await;
                said.set(
                    "Sent. Browsers do not say what came of it; look into the password manager."
                        .to_owned(),
                );
            });
        }
        Err(problem) => said.set(problem),
    };
    let is = move |name: &'static str| move || which.get() == name;
    let details = is("signalCurrentUserDetails");
    view! {
        <p class="hint">
            {t("With these a server keeps the passwords' and passkeys' list of the browser in step with its own. An account's complete list hides every passkey that is not in it.")}
        </p>
        <Choice id="signal" label="Signal" options=SIGNALS.into() value=which write=write(which) />
        <div class="form-grid">
            {move || {
                (which.get() != "signalUnknownCredential")
                    .then(|| view! { <TextField id="signal-user" label="User handle of the account" value=user write=write(user) /> })
            }}
            {move || {
                (which.get() != "signalCurrentUserDetails")
                    .then(|| {
                        view! { <TextArea id="signal-ids" label="Credential ids" hint="In base64url, one in each line." rows=2 value=ids write=write(ids) /> }
                    })
            }}
            {move || {
                details()
                    .then(|| {
                        view! {
                            <TextField id="signal-name" label="New user name" value=name write=write(name) />
                            <TextField id="signal-display" label="New display name" value=display write=write(display) />
                        }
                    })
            }}
        </div>
        <pre class="code-block" tabindex="0" role="region" aria-label="What is sent"><code>{argument}</code></pre>
        <div class="buttons">
            <button type="button" class="button" on:click=send>{t("Send the signal")}</button>
        </div>
        <p role="status">{move || said.get()}</p>
    }
    .into_any()
}
