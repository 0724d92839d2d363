use std::sync::Arc;

use passkeep_protocol::bytes::encode_base64url;
use passkeep_protocol::cose::CoseAlgorithm;
use passkeep_protocol::extensions::{
    AuthenticationExtensionsClientOutputsJson, CredentialPropertiesOutput,
};
use passkeep_protocol::names::{
    AttestationConveyancePreference, PublicKeyCredentialType, ResidentKeyRequirement,
    UserVerificationRequirement,
};
use passkeep_protocol::options::{
    AuthenticatorSelectionCriteria, PublicKeyCredentialCreationOptionsJson,
    PublicKeyCredentialDescriptorJson, PublicKeyCredentialRequestOptionsJson,
};
use passkeep_protocol::response::{AuthenticationResponseJson, RegistrationResponseJson};

use crate::attestation::AttestationFormat;
use crate::attestation::none::NoAttestation;
use crate::authentication::AuthenticationDraft;
use crate::authenticator::{Authenticator, GetAssertion, MakeCredential};
use crate::client_data::ClientData;
use crate::error::ClientError;
use crate::extensions;
use crate::registration::{Envelope, RegistrationDraft};

/// A WebAuthn client: a page in a browser, or an Android app.
///
/// It treats options as a browser does, from the RP ID to the attestation it withholds, so a server's mistake in them
/// shows here as it would there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Client {
    /// The caller's origin: `https://` and a host, or `android:apk-key-hash:` and the hash of a signing certificate.
    pub origin: String,
    /// Whether the caller is in a frame with an ancestor of another origin.
    pub cross_origin: bool,
    /// The origin of the top-level page, which clients of Level 3 report when `cross_origin` is true.
    pub top_origin: Option<String>,
}

impl Client {
    /// A page of that origin, in a top-level window.
    #[must_use]
    pub fn new(origin: impl Into<String>) -> Self {
        Self {
            origin: origin.into(),
            cross_origin: false,
            top_origin: None,
        }
    }

    /// An Android app, signed with the certificate of this SHA-256 fingerprint. It may use any RP ID: the links between
    /// app and site are not looked up.
    ///
    /// ```
    /// let client = passkeep_testkit::Client::android_app(&[0xff; 32]);
    /// assert_eq!(client.origin, "android:apk-key-hash:__________________________________________8");
    /// ```
    #[must_use]
    pub fn android_app(certificate_fingerprint: &[u8; 32]) -> Self {
        let hash = encode_base64url(certificate_fingerprint);
        Self::new(format!("android:apk-key-hash:{hash}"))
    }

    /// What `navigator.credentials.create()` and `toJSON()` give. Source: L3 §5.1.3.
    ///
    /// # Errors
    ///
    /// Every [`ClientError`] but [`ClientError::NoCredential`].
    pub fn create(
        &self,
        options: &PublicKeyCredentialCreationOptionsJson,
        authenticator: &mut Authenticator,
    ) -> Result<RegistrationResponseJson, ClientError> {
        let draft = self.draft_registration(options, authenticator)?;
        Ok(draft.into_response())
    }

    /// What `navigator.credentials.get()` and `toJSON()` give. Source: L3 §5.1.4.
    ///
    /// # Errors
    ///
    /// [`ClientError::RpId`], [`ClientError::UserVerification`] or [`ClientError::NoCredential`].
    pub fn get(
        &self,
        options: &PublicKeyCredentialRequestOptionsJson,
        authenticator: &mut Authenticator,
    ) -> Result<AuthenticationResponseJson, ClientError> {
        let draft = self.draft_authentication(options, authenticator)?;
        Ok(draft.into_response())
    }

    /// As [`create`](Self::create), but leaves it to the caller to change and finish the response. The authenticator
    /// holds the new credential as it was before any change.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create).
    pub fn draft_registration(
        &self,
        options: &PublicKeyCredentialCreationOptionsJson,
        authenticator: &mut Authenticator,
    ) -> Result<RegistrationDraft, ClientError> {
        let user_handle = options.user.id.as_slice();
        if !(1..=64).contains(&user_handle.len()) {
            return Err(ClientError::UserHandleLength(user_handle.len()));
        }
        let rp_id = self.rp_id(options.rp.id.as_deref())?;
        let selection = options.authenticator_selection.clone().unwrap_or_default();
        if let Some(attachment) = &selection.authenticator_attachment
            && authenticator.config.attachment.as_ref() != Some(attachment)
        {
            return Err(ClientError::Attachment(attachment.clone()));
        }
        extensions::before_create(&options.extensions, &authenticator.config)?;
        let made = authenticator.make_credential(&MakeCredential {
            rp_id,
            user_handle,
            algorithms: algorithms(options)?,
            exclude: ids(&options.exclude_credentials),
            resident_key: resident_key(&selection),
            user_verification: user_verification(selection.user_verification),
        })?;

        let config = &authenticator.config;
        let wanted = options.attestation.as_ref();
        let wants_none = wanted.is_none_or(|it| *it == AttestationConveyancePreference::None);
        // Source: L3 §5.1.3, "Replace potentially uniquely identifying information".
        let harmless = config.attestation.is_self_attestation() && config.aaguid == [0; 16];
        let attestation: Arc<dyn AttestationFormat> = if wants_none && !harmless {
            Arc::new(NoAttestation)
        } else {
            Arc::clone(&config.attestation)
        };

        let asked = options.extensions.cred_props == Some(true);
        let attested = made.authenticator_data.attested_credential_data.as_ref();
        let credential_id = attested.map(|it| it.credential_id.clone());
        let credential_id = credential_id.unwrap_or_default();
        let client_extension_results = AuthenticationExtensionsClientOutputsJson {
            cred_props: asked.then(|| CredentialPropertiesOutput {
                rk: Some(made.discoverable),
                ..Default::default()
            }),
            ..extensions::after_create(
                &options.extensions,
                config,
                &credential_id,
                made.authenticator_data.flags,
                made.discoverable,
            )
        };
        Ok(RegistrationDraft {
            client_data: self.client_data("webauthn.create", options.challenge.as_slice()),
            authenticator_data: made.authenticator_data,
            attestation,
            key: made.key,
            envelope: Envelope {
                credential_id,
                transports: config.transports.clone(),
                authenticator_attachment: config.attachment.clone(),
                client_extension_results,
            },
        })
    }

    /// As [`get`](Self::get), but leaves it to the caller to change and finish the response. The authenticator has
    /// counted the signature.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub fn draft_authentication(
        &self,
        options: &PublicKeyCredentialRequestOptionsJson,
        authenticator: &mut Authenticator,
    ) -> Result<AuthenticationDraft, ClientError> {
        // A list of nothing but unknown types is a list that nothing fits (L3 §5.1.4.1, "If allowCredentials is not empty").
        let list = &options.allow_credentials;
        extensions::before_get(&options.extensions, list)?;
        let assertion = authenticator.get_assertion(&GetAssertion {
            rp_id: self.rp_id(options.rp_id.as_deref())?,
            allow: (!list.is_empty()).then(|| ids(list)),
            user_verification: user_verification(options.user_verification.clone()),
        })?;
        let credential = assertion.credential;
        let flags = assertion.authenticator_data.flags;
        let client_extension_results =
            extensions::after_get(&options.extensions, authenticator, &credential.id, flags);
        Ok(AuthenticationDraft {
            client_data: self.client_data("webauthn.get", options.challenge.as_slice()),
            authenticator_data: assertion.authenticator_data,
            key: credential.key,
            // An authenticator keeps the user handle of discoverable credentials only.
            user_handle: credential.discoverable.then_some(credential.user_handle),
            envelope: Envelope {
                credential_id: credential.id,
                transports: authenticator.config.transports.clone(),
                authenticator_attachment: authenticator.config.attachment.clone(),
                client_extension_results,
            },
        })
    }

    fn client_data(&self, ty: &str, challenge: &[u8]) -> ClientData {
        ClientData {
            ty: ty.to_owned(),
            challenge: encode_base64url(challenge),
            origin: self.origin.clone(),
            cross_origin: Some(self.cross_origin),
            top_origin: self.top_origin.clone().filter(|_| self.cross_origin),
            extra: Vec::new(),
        }
    }

    /// The RP ID in force: the one asked for, if the origin may use it, or the origin's own domain.
    fn rp_id<'a>(&'a self, asked: Option<&'a str>) -> Result<&'a str, ClientError> {
        let refused = || ClientError::RpId {
            origin: self.origin.clone(),
            rp_id: asked.unwrap_or_default().to_owned(),
        };
        if self.origin.starts_with("android:") {
            return asked.ok_or_else(refused);
        }
        let domain = domain(&self.origin).ok_or_else(refused)?;
        let Some(asked) = asked else {
            return Ok(domain);
        };
        // Without a list of public suffixes, a suffix counts as registrable when it has a dot.
        let parent = domain.strip_suffix(asked);
        let is_suffix = parent.is_some_and(|parent| parent.ends_with('.') && asked.contains('.'));
        if asked == domain || is_suffix {
            Ok(asked)
        } else {
            Err(refused())
        }
    }
}

/// The host of an `https` origin, or of an `http` one on this machine, as browsers count it secure.
fn domain(origin: &str) -> Option<&str> {
    let (scheme, rest) = origin.split_once("://")?;
    let host = rest.split_once(':').map_or(rest, |(host, _)| host);
    let local = host == "localhost" || host.ends_with(".localhost");
    (scheme == "https" || (scheme == "http" && local)).then_some(host)
}

/// The algorithms asked for, in order. Source: L3 §5.1.3, "If the pubKeyCredParams member is empty".
fn algorithms(
    options: &PublicKeyCredentialCreationOptionsJson,
) -> Result<Vec<CoseAlgorithm>, ClientError> {
    if options.pub_key_cred_params.is_empty() {
        return Ok(vec![CoseAlgorithm::ES256, CoseAlgorithm::RS256]);
    }
    let known = options.pub_key_cred_params.iter();
    let known = known.filter(|it| it.ty == PublicKeyCredentialType::PublicKey);
    let algorithms: Vec<_> = known.map(|it| it.alg).collect();
    if algorithms.is_empty() {
        return Err(ClientError::Algorithms);
    }
    Ok(algorithms)
}

fn ids(descriptors: &[PublicKeyCredentialDescriptorJson]) -> Vec<&[u8]> {
    let known = descriptors.iter();
    let known = known.filter(|it| it.ty == PublicKeyCredentialType::PublicKey);
    known.map(|it| it.id.as_slice()).collect()
}

/// Source: L3 §5.4.4, "If no value is given then the effective value is required if requireResidentKey is true".
fn resident_key(selection: &AuthenticatorSelectionCriteria) -> ResidentKeyRequirement {
    match &selection.resident_key {
        Some(ResidentKeyRequirement::Unknown(_)) | None => {
            if selection.require_resident_key {
                ResidentKeyRequirement::Required
            } else {
                ResidentKeyRequirement::Discouraged
            }
        }
        Some(requirement) => requirement.clone(),
    }
}

fn user_verification(
    requirement: Option<UserVerificationRequirement>,
) -> UserVerificationRequirement {
    requirement.unwrap_or(UserVerificationRequirement::Preferred)
}
