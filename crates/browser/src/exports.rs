//! What the package's JavaScript (`npm/src`) is made from. Errors are `Error`s with the members `code`, `retry`, `userMessage`,
//! `exceptionName`, `detail` and `cause`.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use js_sys::{Error, Function, Object};
use wasm_bindgen::prelude::*;

use crate::abort::Abort;
use crate::autofill::{Autofill, Fresh, Paused};
use crate::capability::is_yes;
use crate::ceremony::{Ceremony, Mediation, perform};
use crate::error::{ClientError, ClientErrorCode};
use crate::listener::Listener;
use crate::reflect::{get, set, text};
use crate::result::Outcome;
use crate::wait::{Answer, Local, spawn};

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

/// The one asynchronous entry; it ends by calling one of the last two, as the executor of a promise does. Each entry would bring
/// its own machinery for promises, a kilobyte at a time.
///
/// What it rejects with is an `Error` with a `code`.
#[wasm_bindgen]
pub fn call(what: Call, subject: JsValue, settings: JsValue, resolve: Function, reject: Function) {
    spawn(Box::pin(async move {
        let done = match what {
            Call::Create => run(Ceremony::Create, &subject, &settings).await,
            Call::Get => run(Ceremony::Get, &subject, &settings).await,
            Call::Signal => {
                signal(&subject).await;
                Ok(JsValue::UNDEFINED)
            }
            Call::Capabilities => Ok(capabilities().await),
        };
        let (settle, value) = match done {
            Ok(value) => (resolve, value),
            Err(error) => (reject, to_js_error(&error)),
        };
        // The functions of a promise do not throw.
        let _ = settle.call1(&JsValue::UNDEFINED, &value);
    }));
}

async fn capabilities() -> JsValue {
    let object = Object::new();
    for (name, answer) in crate::capabilities().await.iter() {
        set(&object, name, &answer.as_str().into());
    }
    object.into()
}

async fn signal(signals: &JsValue) {
    let one = |name| fresh(&get(signals, name)).unwrap_or(JsValue::UNDEFINED);
    crate::signal::send([
        ("signalUnknownCredential", one("unknownCredential")),
        (
            "signalAllAcceptedCredentials",
            one("allAcceptedCredentials"),
        ),
        ("signalCurrentUserDetails", one("currentUserDetails")),
    ])
    .await;
}

/// Passkeys among the autofill suggestions of a page, until `stop()`.
///
/// `source` is called without arguments and returns, or resolves with, `{options, ceremony, expiresIn}`. `onOutcome` is
/// called with the response and the ceremony; autofill is armed again when what it returns has settled.
#[wasm_bindgen(js_name = Autofill)]
pub struct JsAutofill {
    autofill: Option<Autofill>,
    paused: Vec<Paused>,
}

#[wasm_bindgen(js_class = Autofill)]
impl JsAutofill {
    /// Starts.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(source: Function, on_outcome: Function) -> Self {
        let source = move || -> Local<Option<Fresh>> {
            let answer = source.call0(&JsValue::UNDEFINED);
            Box::pin(async move {
                let answer = Answer::of(&answer.ok()?, None).await?.ok()?;
                Some(Fresh {
                    options: fresh(&get(&answer, "options")).ok()?,
                    ceremony: text(&answer, "ceremony")?,
                    expires_in: get(&answer, "expiresIn").as_f64()? as u32,
                })
            })
        };
        let on_outcome = move |outcome: Outcome, ceremony: String| -> Local<()> {
            let answer = on_outcome.call2(&JsValue::UNDEFINED, &outcome.response, &ceremony.into());
            Box::pin(async move {
                if let Ok(answer) = answer {
                    // What the page's own code throws is the page's own business.
                    Answer::of(&answer, None).await;
                }
            })
        };
        Self {
            autofill: Some(Autofill::start_with(Box::new(source), Box::new(on_outcome))),
            paused: Vec::new(),
        }
    }

    /// Disarms until [`JsAutofill::resume`], which is called as often. Calls `then` once the browser has let go of the pending
    /// request.
    pub fn pause(&mut self, then: Function) {
        let (paused, let_go) = self.autofill.as_ref().map(Autofill::disarm).unzip();
        self.paused.extend(paused);
        spawn(Box::pin(async move {
            if let Some(let_go) = let_go {
                let_go.await;
            }
            // The function of a promise does not throw.
            let _ = then.call0(&JsValue::UNDEFINED);
        }));
    }

    /// Arms autofill again, with fresh options, unless something else still pauses it.
    pub fn resume(&mut self) {
        self.paused.pop();
    }

    /// Stops for good.
    pub fn stop(&mut self) {
        self.autofill = None;
    }
}

async fn run(
    ceremony: Ceremony,
    options: &JsValue,
    settings: &JsValue,
) -> Result<JsValue, ClientError> {
    let options = fresh(options)?;
    let is = |name, value: &str| text(settings, name).as_deref() == Some(value);
    let mediation = if is("mediation", "conditional") {
        Mediation::Conditional
    } else if is("uiMode", "immediate") {
        Mediation::Immediate
    } else {
        Mediation::Modal
    };
    let abort = Abort::new();
    let _listener = follow(&get(settings, "signal"), &abort);
    let Outcome { response, prf } = perform(ceremony, options, mediation, &abort).await?;
    let pair = Object::new();
    set(&pair, "response", &response);
    set(&pair, "prf", &prf);
    Ok(pair.into())
}

/// A copy that no one else holds. What is not JSON in it is lost, which is what the options are declared to be.
fn fresh(options: &JsValue) -> Result<JsValue, ClientError> {
    let copy = stringify(options).and_then(|text| parse(&text));
    copy.map_err(|_| ClientError::new(ClientErrorCode::InvalidOptions, "they are not JSON"))
}

/// Ends the ceremony with an `AbortSignal` of the page.
fn follow(signal: &JsValue, abort: &Abort) -> Option<Listener> {
    if is_yes(&get(signal, "aborted")) {
        abort.abort();
    }
    let abort = abort.clone();
    Listener::add(signal, "abort", Box::new(move |_| abort.abort()))
}

fn to_js_error(error: &ClientError) -> JsValue {
    let js = Error::new(&error.message());
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

#[wasm_bindgen]
extern "C" {
    // `js_sys` takes the text through the module's memory, and has none for what is no JSON at all.
    #[wasm_bindgen(catch, js_namespace = JSON)]
    fn stringify(value: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = JSON)]
    fn parse(text: &JsValue) -> Result<JsValue, JsValue>;
}
