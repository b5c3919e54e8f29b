//! The ways by which mails leave.

use std::path::PathBuf;

use super::failure::Failure;
use super::https::Https;
use super::letter::Letter;
use super::outbox;
use super::smtp::Smtp;
use crate::config::{MailSettings, MailTo};

/// One of them.
pub(super) enum Transport {
    Log,
    File(PathBuf),
    Smtp(Box<Smtp>),
    Https(Box<Https>),
}

impl Transport {
    /// As the settings say. Nothing is opened or connected.
    pub(super) fn new(settings: &MailSettings) -> Self {
        match &settings.to {
            MailTo::Log => Self::Log,
            MailTo::File(path) => Self::File(path.clone()),
            MailTo::Smtp(server) => {
                Self::Smtp(Box::new(Smtp::new(server.clone(), &settings.from.address)))
            }
            MailTo::Https(service) => Self::Https(Box::new(Https::new(service.clone()))),
        }
    }

    /// One attempt.
    pub(super) async fn send(&self, letter: &Letter) -> Result<(), Failure> {
        match self {
            Self::Log => outbox::log(letter),
            Self::File(path) => outbox::append(path, letter)?,
            Self::Smtp(smtp) => smtp.send(letter).await?,
            Self::Https(https) => https.send(letter).await?,
        }
        Ok(())
    }
}
