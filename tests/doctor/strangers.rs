//! Somebody else answers in Doorkey's place.

use tokio::net::TcpListener;

use crate::command::check;
use crate::deployment::{Alter, answer, sound};

const NEXT_404: &str = "<!DOCTYPE html><html><head><script src=\"/_next/static/chunks/main.js\"></script></head><body>This page could not be found.</body></html>";

/// What is found at `/health` where this answers everything, and what is advised.
async fn at_health(alter: Alter, found: &str, advice: &str) {
    let deployment = sound().altered(alter).start().await;
    let said = check(&deployment.url, &[]).await;
    said.says("health", "failed", found, advice);
    said.only_failed(&["health"]);
    assert_eq!(said.result("functions"), "skipped");
    assert_eq!(said.result("database"), "skipped");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_next_js_app_without_the_rewrites() {
    let next: Alter = |_, _| answer(404, &[("x-powered-by", "Next.js")], NEXT_404);
    at_health(next, "a page of the Next.js app", "doorkey init").await;
    let without_name: Alter = |_, _| answer(404, &[("content-type", "text/html")], NEXT_404);
    at_health(without_name, "a page of the Next.js app", "doorkey init").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vercels_deployment_protection() {
    let redirect: Alter = |_, _| {
        let to = "https://vercel.com/sso-api?url=https%3A%2F%2Fa.vercel.app%2Fhealth&nonce=abc";
        answer(302, &[("location", to), ("server", "Vercel")], "")
    };
    at_health(
        redirect,
        "Vercel's own sign-in (302)",
        "Deployment Protection",
    )
    .await;
    let page: Alter = |_, _| {
        let nonce = "_vercel_sso_nonce=abc; Path=/; HttpOnly";
        answer(
            401,
            &[("set-cookie", nonce)],
            "<html>Authentication Required</html>",
        )
    };
    at_health(page, "Vercel's own sign-in (401)", "Deployment Protection").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_of_vercel_that_ends() {
    let crash: Alter = |_, _| {
        answer(
            500,
            &[("x-vercel-error", "FUNCTION_INVOCATION_FAILED")],
            "no",
        )
    };
    at_health(
        crash,
        "FUNCTION_INVOCATION_FAILED",
        "doorkey doctor --for vercel",
    )
    .await;
    let none: Alter = |_, _| answer(404, &[("x-vercel-error", "DEPLOYMENT_NOT_FOUND")], "no");
    at_health(none, "DEPLOYMENT_NOT_FOUND", "Copy the address").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_with_nothing_behind_it_and_an_app_that_sends_on() {
    let proxy: Alter = |_, _| answer(502, &[("server", "nginx")], "<html>502 Bad Gateway</html>");
    at_health(proxy, "502, from a proxy", "See that Doorkey runs").await;
    let language: Alter = |_, _| answer(307, &[("location", "/en/health?token=secret")], "");
    at_health(language, "307, sent on to /en/health", "Exempt /health").await;
    let other: Alter = |_, _| answer(200, &[], "hello");
    at_health(other, "200, and not from Doorkey", "docs/deploy.md").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_that_passes_on_only_what_the_client_calls() {
    let only_auth: Alter = |parts, response| match parts.uri.path() {
        "/health" => answer(404, &[("x-powered-by", "Next.js")], NEXT_404),
        _ => response,
    };
    let deployment = sound().altered(only_auth).start().await;
    let said = check(&deployment.url, &[]).await;
    said.says(
        "health",
        "warning",
        "/api/auth/ok is Doorkey's",
        "Lead /health",
    );
    said.only_failed(&[]);
    assert_eq!(said.result("database"), "skipped");
    assert_eq!(said.result("functions"), "ok");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_host_is_named_and_not_followed() {
    let www: Alter = |_, _| {
        answer(
            308,
            &[("location", "https://www.example.invalid/health")],
            "",
        )
    };
    let deployment = sound().altered(www).start().await;
    let said = check(&deployment.url, &[]).await;
    let advice = "doorkey doctor https://www.example.invalid";
    said.says("reachable", "failed", "https://www.example.invalid", advice);
    said.only_failed(&["reachable"]);
    assert_eq!(said.result("health"), "skipped");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let said = check(&format!("http://{address}"), &[]).await;
    said.says("reachable", "failed", "no connection", "Start the server");
    said.only_failed(&["reachable"]);
    let said = check("https://nobody.invalid", &[]).await;
    said.says("reachable", "failed", "the name is not known", "DNS record");
    said.only_failed(&["reachable"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slash_that_is_added_is_told_from_other_redirects() {
    let slash: Alter = |parts, _| {
        let to = format!("{}/", parts.uri.path());
        answer(308, &[("location", &to)], "")
    };
    at_health(
        slash,
        "308, sent on to /health/",
        "skipTrailingSlashRedirect",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_page_is_judged_by_its_beginning() {
    let long: Alter = |_, _| {
        let page = format!("{NEXT_404}{}", " ".repeat(2 * 1024 * 1024));
        answer(404, &[("content-type", "text/html")], &page)
    };
    at_health(long, "a page of the Next.js app", "doorkey init").await;
}
