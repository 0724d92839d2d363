//! How ceremonies start: what is asked of the client, and what the finish will judge by.

use core::time::Duration;

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::extensions::AuthenticationExtensionsClientInputsJson;
use passkeep_protocol::names::{
    AttestationConveyancePreference, AuthenticatorAttachment, PublicKeyCredentialHint,
    PublicKeyCredentialType, ResidentKeyRequirement, UserVerificationRequirement,
};
use passkeep_protocol::options::{
    AuthenticatorSelectionCriteria, PublicKeyCredentialCreationOptionsJson,
    PublicKeyCredentialDescriptorJson, PublicKeyCredentialParameters,
    PublicKeyCredentialRequestOptionsJson, PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntityJson,
};

use crate::ceremony::{Demands, Fresh, PendingAuthentication, PendingRegistration};
use crate::extensions::RequestedExtensions;
use crate::relying_party::RelyingParty;
use crate::values::UserHandle;

/// Whom a new credential is for.
#[derive(Clone, Debug)]
pub struct NewCredentialUser {
    /// The user handle.
    pub handle: UserHandle,
    /// The user name.
    pub name: String,
    /// The display name.
    pub display_name: String,
}

/// How the client may involve the person. [L3 §5.1.3, "mediation"]
///
/// [L3 §5.1.3, "mediation"]: https://www.w3.org/TR/webauthn-3/#sctn-createCredential
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Mediation {
    /// A dialog.
    #[default]
    Modal,
    /// Without a dialog, after a password sign-in: the client may leave user presence and verification out.
    Conditional,
}

/// Whether the authenticator must see that somebody is there. [L3 §6.1, "User Present"]
///
/// [L3 §6.1, "User Present"]: https://www.w3.org/TR/webauthn-3/#authdata-flags-up
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum UserPresence {
    /// It must.
    #[default]
    Required,
    /// It need not; made by [`danger::without_user_presence`].
    Waived(danger::PresenceWaived),
}

impl UserPresence {
    fn is_required(self) -> bool {
        self == Self::Required
    }
}

/// Choices that give protection up.
pub mod danger {
    use super::UserPresence;

    /// Proof that [`without_user_presence`] was called by name.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct PresenceWaived(());

    /// Nobody need be there. Only for credentials that are no passkeys and are made and used without anybody being asked, as
    /// Android's restore keys are: of all others the specification demands it, because otherwise a program that reaches the
    /// authenticator can sign in unnoticed. [L3 §7.2, "Verify that the UP bit"]
    ///
    /// ```
    /// use passkeep_verify::start::{AuthenticationRequest, UserPresence, danger};
    ///
    /// let mut request = AuthenticationRequest::anyone();
    /// assert_eq!(request.user_presence, UserPresence::Required);
    /// request.user_presence = danger::without_user_presence();
    /// ```
    ///
    /// [L3 §7.2, "Verify that the UP bit"]: https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion
    #[must_use]
    pub fn without_user_presence() -> UserPresence {
        UserPresence::Waived(PresenceWaived(()))
    }
}

/// What a registration asks for. [`RegistrationRequest::new`] takes what must be decided; the rest has defaults.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RegistrationRequest {
    /// Whom the credential is for.
    pub user: NewCredentialUser,
    /// The account's credentials: an authenticator that has one of them makes no second.
    pub exclude_credentials: Vec<PublicKeyCredentialDescriptorJson>,
    /// How the client may involve the person. It travels beside the options, to be given to `create()`.
    pub mediation: Mediation,
    /// Whether the user must be verified; the relying party's own choice by default, and "preferred" for a conditional
    /// registration, which a client that cannot verify would have to refuse.
    pub user_verification: Option<UserVerificationRequirement>,
    /// Whether the user must be present; they must by default. A conditional registration waives it by itself.
    pub user_presence: UserPresence,
    /// Whether the credential must be discoverable; it must by default.
    pub resident_key: ResidentKeyRequirement,
    /// Only platform or only cross-platform authenticators.
    pub authenticator_attachment: Option<AuthenticatorAttachment>,
    /// Kinds of authenticator the person is expected to use, most likely first.
    pub hints: Vec<PublicKeyCredentialHint>,
    /// Whether an attestation statement is wanted; none by default.
    pub attestation: AttestationConveyancePreference,
    /// Statement formats, most preferred first.
    pub attestation_formats: Vec<String>,
    /// Extension inputs.
    pub extensions: AuthenticationExtensionsClientInputsJson,
}

impl RegistrationRequest {
    /// A discoverable credential for this user, with the relying party's defaults.
    #[must_use]
    pub fn new(user: NewCredentialUser) -> Self {
        Self {
            user,
            exclude_credentials: Vec::new(),
            mediation: Mediation::Modal,
            user_verification: None,
            user_presence: UserPresence::Required,
            resident_key: ResidentKeyRequirement::Required,
            authenticator_attachment: None,
            hints: Vec::new(),
            attestation: AttestationConveyancePreference::None,
            attestation_formats: Vec::new(),
            extensions: AuthenticationExtensionsClientInputsJson::default(),
        }
    }
}

/// Who is expected to sign in, and with what.
#[derive(Clone, Debug)]
enum Expected {
    Anyone,
    Account(UserHandle, Vec<PublicKeyCredentialDescriptorJson>),
    Only(UserHandle, Vec<PublicKeyCredentialDescriptorJson>),
}

/// What an authentication asks for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AuthenticationRequest {
    expected: Expected,
    /// Whether the user must be verified; the relying party's own choice by default.
    pub user_verification: Option<UserVerificationRequirement>,
    /// Whether the user must be present; they must by default.
    pub user_presence: UserPresence,
    /// Kinds of authenticator the person is expected to use, most likely first.
    pub hints: Vec<PublicKeyCredentialHint>,
    /// Extension inputs. `appid` is put in by the relying party, if it has an `AppID`.
    pub extensions: AuthenticationExtensionsClientInputsJson,
}

impl AuthenticationRequest {
    fn expecting(expected: Expected) -> Self {
        Self {
            expected,
            user_verification: None,
            user_presence: UserPresence::Required,
            hints: Vec::new(),
            extensions: AuthenticationExtensionsClientInputsJson::default(),
        }
    }

    /// Anyone, with whatever discoverable credential they choose.
    #[must_use]
    pub fn anyone() -> Self {
        Self::expecting(Expected::Anyone)
    }

    /// This account, with any of its credentials. The list is for the client; at the finish, being the account's is what
    /// counts, so that a credential which was removed in between does not sign in.
    #[must_use]
    pub fn account(user: UserHandle, all: Vec<PublicKeyCredentialDescriptorJson>) -> Self {
        Self::expecting(Expected::Account(user, all))
    }

    /// This account, with one of these credentials and no other of its own.
    #[must_use]
    pub fn only(user: UserHandle, these: Vec<PublicKeyCredentialDescriptorJson>) -> Self {
        Self::expecting(Expected::Only(user, these))
    }
}

impl RelyingParty {
    /// Begins a registration: options for the client, and what the finish will judge by. [L3 §7.1, "Let options be"]
    ///
    /// ```
    /// # use passkeep_verify::{ceremony::Fresh, start::*, *};
    /// # fn example(relying_party: &RelyingParty, user: NewCredentialUser, fresh: Fresh) {
    /// let request = RegistrationRequest::new(user);
    /// let (options, pending) = relying_party.start_registration(request, fresh);
    /// # }
    /// ```
    ///
    /// [L3 §7.1, "Let options be"]: https://www.w3.org/TR/webauthn-3/#sctn-registering-a-new-credential
    #[must_use]
    pub fn start_registration(
        &self,
        request: RegistrationRequest,
        fresh: Fresh,
    ) -> (PublicKeyCredentialCreationOptionsJson, PendingRegistration) {
        let config = &self.config;
        let conditional = request.mediation == Mediation::Conditional;
        let user_verification = request.user_verification.unwrap_or_else(|| {
            if conditional {
                UserVerificationRequirement::Preferred
            } else {
                config.user_verification.clone()
            }
        });
        let pending = PendingRegistration {
            id: fresh.id,
            challenge: fresh.challenge.clone(),
            rp_id: config.id.clone(),
            user: request.user.handle.clone(),
            algorithms: config.algorithms.clone(),
            demands: Demands {
                user_presence: request.user_presence.is_required() && !conditional,
                user_verification: user_verification == UserVerificationRequirement::Required,
            },
            extensions: RequestedExtensions::new(&request.extensions),
            expires_at: fresh.now.plus(config.lifetime),
        };
        let parameters = config.algorithms.iter();
        let parameters = parameters.map(|alg| PublicKeyCredentialParameters {
            ty: PublicKeyCredentialType::PublicKey,
            alg: *alg,
        });
        let options = PublicKeyCredentialCreationOptionsJson {
            rp: PublicKeyCredentialRpEntity {
                name: config.name.clone(),
                id: Some(config.id.clone()),
            },
            user: PublicKeyCredentialUserEntityJson {
                id: request.user.handle.into(),
                name: request.user.name,
                display_name: request.user.display_name,
            },
            challenge: fresh.challenge.into(),
            pub_key_cred_params: parameters.collect(),
            timeout: Some(in_milliseconds(config.timeout)),
            exclude_credentials: request.exclude_credentials,
            authenticator_selection: Some(AuthenticatorSelectionCriteria {
                authenticator_attachment: request.authenticator_attachment,
                require_resident_key: request.resident_key == ResidentKeyRequirement::Required,
                resident_key: Some(request.resident_key),
                user_verification: Some(user_verification),
            }),
            hints: request.hints,
            attestation: Some(request.attestation),
            attestation_formats: request.attestation_formats,
            extensions: request.extensions,
        };
        (options, pending)
    }

    /// Begins an authentication. [L3 §7.2, "Let options be"]
    ///
    /// ```
    /// # use passkeep_verify::{ceremony::Fresh, start::*, *};
    /// # fn example(relying_party: &RelyingParty, fresh: Fresh) {
    /// let request = AuthenticationRequest::anyone();
    /// let (options, pending) = relying_party.start_authentication(request, fresh);
    /// # }
    /// ```
    ///
    /// [L3 §7.2, "Let options be"]: https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion
    #[must_use]
    pub fn start_authentication(
        &self,
        request: AuthenticationRequest,
        fresh: Fresh,
    ) -> (PublicKeyCredentialRequestOptionsJson, PendingAuthentication) {
        let config = &self.config;
        let (user, allow_credentials, restricted) = match request.expected {
            Expected::Anyone => (None, Vec::new(), false),
            Expected::Account(user, all) => (Some(user), all, false),
            Expected::Only(user, these) => (Some(user), these, true),
        };
        // A credential of the U2F interface is never discoverable, so its AppID helps only where credentials are named.
        let app_id = config.app_id.clone();
        let app_id = app_id.filter(|_| !allow_credentials.is_empty());
        let mut extensions = request.extensions;
        extensions.appid = extensions.appid.or(app_id);
        let user_verification = request.user_verification;
        let user_verification =
            user_verification.unwrap_or_else(|| config.user_verification.clone());
        let only: Vec<Bytes> = allow_credentials
            .iter()
            .filter(|_| restricted)
            .map(|descriptor| descriptor.id.clone())
            .collect();
        let pending = PendingAuthentication {
            id: fresh.id,
            challenge: fresh.challenge.clone(),
            rp_id: config.id.clone(),
            user,
            only,
            demands: Demands {
                user_presence: request.user_presence.is_required(),
                user_verification: user_verification == UserVerificationRequirement::Required,
            },
            extensions: RequestedExtensions::new(&extensions),
            expires_at: fresh.now.plus(config.lifetime),
        };
        let options = PublicKeyCredentialRequestOptionsJson {
            challenge: fresh.challenge.into(),
            timeout: Some(in_milliseconds(config.timeout)),
            rp_id: Some(config.id.clone()),
            allow_credentials,
            user_verification: Some(user_verification),
            hints: request.hints,
            extensions,
        };
        (options, pending)
    }
}

/// As options have it. A time that is longer than they can say is the longest that they can.
fn in_milliseconds(timeout: Duration) -> u32 {
    u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX)
}
