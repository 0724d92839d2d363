//! The exports for JavaScript. What they hand out are plain objects, also where something is wrong: nothing is thrown.

/// Gives nothing back. The code that would free what the inspector makes is a twentieth of it, so `inspect.js` goes on with a new
/// instance instead once one has taken much.
#[cfg(all(target_arch = "wasm32", not(feature = "js-algorithms")))]
#[global_allocator]
static MEMORY: mini_alloc::MiniAlloc = mini_alloc::MiniAlloc::INIT;

#[cfg(all(target_arch = "wasm32", feature = "js-algorithms"))]
#[global_allocator]
static MEMORY: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

#[cfg(feature = "js-algorithms")]
pub use self::algorithms::answer;
#[cfg(feature = "js-inspect")]
pub use self::inspecting::{Verification, decode};

#[cfg(feature = "js-inspect")]
mod inspecting {
    use js_sys::{Object, Reflect, Uint8Array};
    use passkeep_verify::Timestamp;
    use passkeep_verify::algorithm::delegated::{Question, with_answers};
    use serde::Serialize;
    use serde_wasm_bindgen::Serializer;
    use wasm_bindgen::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;

    use super::names;
    use crate::verify::{self, Report};
    use crate::{Inspection, decode as inspect};

    /// Decodes a response, or one of the structures in it.
    #[wasm_bindgen]
    #[must_use]
    pub fn decode(input: &JsValue) -> JsValue {
        let inspection = match text_of(input) {
            Ok(input) => inspect(&input),
            Err(problem) => Inspection::unusable(problem),
        };
        to_js(&inspection)
    }

    /// The judging of a ceremony, whose signatures whoever calls has verified, one after the other.
    #[wasm_bindgen]
    #[derive(Debug)]
    pub struct Verification {
        document: Result<String, String>,
        now: Option<Timestamp>,
        answers: Vec<(Question, bool)>,
        open: Option<Question>,
    }

    #[wasm_bindgen]
    impl Verification {
        /// Of the ceremony that a document describes, at `now` in milliseconds unless it says another time.
        #[wasm_bindgen(constructor)]
        #[must_use]
        pub fn new(document: &JsValue, now: f64) -> Self {
            Self {
                document: text_of(document),
                now: timestamp(now),
                answers: Vec::new(),
                open: None,
            }
        }

        /// Whether the ceremony has more of an attestation than that there is none. What judges those has to be loaded before the
        /// first [`verdict`](Self::verdict).
        #[must_use]
        pub fn needs_attestation(&self) -> bool {
            let document = self.document.as_deref();
            document.is_ok_and(verify::needs_attestation)
        }

        /// The verdict; `undefined` while there is a question.
        #[must_use]
        pub fn verdict(&mut self) -> JsValue {
            let report = match &self.document {
                Ok(document) => with_answers(&self.answers, |provider| {
                    verify::verify(document, self.now, provider)
                }),
                Err(problem) => Ok(Report::unusable(problem.clone())),
            };
            match report {
                Ok(report) => to_js(&report),
                Err(question) => {
                    self.open = Some(question);
                    JsValue::UNDEFINED
                }
            }
        }

        /// What has to be found out: whether the `signature` is the key's over the `message`; without them, whether the key is one
        /// of the scheme. `name`, `curve` and `hash` are WebCrypto's, and `fixed` is the signature as it wants it.
        #[must_use]
        pub fn question(&self) -> JsValue {
            let Some(question) = &self.open else {
                return JsValue::UNDEFINED;
            };
            let object = Object::new();
            let set = |name: &str, value: &JsValue| {
                // Fails on frozen objects only.
                let _ = Reflect::set(&object, &name.into(), value);
            };
            let bytes = |name: &str, bytes: &[u8]| set(name, &Uint8Array::from(bytes).into());
            let (name, curve, hash) = names(question.scheme);
            set("name", &name.into());
            set("curve", &curve.into());
            set("hash", &hash.into());
            bytes("key", &question.key);
            bytes("exponent", &question.exponent);
            if let Some(signed) = &question.signed {
                bytes("message", &signed.message);
                bytes("signature", &signed.signature);
                bytes(
                    "fixed",
                    &question.signature_in_fixed_length().unwrap_or_default(),
                );
            }
            object.into()
        }

        /// Answers it. What follows is in the next [`verdict`](Self::verdict).
        pub fn answer(&mut self, yes: bool) {
            self.answers
                .extend(self.open.take().map(|open| (open, yes)));
        }
    }

    /// `None` for what is no time after 1970.
    fn timestamp(milliseconds: f64) -> Option<Timestamp> {
        // The largest number of milliseconds that a `Date` can have.
        let valid = (0.0..=8.64e15).contains(&milliseconds);
        valid.then_some(Timestamp(milliseconds as u64))
    }

    /// A text, or the JSON of anything else.
    fn text_of(value: &JsValue) -> Result<String, String> {
        if let Some(text) = value.as_string() {
            return Ok(text);
        }
        let text = js_sys::JSON::stringify(value);
        let text = text.ok().and_then(|text| JsValue::from(text).as_string());
        text.ok_or_else(|| {
            "it is neither text nor something that can be written as JSON".to_owned()
        })
    }

    fn to_js(value: &impl Serialize) -> JsValue {
        // Nothing that is handed out can fail to be written: names are text, and numbers are safe integers.
        value
            .serialize(&Serializer::json_compatible())
            .unwrap_or_else(JsValue::from)
    }
}

#[cfg(feature = "js-algorithms")]
mod algorithms {
    use js_sys::{Reflect, Uint8Array};
    use passkeep_verify::algorithm::PORTABLE;
    use passkeep_verify::algorithm::delegated::{Question, Signed};
    use wasm_bindgen::JsCast as _;
    use wasm_bindgen::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;

    use super::names;

    /// Answers a question of a [`Verification`](super::Verification), whichever its scheme; no to what is none.
    #[wasm_bindgen]
    #[must_use]
    pub fn answer(question: &JsValue) -> bool {
        read(question).is_some_and(|question| question.answer(PORTABLE))
    }

    fn read(question: &JsValue) -> Option<Question> {
        let get = |name: &str| Reflect::get(question, &name.into()).ok();
        let text = |name| get(name).and_then(|value| value.as_string());
        let bytes = |name| Some(get(name)?.dyn_ref::<Uint8Array>()?.to_vec());
        let (name, curve, hash) = (text("name")?, text("curve"), text("hash"));
        let schemes = PORTABLE
            .algorithms
            .iter()
            .map(|algorithm| algorithm.scheme());
        let scheme = schemes
            .into_iter()
            .find(|scheme| names(*scheme) == (name.as_str(), curve.as_deref(), hash.as_deref()))?;
        let signed = bytes("message").zip(bytes("signature"));
        Some(Question {
            scheme,
            key: bytes("key")?,
            exponent: bytes("exponent")?,
            signed: signed.map(|(message, signature)| Signed { message, signature }),
        })
    }
}

/// A scheme as WebCrypto names it: the algorithm, its curve and its hash.
fn names(
    scheme: passkeep_verify::algorithm::SignatureScheme,
) -> (&'static str, Option<&'static str>, Option<&'static str>) {
    use passkeep_verify::algorithm::{Curve, Hash, SignatureScheme as Scheme};

    let digest = |hash| {
        Some(match hash {
            Hash::Sha1 => "SHA-1",
            Hash::Sha256 => "SHA-256",
            Hash::Sha384 => "SHA-384",
            Hash::Sha512 => "SHA-512",
        })
    };
    match scheme {
        Scheme::Ecdsa { curve, hash } => {
            let curve = match curve {
                Curve::P256 => "P-256",
                Curve::P384 => "P-384",
                Curve::P521 => "P-521",
                Curve::Secp256k1 => "secp256k1",
            };
            ("ECDSA", Some(curve), digest(hash))
        }
        Scheme::RsaPkcs1(hash) => ("RSASSA-PKCS1-v1_5", None, digest(hash)),
        Scheme::RsaPss(hash) => ("RSA-PSS", None, digest(hash)),
        Scheme::Ed25519 => ("Ed25519", None, None),
        Scheme::Ed448 => ("Ed448", None, None),
        Scheme::MlDsa44 => ("ML-DSA-44", None, None),
        Scheme::MlDsa65 => ("ML-DSA-65", None, None),
        Scheme::MlDsa87 => ("ML-DSA-87", None, None),
        _ => ("", None, None),
    }
}
