//! Rows of the first system that no sane program would write, and that are there.

use doorkey::store::survey::survey;
use serde_json::Value;

use crate::support::{TestDb, db_test};

/// Adds a user and a session of the first system's own making.
async fn leave(db: &TestDb, n: u32, email: &str, hash: &str, token: &str, expires: &str) {
    let id = |kind: char| {
        let hex = format!("{kind}{n:031x}");
        let part = |from: usize, to: usize| hex[from..to].to_owned();
        if db.is_postgres() {
            [
                part(0, 8),
                part(8, 12),
                part(12, 16),
                part(16, 20),
                part(20, 32),
            ]
            .join("-")
        } else {
            hex
        }
    };
    let (user, session) = (id('a'), id('b'));
    let quote = |text: &str| text.replace('\'', "''");
    db.execute(&format!(
        "INSERT INTO users (id, email, password_hash) VALUES ('{user}', '{}', '{}')",
        quote(email),
        quote(hash)
    ))
    .await;
    db.execute(&format!(
        "INSERT INTO sessions (id, user_id, session_token, expires_at, ip_address, user_agent) \
         VALUES ('{session}', '{user}', '{}', '{expires}', 'not an address', '')",
        quote(token)
    ))
    .await;
}

const FAR: &str = "9998-12-31 23:59:59.999999";

db_test! {
    async fn odd_rows_neither_stop_the_take_over_nor_lose_their_session(db) {
        db.load_seed().await;
        let long = "-_".repeat(127) + "-";
        let infinity = if db.is_postgres() { "infinity" } else { FAR };
        let odd: &[(&str, &str, &str, &str)] = &[
            ("no-at-sign", "", "tok-empty-hash", FAR),
            ("  spaces@example.com ", "!", "-begins-with-a-dash", FAR),
            ("JOSE\u{301}@Example.com", "$2b$12$broken", "_begins-with-an-underscore", infinity),
            ("jose\u{301}@example.com", "plain text", &long, FAR),
            ("\u{212a}elvin@example.com", "$argon2id$v=19$m=1,t=1,p=1$$", "back\\slash'quote\"", FAR),
            (&"x".repeat(255), "$2y$31$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "dot.dot=equals", FAR),
        ];
        for (n, (email, hash, token, expires)) in (1_u32..).zip(odd) {
            leave(&db, n, email, hash, token, expires).await;
        }
        let app = db.today(&[]).await;
        for (email, _, token, _) in odd {
            let mut browser = app.browser();
            browser.set_cookie("session_token", token);
            let session = browser.session().await;
            assert_eq!(session["user"]["email"], *email, "{token}");
            assert_ne!(browser.session().await, Value::Null, "{token}: the replaced cookie");
            let answer = app.browser().sign_in(email, "any password").await;
            assert!([400, 401].contains(&answer.status), "{email}: {answer:?}");
        }
    }

    async fn a_session_that_never_ends_is_not_cut_by_a_refresh(db) {
        db.load_seed().await;
        leave(&db, 1, "odd@example.com", "!", "never-ends", FAR).await;
        let old = "UPDATE sessions SET created_at = '2020-01-01 00:00:00' WHERE session_token = 'never-ends'";
        db.execute(old).await;
        let app = db.today(&[]).await;
        let mut browser = app.browser();
        browser.set_cookie("session_token", "never-ends");
        let first = browser.session().await;
        assert!(first["session"]["expiresAt"].as_str().unwrap().starts_with("9998"), "{first}");
    }

    async fn rows_added_by_an_instance_still_running_are_taken_over_at_the_next_start(db) {
        db.load_seed().await;
        db.today(&[]).await;
        leave(&db, 1, "Late@Example.com", "!", "came-late", FAR).await;
        let app = db.today(&[]).await;
        let mut browser = app.browser();
        browser.set_cookie("session_token", "came-late");
        assert_eq!(browser.session().await["user"]["email"], "Late@Example.com");
        let body = serde_json::json!({"name": "", "email": "late@example.com", "password": "correct-horse-battery"});
        assert_eq!(app.browser().post("/api/auth/sign-up/email", body).await.status, 422);
    }

    async fn the_check_tells_what_is_odd_and_changes_nothing(db) {
        db.load_seed().await;
        leave(&db, 1, "odd@example.com", "!", "tok", FAR).await;
        let mut before = db.dump().await;
        let app = db.unmigrated(&[]);
        let found = survey(&app.db).await.unwrap();
        assert_eq!(found.missing, ["core", "accounts"]);
        assert_eq!((found.users, found.to_take_over), (41, found.sessions));
        assert_eq!(found.unusable_hashes, 1);
        let erin = ["Erin.Jones@example.com", "erin.jones@example.com"];
        assert!(found.shared.iter().any(|spellings| *spellings == erin), "{:?}", found.shared);
        let mut after = db.dump().await;
        before.sort();
        after.sort();
        assert_eq!(before, after);
        db.today(&[]).await;
        let found = survey(&db.unmigrated(&[]).db).await.unwrap();
        assert_eq!((found.missing.len(), found.to_take_over), (0, 0));
    }
}
