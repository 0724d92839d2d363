//! What JavaScript sees.

use js_sys::{Function, JSON, Promise};
use passkeep_browser::exports::Call;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::options::object;
use crate::page::{Page, until, value};

/// A value of JavaScript, with the members of `page` in scope.
fn js(expression: &str) -> JsValue {
    let code = format!("with (globalThis.page) {{ return {expression} }}");
    Function::new_no_args(&code)
        .call0(&JsValue::UNDEFINED)
        .unwrap()
}

fn as_json(value: &JsValue) -> Value {
    serde_json::from_str(&String::from(JSON::stringify(value).unwrap())).unwrap()
}

#[wasm_bindgen_test]
async fn a_rejection_has_the_members_of_an_error() {
    let _page = Page::with("create(async () => { throw error('InvalidStateError') });");
    let options = js("({ challenge: 'AA' })");
    let error = call(Call::Create, options, JsValue::UNDEFINED)
        .await
        .unwrap_err();
    js_sys::Reflect::set(&js_sys::global(), &"thrown".into(), &error).unwrap();
    let seen = value(
        "[thrown.code, thrown.exceptionName, thrown.detail, thrown.message,
          thrown.retry, thrown.userMessage, thrown.cause instanceof DOMException]",
    );
    assert_eq!(
        seen,
        json!([
            "already_registered",
            "InvalidStateError",
            "said the stub",
            "this authenticator already has a passkey of this account: said the stub [InvalidStateError]",
            false,
            "This device already has a passkey for your account. You can sign in with it.",
            true
        ])
    );
}

#[wasm_bindgen_test]
async fn an_abort_signal_ends_a_ceremony() {
    let _page = Page::with("get(untilAborted); define(page, 'controller', new AbortController());");
    let settings = js("({ signal: controller.signal, mediation: 'conditional' })");
    wasm_bindgen_futures::spawn_local(async {
        until("calls.length === 1").await;
        js("controller.abort()");
    });
    let ended = call(
        Call::Get,
        object(&json!({"challenge": "AA"})),
        settings.clone(),
    )
    .await;
    assert_eq!(code(&ended.unwrap_err()), "aborted");
    assert_eq!(value("calls[0].mediation"), json!("conditional"));

    let late = call(Call::Get, object(&json!({"challenge": "AA"})), settings).await;
    assert_eq!(code(&late.unwrap_err()), "aborted");
    assert_eq!(value("calls.length"), json!(1));
}

#[wasm_bindgen_test]
async fn signals_are_passed_on_and_never_reject() {
    let _page = Page::with(
        "define(PublicKeyCredential, 'signalUnknownCredential', (options) => { calls.push(options); throw 1 });
         define(PublicKeyCredential, 'signalAllAcceptedCredentials', async (options) => { calls.push(options) });",
    );
    let signals = object(
        &json!({"unknownCredential": {"rpId": "r"}, "allAcceptedCredentials": {"rpId": "s"}}),
    );
    call(Call::Signal, signals, JsValue::UNDEFINED)
        .await
        .unwrap();
    call(Call::Signal, JsValue::NULL, JsValue::NULL)
        .await
        .unwrap();
    assert_eq!(value("calls"), json!([{"rpId": "r"}, {"rpId": "s"}]));
}

#[wasm_bindgen_test]
async fn capabilities_are_reported_probed_or_unknown() {
    let _page = Page::with(
        "define(PublicKeyCredential, 'getClientCapabilities', async () => ({ conditionalCreate: false, relatedOrigins: 'yes', 'extension:prf': true }));
         define(PublicKeyCredential, 'isUserVerifyingPlatformAuthenticatorAvailable', async () => true);
         define(PublicKeyCredential, 'signalUnknownCredential', undefined);",
    );
    let found = call(Call::Capabilities, JsValue::UNDEFINED, JsValue::UNDEFINED).await;
    let found = as_json(&found.unwrap());
    for (name, answer) in [
        ("conditionalCreate", "no"),
        ("conditionalGet", "yes"),
        ("relatedOrigins", "unknown"),
        ("immediateGet", "unknown"),
        ("userVerifyingPlatformAuthenticator", "yes"),
        ("signalUnknownCredential", "no"),
        ("extension:prf", "yes"),
    ] {
        assert_eq!(found[name], json!(answer), "{name}");
    }
}

#[wasm_bindgen_test]
async fn a_way_of_asking_that_the_browser_does_not_know_is_not_tried() {
    let _page = Page::with(
        "define(PublicKeyCredential, 'getClientCapabilities', async () => ({}));
         define(PublicKeyCredential, 'isConditionalMediationAvailable', async () => false);
         create(() => { throw 1 }); get(() => { throw 1 });",
    );
    for (what, settings) in [
        (Call::Create, "({ mediation: 'conditional' })"),
        (Call::Get, "({ mediation: 'conditional' })"),
        (Call::Get, "({ uiMode: 'immediate' })"),
    ] {
        let options = object(&json!({"challenge": "AA"}));
        let refused = call(what, options, js(settings)).await.unwrap_err();
        assert_eq!(code(&refused), "mode_unavailable", "{what:?} {settings}");
    }
    assert_eq!(value("calls.length"), json!(0));
}

#[wasm_bindgen_test]
async fn an_immediate_request_and_an_upgrade_say_so_to_a_browser_that_knows_them() {
    let _page = Page::with(
        "define(PublicKeyCredential, 'getClientCapabilities', async () => ({ immediateGet: true, conditionalCreate: true }));
         get(async () => { throw error('NotAllowedError') }); create(async () => registration());",
    );
    let options = || object(&json!({"challenge": "AA"}));
    let refused = call(Call::Get, options(), js("({ uiMode: 'immediate' })")).await;
    assert_eq!(code(&refused.unwrap_err()), "no_local_credential");
    assert_eq!(
        value("[calls[0].uiMode, 'mediation' in calls[0], 'signal' in calls[0]]"),
        json!(["immediate", false, false])
    );
    // Chromium looks for half a second.
    js(
        "get(async () => { const at = Date.now() + 600; define(Date, 'now', () => at); throw error('NotAllowedError') })",
    );
    let refused = call(Call::Get, options(), js("({ uiMode: 'immediate' })")).await;
    assert_eq!(code(&refused.unwrap_err()), "no_local_credential");
    let made = call(
        Call::Create,
        options(),
        js("({ mediation: 'conditional' })"),
    )
    .await;
    assert_eq!(as_json(&made.unwrap())["response"]["id"], json!("BwgJ"));
    assert_eq!(value("calls[2].mediation"), json!("conditional"));
}

#[wasm_bindgen_test]
async fn bytes_know_their_json_for_web_views_that_pass_the_options_on_in_it() {
    let _page = Page::with("get(async () => assertion());");
    let options = object(
        &json!({"challenge": "BAUG", "allowCredentials": [{"type": "public-key", "id": "AQID-_-_"}]}),
    );
    call(Call::Get, options, JsValue::UNDEFINED).await.unwrap();
    assert_eq!(
        value("calls[0].publicKey"),
        json!({"challenge": "BAUG", "allowCredentials": [{"type": "public-key", "id": "AQID-_-_"}]})
    );
}

#[wasm_bindgen_test]
async fn autofill_runs_pauses_and_stops() {
    let _page = Page::with(
        "hurry(); get((options, call) => (call === 1 ? wait(20).then(() => assertion()) : untilAborted(options)));
         define(page, 'outcomes', []);",
    );
    let ended = start_autofill(
        "({
            source: () => ({ options: { challenge: 'AA' }, ceremony: 'sealed', expiresIn: 300 }),
            outcome: async ({ response, ceremony }) => { outcomes.push([response.id, ceremony]) },
        })",
    );
    until("calls.length === 2").await;
    assert_eq!(value("outcomes"), json!([["BwgJ", "sealed"]]));

    let paused =
        js("new Promise((detail) => control.dispatchEvent(new CustomEvent('pause', { detail })))");
    JsFuture::from(Promise::from(paused)).await.unwrap();
    assert_eq!(value("calls[1].signal.aborted"), json!(true));
    js("control.dispatchEvent(new Event('resume'))");
    until("calls.length === 3").await;
    stop_autofill(ended).await;
    until("calls[2].signal.aborted").await;
}

/// Starts autofill with the page's half of it, by an expression.
fn start_autofill(page: &str) -> Promise {
    js("globalThis.control = new EventTarget()");
    let (page, control) = (js(page), js("globalThis.control"));
    Promise::new(&mut |resolve, reject| {
        let (page, control) = (page.clone(), control.clone());
        passkeep_browser::exports::call(Call::Autofill, page, control, resolve, reject);
    })
}

async fn stop_autofill(ended: Promise) {
    js("control.dispatchEvent(new Event('stop'))");
    JsFuture::from(ended).await.unwrap();
}

#[wasm_bindgen_test]
async fn a_page_hears_why_there_is_no_autofill() {
    let given = "{ ceremony: 'sealed', expiresIn: 300";
    for (source, get, told) in [
        (
            "() => { throw { code: 'mine' } }".to_owned(),
            "untilAborted",
            json!(["mine", null, null, null]),
        ),
        (
            "async () => { throw { code: 'mine' } }".to_owned(),
            "untilAborted",
            json!(["mine", null, null, null]),
        ),
        (
            format!("() => ({given}, options: {{ challenge: 7 }} }})"),
            "untilAborted",
            json!([
                "invalid_options",
                false,
                "`challenge` is not base64url text",
                null
            ]),
        ),
        (
            format!("() => ({given}, options: {{ challenge: 'AA' }} }})"),
            "async () => { throw error('UnknownError') }",
            json!(["other", true, "said the stub", "UnknownError"]),
        ),
    ] {
        let _page = Page::with(&format!("define(page, 'errors', []); get({get});"));
        let ended = start_autofill(&format!(
            "({{ source: {source}, error: (error) => void errors.push(error) }})"
        ));
        until("errors.length === 1").await;
        let heard = "errors.map((e) => [e.code, e.retry, e.detail, e.exceptionName])[0]";
        assert_eq!(value(heard), told, "{source}");
        stop_autofill(ended).await;
    }
}

#[wasm_bindgen_test]
async fn what_a_page_throws_itself_is_reported_as_its_own_error() {
    let given = "({ options: { challenge: 'AA' }, ceremony: 'sealed', expiresIn: 300 })";
    for page in [
        format!("({{ source: () => {given}, outcome: () => {{ throw 'mine' }} }})"),
        format!("({{ source: () => {given}, outcome: async () => {{ throw 'mine' }} }})"),
        "({ source: () => { throw 1 }, error: () => { throw 'mine' } })".to_owned(),
    ] {
        let stubs = "define(page, 'reported', []); get(async () => assertion());";
        let _page = Page::with(&format!(
            "{stubs} define(globalThis, 'reportError', (error) => reported.push(error));"
        ));
        let ended = start_autofill(&page);
        until("reported.length === 1").await;
        assert_eq!(value("reported"), json!(["mine"]), "{page}");
        stop_autofill(ended).await;
    }
}

#[wasm_bindgen_test]
async fn without_a_way_to_report_what_a_page_throws_is_an_unhandled_rejection() {
    let _page = Page::with(
        "define(page, 'unhandled', []); define(globalThis, 'reportError', undefined);
         define(page, 'note', (event) => { event.preventDefault(); event.stopImmediatePropagation(); unhandled.push(event.reason) });
         addEventListener('unhandledrejection', note, { capture: true, once: true });",
    );
    let ended = start_autofill("({ source: () => { throw 1 }, error: () => { throw 'mine' } })");
    until("unhandled.length === 1").await;
    assert_eq!(value("unhandled"), json!(["mine"]));
    stop_autofill(ended).await;
}

#[wasm_bindgen_test]
async fn get_with_prf_has_both_parts() {
    let _page = Page::with(
        "get(async () => assertion({ credential: { getClientExtensionResults: () => ({ prf: { results: { first: bytes(5) } } }) } }));",
    );
    let options = object(&json!({"challenge": "AA"}));
    let pair = call(Call::Get, options, JsValue::UNDEFINED).await.unwrap();
    let pair = as_json(&pair);
    assert_eq!(pair["prf"], json!({"first": "BQ"}));
    assert_eq!(pair["response"]["id"], json!("BwgJ"));
    assert_eq!(
        pair["response"]["clientExtensionResults"],
        json!({"prf": {}})
    );
}

/// A call as the package's JavaScript makes it.
pub(crate) async fn call(
    what: Call,
    subject: JsValue,
    settings: JsValue,
) -> Result<JsValue, JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        let (subject, settings) = (subject.clone(), settings.clone());
        passkeep_browser::exports::call(what, subject, settings, resolve, reject);
    });
    JsFuture::from(promise).await
}

/// What `create()` of the package resolves with.
pub(crate) async fn create(options: JsValue, settings: JsValue) -> Result<JsValue, JsValue> {
    Ok(response(&call(Call::Create, options, settings).await?))
}

/// What `get()` of the package resolves with.
pub(crate) async fn get(options: JsValue, settings: JsValue) -> Result<JsValue, JsValue> {
    Ok(response(&call(Call::Get, options, settings).await?))
}

fn response(pair: &JsValue) -> JsValue {
    js_sys::Reflect::get(pair, &"response".into()).unwrap()
}

fn code(error: &JsValue) -> String {
    let code = js_sys::Reflect::get(error, &"code".into()).unwrap();
    code.as_string().unwrap()
}
