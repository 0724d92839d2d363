//! Whether a relying party's pages may use passkeys inside another site's page. [L3 §13.5.9]
//!
//! [L3 §13.5.9]: https://www.w3.org/TR/webauthn-3/#sctn-validating-origin

use core::fmt;

use crate::origin::Origin;

/// Which pages may frame the relying party's.
///
/// Framing brings clickjacking with it: a page that is framed should look whether it is visible. [L3 §13.5.2, "Visibility
/// Considerations for Embedded Usage"]
///
/// [L3 §13.5.2, "Visibility Considerations for Embedded Usage"]: https://www.w3.org/TR/webauthn-3/#sctn-seccons-visibility
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Embedding {
    /// None: `crossOrigin` must not be true, and there must be no `topOrigin`.
    #[default]
    Refused,
    /// Those whose top-level page has one of these origins. Clients of Level 2 do not name the top-level page; their
    /// responses are accepted and reported as [`Finding::TopOriginMissing`](crate::finding::Finding::TopOriginMissing).
    InFramesOf(Vec<Origin>),
    /// Any page at all; made by [`danger::any_embedder`].
    Any(danger::AnyEmbedder),
}

impl Embedding {
    pub(crate) fn accepts_frames(&self) -> bool {
        *self != Self::Refused
    }

    pub(crate) fn accepts(&self, top_origin: &str) -> bool {
        match self {
            Self::Refused => false,
            Self::InFramesOf(origins) => origins.iter().any(|it| it.as_str() == top_origin),
            Self::Any(_) => true,
        }
    }
}

impl fmt::Display for Embedding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("none"),
            Self::InFramesOf(origins) => {
                let origins: Vec<_> = origins.iter().map(Origin::as_str).collect();
                f.write_str(&origins.join(", "))
            }
            Self::Any(_) => f.write_str("any"),
        }
    }
}

/// Choices that give protection up.
pub mod danger {
    use super::Embedding;

    /// Proof that [`any_embedder`] was called by name.
    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    pub struct AnyEmbedder(());

    /// Every page of the web may frame the relying party's, for widgets that are meant to be embedded anywhere and defend
    /// themselves against clickjacking.
    #[must_use]
    pub fn any_embedder() -> Embedding {
        Embedding::Any(AnyEmbedder(()))
    }
}
