//! The ceremonies over JSON text, for apps that hand the server's options and the browser's responses on as they are.
//!
//! The types for both are most of what a page would download: whoever neither looks into them nor changes them can do
//! without.

use core::future::Future;
use core::pin::Pin;

use wasm_bindgen::JsValue;

use crate::abort::Abort;
use crate::autofill::{Autofill, AutofillSource, Fresh};
use crate::ceremony::{Ceremony as Which, Mediation, perform};
use crate::error::ClientError;
pub use crate::result::Response;
use crate::wait::Local;

/// What one of the functions here returns: it begins when it is first polled. Whichever of them it is from, an app waits for it in
/// the same code.
pub type Ceremony = Pin<Box<dyn Future<Output = Result<Response, ClientError>>>>;

/// Makes a passkey, as [`create`](crate::create) does.
///
/// # Errors
///
/// As [`create`](crate::create); [`ClientErrorCode::InvalidOptions`](crate::ClientErrorCode::InvalidOptions) for what is not JSON.
#[inline(always)]
pub fn create(options: &str, abort: &Abort) -> Ceremony {
    perform(Which::Create, text(options), Mediation::Modal, abort)
}

/// Makes a passkey without asking, as [`create_conditionally`](crate::create_conditionally) does.
///
/// # Errors
///
/// As [`create`].
#[inline(always)]
pub fn create_conditionally(options: &str, abort: &Abort) -> Ceremony {
    perform(Which::Create, text(options), Mediation::Conditional, abort)
}

/// Signs in with a passkey, as [`get`](crate::get) does.
///
/// # Errors
///
/// As [`create`].
#[inline(always)]
pub fn get(options: &str, mediation: Mediation, abort: &Abort) -> Ceremony {
    perform(Which::Get, text(options), mediation, abort)
}

fn text(options: &str) -> JsValue {
    JsValue::from_str(options)
}

/// Starts an [`Autofill`], as [`Autofill::start`] does.
pub fn autofill<S, F, E, O, G>(source: S, on_outcome: O) -> Autofill
where
    S: Fn() -> F + 'static,
    F: Future<Output = Result<AutofillSource<String>, E>> + 'static,
    O: Fn(Response, String) -> G + 'static,
    G: Future<Output = ()> + 'static,
{
    let source = move || {
        let fetched = source();
        Box::pin(async move {
            let source = fetched.await.ok()?;
            Some(Fresh {
                options: text(&source.options),
                ceremony: source.ceremony,
                expires_in: source.expires_in,
            })
        }) as Local<_>
    };
    let on_outcome =
        move |response, ceremony| Box::pin(on_outcome(response, ceremony)) as Local<()>;
    Autofill::start_with(Box::new(source), Box::new(on_outcome))
}
