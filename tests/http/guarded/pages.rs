//! Small pages in the upstream's place.

use super::Front;
use super::wire::{Answer, always, echo, upstream};
use crate::pages::{OWN, encoded};
use crate::support::{PASSWORD, TestDb};

const NAVIGATION: &str = "sec-fetch-mode: navigate\r\n";

/// The `Cookie` line of what an answer has set.
fn kept(answer: &Answer) -> String {
    let set = answer.all("set-cookie").into_iter();
    let pairs: Vec<&str> = set.filter_map(|cookie| cookie.split(';').next()).collect();
    format!("cookie: {}\r\n", pairs.join("; "))
}

#[tokio::test]
async fn signing_in_on_our_page_leads_to_what_was_asked_for() {
    let (front, _db) = Front::echo().await;
    front.ann().await;
    let asked = front.ask("GET /a?x=1", NAVIGATION).await;
    let sign_in = asked.field("location");
    let page = front.ask(&format!("GET {sign_in}"), NAVIGATION).await;
    assert_eq!(page.status, 200, "{page:?}");
    let (_, csrf) = page.body.split_once("name=\"csrf\" value=\"").unwrap();
    let form = encoded(&[
        ("csrf", csrf.split('"').next().unwrap()),
        ("email", "ann@example.com"),
        ("password", PASSWORD),
    ]);
    let fields = format!(
        "{}origin: {OWN}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        kept(&page),
        form.len()
    );
    let posted = front.ask(&format!("POST {sign_in}"), &fields).await;
    assert_eq!(
        (posted.status, posted.field("location")),
        (303, "/doorkey/return?to=%2Fa%3Fx%3D1")
    );
    let cookie = kept(&posted);
    let back = front
        .ask(&format!("GET {}", posted.field("location")), &cookie)
        .await;
    assert_eq!((back.status, back.field("location")), (303, "/a?x=1"));
    let answer = front.ask("GET /a?x=1", &cookie).await;
    assert!(answer.told("x-auth-email: ann@example.com"), "{answer:?}");
    // Who names no place is led to the app.
    let again = front.ask("GET /sign-in", &cookie).await;
    assert_eq!((again.status, again.field("location")), (303, "/"));
}

#[tokio::test]
async fn without_our_pages_the_apps_own_are_open() {
    let db = TestDb::sqlite();
    let front = Front::of(&db, upstream(echo).await, &[("PAGES", "off")]).await;
    let asked = front.ask("GET /a", NAVIGATION).await;
    let sign_in = asked.field("location");
    assert!(sign_in.starts_with("/sign-in?"), "{asked:?}");
    let page = front.ask(&format!("GET {sign_in}"), NAVIGATION).await;
    assert!(
        page.status == 200 && page.body.contains(sign_in),
        "{page:?}"
    );
    assert_eq!(front.ask("GET /sign-in/x", "").await.status, 401);
}

#[tokio::test]
async fn until_the_app_is_up_people_see_a_page_that_looks_again() {
    let (front, _db) = Front::echo().await;
    let (_, cookie) = front.ann().await;
    front.readiness.set(false);
    let page = front.ask("GET /", &format!("{cookie}{NAVIGATION}")).await;
    assert_eq!((page.status, page.field("retry-after")), (503, "3"));
    assert!(page.body.contains("http-equiv=\"refresh\""), "{page:?}");
    let answer = front.ask("GET /", &cookie).await;
    assert_eq!(answer.refusal(), (503, "UPSTREAM_STARTING".into()));
    assert_eq!(answer.field("retry-after"), "3");
    // Signing in needs no app, and nobody else learns whether it is up.
    assert_eq!(front.ask("GET /health", "").await.status, 200);
    assert_eq!(front.ask("GET /", "").await.refusal().0, 401);
    front.readiness.set(true);
    assert_eq!(front.ask("GET /", &cookie).await.status, 200);
}

/// A frame of another site's page keeps no cookie: without an end to it, signing in
/// would lead to signing in.
#[tokio::test]
async fn a_browser_that_drops_the_cookie_is_told_so() {
    let (front, _db) = Front::echo().await;
    let page = front.ask("GET /doorkey/return?to=%2Fa", NAVIGATION).await;
    assert_eq!(page.status, 401);
    assert!(page.body.contains("COOKIE_NOT_KEPT"), "{page:?}");
    let apart = "href=\"&#x2f;a\" target=\"_blank\"";
    assert!(page.body.contains(apart), "{page:?}");
    for foreign in [
        "https:%2F%2Fevil.example",
        "%2F%2Fevil.example",
        "%2F%5Cevil.example",
    ] {
        let line = format!("GET /doorkey/return?to={foreign}");
        let page = front.ask(&line, NAVIGATION).await;
        assert!(!page.body.contains("evil"), "{page:?}");
    }
    assert_eq!(page.field("location"), "");
    let answer = front.ask("GET /doorkey/return", "").await;
    assert_eq!(answer.refusal(), (401, "COOKIE_NOT_KEPT".into()));
}

/// On a Space the app is shown in a frame of huggingface.co, and so are these.
#[tokio::test]
async fn sec_h1_on_a_space_its_own_site_alone_frames_a_page() {
    let space = [
        ("SPACE_HOST", "team-app.hf.space"),
        ("HOST", "127.0.0.1"),
        ("SECRET_KEY", "kJ8s0Yv3Qm5tXw2Zr7Bn4Lp9Hd6Fc1GaUeRiToPlMzN"),
        ("RATE_LIMIT", "on"),
        ("ARGON2_M_KIB", "47104"),
        ("MAIL_FROM", "no-reply@example.com"),
    ];
    for (settings, allowed) in [(&space[..], "https://huggingface.co"), (&[], "'none'")] {
        let db = TestDb::sqlite();
        let front = Front::of(&db, always("").await, settings).await;
        let page = front.ask("GET /doorkey/return", NAVIGATION).await;
        let policy = page.field("content-security-policy");
        let ancestors = format!("frame-ancestors {allowed}");
        assert!(policy.split("; ").any(|part| part == ancestors), "{policy}");
    }
}

#[tokio::test]
async fn the_way_back_has_a_length() {
    let db = TestDb::sqlite();
    let front = Front::of(&db, upstream(echo).await, &[]).await;
    let long = front
        .ask(&format!("GET /{}", "a".repeat(5000)), NAVIGATION)
        .await;
    assert_eq!(
        long.field("location"),
        "/sign-in?callbackURL=%2Fdoorkey%2Freturn%3Fto%3D%252F"
    );
}
