//! Sending, and failing to: what is tried again, what is logged, what is counted.

use std::fmt::Write as _;
use std::sync::Mutex;

use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use super::*;
use crate::config::{Env, Program, load};
use crate::domain::timestamp::Timestamp;

mod https;
mod smtp;
mod stand_in;

const LINK: &str = "http://localhost:7860/api/auth/reset-password/t0-K_en?callbackURL=%2F&x=1";

/// For cases that need not wait as long as people do.
const QUICK: Patience = Patience {
    pauses: [Duration::from_millis(100), Duration::from_millis(50)],
    attempt: Duration::from_millis(500),
    total: Duration::from_secs(10),
};

/// What went into the log since it was made, on this thread.
struct Log {
    lines: Arc<Mutex<Vec<String>>>,
    _guard: DefaultGuard,
}

struct Lines(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Writing to a String cannot fail.
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl Log {
    fn new() -> Self {
        let lines = Arc::default();
        let subscriber = tracing_subscriber::registry().with(Lines(Arc::clone(&lines)));
        Self {
            lines,
            _guard: tracing::subscriber::set_default(subscriber),
        }
    }

    /// Everything of INFO and above.
    fn text(&self) -> String {
        let lines = self.lines.lock().unwrap();
        let loud = lines.iter().filter(|line| {
            ["INFO", "WARN", "ERROR"]
                .iter()
                .any(|level| line.starts_with(level))
        });
        loud.cloned().collect::<Vec<_>>().join("\n")
    }

    /// That a mail failed once, for this reason, after so many attempts, and that
    /// nothing in it is secret.
    fn assert_failed(&self, mailer: &Mailer, reason: &str, attempts: u32) {
        let text = self.text();
        let expected = format!(
            "ERROR event=\"mail_failed\" kind=\"reset-password\" to=\"a***@example.com\" \
             reason=\"{reason}\" attempts={attempts} failed_total=1"
        );
        assert_eq!(text, expected);
        assert_eq!((mailer.state(), mailer.failed()), (MailState::Failing, 1));
    }

    /// That a mail was sent after so many attempts.
    fn assert_sent(&self, mailer: &Mailer, attempts: u32) {
        let expected =
            format!("INFO event=\"mail_sent\" kind=\"reset-password\" attempts={attempts}");
        assert_eq!(self.text(), expected);
        assert_eq!((mailer.state(), mailer.failed()), (MailState::Fine, 0));
    }
}

fn mailer(url: &str) -> Mailer {
    let from = "Käse <no-reply@example.org>";
    let env = Env::from_pairs([
        ("MAIL_URL", url),
        ("MAIL_FROM", from),
        ("SERVICE_NAME", "Example"),
    ]);
    let mut mailer = Mailer::new(&load(Program::Server, &env).unwrap().config, stamp);
    let office = mailer.0.as_mut().and_then(Arc::get_mut).unwrap();
    office.patience = QUICK;
    mailer
}

fn stamp() -> Stamp {
    Stamp {
        at: Timestamp::from_millis(1_764_000_000_000),
        id: [0xAB; 16],
    }
}

fn mail() -> Mail {
    Mail {
        to: "ann@example.com".into(),
        name: "Ann".into(),
        message: Message::ResetPassword { link: LINK.into() },
    }
}

#[test]
fn every_message_has_its_templates() {
    let link = || "http://localhost:7860/x".to_owned();
    let new_email = || "new@example.com".to_owned();
    let messages = [
        Message::VerifyEmail { link: link() },
        Message::ResetPassword { link: link() },
        Message::SignUpAttempt,
        Message::ChangeEmail { link: link() },
        Message::EmailChangeRequested {
            new_email: new_email(),
        },
        Message::EmailChanged {
            new_email: new_email(),
        },
        Message::DeleteUser { link: link() },
        Message::PasswordChanged,
    ];
    let renderer = Renderer::new(&Templates::default()).unwrap();
    let from = Sender {
        name: None,
        address: "a@example.com".into(),
    };
    let kinds: Vec<&str> = messages.iter().map(Message::kind).collect();
    let known: Vec<&str> = crate::templates::KINDS
        .iter()
        .map(|kind| kind.name)
        .collect();
    assert_eq!(kinds, known);
    for message in messages {
        let mail = Mail { message, ..mail() };
        let letter = Letter::write(&mail, stamp(), &renderer, "Example", &from).unwrap();
        let hours = matches!(mail.message, Message::DeleteUser { .. });
        assert_eq!(letter.texts.text.contains("24 hours"), hours);
        let minutes = mail.message.link().is_some() && !hours;
        assert_eq!(letter.texts.text.contains("60 minutes"), minutes);
    }
}

#[tokio::test]
async fn without_a_mail_url_nothing_is_sent_and_nothing_fails() {
    let env = Env::from_pairs([
        ("HOST", "0.0.0.0"),
        ("SECRET_KEY", "Zk3vQp9sT1xWc7LmYb5NdR8hGj2FuA4e"),
        ("FRONTEND_URL", "https://a.example.com"),
    ]);
    let mailer = Mailer::new(&load(Program::Server, &env).unwrap().config, stamp);
    let log = Log::new();
    mailer.send(&mail()).await;
    assert_eq!(
        (mailer.is_on(), mailer.state(), mailer.failed()),
        (false, MailState::Off, 0)
    );
    assert_eq!(log.text(), "");
}

#[tokio::test]
async fn the_log_gets_all_of_a_mail_only_where_it_is_the_way_out() {
    let log = Log::new();
    mailer("log:").send(&mail()).await;
    let text = log.text();
    assert!(
        text.starts_with("INFO event=\"mail\" to=\"ann@example.com\" subject=\"Choose"),
        "{text}"
    );
    assert!(text.contains("t0-K_en"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_gets_one_line_a_mail_and_only_its_owner_reads_it() {
    let path = std::env::temp_dir().join(format!("doorkey-{}-outbox", std::process::id()));
    let _ = std::fs::remove_file(&path);
    // Two of them, as two processes.
    let url = format!("file:{}", path.display());
    let mailers = [mailer(&url), mailer(&url)];
    let sent: Vec<_> = (0..64)
        .map(|number| {
            let mailer = mailers[number % 2].clone();
            tokio::spawn(async move { mailer.send(&mail()).await })
        })
        .collect();
    for one in sent {
        one.await.unwrap();
    }
    let lines = std::fs::read_to_string(&path).unwrap();
    assert_eq!(lines.lines().count(), 64);
    for line in lines.lines() {
        let mail: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(mail["to"], "ann@example.com");
        assert_eq!(mail["subject"], "Choose a new password for Example");
        assert!(
            mail["text"]
                .as_str()
                .unwrap()
                .lines()
                .any(|line| line == LINK)
        );
        assert!(mail["html"].as_str().unwrap().contains("t0-K_en"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    std::fs::remove_file(&path).unwrap();
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_a_failure_and_tells_no_path() {
    let mailer = mailer("file:/nowhere/at/all");
    let log = Log::new();
    mailer.send(&mail()).await;
    log.assert_failed(&mailer, "the file cannot be written: entity not found", 3);
}

#[tokio::test]
async fn sec_d6_a_link_of_another_host_than_public_urls_is_not_sent() {
    for link in [
        "http://evil.example/x",
        "http://localhost:7860.evil.example/",
        "//localhost:7860/",
        "http://localhost:7860@evil.example/",
    ] {
        let mailer = mailer("log:");
        let log = Log::new();
        let message = Message::ResetPassword { link: link.into() };
        mailer.send(&Mail { message, ..mail() }).await;
        log.assert_failed(&mailer, "its link is not one of PUBLIC_URL", 0);
    }
}

#[tokio::test]
async fn the_state_follows_the_last_mail_and_failures_add_up() {
    let mailer = mailer("log:");
    let wrong = || Mail {
        message: Message::ResetPassword { link: "x".into() },
        ..mail()
    };
    mailer.send(&wrong()).await;
    mailer.send(&wrong()).await;
    assert_eq!((mailer.state(), mailer.failed()), (MailState::Failing, 2));
    mailer.send(&mail()).await;
    assert_eq!((mailer.state(), mailer.failed()), (MailState::Fine, 2));
}
