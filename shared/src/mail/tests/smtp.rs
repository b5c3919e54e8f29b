//! A mail server that takes mails, refuses them, or is away. That TLS and
//! authentication work is shown against a real one, in the tests over HTTP.

use tokio::net::TcpListener;

use super::stand_in::MailServer;
use super::*;

fn mailer_to(server: &MailServer) -> Mailer {
    mailer(&format!("smtp://{}?tls=off", server.address))
}

#[tokio::test]
async fn a_mail_has_all_its_headers_and_both_texts() {
    let server = MailServer::start(&[]).await;
    let (mailer, log) = (mailer_to(&server), Log::new());
    mailer.send(&mail()).await;
    log.assert_sent(&mailer, 1);
    let mails = server.mails.lock().await;
    let [mail] = &mails[..] else {
        panic!("{mails:?}")
    };
    for part in [
        "EHLO example.org\r\n",
        "MAIL FROM:<no-reply@example.org>",
        "RCPT TO:<ann@example.com>\r\n",
        "From: =?utf-8?b?S8Okc2U=?= <no-reply@example.org>\r\n",
        "To: ann@example.com\r\n",
        "Subject: Choose a new password for Example\r\n",
        "Date: Mon, 24 Nov 2025 16:00:00 +0000\r\n",
        "Message-ID: <abababababababababababababababab@example.org>\r\n",
        "Auto-Submitted: auto-generated\r\n",
        "MIME-Version: 1.0\r\n",
        "Content-Type: multipart/alternative;",
        "Content-Type: text/plain; charset=utf-8\r\n",
        "Content-Type: text/html; charset=utf-8\r\n",
        "Hello Ann,",
    ] {
        assert!(mail.contains(part), "{part}: {mail}");
    }
}

#[tokio::test]
async fn sec_f4_neither_names_nor_addresses_add_headers_or_recipients() {
    let server = MailServer::start(&[]).await;
    let (mailer, _log) = (mailer_to(&server), Log::new());
    let name = "Ann\r\nBcc: bob@example.com\r\n\r\n<script>".to_owned();
    mailer.send(&Mail { name, ..mail() }).await;
    for to in [
        "ann@example.com\r\nRCPT TO:<bob@example.com>",
        "ann@example.com>, <bob@example.com",
    ] {
        mailer
            .send(&Mail {
                to: to.into(),
                ..mail()
            })
            .await;
    }
    let new_email = "a@example.com\r\nBcc: bob@example.com".to_owned();
    let message = Message::EmailChanged { new_email };
    mailer.send(&Mail { message, ..mail() }).await;
    let mails = server.mails.lock().await;
    assert_eq!(mails.len(), 2);
    for mail in mails.iter() {
        let lines = mail.lines().map(str::to_ascii_lowercase);
        let bad = lines.filter(|line| line.starts_with("bcc:") || line.contains("rcpt to:<bob"));
        assert_eq!(bad.count(), 0, "{mail}");
        assert_eq!(mail.matches("RCPT TO:").count(), 1);
    }
}

#[tokio::test]
async fn an_address_that_no_mail_can_go_to_is_a_logged_failure() {
    let server = MailServer::start(&[]).await;
    let (mailer, log) = (mailer_to(&server), Log::new());
    let to = "a b\u{0}c@@example.com".to_owned();
    mailer.send(&Mail { to, ..mail() }).await;
    log.assert_failed(
        &mailer,
        "the recipient's address is none that mail can go to",
        1,
    );
    assert!(server.mails.lock().await.is_empty());
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    for first in ["451 4.7.1 later", "421 4.3.2 closing", ""] {
        let answers: &'static [&'static str] = Box::leak(Box::new([first]));
        let server = MailServer::start(answers).await;
        let (mailer, log) = (mailer_to(&server), Log::new());
        mailer.send(&mail()).await;
        log.assert_sent(&mailer, 2);
        assert_eq!(server.mails.lock().await.len(), 1);
    }
}

#[tokio::test]
async fn three_times_is_enough() {
    let server = MailServer::start(&["451 4.7.1 <ann@example.com> later"; 3]).await;
    let (mailer, log) = (mailer_to(&server), Log::new());
    mailer.send(&mail()).await;
    log.assert_failed(&mailer, "the server answered 451 4.7.1", 3);
    mailer.send(&mail()).await;
    assert_eq!((mailer.state(), mailer.failed()), (MailState::Fine, 1));
}

#[tokio::test]
async fn sec_a7_a_refusal_is_final_and_its_text_is_not_logged() {
    let server = MailServer::start(&["550 5.1.1 <ann@example.com>: t0-K_en unknown"]).await;
    let (mailer, log) = (mailer_to(&server), Log::new());
    mailer.send(&mail()).await;
    log.assert_failed(&mailer, "the server answered 550 5.1.1", 1);
}

#[tokio::test]
async fn a_server_that_is_away_may_be_back_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let (mailer, log) = (mailer(&format!("smtp://{address}?tls=off")), Log::new());
    let mail = mail();
    let (server, ()) = tokio::join!(
        async {
            sleep(QUICK.pauses[0] / 2).await;
            MailServer::on(TcpListener::bind(address).await.unwrap(), &[])
        },
        mailer.send(&mail)
    );
    log.assert_sent(&mailer, 2);
    assert_eq!(server.mails.lock().await.len(), 1);
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up_in_time() {
    let server = MailServer::start(&["-", "550 no"]).await;
    let (mailer, log) = (mailer_to(&server), Log::new());
    let began = Instant::now();
    mailer.send(&mail()).await;
    let took = began.elapsed();
    log.assert_failed(&mailer, "the server answered 550", 2);
    assert!(took >= QUICK.attempt && took < QUICK.total, "{took:?}");
}

#[tokio::test]
async fn where_encryption_is_required_nothing_is_said_without_it() {
    let server = MailServer::start(&[]).await;
    let settings = crate::config::SmtpServer {
        host: server.address.ip().to_string(),
        port: server.address.port(),
        tls: crate::config::SmtpTls::Required,
        credentials: None,
        ca: None,
    };
    let smtp = super::super::smtp::Smtp::new(settings, "a@example.com");
    let renderer = Renderer::new(&Templates::default()).unwrap();
    let from = Sender {
        name: None,
        address: "a@example.com".into(),
    };
    let letter = Letter::write(&mail(), stamp(), &renderer, "Example", &from).unwrap();
    let failure = smtp.send(&letter).await.unwrap_err();
    assert_eq!(failure.reason, "STARTTLS is not supported on this server");
    assert!(!failure.is_transient && server.mails.lock().await.is_empty());
}

#[tokio::test]
async fn no_mail_takes_longer_than_a_gateway_waits() {
    let server = MailServer::start(&["-"; 3]).await;
    let (mut mailer, log) = (mailer_to(&server), Log::new());
    let office = mailer.0.as_mut().and_then(Arc::get_mut).unwrap();
    office.patience.total = Duration::from_millis(800);
    let began = Instant::now();
    mailer.send(&mail()).await;
    assert!(began.elapsed() < QUICK.attempt * 2, "{:?}", began.elapsed());
    log.assert_failed(&mailer, "no answer in time", 2);
    let whole = PATIENCE.pauses.iter().sum::<Duration>() + PATIENCE.attempt * 2;
    assert!(whole < PATIENCE.total && PATIENCE.total < Duration::from_secs(29));
}
