//! Why a use case was refused or failed.

use std::time::Duration;

use crate::app::NoRandomness;
use crate::crypto::hasher::HashError;
use crate::crypto::jwt::KeyError;
use crate::domain::password::PasswordRefused;
use crate::domain::sign_ups::SignUpRefused;
use crate::domain::user_fields::FieldRefused;
use crate::store::StoreError;

/// Every way in which a use case does not succeed.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// Unknown address, wrong password or disabled account: one error, so that
    /// an answer cannot tell which (CWE-203).
    #[error("Invalid email or password")]
    InvalidCredentials,
    /// The password that was asked for once more is wrong.
    #[error("Invalid password")]
    InvalidPassword,
    /// A link's token is used up, voided, expired or made up.
    #[error("Invalid token")]
    InvalidToken,
    /// The same of a link that verifies an address.
    #[error("Invalid token")]
    InvalidVerifyLink,
    /// A link that verifies an address was opened too late.
    #[error("Token expired")]
    ExpiredVerifyLink,
    /// A link was opened by somebody who is signed in as somebody else.
    #[error("Invalid user")]
    InvalidUser,
    /// The same as [`AuthError::InvalidToken`] of a link that deletes the account.
    #[error("Invalid token")]
    InvalidDeleteLink,
    /// Nobody is signed in where a link that deletes the account is opened.
    #[error("Failed to get user info")]
    NobodySignedIn,
    /// No mail can be sent, so no password can be reset.
    #[error("Reset password isn't enabled")]
    ResetDisabled,
    /// No mail can be sent, so no address can be verified.
    #[error("Verification email isn't enabled")]
    VerificationDisabled,
    /// A link was asked for another address than one's own.
    #[error("Email mismatch")]
    EmailMismatch,
    /// The address is verified.
    #[error("Email is already verified")]
    EmailAlreadyVerified,
    /// The new address is the one that the account has.
    #[error("Email is the same")]
    EmailIsTheSame,
    /// The address must be verified before signing in.
    #[error("Email not verified")]
    EmailNotVerified,
    /// The session is too old for what was asked.
    #[error("Session is not fresh")]
    NotFresh,
    /// The same where the password could be shown instead.
    #[error("Session expired. Re-authenticate to perform this action.")]
    SessionExpired,
    /// The session's user was deleted meanwhile, or the session ended.
    #[error("Unauthorized")]
    UserGone,
    /// The address has an account.
    #[error("User already exists. Use another email.")]
    EmailTaken,
    /// They may not make an account here.
    #[error(transparent)]
    SignUp(#[from] SignUpRefused),
    /// The new password does not pass the policy.
    #[error(transparent)]
    Password(#[from] PasswordRefused),
    /// The operator's own fields do not pass.
    #[error(transparent)]
    Field(#[from] FieldRefused),
    /// Too many tries; there is room again after this long.
    #[error("Too many requests. Please try again later.")]
    RateLimited(Duration),
    /// More passwords to check than this machine can take.
    #[error("The service is busy. Please try again.")]
    Busy,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of ours.
    #[error("{0}")]
    Internal(&'static str),
}

impl From<HashError> for AuthError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Busy,
            HashError::Failed | HashError::Cost => Self::Internal("hashing failed"),
        }
    }
}

impl From<KeyError> for AuthError {
    fn from(_: KeyError) -> Self {
        Self::Internal("a signing key cannot be used")
    }
}

impl From<NoRandomness> for AuthError {
    fn from(_: NoRandomness) -> Self {
        Self::Internal("the system gave no random bytes")
    }
}
