//! Mails to users: what they say, and how they leave.

mod transport;

use std::sync::Arc;

use transport::Transport;

use crate::config::Config;

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

/// Sends mails. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    transport: Option<Arc<Transport>>,
    service: Arc<str>,
}

impl Mailer {
    /// From the settings; nothing is opened or connected yet.
    pub fn new(config: &Config) -> Self {
        Self {
            transport: config
                .mail
                .as_ref()
                .map(|mail| Arc::new(Transport::new(mail))),
            service: config.service_name.as_str().into(),
        }
    }

    /// Whether mails can be sent at all.
    pub fn is_on(&self) -> bool {
        self.transport.is_some()
    }

    /// Sends a mail, or logs that it could not be sent; the caller can do nothing
    /// about that any more.
    pub async fn send(&self, mail: &Mail) {
        let Some(transport) = &self.transport else {
            return;
        };
        if let Err(error) = transport.send(mail, &self.service).await {
            tracing::error!(event = "mail_failed", kind = mail.message.kind(), %error);
        }
    }
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
}
