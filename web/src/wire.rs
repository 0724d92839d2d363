//! The two halves of a ceremony as the site hands them on: it looks neither into the options of the server nor into the
//! response of the browser, so both stay JSON. The types for them would be a tenth of what a person downloads.
//!
//! All else is of the contract's types, and a test holds these against it.

use passkeep_browser::page::answer::Raw;
use serde::Deserialize;

/// `RegistrationStarted` or `AuthenticationStarted`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Started<O = Raw> {
    pub(crate) ceremony: String,
    pub(crate) options: O,
    /// In seconds. A registration does not say it.
    #[serde(default)]
    pub(crate) expires_in: u32,
}

/// `RegistrationFinish` or `AuthenticationFinish`.
#[derive(Debug)]
pub(crate) struct Finish {
    pub(crate) ceremony: String,
    /// The response, as JSON.
    pub(crate) credential: String,
}

impl Finish {
    /// What is sent.
    pub(crate) fn to_json(&self) -> Result<String, serde_json::Error> {
        let ceremony = serde_json::to_string(&self.ceremony)?;
        Ok([
            r#"{"ceremony":"#,
            &ceremony,
            r#","credential":"#,
            &self.credential,
            "}",
        ]
        .concat())
    }
}

#[cfg(test)]
mod tests {
    use passkeep_protocol::api::{AuthenticationFinish, AuthenticationStarted};
    use serde_json::{Value, json as value};

    use super::*;

    #[test]
    fn what_is_handed_on_is_what_the_contract_says() {
        let started: AuthenticationStarted = serde_json::from_value(value!({
            "ceremony": "sealed",
            "options": {"challenge": "AQID", "rpId": "example.org", "userVerification": "required"},
            "expiresIn": 300,
        }))
        .unwrap();
        let written = serde_json::to_value(&started).unwrap();
        let read: Started<Value> = serde_json::from_value(written).unwrap();
        assert_eq!((read.ceremony.as_str(), read.expires_in), ("sealed", 300));
        assert_eq!(
            read.options,
            serde_json::to_value(&started.options).unwrap()
        );

        let credential = value!({
            "id": "AQID",
            "rawId": "AQID",
            "response": {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"},
            "clientExtensionResults": {},
            "type": "public-key",
        });
        let finish = Finish {
            ceremony: "sealed \"well\"".to_owned(),
            credential: credential.to_string(),
        };
        let read: AuthenticationFinish = serde_json::from_str(&finish.to_json().unwrap()).unwrap();
        assert_eq!(read.ceremony, "sealed \"well\"");
        assert_eq!(read.credential.id, "AQID");
    }
}
