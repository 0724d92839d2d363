//! A list of origins, and what a received one is compared with.

use super::danger::AnySubdomain;
use super::{Origin, difference};

/// The origins that are accepted.
///
/// ```
/// use passkeep_verify::origin::{AcceptedOrigins, Origin};
///
/// let accepted = AcceptedOrigins::from(vec![Origin::parse("https://example.org").unwrap()]);
/// assert!(accepted.accepts("https://example.org"));
/// assert!(!accepted.accepts("https://www.example.org"));
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AcceptedOrigins {
    exact: Vec<Origin>,
    subdomains: Vec<AnySubdomain>,
}

impl AcceptedOrigins {
    /// The origins of the list.
    #[must_use]
    pub fn exact(&self) -> &[Origin] {
        &self.exact
    }

    /// The domains of which every subdomain is accepted.
    #[must_use]
    pub fn subdomains(&self) -> &[AnySubdomain] {
        &self.subdomains
    }

    /// Accepts every subdomain of a domain as well. See [`danger`](super::danger) first.
    #[must_use]
    pub fn with_danger(mut self, subdomains: AnySubdomain) -> Self {
        self.subdomains.push(subdomains);
        self
    }

    /// Whether an origin, as the client data has it, is accepted.
    #[must_use]
    pub fn accepts(&self, received: &str) -> bool {
        let exact = self.exact.iter().any(|origin| origin.as_str() == received);
        exact || self.subdomains.iter().any(|it| it.accepts(received))
    }

    /// How an origin differs from the accepted one that it is nearest to, for a developer.
    #[must_use]
    pub fn difference(&self, received: &str) -> Option<&'static str> {
        difference(received, &self.exact)
    }
}

impl From<Vec<Origin>> for AcceptedOrigins {
    fn from(exact: Vec<Origin>) -> Self {
        Self {
            exact,
            subdomains: Vec::new(),
        }
    }
}
