//! The life of an armed autofill.

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use passkeep_browser::{Abort, Autofill, AutofillSource, ClientErrorCode as Code, create};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, creation_options, request_options, until, value, wait};

/// What a server would see.
#[derive(Default)]
struct Server {
    /// How often options were asked for; their challenge is that number.
    started: Cell<u8>,
    failing: Cell<bool>,
    /// What was handed in: the credential id and the ceremony.
    finished: RefCell<Vec<(String, String)>>,
}

fn autofill(server: &Rc<Server>, expires_in: u32) -> Autofill {
    let (at_start, at_finish) = (server.clone(), server.clone());
    Autofill::start(
        move || {
            let started = at_start.started.get() + 1;
            at_start.started.set(started);
            let failing = at_start.failing.get();
            async move {
                if failing {
                    return Err("no network");
                }
                let mut options = request_options(json!({}));
                options.challenge = [started].into();
                Ok(AutofillSource {
                    options,
                    ceremony: format!("ceremony {started}"),
                    expires_in,
                })
            }
        },
        move |response, ceremony| {
            let finished = at_finish.clone();
            async move { finished.finished.borrow_mut().push((response.id, ceremony)) }
        },
    )
}

/// The challenges the browser was armed with so far.
fn challenges() -> serde_json::Value {
    value("calls.filter((c) => c.mediation === 'conditional').map((c) => c.publicKey.challenge[0])")
}

const ARMED: &str = "get(untilAborted);";

#[wasm_bindgen_test]
async fn it_arms_and_hands_in_what_was_signed() {
    let _page = Page::with(
        "hurry(); get((options, call) => (call === 1 ? wait(20).then(() => assertion()) : untilAborted(options)));",
    );
    let server = Rc::new(Server::default());
    let _autofill = autofill(&server, 300);
    until("calls.length === 2").await;
    let handed_in = [("BwgJ".to_owned(), "ceremony 1".to_owned())];
    assert_eq!(*server.finished.borrow(), handed_in);
    // The server may have refused: it is armed again, with a challenge of its own.
    assert_eq!(challenges(), json!([1, 2]));
}

#[wasm_bindgen_test]
async fn it_stays_away_where_the_browser_has_no_such_suggestions() {
    let _page = Page::with(&format!(
        "{ARMED} define(PublicKeyCredential, 'isConditionalMediationAvailable', async () => false);"
    ));
    let server = Rc::new(Server::default());
    let _autofill = autofill(&server, 300);
    wait(50).await;
    assert_eq!(server.started.get(), 0);
}

#[wasm_bindgen_test]
async fn it_comes_back_with_a_fresh_challenge_after_a_cancelled_dialog() {
    let _page = Page::with(&format!(
        "{ARMED} create(async () => {{ await wait(30); throw error('NotAllowedError') }});"
    ));
    let server = Rc::new(Server::default());
    let _autofill = autofill(&server, 300);
    until("calls.length === 1").await;
    let error = create(&creation_options(json!({})), &Abort::new())
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::Cancelled);
    assert_eq!(challenges(), json!([1]));
    until("calls.length === 3").await;
    assert_eq!(challenges(), json!([1, 2]));
}

#[wasm_bindgen_test]
async fn paused_it_is_disarmed_until_the_last_guard_is_dropped() {
    let _page = Page::with(ARMED);
    let server = Rc::new(Server::default());
    let autofill = autofill(&server, 300);
    until("calls.length === 1").await;

    let pausing = autofill.pause();
    assert_eq!(value("calls[0].signal.aborted"), json!(false));
    let paused = pausing.await;
    assert_eq!(value("calls[0].signal.aborted"), json!(true));
    let twice = autofill.pause().await;
    drop(paused);
    wait(50).await;
    assert_eq!(challenges(), json!([1]));
    drop(twice);
    until("calls.length === 2").await;
    assert_eq!(challenges(), json!([1, 2]));
}

#[wasm_bindgen_test]
async fn a_pause_that_nobody_waits_for_ends_as_well() {
    let _page = Page::with(ARMED);
    let server = Rc::new(Server::default());
    let autofill = autofill(&server, 300);
    until("calls.length === 1").await;
    drop(autofill.pause());
    until("calls.length === 2").await;
    assert_eq!(value("calls[0].signal.aborted"), json!(true));
}

#[wasm_bindgen_test]
async fn it_is_refreshed_at_four_fifths_of_the_ceremonys_life() {
    // 100 s of life: refreshed after 80 hurried ones.
    let _page = Page::with(&format!("hurry(); {ARMED}"));
    let server = Rc::new(Server::default());
    let begun = passkeep_browser::page::clock::now_ms();
    let _autofill = autofill(&server, 100);
    until("calls.length === 3").await;
    let took = passkeep_browser::page::clock::now_ms() - begun;
    assert!((160..1_000).contains(&took), "{took} ms for two refreshes");
    assert_eq!(challenges(), json!([1, 2, 3]));
    assert_eq!(value("calls[0].signal.aborted"), json!(true));
}

#[wasm_bindgen_test]
async fn it_comes_back_when_the_page_does() {
    let _page = Page::with(ARMED);
    let server = Rc::new(Server::default());
    let _autofill = autofill(&server, 300);
    until("calls.length === 1").await;
    value("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }))");
    wait(50).await;
    assert_eq!(challenges(), json!([1]));
    value("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
    until("calls.length === 2").await;
    assert_eq!(challenges(), json!([1, 2]));
}

#[wasm_bindgen_test]
async fn it_is_refreshed_when_a_device_wakes_up_too_late_for_the_timer() {
    let _page = Page::with(ARMED);
    let server = Rc::new(Server::default());
    let _autofill = autofill(&server, 300);
    until("calls.length === 1").await;
    value("document.dispatchEvent(new Event('visibilitychange'))");
    wait(50).await;
    assert_eq!(challenges(), json!([1]));
    value("(() => { const now = Date.now(); define(Date, 'now', () => now + 241_000) })()");
    value("document.dispatchEvent(new Event('visibilitychange'))");
    until("calls.length === 2").await;
}

#[wasm_bindgen_test]
async fn a_failing_source_is_asked_again_with_growing_pauses() {
    // The pauses are 1, 2, 4, ... hurried seconds.
    let _page = Page::with(&format!("hurry(); {ARMED}"));
    let server = Rc::new(Server::default());
    server.failing.set(true);
    let _autofill = autofill(&server, 300);
    wait(300).await;
    let asked = server.started.get();
    // Evenly spaced, it would be 300 by now.
    assert!((4..=9).contains(&asked), "asked {asked} times");
    server.failing.set(false);
    until("calls.length === 1").await;
}

#[wasm_bindgen_test]
async fn what_can_never_work_on_this_page_is_given_up() {
    let _page = Page::with("hurry(); get(async () => { throw error('SecurityError') });");
    let server = Rc::new(Server::default());
    let _autofill = autofill(&server, 300);
    wait(100).await;
    assert_eq!(server.started.get(), 1);
}

#[wasm_bindgen_test]
async fn what_may_work_next_time_is_tried_again() {
    let _page = Page::with("hurry(); get(async () => { throw error('UnknownError') });");
    let server = Rc::new(Server::default());
    let _autofill = autofill(&server, 300);
    until("calls.length >= 3").await;
}

#[wasm_bindgen_test]
async fn failures_are_heard_of_and_interruptions_are_not() {
    let _page = Page::with(
        "hurry(); get((options, call) => [untilAborted, async () => { throw error('UnknownError') },
            async () => { throw error('SecurityError') }][call - 1](options));",
    );
    let server = Rc::new(Server::default());
    let autofill = autofill(&server, 300);
    let heard = Rc::new(RefCell::new(Vec::new()));
    let hearing = heard.clone();
    autofill.on_error(move |error| hearing.borrow_mut().push(error.code()));
    until("calls.length === 1").await;
    drop(autofill.pause().await);
    until("calls.length === 3").await;
    wait(100).await;
    assert_eq!(*heard.borrow(), [Code::Other, Code::InvalidRpId]);
    assert_eq!(server.started.get(), 3);
}

#[wasm_bindgen_test]
async fn a_response_that_does_not_read_is_heard_of_and_not_handed_in() {
    let _page = Page::with(
        "hurry(); const odd = { getClientExtensionResults: () => ({ credProps: 'yes' }) };
         get((options, call) => (call === 1 ? assertion({ credential: odd }) : untilAborted(options)));",
    );
    let server = Rc::new(Server::default());
    let autofill = autofill(&server, 300);
    let heard = Rc::new(RefCell::new(Vec::new()));
    let hearing = heard.clone();
    autofill.on_error(move |error| hearing.borrow_mut().push((error.code(), error.to_string())));
    until("calls.length === 2").await;
    let heard = heard.borrow();
    let [(Code::Other, message)] = &heard[..] else {
        panic!("{heard:?}");
    };
    let expected = "the browser's answer does not read as a response: ";
    assert!(message.contains(expected), "{message}");
    assert_eq!(*server.finished.borrow(), []);
}

#[wasm_bindgen_test]
async fn an_authenticator_that_signs_at_once_is_asked_with_growing_pauses() {
    let _page = Page::with("hurry(); get(async () => assertion());");
    let server = Rc::new(Server::default());
    let _autofill = autofill(&server, 300);
    wait(300).await;
    let asked = server.started.get();
    assert!((4..=9).contains(&asked), "asked {asked} times");
}

#[wasm_bindgen_test]
async fn dropped_it_ends_for_good() {
    let _page = Page::with(&format!("hurry(); {ARMED}"));
    let server = Rc::new(Server::default());
    let autofill = autofill(&server, 300);
    until("calls.length === 1").await;
    drop(autofill);
    until("calls[0].signal.aborted").await;
    wait(100).await;
    value("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
    wait(50).await;
    assert_eq!(server.started.get(), 1);
    // Everything it held is gone: the closures, and with them the server.
    assert_eq!(Rc::strong_count(&server), 1);
}

#[wasm_bindgen_test]
async fn a_second_one_waits_for_the_first() {
    let _page = Page::with(ARMED);
    let server = Rc::new(Server::default());
    let first = autofill(&server, 300);
    until("calls.length === 1").await;
    let _second = autofill(&server, 300);
    wait(50).await;
    assert_eq!(challenges(), json!([1]));
    drop(first);
    until("calls.length === 2").await;
}
