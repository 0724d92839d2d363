//! The two halves of a ceremony as the site hands them on: it looks neither into the options of the server nor into the
//! response of the browser, so both stay JSON. The types for them would be a tenth of what a person downloads.
//!
//! All else is of the contract's types, and a test holds these against it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// `RegistrationStarted` or `AuthenticationStarted`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Started {
    pub(crate) ceremony: String,
    pub(crate) options: Box<RawValue>,
    /// In seconds. A registration does not say it.
    #[serde(default)]
    pub(crate) expires_in: u32,
}

/// `RegistrationFinish` or `AuthenticationFinish`.
#[derive(Debug, Serialize)]
pub(crate) struct Finish {
    pub(crate) ceremony: String,
    pub(crate) credential: Box<RawValue>,
}

#[cfg(test)]
mod tests {
    use passkeep_protocol::api::{AuthenticationFinish, AuthenticationStarted};
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_handed_on_is_what_the_contract_says() {
        let started: AuthenticationStarted = serde_json::from_value(json!({
            "ceremony": "sealed",
            "options": {"challenge": "AQID", "rpId": "example.org", "userVerification": "required"},
            "expiresIn": 300,
        }))
        .unwrap();
        let text = serde_json::to_string(&started).unwrap();
        let read: Started = serde_json::from_str(&text).unwrap();
        assert_eq!((read.ceremony.as_str(), read.expires_in), ("sealed", 300));
        assert_eq!(
            read.options.get(),
            serde_json::to_string(&started.options).unwrap()
        );

        let credential = json!({
            "id": "AQID",
            "rawId": "AQID",
            "response": {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA"},
            "clientExtensionResults": {},
            "type": "public-key",
        });
        let finish = Finish {
            ceremony: "sealed".to_owned(),
            credential: RawValue::from_string(credential.to_string()).unwrap(),
        };
        let text = serde_json::to_string(&finish).unwrap();
        let read: AuthenticationFinish = serde_json::from_str(&text).unwrap();
        assert_eq!(read.ceremony, "sealed");
        assert_eq!(read.credential.id, "AQID");
    }
}
