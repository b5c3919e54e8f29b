//! The headers of an answer about a session, as they arrive: what stands between
//! may drop some and add others.

use super::client::Answer;
use super::deployment::Deployment;
use super::report::{Finding, Report, Words};
use super::stranger::shown;

pub(super) const SECURITY: &str = "headers";
pub(super) const OTHERS: &[&str] = &[HSTS, CACHING, BANNER];
const HSTS: &str = "hsts";
const CACHING: &str = "caching";
const BANNER: &str = "banner";

/// What every answer of Doorkey has (`docs/SECURITY.md`, h1), by name.
const WANTED: &[&str] = &[
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
];

pub(super) fn check(deployment: &Deployment, answer: &Answer, report: &mut Report<'_>) {
    report.add(security(answer));
    report.add(hsts(deployment, answer));
    report.add(caching(answer));
    report.add(banner(answer));
}

fn security(answer: &Answer) -> Finding {
    let missing: Vec<&str> = WANTED
        .iter()
        .copied()
        .filter(|name| !answer.headers.contains_key(*name))
        .collect();
    if missing.is_empty() {
        return Finding::ok(SECURITY, "all there");
    }
    Finding::warning(
        SECURITY,
        Words::new(
            format!("missing: {}", missing.join(", ")),
            "Doorkey sends them; something between drops them.",
            "Let the proxy pass on the headers of Doorkey's answers.",
        ),
    )
}

fn hsts(deployment: &Deployment, answer: &Answer) -> Finding {
    if !deployment.origin.is_https() {
        return Finding::skipped(HSTS, "for https only");
    }
    match answer.header("strict-transport-security") {
        Some(value) => Finding::ok(HSTS, shown(value)),
        None => Finding::warning(
            HSTS,
            Words::new(
                "no Strict-Transport-Security",
                "Doorkey sends it where PUBLIC_URL is https; without it a first visit over http can be intercepted.",
                format!(
                    "Set PUBLIC_URL={}, and let the proxy pass the header on.",
                    deployment.origin
                ),
            ),
        ),
    }
}

fn caching(answer: &Answer) -> Finding {
    let control = answer.header("cache-control").unwrap_or_default();
    let is_kept = answer.header("x-vercel-cache") == Some("HIT")
        || answer
            .header("age")
            .is_some_and(|age| !age.trim_matches('0').is_empty());
    if control.contains("no-store") && !is_kept {
        return Finding::ok(CACHING, "no-store");
    }
    let found = match (is_kept, control) {
        (true, _) => "the answer came out of a cache".to_owned(),
        (false, "") => "no Cache-Control".to_owned(),
        (false, control) => format!("Cache-Control: {}", shown(control)),
    };
    Finding::failed(
        CACHING,
        Words::new(
            found,
            "A cache may keep what get-session says of one visitor and tell it to the next.",
            "Exempt /api/auth/* from caching in the proxy or CDN, and let Doorkey's Cache-Control through.",
        ),
    )
}

fn banner(answer: &Answer) -> Finding {
    let has_version = |value: &&str| value.bytes().any(|b| b.is_ascii_digit());
    let server = answer.header("server").filter(has_version);
    let found = match (answer.header("x-powered-by"), server) {
        (Some(by), _) => format!("X-Powered-By: {}", shown(by)),
        (None, Some(server)) => format!("Server: {}", shown(server)),
        (None, None) => return Finding::ok(BANNER, "no version of a server is told"),
    };
    Finding::warning(
        BANNER,
        Words::new(
            found,
            "It tells attackers which known faults to try; Doorkey itself sends none.",
            "Switch it off where it is added (nginx: server_tokens off; Next.js: poweredByHeader: false).",
        ),
    )
}
