//! Mails to a real mail server, with TLS and a password: `scripts/smtp-sink`. What
//! needs no TLS is tested beside the code.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use doorkey::config::{Env, Program, load};
use doorkey::domain::timestamp::Timestamp;
use doorkey::mail::{Mail, MailState, Mailer, Message, Stamp};
use serde_json::Value;

use crate::support::server;

const LINK: &str = "https://auth.example.com/api/auth/verify-email?token=t0-K_en&callbackURL=%2F";

/// The mail server.
struct Sink {
    /// How it is reached by TLS from the first byte, and by STARTTLS.
    urls: [String; 2],
    mails: PathBuf,
}

impl Sink {
    /// The one that `DOORKEY_TEST_SMTP` names. Without one the case is skipped,
    /// which `DOORKEY_REQUIRE_SMTP` forbids.
    fn find() -> Option<Self> {
        let url = server("SMTP")?;
        let (_, ca) = url.split_once("?ca=").unwrap();
        let mails = PathBuf::from(ca).with_file_name("mails");
        let urls = [url, server("SMTP_STARTTLS")?];
        Some(Self { urls, mails })
    }

    /// Every mail to this address.
    fn mails_to(&self, to: &str) -> Vec<Value> {
        let files = std::fs::read_dir(&self.mails)
            .unwrap()
            .map(|file| file.unwrap().path());
        let read = |path: PathBuf| std::fs::read_to_string(path).unwrap();
        let mails = files
            .filter(|path| path.extension().is_some_and(|ext| ext == "json"))
            .map(|path| serde_json::from_str(&read(path)).unwrap());
        mails.filter(|mail: &Value| mail["to"][0] == to).collect()
    }
}

/// An address that nobody else writes to.
fn address(local: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::SeqCst);
    format!("{local}@case-{}-{count}.example.com", std::process::id())
}

fn mailer(url: &str) -> Mailer {
    let env = Env::from_pairs([
        ("MAIL_URL", url),
        ("MAIL_FROM", "Doorkey & Söhne, Ltd. <no-reply@example.org>"),
        ("PUBLIC_URL", "https://auth.example.com"),
        ("SERVICE_NAME", "Exämple"),
    ]);
    Mailer::new(&load(Program::Server, &env).unwrap().config, stamp)
}

fn stamp() -> Stamp {
    Stamp {
        at: Timestamp::from_millis(1_764_000_000_000),
        id: [7; 16],
    }
}

async fn send(mailer: &Mailer, to: &str, name: &str) {
    let mail = Mail {
        to: to.into(),
        name: name.into(),
        message: Message::VerifyEmail { link: LINK.into() },
    };
    mailer.send(&mail).await;
}

#[tokio::test]
async fn a_mail_arrives_by_tls_and_by_starttls_with_a_password() {
    let Some(sink) = Sink::find() else { return };
    for url in &sink.urls {
        let to = address("ann");
        let mailer = mailer(url);
        send(&mailer, &to, "Änn <b>").await;
        assert_eq!(
            (mailer.state(), mailer.failed()),
            (MailState::Fine, 0),
            "{url}"
        );
        let mails = sink.mails_to(&to);
        let [mail] = &mails[..] else {
            panic!("{mails:?}")
        };
        assert_eq!(mail["tls"], "TLSv1.3");
        assert_eq!(mail["user"], "doorkey");
        assert_eq!(mail["from"], "no-reply@example.org");
        let headers = &mail["headers"];
        assert_eq!(
            headers["from"],
            "\"Doorkey & Söhne, Ltd.\" <no-reply@example.org>"
        );
        assert_eq!(headers["to"], to);
        assert_eq!(
            headers["subject"],
            "Confirm your e-mail address for Exämple"
        );
        assert_eq!(headers["date"], "Mon, 24 Nov 2025 16:00:00 +0000");
        assert_eq!(
            headers["message-id"],
            format!("<{}@example.org>", "07".repeat(16))
        );
        assert_eq!(headers["auto-submitted"], "auto-generated");
        let (text, html) = (
            mail["text"].as_str().unwrap(),
            mail["html"].as_str().unwrap(),
        );
        assert!(text.starts_with("Hello Änn <b>,\n"), "{text}");
        assert!(text.lines().any(|line| line == LINK), "{text}");
        assert!(html.contains("Hello Änn &lt;b&gt;,"), "{html}");
        assert!(html.contains(&LINK.replace('&', "&amp;")), "{html}");
    }
}

#[tokio::test]
async fn sec_f5_a_mail_server_that_cannot_prove_itself_gets_no_mail_and_no_password() {
    let Some(sink) = Sink::find() else { return };
    for url in &sink.urls {
        let to = address("ann");
        let (untrusted, ca) = url.split_once("?ca=").unwrap();
        // Without the authority, and under a name that the certificate has not.
        let other_name = format!(
            "{}?ca={ca}",
            untrusted.replace("@localhost:", "@x.localhost:")
        );
        for url in [untrusted, &other_name] {
            let mailer = mailer(url);
            send(&mailer, &to, "Ann").await;
            assert_eq!(mailer.failed(), 1, "{url}");
        }
        assert_eq!(sink.mails_to(&to).len(), 0);
    }
}

#[tokio::test]
async fn a_wrong_password_is_a_failure() {
    let Some(sink) = Sink::find() else { return };
    for url in &sink.urls {
        let to = address("ann");
        let (before, after) = url.split_once("doorkey:").unwrap();
        let mailer = mailer(&format!("{before}doorkey:wrong-{after}"));
        send(&mailer, &to, "Ann").await;
        assert_eq!(mailer.failed(), 1, "{url}");
        assert_eq!(sink.mails_to(&to).len(), 0);
    }
}

#[tokio::test]
async fn a_mail_that_is_put_off_arrives_and_one_that_is_refused_does_not() {
    let Some(sink) = Sink::find() else { return };
    for (local, arrived) in [("busy", 1), ("refused", 0)] {
        let to = address(local);
        let mailer = mailer(&sink.urls[0]);
        send(&mailer, &to, "Ann").await;
        assert_eq!(sink.mails_to(&to).len(), arrived);
        assert_eq!(mailer.failed(), 1 - arrived as u64);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_mails_at_once_each_reach_their_own_recipient() {
    let Some(sink) = Sink::find() else { return };
    let mailer = mailer(&sink.urls[0]);
    let sent: Vec<_> = (0..24)
        .map(|number| {
            let (mailer, to) = (mailer.clone(), address("many"));
            tokio::spawn(async move {
                send(&mailer, &to, &format!("Number {number}")).await;
                (to, number)
            })
        })
        .collect();
    for one in sent {
        let (to, number) = one.await.unwrap();
        let mails = sink.mails_to(&to);
        assert_eq!(mails.len(), 1, "{to}");
        let text = mails[0]["text"].as_str().unwrap();
        assert!(
            text.starts_with(&format!("Hello Number {number},\n")),
            "{text}"
        );
        assert!(text.contains(&format!("confirm that {to} is")), "{text}");
    }
}
