//! Methods and content types: what is not listed is refused and says what is.

use axum::body::Body;
use doorkey::http::Endpoint;
use doorkey::http::Kind;

use crate::support::{SESSION, db_test, endpoints};

const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW", "get",
];

fn methods(endpoint: &Endpoint) -> &'static str {
    match endpoint.kind {
        Kind::Read => "GET, HEAD, OPTIONS",
        Kind::Change | Kind::Login => "POST, OPTIONS",
    }
}

db_test! {
    async fn sec_g3_a_wrong_method_is_405_and_says_which_are_right(db) {
        let app = db.app(&[]).await;
        for endpoint in endpoints() {
            let right = methods(endpoint);
            for method in METHODS {
                if right.split(", ").any(|other| other == method) {
                    continue;
                }
                let mut browser = app.browser();
                let answer = browser.send(method, endpoint.path, Body::empty()).await;
                assert_eq!(answer.status, 405, "{method} {}", endpoint.path);
                assert_eq!(answer.header("allow"), right, "{method} {}", endpoint.path);
                assert!(answer.set_cookies.is_empty(), "{method} {}", endpoint.path);
            }
        }
    }

    async fn sec_g3_an_unknown_path_is_404_whatever_the_method(db) {
        let app = db.app(&[]).await;
        for path in ["/", "/api/auth", "/api/auth/nope", "/api", "*", "/index.html", "/.env"] {
            for method in ["GET", "HEAD", "POST", "OPTIONS", "TRACE", "DELETE"] {
                let answer = app.browser().send(method, path, Body::empty()).await;
                assert_eq!((answer.status, answer.text().as_str()), (404, ""), "{method} {path}");
            }
        }
    }

    async fn sec_g3_head_is_get_without_a_body(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        for endpoint in endpoints().filter(|endpoint| endpoint.kind == Kind::Read) {
            for mut browser in [ann.clone(), app.browser()] {
                let path = endpoint.path;
                let head = browser.send("HEAD", path, Body::empty()).await;
                let get = browser.get(path).await;
                assert_eq!((head.status, head.text()), (get.status, String::new()), "{path}");
                assert_eq!(head.header("content-type"), get.header("content-type"));
                assert_eq!(head.header("content-length"), get.header("content-length"));
            }
        }
    }

    async fn sec_g3_options_says_which_methods_there_are(db) {
        let app = db.app(&[]).await;
        for endpoint in endpoints() {
            let mut browser = app.browser().without("origin");
            let answer = browser.send("OPTIONS", endpoint.path, Body::empty()).await;
            assert_eq!((answer.status, answer.text().as_str()), (204, ""), "{}", endpoint.path);
            assert_eq!(answer.header("allow"), methods(endpoint), "{}", endpoint.path);
        }
    }

    async fn sec_g3_trace_gives_no_request_back(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser().with("x-probe", "echo-me");
        ann.sign_up("ann@example.com").await;
        let secret = ann.cookie(SESSION).unwrap().to_owned();
        for endpoint in endpoints() {
            let answer = ann.send("TRACE", endpoint.path, Body::from("echo-me")).await;
            assert_eq!(answer.refusal(), (405, "METHOD_NOT_ALLOWED".into()), "{}", endpoint.path);
            let all = format!("{answer:?}") + &answer.text();
            assert!(!all.contains("echo-me") && !all.contains(&secret), "{all}");
        }
        assert_eq!(ann.get("/health").await.status, 200, "and all goes on");
    }

    async fn sec_g3_json_is_json_however_it_is_written(db) {
        let app = db.app(&[]).await;
        for written in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/json ;x",
        ] {
            let answer = app.browser().post_raw("/api/signin", written, "{}").await;
            assert_eq!(answer.refusal(), (400, "VALIDATION_ERROR".into()), "{written}");
        }
    }
}
