//! What the upstream is told, and what it is not.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Front, cookie_of, echo, upstream};
use crate::support::{PASSWORD, TestDb, db_test};

db_test! {
    async fn the_upstream_is_told_who_it_is(db) {
        let front = Front::of(&db, upstream(echo).await, &[]).await;
        let mut zoe = front.app.browser();
        let body = json!({"name": "Zo\u{eb} 100%", "email": "zoe@example.com", "password": PASSWORD});
        let answer = zoe.post("/api/auth/sign-up/email", body).await.json();
        let id = answer["user"]["id"].as_str().unwrap();
        let told = front.ask("GET /", &cookie_of(&zoe)).await;
        for line in [
            format!("x-auth-user-id: {id}"),
            "x-auth-email: zoe@example.com".into(),
            "x-auth-email-verified: false".into(),
            "x-auth-name: Zo%C3%AB 100%25".into(),
            "x-auth-session-expires: 2026-12-01T15:00:00.000Z".into(),
        ] {
            assert!(told.told(&line), "{line}: {told:?}");
        }
        assert!(!told.body.contains("x-auth-jwt"), "{told:?}");
        assert!(told.told(&format!("x-request-id: {}", told.field("x-request-id"))));
    }

    // Anybody may sign up under any address: the app can tell who showed that it is theirs.
    async fn the_upstream_is_told_whether_the_address_was_confirmed(db) {
        let front = Front::of(&db, upstream(echo).await, &[]).await;
        let (_, cookie) = front.ann().await;
        for told in ["false", "true"] {
            let forged = format!("{cookie}x-auth-email-verified: evil\r\nX_Auth_Email_Verified: evil\r\n");
            let answer = front.ask("GET /", &forged).await;
            assert!(answer.told(&format!("x-auth-email-verified: {told}")), "{answer:?}");
            assert_eq!(answer.body.matches("verified").count(), 1, "{answer:?}");
            let link = front.app.link_to("ann@example.com").await;
            front.app.browser().get(&link).await;
        }
    }

    // A browser's visit to the app keeps its session alive as a visit to us does.
    async fn a_session_in_use_is_extended(db) {
        let front = Front::of(&db, upstream(echo).await, &[]).await;
        let (mut ann, cookie) = front.ann().await;
        assert_eq!(front.ask("GET /", &cookie).await.all("set-cookie"), [""; 0]);
        front.app.advance(Duration::from_hours(25));
        let answer = front.ask("GET /", &cookie).await;
        let set = answer.all("set-cookie");
        assert!(set.iter().any(|set| set.starts_with("better-auth.session_token=")), "{set:?}");
        assert_eq!(answer.field("cache-control"), "no-store");
        front.app.advance(Duration::from_hours(6 * 24 + 1));
        assert!(!ann.session().await.is_null());
    }

    async fn a_signed_token_is_made_once_for_most_of_its_life(db) {
        let settings = [("UPSTREAM_JWT", "on")];
        let front = Front::of(&db, upstream(echo).await, &settings).await;
        let (mut ann, cookie) = front.ann().await;
        let first = jwt(&front, &cookie).await;
        assert_eq!(jwt(&front, &cookie).await, first);
        let claims = claims(&first);
        assert_eq!(claims["email"], "ann@example.com");
        assert_eq!(claims["iss"], "http://localhost:7860");
        let keys = ann.get("/api/auth/jwks").await.json();
        assert_eq!(keys["keys"][0]["kid"], header(&first)["kid"]);
        // Another name is told at once.
        ann.post("/api/auth/update-user", json!({"name": "Anna"})).await;
        let renamed = jwt(&front, &cookie).await;
        assert_eq!(self::claims(&renamed)["name"], "Anna");
        front.app.advance(Duration::from_mins(11));
        assert_ne!(jwt(&front, &cookie).await, renamed);
    }
}

async fn jwt(front: &Front, cookie: &str) -> String {
    let answer = front
        .ask("GET /", &format!("{cookie}x-auth-jwt: evil\r\n"))
        .await;
    let lines = answer
        .body
        .lines()
        .filter_map(|line| line.strip_prefix("x-auth-jwt: "));
    let all: Vec<&str> = lines.collect();
    assert_eq!(all.len(), 1, "{answer:?}");
    all[0].to_owned()
}

fn part(token: &str, index: usize) -> Value {
    use base64::Engine as _;
    let part = token.split('.').nth(index).unwrap();
    let json = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(part)
        .unwrap();
    serde_json::from_slice(&json).unwrap()
}

fn header(token: &str) -> Value {
    part(token, 0)
}

fn claims(token: &str) -> Value {
    part(token, 1)
}

#[tokio::test]
async fn sec_j1_nobody_says_who_they_are_themselves() {
    let (front, _db) = Front::echo().await;
    let (_, cookie) = front.ann().await;
    let evil = "X-Auth-User-Id: evil\r\nx_auth_user_id: evil\r\nX-AUTH_EMAIL: evil\r\n\
                X-Auth-Email_Verified: evil\r\nX-Auth-Jwt: evil\r\n\
                x.auth.name: evil\r\nX-Auth-Role: evil\r\nForwarded: for=evil\r\nX-Forwarded-For: evil\r\n\
                X_Forwarded_For: evil\r\nX-Real-IP: evil\r\nX-Forwarded-User: evil\r\nX-Request-Id: evil\r\n\
                X-Forwarded-Proto: evil\r\nProxy: evil\r\n\
                Connection: x-auth-user-id, x-auth-email, cookie, host\r\n";
    let told = front.ask("GET /", &format!("{cookie}{evil}")).await;
    assert!(!told.body.contains("evil"), "{told:?}");
    for line in [
        "x-auth-email: ann@example.com",
        "x-forwarded-for: 127.0.0.1",
        "x-forwarded-proto: http",
        "x-forwarded-host: localhost:7860",
        "host: localhost:7860",
    ] {
        assert!(told.told(line), "{line}: {told:?}");
    }
    assert_eq!(told.body.matches("x-auth-user-id: ").count(), 1);
}

/// A chunked body may be followed by fields, which a back end may take for the head's.
#[tokio::test]
async fn sec_j1_nor_does_a_body_say_it_at_its_end() {
    let (front, _db) = Front::echo().await;
    let (_, cookie) = front.ann().await;
    let mut wire = front.connect().await;
    let fields = format!(
        "{cookie}{}transfer-encoding: chunked\r\ntrailer: x-auth-user-id\r\n",
        super::from_our_page()
    );
    wire.ask("POST /", &fields).await;
    wire.send("3\r\nabc\r\n0\r\nx-auth-user-id: evil\r\n\r\n")
        .await;
    let told = wire.answer().await;
    assert!(told.body.ends_with("\n\nabc"), "{told:?}");
    assert!(
        !told.body.contains("evil") && !told.body.contains("trailer"),
        "{told:?}"
    );
}

#[tokio::test]
async fn sec_j1_the_upstream_never_sees_what_opens_a_session() {
    let db = TestDb::sqlite();
    let settings = [("BEARER", "on")];
    let front = Front::of(&db, upstream(echo).await, &settings).await;
    let (ann, _) = front.ann().await;
    let session = ann.cookie("better-auth.session_token").unwrap();
    let token = session.split('.').next().unwrap();
    let cookies = format!(
        "cookie: app=1; better-auth.session_token={session}\r\ncookie: theme=dark; better-auth.session_data=x; \
         doorkey.known_device=y\r\n"
    );
    let told = front.ask("GET /", &cookies).await;
    assert!(told.told("cookie: app=1; theme=dark"), "{told:?}");
    for secret in [token, "better-auth", "doorkey"] {
        assert!(!told.body.contains(secret), "{secret}: {told:?}");
    }
    let told = front
        .ask("GET /", &format!("authorization: Bearer {session}\r\n"))
        .await;
    assert!(told.told("x-auth-email: ann@example.com"), "{told:?}");
    assert!(!told.body.contains(token), "{told:?}");
    // The app's own credentials are none of our business.
    let told = front
        .ask("GET /", &format!("{cookies}authorization: Basic YTpi\r\n"))
        .await;
    assert!(told.told("authorization: Basic YTpi"), "{told:?}");
}

/// The first system's cookie is a secret while any of its sessions lives; its name is a
/// common one, and afterwards the app's.
#[tokio::test]
async fn sec_j1_the_cookie_of_the_system_taken_over_is_a_secret_while_it_opens_anything() {
    let (front, db) = Front::echo().await;
    let (_, cookie) = front.ann().await;
    let cookies = format!("{}; session_token=one\r\n", cookie.trim_end());
    // Known a moment after the start.
    super::wire::soon(async {
        while !front
            .ask("GET /", &cookies)
            .await
            .told("cookie: session_token=one")
        {}
    })
    .await;
    db.execute("UPDATE sessions SET token_kind = 'legacy'")
        .await;
    let front = Front::of(&db, upstream(echo).await, &[]).await;
    let told = front.ask("GET /", &cookies).await;
    assert!(told.told("x-auth-email: ann@example.com"), "{told:?}");
    assert!(!told.body.contains("session_token"), "{told:?}");
}

#[tokio::test]
async fn sec_j1_the_upstream_signs_nobody_in() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nset-cookie: app=1\r\n\
                  set-cookie: better-auth.session_token=planted; Path=/\r\nset-cookie: =better-auth.session_token=planted\r\n\
                  set-cookie: __Secure-doorkey.known_device=planted\r\nset-cookie: b=2; Path=/\r\n\r\n";
    let db = TestDb::sqlite();
    let front = Front::of(&db, super::wire::always(answer).await, &[]).await;
    let (_, cookie) = front.ann().await;
    let answer = front.ask("GET /", &cookie).await;
    assert_eq!(answer.all("set-cookie"), ["app=1", "b=2; Path=/"]);
}
