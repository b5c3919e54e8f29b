//! Does Doorkey answer there, at `/health` and at the protocol's own paths?

use serde_json::Value;

use super::client::{Answer, Ask};
use super::deployment::Deployment;
use super::report::{Finding, Words};
use super::stranger::{shown, stranger};

pub(super) const NAME: &str = "health";

/// What of it is Doorkey's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Served {
    /// All of it.
    All,
    /// What the client calls, but not `/health`.
    Protocol,
    /// Nothing, as far as can be seen.
    Nothing,
}

/// What it says its version is, in the answer to `/health`.
fn version(answer: &Answer) -> Option<String> {
    let body = answer.json()?;
    let text = |name| body.get(name).and_then(Value::as_str);
    text("status")?;
    text("version").map(shown)
}

/// The check, with the answer to `/health` at hand.
pub(super) async fn check(deployment: &Deployment, health: &Answer) -> (Finding, Served) {
    let host = deployment.origin.host();
    let ok = match deployment.ask(Ask::get("/api/auth/ok")).await {
        Ok(answer) => answer,
        Err(why) => {
            let words = Words::new(
                format!("/api/auth/ok: {why}"),
                "One path answers and another does not.",
                "Look into the log of whatever stands before Doorkey.",
            );
            return (Finding::failed(NAME, words), Served::Nothing);
        }
    };
    let protocol = ok.status == 200
        && ok
            .json()
            .is_some_and(|body| body.get("ok") == Some(&Value::Bool(true)));
    match (version(health), protocol) {
        (Some(version), true) => (Finding::ok(NAME, format!("Doorkey {version}")), Served::All),
        (Some(_), false) => {
            let words = stranger(&ok, host).at("/api/auth/ok");
            (Finding::failed(NAME, words), Served::Nothing)
        }
        (None, true) => (
            Finding::warning(NAME, only_protocol(health, &ok, host)),
            Served::Protocol,
        ),
        (None, false) => (
            Finding::failed(NAME, stranger(health, host).at("/health")),
            Served::Nothing,
        ),
    }
}

/// As where an app passes on `/api/auth/*` and nothing else.
fn only_protocol(health: &Answer, ok: &Answer, host: &str) -> Words {
    if !ok.headers.contains_key("x-request-id") {
        return Words::new(
            "/api/auth/ok answers as Better Auth does, and /health is not Doorkey's",
            "It may be another server of the same protocol.",
            "Take a catch-all route of Better Auth (app/api/auth/[...all]) out of the app.",
        );
    }
    Words::new(
        format!(
            "/api/auth/ok is Doorkey's; /health: {}",
            stranger(health, host).found
        ),
        "The client finds all it needs, but the database behind cannot be looked at from here.",
        "Lead /health to Doorkey as well, or check the address where it runs.",
    )
}
