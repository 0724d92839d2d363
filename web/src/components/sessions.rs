//! Where somebody is signed in, and the apps that come back by themselves.

use leptos::prelude::*;
use passkeep_protocol::api::{Device, SessionView, SignInMethod};

use crate::api;
use crate::clock;
use crate::components::action_button::ActionButton;
use crate::components::messages::ErrorMessage;
use crate::components::part::Part;
use crate::components::rows::{Row, RowAction, Rows};
use crate::doing::Doing;
use crate::dynamic::dynamic;
use crate::focus;
use crate::session::Session;
use crate::text::{Attempt, devices as device_words, sessions as words};

const SESSIONS: &str = "sessions";
const DEVICES: &str = "devices";

#[component]
pub(crate) fn Sessions() -> AnyView {
    let session = Session::current();
    let (loading, all) = (Doing::new(), Doing::new());
    let list = RwSignal::new(Vec::<SessionView>::new());
    loading.load(Attempt::Manage, api::sessions(), move |answer| {
        list.try_set(answer.sessions);
    });

    let row = move |view: SessionView| {
        let title = match view.device.as_str() {
            "" => words::unknown_device().to_owned(),
            device => device.to_owned(),
        };
        let now = clock::now();
        let doing = Doing::new();
        let (id, name) = (view.id.clone(), words::end_of(&title));
        let press = UnsyncCallback::new(move |()| {
            let ended = id.clone();
            doing.start(Attempt::Manage, api::end_session_of(&id), move |()| {
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
                doing,
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
            session.tell(words::ended_others(answer.ended));
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
    let loading = Doing::new();
    let list = RwSignal::new(Vec::<Device>::new());
    loading.load(Attempt::Manage, api::devices(), move |answer| {
        list.try_set(answer.devices);
    });
    let row = move |device: Device| {
        let doing = Doing::new();
        let (id, name) = (device.id.clone(), device_words::remove_of(&device.label));
        let press = UnsyncCallback::new(move |()| {
            let (id, removed) = (id.clone(), id.clone());
            let remove = async move {
                let answer = api::delete_device(&id).await?;
                passkeep_browser::signal(&answer.signals).await;
                Ok(())
            };
            doing.start(Attempt::Manage, remove, move |()| {
                list.update(|list| list.retain(|device| device.id != removed));
                session.tell(device_words::removed());
                focus::later(SESSIONS);
            });
        });
        Row {
            title: device.label,
            detail: device_words::since(&device.app, &clock::now().describe(device.created_at)),
            badge: None,
            action: Some(RowAction {
                label: device_words::remove(),
                busy_label: device_words::removing(),
                name,
                doing,
                press,
            }),
        }
    };
    let rows = Signal::derive_local(move || list.get().into_iter().map(row).collect::<Vec<_>>());
    let any = Memo::new(move |_| !list.with(Vec::is_empty));
    dynamic(move || {
        any.get().then(|| {
            view! {
                <Part id=DEVICES title=device_words::title() lead=device_words::lead()>
                    <Rows testid="devices" rows />
                </Part>
            }
        })
    })
}
