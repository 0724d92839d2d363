//! Clients that take exactly what they know. Each is written as strictly as the parser of a sample that people build on:
//! a member too many or too few, or of another type, is an error there.

use axum::http::Method;
use passkeep_protocol::api::{CEREMONY_HEADER, ErrorCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::apps::{App, FINGERPRINT};
use crate::support::{
    AUTHENTICATION_FINISH, AUTHENTICATION_START, Answer, REGISTRATION_FINISH, REGISTRATION_START,
    Server,
};

/// As a watch reads the options of `get()`: it knows these five members, and stumbles over any other.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WatchOptions {
    challenge: String,
    allow_credentials: Vec<WatchDescriptor>,
    timeout: i64,
    user_verification: String,
    rp_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WatchDescriptor {
    id: String,
    #[serde(rename = "type")]
    ty: String,
}

/// As a phone reads the options of `create()`: all of these must be there, of these types; others are dropped on the way to
/// the credential manager.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhoneCreationOptions {
    authenticator_selection: PhoneSelection,
    challenge: String,
    exclude_credentials: Vec<Value>,
    pub_key_cred_params: Vec<PhoneParameters>,
    rp: PhoneRp,
    timeout: i32,
    user: PhoneUser,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhoneSelection {
    user_verification: String,
    require_resident_key: bool,
    resident_key: String,
}

#[derive(Debug, Deserialize)]
struct PhoneParameters {
    alg: i32,
    #[serde(rename = "type")]
    ty: String,
}

#[derive(Debug, Deserialize)]
struct PhoneRp {
    id: String,
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhoneUser {
    id: String,
    name: String,
    display_name: String,
}

async fn start_on_watch(app: &App, body: Value) -> (String, WatchOptions, Answer) {
    let answer = app.post(AUTHENTICATION_START, body).await;
    let ceremony = answer.header(CEREMONY_HEADER).unwrap().to_owned();
    let options = answer.json(200);
    (ceremony, options, answer)
}

#[tokio::test]
async fn a_watch_signs_in() {
    let server = Server::with_app(&FINGERPRINT).await;
    let mut app = App::new(&server, "phone");
    app.sign_up("ada").await;
    let mut watch = App::new(&server, "watch");
    watch.authenticator = app.authenticator.clone();

    let minimal = json!({ "profile": "minimal" });
    let (ceremony, options, answer) = start_on_watch(&watch, minimal).await;
    assert!(options.allow_credentials.is_empty());
    assert_eq!(options.challenge.len(), 43);
    assert_eq!(options.user_verification, "required");
    assert_eq!(options.rp_id, "example.org");
    assert!(options.timeout > 0);

    let options = answer.json(200);
    let credential = watch.client.get(&options, &mut watch.authenticator);
    let mut body = serde_json::to_value(credential.unwrap()).unwrap();
    // Its serializer knows no more than these.
    let members = body.as_object_mut().unwrap();
    members.retain(|name, _| ["id", "type", "rawId", "response"].contains(&&**name));
    let body = Some(body.to_string());
    let mut request = watch.request(Method::POST, AUTHENTICATION_FINISH, body);
    let value = ceremony.parse().unwrap();
    request.headers_mut().insert(CEREMONY_HEADER, value);
    let finished: passkeep_protocol::api::AuthenticationFinished =
        watch.send(request).await.json(200);
    assert_eq!(finished.account.user_name, "ada");
    watch.keep(finished.session);
    assert_eq!(watch.signed_in_as().await.as_deref(), Some("ada"));
}

#[tokio::test]
async fn a_list_for_a_watch_has_ids_and_types_only() {
    let server = Server::with_app(&FINGERPRINT).await;
    let mut app = App::new(&server, "phone");
    let id = app.sign_up("ada").await.passkey.unwrap().id;
    let watch = App::new(&server, "watch");
    let named = json!({ "profile": "minimal", "userName": "ada" });
    let (_, options, _) = start_on_watch(&watch, named).await;
    assert_eq!(options.allow_credentials.len(), 1);
    assert_eq!(options.allow_credentials[0].id, id.to_base64url());
    assert_eq!(options.allow_credentials[0].ty, "public-key");
}

#[tokio::test]
async fn a_phone_reads_what_it_must_have_and_sends_what_it_has() {
    let server = Server::with_app(&FINGERPRINT).await;
    let mut app = App::new(&server, "phone");
    let start = json!({ "flow": "sign-up", "userName": "ada", "displayName": "Ada" });
    let answer = app.post(REGISTRATION_START, start).await;
    let started: Value = answer.json(200);
    let options: PhoneCreationOptions = serde_json::from_value(started["options"].clone()).unwrap();
    assert_eq!(options.challenge.len(), 43);
    assert!(options.exclude_credentials.is_empty());
    assert_eq!(options.rp.id, "example.org");
    assert_eq!(options.rp.name, "Example");
    assert!(options.timeout > 0);
    assert_eq!(options.user.name, "ada");
    assert_eq!(options.user.display_name, "Ada");
    assert_eq!(options.user.id.len(), 86);
    assert_eq!(
        options.authenticator_selection.user_verification,
        "required"
    );
    assert!(options.authenticator_selection.require_resident_key);
    assert_eq!(options.authenticator_selection.resident_key, "required");
    let algorithms: Vec<_> = options
        .pub_key_cred_params
        .iter()
        .map(|it| it.alg)
        .collect();
    assert!(
        algorithms.contains(&-7) && algorithms.contains(&-257),
        "{algorithms:?}"
    );
    assert!(
        options
            .pub_key_cred_params
            .iter()
            .all(|it| it.ty == "public-key")
    );

    // Neither extension results nor transports, nor any of the copies that browsers add.
    let read: passkeep_protocol::api::RegistrationStarted = answer.json(200);
    let credential = app.client.create(&read.options, &mut app.authenticator);
    let credential = serde_json::to_value(credential.unwrap()).unwrap();
    let response = &credential["response"];
    let body = json!({
        "ceremony": started["ceremony"],
        "credential": {
            "id": credential["id"],
            "type": "public-key",
            "rawId": credential["rawId"],
            "response": {
                "clientDataJSON": response["clientDataJSON"],
                "attestationObject": response["attestationObject"],
            },
        },
    });
    let answer = app.post(REGISTRATION_FINISH, body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

/// What a page in an Android WebView gets from the app around it: a plain object, with its members in no order and its
/// extension results empty.
#[tokio::test]
async fn a_page_in_a_web_view_signs_up_and_in() {
    let server = Server::with_app(&FINGERPRINT).await;
    let mut page = server.browser("web view");
    let started = page.start_sign_up("ada").await;
    let finish = page.create(started);
    let mut body = serde_json::to_value(finish).unwrap();
    let credential = body["credential"].as_object_mut().unwrap();
    credential.insert("clientExtensionResults".into(), json!({}));
    credential.insert("authenticatorAttachment".into(), Value::Null);
    let response = credential["response"].as_object_mut().unwrap();
    response.retain(|name, _| ["clientDataJSON", "attestationObject"].contains(&&**name));
    let answer = page.post(REGISTRATION_FINISH, body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());

    let started = page.start_sign_in().await;
    let finish = page.assert(started);
    let mut body = serde_json::to_value(finish).unwrap();
    let credential = body["credential"].as_object_mut().unwrap();
    credential.remove("clientExtensionResults");
    credential.remove("authenticatorAttachment");
    let answer = page.post(AUTHENTICATION_FINISH, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test]
async fn a_minimal_start_is_for_signing_in_only() {
    let server = Server::with_app(&FINGERPRINT).await;
    let app = App::new(&server, "phone");
    let body = json!({ "flow": "restore", "profile": "minimal" });
    let answer = app.post(AUTHENTICATION_START, body).await;
    answer.problem(ErrorCode::MalformedRequest, 400);
}
