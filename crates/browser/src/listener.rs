use alloc::boxed::Box;

use wasm_bindgen::prelude::*;

use crate::wait::callback;

/// An event listener that is removed when dropped.
pub(crate) struct Listener {
    target: EventTarget,
    event: &'static str,
    callback: Closure<dyn FnMut(JsValue)>,
}

impl Listener {
    /// Listens, where there is something to listen to.
    #[inline(never)]
    pub(crate) fn add(
        target: &JsValue,
        event: &'static str,
        function: Box<dyn FnMut(JsValue)>,
    ) -> Option<Self> {
        if target.is_undefined() {
            return None;
        }
        let target: EventTarget = target.clone().unchecked_into();
        let callback = callback(function);
        target.add(event, callback.as_ref()).ok()?;
        Some(Self {
            target,
            event,
            callback,
        })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.target.remove(self.event, self.callback.as_ref());
    }
}

#[wasm_bindgen]
extern "C" {
    type EventTarget;

    #[wasm_bindgen(catch, method, js_name = addEventListener)]
    fn add(this: &EventTarget, event: &str, callback: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(catch, method, js_name = removeEventListener)]
    fn remove(this: &EventTarget, event: &str, callback: &JsValue) -> Result<(), JsValue>;
}
