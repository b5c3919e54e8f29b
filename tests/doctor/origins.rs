//! Front ends elsewhere, and pages of nobody's.

use http::Method;

use crate::command::check;
use crate::deployment::{Alter, answer, set, sound};

/// A page of the same site: whatever its port, `localhost` is one.
const NEIGHBOUR: &str = "http://localhost:3000";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_front_end_that_is_named_may_call_with_cookies() {
    let deployment = sound().with("FRONTEND_URL", NEIGHBOUR).start().await;
    let said = check(&deployment.url, &["--origin", NEIGHBOUR]).await;
    said.only_failed(&[]);
    said.says("site", "ok", "same site", "");
    said.says("preflight", "ok", "with cookies", "");
    said.says("own origin", "ok", NEIGHBOUR, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_front_end_that_is_not_named_is_refused_and_the_setting_is_told() {
    let deployment = sound().start().await;
    // Unlike the usual port of a front end in development.
    let said = check(&deployment.url, &["--origin", "http://localhost:4567"]).await;
    let advice = "Add http://localhost:4567 to FRONTEND_URL";
    said.says("preflight", "failed", "INVALID_ORIGIN", advice);
    said.says("own origin", "failed", "INVALID_ORIGIN", advice);
    said.only_failed(&["preflight", "own origin"]);
}

/// As the edge of Hugging Face does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn preflights_that_somebody_else_answers_without_credentials() {
    let edge: Alter = |parts, response| {
        let Some(origin) = parts.headers.get("origin") else {
            return response;
        };
        if parts.method != Method::OPTIONS {
            return response;
        }
        let headers = [
            ("access-control-allow-origin", origin.to_str().unwrap()),
            ("access-control-allow-methods", "POST"),
            ("access-control-allow-headers", "content-type"),
        ];
        answer(204, &headers, "")
    };
    let deployment = sound().with("FRONTEND_URL", NEIGHBOUR).altered(edge);
    let deployment = deployment.start().await;
    let said = check(&deployment.url, &["--origin", NEIGHBOUR]).await;
    let found = "without Access-Control-Allow-Credentials";
    said.says(
        "preflight",
        "failed",
        found,
        "pass /api/auth/* on (a rewrite",
    );
    said.only_failed(&["preflight"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn preflights_that_never_arrive() {
    let swallowed: Alter = |parts, response| match parts.method {
        Method::OPTIONS => answer(405, &[], ""),
        _ => response,
    };
    let deployment = sound().with("FRONTEND_URL", NEIGHBOUR).altered(swallowed);
    let deployment = deployment.start().await;
    let said = check(&deployment.url, &["--origin", NEIGHBOUR]).await;
    said.says("preflight", "failed", "405, without Access-Control", "Lead");
    said.only_failed(&["preflight"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_page_that_may_sign_in_or_read() {
    let deployment = sound().with("FRONTEND_URL", "https://doctor.invalid");
    let deployment = deployment.start().await;
    let said = check(&deployment.url, &[]).await;
    let found = "a sign-in from https://doctor.invalid was taken: 401";
    said.says("foreign origin", "failed", found, "FRONTEND_URL");
    said.only_failed(&["foreign origin"]);

    let reflects: Alter = |parts, response| {
        let origin = parts.headers.get("origin");
        let origin = origin.map(|origin| origin.to_str().unwrap());
        set(response, "access-control-allow-origin", origin)
    };
    let deployment = sound().altered(reflects).start().await;
    let said = check(&deployment.url, &[]).await;
    let found = "let https://doctor.invalid read answers";
    said.says("foreign origin", "failed", found, "CORS headers");
    said.only_failed(&["foreign origin"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_front_end_on_another_site_is_told_to_use_a_rewrite() {
    let page = "https://app-team.vercel.app";
    let deployment = sound().with("FRONTEND_URL", page).start().await;
    let said = check(&deployment.url, &["--origin", page]).await;
    said.says("site", "warning", "another site", "a rewrite");
    let all = said.all("site");
    let means = all[0]["means"].as_str().unwrap();
    assert!(means.contains("vercel.app belongs to everybody"), "{means}");
    // Over http there is no cookie that browsers would send across sites.
    said.says("cookies", "failed", "SameSite=Lax", "a rewrite");
    said.only_failed(&["cookies"]);
}
