//! One key however many instances start, sealed, and readable after `SECRET_KEY` has
//! changed.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::{ann, jwks, kid, kids, signed_in, token, verifies};
use crate::support::{Mood, MoodyRandom, TestDb, db_test, together};

const OLD: &str = "an-old-secret-for-tests-0123456789abcdefgh";
const NEW: &str = "a-newer-secret-for-tests-0123456789abcdefg";
const NEWEST: &str = "the-newest-secret-for-tests-0123456789abcd";

async fn keys_kept(db: &TestDb) -> i64 {
    db.count("SELECT COUNT(*) FROM signing_keys").await
}

db_test! {
    async fn sixteen_first_requests_at_two_instances_make_one_key(db) {
        let apps = [db.app(&[]).await, db.app(&[]).await];
        let ann = ann(&apps[0]).await;
        assert_eq!(keys_kept(&db).await, 0, "nothing is made before it is needed");
        let cookie = ann.cookie("better-auth.session_token").unwrap();
        let asking = (0..16).map(|count| {
            let mut browser = apps[count % 2].browser();
            browser.set_cookie("better-auth.session_token", cookie);
            let path = if count % 4 < 2 { "/api/auth/token" } else { "/api/auth/jwks" };
            async move { browser.get(path).await }
        });
        for answer in together(asking.collect::<Vec<_>>()).await {
            assert_eq!(answer.status, 200, "{answer:?}");
        }
        assert_eq!(keys_kept(&db).await, 1);
        assert_eq!(jwks(&apps[0]).await, jwks(&apps[1]).await);
    }

    async fn sec_k4_one_search_for_primes_at_a_time_and_one_rsa_key(db) {
        let app = db.app(&[("JWT_ALG", "RS256")]).await;
        let asking = (0..4).map(|_| {
            let mut browser = app.browser();
            async move { browser.get("/api/auth/jwks").await.json() }
        });
        let answers = together(asking.collect::<Vec<_>>()).await;
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        assert_eq!(keys_kept(&db).await, 1);
    }

    async fn a_token_reads_no_key_from_the_database(db) {
        let app = db.app(&[]).await;
        let mut ann = ann(&app).await;
        let first = kid(&token(&mut ann).await);
        db.execute("DELETE FROM signing_keys").await;
        assert_eq!(kid(&token(&mut ann).await), first);
    }

    async fn sec_k2_the_private_half_is_kept_sealed(db) {
        let app = db.app(&[]).await;
        jwks(&app).await;
        for sealed in db.texts("SELECT private_key FROM signing_keys").await {
            assert!(sealed.starts_with("v1."), "{sealed}");
        }
        let published = db.texts("SELECT public_jwk FROM signing_keys").await;
        let published: Value = serde_json::from_str(&published[0]).unwrap();
        assert_eq!(published, jwks(&app).await[0]);
    }

    async fn sec_k4_a_rotated_secret_leaves_the_key_as_it_is_and_seals_it_anew(db) {
        let old = db.app(&[("SECRET_KEY", OLD)]).await;
        let before = token(&mut ann(&old).await).await;
        let rotating = db.app(&[("SECRET_KEY", NEW), ("SECRET_KEY_PREVIOUS", OLD)]).await;
        let after = token(&mut signed_in(&rotating).await).await;
        assert_eq!(kid(&after), kid(&before));
        assert!(verifies(&before, &jwks(&rotating).await));

        // Nothing needs the old secret any more.
        let done = db.app(&[("SECRET_KEY", NEW)]).await;
        let last = token(&mut signed_in(&done).await).await;
        assert_eq!(kid(&last), kid(&before));
        let again = db.app(&[("SECRET_KEY", NEWEST), ("SECRET_KEY_PREVIOUS", NEW)]).await;
        assert_eq!(kid(&token(&mut signed_in(&again).await).await), kid(&before));
        assert_eq!(keys_kept(&db).await, 1);
        // Nor does an instance of before, still running, whose keys cannot be read
        // from the database any more.
        old.advance(Duration::from_mins(10));
        assert_eq!(kids(&old).await, [kid(&before)]);
        assert_eq!(keys_kept(&db).await, 1);
    }

    async fn sec_k4_a_lost_secret_makes_a_new_key_and_breaks_no_token(db) {
        let old = db.app(&[("SECRET_KEY", OLD)]).await;
        let before = token(&mut ann(&old).await).await;
        let new = db.app(&[("SECRET_KEY", NEW)]).await;
        let after = token(&mut signed_in(&new).await).await;
        assert_ne!(kid(&after), kid(&before));
        let keys = jwks(&new).await;
        assert!(verifies(&before, &keys), "what was signed is still verified");
        assert!(verifies(&after, &keys));
        assert_eq!(keys.len(), 2);
        // Another that lost it finds the new key.
        let third = db.app(&[("SECRET_KEY", NEW)]).await;
        assert_eq!(jwks(&third).await, keys);
    }

    async fn sec_k4_instances_with_secrets_of_their_own_do_not_fill_the_database(db) {
        let mut first = None;
        for count in 0..20 {
            let secret = format!("a-secret-of-its-own-{count:02}-0123456789abcdef");
            let app = db.app(&[("SECRET_KEY", &secret)]).await;
            if first.is_none() {
                ann(&app).await;
            }
            let answer = signed_in(&app).await.get("/api/auth/token").await;
            assert_eq!(answer.status, if count < 16 { 200 } else { 500 }, "{answer:?}");
            let Value::String(token) = answer.json()["token"].take() else {
                continue;
            };
            first.get_or_insert(token);
        }
        assert_eq!(keys_kept(&db).await, 16);
        // Who can make no more still says what verifies the tokens of the others.
        let last = db.app(&[]).await;
        assert!(verifies(&first.unwrap(), &jwks(&last).await));
    }

    async fn sec_k2_a_key_moved_to_another_row_signs_nothing(db) {
        let app = db.app(&[]).await;
        let mut ann = ann(&app).await;
        let first = kid(&token(&mut ann).await);
        let other = db.app(&[("JWT_ALG", "ES256")]).await;
        jwks(&other).await;
        let moved = "UPDATE signing_keys SET private_key = \
                     (SELECT private_key FROM signing_keys WHERE alg = 'ES256') WHERE alg = 'EdDSA'";
        db.execute(moved).await;
        let fresh = db.app(&[]).await;
        let mut again = signed_in(&fresh).await;
        let second = token(&mut again).await;
        assert_ne!(kid(&second), first, "another key was made");
        assert!(verifies(&second, &jwks(&fresh).await));
    }

    async fn without_randomness_no_key_is_made_and_none_is_kept(db) {
        let mut app = db.unmigrated(&[]);
        let random = Arc::new(MoodyRandom::default());
        app.random = Arc::clone(&random) as Arc<_>;
        db.app(&[]).await;
        app.db.open_gate();
        let app = db.instance(app);
        random.set(Mood::Fails);
        assert_eq!(app.browser().get("/api/auth/jwks").await.status, 500);
        assert_eq!(keys_kept(&db).await, 0);
        random.set(Mood::Fine);
        assert_eq!(jwks(&app).await.len(), 1);
    }

    async fn keys_of_a_later_version_are_left_alone(db) {
        db.app(&[]).await;
        db.execute(
            "INSERT INTO signing_keys (kid, alg, serial, public_jwk, private_key, created_at) \
             VALUES ('later', 'ES1024', 1, '{\"alg\":\"ES1024\"}', 'v2.', '2026-01-01 00:00:00')",
        ).await;
        let app = db.app(&[]).await;
        assert_eq!(jwks(&app).await.len(), 1);
        assert_eq!(keys_kept(&db).await, 2);
    }
}
