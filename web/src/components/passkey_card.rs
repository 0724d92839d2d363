//! One passkey: what it is, and what can be done with it.

use leptos::prelude::*;
use passkeep_protocol::bytes::Bytes;

use crate::account_passkeys::AccountPasskeys;
use crate::clock;
use crate::components::key_picture::KeyPicture;
use crate::components::passkey_delete::PasskeyDelete;
use crate::components::passkey_rename::PasskeyRename;
use crate::components::provider_tile::ProviderTile;
use crate::default_names;
use crate::dynamic::dynamic;
use crate::focus;
use crate::passkey_view::PasskeyView;
use crate::text::passkey as words;

/// What is being done with the passkey.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Task {
    Nothing,
    Rename,
    Delete,
}

/// The way back from a task to the button that began it. It holds good even when the card is gone by then.
#[derive(Clone, Debug)]
pub(crate) struct WayBack {
    task: RwSignal<Task>,
    button: String,
}

impl WayBack {
    pub(crate) fn take(&self) {
        self.task.set(Task::Nothing);
        focus::later(self.button.clone());
    }
}

/// The id of the button that renames this passkey.
pub(crate) fn rename_id(id: &Bytes) -> String {
    format!("rename-{}", id.to_base64url())
}

fn delete_id(id: &Bytes) -> String {
    format!("delete-{}", id.to_base64url())
}

#[component]
pub(crate) fn PasskeyCard(id: Bytes) -> AnyView {
    let passkeys = AccountPasskeys::current();
    let task = RwSignal::new(Task::Nothing);
    let id = StoredValue::new(id);
    let seed = id.with_value(|id| id.as_slice().to_vec());
    // The card outlives its passkey by a moment when that is deleted.
    let passkey = Memo::new(move |_| id.with_value(|id| passkeys.find(id)));
    let label = Memo::new(move |_| {
        passkey
            .get()
            .map(|passkey| default_names::label(&passkey.label))
            .unwrap_or_default()
    });
    let view = Memo::new(move |_| {
        passkey
            .get()
            .map(|passkey| PasskeyView::new(&passkey, clock::now()))
    });
    let current = Memo::new(move |_| passkey.get().is_some_and(|passkey| passkey.current));

    let back = move |button: fn(&Bytes) -> String| WayBack {
        task,
        button: id.with_value(button),
    };

    view! {
        <li class="card passkey" data-testid="passkey-card" aria-label=label>
            <KeyPicture seed=Signal::stored(seed) />
            <div class="passkey-body">
                {dynamic(move || match task.get() {
                    Task::Rename => view! { <PasskeyRename id=id.get_value() label=label.get_untracked() back=back(rename_id) /> }.into_any(),
                    _ => view! { <h3 data-testid="passkey-label">{label}</h3> }.into_any(),
                })}
                {dynamic(move || view.get().map(|view| view! { <Facts view current /> }))}
            </div>
            {dynamic(move || match task.get() {
                Task::Delete => view! { <PasskeyDelete id=id.get_value() label=label.get_untracked() back=back(delete_id) /> }.into_any(),
                Task::Rename => ().into_any(),
                Task::Nothing => {
                    view! {
                        <div class="passkey-tasks">
                            <button
                                class="button button-quiet"
                                id=id.with_value(rename_id)
                                data-testid="passkey-rename"
                                aria-label=move || words::rename_of(&label.get())
                                on:click=move |_| task.set(Task::Rename)
                            >
                                {words::rename()}
                            </button>
                            <button
                                class="button button-quiet button-danger"
                                id=id.with_value(delete_id)
                                data-testid="passkey-delete"
                                aria-label=move || words::delete_of(&label.get())
                                on:click=move |_| task.set(Task::Delete)
                            >
                                {words::delete()}
                            </button>
                        </div>
                    }
                        .into_any()
                }
            })}
        </li>
    }
    .into_any()
}

#[component]
fn Facts(view: PasskeyView, current: Memo<bool>) -> AnyView {
    view! {
        <dl class="passkey-facts">
            <div>
                <dt>{words::created()}</dt>
                <dd>{view.created}</dd>
            </div>
            <div>
                <dt>{words::last_used()}</dt>
                <dd>{view.last_used}</dd>
            </div>
            {view.provider.map(|provider| {
                view! {
                    <div>
                        <dt>{words::provider()}</dt>
                        <dd class="provider">
                            <ProviderTile provider=provider.clone() />
                            <bdi>{provider}</bdi>
                        </dd>
                    </div>
                }
            })}
        </dl>
        <div class="passkey-badges">
            <details class="help">
                <summary>
                    <span class="badge" data-testid="passkey-backup">{view.backup.badge}</span>
                </summary>
                <p class="hint">{view.backup.help}</p>
            </details>
            {dynamic(move || current.get().then(|| view! { <span class="badge badge-accent">{words::current()}</span> }))}
        </div>
    }
    .into_any()
}
