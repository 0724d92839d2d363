//! Back into an account with a recovery code, which buys a new passkey.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use passkeep_protocol::api::RegistrationStart;

use crate::ceremony;
use crate::components::action_button::ActionButton;
use crate::components::messages::ErrorMessage;
use crate::focus::{self, PAGE_HEADING};
use crate::names;
use crate::navigation::Navigation;
use crate::session::Session;
use crate::task::Task;
use crate::text::{Attempt, home, name_problem, recovery as words};

const NAME: &str = "recovery-user-name";
const CODE: &str = "recovery-code";
const CODE_HINT: &str = "recovery-code-hint";

#[component]
pub(crate) fn Recover() -> AnyView {
    document().set_title(words::page_title());
    let (session, navigation) = (Session::current(), Navigation::current());
    let task = Task::new();
    let (name, code) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let user_name = match names::user_name(&name.get_untracked()) {
            Ok(user_name) => user_name,
            Err(problem) => {
                focus::later(NAME);
                return task.refuse(name_problem(problem));
            }
        };
        let code = code.get_untracked().trim().to_owned();
        if code.is_empty() {
            focus::later(CODE);
            return task.refuse(words::code_empty());
        }
        let start = RegistrationStart::Recover { user_name, code };
        task.start(
            Attempt::Create,
            ceremony::register(start),
            move |finished| {
                session.enter(finished.account, words::done().to_owned());
                navigation.go_instead("/account");
            },
        );
    };
    view! {
        <main class="plain">
            <h1 tabindex="-1" id=PAGE_HEADING>{words::heading()}</h1>
            <p class="lead">{words::lead()}</p>
            <form class="card panel narrow" on:submit=submit>
                <div class="field">
                    <label for=NAME>{words::user_name()}</label>
                    <input
                        id=NAME
                        name="username"
                        type="text"
                        autocomplete="username"
                        autocapitalize="none"
                        spellcheck="false"
                        data-testid="recovery-user-name"
                        bind:value=name
                    />
                </div>
                <div class="field">
                    <label for=CODE>{words::code()}</label>
                    <input
                        id=CODE
                        class="code"
                        type="text"
                        dir="ltr"
                        autocomplete="off"
                        autocapitalize="characters"
                        spellcheck="false"
                        data-testid="recovery-code"
                        aria-describedby=CODE_HINT
                        bind:value=code
                    />
                    <p class="hint" id=CODE_HINT>{words::code_hint()}</p>
                </div>
                <ErrorMessage text=task.error />
                <ActionButton
                    class="button button-main"
                    testid="recover"
                    label=words::go()
                    busy_label=home::waiting()
                    activity=task.activity
                />
            </form>
        </main>
    }
    .into_any()
}
