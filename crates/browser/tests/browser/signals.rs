//! What the browser's credential manager is told.

use passkeep_browser::signal;
use passkeep_protocol::api::{
    AllAcceptedCredentialsOptions, CurrentUserDetailsOptions, Signals, UnknownCredentialOptions,
};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::page::{Page, value};

fn all() -> Signals {
    Signals {
        unknown_credential: Some(UnknownCredentialOptions {
            rp_id: "localhost".into(),
            credential_id: [7].into(),
        }),
        all_accepted_credentials: Some(AllAcceptedCredentialsOptions {
            rp_id: "localhost".into(),
            user_id: [1].into(),
            all_accepted_credential_ids: vec![[8].into(), [9].into()],
        }),
        current_user_details: Some(CurrentUserDetailsOptions {
            rp_id: "localhost".into(),
            user_id: [1].into(),
            name: "ada".into(),
            display_name: "Ada".into(),
        }),
    }
}

fn stubs(answer: &str) -> String {
    format!(
        "for (const name of ['signalUnknownCredential', 'signalAllAcceptedCredentials', 'signalCurrentUserDetails'])
            define(PublicKeyCredential, name, function (options) {{
                if (this !== PublicKeyCredential) throw new TypeError('Illegal invocation');
                calls.push([name, options]);
                return {answer};
            }});"
    )
}

#[wasm_bindgen_test]
async fn each_signal_goes_to_its_method() {
    let _page = Page::with(&stubs("Promise.resolve()"));
    signal(&all()).await;
    let expected = json!([
        ["signalUnknownCredential", {"rpId": "localhost", "credentialId": "Bw"}],
        ["signalAllAcceptedCredentials",
            {"rpId": "localhost", "userId": "AQ", "allAcceptedCredentialIds": ["CA", "CQ"]}],
        ["signalCurrentUserDetails",
            {"rpId": "localhost", "userId": "AQ", "name": "ada", "displayName": "Ada"}],
    ]);
    assert_eq!(value("calls"), expected);
}

#[wasm_bindgen_test]
async fn what_the_server_did_not_say_is_not_signalled() {
    let _page = Page::with(&stubs("Promise.resolve()"));
    signal(&Signals {
        all_accepted_credentials: None,
        current_user_details: None,
        ..all()
    })
    .await;
    assert_eq!(
        value("calls.map(([name]) => name)"),
        json!(["signalUnknownCredential"])
    );
}

#[wasm_bindgen_test]
async fn methods_that_are_missing_or_fail_do_not_matter() {
    for answer in [
        "Promise.reject(error('SecurityError'))",
        "(() => { throw 1 })()",
        "undefined",
    ] {
        let _page = Page::with(&stubs(answer));
        signal(&all()).await;
        assert_eq!(value("calls.length"), json!(3), "{answer}");
    }
    let missing = "define(PublicKeyCredential, 'signalUnknownCredential', undefined);";
    let _page = Page::with(&(stubs("Promise.resolve()") + missing));
    signal(&all()).await;
    assert_eq!(value("calls.length"), json!(2));
}

#[wasm_bindgen_test]
async fn nobody_waits_for_a_signal_for_long() {
    let _page = Page::with(&format!("hurry(); {}", stubs("never()")));
    signal(&all()).await;
    assert_eq!(value("calls.length"), json!(3));
}

#[wasm_bindgen_test]
async fn without_the_api_nothing_happens() {
    let _page = Page::with("define(globalThis, 'PublicKeyCredential', undefined);");
    signal(&all()).await;
}
