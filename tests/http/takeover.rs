//! A database that the first system left is taken over in place: every password
//! and every live cookie works on, nothing is lost, a second time changes nothing.

use doorkey::store::migrate::migrate;
use serde_json::{Value, json};

use crate::support::seed::{KnownUser, known};
use crate::support::{Browser, Instance, TestDb, db_test};

/// The cookie of the first system.
const LEGACY: &str = "session_token";

/// The first system's database, taken over, at today's time.
async fn taken_over(db: &TestDb) -> Instance {
    db.load_seed().await;
    db.today(&[]).await
}

fn with_legacy(app: &Instance, token: &str) -> Browser {
    let mut browser = app.browser();
    browser.set_cookie(LEGACY, token);
    browser
}

fn live(user: &KnownUser) -> impl Iterator<Item = &str> {
    user.sessions
        .iter()
        .filter(|session| session.live)
        .map(|session| session.token.as_str())
}

async fn rows(db: &TestDb) -> Vec<String> {
    let mut rows = db.dump().await;
    rows.sort();
    rows
}

db_test! {
    async fn every_live_cookie_opens_its_users_door_again_and_again(db) {
        let app = taken_over(&db).await;
        let mut tried = 0;
        for user in known().users {
            for token in live(&user) {
                for _ in 0..2 {
                    let session = with_legacy(&app, token).session().await;
                    assert_eq!(session["user"]["id"], user.id, "{}", user.email);
                    assert_eq!(session["user"]["email"], user.email);
                    assert_eq!(with_legacy(&app, token).get("/api/verify").await.status, 200);
                }
                tried += 1;
            }
        }
        assert!(tried >= 50, "only {tried} cookies");
    }

    async fn every_password_signs_in_and_is_then_kept_as_argon2id(db) {
        let app = taken_over(&db).await;
        let known = known();
        for user in &known.users {
            for _ in 0..2 {
                let answer = app.browser().sign_in(&user.email, &user.password).await;
                assert_eq!(answer.status, 200, "{}: {answer:?}", user.email);
                assert_eq!(answer.json()["user"]["id"], user.id);
            }
        }
        let others = "SELECT COUNT(*) FROM users WHERE password_hash NOT LIKE '$argon2id$%'";
        assert_eq!(db.count(others).await, 0);
        for gone in &known.deleted_users {
            let answer = app.browser().sign_in(&gone.email, "Pw-A-00-korrekt!").await;
            assert_eq!(answer.status, 401);
        }
    }

    async fn what_bcrypt_also_accepted_signs_in_once_more(db) {
        let app = taken_over(&db).await;
        let users = known().users;
        let mut cut: Vec<(&str, &str)> = Vec::new();
        for user in &users {
            cut.extend(user.password_also_accepted.as_deref().map(|also| (user.email.as_str(), also)));
        }
        assert!(!cut.is_empty());
        for (email, also) in cut {
            assert_eq!(app.browser().sign_in(email, also).await.status, 200, "{email}");
        }
    }

    async fn dead_and_deleted_sessions_open_nothing(db) {
        let app = taken_over(&db).await;
        let known = known();
        for token in known.expired_tokens.iter().chain(&known.deleted_tokens) {
            assert_eq!(with_legacy(&app, token).session().await, Value::Null);
        }
        for made_up in ["x", "", "é", &"a".repeat(300), "'; DROP TABLE users; --"] {
            assert_eq!(app.browser().with("cookie", &format!("{LEGACY}={made_up}")).session().await, Value::Null);
        }
    }

    async fn a_second_start_changes_nothing(db) {
        taken_over(&db).await;
        let before = rows(&db).await;
        db.today(&[]).await;
        assert_eq!(rows(&db).await, before);
    }

    async fn nothing_is_lost_and_no_token_stays_in_clear(db) {
        db.load_seed().await;
        let count = "SELECT (SELECT COUNT(*) FROM users) * 1000 + (SELECT COUNT(*) FROM sessions)";
        let before = db.count(count).await;
        db.today(&[]).await;
        assert_eq!(db.count(count).await, before);
        let values = db.dump().await;
        for user in known().users {
            for session in &user.sessions {
                assert!(!values.contains(&session.token), "a token stands in clear");
            }
        }
    }

    async fn one_that_is_stopped_half_way_has_changed_nothing(db) {
        db.load_seed().await;
        let before = rows(&db).await;
        let settings = db.unmigrated(&[]).config.database.clone();
        let stopped = tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let stop: &mut (dyn FnMut(&'static str, u64, u64) + Send) = &mut |_, _, _| panic!("stopped");
            let _ = runtime.unwrap().block_on(migrate(&settings, stop));
        });
        assert!(stopped.await.unwrap_err().is_panic());
        assert_eq!(rows(&db).await, before);
        let app = db.today(&[]).await;
        let known = known();
        let token = known.users.iter().find_map(|user| live(user).next()).unwrap();
        assert_ne!(with_legacy(&app, token).session().await, Value::Null);
    }

    async fn the_old_cookie_is_replaced_by_a_signed_one_and_both_end_together(db) {
        let app = taken_over(&db).await;
        let known = known();
        let token = known.users.iter().find_map(|user| live(user).next()).unwrap();
        let mut browser = with_legacy(&app, token);
        browser.session().await;
        assert_eq!(browser.cookie(LEGACY), None);
        let signed = browser.cookie("better-auth.session_token").unwrap().to_owned();
        assert_ne!(browser.session().await, Value::Null);
        assert_eq!(browser.post_empty("/api/auth/sign-out").await.status, 200);
        assert_eq!(with_legacy(&app, token).session().await, Value::Null);
        browser.set_cookie("better-auth.session_token", &signed);
        assert_eq!(browser.session().await, Value::Null);
    }

    async fn the_old_cookie_changes_a_password_and_deletes_an_account_and_ends_with_either(db) {
        let app = taken_over(&db).await;
        let known = known();
        let user = known.users.iter().find(|user| live(user).next().is_some()).unwrap();
        let token = live(user).next().unwrap();
        let mut browser = with_legacy(&app, token);
        let (change, delete) = ("/api/auth/change-password", "/api/auth/delete-user");
        let new = "a-new-password-1";
        let body = json!({"currentPassword": user.password, "newPassword": new});
        assert_eq!(browser.post(change, body).await.status, 200);
        assert_eq!(browser.cookie(LEGACY), Some(token), "the session goes on as it was");

        let body = json!({"currentPassword": new, "newPassword": new, "revokeOtherSessions": true});
        assert_eq!(browser.post(change, body).await.status, 200);
        assert_eq!(browser.cookie(LEGACY), None);
        assert_eq!(with_legacy(&app, token).session().await, Value::Null);
        assert_eq!(browser.session().await["user"]["email"], user.email);

        let other = known.users.iter().rfind(|other| live(other).next().is_some()).unwrap();
        assert_ne!(other.id, user.id);
        let mut browser = with_legacy(&app, live(other).next().unwrap());
        let answer = browser.post(delete, json!({"password": other.password})).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(browser.cookie(LEGACY), None);
        assert_eq!(app.browser().sign_in(&other.email, &other.password).await.status, 401);
    }

    async fn sec_c3_an_unsigned_cookie_opens_only_what_was_taken_over(db) {
        let app = taken_over(&db).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.net").await;
        let cookie = ann.cookie("better-auth.session_token").unwrap();
        let token = cookie.split_once('.').unwrap().0;
        assert_eq!(with_legacy(&app, token).session().await, Value::Null);
        let off = db.today(&[("LEGACY_COOKIE", "off")]).await;
        let known = known();
        let live = known.users.iter().find_map(|user| live(user).next()).unwrap();
        assert_eq!(with_legacy(&off, live).session().await, Value::Null);
    }

    async fn sec_d1_the_old_cookie_counts_as_a_cookie_for_origin_checks(db) {
        let app = taken_over(&db).await;
        let known = known();
        let token = known.users.iter().find_map(|user| live(user).next()).unwrap();
        let answer = with_legacy(&app, token)
            .with("origin", "https://evil.example")
            .post_empty("/api/auth/sign-out")
            .await;
        assert_eq!(answer.refusal(), (403, "INVALID_ORIGIN".into()));
        assert_ne!(with_legacy(&app, token).session().await, Value::Null);
    }
}
