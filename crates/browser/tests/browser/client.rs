//! The client for Passkeep's own server, in front of a stub of `fetch()`.

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use passkeep_browser::api::{Action, AuthenticationFinished, ErrorCode};
use passkeep_browser::{Abort, Client, ClientErrorCode, Failure};
use passkeep_protocol::bytes::Bytes;
use serde_json::{Value, json};
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, until, value, wait};

/// A server by a function `answer(path, body, request)`, which gives `[status, body, headers]`. What it was asked is in
/// `asked`, what the browser's credential manager was told in `told`, and what `navigator.credentials` was asked in `calls`.
const SERVER: &str = "
    page.asked = [];
    page.told = [];
    define(globalThis, 'fetch', async (request) => {
        const path = new URL(request.url).pathname + new URL(request.url).search;
        const text = await request.text();
        const body = text ? JSON.parse(text) : undefined;
        const { method, credentials, redirect, headers } = request;
        asked.push({ path, method, credentials, redirect, body, type: headers.get('content-type'), confirmation: headers.get('passkeep-confirmation') });
        const [status, content, more] = await answer(path, body, headers);
        return new Response(content === undefined ? null : typeof content === 'string' ? content : JSON.stringify(content), { status, headers: more });
    });
    for (const name of ['signalUnknownCredential', 'signalAllAcceptedCredentials', 'signalCurrentUserDetails'])
        define(PublicKeyCredential, name, async (options) => void told.push([name, options]));
    const account = { userName: 'ada', displayName: 'Ada' };
    const signals = { currentUserDetails: { rpId: 'localhost', userId: 'AQ', name: 'ada', displayName: 'Ada' } };
    const creation = { rp: { name: 'Example', id: 'localhost' }, user: { id: 'AQID', name: 'ada', displayName: 'Ada' }, challenge: 'BAUG', pubKeyCredParams: [{ type: 'public-key', alg: -7 }], timeout: 60000 };
    const request = { challenge: 'BAUG', rpId: 'localhost', timeout: 60000 };
    const problem = (status, code, more) => [status, { type: 'urn:passkeep:problem:' + code, title: 'No.', status, code, ...more }];
";

fn server(code: &str) -> Page {
    Page::with(&format!("{SERVER} {code}"))
}

const REGISTERS: &str = "
    const answer = (path) => path.endsWith('start')
        ? [200, { ceremony: 'sealed', options: creation }]
        : [201, { account, signals }];
    create(async () => registration());
";

fn registration_response() -> Value {
    json!({
        "id": "BwgJ", "rawId": "BwgJ", "type": "public-key", "clientExtensionResults": {},
        "response": {"clientDataJSON": "e30", "attestationObject": "oA", "transports": []},
    })
}

#[wasm_bindgen_test]
async fn registering_asks_the_server_the_browser_and_the_server_and_carries_out_the_signals() {
    let _page = server(REGISTERS);
    let finished = Client::at("/auth/")
        .register("ada", Some("Ada"), &Abort::new())
        .await
        .unwrap();
    assert_eq!(finished.account.user_name, "ada");
    let asked = value("asked");
    assert_eq!(
        asked[0],
        json!({
            "path": "/auth/api/v1/registration/start", "method": "POST", "credentials": "same-origin", "redirect": "error",
            "body": {"flow": "sign-up", "userName": "ada", "displayName": "Ada"}, "type": "application/json", "confirmation": null,
        })
    );
    assert_eq!(asked[1]["path"], json!("/auth/api/v1/registration/finish"));
    assert_eq!(asked[1]["body"]["ceremony"], json!("sealed"));
    let credential = &asked[1]["body"]["credential"];
    assert_eq!(credential["response"]["attestationObject"], json!("oA"));
    assert_eq!(credential["id"], registration_response()["id"]);
    assert_eq!(
        value("told.map(([name]) => name)"),
        json!(["signalCurrentUserDetails"])
    );
    assert_eq!(value("calls.length"), json!(1));
}

#[wasm_bindgen_test]
async fn adding_a_passkey_is_confirmed_when_the_server_wants_that() {
    let _page = server(
        "let refused = false;
         const answer = (path, body, headers) => {
            if (path.endsWith('registration/start')) {
                if (headers.get('passkeep-confirmation') === null) return problem(403, 'confirmation_required');
                return [200, { ceremony: 'sealed', options: creation }];
            }
            if (path.endsWith('authentication/start')) return [200, { ceremony: 'to confirm', options: request, expiresIn: 300 }];
            if (path.endsWith('authentication/finish')) return [200, { account, signals, confirmation: { token: 'yes', expiresIn: 300 } }];
            return [201, { account, signals }];
         };
         create(async () => registration());
         get(async () => assertion());",
    );
    Client::new().add_passkey(&Abort::new()).await.unwrap();
    assert_eq!(
        value(
            "asked.map(({ path, body, confirmation }) => [path.slice(8), body.flow ?? body.ceremony, confirmation])"
        ),
        json!([
            ["registration/start", "add", null],
            ["authentication/start", "confirm", null],
            ["authentication/finish", "to confirm", null],
            ["registration/start", "add", "yes"],
            ["registration/finish", "sealed", null],
        ])
    );
    assert_eq!(value("asked[1].body.action"), json!({"do": "add-passkey"}));
}

#[wasm_bindgen_test]
async fn an_enrolment_link_is_good_as_it_is_and_as_its_token() {
    let _page = server(
        "const answer = (path) => path.endsWith('start')
            ? [200, { ceremony: 'sealed', options: creation }]
            : [201, { account, signals }];
         create(async () => registration());",
    );
    for link in ["token_-7", "https://example.org/auth/#enrol=token_-7"] {
        Client::new().enrol(link, &Abort::new()).await.unwrap();
    }
    let enrol = json!({"flow": "enrol", "link": "token_-7"});
    assert_eq!(
        value("asked.filter(({ path }) => path.endsWith('start')).map(({ body }) => body)"),
        json!([enrol, enrol])
    );
}

#[wasm_bindgen_test]
async fn an_upgrade_asks_nobody_and_reports_nothing_when_it_cannot_be() {
    let upgrade = "define(PublicKeyCredential, 'getClientCapabilities', async () => ({ conditionalCreate: true }));
        const answer = (path) => path.endsWith('start')
            ? [200, { ceremony: 'sealed', options: creation, mediation: 'conditional' }]
            : [201, { account, signals }];";
    {
        let _page = server(&format!("{upgrade} create(async () => registration());"));
        let made = Client::new().upgrade(&Abort::new()).await;
        assert_eq!(made.map(|made| made.account.user_name), Some("ada".into()));
        assert_eq!(
            value("calls.map(({ mediation }) => mediation)"),
            json!(["conditional"])
        );
    }
    let _page = server(&format!(
        "{upgrade} create(async () => {{ throw error('NotAllowedError') }});"
    ));
    assert_eq!(Client::new().upgrade(&Abort::new()).await, None);
    assert_eq!(value("asked.length"), json!(1));
}

const SIGNS_IN: &str = "get(async () => assertion());
    const answer = (path) => path.endsWith('start')
        ? [200, { ceremony: 'sealed', options: request, expiresIn: 300 }]
        : [200, { account, signals }];";

#[wasm_bindgen_test]
async fn signing_in_names_nobody_or_an_account() {
    let _page = server(SIGNS_IN);
    let client = Client::new();
    let finished = client.sign_in(&Abort::new()).await.unwrap();
    assert_eq!(finished.account.display_name, "Ada");
    client.sign_in_as("ada", &Abort::new()).await.unwrap();
    let bodies =
        value("asked.filter(({ path }) => path.endsWith('start')).map(({ body }) => body)");
    assert_eq!(bodies[0], json!({"flow": "sign-in"}));
    assert_eq!(bodies[1], json!({"flow": "sign-in", "userName": "ada"}));
}

#[wasm_bindgen_test]
async fn autofill_stands_after_a_refusal_and_ends_with_a_sign_in() {
    let _page = server(
        "hurry();
         let finishes = 0;
         const answer = (path) => {
            if (path.endsWith('start')) return [200, { ceremony: 'sealed', options: request, expiresIn: 300 }];
            finishes += 1;
            return finishes === 1 ? problem(401, 'authentication_rejected') : [200, { account, signals }];
         };
         get(async () => assertion());",
    );
    let settled = Rc::new(RefCell::new(Vec::new()));
    let at_settle = settled.clone();
    let on_settled = move |finished: Result<AuthenticationFinished, Failure>| {
        let outcome = finished.map(|finished| finished.account.user_name);
        at_settle
            .borrow_mut()
            .push(outcome.map_err(|failure| failure.code()));
    };
    let _autofill = Client::new().autofill(on_settled, |failure| panic!("{failure}"));
    until("asked.length === 4").await;
    wait(50).await;
    let expected = [
        Err(Some(ErrorCode::AuthenticationRejected)),
        Ok("ada".to_owned()),
    ];
    assert_eq!(*settled.borrow(), expected);
    // Nothing was armed after that.
    assert_eq!(value("[asked.length, calls.length]"), json!([4, 2]));
}

#[wasm_bindgen_test]
async fn who_offers_passkeys_in_autofill_hears_why_none_are_offered() {
    let _page = server(
        "hurry();
         let starts = 0;
         const answer = () => {
            starts += 1;
            return starts === 1 ? problem(429, 'too_many_requests') : [200, { ceremony: 'sealed', options: request, expiresIn: 300 }];
         };
         get((options, call) => [async () => { throw error('UnknownError') }, untilAborted][call - 1](options));",
    );
    let heard = Rc::new(RefCell::new(Vec::new()));
    let at_error = heard.clone();
    let _autofill = Client::new().autofill(
        |_| {},
        move |failure| {
            let codes = (failure.code(), failure.ceremony_code());
            at_error.borrow_mut().push(codes);
        },
    );
    until("calls.length === 2").await;
    let expected = [
        (Some(ErrorCode::TooManyRequests), None),
        (None, Some(ClientErrorCode::Other)),
    ];
    assert_eq!(*heard.borrow(), expected);
}

#[wasm_bindgen_test]
async fn nobody_is_offered_a_passkey_that_the_server_does_not_know_yet() {
    let _page = server(
        "const answer = (path) => {
            if (path.endsWith('authentication/start')) return [200, { ceremony: 'sealed', options: request, expiresIn: 300 }];
            if (path.endsWith('registration/start')) return [200, { ceremony: 'sealed', options: creation }];
            return wait(60).then(() => {
                page.atFinish = calls.length;
                return [201, { account, signals }];
            });
         };
         create(async () => registration());
         get(untilAborted);",
    );
    let client = Client::new();
    let _autofill = client.autofill(|_| {}, |_| {});
    until("calls.length === 1").await;
    client.register("ada", None, &Abort::new()).await.unwrap();
    assert_eq!(value("page.atFinish"), json!(2));
    // It is offered as soon as the server knows it.
    until("calls.length === 3").await;
}

#[wasm_bindgen_test]
async fn an_aborted_start_opens_no_dialog() {
    let _page = server("const answer = never; get(async () => assertion());");
    let abort = Abort::new();
    let ended = Rc::new(RefCell::new(None));
    let (handle, at_end) = (abort.clone(), ended.clone());
    spawn_local(async move {
        let failure = Client::new().sign_in(&handle).await.unwrap_err();
        *at_end.borrow_mut() = failure.ceremony_code();
    });
    until("asked.length === 1").await;
    abort.abort();
    wait(20).await;
    assert_eq!(*ended.borrow(), Some(ClientErrorCode::Aborted));
    assert_eq!(value("calls.length"), json!(0));
}

#[wasm_bindgen_test]
async fn a_passkey_that_was_made_is_handed_in_although_the_page_has_lost_interest() {
    let _page = server(
        "const answer = (path) => path.endsWith('start') ? [200, { ceremony: 'sealed', options: creation }] : wait(30).then(() => [201, { account, signals }]);
         create(async () => registration());",
    );
    let abort = Abort::new();
    let handle = abort.clone();
    spawn_local(async move {
        until("asked.length === 2").await;
        handle.abort();
    });
    let finished = Client::new().register("ada", None, &abort).await.unwrap();
    assert!(abort.is_aborted());
    assert_eq!(finished.account.user_name, "ada");
}

#[wasm_bindgen_test]
async fn refusals_and_what_is_no_answer_are_told_apart() {
    let start = |answer: &str| server(&format!("const answer = () => {answer};"));
    {
        let _page = start(
            "[...problem(429, 'too_many_requests', { signals: { unknownCredential: { rpId: 'localhost', credentialId: 'Bw' } } }), { 'retry-after': '7' }]",
        );
        let Failure::Refused {
            problem,
            retry_after,
        } = Client::new().sign_in(&Abort::new()).await.unwrap_err()
        else {
            panic!("the server refused");
        };
        assert_eq!(problem.code, ErrorCode::TooManyRequests);
        assert_eq!(retry_after, Some(7));
        assert_eq!(
            value("told.map(([name]) => name)"),
            json!(["signalUnknownCredential"])
        );
    }
    for (answer, expected) in [
        ("[502, '<h1>Bad gateway</h1>']", Failure::Unreadable),
        (
            "[200, '<h1>Welcome to the hotel</h1>']",
            Failure::Unreadable,
        ),
        ("[200, { almost: true }]", Failure::Unreadable),
        (
            "Promise.reject(new TypeError('no network'))",
            Failure::Unreachable,
        ),
    ] {
        let _page = start(answer);
        assert_eq!(
            Client::new().passkeys().await.unwrap_err(),
            expected,
            "{answer}"
        );
    }
}

#[wasm_bindgen_test]
async fn passkeys_are_listed_renamed_and_deleted() {
    let _page = server(
        "const passkey = { id: 'BwgJ', label: 'Phone', createdAt: 1, lastUsedAt: null, aaguid: '', backup: 'synced', current: true };
         const answer = (path, body, headers) => {
            if (path.endsWith('authentication/start')) return [200, { ceremony: 'sealed', options: request, expiresIn: 300 }];
            if (path.endsWith('authentication/finish')) return [200, { account, signals: {}, confirmation: { token: 'yes', expiresIn: 300 } }];
            if (path.endsWith('/passkeys')) return [200, { passkeys: [passkey], signals }];
            if (body) return [200, { ...passkey, ...body }];
            return headers.get('passkeep-confirmation') === 'yes' ? [200, { remaining: 0, signals }] : problem(403, 'confirmation_required');
         };
         get(async () => assertion());",
    );
    let client = Client::new();
    let id = Bytes::from([7, 8, 9]);
    let passkeys = client.passkeys().await.unwrap();
    assert_eq!(
        passkeys
            .iter()
            .map(|passkey| &passkey.id)
            .collect::<Vec<_>>(),
        [&id]
    );
    let renamed = client.rename_passkey(&id, "Laptop").await.unwrap();
    assert_eq!(renamed.label, "Laptop");
    let deleted = client
        .delete_passkey(&id, true, &Abort::new())
        .await
        .unwrap();
    assert_eq!(deleted.remaining, 0);
    assert_eq!(
        value("asked.map(({ method, path }) => `${method} ${path}`)"),
        json!([
            "GET /api/v1/passkeys",
            "PATCH /api/v1/passkeys/BwgJ",
            "POST /api/v1/authentication/start",
            "POST /api/v1/authentication/finish",
            "DELETE /api/v1/passkeys/BwgJ?evenIfLast=true",
        ])
    );
    assert_eq!(
        value("asked[2].body.action"),
        json!({"do": "delete-passkey", "id": "BwgJ"})
    );
    // After the list and after the deletion.
    assert_eq!(value("told.length"), json!(2));
}

#[wasm_bindgen_test]
async fn signing_out_and_asking_who_is_signed_in_take_no_body() {
    let _page = server(
        "const answer = (path, body, headers) => asked.at(-1).method === 'DELETE' ? [204] : [200, { account: asked.length === 1 ? account : null }];",
    );
    let client = Client::new();
    let account = client.session().await.unwrap();
    assert_eq!(account.map(|account| account.user_name), Some("ada".into()));
    client.sign_out().await.unwrap();
    assert_eq!(client.session().await.unwrap(), None);
    assert_eq!(
        value("asked.map(({ method, path, type }) => [method, path, type])"),
        json!([
            ["GET", "/api/v1/session", null],
            ["DELETE", "/api/v1/session", null],
            ["GET", "/api/v1/session", null],
        ])
    );
}

#[wasm_bindgen_test]
async fn what_the_owner_confirms_is_named_and_its_token_returned() {
    let _page = server(
        "const answer = (path) => path.endsWith('start')
            ? [200, { ceremony: 'sealed', options: request, expiresIn: 300 }]
            : [200, { account, signals, confirmation: { token: 'yes', expiresIn: 300 } }];
         get(async () => assertion());",
    );
    let token = Client::new()
        .reauthenticate(Action::DeleteAccount, &Abort::new())
        .await
        .unwrap();
    assert_eq!(token, "yes");
    assert_eq!(
        value("asked[0].body"),
        json!({"flow": "confirm", "action": {"do": "delete-account"}})
    );
}

/// A server whose list of passkeys comes when the test says `page.list()`.
const LISTS_LATE: &str = "
    const listed = new Promise((then) => page.list = then);
    const accepts = (...ids) => ({ allAcceptedCredentials: { rpId: 'localhost', userId: 'AQ', allAcceptedCredentialIds: ids }, ...signals });
    const answer = (path) => {
        if (path.endsWith('authentication/start')) return [200, { ceremony: 'sealed', options: request, expiresIn: 300 }];
        if (path.endsWith('authentication/finish')) return [200, { account, signals: {}, confirmation: { token: 'yes', expiresIn: 300 } }];
        if (path.endsWith('registration/start')) return [200, { ceremony: 'sealed', options: creation }];
        if (path.endsWith('registration/finish')) return [201, { account, signals: accepts('AQ', 'BwgJ') }];
        if (path.endsWith('/passkeys')) return listed.then(() => [200, { passkeys: [], signals: accepts('AQ') }]);
        return [200, { remaining: 1, signals: accepts('BwgJ') }];
    };
    create(async () => registration());
    get(async () => assertion());
    page.lists = () => told.filter(([name]) => name === 'signalAllAcceptedCredentials').map(([, it]) => it.allAcceptedCredentialIds);
";

/// Asks for the list, and gives what tells whether it has come.
fn ask_for_the_list() -> Rc<Cell<bool>> {
    let come = Rc::new(Cell::new(false));
    let comes = come.clone();
    spawn_local(async move {
        Client::new().passkeys().await.unwrap();
        comes.set(true);
    });
    come
}

#[wasm_bindgen_test]
async fn a_late_list_does_not_make_the_browser_forget_a_passkey_that_was_made_since() {
    let _page = server(LISTS_LATE);
    let listed = ask_for_the_list();
    until("asked.length === 1").await;
    Client::new()
        .register("ada", None, &Abort::new())
        .await
        .unwrap();
    value("page.list()");
    wait(20).await;
    assert!(listed.get());
    assert_eq!(value("page.lists()"), json!([["AQ", "BwgJ"]]));
    // What it says besides is as true as it was.
    assert_eq!(
        value("told.map(([name]) => name)"),
        json!([
            "signalAllAcceptedCredentials",
            "signalCurrentUserDetails",
            "signalCurrentUserDetails"
        ])
    );
    // The next one says all.
    Client::new().passkeys().await.unwrap();
    assert_eq!(value("page.lists()"), json!([["AQ", "BwgJ"], ["AQ"]]));
}

#[wasm_bindgen_test]
async fn a_late_list_brings_back_no_passkey_that_was_deleted_since() {
    let _page = server(LISTS_LATE);
    let listed = ask_for_the_list();
    until("asked.length === 1").await;
    Client::new()
        .delete_passkey(&Bytes::from([1]), false, &Abort::new())
        .await
        .unwrap();
    value("page.list()");
    wait(20).await;
    assert!(listed.get());
    assert_eq!(value("page.lists()"), json!([["BwgJ"]]));
}
