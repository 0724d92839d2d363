//! Parts of a page that change, all of one type.
//!
//! A closure in a view has a type of its own, and with it comes a copy of everything that redraws it. Here it is one copy
//! for all.

use std::sync::{Arc, Mutex};

use leptos::prelude::*;
use leptos::tachys::view::any_view::IntoAny;

/// A part that is drawn anew whenever something changes that `draw` has read.
pub(crate) fn dynamic<V: IntoAny>(draw: impl Fn() -> V + Send + 'static) -> AnyView {
    erased(Arc::new(Mutex::new(move || draw().into_any())))
}

fn erased(draw: Arc<Mutex<dyn FnMut() -> AnyView + Send>>) -> AnyView {
    draw.into_any()
}
