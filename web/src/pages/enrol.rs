//! Where an enrolment link leads: a passkey for this device.

use leptos::prelude::*;
use passkeep_protocol::api::RegistrationStart;

use crate::ceremony;
use crate::components::action_button::ActionButton;
use crate::components::key_picture::KeyPicture;
use crate::components::messages::ErrorMessage;
use crate::doing::Doing;
use crate::focus::PAGE_HEADING;
use crate::navigation::Navigation;
use crate::session::Session;
use crate::text::{Attempt, enrol as words, home};

#[component]
pub(crate) fn Enrol() -> AnyView {
    document().set_title(words::page_title());
    let (session, navigation) = (Session::current(), Navigation::current());
    let doing = Doing::new();
    let create = UnsyncCallback::new(move |()| {
        let link = navigation.enrolment_token().unwrap_or_default();
        let start = RegistrationStart::Enrol { link };
        doing.start(
            Attempt::Create,
            ceremony::register(start),
            move |finished| {
                let notice = words::done(&finished.account.user_name);
                session.enter(finished.account, notice);
                // The link has done its work, and need not be in the browser's history.
                navigation.go_instead("/account");
            },
        );
    });
    let seed = Signal::derive(Vec::new);
    view! {
        <main class="plain">
            <h1 tabindex="-1" id=PAGE_HEADING>{words::heading()}</h1>
            <p class="lead">{words::lead()}</p>
            <div class="card panel narrow">
                <KeyPicture seed />
                <ErrorMessage text=doing.error />
                <ActionButton
                    class="button button-main"
                    testid="enrol"
                    label=words::go()
                    busy_label=home::waiting()
                    activity=doing.activity
                    on_press=create
                />
            </div>
        </main>
    }
    .into_any()
}
