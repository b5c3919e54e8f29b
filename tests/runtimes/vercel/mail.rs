//! Mails of a function whose answer is out before they are.

use super::platform::{Function, environment};
use crate::support::{Connection, Kind, MailServer, sign_up};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_waits_for_no_mail_and_a_stop_does() {
    let db = Kind::Sqlite.migrated().await;
    let mail_server = MailServer::start().await;
    let mut env = environment(&db.url);
    env.extend([
        ("MAIL_URL", mail_server.url.as_str()),
        ("MAIL_FROM", "no-reply@example.com"),
    ]);
    let mut signup = Function::start("signup", &env).await;
    // Its `end`, which keeps the instance alive, comes after the mail.
    let (request, _) = signup.mark(sign_up("ann@example.com"));
    let mut connection = Connection::open(signup.address).await;
    let answer = connection.call(&request).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    mail_server.first().await;

    signup.program.terminate().await;
    assert!(!signup.program.has_ended());
    mail_server.answer();
    assert_eq!(signup.program.exit_code().await, Some(0));
    let log = signup.program.out.whole().await;
    assert!(log.contains("\"event\":\"mail_sent\""), "{log}");
}
