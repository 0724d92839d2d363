//! Exceptions of a browser, end to end. The host's unit tests hold every row of the table; these hold the evidence.

use core::ops::Deref;

use passkeep_browser::{Abort, ClientError, ClientErrorCode as Code, Mediation, create, get};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, creation_options, request_options, value};

/// An error, and the page that it says something of.
struct Failed {
    error: ClientError,
    _page: Page,
}

impl Deref for Failed {
    type Target = ClientError;

    fn deref(&self) -> &ClientError {
        &self.error
    }
}

async fn creation_fails(stub: &str) -> Failed {
    let page = Page::with(stub);
    let made = create(&creation_options(json!({})), &Abort::new()).await;
    Failed {
        error: made.unwrap_err(),
        _page: page,
    }
}

async fn request_fails(stub: &str, more: Value) -> Failed {
    let page = Page::with(stub);
    let signed = get(&request_options(more), Mediation::Modal, &Abort::new()).await;
    Failed {
        error: signed.unwrap_err(),
        _page: page,
    }
}

#[wasm_bindgen_test]
async fn each_exception_has_its_meaning() {
    for (name, at_creation, at_request) in [
        ("NotAllowedError", Code::Cancelled, Code::Cancelled),
        ("AbortError", Code::Cancelled, Code::Cancelled),
        ("TimeoutError", Code::TimedOut, Code::TimedOut),
        ("InvalidStateError", Code::AlreadyRegistered, Code::Other),
        (
            "ConstraintError",
            Code::NoSuitableAuthenticator,
            Code::NoSuitableAuthenticator,
        ),
        (
            "NotSupportedError",
            Code::NoSuitableAuthenticator,
            Code::NotSupported,
        ),
        ("SecurityError", Code::InvalidRpId, Code::InvalidRpId),
        ("OperationError", Code::Pending, Code::Pending),
        ("EncodingError", Code::InvalidOptions, Code::InvalidOptions),
        ("DataError", Code::InvalidOptions, Code::InvalidOptions),
        ("UnknownError", Code::Other, Code::Other),
    ] {
        let error =
            creation_fails(&format!("create(async () => {{ throw error('{name}') }});")).await;
        assert_eq!(error.code(), at_creation, "create: {name}");
        assert_eq!(error.exception_name().as_deref(), Some(name));
        let stub = format!("get(async () => {{ throw error('{name}') }});");
        let error = request_fails(&stub, json!({})).await;
        assert_eq!(error.code(), at_request, "get: {name}");
    }
}

#[wasm_bindgen_test]
async fn what_an_extension_says_in_the_browsers_place_is_marked() {
    let stub =
        "define(navigator.credentials, 'get', async () => { throw error('NotAllowedError') });";
    let error = request_fails(stub, json!({})).await;
    assert_eq!(error.code(), Code::Cancelled);
    assert_eq!(
        error.detail(),
        "an extension, or the page, has replaced the browser's function (said the stub)"
    );
}

#[wasm_bindgen_test]
async fn throwing_at_once_is_the_same_as_rejecting() {
    let error = creation_fails("create(() => { throw error('InvalidStateError') });").await;
    assert_eq!(error.code(), Code::AlreadyRegistered);
    let error = request_fails("get(() => { throw new TypeError('no') });", json!({})).await;
    assert_eq!(error.code(), Code::InvalidOptions);
    assert_eq!(error.detail(), "no");
}

#[wasm_bindgen_test]
async fn anything_can_be_thrown() {
    for (thrown, code, detail) in [
        ("'a string'", Code::Other, "a string"),
        ("undefined", Code::Other, ""),
        ("null", Code::Other, ""),
        ("7", Code::Other, ""),
        ("Symbol('s')", Code::Other, ""),
        (
            "({ get name() { throw 1 }, get message() { throw 2 } })",
            Code::Other,
            "",
        ),
        ("new Proxy({}, { get() { throw 1 } })", Code::Other, ""),
        ("new Error('plain')", Code::Other, "plain"),
        (
            "({ name: 'NotAllowedError', message: 'no DOMException' })",
            Code::Cancelled,
            "no DOMException",
        ),
    ] {
        let stub = format!("get(async () => {{ throw {thrown} }});");
        let error = request_fails(&stub, json!({})).await;
        assert_eq!(
            (error.code(), error.detail().as_str()),
            (code, detail),
            "{thrown}"
        );
    }
}

/// A refusal at which the clock shows so many milliseconds more than at the call.
fn refused_after(elapsed: u32) -> String {
    format!(
        "get(async () => {{ const at = Date.now() + {elapsed}; define(Date, 'now', () => at); throw error('NotAllowedError') }});"
    )
}

const REFUSED: &str = "get(async () => { throw error('NotAllowedError') });";

#[wasm_bindgen_test]
async fn focus_gesture_and_policy_explain_a_refusal() {
    for (page, code) in [
        (
            "define(document, 'hasFocus', () => false);",
            Code::NotFocused,
        ),
        (
            "define(navigator, 'userActivation', { isActive: false });",
            Code::NeedsUserGesture,
        ),
        (
            "define(navigator, 'userActivation', undefined);",
            Code::Cancelled,
        ),
        ("define(document, 'hasFocus', undefined);", Code::Cancelled),
        (
            "define(document, 'featurePolicy', { features: () => ['publickey-credentials-get'], allowsFeature: () => false });",
            Code::BlockedByPermissionsPolicy,
        ),
        // A browser that does not know the feature answers that it is not allowed.
        (
            "define(document, 'featurePolicy', { features: () => [], allowsFeature: () => false });",
            Code::Cancelled,
        ),
        (
            "define(document, 'featurePolicy', undefined);",
            Code::Cancelled,
        ),
    ] {
        let error = request_fails(&format!("{REFUSED}{page}"), json!({})).await;
        assert_eq!(error.code(), code, "{page}");
    }
}

#[wasm_bindgen_test]
async fn the_focus_counts_that_was_there_before_the_dialog() {
    let stub = "get(async () => { define(document, 'hasFocus', () => false); throw error('NotAllowedError') });";
    let error = request_fails(stub, json!({})).await;
    assert_eq!(error.code(), Code::Cancelled);
}

#[wasm_bindgen_test]
async fn a_refusal_at_the_timeout_is_one() {
    // Firefox takes a short one for 15 seconds, Chromium for three minutes; none is five.
    for (timeout, elapsed, code) in [
        (json!(30_000), 20_000, Code::Cancelled),
        (json!(30_000), 29_800, Code::TimedOut),
        (json!(30_000), 90_000, Code::Cancelled),
        (json!(30_000), 179_800, Code::TimedOut),
        (json!(null), 290_000, Code::Cancelled),
        (json!(null), 299_800, Code::TimedOut),
        (json!(1_000), 3_000, Code::Cancelled),
        (json!(1_000), 14_800, Code::TimedOut),
        (json!(0), 3_000, Code::Cancelled),
        (json!(0), 14_800, Code::TimedOut),
    ] {
        let stub = refused_after(elapsed);
        let error = request_fails(&stub, json!({"timeout": timeout})).await;
        assert_eq!(error.code(), code, "{timeout} {elapsed}");
    }
}

#[wasm_bindgen_test]
async fn a_refused_rp_id_names_the_page() {
    let stub = "get(async () => { throw error('SecurityError') });";
    let error = request_fails(stub, json!({"rpId": "example.org"})).await;
    assert_eq!(error.code(), Code::InvalidRpId);
    let host = value("location.hostname");
    let expected = format!("the page is at `{}`", host.as_str().unwrap());
    assert!(error.detail().starts_with(&expected), "{}", *error);
}

#[wasm_bindgen_test]
async fn a_promise_that_never_settles_ends_and_the_next_call_works() {
    let _page = Page::with(
        "hurry();
         get((options, call) => (call === 1 ? never() : Promise.resolve(assertion())));",
    );
    let options = request_options(json!({"timeout": 20_000}));
    let error = get(&options, Mediation::Modal, &Abort::new())
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::Unresponsive);
    assert_eq!(value("calls[0].signal.aborted"), json!(true));
    let signed = get(&options, Mediation::Modal, &Abort::new()).await;
    assert_eq!(signed.unwrap().id, "BwgJ");
}

/// Passes hurried time on the clock as well, so that all of it is hurried.
const HURRIED_CLOCK: &str =
    "hurry(); (() => { const { now } = Date; const begun = now(); define(Date, 'now', () => begun + (now() - begun) * 1000) })();
     define(document, 'hasFocus', () => false);";

#[wasm_bindgen_test]
async fn a_dialog_that_is_held_open_after_the_timeout_is_a_timeout() {
    let stub = format!("{HURRIED_CLOCK} get(untilAborted);");
    let begun = passkeep_browser::page::clock::now_ms();
    let error = request_fails(&stub, json!({"timeout": 20_000})).await;
    let took = passkeep_browser::page::clock::now_ms() - begun;
    assert_eq!(error.code(), Code::TimedOut, "{}", *error);
    assert_eq!(error.thrown(), None);
    // The timeout, and Chromium's three minutes.
    assert!((200_000..400_000).contains(&took), "{took}");
    assert_eq!(value("calls[0].signal.aborted"), json!(true));
}

#[wasm_bindgen_test]
async fn a_dialog_that_is_open_for_longer_than_the_options_say_can_be_answered() {
    let stub = "get(async () => { await wait(150); return assertion() });";
    let _page = Page::with(&format!("{HURRIED_CLOCK} {stub}"));
    let options = request_options(json!({"timeout": 20_000}));
    let signed = get(&options, Mediation::Modal, &Abort::new()).await;
    assert_eq!(signed.unwrap().id, "BwgJ");
}

#[wasm_bindgen_test]
async fn a_promise_that_is_lost_while_the_page_has_no_focus_is_found_out_when_it_has() {
    let stub = "get(untilAborted); wait(80).then(() => define(document, 'hasFocus', () => true));";
    let stub = format!("{HURRIED_CLOCK} {stub}");
    let begun = passkeep_browser::page::clock::now_ms();
    let error = request_fails(&stub, json!({"timeout": 20_000})).await;
    let took = passkeep_browser::page::clock::now_ms() - begun;
    assert_eq!(error.code(), Code::Unresponsive, "{}", *error);
    assert!((80_000..180_000).contains(&took), "{took}");
}

#[wasm_bindgen_test]
async fn the_watchdog_lets_a_slow_person_be() {
    // 45 hurried seconds: above the timeout, within its grace.
    let _page = Page::with("hurry(); get(async () => { await wait(45); return assertion() });");
    let options = request_options(json!({"timeout": 20_000}));
    let signed = get(&options, Mediation::Modal, &Abort::new()).await;
    assert_eq!(signed.unwrap().id, "BwgJ");
}
