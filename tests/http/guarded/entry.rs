//! Who gets in, and what whoever does not is told.

use super::{Front, echo, from_our_page, upstream};
use crate::support::{SESSION, db_test};

const NAVIGATION: &str = "sec-fetch-mode: navigate\r\naccept: text/html\r\n";

db_test! {
    async fn only_somebody_with_a_session_reaches_the_upstream(db) {
        let front = Front::of(&db, upstream(echo).await, &[]).await;
        let (mut ann, cookie) = front.ann().await;
        let answer = front.ask("GET /any?x=1", &cookie).await;
        assert_eq!(answer.status, 200);
        assert!(answer.told("GET /any?x=1 HTTP/1.1"), "{answer:?}");
        assert!(!answer.field("x-request-id").is_empty());
        // Somebody's answer is kept by no cache that others read.
        assert_eq!(answer.field("cache-control"), "private");
        assert_eq!(answer.field("vary"), "Cookie");
        assert_eq!(answer.field("content-security-policy"), "");

        let unknown = front.app.signed(&"a".repeat(43));
        for fields in [String::new(), "cookie: app=1\r\n".into(), format!("cookie: {SESSION}={unknown}\r\n")] {
            let answer = front.ask("GET /any", &fields).await;
            assert_eq!(answer.refusal(), (401, "UNAUTHORIZED".into()), "{fields}");
            assert!(!answer.field("content-security-policy").is_empty());
        }
        ann.post_empty("/api/auth/sign-out").await;
        assert_eq!(front.ask("GET /any", &cookie).await.refusal().0, 401);
    }

    async fn our_own_paths_are_served_as_ever(db) {
        let front = Front::of(&db, upstream(echo).await, &[]).await;
        let (_, cookie) = front.ann().await;
        assert_eq!(front.ask("GET /health", "").await.status, 200);
        let session = front.ask("GET /api/auth/get-session", &cookie).await;
        assert!(session.body.contains("ann@example.com"), "{session:?}");
        for path in ["/api/auth/nope", "/doorkey/nope.css"] {
            assert_eq!(front.ask(&format!("GET {path}"), &cookie).await.status, 404, "{path}");
        }
    }

    async fn public_paths_are_open_and_still_tell_who_it_is(db) {
        let settings = [("PUBLIC_PATHS", "/open")];
        let front = Front::of(&db, upstream(echo).await, &settings).await;
        let (_, cookie) = front.ann().await;
        let nobody = front.ask("GET /open/x", "x-auth-user-id: evil\r\nx-auth-email-verified: true\r\n").await;
        assert_eq!(nobody.status, 200);
        assert!(!nobody.body.contains("x-auth-"), "{nobody:?}");
        assert_eq!(nobody.field("cache-control"), "");
        let ann = front.ask("GET /open/x", &cookie).await;
        assert!(ann.told("x-auth-email: ann@example.com"), "{ann:?}");
        assert!(ann.told("x-auth-email-verified: false"), "{ann:?}");
        assert_eq!(front.ask("GET /opening", "").await.refusal().0, 401);
        // A hook of another service brings no cookie and no page.
        assert_eq!(front.ask("POST /open/hook", "content-length: 0\r\n").await.status, 200);
    }
}

#[tokio::test]
async fn a_navigation_is_sent_to_sign_in_and_comes_back() {
    let (front, _db) = Front::echo().await;
    let (_, cookie) = front.ann().await;
    for fields in [NAVIGATION, "accept: text/html,*/*\r\n"] {
        let answer = front.ask("GET /a/b?x=1&y=%20", fields).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        let back = "%2Fdoorkey%2Freturn%3Fto%3D%252Fa%252Fb%253Fx%253D1%2526y%253D%252520";
        assert_eq!(
            answer.field("location"),
            format!("/sign-in?callbackURL={back}")
        );
        let back = "/doorkey/return?to=%2Fa%2Fb%3Fx%3D1%26y%3D%2520";
        let answer = front.ask(&format!("GET {back}"), &cookie).await;
        let location = answer.field("location");
        assert_eq!((answer.status, location), (303, "/a/b?x=1&y=%20"));
    }
    for (line, fields) in [
        ("GET /a", "sec-fetch-mode: cors\r\naccept: text/html\r\n"),
        ("GET /a", "accept: application/json\r\n"),
        (
            "POST /a",
            "sec-fetch-mode: navigate\r\ncontent-length: 0\r\n",
        ),
    ] {
        let answer = front.ask(line, fields).await;
        assert_eq!(answer.refusal().0, 401, "{line} {fields}");
    }
}

#[tokio::test]
async fn sec_d4_coming_back_leads_nowhere_else() {
    let (front, _db) = Front::echo().await;
    let (_, cookie) = front.ann().await;
    for to in [
        "https%3A%2F%2Fevil.example",
        "%2F%2Fevil.example",
        "%2F%5Cevil.example",
        "x",
        "",
        "%2Fa%0d%0ab",
    ] {
        let answer = front
            .ask(&format!("GET /doorkey/return?to={to}"), &cookie)
            .await;
        assert_eq!(
            (answer.status, answer.field("location")),
            (303, "/"),
            "{to}"
        );
    }
}

#[tokio::test]
async fn sec_j3_a_change_with_a_cookie_comes_from_a_page_of_ours() {
    let (front, _db) = Front::echo().await;
    let (_, cookie) = front.ann().await;
    let post = |fields: String| {
        let (front, cookie) = (&front, &cookie);
        async move {
            let fields = format!("{cookie}{fields}content-length: 0\r\n");
            front.ask("POST /change", &fields).await
        }
    };
    for good in [
        from_our_page(),
        "origin: http://localhost:7860\r\n".into(),
        "referer: http://localhost:7860/x\r\n".into(),
    ] {
        assert_eq!(post(good.clone()).await.status, 200, "{good}");
    }
    // As the browser has it: the host that it asked.
    let other_host =
        format!("{cookie}host: 192.0.2.1:80\r\norigin: http://192.0.2.1\r\ncontent-length: 0\r\n");
    assert_eq!(front.ask("POST /change", &other_host).await.status, 200);
    for bad in [
        "",
        "origin: null\r\n",
        "origin: https://evil.example\r\n",
        "origin: https://localhost:7860\r\n",
        "origin: http://localhost:7860.evil.example\r\n",
        "origin: http://localhost:3000\r\norigin: https://evil.example\r\n",
        "referer: https://evil.example/\r\n",
    ] {
        let answer = post(bad.to_owned()).await;
        assert_eq!(answer.refusal().0, 403, "{bad}");
    }
    for method in ["PUT", "PATCH", "DELETE", "PROPFIND"] {
        let fields = format!("{cookie}origin: https://evil.example\r\ncontent-length: 0\r\n");
        assert_eq!(
            front
                .ask(&format!("{method} /change"), &fields)
                .await
                .refusal()
                .0,
            403,
            "{method}"
        );
    }
    // Reading is not changing.
    let fields = format!("{cookie}origin: https://evil.example\r\n");
    assert_eq!(front.ask("GET /read", &fields).await.status, 200);
}

#[tokio::test]
async fn preflights_of_trusted_pages_are_answered_in_its_place() {
    let (front, _db) = Front::echo().await;
    let fields = format!("{}access-control-request-method: PUT\r\n", from_our_page());
    let answer = front.ask("OPTIONS /any", &fields).await;
    assert_eq!(answer.status, 204);
    assert_eq!(
        answer.field("access-control-allow-origin"),
        crate::support::ORIGIN
    );
    assert!(answer.field("access-control-allow-methods").contains("PUT"));
    let foreign = "origin: https://evil.example\r\naccess-control-request-method: PUT\r\n";
    assert_eq!(front.ask("OPTIONS /any", foreign).await.refusal().0, 403);
    assert_eq!(front.ask("OPTIONS /any", "").await.refusal().0, 401);
}

#[tokio::test]
async fn sec_j2_what_can_be_read_in_two_ways_is_refused_with_a_session_too() {
    let (front, _db) = Front::echo().await;
    let (_, cookie) = front.ann().await;
    for target in [
        "/a/../b",
        "/a/%2e%2e/b",
        "//health",
        "/%68ealth",
        "/api;x/auth/ok",
        "/a%00b",
        "http://evil.example/x",
        "/..;/x",
    ] {
        let answer = front.ask(&format!("GET {target}"), &cookie).await;
        assert_eq!(answer.refusal(), (400, "AMBIGUOUS_PATH".into()), "{target}");
    }
    for target in ["/a//b", "/a%2Fb", "/a;b=1/c", "/a%3Bb"] {
        let answer = front.ask(&format!("GET {target}"), &cookie).await;
        assert!(
            answer.told(&format!("GET {target} HTTP/1.1")),
            "{target}: {answer:?}"
        );
        assert_eq!(
            front.ask(&format!("GET {target}"), "").await.refusal().0,
            401,
            "{target}"
        );
    }
    // No proxy for other hosts, whatever the form.
    for line in ["CONNECT evil.example:443", "OPTIONS *", "TRACE /x"] {
        let status = front.ask(line, &cookie).await.status;
        assert!(matches!(status, 400 | 405), "{line}: {status}");
    }
}
