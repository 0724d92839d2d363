use core::fmt;

/// The store could not do its work. What was asked for has not been acknowledged and may be tried again.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// The engine cannot be reached, is full, or did not answer in time.
    Unavailable(Box<dyn core::error::Error + Send + Sync>),
    /// The engine holds something this version does not understand, or refused what it should not have.
    Inconsistent(Box<dyn core::error::Error + Send + Sync>),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(source) => write!(f, "the store is not available: {source}"),
            Self::Inconsistent(source) => write!(f, "the store is not consistent: {source}"),
        }
    }
}

impl core::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Unavailable(source) | Self::Inconsistent(source) => Some(&**source),
        }
    }
}

macro_rules! refusals {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// The store could not do its work.
            Store(StoreError),
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant => f.write_str($text),)+
                    Self::Store(error) => error.fmt(f),
                }
            }
        }

        impl core::error::Error for $name {
            fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
                match self {
                    Self::Store(error) => error.source(),
                    _ => None,
                }
            }
        }

        impl From<StoreError> for $name {
            fn from(error: StoreError) -> Self {
                Self::Store(error)
            }
        }
    };
}

refusals! {
    /// Why a registration was not recorded.
    FinishRegistrationError {
        /// The ceremony was finished before.
        CeremonySpent = "the ceremony was finished before",
        /// What permitted it has been used, or is not the account's (any more).
        GrantUsed = "what permitted it has been used",
        /// Another account has the user name.
        UserNameTaken = "another account has the user name",
        /// The account the passkey is for does not exist (any more), or has another user handle than the proof names.
        AccountNotFound = "the account does not exist",
        /// The account is locked.
        AccountLocked = "the account is locked",
        /// The session that a restore key is registered for has ended, or is not the account's.
        SessionEnded = "the session has ended",
        /// The credential id is registered, for whichever account.
        CredentialAlreadyRegistered = "the credential id is registered",
        /// The account has as many passkeys as the limit allows.
        TooManyPasskeys = "the account has as many passkeys as it can have",
    }
}

refusals! {
    /// Why an authentication was not recorded.
    FinishAuthenticationError {
        /// The ceremony was finished before.
        CeremonySpent = "the ceremony was finished before",
        /// The credential has been deleted since it was looked up.
        CredentialNotFound = "the credential does not exist",
        /// The account is locked.
        AccountLocked = "the account is locked",
    }
}

refusals! {
    /// Why a passkey was not deleted.
    DeletePasskeyError {
        /// What permitted it has been used, or is good no more: its passkey or its session has gone.
        GrantUsed = "what permitted it has been used",
        /// The account has no such passkey.
        NotFound = "the account has no such passkey",
        /// It is the account's last one.
        Last = "it is the account's last passkey",
    }
}

refusals! {
    /// Why a change to an account was not made.
    ChangeAccountError {
        /// What permitted it has been used, or is good no more: its passkey or its session has gone.
        GrantUsed = "what permitted it has been used",
        /// The account does not exist (any more).
        AccountNotFound = "the account does not exist",
    }
}

refusals! {
    /// Why an account with a password was not created.
    CreatePasswordAccountError {
        /// Another account has the user name.
        UserNameTaken = "another account has the user name",
    }
}

refusals! {
    /// Why a sign-in with a password was not recorded.
    FinishPasswordSignInError {
        /// The account has that password no more.
        PasswordNotFound = "the account does not have this password any more",
        /// The account is locked.
        AccountLocked = "the account is locked",
    }
}

refusals! {
    /// Why a password was not deleted.
    DropPasswordError {
        /// What permitted it has been used, or is good no more: its passkey or its session has gone.
        GrantUsed = "what permitted it has been used",
        /// The account has no password.
        PasswordNotFound = "the account has no password",
        /// The account has no passkey, and would have no way in.
        NoPasskey = "the account has no passkey",
    }
}
