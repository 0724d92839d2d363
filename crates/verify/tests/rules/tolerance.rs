//! What the project tolerates without a rule, by name, and that what is mended still verifies over what arrived.

use passkeep_protocol::authenticator_data::AuthenticatorData;
use passkeep_protocol::client_data::CollectedClientData;
use passkeep_protocol::compat::{Quirk, mend_authenticator_data};
use passkeep_protocol::names::{
    AttestationConveyancePreference, AuthenticatorAttachment, AuthenticatorTransport,
    PublicKeyCredentialHint, PublicKeyCredentialType, ResidentKeyRequirement,
    UserVerificationRequirement,
};
use passkeep_verify::finding::{Finding, FindingAction, FindingPolicy};

#[test]
fn unknown_members_of_the_client_data_are_named_wherever_they_stand() {
    for (json, unknown) in [
        (
            r#"{"new":{"a":[1]},"type":"t","challenge":"c","origin":"o","crossOrigin":false}"#,
            &["new"][..],
        ),
        (
            r#"{"type":"t","challenge":"c","androidPackageName":"org.example","origin":"o"}"#,
            &["androidPackageName"],
        ),
        (
            r#"{"type":"t","challenge":"c","origin":"o","crossOrigin":false,
                "other_keys_can_be_added_here":"do not compare clientDataJSON against a template"}"#,
            &["other_keys_can_be_added_here"],
        ),
        (
            r#"{"type":"t","challenge":"c","origin":"o","tokenBinding":{"status":"supported"}}"#,
            &[],
        ),
    ] {
        let parsed = CollectedClientData::parse(json.as_bytes()).unwrap();
        let members = (&*parsed.ty, &*parsed.challenge, &*parsed.origin);
        assert_eq!(members, ("t", "c", "o"), "{json}");
        assert_eq!((parsed.cross_origin, parsed.top_origin), (false, None));
        assert_eq!(parsed.unknown_members, unknown, "{json}");
    }
}

#[test]
fn unknown_values_of_every_enumeration_are_kept_verbatim() {
    macro_rules! kept {
        ($($ty:ty),+) => {$(
            let read: $ty = serde_json::from_str("\"of-a-later-level\"").unwrap();
            assert_eq!(read, <$ty>::Unknown("of-a-later-level".into()));
            assert_eq!(serde_json::to_string(&read).unwrap(), "\"of-a-later-level\"");
        )+};
    }
    kept!(
        AttestationConveyancePreference,
        AuthenticatorAttachment,
        AuthenticatorTransport,
        PublicKeyCredentialHint,
        PublicKeyCredentialType,
        ResidentKeyRequirement,
        UserVerificationRequirement
    );
}

#[test]
fn every_quirk_can_be_refused() {
    for quirk in Quirk::ALL {
        let kind = Finding::from(*quirk).kind();
        let actions = [FindingPolicy::default(), FindingPolicy::strict()];
        let actions = actions.map(|policy| policy.action(kind));
        assert_eq!(actions, [FindingAction::Report, FindingAction::Reject]);
    }
}

#[test]
fn mending_authenticator_data_leaves_what_came_before_the_fault_alone() {
    let mut bytes = vec![0x11; 32];
    bytes.extend([0x81, 0, 0, 0, 9]);
    let mended = mend_authenticator_data(&bytes).unwrap();
    assert_eq!(mended.quirks, [Quirk::ExtensionFlagWithoutData]);
    assert_eq!(mended.bytes[..bytes.len()], bytes);
    let data = AuthenticatorData::parse(&mended.bytes).unwrap();
    assert_eq!((data.flags.0, data.sign_count), (0x81, 9));
    let kind = Finding::from(Quirk::ExtensionFlagWithoutData).kind();
    assert_eq!(kind.code(), "extension_flag_without_data");
}
