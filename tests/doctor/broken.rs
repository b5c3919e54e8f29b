//! Doorkey answers, and something between changes what it says.

use crate::command::check;
use crate::deployment::{Alter, answer, set, sound};

/// What is found where this stands between, and what is advised.
async fn finds(alter: Alter, name: &str, result: &str, found: &str, advice: &str) {
    let deployment = sound().altered(alter).start().await;
    let said = check(&deployment.url, &[]).await;
    said.says(name, result, found, advice);
    let failed: Vec<&str> = (result == "failed").then_some(name).into_iter().collect();
    said.only_failed(&failed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_clock() {
    let old: Alter = |_, response| set(response, "date", Some("Sat, 01 Jan 2000 00:00:00 GMT"));
    finds(old, "clock", "failed", "seconds from this machine's", "NTP").await;
    let none: Alter = |_, response| set(response, "date", Some("soon"));
    finds(none, "clock", "skipped", "no Date", "").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_that_are_dropped_or_added() {
    let less: Alter = |_, response| set(response, "content-security-policy", None);
    let found = "missing: content-security-policy";
    finds(less, "headers", "warning", found, "pass on the headers").await;
    let more: Alter = |_, response| set(response, "server", Some("nginx/1.22.1"));
    finds(
        more,
        "banner",
        "warning",
        "Server: nginx/1.22.1",
        "server_tokens off",
    )
    .await;
    let by: Alter = |_, response| set(response, "x-powered-by", Some("Next.js"));
    finds(
        by,
        "banner",
        "warning",
        "X-Powered-By: Next.js",
        "poweredByHeader",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_a_cache_may_keep() {
    let kept: Alter = |_, response| set(response, "cache-control", Some("public, max-age=60"));
    let advice = "Exempt /api/auth/*";
    finds(kept, "caching", "failed", "Cache-Control: public", advice).await;
    let hit: Alter = |_, response| set(response, "x-vercel-cache", Some("HIT"));
    finds(hit, "caching", "failed", "came out of a cache", advice).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_or_a_path_that_is_missing() {
    let function: Alter = |parts, response| match parts.uri.path() {
        "/api/auth/token" | "/api/auth/jwks" => answer(404, &[("x-powered-by", "Next.js")], "x"),
        _ => response,
    };
    let found = "tokens: 404, a page of the Next.js app";
    finds(function, "functions", "failed", found, "doorkey init").await;
    let path: Alter = |parts, response| match parts.uri.path() {
        "/api/auth/verify-email" => answer(404, &[("x-powered-by", "Next.js")], "x"),
        _ => response,
    };
    let found = "/api/auth/verify-email (recovery): 404";
    finds(path, "functions", "failed", found, "doorkey init").await;
    let crash: Alter = |parts, response| match parts.uri.path() {
        "/api/auth/token" | "/api/auth/jwks" => answer(
            500,
            &[("x-vercel-error", "FUNCTION_INVOCATION_FAILED")],
            "x",
        ),
        _ => response,
    };
    let found = "tokens: 500, Vercel's FUNCTION_INVOCATION_FAILED";
    finds(crash, "functions", "failed", found, "its log").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cookies_that_are_changed_or_dropped() {
    let none: Alter = |_, response| set(response, "set-cookie", None);
    finds(
        none,
        "cookies",
        "failed",
        "sets no better-auth.session_token",
        "Set-Cookie",
    )
    .await;
    let open: Alter = |_, response| {
        let cookie = "better-auth.session_token=; Path=/; SameSite=Lax";
        set(response, "set-cookie", Some(cookie))
    };
    finds(open, "cookies", "failed", "SameSite=Lax", "unchanged").await;
    let elsewhere: Alter = |_, response| {
        let cookie = "better-auth.session_token=; Domain=example.com; Path=/; HttpOnly";
        set(response, "set-cookie", Some(cookie))
    };
    finds(
        elsewhere,
        "cookies",
        "failed",
        "Domain=example.com",
        "COOKIE_DOMAIN",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_public_url_that_is_https_where_the_address_is_not() {
    let deployment = sound().with("PUBLIC_URL", "https://auth.example.com");
    let deployment = deployment.start().await;
    let said = check(&deployment.url, &[]).await;
    said.says(
        "cookies",
        "failed",
        "__Secure-better-auth",
        "PUBLIC_URL=http://",
    );
    said.only_failed(&["own origin", "cookies"]);
}
