//! The account page: who is signed in, their passkeys, their ways back in, and all else that is theirs.

use leptos::prelude::*;

use crate::account_passkeys::AccountPasskeys;
use crate::components::activity::ActivityPart;
use crate::components::add_passkey::AddPasskey;
use crate::components::enrolment::EnrolmentCard;
use crate::components::messages::ErrorMessage;
use crate::components::offer::OfferCard;
use crate::components::part::Part;
use crate::components::passkey_list::PasskeyList;
use crate::components::recovery_codes::RecoveryCodesCard;
use crate::components::sessions::{Devices, Sessions};
use crate::components::settings::Settings;
use crate::dynamic::dynamic;
use crate::failure::Failure;
use crate::focus::PAGE_HEADING;
use crate::navigation::Navigation;
use crate::provider_icons::ProviderIcons;
use crate::session::{Session, Who};
use crate::text::{self, Attempt, account as words, explain};

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
    // A person who changes their name stays on the page as it is.
    let state = Memo::new(move |_| match who.get() {
        Who::Account(person) => State::In(person.user_name),
        Who::Asking | Who::Nobody => State::Waiting,
        Who::Unknown(failure) => State::Failed(failure),
    });
    view! {
        <main class="account">
            {dynamic(move || match state.get() {
                State::In(user_name) => view! { <Everything user_name /> }.into_any(),
                State::Waiting => view! { <p class="hint" role="status">{text::site::loading()}</p> }.into_any(),
                State::Failed(failure) => {
                    view! {
                        <ErrorMessage text=Some(explain(&failure, Attempt::Manage)) />
                        <button class="button" on:click=move |_| session.ask()>{text::site::try_again()}</button>
                    }
                        .into_any()
                }
            })}
        </main>
    }
    .into_any()
}

#[derive(Clone, Debug, PartialEq)]
enum State {
    In(String),
    Waiting,
    Failed(Failure),
}

#[component]
fn Everything(user_name: String) -> AnyView {
    let session = Session::current();
    let passkeys = AccountPasskeys::provide();
    ProviderIcons::provide(passkeys);
    Effect::new(move |_| passkeys.upgrade());
    // What is confirmed with a passkey is for who has one.
    let bare = Memo::new(move |_| passkeys.has_only_a_password());
    let name = move || session.account().map(|account| account.display_name);
    view! {
        <header class="greeting">
            <h1 tabindex="-1" id=PAGE_HEADING>{dynamic(move || words::greeting(&name().unwrap_or_default()))}</h1>
            {dynamic(move || (!bare.get()).then(|| view! { <p class="lead">{words::lead()}</p> }))}
        </header>
        <section class="passkeys-section" aria-labelledby=LIST_HEADING>
            <OfferCard />
            <div class="section-head">
                <h2 id=LIST_HEADING tabindex="-1">{words::passkeys()}</h2>
                <AddPasskey />
            </div>
            <PasskeyList />
        </section>
        {dynamic(move || {
            (!bare.get())
                .then(|| {
                    view! {
                        <Part id="back-in" title=words::back_in() lead=words::back_in_lead()>
                            <RecoveryCodesCard />
                            <EnrolmentCard />
                        </Part>
                    }
                })
        })}
        <Sessions />
        <Devices />
        <ActivityPart />
        <Settings user_name />
    }
    .into_any()
}
