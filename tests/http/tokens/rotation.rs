//! One key follows the other, and no verifier notices.

use super::{DAY, MINUTE, ann, header, jwks, kid, kids, signed_in, token, verifies};
use crate::support::{Instance, TestDb, db_test};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

async fn kept(db: &TestDb) -> Vec<String> {
    db.texts("SELECT kid FROM signing_keys ORDER BY serial")
        .await
}

/// Has the next write sweep, and waits for it.
async fn sweep(app: &Instance) {
    signed_in(app).await;
    app.web.app.background.idle().await;
}

db_test! {
    async fn sec_k3_the_next_key_is_known_a_day_before_it_signs_and_the_old_outlives_its_tokens(db) {
        let app = db.app(&[]).await;
        ann(&app).await;
        let first = kids(&app).await;

        app.advance((90 * DAY).saturating_sub(SECOND));
        assert_eq!(kids(&app).await, first, "it signs for 90 days");

        app.advance(SECOND);
        let both = kids(&app).await;
        assert_eq!(both.len(), 2);
        assert_eq!(both[0], first[0]);
        assert_eq!(kid(&token(&mut signed_in(&app).await).await), first[0]);

        app.advance(DAY.saturating_sub(SECOND));
        let last = token(&mut signed_in(&app).await).await;
        assert_eq!(kid(&last), first[0], "for its first day the next is only known");

        app.advance(SECOND);
        assert_eq!(kid(&token(&mut signed_in(&app).await).await), both[1]);
        app.advance(15 * MINUTE);
        assert!(verifies(&last, &jwks(&app).await), "as long as it lives");

        app.advance(DAY.saturating_sub(SECOND));
        assert_eq!(kids(&app).await, both);
        sweep(&app).await;
        assert_eq!(kept(&db).await, both, "and a day more");

        app.advance(SECOND);
        assert_eq!(kids(&app).await, both[1..]);
        app.advance(10 * MINUTE);
        sweep(&app).await;
        assert_eq!(kept(&db).await, both[1..], "then both its halves are gone");
    }

    async fn sec_k3_an_instance_that_has_not_looked_for_a_while_makes_no_key_of_its_own(db) {
        let (one, other) = (db.app(&[]).await, db.app(&[]).await);
        ann(&one).await;
        kids(&one).await;
        one.advance((90 * DAY).saturating_sub(MINUTE));
        let first = kids(&other).await;
        one.advance(MINUTE);
        let both = kids(&one).await;
        assert_eq!(both.len(), 2);
        // What it keeps is a minute old and says that a key is due: so it looks.
        assert_eq!(kid(&token(&mut signed_in(&other).await).await), first[0]);
        assert_eq!(kids(&other).await, both);
        assert_eq!(kept(&db).await, both);
    }

    async fn sec_k3_what_an_instance_signs_with_old_keys_every_other_one_verifies(db) {
        let (one, other) = (db.app(&[]).await, db.app(&[]).await);
        ann(&one).await;
        kids(&one).await;
        one.advance(90 * DAY);
        let both = kids(&one).await;
        // Minutes before the change it looks for the last time.
        one.advance(DAY.saturating_sub(4 * MINUTE));
        assert_eq!(kid(&token(&mut signed_in(&other).await).await), both[0]);
        one.advance(4 * MINUTE);
        for app in [&one, &other] {
            let signed = token(&mut signed_in(app).await).await;
            assert_eq!(kid(&signed), both[1], "the clock says it, nobody needs to");
            for app in [&one, &other] {
                assert!(verifies(&signed, &jwks(app).await));
            }
        }
    }

    async fn another_algorithm_signs_at_once_and_the_tokens_of_the_old_stay_good(db) {
        let old = db.app(&[]).await;
        let before = token(&mut ann(&old).await).await;
        old.advance(MINUTE);
        let new = db.app(&[("JWT_ALG", "ES256")]).await;
        let after = token(&mut signed_in(&new).await).await;
        assert_eq!(header(&after)["alg"], "ES256");
        old.advance(SECOND);
        // Both are known at both, during the change of instances and after.
        for app in [&old, &new] {
            let keys = jwks(app).await;
            assert!(verifies(&before, &keys));
            assert!(verifies(&after, &keys));
        }
        new.advance(2 * DAY + 15 * MINUTE);
        assert_eq!(kids(&new).await, [kid(&after)]);
        new.advance(10 * MINUTE);
        sweep(&new).await;
        assert_eq!(kept(&db).await, [kid(&after)]);
    }

    async fn two_algorithms_for_good_are_two_sets_of_keys_and_no_flood(db) {
        let apps = [db.app(&[]).await, db.app(&[("JWT_ALG", "ES256")]).await];
        ann(&apps[0]).await;
        for _ in 0..10 {
            for app in &apps {
                let signed = token(&mut signed_in(app).await).await;
                app.advance(SECOND);
                for app in &apps {
                    assert!(verifies(&signed, &jwks(app).await));
                }
            }
            apps[0].advance(12 * 60 * MINUTE);
        }
        sweep(&apps[0]).await;
        assert!(kept(&db).await.len() <= 8, "{:?}", kept(&db).await);
    }

    async fn while_the_database_is_away_verifiers_get_the_keys_that_were_last_read(db) {
        let app = db.app(&[]).await;
        let keys = jwks(&app).await;
        app.advance(MINUTE);
        app.web.app.db.close().await;
        assert_eq!(jwks(&app).await, keys);
        let nothing_read = db.app(&[]).await;
        nothing_read.web.app.db.close().await;
        let answer = nothing_read.browser().get("/api/auth/jwks").await;
        assert_eq!(answer.refusal(), (503, "DATABASE_UNAVAILABLE".into()));
    }
}
