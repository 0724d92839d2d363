//! What happened with the account, in plain words.

use leptos::prelude::*;
use passkeep_protocol::api::ActivityEvent;

use crate::api;
use crate::clock;
use crate::components::action_button::ActionButton;
use crate::components::messages::ErrorMessage;
use crate::components::part::Part;
use crate::components::rows::{Row, Rows};
use crate::default_names;
use crate::dynamic::dynamic;
use crate::session::Session;
use crate::task::Task;
use crate::text::{Attempt, activity as words, site};

const ACTIVITY: &str = "activity";

/// How many events are shown at first, and how many more to who asks for them: as many as the server gives at once.
const FEW: u32 = 5;
const MANY: u32 = 200;

#[component]
pub(crate) fn ActivityPart() -> AnyView {
    let task = Task::new();
    let list = RwSignal::new(Vec::<ActivityEvent>::new());
    // Where to go on, as a part of a query; nowhere when it is empty.
    let next = RwSignal::new(String::new());
    // How many were asked for last, and a number of the request: an answer that is late is old.
    let asked = StoredValue::new(FEW);
    let newest = StoredValue::new(0_u32);
    let load = move |task: Task, limit, before: String| {
        let number = newest.get_value() + 1;
        newest.set_value(number);
        asked.set_value(limit);
        task.load(
            Attempt::Manage,
            api::activity(limit, &before),
            move |mut answer| {
                if newest.try_get_value() == Some(number) {
                    let mut events = Vec::new();
                    if !before.is_empty() {
                        events = list.get_untracked();
                    }
                    events.append(&mut answer.events);
                    list.try_set(events);
                    let mut page = String::new();
                    if let Some(next) = answer.next {
                        page.push_str("&before=");
                        page.push_str(&next.to_base64url());
                    }
                    next.try_set(page);
                }
            },
        );
    };
    load(task, FEW, String::new());
    // What the person does on this page has happened too.
    let session = Session::current();
    Effect::new(move |earlier: Option<()>| {
        let has_news = !session.notice().is_empty();
        if earlier.is_some() && has_news {
            load(Task::new(), asked.get_value(), String::new());
        }
    });
    let rows = Signal::derive_local(move || list.get().iter().map(row).collect::<Vec<_>>());
    let more = Memo::new(move |_| !next.get().is_empty());
    view! {
        <Part id=ACTIVITY title=words::title() lead=words::lead()>
            <ErrorMessage text=task.error />
            <Rows testid="activity" rows />
            {dynamic(move || {
                more.get()
                    .then(|| {
                        view! {
                            <div class="buttons">
                                <ActionButton
                                    class="button"
                                    testid="more-activity"
                                    label=words::more()
                                    busy_label=site::loading()
                                    activity=task.activity
                                    on_press=UnsyncCallback::new(move |()| {
                                        load(task, MANY, next.get_untracked());
                                    })
                                />
                            </div>
                        }
                    })
            })}
        </Part>
    }
    .into_any()
}

fn row(event: &ActivityEvent) -> Row {
    let when = clock::now().describe(event.at);
    Row {
        title: what(&event.kind).to_owned(),
        detail: match &event.device {
            Some(device) => words::detail(&default_names::device(device), &when),
            None => when,
        },
        badge: None,
        action: None,
    }
}

/// An event in words. A server that is newer than this page may have others.
fn what(kind: &str) -> &'static str {
    match kind {
        "account_created" => words::account_created(),
        "passkey_added" => words::passkey_added(),
        "passkey_upgraded" => words::passkey_upgraded(),
        "passkey_recovered" => words::passkey_recovered(),
        "passkey_enrolled" => words::passkey_enrolled(),
        "passkey_renamed" => words::passkey_renamed(),
        "passkey_deleted" => words::passkey_deleted(),
        "signed_in" => words::signed_in(),
        "signed_in_by_restore" => words::signed_in_by_restore(),
        "signed_out" => words::signed_out(),
        "session_revoked" => words::session_revoked(),
        "sessions_revoked" => words::sessions_revoked(),
        "confirmed" => words::confirmed(),
        "sign_in_refused" => words::sign_in_refused(),
        "confirmation_refused" => words::confirmation_refused(),
        "recovery_refused" => words::recovery_refused(),
        "restore_key_added" => words::restore_key_added(),
        "restore_key_deleted" => words::restore_key_deleted(),
        "display_name_changed" => words::display_name_changed(),
        "recovery_codes_made" => words::recovery_codes_made(),
        "enrolment_link_made" => words::enrolment_link_made(),
        "account_locked" => words::account_locked(),
        "account_unlocked" => words::account_unlocked(),
        "account_created_with_password" => words::account_created_with_password(),
        "account_imported" => words::account_imported(),
        "signed_in_by_password" => words::signed_in_by_password(),
        "confirmed_by_password" => words::confirmed_by_password(),
        "password_refused" => words::password_refused(),
        "password_dropped" => words::password_dropped(),
        _ => words::other(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_from_the_future_is_something_else() {
        assert_eq!(what("signed_in"), "Signed in");
        assert_eq!(what("teleported"), "Something else happened");
    }
}
