//! A button for what takes a while.

use leptos::prelude::*;

use crate::dynamic::dynamic;

/// What a button's action is task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Activity {
    /// It can be started.
    Ready,
    /// It is under way.
    Busy,
    /// Another one is under way, or it cannot be done at all.
    Blocked,
}

/// A button that shows its action's progress. It submits its form unless it has an action of its own.
///
/// It stays focusable while it is busy, so that the focus is not lost; it just does nothing then.
#[component]
pub(crate) fn ActionButton(
    class: &'static str,
    testid: &'static str,
    #[prop(optional)] id: Option<&'static str>,
    #[prop(into)] label: Signal<&'static str>,
    busy_label: &'static str,
    #[prop(into)] activity: Signal<Activity>,
    /// What it is called where its label alone would not tell.
    #[prop(optional, into)]
    name: Option<String>,
    #[prop(optional)] on_press: Option<UnsyncCallback<()>>,
) -> AnyView {
    let press = move |_| {
        if let (Activity::Ready, Some(action)) = (activity.get_untracked(), on_press) {
            action.run(());
        }
    };
    view! {
        <button
            id=id
            class=class
            type=if on_press.is_some() { "button" } else { "submit" }
            data-testid=testid
            aria-label=name
            aria-busy=move || (activity.get() == Activity::Busy).then_some("true")
            aria-disabled=move || (activity.get() != Activity::Ready).then_some("true")
            on:click=press
        >
            {dynamic(move || if activity.get() == Activity::Busy { busy_label } else { label.get() })}
        </button>
    }
    .into_any()
}
