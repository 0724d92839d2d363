//! A link, and the same as a QR code, by which another device gets a passkey of its own.

use std::time::Duration;

use leptos::prelude::*;
use passkeep_browser::page::locale;
use passkeep_protocol::api::EnrolmentLink;

use crate::clock;
use crate::components::action_button::ActionButton;
use crate::components::copy::CopyButton;
use crate::components::messages::ErrorMessage;
use crate::confirmation;
use crate::data_url::data_url;
use crate::dynamic::dynamic;
use crate::focus;
use crate::language::with_locale;
use crate::task::Task;
use crate::text::{Attempt, enrol as words, home};

const TITLE: &str = "another-device";
const ADDRESS: &str = "enrolment-link";

#[component]
pub(crate) fn EnrolmentCard() -> AnyView {
    let task = Task::new();
    let link = RwSignal::new(None::<EnrolmentLink>);
    let make = UnsyncCallback::new(move |()| {
        task.start(
            Attempt::Confirm,
            confirmation::make_enrolment_link(),
            move |made| {
                let (url, life) = (
                    made.url.clone(),
                    Duration::from_secs(made.expires_in.into()),
                );
                link.set(Some(made));
                focus::select_later(ADDRESS);
                set_timeout(
                    move || {
                        let is_shown = link.try_with_untracked(|link| {
                            link.as_ref().is_some_and(|link| link.url == url)
                        });
                        if is_shown == Some(true) {
                            link.set(None);
                            task.refuse(words::expired());
                        }
                    },
                    life,
                );
            },
        );
    });
    let close = move |_| {
        link.set(None);
        focus::later(TITLE);
    };
    view! {
        <section class="card panel" aria-labelledby=TITLE>
            <h3 id=TITLE tabindex="-1">{words::title()}</h3>
            <p class="hint">{words::help()}</p>
            <ErrorMessage text=task.error />
            {dynamic(move || match link.get() {
                Some(link) => {
                    view! {
                        <Shown link />
                        <button class="button button-main" type="button" data-testid="enrolment-close" on:click=close>
                            {words::close()}
                        </button>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <ActionButton
                            class="button"
                            testid="make-enrolment-link"
                            label=words::make()
                            busy_label=home::waiting()
                            activity=task.activity
                            on_press=make
                        />
                    }
                        .into_any()
                }
            })}
        </section>
    }
    .into_any()
}

#[component]
fn Shown(link: EnrolmentLink) -> AnyView {
    let expires_at = clock::now().at + u64::from(link.expires_in) * 1_000;
    let time = with_locale(|locale| locale::time(locale, expires_at));
    view! {
        <p class="message">{words::scan()}</p>
        <img class="qr" alt=words::qr() width="240" height="240" src=data_url("image/svg+xml", &link.qr_svg) />
        <div class="field">
            <label for=ADDRESS>{words::address()}</label>
            <input id=ADDRESS type="text" dir="ltr" readonly=true data-testid="enrolment-link" value=link.url.clone() />
        </div>
        <p class="hint" data-testid="enrolment-until">{words::until(&time)}</p>
        <div class="buttons">
            <CopyButton text=link.url />
        </div>
    }
    .into_any()
}
