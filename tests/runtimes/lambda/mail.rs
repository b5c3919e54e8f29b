//! Mails of a function that freezes after its answer.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::events::Gateway;
use super::{Function, ORIGIN};
use crate::support::{Kind, MailServer, Request, sign_up};

const MAIL_FROM: (&str, &str) = ("MAIL_FROM", "no-reply@example.com");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_waits_for_the_mail() {
    let db = Kind::Sqlite.migrated().await;
    let mail_server = MailServer::start().await;
    let env = [("MAIL_URL", mail_server.url.as_str()), MAIL_FROM];
    let signup = Function::start_with("signup", &db.url, &env).await;
    let event = Gateway::FunctionUrl.event(&sign_up("ann@example.com").with("origin", ORIGIN));
    let answer = signup.emulator.invoke(event);
    tokio::pin!(answer);
    tokio::select! {
        _ = &mut answer => panic!("the answer came before the mail was taken"),
        mail = mail_server.first() => assert!(mail.contains("ann@example.com")),
    }
    mail_server.answer();
    assert_eq!(answer.await.unwrap()["statusCode"], 200);
}

/// Nobody learns by the time of an answer whether there was anybody to write to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_b2_asking_for_a_link_takes_as_long_for_known_and_unknown() {
    let db = Kind::Sqlite.migrated().await;
    let mail_server = MailServer::start().await;
    mail_server.answer();
    let env = [("MAIL_URL", mail_server.url.as_str()), MAIL_FROM];
    let signup = Function::start_with("signup", &db.url, &env).await;
    let event = Gateway::FunctionUrl.event(&sign_up("ann@example.com").with("origin", ORIGIN));
    assert_eq!(
        signup.emulator.invoke(event).await.unwrap()["statusCode"],
        200
    );

    let recovery = Function::start_with("recovery", &db.url, &env).await;
    for email in ["ann@example.com", "nobody@example.com"] {
        let request = Request::post("/api/auth/request-password-reset", &json!({"email": email}));
        let began = Instant::now();
        let event = Gateway::FunctionUrl.event(&request.with("origin", ORIGIN));
        let answer = recovery.emulator.invoke(event).await.unwrap();
        assert_eq!(answer["statusCode"], 200, "{answer}");
        let took = began.elapsed();
        assert!(took >= Duration::from_secs(2), "{email}: {took:?}");
    }
}
