//! Asking for mails is limited: by client, by account, and by mailbox.

use serde_json::{Value, json};

use crate::support::{Answer, Instance, PASSWORD, db_test, together};

const ON: &[(&str, &str)] = &[("RATE_LIMIT", "on")];
const REQUEST: &str = "/api/auth/request-password-reset";
const SEND: &str = "/api/auth/send-verification-email";
const CHANGE: &str = "/api/auth/change-email";
const ANN: &str = "ann@example.com";

async fn ask(app: &Instance, peer: &str, path: &str, email: &str) -> Answer {
    let mut browser = app.browser().from(peer);
    browser.post(path, json!({"email": email})).await
}

fn peer(n: usize) -> String {
    format!("198.51.100.{n}")
}

db_test! {
    async fn sec_e1_one_address_is_mailed_ten_times_a_minute_whoever_asks(db) {
        let apps = [db.app(ON).await, db.app(ON).await];
        apps[0].browser().sign_up(ANN).await;
        for path in [REQUEST, SEND] {
            let before = apps[0].mails_to(ANN).await;
            for email in [ANN, "nobody@example.com"] {
                let crowd = (0..32).map(|n| {
                    let mut browser = apps[n % 2].browser().from(&peer(n));
                    async move { browser.post(path, json!({"email": email})).await.status }
                });
                let statuses = together(crowd).await;
                let admitted = statuses.iter().filter(|status| **status == 200).count();
                let limited = statuses.iter().filter(|status| **status == 429).count();
                assert_eq!((admitted, limited), (10, 22), "{path} {email}");
            }
            apps[1].mails().await;
            assert_eq!(apps[0].mails_to(ANN).await, before + 10, "{path}");
        }
    }

    async fn sec_e1_one_client_asks_ten_times_a_minute_for_whomever(db) {
        let app = db.app(ON).await;
        for path in [REQUEST, SEND] {
            for n in 0..10 {
                let answer = ask(&app, "192.0.2.1", path, &format!("user{n}@example.com")).await;
                assert_eq!(answer.status, 200, "{path} {n}");
            }
            let answer = ask(&app, "192.0.2.1", path, "user99@example.com").await;
            assert_eq!(answer.refusal(), (429, "TOO_MANY_REQUESTS".into()), "{path}");
            assert_ne!(answer.header("retry-after"), "");
            assert_eq!(ask(&app, "192.0.2.2", path, "user99@example.com").await.status, 200);
        }
    }

    async fn sec_e1_nobodys_mailbox_is_flooded_by_changes_of_address(db) {
        let app = db.app(ON).await;
        let mut statuses = Vec::new();
        for n in 0..12 {
            let mut browser = app.browser().from(&peer(n));
            browser.sign_up(&format!("user{n}@example.com")).await;
            let answer = browser.post(CHANGE, json!({"newEmail": "victim@example.com"})).await;
            statuses.push(answer.status);
        }
        assert_eq!(statuses, [vec![200; 10], vec![429; 2]].concat());
        assert_eq!(app.mails_to("victim@example.com").await, 10);
        // Nor does one account write to many.
        let mut ann = app.browser();
        ann.sign_up(ANN).await;
        let mut statuses = Vec::new();
        for n in 0..11 {
            let body = json!({"newEmail": format!("other{n}@example.com")});
            statuses.push(ann.post(CHANGE, body).await.status);
        }
        assert_eq!(statuses, [vec![200; 10], vec![429; 1]].concat());
    }

    async fn sec_e4_asking_for_links_locks_nobody_out(db) {
        let app = db.app(ON).await;
        app.browser().sign_up(ANN).await;
        for n in 0..12 {
            ask(&app, &peer(n), REQUEST, ANN).await;
        }
        let mut ann = app.browser();
        assert_eq!(ann.sign_in(ANN, PASSWORD).await.status, 200);
        assert_ne!(ann.session().await, Value::Null);
    }
}
