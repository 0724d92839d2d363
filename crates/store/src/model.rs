//! What goes in and comes out.

mod account;

mod credential;

mod session;

mod finish;

mod password;

mod audit;

mod housekeeping;

pub use account::{Account, AccountId, AccountSummary, AccountTarget, RecoveryCodes};
pub use audit::{AuditEvent, AuditKind};
pub use credential::{
    AppInstall, AuthenticationCandidate, CredentialKind, Credentials, NewCredential, Passkey,
    RestoreKey,
};
pub use finish::{Authenticated, Confirmation, FinishAuthentication, FinishRegistration, Grant};
pub use housekeeping::{ConnectionsInUse, Purge, PurgeReport, SealingKey};
pub use password::{
    FinishPasswordSignIn, NewPasswordAccount, PasswordCandidate, PasswordHash, PasswordUse,
};
pub use session::{
    NewSession, OpenSession, Revoked, SessionId, SessionLifetimes, SessionMethod, SessionSummary,
    TokenHash,
};
