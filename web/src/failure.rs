//! What can go wrong between a person's click and its result.

use passkeep_browser::{ClientError, ClientErrorCode};
use passkeep_protocol::api::{ErrorCode, ProblemDetails};

/// Why something a person asked for did not happen. [`crate::text::explain`] has the words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Failure {
    /// The server answered and refused.
    Refused(Box<ProblemDetails>),
    /// No answer came.
    Unreachable,
    /// An answer came that is not of the contract, for instance from something between here and the server.
    Unreadable,
    /// The browser or the device did not do it.
    Device(ClientErrorCode),
}

impl Failure {
    /// The server's code, when it refused.
    pub(crate) fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused(problem) => Some(problem.code),
            _ => None,
        }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::Device(error.code())
    }
}
