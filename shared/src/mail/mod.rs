//! Mails to users: what they say, and how they leave.
//!
//! A mail is tried up to three times; what cannot be sent is logged without its
//! link, and counted. Nothing is parsed, opened or connected before the first mail.

mod failure;
mod https;
mod letter;
mod message;
mod outbox;
mod smtp;
mod transport;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep, timeout_at};

pub use message::{Mail, Message, Stamp};

use crate::config::{Config, Sender};
use crate::domain::email::CanonicalEmail;
use crate::templates::{Renderer, Templates};
use failure::Failure;
use letter::Letter;
use transport::Transport;

/// How long sending may take.
struct Patience {
    /// Between attempts, of which there is one more.
    pauses: [Duration; 2],
    /// One attempt.
    attempt: Duration,
    /// All of it.
    total: Duration,
}

/// In all less than gateways wait for a function's answer, which waits for the mail
/// where the platform freezes.
const PATIENCE: Patience = Patience {
    pauses: [Duration::from_millis(500), Duration::from_secs(2)],
    attempt: Duration::from_secs(10),
    total: Duration::from_secs(25),
};

/// How sending goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// There is no `MAIL_URL`.
    Off,
    /// No mail yet, or the last one was sent.
    Fine,
    /// The last mail could not be sent.
    Failing,
}

/// Sends mails. Cheap to clone.
#[derive(Clone)]
pub struct Mailer(Option<Arc<Office>>);

struct Office {
    transport: Transport,
    templates: Templates,
    renderer: OnceCell<Renderer>,
    from: Sender,
    service: String,
    /// What every link begins with.
    own_links: String,
    stamp: fn() -> Stamp,
    patience: Patience,
    failed: AtomicU64,
    is_failing: AtomicBool,
}

impl Mailer {
    /// From the settings, with what gives each mail its stamp; nothing is opened or
    /// connected yet.
    pub fn new(config: &Config, stamp: fn() -> Stamp) -> Self {
        Self(config.mail.as_ref().map(|mail| {
            Arc::new(Office {
                transport: Transport::new(mail),
                templates: config.templates.clone(),
                renderer: OnceCell::new(),
                from: mail.from.clone(),
                service: config.service_name.clone(),
                own_links: format!("{}/", config.public_url.as_str()),
                stamp,
                patience: PATIENCE,
                failed: AtomicU64::new(0),
                is_failing: AtomicBool::new(false),
            })
        }))
    }

    /// Sends none.
    pub fn off() -> Self {
        Self(None)
    }

    /// Whether mails can be sent at all.
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// How it goes in this process.
    pub fn state(&self) -> MailState {
        match &self.0 {
            None => MailState::Off,
            Some(office) if office.is_failing.load(Ordering::Relaxed) => MailState::Failing,
            Some(_) => MailState::Fine,
        }
    }

    /// How many mails could not be sent since the process started.
    pub fn failed(&self) -> u64 {
        let count = |office: &Arc<Office>| office.failed.load(Ordering::Relaxed);
        self.0.as_ref().map_or(0, count)
    }

    /// Sends a mail, or logs that it could not be sent; the caller can do nothing
    /// about that any more. Takes 25 seconds at most.
    pub async fn send(&self, mail: &Mail) {
        if let Some(office) = &self.0 {
            office.send(mail).await;
        }
    }
}

impl Office {
    async fn send(&self, mail: &Mail) {
        let kind = mail.message.kind();
        let (attempts, sent) = match self.write(mail).await {
            Ok(letter) => self.deliver(&letter).await,
            Err(failure) => (0, Err(failure)),
        };
        self.is_failing.store(sent.is_err(), Ordering::Relaxed);
        match sent {
            Ok(()) => tracing::info!(event = "mail_sent", kind, attempts),
            Err(failure) => {
                let failed_total = self.failed.fetch_add(1, Ordering::Relaxed) + 1;
                tracing::error!(
                    event = "mail_failed",
                    kind,
                    to = CanonicalEmail::of(&mail.to).redacted(),
                    reason = failure.reason,
                    attempts,
                    failed_total
                );
            }
        }
    }

    /// Fills in the templates.
    async fn write(&self, mail: &Mail) -> Result<Letter, Failure> {
        if let Some(link) = mail.message.link()
            && !link.starts_with(&self.own_links)
        {
            // Whoever can choose a link's host gets its token (CWE-640).
            return Err(Failure::permanent("its link is not one of PUBLIC_URL"));
        }
        let parse = || async { Renderer::new(&self.templates) };
        let renderer = self.renderer.get_or_try_init(parse).await?;
        Letter::write(mail, (self.stamp)(), renderer, &self.service, &self.from)
    }

    /// Tries until it is sent, cannot be, or takes too long. Returns how often.
    async fn deliver(&self, letter: &Letter) -> (u32, Result<(), Failure>) {
        let end = Instant::now() + self.patience.total;
        let mut attempts = 0;
        let mut pauses = self.patience.pauses.into_iter();
        loop {
            attempts += 1;
            let until = end.min(Instant::now() + self.patience.attempt);
            let sent = match timeout_at(until, self.transport.send(letter)).await {
                Ok(sent) => sent,
                Err(_) => Err(Failure::transient("no answer in time")),
            };
            let Err(failure) = sent else {
                return (attempts, Ok(()));
            };
            match pauses.next() {
                Some(pause) if failure.is_transient && Instant::now() + pause < end => {
                    tracing::debug!(event = "mail_delayed", reason = failure.reason, attempts);
                    sleep(pause).await;
                }
                _ => return (attempts, Err(failure)),
            }
        }
    }
}

#[cfg(test)]
mod tests;
