//! Offers a passkey when that is worth asking for. A "not now" is remembered.

use leptos::prelude::*;

use crate::clock;
use crate::components::action_button::ActionButton;
use crate::components::add_passkey::add_passkey;
use crate::components::messages::ErrorMessage;
use crate::doing::Doing;
use crate::dynamic::dynamic;
use crate::focus;
use crate::offers::{self, Offer};
use crate::pages::account::LIST_HEADING;
use crate::session::Session;
use crate::text::{home, offer as words};
use crate::wallet::Wallet;

const TITLE: &str = "offer";

#[component]
pub(crate) fn OfferCard() -> AnyView {
    let session = Session::current();
    let wallet = Wallet::current();
    let declined = RwSignal::new(offers::declined());
    let offer = Memo::new(move |_| {
        let passkeys = wallet.all();
        let offer = offers::offer(
            session.is_from_elsewhere(),
            wallet.has_only_a_password() && passkeep_browser::is_supported(),
            &passkeys,
            clock::now().at,
            declined.get(),
        );
        // What the browser may be doing by itself is not asked for.
        offer.filter(|_| !wallet.is_upgrading())
    });
    dynamic(move || offer.get().map(|offer| view! { <Card offer declined /> }))
}

#[component]
fn Card(offer: Offer, declined: RwSignal<Option<u64>>) -> AnyView {
    let doing = Doing::new();
    let (session, wallet) = (Session::current(), Wallet::current());
    let (title, text) = match offer {
        Offer::ThisDevice => (words::this_device(), words::this_device_text()),
        Offer::Second => (words::second(), words::second_text()),
        Offer::First => (words::first(), words::first_text()),
    };
    let add = UnsyncCallback::new(move |()| add_passkey(doing, session, wallet));
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
            <ErrorMessage text=doing.error />
            <div class="buttons">
                <ActionButton
                    class="button button-main"
                    testid="offer-accept"
                    label=home::create()
                    busy_label=home::waiting()
                    activity=doing.activity
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
