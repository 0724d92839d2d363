//! An application with users of its own, whose passkeys an operator has locked.

use async_trait::async_trait;
use axum::http::HeaderMap;
use passkeep_protocol::api::{ErrorCode, Passkeys, RegistrationFinished, RegistrationStarted};
use passkeep_server::{Clock as _, Host, HostError, HostSession, HostUser, Operator, Outside, app};
use passkeep_verify::user::{DisplayName, UserName};
use passkeep_verify::{Timestamp, UserHandle};
use serde_json::json;

use crate::support::{Browser, PASSKEYS, REGISTRATION_FINISH, REGISTRATION_START, SESSION, Server};

const ORIGIN: &str = "https://example.org";

/// A host whose every visitor is Ada, who signed in when the test began.
struct AdaOnly(Timestamp);

#[async_trait]
impl Host for AdaOnly {
    async fn session(&self, _: &HeaderMap) -> Result<Option<HostSession>, HostError> {
        let name = UserName::parse("ada").map_err(HostError::new)?;
        Ok(Some(HostSession {
            id: b"the host's session".to_vec(),
            user: HostUser {
                handle: UserHandle::new([7; 16]).ok_or_else(|| HostError::new("too long"))?,
                display_name: DisplayName::from(&name),
                user_name: name,
            },
            authenticated_at: self.0,
        }))
    }

    async fn sign_in(&self, _: &UserHandle, _: &HeaderMap) -> Result<HeaderMap, HostError> {
        Ok(HeaderMap::new())
    }

    async fn sign_out(&self, _: &HeaderMap) -> Result<HeaderMap, HostError> {
        Ok(HeaderMap::new())
    }
}

#[tokio::test]
async fn a_locked_account_changes_nothing_whatever_its_host_says() {
    let server = Server::start().await;
    let host = AdaOnly(server.clock.now());
    let app = app(server.state.clone().with_host(host));
    let mut ada = Browser::new(app, ORIGIN, "ada");
    let answer = ada.post(REGISTRATION_START, json!({ "flow": "add" })).await;
    let finish = ada.create(answer.json::<RegistrationStarted>(200));
    let answer = ada.post(REGISTRATION_FINISH, finish).await;
    let id = answer.json::<RegistrationFinished>(201).passkey.unwrap().id;
    let passkey = format!("{PASSKEYS}/{}", id.to_base64url());
    let answer = ada.patch(&passkey, json!({ "label": "Mine" })).await;
    assert_eq!(answer.status, 200);

    let operator = Operator::new(server.store(), Outside::system());
    operator.lock("ada").await.unwrap();
    let answer = ada.patch(&passkey, json!({ "label": "Still mine" })).await;
    answer.problem(ErrorCode::AccountLocked, 403);
    let answer = ada.delete("/api/v1/devices/AAAA").await;
    answer.problem(ErrorCode::AccountLocked, 403);
    for path in [PASSKEYS, SESSION] {
        let answer = ada.get(path).await;
        answer.problem(ErrorCode::AccountLocked, 403);
    }

    operator.unlock("ada").await.unwrap();
    let Passkeys { passkeys, .. } = ada.passkeys().await;
    assert_eq!(passkeys[0].label, "Mine");
}
