//! The picture beside a provider's name, or its letter. It says nothing that the name does not.

use leptos::prelude::*;

use crate::dynamic::dynamic;
use crate::provider_icons::{ProviderIcons, letter};

#[component]
pub(crate) fn ProviderTile(provider: String) -> AnyView {
    let icons = ProviderIcons::current();
    dynamic(move || {
        let picture = icons.of(&provider)?;
        if !picture.is_empty() {
            return Some(
                view! { <img class="tile" src=picture alt="" width="24" height="24" /> }.into_any(),
            );
        }
        let (letter, colour) = letter(&provider);
        let class = format!("tile tile-{colour}");
        Some(view! { <span class=class aria-hidden="true">{letter}</span> }.into_any())
    })
}
