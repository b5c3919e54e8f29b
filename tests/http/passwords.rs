//! Passwords: how they are kept, which are taken, what checking them may cost.

use std::pin::pin;
use std::task::Poll;

use doorkey::crypto::hasher::{Cost, PasswordHasher};
use serde_json::{Value, json};

use crate::support::{Answer, Browser, PASSWORD, db_test, together};

const SIGN_UP: &str = "/api/auth/sign-up/email";
const SIGN_IN: &str = "/api/auth/sign-in/email";

async fn sign_up_with(browser: &mut Browser, email: &str, password: &str) -> Answer {
    let body = json!({"name": "Ann Smith", "email": email, "password": password});
    browser.post(SIGN_UP, body).await
}

/// Status, body and headers: all that can be told apart from outside. The
/// request's id is another each time, by purpose.
fn all_of(answer: &Answer) -> (u16, Value, Vec<(String, String)>) {
    let headers = answer.headers.iter().map(|(name, value)| {
        let value = if name == "x-request-id" {
            ""
        } else {
            value.to_str().unwrap()
        };
        (name.to_string(), value.to_owned())
    });
    (answer.status, answer.json(), headers.collect())
}

/// Whether it is a PHC string of these costs, a 16-byte salt and a 32-byte hash.
fn is_phc(stored: &str, costs: &str) -> bool {
    let base64 = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
    let parts: Vec<&str> = stored.split('$').collect();
    let ["", "argon2id", "v=19", found, salt, hash] = parts.as_slice() else {
        return false;
    };
    *found == costs
        && (salt.len(), hash.len()) == (22, 43)
        && [salt, hash].iter().all(|part| part.chars().all(base64))
}

db_test! {
    async fn sec_a1_what_is_stored_is_argon2id_with_a_salt_of_its_own(db) {
        let app = db.app(&[("ARGON2_M_KIB", "47104")]).await;
        app.browser().sign_up("ann@example.com").await;
        app.browser().sign_up("bob@example.com").await;
        let stored = db.texts("SELECT password_hash FROM users").await;
        for hash in &stored {
            assert!(is_phc(hash, "m=47104,t=1,p=1"), "{hash}");
        }
        assert_ne!(stored[0], stored[1], "one password, one salt");
    }

    async fn sec_a1_costs_raised_later_reach_a_hash_at_the_next_sign_in(db) {
        let before = db.app(&[]).await;
        before.browser().sign_up("ann@example.com").await;
        let old = db.password_hash("ann@example.com").await;
        let after = db.app(&[("ARGON2_M_KIB", "128"), ("ARGON2_T", "2")]).await;

        after.browser().sign_in("ann@example.com", "wrong-password").await;
        assert_eq!(db.password_hash("ann@example.com").await, old);

        assert_eq!(after.browser().sign_in("ann@example.com", PASSWORD).await.status, 200);
        let new = db.password_hash("ann@example.com").await;
        assert!(is_phc(&new, "m=128,t=2,p=1"), "{new}");

        assert_eq!(after.browser().sign_in("ann@example.com", PASSWORD).await.status, 200);
        assert_eq!(db.password_hash("ann@example.com").await, new, "hashed again for nothing");
        assert_eq!(before.browser().sign_in("ann@example.com", PASSWORD).await.status, 200);
    }

    async fn sec_a2_every_password_of_8_to_128_characters_is_taken_whole(db) {
        let app = db.app(&[]).await;
        let long = "x".repeat(72);
        for (n, password) in [
            "sevenplus".into(),
            "🔑".repeat(128),
            "  spaces at both ends  ".into(),
            "nul\0in the middle".into(),
            "日本語のパスワードです".into(),
            "aaaaaaaaaaaaaaaaaaaaaaa".into(),
            format!("{long}-after-72-bytes"),
        ].iter().map(String::as_str).enumerate() {
            let email = format!("user{n}@example.com");
            let made = sign_up_with(&mut app.browser(), &email, password).await;
            assert_eq!(made.status, 200, "{password}: {made:?}");
            let mut cut = password.to_owned();
            let last = cut.pop().unwrap();
            for (typed, status) in [
                (password.to_owned(), 200),
                (cut.clone(), 401),
                (format!("{cut}{}", if last == 'z' { 'y' } else { 'z' }), 401),
                (format!("{password} "), 401),
            ] {
                let answer = app.browser().sign_in(&email, &typed).await;
                assert_eq!(answer.status, status, "{password} typed as {typed}");
            }
        }
    }

    async fn sec_a2_case_and_spaces_count_and_unicode_forms_do_not(db) {
        let app = db.app(&[]).await;
        let made = sign_up_with(&mut app.browser(), "zoe@example.com", "pa\u{308}ssword-lang").await;
        assert_eq!(made.status, 200, "{made:?}");
        for (typed, status) in [
            ("pa\u{308}ssword-lang", 200),
            ("p\u{e4}ssword-lang", 200),
            ("p\u{c4}ssword-lang", 401),
            ("passsword-lang", 401),
            (" p\u{e4}ssword-lang", 401),
        ] {
            let answer = app.browser().sign_in("zoe@example.com", typed).await;
            assert_eq!(answer.status, status, "{typed}");
        }
    }

    async fn sec_a2_the_minimum_counts_characters_as_they_are_kept(db) {
        let usual = db.app(&[]).await;
        let strict = db.app(&[("PASSWORD_MIN", "15")]).await;
        let seven_in_fourteen = "e\u{301}".repeat(7);
        for (app, password, code) in [
            (&usual, seven_in_fourteen.as_str(), "PASSWORD_TOO_SHORT"),
            (&usual, "sevench", "PASSWORD_TOO_SHORT"),
            (&strict, "fourteen-chars", "PASSWORD_TOO_SHORT"),
            (&usual, &"x".repeat(129), "PASSWORD_TOO_LONG"),
            (&usual, &"🔑".repeat(129), "PASSWORD_TOO_LONG"),
        ] {
            let answer = sign_up_with(&mut app.browser(), "zoe@example.com", password).await;
            assert_eq!(answer.refusal(), (400, code.into()), "{password}");
        }
        let made = sign_up_with(&mut strict.browser(), "zoe@example.com", "fifteen-charact").await;
        assert_eq!(made.status, 200, "{made:?}");
    }

    async fn sec_a3_common_and_personal_passwords_are_refused_with_codes_of_their_own(db) {
        let app = db.app(&[("SERVICE_NAME", "Acme Portal")]).await;
        for (password, code) in [
            ("password1", "PASSWORD_TOO_COMMON"),
            ("PassWord1", "PASSWORD_TOO_COMMON"),
            ("ann.smith@example.com", "PASSWORD_TOO_PERSONAL"),
            ("ANN.SMITH", "PASSWORD_TOO_PERSONAL"),
            ("ann smith", "PASSWORD_TOO_PERSONAL"),
            ("ann.smith2026", "PASSWORD_TOO_PERSONAL"),
            ("acme portal", "PASSWORD_TOO_PERSONAL"),
            ("Acme Portal!1", "PASSWORD_TOO_PERSONAL"),
        ] {
            for path in [SIGN_UP, "/api/signup"] {
                let body = json!({
                    "name": "Ann Smith", "email": "ann.smith@example.com", "password": password,
                });
                let answer = app.browser().post(path, body).await;
                assert_eq!(answer.refusal(), (400, code.into()), "{password}");
                assert!(!answer.text().contains(password));
            }
        }
        assert_eq!(db.count("SELECT COUNT(*) FROM users").await, 0);
    }

    async fn sec_a4_a_megabyte_is_refused_before_any_hashing(db) {
        let mut app = db.unmigrated(&[]);
        doorkey::store::migrate::migrate(&app.config.database, &mut |_, _, _| {}).await.unwrap();
        app.db.open_gate();
        // One hash at a time, none may wait, and one is under way: whatever else
        // wants to hash is 503.
        let cost = Cost { m_kib: 64, t: 60_000, p: 1, permits: 1, queue: 0 };
        app.hasher = PasswordHasher::new(cost).unwrap();
        let hasher = app.hasher.clone();
        let app = db.instance(app);
        let mut other = pin!(hasher.hash(b"somebody else's", [7; 16]));
        std::future::poll_fn(|context| {
            assert!(other.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;

        let mut eve = app.browser();
        let megabyte = "x".repeat(1024 * 1024);
        for path in [SIGN_UP, "/api/signup", SIGN_IN, "/api/signin"] {
            let body = json!({"name": "Eve", "email": "eve@example.com", "password": megabyte});
            let answer = eve.post(path, body.clone()).await;
            assert_eq!(answer.refusal(), (413, "PAYLOAD_TOO_LARGE".into()), "{path}");
            let declared = body.to_string().len().to_string();
            let mut honest = eve.clone().with("content-length", &declared);
            let answer = honest.post(path, body).await;
            assert_eq!(answer.refusal(), (413, "PAYLOAD_TOO_LARGE".into()), "{path}");
        }
        let long = "x".repeat(60_000);
        let answer = sign_up_with(&mut eve, "eve@example.com", &long).await;
        assert_eq!(answer.refusal(), (400, "PASSWORD_TOO_LONG".into()));
        let answer = eve.sign_in("eve@example.com", &long).await;
        assert_eq!(answer.refusal(), (401, "INVALID_EMAIL_OR_PASSWORD".into()));

        let answer = eve.sign_in("eve@example.com", PASSWORD).await;
        assert_eq!(answer.refusal(), (503, "SERVICE_BUSY".into()), "the proof proves nothing");
    }

    async fn sec_a5_a_rush_of_sign_ins_is_bounded_and_disturbs_nobody_else(db) {
        let costs = [("HASH_QUEUE", "2"), ("ARGON2_M_KIB", "19456"), ("ARGON2_T", "2")];
        let app = db.app(&costs).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let crowd: Vec<_> = (0..80)
            .map(|n| {
                let mut browser = app.browser();
                let password = if n % 2 == 0 { PASSWORD } else { "wrong-password" };
                tokio::spawn(async move { browser.sign_in("ann@example.com", password).await })
            })
            .collect();
        while crowd.iter().any(|task| !task.is_finished()) {
            assert_eq!(ann.get("/health").await.status, 200);
            assert_eq!(ann.session().await["user"]["email"], "ann@example.com");
        }
        let (mut busy, mut served) = (0, 0);
        for (n, task) in crowd.into_iter().enumerate() {
            let answer = task.await.unwrap();
            let expected = if n % 2 == 0 { 200 } else { 401 };
            if answer.status == 503 {
                assert_eq!(answer.refusal().1, "SERVICE_BUSY");
                assert_eq!(answer.header("retry-after"), "1");
                busy += 1;
            } else {
                assert_eq!(answer.status, expected, "{answer:?}");
                served += 1;
            }
        }
        assert!(busy > 0 && served > 0, "{busy} sent away, {served} served");
        assert_eq!(app.browser().sign_in("ann@example.com", PASSWORD).await.status, 200);
    }

    async fn sec_a6_a_hash_that_cannot_be_verified_is_a_wrong_password(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        let good = db.password_hash("ann@example.com").await;
        let wrong = app.browser().sign_in("ann@example.com", "wrong-password").await;
        let cut = good.rsplit_once('$').unwrap().0;
        for stored in [
            "",
            "!",
            "*",
            "disabled",
            PASSWORD,
            "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
            "$2b$99$x",
            "5f4dcc3b5aa765d61d8327deb882cf99",
            "0123456789abcdef0123456789abcdef:00ff",
            "pbkdf2_sha256$600000$salt$aGFzaA==",
            "$argon2id$",
            "$argon2id$v=19$m=64,t=1,p=1$$",
            "$argon2id$v=19$m=64,t=1,p=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAA",
            cut,
            &good.replace("argon2id", "argon2i"),
            &good.replace("v=19", "v=18"),
            &good.replace("m=64", "m=4294967295"),
            &good.replace("t=1", "t=4294967295"),
            &good.replace("p=1", "p=16777215"),
            &good.replace("m=64", "m=1"),
            &format!("{good}$x"),
            &format!("{good}\u{1F511}"),
            &"$".repeat(255),
        ] {
            db.set_password_hash("ann@example.com", stored).await;
            let answer = app.browser().sign_in("ann@example.com", PASSWORD).await;
            assert_eq!(all_of(&answer), all_of(&wrong), "{stored}");
            assert_eq!(db.password_hash("ann@example.com").await, stored);
        }
        assert_eq!(ann.session().await["user"]["email"], "ann@example.com");
    }

    async fn sec_b1_unknown_wrong_and_disabled_cannot_be_told_apart(db) {
        let app = db.app(&[]).await;
        app.browser().sign_up("ann@example.com").await;
        app.browser().sign_up("off@example.com").await;
        db.set_password_hash("off@example.com", "!").await;
        let tries = [
            ("ann@example.com", "wrong-password"),
            ("nobody@example.com", PASSWORD),
            ("off@example.com", PASSWORD),
        ]
        .map(|(email, password)| {
            let mut browser = app.browser();
            async move { browser.sign_in(email, password).await }
        });
        let answers = together(tries).await;
        assert_eq!(answers[0].refusal(), (401, "INVALID_EMAIL_OR_PASSWORD".into()));
        assert_eq!(all_of(&answers[1]), all_of(&answers[0]));
        assert_eq!(all_of(&answers[2]), all_of(&answers[0]));
    }
}
