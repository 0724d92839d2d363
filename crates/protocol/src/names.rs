//! The specification's enumerations. They travel as strings, and a value this crate does not know is kept as it
//! came: clients and servers must tolerate what a later level adds (L3 §2.1.1, "Enumerations as DOMString types").

use core::fmt;

#[cfg(feature = "serde")]
use crate::json_object::Text;

macro_rules! string_enum {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A value this crate does not know, kept verbatim.
            Unknown(Box<str>),
        }

        impl $name {
            /// The wire form.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Unknown(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)+
                    _ => Self::Unknown(text.into()),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let Text(text) = serde::Deserialize::deserialize(deserializer)?;
                Ok(Self::from(&*text))
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                crate::openapi::open_enumeration(concat!($($doc),+), &[$($text),+])
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

string_enum! {
    /// How an authenticator is attached to the client. Source: L3 §5.4.5.
    AuthenticatorAttachment {
        /// Part of the client device.
        Platform = "platform",
        /// Removable or another device.
        CrossPlatform = "cross-platform",
    }
}

string_enum! {
    /// How a client may talk to an authenticator. Source: L3 §5.8.4.
    AuthenticatorTransport {
        /// Bluetooth Low Energy.
        Ble = "ble",
        /// Another device, through a QR code.
        Hybrid = "hybrid",
        /// Part of the client device.
        Internal = "internal",
        /// Near-field communication.
        Nfc = "nfc",
        /// A smart card with contacts.
        SmartCard = "smart-card",
        /// USB.
        Usb = "usb",
    }
}

string_enum! {
    /// Whether the Relying Party wants an attestation statement. Source: L3 §5.4.7.
    AttestationConveyancePreference {
        /// No statement.
        None = "none",
        /// A statement, which the client may anonymise.
        Indirect = "indirect",
        /// The statement as the authenticator made it.
        Direct = "direct",
        /// A statement that may identify the device; for managed devices.
        Enterprise = "enterprise",
    }
}

string_enum! {
    /// Which kind of authenticator the Relying Party expects a person to use. Source: L3 §5.8.8.
    PublicKeyCredentialHint {
        /// A security key.
        SecurityKey = "security-key",
        /// This device.
        ClientDevice = "client-device",
        /// Another device, usually a phone.
        Hybrid = "hybrid",
    }
}

string_enum! {
    /// The kind of credential. Source: L3 §5.8.2.
    PublicKeyCredentialType {
        /// The only kind there is.
        PublicKey = "public-key",
    }
}

string_enum! {
    /// Whether a credential must be discoverable. Source: L3 §5.4.6.
    ResidentKeyRequirement {
        /// A server-side credential is preferred.
        Discouraged = "discouraged",
        /// A discoverable credential is preferred.
        Preferred = "preferred",
        /// Only a discoverable credential will do.
        Required = "required",
    }
}

string_enum! {
    /// Whether the authenticator must verify the user. Source: L3 §5.8.6.
    UserVerificationRequirement {
        /// It should not.
        Discouraged = "discouraged",
        /// If it can.
        Preferred = "preferred",
        /// It must.
        Required = "required",
    }
}

string_enum! {
    /// What it takes to use or find a credential. Source: CTAP 2.2 §12.1, "credProtect".
    CredentialProtectionPolicy {
        /// Level 1: nothing.
        UserVerificationOptional = "userVerificationOptional",
        /// Level 2: without user verification it can be used by who knows its id, and not be found.
        UserVerificationOptionalWithCredentialIdList = "userVerificationOptionalWithCredentialIDList",
        /// Level 3: user verification.
        UserVerificationRequired = "userVerificationRequired",
    }
}

impl CredentialProtectionPolicy {
    /// The level, as authenticators know it; `None` for a policy that is not known here.
    #[must_use]
    pub fn level(&self) -> Option<u8> {
        match self {
            Self::UserVerificationOptional => Some(1),
            Self::UserVerificationOptionalWithCredentialIdList => Some(2),
            Self::UserVerificationRequired => Some(3),
            Self::Unknown(_) => None,
        }
    }
}

string_enum! {
    /// Whether an authenticator must be able to keep a large blob. Source: L3 §10.1.5.
    LargeBlobSupport {
        /// It must.
        Required = "required",
        /// If it can.
        Preferred = "preferred",
    }
}

#[cfg(feature = "serde")]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_values_are_kept_verbatim() {
        let parsed: AuthenticatorTransport = serde_json::from_str("\"carrier-pigeon\"").unwrap();
        assert_eq!(
            parsed,
            AuthenticatorTransport::Unknown("carrier-pigeon".into())
        );
        assert_eq!(
            serde_json::to_string(&parsed).unwrap(),
            "\"carrier-pigeon\""
        );
    }

    #[test]
    fn escaped_text_is_the_same_value() {
        let parsed: AuthenticatorTransport = serde_json::from_str("\"\\u0075sb\"").unwrap();
        assert_eq!(parsed, AuthenticatorTransport::Usb);
    }
}
