//! What the package's JavaScript (`npm/src`) is made from.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::prelude::*;

use crate::abort::Abort;
use crate::autofill::{Autofill, Fresh, Paused};
use crate::capability::is_yes;
use crate::ceremony::{Ceremony, Mediation, perform};
use crate::error::ClientError;
use crate::listener::Listener;
use crate::reflect::{self, get, global, invoke, on_page, parse, set, text, to_text};
use crate::result::Response;
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
    /// Keeps passkeys among the autofill suggestions of a page, and resolves when it has ended.
    ///
    /// The subject has three methods: `source()` gives `{options, ceremony, expiresIn}`, or a promise of it;
    /// `outcome({response, ceremony})` takes what was signed, and autofill is armed again when what it returns has settled; `error()`
    /// takes what the source has thrown, or what a call would reject with when the ceremony has failed. What the last two throw is
    /// reported as the page's own error. The settings are an `EventTarget`, whose events control it: `stop` ends it, `pause` disarms
    /// it and calls the function in its `detail` once the browser has let go of the pending request, and as many `resume` arm it
    /// again.
    Autofill,
}

/// The one entry; it ends by calling one of the last two, as the executor of a promise does. Each entry would bring its own
/// machinery for promises, a kilobyte at a time.
///
/// What it rejects with has the members of a `PasskeyError`: `code`, `message`, `retry`, `userMessage`, `detail`, `exceptionName`
/// and `cause`.
#[wasm_bindgen]
pub fn call(what: Call, subject: JsValue, settings: JsValue, resolve: Function, reject: Function) {
    // Each by itself: together they would be one machine with the states of all.
    let doing: Local<Result<JsValue, ClientError>> = match what {
        Call::Create => Box::pin(run(Ceremony::Create, subject, settings)),
        Call::Get => Box::pin(run(Ceremony::Get, subject, settings)),
        Call::Signal => Box::pin(signal(subject)),
        Call::Capabilities => Box::pin(capabilities()),
        Call::Autofill => Box::pin(autofill(subject, settings)),
    };
    spawn(Box::pin(async move {
        let (settle, value) = match doing.await {
            Ok(value) => (resolve, value),
            Err(error) => (reject, to_js_error(&error)),
        };
        // The functions of a promise do not throw.
        let _ = settle.call1(&JsValue::UNDEFINED, &value);
    }));
}

async fn capabilities() -> Result<JsValue, ClientError> {
    let object = Object::new();
    for (name, answer) in crate::capabilities().await.iter() {
        // The names are the browser's, and not to be kept.
        let _ = Reflect::set(&object, &name.into(), &answer.as_str().into());
    }
    Ok(object.into())
}

async fn signal(signals: JsValue) -> Result<JsValue, ClientError> {
    // Each is a copy that no one else holds.
    let one = |name| parse(&to_text(&get(&signals, name))).unwrap_or(JsValue::UNDEFINED);
    crate::signal::send([
        ("signalUnknownCredential", one("unknownCredential")),
        (
            "signalAllAcceptedCredentials",
            one("allAcceptedCredentials"),
        ),
        ("signalCurrentUserDetails", one("currentUserDetails")),
    ])
    .await;
    Ok(JsValue::UNDEFINED)
}

async fn autofill(page: JsValue, control: JsValue) -> Result<JsValue, ClientError> {
    let page = Rc::new(page);
    let source = {
        let page = page.clone();
        move || -> Local<Option<Fresh>> {
            let page = page.clone();
            Box::pin(async move {
                let answer = match tell(&page, "source", &JsValue::UNDEFINED).await {
                    Ok(answer) => answer,
                    Err(thrown) => {
                        report(invoke(&page, "error", &thrown));
                        return None;
                    }
                };
                Some(Fresh {
                    options: to_text(&get(&answer, "options")),
                    ceremony: text(&answer, "ceremony")?,
                    expires_in: get(&answer, "expiresIn").as_f64()? as u32,
                })
            })
        }
    };
    let on_error = {
        let page = page.clone();
        move |error: &ClientError| report(invoke(&page, "error", &to_js_error(error)))
    };
    let on_outcome = move |response: Response, ceremony: String| -> Local<()> {
        let signed = Object::new();
        set(&signed, "response", &parsed(&response.json));
        set(&signed, "ceremony", &ceremony.into());
        let page = page.clone();
        Box::pin(async move { report(tell(&page, "outcome", &signed).await) })
    };
    let stopped = Abort::new();
    let autofill = Autofill::start_with(Box::new(source), Box::new(on_outcome));
    autofill.hear(Box::new(on_error));
    let paused = Rc::new(RefCell::new(Vec::<Paused>::new()));
    let stop = {
        let stopped = stopped.clone();
        move |_| stopped.abort()
    };
    let pause = {
        let (autofill, paused) = (autofill.handle(), paused.clone());
        move |event| {
            let (guard, let_go) = autofill.disarm();
            paused.borrow_mut().push(guard);
            spawn(Box::pin(async move {
                let_go.await;
                let _ = invoke(&event, "detail", &JsValue::UNDEFINED);
            }));
        }
    };
    let resume = move |_| {
        let guard = paused.borrow_mut().pop();
        drop(guard);
    };
    let _listeners = [
        Listener::add(&control, "stop", Box::new(stop)),
        Listener::add(&control, "pause", Box::new(pause)),
        Listener::add(&control, "resume", Box::new(resume)),
    ];
    stopped.wait().await;
    Ok(JsValue::UNDEFINED)
}

/// What a method of the page's comes to.
async fn tell(page: &JsValue, method: &'static str, what: &JsValue) -> Result<JsValue, JsValue> {
    let answer = invoke(page, method, what)?;
    Answer::of(&answer, None)
        .await
        .unwrap_or(Ok(JsValue::UNDEFINED))
}

/// What the page's own code throws goes where its other errors go.
fn report(done: Result<JsValue, JsValue>) {
    if let Err(thrown) = done
        && invoke(&global(), "reportError", &thrown).is_err()
    {
        // Nobody handles it, and that is reported.
        reflect::call(&on_page("Promise"), "reject", &thrown);
    }
}

async fn run(
    ceremony: Ceremony,
    options: JsValue,
    settings: JsValue,
) -> Result<JsValue, ClientError> {
    // What is not JSON in them is lost, which is what they are declared to be.
    let options = to_text(&options);
    let is = |name, value: &str| text(&settings, name).as_deref() == Some(value);
    let mediation = if is("mediation", "conditional") {
        Mediation::Conditional
    } else if is("uiMode", "immediate") {
        Mediation::Immediate
    } else {
        Mediation::Modal
    };
    let abort = Abort::new();
    let _listener = follow(&get(&settings, "signal"), &abort);
    let Response { json, beside } = perform(ceremony, options, mediation, &abort).await?;
    let pair = Object::new();
    set(&pair, "response", &parsed(&json));
    if let Some(prf) = &beside.prf {
        set(&pair, "prf", &parsed(prf));
    }
    Ok(pair.into())
}

/// Our own JSON as a value.
fn parsed(json: &str) -> JsValue {
    parse(&JsValue::from_str(json)).unwrap_or(JsValue::UNDEFINED)
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
    let js = Object::new();
    let (code, detail) = error.explain();
    set(&js, "code", &code.as_str().into());
    set(&js, "message", &error.message().into());
    set(&js, "retry", &code.is_retryable().into());
    set(&js, "userMessage", &code.user_message().into());
    set(&js, "detail", &detail.into());
    set(&js, "exceptionName", &error.exception_name().into());
    set(&js, "cause", &error.thrown().into());
    js.into()
}
