//! What holds for every mailed link: where it leads, whose it is, and what the
//! database knows of it.

use std::fmt::Write as _;

use axum::body::Body;
use doorkey::domain::token::SessionToken;
use doorkey::service::authenticate::{Credential, authenticate};
use doorkey::service::delete_by_link;
use serde_json::{Value, json};

use crate::support::{Answer, Browser, Instance, PASSWORD, SESSION, db_test, token_of};

const REQUEST: &str = "/api/auth/request-password-reset";
const RESET: &str = "/api/auth/reset-password";
const SEND: &str = "/api/auth/send-verification-email";
const CHANGE: &str = "/api/auth/change-email";
const VERIFY: &str = "/api/auth/verify-email";
const DELETE: &str = "/api/auth/delete-user/callback";
const ANN: &str = "ann@example.com";
const NEW: &str = "ann2@example.com";

/// Elsewhere, however it is written (CVE-2024-56734, CVE-2025-27143).
const ELSEWHERE: [&str; 16] = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/%2f%2fevil.example/..",
    "/%09/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "evil.example",
    "http://localhost:3000@evil.example/",
    "http://localhost:3000.evil.example/",
];

/// Where a link is asked for, with the field that says where it leads, and how a
/// place that is not ours is refused.
const ASKED: [(&str, &str, &str); 3] = [
    (REQUEST, "redirectTo", "INVALID_REDIRECT_URL"),
    (SEND, "callbackURL", "INVALID_CALLBACK_URL"),
    (CHANGE, "callbackURL", "INVALID_CALLBACK_URL"),
];

fn body(field: &str, callback: impl Into<Value>) -> Value {
    let mut body = json!({"email": ANN, "newEmail": NEW});
    body[field] = callback.into();
    body
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        write!(all, "%{byte:02X}").unwrap();
        all
    })
}

/// One link of each purpose of a user's: their tokens.
struct Tokens {
    verify: String,
    change: String,
    reset: String,
    delete: String,
}

async fn tokens(app: &Instance, ann: &mut Browser) -> Tokens {
    ann.sign_up(ANN).await;
    let verify = token_of(&app.link_to(ANN).await);
    ann.post(CHANGE, json!({"newEmail": NEW})).await;
    let change = token_of(&app.link_to(NEW).await);
    ann.post(REQUEST, json!({"email": ANN})).await;
    let reset = token_of(&app.link_to(ANN).await);
    let web = &app.web.app;
    let cookie = ann.cookie(SESSION).unwrap().split_once('.').unwrap().0;
    let credential = Credential::Own(SessionToken::parse(cookie).unwrap());
    let who = authenticate(web, &credential).await.unwrap().unwrap();
    delete_by_link::send(web, &who, None).await.unwrap();
    let delete = token_of(&app.link_to(ANN).await);
    Tokens {
        verify,
        change,
        reset,
        delete,
    }
}

async fn reset(browser: &mut Browser, token: &str) -> Answer {
    let body = json!({"newPassword": "another-horse-battery", "token": token});
    browser.post(RESET, body).await
}

db_test! {
    async fn sec_d4_a_link_to_elsewhere_is_not_made(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up(ANN).await;
        let mails = app.mails().await.len();
        for (path, field, code) in ASKED {
            for place in ELSEWHERE {
                let answer = ann.post(path, body(field, place)).await;
                assert_eq!(answer.refusal(), (403, code.into()), "{path} {place}");
            }
            let answer = ann.post(path, body(field, 5)).await;
            assert_eq!(answer.refusal(), (400, "VALIDATION_ERROR".into()), "{path}");
            // Judged before the rest of the body, as the reference does.
            let mut bad = body(field, ELSEWHERE[0]);
            bad["email"] = 5.into();
            bad["newEmail"] = 5.into();
            assert_eq!(ann.post(path, bad).await.refusal(), (403, code.into()), "{path}");
        }
        assert_eq!(app.mails().await.len(), mails);
    }

    async fn sec_d4_a_link_that_leads_elsewhere_is_not_followed(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        let tokens = tokens(&app, &mut ann).await;
        let before = db.dump().await;
        for link in [
            format!("{RESET}/{}?x=1", tokens.reset),
            format!("{RESET}/nope?x=1"),
            format!("{VERIFY}?token={}", tokens.verify),
            format!("{VERIFY}?token={}", tokens.change),
            format!("{VERIFY}?token=nope"),
            format!("{DELETE}?token={}", tokens.delete),
            format!("{DELETE}?token=nope"),
        ] {
            for place in ELSEWHERE {
                let answer = ann.get(&format!("{link}&callbackURL={}", encoded(place))).await;
                let expected = (403, "INVALID_CALLBACK_URL".into());
                assert_eq!(answer.refusal(), expected, "{link} {place}");
                assert_eq!(answer.header("location"), "");
            }
            let two = ann.get(&format!("{link}&callbackURL=/a&callbackURL=//evil.example")).await;
            assert_eq!(two.refusal(), (400, "VALIDATION_ERROR".into()), "{link}");
        }
        assert_eq!(db.dump().await, before, "nothing was done");
    }

    async fn where_a_reset_link_leads(db) {
        let app = db.app(&[]).await;
        let Tokens { reset: token, .. } = tokens(&app, &mut app.browser()).await;
        let own = "http://localhost:7860";
        for (callback, before, after) in [
            ("/r", format!("{own}/r?"), ""),
            ("/r?x=1", format!("{own}/r?x=1&"), ""),
            ("/r?x=1#f", format!("{own}/r?x=1&"), "#f"),
            (
                "http://localhost:3000/r?x=1#f",
                "http://localhost:3000/r?x=1&".into(),
                "#f",
            ),
        ] {
            for (token, param) in [
                (token.as_str(), format!("token={token}")),
                ("nope", "error=INVALID_TOKEN".to_owned()),
            ] {
                let path = format!("{RESET}/{token}?callbackURL={}", encoded(callback));
                let answer = app.browser().get(&path).await;
                let location = format!("{before}{param}{after}");
                assert_eq!((answer.status, answer.header("location")), (302, location.as_str()));
            }
        }
        for (token, callback, location) in [
            (token.as_str(), "/r?token=theirs", format!("{own}/r?token={token}")),
            ("nope", "/r?error=theirs", format!("{own}/r?error=INVALID_TOKEN")),
            (&token, "", format!("{own}/api/auth/error?error=INVALID_TOKEN")),
        ] {
            let path = format!("{RESET}/{token}?callbackURL={}", encoded(callback));
            assert_eq!(app.browser().get(&path).await.header("location"), location);
        }
        let answer = app.browser().get(&format!("{RESET}/{token}")).await;
        let message = "[query.callbackURL] Invalid input: expected string, received undefined";
        let expected = json!({"message": message, "code": "VALIDATION_ERROR"});
        assert_eq!((answer.status, answer.json()), (400, expected));
        let mut asker = app.browser();
        asker.post(REQUEST, json!({"email": ANN, "redirectTo": ""})).await;
        assert!(app.link_to(ANN).await.ends_with("?callbackURL=%2Freset-password"));
    }

    async fn sec_d6_links_begin_with_the_public_url_whatever_the_request_says(db) {
        let app = db.app(&[("PUBLIC_URL", "https://auth.example.com")]).await;
        let mut ann = [
            ("host", "evil.example"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-port", "666"),
            ("x-original-host", "evil.example"),
            ("x-original-url", "https://evil.example/"),
            ("x-rewrite-url", "https://evil.example/"),
            ("forwarded", "host=evil.example;proto=http"),
            ("referer", "http://localhost:3000/evil.example"),
            ("base-url", "https://evil.example"),
        ]
        .into_iter()
        .fold(app.browser(), |browser, (name, value)| browser.and(name, value.as_bytes()));
        let sign_up = json!({"name": "Ann", "email": ANN, "password": PASSWORD});
        let signed_up = ann.post("/api/auth/sign-up/email", sign_up).await;
        assert_eq!(signed_up.status, 200, "{signed_up:?}");
        let mut links = vec![app.whole_link_to(ANN).await.unwrap()];
        for path in [REQUEST, SEND] {
            let target = format!("http://evil.example{path}");
            assert_eq!(ann.post(&target, json!({"email": ANN})).await.status, 200);
            links.push(app.whole_link_to(ANN).await.unwrap());
        }
        assert_eq!(ann.post(CHANGE, json!({"newEmail": NEW})).await.status, 200);
        links.push(app.whole_link_to(NEW).await.unwrap());
        for link in &links {
            assert!(link.starts_with("https://auth.example.com/api/auth/"), "{link}");
        }
        assert!(!app.mails().await.iter().any(|mail| mail.to_string().contains("evil")));
        let opened = ann.get(&format!("{RESET}/nope?callbackURL=/r")).await;
        assert_eq!(opened.header("location"), "https://auth.example.com/r?error=INVALID_TOKEN");
    }

    async fn sec_f1_a_token_of_one_purpose_is_none_of_another(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        let tokens = tokens(&app, &mut ann).await;
        let before = db.dump().await;
        for other in [&tokens.verify, &tokens.change, &tokens.delete] {
            let answer = reset(&mut ann, other).await;
            assert_eq!(answer.refusal(), (400, "INVALID_TOKEN".into()));
            let opened = ann.get(&format!("{RESET}/{other}?callbackURL=/r")).await;
            assert_eq!(opened.header("location"), "http://localhost:7860/r?error=INVALID_TOKEN");
        }
        for other in [&tokens.reset, &tokens.delete] {
            let answer = ann.get(&format!("{VERIFY}?token={other}")).await;
            assert_eq!(answer.refusal(), (401, "INVALID_TOKEN".into()));
        }
        for other in [&tokens.verify, &tokens.change, &tokens.reset] {
            let answer = ann.get(&format!("{DELETE}?token={other}")).await;
            assert_eq!(answer.refusal(), (404, "INVALID_TOKEN".into()));
        }
        // Nor does one open a session.
        for token in [&tokens.verify, &tokens.change, &tokens.reset, &tokens.delete] {
            let mut thief = app.browser();
            thief.set_cookie(SESSION, token);
            assert_eq!(thief.session().await, Value::Null);
        }
        assert_eq!(db.dump().await, before, "and none was used up");
        for token in [&tokens.verify, &tokens.change] {
            assert_eq!(ann.get(&format!("{VERIFY}?token={token}")).await.status, 200);
        }
    }

    async fn sec_f1_only_hashes_of_tokens_are_stored(db) {
        let app = db.app(&[]).await;
        let tokens = tokens(&app, &mut app.browser()).await;
        let dump = db.dump().await;
        let rows = "SELECT COUNT(*) FROM one_time_tokens WHERE LENGTH(token_hash) = 64";
        assert_eq!(db.count(rows).await, 4);
        for token in [tokens.verify, tokens.change, tokens.reset, tokens.delete] {
            assert_eq!(token.len(), 43, "256 bits");
            assert!(!dump.iter().any(|value| value.contains(&token)));
        }
        // What is stored opens nothing.
        for hash in db.texts("SELECT token_hash FROM one_time_tokens").await {
            assert_eq!(reset(&mut app.browser(), &hash).await.refusal().0, 400);
            assert_eq!(app.browser().get(&format!("{VERIFY}?token={hash}")).await.status, 401);
        }
    }

    async fn sec_g1_odd_tokens_are_no_tokens(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up(ANN).await;
        let long = "A".repeat(20_000);
        app.mails().await;
        let before = db.dump().await;
        for odd in ["%00", "%ff%fe", "..", "%2e%2e", "a%0d%0aset-cookie:x=1", "%25", "'--", "{token}", &long] {
            let opened = ann.get(&format!("{RESET}/{odd}?callbackURL=/r")).await;
            let refused = "http://localhost:7860/r?error=INVALID_TOKEN";
            assert_eq!(opened.header("location"), refused, "{odd:.40}: {opened:?}");
            for path in [VERIFY, DELETE] {
                let status = ann.get(&format!("{path}?token={odd}")).await.status;
                assert!(matches!(status, 400 | 401 | 404), "{path} {odd:.40}: {status}");
                let head = ann.send("HEAD", &format!("{path}?token={odd}"), Body::empty()).await;
                assert_eq!(head.status, status);
            }
        }
        for odd in ["\0", "\u{fffd}", "' OR 1=1 --", &long] {
            assert_eq!(reset(&mut ann, odd).await.refusal(), (400, "INVALID_TOKEN".into()));
        }
        assert_eq!(db.dump().await, before);
    }

    async fn sec_g5_a_link_does_what_it_is_for_and_nothing_a_request_adds(db) {
        let app = db.app(&[]).await;
        let mut bob = app.browser();
        bob.sign_up("bob@example.com").await;
        let mut ann = app.browser();
        let tokens = tokens(&app, &mut ann).await;
        let extra = "email=bob@example.com&userId=1&emailVerified=true&updateTo=eve@example.com";
        ann.get(&format!("{VERIFY}?{extra}&token={}", tokens.verify)).await;
        assert_eq!(ann.session().await["user"]["email"], ANN);
        let body = json!({
            "newPassword": "another-horse-battery", "token": tokens.reset,
            "email": "bob@example.com", "userId": bob.session().await["user"]["id"],
            "role": "admin", "emailVerified": true,
        });
        assert_eq!(ann.post(RESET, body).await.status, 200);
        assert_eq!(app.browser().sign_in("bob@example.com", PASSWORD).await.status, 200);
        let answer = app.browser().sign_in(ANN, "another-horse-battery").await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    async fn sec_d1_no_foreign_page_asks_for_or_sets_a_password_with_a_cookie(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up(ANN).await;
        let mails = app.mails().await.len();
        let mut page = ann.with("origin", "https://evil.example");
        for path in [REQUEST, RESET] {
            let answer = page.post(path, json!({"email": ANN, "newPassword": PASSWORD})).await;
            assert_eq!(answer.refusal(), (403, "INVALID_ORIGIN".into()), "{path}");
        }
        assert_eq!(app.mails().await.len(), mails);
    }
}
