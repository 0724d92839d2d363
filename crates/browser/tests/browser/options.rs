//! From the server's JSON to what the browser is called with.

use passkeep_browser::{Abort, ClientErrorCode, Mediation, create, get};
use serde_json::{Value, json};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::exports;
use crate::page::{Page, creation_options, request_options, value};

const ANSWERS: &str = "create(async () => registration()); get(async () => assertion());";

/// An object of JavaScript, made of JSON.
pub(crate) fn object(json: &Value) -> JsValue {
    js_sys::JSON::parse(&json.to_string()).unwrap()
}

#[wasm_bindgen_test]
async fn base64url_becomes_bytes_where_the_browser_wants_bytes() {
    let _page = Page::with(ANSWERS);
    let options = creation_options(json!({
        "excludeCredentials": [
            {"type": "public-key", "id": "-_8", "transports": ["usb"]},
            {"type": "public-key", "id": "AA"},
        ],
        "extensions": {
            "credBlob": "CAk",
            "credProps": true,
            "largeBlob": {"support": "preferred"},
            "prf": {"eval": {"first": "AQ", "second": "Ag"}, "evalByCredential": {"-_8": {"first": "Aw"}}},
        },
    }));
    create(&options, &Abort::new()).await.unwrap();
    let seen = value(
        "calls.map(({ publicKey: o }) => ({
            challenge: [...o.challenge],
            user: { ...o.user, id: [...o.user.id] },
            exclude: o.excludeCredentials.map((c) => ({ ...c, id: [...c.id] })),
            credBlob: [...o.extensions.credBlob],
            credProps: o.extensions.credProps,
            largeBlob: o.extensions.largeBlob,
            eval: [[...o.extensions.prf.eval.first], [...o.extensions.prf.eval.second]],
            byCredential: [...o.extensions.prf.evalByCredential['-_8'].first],
            rp: o.rp,
            timeout: o.timeout,
            mediation: calls[0].mediation,
        }))",
    );
    let expected = json!([{
        "challenge": [4, 5, 6],
        "user": {"id": [1, 2, 3], "name": "ada", "displayName": "Ada"},
        "exclude": [
            {"type": "public-key", "id": [251, 255], "transports": ["usb"]},
            {"type": "public-key", "id": [0]},
        ],
        "credBlob": [8, 9],
        "credProps": true,
        "largeBlob": {"support": "preferred"},
        "eval": [[1], [2]],
        "byCredential": [3],
        "rp": {"name": "Example", "id": "localhost"},
        "timeout": 60_000,
    }]);
    assert_eq!(seen, expected);
}

#[wasm_bindgen_test]
async fn a_request_has_its_bytes_mediation_and_signal() {
    let _page = Page::with(ANSWERS);
    let options = request_options(json!({
        "allowCredentials": [{"type": "public-key", "id": "-_8"}],
        "extensions": {"largeBlob": {"write": "Cg"}},
    }));
    get(&options, Mediation::Conditional, &Abort::new())
        .await
        .unwrap();
    let seen = value(
        "calls.map(({ publicKey: o, mediation, signal }) => [
            [...o.challenge], o.rpId, [...o.allowCredentials[0].id], [...o.extensions.largeBlob.write],
            mediation, signal instanceof AbortSignal])",
    );
    assert_eq!(
        seen,
        json!([[
            [4, 5, 6],
            "localhost",
            [251, 255],
            [10],
            "conditional",
            true
        ]])
    );
}

#[wasm_bindgen_test]
async fn members_of_a_later_level_pass_through() {
    let _page = Page::with(ANSWERS);
    let options = object(&json!({
        "challenge": "BAUG", "uiMode": "immediate", "later": {"id": "AA", "list": [null, 1]},
        "extensions": {"future": {"first": "AQ"}}, "allowCredentials": [{"id": "AA", "extra": "AA"}],
    }));
    exports::get(options, JsValue::UNDEFINED).await.unwrap();
    let seen = value(
        "(({ uiMode, later, extensions, allowCredentials }) =>
            ({ uiMode, later, extensions, extra: allowCredentials[0].extra }))(calls[0].publicKey)",
    );
    assert_eq!(
        seen,
        json!({"uiMode": "immediate", "later": {"id": "AA", "list": [null, 1]},
            "extensions": {"future": {"first": "AQ"}}, "extra": "AA"})
    );
}

#[wasm_bindgen_test]
async fn the_callers_object_stays_as_it_was_whatever_the_browser_does_with_its_own() {
    // Android web views write text into the options they get, and ask them for `hasOwnProperty`.
    let _page = Page::with(
        "get(async ({ publicKey }) => {
            if (!publicKey.hasOwnProperty('challenge')) throw error('TypeError');
            publicKey.challenge = 'overwritten';
            return assertion();
        });",
    );
    let options = object(&json!({"challenge": "BAUG"}));
    for _ in 0..2 {
        exports::get(options.clone(), JsValue::UNDEFINED)
            .await
            .unwrap();
    }
    let text = js_sys::JSON::stringify(&options).unwrap();
    assert_eq!(text, r#"{"challenge":"BAUG"}"#);
}

#[wasm_bindgen_test]
async fn what_is_not_base64url_is_named_and_never_reaches_the_browser() {
    let _page = Page::with(ANSWERS);
    for (options, detail) in [
        (
            json!({"challenge": "a+b"}),
            "`challenge`: a base64url value is malformed at byte 1: it is not unpadded base64url",
        ),
        (
            json!({"challenge": [1, 2]}),
            "`challenge` is not base64url text",
        ),
        (
            json!({"challenge": "AA", "allowCredentials": [{"id": "AA"}, {"id": "AA="}]}),
            "`allowCredentials.1.id`: a base64url value is malformed at byte 2: it is not unpadded base64url",
        ),
        (
            json!({"challenge": "AA", "extensions": {"prf": {"evalByCredential": {"AA": {"second": 7}}}}}),
            "`extensions.prf.evalByCredential.AA.second` is not base64url text",
        ),
        (json!([]), "the options are not a JSON object"),
        (json!(null), "the options are not a JSON object"),
    ] {
        let error = exports::get(object(&options), JsValue::UNDEFINED)
            .await
            .unwrap_err();
        let member = |name: &str| {
            js_sys::Reflect::get(&error, &name.into())
                .unwrap()
                .as_string()
        };
        assert_eq!(member("code").as_deref(), Some("invalid_options"));
        assert_eq!(member("detail").as_deref(), Some(detail));
    }
    assert_eq!(value("calls.length"), json!(0));
}

#[wasm_bindgen_test]
async fn the_first_hint_that_means_something_becomes_an_attachment() {
    let _page = Page::with(ANSWERS);
    for (more, attachment) in [
        (json!({"hints": ["security-key"]}), json!("cross-platform")),
        (
            json!({"hints": ["hybrid", "client-device"]}),
            json!("cross-platform"),
        ),
        (
            json!({"hints": ["badge", "client-device"]}),
            json!("platform"),
        ),
        (json!({"hints": ["badge"]}), json!(null)),
        (json!({}), json!(null)),
        (
            json!({"hints": ["hybrid"], "authenticatorSelection": {"userVerification": "required"}}),
            json!("cross-platform"),
        ),
        (
            json!({"hints": ["hybrid"], "authenticatorSelection": {"authenticatorAttachment": "platform"}}),
            json!("platform"),
        ),
    ] {
        create(&creation_options(more.clone()), &Abort::new())
            .await
            .unwrap();
        let seen = value("calls.at(-1).publicKey.authenticatorSelection?.authenticatorAttachment");
        assert_eq!(seen, attachment, "{more}");
    }
    let kept = value("calls.at(-2).publicKey.authenticatorSelection.userVerification");
    assert_eq!(kept, json!("required"));
}

#[wasm_bindgen_test]
async fn hints_change_nothing_else_in_a_request() {
    let _page = Page::with(ANSWERS);
    let options = request_options(json!({"hints": ["security-key"]}));
    get(&options, Mediation::Modal, &Abort::new())
        .await
        .unwrap();
    assert_eq!(
        value(
            "[calls[0].publicKey.hints, calls[0].publicKey.authenticatorSelection, calls[0].mediation]"
        ),
        json!([["security-key"], null, null])
    );
}

#[wasm_bindgen_test]
async fn without_the_api_nothing_is_called() {
    let _page = Page::with("define(globalThis, 'PublicKeyCredential', undefined);");
    assert!(!passkeep_browser::is_supported());
    let error = create(&creation_options(json!({})), &Abort::new())
        .await
        .unwrap_err();
    assert_eq!(error.code(), ClientErrorCode::NotSupported);
    assert!(!passkeep_browser::is_conditional_mediation_available().await);
}

#[wasm_bindgen_test]
async fn conditional_mediation_is_available_only_where_the_browser_says_so() {
    for (stub, expected) in [
        ("async () => true", true),
        ("() => true", true),
        ("async () => false", false),
        ("async () => 'yes'", false),
        ("async () => { throw 1 }", false),
        ("() => { throw 1 }", false),
        ("undefined", false),
    ] {
        let code =
            format!("define(PublicKeyCredential, 'isConditionalMediationAvailable', {stub});");
        let _page = Page::with(&code);
        assert!(passkeep_browser::is_supported());
        let available = passkeep_browser::is_conditional_mediation_available().await;
        assert_eq!(available, expected, "{stub}");
    }
}
