//! Extensions: what may be asked for in which ceremony, and whether the answers are what was asked for.
//!
//! An extension that is ignored is never a fault: clients and authenticators need not know any
//! ([L3 §9, "WebAuthn Extensions"]). An answer that was not asked for is a finding, because some clients ask
//! authenticators for more than they were told to: Chrome protects discoverable credentials with `credProtect` of its own
//! accord. An answer of another type than the extension's is malformed, and reading refuses it.
//!
//! [L3 §9, "WebAuthn Extensions"]: https://www.w3.org/TR/webauthn-3/#sctn-extensions

use core::fmt;

use passkeep_protocol::bytes::Bytes;
use passkeep_protocol::extensions::{
    AuthenticationExtensionsClientInputsJson, AuthenticationExtensionsClientOutputsJson,
    AuthenticatorExtensionOutputs,
};
use passkeep_protocol::options::PublicKeyCredentialDescriptorJson;
use serde::{Deserialize, Serialize};

use crate::finding::Finding;

/// Extension inputs that clients refuse, or that cannot mean what was meant.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ExtensionMisuse {
    /// The extension belongs to the other ceremony.
    OtherCeremony(&'static str),
    /// `prf.evalByCredential` at registration: the credential has no id yet. [L3 §10.1.4]
    ///
    /// [L3 §10.1.4]: https://www.w3.org/TR/webauthn-3/#prf-extension
    PrfByCredentialAtRegistration,
    /// `prf.evalByCredential` with an empty allow list.
    PrfByCredentialWithoutAllowList,
    /// `prf.evalByCredential` names a credential that is not on the allow list.
    PrfByCredentialNotAllowed,
    /// `largeBlob.read` or `.write` at registration. [L3 §10.1.5]
    ///
    /// [L3 §10.1.5]: https://www.w3.org/TR/webauthn-3/#sctn-large-blob-extension
    LargeBlobReadOrWriteAtRegistration,
    /// `largeBlob.support` at authentication.
    LargeBlobSupportAtAuthentication,
    /// `largeBlob.read` together with `.write`.
    LargeBlobReadAndWrite,
    /// `largeBlob.write` needs exactly one credential on the allow list.
    LargeBlobWriteNeedsOneCredential,
    /// `enforceCredentialProtectionPolicy` without a policy, or with one that is not known.
    ProtectionEnforcedWithoutPolicy,
    /// `appid` or `appidExclude` is not an `https` address.
    AppId,
}

impl fmt::Display for ExtensionMisuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherCeremony(identifier) => {
                write!(f, "the extension {identifier} belongs to the other ceremony")
            }
            Self::PrfByCredentialAtRegistration => {
                f.write_str("prf.evalByCredential cannot be used at registration")
            }
            Self::PrfByCredentialWithoutAllowList => {
                f.write_str("prf.evalByCredential needs an allow list")
            }
            Self::PrfByCredentialNotAllowed => f.write_str(
                "prf.evalByCredential names a credential that is not on the allow list",
            ),
            Self::LargeBlobReadOrWriteAtRegistration => {
                f.write_str("largeBlob.read and .write cannot be used at registration")
            }
            Self::LargeBlobSupportAtAuthentication => {
                f.write_str("largeBlob.support cannot be used at authentication")
            }
            Self::LargeBlobReadAndWrite => {
                f.write_str("largeBlob.read and .write exclude each other")
            }
            Self::LargeBlobWriteNeedsOneCredential => {
                f.write_str("largeBlob.write needs exactly one credential on the allow list")
            }
            Self::ProtectionEnforcedWithoutPolicy => f.write_str(
                "enforceCredentialProtectionPolicy needs a credentialProtectionPolicy that is known",
            ),
            Self::AppId => f.write_str("an AppID is an https address"),
        }
    }
}

impl core::error::Error for ExtensionMisuse {}

/// Refuses the condition's opposite.
fn unless(wrong: bool, misuse: ExtensionMisuse) -> Result<(), ExtensionMisuse> {
    if wrong { Err(misuse) } else { Ok(()) }
}

/// Checks extension inputs of a registration, before they are sent.
///
/// # Errors
///
/// An [`ExtensionMisuse`].
///
/// ```
/// use passkeep_protocol::extensions::AuthenticationExtensionsClientInputsJson;
/// use passkeep_verify::extensions::{ExtensionMisuse, check_registration_inputs};
///
/// let inputs = r#"{"credProps":true,"appid":"https://example.org"}"#;
/// let inputs: AuthenticationExtensionsClientInputsJson = serde_json::from_str(inputs).unwrap();
/// let refused = check_registration_inputs(&inputs);
/// assert_eq!(refused, Err(ExtensionMisuse::OtherCeremony("appid")));
/// ```
pub fn check_registration_inputs(
    inputs: &AuthenticationExtensionsClientInputsJson,
) -> Result<(), ExtensionMisuse> {
    use ExtensionMisuse as Misuse;

    unless(inputs.appid.is_some(), Misuse::OtherCeremony("appid"))?;
    let get_cred_blob = inputs.get_cred_blob.is_some();
    unless(get_cred_blob, Misuse::OtherCeremony("getCredBlob"))?;
    let prf = inputs.prf.as_ref();
    let by_credential = prf.is_some_and(|prf| prf.eval_by_credential.is_some());
    unless(by_credential, Misuse::PrfByCredentialAtRegistration)?;
    let blob = inputs.large_blob.as_ref();
    let read_or_write = blob.is_some_and(|blob| blob.read.is_some() || blob.write.is_some());
    unless(read_or_write, Misuse::LargeBlobReadOrWriteAtRegistration)?;
    let level = inputs.credential_protection_policy.as_ref();
    let level = level.and_then(|policy| policy.level());
    let enforced = inputs.enforce_credential_protection_policy == Some(true);
    let nothing_to_enforce = enforced && level.is_none();
    unless(nothing_to_enforce, Misuse::ProtectionEnforcedWithoutPolicy)?;
    let app_id = inputs.appid_exclude.as_deref();
    unless(app_id.is_some_and(|id| !is_app_id(id)), Misuse::AppId)
}

/// Checks extension inputs of an authentication, before they are sent, together with its allow list.
///
/// # Errors
///
/// An [`ExtensionMisuse`].
pub fn check_authentication_inputs(
    inputs: &AuthenticationExtensionsClientInputsJson,
    allow_credentials: &[PublicKeyCredentialDescriptorJson],
) -> Result<(), ExtensionMisuse> {
    use ExtensionMisuse as Misuse;

    for (identifier, is_asked) in [
        ("credProps", inputs.cred_props.is_some()),
        (
            "credentialProtectionPolicy",
            inputs.credential_protection_policy.is_some(),
        ),
        (
            "enforceCredentialProtectionPolicy",
            inputs.enforce_credential_protection_policy.is_some(),
        ),
        ("minPinLength", inputs.min_pin_length.is_some()),
        ("credBlob", inputs.cred_blob.is_some()),
        ("hmacCreateSecret", inputs.hmac_create_secret.is_some()),
        ("appidExclude", inputs.appid_exclude.is_some()),
    ] {
        unless(is_asked, Misuse::OtherCeremony(identifier))?;
    }
    let prf = inputs.prf.as_ref();
    if let Some(by_credential) = prf.and_then(|prf| prf.eval_by_credential.as_ref()) {
        let no_list = allow_credentials.is_empty();
        unless(no_list, Misuse::PrfByCredentialWithoutAllowList)?;
        let allowed = |id: &Bytes| allow_credentials.iter().any(|it| it.id == *id);
        let all_allowed = by_credential.keys().all(allowed);
        unless(!all_allowed, Misuse::PrfByCredentialNotAllowed)?;
    }
    if let Some(blob) = &inputs.large_blob {
        let support = blob.support.is_some();
        unless(support, Misuse::LargeBlobSupportAtAuthentication)?;
        let both = blob.read == Some(true) && blob.write.is_some();
        unless(both, Misuse::LargeBlobReadAndWrite)?;
        let one = allow_credentials.len() == 1;
        let whose = blob.write.is_some() && !one;
        unless(whose, Misuse::LargeBlobWriteNeedsOneCredential)?;
    }
    let app_id = inputs.appid.as_deref();
    unless(app_id.is_some_and(|id| !is_app_id(id)), Misuse::AppId)
}

/// An AppID as relying parties use them with WebAuthn; clients check the rest.
fn is_app_id(text: &str) -> bool {
    let host = text.strip_prefix("https://");
    host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
}

/// What a ceremony asked for: kept with it, to judge the answers by.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct RequestedExtensions {
    identifiers: Vec<String>,
    appid: Option<String>,
    protection: Option<u8>,
    protection_enforced: bool,
    prf_results: bool,
}

impl RequestedExtensions {
    /// What these inputs ask for.
    #[must_use]
    pub fn new(inputs: &AuthenticationExtensionsClientInputsJson) -> Self {
        let identifiers = inputs.identifiers().into_iter().map(str::to_owned);
        let policy = inputs.credential_protection_policy.as_ref();
        Self {
            identifiers: identifiers.collect(),
            appid: inputs.appid.clone(),
            protection: policy.and_then(|policy| policy.level()),
            protection_enforced: inputs.enforce_credential_protection_policy == Some(true),
            prf_results: false,
        }
    }

    /// Asks for the results of `prf` to come to the server, where they otherwise are dropped. Only for a server that
    /// needs them: they are secrets of the page, and what they encrypt is then readable to the server.
    #[must_use]
    pub fn with_prf_results(mut self) -> Self {
        self.prf_results = true;
        self
    }

    /// The AppID, if the ceremony accepts credentials under one. [L3 §7.2, "If the appid extension"]
    ///
    /// [L3 §7.2, "If the appid extension"]: https://www.w3.org/TR/webauthn-3/#sctn-appid-extension
    #[must_use]
    pub fn appid(&self) -> Option<&str> {
        self.appid.as_deref()
    }

    /// What there is to notice in the answers, in the order of the answers.
    ///
    /// ```
    /// use passkeep_protocol::extensions::AuthenticatorExtensionOutputs;
    /// use passkeep_verify::extensions::RequestedExtensions;
    /// use passkeep_verify::finding::Finding;
    ///
    /// let nothing = RequestedExtensions::default();
    /// let signed = AuthenticatorExtensionOutputs::parse(b"\xa1\x6bcredProtect\x02").unwrap();
    /// let identifier = "credProtect".to_owned();
    /// assert_eq!(
    ///     nothing.findings(&Default::default(), Some(&signed)),
    ///     [Finding::UnsolicitedAuthenticatorExtension { identifier }]
    /// );
    /// ```
    #[must_use]
    pub fn findings(
        &self,
        client: &AuthenticationExtensionsClientOutputsJson,
        authenticator: Option<&AuthenticatorExtensionOutputs<'_>>,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        for identifier in client.identifiers() {
            if !self.asked(identifier) {
                findings.push(Finding::UnsolicitedClientExtension {
                    identifier: identifier.to_owned(),
                });
            }
        }
        if client.has_secrets() && !self.prf_results {
            findings.push(Finding::PrfResultsReceived);
        }
        let answered = authenticator.map(AuthenticatorExtensionOutputs::identifiers);
        for identifier in answered.unwrap_or_default() {
            if !self.asked_of_authenticator(identifier) {
                findings.push(Finding::UnsolicitedAuthenticatorExtension {
                    identifier: identifier.to_owned(),
                });
            }
        }
        if let Some(asked) = self.protection.filter(|_| self.protection_enforced) {
            let received = authenticator.and_then(|outputs| outputs.cred_protect);
            // Without an answer the credential has the lowest level.
            if received.unwrap_or(1) < asked {
                findings.push(Finding::CredentialProtectionLower { asked, received });
            }
        }
        findings
    }

    /// The client's answers as a server may keep them: without the results of `prf`, unless they were asked for.
    #[must_use]
    pub fn for_server(
        &self,
        client: &AuthenticationExtensionsClientOutputsJson,
    ) -> AuthenticationExtensionsClientOutputsJson {
        let client = client.clone();
        if self.prf_results {
            client
        } else {
            client.for_server()
        }
    }

    fn asked(&self, identifier: &str) -> bool {
        self.identifiers.iter().any(|asked| asked == identifier)
    }

    /// Clients ask authenticators by other names, and for more than one thing by the same.
    fn asked_of_authenticator(&self, identifier: &str) -> bool {
        let by: &[&str] = match identifier {
            "credProtect" => &["credentialProtectionPolicy"],
            "credBlob" => &["credBlob", "getCredBlob"],
            "hmac-secret" => &["prf", "hmacCreateSecret", "hmacGetSecret"],
            "hmac-secret-mc" => &["prf"],
            "largeBlobKey" => &["largeBlob"],
            other => return self.asked(other),
        };
        by.iter().any(|identifier| self.asked(identifier))
    }
}
