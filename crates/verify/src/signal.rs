//! What a client may be told to tell the credential manager, and when that is safe.
//!
//! A list of accepted credentials makes a credential manager hide or delete everything that is not on it, so it must be
//! complete and go to the account's own owner only; an unknown credential may be named to anyone who just used it.
//! [L3 §5.1.10]; [L3 §14.6.3, "Privacy leak via credential IDs"]
//!
//! [L3 §5.1.10]: https://www.w3.org/TR/webauthn-3/#sctn-signal-methods
//! [L3 §14.6.3, "Privacy leak via credential IDs"]: https://www.w3.org/TR/webauthn-3/#sctn-credential-id-privacy-leak

use passkeep_protocol::api::{
    AllAcceptedCredentialsOptions, CurrentUserDetailsOptions, Signals, UnknownCredentialOptions,
};
use passkeep_protocol::bytes::Bytes;

use crate::relying_party::RelyingParty;
use crate::values::UserHandle;

/// An account as its credential manager should show it.
#[derive(Clone, Debug)]
pub struct AccountDetails<'a> {
    /// The user handle.
    pub user: &'a UserHandle,
    /// The user name.
    pub name: &'a str,
    /// The display name.
    pub display_name: &'a str,
}

impl RelyingParty {
    /// For the owner of an account, who is signed in: all credentials, and what the account is called.
    ///
    /// `all_credential_ids` must be the complete list, read after every change was committed.
    #[must_use]
    pub fn signals_for_owner(
        &self,
        account: &AccountDetails<'_>,
        all_credential_ids: Vec<Bytes>,
    ) -> Signals {
        Signals {
            unknown_credential: None,
            all_accepted_credentials: Some(AllAcceptedCredentialsOptions {
                rp_id: self.id().to_owned(),
                user_id: account.user.clone().into(),
                all_accepted_credential_ids: all_credential_ids,
            }),
            current_user_details: Some(CurrentUserDetailsOptions {
                rp_id: self.id().to_owned(),
                user_id: account.user.clone().into(),
                name: account.name.to_owned(),
                display_name: account.display_name.to_owned(),
            }),
        }
    }

    /// For whoever just presented a credential that is not registered here.
    #[must_use]
    pub fn signals_for_unknown(&self, credential_id: Bytes) -> Signals {
        Signals {
            unknown_credential: Some(UnknownCredentialOptions {
                rp_id: self.id().to_owned(),
                credential_id,
            }),
            ..Signals::default()
        }
    }
}
