//! Where somebody is signed in, and the apps that come back by themselves.

use leptos::prelude::*;
use passkeep_protocol::api::{Device, SessionView, SignInMethod};
use passkeep_protocol::bytes::Bytes;

use crate::account_passkeys::AccountPasskeys;
use crate::api;
use crate::clock;
use crate::components::action_button::ActionButton;
use crate::components::messages::ErrorMessage;
use crate::components::part::Part;
use crate::components::rows::{Row, RowAction, Rows};
use crate::default_names;
use crate::dynamic::dynamic;
use crate::focus;
use crate::session::Session;
use crate::task::Task;
use crate::text::{Attempt, devices as device_words, recovery, sessions as words};

const SESSIONS: &str = "sessions";
const DEVICES: &str = "devices";

/// What the button of each row is task. The rows are drawn anew when one of them goes, and the others are still at it.
#[derive(Clone, Copy)]
struct Doings {
    of: StoredValue<Vec<(Bytes, Task)>>,
    /// The list, which lasts longer than its rows.
    owner: StoredValue<Option<Owner>>,
}

impl Doings {
    fn new() -> Self {
        Self {
            of: StoredValue::new(Vec::new()),
            owner: StoredValue::new(Owner::current()),
        }
    }

    fn of(self, id: &Bytes) -> Task {
        let find = |all: &Vec<(Bytes, Task)>| all.iter().find(|(of, _)| of == id).map(|at| at.1);
        self.of.with_value(find).unwrap_or_else(|| {
            let task = match self.owner.get_value() {
                Some(owner) => owner.with(Task::new),
                None => Task::new(),
            };
            self.of.update_value(|all| all.push((id.clone(), task)));
            task
        })
    }
}

#[component]
pub(crate) fn Sessions() -> AnyView {
    let (session, passkeys) = (Session::current(), AccountPasskeys::current());
    let (loading, all, each) = (Task::new(), Task::new(), Doings::new());
    let list = RwSignal::new(Vec::<SessionView>::new());
    // With a password or a passkey go the sessions that it has opened.
    let has_password = Memo::new(move |_| session.has_password());
    Effect::new(move |_| {
        has_password.track();
        passkeys.track_deletions();
        loading.load(Attempt::Manage, api::sessions(), move |answer| {
            list.try_set(answer.sessions);
        });
    });

    let row = move |view: SessionView| {
        let title = match view.device.as_str() {
            "" => words::unknown_device().to_owned(),
            device => default_names::device(device),
        };
        let now = clock::now();
        let task = each.of(&view.id);
        let (id, name) = (view.id.clone(), words::end_of(&title));
        let press = UnsyncCallback::new(move |()| {
            let ended = id.clone();
            task.start(Attempt::Manage, api::end_session_of(&id), move |()| {
                list.update(|list| list.retain(|session| session.id != ended));
                session.tell(words::ended());
                focus::later(SESSIONS);
            });
        });
        let since = match view.method {
            SignInMethod::Password => words::since_password,
            _ => words::since,
        };
        Row {
            detail: since(
                &now.describe(view.last_used_at),
                &now.describe(view.created_at),
            ),
            badge: view.current.then(words::current),
            // This one is ended by signing out.
            action: (!view.current).then(|| RowAction {
                label: words::end(),
                busy_label: words::ending(),
                name,
                task,
                press,
            }),
            title,
        }
    };
    let rows = Signal::derive_local(move || list.get().into_iter().map(row).collect::<Vec<_>>());
    let others = Memo::new(move |_| list.with(|list| list.iter().any(|session| !session.current)));
    let end_others = UnsyncCallback::new(move |()| {
        all.start(Attempt::Manage, api::end_other_sessions(), move |answer| {
            list.update(|list| list.retain(|session| session.current));
            let ended = words::ended_others(answer.ended);
            session.tell(format!("{ended} {}", recovery::still_good()));
            focus::later(SESSIONS);
        });
    });
    view! {
        <Part id=SESSIONS title=words::title() lead=words::lead()>
            <ErrorMessage text=loading.error />
            <Rows testid="sessions" rows />
            {dynamic(move || {
                others
                    .get()
                    .then(|| {
                        view! {
                            <ErrorMessage text=all.error />
                            <div class="buttons">
                                <ActionButton
                                    class="button"
                                    testid="end-other-sessions"
                                    label=words::end_others()
                                    busy_label=words::ending()
                                    activity=all.activity
                                    on_press=end_others
                                />
                            </div>
                        }
                    })
            })}
        </Part>
    }
    .into_any()
}

/// Shown only to who has such apps.
#[component]
pub(crate) fn Devices() -> AnyView {
    let session = Session::current();
    let (loading, each) = (Task::new(), Doings::new());
    let list = RwSignal::new(Vec::<Device>::new());
    let passkeys = AccountPasskeys::current();
    Effect::new(move |_| {
        passkeys.track_deletions();
        loading.load(Attempt::Manage, api::devices(), move |answer| {
            list.try_set(answer.devices);
        });
    });
    let row = move |device: Device| {
        let task = each.of(&device.id);
        let label = default_names::label(&device.label);
        let (id, name) = (device.id.clone(), device_words::remove_of(&label));
        let press = UnsyncCallback::new(move |()| {
            let (id, removed) = (id.clone(), id.clone());
            let remove = async move {
                let answer = api::delete_device(&id).await?;
                passkeep_browser::signal(&answer.signals).await;
                Ok(())
            };
            task.start(Attempt::Manage, remove, move |()| {
                list.update(|list| list.retain(|device| device.id != removed));
                session.tell(device_words::removed());
                focus::later(SESSIONS);
            });
        });
        Row {
            title: label,
            detail: device_words::since(&device.app, &clock::now().describe(device.created_at)),
            badge: None,
            action: Some(RowAction {
                label: device_words::remove(),
                busy_label: device_words::removing(),
                name,
                task,
                press,
            }),
        }
    };
    let rows = Signal::derive_local(move || list.get().into_iter().map(row).collect::<Vec<_>>());
    let any = Memo::new(move |_| !list.with(Vec::is_empty) || loading.error.with(Option::is_some));
    dynamic(move || {
        any.get().then(|| {
            view! {
                <Part id=DEVICES title=device_words::title() lead=device_words::lead()>
                    <ErrorMessage text=loading.error />
                    <Rows testid="devices" rows />
                </Part>
            }
        })
    })
}
