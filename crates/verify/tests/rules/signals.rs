//! What credential managers are told, and who may be told what.

use passkeep_protocol::bytes::Bytes;
use passkeep_verify::algorithm::AWS_LC_RS;
use passkeep_verify::origin::Origin;
use passkeep_verify::signal::AccountDetails;
use passkeep_verify::{RelyingParty, RelyingPartyConfig, UserHandle};
use serde_json::json;

fn relying_party() -> RelyingParty {
    let origins = vec![Origin::parse("https://example.org").unwrap()];
    let config = RelyingPartyConfig::new("example.org", "Example", origins, AWS_LC_RS);
    RelyingParty::new(config).unwrap()
}

#[test]
fn an_owner_is_told_all_credentials_and_both_names() {
    let user = UserHandle::new([0xfb, 0xff]).unwrap();
    let details = AccountDetails {
        user: &user,
        name: "ada",
        display_name: "Ada",
    };
    let ids = vec![Bytes::from([1]), Bytes::from([2])];
    let signals = relying_party().signals_for_owner(&details, ids);
    assert_eq!(
        json!(signals),
        json!({
            "allAcceptedCredentials": {
                "rpId": "example.org", "userId": "-_8", "allAcceptedCredentialIds": ["AQ", "Ag"],
            },
            "currentUserDetails": {
                "rpId": "example.org", "userId": "-_8", "name": "ada", "displayName": "Ada",
            },
        })
    );
}

#[test]
fn an_owner_without_credentials_is_told_that_there_are_none() {
    let user = UserHandle::new([7]).unwrap();
    let details = AccountDetails {
        user: &user,
        name: "ada",
        display_name: "",
    };
    let signals = relying_party().signals_for_owner(&details, vec![]);
    let all = signals.all_accepted_credentials.unwrap();
    assert_eq!(json!(all.all_accepted_credential_ids), json!([]));
    assert_eq!(signals.current_user_details.unwrap().display_name, "");
}

#[test]
fn whoever_presents_an_unknown_credential_is_told_of_that_one_only() {
    let signals = relying_party().signals_for_unknown(Bytes::from([1]));
    assert_eq!(
        json!(signals),
        json!({"unknownCredential": {"rpId": "example.org", "credentialId": "AQ"}})
    );
}
