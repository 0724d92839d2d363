//! The account page: who is signed in, and their passkeys.

use leptos::prelude::*;
use passkeep_protocol::api::Account as Person;

use crate::components::add_passkey::AddPasskey;
use crate::components::messages::ErrorMessage;
use crate::components::passkey_list::PasskeyList;
use crate::focus::PAGE_HEADING;
use crate::navigation::Navigation;
use crate::session::{Session, Who};
use crate::text::{self, Attempt, account as words, explain};
use crate::wallet::Wallet;

/// The id of the heading above the passkeys.
pub(crate) const LIST_HEADING: &str = "passkeys";

#[component]
pub(crate) fn Account() -> AnyView {
    let session = Session::current();
    let navigation = Navigation::current();
    document().set_title(words::title());
    let who = Memo::new(move |_| session.who());
    Effect::new(move |_| {
        if who.get() == Who::Nobody {
            navigation.go_instead("/");
        }
    });
    view! {
        <main class="account">
            {move || match who.get() {
                Who::Account(person) => view! { <Passkeys person /> }.into_any(),
                Who::Asking | Who::Nobody => view! { <p class="hint" role="status">{text::site::loading()}</p> }.into_any(),
                Who::Unknown(failure) => {
                    view! {
                        <ErrorMessage text=Some(explain(&failure, Attempt::Manage)) />
                        <button class="button" on:click=move |_| session.ask()>{text::site::try_again()}</button>
                    }
                        .into_any()
                }
            }}
        </main>
    }
    .into_any()
}

#[component]
fn Passkeys(person: Person) -> AnyView {
    Wallet::provide();
    view! {
        <header class="greeting">
            <h1 tabindex="-1" id=PAGE_HEADING>{words::greeting(&person.display_name)}</h1>
            <p class="lead">{words::lead()}</p>
        </header>
        <section class="passkeys-section" aria-labelledby=LIST_HEADING>
            <div class="section-head">
                <h2 id=LIST_HEADING tabindex="-1">{words::passkeys()}</h2>
                <AddPasskey />
            </div>
            <PasskeyList />
        </section>
    }
    .into_any()
}
