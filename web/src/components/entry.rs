//! The card with the two doors: a new account, or back into an old one.

use std::future::Future;

use leptos::attr::custom::custom_attribute;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use passkeep_browser::Autofill;
use passkeep_protocol::api::{Account, RegistrationStart};

use crate::ceremony::{self, SignedIn};
use crate::components::action_button::{ActionButton, Activity};
use crate::components::messages::ErrorMessage;
use crate::components::password_entry::PasswordEntry;
use crate::failure::Failure;
use crate::focus;
use crate::names;
use crate::navigation::Navigation;
use crate::session::{Session, Who};
use crate::text::{Attempt, account, explain, home as words, name_problem, recovery};

use crate::handover::{Handover, USER_NAME_FIELD as FIELD};

const FIELD_ERROR: &str = "user-name-error";

/// The two ways in, and the two of people who still use a password.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Door {
    SignUp,
    SignIn,
    PasswordSignUp,
    PasswordSignIn,
}

impl Door {
    /// The one that a button of `index.html` says it opens.
    pub(crate) fn on_static_page(said: &str) -> Option<Self> {
        match said {
            "sign-up" => Some(Self::SignUp),
            "sign-in" => Some(Self::SignIn),
            _ => None,
        }
    }

    /// The id of its button, where the static page has one too.
    pub(crate) fn button(self) -> &'static str {
        match self {
            Self::SignUp => "sign-up-button",
            _ => "sign-in-button",
        }
    }
}

/// What somebody came in with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Means {
    /// A passkey of this device, as far as it is known.
    Passkey,
    /// A passkey of another device.
    FromElsewhere,
    Password,
}

/// Whoever came in, with the news for them.
pub(crate) struct Entered {
    pub(crate) account: Account,
    pub(crate) notice: String,
    pub(crate) means: Means,
}

impl From<SignedIn> for Entered {
    fn from(signed_in: SignedIn) -> Self {
        Self {
            account: signed_in.account,
            notice: account::signed_in().to_owned(),
            means: match signed_in.from_elsewhere {
                true => Means::FromElsewhere,
                false => Means::Passkey,
            },
        }
    }
}

/// What the card is task. Copied into every handler.
#[derive(Clone, Copy)]
pub(crate) struct Doors {
    session: Session,
    busy: RwSignal<Option<Door>>,
    error: RwSignal<Option<(Door, String)>>,
    autofill: StoredValue<Option<Autofill>, LocalStorage>,
    navigation: Navigation,
}

impl Doors {
    /// Opens a door: the card waits, and the browser's autofill makes way for the browser's dialog until it is over.
    pub(crate) fn open(
        self,
        door: Door,
        attempt: impl Future<Output = Result<Entered, Failure>> + 'static,
    ) {
        if self.busy.get_untracked().is_some() {
            return;
        }
        self.busy.set(Some(door));
        self.error.set(None);
        self.session.tell("");
        let pause = self
            .autofill
            .with_value(|autofill| autofill.as_ref().map(Autofill::pause));
        spawn_local(async move {
            let paused = match pause {
                Some(pause) => Some(pause.await),
                None => None,
            };
            let outcome = attempt.await;
            self.settle(door, outcome);
            drop(paused);
        });
    }

    fn settle(self, door: Door, outcome: Result<Entered, Failure>) {
        self.busy.set(None);
        match outcome {
            Ok(Entered {
                account,
                notice,
                means,
            }) => {
                // Who is in needs no offers, and the card stays for a moment yet.
                self.autofill.set_value(None);
                self.session.enter(account, notice);
                match means {
                    Means::Passkey => {}
                    Means::FromElsewhere => self.session.came_from_elsewhere(),
                    Means::Password => self.session.came_by_password(),
                }
                self.navigation.go("/account");
            }
            Err(failure) => {
                let attempt = match door {
                    Door::SignUp => Attempt::Create,
                    _ => Attempt::SignIn,
                };
                self.error.set(Some((door, explain(&failure, attempt))));
            }
        }
    }

    fn sign_up(self, typed: &str) {
        let user_name = match names::user_name(typed) {
            Ok(user_name) => user_name,
            Err(problem) => {
                focus::later(FIELD);
                return self.refuse(Door::SignUp, name_problem(problem));
            }
        };
        let start = RegistrationStart::SignUp {
            user_name,
            display_name: None,
        };
        self.open(Door::SignUp, async {
            let finished = ceremony::register(start).await?;
            let notice = account::created(&finished.account.user_name);
            Ok(Entered {
                account: finished.account,
                notice,
                means: Means::Passkey,
            })
        });
    }

    fn sign_in(self) {
        self.open(Door::SignIn, async {
            let signed_in = ceremony::sign_in().await?;
            Ok(signed_in.into())
        });
    }

    /// Offers passkeys in the suggestions of the user-name field, for as long as the card is shown.
    fn arm_autofill(self) {
        let armed = ceremony::offer_in_autofill(move |outcome| {
            self.settle(Door::SignIn, outcome.map(Entered::from));
        });
        self.autofill.set_value(Some(armed));
    }

    /// Says why a door stays shut, before anybody was asked.
    pub(crate) fn refuse(self, door: Door, why: impl Into<String>) {
        self.error.set(Some((door, why.into())));
    }

    pub(crate) fn activity(self, door: Door) -> Activity {
        match self.busy.get() {
            Some(open) if open == door => Activity::Busy,
            Some(_) => Activity::Blocked,
            None => Activity::Ready,
        }
    }

    pub(crate) fn error_at(self, door: Door) -> Option<String> {
        let error = self.error.get();
        error.filter(|(at, _)| *at == door).map(|(_, text)| text)
    }
}

#[component]
pub(crate) fn Entry(user_name: RwSignal<String>) -> AnyView {
    let session = Session::current();
    let doors = Doors {
        session,
        busy: RwSignal::new(None),
        error: RwSignal::new(None),
        autofill: StoredValue::new_local(None),
        navigation: Navigation::current(),
    };

    let supported = passkeep_browser::is_supported();
    let activity = move |door| {
        if supported {
            doors.activity(door)
        } else {
            Activity::Blocked
        }
    };
    // Only for who is not signed in: before that is known, the session's cookie may make the card superfluous.
    let may_be_offered = Memo::new(move |_| match session.who() {
        Who::Nobody => Some(true),
        Who::Unknown(_) => Some(false),
        Who::Asking | Who::Account(_) => None,
    });
    Effect::new(move |_| {
        let Some(may_be_offered) = may_be_offered.get().filter(|_| supported) else {
            return;
        };
        if may_be_offered {
            doors.arm_autofill();
        }
        // Only now, so that the autofill makes way for it. Both would start at once, each with a cookie of its own.
        match Handover::take_pressed() {
            Some(Door::SignUp) => doors.sign_up(&user_name.get_untracked()),
            Some(_) => doors.sign_in(),
            None => {}
        }
    });

    let invalid = Memo::new(move |_| doors.error_at(Door::SignUp).is_some());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if activity(Door::SignUp) == Activity::Ready {
            doors.sign_up(&user_name.get_untracked());
        }
    };

    view! {
        <section class="card entry" aria-label=words::entry()>
            <ErrorMessage text=Signal::derive(move || (!supported).then(|| words::unsupported().to_owned())) />
            <form class="panel" on:submit=submit>
                <h2>{words::new()}</h2>
                <div class="field">
                    <label for=FIELD>{words::user_name()}</label>
                    <input
                        id=FIELD
                        name="username"
                        type="text"
                        autocomplete="username webauthn"
                        autocapitalize="none"
                        {..custom_attribute("autocorrect", "off")}
                        spellcheck="false"
                        data-testid="username"
                        aria-describedby=move || if invalid.get() { FIELD_ERROR } else { "user-name-hint" }
                        aria-invalid=move || invalid.get().then_some("true")
                        bind:value=user_name
                    />
                    <p class="hint" id="user-name-hint">{words::user_name_hint()}</p>
                </div>
                <ErrorMessage id=FIELD_ERROR text=Signal::derive(move || doors.error_at(Door::SignUp)) />
                <ActionButton
                    class="button button-main"
                    id=Door::SignUp.button()
                    testid="create-passkey"
                    label=words::create()
                    busy_label=words::waiting()
                    activity=Signal::derive(move || activity(Door::SignUp))
                />
            </form>
            <div class="panel panel-second">
                <h2>{words::returning()}</h2>
                <p class="hint">{words::returning_hint()}</p>
                <ErrorMessage text=Signal::derive(move || doors.error_at(Door::SignIn)) />
                <ActionButton
                    class="button"
                    id=Door::SignIn.button()
                    testid="sign-in"
                    label=words::sign_in()
                    busy_label=words::waiting()
                    activity=Signal::derive(move || activity(Door::SignIn))
                    on_press=UnsyncCallback::new(move |()| doors.sign_in())
                />
                <a class="quiet-link" href="/recover">{recovery::link()}</a>
            </div>
            <PasswordEntry doors user_name />
        </section>
    }
    .into_any()
}
