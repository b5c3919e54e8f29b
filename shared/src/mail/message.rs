//! What a mail is about, and to whom it goes.

use std::time::Duration;

use crate::domain::one_time::Purpose;
use crate::domain::timestamp::Timestamp;

/// What a mail is about. Links and addresses in it are secrets of its recipient.
pub enum Message {
    /// A link that proves that somebody reads mail at their address.
    VerifyEmail {
        /// The link.
        link: String,
    },
    /// A link that sets a new password.
    ResetPassword {
        /// The link.
        link: String,
    },
    /// Somebody tried to sign up with the recipient's address.
    SignUpAttempt,
    /// A link that makes this the account's address; to the new address.
    ChangeEmail {
        /// The link.
        link: String,
    },
    /// A change of address was asked for; to the old address.
    EmailChangeRequested {
        /// The new address.
        new_email: String,
    },
    /// The address was changed; to the old address.
    EmailChanged {
        /// The new address.
        new_email: String,
    },
    /// A link that deletes the account.
    DeleteUser {
        /// The link.
        link: String,
    },
    /// The password was changed or reset.
    PasswordChanged,
}

/// A mail to one person.
pub struct Mail {
    /// The recipient's address.
    pub to: String,
    /// What to call them; may be empty.
    pub name: String,
    /// What it says.
    pub message: Message,
}

/// What tells a mail from all others.
#[derive(Clone, Copy)]
pub struct Stamp {
    /// When it was written.
    pub at: Timestamp,
    /// Random bytes.
    pub id: [u8; 16],
}

impl Message {
    /// Its name in templates and in the log.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::VerifyEmail { .. } => "verify-email",
            Self::ResetPassword { .. } => "reset-password",
            Self::SignUpAttempt => "sign-up-attempt",
            Self::ChangeEmail { .. } => "change-email",
            Self::EmailChangeRequested { .. } => "email-change-requested",
            Self::EmailChanged { .. } => "email-changed",
            Self::DeleteUser { .. } => "delete-user",
            Self::PasswordChanged => "password-changed",
        }
    }

    /// Its link, if it has one.
    pub(super) fn link(&self) -> Option<&str> {
        match self {
            Self::VerifyEmail { link }
            | Self::ResetPassword { link }
            | Self::ChangeEmail { link }
            | Self::DeleteUser { link } => Some(link),
            _ => None,
        }
    }

    /// How long its link works; nothing without one.
    pub(super) fn valid(&self) -> Duration {
        let purpose = match self {
            Self::VerifyEmail { .. } => Purpose::VerifyEmail,
            Self::ResetPassword { .. } => Purpose::ResetPassword,
            Self::ChangeEmail { .. } => Purpose::ChangeEmail,
            Self::DeleteUser { .. } => Purpose::DeleteUser,
            _ => return Duration::ZERO,
        };
        purpose.lifetime()
    }

    /// The account's new address, if it is about that.
    pub(super) fn new_email(&self) -> Option<&str> {
        match self {
            Self::EmailChangeRequested { new_email } | Self::EmailChanged { new_email } => {
                Some(new_email)
            }
            _ => None,
        }
    }
}
