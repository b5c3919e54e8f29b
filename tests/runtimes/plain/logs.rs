//! What is in the log, and what never is.

use serde_json::{Value, json};

use super::{ORIGIN, Server, quick};
use crate::support::{Browser, journey, on_both};

on_both! {
    /// Even when everything is logged that can be.
    async fn sec_a7_no_secret_reaches_the_log(kind) {
        let db = kind.empty().await;
        let mut env = quick(&db.url);
        env.extend([("LOG", "trace"), ("LOG_REQUESTS", "on")]);
        // By default mails go into the log, links and all: on one's own machine.
        env.push(("MAIL_URL", "file:mails.jsonl"));
        let mut server = Server::start("doorkey", &env).await;
        let address = &mut server.address;
        let mut secrets = journey(address, ORIGIN, "127.0.0.1").await;

        let mut browser = Browser::new(ORIGIN, "any");
        let wrong = json!({"email": "bob@example.com", "password": "wrong-password-4711"});
        let answer = browser.post(address, "/api/signin", wrong).await;
        assert_eq!(answer.status, 401);
        let forged = "forged-session-token-4711.forged-signature-4711";
        browser.cookies.insert("better-auth.session_token".into(), forged.into());
        browser.get(address, "/api/auth/get-session?token=query-4711").await;
        browser.post(address, "/api/auth/sign-out?token=query-4711", json!({})).await;
        secrets.extend(["bob@example.com", "4711"].map(str::to_owned));

        server.program.terminate().await;
        assert_eq!(server.program.exit_code().await, Some(0));
        let log = server.program.out.whole().await + &server.program.err.whole().await;
        for secret in secrets {
            assert!(!log.contains(&secret), "{secret}\n{log}");
        }
        let requests = log.lines().filter(|line| line.contains("/api/auth/get-session"));
        assert!(requests.count() >= 4, "{log}");
    }
}

/// A reset link has its token in the path; so has one that was mistyped.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sec_a7_no_path_takes_a_token_into_the_log() {
    let db = crate::support::Kind::Sqlite.empty().await;
    let mut env = quick(&db.url);
    env.extend([("LOG", "trace"), ("LOG_REQUESTS", "on")]);
    let mut server = Server::start("doorkey", &env).await;
    let token = "c2VjcmV0LXRva2VuLW9mLWEtcmVzZXQtbGluay00NzEx";
    let mut browser = Browser::new(ORIGIN, "any");
    for (path, status) in [
        (
            format!("/api/auth/reset-password/{token}?callbackURL=/r"),
            302,
        ),
        (format!("/api/auth/reset-password/{token}"), 400),
        (
            format!("/api/auth/reset-passwort/{token}?callbackURL=/r"),
            404,
        ),
        (format!("/api/auth/verify-email?token={token}"), 401),
    ] {
        let answer = browser.get(&mut server.address, &path).await;
        assert_eq!(answer.status, status, "{path}");
    }
    server.program.terminate().await;
    assert_eq!(server.program.exit_code().await, Some(0));
    let log = server.program.out.whole().await + &server.program.err.whole().await;
    assert!(!log.contains(token), "{log}");
    for path in [
        "/api/auth/reset-password/{token}",
        "/api/auth/reset-passwort/…",
    ] {
        assert!(
            log.contains(&format!("\"path\":\"{path}\"")),
            "{path}\n{log}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_one_json_object_a_line() {
    let db = crate::support::Kind::Sqlite.empty().await;
    let mut env = quick(&db.url);
    env.extend([("LOG", "trace"), ("LOG_REQUESTS", "on")]);
    let mut server = Server::start("doorkey", &env).await;
    journey(&mut server.address, ORIGIN, "127.0.0.1").await;
    server.program.terminate().await;
    assert_eq!(server.program.exit_code().await, Some(0));
    let log = server.program.out.whole().await;
    for line in log.lines() {
        let read: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        for name in ["timestamp", "level", "target"] {
            assert!(read[name].is_string(), "{line}");
        }
    }
    let events = ["listening", "migrated", "request", "stopping"];
    for event in events {
        assert!(
            log.contains(&format!("\"event\":\"{event}\"")),
            "{event}\n{log}"
        );
    }
    assert_eq!(server.program.err.whole().await, "");
}
