//! Offers a passkey when that is worth asking for. A "not now" is remembered.

use leptos::prelude::*;

use crate::account_passkeys::AccountPasskeys;
use crate::clock;
use crate::components::action_button::ActionButton;
use crate::components::add_passkey::add_passkey;
use crate::components::messages::ErrorMessage;
use crate::dynamic::dynamic;
use crate::focus;
use crate::offers::{self, Offer, Visit};
use crate::pages::account::LIST_HEADING;
use crate::session::Session;
use crate::task::Task;
use crate::text::{home, offer as words};

const TITLE: &str = "offer";

#[component]
pub(crate) fn OfferCard() -> AnyView {
    let session = Session::current();
    let passkeys = AccountPasskeys::current();
    let declined = RwSignal::new(offers::declined());
    let offer = Memo::new(move |_| {
        let visit = Visit {
            from_elsewhere: session.is_from_elsewhere(),
            has_password: passkeys.has_only_a_password() && passkeep_browser::is_supported(),
            now: clock::now().at,
            declined: declined.get(),
        };
        let offer = visit.offer(&passkeys.all());
        // What the browser may be doing by itself is not asked for.
        offer.filter(|_| !passkeys.is_upgrading())
    });
    dynamic(move || offer.get().map(|offer| view! { <Card offer declined /> }))
}

#[component]
fn Card(offer: Offer, declined: RwSignal<Option<u64>>) -> AnyView {
    let task = Task::new();
    let (session, passkeys) = (Session::current(), AccountPasskeys::current());
    let (title, text) = match offer {
        Offer::ThisDevice => (words::this_device(), words::this_device_text()),
        Offer::Second => (words::second(), words::second_text()),
        Offer::First => (words::first(), words::first_text()),
    };
    let add = UnsyncCallback::new(move |()| add_passkey(task, session, passkeys));
    let not_now = move |_| {
        let now = clock::now().at;
        offers::decline(now);
        declined.set(Some(now));
        focus::later(LIST_HEADING);
    };
    view! {
        <section class="card panel offer" aria-labelledby=TITLE data-testid="offer">
            <h2 id=TITLE>{title}</h2>
            <p>{text}</p>
            <ErrorMessage text=task.error />
            <div class="buttons">
                <ActionButton
                    class="button button-main"
                    testid="offer-accept"
                    label=home::create()
                    busy_label=home::waiting()
                    activity=task.activity
                    on_press=add
                />
                <button class="button button-quiet" type="button" data-testid="offer-decline" on:click=not_now>
                    {words::not_now()}
                </button>
            </div>
        </section>
    }
    .into_any()
}
