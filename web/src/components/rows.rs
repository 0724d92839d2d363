//! A list whose lines have a name, a few facts and perhaps a button. Sessions, devices and events are shown by it.

use leptos::prelude::*;

use crate::components::action_button::ActionButton;
use crate::components::messages::ErrorMessage;
use crate::dynamic::dynamic;
use crate::task::Task;

/// A line.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) title: String,
    pub(crate) detail: String,
    pub(crate) badge: Option<&'static str>,
    pub(crate) action: Option<RowAction>,
}

/// What a line's button does.
#[derive(Clone)]
pub(crate) struct RowAction {
    pub(crate) label: &'static str,
    pub(crate) busy_label: &'static str,
    /// What it is called for who does not see beside what it stands.
    pub(crate) name: String,
    pub(crate) task: Task,
    pub(crate) press: UnsyncCallback<()>,
}

#[component]
pub(crate) fn Rows(
    testid: &'static str,
    #[prop(into)] rows: Signal<Vec<Row>, LocalStorage>,
) -> AnyView {
    view! {
        <ul class="card rows" data-testid=testid>
            {dynamic(move || rows.get().into_iter().map(line).collect::<Vec<_>>())}
        </ul>
    }
    .into_any()
}

fn line(row: Row) -> AnyView {
    let badge = row
        .badge
        .map(|badge| view! { <span class="badge badge-accent">{badge}</span> });
    let action = row.action.map(|action| {
        view! {
            <ActionButton
                class="button button-quiet"
                testid="row-action"
                label=action.label
                busy_label=action.busy_label
                name=action.name
                activity=action.task.activity
                on_press=action.press
            />
            <ErrorMessage text=action.task.error />
        }
    });
    view! {
        <li class="row">
            <div class="row-words">
                <p class="row-title">
                    <bdi>{row.title}</bdi>
                    {badge}
                </p>
                <p class="hint">{row.detail}</p>
            </div>
            {action}
        </li>
    }
    .into_any()
}
