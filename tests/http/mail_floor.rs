//! Where the platform freezes after the answer, the answer waits for the mail, and must
//! take as long where there is none to send (CWE-208).

use std::time::Duration;

use doorkey::config::Platform;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::{Browser, Instance, PASSWORD, TestDb, db_test, together};

const FLOOR: Duration = Duration::from_secs(2);
const ANN: &str = "ann@example.com";
const BOB: &str = "bob@example.com";
const REQUIRED: (&str, &str) = ("REQUIRE_EMAIL_VERIFICATION", "on");

/// An instance as on such a platform.
fn freezing(db: &TestDb, settings: &[(&str, &str)]) -> Instance {
    let mut app = db.unmigrated(settings);
    app.config.platform = Platform::Lambda;
    app.db.open_gate();
    db.instance(app)
}

/// How long the answer takes there.
async fn took(app: Instance, mut browser: Browser, path: &str, body: Value) -> Duration {
    let began = Instant::now();
    let answer = browser.post(path, body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    app.web.app.background.idle().await;
    began.elapsed()
}

db_test! {
    async fn sec_b2_every_answer_that_may_mail_takes_its_time(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up(ANN).await;
        app.browser().sign_up(BOB).await;
        db.execute("UPDATE users SET email_verified = TRUE WHERE email = 'bob@example.com'").await;
        app.mails().await;
        let mut asked = Vec::new();
        for path in ["request-password-reset", "send-verification-email"] {
            for email in [ANN, BOB, "nobody@example.com"] {
                asked.push((false, path, json!({"email": email})));
            }
        }
        for email in [BOB, "nobody@example.com"] {
            asked.push((true, "change-email", json!({"newEmail": email})));
        }
        let asking = asked.into_iter().map(|(as_ann, path, body)| {
            let app = freezing(&db, &[]);
            let browser = if as_ann { app.browser_like(&ann) } else { app.browser() };
            async move {
                let took = took(app, browser, &format!("/api/auth/{path}"), body.clone()).await;
                assert!(took >= FLOOR, "{path} {body}: {took:?}");
            }
        });
        together(asking.collect::<Vec<_>>()).await;
    }

    async fn sec_b3_every_sign_up_takes_its_time_mailed_or_not(db) {
        for on_sign_up in ["on", "off"] {
            let app = db.app(&[]).await;
            app.browser().sign_up(ANN).await;
            app.mails().await;
            let asking = [ANN, BOB].map(|email| {
                let app = freezing(&db, &[REQUIRED, ("SEND_ON_SIGN_UP", on_sign_up)]);
                let body = json!({"name": "", "email": email, "password": PASSWORD});
                let browser = app.browser();
                async move {
                    let took = took(app, browser, "/api/auth/sign-up/email", body).await;
                    assert!(took >= FLOOR, "{on_sign_up} {email}: {took:?}");
                }
            });
            together(asking).await;
            db.execute("DELETE FROM users").await;
        }
    }
}
