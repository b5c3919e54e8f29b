//! Where mails go.

use std::io::Write as _;

use super::{Mail, Message};
use crate::config::{MailSettings, MailTo};

pub(super) struct Transport(MailSettings);

impl Transport {
    pub(super) fn new(settings: &MailSettings) -> Self {
        Self(settings.clone())
    }

    pub(super) async fn send(&self, mail: &Mail, service: &str) -> std::io::Result<()> {
        let link = match &mail.message {
            Message::VerifyEmail { link }
            | Message::ResetPassword { link }
            | Message::ChangeEmail { link }
            | Message::DeleteUser { link } => link.as_str(),
            _ => "",
        };
        let subject = format!("{service}: {}", mail.message.kind());
        let line =
            serde_json::json!({"to": mail.to, "subject": subject, "text": link, "html": link});
        match &self.0.to {
            MailTo::Log => tracing::info!(event = "mail", %line),
            MailTo::File(path) => {
                let mut file = std::fs::OpenOptions::new()
                    .create(true)
                    .append(true)
                    .open(path)?;
                writeln!(file, "{line}")?;
            }
        }
        Ok(())
    }
}
