//! Every endpoint against everything that is wrong with a request, as a table: an
//! endpoint without a row fails the case.

use std::collections::BTreeSet;

use axum::body::Body;
use doorkey::http::Endpoint;

use crate::support::{Answer, Browser, db_test, endpoints};

/// Status, and the error's code; no code for a success.
type Expected = (u16, &'static str);

/// What an endpoint answers.
struct Row {
    path: &'static str,
    /// Without a cookie, from a trusted page, with the body `{}`.
    no_session: Expected,
    /// With a live session's cookie, from a foreign page.
    foreign: Expected,
    /// `POST` for what is to be read, `GET` for what is to be changed.
    wrong_method: Expected,
    /// 64 KiB and a byte.
    oversized: Expected,
}

const OK: Expected = (200, "");
const FOREIGN: Expected = (403, "INVALID_ORIGIN");
const WRONG_METHOD: Expected = (405, "METHOD_NOT_ALLOWED");
const TOO_LARGE: Expected = (413, "PAYLOAD_TOO_LARGE");
const NOBODY: Expected = (401, "UNAUTHORIZED");
const INVALID: Expected = (400, "VALIDATION_ERROR");
const BODY_MAX: usize = 64 * 1024;

/// A body of a request that reads is never looked at, and a foreign page may ask,
/// only not see the answer.
const fn reads(path: &'static str, no_session: Expected) -> Row {
    Row {
        path,
        no_session,
        foreign: OK,
        wrong_method: WRONG_METHOD,
        oversized: no_session,
    }
}

/// A mailed link without its query: from wherever it is opened, that is missing.
const fn opens(path: &'static str) -> Row {
    Row {
        foreign: INVALID,
        ..reads(path, INVALID)
    }
}

const fn changes(path: &'static str, no_session: Expected) -> Row {
    Row {
        path,
        no_session,
        foreign: FOREIGN,
        wrong_method: WRONG_METHOD,
        oversized: TOO_LARGE,
    }
}

const ROWS: &[Row] = &[
    reads("/health", OK),
    reads("/api/health", OK),
    reads("/api/auth/ok", OK),
    reads("/api/auth/open-api/generate-schema", OK),
    reads("/api/auth/reference", OK),
    changes("/api/auth/sign-up/email", INVALID),
    changes("/api/signup", INVALID),
    changes("/api/auth/sign-in/email", INVALID),
    changes("/api/signin", INVALID),
    Row {
        wrong_method: (405, "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED"),
        ..reads("/api/auth/get-session", OK)
    },
    reads("/api/verify", NOBODY),
    changes("/api/auth/sign-out", OK),
    reads("/api/auth/list-sessions", NOBODY),
    changes("/api/auth/revoke-session", INVALID),
    changes("/api/auth/revoke-sessions", NOBODY),
    changes("/api/auth/revoke-other-sessions", NOBODY),
    reads("/api/sessions", NOBODY),
    changes("/api/auth/sign-in/social", INVALID),
    changes("/api/auth/update-user", NOBODY),
    changes("/api/auth/update-session", NOBODY),
    changes("/api/auth/change-password", INVALID),
    changes("/api/auth/verify-password", INVALID),
    changes("/api/auth/delete-user", NOBODY),
    reads("/api/auth/list-accounts", NOBODY),
    changes("/api/auth/unlink-account", INVALID),
    changes("/api/auth/link-social", INVALID),
    Row {
        foreign: INVALID,
        ..reads("/api/auth/account-info", INVALID)
    },
    changes("/api/auth/get-access-token", INVALID),
    changes("/api/auth/refresh-token", INVALID),
    reads("/api/auth/error", OK),
    reads("/api/account", NOBODY),
    changes("/api/recovery", INVALID),
    reads("/api/auth/token", NOBODY),
    reads("/api/auth/jwks", OK),
    reads("/api/tokens", NOBODY),
    changes("/api/auth/request-password-reset", INVALID),
    changes("/api/auth/reset-password", INVALID),
    opens("/api/auth/reset-password/{token}"),
    changes("/api/auth/send-verification-email", INVALID),
    opens("/api/auth/verify-email"),
    changes("/api/auth/change-email", INVALID),
    opens("/api/auth/delete-user/callback"),
];

fn rows() -> impl Iterator<Item = (&'static Endpoint, &'static Row)> {
    endpoints().map(|endpoint| {
        let row = ROWS.iter().find(|row| row.path == endpoint.path);
        (
            endpoint,
            row.unwrap_or_else(|| panic!("no row for {}", endpoint.path)),
        )
    })
}

/// A request as the endpoint's own page sends it.
async fn send(browser: &mut Browser, endpoint: &Endpoint, body: Body) -> Answer {
    let mut page = browser.clone().with("content-type", "application/json");
    page.send(endpoint.method(), endpoint.path, body).await
}

fn assert_is(answer: &Answer, expected: Expected, path: &str) {
    let code = if answer.status < 400 {
        String::new()
    } else {
        answer.refusal().1
    };
    assert_eq!(
        (answer.status, code.as_str()),
        expected,
        "{path}: {answer:?}"
    );
}

#[test]
fn every_endpoint_has_a_row_and_every_row_an_endpoint() {
    let endpoints: BTreeSet<&str> = endpoints().map(|endpoint| endpoint.path).collect();
    let rows: BTreeSet<&str> = ROWS.iter().map(|row| row.path).collect();
    assert_eq!(endpoints, rows);
    assert_eq!(ROWS.len(), rows.len(), "one row each");
}

db_test! {
    async fn without_a_session(db) {
        let app = db.app(&[]).await;
        for (endpoint, row) in rows() {
            let answer = send(&mut app.browser(), endpoint, Body::from("{}")).await;
            assert_is(&answer, row.no_session, row.path);
        }
    }

    async fn sec_d1_from_a_foreign_page_with_a_cookie(db) {
        let app = db.app(&[]).await;
        let mut ann = app.browser();
        ann.sign_up("ann@example.com").await;
        for (endpoint, row) in rows() {
            let mut page = ann.clone().with("origin", "https://evil.example");
            let answer = send(&mut page, endpoint, Body::from("{}")).await;
            assert_is(&answer, row.foreign, row.path);
            assert_eq!(answer.header("access-control-allow-origin"), "", "{}", row.path);
        }
        assert_eq!(ann.session().await["user"]["email"], "ann@example.com", "nothing was changed");
    }

    async fn sec_g3_with_a_wrong_method(db) {
        let app = db.app(&[]).await;
        for (endpoint, row) in rows() {
            let other = if endpoint.method() == "GET" { "POST" } else { "GET" };
            let answer = app.browser().send(other, endpoint.path, Body::empty()).await;
            assert_is(&answer, row.wrong_method, row.path);
            let answer = app.browser().send("DELETE", endpoint.path, Body::empty()).await;
            assert_is(&answer, WRONG_METHOD, row.path);
            assert_ne!(answer.header("allow"), "", "{}", row.path);
        }
    }

    async fn sec_a4_with_a_body_that_is_too_large(db) {
        let app = db.app(&[]).await;
        for (endpoint, row) in rows() {
            // No length declared, as when it is sent in chunks.
            let body = Body::from(vec![b' '; BODY_MAX + 1]);
            let chunked = send(&mut app.browser(), endpoint, body).await;
            assert_is(&chunked, row.oversized, row.path);
            // A declared length is believed before the first byte has come.
            let mut declaring = app.browser().with("content-length", &(BODY_MAX + 1).to_string());
            let declared = send(&mut declaring, endpoint, Body::empty()).await;
            assert_is(&declared, row.oversized, row.path);
        }
    }

    async fn sec_a4_the_largest_body_is_read(db) {
        let app = db.app(&[]).await;
        for (endpoint, row) in rows() {
            let mut body = b"{}".to_vec();
            body.resize(BODY_MAX, b' ');
            let answer = send(&mut app.browser(), endpoint, Body::from(body)).await;
            assert_is(&answer, row.no_session, row.path);
        }
    }
}
