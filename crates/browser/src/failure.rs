//! Why a flow of the client did not come to its end.

use core::fmt;

use passkeep_protocol::api::{ErrorCode, ProblemDetails};

use crate::error::{ClientError, ClientErrorCode};

/// Why a flow of the [`Client`](crate::Client) did not come to its end.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Failure {
    /// The browser, the authenticator or the person did not do it.
    Ceremony(ClientError),
    /// The server answered and refused.
    Refused {
        /// Why.
        problem: Box<ProblemDetails>,
        /// When to try again, in seconds from now, if it said so.
        retry_after: Option<u32>,
    },
    /// No answer came.
    Unreachable,
    /// An answer came that is not of the contract, for instance from something between the page and the server.
    Unreadable,
}

impl Failure {
    /// The server's code, when it refused.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused { problem, .. } => Some(problem.code),
            _ => None,
        }
    }

    /// What the browser's half of the flow ended with.
    #[must_use]
    pub fn ceremony_code(&self) -> Option<ClientErrorCode> {
        match self {
            Self::Ceremony(error) => Some(error.code()),
            _ => None,
        }
    }

    /// What to tell a person, in English, where the page has no words of its own. Empty when there is nothing to say: the
    /// page ended it.
    #[must_use]
    pub fn user_message(&self) -> &str {
        match self {
            Self::Ceremony(error) => error.code().user_message(),
            Self::Refused { problem, .. } => &problem.title,
            Self::Unreachable => {
                "The server cannot be reached. Check your connection and try again."
            }
            Self::Unreadable => "The answer could not be understood. Please try again later.",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ceremony(error) => error.fmt(f),
            Self::Refused { problem, .. } => {
                let ProblemDetails { status, code, .. } = &**problem;
                write!(f, "the server refused with {status} {}", code.as_str())
            }
            Self::Unreachable => f.write_str("no answer came from the server"),
            Self::Unreadable => f.write_str("the answer is not of the server's contract"),
        }
    }
}

impl core::error::Error for Failure {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Ceremony(error) => Some(error),
            _ => None,
        }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::Ceremony(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_has_its_codes_and_words() {
        let problem: ProblemDetails = serde_json::from_value(serde_json::json!({
            "type": "urn:passkeep:problem:user_name_taken", "title": "This user name is taken.", "status": 409,
            "code": "user_name_taken",
        }))
        .expect("it is of the contract");
        let refused = Failure::Refused {
            problem: Box::new(problem),
            retry_after: None,
        };
        assert_eq!(refused.code(), Some(ErrorCode::UserNameTaken));
        assert_eq!(refused.ceremony_code(), None);
        assert_eq!(refused.user_message(), "This user name is taken.");
        assert_eq!(
            refused.to_string(),
            "the server refused with 409 user_name_taken"
        );

        let ended = Failure::from(ClientError::from(crate::error::Reason::Superseded));
        assert_eq!(ended.code(), None);
        assert_eq!(ended.ceremony_code(), Some(ClientErrorCode::Aborted));
        assert_eq!(ended.user_message(), "");
        assert_eq!(ended.to_string(), "the ceremony was ended by the page");
    }
}
