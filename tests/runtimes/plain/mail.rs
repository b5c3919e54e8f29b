//! Mails of a server: the answer does not wait for them, its end does.

use super::{Server, quick};
use crate::support::{Kind, MailServer, Platform as _, sign_up};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_waits_for_no_mail_and_a_stop_does() {
    let db = Kind::Sqlite.migrated().await;
    let mail_server = MailServer::start().await;
    let mut env = quick(&db.url);
    env.extend([
        ("MAIL_URL", mail_server.url.as_str()),
        ("MAIL_FROM", "no-reply@example.com"),
        ("LOG", "trace"),
    ]);
    let mut server = Server::start("doorkey", &env).await;
    let answer = server.address.call(sign_up("ann@example.com")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let mail = mail_server.first().await;

    server.program.terminate().await;
    server.program.event("stopping").await;
    assert!(!server.program.has_ended());
    mail_server.answer();
    assert_eq!(server.program.exit_code().await, Some(0));
    let log = server.program.out.whole().await;
    assert!(log.contains("\"event\":\"mail_sent\""), "{log}");
    assert!(!log.contains("stopped_early"), "{log}");
    // Even when everything is logged that can be.
    let mail = mail.replace("=\r\n", "").replace("=3D", "=");
    let (_, token) = mail.split_once("token=").unwrap();
    assert!(!log.contains(&token[..43]), "{log}");
}
