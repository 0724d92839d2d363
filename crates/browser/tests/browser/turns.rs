//! Aborting, dropping, and one request at a time.

use core::cell::RefCell;
use std::rc::Rc;

use passkeep_browser::{Abort, ClientError, ClientErrorCode as Code, Mediation, create, get};
use passkeep_protocol::response::AuthenticationResponseJson;
use serde_json::json;
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, creation_options, request_options, until, value, wait};

type Ended = Rc<RefCell<Option<Result<AuthenticationResponseJson, ClientError>>>>;

/// Runs `get()` in the background.
fn spawn_get(mediation: Mediation, abort: &Abort) -> Ended {
    let ended = Ended::default();
    let (outcome, abort) = (ended.clone(), abort.clone());
    spawn_local(async move {
        let result = get(&request_options(json!({})), mediation, &abort).await;
        outcome.replace(Some(result));
    });
    ended
}

async fn code_of(ended: Ended) -> Option<Code> {
    for _ in 0..100 {
        if let Some(result) = ended.take() {
            return Some(result.unwrap_err().code());
        }
        wait(5).await;
    }
    None
}

#[wasm_bindgen_test]
async fn aborting_ends_a_ceremony_and_the_browsers_request() {
    let _page = Page::with("get(untilAborted);");
    let abort = Abort::new();
    let ended = spawn_get(Mediation::Modal, &abort);
    until("calls.length === 1").await;
    abort.abort();
    assert_eq!(code_of(ended).await, Some(Code::Aborted));
    assert_eq!(value("calls[0].signal.aborted"), json!(true));
}

#[wasm_bindgen_test]
async fn aborting_works_on_a_browser_that_ignores_it() {
    let _page = Page::with("hurry(); get(never);");
    let abort = Abort::new();
    let ended = spawn_get(Mediation::Modal, &abort);
    until("calls.length === 1").await;
    abort.abort();
    assert_eq!(code_of(ended).await, Some(Code::Aborted));
}

#[wasm_bindgen_test]
async fn an_answer_that_was_there_before_the_abort_is_returned() {
    let _page = Page::with("get(async () => { await wait(30); return assertion() });");
    let abort = Abort::new();
    let ended = spawn_get(Mediation::Modal, &abort);
    until("calls.length === 1").await;
    abort.abort();
    wait(100).await;
    assert_eq!(ended.take().unwrap().unwrap().id, "BwgJ");
}

#[wasm_bindgen_test]
async fn what_was_aborted_before_it_began_never_reaches_the_browser() {
    let _page = Page::with("create(async () => registration());");
    let abort = Abort::new();
    abort.abort();
    let error = create(&creation_options(json!({})), &abort)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::Aborted);
    assert_eq!(value("calls.length"), json!(0));
}

#[wasm_bindgen_test]
async fn a_modal_request_waits_until_the_autofill_request_has_settled() {
    let _page = Page::with(
        "define(page, 'order', []);
         get(async (options) => {
             order.push('armed');
             try { await untilAborted(options) } finally { order.push('settled') }
         });
         create(async () => { order.push('create'); return registration() });",
    );
    let autofill = spawn_get(Mediation::Conditional, &Abort::new());
    until("calls.length === 1").await;
    let made = create(&creation_options(json!({})), &Abort::new()).await;
    assert_eq!(made.unwrap().id, "BwgJ");
    assert_eq!(value("order"), json!(["armed", "settled", "create"]));
    assert_eq!(code_of(autofill).await, Some(Code::Aborted));
}

#[wasm_bindgen_test]
async fn a_second_modal_request_is_refused_and_the_first_goes_on() {
    let _page = Page::with("get(async () => { await wait(50); return assertion() });");
    let first = spawn_get(Mediation::Modal, &Abort::new());
    until("calls.length === 1").await;
    for mediation in [Mediation::Modal, Mediation::Conditional] {
        let second = spawn_get(mediation, &Abort::new());
        assert_eq!(code_of(second).await, Some(Code::Pending), "{mediation:?}");
        assert_eq!(value("calls.length"), json!(1));
    }
    wait(100).await;
    assert_eq!(first.take().unwrap().unwrap().id, "BwgJ");
}

#[wasm_bindgen_test]
async fn a_dropped_future_gives_its_turn_back_once_the_browser_has_let_go() {
    let _page = Page::with(
        "get((options, call) => (call === 1 ? untilAborted(options) : Promise.resolve(assertion())));",
    );
    {
        let (options, abort) = (request_options(json!({})), Abort::new());
        let mut dropped = Box::pin(get(&options, Mediation::Modal, &abort));
        let waker = std::task::Waker::noop();
        let polled = dropped
            .as_mut()
            .poll(&mut std::task::Context::from_waker(waker));
        assert!(polled.is_pending());
    }
    assert_eq!(value("calls[0].signal.aborted"), json!(true));
    let at_once = spawn_get(Mediation::Modal, &Abort::new());
    assert_eq!(code_of(at_once).await, Some(Code::Pending));
    wait(50).await;
    let later = get(&request_options(json!({})), Mediation::Modal, &Abort::new()).await;
    assert_eq!(later.unwrap().id, "BwgJ");
}

#[wasm_bindgen_test]
async fn a_pending_autofill_request_is_not_watched() {
    let _page = Page::with("hurry(); get(untilAborted);");
    let abort = Abort::new();
    let ended = spawn_get(Mediation::Conditional, &abort);
    until("calls.length === 1").await;
    // 60 s of timeout and 30 s of grace are long over in a hurried page.
    wait(150).await;
    assert!(ended.borrow().is_none());
    abort.abort();
    assert_eq!(code_of(ended).await, Some(Code::Aborted));
}
