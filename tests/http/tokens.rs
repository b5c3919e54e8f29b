//! `GET token` and `GET jwks`: what they answer, and that what the one gives the
//! other verifies.

mod keys;
mod rotation;
mod verifier;

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Answer, Browser, CLEARED, Instance, ORIGIN, PASSWORD, db_test};
use verifier::{claims, header, verifies};

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);
/// The moment at which a case's clock starts, in seconds.
const START: i64 = 1_795_532_400;

/// Somebody who has just signed up.
async fn ann(app: &Instance) -> Browser {
    let mut ann = app.browser();
    ann.sign_up("ann@example.com").await;
    ann
}

/// Them again, with a session of today's secret and clock.
async fn signed_in(app: &Instance) -> Browser {
    let mut browser = app.browser();
    let answer = browser.sign_in("ann@example.com", PASSWORD).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    browser
}

async fn token(browser: &mut Browser) -> String {
    let answer = browser.get("/api/auth/token").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["token"].as_str().unwrap().to_owned()
}

/// The published keys.
async fn jwks(app: &Instance) -> Vec<Value> {
    let answer = app.browser().get("/api/auth/jwks").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["keys"].as_array().unwrap().clone()
}

/// Their names.
async fn kids(app: &Instance) -> Vec<String> {
    let keys = jwks(app).await;
    keys.iter()
        .map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

fn kid(token: &str) -> String {
    header(token)["kid"].as_str().unwrap().to_owned()
}

db_test! {
    async fn a_token_says_who_it_is_for_a_quarter_of_an_hour(db) {
        let app = db.app(&[]).await;
        let mut ann = ann(&app).await;
        let session = ann.session().await;
        let user = &session["user"];
        let token = token(&mut ann).await;
        assert_eq!(header(&token), json!({"alg": "EdDSA", "kid": kid(&token)}));
        let mut wanted = user.as_object().unwrap().clone();
        let own = json!({
            "iat": START, "exp": START + 900, "sub": user["id"],
            "iss": "http://localhost:7860", "aud": "http://localhost:7860",
        });
        wanted.extend(own.as_object().unwrap().clone());
        assert_eq!(claims(&token), Value::Object(wanted));
        assert!(verifies(&token, &jwks(&app).await));
    }

    async fn issuer_and_audience_are_what_was_set(db) {
        let settings = [("JWT_ISSUER", "Our sign-in"), ("JWT_AUDIENCE", "https://api.example.com")];
        let app = db.app(&settings).await;
        let claims = claims(&token(&mut ann(&app).await).await);
        assert_eq!(claims["iss"], "Our sign-in");
        assert_eq!(claims["aud"], "https://api.example.com");
    }

    async fn every_algorithm_signs_what_its_published_key_verifies(db) {
        for (alg, members) in [
            ("EdDSA", json!(["alg", "crv", "kid", "kty", "x"])),
            ("ES256", json!(["alg", "crv", "kid", "kty", "x", "y"])),
            ("RS256", json!(["alg", "e", "kid", "kty", "n"])),
        ] {
            let app = db.app(&[("JWT_ALG", alg)]).await;
            let mut ann = app.browser();
            ann.sign_up(&format!("ann@{alg}.example.com")).await;
            let token = token(&mut ann).await;
            assert_eq!(header(&token)["alg"], alg);
            let keys = jwks(&app).await;
            assert!(verifies(&token, &keys), "{alg}");
            let key = keys.iter().find(|key| key["alg"] == alg).unwrap();
            let names: Vec<&String> = key.as_object().unwrap().keys().collect();
            assert_eq!(json!(names), members, "{alg}");
        }
    }

    async fn sec_k1_only_a_live_session_gets_a_token(db) {
        let app = db.app(&[]).await;
        let nobody = app.browser().get("/api/auth/token").await;
        assert_eq!(nobody.refusal(), (401, "UNAUTHORIZED".into()));
        assert!(nobody.set_cookies.is_empty());

        let mut made_up = app.browser();
        made_up.set_cookie("better-auth.session_token", "a.b");
        assert_eq!(made_up.get("/api/auth/token").await.status, 401);

        let mut ann = ann(&app).await;
        let cookie = ann.cookie("better-auth.session_token").unwrap().to_owned();
        assert_eq!(ann.post_empty("/api/auth/sign-out").await.status, 200);
        ann.set_cookie("better-auth.session_token", &cookie);
        assert_is_ended(&ann.get("/api/auth/token").await);

        assert_eq!(ann.sign_in("ann@example.com", PASSWORD).await.status, 200);
        app.advance((7 * DAY).saturating_sub(MINUTE));
        let mut late = ann.clone();
        token(&mut late).await;
        app.advance(7 * DAY);
        assert_is_ended(&ann.get("/api/auth/token").await);
    }

    async fn with_bearer_whoever_reads_a_session_is_given_one(db) {
        let app = db.app(&[("BEARER", "on"), ("COOKIE_CACHE", "on")]).await;
        let mut ann = ann(&app).await;
        let answer = ann.get("/api/auth/get-session?disableCookieCache=true").await;
        let given = answer.header("set-auth-jwt").to_owned();
        assert!(verifies(&given, &jwks(&app).await));
        assert_eq!(claims(&given), claims(&token(&mut ann).await));
        let exposed = answer.header("access-control-expose-headers");
        assert!(exposed.ends_with(", set-auth-jwt"), "{exposed}");
        let from_a_copy = ann.get("/api/auth/get-session").await;
        assert_eq!(from_a_copy.header("set-auth-jwt"), "", "it may have ended since");
        for path in ["/api/auth/list-accounts", "/api/verify"] {
            assert_eq!(ann.get(path).await.header("set-auth-jwt"), "", "{path}");
        }
        let nobody = app.browser().get("/api/auth/get-session").await;
        assert_eq!(nobody.header("set-auth-jwt"), "");
        let off = db.app(&[]).await;
        let mut ann = signed_in(&off).await;
        assert_eq!(ann.get("/api/auth/get-session").await.header("set-auth-jwt"), "");
    }

    async fn sec_k1_nothing_about_a_token_may_be_kept_and_foreign_pages_read_nothing(db) {
        let app = db.app(&[]).await;
        let mut ann = ann(&app).await;
        for path in ["/api/auth/token", "/api/auth/jwks"] {
            let answer = ann.get(path).await;
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
            assert_eq!(answer.header("content-type"), "application/json", "{path}");
            assert_eq!(answer.header("access-control-allow-origin"), ORIGIN, "{path}");
            let foreign = ann.clone().with("origin", "https://evil.example").get(path).await;
            assert_eq!(foreign.header("access-control-allow-origin"), "", "{path}");
        }
    }
}

/// 401, and the cookies that have become useless are cleared.
fn assert_is_ended(answer: &Answer) {
    assert_eq!(answer.refusal(), (401, "UNAUTHORIZED".into()));
    assert_eq!(answer.set_cookies.len(), CLEARED.len(), "{answer:?}");
}
