//! Where an enrolment link leads: a passkey for this device.

use leptos::prelude::*;
use passkeep_protocol::api::RegistrationStart;

use crate::api;
use crate::ceremony;
use crate::components::action_button::ActionButton;
use crate::components::key_picture::KeyPicture;
use crate::components::messages::ErrorMessage;
use crate::dynamic::dynamic;
use crate::focus::PAGE_HEADING;
use crate::navigation::Navigation;
use crate::session::Session;
use crate::task::Task;
use crate::text::{Attempt, enrol as words, home};

#[component]
pub(crate) fn Enrol() -> AnyView {
    document().set_title(words::page_title());
    let (session, navigation) = (Session::current(), Navigation::current());
    let start = move || RegistrationStart::Enrol {
        link: navigation.enrolment_token().unwrap_or_default(),
    };
    let task = Task::new();
    // Whose account it is has to be known before anybody goes on: the link may be somebody else's bait.
    let name = RwSignal::new(None::<String>);
    task.load(
        Attempt::Create,
        api::start_registration(&start(), None),
        move |started| {
            name.try_set(started.options.text("user.name"));
        },
    );
    let create = UnsyncCallback::new(move |()| {
        task.start(
            Attempt::Create,
            ceremony::register(start()),
            move |finished| {
                let notice = words::done(&finished.account.user_name);
                session.enter(finished.account, notice);
                // The link has done its work, and need not be in the browser's history.
                navigation.go_instead("/account");
            },
        );
    });
    let seed = Signal::derive(Vec::new);
    let go = dynamic(move || {
        let name = name.get()?;
        let other = session
            .account()
            .filter(|account| account.user_name != name);
        let other = other.map(|account| words::other(&account.user_name));
        Some(view! {
            <p data-testid="enrol-account">{words::lead(&name)}</p>
            {other.map(|text| view! { <p class="message" data-testid="enrol-other">{text}</p> })}
            <ActionButton
                class="button button-main"
                testid="enrol"
                label=words::go()
                busy_label=home::waiting()
                activity=task.activity
                on_press=create
            />
        })
    });
    view! {
        <main class="plain">
            <h1 tabindex="-1" id=PAGE_HEADING>{words::heading()}</h1>
            <div class="card panel narrow">
                <KeyPicture seed />
                <ErrorMessage text=task.error />
                {go}
            </div>
        </main>
    }
    .into_any()
}
