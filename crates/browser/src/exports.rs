//! What the package's JavaScript (`npm/src`) is made from. Errors are `Error`s with the members `code`, `retry`, `userMessage`,
//! `exceptionName`, `detail` and `cause`.

use alloc::boxed::Box;
use alloc::string::{String, ToString};

use js_sys::{Error, Function, JSON, Object, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use crate::abort::Abort;
use crate::autofill::{Autofill, Fresh, Local, Paused};
use crate::ceremony::{Ceremony, Mediation, perform};
use crate::error::{ClientError, ClientErrorCode};
use crate::listener::Listener;
use crate::reflect::{member, set, text};
use crate::result::Outcome;

/// What [`call`] does.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
pub enum Call {
    /// Makes a passkey. The subject is the server's options; the settings may have a `signal` and a `mediation`. Resolves with
    /// `{response, prf}`: the JSON for the server, and beside it the PRF outputs.
    Create,
    /// Signs in with a passkey. As `Create`; the settings may also have a `uiMode`.
    Get,
    /// Tells the browser's credential manager what the server knows. The subject is the server's JSON. It never rejects.
    Signal,
    /// What this browser can do, by the names of the specification: `"yes"`, `"no"` or `"unknown"`.
    Capabilities,
}

/// The one asynchronous entry. Each would bring its own machinery for promises, a kilobyte at a time.
///
/// # Errors
///
/// An `Error` with a `code`.
#[wasm_bindgen]
pub async fn call(what: Call, subject: JsValue, settings: JsValue) -> Result<JsValue, JsValue> {
    match what {
        Call::Create => run(Ceremony::Create, &subject, &settings).await,
        Call::Get => run(Ceremony::Get, &subject, &settings).await,
        Call::Signal => {
            signal(&subject).await;
            Ok(JsValue::UNDEFINED)
        }
        Call::Capabilities => {
            let object = Object::new();
            for (name, answer) in crate::capabilities().await.iter() {
                set(&object, name, &answer.as_str().into());
            }
            Ok(object.into())
        }
    }
}

async fn signal(signals: &JsValue) {
    let methods = [
        ("unknownCredential", "signalUnknownCredential"),
        ("allAcceptedCredentials", "signalAllAcceptedCredentials"),
        ("currentUserDetails", "signalCurrentUserDetails"),
    ];
    let known = methods
        .into_iter()
        .filter_map(|(name, method)| Some((method, fresh(&member(signals, name)?).ok()?)));
    crate::signal::send(known).await;
}

/// Passkeys among the autofill suggestions of a page, until `stop()`.
///
/// `source` is called without arguments and returns, or resolves with, `{options, ceremony, expiresIn}`. `onOutcome` is
/// called with the response and the ceremony; autofill is armed again when what it returns has settled.
#[wasm_bindgen(js_name = Autofill)]
pub struct JsAutofill(Option<Autofill>);

#[wasm_bindgen(js_class = Autofill)]
impl JsAutofill {
    /// Starts.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(source: Function, on_outcome: Function) -> Self {
        let source = move || -> Local<Option<Fresh>> {
            let answer = source.call0(&JsValue::UNDEFINED);
            Box::pin(async move {
                let answer = JsFuture::from(Promise::resolve(&answer.ok()?)).await.ok()?;
                Some(Fresh {
                    options: fresh(&member(&answer, "options")?).ok()?,
                    ceremony: text(&answer, "ceremony")?,
                    expires_in: member(&answer, "expiresIn")?.as_f64()? as u32,
                })
            })
        };
        let on_outcome = move |outcome: Outcome, ceremony: String| -> Local<()> {
            let answer = on_outcome.call2(&JsValue::UNDEFINED, &outcome.response, &ceremony.into());
            Box::pin(async move {
                if let Ok(answer) = answer {
                    // What the page's own code throws is the page's own business.
                    let _ = JsFuture::from(Promise::resolve(&answer)).await;
                }
            })
        };
        let autofill = Autofill::start_with(Box::new(source), Box::new(on_outcome));
        Self(Some(autofill))
    }

    /// Disarms. Resolves with an object whose `resume()` arms again, once the browser has let go of the pending request.
    pub fn pause(&self) -> Promise {
        let paused = self.0.as_ref().map(Autofill::pause);
        future_to_promise(async move {
            let paused = match paused {
                Some(paused) => Some(paused.await),
                None => None,
            };
            Ok(JsPaused(paused).into())
        })
    }

    /// Stops for good.
    pub fn stop(&mut self) {
        self.0 = None;
    }
}

/// Autofill, disarmed.
#[wasm_bindgen(js_name = Paused)]
pub struct JsPaused(Option<Paused>);

#[wasm_bindgen(js_class = Paused)]
impl JsPaused {
    /// Arms autofill again, with fresh options, unless something else still pauses it.
    pub fn resume(&mut self) {
        self.0 = None;
    }
}

async fn run(
    ceremony: Ceremony,
    options: &JsValue,
    settings: &JsValue,
) -> Result<JsValue, JsValue> {
    let options = fresh(options).map_err(|error| to_js_error(&error))?;
    let mediation = match (text(settings, "mediation"), text(settings, "uiMode")) {
        (Some(mediation), _) if mediation == "conditional" => Mediation::Conditional,
        (_, Some(mode)) if mode == "immediate" => Mediation::Immediate,
        _ => Mediation::Modal,
    };
    let abort = Abort::new();
    let _listener = follow(member(settings, "signal"), &abort);
    let result = perform(ceremony, options, mediation, &abort).await;
    result.map(pair).map_err(|error| to_js_error(&error))
}

/// A copy that no one else holds. What is not JSON in it is lost, which is what the options are declared to be.
fn fresh(options: &JsValue) -> Result<JsValue, ClientError> {
    let copy = JSON::stringify(options).and_then(|text| JSON::parse(&String::from(text)));
    copy.map_err(|_| ClientError::new(ClientErrorCode::InvalidOptions, "they are not JSON"))
}

/// Ends the ceremony with an `AbortSignal` of the page.
fn follow(signal: Option<JsValue>, abort: &Abort) -> Option<Listener> {
    let signal = signal?;
    if member(&signal, "aborted") == Some(JsValue::TRUE) {
        abort.abort();
    }
    let abort = abort.clone();
    Listener::add(signal, "abort", move |_| abort.abort())
}

fn pair(outcome: Outcome) -> JsValue {
    let pair = Object::new();
    set(&pair, "response", &outcome.response);
    set(&pair, "prf", &outcome.prf.unwrap_or(JsValue::UNDEFINED));
    pair.into()
}

fn to_js_error(error: &ClientError) -> JsValue {
    let js = Error::new(&error.to_string());
    js.set_name("PasskeyError");
    let code = error.code();
    set(&js, "code", &code.as_str().into());
    set(&js, "retry", &code.is_retryable().into());
    set(&js, "userMessage", &code.user_message().into());
    set(&js, "detail", &error.detail().into());
    set(&js, "exceptionName", &error.exception_name().into());
    set(&js, "cause", &error.thrown().into());
    js.into()
}
