//! The field for a password.

use leptos::prelude::*;
use passkeep_protocol::api::Password;

use crate::focus;
use crate::text::password as words;

/// Which password is wanted, which decides what a password manager does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum PasswordKind {
    /// The one the account has.
    Current,
    /// The one the account has, or a passkey from the suggestions of the field.
    CurrentOrPasskey,
    /// One that is chosen now.
    New,
}

impl PasswordKind {
    fn autocomplete(self) -> &'static str {
        match self {
            Self::Current => "current-password",
            Self::CurrentOrPasskey => "current-password webauthn",
            Self::New => "new-password",
        }
    }
}

/// Takes what was typed, as long as something was. Otherwise the cursor goes to the field.
pub(crate) fn password(
    typed: RwSignal<String>,
    field: &'static str,
) -> Result<Password, &'static str> {
    let text = typed.get_untracked();
    if text.is_empty() {
        focus::later(field);
        return Err(words::empty());
    }
    Ok(Password::from(text))
}

#[component]
pub(crate) fn PasswordField(
    id: &'static str,
    kind: PasswordKind,
    typed: RwSignal<String>,
    /// Whether it is what an error is about.
    #[prop(into)]
    invalid: Signal<Option<&'static str>>,
) -> AnyView {
    let is_new = kind == PasswordKind::New;
    let hint = format!("{id}-hint");
    view! {
        <div class="field">
            <label for=id>{if is_new { words::new() } else { words::current() }}</label>
            <input
                id=id
                name="password"
                type="password"
                autocomplete=kind.autocomplete()
                data-testid=id
                aria-describedby=is_new.then(|| hint.clone())
                aria-invalid=move || invalid.get()
                bind:value=typed
            />
            {is_new.then(|| view! { <p class="hint" id=hint>{words::new_hint()}</p> })}
        </div>
    }
    .into_any()
}
