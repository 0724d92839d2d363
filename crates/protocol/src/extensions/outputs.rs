//! What clients answer. Source: L3 §5.7.2, "AuthenticationExtensionsClientOutputsJSON".

use core::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::prf::AuthenticationExtensionsPrfOutputsJson;
use crate::bytes::Bytes;
use crate::json_object::{Text, once};

/// Client extension outputs, of either ceremony. None of it is signed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationExtensionsClientOutputsJson {
    /// Create: properties of the new credential. Source: L3 §10.1.3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cred_props: Option<CredentialPropertiesOutput>,
    /// Both: secrets for the page. Source: L3 §10.1.4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prf: Option<AuthenticationExtensionsPrfOutputsJson>,
    /// Both: the blob that the authenticator keeps. Source: L3 §10.1.5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub large_blob: Option<AuthenticationExtensionsLargeBlobOutputsJson>,
    /// Create: whether the bytes were kept with the credential. Source: CTAP 2.2 §12.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cred_blob: Option<bool>,
    /// Get: those bytes. Source: CTAP 2.2 §12.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub get_cred_blob: Option<Bytes>,
    /// Create: whether a secret of the older kind was made. Source: CTAP 2.2 §12.7, "hmac-secret".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hmac_create_secret: Option<bool>,
    /// Get: whether the AppID was used, and so whether the hash in the authenticator data is the AppID's.
    /// Source: L3 §10.1.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appid: Option<bool>,
    /// Create: whether the exclude list was taken for the AppID too. Source: L3 §10.1.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appid_exclude: Option<bool>,
    /// Extensions that are not known here, as they came.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Properties of a new credential.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CredentialPropertiesOutput {
    /// Whether it is discoverable; absent when the client does not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rk: Option<bool>,
    /// Properties that are not known here, as they came.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What came of the large blob.
#[derive(Clone, Debug, Default, serde::Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthenticationExtensionsLargeBlobOutputsJson {
    /// Create: whether the authenticator can keep one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supported: Option<bool>,
    /// Get: the blob; absent when it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<Bytes>,
    /// Get: whether it was replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<bool>,
}

impl AuthenticationExtensionsClientOutputsJson {
    /// The names of what is answered, as in JSON.
    #[must_use]
    pub fn identifiers(&self) -> Vec<&str> {
        let known = [
            ("credProps", self.cred_props.is_some()),
            ("prf", self.prf.is_some()),
            ("largeBlob", self.large_blob.is_some()),
            ("credBlob", self.cred_blob.is_some()),
            ("getCredBlob", self.get_cred_blob.is_some()),
            ("hmacCreateSecret", self.hmac_create_secret.is_some()),
            ("appid", self.appid.is_some()),
            ("appidExclude", self.appid_exclude.is_some()),
        ];
        let known = known.into_iter().filter(|(_, is_answered)| *is_answered);
        let known = known.map(|(name, _)| name);
        known.chain(self.other.keys().map(String::as_str)).collect()
    }

    /// Whether there are secrets of the page in it: the results of `prf`, or of its native forebear `hmacGetSecret`.
    #[must_use]
    pub fn has_secrets(&self) -> bool {
        let prf = self.prf.as_ref().and_then(|prf| prf.results.as_ref());
        prf.is_some() || self.other.contains_key("hmacGetSecret")
    }

    /// What a server may see of it: all but the secrets of the page. `prf.enabled` stays.
    ///
    /// ```
    /// use passkeep_protocol::extensions::AuthenticationExtensionsClientOutputsJson;
    ///
    /// let json = r#"{"prf":{"enabled":true,"results":{"first":"AQ"}}}"#;
    /// let outputs: AuthenticationExtensionsClientOutputsJson = serde_json::from_str(json).unwrap();
    /// let outputs = serde_json::to_string(&outputs.for_server()).unwrap();
    /// assert_eq!(outputs, r#"{"prf":{"enabled":true}}"#);
    /// ```
    #[must_use]
    pub fn for_server(mut self) -> Self {
        if let Some(prf) = &mut self.prf {
            prf.results = None;
        }
        self.other.remove("hmacGetSecret");
        self
    }
}

// By hand: the derived readers of structs that keep unknown members first copy those into a form of their own, and with the code for
// it they are several times as large.

impl<'de> Deserialize<'de> for AuthenticationExtensionsClientOutputsJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Outputs;

        impl<'de> Visitor<'de> for Outputs {
            type Value = AuthenticationExtensionsClientOutputsJson;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("struct AuthenticationExtensionsClientOutputsJson")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let (mut cred_props, mut prf, mut large_blob, mut cred_blob) = Default::default();
                let (mut get_cred_blob, mut hmac_create_secret) = Default::default();
                let (mut appid, mut appid_exclude) = Default::default();
                let mut other = Map::new();
                while let Some(Text(name)) = map.next_key()? {
                    let map = &mut map;
                    match &*name {
                        "credProps" => once("credProps", &mut cred_props, map)?,
                        "prf" => once("prf", &mut prf, map)?,
                        "largeBlob" => once("largeBlob", &mut large_blob, map)?,
                        "credBlob" => once("credBlob", &mut cred_blob, map)?,
                        "getCredBlob" => once("getCredBlob", &mut get_cred_blob, map)?,
                        "hmacCreateSecret" => {
                            once("hmacCreateSecret", &mut hmac_create_secret, map)?;
                        }
                        "appid" => once("appid", &mut appid, map)?,
                        "appidExclude" => once("appidExclude", &mut appid_exclude, map)?,
                        _ => drop(other.insert(name.into_owned(), map.next_value()?)),
                    }
                }
                Ok(Self::Value {
                    cred_props: cred_props.flatten(),
                    prf: prf.flatten(),
                    large_blob: large_blob.flatten(),
                    cred_blob: cred_blob.flatten(),
                    get_cred_blob: get_cred_blob.flatten(),
                    hmac_create_secret: hmac_create_secret.flatten(),
                    appid: appid.flatten(),
                    appid_exclude: appid_exclude.flatten(),
                    other,
                })
            }
        }

        deserializer.deserialize_map(Outputs)
    }
}

impl<'de> Deserialize<'de> for CredentialPropertiesOutput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Properties;

        impl<'de> Visitor<'de> for Properties {
            type Value = CredentialPropertiesOutput;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("struct CredentialPropertiesOutput")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut rk = None;
                let mut other = Map::new();
                while let Some(Text(name)) = map.next_key()? {
                    match &*name {
                        "rk" => once("rk", &mut rk, &mut map)?,
                        _ => drop(other.insert(name.into_owned(), map.next_value()?)),
                    }
                }
                let rk = rk.flatten();
                Ok(Self::Value { rk, other })
            }
        }

        deserializer.deserialize_map(Properties)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_extension_survives_a_round_trip() {
        let full = json!({
            "credProps": {"rk": true, "authenticatorDisplayName": "Key"},
            "prf": {"enabled": true, "results": {"first": "AQ", "second": "Ag"}},
            "largeBlob": {"supported": true, "blob": "-_8", "written": false},
            "credBlob": true,
            "getCredBlob": "-_8",
            "hmacCreateSecret": true,
            "appid": false,
            "appidExclude": true,
            "uvm": [[2, 4, 2]],
        });
        let parsed: AuthenticationExtensionsClientOutputsJson =
            serde_json::from_value(full.clone()).unwrap();
        assert_eq!(parsed.identifiers().len(), 9);
        assert_eq!(parsed.get_cred_blob, Some(Bytes::from([0xfb, 0xff])));
        assert_eq!(serde_json::to_value(&parsed).unwrap(), full);
    }

    #[test]
    fn secrets_are_taken_out_and_never_shown() {
        let json = json!({
            "prf": {"enabled": true, "results": {"first": "c2VjcmV0"}},
            "hmacGetSecret": {"output1": "c2VjcmV0"},
        });
        let parsed: AuthenticationExtensionsClientOutputsJson =
            serde_json::from_value(json).unwrap();
        assert!(parsed.has_secrets());
        assert!(!format!("{:?}", parsed.prf).contains("c2Vj"));
        let parsed = parsed.for_server();
        assert!(!parsed.has_secrets());
        assert_eq!(
            serde_json::to_value(&parsed).unwrap(),
            json!({"prf": {"enabled": true}})
        );
    }

    #[test]
    fn a_known_member_comes_once_and_of_others_the_last_counts() {
        let read = serde_json::from_str::<AuthenticationExtensionsClientOutputsJson>;
        let twice = read(r#"{"credProps":{},"uvm":1,"credProps":null}"#).unwrap_err();
        let message = "duplicate field `credProps` at line 1 column 35";
        assert_eq!(twice.to_string(), message);
        let twice = read(r#"{"credProps":{"rk":true,"rk":true}}"#).unwrap_err();
        assert_eq!(
            twice.to_string(),
            "duplicate field `rk` at line 1 column 28"
        );

        let other = read(r#"{"uvm":1,"appid":null,"uvm":2.5}"#).unwrap().other;
        assert_eq!(Value::Object(other), json!({"uvm": 2.5}));
        let number = read("7").unwrap_err().to_string();
        let message = "invalid type: integer `7`, expected struct AuthenticationExtensionsClientOutputsJson at line 1 column 1";
        assert_eq!(number, message);
    }

    #[test]
    fn another_type_is_refused() {
        for json in [
            json!({"credProps": true}),
            json!({"prf": {"enabled": 1}}),
            json!({"appid": "yes"}),
            json!({"getCredBlob": true}),
            json!({"largeBlob": {"blob": "+/8="}}),
        ] {
            let parsed: Result<AuthenticationExtensionsClientOutputsJson, _> =
                serde_json::from_value(json.clone());
            assert_eq!(
                parsed.unwrap_err().classify(),
                serde_json::error::Category::Data,
                "{json}"
            );
        }
    }
}
