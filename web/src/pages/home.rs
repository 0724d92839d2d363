//! The start page: a promise, the two doors, three facts.

use leptos::prelude::*;
use passkeep_protocol::api::Account;

use crate::components::entry::Entry;
use crate::components::key_picture::KeyPicture;
use crate::dynamic::dynamic;
use crate::focus::PAGE_HEADING;
use crate::handover::Handover;
use crate::session::Session;
use crate::text::home as words;

#[component]
pub(crate) fn Home() -> AnyView {
    let session = Session::current();
    document().set_title(words::title());
    let user_name = RwSignal::new(Handover::user_name());
    let account = Memo::new(move |_| session.account());
    // The key on the page is cut for the name as it is typed.
    let seed = Signal::derive(move || {
        let name = account
            .get()
            .map_or_else(|| user_name.get(), |account| account.user_name);
        name.trim().as_bytes().to_vec()
    });
    view! {
        <main class="home">
            <section class="promise">
                <h1 tabindex="-1" id=PAGE_HEADING>{words::promise()}</h1>
                <p class="lead">{words::lead()}</p>
                <KeyPicture seed />
            </section>
            {dynamic(move || match account.get() {
                Some(account) => view! { <Inside account /> }.into_any(),
                None => view! { <Entry user_name /> }.into_any(),
            })}
            <section class="facts" aria-label=words::about()>
                {facts()
                    .into_iter()
                    .map(|(question, answer)| {
                        view! {
                            <article>
                                <h2>{question}</h2>
                                <p>{answer}</p>
                            </article>
                        }
                    })
                    .collect::<Vec<_>>()}
            </section>
        </main>
    }
    .into_any()
}

/// Questions and answers.
fn facts() -> [(&'static str, &'static str); 3] {
    [
        (words::fact_create(), words::fact_create_text()),
        (words::fact_sign_in(), words::fact_sign_in_text()),
        (words::fact_loss(), words::fact_loss_text()),
    ]
}

/// In place of the doors, for who is in already.
#[component]
fn Inside(account: Account) -> AnyView {
    view! {
        <section class="card entry" aria-label=words::welcome_back()>
            <div class="panel">
                <h2>{words::welcome_back()}</h2>
                <p class="hint">{words::signed_in_as(&account.user_name)}</p>
                <a class="button button-main" href="/account">{words::to_account()}</a>
            </div>
        </section>
    }
    .into_any()
}
